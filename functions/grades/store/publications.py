"""Moments of publication that have not come: `PUBLICATION` / `<moment>#<period>`, in order of time, so that
the minute's look reads those that have come and nothing else. Each goes when it has been handed over.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from pynamodb.attributes import UnicodeAttribute

from functions.grades.domain.periods import Period
from functions.grades.store import GradesItem
from skolkit.clock import stamp
from skolkit.table import Erase, Overwrite, Remove, Write
from skolkit.types import UnitId

_PK = "PUBLICATION"


class PublicationItem(GradesItem, discriminator="grade_publication"):
    """A moment that has been decided for a period."""

    unit = UnicodeAttribute()


@dataclass(frozen=True, slots=True)
class Due:
    """A period whose moment has come; `done` takes it away, if it is still as it was read."""

    period: str
    unit: UnitId
    at: datetime
    done: Erase


def moving(old: Period, new: Period) -> list[Write]:
    """What lets a period's moment be another one; the period's own version guards it."""
    if old.publish == new.publish:
        return []
    gone: list[Write] = [Remove(_item(old, old.publish))] if old.publish else []
    return [*gone, *([Overwrite(_item(new, new.publish))] if new.publish else [])]


def _item(period: Period, at: datetime) -> PublicationItem:
    return PublicationItem(_PK, f"{stamp(at)}#{period.id}", unit=period.unit)


def due(until: datetime) -> Iterator[Due]:
    """Those whose moment has come, oldest first. One consistent query per megabyte (5,000 periods)."""
    for item in PublicationItem.query(_PK, PublicationItem.sk <= f"{stamp(until)}~", consistent_read=True):
        at, _, period = str(item.sk).partition("#")
        yield Due(period, UnitId(item.unit), datetime.fromisoformat(at).astimezone(UTC), Erase(item))
