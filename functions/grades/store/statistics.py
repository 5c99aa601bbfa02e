"""Tables of statistics: `STAT#<unit>` / `<form>#<year>#<term>#<school year>`, one row a table, so that a
unit's years lie beside each other.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, cast

from pynamodb.attributes import UnicodeAttribute

from functions.grades.domain.catalogue import Term
from functions.grades.domain.statistics import YEARS, Row, Table
from functions.grades.store import GradesItem
from skolkit.clock import stamp
from skolkit.sweden.codes import SchoolForm
from skolkit.table import Item, Wanted
from skolkit.types import GroupId, UnitId


class StatisticsItem(GradesItem, discriminator="grade_statistics"):
    """A table as compact JSON: twenty subjects and their groups are 12 KB."""

    counted = UnicodeAttribute()
    rows = UnicodeAttribute()
    open_rows = UnicodeAttribute()


def _key(unit: UnitId, form: SchoolForm, year: int | None, term: Term, school_year: str) -> tuple[str, str]:
    return f"STAT#{unit}", f"{_of(form, year, term)}{school_year}"


def _of(form: SchoolForm, year: int | None, term: Term) -> str:
    return f"{form.value}#{'-' if year is None else year}#{term}#"


def table_item(table: Table) -> Item:
    """The table to write over the version it was read with."""
    return StatisticsItem(
        *_key(table.unit, table.form, table.year, table.term, table.school_year),
        counted=stamp(table.counted), rows=_rows(table.rows), open_rows=_rows(table.open),
    ).over(table.version)  # fmt: skip


def find_table(like: Table) -> Table | None:
    """The stored table about the same as another. One consistent get."""
    item = StatisticsItem.find(*_key(like.unit, like.form, like.year, like.term, like.school_year))
    return _table(item) if item else None


def latest_tables(unit: UnitId, form: SchoolForm, year: int | None, term: Term) -> list[Table]:
    """A unit's tables of the same year and term in the last six school years, the latest first. One query."""
    found = StatisticsItem.query(
        f"STAT#{unit}", StatisticsItem.sk.startswith(_of(form, year, term)), scan_index_forward=False,
        limit=YEARS,
    )  # fmt: skip
    return [_table(item) for item in found]


def wanted_tables(
    units: Sequence[UnitId], form: SchoolForm, year: int | None, term: Term, school_year: str
) -> Wanted[dict[UnitId, Table]]:
    """The same table of many units, for `skolkit.table.fetch`; units without one are left out."""
    keys = [_key(unit, form, year, term, school_year) for unit in units]
    return Wanted(StatisticsItem, keys, lambda found: {t.unit: t for t in map(_table, found.values())})


def _table(item: StatisticsItem) -> Table:
    form, year, term, school_year = str(item.sk).split("#")
    return Table(
        unit=UnitId(str(item.pk).removeprefix("STAT#")), form=SchoolForm(form),
        year=None if year == "-" else int(year), term=cast("Term", term), school_year=school_year,
        counted=datetime.fromisoformat(item.counted).astimezone(UTC), rows=_of_rows(item.rows),
        open=_of_rows(item.open_rows), version=int(item.version or 0),
    )  # fmt: skip


def _rows(rows: Sequence[Row]) -> str:
    said: list[list[Any]] = [
        [row.code, row.name, row.scale, row.values, dict(row.sexes), dict(row.groups)] for row in rows
    ]
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def _of_rows(text: str) -> tuple[Row, ...]:
    return tuple(
        Row(
            code=code, name=name, scale=scale, values=tuple(values), sexes=sexes,
            groups={GroupId(group): counts for group, counts in groups.items()},
        )
        for code, name, scale, values, sexes, groups in json.loads(text)
    )  # fmt: skip
