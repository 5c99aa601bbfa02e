"""Table of contents of the register: who people are, who has custody, where they are enrolled, and who should
be but is not (processes 1, 2, 3 and 9).
"""

from __future__ import annotations

from functions.register.domain import enrolment as rules
from functions.register.domain import watch as watch_rules
from functions.register.events import (
    PersonDied,
    PersonEmigrated,
    PersonMoved,
    PopulationRecordsArrived,
    PupilEnrolled,
    WatchAsked,
)
from functions.register.imports.people import PEOPLE
from functions.register.imports.population import read_population
from functions.register.schemas.contacts import ContactChange, ContactView
from functions.register.schemas.enrolment import EnrolmentView, NewEnrolment
from functions.register.schemas.people import Children, PersonView
from functions.register.schemas.population import Dismissal, ParkedPage, ParkedQuery, ParkedView
from functions.register.schemas.watch import (
    Assignment,
    CasePage,
    CaseQuery,
    CaseState,
    CaseView,
    Closing,
    ExceptionView,
    NewCaseEvent,
    NewException,
    RegisterPage,
    RegisterQuery,
)
from functions.register.usecases import contacts, enrolment, people, population, watch
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


@on.on_schedule(
    "cron(15 3 * * ? *)", process=9, timeout=60,
    meaning="Nattens bevakning av skolplikt och aktivitetsansvar har inte startat: barn utan skola syns ej.",
)  # fmt: skip
def watch_residents() -> None:
    """Every night: start the watch over residents of school age."""
    watch.ask_watch()


@on.on_facts(
    WatchAsked.type, process=9, timeout=900, batch=1,
    meaning="Nattens bevakning av skolplikt och aktivitetsansvar är inte klar. Barn utan skola syns inte.",
)  # fmt: skip
def run_watch(envelope: Envelope) -> None:
    """Open cases of residents at no school, and close those without cause."""
    watch.run_watch(WatchAsked.model_validate(envelope.data))


@on.on_facts(
    PupilEnrolled.type, PersonMoved.type, PersonDied.type, PersonEmigrated.type, process=9,
    meaning="Bevakningsärenden vars skäl har upphört står kvar som öppna till nästa natt.",
)  # fmt: skip
def review_watch(envelope: Envelope) -> None:
    """Close a case when its cause has ended."""
    watch.review(PersonId(envelope.data["pupil" if envelope.type == PupilEnrolled.type else "person"]))


@api.operation("GET", "/v1/watch/cases", process=9, query=CaseQuery, answer=CasePage, errors=(NotFound,))
def list_watch_cases(request: Request[None, CaseQuery]) -> CasePage:
    """Open cases of the compulsory-school watch or the activity responsibility"""
    return watch.list_watch_cases(request.caller, request.query)


@api.operation("GET", "/v1/watch/cases/{case}", process=9, answer=CaseView, errors=(NotFound,))
def read_watch_case(request: Request[None, None]) -> CaseView:
    """A case with its notes"""
    return watch.read_watch_case(request.caller, request.id("case"))


@api.operation(
    "PUT", "/v1/watch/cases/{case}/handler", process=9, versioned=True, body=Assignment, answer=CaseState,
    errors=(NotFound, ChangedMeanwhile, watch_rules.NotAnOfficer, watch_rules.CaseClosed),
)  # fmt: skip
def assign_watch_case(request: Request[Assignment, None]) -> CaseState:
    """Give a case to an officer"""
    return watch.assign_watch_case(request.caller, request.id("case"), request.body, request.version)


@api.operation(
    "POST", "/v1/watch/cases/{case}/events", process=9, status=201, keyed=True,
    body=NewCaseEvent, answer=CaseState,
    errors=(
        NotFound, ChangedMeanwhile, watch_rules.UnknownCode, watch_rules.EndBeforeStart,
        watch_rules.CaseClosed,
    ),
)  # fmt: skip
def add_watch_event(request: Request[NewCaseEvent, None]) -> CaseState:
    """Note a step, a contact, a measure or an occupation"""
    assert request.key
    return watch.add_watch_event(request.caller, request.id("case"), request.body, request.key)


@api.operation(
    "POST", "/v1/watch/cases/{case}/closing", process=9, keyed=True, body=Closing, answer=CaseState,
    errors=(NotFound, ChangedMeanwhile, watch_rules.EndBeforeStart, watch_rules.CaseClosed),
)  # fmt: skip
def close_watch_case(request: Request[Closing, None]) -> CaseState:
    """Close a case for a reason that the register does not know"""
    assert request.key
    return watch.close_watch_case(request.caller, request.id("case"), request.body, request.key)


@api.operation(
    "PUT", "/v1/watch/persons/{person}/exceptions/{kind}", process=9, body=NewException,
    answer=ExceptionView, errors=(NotFound, watch_rules.EndBeforeStart),
)  # fmt: skip
def put_watch_exception(request: Request[NewException, None]) -> ExceptionView:
    """Decide or report an exception from the duty to attend school"""
    person = PersonId(request.id("person"))
    return watch.put_watch_exception(request.caller, person, request.path["kind"], request.body)


@api.operation(
    "GET", "/v1/watch/register", process=9, query=RegisterQuery, answer=RegisterPage, errors=(NotFound,)
)
def read_activity_register(request: Request[None, RegisterQuery]) -> RegisterPage:
    """The register of young people under the municipality's activity responsibility"""
    return watch.read_activity_register(request.caller, request.query)
