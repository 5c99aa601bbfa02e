"""Correction, change and withdrawal of decided grades (process 33)."""

from __future__ import annotations

from functions.grades.app.base import api, on
from functions.grades.domain import case_refusals as refusals
from functions.grades.domain.grading_refusals import SupportMissing, TitleMissing
from functions.grades.domain.scales import IllegalValue
from functions.grades.domain.subjects import LanguageMissing
from functions.grades.schemas import cases as schemas
from functions.grades.schemas.common import PageQuery
from functions.grades.usecases import case_lists, cases
from skolkit.cursor import BadCursor
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.http import Request
from skolkit.step_up import StaleSignIn, WeakSignIn
from skolkit.types import PersonId, UnitId

_CHECKED = (
    refusals.AlreadyReplaced, refusals.CaseOpen, refusals.WrongFlaw, refusals.NothingToCorrect,
    refusals.OnlyTheGrade, refusals.GradeLowered, IllegalValue, LanguageMissing, SupportMissing, TitleMissing,
)  # fmt: skip


@api.operation(
    "GET", "/v1/pupils/{pupil}/catalogue/{entry}/chain", process=33, answer=schemas.ChainView,
    errors=(NotFound,),
)  # fmt: skip
def read_chain(request: Request[None, None]) -> schemas.ChainView:
    """A decision on a grade, what replaced it, and the cases about it"""
    return case_lists.read_chain(request.caller, PersonId(request.id("pupil")), request.id("entry"))


@api.operation(
    "POST", "/v1/pupils/{pupil}/catalogue/{entry}/cases", process=33, status=201, keyed=True,
    body=schemas.NewCase, answer=schemas.CaseView, errors=(NotFound, ChangedMeanwhile, *_CHECKED),
)  # fmt: skip
def open_grade_case(request: Request[schemas.NewCase, None]) -> schemas.CaseView:
    """Notice that a decided grade is wrong: a correction, a change or a withdrawal"""
    assert request.key
    pupil, entry = PersonId(request.id("pupil")), request.id("entry")
    return cases.open_grade_case(request.caller, pupil, entry, request.body, request.key)


@api.operation(
    "POST", "/v1/pupils/{pupil}/grade-cases/{case}/comments", process=33, status=201, keyed=True,
    body=schemas.NewComment, answer=schemas.CaseView,
    errors=(NotFound, ChangedMeanwhile, refusals.CaseClosed, refusals.CommentsFull),
)  # fmt: skip
def comment_grade_case(request: Request[schemas.NewComment, None]) -> schemas.CaseView:
    """Say something of a case as the pupil or a guardian"""
    assert request.key
    pupil, case = PersonId(request.id("pupil")), request.id("case")
    return cases.comment_grade_case(request.caller, pupil, case, request.body, request.key)


_SIGNED = (NotFound, ChangedMeanwhile, StaleSignIn, WeakSignIn, refusals.CaseClosed, *_CHECKED)


@api.operation(
    "POST", "/v1/pupils/{pupil}/grade-cases/{case}/answers", process=33, status=201, keyed=True,
    body=schemas.ChangeAnswer, answer=schemas.CaseView,
    errors=(*_SIGNED, refusals.OwnGrade, refusals.NotToAnswerChange),
)  # fmt: skip
def answer_grade_change(request: Request[schemas.ChangeAnswer, None]) -> schemas.CaseView:
    """Want an own decision on a grade changed, or not"""
    assert request.key
    pupil, case = PersonId(request.id("pupil")), request.id("case")
    return cases.answer_grade_change(request.caller, pupil, case, request.body, request.key)


@api.operation(
    "POST", "/v1/pupils/{pupil}/grade-cases/{case}/decisions", process=33, status=201, keyed=True,
    body=schemas.NewVerdict, answer=schemas.CaseView,
    errors=(
        *_SIGNED, refusals.OwnGrade, refusals.MotivationMissing, refusals.NotHeard, refusals.GroundMissing,
        refusals.NotForThePrincipalToChange,
    ),
)  # fmt: skip
def decide_grade_case(request: Request[schemas.NewVerdict, None]) -> schemas.CaseView:
    """Decide on a case as the principal"""
    assert request.key
    pupil, case = PersonId(request.id("pupil")), request.id("case")
    return cases.decide_grade_case(request.caller, pupil, case, request.body, request.key)


@api.operation(
    "GET", "/v1/units/{unit}/grade-cases", process=33,
    query=PageQuery, answer=schemas.CasePage, errors=(NotFound, BadCursor),
)  # fmt: skip
def list_grade_cases(request: Request[None, PageQuery]) -> schemas.CasePage:
    """Cases about grades that wait at a unit, oldest first"""
    return case_lists.list_grade_cases(request.caller, UnitId(request.id("unit")), request.query)


@on.on_schedule(
    "cron(20 7 ? * MON-FRI *)", process=33, timeout=300,
    meaning="Hem har inte påmints om att lämna synpunkter, och rektorer inte om ärenden om betyg som väntar.",
)  # fmt: skip
def remind_of_grade_cases() -> None:
    """Every working day: homes whose time to comment ends, and what waits for the principals."""
    case_lists.remind_of_grade_cases()
