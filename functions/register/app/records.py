"""Keeping and searching the register (process 2)."""

from __future__ import annotations

from functions.register.app.base import api
from functions.register.domain import enrolment as rules
from functions.register.domain import merging as merge_rules
from functions.register.domain import people as person_rules
from functions.register.schemas.people import (
    MergeBody,
    MergeView,
    NewNumber,
    NewPersonBody,
    NewPersonView,
    NewReach,
    PersonBody,
    RecordView,
    ResponsibleBody,
    ResponsibleView,
)  # fmt: skip
from functions.register.usecases import (
    merging,
    records,
)
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.http import Request
from skolkit.types import PersonId


@api.operation(
    "POST", "/v1/persons", process=2, status=201, keyed=True,
    body=NewPersonBody, answer=NewPersonView,
    errors=(NotFound, ChangedMeanwhile, person_rules.NumberTaken, person_rules.PerhapsTheSame),
)  # fmt: skip
def add_person(request: Request[NewPersonBody, None]) -> NewPersonView:
    """Enter a person who is not in the register"""
    assert request.key
    return records.add_person(request.caller, request.body, request.key)


@api.operation("GET", "/v1/persons/{person}/record", process=2, answer=RecordView, errors=(NotFound,))
def read_record(request: Request[None, None]) -> RecordView:
    """Everything the register knows of a person"""
    return records.read_record(request.caller, PersonId(request.id("person")))


@api.operation(
    "PUT", "/v1/persons/{person}/record", process=2, versioned=True,
    body=PersonBody, answer=NewPersonView, errors=(NotFound, ChangedMeanwhile, rules.BeforeBirth),
)  # fmt: skip
def change_person(request: Request[PersonBody, None]) -> NewPersonView:
    """Correct names, birth date, sex, status and identifiers"""
    person = PersonId(request.id("person"))
    return records.change_person(request.caller, person, request.body, request.version)


@api.operation(
    "PUT", "/v1/persons/{person}/civic-no", process=2, versioned=True,
    body=NewNumber, answer=NewPersonView,
    errors=(NotFound, ChangedMeanwhile, person_rules.NumberTaken, person_rules.NumberTooEarly),
)  # fmt: skip
def change_number(request: Request[NewNumber, None]) -> NewPersonView:
    """Give a person another identity number from a day on"""
    person = PersonId(request.id("person"))
    return records.change_number(request.caller, person, request.body, request.version)


@api.operation(
    "PUT", "/v1/persons/{person}/reach", process=2, versioned=True,
    body=NewReach, answer=NewPersonView, errors=(NotFound, ChangedMeanwhile),
)  # fmt: skip
def change_reach(request: Request[NewReach, None]) -> NewPersonView:
    """Enter mail, telephone and addresses by type"""
    person = PersonId(request.id("person"))
    return records.change_reach(request.caller, person, request.body, request.version)


@api.operation(
    "PUT", "/v1/persons/{person}/responsibles/{adult}", process=2, versioned=True,
    body=ResponsibleBody, answer=ResponsibleView,
    errors=(NotFound, ChangedMeanwhile, person_rules.GuardianLoop, rules.EndsBeforeStart),
)  # fmt: skip
def put_responsible(request: Request[ResponsibleBody, None]) -> ResponsibleView:
    """Make an adult responsible for a child"""
    child, adult = PersonId(request.id("person")), PersonId(request.id("adult"))
    return records.put_responsible(request.caller, child, adult, request.body, request.version)


@api.operation(
    "DELETE", "/v1/persons/{person}/responsibles/{adult}", process=2, status=204, versioned=True,
    errors=(NotFound, ChangedMeanwhile),
)  # fmt: skip
def end_responsible(request: Request[None, None]) -> None:
    """End an adult's responsibility for a child"""
    child, adult = PersonId(request.id("person")), PersonId(request.id("adult"))
    records.end_responsible(request.caller, child, adult, request.version)


@api.operation(
    "POST", "/v1/persons/{person}/merges", process=2, status=201, keyed=True,
    body=MergeBody, answer=MergeView,
    errors=(
        NotFound, ChangedMeanwhile, merge_rules.NotMergeable, merge_rules.ProtectionDiffers,
        merge_rules.StillEmployed, merge_rules.OpenMatters, merge_rules.PlanOnTheOther,
        rules.AlreadyEnrolled, rules.BeforeBirth,
    ),
)  # fmt: skip
def merge_persons(request: Request[MergeBody, None]) -> MergeView:
    """Put two records together that prove to be one person"""
    assert request.key
    return merging.merge_persons(request.caller, PersonId(request.id("person")), request.body, request.key)


@api.operation(
    "DELETE", "/v1/merges/{merge}", process=2, status=204,
    errors=(NotFound, ChangedMeanwhile, merge_rules.ChangedSinceMerge),
)  # fmt: skip
def undo_merge(request: Request[None, None]) -> None:
    """Take two records apart again"""
    merging.undo_merge(request.caller, request.id("merge"))
