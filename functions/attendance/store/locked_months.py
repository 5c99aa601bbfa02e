"""Units' months that have been locked or unlocked; of the others nothing is stored."""

from __future__ import annotations

from datetime import date

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute

from functions.attendance.domain.correction import Month, Unlocking
from functions.attendance.store import AttendanceItem, instant
from skolkit.clock import stamp
from skolkit.table import Unchanged
from skolkit.types import PersonId, UnitId


class MonthItem(AttendanceItem, discriminator="locked_month"):
    """What was decided last about a unit's month."""

    first = UnicodeAttribute()
    locked = BooleanAttribute()
    until = UnicodeAttribute(null=True)
    by = UnicodeAttribute()
    at = UnicodeAttribute()
    reason = UnicodeAttribute(null=True)


def _key(unit: UnitId, first: date) -> tuple[str, str]:
    return f"UNIT#{unit}", f"MONTH#{first:%Y-%m}"


def month(unit: UnitId, first: date) -> Month:
    """A unit's month; one consistent GetItem."""
    item = MonthItem.find(*_key(unit, first))
    return month_of(item) if item else Month(unit, first)


def unlocked(month: Month) -> Unchanged:
    """What makes a write depend on nothing having been decided about the month since it was read."""
    item = MonthItem(*_key(month.unit, month.first), modified=month.modified)
    return Unchanged(item.over(month.version))


def month_of(item: MonthItem) -> Month:
    """The month that an item keeps."""
    return Month(
        UnitId(item.pk.partition("#")[2]),
        date.fromisoformat(item.first),
        item.locked,
        date.fromisoformat(item.until) if item.until else None,
        PersonId(item.by),
        instant(item.at),
        Unlocking(item.reason) if item.reason else None,
        item.version,
        item.modified,
    )


def month_item(month: Month) -> MonthItem:
    """The month to write over the version read."""
    item = MonthItem(
        *_key(month.unit, month.first),
        first=month.first.isoformat(),
        locked=bool(month.locked),
        until=month.until.isoformat() if month.until else None,
        by=month.by,
        at=stamp(month.at) if month.at else None,
        reason=month.reason,
    )
    return item.over(month.version)
