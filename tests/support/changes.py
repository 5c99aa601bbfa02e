"""The stream of an area's table, for tests in-process: what this process writes is handed to the function
that follows the table, as Lambda does.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from skolkit.table import dynamodb
from skolkit.triggers import Trigger
from tests.support.areas import Context, acting_as

Record = dict[str, Any]


def record(number: int, key: tuple[str, str], kind: str | None) -> Record:
    """A change as the stream tells it: of a removed item (`kind` None) only the key."""
    keys = {"pk": {"S": key[0]}, "sk": {"S": key[1]}}
    change: dict[str, Any] = {
        "ApproximateCreationDateTime": 1795433700,
        "Keys": keys,
        "SequenceNumber": f"{number:021}",
        "SizeBytes": 512,
        "StreamViewType": "NEW_IMAGE",
    }
    if kind is not None:
        change["NewImage"] = {**keys, "kind": {"S": kind}}
    return {
        "eventID": f"{number:032x}",
        "eventName": "MODIFY" if kind is not None else "REMOVE",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "eu-north-1",
        "dynamodb": change,
    }


class Changes:
    """What has been written since, in the order of writing, as far as the function is told of it."""

    def __init__(self, area: str, function: str) -> None:
        self.area, self.function = area, function
        app = importlib.import_module(f"functions.{area}.app")
        self._handler = getattr(app, function)
        self._trigger: Trigger = next(t for t in app.on.triggers if t.name == function)
        self._asked: list[tuple[tuple[str, str], str | None]] = []
        self.records: list[Record] = []

    def deliver(self, records: Sequence[Record] | None = None) -> list[str]:
        """Hand over these changes, or all that have not been, until the function's own writes start it no
        more; the sequence numbers it wants to have again.
        """
        failed: list[str] = []
        while waiting := self.take() if records is None else list(records):
            with acting_as(self.area):
                reply = self._handler({"Records": waiting}, Context())
            failed += [failure["itemIdentifier"] for failure in reply["batchItemFailures"]]
            if records is not None or failed:
                break
        return failed

    def take(self) -> list[Record]:
        """What has not been handed over, which then counts as handed over."""
        waiting, self.records = self.records, []
        return waiting

    def _note(self, params: dict[str, Any], **_: Any) -> None:
        table = f"skolkit-{self.area}"
        puts = [w["Put"] for w in params.get("TransactItems", ()) if "Put" in w]
        gone = [w["Delete"] for w in params.get("TransactItems", ()) if "Delete" in w]
        puts += [params] if "Item" in params else []
        gone += [params] if "Key" in params and "ProjectionExpression" not in params else []
        for request in params.get("RequestItems", {}).get(table, ()):
            if "PutRequest" in request:
                puts.append({"TableName": table, **request["PutRequest"]})
        rows = [(w["Item"], w["Item"]["kind"]["S"]) for w in puts if w["TableName"] == table]
        rows += [(w["Key"], None) for w in gone if w["TableName"] == table]
        self._asked = [((row["pk"]["S"], row["sk"]["S"]), kind) for row, kind in rows]

    def _done(self, parsed: dict[str, Any], model: Any, **_: Any) -> None:
        if parsed["ResponseMetadata"]["HTTPStatusCode"] == 200 and model.name not in ("GetItem", "Query"):
            for key, kind in self._asked:
                wanted = (
                    key[0].startswith(self._trigger.gone) if kind is None else kind in self._trigger.source
                )
                if wanted:
                    self.records.append(record(len(self.records) + 1, key, kind))
        self._asked = []


@contextmanager
def changes(area: str, function: str) -> Iterator[Changes]:
    """Notes what this process writes inside the block."""
    made, events = Changes(area, function), dynamodb().meta.events
    events.register("provide-client-params.dynamodb", made._note)
    events.register("after-call.dynamodb", made._done)
    try:
        yield made
    finally:
        events.unregister("provide-client-params.dynamodb", made._note)
        events.unregister("after-call.dynamodb", made._done)
