"""Uploads, mappings and exports of tables."""

from __future__ import annotations

from collections.abc import Iterator

from functions.register.domain.contacts import Contact
from functions.register.domain.people import PersonCard
from functions.register.store.contacts import contact_of, find_contact
from functions.register.store.items import TableMappingItem, TableUploadItem
from functions.register.store.people import find_card
from functions.register.store.search import at_unit
from skolkit.clock import now
from skolkit.types import PersonId, UnitId

KEPT_DAYS = 30


def upload_item(id: str, table: str, format: str, by: PersonId) -> TableUploadItem:
    """A place for a file, gone when the bucket forgets the file."""
    expires = int(now().timestamp()) + KEPT_DAYS * 86_400
    return TableUploadItem(f"UPLOAD#{id}", "UPLOAD", table=table, format=format, by=by, expires=expires)


def find_upload(id: str) -> TableUploadItem | None:
    """An upload. One consistent get."""
    return TableUploadItem.find(f"UPLOAD#{id}", "UPLOAD")


def mapping_of(table: str) -> TableMappingItem:
    """The municipality's own headings of a table. One consistent get."""
    found = TableMappingItem.find("MAPPING", table)
    return found or TableMappingItem("MAPPING", table, headings={})


def pupils_at(unit: UnitId) -> Iterator[tuple[PersonCard, Contact]]:
    """A unit's pupils with their contacts, by family name; none who is protected. Two reads each."""
    start = None
    while True:
        hits = at_unit(unit, start, limit=100)
        for hit, _ in hits.found:
            card, item = find_card(hit.person), find_contact(hit.person)
            contact = contact_of(hit.person, item)
            if card and not card.protected and isinstance(contact, Contact):
                yield card, contact
        if hits.end is None:
            return
        start = hits.end
