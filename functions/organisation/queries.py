"""What other areas may read of the organisation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from functions.access.guard import Duty
from functions.organisation.domain.groups import Around, GroupKind, GroupRecord, GroupRow, PartIn
from functions.organisation.domain.units import UnitRecord
from functions.organisation.store import duties as duties_store
from functions.organisation.store import groups as groups_store
from functions.organisation.store import units as units_store
from skolkit.clock import today
from skolkit.sweden.calendar import SchoolCalendar, SchoolYear, default_calendar
from skolkit.sweden.codes import SchoolUnitCode
from skolkit.table import Wanted, fetch
from skolkit.types import GroupId, PersonId, UnitId, is_id, stable_id

__all__ = [
    "Around",
    "Duty",
    "GroupRecord",
    "GroupRow",
    "PartIn",
    "UnitRecord",
    "calendar",
    "duties_of",
    "group",
    "groups_at",
    "mentor_groups",
    "staff_around",
    "unit",
    "unit_id",
    "unit_named",
    "units",
    "wanted_groups",
    "wanted_groups_of",
    "wanted_parts",
    "wanted_units",
]


def unit_id(code: SchoolUnitCode) -> UnitId:
    """The id of the unit with a school unit code, whether it is in the register or not. No round trip."""
    return UnitId(stable_id("unit", code))


def unit_named(text: str) -> UnitId:
    """A unit's id from its school unit code or the id itself: files may give either. Raises `CodeError`."""
    return UnitId(text) if is_id(text) else unit_id(SchoolUnitCode(text))


def unit(unit: UnitId) -> UnitRecord | None:
    """A unit. One round trip."""
    return units_store.find_unit(unit)


def wanted_units(ids: Sequence[UnitId]) -> Wanted[dict[UnitId, UnitRecord]]:
    """Units by id, for `skolkit.table.fetch`; unknown ones are left out."""
    return units_store.wanted_units(ids)


def units() -> Iterator[UnitRecord]:
    """The municipality's own active units by name. One round trip per megabyte (about 2,000 units)."""
    return units_store.listed_units()


def calendar(unit: UnitId, school_year: SchoolYear) -> SchoolCalendar:
    """Which days pupils go to school; the usual calendar where none is decided. One round trip."""
    return units_store.find_calendar(unit, school_year) or default_calendar(school_year)


def group(group: GroupId, on: date) -> GroupRecord | None:
    """A group as it is on a day. One round trip, consistent."""
    found = groups_store.find_group(group)
    return found[1].on(on) if found else None


def groups_at(unit: UnitId, on: date, kind: GroupKind | None = None) -> list[GroupRow]:
    """A unit's groups of a day, of one kind or all, without their members. One round trip, consistent."""
    rows = groups_store.listed_groups(unit, on, on)
    return [row for row in rows if kind in (None, row.kind)]


def mentor_groups(mentor: PersonId, on: date) -> tuple[GroupRecord, ...]:
    """The groups that someone is a mentor of on a day. Two round trips."""
    (parts,) = fetch(groups_store.wanted_parts([mentor]), consistent=True)
    mine = [p.group for p in parts[mentor] if p.part == "mentor" and p.covers(on)]
    (groups,) = fetch(wanted_groups(mine, on), consistent=True)
    return tuple(group for group in groups.values() if mentor in group.mentors)


def wanted_groups(ids: Sequence[GroupId], on: date) -> Wanted[dict[GroupId, GroupRecord]]:
    """Groups as they are on a day, by id, for `skolkit.table.fetch`; unknown ones are left out."""
    dated = groups_store.wanted_groups(ids)
    return Wanted(dated.item, dated.keys, lambda found: {g: d.on(on) for g, d in dated.answer(found).items()})


def wanted_groups_of(people: Sequence[PersonId], on: date) -> Wanted[dict[PersonId, tuple[GroupId, ...]]]:
    """The groups that people are members of on a day, for `skolkit.table.fetch`; () for those in none."""
    parts = groups_store.wanted_parts(people)
    return Wanted(
        parts.item,
        parts.keys,
        lambda found: {
            person: tuple(dict.fromkeys(p.group for p in mine if p.part == "member" and p.covers(on)))
            for person, mine in parts.answer(found).items()
        },
    )


def wanted_parts(people: Sequence[PersonId]) -> Wanted[dict[PersonId, tuple[PartIn, ...]]]:
    """People's parts in groups of all times (member, mentor, teacher), for `skolkit.table.fetch`."""
    return groups_store.wanted_parts(people)


def staff_around(person: PersonId, on: date) -> Around:
    """The groups someone is a member of on a day, with mentors and teachers. Two round trips, consistent; one
    for somebody in no group.
    """
    return groups_store.around(person, on)


def duties_of(person: PersonId) -> tuple[Duty, ...]:
    """What someone is employed as today, and where. One round trip: a consistent query."""
    return duties_store.duties_of(person, today())
