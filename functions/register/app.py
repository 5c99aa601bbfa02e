"""Table of contents of the register: who people are, who has custody, where they are enrolled (processes 2
and 3).
"""

from __future__ import annotations

from functions.register.domain import enrolment as rules
from functions.register.domain import merging as merge_rules
from functions.register.domain import people as person_rules
from functions.register.domain import protection as protection_rules
from functions.register.events import ExtractAnswered
from functions.register.extract import gather
from functions.register.imports.people import PEOPLE
from functions.register.schemas.contacts import ContactChange, ContactView
from functions.register.schemas.enrolment import EnrolmentView, NewEnrolment
from functions.register.schemas.people import (
    Children,
    MergeBody,
    MergeView,
    NewNumber,
    NewPersonBody,
    NewPersonView,
    NewReach,
    PersonBody,
    PersonView,
    RecordView,
    ResponsibleBody,
    ResponsibleView,
)  # fmt: skip
from functions.register.schemas.protection import (
    GlassBody,
    GlassView,
    ProtectedContacts,
    ProtectionBody,
    ProtectionView,
)  # fmt: skip
from functions.register.usecases import contacts, enrolment, merging, people, protection, records, rollover
from skolkit import imports
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.events import Envelope
from skolkit.extracts import answer
from skolkit.http import Api, Request
from skolkit.triggers import DroppedFile, Triggers
from skolkit.types import PersonId

api = Api("register", "Elever och vårdnadshavare", uses=("kms:Decrypt", "kms:Encrypt"))
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
    errors=(NotFound, ChangedMeanwhile, merge_rules.NotMergeable, rules.AlreadyEnrolled, rules.BeforeBirth),
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


@api.operation(
    "PUT", "/v1/persons/{person}/protection", process=2, versioned=True,
    body=ProtectionBody, answer=ProtectionView,
    errors=(NotFound, ChangedMeanwhile, protection_rules.BasisMismatch),
)  # fmt: skip
def protect_person(request: Request[ProtectionBody, None]) -> ProtectionView:
    """Set or remove the marking for protected identity"""
    person = PersonId(request.id("person"))
    return protection.protect_person(request.caller, person, request.body, request.version)


@api.operation(
    "POST", "/v1/persons/{person}/glass", process=2, status=201, keyed=True,
    body=GlassBody, answer=GlassView,
    errors=(NotFound, ChangedMeanwhile, protection_rules.NothingWithheld),
)  # fmt: skip
def break_glass(request: Request[GlassBody, None]) -> GlassView:
    """Open a protected person's contact details for half an hour; the units' administrators are told"""
    assert request.key
    return protection.break_glass(request.caller, PersonId(request.id("person")), request.body, request.key)


@api.operation(
    "POST", "/v1/persons/{person}/protected-contacts", process=2, answer=ProtectedContacts,
    errors=(NotFound, protection_rules.GlassIsWhole),
)  # fmt: skip
def open_contacts(request: Request[None, None]) -> ProtectedContacts:
    """How a protected person is reached, once the glass is broken"""
    return protection.open_contacts(request.caller, PersonId(request.id("person")))


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


@on.on_facts(
    "organisation.YearRolledOver.v1", "organisation.YearRolledBack.v1",
    process=13,
    timeout=60,
    meaning="Elever står kvar i förra läsårets årskurs i registret, fast deras skola har bytt läsår.",
)  # fmt: skip
def follow_rollover(envelope: Envelope) -> None:
    """Let enrolments go on in the next year, or back."""
    fact = rollover.YearRolledOver.model_validate(envelope.data)
    if envelope.type == "organisation.YearRolledOver.v1":
        rollover.roll_over(fact)
    else:
        rollover.roll_back(fact)


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
    uses=("s3:PutObject extract-part",),
    meaning="Registerutdrag blir inte färdiga; den som har begärt ett har rätt till svar inom en månad.",
)  # fmt: skip
def answer_extract(envelope: Envelope) -> None:
    """Write what the area keeps about one person, for a register extract."""
    answer(envelope, gather, ExtractAnswered)
