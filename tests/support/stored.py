"""Every row there is, and a way back to it."""

from __future__ import annotations

from typing import Any

from skolkit.table import chunks, dynamodb
from tests.support.areas import AREAS

Rows = dict[tuple[str, str, str], dict[str, Any]]


def stored(*names: str) -> Rows:
    """Every row of these tables, or of every table there is, by table and key."""
    rows: Rows = {}
    for table in [f"skolkit-{name}" for name in names or ("audit", "keys", *AREAS)]:
        for page in dynamodb().get_paginator("scan").paginate(TableName=table):
            rows |= {(table, row["pk"]["S"], row["sk"]["S"]): row for row in page["Items"]}
    return rows


def is_empty() -> bool:
    """Whether no area has stored anything."""
    return not any(dynamodb().scan(TableName=f"skolkit-{area}", Limit=1)["Count"] for area in AREAS)


def put_back(rows: Rows) -> None:
    """Store rows as they were."""
    for some in chunks(rows.items(), 25):
        request: dict[str, list[dict[str, Any]]] = {}
        for (table, _, _), row in some:
            request.setdefault(table, []).append({"PutRequest": {"Item": row}})
        assert not dynamodb().batch_write_item(RequestItems=request).get("UnprocessedItems")


class Undo:
    """Puts back whatever this process writes to DynamoDB, row by row, to what `before` says."""

    def __init__(self, before: Rows) -> None:
        self._before, self._touched = before, set[tuple[str, str, str]]()
        dynamodb().meta.events.register("provide-client-params.dynamodb", self._note)

    def _note(self, params: dict[str, Any], **_: Any) -> None:
        writes = [w for entry in params.get("TransactItems", [params]) for w in (*entry.values(), entry)]
        for write in writes:
            if isinstance(write, dict) and ("Item" in write or "UpdateExpression" in write or "Key" in write):
                row = write.get("Item") or write["Key"]
                self._touched.add((write["TableName"], row["pk"]["S"], row["sk"]["S"]))

    def undo(self) -> None:
        for table, pk, sk in tuple(self._touched):
            if row := self._before.get((table, pk, sk)):
                dynamodb().put_item(TableName=table, Item=row)
            else:
                dynamodb().delete_item(TableName=table, Key={"pk": {"S": pk}, "sk": {"S": sk}})
        self._touched.clear()

    def close(self) -> None:
        dynamodb().meta.events.unregister("provide-client-params.dynamodb", self._note)
