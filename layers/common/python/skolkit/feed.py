"""Going through a table: what has changed since, in the feed of its fed kinds, and all of it, at night."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from skolkit.table import TOMBSTONE, Item, dynamodb


@dataclass(frozen=True, slots=True)
class Changed:
    """An item in the feed: its key, when it was written last, and whether that was its deletion."""

    pk: str
    sk: str
    at: str
    deleted: bool


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


def scan(
    table: str, after: dict[str, Any] | None, limit: int
) -> tuple[list[dict[str, Any]], dict[str, Any] | None]:
    """A page of everything a table holds, and the key to go on after. For work that nobody waits for: no role
    of a function that serves people may do it.
    """
    more = {"ExclusiveStartKey": after} if after else {}
    reply = dynamodb().scan(TableName=table, Limit=limit, **more)
    return reply["Items"], reply.get("LastEvaluatedKey")
