"""Table of contents of the register: who people are, who has custody, where they are enrolled, how they
change school (processes 2, 3 and 8).
"""

from __future__ import annotations

from functions.register.domain import enrolment as rules
from functions.register.domain import handover as handover_rules
from functions.register.domain import leaving as leaving_rules
from functions.register.domain import notices as notice_rules
from functions.register.domain import school_forms
from functions.register.domain.enrolment import EnrolmentId
from functions.register.events import HandoverAsked, NoticeDrawnUp, PersonMoved
from functions.register.imports.people import PEOPLE
from functions.register.schemas import enrolment as enrolment_schemas
from functions.register.schemas import leaving as leaving_schemas
from functions.register.schemas.contacts import ContactChange, ContactView
from functions.register.schemas.people import Children, PersonView
from functions.register.usecases import (
    contacts,
    enrolment,
    handover,
    leaving,
    notices,
    people,
    pupils,
    transfers,
)
from skolkit import imports
from skolkit.cursor import BadCursor
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.events import Envelope
from skolkit.http import Api, Request
from skolkit.jobs import JobView
from skolkit.triggers import DroppedFile, Triggers
from skolkit.types import PersonId, UnitId

api = Api("register", "Elever och vårdnadshavare", uses=("kms:Encrypt", "s3:GetObject papers"))
app = api.app
on = Triggers(app)
relay = on.relay_outbox()


@api.operation("GET", "/v1/me/children", process=2, answer=Children)
def list_my_children(request: Request[None, None]) -> Children:
    """The children in the caller's custody"""
    return people.list_my_children(request.caller)


@api.operation("GET", "/v1/persons/{person}", process=2, answer=PersonView, errors=(NotFound,))
def read_person(request: Request[None, None]) -> PersonView:
    """A person and where they go to school"""
    return people.read_person(request.caller, PersonId(request.id("person")))


@api.operation("GET", "/v1/persons/{person}/contacts", process=2, answer=ContactView, errors=(NotFound,))
def read_contacts(request: Request[None, None]) -> ContactView:
    """How a person may be reached"""
    return contacts.read_contacts(request.caller, PersonId(request.id("person")))


@api.operation(
    "PUT", "/v1/persons/{person}/contacts", process=2, versioned=True,
    body=ContactChange, answer=ContactView, errors=(NotFound, ChangedMeanwhile),
)  # fmt: skip
def change_contacts(request: Request[ContactChange, None]) -> ContactView:
    """Set one's own mail, telephone and language"""
    person = PersonId(request.id("person"))
    return contacts.change_contacts(request.caller, person, request.body, request.version)


_PLACING = (
    rules.UnknownUnit, rules.ClosedUnit, rules.EndsBeforeStart, rules.BeforeBirth, rules.AlreadyEnrolled,
    school_forms.YearMissing, school_forms.YearNotOfForm, school_forms.StudyPathMissing,
)  # fmt: skip
_CHANGING = (
    rules.AlreadyCancelled, rules.OutsideEnrolment, rules.EndsBeforeStart, rules.BeforeBirth,
    rules.AlreadyEnrolled, school_forms.YearMissing, school_forms.YearNotOfForm,
    school_forms.StudyPathMissing,
)  # fmt: skip
_TRANSFERRING = (
    *_PLACING, rules.AlreadyCancelled, rules.OutsideEnrolment, leaving_rules.AlreadyDecided,
    leaving_rules.SameUnit, leaving_rules.TransferGap, leaving_rules.TransferOverlap,
)  # fmt: skip


@api.operation(
    "GET", "/v1/persons/{person}/enrolments", process=3, answer=enrolment_schemas.EnrolmentList,
    errors=(NotFound,),
)  # fmt: skip
def list_enrolments(request: Request[None, None]) -> enrolment_schemas.EnrolmentList:
    """A person's enrolments: earlier, present, planned and cancelled"""
    return enrolment.list_enrolments(request.caller, PersonId(request.id("person")))


@api.operation(
    "POST", "/v1/persons/{person}/enrolments", process=3, status=201, keyed=True,
    body=enrolment_schemas.NewEnrolment, answer=enrolment_schemas.EnrolmentView,
    errors=(NotFound, ChangedMeanwhile, *_PLACING),
)  # fmt: skip
def enrol_pupil(request: Request[enrolment_schemas.NewEnrolment, None]) -> enrolment_schemas.EnrolmentView:
    """Enrol a pupil at a school unit"""
    assert request.key
    return enrolment.enrol_pupil(request.caller, PersonId(request.id("person")), request.body, request.key)


@api.operation(
    "PUT", "/v1/persons/{person}/enrolments/{enrolment}", process=3, versioned=True,
    body=enrolment_schemas.EnrolmentChange, answer=enrolment_schemas.ChangedEnrolments,
    errors=(NotFound, ChangedMeanwhile, *_CHANGING),
)  # fmt: skip
def change_enrolment(
    request: Request[enrolment_schemas.EnrolmentChange, None],
) -> enrolment_schemas.ChangedEnrolments:
    """Change year, study path or last day, from a day on or as a correction"""
    person, which = PersonId(request.id("person")), EnrolmentId(request.id("enrolment"))
    return enrolment.change_enrolment(request.caller, person, which, request.body, request.version)


@api.operation(
    "DELETE", "/v1/persons/{person}/enrolments/{enrolment}", process=3, versioned=True,
    answer=enrolment_schemas.ChangedEnrolments,
    errors=(NotFound, ChangedMeanwhile, rules.AlreadyCancelled),
)  # fmt: skip
def cancel_enrolment(request: Request[None, None]) -> enrolment_schemas.ChangedEnrolments:
    """Cancel an enrolment, which stays in the history"""
    person, which = PersonId(request.id("person")), EnrolmentId(request.id("enrolment"))
    return enrolment.cancel_enrolment(request.caller, person, which, request.version)


@api.operation(
    "GET", "/v1/units/{unit}/pupils", process=3,
    query=enrolment_schemas.PupilsQuery, answer=enrolment_schemas.UnitPupils, errors=(NotFound, BadCursor),
)  # fmt: skip
def list_unit_pupils(
    request: Request[None, enrolment_schemas.PupilsQuery],
) -> enrolment_schemas.UnitPupils:
    """A unit's pupils on a day, with guardians if asked for"""
    return pupils.list_unit_pupils(request.caller, UnitId(request.id("unit")), request.query)


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
    "register.NoticeDrawnUp.v1",
    process=8,
    uses=("s3:PutObject papers",),
    meaning="Underrättelser till hemkommun och nästa huvudman blir inte skrivna.",
)
def write_notice(envelope: Envelope) -> None:
    """Write the documents of a notice."""
    notices.write_notice(NoticeDrawnUp.model_validate(envelope.data))


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


@on.on_file(
    "register/persons/",
    process=2,
    uses=("kms:Encrypt",),
    meaning="Elever och vårdnadshavare i den inlämnade filen är inte inlästa. Se rapporten under reports/.",
)
def import_people(file: DroppedFile) -> None:
    """Take a file of people, with custody and enrolments."""
    imports.run(file, PEOPLE)
