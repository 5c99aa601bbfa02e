"""Reading the audit table, which one function may: rows about a person, and about the groups they were in."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from skolkit.clock import local, stamp
from skolkit.config import AUDIT_TABLE
from skolkit.table import dynamodb

_FIRST, _LAST = "0", "9"  # before and after every time


@dataclass(frozen=True, slots=True)
class Source:
    """Rows about a person or group, of the days `first` to `last` (None: no bound)."""

    about: str
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """Who did what when; `place` orders rows and tells them apart."""

    place: str
    about: str
    at: datetime
    actor: str
    action: str


def newest(sources: Sequence[Source], before: str | None, limit: int) -> list[Row]:
    """The newest rows of all sources before a place, at most `limit`. One query per source, which cannot be
    fewer: groups are read by others, too.
    """
    merged = heapq.merge(
        *(_rows(source, before, limit) for source in sources), key=lambda row: row.place, reverse=True
    )
    unique = {row.place: row for row in merged}  # somebody may have been in a group twice
    return list(unique.values())[:limit]


def _rows(source: Source, before: str | None, limit: int) -> Iterator[Row]:
    low = stamp(local(source.first, time.min)) if source.first else _FIRST
    high = stamp(local(source.last + timedelta(days=1), time.min)) if source.last else _LAST
    high = min(high, before or _LAST)
    if low > high:
        return
    reply = dynamodb().query(
        TableName=AUDIT_TABLE,
        KeyConditionExpression="pk = :pk AND sk BETWEEN :low AND :high",
        ExpressionAttributeValues={
            ":pk": {"S": f"ABOUT#{source.about}"}, ":low": {"S": low}, ":high": {"S": high},
        },
        ScanIndexForward=False,
        Limit=limit + 1,  # the one at `high` itself has been shown
    )  # fmt: skip
    yield from (_row(source.about, item) for item in reply["Items"] if item["sk"]["S"] != before)


def _row(about: str, item: dict[str, Any]) -> Row:
    texts = {name: value.get("S", "") for name, value in item.items()}
    return Row(texts["sk"], about, datetime.fromisoformat(texts["at"]), texts["actor"], texts["action"])
