"""The boards: per unit what has been put up for places in it, newest first, and what is due later.

A board row says by a few words for whom it is; a reader reads the boards of their units and keeps what is for
a place they stand in today (decision 0029).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pynamodb.attributes import JSONAttribute, UnicodeAttribute

from functions.messages.domain.deadlines import reminded_at
from functions.messages.store import DueItem, MessagesItem
from skolkit.clock import stamp
from skolkit.cursor import seal, unseal
from skolkit.types import PersonId, UnitId

PAGE = 200  # rows of a board in one query: 50 KB
QUERIES = 5  # of one board for one page: a page may be short, the next goes on


class BoardItem(MessagesItem, discriminator="board"):
    """Something on a unit's board for `places`; `by` has put it up."""

    places = JSONAttribute()
    by = UnicodeAttribute()


@dataclass(frozen=True, slots=True)
class Notice:
    """A board row: what, by whom, for which of the reader's places. `place` orders it."""

    id: str
    by: PersonId
    places: tuple[str, ...]
    place: str


def board_item(
    unit: UnitId, kind: str, at: datetime, id: str, places: Sequence[str], by: PersonId
) -> BoardItem:
    """A row on a unit's board."""
    return BoardItem(f"BOARD#{unit}", f"{kind}#{stamp(at)}#{id}", places=sorted(places), by=by)


def page_of_boards(
    units: Sequence[UnitId], kind: str, places: Collection[str] | None, limit: int, cursor: str | None,
    caller: str,
) -> tuple[list[Notice], str | None]:  # fmt: skip
    """What is on several boards for some places (None: any), newest first over all of them, each once, and
    the cursor of the next page. One query per board for most readers.
    """
    start = unseal(cursor, "board", kind, caller)
    before = start["before"] if start else f"{kind}#~"
    found: dict[str, Notice] = {}
    floor = ""
    for unit in units:
        rows, reached = _read(unit, kind, None if places is None else frozenset(places), limit, before)
        found |= {row.place: row for row in rows}
        floor = max(floor, reached)
    page = sorted((row for row in found.values() if row.place >= floor), key=lambda r: r.place, reverse=True)
    more = len(page) > limit
    page = page[:limit]
    last = page[-1].place if more else floor
    return page, seal({"before": last} if last else None, "board", kind, caller)


def _read(
    unit: UnitId, kind: str, places: frozenset[str] | None, limit: int, before: str
) -> tuple[list[Notice], str]:
    """Up to `limit` and one more of a board's rows for the places, before one; and down to where that is all
    there is ("": to its end).
    """
    found: list[Notice] = []
    pk, after, last = f"BOARD#{unit}", None, ""
    for _ in range(QUERIES):
        rows = BoardItem.query(
            pk, BoardItem.sk.between(f"{kind}#", before), page_size=PAGE, limit=PAGE,
            scan_index_forward=False, last_evaluated_key=after,
        )  # fmt: skip
        for row in rows:
            last = row.sk
            mine = tuple(place for place in row.places if places is None or place in places)
            if mine and row.sk < before:
                found.append(Notice(row.sk.rpartition("#")[2], PersonId(row.by), mine, row.sk))
            if len(found) > limit:
                return found, last
        after = rows.last_evaluated_key
        if after is None:
            return found, ""
    return found, last


def put_up(unit: UnitId, kind: str, since: datetime) -> dict[str, frozenset[str]]:
    """All that has been put up on a unit's board since a time: by id the places it is for. One query per
    megabyte (some 4,000 rows).
    """
    between = BoardItem.sk.between(f"{kind}#{stamp(since)}", f"{kind}#~")
    rows = BoardItem.query(f"BOARD#{unit}", between)
    return {row.sk.rpartition("#")[2]: frozenset(row.places) for row in rows}


def due_item(at: datetime, kind: str, id: str) -> DueItem:
    """What is to be done at a time."""
    return DueItem("DUE", f"{stamp(at)}#{kind}#{id}")


def reminder_item(kind: str, id: str, deadline: date, days: int, asked: str) -> DueItem | None:
    """When those who have not answered are to be reminded: so many days before the deadline, if that comes
    after it was asked; 0: never.
    """
    at = reminded_at(deadline, days)
    return due_item(at, kind, id) if days and stamp(at) > asked else None


def due_by(at: datetime) -> Iterator[tuple[DueItem, str, str]]:
    """What is due by a time, oldest first: its row, kind and id. One consistent query, of what has come due
    since the last.
    """
    for row in DueItem.query("DUE", DueItem.sk <= f"{stamp(at)}#~", consistent_read=True):
        _, kind, id = row.sk.split("#")
        yield row, kind, id
