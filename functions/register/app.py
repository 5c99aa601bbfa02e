"""Table of contents of the register: who people are, who has custody, where they are enrolled (processes 2
and 3).
"""

from __future__ import annotations

from functions.register.domain import enrolment as rules
from functions.register.domain.search import NothingToFind
from functions.register.imports.people import PEOPLE
from functions.register.schemas.contacts import ContactChange, ContactView
from functions.register.schemas.enrolment import EnrolmentView, NewEnrolment
from functions.register.schemas.people import Children, PersonView
from functions.register.schemas.search import Search, SearchPage
from functions.register.usecases import contacts, enrolment, people, search
from skolkit import imports
from skolkit.cursor import BadCursor
from skolkit.errors import ChangedMeanwhile, NotFound
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


@api.operation(
    "POST", "/v1/searches", process=2, body=Search, answer=SearchPage,
    errors=(NotFound, NothingToFind, BadCursor),
)  # fmt: skip
def search_people(request: Request[Search, None]) -> SearchPage:
    """Find people; a POST, since names and numbers must not be in addresses"""
    return search.search_people(request.caller, request.body)


@on.on_file(
    "register/persons/",
    process=2,
    uses=("kms:Encrypt",),
    meaning="Elever och vårdnadshavare i den inlämnade filen är inte inlästa. Se rapporten under reports/.",
)
def import_people(file: DroppedFile) -> None:
    """Take a file of people, with custody and enrolments."""
    imports.run(file, PEOPLE)
