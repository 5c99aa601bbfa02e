"""The relay: what an area has committed to its outbox is put on the bus, in order, at least once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from skolkit.aws import client
from skolkit.config import settings
from skolkit.telemetry import logger

ENTRIES = 10  # in one PutEvents
BYTES = 240_000  # of one PutEvents, below EventBridge's 256 KB


def relay(event: dict[str, Any]) -> dict[str, Any]:
    """Publish the outbox rows of a DynamoDB stream batch.

    Stops at the first entry EventBridge did not take and reports it (`batchItemFailures`), so that the stream
    comes again from there: order is kept and nothing is skipped. Facts after a failed one in the same call
    may have been taken and come twice; consumers are idempotent on the fact's id.
    """
    rows = [r for r in event["Records"] if _is_outbox(r)]
    done = 0
    for batch in _batches(rows):
        reply = client("events").put_events(Entries=[_entry(row) for row in batch])
        if reply.get("FailedEntryCount"):
            failed = next(i for i, entry in enumerate(reply["Entries"]) if entry.get("ErrorCode"))
            number = batch[failed]["dynamodb"]["SequenceNumber"]
            logger().error(
                "relay stopped", code=reply["Entries"][failed]["ErrorCode"], published=done + failed
            )
            return {"batchItemFailures": [{"itemIdentifier": number}]}
        done += len(batch)
    logger().info("relayed", facts=done)
    return {"batchItemFailures": []}


def _is_outbox(record: dict[str, Any]) -> bool:
    image = record["dynamodb"].get("NewImage", {})
    return bool(record["eventName"] == "INSERT" and image.get("kind", {}).get("S") == "outbox")


def _entry(record: dict[str, Any]) -> dict[str, str]:
    image = record["dynamodb"]["NewImage"]
    kind = image["type"]["S"]
    return {
        "EventBusName": settings().bus,
        "Source": f"skolkit.{settings().area}",
        "DetailType": kind,
        "Detail": image["envelope"]["S"],
    }


def _batches(rows: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    batches: list[list[dict[str, Any]]] = []
    size = BYTES + 1
    for row in rows:
        weight = len(row["dynamodb"]["NewImage"]["envelope"]["S"].encode()) + 200
        if size + weight > BYTES or len(batches[-1]) == ENTRIES:
            batches.append([])
            size = 0
        batches[-1].append(row)
        size += weight
    return batches
