"""The organisation's table: units, calendars, groups, and with each person their duties and parts in groups.

Keys are built only here. A group is one item with its dated members (a class of thirty is 3 KB); with each
member the same membership is kept the other way round, so that neither question needs an index.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from functions.access.guard import Duty
from functions.organisation.domain import (
    Around,
    DatedGroup,
    PartIn,
    Stay,
    UnitRecord,
)
from skolkit.config import table_name
from skolkit.cursor import seal, unseal
from skolkit.imports import ImportItem
from skolkit.sweden.calendar import SchoolCalendar, SchoolYear, Term
from skolkit.sweden.codes import MunicipalityCode, SchoolForm, SchoolUnitCode
from skolkit.table import Item, Wanted
from skolkit.types import GroupId, PersonId, UnitId

PAGE = 50


class OrganisationItem(Item):
    """Anything in the organisation's table."""

    class Meta:
        table_name = table_name("organisation")


class Listed(GlobalSecondaryIndex["UnitItem"]):
    """The municipality's own active units, by name."""

    class Meta:
        index_name = "listed"
        projection = AllProjection()

    listed_pk = UnicodeAttribute(hash_key=True)
    listed_sk = UnicodeAttribute(range_key=True)


class UnitItem(OrganisationItem, discriminator="unit"):
    """A school unit. `listed_*` only while it is municipal and active."""

    fed = True
    code = UnicodeAttribute()
    name = UnicodeAttribute()
    municipality_code = UnicodeAttribute()
    municipal = BooleanAttribute()
    status = UnicodeAttribute()
    school_forms = JSONAttribute()
    address = UnicodeAttribute(null=True)
    lat = NumberAttribute(null=True)
    lon = NumberAttribute(null=True)
    pupils = NumberAttribute(null=True)
    email = UnicodeAttribute(null=True)
    phone = UnicodeAttribute(null=True)
    url = UnicodeAttribute(null=True)
    listed_pk = UnicodeAttribute(null=True)
    listed_sk = UnicodeAttribute(null=True)
    listed = Listed()


class CalendarItem(OrganisationItem, discriminator="calendar"):
    """The decided school year of a unit."""

    autumn = JSONAttribute()
    spring = JSONAttribute()
    days_off = JSONAttribute()
    study_days = JSONAttribute()


class GroupItem(OrganisationItem, discriminator="group"):
    """A group; `stays` are `[person, start, end]`."""

    fed = True
    unit = UnicodeAttribute()
    name = UnicodeAttribute()
    group_kind = UnicodeAttribute()
    stays = JSONAttribute()
    mentors = JSONAttribute()
    teachers = JSONAttribute()


class PartsItem(OrganisationItem, discriminator="parts"):
    """A person's parts in groups, `[group, part, start, end]`."""

    parts = JSONAttribute()


class DutyItem(OrganisationItem, discriminator="duty"):
    """An employment of a person at a unit, or at the municipality when there is no unit."""

    role = UnicodeAttribute()
    unit = UnicodeAttribute(null=True)
    start = UnicodeAttribute()
    end = UnicodeAttribute(null=True)


class OrganisationImportItem(ImportItem, discriminator="organisation_import"):
    """How far an import has come."""

    class Meta:
        table_name = table_name("organisation")


def _unit_key(unit: UnitId) -> tuple[str, str]:
    return f"UNIT#{unit}", "UNIT"


def _group_key(group: GroupId) -> tuple[str, str]:
    return f"GROUP#{group}", "GROUP"


def _parts_key(person: PersonId) -> tuple[str, str]:
    return f"PERSON#{person}", "GROUPS"


def unit_item(unit: UnitRecord) -> UnitItem:
    """The item of a unit."""
    listed = unit.municipal and unit.status == "AKTIV"
    return UnitItem(
        *_unit_key(unit.id),
        code=str(unit.code),
        name=unit.name,
        municipality_code=str(unit.municipality_code),
        municipal=unit.municipal,
        status=unit.status,
        school_forms=[form.value for form in unit.school_forms],
        address=unit.address,
        lat=unit.lat,
        lon=unit.lon,
        pupils=unit.pupils,
        email=unit.email,
        phone=unit.phone,
        url=unit.url,
        listed_pk="MUNICIPAL" if listed else None,
        listed_sk=f"{unit.name}#{unit.id}" if listed else None,
    )


