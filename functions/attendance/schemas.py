"""What attendance takes and gives over HTTP. Words and minutes as in SS 12000 `Absence` and `Attendance`."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Annotated

from pydantic import Field

from functions.attendance.domain.absence import Reason
from skolkit.http import Shape

Minute = Annotated[int, Field(ge=0, le=600)]
Id = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]


class NewAbsence(Shape):
    """Absence to report: whole days, or part of one day between two Swedish wall-clock times."""

    start_date: date
    end_date: date
    start_time: time | None = None
    end_time: time | None = None
    reason: Reason


class AbsenceSpan(Shape):
    """A notice of absence ("Anmäld frånvaro" in SS 12000)."""

    id: Id
    student: Id
    start_date: date
    end_date: date
    start_time: time | None
    end_time: time | None
    reason: Reason


class AbsenceView(AbsenceSpan):
    """A notice with its state. `version` is what If-Match takes."""

    withdrawn: bool
    version: int


class AbsencePage(Shape):
    """Notices, newest first; `cursor` leads to the next page."""

    data: list[AbsenceView]
    cursor: str | None


class PageQuery(Shape):
    """How much of a list, from where."""

    limit: Annotated[int, Field(ge=1, le=100)] = 20
    cursor: Annotated[str, Field(max_length=600)] | None = None


class DayQuery(Shape):
    """Which day; today when left out."""

    day: Annotated[date | None, Field(alias="date")] = None


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


class DeviationView(Shape):
    """A lesson a pupil did not simply attend."""

    lesson: Id
    subject: str
    start_time: datetime
    end_time: datetime
    attendance_minutes: int
    valid_absence_minutes: int
    invalid_absence_minutes: int
    other_attendance_minutes: int
    absence_reason: Reason | None


class PupilDayView(Shape):
    """A pupil's day: notices that touch it and lessons that were not plain attendance."""

    pupil: Id
    date: date
    notices: list[AbsenceSpan]
    deviations: list[DeviationView]


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


class SweepView(Shape):
    """What the evening sweep found at a unit."""

    unit: Id
    date: date
    counts: dict[str, int]
