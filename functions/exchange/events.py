"""Facts of exchange."""

from __future__ import annotations

from typing import ClassVar

from skolkit import events
from skolkit.events import Fact
from skolkit.extracts import Answered


class ExtractAnswered(Answered):
    """The part of exchange in a register extract has been written."""

    type: ClassVar[str] = "exchange.ExtractAnswered.v1"


class MessageDue(events.MessageDue):
    """Somebody is to be told something of the systems that are let in."""

    type: ClassVar[str] = "exchange.MessageDue.v1"


class NoticeDue(Fact):
    """A subscriber is to be told that there is something to fetch; `turn` says which time."""

    type: ClassVar[str] = "exchange.NoticeDue.v1"
    client: str
    subscription: str
    turn: int
