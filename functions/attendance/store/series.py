"""Series of absence with their pupil, and which series a unit has."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, time
from typing import Any

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from functions.attendance.domain.absence import Reason, Reporter
from functions.attendance.domain.series import Occasion, Rule, Series
from functions.attendance.store import AttendanceItem, compact, span_of, span_row
from skolkit.cursor import page_through, seal, unseal
from skolkit.table import Overwrite, Write
from skolkit.types import NoticeId, PersonId, UnitId


class SeriesItem(AttendanceItem, discriminator="series"):
    """A series of absence with its occasions; a school year of weeks is 2 KB. `span`: days and times of its
    rule.
    """

    unit = UnicodeAttribute()
    span = UnicodeAttribute()
    weeks = NumberAttribute()
    reason = UnicodeAttribute()
    occasions = UnicodeAttribute()
    reported_by = UnicodeAttribute()
    reported_as = UnicodeAttribute()


class UnitSeriesItem(AttendanceItem, discriminator="unit_series"):
    """That a unit has a series, for when its school days move. By last day."""


def find_series(records: Sequence[PersonId], id: NoticeId) -> Series | None:
    """A series of one of a pupil's records; a consistent GetItem each."""
    found = (SeriesItem.find(f"PUPIL#{record}", f"S#{id}") for record in records)
    return next((_series(item) for item in found if item), None)


def series_of(
    records: Sequence[PersonId], limit: int, cursor: str | None, caller: str
) -> tuple[list[Series], str | None]:
    """A pupil's series, newest first, those of closed records last, with the cursor to the next page."""

    def read(pk: str, after: Any, size: int) -> tuple[list[Series], Any]:
        found = SeriesItem.query(
            pk, SeriesItem.sk.startswith("S#"), limit=size, page_size=size, scan_index_forward=False,
            last_evaluated_key=after,
        )  # fmt: skip
        return [_series(item) for item in found], found.last_evaluated_key

    bound = ("series", records[0], caller)
    page, place = page_through([f"PUPIL#{r}" for r in records], unseal(cursor, *bound), limit, read)
    return page, seal(place, *bound)


def coming_series(records: Sequence[PersonId], day: date) -> list[Series]:
    """Series of a pupil's records that have something left on a day or later. A consistent query each."""
    mine = SeriesItem.sk.startswith("S#")
    rows = [row for id in records for row in SeriesItem.query(f"PUPIL#{id}", mine, consistent_read=True)]
    return [series for series in map(_series, rows) if series.coming(day)]


def unit_series(unit: UnitId, day: date) -> list[tuple[PersonId, NoticeId]]:
    """Pupil and id of a unit's series that go on to a day or later. A consistent query per megabyte."""
    rows = UnitSeriesItem.query(f"SERIES#{unit}", UnitSeriesItem.sk >= str(day), consistent_read=True)
    keys = [row.sk.split("#") for row in rows]
    return [(PersonId(pupil), NoticeId(id)) for _, pupil, id in keys]


def series_writes(series: Series) -> list[Write]:
    """The series to write over the version read. Where the unit finds it stays when it is shortened."""
    rule = series.rule
    item = SeriesItem(
        pk=f"PUPIL#{series.pupil}",
        sk=f"S#{series.id}",
        unit=series.unit,
        span=compact(_rule_row(rule)),
        weeks=rule.weeks,
        reason=rule.reason,
        occasions=compact([_row(one) for one in series.occasions]),
        reported_by=series.reported_by,
        reported_as=series.reported_as,
    )
    listed = UnitSeriesItem(f"SERIES#{series.unit}", f"{rule.last}#{series.pupil}#{series.id}")
    return [item.over(series.version), Overwrite(listed)]


def _rule_row(rule: Rule) -> list[str | None]:
    times = [at.isoformat("minutes") if at else None for at in (rule.start, rule.end)]
    return [rule.first.isoformat(), rule.last.isoformat(), *times]


def _row(one: Occasion) -> list[Any]:
    day, _, start, end = span_row(one.span)
    return [day, start, end, one.reason, *([1] if one.cancelled else [])]


def _occasion(row: Sequence[Any]) -> Occasion:
    day, start, end, reason = row[:4]
    return Occasion(date.fromisoformat(day), _at(start), _at(end), Reason(reason), len(row) > 4)


def _at(text: str | None) -> time | None:
    return time.fromisoformat(text) if text else None


def _series(item: SeriesItem) -> Series:
    span = span_of(json.loads(item.span))
    return Series(
        id=NoticeId(item.sk.partition("#")[2]),
        pupil=PersonId(item.pk.partition("#")[2]),
        unit=UnitId(item.unit),
        rule=Rule(span.first, span.last, int(item.weeks), span.start, span.end, Reason(item.reason)),
        occasions=tuple(map(_occasion, json.loads(item.occasions))),
        reported_by=PersonId(item.reported_by),
        reported_as=Reporter(item.reported_as),
        version=item.version,
    )
