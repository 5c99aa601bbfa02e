"""Periods and their sheets: `PERIOD#<id>` / `PERIOD` and `SHEET#<activity>`; a unit's list of periods is a
copy under `UNIT#<id>`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any, cast

from pynamodb.attributes import UnicodeAttribute

from functions.grades.domain.grading import Line, Sheet
from functions.grades.domain.periods import Period, State
from functions.grades.store import GradesItem
from functions.grades.store.orders import vouched_of, vouched_row
from skolkit.clock import stamp
from skolkit.cursor import seal, unseal
from skolkit.sweden.codes import SchoolForm
from skolkit.table import Item, Overwrite, Wanted, Write
from skolkit.types import GroupId, PersonId, UnitId


class PeriodFields(GradesItem):
    """A period; `said` is what does not change: form, years, term, early."""

    period = UnicodeAttribute()
    unit = UnicodeAttribute()
    said = UnicodeAttribute()
    opens = UnicodeAttribute()
    due = UnicodeAttribute()
    state = UnicodeAttribute()
    closed = UnicodeAttribute(null=True)
    closed_by = UnicodeAttribute(null=True)
    publish = UnicodeAttribute(null=True)
    last_day = UnicodeAttribute()


class PeriodItem(PeriodFields, discriminator="grading_period"):
    """The period by its id."""


class UnitPeriodItem(PeriodFields, discriminator="unit_grading_period"):
    """The copy in the unit's list."""


class SheetItem(GradesItem, discriminator="grade_sheet"):
    """An activity's lines in a period as compact JSON: thirty pupils are 5 KB."""

    unit = UnicodeAttribute()
    groups = UnicodeAttribute()
    lines = UnicodeAttribute()
    appointed = UnicodeAttribute(null=True)
    last_day = UnicodeAttribute()


def _key(period: str) -> tuple[str, str]:
    return f"PERIOD#{period}", "PERIOD"


def period_writes(p: Period) -> list[Write]:
    """What stores a period over the version it was read with, and the copy in the unit's list."""
    fields: dict[str, Any] = {
        "period": p.id, "unit": p.unit, "opens": p.opens.isoformat(), "due": p.due.isoformat(),
        "state": p.state, "closed": stamp(p.closed) if p.closed else None, "closed_by": p.closed_by,
        "publish": stamp(p.publish) if p.publish else None, "last_day": p.due.isoformat(),
        "said": json.dumps(
            [p.form.value, p.years, p.school_year, p.term, p.early.isoformat() if p.early else None]
        ),
    }  # fmt: skip
    listed = UnitPeriodItem(f"UNIT#{p.unit}", f"PERIOD#{p.school_year}#{p.term}#{p.id}", **fields)
    listed.version = p.version or 0
    return [PeriodItem(*_key(p.id), **fields).over(p.version), Overwrite(listed)]


def find_period(id: str) -> Period | None:
    """One consistent get."""
    item = PeriodItem.find(*_key(id))
    return _period(item) if item else None


def wanted_periods(ids: Iterable[str]) -> Wanted[dict[str, Period]]:
    """Periods by id, for `skolkit.table.fetch`; unknown ones are left out."""
    keys = [_key(id) for id in dict.fromkeys(ids)]
    return Wanted(PeriodItem, keys, lambda found: {p.id: p for p in map(_period, found.values())})


def periods_of(unit: UnitId, school_year: str, term: str | None = None) -> list[Period]:
    """A unit's periods of a school year, or of one of its terms. One consistent query."""
    begins = f"PERIOD#{school_year}#" + (f"{term}#" if term else "")
    page = UnitPeriodItem.query(f"UNIT#{unit}", UnitPeriodItem.sk.startswith(begins), consistent_read=True)
    return [_period(item) for item in page]


def page_of_periods(
    unit: UnitId, limit: int, cursor: str | None, *bound_to: str
) -> tuple[list[Period], str | None]:
    """A page of a unit's periods, the latest first. One consistent query."""
    page = UnitPeriodItem.query(
        f"UNIT#{unit}", UnitPeriodItem.sk.startswith("PERIOD#"), scan_index_forward=False, limit=limit,
        consistent_read=True, last_evaluated_key=unseal(cursor, "periods", unit, *bound_to),
    )  # fmt: skip
    found = [_period(item) for item in page]
    return found, seal(page.last_evaluated_key, "periods", unit, *bound_to)


