"""Planned lessons, and how a file's lessons replace the ones of the same group and day."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from functions.organisation.queries import ActivityRecord
from skolkit.clock import today
from skolkit.sweden.codes import SchoolForm
from skolkit.types import GroupId, LessonId, PersonId, UnitId, stable_id


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedLesson:
    """A lesson of a group on one day; `start` and `end` are aware UTC, `room` is "" when not decided.
    `activity` and `form` (the group's) are what held when the lesson was planned; None of old ones.
    """

    id: LessonId
    group: GroupId
    unit: UnitId
    subject_code: str
    subject: str
    teachers: tuple[PersonId, ...]
    start: datetime
    end: datetime
    room: str
    activity: str | None = None
    form: SchoolForm | None = None

    @property
    def day(self) -> date:
        """The Swedish date it begins on."""
        return today(self.start)


Lessons = tuple[PlannedLesson, ...]
ChangedLesson = tuple[PlannedLesson, datetime]
"""A lesson, and when what is said of its day was changed last."""


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


GroupDay = tuple[GroupId, date]


def activity_of(lesson: PlannedLesson, known: Iterable[ActivityRecord]) -> str:
    """The activity that a lesson is part of: what the group is taught in the subject then, by most of the
    lesson's teachers when there are several; where nothing is known of one, the id that group and subject
    make.
    """
    fits = [
        activity for activity in known
        if activity.type == "Undervisning" and lesson.group in activity.groups
        and activity.subject == lesson.subject_code and activity.covers(lesson.day)
    ]  # fmt: skip
    if not fits:
        return own_activity(lesson)
    teachers = set(lesson.teachers)
    return min(fits, key=lambda a: (-len(teachers & {part.person for part in a.teachers}), a.id)).id


def own_activity(lesson: PlannedLesson) -> str:
    """The id of what a group does in a subject, when there is no activity of it."""
    return stable_id("activity", lesson.group, lesson.subject_code)


def joined(
    stored: Mapping[GroupId, PlannedLesson], replaced: Collection[GroupDay], arrived: Iterable[PlannedLesson]
) -> dict[GroupId, PlannedLesson]:
    """A lesson as each group that has it says, when the days of some groups are replaced."""
    kept = {g: lesson for g, lesson in stored.items() if (g, lesson.day) not in replaced}
    return dict(sorted((kept | {lesson.group: lesson for lesson in arrived}).items()))
