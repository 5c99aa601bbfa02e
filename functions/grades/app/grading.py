"""Grading and the catalogue of grades (process 32)."""

from __future__ import annotations

from functions.grades.app.base import api
from functions.grades.domain import grading_refusals as refusals
from functions.grades.domain import periods as period_refusals
from functions.grades.domain.scales import IllegalValue, NoScale
from functions.grades.domain.subjects import LanguageMissing
from functions.grades.schemas import grading as schemas
from functions.grades.schemas.common import PageQuery
from functions.grades.usecases import catalogue, decisions, periods, sheets
from skolkit.cursor import BadCursor
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.http import Request
from skolkit.step_up import StaleSignIn, WeakSignIn
from skolkit.types import PersonId, UnitId


@api.operation(
    "POST", "/v1/units/{unit}/grading-periods", process=32, status=201, keyed=True,
    body=schemas.NewPeriod, answer=schemas.PeriodView,
    errors=(
        NotFound, period_refusals.NotGraded, period_refusals.EarlyGradesNotDecided,
        period_refusals.DatesWrong, period_refusals.PeriodOverlaps,
    ),
)  # fmt: skip
def open_period(request: Request[schemas.NewPeriod, None]) -> schemas.PeriodView:
    """Open a grading period for a form and years of a unit"""
    assert request.key
    return periods.open_period(request.caller, UnitId(request.id("unit")), request.body, request.key)


@api.operation(
    "GET", "/v1/units/{unit}/grading-periods", process=32,
    query=PageQuery, answer=schemas.PeriodPage, errors=(NotFound, BadCursor),
)  # fmt: skip
def list_periods(request: Request[None, PageQuery]) -> schemas.PeriodPage:
    """A unit's grading periods, the latest first"""
    return periods.list_periods(request.caller, UnitId(request.id("unit")), request.query)


@api.operation(
    "GET", "/v1/grading-periods/{period}", process=32, answer=schemas.PeriodView, errors=(NotFound,)
)
def read_period(request: Request[None, None]) -> schemas.PeriodView:
    """A grading period"""
    return periods.read_period(request.caller, request.id("period"))


@api.operation(
    "PUT", "/v1/grading-periods/{period}/publication", process=32, versioned=True,
    body=schemas.Publication, answer=schemas.PeriodView,
    errors=(
        NotFound, ChangedMeanwhile, period_refusals.PublishedAlready, period_refusals.PublishedSoon,
    ),
)  # fmt: skip
def publish_grades(request: Request[schemas.Publication, None]) -> schemas.PeriodView:
    """Decide when pupils and guardians see the grades"""
    return periods.publish_grades(request.caller, request.id("period"), request.body, request.version)


@api.operation(
    "POST", "/v1/grading-periods/{period}/closing", process=32, keyed=True, answer=schemas.PeriodView,
    errors=(
        NotFound, ChangedMeanwhile, StaleSignIn, WeakSignIn, period_refusals.PeriodClosed,
        period_refusals.UnfinishedSheets,
    ),
)  # fmt: skip
def close_period(request: Request[None, None]) -> schemas.PeriodView:
    """Close a period: nothing more is decided in it"""
    assert request.key
    return periods.close_period(request.caller, request.id("period"), request.key)


@api.operation(
    "GET", "/v1/grading-periods/{period}/progress", process=32,
    query=PageQuery, answer=schemas.ProgressPage, errors=(NotFound, BadCursor),
)  # fmt: skip
def list_progress(request: Request[None, PageQuery]) -> schemas.ProgressPage:
    """How far a period's groups have come"""
    return periods.list_progress(request.caller, request.id("period"), request.query)


@api.operation("GET", "/v1/me/grade-sheets", process=32, answer=schemas.MySheets)
def list_my_sheets(request: Request[None, None]) -> schemas.MySheets:
    """The groups that the caller sets grades in now"""
    return periods.list_my_sheets(request.caller)


