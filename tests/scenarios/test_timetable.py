"""A timetable arrives as a file (process 16): the home, the pupil and the teacher see its lessons."""

from __future__ import annotations

from datetime import time as clock_time
from datetime import timedelta
from typing import Any

import pytest

from skolkit.clock import local, today
from skolkit.types import PersonId, new_id
from tests.support.deployed import Deployed, eventually
from tests.support.faults import facts
from tests.support.scenes import faults, lesson_row, little_school, refused, stored, take

PROCESSES = (16,)


@pytest.fixture
def own(school: Deployed) -> Deployed:
    return little_school(school, "99990033")


def test_a_timetable_with_wrong_rows(own: Deployed) -> None:
    pupil, like = own.world.classmates()[0], own.world.of_class()[0]
    day = own.world.days[-1] + timedelta(days=7)
    nine = local(day, clock_time(9))

    def row(hour: int, **other: Any) -> dict[str, Any]:
        return lesson_row(own, nine + timedelta(hours=hour), **other)

    rows: list[Any] = [
        row(0),
        row(1, group=new_id()),
        row(1, end=nine.isoformat()),
        row(1, teachers=[new_id()]),
        row(1, start="2026-12-14T10:00:00"),
        row(2),
        "{",
    ]
    report = take(own.cloud, "timetable/lessons", rows)
    assert (report["rows"], report["failed"]) == (7, 5)
    assert faults(report) == [(2, "group"), (3, ""), (4, "teachers"), (5, "start"), (7, "")]

    good = [rows[0]["id"], rows[5]["id"]]
    asked = {"date": day.isoformat()}
    for person in [g.guardian_id for g in pupil.guardians]:
        seen = own.call("timetable", "list_pupil_lessons", person, path={"pupil": pupil.id}, query=asked)
        assert [lesson["id"] for lesson in seen.body["data"]] == good, seen.body
    for person in (PersonId(pupil.id), like.teachers[0]):
        seen = own.call("timetable", "list_my_lessons", person, query=asked)
        assert [lesson["id"] for lesson in seen.body["data"]] == good
        assert seen.body["data"][0]["group"]["name"] == own.world.klass.name
        assert all(teacher["name"] for teacher in seen.body["data"][0]["teachers"])
    opened = eventually(lambda: _opened(own, like.teachers[0], good[1]))
    assert {row["pupil"] for row in opened["rows"]} == set(own.world.klass.pupil_ids)

    before, told = stored(own.cloud, "timetable"), _published(own)
    take(own.cloud, "timetable/lessons", [rows[0], rows[5]])
    assert (stored(own.cloud, "timetable"), _published(own)) == (before, told)


def test_a_day_that_is_planned_anew_replaces_the_old_one(own: Deployed) -> None:
    like = own.world.of_class()[0]
    day = own.world.days[-1] + timedelta(days=8)
    asked = {"date": day.isoformat()}
    for hour in (8, 13):
        row = lesson_row(own, local(day, clock_time(hour)))
        assert take(own.cloud, "timetable/lessons", [row])["failed"] == 0
        seen = own.call("timetable", "list_my_lessons", like.teachers[0], query=asked)
        assert [lesson["id"] for lesson in seen.body["data"]] == [row["id"]]


def test_only_those_around_the_pupil_see_the_day(own: Deployed) -> None:
    pupil, other = own.world.classmates()[:2]
    path, asked = {"pupil": pupil.id}, {"date": today().isoformat()}
    stranger = next(g.guardian_id for g in other.guardians if g not in pupil.guardians)
    refused(own.call("timetable", "list_pupil_lessons", stranger, path=path, query=asked), 404, "not-found")
    mentor = own.world.klass.mentor_ids[0]
    assert own.call("timetable", "list_pupil_lessons", mentor, path=path, query=asked).status == 200
    wrong = own.call("timetable", "list_pupil_lessons", mentor, path=path, query={"date": "i dag"})
    refused(wrong, 422, "invalid", "date")


def _opened(own: Deployed, teacher: PersonId, lesson: str) -> Any:
    answer = own.call("attendance", "open_lesson", teacher, path={"lesson": lesson})
    return answer.body if answer.status == 200 else None


def _published(own: Deployed) -> int:
    return sum(fact["type"] == "timetable.TimetablePublished.v1" for fact in facts(own.cloud))
