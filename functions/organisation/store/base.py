"""What every item of the organisation's table has."""

from __future__ import annotations

from datetime import date

from skolkit.config import table_name
from skolkit.imports import ImportItem
from skolkit.table import Item

PAGE = 50


class OrganisationItem(Item):
    """Anything in the organisation's table."""

    class Meta:
        table_name = table_name("organisation")


class OrganisationImportItem(ImportItem, discriminator="organisation_import"):
    """How far an import has come."""

    class Meta:
        table_name = table_name("organisation")


def day_of(text: str | None) -> date | None:
    """The day an item keeps as text."""
    return date.fromisoformat(text) if text else None


def text_of(day: date | None) -> str | None:
    """How an item keeps a day."""
    return day.isoformat() if day else None
