"""The call list closes by itself when absence is explained, and opens when the explanation is taken back
(process 21), in whatever order things come.
"""

from __future__ import annotations

import pytest

from functions.attendance.events import NoticeAnswered
from functions.attendance.usecases import notices
from infra.local.cloud import Cloud
from infra.local.population import NewPupil
from skolkit.clock import LOCAL, today
from skolkit.types import NoticeId, PersonId
from tests.integration.test_attendance_day import at, invalid, report, save
from tests.support.areas import Answer, acting_as, call, deliver, outbox
from tests.support.world import Lesson, World, make_world


@pytest.fixture
def world(tables: Cloud, monkeypatch: pytest.MonkeyPatch) -> World:
    made = make_world(tables)
    at(monkeypatch, made.of_class()[0].end)
    return made


@pytest.fixture
def pupil(world: World) -> NewPupil:
    return world.classmates()[0]


def missed(pupil: NewPupil, lesson: Lesson) -> None:
    """Unexcused, and the first guardian reached by no message."""
    assert save(lesson, {pupil.id: invalid(lesson)}).status == 200
    for fact in outbox("attendance"):
        if fact["type"] == "attendance.LessonReported.v1":
            assert deliver("attendance", "decide_guardian_notices", fact) == []
    for fact in outbox("attendance"):
        if fact["type"] == "attendance.GuardianNoticeDue.v1":
            told = NoticeAnswered(
                notice=NoticeId(fact["data"]["notice"]), pupil=PersonId(pupil.id), day=today(lesson.start),
                recipient=PersonId(pupil.guardians[0].guardian_id), reason="bounced",
            )  # fmt: skip
            with acting_as("attendance"):
                notices.record_outcome(told)


def called(world: World) -> list[str]:
    listed = call(
        "attendance", "list_calls", world.staff("principal"), path={"unit": world.unit},
        query={"date": world.days[0].isoformat()},
    )  # fmt: skip
    assert listed.status == 200, listed.body
    return [one["called"] for one in listed.body["data"]]


def withdraw(pupil: NewPupil, told: Answer) -> None:
    answer = call(
        "attendance", "withdraw_absence", pupil.guardians[0].guardian_id,
        path={"pupil": pupil.id, "notice": told.body["id"]},
        headers={"if-match": f'"{told.body["version"]}"'},
    )  # fmt: skip
    assert answer.status == 204, answer.body


def test_it_closes_when_the_home_explains_and_opens_when_that_is_taken_back(
    world: World, pupil: NewPupil
) -> None:
    missed(pupil, world.of_class()[0])
    assert called(world) == ["open"]
    guardian, day = pupil.guardians[0].guardian_id, world.days[0].isoformat()
    told = report(pupil.id, guardian, day)
    assert (told.status, called(world)) == (201, ["explained"])
    withdraw(pupil, told)
    assert called(world) == ["open"]


def test_it_closes_when_the_lesson_is_corrected(world: World, pupil: NewPupil) -> None:
    lesson = world.of_class()[0]
    missed(pupil, lesson)
    whole = invalid(lesson)["invalidAbsenceMinutes"]
    assert save(lesson, {pupil.id: {"attendanceMinutes": whole, "invalidAbsenceMinutes": 0}}).status == 200
    assert called(world) == ["explained"]
    assert save(lesson, {pupil.id: invalid(lesson)}).status == 200
    assert called(world) == ["open"]


def test_a_notice_of_one_lesson_of_the_gap_leaves_it_open(
    world: World, pupil: NewPupil, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, *_ = world.of_class(world.days[0])
    missed(pupil, first)
    at(monkeypatch, second.end)
    missed(pupil, second)
    guardian, day = pupil.guardians[0].guardian_id, world.days[0].isoformat()
    until = first.end.astimezone(LOCAL).strftime("%H:%M")
    part = report(pupil.id, guardian, day, endTime=until)
    assert part.status == 201, part.body
    assert called(world) == ["open"]
    whole = invalid(second)["invalidAbsenceMinutes"]
    assert save(second, {pupil.id: {"attendanceMinutes": whole, "invalidAbsenceMinutes": 0}}).status == 200
    assert called(world) == ["explained"]


def test_whom_somebody_has_reached_stays_reached(world: World, pupil: NewPupil) -> None:
    missed(pupil, world.of_class()[0])
    day = {"date": world.days[0].isoformat()}
    path, head = {"unit": world.unit}, world.staff("principal")
    (one,) = call("attendance", "list_calls", head, path=path, query=day).body["data"]
    noted = call(
        "attendance", "record_call", head, path=path | {"call": one["id"]}, query=day,
        body={"called": "reached"}, headers={"if-match": f'"{one["version"]}"'},
    )  # fmt: skip
    assert noted.status == 200, noted.body
    assert report(pupil.id, pupil.guardians[0].guardian_id, day["date"]).status == 201
    assert called(world) == ["reached"]
