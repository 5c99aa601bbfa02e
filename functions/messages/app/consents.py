"""Consents: asked per child, answered by its guardians, followed up by the school (process 28)."""

from __future__ import annotations

from functions.messages.app.base import api, on
from functions.messages.domain import consents as rules
from functions.messages.domain.audiences import NobodyThere, SeveralUnits
from functions.messages.domain.deadlines import DeadlinePassed
from functions.messages.domain.news import LanguageTwice, UnknownLanguage
from functions.messages.events import ConsentDue
from functions.messages.schemas import consents as schemas
from functions.messages.schemas.common import PageQuery
from functions.messages.schemas.conversations import Closing
from functions.messages.usecases import answers, consents
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.events import Envelope
from skolkit.http import Request
from skolkit.types import GroupId, PersonId


@api.operation("GET", "/v1/consent-kinds", process=28, answer=schemas.KindList)
def list_consent_kinds(_: Request[None, None]) -> schemas.KindList:
    """The kinds of consent"""
    return consents.list_consent_kinds()


@api.operation(
    "PUT", "/v1/consent-kinds/{kind}", process=28, versioned=True, body=schemas.KindChange,
    answer=schemas.KindView, errors=(NotFound, ChangedMeanwhile, rules.UnknownKind),
)  # fmt: skip
def put_consent_kind(request: Request[schemas.KindChange, None]) -> schemas.KindView:
    """Decide a kind of consent, the municipality's own too"""
    return consents.put_consent_kind(request.caller, request.path["kind"], request.body, request.version)


@api.operation(
    "POST", "/v1/consents", process=28, status=201, keyed=True, body=schemas.NewConsent,
    answer=schemas.ConsentView,
    errors=(
        NotFound, rules.WrongDates, rules.UnknownKind, SeveralUnits, NobodyThere, UnknownLanguage,
        LanguageTwice,
    ),
)  # fmt: skip
def ask_consent(request: Request[schemas.NewConsent, None]) -> schemas.ConsentView:
    """Ask the homes of groups for consent"""
    assert request.key
    return consents.ask_consent(request.caller, request.body, request.key)


@api.operation(
    "PUT", "/v1/consents/{consent}/closing", process=28, versioned=True, body=Closing,
    answer=schemas.ConsentView, errors=(NotFound, ChangedMeanwhile),
)  # fmt: skip
def close_consent(request: Request[Closing, None]) -> schemas.ConsentView:
    """Take no more answers, or take them again"""
    return consents.close_consent(request.caller, request.id("consent"), request.body, request.version)


@api.operation(
    "GET", "/v1/groups/{group}/consents", process=28, query=PageQuery, answer=schemas.ConsentPage,
    errors=(NotFound,),
)  # fmt: skip
def list_group_consents(request: Request[None, PageQuery]) -> schemas.ConsentPage:
    """What the homes of a group have been asked"""
    return consents.list_group_consents(request.caller, GroupId(request.id("group")), request.query)


@api.operation(
    "GET", "/v1/consents/{consent}/statistics", process=28, answer=schemas.StatisticsView, errors=(NotFound,)
)
def read_consent_statistics(request: Request[None, None]) -> schemas.StatisticsView:
    """How the homes have answered, by group"""
    return consents.read_consent_statistics(request.caller, request.id("consent"))


@api.operation(
    "GET", "/v1/consents/{consent}/groups/{group}", process=28, query=schemas.FollowUpQuery,
    answer=schemas.FollowUpPage, errors=(NotFound,),
)  # fmt: skip
def list_consent_answers(request: Request[None, schemas.FollowUpQuery]) -> schemas.FollowUpPage:
    """A group's pupils and what holds for each"""
    group = GroupId(request.id("group"))
    return consents.list_consent_answers(request.caller, request.id("consent"), group, request.query)


@api.operation("GET", "/v1/consents", process=28, query=PageQuery, answer=schemas.OwnConsentPage)
def list_consents(request: Request[None, PageQuery]) -> schemas.OwnConsentPage:
    """What the caller is asked about their children"""
    return answers.list_consents(request.caller, request.query)


@api.operation(
    "GET", "/v1/pupils/{pupil}/consents/{consent}", process=28, answer=schemas.AnswersView,
    errors=(NotFound,),
)  # fmt: skip
def read_consent(request: Request[None, None]) -> schemas.AnswersView:
    """What the caller has answered about a child, and what holds"""
    pupil = PersonId(request.id("pupil"))
    return answers.read_consent(request.caller, pupil, request.id("consent"))


@api.operation(
    "PUT", "/v1/pupils/{pupil}/consents/{consent}", process=28, body=schemas.NewAnswer,
    answer=schemas.AnswersView,
    errors=(NotFound, ChangedMeanwhile, DeadlinePassed, rules.NothingToWithdraw),
)  # fmt: skip
def answer_consent(request: Request[schemas.NewAnswer, None]) -> schemas.AnswersView:
    """Say yes or no, or take a yes back"""
    pupil = PersonId(request.id("pupil"))
    return answers.answer_consent(request.caller, pupil, request.id("consent"), request.body)


@on.on_facts(
    ConsentDue.type, process=28, timeout=120, batch=1, runbook="notices",
    meaning="Hem får inte veta att skolan frågar om samtycke. Frågan syns när de loggar in.",
)  # fmt: skip
def tell_about_consent(envelope: Envelope) -> None:
    """Tell homes of a question, or remind those who have not answered."""
    consents.tell_about_consent(ConsentDue.model_validate(envelope.data))
