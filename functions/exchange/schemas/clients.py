"""Integration clients over HTTP."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from functions.exchange.domain.clients import LONGEST_OVERLAP, Access, Protected
from skolkit.http import Shape
from skolkit.sweden.codes import SchoolForm

Id = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
Word = Annotated[str, Field(min_length=1, max_length=60)]
HOURS = int(LONGEST_OVERLAP.total_seconds() // 3600)


class ListQuery(Shape):
    """How much of the list, from where."""

    limit: Annotated[int, Field(ge=1, le=100)] = 25
    cursor: Annotated[str, Field(max_length=900)] | None = None


class ClientBody(Shape):
    """What another system may: with each resource of SS 12000 (`write` is reading, too), which attributes it
    does not get (`persons.civicNo`), the only units and school forms it sees (none: all), how people with
    protected identity are told of, requests a minute, and its last day.
    """

    name: Annotated[str, Field(min_length=1, max_length=100)]
    resources: Annotated[dict[Word, Access], Field(max_length=40)]
    withheld: Annotated[tuple[Word, ...], Field(max_length=200)] = ()
    units: Annotated[tuple[Id, ...], Field(max_length=500)] = ()
    forms: Annotated[tuple[SchoolForm, ...], Field(max_length=30)] = ()
    protected: Protected = "out"
    per_minute: Annotated[int, Field(ge=1, le=6000)] = 600
    expires: date


class CredentialView(Shape):
    """An OAuth2 client id of the client; `holdsUntil` when it is on its way out."""

    client_id: str
    holds_until: datetime | None


class ClientView(ClientBody):
    """A client as it is."""

    id: Id
    stopped: bool
    credentials: list[CredentialView]
    version: int


class ClientPage(Shape):
    """Clients; `cursor` leads to the next page."""

    data: list[ClientView]
    cursor: str | None


class NewSecret(Shape):
    """For how many hours the secrets in use hold beside the new one."""

    old_holds_hours: Annotated[int, Field(ge=0, le=HOURS)] = 24


class SecretView(Shape):
    """A client with what it signs in by. The secret is told once: not when the request is sent again."""

    client: ClientView
    client_id: str
    client_secret: str | None


class UseView(Shape):
    """What the client has fetched of a resource in a day."""

    day: date
    resource: str
    requests: int
    entities: int
    refusals: int
    last_timestamp: datetime


class UsePage(Shape):
    """What the client has fetched, newest day first; `cursor` leads to the next page."""

    data: list[UseView]
    cursor: str | None
