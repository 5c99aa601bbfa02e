"""Requests about the event bus."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from skolkit.clock import now
from tests.support.asks import Ask, new_key, over

if TYPE_CHECKING:
    from tests.support.schools import Schools

FACT = "attendance.LessonReported.v1"


def replay_ask() -> Ask:
    """An hour of reported lessons again."""
    start = now() - timedelta(hours=2)
    span = {"from": start.isoformat(), "to": (start + timedelta(hours=1)).isoformat()}
    return Ask(body=span | {"types": [FACT], "reason": "En kö tappade händelser"}, headers=new_key())


REQUESTS: dict[str, Callable[[Schools], Ask]] = {
    "exchange.cancel_replay": lambda s: Ask({"replay": s.made["replay"]}, headers=over(1)),
    "exchange.list_events": lambda _: Ask(),
    "exchange.list_replays": lambda _: Ask(),
    "exchange.read_event": lambda _: Ask({"type": FACT}),
    "exchange.read_replay": lambda s: Ask({"replay": s.made["replay"]}),
    "exchange.start_replay": lambda _: replay_ask(),
}
