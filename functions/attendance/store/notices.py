"""Absence notices with their pupil, newest first, and the coming days they mark."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from pynamodb.attributes import UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection

from functions.attendance.domain.absence import Notice, Reason, Reporter
from functions.attendance.store import (
    AttendanceItem,
    DayItem,
    PupilDay,
    compact,
    pupil_day_of,
    span_of,
    span_row,
)
from skolkit.cursor import page_through, seal, unseal
from skolkit.table import Wanted, fetch
from skolkit.types import NoticeId, PersonId, UnitId


class Ending(GlobalSecondaryIndex["NoticeItem"]):
    """Notices of illness that nobody has answered yet, by unit and last day."""

    class Meta:
        index_name = "ending"
        projection = KeysOnlyProjection()

    ending_pk = UnicodeAttribute(hash_key=True)
    ending_sk = UnicodeAttribute(range_key=True)


class NoticeItem(AttendanceItem, discriminator="notice"):
    """One absence notice. `ending_*` are there while the home may have to be asked whether the pupil is still
    ill.
    """

    unit = UnicodeAttribute()
    span = UnicodeAttribute()
    reason = UnicodeAttribute()
    reported_by = UnicodeAttribute()
    reported_as = UnicodeAttribute(null=True)
    by_phone = UnicodeAttribute(null=True)
    withdrawn = UnicodeAttribute(null=True)
    asked = UnicodeAttribute(null=True)
    answer = UnicodeAttribute(null=True)
    ending_pk = UnicodeAttribute(null=True)
    ending_sk = UnicodeAttribute(null=True)
    ending = Ending()


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


def ended(unit: UnitId, days: Sequence[date]) -> list[Notice]:
    """A unit's notices of illness whose last day is one of `days`, as they are now. A query per day, and a
    consistent batch per hundred.
    """
    rows = [row for day in days for row in NoticeItem.ending.query(f"{unit}#{day}")]
    found: list[Notice]
    (found,) = fetch(
        Wanted(
            NoticeItem, [(row.pk, row.sk) for row in rows], lambda items: list(map(_notice, items.values()))
        ),
        consistent=True,
    )
    return found


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
        reported_as=notice.reported_as,
        by_phone="1" if notice.by_phone else None,
        withdrawn="1" if notice.withdrawn else None,
        asked=notice.asked.isoformat() if notice.asked else None,
        answer=notice.answer or None,
    )
    if notice.reason is Reason.ILLNESS and not (notice.withdrawn or notice.asked or notice.answer):
        item.ending_pk = f"{notice.unit}#{notice.span.last}"
        item.ending_sk = f"{notice.pupil}#{notice.id}"
    return item.over(notice.version)


def _notice(item: NoticeItem) -> Notice:
    return Notice(
        id=NoticeId(item.sk.partition("#")[2]),
        pupil=PersonId(item.pk.partition("#")[2]),
        unit=UnitId(item.unit),
        span=span_of(json.loads(item.span)),
        reason=Reason(item.reason),
        reported_by=PersonId(item.reported_by),
        reported_as=Reporter(item.reported_as or Reporter.GUARDIAN),
        by_phone=item.by_phone is not None,
        withdrawn=item.withdrawn is not None,
        asked=date.fromisoformat(item.asked) if item.asked else None,
        answer=item.answer or "",
        version=item.version,
    )
