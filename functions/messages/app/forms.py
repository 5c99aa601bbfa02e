"""Forms: made by the school, filled in by homes, pupils or staff, followed up (process 28)."""

from __future__ import annotations

from functions.messages.app.base import api, on
from functions.messages.domain import forms as rules
from functions.messages.domain import questions
from functions.messages.domain.audiences import AudienceUnclear, NobodyThere, SeveralUnits
from functions.messages.domain.deadlines import DeadlinePassed
from functions.messages.domain.news import LanguageTwice, UnknownLanguage
from functions.messages.events import FormDue, FormExportAsked
from functions.messages.schemas import forms as schemas
from functions.messages.schemas.common import PageQuery
from functions.messages.usecases import form_answers, form_exports, form_results, forms
from skolkit.cursor import BadCursor
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.events import Envelope
from skolkit.http import Request
from skolkit.jobs import JobView
from skolkit.tables.desk import FileGone
from skolkit.tables.shapes import FileLink
from skolkit.types import PersonId, UnitId

_ASKING = (
    UnknownLanguage, LanguageTwice, questions.QuestionTwice, questions.QuestionUnclear,
    questions.LanguageMissing, questions.ConditionUnclear, questions.TooMuchText,
)  # fmt: skip
_ANSWERING = (
    questions.UnknownQuestion, questions.AnsweredTwice, questions.WrongKindOfAnswer, questions.OutsideBounds,
    questions.NotAsked, questions.AnswerMissing,
)  # fmt: skip


@api.operation(
    "POST", "/v1/forms", process=28, status=201, keyed=True, body=schemas.NewForm, answer=schemas.FormView,
    errors=(
        NotFound, rules.WrongDeadline, rules.WrongRespondents, AudienceUnclear, SeveralUnits, NobodyThere,
        *_ASKING,
    ),
)  # fmt: skip
def draft_form(request: Request[schemas.NewForm, None]) -> schemas.FormView:
    """Make a form to be filled in by homes, pupils or staff"""
    assert request.key
    return forms.draft_form(request.caller, request.body, request.key)


@api.operation("GET", "/v1/forms", process=28, query=PageQuery, answer=schemas.AskedFormPage)
def list_forms(request: Request[None, PageQuery]) -> schemas.AskedFormPage:
    """What the caller is asked to fill in"""
    return form_answers.list_forms(request.caller, request.query)


@api.operation("GET", "/v1/me/forms", process=28, query=PageQuery, answer=schemas.FormPage)
def list_my_forms(request: Request[None, PageQuery]) -> schemas.FormPage:
    """The forms the caller has made, drafts too"""
    return forms.list_my_forms(request.caller, request.query)


@api.operation(
    "GET", "/v1/units/{unit}/forms", process=28, query=PageQuery, answer=schemas.FormPage, errors=(NotFound,)
)
def list_unit_forms(request: Request[None, PageQuery]) -> schemas.FormPage:
    """What has been asked at a unit"""
    return forms.list_unit_forms(request.caller, UnitId(request.id("unit")), request.query)


@api.operation("GET", "/v1/forms/{form}", process=28, answer=schemas.FormView, errors=(NotFound,))
def read_form(request: Request[None, None]) -> schemas.FormView:
    """One form as staff see it"""
    return forms.read_form(request.caller, request.id("form"))


@api.operation(
    "PUT", "/v1/forms/{form}", process=28, versioned=True, body=schemas.FormChange, answer=schemas.FormView,
    errors=(NotFound, ChangedMeanwhile, rules.QuestionsAnswered, rules.WrongMove, *_ASKING),
)  # fmt: skip
def edit_form(request: Request[schemas.FormChange, None]) -> schemas.FormView:
    """Change texts and questions, until somebody has answered"""
    return forms.edit_form(request.caller, request.id("form"), request.body, request.version)


@api.operation(
    "PUT", "/v1/forms/{form}/state", process=28, versioned=True, body=schemas.NewState,
    answer=schemas.FormView, errors=(NotFound, ChangedMeanwhile, rules.WrongMove, rules.WrongDeadline),
)  # fmt: skip
def move_form(request: Request[schemas.NewState, None]) -> schemas.FormView:
    """Publish a form, close it, open it again or withdraw it"""
    return forms.move_form(request.caller, request.id("form"), request.body, request.version)


