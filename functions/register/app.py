"""Table of contents of the register: who people are, who has custody, where they are enrolled (processes 2
and 3).
"""

from __future__ import annotations

from functions.register.domain import enrolment as rules
from functions.register.events import PopulationRecordsArrived
from functions.register.imports.people import PEOPLE
from functions.register.imports.population import read_population
from functions.register.schemas.contacts import ContactChange, ContactView
from functions.register.schemas.enrolment import EnrolmentView, NewEnrolment
from functions.register.schemas.people import Children, PersonView
from functions.register.schemas.population import Dismissal, ParkedPage, ParkedQuery, ParkedView
from functions.register.usecases import contacts, enrolment, people, population
from skolkit import imports
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.events import Envelope
from skolkit.http import Api, Request
from skolkit.triggers import DroppedFile, Triggers
from skolkit.types import PersonId

api = Api("register", "Elever och vårdnadshavare", uses=("kms:Encrypt",))
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


@api.operation(
    "POST", "/v1/persons/{person}/enrolments", process=3, status=201, keyed=True,
    body=NewEnrolment, answer=EnrolmentView,
    errors=(
        NotFound, ChangedMeanwhile, rules.UnknownUnit, rules.EndsBeforeStart, rules.BeforeBirth,
        rules.AlreadyEnrolled,
    ),
)  # fmt: skip
def enrol_pupil(request: Request[NewEnrolment, None]) -> EnrolmentView:
    """Enrol a pupil at a school unit"""
    assert request.key
    return enrolment.enrol_pupil(request.caller, PersonId(request.id("person")), request.body, request.key)


@on.on_file(
    "register/persons/",
    process=2,
    uses=("kms:Encrypt",),
    meaning="Elever och vårdnadshavare i den inlämnade filen är inte inlästa. Se rapporten under reports/.",
)
def import_people(file: DroppedFile) -> None:
    """Take a file of people, with custody and enrolments."""
    imports.run(file, PEOPLE)


@on.on_file(
    "register/population/", process=1, timeout=900, memory=2048,
    meaning="Filen från folkbokföringen är inte läst. Se rapporten under reports/.",
)  # fmt: skip
def import_population(file: DroppedFile) -> None:
    """Read a file from the population register and send its records on their way."""
    read_population(file)


@on.on_facts(
    PopulationRecordsArrived.type, process=1, timeout=300, memory=1024, batch=4, runbook="population",
    uses=("kms:Encrypt", "s3:GetObject"),
    meaning="Poster från folkbokföringen är inte införda: flyttar, vårdnad och skydd kan vara gamla.",
)  # fmt: skip
def take_population(envelope: Envelope) -> None:
    """Take records of the population register, each in a transaction of its own."""
    population.take_records(PopulationRecordsArrived.model_validate(envelope.data))


@api.operation(
    "GET", "/v1/population/parked", process=1, query=ParkedQuery, answer=ParkedPage, errors=(NotFound,)
)
def list_parked(request: Request[None, ParkedQuery]) -> ParkedPage:
    """Records of the population register that could not be taken"""
    return population.list_parked(request.caller, request.query)


@api.operation(
    "POST", "/v1/population/parked/{file}/{line}/retry", process=1, status=202, keyed=True,
    answer=ParkedView, errors=(NotFound, ChangedMeanwhile),
)  # fmt: skip
def retry_parked(request: Request[None, None]) -> ParkedView:
    """Try a record of the population register again"""
    assert request.key
    return population.retry_parked(request.caller, request.id("file"), request.path["line"], request.key)


@api.operation(
    "POST", "/v1/population/parked/{file}/{line}/dismissal", process=1, keyed=True,
    body=Dismissal, answer=ParkedView, errors=(NotFound, ChangedMeanwhile),
)  # fmt: skip
def dismiss_parked(request: Request[Dismissal, None]) -> ParkedView:
    """Let a record of the population register be"""
    assert request.key
    return population.dismiss_parked(
        request.caller, request.id("file"), request.path["line"], request.body, request.key
    )
