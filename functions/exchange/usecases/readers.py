"""Who reads SS 12000: the client behind a request, what is there for it, and how it is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from functions.exchange.domain import pseudonyms
from functions.exchange.domain.attributes import IDENTIFYING, tells
from functions.exchange.domain.clients import (
    Access,
    AttributeWithheld,
    Client,
    ClientRefused,
    TooManyRequests,
    trimmed,
    without,
)
from functions.exchange.store import clients, uses
from functions.exchange.usecases.resources import resource_of
from skolkit.clock import now, stamp, today
from skolkit.config import feed_lag, settings
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
        if entity.about in self.hidden and self.client.protected == "pseudonym":
            body = self._made_up(resource, entity.about, body)
        behind = {id for id, person in entity.behind.items() if person in self.gone}
        if behind:
            body = without(body, frozenset(behind))
        if body is not None and entity.people & self.hidden:
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
        """A body without those who are not there for the client, or with their made-up names."""
        if self.client.protected == "pseudonym":
            renamed: dict[str, Any] = pseudonyms.renamed(body, self.hidden, lambda p: self.called(p, ""))
            return renamed
        kept: dict[str, Any] | None = without(body, self.gone)
        return kept

    def called(self, person: PersonId, name: str) -> str:
        """What the client is told that somebody is called: their name, or a made-up one."""
        return f"{pseudonyms.GIVEN_NAME} {self._letters(person)}" if person in self.hidden else name

    def without_protected(self) -> Reader:
        """For what asks by who somebody is: the answer would tell who a made-up name stands for."""
        return replace(self, client=replace(self.client, protected="out"))

    def _made_up(self, resource: str, person: PersonId, body: dict[str, Any]) -> dict[str, Any]:
        if resource == "persons":
            return pseudonyms.of_person(body, self._letters(person))
        return pseudonyms.of_another(resource, body)

    def _letters(self, person: PersonId) -> str:
        return pseudonyms.letters(self.client.id, person, settings().cursor_key)


def admit(caller: Caller, resource: str, access: Access = "read") -> Client:
    """The client behind a request, if it may do this and does not ask too often. A consistent get beside an
    update that counts the request: one round trip, two for credentials that this process has not seen.
    """
    owner, at = clients.owner_of(caller.client), now()
    if owner is None:
        raise ClientRefused
    with ThreadPoolExecutor(1) as side:
        count = side.submit(uses.count_request, owner, at)
        client = clients.find_client(owner)
        asked = count.result()
    if client is None or not client.holds(caller.client, at) or not client.may(access, resource, today(at)):
        raise ClientRefused
    if asked > client.per_minute:
        raise TooManyRequests(client.per_minute, 60 - at.second)
    return client


def reader(caller: Caller, resource: str, since: datetime | None = None) -> Reader:
    """Who reads a resource. One round trip, two for credentials that this process has not seen; of a client
    of some units one for each unit more when it is people's.
    """
    from functions.register.ss12000 import protected_people

    with ThreadPoolExecutor(1) as side:
        hidden = side.submit(protected_people)
        client = admit(caller, resource)
        return Reader(client, hidden.result(), since or now(), feed_lag())


def asked_by(who: Reader, resource: str, asked: Mapping[str, Any]) -> Reader:
    """The reader for these filters, this sort key, or these lists of a lookup. Raises `AttributeWithheld`
    when what they go by is withheld. Who is protected is not there for what asks by who somebody is.
    """
    told = tells(resource, asked)
    if withheld := sorted(told & who.client.withheld):
        raise AttributeWithheld(name=withheld[0].partition(".")[2])
    return who.without_protected() if told & IDENTIFYING else who
