"""The notice of unexcused absence the same day (process 21)."""

from __future__ import annotations

from functions.attendance.app.base import api, on
from functions.attendance.domain.gaps import AlreadyReached
from functions.attendance.events import LessonReported, NoticeAnswered
from functions.attendance.schemas import notices as schemas
from functions.attendance.schemas.common import DayQuery
from functions.attendance.usecases import calls, notices
from skolkit.clock import today
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.events import Envelope
from skolkit.http import Request
from skolkit.types import UnitId


@api.operation(
    "GET", "/v1/units/{unit}/evening-sweep", process=21,
    query=DayQuery, answer=schemas.SweepView, errors=(NotFound,),
)  # fmt: skip
def read_sweep(request: Request[None, DayQuery]) -> schemas.SweepView:
    """What the evening sweep found at a unit"""
    return notices.read_sweep(request.caller, UnitId(request.id("unit")), request.query.day or today())


@api.operation(
    "GET", "/v1/units/{unit}/call-list", process=21,
    query=schemas.CallQuery, answer=schemas.CallPage, errors=(NotFound,),
)  # fmt: skip
def list_calls(request: Request[None, schemas.CallQuery]) -> schemas.CallPage:
    """Homes to call at a unit because no notice of absence has reached them"""
    unit, day = UnitId(request.id("unit")), request.query.day or today()
    return calls.list_calls(request.caller, unit, day, request.query)


@api.operation(
    "PUT", "/v1/units/{unit}/call-list/{call}", process=21, versioned=True, query=DayQuery,
    body=schemas.CallOutcome, answer=schemas.CallView, errors=(NotFound, ChangedMeanwhile, AlreadyReached),
)  # fmt: skip
def record_call(request: Request[schemas.CallOutcome, DayQuery]) -> schemas.CallView:
    """Note that a home was called, and whether they were reached"""
    unit, day = UnitId(request.id("unit")), request.query.day or today()
    return calls.record_call(request.caller, unit, day, request.id("call"), request.body, request.version)


@on.on_facts(
    LessonReported.type, process=21, runbook="notices",
    meaning="Vårdnadshavare får inte veta samma dag att deras barn varit borta utan giltigt skäl.",
)  # fmt: skip
def decide_guardian_notices(envelope: Envelope) -> None:
    """Decide which guardians are due a notice about a reported lesson."""
    notices.decide_notices(LessonReported.model_validate(envelope.data))


@on.on_facts(
    "messages.NoticeDelivered.v1", "messages.NoticeFailed.v1", process=21, runbook="notices",
    meaning="Det syns inte om vårdnadshavare har nåtts av underrättelser om frånvaro.",
)  # fmt: skip
def record_notice_outcome(envelope: Envelope) -> None:
    """Remember whether a guardian was reached."""
    notices.record_outcome(NoticeAnswered.model_validate(envelope.data))


@on.on_schedule(
    "cron(30 16,18 ? * MON-FRI *)", process=21, timeout=900, runbook="notices",
    alarms=(notices.WITHOUT_ATTEMPT,),
    meaning="Kvällens kontroll av att alla vårdnadshavare fått besked om ogiltig frånvaro har inte gått.",
)  # fmt: skip
def evening_sweep() -> None:
    """Every school day: find unreported lessons and untold unexcused absence, and see to it."""
    notices.sweep_evening(notices.day_to_sweep())
