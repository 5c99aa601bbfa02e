"""The investigation of absence (process 23): suggestions, cases, what the home sees, thresholds."""

from __future__ import annotations

from functions.attendance.app.base import api, on
from functions.attendance.domain import inquiry as rules
from functions.attendance.domain import inquiry_paper as papers
from functions.attendance.domain import suggestions as suggesting
from functions.attendance.events import InquiryPaperAsked, InquiryWatchAsked, PersonProtected, PupilPlaced
from functions.attendance.schemas import inquiry as schemas
from functions.attendance.schemas.common import PageQuery
from functions.attendance.usecases import inquiry, inquiry_night, inquiry_papers, suggestions
from skolkit.clock import today
from skolkit.cursor import BadCursor
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.events import Envelope
from skolkit.http import Request
from skolkit.types import PersonId, UnitId


@on.on_schedule(
    "cron(45 3 * * ? *)", process=23, timeout=60,
    meaning="Nattens bevakning av frånvaro har inte startat: elever med oroande frånvaro upptäcks inte.",
)  # fmt: skip
def watch_absence() -> None:
    """Every night: start the look at every pupil's absence."""
    inquiry_night.ask_absence_watch()


@on.on_facts(
    InquiryWatchAsked.type, process=23, timeout=900, batch=1,
    meaning="Nattens bevakning av frånvaro är inte klar: elever med oroande frånvaro upptäcks inte.",
)  # fmt: skip
def run_absence_watch(envelope: Envelope) -> None:
    """Suggest whose absence should be looked into."""
    inquiry_night.run_absence_watch(InquiryWatchAsked.model_validate(envelope.data))


@on.on_schedule(
    "cron(0 7 * * ? *)", process=23,
    meaning="Påminnelser om uppföljning av frånvaroutredningar har inte gått ut.",
)  # fmt: skip
def remind_of_follow_ups() -> None:
    """Every morning: remind of what is to be followed up today, and of yesterday's that is not noted."""
    inquiry.remind_of_follow_ups(today())


@on.on_facts(
    "register.PupilEnrolled.v1", "register.EnrolmentEnded.v1", process=23,
    meaning="Frånvaroutredningar för elever som bytt skola är kvar vid den gamla skolan till nästa natt.",
)  # fmt: skip
def follow_pupil(envelope: Envelope) -> None:
    """Let a pupil's investigation follow to the new school, or end."""
    inquiry_night.follow_pupil(PupilPlaced.model_validate(envelope.data).pupil)


@on.on_facts(
    InquiryPaperAsked.type, process=23, timeout=120, memory=1024, layers=("documents",),
    uses=("s3:PutObject papers",),
    meaning="Dokument ur frånvaroutredningar blir inte skrivna.",
)  # fmt: skip
def write_inquiry_paper(envelope: Envelope) -> None:
    """Write a paper of an investigation."""
    inquiry_papers.write_inquiry_paper(InquiryPaperAsked.model_validate(envelope.data))


@on.on_facts(
    "register.PersonProtected.v1", process=23, timeout=120, uses=("s3:DeleteObject papers",),
    meaning="Dokument ur utredningar om en elev som fått skyddade personuppgifter visar ännu vem det är.",
)  # fmt: skip
def hide_inquiry_papers(envelope: Envelope) -> None:
    """Take away the papers that name a pupil who has become protected."""
    inquiry_papers.hide_inquiry_papers(PersonProtected.model_validate(envelope.data).person)


@api.operation(
    "GET", "/v1/units/{unit}/inquiry-rules", process=23, answer=schemas.RulesView, errors=(NotFound,)
)
def read_inquiry_rules(request: Request[None, None]) -> schemas.RulesView:
    """When absence is to be looked into at a unit"""
    return suggestions.read_inquiry_rules(request.caller, UnitId(request.id("unit")))


