"""What other systems may write of attendance, in the shapes of the standard. What only we decide (`meta`,
names of references) may be there, and is not read.
"""

from __future__ import annotations

from datetime import date, time
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from functions.attendance.ss12000.shapes import Weekday

Minutes = Annotated[int, Field(ge=0, le=600)]


class Body(BaseModel):
    """Base of the bodies."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", alias_generator=to_camel, populate_by_name=True, defer_build=True
    )


class Ref(Body):
    """Something by its id."""

    id: UUID


class NewAttendance(Body):
    """A pupil's minutes of one lesson. `absenceReason` is one of our categories; other words are not kept."""

    id: UUID | None = None
    calendar_event: Ref
    student: Ref
    reporter: Ref | None = None
    is_reported: bool = True
    attendance_minutes: Minutes = 0
    valid_absence_minutes: Minutes = 0
    invalid_absence_minutes: Minutes = 0
    other_attendance_minutes: Minutes = 0
    absence_reason: Annotated[str, Field(max_length=200)] | None = None


class NewAbsence(Body):
    """Absence from one instant to another."""

    id: UUID | None = None
    start_time: AwareDatetime
    end_time: AwareDatetime
    type: Literal["Beviljad ledighet", "Anmäld frånvaro"]
    student: Ref
    organisation: Ref | None = None
    registered_by: Ref | None = None


class NewAttendanceEvent(Body):
    """A child has come to care, or left."""

    id: UUID | None = None
    time: AwareDatetime
    event_type: Literal["In", "Ut"]
    person: Ref
    registered_by: Ref | None = None
    group: Ref


class NewState(Body):
    """Who asks for a schedule; what its state is, the unit's rules decide."""

    state: Literal["Godkänt", "Begärt", "Nekat"]
    registered_by: Ref | None = None


class NewEntry(Body):
    """Hours of a weekday in one of the weeks, counted from 0."""

    week_offset: Annotated[int, Field(ge=0, le=3)]
    day_of_week: Weekday
    start_time: time
    end_time: time


class NewAttendanceSchedule(Body):
    """A child's weeks at a placement, of the home that the state is registered by."""

    id: UUID | None = None
    placement: Ref
    number_of_weeks: Annotated[int, Field(ge=1, le=4)]
    start_date: date
    end_date: date
    temporary: Literal[False] = False
    state: Annotated[list[NewState], Field(max_length=20)] = []
    schedule_entries: Annotated[list[NewEntry], Field(max_length=112)] = []
