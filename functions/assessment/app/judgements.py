"""Rounds of written assessments and the assessments (process 30)."""

from __future__ import annotations

from functions.assessment.app.base import api, on
from functions.assessment.app.notes import subject_of
from functions.assessment.domain import judgements as rules
from functions.assessment.domain import rounds as round_rules
from functions.assessment.domain.levels import UnknownLevel
from functions.assessment.events import TellingAsked
from functions.assessment.schemas import judgements as schemas
from functions.assessment.schemas.common import PageQuery
from functions.assessment.usecases import judgements, rounds
from skolkit.cursor import BadCursor
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.events import Envelope
from skolkit.http import Request
from skolkit.types import GroupId, PersonId, UnitId


@api.operation(
    "POST", "/v1/units/{unit}/rounds", process=30, status=201, keyed=True,
    body=schemas.NewRound, answer=schemas.RoundView,
    errors=(NotFound, round_rules.WrongSpan, round_rules.YearNotOfForm),
)  # fmt: skip
def open_assessment_round(request: Request[schemas.NewRound, None]) -> schemas.RoundView:
    """Open a round of written assessments at a unit"""
    assert request.key
    return rounds.open_assessment_round(request.caller, UnitId(request.id("unit")), request.body, request.key)


@api.operation(
    "PUT", "/v1/units/{unit}/rounds/{round}", process=30, versioned=True,
    body=schemas.NewRound, answer=schemas.RoundView,
    errors=(
        NotFound, ChangedMeanwhile, round_rules.RoundPublished, round_rules.WrongSpan,
        round_rules.YearNotOfForm,
    ),
)  # fmt: skip
def change_assessment_round(request: Request[schemas.NewRound, None]) -> schemas.RoundView:
    """Change a round of written assessments before it is published"""
    unit, round = UnitId(request.id("unit")), request.id("round")
    return rounds.change_assessment_round(request.caller, unit, round, request.body, request.version)


@api.operation(
    "GET", "/v1/units/{unit}/rounds", process=30,
    query=PageQuery, answer=schemas.RoundPage, errors=(NotFound, BadCursor),
)  # fmt: skip
def list_assessment_rounds(request: Request[None, PageQuery]) -> schemas.RoundPage:
    """A unit's rounds of written assessments, the newest first"""
    return rounds.list_assessment_rounds(request.caller, UnitId(request.id("unit")), request.query)


@api.operation(
    "POST", "/v1/units/{unit}/rounds/{round}/publication", process=30, keyed=True,
    body=schemas.NewPublication, answer=schemas.RoundView,
    errors=(
        NotFound, ChangedMeanwhile, round_rules.RoundPublished, round_rules.NotWhole, round_rules.NotAhead,
    ),
)  # fmt: skip
def publish_assessments(request: Request[schemas.NewPublication, None]) -> schemas.RoundView:
    """Let all homes read a round's assessments, now or from a moment on"""
    assert request.key
    unit, round = UnitId(request.id("unit")), request.id("round")
    return rounds.publish_assessments(request.caller, unit, round, request.body, request.key)


@api.operation(
    "GET", "/v1/units/{unit}/rounds/{round}/missing", process=30,
    query=PageQuery, answer=schemas.MissingPage, errors=(NotFound, BadCursor),
)  # fmt: skip
def list_missing_assessments(request: Request[None, PageQuery]) -> schemas.MissingPage:
    """What is missing in a round, by class, subject and teacher"""
    unit, round = UnitId(request.id("unit")), request.id("round")
    return rounds.list_missing_assessments(request.caller, unit, round, request.query)


@api.operation(
    "GET", "/v1/me/missing-assessments", process=30,
    query=PageQuery, answer=schemas.MissingPage, errors=(BadCursor,),
)  # fmt: skip
def list_my_missing_assessments(request: Request[None, PageQuery]) -> schemas.MissingPage:
    """What one has left to assess"""
    return rounds.list_my_missing_assessments(request.caller, request.query)


