"""Who reads SS 12000: the client behind a request, what is there for it, and how it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from functions.exchange.domain.clients import Access, Client, ClientRefused, trimmed, without
from functions.exchange.store import clients
from skolkit.clock import now, stamp, today
from skolkit.config import feed_lag
from skolkit.identity import Caller
from skolkit.ss12000 import Entity
from skolkit.types import PersonId


@dataclass(frozen=True, slots=True)
class Reader:
    """The client that asks, and who is not there for it; `since` is when its walk began."""

    client: Client
    hidden: frozenset[PersonId]
    since: datetime
    lag: timedelta

    def sees(self, entity: Entity) -> bool:
        """Whether an entity is there for the client."""
        return self.client.sees(entity.about, entity.units, entity.forms, self.hidden)

    def published(self, at: datetime) -> datetime:
        """When a change of then is published; what is newer than the walk counts as of its beginning."""
        return min(at + self.lag, self.since)

    def shown(self, resource: str, entity: Entity) -> dict[str, Any] | None:
        """The body of an entity as the client may have it; None when nothing is left."""
        body: Any = entity.shape.model_dump(mode="json", by_alias=True, exclude_none=True)
        if entity.people & self.hidden:
            body = self.cut(body)
            if body is None:
                return None
        if "meta" in body:
            body["meta"] = {
                "created": stamp(self.published(entity.created)),
                "modified": stamp(self.published(entity.changed)),
            }
        return trimmed(body, resource, self.client.withheld)

    def cut(self, body: dict[str, Any]) -> dict[str, Any] | None:
        """A body without those who are not there for the client."""
        if self.client.protected == "pseudonym":
            return body
        kept: dict[str, Any] | None = without(body, self.hidden)
        return kept


def admit(caller: Caller, resource: str, access: Access = "read") -> Client:
    """The client behind a request, if it may do this. One consistent get."""
    client = clients.find_client(caller.client)
    if client is None or not client.may(access, resource, today()):
        raise ClientRefused
    return client


def reader(caller: Caller, resource: str, since: datetime | None = None) -> Reader:
    """Who reads a resource. Two round trips."""
    from functions.register.ss12000 import protected_people

    client = admit(caller, resource)
    hidden = protected_people()
    return Reader(client, hidden, since or now(), feed_lag())
