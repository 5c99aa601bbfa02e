"""Reports of some pupils, lessons not held, corrections in time, locked months (process 20)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from functions.attendance import store
from functions.attendance.store import locked_months
from functions.attendance.usecases import lesson_reports
from functions.attendance.usecases.lessons import prepare_sheets
from functions.attendance.usecases.sheets import write_sheet
from functions.timetable import queries as timetable
from skolkit.clock import local, stamp, today
from skolkit.errors import Busy, ChangedMeanwhile
from skolkit.types import GroupId, LessonId, PersonId, new_id
from tests.integration.test_attendance_day import at, invalid, open_, report, save
from tests.support.areas import Answer, acting_as, audit_rows, call, outbox
from tests.support.meter import metered
from tests.support.world import Lesson, World

Clock = Callable[[datetime], None]


def patch(lesson: Lesson, by: PersonId, rows: list[dict[str, Any]], key: str | None = None) -> Answer:
    return call(
        "attendance", "report_pupils", by, path={"lesson": lesson.id}, body={"rows": rows},
        headers={"idempotency-key": key or new_id()},
    )  # fmt: skip


def row(pupil: str, at: datetime, away: int = 0, based_on: int = 0, **other: Any) -> dict[str, Any]:
    return {
        "pupil": pupil, "attendanceMinutes": 40 - away, "invalidAbsenceMinutes": away,
        "madeAt": stamp(at), "basedOn": based_on, **other,
    }  # fmt: skip


def minutes(lesson: Lesson) -> dict[str, int]:
    """Invalid minutes of everybody who has a line."""
    with acting_as("attendance"):
        sheet = store.sheet(LessonId(lesson.id))
    assert sheet
    return {pupil: entry.minutes.invalid for pupil, entry in sheet.entries.items()}


def cancel(lesson: Lesson, by: PersonId, version: int) -> Answer:
    return call(
        "attendance", "cancel_lesson", by, path={"lesson": lesson.id}, body={"reason": "teacherAway"},
        headers={"if-match": f'"{version}"'},
    )  # fmt: skip


def deviations(world: World, pupil: str, day: date) -> list[Mapping[str, Any]]:
    found = call(
        "attendance", "read_pupil_day", world.klass.mentor_ids[0], path={"pupil": pupil},
        query={"date": day.isoformat()},
    )  # fmt: skip
    return list(found.body["deviations"])


def test_two_teachers_and_a_late_phone_lose_nothing(world: World, shared: list[Lesson], clock: Clock) -> None:
    lesson, (anna, bo) = shared[0], shared[0].teachers
    pupils = [p["pupil"] for p in open_(lesson).body["rows"]]
    first, second = pupils[: len(pupils) // 2], pupils[len(pupils) // 2 :]
    ten = lesson.start + timedelta(minutes=10)
    clock(lesson.end)
    half = patch(lesson, anna, [row(p, ten) for p in first])
    assert (half.status, half.body["isReported"]) == (200, False), half.body
    whole = patch(lesson, bo, [row(second[0], ten, 40), *(row(p, ten) for p in second[1:])])
    assert (whole.body["isReported"], whole.body["unexcused"]) == (True, 1)
    clock(lesson.end + timedelta(hours=5))
    offline = patch(
        lesson, anna,
        [row(second[0], ten - timedelta(minutes=1)), row(first[0], ten + timedelta(minutes=1), 5)],
    )  # fmt: skip
    assert [r["outcome"] for r in offline.body["rows"]] == ["lost", "replaced"]
    assert offline.body["rows"][0]["line"]["invalidAbsenceMinutes"] == 40
    assert minutes(lesson) == dict.fromkeys(pupils, 0) | {second[0]: 40, first[0]: 5}
    trail = [r for r in audit_rows(lesson.id) if r["action"] == "report_pupils"]
    lost = json.loads(trail[-1]["changes"])
    assert lost["lost"] == {second[0]: [[40, 0, 0, 0], stamp(ten - timedelta(minutes=1))]}
    assert lost[first[0]] == [[40, 0, 0, 0], [35, 0, 5, 0]]
    opened = open_(lesson).body
    marks = {m["pupil"]: m for m in opened["marks"]}
    assert (marks[first[0]]["setter"], marks[second[0]]["setter"]) == (anna, bo)
    assert [d["invalidAbsenceMinutes"] for d in deviations(world, second[0], today(lesson.start))] == [40]


def test_the_same_report_is_done_once_and_answered_alike(shared: list[Lesson], clock: Clock) -> None:
    lesson, anna = shared[0], shared[0].teachers[0]
    pupil, key = open_(lesson).body["rows"][0]["pupil"], new_id()
    first = patch(lesson, anna, [row(pupil, lesson.start, 40)], key)
    over = patch(lesson, anna, [row(pupil, lesson.start + timedelta(seconds=30))])
    assert over.body["rows"][0]["outcome"] == "replaced"
    again = patch(lesson, anna, [row(pupil, lesson.start, 40)], key)
    assert (again.status, again.body) == (200, first.body)
    assert minutes(lesson) == {pupil: 0}
    other = patch(lesson, anna, [row(pupil, lesson.start)], key)
    assert (other.status, other.body["type"]) == (409, "urn:skolkit:problem:key-reused")


def test_a_report_that_meets_another_is_tried_again(
    shared: list[Lesson], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another teacher saves between the read and the write, twice, and once the database is busy with it."""
    lesson, (anna, bo) = shared[0], shared[0].teachers
    pupils = [p["pupil"] for p in open_(lesson).body["rows"]]
    troubles = [ChangedMeanwhile(), Busy()]

    def disturbed(*given: Any, **more: Any) -> None:
        if troubles:
            raise troubles.pop()
        monkeypatch.setattr(lesson_reports, "write_sheet", write_sheet)
        assert patch(lesson, bo, [row(pupils[1], lesson.start, 40)]).status == 200
        write_sheet(*given, **more)

    monkeypatch.setattr(lesson_reports, "write_sheet", disturbed)
    assert patch(lesson, anna, [row(pupils[0], lesson.start, 5)]).status == 200
    assert minutes(lesson) == {pupils[0]: 5, pupils[1]: 40}


