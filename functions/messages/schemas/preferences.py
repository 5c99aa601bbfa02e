"""How people want to be reached."""

from __future__ import annotations

from datetime import time
from typing import Annotated

from pydantic import Field

from functions.messages.domain.deliveries import Channel, Kind
from skolkit.http import Shape

Order = Annotated[list[Channel], Field(max_length=len(Channel))]


class QuietHours(Shape):
    """From when to when nothing is sent that can wait; equal times: there are no such hours."""

    start: time
    end: time


class Preferences(Shape):
    """How a person wants to be reached: `channel` first, in another order for some kinds of message; a kind
    with no channels is not sent. Absence and reminders are always sent, and what is urgent.

    Without quiet hours the usual ones hold, without a language that of the person's contact details.
    """

    channel: Channel
    channels: Annotated[dict[Kind, Order], Field(default_factory=dict, max_length=len(Kind))]
    quiet_hours: QuietHours | None = None
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}$")] | None = None


class PreferencesView(Preferences):
    """The stored preferences; version 0 is the default nobody has changed."""

    version: int
