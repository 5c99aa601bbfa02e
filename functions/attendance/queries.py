"""What other areas may read of attendance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from functions.attendance.domain import totals
from functions.attendance.store import leave as leave_store
from functions.attendance.store import totals as totals_store
from skolkit.table import Wanted
from skolkit.types import PersonId, UnitId

__all__ = ["invalid_minutes", "minutes_away", "wanted_leave"]


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


def invalid_minutes(
    pupils: Mapping[PersonId, Sequence[PersonId]], first: date, last: date, until: datetime
) -> dict[PersonId, int]:
    """Minutes of invalid absence (ogiltig frånvaro) of pupils in a span, of lessons that have ended; each
    pupil with all records. A query for each record, and one for each group of theirs together: for a class
    some forty.
    """
    groups = {
        pupil: {g for record in records for g in totals_store.groups_counted(record, first, last)}
        for pupil, records in pupils.items()
    }
    days = {
        group: list(totals_store.counted_days(group, first, last))
        for group in sorted(set().union(*groups.values()))
    }
    found: dict[PersonId, int] = {}
    for pupil, records in pupils.items():
        mine = [day for group in sorted(groups[pupil]) for day in days[group]]
        sums = totals.of_pupil(records, mine, until=until)
        found[pupil] = sums[""].invalid if sums else 0
    return found
