"""Coming and going, a department's day and week, hours against what the places give."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from functions.attendance.domain.care_day import Deviation, EventType, Outcome, PickedUpBy, Status
from functions.attendance.schemas.common import Id
from skolkit.http import Shape


class NewEvent(Shape):
    """A child came or left. `id` is made on the tablet, so that the same may come twice; `corrects` names an
    event of the same child and day that this one stands for, or, with `void`, that never happened.
    """

    id: Id
    child: Id
    event_type: EventType
    time: AwareDatetime
    picked_up_by: PickedUpBy | None = None
    corrects: Id | None = None
    void: bool = False


class NewEvents(Shape):
    """One child's event, or many's."""

    events: Annotated[list[NewEvent], Field(min_length=1, max_length=60)]


class EventOutcome(Shape):
    """What became of an event."""

    id: Id
    outcome: Outcome


class EventOutcomes(Shape):
    """What became of each event, in the order they came."""

    data: list[EventOutcome]


class StretchView(Shape):
    """From when until when; without an end while it goes on."""

    start: datetime
    end: datetime | None


class EventView(Shape):
    """Came or left (SS 12000 `AttendanceEvent`), with what corrects it."""

    id: Id
    event_type: EventType
    time: datetime
    registered_by: Id | None
    picked_up_by: PickedUpBy | None
    corrects: Id | None
    void: bool


class ChildDayView(Shape):
    """A child's day at the department."""

    child: Id
    given_name: str
    family_name: str
    status: Status
    expected: list[StretchView]
    present: list[StretchView]
    events: list[EventView]


class DepartmentDay(Shape):
    """A department now, or another day. `withheld`: protected children who are not named, but counted."""

    group: Id
    date: date
    counts: dict[str, int]
    withheld: int
    children: list[ChildDayView]


class CurveQuery(Shape):
    """From which day (today), and how many."""

    since: Annotated[date | None, Field(alias="from")] = None
    days: Annotated[int, Field(ge=1, le=7)] = 1


class CurveQuarter(Shape):
    """A quarter of an hour: children expected and, when it has passed, there; staff the expected take."""

    start: datetime
    expected: int
    actual: int | None
    staff: int


class CurveDay(Shape):
    """The quarters of a day between the first and the last with anybody: none on a day without."""

    date: date
    quarters: list[CurveQuarter]


class CurveView(Shape):
    """A department's days."""

    group: Id
    children_per_staff: float
    days: list[CurveDay]


class DeviationRow(Shape):
    """A child of whom something went another way than planned."""

    child: Id
    given_name: str
    family_name: str
    deviations: list[Deviation]


class DeviationList(Shape):
    """A day's deviations at a department; `withheld` counts protected children who are not named."""

    group: Id
    date: date
    withheld: int
    data: list[DeviationRow]


class HoursQuery(Shape):
    """The week, month or school year a day is in; today when left out."""

    day: Annotated[date | None, Field(alias="date")] = None
    period: Literal["week", "month", "year"] = "week"


class DepartmentHoursQuery(Shape):
    """The week or month a day is in, and which children."""

    day: Annotated[date | None, Field(alias="date")] = None
    period: Literal["week", "month"] = "week"
    limit: Annotated[int, Field(ge=1, le=10)] = 10
    cursor: Annotated[str, Field(max_length=600)] | None = None


class HoursView(Shape):
    """Minutes scheduled, spent and given by the place (None: no limit), and whether either is over."""

    child: Id
    unit: Id
    first_day: date
    last_day: date
    scheduled_minutes: int
    actual_minutes: int
    allowed_minutes: int | None
    over: bool


class HoursPage(Shape):
    """The department's children; protected ones who are not named are left out and counted."""

    data: list[HoursView]
    withheld: int
    cursor: str | None
