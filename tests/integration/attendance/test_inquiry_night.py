"""The night that looks for absence in-process (process 23): what it suggests, once, and what it costs."""

from __future__ import annotations

from datetime import time
from typing import Any

import pytest

from functions.attendance import store as attendance
from functions.attendance.store import suggestions as suggestions_store
from functions.attendance.usecases import inquiry_night
from infra.local.cloud import Cloud
from skolkit.clock import local
from skolkit.table import commit
from skolkit.types import PersonId, new_id
from tests.integration.test_attendance_day import at
from tests.support.areas import Answer, acting_as, audit_rows, call, deliver, outbox
from tests.support.inquiries import (
    later,
    miss,
    night,
    opened,
    post,
    read,
    school_with_officers,
    suggestions,
    told,
    world_day,
)
from tests.support.meter import metered
from tests.support.world import World, drop, person_row


@pytest.fixture
def world(tables: Cloud, monkeypatch: pytest.MonkeyPatch) -> World:
    return school_with_officers(tables, monkeypatch)


def test_the_night_suggests_once_and_tells_principal_and_mentor_how_many(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    away, there = world.classmates()[0].id, world.classmates()[1].id
    miss(world, away, world.days[:3])
    miss(world, there, world.days[:1], valid=True)
    night()
    rows = suggestions(world)
    assert {row["pupil"] for row in rows} == {away}
    assert {row["cause"] for row in rows} >= {"share", "unexcusedDays"}
    days = next(row for row in rows if row["cause"] == "unexcusedDays")
    assert days["reasons"][0]["figures"]["days"] == 3
    assert days["rules"] == "inquiry-1"
    digests = told("MessageDue", "inquiry_suggestions")
    recipients = {one for digest in digests for one in digest["recipients"]}
    assert recipients == {world.staff("principal"), *world.klass.mentor_ids}
    assert {digest["values"]["count"] for digest in digests} == {str(len(rows))}
    assert all(digest["about"] is None for digest in digests)
    at(monkeypatch, local(world_day(), time(9, 5)))  # started again by hand
    night()
    assert told("MessageDue", "inquiry_suggestions") == digests
    later(monkeypatch, world, 2)
    night()
    assert suggestions(world) == rows
    assert told("MessageDue", "inquiry_suggestions") == digests


def test_granted_leave_is_no_cause(world: World) -> None:
    pupil = world.classmates()[0].id
    miss(world, pupil, world.days, valid=True)
    with acting_as("attendance"):
        rows = list(attendance.DeviationItem.query(f"PUPIL#{pupil}"))
        for row in rows:
            row.reason = next(iter(suggestions_store.LEAVE))
            commit(row)
    night()
    assert suggestions(world) == []


def test_a_dismissed_suggestion_rests_and_leaves_its_reason(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    pupil, head = world.classmates()[0].id, world.staff("principal")
    miss(world, pupil, world.days[:3])
    night()
    for row in suggestions(world):
        path = {"pupil": pupil, "suggestion": row["id"]}
        answer = post("dismiss_suggestion", head, {"reason": "known"}, **path)
        assert (answer.status, answer.body["state"]) == (200, "dismissed")
        again = post("dismiss_suggestion", head, {"reason": "known"}, **path)
        assert (again.status, again.body["type"]) == (409, "urn:skolkit:problem:suggestion-decided")
    assert suggestions(world) == []
    later(monkeypatch, world, 2)
    night()
    assert suggestions(world) == []
    rows = [row for row in audit_rows(pupil) if row["action"] == "dismiss_suggestion"]
    assert {row["reason"] for row in rows} == {"known"}


def test_a_units_own_thresholds_are_versions(world: World) -> None:
    head, path = world.staff("principal"), {"unit": world.unit}
    body = {
        "share": 99,
        "unexcusedDays": 30,
        "weekdayTimes": 9,
        "subjectShare": 100,
        "validFrom": str(world_day()),
    }

    def put(version: int, **other: Any) -> Answer:
        return call(
            "attendance", "change_inquiry_rules", head, path=path, body=body | other,
            headers={"if-match": f'"{version}"'},
        )  # fmt: skip

    assert put(0, validFrom="2026-07-01").status == 422
    assert put(0).status == 200
    assert put(0).status == 412
    seen = call("attendance", "read_inquiry_rules", head, path=path)
    assert (seen.body["inForce"]["id"], seen.body["inForce"]["share"]) == ("inquiry-unit-1", 99)
    assert [row["action"] for row in audit_rows(world.unit)][-1] == "change_inquiry_rules"
    miss(world, world.classmates()[0].id, world.days[:3])
    night()
    assert suggestions(world) == []
    case = opened(world, world.classmates()[0].id)
    assert read(case["id"], head).body["rules"] == "inquiry-unit-1"


def test_what_was_missed_under_a_closed_record_counts_with_the_kept_one(world: World, tables: Cloud) -> None:
    one, double = world.classmates()[0], PersonId(new_id())
    same = {name: value for name, value in person_row(one).items() if name in {"givenName", "familyName"}}
    row = {"id": double, "birthDate": person_row(one)["birthDate"], **same}
    drop(tables, "register/persons/double.jsonl", [row])
    miss(world, double, world.days[:3])
    merged = call(
        "register", "merge_persons", world.staff("administrator"), path={"person": one.id},
        body={"duplicate": double}, headers={"idempotency-key": new_id()},
    )  # fmt: skip
    assert merged.status == 201, merged.body
    facts = [f for f in outbox("register") if f["type"] == "register.PersonsMerged.v1"]
    for fact in [*facts, *facts]:
        assert deliver("attendance", "follow_merge", fact) == []
    night()
    assert {r["pupil"] for r in suggestions(world)} == {one.id}


def test_lists_lead_to_the_next_page(world: World) -> None:
    head = world.staff("principal")
    made = {opened(world, pupil.id)["id"] for pupil in world.classmates()[:3]}
    seen: set[str] = set()
    cursor: dict[str, Any] = {}
    for _ in range(3):
        page = call(
            "attendance", "list_inquiries", head, path={"unit": world.unit}, query={"limit": 1, **cursor}
        ).body
        seen |= {row["id"] for row in page["data"]}
        cursor = {"cursor": page["cursor"]}
    assert seen == made


def test_a_night_asks_once_for_each_pupil_and_once_for_each_group(world: World) -> None:
    """Of sixty pupils nobody is suggested: their days, and what the unit, its groups and days cost."""
    day, unit = world_day(), world.unit
    pupils = sorted(PersonId(pupil.id) for pupil in world.population.pupils)
    with acting_as("attendance"), metered() as use:
        assert inquiry_night.look_at(unit, pupils, day) == 0
    queries = [name for name in use.operations if name == "Query"]
    groups = {group.id for group in world.population.groups}
    assert len(queries) <= len(pupils)
    batches = 2 + len(groups) * 25 // 100 + 3  # pupils; groups' days; calendars
    assert use.trips - len(queries) <= batches
    assert use.writes == 0


def test_a_suggestion_costs_four_round_trips(world: World) -> None:
    pupil = PersonId(world.classmates()[0].id)
    with acting_as("attendance"), metered() as alone:
        inquiry_night.look_at(world.unit, [pupil], world_day())
    miss(world, pupil, world.days[:3])
    with acting_as("attendance"), metered() as use:
        made = inquiry_night.look_at(world.unit, [pupil], world_day())
    assert made > 0
    assert use.trips == alone.trips + 1 + 2 * made
    assert use.writes <= made * 10