@api.operation(
    "PUT", "/v1/forms/{form}/deadline", process=28, versioned=True, body=schemas.NewDeadline,
    answer=schemas.FormView, errors=(NotFound, ChangedMeanwhile, rules.WrongDeadline, rules.WrongMove),
)  # fmt: skip
def change_form_deadline(request: Request[schemas.NewDeadline, None]) -> schemas.FormView:
    """Give more or less time to answer"""
    return forms.change_form_deadline(request.caller, request.id("form"), request.body, request.version)


@api.operation(
    "GET", "/v1/people/{person}/forms/{form}", process=28, answer=schemas.FormToAnswer, errors=(NotFound,)
)
def read_form_to_answer(request: Request[None, None]) -> schemas.FormToAnswer:
    """A form to fill in about a child or oneself, and what has been answered"""
    person = PersonId(request.id("person"))
    return form_answers.read_form_to_answer(request.caller, person, request.id("form"))


@api.operation(
    "PUT", "/v1/people/{person}/forms/{form}", process=28, versioned=True, body=schemas.NewAnswers,
    answer=schemas.FormToAnswer,
    errors=(
        NotFound, ChangedMeanwhile, rules.FormClosed, DeadlinePassed, rules.AnsweredTooOften, *_ANSWERING
    ),
)  # fmt: skip
def answer_form(request: Request[schemas.NewAnswers, None]) -> schemas.FormToAnswer:
    """Fill in a form, or fill it in anew"""
    person, form = PersonId(request.id("person")), request.id("form")
    return form_answers.answer_form(request.caller, person, form, request.body, request.version)


@api.operation(
    "GET", "/v1/forms/{form}/statistics", process=28, answer=schemas.FormStatistics, errors=(NotFound,)
)
def read_form_statistics(request: Request[None, None]) -> schemas.FormStatistics:
    """How a form has been answered, question by question"""
    return form_results.read_form_statistics(request.caller, request.id("form"))


@api.operation(
    "GET", "/v1/forms/{form}/answers", process=28, query=schemas.RowQuery, answer=schemas.AnswerPage,
    errors=(NotFound, BadCursor),
)  # fmt: skip
def list_form_answers(request: Request[None, schemas.RowQuery]) -> schemas.AnswerPage:
    """The answers to a form"""
    return form_results.list_form_answers(request.caller, request.id("form"), request.query)


@api.operation(
    "GET", "/v1/forms/{form}/unanswered", process=28, query=schemas.RowQuery, answer=schemas.UnansweredPage,
    errors=(NotFound, BadCursor),
)  # fmt: skip
def list_form_unanswered(request: Request[None, schemas.RowQuery]) -> schemas.UnansweredPage:
    """About whom answers to a form are missing"""
    return form_results.list_form_unanswered(request.caller, request.id("form"), request.query)


@api.operation(
    "POST", "/v1/forms/{form}/exports", process=28, status=202, keyed=True, body=schemas.NewFormExport,
    answer=JobView, errors=(NotFound,),
)  # fmt: skip
def export_form(request: Request[schemas.NewFormExport, None]) -> JobView:
    """Ask for the answers to a form as a file"""
    assert request.key
    return form_exports.export_form(request.caller, request.id("form"), request.body, request.key)


@api.operation("GET", "/v1/form-exports/{job}", process=28, answer=JobView, errors=(NotFound,))
def read_form_export(request: Request[None, None]) -> JobView:
    """How far a file has come"""
    return form_exports.read_form_export(request.caller, request.id("job"))


@api.operation(
    "POST", "/v1/form-exports/{job}/link", process=28, answer=FileLink, errors=(NotFound, FileGone)
)
def link_form_export(request: Request[None, None]) -> FileLink:
    """A link to fetch a file, for five minutes"""
    return form_exports.link_form_export(request.caller, request.id("job"))


@on.on_facts(
    FormDue.type, process=28, timeout=120, batch=1, runbook="notices",
    meaning="Mottagare får inte veta att det finns ett formulär. Det syns när de loggar in.",
)  # fmt: skip
def tell_about_form(envelope: Envelope) -> None:
    """Tell people of a form, or remind those who have not answered."""
    forms.tell_about_form(FormDue.model_validate(envelope.data))


@on.on_facts(
    FormExportAsked.type, process=28, timeout=900, memory=1024, batch=1, runbook="tables",
    uses=("s3:PutObject tables",),
    meaning="Filer med svar på formulär blir inte skrivna.",
)  # fmt: skip
def write_form_export(envelope: Envelope) -> None:
    """Write the answers to a form into a file."""
    form_exports.write_form_export(FormExportAsked.model_validate(envelope.data))
