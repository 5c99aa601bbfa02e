"""Lessons with their rosters."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import AwareDatetime, Field

from functions.attendance.domain.absence import Reason
from functions.attendance.domain.lesson import Activity, NotHeld
from functions.attendance.domain.merge import Outcome
from functions.attendance.schemas.common import Id, Minute
from skolkit.http import Shape


class AttendanceRow(Shape):
    """One pupil's lesson in minutes; they add up to the lesson's length. Minutes late and left early are part
    of the absence; the kind is of the other attendance.
    """

    pupil: Id
    attendance_minutes: Minute
    valid_absence_minutes: Minute = 0
    invalid_absence_minutes: Minute = 0
    other_attendance_minutes: Minute = 0
    absence_reason: Reason | None = None
    late_minutes: Minute = 0
    left_early_minutes: Minute = 0
    other_attendance_kind: Activity | None = None


class SaveAttendance(Shape):
    """The whole lesson: every pupil of the roster exactly once."""

    rows: Annotated[list[AttendanceRow], Field(min_length=1, max_length=90)]


class ReportedRow(AttendanceRow):
    """A pupil's line of a report: when it was made, by the phone's clock, and the version of the pupil's line
    that was seen then; 0 for none.
    """

    made_at: AwareDatetime
    based_on: Annotated[int, Field(ge=0, le=10**14)] = 0


class ReportPupils(Shape):
    """Some of the lesson's pupils, each once."""

    rows: Annotated[list[ReportedRow], Field(min_length=1, max_length=90)]


class MergedRow(Shape):
    """What became of a line of a report, and the line that stands."""

    outcome: Outcome
    version: int
    line: AttendanceRow


class MergedLesson(Shape):
    """The sheet after a report."""

    id: Id
    is_reported: bool
    unexcused: int
    version: int
    rows: list[MergedRow]


class CancelLesson(Shape):
    """Why the lesson is not held."""

    reason: NotHeld


class HeldLesson(Shape):
    """Whether a lesson is held; `not_held` is why not."""

    id: Id
    not_held: NotHeld | None
    version: int


class MarkView(Shape):
    """A pupil's line: its version (what `basedOn` takes), who set it and when it was made, none of these
    before it is set; and when the pupil checked in.
    """

    pupil: Id
    version: int
    setter: Id | None
    made_at: datetime | None
    check_in_timestamp: datetime | None


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
    not_held: NotHeld | None
    rows: list[PupilRow]
    marks: list[MarkView]


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
    not_held: NotHeld | None = None


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
