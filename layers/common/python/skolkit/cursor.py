"""Sealed cursors for lists that page: the caller can neither read another list with one nor make one up."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from skolkit.config import settings
from skolkit.errors import DomainError, Text

T = TypeVar("T")


class BadCursor(DomainError):
    """The cursor is not one of ours, or was made for another caller or other filters."""

    status = 400
    reason = Text("Sidmarkören gäller inte för den här listan.", "The cursor does not belong to this list.")
    advice = Text("Börja om från första sidan.", "Start again from the first page.")


def seal(last_key: dict[str, Any] | None, *bound_to: str) -> str | None:
    """The cursor after `last_key` (DynamoDB notation), bound to caller and filters; None at the end."""
    if last_key is None:
        return None
    body = json.dumps(last_key, separators=(",", ":"), sort_keys=True).encode()
    return base64.urlsafe_b64encode(_mac(body, bound_to) + body).decode().rstrip("=")


def unseal(cursor: str | None, *bound_to: str) -> dict[str, Any] | None:
    """The key to start after. Raises `BadCursor` for anything not made by `seal` with the same binding."""
    if not cursor:
        return None
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    except (binascii.Error, ValueError) as error:
        raise BadCursor(field="cursor") from error
    if len(raw) < 17 or not hmac.compare_digest(raw[:16], _mac(raw[16:], bound_to)):
        raise BadCursor(field="cursor")
    key: dict[str, Any] = json.loads(raw[16:])
    return key


def page_through(
    partitions: Sequence[str],
    start: dict[str, Any] | None,
    limit: int,
    read: Callable[[str, dict[str, Any] | None, int], tuple[list[T], dict[str, Any] | None]],
) -> tuple[list[T], dict[str, Any] | None]:
    """A page of a list that goes on from one partition to the next, and the place after it. `read` gives at
    most as many of a partition after a key, and the key to go on after.

    >>> rows = {"a": [1, 2, 3], "b": [4]}
    >>> def read(pk, after, limit):
    ...     at = after["n"] if after else 0
    ...     end = at + limit
    ...     return rows[pk][at:end], {"n": end} if end < len(rows[pk]) else None
    >>> page_through(["a", "b"], None, 2, read)
    ([1, 2], {'in': 'a', 'key': {'n': 2}})
    >>> page_through(["a", "b"], {"in": "a", "key": {"n": 2}}, 3, read)
    ([3, 4], None)
    """
    first = partitions.index(start["in"]) if start and start["in"] in partitions else 0
    key, found = start["key"] if start else None, list[T]()
    for number, partition in enumerate(partitions[first:], first):
        more, key = read(partition, key, limit - len(found))
        found += more
        if key:
            return found, {"in": partition, "key": key}
        if len(found) == limit and number + 1 < len(partitions):
            return found, {"in": partitions[number + 1], "key": None}
    return found, None


def _mac(body: bytes, bound_to: tuple[str, ...]) -> bytes:
    text = "\x1f".join(bound_to).encode()
    return hmac.new(settings().cursor_key, text + b"\x1e" + body, hashlib.sha256).digest()[:16]
