"""Notices of absence, and a pupil's day."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Literal

from functions.attendance.domain.absence import Reason
from functions.attendance.schemas.common import Id
from skolkit.http import Shape


class NewAbsence(Shape):
    """Absence to report: whole days, or part of one day between two Swedish wall-clock times."""

    start_date: date
    end_date: date
    start_time: time | None = None
    end_time: time | None = None
    reason: Literal[Reason.ILLNESS, Reason.MEDICAL_VISIT, Reason.DENTAL_VISIT, Reason.OTHER]


class AbsenceSpan(Shape):
    """A notice of absence ("Anmäld frånvaro" in SS 12000), or granted leave."""

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
