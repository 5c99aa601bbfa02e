"""Attendance in the shapes of the standard, with its names."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Literal, NamedTuple
from uuid import UUID

from pydantic import Field

from functions.attendance.domain.care import CARE_FORMS
from functions.organisation import queries as organisation
from skolkit.clock import LOCAL
from skolkit.http import Shape
from skolkit.ss12000 import Meta, PersonReference, Reference
from skolkit.sweden.codes import SchoolForm
from skolkit.table import fetch
from skolkit.types import PersonId, UnitId, is_id

Minutes = Annotated[int, Field(ge=0)]
Weekday = Literal["Måndag", "Tisdag", "Onsdag", "Torsdag", "Fredag", "Lördag", "Söndag"]
WEEKDAYS: tuple[Weekday, ...] = ("Måndag", "Tisdag", "Onsdag", "Torsdag", "Fredag", "Lördag", "Söndag")


class Attendance(Shape):
    """A pupil's minutes of one lesson (`calendarEvent`)."""

    id: UUID
    meta: Meta
    calendar_event: Reference
    student: PersonReference
    reporter: PersonReference | None = None
    is_reported: bool
    attendance_minutes: Minutes | None = None
    valid_absence_minutes: Minutes | None = None
    invalid_absence_minutes: Minutes | None = None
    other_attendance_minutes: Minutes | None = None
    absence_reason: str | None = None
    reported_timestamp: datetime | None = None


class Absence(Shape):
    """Absence that is notified, or leave that is granted, of one pupil."""

    id: UUID
    meta: Meta
    start_time: datetime
    end_time: datetime
    type: Literal["Beviljad ledighet", "Anmäld frånvaro"]
    student: PersonReference
    organisation: Reference | None = None
    registered_by: PersonReference | None = None


class AttendanceEvent(Shape):
    """A child has come to care, or left."""

    id: UUID
    meta: Meta
    time: datetime
    event_type: Literal["In", "Ut"]
    person: PersonReference
    registered_by: PersonReference | None = None
    group: Reference


class AttendanceScheduleState(Shape):
    """How far a schedule has come, and since when."""

    state: Literal["Godkänt", "Begärt", "Nekat"]
    registered_at: datetime


class AttendanceScheduleEntry(Shape):
    """Hours of a weekday in one of the weeks, counted from 0, as `HH:MM`."""

    week_offset: int
    day_of_week: Weekday
    start_time: str
    end_time: str


class AttendanceSchedule(Shape):
    """A child's weeks at a placement in care. A child with two homes has one for each."""

    id: UUID
    meta: Meta
    placement: Reference
    number_of_weeks: int
    start_date: date
    end_date: date | None = None
    temporary: bool = False
    state: list[AttendanceScheduleState]
    schedule_entries: list[AttendanceScheduleEntry]


class AggregatedAttendance(Shape):
    """A pupil's minutes of one activity in a span of days, first and last inclusive."""

    activity: Reference
    student: PersonReference
    start_date: date
    end_date: date
    attendance_sum: Minutes
    valid_absence_sum: Minutes
    invalid_absence_sum: Minutes
    other_attendance_sum: Minutes
    reported_sum: Minutes
    offered_sum: Minutes


def person(id: PersonId) -> PersonReference:
    """A reference to somebody."""
    return PersonReference(id=UUID(id))


def by(id: PersonId | None) -> PersonReference | None:
    """A reference to who did something; None when that was no person of the register but a client."""
    return person(id) if id and is_id(id) else None


def swedish(at: datetime) -> datetime:
    """An instant with the Swedish offset of then."""
    return at.astimezone(LOCAL)


class Forms(NamedTuple):
    """The school forms of a unit: of its lessons, and of its care."""

    lessons: frozenset[SchoolForm]
    care: frozenset[SchoolForm]

    @property
    def all(self) -> frozenset[SchoolForm]:
        return self.lessons | self.care


def forms_of(units: Iterable[UnitId]) -> dict[UnitId, Forms]:
    """The school forms of units. One `BatchGetItem` per 100."""
    known: dict[UnitId, organisation.UnitRecord]
    asked = sorted(set(units))
    (known,) = fetch(organisation.wanted_units(asked))
    forms = {unit: frozenset(known[unit].school_forms if unit in known else ()) for unit in asked}
    return {unit: Forms(found - CARE_FORMS, found & CARE_FORMS) for unit, found in forms.items()}
