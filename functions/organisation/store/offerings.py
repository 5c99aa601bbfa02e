"""What a unit offers a school year (SS 12000 `SchoolUnitOffering`): by its id, and in its unit's list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pynamodb.attributes import JSONAttribute, UnicodeAttribute

from functions.organisation.domain.programmes import ProgrammeId
from functions.organisation.domain.syllabuses import SyllabusId
from functions.organisation.store.base import OrganisationItem, Stored, stored
from skolkit.sweden.calendar import SchoolYear
from skolkit.table import Overwrite, Write
from skolkit.types import UnitId, stable_id


class OfferingItem(OrganisationItem, discriminator="offering"):
    """An offering: ids of syllabuses and programmes (500 of them: 20 KB)."""

    fed, orders = True, 1
    unit = UnicodeAttribute()
    year = UnicodeAttribute()
    syllabuses = JSONAttribute()
    programmes = JSONAttribute()

    def order_texts(self) -> Sequence[str]:
        """By school year, and so by first and last day."""
        return (self.year,)


class UnitOfferingItem(OrganisationItem, discriminator="unit_offering"):
    """That a unit has an offering of a school year."""


@dataclass(frozen=True, slots=True)
class Offering:
    """What a unit offers a school year."""

    unit: UnitId
    year: SchoolYear
    syllabuses: Sequence[SyllabusId]
    programmes: Sequence[ProgrammeId]
    version: int = 0
    created: str | None = None

    @property
    def id(self) -> str:
        """There is one of a unit and a school year."""
        return stable_id("offering", self.unit, str(self.year))


def offering_key(id: str) -> tuple[str, str]:
    """Where an offering is."""
    return f"OFFERING#{id}", "OFFERING"


def find_offering(unit: UnitId, year: SchoolYear) -> Offering | None:
    """One consistent get."""
    item = OfferingItem.find(*offering_key(Offering(unit, year, (), ()).id))
    return _offering(item) if item else None


def stored_offerings(
    keys: Sequence[tuple[str, str]], *, consistent: bool
) -> dict[tuple[str, str], Stored[Offering]]:
    """Offerings by key. One `BatchGetItem` per 100."""
    return stored(OfferingItem, keys, _offering, consistent=consistent)


def keys_at(unit: UnitId) -> list[tuple[str, str]]:
    """A unit's offerings of all school years. One query."""
    rows = UnitOfferingItem.query(f"UNIT#{unit}", UnitOfferingItem.sk.startswith("OFFERING#"))
    years = [SchoolYear.parse(row.sk.removeprefix("OFFERING#")) for row in rows]
    return [offering_key(Offering(unit, year, (), ()).id) for year in years]


def offering_writes(new: Offering) -> list[Write]:
    """What stores an offering over the version it changes."""
    item = OfferingItem(
        *offering_key(new.id), unit=new.unit, year=str(new.year), syllabuses=sorted(new.syllabuses),
        programmes=sorted(new.programmes),
    )  # fmt: skip
    row = UnitOfferingItem(f"UNIT#{new.unit}", f"OFFERING#{new.year}")
    return [item.over(new.version, new.created), Overwrite(row)]


def _offering(item: OfferingItem) -> Offering:
    return Offering(
        UnitId(item.unit),
        SchoolYear.parse(item.year),
        [SyllabusId(id) for id in item.syllabuses],
        [ProgrammeId(id) for id in item.programmes],
        item.version,
        item.created,
    )
