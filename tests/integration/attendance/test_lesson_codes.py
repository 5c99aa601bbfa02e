"""Pupils check in to a lesson with a code (process 20)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from functions.attendance.domain.lesson_check_in import GUESSES
from skolkit.types import PersonId, new_id
from tests.integration.test_attendance_day import open_, save
from tests.support.areas import Answer, call
from tests.support.meter import metered
from tests.support.world import Lesson, World

Clock = Callable[[datetime], None]


def open_check_in(lesson: Lesson, by: PersonId, minutes: int = 10) -> Answer:
    return call(
        "attendance", "open_lesson_check_in", by, path={"lesson": lesson.id}, body={"minutes": minutes},
        headers={"idempotency-key": new_id()},
    )  # fmt: skip


def check_in(lesson: Lesson, by: str, code: str) -> Answer:
    return call(
        "attendance", "check_in_to_lesson", by, path={"lesson": lesson.id}, body={"code": code},
        headers={"idempotency-key": new_id()},
    )  # fmt: skip


def wrong(code: str, n: int = 1) -> str:
    return f"{(int(code) + n) % 100_000:05}"


def test_a_pupil_checks_in_and_the_teacher_saves(world: World, shared: list[Lesson], clock: Clock) -> None:
    lesson, anna = shared[0], shared[0].teachers[0]
    early, late, absent = (p.id for p in world.classmates()[:3])
    clock(lesson.start)
    opened = open_check_in(lesson, anna)
    assert (opened.status, len(opened.body["code"])) == (201, 5), opened.body
    code = opened.body["code"]
    with metered() as use:
        came = check_in(lesson, early, code)
    assert (came.status, came.body["lateMinutes"], use.trips) == (200, 0, 2), came.body
    clock(lesson.start + timedelta(minutes=7))
    assert check_in(lesson, late, code).body["lateMinutes"] == 7
    again = check_in(lesson, early, wrong(code))
    assert (again.status, again.body) == (200, came.body)
    view = open_(lesson).body
    rows = {r["pupil"]: r for r in view["rows"]}
    assert (rows[late]["lateMinutes"], rows[late]["invalidAbsenceMinutes"]) == (7, 7)
    here = {m["pupil"] for m in view["marks"] if m["checkInTimestamp"]}
    assert here == {early, late}
    assert view["version"] == 1  # checking in does not get in the teacher's way
    assert not view["isReported"]
    assert (
        save(lesson, {absent: {"attendanceMinutes": 0, "invalidAbsenceMinutes": 40}}).body["unexcused"] == 2
    )


def test_codes_expire_and_guesses_end(world: World, shared: list[Lesson], clock: Clock) -> None:
    lesson, anna = shared[0], shared[0].teachers[0]
    pupil, other = (p.id for p in world.classmates()[:2])
    closed = check_in(lesson, pupil, "00000")
    assert (closed.status, closed.body["type"]) == (409, "urn:skolkit:problem:check-in-closed")
    code = open_check_in(lesson, anna, 5).body["code"]
    for n in range(GUESSES):
        answer = check_in(lesson, pupil, wrong(code, n + 1))
        assert (answer.status, answer.body["type"]) == (422, "urn:skolkit:problem:wrong-code")
    answer = check_in(lesson, pupil, code)
    assert (answer.status, answer.body["type"]) == (409, "urn:skolkit:problem:too-many-guesses")
    clock(lesson.start + timedelta(minutes=6, seconds=1))
    assert check_in(lesson, other, code).body["type"] == "urn:skolkit:problem:check-in-closed"
    fresh = open_check_in(lesson, anna, 5).body["code"]
    assert check_in(lesson, pupil, fresh).body["type"] == "urn:skolkit:problem:too-many-guesses"
    assert check_in(lesson, other, fresh).status == 200


def test_only_the_lessons_own_have_it(world: World, shared: list[Lesson]) -> None:
    lesson, anna = shared[0], shared[0].teachers[0]
    code = open_check_in(lesson, anna).body["code"]
    stranger = next(p.id for p in world.population.pupils if p.class_id != world.klass.id)
    guardian = world.classmates()[0].guardians[0].guardian_id
    for who in (stranger, guardian, anna):
        nowhere = call(
            "attendance", "check_in_to_lesson", who, path={"lesson": new_id()}, body={"code": code},
            headers={"idempotency-key": new_id()},
        )  # fmt: skip
        there = check_in(lesson, who, code)
        assert (there.status, there.body) == (404, nowhere.body)
    assert open_check_in(lesson, world.classmates()[0].id).status == 404
    later = open_check_in(shared[2], anna)
    assert (later.status, later.body["type"]) == (409, "urn:skolkit:problem:not-lesson-time")
