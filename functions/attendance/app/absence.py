"""Absence that is notified (process 19)."""

from __future__ import annotations

from functions.attendance.app.base import api
from functions.attendance.domain import absence
from functions.attendance.schemas import absence as schemas
from functions.attendance.schemas.common import DayQuery, PageQuery
from functions.attendance.usecases import absence as absences
from skolkit.clock import today
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.http import Request
from skolkit.types import NoticeId, PersonId

_SPAN = (
    absence.UnknownSpan,
    absence.AbsencePassed,
    absence.TooFarAhead,
    absence.NoSchoolDay,
    absence.OverlappingAbsence,
    absence.TooFarBack,
)
_TOGETHER = (absence.SamePupilTwice, absence.TooManyDays)


@api.operation(
    "POST", "/v1/pupils/{pupil}/absence-notices", process=19, status=201, keyed=True,
    body=schemas.NewAbsence, answer=schemas.AbsenceView, errors=(NotFound, ChangedMeanwhile, *_SPAN),
)  # fmt: skip
def report_absence(request: Request[schemas.NewAbsence, None]) -> schemas.AbsenceView:
    """Report a pupil absent, today or coming days"""
    assert request.key
    return absences.report_absence(request.caller, PersonId(request.id("pupil")), request.body, request.key)


@api.operation(
    "POST", "/v1/absence-notices", process=19, status=201, keyed=True,
    body=schemas.NewAbsences, answer=schemas.AbsenceList,
    errors=(NotFound, ChangedMeanwhile, *_SPAN, *_TOGETHER),
)  # fmt: skip
def report_absences(request: Request[schemas.NewAbsences, None]) -> schemas.AbsenceList:
    """Report several children absent in one request, all or none"""
    assert request.key
    return absences.report_absences(request.caller, request.body, request.key)


@api.operation(
    "GET", "/v1/pupils/{pupil}/absence-notices", process=19,
    query=PageQuery, answer=schemas.AbsencePage, errors=(NotFound,),
)  # fmt: skip
def list_absences(request: Request[None, PageQuery]) -> schemas.AbsencePage:
    """A pupil's notices of absence, newest first"""
    return absences.list_absences(request.caller, PersonId(request.id("pupil")), request.query)


@api.operation(
    "PUT", "/v1/pupils/{pupil}/absence-notices/{notice}", process=19, versioned=True,
    body=schemas.NewAbsence, answer=schemas.AbsenceView, errors=(NotFound, ChangedMeanwhile, *_SPAN),
)  # fmt: skip
def change_absence(request: Request[schemas.NewAbsence, None]) -> schemas.AbsenceView:
    """Change a notice of absence"""
    pupil, notice = PersonId(request.id("pupil")), NoticeId(request.id("notice"))
    return absences.change_absence(request.caller, pupil, notice, request.body, request.version)


@api.operation(
    "DELETE", "/v1/pupils/{pupil}/absence-notices/{notice}", process=19, versioned=True, status=204,
    errors=(NotFound, ChangedMeanwhile, absence.AlreadyStarted),
)  # fmt: skip
def withdraw_absence(request: Request[None, None]) -> None:
    """Withdraw a notice of absence that has not begun"""
    pupil, notice = PersonId(request.id("pupil")), NoticeId(request.id("notice"))
    absences.withdraw_absence(request.caller, pupil, notice, request.version)


@api.operation(
    "GET", "/v1/pupils/{pupil}/day", process=19,
    query=DayQuery, answer=schemas.PupilDayView, errors=(NotFound,),
)  # fmt: skip
def read_pupil_day(request: Request[None, DayQuery]) -> schemas.PupilDayView:
    """A pupil's notices and deviating lessons of one day"""
    day = request.query.day or today()
    return absences.read_pupil_day(request.caller, PersonId(request.id("pupil")), day)
