"""What several requests and answers have in common."""

from __future__ import annotations

from datetime import date, time
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, WithJsonSchema

from functions.attendance.domain.absence import Reason
from skolkit.http import Shape

Minute = Annotated[int, Field(ge=0, le=600)]
Id = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]

Notified = Literal[Reason.ILLNESS, Reason.MEDICAL_VISIT, Reason.DENTAL_VISIT, Reason.OTHER]
"""The reasons that are notified."""


def _on_the_wall(at: time) -> time:
    if at.tzinfo is not None:
        raise ValueError("a Swedish wall-clock time has no offset")
    return at


ClockTime = Annotated[
    time,
    AfterValidator(_on_the_wall),
    WithJsonSchema({"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$"}),
]
"""A Swedish wall-clock time, as 13:00; unlike the format `time` of JSON Schema it has no offset."""


class PageQuery(Shape):
    """How much of a list, from where."""

    limit: Annotated[int, Field(ge=1, le=100)] = 20
    cursor: Annotated[str, Field(max_length=600)] | None = None


class DayQuery(Shape):
    """Which day; today when left out."""

    day: Annotated[date | None, Field(alias="date")] = None
