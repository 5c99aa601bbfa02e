"""Subscriptions, log entries and statistics, as SS 12000 has them and as an administrator sees them."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AnyUrl, BeforeValidator, Field

from functions.exchange.schemas.standard import EntityType, Moment, Query
from skolkit.http import Shape

URL = Annotated[str, Field(min_length=1, max_length=2_000)]
Address = Annotated[AnyUrl, Field(max_length=2_000)]
Severity = Literal["Info", "Warning", "Error"]


def _object(value: object) -> object:
    """The standard's own example says the kinds as words, its schema as objects."""
    return {"resource": value} if isinstance(value, str) else value


class SubscribedKind(Shape):
    """A kind of entity whose changes are told."""

    resource: EntityType


class NewSubscription(Query):
    """What a client wants to be told of, and where (`CreateSubscription`)."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    resource_types: Annotated[
        list[Annotated[SubscribedKind, BeforeValidator(_object)]],
        Field(min_length=1, max_length=50, alias="resourceTypes"),
    ]
    target: URL


class SubscriptionView(Shape):
    """A subscription as its client sees it (`Subscription`)."""

    id: UUID
    expires: str
    name: str
    resource_types: list[SubscribedKind]
    target: str


class LogEntry(Query):
    """What a client says of something that happened to it (`LogEntry`)."""

    message: Annotated[str, Field(min_length=1, max_length=4_000)]
    message_type: str | None = Field(default=None, max_length=200, alias="messageType")
    resource_type: EntityType | None = Field(default=None, alias="resourceType")
    resource_id: UUID | None = Field(default=None, alias="resourceId")
    resource_url: Address | None = Field(default=None, alias="resourceUrl")
    severity_level: Severity = Field(alias="severityLevel")
    time_of_occurance: Moment | None = Field(default=None, alias="timeOfOccurance")


Count = Annotated[int, Field(ge=0, le=100_000_000)]


class StatisticsEntry(Query):
    """How much a client took over (`StatisticsEntry`)."""

    resource_type: EntityType = Field(alias="resourceType")
    new_count: Count = Field(alias="newCount")
    updated_count: Count = Field(alias="updatedCount")
    deleted_count: Count = Field(alias="deletedCount")
    resource_url: Address | None = Field(default=None, alias="resourceUrl")
    time_of_occurance: Moment | None = Field(default=None, alias="timeOfOccurance")


class PageQuery(Shape):
    """How much of a list, from where."""

    limit: Annotated[int, Field(ge=1, le=100)] = 25
    cursor: Annotated[str, Field(max_length=900)] | None = None


class SubscriptionState(Shape):
    """A subscription as an administrator sees it: the receiver's host alone, for the rest of the address may
    be its secret. `waiting` are the kinds whose changes have not been told yet; `fault` is why the last
    notice was not taken; `paused` since when nothing is sent.
    """

    id: str
    client: str
    name: str
    host: str
    kinds: list[EntityType]
    created: str
    expires: str
    waiting: list[EntityType]
    last_told: str | None
    failing_since: str | None
    next_try: str | None
    fault: Literal["address", "connection", "tls", "slow", "refused", "gone"] | None
    paused: str | None
    version: int


class SubscriptionPage(Shape):
    """Subscriptions of all clients."""

    data: list[SubscriptionState]
    cursor: str | None


class LogView(Shape):
    """An entry of a client's log: text from outside, to be shown as text."""

    at: str
    severity: Severity
    message: str
    message_type: str | None
    resource_type: str | None
    resource: str | None
    url: str | None
    occurred: str | None


class LogPage(Shape):
    """A client's log, newest first."""

    data: list[LogView]
    cursor: str | None


class StatisticsView(Shape):
    """What a client said it took over."""

    at: str
    resource_type: str
    created: int
    updated: int
    deleted: int
    url: str | None
    occurred: str | None


class StatisticsPage(Shape):
    """A client's statistics, newest first."""

    data: list[StatisticsView]
    cursor: str | None
