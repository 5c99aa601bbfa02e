"""Leave as time goes (process 22): given up, decided anew, reminded of, and when custody, school or record
become others.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from functions.attendance.domain import leave as rules
from functions.attendance.domain.absence import Span
from functions.attendance.store import leave as leave_store
from functions.attendance.usecases import leave as leaves
from functions.register import queries as register
from infra.local.cloud import Cloud
from skolkit.sweden.calendar import default_calendar
from skolkit.table import commit
from skolkit.types import PersonId, UnitId, new_id
from tests.integration.test_attendance_day import at
from tests.support.areas import acting_as, audit_rows, call, deliver, outbox, run_schedule
from tests.support.asks import delegated
from tests.support.leaves import (
    ahead,
    apply,
    choose,
    decide,
    delegate,
    due,
    marked,
    morning,
    read,
    refusal,
    waiting,
    withdraw,
    year,
)
from tests.support.world import World, drop, person_row


def test_nobody_waits_for_who_has_no_custody_any_more(world: World, cloud: Cloud) -> None:
    pupil, head = world.classmates()[0], world.staff("principal")
    choose(world, bothGuardians=True)
    sent = apply(pupil, ahead(world, 1)[0])
    one, other = (g.guardian_id for g in pupil.guardians)
    row = person_row(pupil) | {"responsibles": [{"person": one, "relationType": "Vårdnadshavare"}]}
    assert drop(cloud, "register/persons/custody.jsonl", [row])["failed"] == 0
    told = {
        "id": new_id(), "type": "register.CustodyChanged.v1", "time": "2026-11-23T08:00:00.000Z",
        "data": {"child": pupil.id},
    }  # fmt: skip
    for _ in range(2):
        assert deliver("attendance", "follow_custody", told) == []
        assert waiting(world, head) == [sent.body["id"]]
    path = {"pupil": pupil.id, "leave": sent.body["id"]}
    late = call(
        "attendance", "answer_leave", other, path=path, body={"agrees": True},
        headers={"idempotency-key": new_id()},
    )  # fmt: skip
    assert late.status == 404
    assert decide(pupil, sent.body["id"], head).status == 201
    assert [r["actor"] for r in audit_rows(pupil.id) if r["action"] == "follow_custody"] == [
        "system:follow_custody"
    ]


def test_a_decision_is_followed_by_a_new_one_and_the_old_one_stays(world: World) -> None:
    pupil, head = world.classmates()[0], world.staff("principal")
    days = ahead(world, 6)
    sent = apply(pupil, days[2], days[5])
    decide(pupil, sent.body["id"], head)
    part = {"outcome": "partlyGranted", "ground": "personalMatter", "motivation": "Nationellt prov."}
    span = {"startDate": days[2].isoformat(), "endDate": days[3].isoformat()}
    anew = decide(pupil, sent.body["id"], head, **part, **span)
    assert (anew.status, anew.body["state"]) == (201, "partlyGranted"), anew.body
    assert marked(pupil, days) == days[2:4]
    made = read(pupil, sent.body["id"])["decisions"]
    assert [(d["number"], d["outcome"], d["days"]) for d in made] == [
        (1, "granted", 4), (2, "partlyGranted", 2),
    ]  # fmt: skip
    assert [row["action"] for row in audit_rows(pupil.id)].count("decide_leave") == 2
    assert apply(pupil, days[4]).status == 201  # what was not granted is free
    assert refusal(apply(pupil, days[3])) == (409, "overlapping-leave")


def test_leave_given_up_is_taken_out_of_the_days(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    pupil, head = world.classmates()[0], world.staff("principal")
    days = ahead(world, 5)
    early = apply(pupil, days[0])
    assert withdraw(pupil, early.body["id"], 1).status == 204
    assert waiting(world, head) == []
    sent = apply(pupil, days[0], days[4])
    decide(pupil, sent.body["id"], head)
    at(monkeypatch, morning(days[2]))
    assert refusal(withdraw(pupil, sent.body["id"], 1)) == (412, "changed-meanwhile")
    assert withdraw(pupil, sent.body["id"], 2).status == 204
    assert marked(pupil, days) == days[:2]
    seen = read(pupil, sent.body["id"])
    assert seen["state"] == "granted"
    assert seen["grantedEndDate"] == (days[2] - timedelta(days=1)).isoformat()
    facts = [e["data"]["from_day"] for e in outbox("attendance") if "LeaveWithdrawn" in e["type"]]
    assert sorted(facts) == [days[0].isoformat(), days[2].isoformat()]
    assert refusal(withdraw(pupil, sent.body["id"], 3)) == (409, "not-to-withdraw")


def test_a_leave_of_a_term_holds_when_every_day_is_marked_and_not_before(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    pupil, head = world.classmates()[0], world.staff("principal")
    at(monkeypatch, morning(world.days[0]))
    spring = default_calendar(year(world)).spring
    sent = apply(pupil, spring.first, spring.last)
    assert sent.status == 201
    days = rules.marked_days(Span(spring.first, spring.last))
    assert len(days) > leaves.MARKS
    reasons = {"outcome": "granted", "ground": "exceptionalReasons"}
    decided = decide(pupil, sent.body["id"], head, **reasons)
    assert (decided.status, decided.body["state"]) == (201, "takingEffect"), decided.body
    before = read(pupil, sent.body["id"])
    assert (before["state"], before["grantedStartDate"], before["decisions"]) == ("takingEffect", None, [])
    assert (due("leave_granted"), marked(pupil, days)) == ([], [])
    assert refusal(withdraw(pupil, sent.body["id"], 2)) == (409, "not-to-withdraw")

    (fact,) = [e for e in outbox("attendance") if "LeaveTakesEffect" in e["type"]]

    def fails(*writes: Any, **more: Any) -> None:
        monkeypatch.setattr(leaves, "commit", dies)
        commit(*writes, **more)

    def dies(*_: Any, **__: Any) -> None:
        raise RuntimeError("the worker dies after its first part")

    monkeypatch.setattr(leaves, "commit", fails)
    assert deliver("attendance", "put_leave_into_days", fact) == ["0"]
    assert len(marked(pupil, days)) == leaves.MARKS
    assert read(pupil, sent.body["id"])["state"] == "takingEffect"
    monkeypatch.setattr(leaves, "commit", commit)
    for _ in range(2):
        assert deliver("attendance", "put_leave_into_days", fact) == []
    assert marked(pupil, days) == days
    after = read(pupil, sent.body["id"])
    assert (after["state"], len(after["decisions"]), len(due("leave_granted"))) == ("granted", 1, 1)

    assert withdraw(pupil, sent.body["id"], after["version"]).status == 204
    fact = [e for e in outbox("attendance") if "LeaveTakesEffect" in e["type"]][-1]
    assert deliver("attendance", "put_leave_into_days", fact) == []
    assert (read(pupil, sent.body["id"])["state"], marked(pupil, days)) == ("withdrawn", [])


def test_who_decides_is_reminded_once_every_fifth_school_day(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    pupil, mentor, head = world.classmates()[0], delegate(world), world.staff("principal")
    days = ahead(world, 30)
    apply(pupil, days[20])
    for day in days[:7]:
        for _ in range(2):
            at(monkeypatch, morning(day))
            run_schedule("attendance", "remind_of_leave")
    (told,) = due("leave_reminder")
    assert set(told["recipients"]) == {head, mentor}
    assert (told["values"], told["about"]) == ({"count": "1", "days": "5"}, None)


def test_ended_delegations_and_other_delegates_decide_nothing(world: World) -> None:
    pupil = world.classmates()[0]
    sent = apply(pupil, ahead(world, 1)[0])
    mentor = world.klass.mentor_ids[0]
    assert decide(pupil, sent.body["id"], mentor).status == 404
    delegate(world, actions=["attendance:read_sweep"])
    assert decide(pupil, sent.body["id"], mentor).status == 404
    choose(world, delegableDays=0)
    delegate(world)
    assert refusal(decide(pupil, sent.body["id"], mentor)) == (409, "principal-decides")
    own = call(
        "organisation", "delegate", world.staff("principal"),
        path={"unit": world.unit, "employee": mentor},
        body=delegated(0) | {"actions": ["attendance:decide_long_leave"]},
        headers={"idempotency-key": new_id()},
    )  # fmt: skip
    assert refusal(own) == (409, "decided-in-person")


def test_leave_of_a_closed_record_is_the_kept_ones(world: World) -> None:
    kept, other = world.classmates()[:2]
    head, days = world.staff("principal"), ahead(world, 4)
    granted, asked = apply(other, days[0], days[1]), apply(other, days[3])
    decide(other, granted.body["id"], head)
    merged = call(
        "register", "merge_persons", world.staff("administrator"), path={"person": kept.id},
        body={"duplicate": other.id}, headers={"idempotency-key": new_id()},
    )  # fmt: skip
    assert merged.status == 201, merged.body
    (fact,) = [e for e in outbox("register") if e["type"] == "register.PersonsMerged.v1"]
    for _ in range(2):
        assert deliver("attendance", "follow_merge", fact) == []
    assert marked(kept, days) == days[:2]
    assert refusal(apply(kept, days[1])) == (409, "overlapping-leave")
    listed = call("attendance", "list_waiting_leaves", head, path={"unit": world.unit}).body["data"]
    assert [(row["id"], row["student"]) for row in listed] == [(asked.body["id"], kept.id)]
    assert decide(kept, asked.body["id"], head).status == 201
    assert marked(kept, days) == [*days[:2], days[3]]
    seen = read(kept, granted.body["id"], kept.guardians[0].guardian_id)
    assert (seen["state"], seen["usedDays"]) == ("granted", 1)
    assert withdraw(kept, granted.body["id"], seen["version"]).status == 204
    assert (marked(kept, days), marked(other, days)) == ([days[3]], [days[3]])


def test_an_application_goes_along_to_the_pupils_new_school(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    pupil, head = world.classmates()[0], world.staff("principal")
    sent = apply(pupil, ahead(world, 1)[0])
    new = UnitId(new_id())
    with acting_as("register"):
        record = register.pupil(PersonId(pupil.id))
    assert record
    monkeypatch.setattr(register, "present", lambda _: replace(record, unit=new))
    for _ in range(2):
        run_schedule("attendance", "remind_of_leave")
    assert waiting(world, head) == []
    with acting_as("attendance"):
        assert [row.leave for row in leave_store.all_waiting_at(new)] == [sent.body["id"]]