def find_unit(unit: UnitId) -> UnitRecord | None:
    """One get."""
    item = UnitItem.find(*_unit_key(unit))
    return _unit(item) if item else None


def wanted_units(ids: Sequence[UnitId]) -> Wanted[dict[UnitId, UnitRecord]]:
    """Units by id; unknown ones are left out."""

    def answer(found: dict[tuple[str, str], UnitItem]) -> dict[UnitId, UnitRecord]:
        return {u: _unit(found[key]) for u in ids if (key := _unit_key(u)) in found}

    return Wanted(UnitItem, [_unit_key(unit) for unit in ids], answer)


def listed_units() -> Iterator[UnitRecord]:
    """The municipality's own active units by name; one query per megabyte."""
    return (_unit(item) for item in UnitItem.listed.query("MUNICIPAL"))


def page_of_units(cursor: str | None, limit: int, *bound_to: str) -> tuple[list[UnitRecord], str | None]:
    """A page of the same list, and the cursor of the next one. One query."""
    found = UnitItem.listed.query(
        "MUNICIPAL", limit=limit, page_size=limit, last_evaluated_key=unseal(cursor, *bound_to)
    )
    units = [_unit(item) for item in found]
    return units, seal(found.last_evaluated_key, *bound_to)


def find_calendar(unit: UnitId, year: SchoolYear) -> SchoolCalendar | None:
    """The decided calendar of a unit. One get."""
    item = CalendarItem.find(*_calendar_key(unit, year))
    if item is None:
        return None
    return SchoolCalendar(
        year,
        Term(*map(date.fromisoformat, item.autumn)),
        Term(*map(date.fromisoformat, item.spring)),
        frozenset(map(date.fromisoformat, item.days_off)),
        frozenset(map(date.fromisoformat, item.study_days)),
    )


def calendar_item(unit: UnitId, calendar: SchoolCalendar) -> CalendarItem:
    """The item of a decided calendar."""
    return CalendarItem(
        *_calendar_key(unit, calendar.school_year),
        autumn=_days(calendar.autumn),
        spring=_days(calendar.spring),
        days_off=sorted(map(str, calendar.days_off)),
        study_days=sorted(map(str, calendar.study_days)),
    )


def _calendar_key(unit: UnitId, year: SchoolYear) -> tuple[str, str]:
    return f"UNIT#{unit}", f"CALENDAR#{year}"


def _days(term: Term) -> list[str]:
    return [str(term.first), str(term.last)]


def find_group(group: GroupId) -> tuple[GroupItem, DatedGroup] | None:
    """A group and its item. One consistent get."""
    item = GroupItem.find(*_group_key(group))
    return (item, _group(item)) if item else None


def wanted_groups(ids: Sequence[GroupId]) -> Wanted[dict[GroupId, DatedGroup]]:
    """Groups by id; unknown ones are left out."""

    def answer(found: dict[tuple[str, str], GroupItem]) -> dict[GroupId, DatedGroup]:
        return {g: _group(found[key]) for g in ids if (key := _group_key(g)) in found}

    return Wanted(GroupItem, [_group_key(group) for group in ids], answer)


def wanted_parts(people: Sequence[PersonId]) -> Wanted[dict[PersonId, tuple[PartIn, ...]]]:
    """Everybody's parts in groups, of all times."""

    def answer(found: dict[tuple[str, str], PartsItem]) -> dict[PersonId, tuple[PartIn, ...]]:
        return {p: _parts(found[key]) if (key := _parts_key(p)) in found else () for p in people}

    return Wanted(PartsItem, [_parts_key(person) for person in people], answer)


def around(person: PersonId, day: date) -> Around:
    """The groups someone is a member of on a day. A consistent get, and a consistent `BatchGetItem` of the
    groups.
    """
    item = PartsItem.find(*_parts_key(person))
    mine = [p.group for p in _parts(item) if p.part == "member" and p.covers(day)] if item else []
    if not mine:
        return Around(())
    keys = [_group_key(group) for group in dict.fromkeys(mine)]
    groups = [_group(found).on(day) for found in GroupItem.batch_get(keys, consistent_read=True)]
    return Around(tuple(group for group in groups if person in group.members))


