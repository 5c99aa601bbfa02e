"""Leave in-process (process 22): who decides on what, what the days and lessons say, and what is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from functions.attendance.domain import leave as rules
from skolkit.clock import today
from skolkit.sweden.calendar import SchoolYear
from skolkit.types import PersonId, new_id
from tests.integration.test_attendance_day import at, invalid, open_, pump, save
from tests.support.areas import Answer, call, outbox
from tests.support.leaves import (
    ahead,
    apply,
    choose,
    decide,
    delegate,
    due,
    marked,
    read,
    refusal,
    waiting,
    withdraw,
)
from tests.support.meter import Use, metered
from tests.support.world import World


def test_granted_leave_is_in_the_lesson_and_nobody_is_told_of_an_unexcused_absence(world: World) -> None:
    pupil, mentor = world.classmates()[0], delegate(world)
    lesson = world.of_class(world.days[-1])[0]
    days = ahead(world, 3)
    sent = apply(pupil, days[0], days[2])
    assert (sent.status, sent.body["days"], sent.body["state"]) == (201, 3, "waiting")
    assert waiting(world, mentor) == waiting(world, world.staff("principal")) == [sent.body["id"]]

    granted = decide(pupil, sent.body["id"], mentor)
    assert (granted.status, granted.body["state"]) == (201, "granted"), granted.body
    assert waiting(world, mentor) == []
    assert marked(pupil, days) == days
    row = next(row for row in open_(lesson).body["rows"] if row["pupil"] == pupil.id)
    assert (row["attendanceMinutes"], row["absenceReason"], row["notifiedReason"]) == (0, "leave", "leave")
    (decision,) = read(pupil, sent.body["id"])["decisions"]
    assert (decision["decidedBy"], decision["role"], decision["rules"]) == (mentor, "delegate", "leave-2026")
    (given,) = [e["data"] for e in outbox("organisation") if "DelegationGiven" in e["type"]]
    assert decision["delegation"] == given["delegation"]
    (told,) = due("leave_granted")
    assert set(told["recipients"]) == {g.guardian_id for g in pupil.guardians}
    assert told["values"] == {"first": days[0].isoformat(), "last": days[2].isoformat()}
    seen = call("attendance", "read_pupil_day", pupil.guardians[0].guardian_id, path={"pupil": pupil.id})
    assert [n["reason"] for n in seen.body["notices"]] == ["leave"]


def test_a_lesson_missed_on_leave_is_explained(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    pupil, other = world.classmates()[:2]
    lesson = world.of_class(world.days[-1])[0]
    sent = apply(pupil, world.days[-1])
    assert decide(pupil, sent.body["id"], world.staff("principal")).status == 201
    at(monkeypatch, lesson.start)
    away = {"validAbsenceMinutes": 0} | invalid(lesson)
    assert save(lesson, {pupil.id: away, other.id: away}).status == 200
    pump()
    told = [e["data"]["pupil"] for e in outbox("attendance") if "GuardianNoticeDue" in e["type"]]
    assert told == [other.id]


def test_more_than_ten_days_are_the_principals_however_they_are_split(world: World) -> None:
    pupil, mentor, head = world.classmates()[0], delegate(world), world.staff("principal")
    days = ahead(world, 14)
    long = apply(pupil, days[0], days[11])
    assert refusal(decide(pupil, long.body["id"], mentor)) == (409, "principal-decides")
    seen = read(pupil, long.body["id"], mentor)
    assert (seen["principalOnly"], seen["daysInARow"], seen["decisions"]) == (True, 12, [])
    assert refusal(decide(pupil, long.body["id"], head)) == (422, "wrong-ground")
    no = {"outcome": "refused", "ground": "noExceptionalReasons"}
    assert refusal(decide(pupil, long.body["id"], head, **no)) == (422, "reasons-missing")
    said = decide(pupil, long.body["id"], head, **no, motivation="Resan kan göras på lovet.")
    assert (said.status, said.body["state"], marked(pupil, days)) == (201, "refused", [])
    (decision,) = read(pupil, long.body["id"])["decisions"]
    assert decision["motivation"] == "Resan kan göras på lovet."
    assert "kommunallagen" in decision["appeal"]
    assert (decision["role"], decision["delegation"]) == ("principal", None)
    assert len(due("leave_refused")) == 1

    first, second = apply(pupil, days[0], days[5]), apply(pupil, days[6], days[11])
    for id in (first.body["id"], second.body["id"]):
        assert refusal(decide(pupil, id, mentor)) == (409, "principal-decides")
    assert decide(pupil, first.body["id"], head).status == 201
    reasons = {"outcome": "granted", "ground": "exceptionalReasons"}
    assert refusal(decide(pupil, second.body["id"], head)) == (422, "wrong-ground")
    assert read(pupil, second.body["id"])["usedDays"] == 6
    assert decide(pupil, second.body["id"], head, **reasons).status == 201
    assert marked(pupil, days) == days[:12]


def test_two_who_decide_at_once_do_not_decide_past_each_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Six days wait; while they are decided on, the home applies for the six that follow."""
    pupil, mentor = world.classmates()[0], delegate(world)
    days = ahead(world, 12)
    sent = apply(pupil, days[0], days[5])
    plain, applied = rules.decide, list[Answer]()

    def meanwhile(*arguments: Any) -> Any:
        decided = plain(*arguments)
        if not applied:
            applied.append(apply(pupil, days[6], days[11], by=1))
        return decided

    monkeypatch.setattr(rules, "decide", meanwhile)
    assert refusal(decide(pupil, sent.body["id"], mentor)) == (409, "principal-decides")
    assert (applied[0].status, marked(pupil, days)) == (201, [])
    assert read(pupil, sent.body["id"])["state"] == "waiting"


