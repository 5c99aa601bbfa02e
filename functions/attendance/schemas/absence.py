"""Notices of absence, and a pupil's day."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from functions.attendance.domain.absence import MOST_PUPILS, Reason, Reporter
from functions.attendance.schemas.common import ClockTime, Id, Notified
from skolkit.http import Shape


class NewAbsence(Shape):
    """Absence to report: whole days, or part of one day between two Swedish wall-clock times."""

    start_date: date
    end_date: date
    start_time: ClockTime | None = None
    end_time: ClockTime | None = None
    reason: Notified


class PupilAbsence(NewAbsence):
    """Absence of one of several children."""

    pupil: Id


class NewAbsences(Shape):
    """Absence of several children, all or none: each with its own days and reason, which may be the same."""

    notices: Annotated[list[PupilAbsence], Field(min_length=1, max_length=MOST_PUPILS)]


class Prolonging(Shape):
    """Until when the pupil is still ill; today when left out."""

    until: date | None = None


class AbsenceSpan(Shape):
    """A notice of absence ("Anmäld frånvaro" in SS 12000), or granted leave."""

    id: Id
    student: Id
    start_date: date
    end_date: date
    start_time: ClockTime | None
    end_time: ClockTime | None
    reason: Reason


class AbsenceView(AbsenceSpan):
    """A notice with its state. `reportedAs` and `byPhone`: as what and how it was told; `askedDate`: when the
    home was asked whether the pupil is still ill, `answer` what it said. `version` is what If-Match takes.
    """

    reported_as: Reporter
    by_phone: bool
    withdrawn: bool
    asked_date: date | None
    answer: Literal["", "prolonged", "back"]
    version: int


class AbsenceList(Shape):
    """The notices that one request made, in its order."""

    data: list[AbsenceView]


class AbsencePage(Shape):
    """Notices, newest first; `cursor` leads to the next page."""

    data: list[AbsenceView]
    cursor: str | None


class DeviationView(Shape):
    """A lesson a pupil did not simply attend; minutes late and left early are part of the absence."""

    lesson: Id
    subject: str
    start_time: datetime
    end_time: datetime
    attendance_minutes: int
    valid_absence_minutes: int
    invalid_absence_minutes: int
    other_attendance_minutes: int
    absence_reason: Reason | None
    late_minutes: int
    left_early_minutes: int


class PupilDayView(Shape):
    """A pupil's day: notices that touch it and lessons that were not plain attendance."""

    pupil: Id
    date: date
    notices: list[AbsenceSpan]
    deviations: list[DeviationView]
