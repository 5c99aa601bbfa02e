"""What is asked and answered about the event bus: the catalogue of facts, and replays from the archive."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field

from skolkit.http import Shape

Cursor = Annotated[str, Field(max_length=900)]
FactType = Annotated[str, Field(pattern=r"^[a-z]+\.[A-Za-z]+\.v[0-9]{1,3}$", max_length=80)]
Target = Annotated[str, Field(pattern=r"^[a-z]+\.[a-z_]+$", max_length=80)]


class EventQuery(Shape):
    """Facts of one area, or of all."""

    area: Annotated[str, Field(pattern=r"^[a-z]+$", max_length=30)] | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50
    cursor: Cursor | None = None


class Listener(Shape):
    """A function that hears a fact; `process` is one of the 36, 0 for what belongs to none."""

    area: str
    function: str
    process: int


class EventLine(Shape):
    """A fact: the `area` that publishes it, who listens, and where in it the ids of `people` are, all it says
    of anybody.
    """

    type: str
    area: str
    summary: str
    processes: list[int]
    listeners: list[Listener]
    people: list[str]


class EventPage(Shape):
    """In order of area and type."""

    data: list[EventLine]
    cursor: str | None


class EventView(EventLine):
    """A fact with its JSON Schema (2020-12, of the event's `detail`) and a delivery."""

    json_schema: dict[str, Any]
    sample: dict[str, Any]


class NewReplay(Shape):
    """Facts that were told `from` a moment `to` another, to be told again to those who listen to some
    `types`; of these only to `targets` (`area.function`), if there are any.
    """

    start: Annotated[AwareDatetime, Field(alias="from")]
    end: Annotated[AwareDatetime, Field(alias="to")]
    types: Annotated[list[FactType], Field(min_length=1, max_length=50)]
    targets: Annotated[list[Target], Field(min_length=1, max_length=50)] | None = None
    reason: Annotated[str, Field(min_length=3, max_length=200)]


class ReplayQuery(Shape):
    """How much of the list, from where."""

    limit: Annotated[int, Field(ge=1, le=100)] = 25
    cursor: Cursor | None = None


class ReplayLine(Shape):
    """A replay somebody asked for. `targets` are all who are told again, and `facts` all they are told:
    whoever listens to a chosen fact is told the others it listens to as well.
    """

    id: str
    start: Annotated[datetime, Field(alias="from")]
    end: Annotated[datetime, Field(alias="to")]
    types: list[str]
    targets: list[str]
    facts: list[str]
    reason: str
    asked_by: str
    asked_at: datetime
    cancelled_by: str | None
    version: int


class ReplayPage(Shape):
    """Newest first."""

    data: list[ReplayLine]
    cursor: str | None


class ReplayView(ReplayLine):
    """A replay as it goes. `state` unknown: it was never begun, or ended so long ago that nothing is known of
    it any more; `replayed_to`: how far it has come, by when the facts were told the first time.
    """

    state: Literal["starting", "running", "cancelling", "completed", "cancelled", "failed", "unknown"]
    replayed_to: datetime | None
