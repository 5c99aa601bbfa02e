"""A unit's distributions of teaching hours, every decided version kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pynamodb.attributes import JSONAttribute, UnicodeAttribute

from functions.organisation.domain.timplan import Hours
from functions.organisation.store.base import OrganisationItem
from skolkit.sweden.calendar import SchoolYear
from skolkit.table import Item, Overwrite, Write
from skolkit.types import PersonId, UnitId


class TimplanItem(OrganisationItem, discriminator="timplan"):
    """A distribution in force (sk `TIMPLAN#<year>`), and each decided one as it was
    (`TIMPLAN#<year>#<n>`).
    """

    timplan = UnicodeAttribute()
    hours = JSONAttribute()
    decided_by = UnicodeAttribute()


@dataclass(frozen=True, slots=True)
class Distribution:
    """Hours by subject and year as decided; `version` is what a change is for."""

    timplan: str
    hours: Hours
    decided_by: PersonId
    version: int = 0


def _key(unit: UnitId, year: SchoolYear) -> tuple[str, str]:
    return f"UNIT#{unit}", f"TIMPLAN#{year}"


def find_distribution(unit: UnitId, year: SchoolYear) -> Distribution | None:
    """What is decided for a school year, or last before it. One consistent query."""
    pk, sk = _key(unit, year)
    between = TimplanItem.sk.between("TIMPLAN#", f"{sk}#99999999")
    for item in TimplanItem.query(pk, between, scan_index_forward=False, consistent_read=True):
        if item.sk.count("#") == 1:
            hours = {code: {int(y): n for y, n in row.items()} for code, row in item.hours.items()}
            own = item.sk == sk
            return Distribution(item.timplan, hours, PersonId(item.decided_by), item.version if own else 0)
    return None


def decided(unit: UnitId, year: SchoolYear, new: Distribution, over: int) -> list[Write]:
    """The items of a decision that replaces version `over`; 0 where none was of that year."""
    pk, sk = _key(unit, year)
    hours: Mapping[str, Mapping[str, int]] = {
        code: {str(y): n for y, n in sorted(row.items())} for code, row in sorted(new.hours.items())
    }
    fields: dict[str, Any] = {"timplan": new.timplan, "hours": hours, "decided_by": new.decided_by}
    head: Item = TimplanItem(pk, sk, **fields).over(over)
    return [head, Overwrite(TimplanItem(pk, f"{sk}#{over + 1:08}", **fields))]
