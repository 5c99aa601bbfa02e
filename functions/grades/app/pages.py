"""Signed pages of the catalogue of grades (process 32), and the certificates they are checked against."""

from __future__ import annotations

from functions.grades.app.base import api, on
from functions.grades.domain import pages as rules
from functions.grades.events import ClosingPageDue, GradesDecided, PeriodClosed, PupilGradeDecided
from functions.grades.schemas import pages as schemas
from functions.grades.schemas.common import PageQuery
from functions.grades.usecases import certificates, pages
from skolkit.cursor import BadCursor
from skolkit.errors import NotFound
from skolkit.events import Envelope
from skolkit.http import Request
from skolkit.types import PersonId

_MEANING = "Beslut om betyg blir inte undertecknade sidor i betygskatalogen. Besluten själva finns kvar."


@on.on_facts(
    GradesDecided.type, PupilGradeDecided.type, ClosingPageDue.type, process=32, timeout=60, memory=1769,
    batch=1, layers=("documents", "signing"), uses=("kms:GetPublicKey", "kms:Sign", "s3:PutObject catalogue"),
    meaning=_MEANING,
)  # fmt: skip
def write_page(envelope: Envelope) -> None:
    """Write, sign and seal a page: one at a time, as many at once as there are."""
    if envelope.type == GradesDecided.type:
        pages.write_decided_page(GradesDecided.model_validate(envelope.data))
    elif envelope.type == PupilGradeDecided.type:
        pages.write_pupil_page(PupilGradeDecided.model_validate(envelope.data))
    else:
        pages.write_closing_page(ClosingPageDue.model_validate(envelope.data))


@on.on_facts(PeriodClosed.type, process=32, meaning=_MEANING)
def ask_closing_pages(envelope: Envelope) -> None:
    """Have every sheet of a closed period signed by the principal."""
    pages.ask_closing_pages(PeriodClosed.model_validate(envelope.data))


@api.operation(
    "GET", "/v1/grading-periods/{period}/activities/{activity}/pages", process=32,
    query=PageQuery, answer=schemas.CataloguePages, errors=(NotFound, BadCursor),
)  # fmt: skip
def list_catalogue_pages(request: Request[None, PageQuery]) -> schemas.CataloguePages:
    """The signed pages of a group's grades"""
    period, activity = request.id("period"), request.id("activity")
    return pages.list_catalogue_pages(request.caller, period, activity, request.query)


@api.operation(
    "POST", "/v1/grading-periods/{period}/activities/{activity}/pages/{page}/link", process=32,
    answer=schemas.CataloguePageLink, errors=(NotFound, rules.PageWithheld),
)  # fmt: skip
def link_catalogue_page(request: Request[None, None]) -> schemas.CataloguePageLink:
    """A link to a signed page, good for five minutes"""
    period, activity, number = request.id("period"), request.id("activity"), request.path["page"]
    if not (number.isascii() and number.isdecimal() and len(number) <= 5):
        raise NotFound
    return pages.link_catalogue_page(request.caller, period, activity, int(number))


@api.operation(
    "POST", "/v1/pupils/{pupil}/catalogue/{entry}/page-link", process=33, answer=schemas.CataloguePageLink,
    errors=(NotFound, rules.PageWithheld),
)  # fmt: skip
def link_pupil_page(request: Request[None, None]) -> schemas.CataloguePageLink:
    """A link to the signed page of a trial's grade, or of what corrects an earlier system's"""
    return pages.link_pupil_page(request.caller, PersonId(request.id("pupil")), request.id("entry"))


@api.operation("GET", "/v1/certificates", process=32, scope=None, answer=schemas.Certificates)
def list_certificates(_request: Request[None, None]) -> schemas.Certificates:
    """The municipality's certificates, which signed pages are checked against"""
    return certificates.list_certificates()