def test_a_partial_report_is_told_when_somebody_is_unexcused_or_all_is_said(shared: list[Lesson]) -> None:
    lesson, anna = shared[0], shared[0].teachers[0]
    pupils = [p["pupil"] for p in open_(lesson).body["rows"]]

    def told() -> list[Mapping[str, Any]]:
        return [e["data"] for e in outbox("attendance") if e["type"] == "attendance.LessonReported.v1"]

    patch(lesson, anna, [row(pupils[0], lesson.start)])
    assert told() == []
    patch(lesson, anna, [row(pupils[1], lesson.start, 40)])
    assert [(f["unexcused"], f["corrected"]) for f in told()] == [
        ([{"pupil": pupils[1], "minutes": 40}], False)
    ]
    patch(lesson, anna, [row(pupils[1], lesson.start + timedelta(seconds=1))])
    assert told()[-1]["unexcused"] == []
    patch(lesson, anna, [row(p, lesson.start) for p in pupils[2:]])
    assert len(told()) == 3
    patch(lesson, anna, [row(pupils[0], lesson.start)])  # known
    assert len(told()) == 3


def test_what_a_report_costs(shared: list[Lesson]) -> None:
    """The sheet, one transaction: also for a lost line, and in a month of which nothing is locked."""
    lesson, anna = shared[0], shared[0].teachers[0]
    pupils = [p["pupil"] for p in open_(lesson).body["rows"]]
    with metered() as use:
        assert patch(lesson, anna, [row(p, lesson.start) for p in pupils[:5]]).status == 200
    assert use.operations == ["GetItem", "TransactWriteItems"]
    assert use.writes <= 12  # two of them move the sheet to the end of the feed
    with metered() as use:
        patch(lesson, anna, [row(pupils[0], lesson.start)])
    assert (use.trips, use.writes <= 4) == (2, True)


