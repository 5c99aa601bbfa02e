"""Trials (process 33), and what waits for somebody."""

from __future__ import annotations

from functions.grades.app.base import api
from functions.grades.domain import trials as refusals
from functions.grades.domain.grading_refusals import SupportMissing, TitleMissing
from functions.grades.domain.scales import IllegalValue, NoScale
from functions.grades.domain.subjects import LanguageMissing
from functions.grades.schemas import trials as schemas
from functions.grades.schemas.common import PageQuery
from functions.grades.usecases import trials
from skolkit.cursor import BadCursor
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.http import Request
from skolkit.step_up import StaleSignIn, WeakSignIn
from skolkit.types import PersonId, UnitId


@api.operation(
    "POST", "/v1/pupils/{pupil}/trials", process=33, status=201, keyed=True,
    body=schemas.NewTrial, answer=schemas.TrialView,
    errors=(
        NotFound, ChangedMeanwhile, LanguageMissing, refusals.NoTrial, refusals.UnknownSubject,
        refusals.TrialOpen, refusals.PassedAlready,
    ),
)  # fmt: skip
def apply_for_trial(request: Request[schemas.NewTrial, None]) -> schemas.TrialView:
    """Apply for a trial of somebody's knowledge"""
    assert request.key
    return trials.apply_for_trial(request.caller, PersonId(request.id("pupil")), request.body, request.key)


@api.operation("GET", "/v1/pupils/{pupil}/trials", process=33, answer=schemas.TrialList, errors=(NotFound,))
def list_trials(request: Request[None, None]) -> schemas.TrialList:
    """Somebody's trials, the latest first"""
    return trials.list_trials(request.caller, PersonId(request.id("pupil")))


@api.operation(
    "DELETE", "/v1/pupils/{pupil}/trials/{trial}", process=33, versioned=True, status=204,
    errors=(NotFound, ChangedMeanwhile, refusals.NotNow),
)  # fmt: skip
def withdraw_trial(request: Request[None, None]) -> None:
    """Take back an application for a trial"""
    pupil, trial = PersonId(request.id("pupil")), request.id("trial")
    trials.withdraw_trial(request.caller, pupil, trial, request.version)


@api.operation(
    "POST", "/v1/pupils/{pupil}/trials/{trial}/decisions", process=33, status=201, keyed=True,
    body=schemas.TrialHandling, answer=schemas.TrialView,
    errors=(
        NotFound, ChangedMeanwhile, refusals.NotNow, refusals.AdmissionIncomplete, refusals.NotToExamine,
        refusals.DayHasBeen, refusals.FeeTooHigh,
    ),
)  # fmt: skip
def handle_trial(request: Request[schemas.TrialHandling, None]) -> schemas.TrialView:
    """Admit to a trial with examiner and day, or refuse it"""
    assert request.key
    pupil, trial = PersonId(request.id("pupil")), request.id("trial")
    return trials.handle_trial(request.caller, pupil, trial, request.body, request.key)


@api.operation(
    "POST", "/v1/pupils/{pupil}/trials/{trial}/results", process=33, status=201, keyed=True,
    body=schemas.TrialResult, answer=schemas.TrialView,
    errors=(
        NotFound, ChangedMeanwhile, StaleSignIn, WeakSignIn, refusals.NotNow, IllegalValue, NoScale,
        SupportMissing, TitleMissing,
    ),
)  # fmt: skip
def grade_trial(request: Request[schemas.TrialResult, None]) -> schemas.TrialView:
    """Set the grade of a trial as its examiner"""
    assert request.key
    pupil, trial = PersonId(request.id("pupil")), request.id("trial")
    return trials.grade_trial(request.caller, pupil, trial, request.body, request.key)


@api.operation(
    "GET", "/v1/units/{unit}/trials", process=33,
    query=PageQuery, answer=schemas.TrialPage, errors=(NotFound, BadCursor),
)  # fmt: skip
def list_unit_trials(request: Request[None, PageQuery]) -> schemas.TrialPage:
    """Trials that wait at a unit, oldest first"""
    return trials.list_unit_trials(request.caller, UnitId(request.id("unit")), request.query)


@api.operation(
    "GET", "/v1/me/grade-tasks", process=33, query=PageQuery, answer=schemas.TaskPage, errors=(BadCursor,)
)
def list_grade_tasks(request: Request[None, PageQuery]) -> schemas.TaskPage:
    """The grades to change and the trials to examine that wait for the caller"""
    return trials.list_grade_tasks(request.caller, request.query)
