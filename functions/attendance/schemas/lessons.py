"""Lessons with their rosters."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from functions.attendance.domain.absence import Reason
from functions.attendance.schemas.common import Id, Minute
from skolkit.http import Shape


class AttendanceRow(Shape):
    """One pupil's lesson in minutes; they add up to the lesson's length."""

    pupil: Id
    attendance_minutes: Minute
    valid_absence_minutes: Minute = 0
    invalid_absence_minutes: Minute = 0
    other_attendance_minutes: Minute = 0
    absence_reason: Reason | None = None


class SaveAttendance(Shape):
    """The whole lesson: every pupil of the roster exactly once."""

    rows: Annotated[list[AttendanceRow], Field(min_length=1, max_length=90)]


class PupilRow(AttendanceRow):
    """A pupil's line as shown; `notified_minutes` of it are covered by a notice of absence."""

    given_name: str
    family_name: str
    notified_minutes: Minute
    notified_reason: Reason | None


class LessonView(Shape):
    """A lesson with its roster. Before it is reported the rows are what is expected."""

    id: Id
    group: Id
    subject: str
    start_time: datetime
    end_time: datetime
    minutes: int
    is_reported: bool
    reported_timestamp: datetime | None
    reporter: Id | None
    version: int
    rows: list[PupilRow]


class SavedLesson(Shape):
    """The saved sheet: its new version and how many pupils have unexcused minutes."""

    id: Id
    is_reported: bool
    unexcused: int
    version: int


class LessonSummary(Shape):
    """A lesson in a list."""

    id: Id
    group: Id
    subject: str
    start_time: datetime
    end_time: datetime
    room: str = ""
    is_reported: bool


class LessonList(Shape):
    """A teacher's lessons of one day, by time."""

    date: date
    data: list[LessonSummary]


class UnexcusedView(Shape):
    """A pupil's unexcused lesson."""

    pupil: Id
    given_name: str
    family_name: str
    lesson: Id
    subject: str
    start_time: datetime
    end_time: datetime
    invalid_absence_minutes: int


class MentorDayView(Shape):
    """What a mentor looks at: the class's lessons nobody has reported, and who was away without a reason."""

    group: Id
    date: date
    unreported: list[LessonSummary]
    unexcused: list[UnexcusedView]
