"""Reports of upper-secondary pupils' invalid absence to CSN (process 24)."""

from __future__ import annotations

from functions.attendance.app.base import api, on
from functions.attendance.domain import csn as rules
from functions.attendance.events import CsnSweepAsked, LessonReported
from functions.attendance.schemas import csn as schemas
from functions.attendance.usecases import csn, exports
from skolkit.cursor import BadCursor
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.events import Envelope
from skolkit.http import Request
from skolkit.jobs import JobView
from skolkit.types import PersonId, UnitId


@on.on_schedule(
    "cron(0 4 1-5 * ? *)", process=24, timeout=60,
    meaning="Genomgången av gymnasieelevers ogiltiga frånvaro har inte startat: CSN-ärenden saknas.",
)  # fmt: skip
def ask_csn_sweep() -> None:
    """On the first five days of a month: start going through the month before."""
    csn.ask_sweep()


@on.on_facts(
    CsnSweepAsked.type, process=24, timeout=900, batch=1,
    meaning="Genomgången av gymnasieelevers ogiltiga frånvaro är inte klar: CSN-ärenden saknas.",
)  # fmt: skip
def run_csn_sweep(envelope: Envelope) -> None:
    """Propose reports of last month's repeated absence."""
    csn.run_sweep(CsnSweepAsked.model_validate(envelope.data))


@on.on_facts(
    LessonReported.type, process=24, timeout=120,
    meaning="CSN-ärenden följer inte närvaro som har rättats i efterhand.",
)  # fmt: skip
def review_csn(envelope: Envelope) -> None:
    """Follow corrected attendance of a past month."""
    csn.review_lesson(LessonReported.model_validate(envelope.data))


@api.operation(
    "GET", "/v1/units/{unit}/csn-cases", process=24,
    query=schemas.CsnQuery, answer=schemas.CsnPage, errors=(NotFound, BadCursor),
)  # fmt: skip
def list_csn_cases(request: Request[None, schemas.CsnQuery]) -> schemas.CsnPage:
    """A unit's cases of repeated invalid absence of a month"""
    return csn.list_csn_cases(request.caller, UnitId(request.id("unit")), request.query)


@api.operation(
    "GET", "/v1/pupils/{pupil}/csn-cases/{month}", process=24, answer=schemas.CsnCaseView, errors=(NotFound,)
)
def read_csn_case(request: Request[None, None]) -> schemas.CsnCaseView:
    """A case with its lessons and decisions"""
    return csn.read_csn_case(request.caller, PersonId(request.id("pupil")), request.path["month"])


@api.operation(
    "PUT", "/v1/pupils/{pupil}/csn-cases/{month}/decision", process=24, versioned=True,
    body=schemas.CsnDecision, answer=schemas.CsnState,
    errors=(
        NotFound, ChangedMeanwhile, rules.NothingToDecide, rules.NothingToReport, rules.ReasonMissing,
    ),
)  # fmt: skip
def decide_csn_case(request: Request[schemas.CsnDecision, None]) -> schemas.CsnState:
    """Decide to report a pupil's absence to CSN, or to refrain"""
    pupil, month = PersonId(request.id("pupil")), request.path["month"]
    return csn.decide_csn_case(request.caller, pupil, month, request.body, request.version)


@api.operation(
    "PUT", "/v1/pupils/{pupil}/csn-cases/{month}/full-time", process=24, versioned=True,
    body=schemas.FullTime, answer=schemas.CsnState,
    errors=(NotFound, ChangedMeanwhile, rules.NotReported, rules.NotAfterTheAbsence),
)  # fmt: skip
def report_full_time(request: Request[schemas.FullTime, None]) -> schemas.CsnState:
    """Tell that a reported pupil studies full time again"""
    pupil, month = PersonId(request.id("pupil")), request.path["month"]
    return csn.report_full_time(request.caller, pupil, month, request.body, request.version)


@api.operation(
    "POST", "/v1/units/{unit}/csn-files", process=24, status=202, keyed=True,
    body=schemas.NewCsnFile, answer=JobView, errors=(NotFound,),
)  # fmt: skip
def export_csn(request: Request[schemas.NewCsnFile, None]) -> JobView:
    """Ask for the file of a month's approved reports"""
    assert request.key
    return exports.export_csn(request.caller, UnitId(request.id("unit")), request.body, request.key)
