"""How people want to be reached."""

from __future__ import annotations

from functions.messages.domain.deliveries import Channel
from skolkit.http import Shape


class Preferences(Shape):
    """How a person wants to be reached."""

    channel: Channel


class PreferencesView(Preferences):
    """The stored preferences; version 0 is the default nobody has changed."""

    version: int
