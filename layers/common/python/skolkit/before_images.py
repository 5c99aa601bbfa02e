"""What was there before a write, kept so that the write can be undone: exactly, and only while nobody has
changed anything since. Sealed fields stay sealed.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from skolkit.errors import ChangedMeanwhile
from skolkit.imports import Source
from skolkit.table import Item, Overwrite, Remove, Wanted, Write, commit, fetch

_OWN = {"version", "modified", "feed_pk", "feed_sk"}
Heads = Callable[[str, str], bool]
"""Whether a key (pk, sk) is of the item that its partition is about."""


def _item(write: Write) -> Item:
    return write.item if isinstance(write, Overwrite | Remove) else write


def stored_items(kind: type[Item], writes: Sequence[Write]) -> dict[tuple[str, str], Item]:
    """What is stored where `writes` go. Consistent, one `BatchGetItem` per 100 items."""
    keys = list(dict.fromkeys((item.pk, item.sk) for item in map(_item, writes)))
    found: dict[tuple[str, str], Item] = fetch(Wanted(kind, keys, dict), consistent=True)[0]
    return found


def image_of(write: Write, stored: Mapping[tuple[str, str], Item]) -> dict[str, Any]:
    """An item before a write and after it, as JSON; `before` is None for a new item, `after` for one that
    goes.
    """
    item = _item(write)
    old = stored.get((item.pk, item.sk))
    gone = isinstance(write, Remove)
    return {
        "pk": item.pk,
        "sk": item.sk,
        "before": _packed(old.serialize()) if old else None,
        "after": None if gone else _packed(_content(item)),
        "version": None if gone else (item.version or 0) + 1,
    }


def put_back(
    kind: type[Item], heads: Heads, entry: Mapping[str, Any], source: Source
) -> dict[str, Any]:  # fmt: skip
    """Put the items of one row (`{line, about, items}`) back in one transaction, if every one is as it was
    left; `kept` tells that it was not done. Two round trips, and one per thing that is removed.
    """
    images = entry["items"]
    keys = [(image["pk"], image["sk"]) for image in images]
    now: dict[tuple[str, str], Item] = fetch(Wanted(kind, keys, dict), consistent=True)[0]
    answer = {"line": entry["line"], "about": entry["about"], "kept": True}
    as_left = all(_as_left(now.get((i["pk"], i["sk"])), i) for i in images)
    if not as_left or _shared(kind, heads, images):
        return answer
    writes: list[Write] = []
    for image in images:
        current = now.get((image["pk"], image["sk"]))
        if image["before"] is not None:
            raw = {name: value for name, value in _unpacked(image["before"]).items() if name != "version"}
            writes.append(kind.from_raw_data(raw).over(current.version if current else None))
        elif current is not None:
            writes.append(Remove(current, version=current.version))
    try:
        commit(*writes, trace=source.trace(len(writes)))
    except ChangedMeanwhile:
        return answer
    return answer | {"kept": False}


def _as_left(current: Item | None, image: Mapping[str, Any]) -> bool:
    if current is None or image["after"] is None:
        return current is None and image["after"] is None
    return bool(current.version == image["version"]) and _packed(_content(current)) == image["after"]


def _shared(kind: type[Item], heads: Heads, images: Sequence[Mapping[str, Any]]) -> bool:
    """Whether something else has come into a partition that would be removed."""
    mine = {(image["pk"], image["sk"]) for image in images}
    made = [i for i in images if i["before"] is None and i["after"] is not None]
    return any(
        (row.pk, row.sk) not in mine
        for image in made
        if heads(image["pk"], image["sk"])
        for row in kind.query(image["pk"], consistent_read=True)
    )


def _content(item: Item) -> dict[str, Any]:
    return {name: value for name, value in item.serialize().items() if name not in _OWN}


def _packed(value: Any) -> Any:
    """DynamoDB's notation as JSON."""
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode()}
    if isinstance(value, dict):
        return {name: _packed(inner) for name, inner in value.items()}
    return [_packed(inner) for inner in value] if isinstance(value, list) else value


def _unpacked(value: Any) -> Any:
    if isinstance(value, dict):
        if set(value) == {"base64"}:
            return base64.b64decode(value["base64"])
        return {name: _unpacked(inner) for name, inner in value.items()}
    return [_unpacked(inner) for inner in value] if isinstance(value, list) else value
