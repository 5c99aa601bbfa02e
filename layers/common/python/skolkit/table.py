"""Reading and, in one transaction, writing an area's table.

`commit` is the only writer: items with optimistic version checks, the facts for the outbox and the audit row
are one `TransactWriteItems`, so nothing changes without a trace and no event is forgotten. `fetch` reads many
items of several tables in one round trip.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from threading import Lock
from types import SimpleNamespace
from typing import Any, ClassVar, Generic, Self, TypeVar
from zlib import crc32

from pynamodb.attributes import DiscriminatorAttribute, NumberAttribute, UnicodeAttribute, VersionAttribute
from pynamodb.connection import Connection, TableConnection
from pynamodb.connection.base import MetaTable
from pynamodb.models import Model

from skolkit.audit import Trace
from skolkit.aws import session
from skolkit.clock import now, stamp
from skolkit.config import AUDIT_TABLE, settings
from skolkit.errors import Busy, ChangedMeanwhile
from skolkit.events import Fact

FEED_SHARDS = 4
OUTBOX_DAYS = 14
SIDE_BY_SIDE = 16  # requests that may be under way at a time
SLOW = timedelta(seconds=10)  # a third of what readers of the feed wait (`skolkit.feed`)
TOMBSTONE = "TOMBSTONE#"
TOMBSTONE_DAYS = 400  # whoever reads the feed more seldom than this must read everything anew
ORDERED = 200  # characters that count in an order
BOOKKEEPING = frozenset(
    {"version", "modified", "created", "feed_pk", "feed_sk", *(f"order_{number}" for number in range(1, 6))}
)
"""What an item's writing sets, and is none of its content."""
ONCE_DAYS = 400  # longer than the bus archive keeps facts, so that a replay never repeats an effect
LIMIT = 100  # items in one TransactWriteItems or BatchGetItem
_CONNECTING = Lock()  # the first reads of a process may be side by side
_BUSY = {"ThrottlingException", "ProvisionedThroughputExceededException", "TransactionInProgressException"}

T = TypeVar("T")


@lru_cache(maxsize=1)
def connection() -> Connection:
    """The one DynamoDB connection of the process (PynamoDB would otherwise make a client per item class)."""
    made = Connection(
        connect_timeout_seconds=2, read_timeout_seconds=10, max_retry_attempts=4,
        max_pool_connections=SIDE_BY_SIDE,
    )  # fmt: skip
    made._local.session = session()  # noqa: SLF001 - else it loads botocore's data a second time
    return made


def dynamodb() -> Any:
    """The botocore client under PynamoDB's connection, for what PynamoDB has no call for."""
    return connection().client


class Item(Model):
    """Base of every stored item: `pk`, `sk`, the kind (a subclass), a version checked at every write, feed
    and TTL.

    A kind with `fed = True` appears in the `feed` index ("changed since"), and when it is deleted a tombstone
    does, for `TOMBSTONE_DAYS` (`skolkit.feed`); it says how many `orders` it is also listed in, at most five,
    and by which texts (`order_texts`). `bookkeeping` is what `touch` sets. `expires` is a Unix time.
    """

    bookkeeping: ClassVar[frozenset[str]] = BOOKKEEPING
    fed: ClassVar[bool] = False
    orders: ClassVar[int] = 0

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    kind = DiscriminatorAttribute()
    version = VersionAttribute()
    modified = UnicodeAttribute(null=True)
    created = UnicodeAttribute(null=True)
    feed_pk = UnicodeAttribute(null=True)
    feed_sk = UnicodeAttribute(null=True)
    order_1 = UnicodeAttribute(null=True)
    order_2 = UnicodeAttribute(null=True)
    order_3 = UnicodeAttribute(null=True)
    order_4 = UnicodeAttribute(null=True)
    order_5 = UnicodeAttribute(null=True)
    expires = NumberAttribute(null=True)

    @classmethod
    def _get_connection(cls) -> TableConnection:
        with _CONNECTING:
            if cls._connection is None or cls._connection.table_name != cls.Meta.table_name:
                super()._get_connection()
                assert cls._connection is not None
                own = cls._connection.connection.get_meta_table(cls.Meta.table_name)
                shared = connection()
                if cls.Meta.table_name not in shared._tables:  # noqa: SLF001 - PynamoDB has no public question for it
                    shared.add_meta_table(own)
                else:  # a later kind of the same table may know more indexes
                    _merge_indexes(shared.get_meta_table(cls.Meta.table_name), own)
                cls._connection.connection = shared
            return cls._connection

    @classmethod
    def find(cls, pk: str, sk: str, *, consistent: bool = True) -> Self | None:
        """The item, or None."""
        try:
            return cls.get(pk, sk, consistent_read=consistent)
        except cls.DoesNotExist:
            return None

    def over(self, version: int | None, created: str | None = None) -> Self:
        """To be written over the version read, which came to be at `created` (for fed kinds); None for an
        item that must not exist yet.
        """
        if version:
            self.version, self.created = version, created
        return self

    def touch(self, at: datetime) -> None:
        """Set `modified` and, for fed kinds, when it came to be and where it is in the feed and its
        orders.
        """
        self.modified = stamp(at)
        if self.fed:
            self.created = self.created or self.modified
            self.feed_pk, self.feed_sk = self.feed_keys(self.modified)
            for number, text in enumerate(self.order_texts(), 1):
                setattr(self, f"order_{number}", f"{text[:ORDERED]}#{self.pk}|{self.sk}")

    def order_texts(self) -> Sequence[str]:
        """What a fed kind is sorted by in each of its `orders`."""
        return ()

    def shown_ids(self) -> Sequence[str]:
        """The ids under which a fed kind is shown, when its key does not say: its tombstone keeps them."""
        return ()

    def feed_keys(self, modified: str) -> tuple[str, str]:
        """Where the item is in the feed when it was changed last then."""
        key = f"{self.pk}|{self.sk}"
        return f"{self.kind_name()}#{crc32(key.encode()) % FEED_SHARDS}", f"{modified}#{key}"

    @classmethod
    def kind_name(cls) -> str:
        return str(cls.kind.get_discriminator(cls))


