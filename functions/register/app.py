"""Table of contents of the register: who people are, who has custody, where they are enrolled (processes 2
and 3).
"""

from __future__ import annotations

from functions.register import domain, schemas, usecases
from functions.register.events import ExtractAnswered
from functions.register.extract import gather
from functions.register.imports import PEOPLE
from skolkit import imports
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.events import Envelope
from skolkit.extracts import answer
from skolkit.http import Api, Request
from skolkit.triggers import DroppedFile, Triggers
from skolkit.types import PersonId

api = Api("register", "Elever och vårdnadshavare", uses=("kms:Encrypt",))
app = api.app
on = Triggers(app)
relay = on.relay_outbox()


@api.operation("GET", "/v1/me/children", process=2, answer=schemas.Children)
def list_my_children(request: Request[None, None]) -> schemas.Children:
    """The children in the caller's custody"""
    return usecases.list_my_children(request.caller)


@api.operation("GET", "/v1/persons/{person}", process=2, answer=schemas.PersonView, errors=(NotFound,))
def read_person(request: Request[None, None]) -> schemas.PersonView:
    """A person and where they go to school"""
    return usecases.read_person(request.caller, PersonId(request.id("person")))


@api.operation(
    "GET", "/v1/persons/{person}/contacts", process=2, answer=schemas.ContactView, errors=(NotFound,)
)
def read_contacts(request: Request[None, None]) -> schemas.ContactView:
    """How a person may be reached"""
    return usecases.read_contacts(request.caller, PersonId(request.id("person")))


@api.operation(
    "PUT", "/v1/persons/{person}/contacts", process=2, versioned=True,
    body=schemas.ContactChange, answer=schemas.ContactView, errors=(NotFound, ChangedMeanwhile),
)  # fmt: skip
def change_contacts(request: Request[schemas.ContactChange, None]) -> schemas.ContactView:
    """Set one's own mail, telephone and language"""
    person = PersonId(request.id("person"))
    return usecases.change_contacts(request.caller, person, request.body, request.version)


@api.operation(
    "POST", "/v1/persons/{person}/enrolments", process=3, status=201, keyed=True,
    body=schemas.NewEnrolment, answer=schemas.EnrolmentView,
    errors=(NotFound, ChangedMeanwhile, domain.UnknownUnit, domain.EndsBeforeStart, domain.AlreadyEnrolled),
)  # fmt: skip
def enrol_pupil(request: Request[schemas.NewEnrolment, None]) -> schemas.EnrolmentView:
    """Enrol a pupil at a school unit"""
    assert request.key
    return usecases.enrol_pupil(request.caller, PersonId(request.id("person")), request.body, request.key)


@on.on_file(
    "register/persons/",
    process=2,
    uses=("kms:Encrypt",),
    meaning="Elever och vårdnadshavare i den inlämnade filen är inte inlästa. Se rapporten under reports/.",
)
def import_people(file: DroppedFile) -> None:
    """Take a file of people, with custody and enrolments."""
    imports.run(file, PEOPLE)


@on.on_facts(
    "access.ExtractRequested.v1", process=36, timeout=120, runbook="extracts",
    uses=("s3:PutObject@extract-part",),
    meaning="Registerutdrag blir inte färdiga; den som har begärt ett har rätt till svar inom en månad.",
)  # fmt: skip
def answer_extract(envelope: Envelope) -> None:
    """Write what the area keeps about one person, for a register extract."""
    answer(envelope, gather, ExtractAnswered)