def test_the_other_guardian_is_asked_where_the_unit_has_chosen_so(world: World) -> None:
    pupil, head = world.classmates()[0], world.staff("principal")
    choose(world, bothGuardians=True)
    days = ahead(world, 2)
    sent = apply(pupil, days[0])
    assert sent.body["state"] == "consent"
    one, other = (g.guardian_id for g in pupil.guardians)
    (asked,) = due("leave_consent")
    assert asked["recipients"] == [other]
    assert waiting(world, head) == []
    assert refusal(decide(pupil, sent.body["id"], head)) == (409, "not-to-decide")

    def answer(by: PersonId, agrees: bool, id: str = sent.body["id"]) -> Answer:
        path = {"pupil": pupil.id, "leave": id}
        key = {"idempotency-key": new_id()}
        return call("attendance", "answer_leave", by, path=path, body={"agrees": agrees}, headers=key)

    assert refusal(answer(one, agrees=True)) == (409, "not-to-answer")
    assert answer(PersonId(pupil.id), agrees=True).status == 404
    assert refusal(withdraw(pupil, sent.body["id"], 1, by=1)) == (409, "not-to-withdraw")
    assert answer(other, agrees=True).body["state"] == "waiting"
    assert waiting(world, head) == [sent.body["id"]]
    assert decide(pupil, sent.body["id"], head).status == 201

    again = apply(pupil, days[1])
    assert answer(other, agrees=False, id=again.body["id"]).body["state"] == "declined"
    assert due("leave_declined")[0]["recipients"] == [one]
    assert refusal(decide(pupil, again.body["id"], head)) == (409, "not-to-decide")
    assert apply(pupil, days[1]).status == 201  # the day is free again


def test_a_repeated_post_is_one_application_and_wrong_ones_are_refused(world: World) -> None:
    pupil, other = world.classmates()[:2]
    days = ahead(world, 3)
    key = {"idempotency-key": new_id()}
    body = {"startDate": days[1].isoformat(), "endDate": days[1].isoformat(), "purpose": "familyEvent"}
    one, again = (
        call(
            "attendance", "apply_for_leave", pupil.guardians[0].guardian_id, path={"pupil": pupil.id},
            body=body, headers=key,
        )
        for _ in range(2)
    )  # fmt: skip
    assert (one.status, one.body) == (again.status, again.body)
    stranger = next(g.guardian_id for g in other.guardians if g not in pupil.guardians)
    for by in (stranger, PersonId(pupil.id), world.staff("principal")):
        path = {"pupil": pupil.id}
        new = {"idempotency-key": new_id()}
        asked = call("attendance", "apply_for_leave", by, path=path, body=body, headers=new)
        assert asked.status == 404
    past = days[0] - timedelta(days=1)
    saturday = days[0] + timedelta(days=5 - days[0].weekday())
    assert refusal(apply(pupil, past, days[0])) == (409, "leave-begun")
    assert refusal(apply(pupil, days[1])) == (409, "overlapping-leave")
    assert refusal(apply(pupil, saturday, saturday + timedelta(days=1))) == (422, "no-school-day")
    beyond = SchoolYear.of(today()).end + timedelta(days=1)
    assert refusal(apply(pupil, days[2], beyond)) == (422, "beyond-school-year")
    reported = {"startDate": str(days[2]), "endDate": str(days[2]), "reason": "leave"}
    notice = call(
        "attendance", "report_absence", pupil.guardians[0].guardian_id, path={"pupil": pupil.id},
        body=reported, headers={"idempotency-key": new_id()},
    )  # fmt: skip
    assert refusal(notice) == (422, "invalid")  # leave is granted, not reported


def test_what_it_costs_is_bounded(world: World) -> None:
    pupil, mentor = world.classmates()[0], delegate(world)
    days, sent = ahead(world, 10), list[Answer]()
    actions: dict[str, Callable[[], Any]] = {
        "apply": lambda: sent.append(apply(pupil, days[0], days[9])),
        "decide": lambda: decide(pupil, sent[0].body["id"], mentor),
        "read": lambda: read(pupil, sent[0].body["id"]),
        "list": lambda: waiting(world, mentor),
    }
    uses: dict[str, Use] = {}
    for name, act in actions.items():
        with metered() as uses[name]:
            act()
    trips = {name: use.trips for name, use in uses.items()}
    assert trips == {"apply": 5, "decide": 11, "read": 7, "list": 4}, trips
    assert uses["apply"].writes <= 16, uses
    assert uses["decide"].writes <= 50, uses  # ten days and two years' neighbours
