"""Changing and leaving school (process 8)."""

from __future__ import annotations

from functions.register.app.base import SEALS, api, on
from functions.register.domain import enrolment as rules
from functions.register.domain import handover as handover_rules
from functions.register.domain import leaving as leaving_rules
from functions.register.domain import notices as notice_rules
from functions.register.domain import school_forms
from functions.register.events import HandoverAsked, InquiryTold, NoticeDrawnUp, PersonMoved, PersonProtected
from functions.register.schemas import leaving as leaving_schemas
from functions.register.usecases import (
    handover,
    leaving,
    notices,
    transfers,
)
from skolkit.cursor import BadCursor
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.events import Envelope
from skolkit.http import Request
from skolkit.jobs import JobView
from skolkit.types import PersonId

_PLACING = (
    rules.UnknownUnit, rules.ClosedUnit, rules.EndsBeforeStart, rules.BeforeBirth, rules.AlreadyEnrolled,
    school_forms.YearMissing, school_forms.YearNotOfForm, school_forms.StudyPathMissing,
)  # fmt: skip
_TRANSFERRING = (
    *_PLACING, rules.AlreadyCancelled, rules.OutsideEnrolment, leaving_rules.AlreadyDecided,
    leaving_rules.SameUnit, leaving_rules.TransferGap, leaving_rules.TransferOverlap,
)  # fmt: skip


@api.operation(
    "GET", "/v1/matters", process=8,
    query=leaving_schemas.MattersQuery, answer=leaving_schemas.WaitingPage, errors=(NotFound, BadCursor),
)  # fmt: skip
def list_matters(request: Request[None, leaving_schemas.MattersQuery]) -> leaving_schemas.WaitingPage:
    """What waits: cases to decide, transfers to answer, notices to send"""
    return leaving.list_matters(request.caller, request.query)


@api.operation(
    "GET", "/v1/persons/{person}/leavings", process=8, answer=leaving_schemas.MattersView, errors=(NotFound,)
)
def list_leavings(request: Request[None, None]) -> leaving_schemas.MattersView:
    """A pupil's leaving cases, transfers and notices"""
    return notices.list_leavings(request.caller, PersonId(request.id("person")))


@api.operation(
    "POST", "/v1/persons/{person}/leavings", process=8, status=201, keyed=True,
    body=leaving_schemas.NewLeaving, answer=leaving_schemas.LeavingView,
    errors=(NotFound, ChangedMeanwhile, leaving_rules.AlreadyLeft),
)  # fmt: skip
def leave_school(request: Request[leaving_schemas.NewLeaving, None]) -> leaving_schemas.LeavingView:
    """Let a pupil leave the municipality's schools with a last day"""
    assert request.key
    return leaving.leave_school(request.caller, PersonId(request.id("person")), request.body, request.key)


@api.operation(
    "PUT", "/v1/persons/{person}/leavings/{leaving}", process=8, versioned=True,
    body=leaving_schemas.LeavingDecision, answer=leaving_schemas.LeavingView,
    errors=(
        NotFound, ChangedMeanwhile, leaving_rules.AlreadyDecided, leaving_rules.AlreadyLeft,
        leaving_rules.DecisionIncomplete,
    ),
)  # fmt: skip
def decide_leaving(request: Request[leaving_schemas.LeavingDecision, None]) -> leaving_schemas.LeavingView:
    """Decide whether a pupil who moved leaves or keeps the place"""
    person, which = PersonId(request.id("person")), request.id("leaving")
    return leaving.decide_leaving(request.caller, person, which, request.body, request.version)


@api.operation(
    "GET", "/v1/persons/{person}/leavings/{leaving}/certificate", process=8,
    answer=leaving_schemas.CertificateView, errors=(NotFound,),
)  # fmt: skip
def read_certificate(request: Request[None, None]) -> leaving_schemas.CertificateView:
    """The register's part of a leaving certificate"""
    return leaving.read_certificate(request.caller, PersonId(request.id("person")), request.id("leaving"))


@api.operation(
    "POST", "/v1/persons/{person}/transfers", process=8, status=201, keyed=True,
    body=leaving_schemas.NewTransfer, answer=leaving_schemas.TransferView,
    errors=(NotFound, ChangedMeanwhile, *_TRANSFERRING),
)  # fmt: skip
def ask_transfer(request: Request[leaving_schemas.NewTransfer, None]) -> leaving_schemas.TransferView:
    """Let a pupil change to another of the municipality's units"""
    assert request.key
    return transfers.ask_transfer(request.caller, PersonId(request.id("person")), request.body, request.key)


@api.operation(
    "PUT", "/v1/persons/{person}/transfers/{transfer}", process=8, versioned=True,
    body=leaving_schemas.TransferAnswer, answer=leaving_schemas.TransferView,
    errors=(NotFound, ChangedMeanwhile, *_TRANSFERRING),
)  # fmt: skip
def answer_transfer(request: Request[leaving_schemas.TransferAnswer, None]) -> leaving_schemas.TransferView:
    """Accept or decline a pupil from another unit"""
    person, which = PersonId(request.id("person")), request.id("transfer")
    return transfers.answer_transfer(request.caller, person, which, request.body, request.version)


