"""Marking without names and co-assessment of national tests (process 31)."""

from __future__ import annotations

from functions.assessment.app.base import api
from functions.assessment.domain import marking as rules
from functions.assessment.domain.national_tests import WrongResult
from functions.assessment.domain.sittings import MarkingId, NotStaffHere, SittingId, UnknownPart
from functions.assessment.schemas import marking as schemas
from functions.assessment.schemas.common import PageQuery
from functions.assessment.usecases import marking
from skolkit.cursor import BadCursor
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.http import Request


@api.operation(
    "POST", "/v1/test-sittings/{sitting}/markings", process=31, status=201, keyed=True,
    body=schemas.NewMarking, answer=schemas.MarkingState,
    errors=(
        NotFound, ChangedMeanwhile, UnknownPart, NotStaffHere, rules.TwoMarkers, rules.Biased,
        rules.TooFewPapers, rules.AlreadyMarked, rules.UnknownCode,
    ),
)  # fmt: skip
def plan_marking(request: Request[schemas.NewMarking, None]) -> schemas.MarkingState:
    """Let two mark a part of a test without names"""
    assert request.key
    return marking.plan_marking(request.caller, SittingId(request.id("sitting")), request.body, request.key)


@api.operation(
    "GET", "/v1/me/test-markings", process=31,
    query=PageQuery, answer=schemas.MarkingPage, errors=(BadCursor,),
)  # fmt: skip
def list_my_markings(request: Request[None, PageQuery]) -> schemas.MarkingPage:
    """The tests one marks without names, newest first"""
    return marking.list_my_markings(request.caller, request.query)


@api.operation(
    "GET", "/v1/test-markings/{marking}", process=31, answer=schemas.MarkingView, errors=(NotFound,)
)
def read_marking(request: Request[None, None]) -> schemas.MarkingView:
    """The papers of a marking by code, with the marks one may see"""
    return marking.read_marking(request.caller, MarkingId(request.id("marking")))


@api.operation(
    "PUT", "/v1/test-markings/{marking}/markers", process=31, versioned=True,
    body=schemas.MarkersBody, answer=schemas.MarkingState,
    errors=(
        NotFound, ChangedMeanwhile, NotStaffHere, rules.TwoMarkers, rules.Biased, rules.NotNow,
    ),
)  # fmt: skip
def change_markers(request: Request[schemas.MarkersBody, None]) -> schemas.MarkingState:
    """Change who marks, or appoint a third who decides where the two differ"""
    id = MarkingId(request.id("marking"))
    return marking.change_markers(request.caller, id, request.body, request.version)


@api.operation(
    "GET", "/v1/test-markings/{marking}/labels", process=31,
    answer=schemas.Labels, errors=(NotFound, rules.NotNow),
)  # fmt: skip
def read_labels(request: Request[None, None]) -> schemas.Labels:
    """Whose the papers are: before the marking, to put codes on them, and after it"""
    return marking.read_labels(request.caller, MarkingId(request.id("marking")))


@api.operation(
    "PUT", "/v1/test-markings/{marking}/state", process=31, versioned=True,
    answer=schemas.MarkingState, errors=(NotFound, ChangedMeanwhile, rules.NotNow),
)  # fmt: skip
def begin_marking(request: Request[None, None]) -> schemas.MarkingState:
    """Let the marking begin; whose a paper is, is told no more"""
    return marking.begin_marking(request.caller, MarkingId(request.id("marking")), request.version)


@api.operation(
    "POST", "/v1/test-markings/{marking}/marks", process=31, keyed=True,
    body=schemas.NewMarks, answer=schemas.MarkingView,
    errors=(
        NotFound, ChangedMeanwhile, rules.NotNow, rules.UnknownCode, rules.Settled, rules.NotYourTurn,
        WrongResult,
    ),
)  # fmt: skip
def save_marks(request: Request[schemas.NewMarks, None]) -> schemas.MarkingView:
    """Mark papers by their codes"""
    assert request.key
    return marking.save_marks(request.caller, MarkingId(request.id("marking")), request.body, request.key)


@api.operation(
    "POST", "/v1/test-markings/{marking}/lost", process=31, keyed=True,
    body=schemas.LostPaper, answer=schemas.MarkingState,
    errors=(NotFound, ChangedMeanwhile, rules.NotNow, rules.UnknownCode, rules.Settled),
)  # fmt: skip
def lose_paper(request: Request[schemas.LostPaper, None]) -> schemas.MarkingState:
    """Say that a paper cannot be found any more"""
    assert request.key
    return marking.lose_paper(request.caller, MarkingId(request.id("marking")), request.body, request.key)


@api.operation(
    "POST", "/v1/test-markings/{marking}/key", process=31, keyed=True,
    answer=schemas.MarkingState, errors=(NotFound, ChangedMeanwhile, rules.NotNow, rules.NotAllMarked),
)  # fmt: skip
def open_key(request: Request[None, None]) -> schemas.MarkingState:
    """Open the key when all is marked, and give every pupil what their paper got"""
    assert request.key
    return marking.open_key(request.caller, MarkingId(request.id("marking")), request.key)
