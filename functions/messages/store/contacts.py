"""What somebody shows in the contact lists of a child's groups: `PERSON#<id>` / `SHOWS#<child>`. Keys are
built only here.
"""

from __future__ import annotations

from collections.abc import Sequence

from pynamodb.attributes import BooleanAttribute

from functions.messages.domain.contacts import NOTHING, Shown
from functions.messages.store import MessagesItem
from skolkit.table import Wanted
from skolkit.types import PersonId


class ShownItem(MessagesItem, discriminator="contact_shown"):
    """What a guardian, or a pupil of age, shows the other homes of a child's groups."""

    name = BooleanAttribute()
    phone = BooleanAttribute()
    mail = BooleanAttribute()


def _key(person: PersonId, child: PersonId) -> tuple[str, str]:
    return f"PERSON#{person}", f"SHOWS#{child}"


def find_shown(person: PersonId, child: PersonId) -> tuple[Shown, int]:
    """What somebody shows, and its version; 0 when they have not chosen. One consistent get."""
    item = ShownItem.find(*_key(person, child))
    return (_shown(item), int(item.version or 0)) if item else (NOTHING, 0)


def wanted_shown(
    asked: Sequence[tuple[PersonId, PersonId]],
) -> Wanted[dict[tuple[PersonId, PersonId], Shown]]:
    """What people show, by person and child, for `fetch`; those who show nothing are left out."""
    keys = {_key(person, child): (person, child) for person, child in asked}

    def answer(found: dict[tuple[str, str], ShownItem]) -> dict[tuple[PersonId, PersonId], Shown]:
        shown = {keys[key]: _shown(item) for key, item in found.items()}
        return {who: what for who, what in shown.items() if what.anything}

    return Wanted(ShownItem, list(keys), answer)


def shown_item(person: PersonId, child: PersonId, shown: Shown, version: int) -> ShownItem:
    """The choice to write over the version read (0: none yet)."""
    item = ShownItem(*_key(person, child), name=shown.name, phone=shown.phone, mail=shown.mail)
    return item.over(version)


def shown_by(person: PersonId) -> list[Shown]:
    """All that somebody has chosen to show, child by child. One consistent query."""
    rows = ShownItem.query(f"PERSON#{person}", ShownItem.sk.startswith("SHOWS#"), consistent_read=True)
    return [_shown(row) for row in rows]


def _shown(item: ShownItem) -> Shown:
    return Shown(item.name, item.phone, item.mail)
