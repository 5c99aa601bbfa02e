"""Where the audit trail's segments come from and go: the audit table's stream, the locked bucket, the key
that seals, and the item that says how far the chain has come.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from functions.access.domain.segments import GENESIS
from functions.access.store.base import AccessItem
from skolkit.aws import client
from skolkit.config import AUDIT_TABLE, ConfigError

PREFIX = "audit/segments/"
KEY = "alias/skolkit-audit"
ALGORITHM = "HMAC_SHA_256"
EMPTY = 10  # answers without rows before an open shard counts as read: AWS gives such between rows, too
CALLS = 200  # of GetRecords for one shard in one go: an open shard never says that it has ended
_GONE = {"TrimmedDataAccessException", "ResourceNotFoundException"}


class ChainItem(AccessItem, discriminator="audit_chain"):
    """The last segment of the chain, where each shard of the stream has been read to, and when that was."""

    number = NumberAttribute(default=0)
    digest = UnicodeAttribute(default=GENESIS)
    places = JSONAttribute(default=dict)
    read = UnicodeAttribute(null=True)


@dataclass
class Batch:
    """Rows read, and how far: `places` of the shards there are now."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)


def chain() -> ChainItem:
    """The chain's item; a new one before the first segment. One consistent get."""
    return ChainItem.find("AUDIT", "CHAIN") or ChainItem("AUDIT", "CHAIN")


def key_of(number: int) -> str:
    """The key of a segment's file: sorts by number.

    >>> key_of(7)
    'audit/segments/000000000007.jsonl.gz'
    """
    return f"{PREFIX}{number:012}.jsonl.gz"


def seal(digest: bytes) -> bytes:
    """The MAC over a digest. One call to KMS."""
    reply = client("kms").generate_mac(KeyId=KEY, MacAlgorithm=ALGORITHM, Message=digest)
    mac: bytes = reply["Mac"]
    return mac


def put_segment(number: int, body: bytes) -> bool:
    """Keep a segment's file; False when there already is one of that number."""
    from botocore.exceptions import ClientError

    try:
        client("s3").put_object(
            Bucket=_bucket(), Key=key_of(number), Body=body, IfNoneMatch="*", ContentType="application/gzip",
            ChecksumAlgorithm="SHA256",
        )  # fmt: skip
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] in (409, 412):
            return False
        raise
    return True


def segment_file(number: int) -> bytes:
    """A kept segment's file."""
    body: bytes = client("s3").get_object(Bucket=_bucket(), Key=key_of(number))["Body"].read()
    return body


def read_stream(places: Mapping[str, str], limit: int) -> Batch:
    """What the audit table's stream has after `places`, oldest first within a shard, parents before children;
    about `limit` rows at most. Rows that expired are no news.
    """
    batch = Batch()
    streams = client("dynamodbstreams")
    for stream, shard in _shards():
        place = places.get(shard)
        if place:
            batch.places[shard] = place
        if len(batch.rows) < limit:
            _read_shard(streams, stream, shard, place, limit, batch)
    return batch


def _read_shard(streams: Any, stream: str, shard: str, place: str | None, limit: int, batch: Batch) -> None:
    iterator: str | None = _iterator(streams, stream, shard, place)
    empty = 0
    for _ in range(CALLS):
        if not iterator or len(batch.rows) >= limit or empty == EMPTY:
            return
        reply = streams.get_records(ShardIterator=iterator, Limit=1000)
        empty = 0 if reply["Records"] else empty + 1
        for record in reply["Records"]:
            batch.places[shard] = record["dynamodb"]["SequenceNumber"]
            if row := _row(record):
                batch.rows.append(row)
        iterator = reply.get("NextShardIterator")


def _iterator(streams: Any, stream: str, shard: str, place: str | None) -> str:
    """An iterator after a place; at the oldest row there is when the place has aged out of the stream."""
    from botocore.exceptions import ClientError

    where = (
        {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": place}
        if place
        else {"ShardIteratorType": "TRIM_HORIZON"}
    )
    try:
        made: str = streams.get_shard_iterator(StreamArn=stream, ShardId=shard, **where)["ShardIterator"]
    except ClientError as error:
        if place and error.response["Error"]["Code"] in _GONE:
            return _iterator(streams, stream, shard, None)
        raise
    return made


def _shards() -> Iterator[tuple[str, str]]:
    streams = client("dynamodbstreams")
    known = streams.list_streams(TableName=AUDIT_TABLE)["Streams"]
    stream = max(known, key=lambda one: str(one["StreamLabel"]))["StreamArn"]
    found: list[dict[str, Any]] = []
    start: dict[str, str] = {}
    while True:
        page = streams.describe_stream(StreamArn=stream, **start)["StreamDescription"]
        found += page["Shards"]
        if "LastEvaluatedShardId" not in page:
            break
        start = {"ExclusiveStartShardId": page["LastEvaluatedShardId"]}
    ids = {shard["ShardId"] for shard in found}
    # Roots first, then by id, which begins with the time of its making: a parent is older than its children.
    for shard in sorted(found, key=lambda s: (s.get("ParentShardId") in ids, str(s["ShardId"]))):
        yield stream, shard["ShardId"]


def _row(record: Mapping[str, Any]) -> dict[str, Any] | None:
    event, said = record["eventName"], record["dynamodb"]
    expired = (record.get("userIdentity") or {}).get("principalId") == "dynamodb.amazonaws.com"
    if event == "REMOVE" and expired:
        return None
    image = said.get("NewImage") or said["Keys"]
    row = {name: next(iter(value.values())) for name, value in image.items()}
    return {"event": event} | row


def _bucket() -> str:
    name = os.environ.get("SKOLKIT_AUDIT_BUCKET")
    if not name:
        raise ConfigError("SKOLKIT_AUDIT_BUCKET is not set")
    return name
