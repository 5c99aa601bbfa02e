"""Absence notices with their pupil, newest first, and the coming days they mark."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from functions.attendance.domain.absence import Notice, Reason
from functions.attendance.store import (
    AttendanceItem,
    DayItem,
    NoticeItem,
    PupilDay,
    compact,
    pupil_day_of,
    span_of,
    span_row,
)
from skolkit.cursor import page_through, seal, unseal
from skolkit.types import NoticeId, PersonId, UnitId


def notice(pupil: PersonId, id: NoticeId) -> Notice | None:
    """One absence notice; one consistent GetItem."""
    item = NoticeItem.find(f"PUPIL#{pupil}", f"N#{id}")
    return _notice(item) if item else None


def notices(
    records: Sequence[PersonId], limit: int, cursor: str | None, caller: str
) -> tuple[list[Notice], str | None]:
    """A pupil's notices, newest first, those of closed records last, with the cursor to the next page."""

    def read(pk: str, after: Any, size: int) -> tuple[list[Notice], Any]:
        found = NoticeItem.query(
            pk, NoticeItem.sk.startswith("N#"), limit=size, page_size=size, scan_index_forward=False,
            last_evaluated_key=after,
        )  # fmt: skip
        return [_notice(item) for item in found], found.last_evaluated_key

    bound = ("notices", records[0], caller)
    partitions = [f"PUPIL#{record}" for record in records]
    page, place = page_through(partitions, unseal(cursor, *bound), limit, read)
    return page, seal(place, *bound)


def coming_notices(records: Sequence[PersonId], day: date) -> list[Notice]:
    """Notices of a pupil's records that cover a day or a later one. A consistent query each."""
    mine = NoticeItem.sk.startswith("N#")
    rows = [row for id in records for row in NoticeItem.query(f"PUPIL#{id}", mine, consistent_read=True)]
    return [n for n in map(_notice, rows) if not n.withdrawn and n.span.last >= day]


def coming_days(pupil: PersonId, day: date) -> list[PupilDay]:
    """A pupil's stored days from a day on. One consistent query."""
    rows = AttendanceItem.query(
        f"PUPIL#{pupil}", AttendanceItem.sk.between(f"D#{day}", "D#~"), consistent_read=True
    )
    days = [row for row in rows if isinstance(row, DayItem)]
    return [pupil_day_of(pupil, date.fromisoformat(row.sk.removeprefix("D#")), row, ()) for row in days]


def notice_item(notice: Notice) -> NoticeItem:
    """The notice to write over the version read."""
    item = NoticeItem(
        pk=f"PUPIL#{notice.pupil}",
        sk=f"N#{notice.id}",
        unit=notice.unit,
        span=compact(span_row(notice.span)),
        reason=notice.reason,
        reported_by=notice.reported_by,
        withdrawn="1" if notice.withdrawn else None,
    )
    return item.over(notice.version)


def _notice(item: NoticeItem) -> Notice:
    return Notice(
        id=NoticeId(item.sk.partition("#")[2]),
        pupil=PersonId(item.pk.partition("#")[2]),
        unit=UnitId(item.unit),
        span=span_of(json.loads(item.span)),
        reason=Reason(item.reason),
        reported_by=PersonId(item.reported_by),
        withdrawn=item.withdrawn is not None,
        version=item.version,
    )