@api.operation(
    "GET", "/v1/grading-periods/{period}/activities/{activity}/sheet", process=32,
    answer=schemas.SheetView, errors=(NotFound,),
)  # fmt: skip
def open_sheet(request: Request[None, None]) -> schemas.SheetView:
    """A group with its proposals and decisions"""
    return sheets.open_sheet(request.caller, request.id("period"), request.id("activity"))


@api.operation(
    "PATCH", "/v1/grading-periods/{period}/activities/{activity}/sheet", process=32,
    body=schemas.SheetPatch, answer=schemas.Saved,
    errors=(
        NotFound, refusals.LinesChanged, period_refusals.NotYetOpen, period_refusals.PeriodClosed,
        refusals.NotInGroup, refusals.DecidedAlready, refusals.NotReadAndGraded, IllegalValue, NoScale,
        LanguageMissing,
    ),
)  # fmt: skip
def save_proposals(request: Request[schemas.SheetPatch, None]) -> schemas.Saved:
    """Save own proposals for some pupils of a group"""
    return sheets.save_proposals(request.caller, request.id("period"), request.id("activity"), request.body)


@api.operation(
    "PUT", "/v1/grading-periods/{period}/activities/{activity}/appointed", process=32, versioned=True,
    body=schemas.Appointment, answer=schemas.Appointed,
    errors=(
        NotFound, ChangedMeanwhile, period_refusals.NotYetOpen, period_refusals.PeriodClosed,
        refusals.NotToAppoint,
    ),
)  # fmt: skip
def appoint_grader(request: Request[schemas.Appointment, None]) -> schemas.Appointed:
    """Appoint a certified teacher to decide with those who are not"""
    return sheets.appoint_grader(
        request.caller, request.id("period"), request.id("activity"), request.body, request.version
    )


_DECIDING = (
    NotFound, ChangedMeanwhile, StaleSignIn, WeakSignIn, period_refusals.NotYetOpen,
    period_refusals.PeriodClosed, refusals.NotInGroup, refusals.DecidedAlready, refusals.NotReadAndGraded,
    refusals.SupportMissing, refusals.TitleMissing,
)  # fmt: skip


@api.operation(
    "POST", "/v1/grading-periods/{period}/activities/{activity}/decisions", process=32, status=201,
    keyed=True, body=schemas.NewDecisions, answer=schemas.Decisions,
    errors=(
        *_DECIDING, refusals.NoCertifiedTeacher, refusals.NotADecider, refusals.NothingProposed,
        refusals.TooManyDecisions,
    ),
)  # fmt: skip
def decide_grades(request: Request[schemas.NewDecisions, None]) -> schemas.Decisions:
    """Decide on own proposals: into the catalogue, signed"""
    assert request.key
    return decisions.decide_grades(
        request.caller, request.id("period"), request.id("activity"), request.body, request.key
    )


@api.operation(
    "POST", "/v1/grading-periods/{period}/activities/{activity}/principal-decisions", process=32,
    status=201, keyed=True, body=schemas.PrincipalDecision, answer=schemas.Decisions,
    errors=(*_DECIDING, refusals.NotForThePrincipal, IllegalValue),
)  # fmt: skip
def decide_as_principal(request: Request[schemas.PrincipalDecision, None]) -> schemas.Decisions:
    """Decide as the principal where the teachers disagree or are hindered"""
    assert request.key
    return decisions.decide_as_principal(
        request.caller, request.id("period"), request.id("activity"), request.body, request.key
    )


@api.operation("GET", "/v1/pupils/{pupil}/grades", process=32, answer=schemas.GradeList, errors=(NotFound,))
def list_grades(request: Request[None, None]) -> schemas.GradeList:
    """A pupil's grades that stand"""
    return catalogue.list_grades(request.caller, PersonId(request.id("pupil")))


@api.operation(
    "GET", "/v1/pupils/{pupil}/catalogue", process=32,
    query=PageQuery, answer=schemas.CataloguePage, errors=(NotFound, BadCursor),
)  # fmt: skip
def list_catalogue(request: Request[None, PageQuery]) -> schemas.CataloguePage:
    """A pupil's chain of decisions in the catalogue, newest first"""
    return catalogue.list_catalogue(request.caller, PersonId(request.id("pupil")), request.query)
