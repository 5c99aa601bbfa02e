"""What the evening found."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from functions.attendance.domain.gaps import Called
from functions.attendance.schemas.common import Id, PageQuery
from skolkit.http import Shape


class SweepView(Shape):
    """What the evening sweep found at a unit."""

    unit: Id
    date: date
    counts: dict[str, int]


class CallQuery(PageQuery):
    """Which day, today when left out, and how much of the list."""

    day: Annotated[date | None, Field(alias="date")] = None


class CallOutcome(Shape):
    """What came of a call."""

    called: Literal[Called.REACHED, Called.NOT_REACHED]


class CallView(Shape):
    """Somebody to call about a pupil's unexcused absence, why, and what came of it. The recipient is the
    pupil when of age or in nobody's custody. Of a protected pupil names are left out.
    """

    id: Id
    date: date
    pupil: Id | None
    pupil_given_name: str | None
    pupil_family_name: str | None
    recipient: Id | None
    recipient_given_name: str | None
    recipient_family_name: str | None
    reason: str
    called: Called
    by: Id | None
    at: datetime | None
    attempts: int
    version: int


class CallPage(Shape):
    """A part of a unit's calls of a day."""

    data: list[CallView]
    cursor: str | None
