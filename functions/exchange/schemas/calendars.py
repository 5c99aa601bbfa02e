"""Calendars over HTTP."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Self

from pydantic import Field, model_validator

from functions.exchange.domain.calendars import Kind
from skolkit.http import Shape

Id = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]


class CalendarQuery(Shape):
    """How much of a list, from where."""

    limit: Annotated[int, Field(ge=1, le=100)] = 20
    cursor: Annotated[str, Field(max_length=600)] | None = None


class NewCalendar(Shape):
    """A calendar of oneself, of a child (`person`), or of a `group` that one teaches, or that one or the
    child belongs to. `name` is shown in the calendar.
    """

    kind: Kind
    person: Id | None = None
    group: Id | None = None
    name: Annotated[str, Field(max_length=40, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""

    @model_validator(mode="after")
    def _group_of_its_kind(self) -> Self:
        if (self.kind == "group") != (self.group is not None):
            raise ValueError("a group, and only for a calendar of a group")
        return self


class CalendarView(Shape):
    """A calendar without its address; `ends`: the last day of that."""

    id: Id
    kind: Kind
    person: Id
    group: Id | None
    name: str
    made_timestamp: datetime
    ends: date


class CalendarMade(CalendarView):
    """A new calendar with its address, which is said here alone."""

    address: str


class CalendarPage(Shape):
    """A page of one's calendars, the oldest first."""

    data: list[CalendarView]
    cursor: str | None
