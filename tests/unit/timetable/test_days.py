"""A file's lessons replace the days it names: none lost, none left behind, in whatever order they come."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from functions.organisation.domain.staffing import Teaching
from functions.organisation.queries import ActivityRecord
from functions.timetable.domain import (
    PlannedLesson,
    activity_of,
    in_order,
    joined,
    of_groups_day,
    of_teachers_day,
    own_activity,
)
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


def activity(id: str, **more: Any) -> ActivityRecord:
    fields: dict[str, Any] = {
        "unit": UnitId("u"), "name": id, "type": "Undervisning", "start": START.date(),
        "groups": (GroupId("a"),), "subject": "MA",
    }  # fmt: skip
    return ActivityRecord(id=id, **fields | more)


def test_a_lesson_is_part_of_its_groups_activity_in_the_subject() -> None:
    one = lesson(0, "a", TEACHERS[:1])
    before, after = START.date() - timedelta(days=1), START.date() + timedelta(days=1)
    wrong = [
        activity("other subject", subject="SV"), activity("other group", groups=(GroupId("b"),)),
        activity("not begun", start=after), activity("over", start=before, end=before),
        activity("test", type="Provaktivitet"),
    ]  # fmt: skip
    assert activity_of(one, wrong) == own_activity(one)
    mine = Teaching("d", TEACHERS[0], 0, True)
    two = [activity("1"), activity("2", teachers=(mine,)), activity("3", teachers=(mine,))]
    assert activity_of(one, [*wrong, *two]) == "2"
    assert activity_of(lesson(0, "a", []), reversed(two)) == "1"


shared = st.lists(
    st.builds(
        lambda group, day: replace(lesson(day * 32, group, []), id=LessonId("one")),
        st.sampled_from(["a", "b", "c"]), st.integers(0, 2),
    ),
    unique_by=lambda x: (x.group, x.day),
)  # fmt: skip


@given(shared, shared)
def test_a_lesson_is_what_each_group_has_said_last(
    first: list[PlannedLesson], second: list[PlannedLesson]
) -> None:
    """Whatever days are replaced, a group has it where it was said last, or not at all."""
    old = joined({}, {(x.group, x.day) for x in first}, first)
    replaced = {(x.group, x.day) for x in second} | {(GroupId("a"), START.date())}
    new = joined(old, replaced, second)
    assert list(new) == sorted(new)
    for group in map(GroupId, "abc"):
        said = [x for x in second if x.group == group]
        was = old.get(group)
        if said:
            assert new[group] == said[-1]
        elif was is not None and (group, was.day) not in replaced:
            assert new[group] == was
        else:
            assert group not in new
