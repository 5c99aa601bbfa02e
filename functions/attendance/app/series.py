"""Absence that comes again (process 19)."""

from __future__ import annotations

from functions.attendance.app.base import api, on
from functions.attendance.domain import absence
from functions.attendance.domain import series as rules
from functions.attendance.events import CalendarTold
from functions.attendance.schemas import series as schemas
from functions.attendance.schemas.common import PageQuery
from functions.attendance.usecases import series
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.events import Envelope
from skolkit.http import Request
from skolkit.types import NoticeId, PersonId

_RULE = (
    absence.AbsencePassed, absence.NoSchoolDay, absence.OverlappingAbsence, absence.TooFarAhead,
    absence.UnknownSpan, rules.BeyondTheSchoolYear,
)  # fmt: skip


@api.operation(
    "POST", "/v1/pupils/{pupil}/absence-series", process=19, status=201, keyed=True,
    body=schemas.NewSeries, answer=schemas.SeriesView, errors=(NotFound, ChangedMeanwhile, *_RULE),
)  # fmt: skip
def start_series(request: Request[schemas.NewSeries, None]) -> schemas.SeriesView:
    """Report absence that comes again, every week or every second"""
    assert request.key
    return series.start_series(request.caller, PersonId(request.id("pupil")), request.body, request.key)


@api.operation(
    "GET", "/v1/pupils/{pupil}/absence-series", process=19,
    query=PageQuery, answer=schemas.SeriesPage, errors=(NotFound,),
)  # fmt: skip
def list_series(request: Request[None, PageQuery]) -> schemas.SeriesPage:
    """A pupil's series of absence with their occasions, newest first"""
    return series.list_series(request.caller, PersonId(request.id("pupil")), request.query)


@api.operation(
    "PUT", "/v1/pupils/{pupil}/absence-series/{series}", process=19, versioned=True,
    body=schemas.NewSeries, answer=schemas.SeriesView,
    errors=(NotFound, ChangedMeanwhile, rules.NoOccasion, *_RULE),
)  # fmt: skip
def change_series(request: Request[schemas.NewSeries, None]) -> schemas.SeriesView:
    """Change a series of absence from a day on"""
    pupil, id = PersonId(request.id("pupil")), NoticeId(request.id("series"))
    return series.change_series(request.caller, pupil, id, request.body, request.version)


@api.operation(
    "DELETE", "/v1/pupils/{pupil}/absence-series/{series}", process=19, versioned=True, status=204,
    query=schemas.WithdrawQuery,
    errors=(NotFound, ChangedMeanwhile, absence.AbsencePassed, rules.NoOccasion),
)  # fmt: skip
def withdraw_series(request: Request[None, schemas.WithdrawQuery]) -> None:
    """Take a series of absence back from a day on"""
    pupil, id = PersonId(request.id("pupil")), NoticeId(request.id("series"))
    series.withdraw_series(request.caller, pupil, id, request.query.since, request.version)


@api.operation(
    "DELETE", "/v1/pupils/{pupil}/absence-series/{series}/occasions/{occasion}", process=19, versioned=True,
    status=204, errors=(NotFound, ChangedMeanwhile, absence.AbsencePassed, rules.NoOccasion),
)  # fmt: skip
def cancel_occasion(request: Request[None, None]) -> None:
    """Cancel one occasion of a series of absence"""
    pupil, id = PersonId(request.id("pupil")), NoticeId(request.id("series"))
    occasion = NoticeId(request.id("occasion"))
    series.cancel_occasion(request.caller, pupil, id, occasion, request.version)


@on.on_facts(
    "organisation.CalendarDecided.v1", process=19, timeout=900, batch=1,
    meaning="Återkommande frånvaro följer inte när skoldagar har flyttats.",
)  # fmt: skip
def follow_calendar(envelope: Envelope) -> None:
    """Let series of absence have the school days that are decided now."""
    series.follow_calendar(CalendarTold.model_validate(envelope.data))
