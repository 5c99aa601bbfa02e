"""Counts what DynamoDB is asked: round trips and request units, as the service itself reports them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from skolkit.table import dynamodb

READS = {"GetItem", "Query", "BatchGetItem"}


@dataclass
class Use:
    """Round trips to DynamoDB by operation, and read and write request units with indexes."""

    operations: list[str] = field(default_factory=list)
    reads: float = 0.0
    writes: float = 0.0

    @property
    def trips(self) -> int:
        return len(self.operations)


@contextmanager
def metered() -> Iterator[Use]:
    """Everything this process asks of DynamoDB inside the block."""
    use = Use()
    events = dynamodb().meta.events

    def ask(params: dict[str, Any], model: Any, **_: Any) -> None:
        params["ReturnConsumedCapacity"] = "INDEXES"
        if (
            model.name == "BatchGetItem"
        ):  # the embedded DynamoDB does not report it: items here are below 4 KB
            for table in params["RequestItems"].values():
                use.reads += len(table["Keys"]) * (1.0 if table.get("ConsistentRead") else 0.5)

    def count(parsed: dict[str, Any], model: Any, **_: Any) -> None:
        use.operations.append(model.name)
        found = parsed.get("ConsumedCapacity") or []
        units = sum(part["CapacityUnits"] for part in (found if isinstance(found, list) else [found]))
        if model.name in READS:
            use.reads += units
        else:
            use.writes += units

    events.register("provide-client-params.dynamodb", ask)
    events.register("after-call.dynamodb", count)
    try:
        yield use
    finally:
        events.unregister("provide-client-params.dynamodb", ask)
        events.unregister("after-call.dynamodb", count)
