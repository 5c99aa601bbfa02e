"""What every item of the organisation's table has."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, TypeVar

from skolkit.config import table_name
from skolkit.feed import times_of
from skolkit.imports import ImportItem
from skolkit.table import Item, Wanted, fetch

PAGE = 50
OPEN = "9999-12-31"  # the last day of what has none, so that it sorts after all others
T = TypeVar("T")


class OrganisationItem(Item):
    """Anything in the organisation's table."""

    class Meta:
        table_name = table_name("organisation")


class OrganisationImportItem(ImportItem, discriminator="organisation_import"):
    """How far an import has come."""

    class Meta:
        table_name = table_name("organisation")


Stored = tuple[T, datetime, datetime]
"""What an item says, when it came to be, and when it was changed."""


def stored(
    kind: type[Item], keys: Sequence[tuple[str, str]], says: Callable[[Any], T], *, consistent: bool
) -> dict[tuple[str, str], Stored[T]]:
    """What items of a fed kind say, by key. One `BatchGetItem` per 100."""
    found: dict[tuple[str, str], Item]
    (found,) = fetch(Wanted(kind, keys, dict), consistent=consistent)
    return {key: (says(item), *times_of(item)) for key, item in found.items()}


def day_of(text: str | None) -> date | None:
    """The day an item keeps as text."""
    return date.fromisoformat(text) if text else None


def text_of(day: date | None) -> str | None:
    """How an item keeps a day."""
    return day.isoformat() if day else None
