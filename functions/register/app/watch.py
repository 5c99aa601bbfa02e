"""The compulsory-school watch and the activity responsibility (process 9)."""

from __future__ import annotations

from functions.register.app.base import api, on
from functions.register.domain import watch as rules
from functions.register.events import (
    PersonDied,
    PersonEmigrated,
    PersonMoved,
    PersonsMerged,
    PersonsParted,
    PupilEnrolled,
    WatchAsked,
)
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
from functions.register.usecases import watch
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.events import Envelope
from skolkit.http import Request
from skolkit.types import PersonId


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


@on.on_facts(
    PersonsMerged.type, PersonsParted.type, process=9,
    meaning="Bevakningsärenden för en person med dubbla poster finns inte på den post som behölls.",
)  # fmt: skip
def follow_merge(envelope: Envelope) -> None:
    """Move cases to the record that is kept, or back."""
    kind = PersonsMerged if envelope.type == PersonsMerged.type else PersonsParted
    watch.follow_merge(kind.model_validate(envelope.data))


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
    errors=(NotFound, ChangedMeanwhile, rules.NotAnOfficer, rules.CaseClosed),
)  # fmt: skip
def assign_watch_case(request: Request[Assignment, None]) -> CaseState:
    """Give a case to an officer"""
    return watch.assign_watch_case(request.caller, request.id("case"), request.body, request.version)


@api.operation(
    "POST", "/v1/watch/cases/{case}/events", process=9, status=201, keyed=True,
    body=NewCaseEvent, answer=CaseState,
    errors=(
        NotFound, ChangedMeanwhile, rules.UnknownCode, rules.EndBeforeStart,
        rules.CaseClosed,
    ),
)  # fmt: skip
def add_watch_event(request: Request[NewCaseEvent, None]) -> CaseState:
    """Note a step, a contact, a measure or an occupation"""
    assert request.key
    return watch.add_watch_event(request.caller, request.id("case"), request.body, request.key)


@api.operation(
    "POST", "/v1/watch/cases/{case}/closing", process=9, keyed=True, body=Closing, answer=CaseState,
    errors=(NotFound, ChangedMeanwhile, rules.EndBeforeStart, rules.CaseClosed),
)  # fmt: skip
def close_watch_case(request: Request[Closing, None]) -> CaseState:
    """Close a case for a reason that the register does not know"""
    assert request.key
    return watch.close_watch_case(request.caller, request.id("case"), request.body, request.key)


@api.operation(
    "PUT", "/v1/watch/persons/{person}/exceptions/{kind}", process=9, body=NewException,
    answer=ExceptionView, errors=(NotFound, rules.EndBeforeStart),
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