@api.operation(
    "PUT", "/v1/units/{unit}/inquiry-rules", process=23, versioned=True,
    body=schemas.NewThresholds, answer=schemas.RulesView,
    errors=(NotFound, ChangedMeanwhile, suggesting.RulesPassed),
)  # fmt: skip
def change_inquiry_rules(request: Request[schemas.NewThresholds, None]) -> schemas.RulesView:
    """Give a unit thresholds of its own from a day on"""
    unit = UnitId(request.id("unit"))
    return suggestions.change_inquiry_rules(request.caller, unit, request.body, request.version)


@api.operation(
    "GET", "/v1/units/{unit}/inquiry-suggestions", process=23,
    query=PageQuery, answer=schemas.SuggestionPage, errors=(NotFound, BadCursor),
)  # fmt: skip
def list_inquiry_suggestions(request: Request[None, PageQuery]) -> schemas.SuggestionPage:
    """Pupils whose absence should be looked into, not decided on"""
    unit = UnitId(request.id("unit"))
    return suggestions.list_inquiry_suggestions(request.caller, unit, request.query)


@api.operation(
    "GET", "/v1/units/{unit}/inquiries", process=23,
    query=PageQuery, answer=schemas.InquiryPage, errors=(NotFound, BadCursor),
)  # fmt: skip
def list_inquiries(request: Request[None, PageQuery]) -> schemas.InquiryPage:
    """A unit's open investigations of absence"""
    return inquiry.list_inquiries(request.caller, UnitId(request.id("unit")), request.query)


@api.operation(
    "GET", "/v1/units/{unit}/inquiry-counts", process=23, answer=schemas.InquiryCounts, errors=(NotFound,)
)
def count_inquiries(request: Request[None, None]) -> schemas.InquiryCounts:
    """How many suggestions and investigations there are at a unit"""
    return suggestions.count_inquiries(request.caller, UnitId(request.id("unit")))


@api.operation(
    "GET", "/v1/me/inquiries", process=23,
    query=PageQuery, answer=schemas.InquiryPage, errors=(NotFound, BadCursor),
)  # fmt: skip
def list_my_inquiries(request: Request[None, PageQuery]) -> schemas.InquiryPage:
    """The open investigations that one works on"""
    return inquiry.list_my_inquiries(request.caller, request.query)


@api.operation(
    "POST", "/v1/pupils/{pupil}/inquiry-suggestions", process=23, status=201, keyed=True,
    answer=schemas.SuggestionState, errors=(NotFound, ChangedMeanwhile, suggesting.AlreadySuggested),
)  # fmt: skip
def propose_inquiry(request: Request[None, None]) -> schemas.SuggestionState:
    """Propose an investigation of a pupil's absence"""
    assert request.key
    return suggestions.propose_inquiry(request.caller, PersonId(request.id("pupil")), request.key)


@api.operation(
    "POST", "/v1/pupils/{pupil}/inquiry-suggestions/{suggestion}/dismissal", process=23, keyed=True,
    body=schemas.NewDismissal, answer=schemas.SuggestionState,
    errors=(NotFound, ChangedMeanwhile, suggesting.SuggestionDecided),
)  # fmt: skip
def dismiss_suggestion(request: Request[schemas.NewDismissal, None]) -> schemas.SuggestionState:
    """Decide that a suggestion leads to no investigation"""
    assert request.key
    pupil, which = PersonId(request.id("pupil")), request.id("suggestion")
    return suggestions.dismiss_suggestion(request.caller, pupil, which, request.body, request.key)


@api.operation(
    "POST", "/v1/pupils/{pupil}/inquiries", process=23, status=201, keyed=True,
    body=schemas.NewInquiry, answer=schemas.InquiryState,
    errors=(NotFound, ChangedMeanwhile, rules.InquiryIsOpen, rules.NotOfTheUnit),
)  # fmt: skip
def open_inquiry(request: Request[schemas.NewInquiry, None]) -> schemas.InquiryState:
    """Open an investigation of a pupil's absence"""
    assert request.key
    return inquiry.open_inquiry(request.caller, PersonId(request.id("pupil")), request.body, request.key)