def _period(item: PeriodFields) -> Period:
    form, years, school_year, term, early = json.loads(item.said)
    return Period(
        id=item.period, unit=UnitId(item.unit), form=SchoolForm(form), years=tuple(years),
        school_year=school_year, term=term, opens=date.fromisoformat(item.opens),
        due=date.fromisoformat(item.due), early=date.fromisoformat(early) if early else None,
        state=cast("State", item.state), closed=_instant(item.closed),
        closed_by=PersonId(item.closed_by) if item.closed_by else None, publish=_instant(item.publish),
        version=int(item.version or 0),
    )  # fmt: skip


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(UTC) if text else None


def wanted_sheets(keys: Iterable[tuple[str, str]]) -> Wanted[dict[tuple[str, str], Sheet]]:
    """Sheets by period and activity, for `skolkit.table.fetch`; those nobody has written on are left out."""
    places = [(f"PERIOD#{period}", f"SHEET#{activity}") for period, activity in keys]

    def answer(found: dict[tuple[str, str], SheetItem]) -> dict[tuple[str, str], Sheet]:
        return {(s.period, s.activity): s for s in map(_sheet, found.values())}

    return Wanted(SheetItem, places, answer)


def sheets_of(period: str) -> dict[str, Sheet]:
    """A period's sheets by activity. One consistent query per megabyte (two hundred sheets)."""
    page = SheetItem.query(f"PERIOD#{period}", SheetItem.sk.startswith("SHEET#"), consistent_read=True)
    return {s.activity: s for s in map(_sheet, page)}


def sheet_item(sheet: Sheet, period: Period) -> Item:
    """The sheet to write over the version it was read with."""
    return SheetItem(
        f"PERIOD#{sheet.period}", f"SHEET#{sheet.activity}", unit=sheet.unit, appointed=sheet.appointed,
        groups=_compact(sheet.groups), lines=_compact([_row(line) for line in sheet.lines.values()]),
        last_day=period.due.isoformat(),
    ).over(sheet.version)  # fmt: skip


def _sheet(item: SheetItem) -> Sheet:
    lines = [_line(row) for row in json.loads(item.lines)]
    return Sheet(
        period=str(item.pk).removeprefix("PERIOD#"), activity=str(item.sk).removeprefix("SHEET#"),
        unit=UnitId(item.unit), groups=tuple(GroupId(g) for g in json.loads(item.groups)),
        lines={line.pupil: line for line in lines},
        appointed=PersonId(item.appointed) if item.appointed else None, version=int(item.version or 0),
    )  # fmt: skip


def _row(line: Line) -> list[Any]:
    """A line; what is empty at its end is left out."""
    row: list[Any] = [
        line.pupil, line.version, dict(line.proposals), _signed_row(line), line.value, line.entry,
        line.reads, line.finished, line.choice, line.language, line.adapted, line.remark, line.support,
        line.title,
    ]  # fmt: skip
    while row[-1] in (None, ""):
        row.pop()
    return row


def _line(row: Sequence[Any]) -> Line:
    whole = [*row, *[None] * (14 - len(row))]
    pupil, version, proposals, signed, value, entry, reads, finished, choice, language, *texts = whole
    adapted, remark, support, title = (text or "" for text in texts)
    return Line(
        pupil=PersonId(pupil), version=version, proposals=proposals, value=value,
        signed={PersonId(p): vouched_of(row) for p, row in signed.items()},
        entry=entry, reads=reads, finished=finished, choice=choice, language=language, adapted=adapted,
        remark=remark, support=support, title=title,
    )  # fmt: skip


def _signed_row(line: Line) -> dict[PersonId, list[Any]]:
    return {person: vouched_row(vouched) for person, vouched in sorted(line.signed.items())}


def _compact(rows: object) -> str:
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
