"""Consents: asked per child, answered by each guardian, taken back at any time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from functions.messages.domain.deadlines import reminded_at
from functions.messages.extract import gather
from functions.messages.store import consents as store
from infra.local.cloud import Cloud
from infra.local.population import NewPupil
from skolkit.clock import now, today
from skolkit.extracts import Requested
from skolkit.types import PersonId, new_id
from tests.integration.test_attendance_day import at
from tests.support.areas import acting_as, audit_rows, call
from tests.support.asks import new_key, over
from tests.support.letters import consent, consent_body, custody_ended, handed, tick, told
from tests.support.meter import metered
from tests.support.world import World, drop, make_world, person_row


@pytest.fixture
def world(tables: Cloud) -> World:
    return make_world(tables)


def family(world: World) -> tuple[NewPupil, PersonId, PersonId]:
    pupil = world.classmates()[0]
    return pupil, pupil.guardians[0].guardian_id, pupil.guardians[1].guardian_id


def answer(by: PersonId, pupil: str, id: str, said: str = "granted") -> Any:
    path = {"pupil": pupil, "consent": id}
    return call("messages", "answer_consent", by, path=path, body={"answer": said})


def outcome(world: World, id: str, pupil: str) -> str:
    path = {"consent": id, "group": world.klass.id}
    rows = call("messages", "list_consent_answers", world.klass.mentor_ids[0], path=path).body["data"]
    return str(next(row["outcome"] for row in rows if row["pupil"] == pupil))


def code(reply: Any) -> tuple[int, str]:
    return reply.status, reply.body.get("type", "").rpartition(":")[2]


def test_a_photo_needs_both_and_is_taken_back_at_any_time(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    pupil, one, other = family(world)
    id = consent(world, "photo")
    handed("tell_about_consent", "ConsentDue", times=2)
    mine = told("new_consent")
    assert len(mine) == len(set(mine))
    assert {one, other} <= set(mine)
    (asked,) = [a for a in call("messages", "list_consents", one).body["data"] if a["pupil"] == pupil.id]
    assert (asked["consent"], asked["answer"]) == (id, None)
    assert answer(one, pupil.id, id).body["outcome"] == "unanswered"
    again = answer(one, pupil.id, id)
    assert [a["answer"] for a in again.body["answers"]] == ["granted"]
    assert answer(other, pupil.id, id).body["outcome"] == "granted"
    at(monkeypatch, now() + timedelta(days=20))
    assert code(answer(one, pupil.id, id, "refused")) == (409, "deadline-passed")
    taken_back = answer(one, pupil.id, id, "withdrawn")
    assert (taken_back.status, taken_back.body["outcome"]) == (200, "refused")
    assert [a["answer"] for a in taken_back.body["answers"]] == ["granted", "withdrawn"]
    assert outcome(world, id, pupil.id) == "refused"
    assert [r["action"] for r in audit_rows(pupil.id)].count("answer_consent") == 3


def test_one_yes_is_enough_for_an_excursion_and_one_no_is_a_no(world: World) -> None:
    pupil, one, other = family(world)
    id = consent(world, "excursion")
    assert code(answer(one, pupil.id, id, "withdrawn")) == (409, "nothing-to-withdraw")
    assert answer(one, pupil.id, id).body["outcome"] == "granted"
    assert answer(other, pupil.id, id, "refused").body["outcome"] == "refused"
    own = call("messages", "read_consent", other, path={"pupil": pupil.id, "consent": id}).body
    assert [a["answer"] for a in own["answers"]] == ["refused"]  # not what the other has said


def test_whose_custody_has_ended_neither_answers_nor_counts(world: World) -> None:
    pupil, one, other = family(world)
    id = consent(world, "photo")
    assert answer(one, pupil.id, id, "refused").body["outcome"] == "refused"
    custody_ended(world, pupil.id, one)
    assert answer(one, pupil.id, id).status == 404
    assert call("messages", "read_consent", one, path={"pupil": pupil.id, "consent": id}).status == 404
    assert not [a for a in call("messages", "list_consents", one).body["data"] if a["pupil"] == pupil.id]
    assert outcome(world, id, pupil.id) == "unanswered"
    assert answer(other, pupil.id, id).body["outcome"] == "granted"


def test_others_neither_ask_answer_nor_see(world: World) -> None:
    pupil, one, _ = family(world)
    id = consent(world, "photo")
    neighbour = next(
        g.guardian_id for p in world.classmates()[1:] for g in p.guardians
        if g.guardian_id not in {h.guardian_id for h in pupil.guardians}
    )  # fmt: skip
    stranger = next(
        s.id for s in world.population.staff
        if s.role == "teacher" and s.id not in world.klass.mentor_ids
        and s.id not in {t for x in world.of_class() for t in x.teachers}
    )  # fmt: skip
    for person in (neighbour, pupil.id, stranger, world.klass.mentor_ids[0]):
        assert answer(person, pupil.id, id).status == 404
    for name in ("read_consent_statistics", "close_consent"):
        more: dict[str, Any] = (
            {"body": {"closed": True}, "headers": over(1)} if name == "close_consent" else {}
        )
        for person in (one, pupil.id, stranger):
            assert call("messages", name, person, path={"consent": id}, **more).status == 404
    asked = call("messages", "ask_consent", one, body=consent_body(world, "photo"), headers=new_key())
    assert asked.status == 404


def test_statistics_follow_up_and_a_protected_pupil(world: World, tables: Cloud) -> None:
    pupils = world.classmates()
    id = consent(world, "excursion")
    for pupil, said in ((pupils[0], "granted"), (pupils[1], "refused")):
        assert answer(pupil.guardians[0].guardian_id, pupil.id, id, said).status == 200
    head, mentor = world.staff("principal"), world.klass.mentor_ids[0]
    office = world.staff("administrator")

    def counts(by: PersonId) -> dict[str, int]:
        (row,) = call("messages", "read_consent_statistics", by, path={"consent": id}).body["groups"]
        return {name: row[name] for name in ("answered", "granted", "refused", "unanswered")}

    everybody = len(world.klass.pupil_ids)
    assert counts(mentor)["granted"] == 1
    hidden = [p for p in world.population.pupils if p.id in world.klass.pupil_ids and p.protection]
    marked = person_row(pupils[0]) | {"securityMarking": "Sekretessmarkering"}
    drop(tables, "register/persons/p.jsonl", [marked])
    assert counts(mentor) == counts(head)
    assert counts(mentor) == {"answered": 2, "granted": 1, "refused": 1, "unanswered": everybody - 2}
    seen = counts(office)
    assert (seen["granted"], seen["refused"]) == (0, 1)
    assert seen["unanswered"] == everybody - 2 - len(hidden)
    path = {"consent": id, "group": world.klass.id}
    found, cursor = list[str](), None
    while True:
        query = {"outcome": "unanswered", "limit": 4} | ({"cursor": cursor} if cursor else {})
        page = call("messages", "list_consent_answers", mentor, path=path, query=query).body
        assert all(row["missing"] == 2 for row in page["data"] if row["pupil"] in {p.id for p in pupils})
        found += [row["pupil"] for row in page["data"]]
        if not (cursor := page["cursor"]):
            break
    assert len(found) == len(set(found)) == everybody - 2
    listed = call("messages", "list_consent_answers", office, path=path).body["data"]
    assert pupils[0].id not in {row["pupil"] for row in listed}
    other = call("messages", "list_consent_answers", mentor, path=path | {"group": new_id()})
    assert other.status == 404


def test_who_has_not_answered_is_reminded_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    pupil, one, other = family(world)
    id = consent(world, "photo")
    assert answer(one, pupil.id, id).status == 200
    tick()
    assert told("consent_reminder") == []
    with acting_as("messages"):
        ask = store.find_ask(id)
    assert ask
    when = reminded_at(datetime.fromisoformat(ask.deadline).date(), 2)
    at(monkeypatch, when + timedelta(minutes=2))
    for _ in range(2):
        tick()
        handed("tell_about_consent", "ConsentDue")
    mine = told("consent_reminder")
    assert len(mine) == len(set(mine))
    assert other in mine
    siblings = [p for p in world.population.pupils
                if p.id in world.klass.pupil_ids and one in {g.guardian_id for g in p.guardians}]  # fmt: skip
    assert (one in mine) == (len(siblings) > 1)


def test_faults_kinds_and_closing(world: World) -> None:
    office, mentor = world.staff("administrator"), world.klass.mentor_ids[0]
    pupil, one, _ = family(world)

    def ask(**more: Any) -> Any:
        body = consent_body(world, "photo") | more
        return call("messages", "ask_consent", mentor, body=body, headers=new_key())

    yesterday = (today() - timedelta(days=1)).isoformat()
    assert code(ask(deadline=yesterday)) == (422, "wrong-dates")
    assert code(ask(until=yesterday)) == (422, "wrong-dates")
    assert code(ask(kind="swimming")) == (422, "unknown-kind")
    assert code(ask(groups=[new_id()])) == (404, "not-found")
    kind = {"name": {"sv": "Bad", "en": "Swimming"}, "both": True}
    put: dict[str, Any] = {"path": {"kind": "swimming"}, "body": kind}
    odd = put | {"path": {"kind": "Bad%20bad"}}
    assert code(call("messages", "put_consent_kind", office, **odd, headers=over(0))) == (422, "unknown-kind")
    assert call("messages", "put_consent_kind", mentor, **put, headers=over(0)).status == 404
    assert call("messages", "put_consent_kind", office, **put, headers=over(0)).status == 200
    assert call("messages", "put_consent_kind", office, **put, headers=over(0)).status == 412
    listed = call("messages", "list_consent_kinds", mentor).body["data"]
    assert [k["id"] for k in listed] == ["excursion", "medicine", "photo", "swimming"]
    made = ask(kind="swimming")
    assert (made.status, made.body["both"]) == (201, True)
    path = {"consent": made.body["id"]}
    assert answer(one, pupil.id, path["consent"]).status == 200
    closing: dict[str, Any] = {"path": path, "body": {"closed": True}, "headers": over(1)}
    assert call("messages", "close_consent", mentor, **closing).status == 200
    assert code(answer(one, pupil.id, path["consent"], "refused")) == (409, "deadline-passed")
    assert answer(one, pupil.id, path["consent"], "withdrawn").status == 200
    group = call("messages", "list_group_consents", mentor, path={"group": world.klass.id}).body
    assert [(c["id"], c["closed"]) for c in group["data"]] == [(path["consent"], True)]


def test_what_it_costs(world: World) -> None:
    pupil, one, _ = family(world)
    ids = [consent(world, "photo") for _ in range(3)]
    call("messages", "list_consents", one)
    with metered() as use:
        assert len(call("messages", "list_consents", one).body["data"]) >= 3
    assert use.trips <= 6, use.operations
    with metered() as use:
        answer(one, pupil.id, ids[0])
    assert use.trips <= 8, use.operations
    assert use.writes <= 12, use.writes


def test_an_extract_tells_of_ones_answers_and_those_about_one(world: World) -> None:
    pupil, one, other = family(world)
    id = consent(world, "photo")
    answer(one, pupil.id, id)
    answer(other, pupil.id, id, "refused")

    def rows(person: PersonId) -> list[tuple[Any, Any]]:
        with acting_as("messages"):
            found = gather(Requested(request=new_id(), person=person, contacts=True))
        (section,) = [s for s in found if s.document == "messages.consent"]
        return [(row[1], row[3]) for row in section.rows]

    assert rows(one) == [("granted", "personen själv")]
    assert rows(pupil.id) == [("granted", "vårdnadshavare"), ("refused", "vårdnadshavare")]
