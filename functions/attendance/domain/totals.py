"""Sums of attendance (närvarosummor, SS 12000 `AggregatedAttendance`): always counted anew from the lesson
sheets of a group's day, so that what is delivered twice, late or shuffled counts the same.

A lesson is counted on the Swedish day its sheet begins on. One that nobody has reported counts as offered
only while the timetable has it; one that was reported counts whatever the timetable says afterwards.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal

from functions.attendance.domain.lesson import Entry, Minutes, Sheet
from skolkit.clock import LOCAL, today
from skolkit.types import GroupId, LessonId, PersonId, UnitId

State = Literal["planned", "reported", "notHeld"]
By = Literal["subject", "group", "weekday", "hour", "week", "month"]
LEAVE = "leave"
"""The reason of absence that is granted leave (beviljad ledighet, skollagen 7:18)."""


@dataclass(frozen=True, slots=True)
class Sums:
    """Minutes as SS 12000 sums them, and numbers of lessons. `reported` and `offered` are minutes of lessons
    reported and held; `late` are lessons that the pupil came late to or left early; `leave` are days with
    granted leave.
    """

    attendance: int = 0
    valid: int = 0
    invalid: int = 0
    other: int = 0
    reported: int = 0
    offered: int = 0
    lessons: int = 0
    unreported: int = 0
    late: int = 0
    leave: int = 0

    def __add__(self, more: Sums) -> Sums:
        return Sums(*(a + b for a, b in zip(self.row(), more.row(), strict=True)))

    def row(self) -> tuple[int, ...]:
        """The numbers in the order of the fields."""
        return (
            self.attendance, self.valid, self.invalid, self.other, self.reported, self.offered, self.lessons,
            self.unreported, self.late, self.leave,
        )  # fmt: skip

    def share(self, minutes: int) -> float:
        """Per cent of the reported minutes, with one decimal; 0 when nothing is reported.

        >>> Sums(attendance=50, invalid=10, reported=60).share(10)
        16.7
        """
        return round(100 * minutes / self.reported, 1) if self.reported else 0.0


@dataclass(frozen=True, slots=True)
class CountedLesson:
    """What sums need of a lesson: `away` has those who were not present all the time."""

    lesson: LessonId
    subject: str
    start: datetime
    minutes: int
    teachers: tuple[PersonId, ...]
    state: State
    roster: tuple[PersonId, ...]
    away: Mapping[PersonId, Entry] = field(default_factory=dict)

    @property
    def end(self) -> datetime:
        return self.start + timedelta(minutes=self.minutes)

    def of(self, pupil: PersonId) -> Sums:
        """What the lesson adds to a pupil's sums, days of leave left out."""
        if self.state == "notHeld" or pupil not in self.roster:
            return Sums()
        if self.state == "planned":
            return Sums(offered=self.minutes, lessons=1, unreported=1)
        entry = self.away.get(pupil) or Entry(Minutes(self.minutes))
        m = entry.minutes
        return Sums(
            m.attendance, m.valid, m.invalid, m.other, self.minutes, self.minutes, lessons=1,
            late=int(is_late(entry)),
        )  # fmt: skip

    def is_leave(self, pupil: PersonId) -> bool:
        """Whether the pupil had leave from the lesson."""
        entry = self.away.get(pupil)
        return bool(self.state == "reported" and entry and entry.minutes.valid and entry.reason == LEAVE)


@dataclass(frozen=True, slots=True)
class GroupDay:
    """A group's lessons of one day, as sums need them; `version` None when it is not stored."""

    group: GroupId
    day: date
    unit: UnitId
    lessons: tuple[CountedLesson, ...]
    version: int | None = None

    @property
    def pupils(self) -> frozenset[PersonId]:
        return frozenset(pupil for lesson in self.lessons for pupil in lesson.roster)


def is_late(entry: Entry) -> bool:
    """Whether a pupil came late or left early: away without a valid reason, but not all the time."""
    m = entry.minutes
    return bool(m.invalid and m.attendance + m.other)


def group_day(
    group: GroupId, day: date, planned: Collection[LessonId], sheets: Iterable[Sheet], unit: UnitId
) -> GroupDay:
    """The day counted from its sheets. `planned` are the lessons the timetable has that day; `sheets` may be
    more than the day's. `unit` is the group's, for a day without lessons.
    """
    mine = [s for s in sheets if s.group == group and today(s.start) == day]
    counted = [_counted(s) for s in mine if s.is_reported or s.lesson in planned]
    lessons = tuple(sorted(counted, key=lambda lesson: (lesson.start, lesson.lesson)))
    return GroupDay(group, day, next((s.unit for s in mine), unit), lessons)


def _counted(sheet: Sheet) -> CountedLesson:
    entries = sheet.entries if sheet.is_reported else {}
    away = {pupil: entry for pupil, entry in entries.items() if entry.minutes.deviates}
    state: State = "planned"
    if sheet.not_held:
        state = "notHeld"
    elif sheet.is_reported:
        state = "reported"
    return CountedLesson(
        sheet.lesson, sheet.subject, sheet.start, sheet.minutes, sheet.teachers, state, sheet.roster, away
    )


def of_pupil(
    records: Sequence[PersonId], days: Iterable[GroupDay], by: By | None = None, until: datetime | None = None
) -> dict[str, Sums]:
    """A pupil's sums, by what is asked for (the key is "" when nothing is). A lesson is counted once, also
    when two of the pupil's records were on its list: then the first of `records` that was.
    """
    found: dict[str, Sums] = {}
    leave: dict[str, set[date]] = {}
    for day in days:
        for lesson in day.lessons:
            pupil = next((record for record in records if record in lesson.roster), None)
            if pupil is None or (until and lesson.end > until):
                continue
            key = key_of(by, day, lesson)
            found[key] = found.get(key, Sums()) + lesson.of(pupil)
            if lesson.is_leave(pupil):
                leave.setdefault(key, set()).add(day.day)
    return {key: sums + Sums(leave=len(leave.get(key, ()))) for key, sums in sorted(found.items())}


def key_of(by: By | None, day: GroupDay, lesson: CountedLesson) -> str:
    """The part of the table that a lesson belongs to; weekdays are 1 (Monday) to 7, hours the local hour it
    begins in.
    """
    match by:
        case "subject":
            return lesson.subject
        case "group":
            return day.group
        case "hour":
            return f"{lesson.start.astimezone(LOCAL).hour:02}"
        case None:
            return ""
    return time_key(by, day.day)


def time_key(by: Literal["weekday", "week", "month"], day: date) -> str:
    """The weekday (1 is Monday), the ISO week or the month of a day.

    >>> day = date(2026, 11, 23)
    >>> time_key("weekday", day), time_key("week", day), time_key("month", day)
    ('1', '2026-W48', '2026-11')
    """
    if by == "weekday":
        return str(day.isoweekday())
    if by == "week":
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02}"
    return f"{day:%Y-%m}"


def month_of(text: str) -> tuple[date, date]:
    """The first and last day of a calendar month.

    >>> [day.isoformat() for day in month_of("2028-02")]
    ['2028-02-01', '2028-02-29']
    """
    first = date.fromisoformat(f"{text}-01")
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
