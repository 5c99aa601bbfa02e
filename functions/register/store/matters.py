"""Leaving cases, transfers and notices in the pupil's partition, and what waits for somebody in the lists of
the units concerned and of the municipality.

A matter is in the lists as long as it has a day until which it waits; its rows are written with it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter
from pynamodb.attributes import JSONAttribute, UnicodeAttribute

from functions.register.domain.leaving import Leaving, Transfer
from functions.register.domain.notices import Notice
from functions.register.store.items import RegisterItem, person_pk, unit_pk
from skolkit.cursor import seal, unseal
from skolkit.jobs import JobItem
from skolkit.table import Overwrite, Remove, Write
from skolkit.types import PersonId, UnitId

MUNICIPALITY = "MATTERS"
M = TypeVar("M", Leaving, Transfer, Notice)


class LeavingItem(RegisterItem, discriminator="leaving"):
    """A leaving case."""

    data = JSONAttribute()


class TransferItem(RegisterItem, discriminator="transfer"):
    """A transfer between units."""

    data = JSONAttribute()


class NoticeItem(RegisterItem, discriminator="leaving_notice"):
    """A notice."""

    data = JSONAttribute()


class WaitingItem(RegisterItem, discriminator="waiting"):
    """A matter in a unit's or the municipality's list of what waits."""

    person = UnicodeAttribute()
    units = JSONAttribute()


class HandoverJobItem(JobItem, discriminator="handover_job"):
    """The making of a hand-over package."""

    class Meta(RegisterItem.Meta):
        """The register's table."""


MatterItem = LeavingItem | TransferItem | NoticeItem
_ITEMS: dict[type[Any], tuple[type[Any], str]] = {
    Leaving: (LeavingItem, "LEAVING"),
    Transfer: (TransferItem, "TRANSFER"),
    Notice: (NoticeItem, "NOTICE"),
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits for somebody until a day: `kind` is leaving, transfer or notice."""

    kind: str
    id: str
    person: PersonId
    units: tuple[UnitId, ...]
    due: date


@cache
def _adapters() -> dict[type[Any], TypeAdapter[Any]]:
    return {kind: TypeAdapter(kind) for kind in _ITEMS}


def find(kind: type[M], person: PersonId, id: str) -> tuple[Any, M] | None:
    """A matter of a person and its item. One consistent get."""
    item_kind, name = _ITEMS[kind]
    item = item_kind.find(person_pk(person), f"{name}#{id}")
    return (item, _adapters()[kind].validate_python(item.data)) if item else None


def matters(kind: type[M], rows: Iterable[RegisterItem]) -> list[tuple[Any, M]]:
    """The matters of a kind among a person's rows, oldest first, with their items."""
    mine = sorted((row for row in rows if isinstance(row, _ITEMS[kind][0])), key=lambda row: str(row.sk))
    return [(row, _adapters()[kind].validate_python(row.data)) for row in mine]


def leaving_writes(
    person: PersonId, new: Leaving, item: LeavingItem | None = None, old: Leaving | None = None
) -> list[Write]:
    """What stores a case, over its item if there is one, with its place in the lists."""
    return _writes(Leaving, person, new, item, old)


def transfer_writes(
    person: PersonId, new: Transfer, item: TransferItem | None = None, old: Transfer | None = None
) -> list[Write]:
    """What stores a transfer likewise."""
    return _writes(Transfer, person, new, item, old)


def notice_writes(
    person: PersonId, new: Notice, item: NoticeItem | None = None, old: Notice | None = None
) -> list[Write]:
    """What stores a notice likewise."""
    return _writes(Notice, person, new, item, old)


def page_of_waiting(
    unit: UnitId | None, cursor: str | None, limit: int, *bound_to: str
) -> tuple[list[Waiting], str | None]:
    """A page of what waits at a unit, or in the municipality, by day. One consistent query."""
    found = WaitingItem.query(
        unit_pk(unit) if unit else MUNICIPALITY, WaitingItem.sk.startswith("WAITS#"),
        limit=limit, page_size=limit, last_evaluated_key=unseal(cursor, *bound_to), consistent_read=True,
    )  # fmt: skip
    rows = [_waiting(item) for item in found]
    return rows, seal(found.last_evaluated_key, *bound_to)


def _writes(kind: type[M], person: PersonId, new: M, item: Any, old: M | None) -> list[Write]:
    item_kind, name = _ITEMS[kind]
    item = item or item_kind(person_pk(person), f"{name}#{new.id}")
    item.data = _adapters()[kind].dump_python(new, mode="json")
    rows: list[WaitingItem] = _rows(name, person, new)
    keys = {(row.pk, row.sk) for row in rows}
    gone: list[Write] = [
        Remove(row) for row in (_rows(name, person, old) if old else []) if (row.pk, row.sk) not in keys
    ]
    return [item, *(Overwrite(row) for row in rows), *gone]


def _rows(name: str, person: PersonId, matter: Leaving | Transfer | Notice) -> list[WaitingItem]:
    if matter.waits_until is None:
        return []
    sk = f"WAITS#{matter.waits_until}#{name}#{person}#{matter.id}"
    places = [MUNICIPALITY, *dict.fromkeys(map(unit_pk, matter.units))]
    return [WaitingItem(pk, sk, person=person, units=list(matter.units)) for pk in places]


def _waiting(item: WaitingItem) -> Waiting:
    _, due, kind, person, id = str(item.sk).split("#")
    units = tuple(UnitId(unit) for unit in item.units)
    return Waiting(kind.lower(), id, PersonId(person), units, date.fromisoformat(due))
