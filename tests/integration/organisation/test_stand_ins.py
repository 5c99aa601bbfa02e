"""Delegations and substitutes in force: what they open, when they end, and what they cost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from functions.access.guard import Duty
from functions.organisation import queries
from functions.organisation.domain.staffing import DutyRecord
from functions.organisation.store import duties as store
from functions.organisation.usecases import groups
from infra.local.cloud import Cloud
from skolkit.clock import now, today
from skolkit.table import commit
from skolkit.types import PersonId, new_id
from tests.integration.test_attendance_day import at
from tests.support.areas import Answer, acting_as, audit_rows, call, outbox
from tests.support.asks import delegated
from tests.support.fixtures import lay_tables
from tests.support.meter import metered
from tests.support.stored import Undo, stored
from tests.support.world import World, drop, make_world


@pytest.fixture(scope="module")
def made(cloud: Cloud) -> Iterator[tuple[World, Undo]]:
    lay_tables(cloud)
    world = make_world(cloud)
    undo = Undo(stored())
    yield world, undo
    undo.close()


@pytest.fixture
def world(made: tuple[World, Undo]) -> Iterator[World]:
    """One school, made once; what a test changes is put back."""
    world, undo = made
    yield world
    undo.undo()


def deputy_of(world: World) -> PersonId:
    """A teacher who has nothing to do with the class."""
    busy = {*world.klass.mentor_ids, *(t for x in world.of_class() for t in x.teachers)}
    return next(s.id for s in world.population.staff if s.role == "teacher" and s.id not in busy)


def give(world: World, to: PersonId, by: PersonId | None = None, **other: Any) -> Answer:
    return call(
        "organisation", "delegate", by or world.staff("principal"),
        path={"unit": world.unit, "employee": to}, body=delegated(0) | other,
        headers={"idempotency-key": new_id()},
    )  # fmt: skip


def person(world: World, who: PersonId) -> int:
    return call("register", "read_person", who, path={"person": world.classmates()[0].id}).status


def test_a_delegation_opens_exactly_what_it_names_until_it_is_revoked(world: World) -> None:
    deputy = deputy_of(world)
    assert person(world, deputy) == 404
    given = give(world, deputy, actions=["register:read_person"])
    assert given.status == 201, given.body
    assert person(world, deputy) == 200
    group = call("organisation", "read_group", deputy, path={"group": world.klass.id})
    assert group.status == 404
    assert give(world, deputy, by=deputy).status == 404  # and it cannot be passed on
    me = call("access", "read_me", deputy).body
    assert {"role": "principal", "unit": world.unit, "only": ["register:read_person"]} in me["duties"]

    path = {"unit": world.unit, "employee": deputy, "delegation": given.body["id"]}
    principal, over = world.staff("principal"), {"if-match": '"1"'}
    stale = call("organisation", "revoke_delegation", principal, path=path, headers={"if-match": '"2"'})
    assert stale.status == 412
    assert call("organisation", "revoke_delegation", principal, path=path, headers=over).status == 204
    assert person(world, deputy) == 404
    again = call("organisation", "revoke_delegation", principal, path=path, headers={"if-match": '"2"'})
    assert again.status == 404
    actions = [row["action"] for row in audit_rows(deputy)]
    assert actions == ["delegate", "revoke_delegation"]
    facts = [e["type"] for e in outbox("organisation") if "Delegation" in e["type"]]
    assert facts == ["organisation.DelegationGiven.v1", "organisation.DelegationRevoked.v1"]


def test_what_cannot_be_delegated_is_refused(world: World) -> None:
    deputy = deputy_of(world)
    own = give(world, deputy, actions=["organisation:delegate"])
    assert (own.status, own.body["type"]) == (409, "urn:skolkit:problem:decided-in-person")
    assert "skollagen 2:10" in own.body["title"]
    more = give(world, deputy, actions=["register:enrol"])  # an administrator's
    assert (more.status, more.body["type"]) == (409, "urn:skolkit:problem:more-than-you-have")
    assert give(world, deputy, actions=["grades:unknown"]).status == 422
    guardian = world.classmates()[0].guardians[0].guardian_id
    stranger = give(world, PersonId(new_id()))
    assert give(world, guardian).body == stranger.body  # one cannot tell who exists
    assert stranger.body["type"] == "urn:skolkit:problem:not-employed-here"
    office = give(world, deputy, by=world.staff("administrator"))
    assert office.status == 404


def test_a_delegation_ends_with_its_givers_duty(world: World, cloud: Cloud) -> None:
    deputy, principal = deputy_of(world), world.staff("principal")
    assert give(world, deputy, actions=["register:read_person"]).status == 201
    assert person(world, deputy) == 200
    ended = {
        "person": principal, "unit": world.unit, "role": "principal", "startDate": _started(principal),
        "endDate": (today() - timedelta(days=1)).isoformat(),
    }  # fmt: skip
    assert drop(cloud, "organisation/duties/left.jsonl", [ended])["failed"] == 0
    assert person(world, principal) == 404
    assert person(world, deputy) == 404


def _started(principal: PersonId) -> str:
    (span,) = (s for s in queries.duty_history(principal) if s.duty.role == "principal")
    return span.start.isoformat()


def test_a_repeated_request_delegates_once(world: World) -> None:
    deputy, key = deputy_of(world), {"idempotency-key": new_id()}
    path = {"unit": world.unit, "employee": deputy}
    answers = [
        call(
            "organisation", "delegate", world.staff("principal"), path=path, body=delegated(0), headers=key
        ).body
        for _ in range(2)
    ]
    assert answers[0] == answers[1]
    assert len([e for e in outbox("organisation") if "DelegationGiven" in e["type"]]) == 1


def appoint(world: World, who: PersonId, **body: Any) -> Answer:
    lesson = world.of_class()[0]
    period = {
        "replaces": lesson.teachers[0],
        "startTime": (lesson.start - timedelta(hours=2)).isoformat(),
        "endTime": (lesson.end + timedelta(hours=2)).isoformat(),
    }
    return call(
        "organisation", "appoint_substitute", world.staff("principal"),
        path={"unit": world.unit, "employee": who}, body=period | body,
        headers={"idempotency-key": new_id()},
    )  # fmt: skip


def test_a_substitute_has_the_lesson_for_its_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    lesson, who = world.of_class()[0], deputy_of(world)
    at(monkeypatch, lesson.start)
    for module in (store, groups, queries):
        if hasattr(module, "now"):
            monkeypatch.setattr(module, "now", lambda: lesson.start)
    monkeypatch.setattr("functions.attendance.usecases.relations.now", lambda: lesson.start)

    def opened() -> int:
        return call("attendance", "open_lesson", who, path={"lesson": lesson.id}).status

    assert opened() == 404
    given = appoint(world, who, lesson=lesson.id)
    assert given.status == 201, given.body
    assert opened() == 200
    other = next(x for x in world.of_class() if x.id != lesson.id and x.start.date() == lesson.start.date())
    assert call("attendance", "open_lesson", who, path={"lesson": other.id}).status == 404
    assert call("organisation", "read_group", who, path={"group": world.klass.id}).status == 404
    path = {"unit": world.unit, "employee": who, "substitution": given.body["id"]}
    ended = call(
        "organisation", "revoke_substitution", world.staff("administrator"), path=path,
        headers={"if-match": '"1"'},
    )  # fmt: skip
    assert ended.status == 204
    monkeypatch.setattr(queries, "now", lambda: max(now(), lesson.start) + timedelta(seconds=1))
    assert opened() == 404


def test_a_substitute_in_a_group_has_its_class_list(world: World) -> None:
    who, teacher = deputy_of(world), world.klass.mentor_ids[0]
    period = {
        "replaces": teacher, "group": world.klass.id, "startTime": (now() - timedelta(hours=1)).isoformat(),
        "endTime": (now() + timedelta(days=3)).isoformat(),
    }  # fmt: skip
    assert appoint(world, who, **period).status == 201
    assert call("organisation", "read_group", who, path={"group": world.klass.id}).status == 200
    assert person(world, who) == 404
    foreign = appoint(world, who, **period | {"group": new_id()})
    unknown = appoint(world, PersonId(new_id()), **period)
    assert foreign.status == unknown.status == 404


def test_a_school_nurse_has_class_lists_and_no_pupils_card(world: World, cloud: Cloud) -> None:
    nurse = deputy_of(world)
    duty = {"person": nurse, "unit": world.unit, "role": "school_nurse", "startDate": "2026-08-01"}
    assert call("organisation", "read_group", nurse, path={"group": world.klass.id}).status == 404
    assert drop(cloud, "organisation/duties/nurse.jsonl", [duty])["failed"] == 0
    assert call("organisation", "read_group", nurse, path={"group": world.klass.id}).status == 200
    assert person(world, nurse) == 404


def test_stand_ins_come_with_the_same_query_as_duties(world: World) -> None:
    """A delegate pays one query more, for whether the giver still has the duty; nobody else does."""
    deputy = deputy_of(world)
    with acting_as("organisation"):
        with metered() as before:
            queries.offices_of(deputy)
        assert appoint(world, deputy).status == 201
        with metered() as substitute:
            queries.offices_of(deputy)
        assert give(world, deputy).status == 201
        with metered() as delegate:
            held = queries.offices_of(deputy)
    assert (before.trips, substitute.trips, delegate.trips) == (1, 1, 2)
    assert Duty("principal", world.unit, frozenset({"attendance:read_sweep"})) in held.duties


def test_who_has_what_at_a_unit_pages_by_person(world: World) -> None:
    deputy = deputy_of(world)
    assert give(world, deputy).status == appoint(world, deputy).status == 201
    seen, cursor = [], None
    while True:
        query = {"unit": world.unit, "limit": 5} | ({"cursor": cursor} if cursor else {})
        page = call("access", "list_rights_of_people", world.staff("principal"), query=query).body
        seen += page["data"]
        cursor = page["cursor"]
        if cursor is None:
            break
    staff = {s.id for s in world.population.staff}
    assert {one["person"] for one in seen} <= staff
    assert {one["kind"] for one in seen if one["person"] == deputy} >= {"duty", "delegation"}
    assert any(one["role"] == "principal" for one in seen)
    (stead,) = (one for one in seen if one["kind"] == "delegation")
    assert (stead["steadOf"], stead["actions"]) == (world.staff("principal"), ["attendance:read_sweep"])
    old = DutyRecord(
        id=new_id(), person=deputy, unit=world.unit, duty_role="Lärare", role="mentor",
        start=today() - timedelta(9), end=today() - timedelta(2),
    )  # fmt: skip
    with acting_as("organisation"):
        commit(*store.duty_writes(None, old))
    again = call("access", "list_rights_of_people", world.staff("principal"), query={"unit": world.unit})
    assert "mentor" not in {one["role"] for one in again.body["data"] if one["person"] == deputy}
