"""Duties, with the person who has them."""

from __future__ import annotations

from datetime import date

from pynamodb.attributes import UnicodeAttribute

from functions.access.guard import Duty
from functions.organisation.store.base import OrganisationItem, text_of
from skolkit.types import PersonId, UnitId


class DutyItem(OrganisationItem, discriminator="duty"):
    """An employment of a person at a unit, or at the municipality when there is no unit."""

    role = UnicodeAttribute()
    unit = UnicodeAttribute(null=True)
    start = UnicodeAttribute()
    end = UnicodeAttribute(null=True)


def duty_item(person: PersonId, role: str, unit: UnitId | None, start: date, end: date | None) -> DutyItem:
    """The item of a duty."""
    sk = f"DUTY#{role}#{unit or '*'}#{start}"
    return DutyItem(f"PERSON#{person}", sk, role=role, unit=unit, start=start.isoformat(), end=text_of(end))


def duties_of(person: PersonId, day: date) -> tuple[Duty, ...]:
    """The duties someone has on a day. One consistent query."""
    rows = DutyItem.query(f"PERSON#{person}", DutyItem.sk.startswith("DUTY#"), consistent_read=True)
    today = day.isoformat()
    return tuple(
        Duty(row.role, UnitId(row.unit) if row.unit else None)  # type: ignore[arg-type]
        for row in rows
        if row.start <= today <= (row.end or today)
    )
