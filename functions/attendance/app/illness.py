"""Is the pupil still ill: the question in the morning and its answers (process 19)."""

from __future__ import annotations

from functions.attendance.app.base import api, on
from functions.attendance.domain import absence
from functions.attendance.domain import illness as rules
from functions.attendance.schemas import absence as schemas
from functions.attendance.schemas import answers as answer_schemas
from functions.attendance.usecases import answers, illness
from skolkit.clock import today
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.http import Page, Request
from skolkit.types import NoticeId, PersonId

_PROLONG = (
    absence.AbsencePassed, absence.NoSchoolDay, absence.OverlappingAbsence, absence.TooFarAhead,
    rules.NotAnIllness, rules.NothingToProlong,
)  # fmt: skip


@api.operation(
    "POST", "/v1/pupils/{pupil}/absence-notices/{notice}/prolong", process=19, status=201, keyed=True,
    body=schemas.Prolonging, answer=schemas.AbsenceView, errors=(NotFound, ChangedMeanwhile, *_PROLONG),
)  # fmt: skip
def prolong_absence(request: Request[schemas.Prolonging, None]) -> schemas.AbsenceView:
    """Still ill: report the pupil today too, or until a day"""
    assert request.key
    pupil, notice = PersonId(request.id("pupil")), NoticeId(request.id("notice"))
    return illness.prolong_absence(request.caller, pupil, notice, request.body.until, request.key)


@api.operation(
    "POST", "/v1/pupils/{pupil}/absence-notices/{notice}/back", process=19, keyed=True,
    answer=schemas.AbsenceView, errors=(NotFound, ChangedMeanwhile, rules.NotAnIllness, rules.NotEnded),
)  # fmt: skip
def tell_back(request: Request[None, None]) -> schemas.AbsenceView:
    """Back at school: the question about a notice of illness is answered"""
    assert request.key
    pupil, notice = PersonId(request.id("pupil")), NoticeId(request.id("notice"))
    return illness.tell_back(request.caller, pupil, notice, request.key)


@api.operation("GET", "/v1/answers", process=19, scope=None, query=answer_schemas.AnswerQuery, answer=Page)
def open_answer(request: Request[None, answer_schemas.AnswerQuery]) -> Page:
    """The page behind the link in the morning's question"""
    return answers.open_answer(request.query)


@api.operation(
    "POST", "/v1/answers", process=19, scope=None, form=True, body=answer_schemas.AnswerForm, answer=Page,
    errors=(ChangedMeanwhile,),
)  # fmt: skip
def answer_by_link(request: Request[answer_schemas.AnswerForm, None]) -> Page:
    """Answer the morning's question by the link"""
    return answers.answer_by_link(request.body)


@on.on_schedule(
    "cron(30 6 ? * MON-FRI *)", process=19, timeout=900,
    meaning="Hemmen får inte morgonens fråga om elever fortfarande är sjuka; skolan får ringa som vanligt.",
)  # fmt: skip
def ask_homes() -> None:
    """Every school day at 06:30: ask about illness that was notified until the last school day."""
    illness.ask_homes(today())
