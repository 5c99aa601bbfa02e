"""Identifiers. Every id in Skolkit is a lower-case UUID string from one namespace (SS 12000 §2.3); the type
says of what.
"""

from __future__ import annotations

import re
from typing import NewType
from uuid import UUID, uuid5

PersonId = NewType("PersonId", str)
UnitId = NewType("UnitId", str)
GroupId = NewType("GroupId", str)
LessonId = NewType("LessonId", str)
NoticeId = NewType("NoticeId", str)

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_NAMESPACE = UUID("5b0d0a36-3a0c-5d57-9c7b-2f5a3f6f1b11")


def is_id(text: str) -> bool:
    """Whether `text` is an id as Skolkit writes them.

    >>> is_id("5b0d0a36-3a0c-5d57-9c7b-2f5a3f6f1b11"), is_id("../5b0d0a36")
    (True, False)
    """
    return _UUID.fullmatch(text) is not None


def stable_id(*parts: str) -> str:
    """The id that always belongs to the same source key, e.g. `stable_id("unit", "19733028")`, for imports.

    >>> stable_id("unit", "1") == stable_id("unit", "1") != stable_id("group", "1")
    True
    """
    return str(uuid5(_NAMESPACE, "\x1f".join(parts)))


def new_id() -> str:
    """A new time-ordered id (UUID version 7)."""
    from uuid_utils import uuid7  # a compiled module; only writers need it

    return str(uuid7())
