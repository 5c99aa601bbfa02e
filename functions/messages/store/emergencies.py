"""Emergencies: `EMERGENCY#<id>` / `HEAD`, and `CHUNK#<nn>` for each part of the recipients that has been sent
to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import cast

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from functions.messages.domain.emergencies import Audience, Emergency
from functions.messages.store import MessagesItem
from skolkit.clock import stamp
from skolkit.cursor import seal, unseal
from skolkit.types import PersonId, UnitId


class EmergencyItem(MessagesItem, discriminator="emergency"):
    """What was said, to whom and by whom."""

    unit = UnicodeAttribute()
    audience = UnicodeAttribute()
    texts = JSONAttribute()
    asked_by = UnicodeAttribute()
    at = UnicodeAttribute()
    recipients = NumberAttribute()
    calls = NumberAttribute()


class ChunkItem(MessagesItem, discriminator="emergency_chunk"):
    """What became of a part of the recipients: how many were told, who is not settled, who was not reached,
    and who is called because of protected identity.
    """

    at = UnicodeAttribute()
    told = NumberAttribute()
    unsettled = JSONAttribute()
    unreached = JSONAttribute()
    calls = JSONAttribute()


@dataclass(frozen=True, slots=True)
class Chunk:
    """A part of the recipients, as above."""

    number: int
    told: int
    unsettled: Sequence[PersonId] = field(default_factory=tuple)
    unreached: Sequence[PersonId] = field(default_factory=tuple)
    calls: Sequence[PersonId] = field(default_factory=tuple)


def _head_key(id: str) -> tuple[str, str]:
    return f"EMERGENCY#{id}", "HEAD"


def find(id: str) -> Emergency | None:
    """An emergency. One consistent get."""
    item = EmergencyItem.find(*_head_key(id))
    if item is None:
        return None
    return Emergency(
        id, UnitId(item.unit), cast("Audience", item.audience), item.texts, PersonId(item.asked_by),
        datetime.fromisoformat(item.at).astimezone(UTC), int(item.recipients), int(item.calls), item.version,
    )  # fmt: skip


def head_item(emergency: Emergency) -> EmergencyItem:
    """A new emergency."""
    return EmergencyItem(
        *_head_key(emergency.id), unit=emergency.unit, audience=emergency.audience,
        texts=dict(emergency.texts), asked_by=emergency.asked_by, at=stamp(emergency.at),
        recipients=emergency.recipients, calls=emergency.calls,
    )  # fmt: skip


def chunk_item(id: str, chunk: Chunk, at: datetime) -> ChunkItem:
    """A part of the recipients, written over whatever was known of it."""
    return ChunkItem(
        _head_key(id)[0], f"CHUNK#{chunk.number:02}", at=stamp(at), told=chunk.told,
        unsettled=list(chunk.unsettled), unreached=list(chunk.unreached), calls=list(chunk.calls),
    )  # fmt: skip


def chunks(id: str) -> list[Chunk]:
    """Every part that has been sent to; one or two consistent queries (90 parts of at most 7 KB)."""
    pk = _head_key(id)[0]
    return [_chunk(i) for i in ChunkItem.query(pk, ChunkItem.sk.startswith("CHUNK#"), consistent_read=True)]


def page(id: str, limit: int, cursor: str | None, caller: str) -> tuple[list[Chunk], str | None]:
    """Some of the parts in order, and the cursor to the next."""
    bound = ("emergency", id, caller)
    found = ChunkItem.query(
        _head_key(id)[0], ChunkItem.sk.startswith("CHUNK#"), limit=limit, page_size=limit,
        last_evaluated_key=unseal(cursor, *bound), consistent_read=True,
    )  # fmt: skip
    parts = [_chunk(item) for item in found]
    return parts, seal(found.last_evaluated_key, *bound)


def _chunk(item: ChunkItem) -> Chunk:
    number = int(item.sk.removeprefix("CHUNK#"))
    return Chunk(number, int(item.told), item.unsettled, item.unreached, item.calls)