def parts_items(people: Iterable[PersonId]) -> dict[PersonId, PartsItem]:
    """The items of people's parts, new ones for those without. Consistent, one `BatchGetItem` per 100."""
    keys = {_parts_key(person): person for person in people}
    found = {(item.pk, item.sk): item for item in PartsItem.batch_get(list(keys), consistent_read=True)}
    return {person: found.get(key) or PartsItem(*key, parts=[]) for key, person in keys.items()}


def set_parts(item: PartsItem, group: GroupId, parts: Iterable[PartIn]) -> bool:
    """Make `parts` the person's parts in one group; whether that changed anything."""
    rows = [row for row in item.parts if row[0] != group]
    rows += [[p.group, p.part, _text(p.start), _text(p.end)] for p in parts]
    changed: bool = rows != item.parts
    item.parts = rows
    return changed


def group_item(group: DatedGroup, item: GroupItem | None = None) -> GroupItem:
    """The item of a group, or the stored `item` changed to it."""
    item = item or GroupItem(*_group_key(group.id))
    item.unit, item.name, item.group_kind = group.unit, group.name, group.kind
    item.stays = [[stay.person, stay.start.isoformat(), _text(stay.end)] for stay in group.stays]
    item.mentors, item.teachers = sorted(group.mentors), sorted(group.teachers)
    return item


def group_items(ids: Sequence[GroupId]) -> dict[GroupId, GroupItem]:
    """The stored items of groups. Consistent, one `BatchGetItem` per 100."""
    found = GroupItem.batch_get([_group_key(group) for group in ids], consistent_read=True)
    return {GroupId(item.pk.removeprefix("GROUP#")): item for item in found}


def stored_group(item: GroupItem) -> DatedGroup:
    """What an item says."""
    return _group(item)


def duty_item(person: PersonId, role: str, unit: UnitId | None, start: date, end: date | None) -> DutyItem:
    """The item of a duty."""
    sk = f"DUTY#{role}#{unit or '*'}#{start}"
    return DutyItem(f"PERSON#{person}", sk, role=role, unit=unit, start=start.isoformat(), end=_text(end))


def duties_of(person: PersonId, day: date) -> tuple[Duty, ...]:
    """The duties someone has on a day. One consistent query."""
    rows = DutyItem.query(f"PERSON#{person}", DutyItem.sk.startswith("DUTY#"), consistent_read=True)
    today = day.isoformat()
    return tuple(
        Duty(row.role, UnitId(row.unit) if row.unit else None)  # type: ignore[arg-type]
        for row in rows
        if row.start <= today <= (row.end or today)
    )


def _unit(item: UnitItem) -> UnitRecord:
    pk: str = item.pk
    return UnitRecord(
        id=UnitId(pk.removeprefix("UNIT#")),
        code=SchoolUnitCode(item.code),
        name=item.name,
        municipality_code=MunicipalityCode(item.municipality_code),
        municipal=item.municipal,
        status=item.status,  # type: ignore[arg-type]
        school_forms=tuple(map(SchoolForm, item.school_forms)),
        address=item.address,
        lat=item.lat,
        lon=item.lon,
        pupils=None if item.pupils is None else int(item.pupils),
        email=item.email,
        phone=item.phone,
        url=item.url,
    )


def _group(item: GroupItem) -> DatedGroup:
    pk: str = item.pk
    return DatedGroup(
        id=GroupId(pk.removeprefix("GROUP#")),
        unit=UnitId(item.unit),
        name=item.name,
        kind=item.group_kind,  # type: ignore[arg-type]
        stays=tuple(Stay(PersonId(p), date.fromisoformat(start), _day(end)) for p, start, end in item.stays),
        mentors=frozenset(map(PersonId, item.mentors)),
        teachers=frozenset(map(PersonId, item.teachers)),
    )


def _parts(item: PartsItem) -> tuple[PartIn, ...]:
    return tuple(PartIn(GroupId(g), part, _day(start), _day(end)) for g, part, start, end in item.parts)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None
