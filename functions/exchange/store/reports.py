"""What clients say of their work: log entries and statistics, per client, newest last, for `DAYS`."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any, TypeVar

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from functions.exchange.schemas.subscriptions import LogEntry, StatisticsEntry
from functions.exchange.store import ExchangeItem
from skolkit.clock import stamp
from skolkit.cursor import seal, unseal
from skolkit.table import Once
from skolkit.types import PersonId, new_id

DAYS = 400


class ReportItem(ExchangeItem):
    """Base: `url` is what the client had asked, `occurred` when it says that it happened."""

    resource_type = UnicodeAttribute(null=True)
    url = UnicodeAttribute(null=True)
    occurred = UnicodeAttribute(null=True)

    @property
    def at(self) -> str:
        """When it came."""
        return str(self.sk).partition("#")[0]


class LogItem(ReportItem, discriminator="exchange_log"):
    """An entry of a client's log. `person`: whom it is about, when the client says so."""

    severity = UnicodeAttribute()
    message = UnicodeAttribute()
    message_type = UnicodeAttribute(null=True)
    resource = UnicodeAttribute(null=True)
    person = UnicodeAttribute(null=True)


class LoggedPersonItem(ExchangeItem, discriminator="exchange_logged_person"):
    """That there is an entry about somebody (for their register extract), and where."""

    entry_pk = UnicodeAttribute()
    entry_sk = UnicodeAttribute()


class StatisticsItem(ReportItem, discriminator="exchange_statistics"):
    """How much a client took over."""

    new = NumberAttribute()
    updated = NumberAttribute()
    deleted = NumberAttribute()


Report = TypeVar("Report", LogItem, StatisticsItem)


def log_items(client: str, entry: LogEntry, at: datetime) -> list[ExchangeItem]:
    """The items of an entry: itself, and where it is when it is about somebody."""
    resource = str(entry.resource_id) if entry.resource_id else None
    person = resource if entry.resource_type == "Person" else None
    place = f"{stamp(at)}#{new_id()}"
    item = LogItem(
        f"LOG#{client}", place, severity=entry.severity_level, message=entry.message,
        message_type=entry.message_type, resource_type=entry.resource_type, resource=resource, person=person,
        **_common(entry, at),
    )  # fmt: skip
    if person is None:
        return [item]
    return [item, LoggedPersonItem(
        f"PERSON#{person}", f"LOG#{place}", entry_pk=item.pk, entry_sk=item.sk, expires=item.expires
    )]  # fmt: skip


def statistics_item(client: str, entry: StatisticsEntry, at: datetime) -> StatisticsItem:
    """The item of an entry."""
    return StatisticsItem(
        f"STATISTICS#{client}", f"{stamp(at)}#{new_id()}", resource_type=entry.resource_type,
        new=entry.new_count, updated=entry.updated_count, deleted=entry.deleted_count, **_common(entry, at),
    )  # fmt: skip


def once(client: str, entry: LogEntry | StatisticsEntry) -> Once | None:
    """The same entry of the same moment is sent again, not said again."""
    if entry.time_of_occurance is None:
        return None
    said = hashlib.sha256(f"{client}\x1f{entry.model_dump_json()}".encode()).hexdigest()
    return Once(f"REPORT#{said}", days=2)


def _common(entry: LogEntry | StatisticsEntry, at: datetime) -> dict[str, Any]:
    return {
        "url": str(entry.resource_url) if entry.resource_url else None,
        "occurred": stamp(entry.time_of_occurance) if entry.time_of_occurance else None,
        "expires": int((at + timedelta(days=DAYS)).timestamp()),
    }


def logged(client: str, cursor: str | None, limit: int, *bound_to: str) -> tuple[list[LogItem], str | None]:
    """A page of a client's log, newest first. One query."""
    return _page(LogItem, f"LOG#{client}", cursor, limit, *bound_to)


def counted(
    client: str, cursor: str | None, limit: int, *bound_to: str
) -> tuple[list[StatisticsItem], str | None]:
    """A page of a client's statistics, newest first. One query."""
    return _page(StatisticsItem, f"STATISTICS#{client}", cursor, limit, *bound_to)


def _page(
    kind: type[Report], pk: str, cursor: str | None, limit: int, *bound_to: str
) -> tuple[list[Report], str | None]:
    found = kind.query(
        pk, limit=limit, scan_index_forward=False, last_evaluated_key=unseal(cursor, pk, *bound_to)
    )
    return list(found), seal(found.last_evaluated_key, pk, *bound_to)


def about(person: PersonId) -> list[LogItem]:
    """The entries about somebody, oldest first. One query, and a batch per hundred."""
    places = LoggedPersonItem.query(f"PERSON#{person}", LoggedPersonItem.sk.startswith("LOG#"))
    keys = [(one.entry_pk, one.entry_sk) for one in places]
    return sorted(LogItem.batch_get(keys), key=lambda item: str(item.sk)) if keys else []