def test_a_lesson_not_held_is_neither_missed_nor_unreported(
    world: World, shared: list[Lesson], clock: Clock
) -> None:
    lesson, anna = shared[0], shared[0].teachers[0]
    pupil, day = world.classmates()[0].id, today(lesson.start)
    saved = save(lesson, {pupil: invalid(lesson)})
    stale = cancel(lesson, anna, saved.body["version"] + 1)
    assert (stale.status, stale.body["type"]) == (412, "urn:skolkit:problem:changed-meanwhile")
    gone = cancel(lesson, anna, saved.body["version"])
    assert (gone.status, gone.body["notHeld"]) == (200, "teacherAway"), gone.body
    opened = open_(lesson).body
    assert (opened["isReported"], opened["notHeld"]) == (False, "teacherAway")
    assert deviations(world, pupil, day) == []
    fact = [e["data"] for e in outbox("attendance") if e["type"] == "attendance.LessonReported.v1"][-1]
    assert (fact["held"], fact["corrected"], fact["unexcused"]) == (False, True, [])
    with acting_as("attendance"):
        assert lesson.id not in {u.lesson for u in store.unreported(world.unit, day)}
    mine = call("attendance", "my_lessons", anna, query={"date": day.isoformat()}).body["data"]
    assert {x["id"]: x["notHeld"] for x in mine}[lesson.id] == "teacherAway"
    refused = patch(lesson, anna, [row(pupil, lesson.start)])
    assert (refused.status, refused.body["type"]) == (409, "urn:skolkit:problem:lesson-not-held")
    history = [r for r in audit_rows(lesson.id) if r["action"] == "cancel_lesson"]
    assert [r["reason"] for r in history] == ["teacherAway"]
    assert json.loads(history[0]["changes"])[pupil] == [[0, 0, 40, 0], [0, 0, 0, 0]]
    back = call(
        "attendance", "restore_lesson", anna, path={"lesson": lesson.id},
        headers={"if-match": f'"{gone.body["version"]}"'},
    )  # fmt: skip
    assert (back.status, back.body["notHeld"]) == (200, None)
    with acting_as("attendance"):
        assert lesson.id in {u.lesson for u in store.unreported(world.unit, day)}
    assert save(lesson, {}).status == 200


def test_a_roster_stays_when_a_lesson_is_begun_or_not_held(world: World, shared: list[Lesson]) -> None:
    """A lesson moved in the timetable carries over to sheets nobody has written on."""
    anna, pupil = shared[0].teachers[0], world.classmates()[0].id
    patch(shared[0], anna, [row(pupil, shared[0].start, 40)])
    assert cancel(shared[1], anna, 1).status == 200
    with acting_as("attendance"):
        assert prepare_sheets(GroupId(shared[0].group), world.days[0], world.days[0]) == 0
    assert minutes(shared[0]) == {pupil: 40}


def test_a_lesson_over_midnight_gets_no_sheet(
    world: World, shared: list[Lesson], monkeypatch: pytest.MonkeyPatch
) -> None:
    late = local(world.days[0], time(23, 40))
    planned = timetable.PlannedLesson(
        id=LessonId(new_id()), group=GroupId(shared[0].group), unit=world.unit, subject_code="MA",
        subject="Matematik", teachers=shared[0].teachers, room="",
        start=late, end=late + timedelta(minutes=40),
    )  # fmt: skip
    wanted = timetable.wanted_group_days

    def with_late(*given: Any) -> Any:
        found = wanted(*given)
        return type(found)(found.item, found.keys, lambda rows: {
            key: (*day, planned) for key, day in found.answer(rows).items()
        })  # fmt: skip

    monkeypatch.setattr(timetable, "wanted_group_days", with_late)
    with acting_as("attendance"):
        prepare_sheets(planned.group, world.days[0], world.days[0])
        assert store.sheet(planned.id) is None
        assert store.sheet(LessonId(shared[0].id)) is not None


