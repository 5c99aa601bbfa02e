"""Replays from the bus's archive, in one partition by time, and which was the last: one at a time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pynamodb.attributes import JSONAttribute, UnicodeAttribute

from functions.exchange.domain.replays import Replay
from functions.exchange.store import ExchangeItem
from skolkit.clock import stamp
from skolkit.cursor import seal, unseal
from skolkit.types import PersonId

REPLAYS = "REPLAYS"


class ReplayItem(ExchangeItem, discriminator="replay"):
    """A replay; `sk` is its id, which goes by time."""

    start = UnicodeAttribute()
    end = UnicodeAttribute()
    types = JSONAttribute()
    targets = JSONAttribute()
    facts = JSONAttribute()
    reason = UnicodeAttribute()
    asked_by = UnicodeAttribute()
    asked_at = UnicodeAttribute()
    cancelled_by = UnicodeAttribute(null=True)


class LatestItem(ExchangeItem, discriminator="replay_latest"):
    """Which replay was asked for last; whoever asks for another writes over the version read."""

    replay = UnicodeAttribute()


def replay_item(replay: Replay) -> ReplayItem:
    """The item of a replay, over the version it changes."""
    item = ReplayItem(
        REPLAYS, replay.id, start=stamp(replay.start), end=stamp(replay.end), types=list(replay.types),
        targets=list(replay.targets), facts=list(replay.facts), reason=replay.reason,
        asked_by=replay.asked_by, asked_at=stamp(replay.asked_at), cancelled_by=replay.cancelled_by,
    )  # fmt: skip
    return item.over(replay.version)


def find_replay(id: str) -> Replay | None:
    """One consistent get."""
    item = ReplayItem.find(REPLAYS, id)
    return _replay(item) if item else None


def latest() -> tuple[Replay | None, LatestItem]:
    """The replay that was asked for last, if any, and the item that says so. At most two consistent gets."""
    item = LatestItem.find("REPLAY", "LATEST") or LatestItem("REPLAY", "LATEST")
    return find_replay(item.replay) if item.version else None, item


def page_of_replays(cursor: str | None, limit: int, *bound_to: str) -> tuple[list[Replay], str | None]:
    """Replays, newest first, and the cursor of the next page. One query."""
    found: Any = ReplayItem.query(
        REPLAYS, limit=limit, page_size=limit, scan_index_forward=False,
        last_evaluated_key=unseal(cursor, *bound_to),
    )  # fmt: skip
    return [_replay(item) for item in found], seal(found.last_evaluated_key, *bound_to)


def _replay(item: ReplayItem) -> Replay:
    return Replay(
        id=str(item.sk),
        start=datetime.fromisoformat(item.start),
        end=datetime.fromisoformat(item.end),
        types=tuple(item.types),
        targets=tuple(item.targets),
        facts=tuple(item.facts),
        reason=item.reason,
        asked_by=PersonId(item.asked_by),
        asked_at=datetime.fromisoformat(item.asked_at),
        cancelled_by=PersonId(item.cancelled_by) if item.cancelled_by else None,
        version=item.version,
    )
