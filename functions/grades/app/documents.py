"""Grade documents and the public page that checks them (process 33)."""

from __future__ import annotations

from functions.grades.app.base import api, on
from functions.grades.domain import documents as refusals
from functions.grades.domain import exam_documents as exam_refusals
from functions.grades.domain.adult_exams import AdultDiplomaNotReached, DirectionNeeded
from functions.grades.domain.check_page import TooManyChecks
from functions.grades.domain.programmes import UnknownProgramme
from functions.grades.events import DocumentEnded, DocumentsAsked, GradeCorrected
from functions.grades.schemas import documents as schemas
from functions.grades.schemas.common import PageQuery
from functions.grades.usecases import checks, document_work, documents
from skolkit.cursor import BadCursor
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.events import Envelope
from skolkit.http import Page, Request
from skolkit.jobs import JobView
from skolkit.step_up import StaleSignIn, WeakSignIn
from skolkit.types import PersonId, UnitId

_ISSUING = (
    NotFound, StaleSignIn, WeakSignIn, refusals.WrongForm, refusals.NoFinalGrades, refusals.PeriodNeeded,
    refusals.PeriodUnfit, refusals.InPersonOnly, DirectionNeeded,
)  # fmt: skip


@api.operation(
    "POST", "/v1/units/{unit}/grade-documents", process=33, status=202, keyed=True,
    body=schemas.NewDocument, answer=JobView,
    errors=(
        *_ISSUING, refusals.NoGrades, refusals.SchoolingGoesOn, refusals.StillAtSchool,
        refusals.HoursMissing, exam_refusals.DiplomaNotReached, exam_refusals.DiplomaReached,
        exam_refusals.OtherProgramme, exam_refusals.PlanNeeded, AdultDiplomaNotReached, UnknownProgramme,
    ),
)  # fmt: skip
def issue_document(request: Request[schemas.NewDocument, None]) -> JobView:
    """Have a document of one pupil issued"""
    assert request.key
    return documents.issue_document(request.caller, UnitId(request.id("unit")), request.body, request.key)


@api.operation(
    "POST", "/v1/grading-periods/{period}/grade-documents", process=33, status=202, keyed=True,
    body=schemas.NewDocuments, answer=JobView, errors=_ISSUING,
)  # fmt: skip
def issue_documents(request: Request[schemas.NewDocuments, None]) -> JobView:
    """Have a document of every pupil of a period issued"""
    assert request.key
    return documents.issue_documents(request.caller, request.id("period"), request.body, request.key)


@api.operation("GET", "/v1/grade-document-jobs/{job}", process=33, answer=JobView, errors=(NotFound,))
def read_document_job(request: Request[None, None]) -> JobView:
    """How far the issuing of documents has come"""
    return documents.read_document_job(request.caller, request.id("job"))


@api.operation(
    "GET", "/v1/grade-document-jobs/{job}/documents", process=33,
    query=PageQuery, answer=schemas.RowPage, errors=(NotFound, BadCursor),
)  # fmt: skip
def list_job_documents(request: Request[None, PageQuery]) -> schemas.RowPage:
    """What has become of each pupil in a job"""
    return documents.list_job_documents(request.caller, request.id("job"), request.query)


@api.operation(
    "GET", "/v1/pupils/{pupil}/grade-documents", process=33,
    query=PageQuery, answer=schemas.DocumentPage, errors=(NotFound, BadCursor),
)  # fmt: skip
def list_documents(request: Request[None, PageQuery]) -> schemas.DocumentPage:
    """A pupil's grade documents, newest first"""
    return documents.list_documents(request.caller, PersonId(request.id("pupil")), request.query)


@api.operation(
    "POST", "/v1/pupils/{pupil}/grade-documents/{document}/link", process=33,
    answer=schemas.DocumentLink, errors=(NotFound, refusals.NotIssued),
)  # fmt: skip
def link_document(request: Request[None, None]) -> schemas.DocumentLink:
    """A link to a document, good for five minutes"""
    pupil = PersonId(request.id("pupil"))
    return documents.link_document(request.caller, pupil, request.id("document"))


@api.operation(
    "PUT", "/v1/pupils/{pupil}/grade-documents/{document}/revocation", process=33, versioned=True,
    body=schemas.NewRevocation, answer=schemas.DocumentView,
    errors=(
        NotFound, ChangedMeanwhile, StaleSignIn, WeakSignIn, refusals.InPersonOnly, refusals.NotIssued,
    ),
)  # fmt: skip
def revoke_document(request: Request[schemas.NewRevocation, None]) -> schemas.DocumentView:
    """Revoke a document: it is void, and its file is destroyed"""
    pupil, document = PersonId(request.id("pupil")), request.id("document")
    return documents.revoke_document(request.caller, pupil, document, request.body, request.version)


@api.operation(
    "GET", "/v1/units/{unit}/documents-to-replace", process=33,
    query=PageQuery, answer=schemas.DueDocumentPage, errors=(NotFound, BadCursor),
)  # fmt: skip
def list_due_documents(request: Request[None, PageQuery]) -> schemas.DueDocumentPage:
    """A unit's documents with a grade that has been corrected or changed since"""
    return documents.list_due_documents(request.caller, UnitId(request.id("unit")), request.query)


@api.operation("GET", "/v1/documents/check", process=33, scope=None, query=schemas.CheckQuery, answer=Page)
def open_check(request: Request[None, schemas.CheckQuery]) -> Page:
    """The public page that checks a grade document by its code"""
    return checks.open_check(request.query, request.address)


@api.operation(
    "POST", "/v1/documents/check", process=33, scope=None, form=True, body=schemas.CheckForm, answer=Page
)
def compare_document(request: Request[schemas.CheckForm, None]) -> Page:
    """Compare what a paper shows with the document"""
    return checks.compare_document(request.body, request.address)


@api.operation(
    "GET", "/v1/documents/check/result", process=33, scope=None,
    query=schemas.CheckQuery, answer=schemas.CheckView, errors=(TooManyChecks,),
)  # fmt: skip
def read_check(request: Request[None, schemas.CheckQuery]) -> schemas.CheckView:
    """What a code leads to, for machines"""
    return checks.read_check(request.query, request.address)


@on.on_facts(
    DocumentsAsked.type, process=33, timeout=900, memory=1024, batch=1, layers=("documents",),
    uses=("s3:PutObject papers", "s3:DeleteObject papers"),
    meaning="Betygsdokument blir inte utfärdade; skolorna kan inte lämna ut terminsbetyg och slutbetyg.",
)  # fmt: skip
def write_documents(envelope: Envelope) -> None:
    """Make the documents that were asked for."""
    document_work.write_documents(DocumentsAsked.model_validate(envelope.data))


@on.on_facts(
    DocumentEnded.type, process=33, uses=("s3:DeleteObject papers",),
    meaning="Filer till ersatta och återkallade betygsdokument blir inte förstörda (skollagen 3:19).",
)  # fmt: skip
def destroy_document(envelope: Envelope) -> None:
    """Take away the file of a document that holds no longer."""
    documents.destroy_document(DocumentEnded.model_validate(envelope.data))


@on.on_facts(
    GradeCorrected.type, process=33,
    meaning="Skolorna ser inte vilka betygsdokument som ska ersättas efter en rättelse eller ändring.",
)  # fmt: skip
def mark_documents(envelope: Envelope) -> None:
    """Mark the documents that rest on a grade that has been corrected or changed."""
    documents.mark_documents(GradeCorrected.model_validate(envelope.data))