def _merge_indexes(known: MetaTable, more: MetaTable) -> None:
    have = {index["IndexName"] for index in known.data.get("GlobalSecondaryIndexes", [])}
    for index in more.data.get("GlobalSecondaryIndexes", []):
        if index["IndexName"] not in have:
            known.data.setdefault("GlobalSecondaryIndexes", []).append(index)


@dataclass(frozen=True, slots=True)
class Wanted(Generic[T]):
    """Items wanted from one table: keys `(pk, sk)` and how the found items (by key) become the answer.

    `only` names the attributes that are read; all when empty.
    """

    item: type[Item]
    keys: Sequence[tuple[str, str]]
    answer: Callable[[dict[tuple[str, str], Any]], T]
    only: tuple[str, ...] = ()

    @property
    def table(self) -> str:
        return str(self.item.Meta.table_name)


def fetch(*wanted: Wanted[Any], consistent: bool = False) -> list[Any]:
    """Read every wanted item, of one or several tables, in one `BatchGetItem` per 100 keys; answers in the
    same order.

    Eventually consistent unless asked for: fine for what is shown, not for what decides.
    """
    keys = list(dict.fromkeys((w.table, key) for w in wanted for key in w.keys))
    shapes = {w.table: {"ConsistentRead": consistent} | _projection(w.table, wanted) for w in wanted}
    found: dict[tuple[str, tuple[str, str]], Any] = {}
    for start in range(0, len(keys), LIMIT):
        request: dict[str, dict[str, Any]] = {}
        for table, (pk, sk) in keys[start : start + LIMIT]:
            place = request.setdefault(table, {**shapes[table], "Keys": []})
            place["Keys"].append({"pk": {"S": pk}, "sk": {"S": sk}})
        found |= _fetched(request)
    return [
        w.answer({key: _item(w, row) for key in w.keys if (row := found.get((w.table, key)))}) for w in wanted
    ]


def _item(wanted: Wanted[Any], row: dict[str, Any]) -> Any:
    """The item; of one that is read in part its attributes alone, which takes a third of the time: a class
    with its guardians is over a hundred.
    """
    if not wanted.only:
        return wanted.item.from_raw_data(row)
    attributes, part = wanted.item.get_attributes(), {}
    for name in ("pk", "sk", *wanted.only):
        value = row.get(name)
        if value and "NULL" not in value:
            part[name] = attributes[name].deserialize(attributes[name].get_value(value))
        else:
            part[name] = attributes[name].default
    return SimpleNamespace(**part)


def _projection(table: str, wanted: Sequence[Wanted[Any]]) -> dict[str, Any]:
    mine = [w.only for w in wanted if w.table == table]
    if not all(mine):
        return {}
    names = sorted({"pk", "sk", *(name for only in mine for name in only)})
    return {
        "ProjectionExpression": ",".join(f"#{name}" for name in names),
        "ExpressionAttributeNames": {f"#{name}": name for name in names},
    }


def _fetched(request: dict[str, dict[str, Any]]) -> dict[tuple[str, tuple[str, str]], Any]:
    found = {}
    for _ in range(5):
        reply = dynamodb().batch_get_item(RequestItems=request)
        for table, rows in reply["Responses"].items():
            found.update({(table, (row["pk"]["S"], row["sk"]["S"])): row for row in rows})
        request = reply.get("UnprocessedKeys") or {}
        if not request:
            return found
    raise Busy


