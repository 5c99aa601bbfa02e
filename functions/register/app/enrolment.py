"""Enrolments (process 3), also at the yearly rollover (13)."""

from __future__ import annotations

from functions.register.app.base import api, on
from functions.register.domain import enrolment as rules
from functions.register.domain import school_forms
from functions.register.domain.enrolment import EnrolmentId
from functions.register.schemas import enrolment as enrolment_schemas
from functions.register.usecases import (
    enrolment,
    pupils,
    rollover,
)
from skolkit.cursor import BadCursor
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.events import Envelope
from skolkit.http import Request
from skolkit.types import PersonId, UnitId

_PLACING = (
    rules.UnknownUnit, rules.ClosedUnit, rules.EndsBeforeStart, rules.BeforeBirth, rules.AlreadyEnrolled,
    school_forms.YearMissing, school_forms.YearNotOfForm, school_forms.StudyPathMissing,
)  # fmt: skip
_CHANGING = (
    rules.AlreadyCancelled, rules.OutsideEnrolment, rules.EndsBeforeStart, rules.BeforeBirth,
    rules.AlreadyEnrolled, school_forms.YearMissing, school_forms.YearNotOfForm,
    school_forms.StudyPathMissing,
)  # fmt: skip


@api.operation(
    "POST", "/v1/persons/{person}/enrolments", process=3, status=201, keyed=True,
    body=enrolment_schemas.NewEnrolment, answer=enrolment_schemas.EnrolmentView,
    errors=(NotFound, ChangedMeanwhile, *_PLACING),
)  # fmt: skip
def enrol_pupil(request: Request[enrolment_schemas.NewEnrolment, None]) -> enrolment_schemas.EnrolmentView:
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


@api.operation(
    "GET", "/v1/persons/{person}/enrolments", process=3, answer=enrolment_schemas.EnrolmentList,
    errors=(NotFound,),
)  # fmt: skip
def list_enrolments(request: Request[None, None]) -> enrolment_schemas.EnrolmentList:
    """A person's enrolments: earlier, present, planned and cancelled"""
    return enrolment.list_enrolments(request.caller, PersonId(request.id("person")))


@api.operation(
    "PUT", "/v1/persons/{person}/enrolments/{enrolment}", process=3, versioned=True,
    body=enrolment_schemas.EnrolmentChange, answer=enrolment_schemas.ChangedEnrolments,
    errors=(NotFound, ChangedMeanwhile, *_CHANGING),
)  # fmt: skip
def change_enrolment(
    request: Request[enrolment_schemas.EnrolmentChange, None],
) -> enrolment_schemas.ChangedEnrolments:
    """Change year, study path or last day, from a day on or as a correction"""
    person, which = PersonId(request.id("person")), EnrolmentId(request.id("enrolment"))
    return enrolment.change_enrolment(request.caller, person, which, request.body, request.version)


@api.operation(
    "DELETE", "/v1/persons/{person}/enrolments/{enrolment}", process=3, versioned=True,
    answer=enrolment_schemas.ChangedEnrolments,
    errors=(NotFound, ChangedMeanwhile, rules.AlreadyCancelled),
)  # fmt: skip
def cancel_enrolment(request: Request[None, None]) -> enrolment_schemas.ChangedEnrolments:
    """Cancel an enrolment, which stays in the history"""
    person, which = PersonId(request.id("person")), EnrolmentId(request.id("enrolment"))
    return enrolment.cancel_enrolment(request.caller, person, which, request.version)


@api.operation(
    "GET", "/v1/units/{unit}/pupils", process=3,
    query=enrolment_schemas.PupilsQuery, answer=enrolment_schemas.UnitPupils, errors=(NotFound, BadCursor),
)  # fmt: skip
def list_unit_pupils(
    request: Request[None, enrolment_schemas.PupilsQuery],
) -> enrolment_schemas.UnitPupils:
    """A unit's pupils on a day, with guardians if asked for"""
    return pupils.list_unit_pupils(request.caller, UnitId(request.id("unit")), request.query)
