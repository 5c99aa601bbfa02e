"""Leave in-process (process 22): who decides on what, what the days and lessons say, and what is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from functions.attendance import store
from functions.attendance.domain import leave as rules
from functions.attendance.domain.absence import Reason, Span
from functions.attendance.store import leave as leave_store
from functions.attendance.usecases import leave as leaves
from functions.register import queries as register
from infra.local.cloud import Cloud
from infra.local.population import NewPupil
from skolkit.clock import local, today
from skolkit.sweden.calendar import SchoolYear, default_calendar
from skolkit.table import commit
from skolkit.types import PersonId, UnitId, new_id
from tests.integration.test_attendance_day import at, invalid, open_, pump, save
from tests.support.areas import Answer, acting_as, audit_rows, call, deliver, outbox, run_schedule
from tests.support.asks import delegated
from tests.support.fixtures import lay_tables
from tests.support.meter import Use, metered
from tests.support.stored import Undo, stored
from tests.support.world import World, drop, make_world, person_row

GRANT = {"outcome": "granted", "ground": "personalMatter"}


@pytest.fixture(scope="module")
def made(cloud: Cloud) -> Iterator[tuple[World, Undo]]:
    lay_tables(cloud)
    world = make_world(cloud)
    undo = Undo(stored())
    yield world, undo
    undo.close()


@pytest.fixture
def world(made: tuple[World, Undo], monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """The morning of the class's last day with lessons; what a test changes is put back."""
    world, undo = made
    at(monkeypatch, morning(world.days[-1]))
    yield world
    undo.undo()


def morning(day: date) -> datetime:
    return local(day, time(6, 45))


def ahead(world: World, count: int) -> list[date]:
    """The school days of the year from the last day with lessons on."""
    return [day for day in default_calendar(year(world)).school_days() if day >= world.days[-1]][:count]


def year(world: World) -> SchoolYear:
    return SchoolYear.of(world.days[-1])


def apply(pupil: NewPupil, first: date, last: date | None = None, by: int = 0, **more: Any) -> Answer:
    body = {"startDate": first.isoformat(), "endDate": (last or first).isoformat(), "purpose": "travel"}
    return call(
        "attendance", "apply_for_leave", pupil.guardians[by].guardian_id, path={"pupil": pupil.id},
        body=body | more, headers={"idempotency-key": new_id()},
    )  # fmt: skip


def decide(pupil: NewPupil, id: str, by: PersonId, **body: Any) -> Answer:
    return call(
        "attendance", "decide_leave", by, path={"pupil": pupil.id, "leave": id}, body=body or GRANT,
        headers={"idempotency-key": new_id()},
    )  # fmt: skip


def withdraw(pupil: NewPupil, id: str, version: int, by: int = 0) -> Answer:
    return call(
        "attendance", "withdraw_leave", pupil.guardians[by].guardian_id,
        path={"pupil": pupil.id, "leave": id}, headers={"if-match": f'"{version}"'},
    )  # fmt: skip


def read(pupil: NewPupil, id: str, by: PersonId | None = None) -> Any:
    path = {"pupil": pupil.id, "leave": id}
    answer = call("attendance", "read_leave", by or pupil.guardians[1].guardian_id, path=path)
    assert answer.status == 200, answer.body
    return answer.body


def delegate(world: World, **other: Any) -> PersonId:
    """Let the class's mentor decide on leave."""
    mentor = world.klass.mentor_ids[0]
    given = call(
        "organisation", "delegate", world.staff("principal"),
        path={"unit": world.unit, "employee": mentor},
        body=delegated(0) | {"actions": ["attendance:decide_leave"]} | other,
        headers={"idempotency-key": new_id()},
    )  # fmt: skip
    assert given.status == 201, given.body
    return mentor


def choose(world: World, **body: Any) -> Answer:
    chosen = call(
        "attendance", "change_leave_settings", world.staff("principal"), path={"unit": world.unit},
        body=body, headers={"if-match": '"0"'},
    )  # fmt: skip
    assert chosen.status == 200, chosen.body
    return chosen


def marked(pupil: NewPupil, days: list[date]) -> list[date]:
    """The days that say that the pupil is on leave."""
    with acting_as("attendance"):
        found = store.days_of(PersonId(pupil.id), days)
    return [d.day for d in found if any(why is Reason.LEAVE for _, why in d.notices.values())]


def due(template: str) -> list[dict[str, Any]]:
    facts = [e["data"] for e in outbox("attendance") if e["type"] == "attendance.MessageDue.v1"]
    return [fact for fact in facts if fact["template"] == template]


def waiting(world: World, by: PersonId) -> list[str]:
    listed = call("attendance", "list_waiting_leaves", by, path={"unit": world.unit})
    assert listed.status == 200, listed.body
    return [row["id"] for row in listed.body["data"]]


def refusal(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.body["type"].removeprefix("urn:skolkit:problem:")


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