def test_late_early_and_elsewhere_are_kept_with_their_minutes(world: World, shared: list[Lesson]) -> None:
    late, out = world.classmates()[:2]
    answer = save(
        shared[0],
        {
            late.id: {"attendanceMinutes": 25, "invalidAbsenceMinutes": 10, "validAbsenceMinutes": 5,
                      "lateMinutes": 10, "leftEarlyMinutes": 5},
            out.id: {"attendanceMinutes": 0, "otherAttendanceMinutes": 40,
                     "otherAttendanceKind": "pupilCouncil"},
        },
    )  # fmt: skip
    assert answer.status == 200, answer.body
    rows = {r["pupil"]: r for r in open_(shared[0]).body["rows"]}
    assert (rows[late.id]["lateMinutes"], rows[late.id]["leftEarlyMinutes"]) == (10, 5)
    assert rows[out.id]["otherAttendanceKind"] == "pupilCouncil"
    with acting_as("attendance"):
        day = today(shared[0].start)
        kept = [d for p in (late, out) for d in store.pupil_day(p.id, day).deviations]
    assert [(d.late, d.left, d.activity) for d in kept] == [(10, 5, None), (0, 0, "pupilCouncil")]


def test_a_notice_of_absence_fills_in_what_colleagues_have_not_said(
    world: World, shared: list[Lesson], clock: Clock
) -> None:
    lesson, sick, here = shared[1], *world.classmates()[:2]
    clock(lesson.start - timedelta(hours=2))
    day = today(lesson.start).isoformat()
    for pupil in (sick, here):
        assert report(pupil.id, pupil.guardians[0].guardian_id, day).status == 201
    clock(lesson.start + timedelta(minutes=1))
    patch(lesson, lesson.teachers[0], [row(here.id, lesson.start)])
    rows = {r["pupil"]: r for r in open_(lesson).body["rows"]}
    assert (rows[sick.id]["validAbsenceMinutes"], rows[here.id]["attendanceMinutes"]) == (40, 40)


def test_a_substitute_opens_and_saves_the_lesson_of_its_time(
    world: World, shared: list[Lesson], clock: Clock
) -> None:
    lesson = shared[1]
    who = next(
        s.id for s in world.population.staff
        if s.role == "teacher" and s.id not in {*lesson.teachers, *world.klass.mentor_ids}
    )  # fmt: skip
    clock(lesson.start - timedelta(minutes=5))
    given = call(
        "organisation", "appoint_substitute", world.staff("principal"),
        path={"unit": world.unit, "employee": who},
        body={"replaces": lesson.teachers[0], "lesson": lesson.id, "startTime": lesson.start.isoformat(),
              "endTime": (lesson.end + timedelta(hours=1)).isoformat()},
        headers={"idempotency-key": new_id()},
    )  # fmt: skip
    assert given.status == 201, given.body
    clock(lesson.start + timedelta(minutes=5))
    pupil = world.classmates()[0].id
    assert open_(lesson, who).status == 200
    assert save(lesson, {pupil: invalid(lesson)}, who).status == 200
    assert open_(lesson).body["reporter"] == who
    assert patch(lesson, who, [row(pupil, lesson.start + timedelta(minutes=6), 5)]).status == 200
    assert open_(shared[2], who).status == 404
    clock(lesson.end + timedelta(hours=1, minutes=1))
    assert patch(lesson, who, [row(pupil, lesson.start)]).status == 404


def correct(lesson: Lesson, by: PersonId, pupil: str, away: int) -> Answer:
    return save(lesson, {pupil: invalid(lesson, away)}, by)