@api.operation(
    "PUT", "/v1/persons/{person}/notices/{notice}", process=8, versioned=True,
    body=leaving_schemas.NoticeMark, answer=leaving_schemas.NoticeView,
    errors=(
        NotFound, ChangedMeanwhile, notice_rules.AlreadyMarked, notice_rules.ChannelMissing,
        notice_rules.NotSentYet,
    ),
)  # fmt: skip
def mark_notice(request: Request[leaving_schemas.NoticeMark, None]) -> leaving_schemas.NoticeView:
    """Note that a notice was sent, and how, or acknowledged"""
    person, which = PersonId(request.id("person")), request.id("notice")
    return notices.mark_notice(request.caller, person, which, request.body, request.version)


@api.operation(
    "POST", "/v1/persons/{person}/notices/{notice}/link", process=8,
    query=leaving_schemas.DocumentQuery, answer=leaving_schemas.LinkView,
    errors=(NotFound, notice_rules.NotWrittenYet),
)  # fmt: skip
def link_notice(request: Request[None, leaving_schemas.DocumentQuery]) -> leaving_schemas.LinkView:
    """A link to a notice's letter, good for five minutes"""
    person, which = PersonId(request.id("person")), request.id("notice")
    return notices.link_notice(request.caller, person, which, request.query.kind)


@api.operation(
    "POST", "/v1/persons/{person}/handovers", process=8, status=202, keyed=True,
    body=leaving_schemas.NewHandover, answer=JobView,
    errors=(NotFound, handover_rules.DecisionNeeded, handover_rules.NotLeft),
)  # fmt: skip
def ask_handover(request: Request[leaving_schemas.NewHandover, None]) -> JobView:
    """Have the package for the next school made"""
    assert request.key
    return handover.ask_handover(request.caller, PersonId(request.id("person")), request.body, request.key)


@api.operation("GET", "/v1/persons/{person}/handovers/{job}", process=8, answer=JobView, errors=(NotFound,))
def read_handover(request: Request[None, None]) -> JobView:
    """How far the package for the next school has come"""
    return handover.read_handover(request.caller, PersonId(request.id("person")), request.id("job"))


@api.operation(
    "POST", "/v1/persons/{person}/handovers/{job}/link", process=8,
    query=leaving_schemas.DocumentQuery, answer=leaving_schemas.LinkView,
    errors=(NotFound, handover_rules.NotReady),
)  # fmt: skip
def link_handover(request: Request[None, leaving_schemas.DocumentQuery]) -> leaving_schemas.LinkView:
    """A link to the package or its summary, good for five minutes"""
    person, job = PersonId(request.id("person")), request.id("job")
    return handover.link_handover(request.caller, person, job, request.query.kind)


@on.on_facts(
    "register.PersonMoved.v1",
    process=8,
    meaning="Elever som har flyttat från kommunen får inget ärende att avgöra.",
)
def open_leaving(envelope: Envelope) -> None:
    """Open a leaving case for a pupil who has moved out of the municipality."""
    leaving.open_leaving(PersonMoved.model_validate(envelope.data), envelope.id)


@on.on_facts(
    "attendance.InquiryOpened.v1",
    process=23,
    meaning="Hemkommuner får inte veta att en elevs frånvaro utreds (skollagen 7:22, 15:15).",
)
def tell_of_inquiry(envelope: Envelope) -> None:
    """Draw up the notice to another home municipality that a pupil's absence is investigated."""
    notices.tell_of_inquiry(InquiryTold.model_validate(envelope.data))


@on.on_facts(
    "register.NoticeDrawnUp.v1",
    process=8,
    uses=("s3:PutObject papers",),
    meaning="Underrättelser till hemkommun och nästa huvudman blir inte skrivna.",
)
def write_notice(envelope: Envelope) -> None:
    """Write the documents of a notice."""
    notices.write_notice(NoticeDrawnUp.model_validate(envelope.data))


@on.on_facts(
    PersonProtected.type,
    process=8,
    timeout=120,
    uses=(*SEALS, "s3:DeleteObject papers", "s3:ListBucket papers", "s3:PutObject papers"),
    meaning="Brev och överlämningar om en elev som fått skyddade personuppgifter visar ännu vem det är.",
)
def hide_papers(envelope: Envelope) -> None:
    """Take a pupil who has become protected out of the papers."""
    notices.hide_papers(PersonProtected.model_validate(envelope.data).person)


@on.on_facts(
    "register.HandoverAsked.v1",
    process=8,
    timeout=900,
    batch=1,
    uses=("s3:PutObject papers",),
    meaning="Överlämningar till nästa skola blir inte gjorda.",
)
def write_handover(envelope: Envelope) -> None:
    """Make a hand-over package."""
    handover.write_handover(HandoverAsked.model_validate(envelope.data))
