"""Tables of statistics: `STAT#<unit>` / `<form>#<year>#<term>#<school year>`, one row a table, so that a
unit's years lie beside each other; of all units together `STAT#ALL`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from functions.grades.domain.catalogue import Term
from functions.grades.domain.disclosure import Band, Shown
from functions.grades.domain.leavers import Eligible, Part
from functions.grades.domain.municipality import Total, TotalRow
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


class TotalItem(GradesItem, discriminator="grade_total"):
    """What the municipality's units are together, as it is shown: `STAT#ALL` beside theirs."""

    counted = UnicodeAttribute()
    units = NumberAttribute()
    said = UnicodeAttribute()


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


_ALL = UnitId("ALL")


def total_item(total: Total) -> Item:
    """A total, to write where there is none yet."""
    rows = [
        [r.code, r.name, r.seen.size, _bands(r.seen.bands), _by_sex(r.seen.sexes), r.mean] for r in total.rows
    ]
    results = None
    if total.results:
        whole, sexes = total.results
        results = [_said(whole), {sex: _said(part) for sex, part in sexes.items()}]
    said = json.dumps([rows, results], ensure_ascii=False, separators=(",", ":"))
    key = _key(_ALL, total.form, total.year, total.term, total.school_year)
    return TotalItem(*key, counted=stamp(total.counted), units=total.units, said=said)


def latest_totals(form: SchoolForm, year: int | None, term: Term) -> list[Total]:
    """The totals of a year and term in the last six school years, the latest first. One query."""
    found = TotalItem.query(
        f"STAT#{_ALL}", TotalItem.sk.startswith(_of(form, year, term)), scan_index_forward=False, limit=YEARS
    )
    return [_total(item) for item in found]


def wanted_counted(
    kinds: Sequence[tuple[SchoolForm, int | None]], term: Term, school_year: str
) -> Wanted[set[tuple[SchoolForm, int | None]]]:
    """Which totals of a term there are, for `skolkit.table.fetch`."""
    keys = {_key(_ALL, form, year, term, school_year): (form, year) for form, year in kinds}
    return Wanted(TotalItem, list(keys), lambda found: {keys[key] for key in found})


def _total(item: TotalItem) -> Total:
    form, year, term, school_year = str(item.sk).split("#")
    rows, results = json.loads(item.said)
    return Total(
        form=SchoolForm(form), year=None if year == "-" else int(year), term=cast("Term", term),
        school_year=school_year, counted=datetime.fromisoformat(item.counted).astimezone(UTC),
        units=int(item.units),
        rows=tuple(
            TotalRow(code, name, Shown(size, _of_bands(bands), _of_sexes(sexes)), mean)
            for code, name, size, bands, sexes, mean in rows
        ),
        results=(_part(results[0]), {sex: _part(part) for sex, part in results[1].items()})
        if results
        else None,
    )  # fmt: skip


def _bands(bands: Sequence[Band]) -> list[Any]:
    return [[band.values, band.count] for band in bands]


def _of_bands(rows: list[Any]) -> tuple[Band, ...]:
    return tuple(Band(tuple(values), count) for values, count in rows)


def _by_sex(sexes: Mapping[str, Sequence[Band]]) -> dict[str, Any]:
    return {sex: _bands(bands) for sex, bands in sexes.items()}


def _of_sexes(sexes: Mapping[str, list[Any]]) -> dict[str, tuple[Band, ...]]:
    return {sex: _of_bands(bands) for sex, bands in sexes.items()}


def _said(part: Part) -> list[Any]:
    return [part.size, part.mean, part.step, [[one.kind, one.count] for one in part.eligible]]


def _part(row: list[Any]) -> Part:
    size, mean, step, able = row
    return Part(size, mean, step, tuple(Eligible(kind, count) for kind, count in able))


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