@api.operation(
    "GET", "/v1/pupils/{pupil}/inquiries", process=23, answer=schemas.PupilInquiries, errors=(NotFound,)
)
def list_pupil_inquiries(request: Request[None, None]) -> schemas.PupilInquiries:
    """All that has been suggested and investigated about a pupil"""
    return inquiry.list_pupil_inquiries(request.caller, PersonId(request.id("pupil")))


@api.operation(
    "GET", "/v1/pupils/{pupil}/shared-inquiries", process=23,
    answer=schemas.SharedInquiries, errors=(NotFound,),
)  # fmt: skip
def read_shared_inquiries(request: Request[None, None]) -> schemas.SharedInquiries:
    """What the school has shared with the home of a pupil's investigations"""
    return inquiry.read_shared_inquiries(request.caller, PersonId(request.id("pupil")))


@api.operation("GET", "/v1/inquiries/{inquiry}", process=23, answer=schemas.InquiryView, errors=(NotFound,))
def read_inquiry(request: Request[None, None]) -> schemas.InquiryView:
    """An investigation with its notes"""
    return inquiry.read_inquiry(request.caller, request.id("inquiry"))


@api.operation(
    "PUT", "/v1/inquiries/{inquiry}/team", process=23, versioned=True,
    body=schemas.Team, answer=schemas.InquiryState,
    errors=(NotFound, ChangedMeanwhile, rules.InquiryIsClosed, rules.NotOfTheUnit),
)  # fmt: skip
def assign_inquiry(request: Request[schemas.Team, None]) -> schemas.InquiryState:
    """Give an investigation to a handler and a team"""
    return inquiry.assign_inquiry(request.caller, request.id("inquiry"), request.body, request.version)


@api.operation(
    "POST", "/v1/inquiries/{inquiry}/notes", process=23, status=201, keyed=True,
    body=schemas.NewNote, answer=schemas.InquiryState,
    errors=(
        NotFound, ChangedMeanwhile, rules.InquiryIsClosed, rules.CodeNotOfKind, rules.TextNotTaken,
        rules.NotShared, rules.NoSuchFollowUp,
    ),
)  # fmt: skip
def add_inquiry_note(request: Request[schemas.NewNote, None]) -> schemas.InquiryState:
    """Note a step, a meeting, a finding, a measure or a follow-up"""
    assert request.key
    return inquiry.add_inquiry_note(request.caller, request.id("inquiry"), request.body, request.key)


@api.operation(
    "POST", "/v1/inquiries/{inquiry}/closing", process=23, keyed=True,
    body=schemas.NewClosing, answer=schemas.InquiryState,
    errors=(NotFound, ChangedMeanwhile, rules.InquiryIsClosed),
)  # fmt: skip
def close_inquiry(request: Request[schemas.NewClosing, None]) -> schemas.InquiryState:
    """Close an investigation with what it led to"""
    assert request.key
    return inquiry.close_inquiry(request.caller, request.id("inquiry"), request.body, request.key)


@api.operation(
    "POST", "/v1/inquiries/{inquiry}/papers", process=23, status=202, keyed=True,
    body=schemas.NewPaper, answer=schemas.PaperView,
    errors=(NotFound, ChangedMeanwhile, papers.TooManyPapers),
)  # fmt: skip
def make_inquiry_paper(request: Request[schemas.NewPaper, None]) -> schemas.PaperView:
    """Have a PDF made of an investigation, or of the home's part"""
    assert request.key
    return inquiry_papers.make_inquiry_paper(request.caller, request.id("inquiry"), request.body, request.key)


@api.operation(
    "POST", "/v1/inquiries/{inquiry}/papers/{paper}/link", process=23, answer=schemas.PaperLink,
    errors=(NotFound, papers.PaperGone, papers.PaperNotReady),
)  # fmt: skip
def link_inquiry_paper(request: Request[None, None]) -> schemas.PaperLink:
    """A link to a paper of an investigation, good for five minutes"""
    return inquiry_papers.link_inquiry_paper(request.caller, request.id("inquiry"), request.id("paper"))