@api.operation(
    "PUT", "/v1/pupils/{pupil}/rounds/{round}/judgements/{subject}", process=30, versioned=True,
    body=schemas.NewJudgement, answer=schemas.JudgementView,
    errors=(
        NotFound, ChangedMeanwhile, UnknownLevel, round_rules.RoundNotBegun, rules.NotInRound,
        rules.NotYourSubject, rules.NotReady, rules.DraftTooLate, rules.ReasonMissing,
    ),
)  # fmt: skip
def save_judgement(request: Request[schemas.NewJudgement, None]) -> schemas.JudgementView:
    """Write a pupil's assessment in a subject, as a draft or ready"""
    pupil, round, subject = PersonId(request.id("pupil")), request.id("round"), subject_of(request.path)
    return judgements.save_judgement(request.caller, pupil, round, subject, request.body, request.version)


@api.operation(
    "GET", "/v1/pupils/{pupil}/rounds/{round}/judgements/{subject}", process=30,
    answer=schemas.WorkView, errors=(NotFound, rules.NotInRound),
)  # fmt: skip
def read_judgement(request: Request[None, None]) -> schemas.WorkView:
    """What a teacher writes an assessment from: how it is, what was noted and what that suggests"""
    pupil, round = PersonId(request.id("pupil")), request.id("round")
    return judgements.read_judgement(request.caller, pupil, round, subject_of(request.path))


@api.operation(
    "GET", "/v1/groups/{group}/rounds/{round}/judgements", process=30,
    query=schemas.SheetQuery, answer=schemas.SheetView, errors=(NotFound,),
)  # fmt: skip
def list_group_judgements(request: Request[None, schemas.SheetQuery]) -> schemas.SheetView:
    """How far a group's assessments in a subject are"""
    group, round = GroupId(request.id("group")), request.id("round")
    return judgements.list_group_judgements(request.caller, group, round, request.query)


@api.operation(
    "GET", "/v1/pupils/{pupil}/assessments", process=30,
    query=PageQuery, answer=schemas.PublishedPage, errors=(NotFound, BadCursor),
)  # fmt: skip
def list_assessments(request: Request[None, PageQuery]) -> schemas.PublishedPage:
    """A pupil's written assessments, those of the newest round first; for the home what is published"""
    return judgements.list_assessments(request.caller, PersonId(request.id("pupil")), request.query)


@api.operation("PUT", "/v1/pupils/{pupil}/rounds/{round}/receipt", process=30, status=204, errors=(NotFound,))
def mark_assessments_read(request: Request[None, None]) -> None:
    """Say that one has read a pupil's published assessments"""
    judgements.mark_assessments_read(request.caller, PersonId(request.id("pupil")), request.id("round"))


@api.operation(
    "GET", "/v1/pupils/{pupil}/rounds/{round}/receipts", process=30,
    answer=schemas.ReceiptsView, errors=(NotFound,),
)  # fmt: skip
def list_assessment_receipts(request: Request[None, None]) -> schemas.ReceiptsView:
    """Who of the home has read a pupil's published assessments"""
    pupil, round = PersonId(request.id("pupil")), request.id("round")
    return judgements.list_assessment_receipts(request.caller, pupil, round)


@on.on_schedule(
    "cron(0/5 * * * ? *)", process=30, timeout=60,
    meaning="Hemmen får inte besked om att omdömen är publicerade; de syns ändå när man loggar in.",
)  # fmt: skip
def tell_of_publications() -> None:
    """Every five minutes: have the homes of rounds that may be read by now be told."""
    rounds.tell_of_publications()


@on.on_facts(
    TellingAsked.type, process=30, timeout=900, batch=1,
    meaning="Hemmen får inte besked om att omdömen är publicerade; de syns ändå när man loggar in.",
)  # fmt: skip
def tell_of_assessments(envelope: Envelope) -> None:
    """Tell the homes of a round that assessments are published."""
    rounds.tell_of_assessments(TellingAsked.model_validate(envelope.data))
