"""What a unit offers a school year (SS 12000 `SchoolUnitOffering`), with the unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pynamodb.attributes import JSONAttribute

from functions.organisation.domain.programmes import ProgrammeId
from functions.organisation.domain.syllabuses import SyllabusId
from functions.organisation.store.base import OrganisationItem
from skolkit.sweden.calendar import SchoolYear
from skolkit.types import UnitId


class OfferingItem(OrganisationItem, discriminator="offering"):
    """An offering: ids of syllabuses and programmes (500 of them: 20 KB)."""

    fed = True
    syllabuses = JSONAttribute()
    programmes = JSONAttribute()


@dataclass(frozen=True, slots=True)
class Offering:
    """What a unit offers a school year."""

    syllabuses: Sequence[SyllabusId]
    programmes: Sequence[ProgrammeId]
    version: int


def _key(unit: UnitId, year: SchoolYear) -> tuple[str, str]:
    return f"UNIT#{unit}", f"OFFERING#{year}"


def find_offering(unit: UnitId, year: SchoolYear) -> Offering | None:
    """One consistent get."""
    item = OfferingItem.find(*_key(unit, year))
    if item is None:
        return None
    return Offering(
        [SyllabusId(id) for id in item.syllabuses], [ProgrammeId(id) for id in item.programmes], item.version
    )


def offering_item(unit: UnitId, year: SchoolYear, offering: Offering) -> OfferingItem:
    """The item of an offering, over the version it changes."""
    item = OfferingItem(
        *_key(unit, year), syllabuses=sorted(offering.syllabuses), programmes=sorted(offering.programmes)
    )
    return item.over(offering.version)