def test_corrections_are_in_time_by_what_one_is_to_the_lesson(
    world: World, shared: list[Lesson], clock: Clock
) -> None:
    lesson, pupil = shared[0], world.classmates()[0].id
    bo, mentor = lesson.teachers[1], world.klass.mentor_ids[0]
    head, office = world.staff("principal"), world.staff("administrator")
    assert bo not in world.klass.mentor_ids
    assert correct(lesson, bo, pupil, 10).status == 200
    days = timedelta(days=1)
    for later, who, status in [
        (3 * days, bo, 200), (3 * days + timedelta(minutes=1), bo, 409), (14 * days, mentor, 200),
        (15 * days, mentor, 409), (15 * days, bo, 409),
    ]:  # fmt: skip
        clock(lesson.end + later)
        answer = correct(lesson, who, pupil, int(later / days))
        assert answer.status == status, (later, answer.body)
        if status == 409:
            assert answer.body["type"] == "urn:skolkit:problem:too-late-to-correct"
    locks = (today(lesson.start).replace(day=1) + timedelta(days=31)).replace(day=14)
    clock(local(locks, time(23, 59)))
    for who, away in ((head, 1), (office, 2)):
        assert correct(lesson, who, pupil, away).status == 200
    clock(local(locks + days, time(0)))
    locked = correct(lesson, head, pupil, 3)
    assert (locked.status, locked.body["type"]) == (409, "urn:skolkit:problem:month-locked")
    late = patch(lesson, head, [row(pupil, lesson.start)])
    assert late.body["type"] == "urn:skolkit:problem:month-locked"
    assert cancel(lesson, head, open_(lesson).body["version"]).body["type"].endswith("month-locked")
    first = save(shared[1], {})  # not even a first report
    assert first.body["type"] == "urn:skolkit:problem:month-locked"


def month(world: World, shared: list[Lesson]) -> dict[str, str]:
    return {"unit": world.unit, "month": f"{today(shared[0].start):%Y-%m}"}


def lock(path: dict[str, str], by: PersonId, version: int, **body: Any) -> Answer:
    return call("attendance", "lock_month", by, path=path, body=body, headers={"if-match": f'"{version}"'})


def test_a_month_is_locked_by_the_principal_and_unlocked_with_a_reason(
    world: World, shared: list[Lesson], clock: Clock
) -> None:
    lesson, pupil, head = shared[0], world.classmates()[0].id, world.staff("principal")
    path = month(world, shared)
    assert correct(lesson, lesson.teachers[0], pupil, 10).status == 200
    early = lock(path, head, 0, locked=True)
    assert (early.status, early.body["type"]) == (409, "urn:skolkit:problem:month-not-over")
    over = (today(lesson.start).replace(day=1) + timedelta(days=31)).replace(day=1)
    clock(local(over, time(9)))
    assert correct(lesson, head, pupil, 11).status == 200
    for who in (
        lesson.teachers[0],
        world.klass.mentor_ids[0],
        world.classmates()[0].guardians[0].guardian_id,
    ):
        assert lock(path, who, 0, locked=True).status == 404
    closed = lock(path, head, 0, locked=True)
    assert (closed.status, closed.body["locked"], closed.body["version"]) == (200, True, 1), closed.body
    assert correct(lesson, head, pupil, 12).body["type"] == "urn:skolkit:problem:month-locked"
    silent = lock(path, head, 1, locked=False)
    assert (silent.status, silent.body["type"]) == (422, "urn:skolkit:problem:unlocking-needs-reason")
    assert lock(path, head, 0, locked=False, reason="review").status == 412
    opened = lock(path, world.staff("administrator"), 1, locked=False, reason="lateCertificate")
    assert (opened.status, opened.body["locked"]) == (200, False)
    assert correct(lesson, head, pupil, 13).status == 200
    seen = call("attendance", "read_month", head, path=path).body
    assert (seen["openUntil"], seen["reason"]) == ((over + timedelta(days=7)).isoformat(), "lateCertificate")
    trail = [
        (r["action"], r.get("reason", "")) for r in audit_rows(world.unit) if r["action"] == "lock_month"
    ]
    assert trail == [("lock_month", ""), ("lock_month", "lateCertificate")]
    assert call("attendance", "read_month", head, path=path | {"month": "2026-13"}).status == 404
    assert lock(path | {"unit": new_id()}, world.staff("administrator"), 0, locked=True).status == 404


