"""Integration clients, and which of them an OAuth2 client id belongs to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute

from functions.exchange.domain.clients import Client
from functions.exchange.store import ExchangeItem
from skolkit.clock import stamp
from skolkit.cursor import seal, unseal
from skolkit.sweden.codes import SchoolForm
from skolkit.table import Erase, Remove, Write
from skolkit.types import PersonId, UnitId

CLIENTS = "CLIENTS"
_owners: dict[str, str] = {}


class ClientItem(ExchangeItem, discriminator="exchange_client"):
    """A client; `changed_by` is the administrator who changed it last."""

    name = UnicodeAttribute()
    resources = JSONAttribute()
    withheld = JSONAttribute()
    units = JSONAttribute()
    forms = JSONAttribute()
    protected = UnicodeAttribute()
    per_minute = NumberAttribute()
    ends = UnicodeAttribute()
    stopped = BooleanAttribute(default=False)
    credentials = JSONAttribute()
    warned = BooleanAttribute(default=False)
    changed_by = UnicodeAttribute(null=True)


class CredentialItem(ExchangeItem, discriminator="exchange_credential"):
    """Whose an OAuth2 client id is; it never becomes anybody else's."""

    client = UnicodeAttribute()


def client_writes(before: Client | None, after: Client) -> list[Write]:
    """A client over the version it changes, and whose its credentials are."""
    item = ClientItem(
        CLIENTS, after.id, name=after.name, resources=dict(after.resources),
        withheld=sorted(after.withheld), units=sorted(after.units),
        forms=sorted(form.value for form in after.forms), protected=after.protected,
        per_minute=after.per_minute, ends=after.expires.isoformat(), stopped=after.stopped,
        credentials={id: stamp(end) if end else None for id, end in after.credentials.items()},
        warned=after.warned, changed_by=after.changed_by,
    )  # fmt: skip
    known = set(before.credentials) if before else set[str]()
    new = [id for id in after.credentials if id not in known]
    return [
        item.over(after.version),
        *(CredentialItem(_credential(id), "CREDENTIAL", client=after.id) for id in new),
        *(_gone(id) for id in sorted(known - set(after.credentials))),
    ]


def removal(client: Client) -> list[Write]:
    """What takes a client away, if it is still the version read."""
    item = ClientItem(CLIENTS, client.id)
    item.version = client.version
    return [Erase(item), *map(_gone, client.credentials)]


def _gone(credential: str) -> Remove:
    return Remove(CredentialItem(_credential(credential), "CREDENTIAL"))


def _credential(id: str) -> str:
    return f"CREDENTIAL#{id}"


def owner_of(credential: str) -> str | None:
    """The client an OAuth2 client id belongs to: one get, and none when this process has asked before."""
    if credential not in _owners:
        item = CredentialItem.find(_credential(credential), "CREDENTIAL")
        if item is None:
            return None
        _owners[credential] = item.client
    return _owners[credential]


def find_client(id: str) -> Client | None:
    """One consistent get: a client that has been stopped is stopped now."""
    item = ClientItem.find(CLIENTS, id)
    return _client(item) if item else None


def page_of_clients(cursor: str | None, limit: int, *bound_to: str) -> tuple[list[Client], str | None]:
    """Clients, those registered last first, and the cursor of the next page. One query."""
    found: Any = ClientItem.query(
        CLIENTS, limit=limit, page_size=limit, scan_index_forward=False,
        last_evaluated_key=unseal(cursor, *bound_to),
    )  # fmt: skip
    return [_client(item) for item in found], seal(found.last_evaluated_key, *bound_to)


def every_client() -> Iterator[Client]:
    """All clients. One query a page of 1 MB."""
    return map(_client, ClientItem.query(CLIENTS, consistent_read=True))


def _client(item: ClientItem) -> Client:
    id: str = item.sk
    return Client(
        id=id,
        name=item.name,
        resources=item.resources,
        withheld=frozenset(item.withheld),
        units=frozenset(map(UnitId, item.units)),
        forms=frozenset(map(SchoolForm, item.forms)),
        protected=item.protected,  # type: ignore[arg-type]
        per_minute=int(item.per_minute),
        expires=date.fromisoformat(item.ends),
        stopped=item.stopped,
        credentials={i: datetime.fromisoformat(end) if end else None for i, end in item.credentials.items()},
        warned=item.warned,
        changed_by=PersonId(item.changed_by) if item.changed_by else None,
        version=item.version,
    )
