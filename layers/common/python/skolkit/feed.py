"""Going through a table: what has changed since, in the feed of its fed kinds, and all of it, at night.

A change is stamped when its transaction begins, and is in the feed's index a little after it ends. Whoever
goes by the feed waits `config.feed_lag` with what is newer, so that nothing can come in behind them; a
transaction that took longer than a third of that is stamped again (`skolkit.table.SLOW`).
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from skolkit.table import FEED_SHARDS, TOMBSTONE, Item, dynamodb

CHUNK = 250  # keys of a shard read at a time when shards are merged


@dataclass(frozen=True, slots=True)
class Changed:
    """An item in the feed: its key, when it was written last, and whether that was its deletion."""

    pk: str
    sk: str
    at: str
    deleted: bool


def times_of(item: Item) -> tuple[datetime, datetime]:
    """When a fed item came to be, and when it was written last."""
    return datetime.fromisoformat(item.created or item.modified), datetime.fromisoformat(item.modified)


def changes(
    kind: type[Item], shard: int, after: dict[str, Any] | None, limit: int
) -> tuple[list[Changed], dict[str, Any] | None]:
    """A page of what has changed of a fed kind, in one of `FEED_SHARDS`, those written last at the end, and
    the key to go on after. One query of keys alone.
    """
    reply = dynamodb().query(
        TableName=kind.Meta.table_name, IndexName="feed", Limit=limit,
        KeyConditionExpression="feed_pk = :shard",
        ExpressionAttributeValues={":shard": {"S": f"{kind.kind_name()}#{shard}"}},
        **({"ExclusiveStartKey": after} if after else {}),
    )  # fmt: skip
    found = [
        Changed(
            row["pk"]["S"].removeprefix(TOMBSTONE), row["sk"]["S"], row["feed_sk"]["S"].partition("#")[0],
            row["pk"]["S"].startswith(TOMBSTONE),
        )
        for row in reply["Items"]
    ]  # fmt: skip
    return found, reply.get("LastEvaluatedKey")


def stretch(
    kind: type[Item], shard: int, low: str, high: str, limit: int, *, index: str = "feed", down: bool = False
) -> list[tuple[str, Changed]]:
    """Keys of a shard between two places, first and last inclusive, each with its place; upwards, or `down`
    from the last. One query. The places of the feed are `<when>#<pk>|<sk>`, those of an order
    `<text>#<pk>|<sk>`; of an order it is not known when (`at` is empty).
    """
    ranged = "feed_sk" if index == "feed" else index
    reply = dynamodb().query(
        TableName=kind.Meta.table_name, IndexName=index, Limit=limit, ScanIndexForward=not down,
        KeyConditionExpression="feed_pk = :shard AND #at BETWEEN :low AND :high",
        ExpressionAttributeNames={"#at": ranged},
        ExpressionAttributeValues={
            ":shard": {"S": f"{kind.kind_name()}#{shard}"}, ":low": {"S": low}, ":high": {"S": high},
        },
    )  # fmt: skip
    found = []
    for row in reply["Items"]:
        pk, place = row["pk"]["S"], row[ranged]["S"]
        at = place.partition("#")[0] if index == "feed" else ""
        gone = pk.startswith(TOMBSTONE)
        found.append((place, Changed(pk.removeprefix(TOMBSTONE), row["sk"]["S"], at, gone)))
    return found


FIRST, LAST = " ", "\U0010ffff"


def merged(
    kind: type[Item], place: str | None, *, index: str = "feed", down: bool = False, low: str = FIRST,
    high: str = LAST,
) -> Iterator[tuple[str, Changed]]:  # fmt: skip
    """All of a kind in one order over its shards, or what lies between two places of it, from after a place
    on.
    """
    shards = (_shard(kind, shard, place, index, down, low, high) for shard in range(FEED_SHARDS))
    return heapq.merge(*shards, key=lambda found: found[0], reverse=down)


def _shard(
    kind: type[Item], shard: int, place: str | None, index: str, down: bool, low: str, high: str
) -> Iterator[tuple[str, Changed]]:
    while True:
        if place is not None:
            low, high = (low, place) if down else (after(place), high)
        found = stretch(kind, shard, low, high, CHUNK, index=index, down=down)
        # Going down, the place itself is the first of what is left.
        yield from (row for row in found if row[0] != place)
        if len(found) < CHUNK:
            return
        place = found[-1][0]


def keys_at(kind: type[Item], index: str, text: str) -> list[tuple[str, str]]:
    """Keys of the items with a text in one of the kind's orders. A query for each shard."""
    found: list[tuple[str, str]] = []
    for shard in range(FEED_SHARDS):
        low, high = f"{text}#", f"{text}#{LAST}"
        while rows := stretch(kind, shard, low, high, CHUNK, index=index):
            found += [(changed.pk, changed.sk) for _, changed in rows]
            low = after(rows[-1][0])
    return found


def ids_told(kind: type[Item], pk: str, sk: str) -> list[str]:
    """The ids that a deleted item had said it showed (`Item.shown_ids`). One consistent get."""
    key = {"pk": {"S": f"{TOMBSTONE}{pk}"}, "sk": {"S": sk}}
    row = dynamodb().get_item(TableName=kind.Meta.table_name, Key=key, ConsistentRead=True).get("Item", {})
    return list(json.loads(row["ids"]["S"])) if "ids" in row else []


def after(place: str) -> str:
    """The first place after one."""
    return f"{place}\0"


def scan(
    table: str, after: dict[str, Any] | None, limit: int
) -> tuple[list[dict[str, Any]], dict[str, Any] | None]:
    """A page of everything a table holds, and the key to go on after. For work that nobody waits for: no role
    of a function that serves people may do it.
    """
    more = {"ExclusiveStartKey": after} if after else {}
    reply = dynamodb().scan(TableName=table, Limit=limit, **more)
    return reply["Items"], reply.get("LastEvaluatedKey")
