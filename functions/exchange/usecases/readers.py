"""Who reads SS 12000: the client behind a request, what is there for it, and how it is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from functions.exchange.domain.clients import Access, Client, ClientRefused, trimmed, without
from functions.exchange.store import clients
from functions.exchange.usecases.resources import resource_of
from skolkit.clock import now, stamp, today
from skolkit.config import feed_lag
from skolkit.identity import Caller
from skolkit.ss12000 import Entity
from skolkit.types import PersonId


@dataclass(frozen=True, slots=True)
class Reader:
    """The client that asks, and who is protected; `since` is when its walk began. `there` keeps, by resource,
    what is the client's where the entities do not say.
    """

    client: Client
    hidden: frozenset[PersonId]
    since: datetime
    lag: timedelta
    there: dict[str, Callable[[Entity], bool] | None] = field(default_factory=dict)

    @property
    def gone(self) -> frozenset[PersonId]:
        """Who is not there for the client: it cannot ask for them either."""
        return self.hidden if self.client.protected == "out" else frozenset()

    def sees(self, resource: str, entity: Entity) -> bool:
        """Whether an entity is there for the client."""
        units = entity.in_units() if self.client.units else None
        forms = entity.in_forms() if self.client.forms else None
        if not self.client.sees(entity.about, units, forms, self.hidden):
            return False
        limited = self.client.units or self.client.forms
        belongs = self._belongs(resource) if limited else None
        return belongs is None or belongs(entity)

    def _belongs(self, resource: str) -> Callable[[Entity], bool] | None:
        if resource not in self.there:
            belongs = resource_of(resource).belongs
            self.there[resource] = belongs(self.client.units, self.client.forms) if belongs else None
        return self.there[resource]

    def published(self, at: datetime) -> datetime:
        """When a change of then is published; what is newer than the walk counts as of its beginning."""
        return min(at + self.lag, self.since)

    def shown(self, resource: str, entity: Entity) -> dict[str, Any] | None:
        """The body of an entity as the client may have it; None when nothing is left."""
        body: Any = entity.shape.model_dump(mode="json", by_alias=True, exclude_none=True)
        behind = {id for id, person in entity.behind.items() if person in self.gone}
        if behind or entity.people & self.gone:
            body = without(body, self.gone | behind)
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
        kept: dict[str, Any] | None = without(body, self.gone)
        return kept


def admit(caller: Caller, resource: str, access: Access = "read") -> Client:
    """The client behind a request, if it may do this. One consistent get."""
    client = clients.find_client(caller.client)
    if client is None or not client.may(access, resource, today()):
        raise ClientRefused
    return client


def reader(caller: Caller, resource: str, since: datetime | None = None) -> Reader:
    """Who reads a resource. Two round trips; of a client of some units one for each unit more when it is
    people's.
    """
    from functions.register.ss12000 import protected_people

    return Reader(admit(caller, resource), protected_people(), since or now(), feed_lag())
