"""A file's lessons replace the days it names: none lost, none left behind, in whatever order they come."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from functions.timetable.domain import PlannedLesson, in_order, of_groups_day, of_teachers_day
from functions.timetable.imports import LessonRow
from skolkit.types import GroupId, LessonId, PersonId, UnitId, stable_id

START = datetime(2026, 11, 23, 7, 10, tzinfo=UTC)
TEACHERS = [PersonId("t1"), PersonId("t2")]


def lesson(number: int, group: str, teachers: list[PersonId]) -> PlannedLesson:
    start = START + timedelta(minutes=45 * number)
    return PlannedLesson(
        id=LessonId(f"{group}{number}"),
        group=GroupId(group),
        unit=UnitId("u"),
        subject_code="MA",
        subject="Matematik",
        teachers=tuple(teachers),
        start=start,
        end=start + timedelta(minutes=40),
        room="",
    )


lessons = st.builds(
    lesson, st.integers(0, 5), st.sampled_from(["a", "b"]), st.lists(st.sampled_from(TEACHERS), unique=True)
)
files = st.lists(lessons, max_size=8, unique_by=lambda x: x.id)


@given(files, files, st.integers(0, 8))
def test_a_group_has_exactly_the_lessons_of_the_last_file(
    old: list[PlannedLesson], new: list[PlannedLesson], cut: int
) -> None:
    stored, arrived = (in_order(x for x in file if x.group == "a") for file in (old, new))
    first = of_groups_day(stored, arrived[:cut], same_file=False)
    both = (
        of_groups_day(first, arrived[cut:], same_file=True)
        if arrived[:cut]
        else of_groups_day(stored, arrived, same_file=False)
    )
    assert both == arrived


@given(files, files, st.sampled_from(TEACHERS))
def test_a_teachers_day_is_what_the_groups_days_say(
    old: list[PlannedLesson], new: list[PlannedLesson], teacher: PersonId
) -> None:
    before = of_teachers_day(teacher, (), [], old)
    arrived = [x for x in new if x.group == "a"]
    after = of_teachers_day(teacher, before, [GroupId("a")], arrived)
    expected = [x for x in [*arrived, *(x for x in old if x.group == "b")] if teacher in x.teachers]
    assert after == in_order(expected)


def row(**more: Any) -> LessonRow:
    given = {
        "group": stable_id("g"),
        "unit": "99990017",
        "subjectCode": "MA",
        "subject": "Matematik",
        "start": "2026-11-23T08:10:00+01:00",
        "end": "2026-11-23T08:50:00+01:00",
    } | more
    return LessonRow.model_validate_json(json.dumps(given))


def test_a_lesson_without_id_is_known_by_group_subject_and_start() -> None:
    assert row().lesson() == row(start="2026-11-23T07:10:00Z").lesson()
    assert row().lesson().id != row(subjectCode="SV").lesson().id


def test_a_late_lesson_belongs_to_its_swedish_day() -> None:
    late = row(start="2026-11-23T23:10:00Z", end="2026-11-23T23:50:00Z").lesson()
    assert late.day.isoformat() == "2026-11-24"


@pytest.mark.parametrize(
    "more",
    [
        {"end": "2026-11-23T08:10:00+01:00"},
        {"end": "2026-11-24T08:50:00+01:00"},
        {"start": "2026-11-23T08:10:00"},
        {"group": "7B"},
        {"unit": "7B"},
    ],
)
def test_bad_rows_are_refused(more: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        row(**more)
