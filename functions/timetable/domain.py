"""Planned lessons, and how a file's lessons replace the ones of the same group and day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from skolkit.clock import today
from skolkit.types import GroupId, LessonId, PersonId, UnitId


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedLesson:
    """A lesson of a group on one day; `start` and `end` are aware UTC, `room` is "" when not decided."""

    id: LessonId
    group: GroupId
    unit: UnitId
    subject_code: str
    subject: str
    teachers: tuple[PersonId, ...]
    start: datetime
    end: datetime
    room: str

    @property
    def day(self) -> date:
        """The Swedish date it begins on."""
        return today(self.start)


Lessons = tuple[PlannedLesson, ...]


def in_order(lessons: Iterable[PlannedLesson]) -> Lessons:
    """A day's lessons, each once (the last one with an id counts), by time."""
    latest = {lesson.id: lesson for lesson in lessons}
    return tuple(sorted(latest.values(), key=lambda lesson: (lesson.start, lesson.id)))


def of_groups_day(stored: Lessons, arrived: Iterable[PlannedLesson], *, same_file: bool) -> Lessons:
    """A group's day after some of a file's lessons have arrived: they replace what was there, but are added
    to what an earlier part of the same file has said.
    """
    return in_order([*(stored if same_file else ()), *arrived])


def of_teachers_day(
    teacher: PersonId, stored: Lessons, replaced: Iterable[GroupId], arrived: Iterable[PlannedLesson]
) -> Lessons:
    """A teacher's day when the day of some groups is replaced."""
    gone = set(replaced)
    kept = [lesson for lesson in stored if lesson.group not in gone]
    return in_order([*kept, *(lesson for lesson in arrived if teacher in lesson.teachers)])
