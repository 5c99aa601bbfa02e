"""Broken glasses: who may see a protected person's contact details until when, in that person's partition."""

from __future__ import annotations

from datetime import datetime

from pynamodb.attributes import UnicodeAttribute

from functions.register.store.items import RegisterItem, person_pk
from skolkit.clock import stamp
from skolkit.types import PersonId


class GlassItem(RegisterItem, discriminator="glass"):
    """A glass broken by the person in the key, open until `until`."""

    until = UnicodeAttribute()
    why = UnicodeAttribute()


def glass_item(person: PersonId, by: PersonId, until: datetime, why: str) -> GlassItem:
    """The item of a broken glass; it goes away by itself a day later."""
    expires = int(until.timestamp()) + 86_400
    return GlassItem(*_key(person, by), until=stamp(until), why=why, expires=expires)


def find_glass(person: PersonId, by: PersonId) -> GlassItem | None:
    """The glass somebody broke last about a person. One consistent get."""
    return GlassItem.find(*_key(person, by))


def _key(person: PersonId, by: PersonId) -> tuple[str, str]:
    return person_pk(person), f"GLASS#{by}"