class AlreadyDone(Exception):
    """What `once` names has been committed before; `answer` is what was answered then, if anything."""

    def __init__(self, answer: str = "", digest: str = "") -> None:
        super().__init__("already done")
        self.answer, self.digest = answer, digest


@dataclass(frozen=True, slots=True)
class Once:
    """An effect that must happen once: `key` names it; `digest` of the request and `answer` are kept for a
    repeat.
    """

    key: str
    digest: str = ""
    answer: str = ""
    days: int = ONCE_DAYS


@dataclass(frozen=True, slots=True)
class Overwrite:
    """Put an item whatever was there: what another item of the same transaction guards by its version."""

    item: Item


@dataclass(frozen=True, slots=True)
class Remove:
    """Delete an item whatever its version, guarded likewise."""

    item: Item


@dataclass(frozen=True, slots=True)
class Erase:
    """Delete an item if it is still exactly what was read, also one that `Overwrite` may have replaced."""

    item: Item


@dataclass(frozen=True, slots=True)
class Unchanged:
    """Write nothing, but only if an item is still exactly what was read; one without a version must not be
    there. Two write units per kilobyte of what is there, and one operation of the hundred.
    """

    item: Item


Write = Item | Overwrite | Remove | Erase | Unchanged


def commit(
    *writes: Write,
    facts: Iterable[Fact] = (),
    trace: Trace | Sequence[Trace] | None = None,
    once: Once | None = None,
) -> None:
    """Write everything or nothing, in one transaction; what concerns several people leaves a trace of each.

    Items are put if their version is still the one read (new ones if absent). Raises `ChangedMeanwhile` when
    somebody else was first, `AlreadyDone` when `once` has happened before, `Busy` when DynamoDB cannot take
    it now; `ValueError` over 100 items. Facts go out from the table that the items are of, whoever writes.
    """
    at = now()
    home = _home(writes)
    operations = [{"Put": _once_row(once, at, home)}] if once else []
    operations += [operation for write in writes for operation in _operations(write, at)]
    operations += [{"Put": {"TableName": home, "Item": _outbox_row(fact, at)}} for fact in facts]
    traces = [trace] if isinstance(trace, Trace) else trace or ()
    operations += [{"Put": {"TableName": AUDIT_TABLE, "Item": one.row()}} for one in traces]
    if len(operations) > LIMIT:
        raise ValueError(f"{len(operations)} operations in one transaction; at most {LIMIT}")
    _transact(operations, once)
    for write in writes:
        if isinstance(write, Item):
            write.version = (write.version or 0) + 1
    if now() - at > SLOW:
        _told_again(writes)


def _home(writes: Sequence[Write]) -> str:
    """The table that a transaction is of: that of its items, else the function's own."""
    tables = {str((w if isinstance(w, Item) else w.item).Meta.table_name) for w in writes}
    return tables.pop() if len(tables) == 1 else settings().table


def _told_again(writes: Sequence[Write]) -> None:
    """Move what was written long after it was stamped to the end of the feed, where nobody has passed yet.
    What somebody else has changed since is there already.
    """
    from botocore.exceptions import ClientError

    for write in writes:
        item = write if isinstance(write, Item) else write.item
        if not item.fed or isinstance(write, Unchanged):
            continue
        again = _tombstone(item, now()) if isinstance(write, Remove | Erase) else _operations(item, now())
        for operation in again:
            try:
                dynamodb().transact_write_items(TransactItems=[operation])
            except ClientError as error:
                if error.response["Error"]["Code"] != "TransactionCanceledException":
                    raise


def _operations(write: Write, at: datetime) -> Iterator[dict[str, Any]]:
    match write:
        case Item():
            write.touch(at)
            yield {"Put": write.get_save_kwargs_from_instance()}
        case Overwrite(item):
            item.touch(at)
            item.version = (item.version or 0) + 1
            yield {"Put": {"TableName": item.Meta.table_name, "Item": item.serialize()}}
        case Remove(item):
            yield {"Delete": _place(item)}
            yield from _tombstone(item, at)
        case Erase(item):
            yield {"Delete": _place(item) | _as_read(item)}
            yield from _tombstone(item, at)
        case Unchanged(item):
            absent = {"ConditionExpression": "attribute_not_exists(pk)"}
            yield {"ConditionCheck": _place(item) | (_as_read(item) if item.version else absent)}


def _place(item: Item) -> dict[str, Any]:
    return {"TableName": item.Meta.table_name, "Key": {"pk": {"S": item.pk}, "sk": {"S": item.sk}}}


