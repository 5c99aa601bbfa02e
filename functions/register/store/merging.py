"""Merges of two records, with every row as it was before and after, so that they can be taken apart."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from typing import Any

from pynamodb.attributes import JSONAttribute, UnicodeAttribute

from functions.register.store.items import MergedItem, RegisterItem, merged_key, person_pk
from skolkit.clock import now, stamp
from skolkit.table import BOOKKEEPING, Item, Overwrite, Remove, Wanted, Write, fetch
from skolkit.types import PersonId


class MergeItem(RegisterItem, discriminator="merge"):
    """A merge: `rows` are `[pk, sk, before, digest after]`; `undone` when it has been taken apart."""

    kept = UnicodeAttribute()
    merged = UnicodeAttribute()
    rows = JSONAttribute()
    undone = UnicodeAttribute(null=True)


def merged_item(kept: PersonId, merged: PersonId, merge: str) -> MergedItem:
    """Tells of a merge with whom it is about; taken back with it."""
    return MergedItem(*merged_key(kept, merged), merge=merge, at=stamp(now()))


def find_merge(id: str) -> MergeItem | None:
    """One consistent get."""
    return MergeItem.find(f"MERGE#{id}", "MERGE")


def merge_item(id: str, kept: PersonId, merged: PersonId, writes: Sequence[Write]) -> MergeItem:
    """The record of a merge that is about to be written: reads every row it replaces (one `BatchGetItem`)."""
    items = [
        (write if isinstance(write, Item) else write.item, isinstance(write, Remove)) for write in writes
    ]
    before = _rows([(item.pk, item.sk) for item, _ in items])
    rows = [
        [item.pk, item.sk, before.get((item.pk, item.sk)), "" if gone else _digest(_plain(item.serialize()))]
        for item, gone in items
    ]
    return MergeItem(f"MERGE#{id}", "MERGE", kept=kept, merged=merged, rows=rows)


def undo_writes(merge: MergeItem) -> list[Write] | None:
    """What puts every row back; None when one of them has been changed since. One `BatchGetItem`."""
    current = _rows([(pk, sk) for pk, sk, _, _ in merge.rows])
    writes: list[Write] = []
    for pk, sk, before, after in merge.rows:
        row = current.get((pk, sk))
        if _digest(row) != after:
            return None
        if before is None:
            writes.append(Remove(RegisterItem(pk, sk)))
        else:
            item = RegisterItem.from_raw_data(_raw(before))
            version = int(row["version"]["N"]) if row else None
            writes.append(item.over(version, item.created) if row else Overwrite(item))
    return writes


def children_of(merge: MergeItem) -> list[PersonId]:
    """Those whose responsible adult was known by another id since the merge."""
    pks = {pk for pk, sk, _, _ in merge.rows if sk == "KIN"}
    return [PersonId(pk.removeprefix("PERSON#")) for pk in sorted(pks) if not _is_of_merge(merge, pk)]


def _is_of_merge(merge: MergeItem, pk: str) -> bool:
    return pk in {person_pk(PersonId(merge.kept)), person_pk(PersonId(merge.merged))}


def _rows(keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], dict[str, Any]]:
    wanted = Wanted(RegisterItem, list(keys), lambda found: found)
    (found,) = fetch(wanted, consistent=True)
    return {key: _plain(item.serialize()) for key, item in found.items()}


def _digest(row: dict[str, Any] | None) -> str:
    if row is None:
        return ""
    content = {name: value for name, value in row.items() if name not in BOOKKEEPING}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _plain(row: Any) -> dict[str, Any]:
    """A row as JSON can hold it: bytes in base 64."""
    return {
        name: {"B": base64.b64encode(value["B"]).decode()} if isinstance(value.get("B"), bytes) else value
        for name, value in row.items()
    }


def _raw(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: {"B": base64.b64decode(value["B"])} if "B" in value else value for name, value in row.items()
    }