def test_an_earlier_months_lesson_costs_one_more_read(
    world: World, shared: list[Lesson], clock: Clock
) -> None:
    lesson, anna = shared[0], shared[0].teachers[0]
    rows = [row(p["pupil"], lesson.start) for p in open_(lesson).body["rows"]]
    over = (today(lesson.start).replace(day=1) + timedelta(days=31)).replace(day=1)
    clock(local(over, time(9)))
    with metered() as use:
        assert patch(lesson, anna, rows).status == 200
    assert use.operations == ["GetItem", "GetItem", "TransactWriteItems"]


@pytest.mark.parametrize("version", [0, 2])
@pytest.mark.parametrize("change", ["save", "merge", "cancel"])
def test_no_change_lands_after_a_lock_of_the_same_instant(
    world: World, shared: list[Lesson], clock: Clock, monkeypatch: pytest.MonkeyPatch, change: str,
    version: int,
) -> None:  # fmt: skip
    """The month is locked between the look at it and the commit: of a month never locked, and of one that was
    unlocked.
    """
    lesson, pupil, head = shared[0], world.classmates()[0].id, world.staff("principal")
    path = month(world, shared)
    clock(local((today(lesson.start).replace(day=1) + timedelta(days=31)).replace(day=1), time(9)))
    if version:
        assert lock(path, head, 0, locked=True).status == 200
        assert lock(path, head, 1, locked=False, reason="review").status == 200
    look, opened = locked_months.month, open_(lesson).body["version"]

    def locked_meanwhile(*args: Any) -> Any:
        found = look(*args)
        monkeypatch.setattr(locked_months, "month", look)
        assert lock(path, head, version, locked=True).status == 200
        return found

    monkeypatch.setattr(locked_months, "month", locked_meanwhile)
    before = open_(lesson).body
    answer = {
        "save": lambda: correct(lesson, head, pupil, 5),
        "merge": lambda: patch(lesson, head, [row(pupil, lesson.start)]),
        "cancel": lambda: cancel(lesson, head, opened),
    }[change]()
    assert answer.body["type"] == "urn:skolkit:problem:month-locked", answer.body
    assert open_(lesson).body == before


def test_what_the_lock_costs(world: World, shared: list[Lesson], clock: Clock) -> None:
    """Two write units more for a lesson of an earlier month, none for one of this."""
    first, second = shared[:2]
    with metered() as now_:
        assert patch(first, first.teachers[0], everybody(first)).status == 200
    clock(local((today(first.start).replace(day=1) + timedelta(days=31)).replace(day=1), time(9)))
    with metered() as later:
        assert patch(second, second.teachers[0], everybody(second)).status == 200
    assert later.writes - now_.writes <= 2.0, (now_.writes, later.writes)


def everybody(lesson: Lesson) -> list[dict[str, Any]]:
    return [row(p["pupil"], lesson.start) for p in open_(lesson).body["rows"]]


@pytest.mark.usefixtures("world")
def test_a_stored_sheet_of_before_is_read(shared: list[Lesson], monkeypatch: pytest.MonkeyPatch) -> None:
    """Entries without marks are of who reported them; deviations without late minutes had none."""
    at(monkeypatch, shared[0].end)
    assert save(shared[0], {}).status == 200
    with acting_as("attendance"):
        item = store.SheetItem.find(f"LESSON#{shared[0].id}", "SHEET")
        assert item
        assert not item.marks
        sheet = store.sheet_of(item)
    assert {(mark.by, mark.at) for mark in sheet.marks.values()} == {(sheet.reported_by, sheet.reported_at)}