def _as_read(item: Item) -> dict[str, Any]:
    """The condition that nobody has written the item since: what is put over it blindly begins at version 1
    again, so the time counts, too.
    """
    read = {"version": {"N": str(item.version or 0)}} | (
        {"modified": {"S": item.modified}} if item.modified else {}
    )
    return {
        "ConditionExpression": " AND ".join(f"#{name} = :{name}" for name in read),
        "ExpressionAttributeNames": {f"#{name}": name for name in read},
        "ExpressionAttributeValues": {f":{name}": value for name, value in read.items()},
    }


def _tombstone(item: Item, at: datetime) -> Iterator[dict[str, Any]]:
    """What stays in the feed of a deleted item: which it was, and when."""
    if not item.fed:
        return
    shard, place = item.feed_keys(stamp(at))
    texts = {
        "pk": f"{TOMBSTONE}{item.pk}", "sk": item.sk, "kind": "tombstone", "modified": stamp(at),
        "feed_pk": shard, "feed_sk": place,
    } | ({"ids": json.dumps(ids)} if (ids := list(item.shown_ids())) else {})  # fmt: skip
    row = {name: {"S": text} for name, text in texts.items()} | _expires(at, TOMBSTONE_DAYS)
    yield {"Put": {"TableName": item.Meta.table_name, "Item": row}}


def done_before(key: str) -> AlreadyDone | None:
    """What `once` of this key has committed before, if anything; one consistent GetItem."""
    row = {"pk": {"S": f"ONCE#{key}"}, "sk": {"S": "ONCE"}}
    found = dynamodb().get_item(TableName=settings().table, Key=row, ConsistentRead=True).get("Item")
    return _done(found) if found else None


def _done(row: Any) -> AlreadyDone:
    return AlreadyDone(row.get("answer", {}).get("S", ""), row.get("digest", {}).get("S", ""))


def _transact(operations: list[dict[str, Any]], once: Once | None) -> None:
    from botocore.exceptions import ClientError

    try:
        dynamodb().transact_write_items(TransactItems=operations)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in _BUSY:
            raise Busy from error
        if code != "TransactionCanceledException":
            raise
        reasons = error.response.get("CancellationReasons", [])
        if once and reasons and reasons[0].get("Code") == "ConditionalCheckFailed":
            raise _done(reasons[0].get("Item", {})) from error
        codes = {reason.get("Code", "") for reason in reasons}
        if codes & {"ConditionalCheckFailed"}:
            raise ChangedMeanwhile from error
        if codes & {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}:
            raise Busy from error
        raise


def _once_row(once: Once, at: datetime, table: str) -> dict[str, Any]:
    texts = {
        "pk": f"ONCE#{once.key}",
        "sk": "ONCE",
        "kind": "once",
        "digest": once.digest,
        "answer": once.answer,
    }
    return {
        "TableName": table,
        "Item": {name: {"S": text} for name, text in texts.items() if text} | _expires(at, once.days),
        "ConditionExpression": "attribute_not_exists(pk)",
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }


def _outbox_row(fact: Fact, at: datetime) -> dict[str, Any]:
    envelope = fact.envelope(at)
    texts = {
        "pk": f"OUTBOX#{envelope['id']}",
        "sk": "OUTBOX",
        "kind": "outbox",
        "type": fact.type,
        "envelope": json.dumps(envelope, ensure_ascii=False, separators=(",", ":")),
    }
    return {name: {"S": text} for name, text in texts.items()} | _expires(at, OUTBOX_DAYS)


def _expires(at: datetime, days: int) -> dict[str, Any]:
    return {"expires": {"N": str(int((at + timedelta(days=days)).timestamp()))}}


def put_many(items: Iterable[Item]) -> int:
    """Put items in bulk (imports, projections): unconditional, 25 per `BatchWriteItem`; returns how many.

    For rebuilding what is derived or imported by stable id, where writing the same again changes nothing; a
    decision or a person's own data goes through `commit`. Measured: 25 puts cost one round trip of 12 ms
    instead of 25 of 2 ms.
    """
    at = now()
    pending: list[dict[str, Any]] = []
    done = 0
    for item in items:
        item.touch(at)
        item.version = item.version or 1
        pending.append({"table": item.Meta.table_name, "row": item.serialize()})
        if len(pending) == 25:
            done += _put_batch(pending)
            pending = []
    return done + (_put_batch(pending) if pending else 0)


def _put_batch(rows: list[dict[str, Any]]) -> int:
    request: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        request.setdefault(row["table"], []).append({"PutRequest": {"Item": row["row"]}})
    for _ in range(8):
        request = dynamodb().batch_write_item(RequestItems=request).get("UnprocessedItems") or {}
        if not request:
            return len(rows)
    raise Busy


def chunks(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    """`rows` in lists of at most `size`.

    >>> list(chunks([1, 2, 3], 2))
    [[1, 2], [3]]
    """
    batch: list[T] = []
    for row in rows:
        batch.append(row)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
