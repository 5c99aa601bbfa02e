"""What other areas may read of attendance."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from functions.attendance.store import leave as leave_store
from functions.attendance.store import totals as totals_store
from skolkit.table import Wanted
from skolkit.types import PersonId, UnitId

__all__ = ["minutes_away", "wanted_leave"]


def minutes_away(unit: UnitId, first: date, last: date) -> dict[PersonId, int]:
    """Minutes of absence, excused or not, of a unit's counted days of a span, by pupil; those without any are
    left out. Counted each night. A query per megabyte: a month of a school of 700.
    """
    found: dict[PersonId, int] = {}
    for _, sums in totals_store.unit_pupils(unit, first, last):
        for pupil, its in sums.items():
            if away := its.valid + its.invalid:
                found[pupil] = found.get(pupil, 0) + away
    return found


def wanted_leave(pupils: Sequence[PersonId], first: date, last: date) -> Wanted[dict[PersonId, int]]:
    """How many granted leaves of pupils touch a span, for `skolkit.table.fetch`; those without are left
    out.
    """
    return leave_store.wanted_granted(pupils, first, last)
