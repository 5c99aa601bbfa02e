"""Units and their decided school years."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from functions.organisation.domain.units import UnitRecord
from functions.organisation.store.base import OrganisationItem
from skolkit.cursor import seal, unseal
from skolkit.sweden.calendar import SchoolCalendar, SchoolYear, Term
from skolkit.sweden.codes import MunicipalityCode, SchoolForm, SchoolUnitCode
from skolkit.table import Wanted
from skolkit.types import UnitId


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


def _unit_key(unit: UnitId) -> tuple[str, str]:
    return f"UNIT#{unit}", "UNIT"


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
