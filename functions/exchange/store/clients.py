"""Integration clients, by their OAuth2 client id."""

from __future__ import annotations

from datetime import date

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute

from functions.exchange.domain.clients import Client
from functions.exchange.store import ExchangeItem
from skolkit.sweden.codes import SchoolForm
from skolkit.types import UnitId


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
    changed_by = UnicodeAttribute(null=True)


def client_item(client: Client, changed_by: str) -> ClientItem:
    """The item of a client, over the version it changes."""
    item = ClientItem(
        f"CLIENT#{client.id}", "CLIENT", name=client.name, resources=dict(client.resources),
        withheld=sorted(client.withheld), units=sorted(client.units),
        forms=sorted(form.value for form in client.forms), protected=client.protected,
        per_minute=client.per_minute, ends=client.expires.isoformat(), stopped=client.stopped,
        changed_by=changed_by,
    )  # fmt: skip
    return item.over(client.version)


def find_client(id: str) -> Client | None:
    """One consistent get: a client that has been stopped is stopped now."""
    item = ClientItem.find(f"CLIENT#{id}", "CLIENT")
    return _client(item) if item else None


def _client(item: ClientItem) -> Client:
    pk: str = item.pk
    return Client(
        id=pk.removeprefix("CLIENT#"),
        name=item.name,
        resources=item.resources,
        withheld=frozenset(item.withheld),
        units=frozenset(map(UnitId, item.units)),
        forms=frozenset(map(SchoolForm, item.forms)),
        protected=item.protected,  # type: ignore[arg-type]
        per_minute=int(item.per_minute),
        expires=date.fromisoformat(item.ends),
        stopped=item.stopped,
        version=item.version,
    )
