"""What messages takes and gives over HTTP."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from functions.messages.domain import Channel, Failure, State
from skolkit.http import Shape


class Preferences(Shape):
    """How a person wants to be reached."""

    channel: Channel


class PreferencesView(Preferences):
    """The stored preferences; version 0 is the default nobody has changed."""

    version: int


class DeliveryView(Shape):
    """One notice to one recipient: when, by which channel, and what became of it."""

    notice: str
    recipient: str
    date: date
    at: datetime
    channel: Channel | None
    state: State
    failure: Failure | None
    attempts: int


class DeliveryPage(Shape):
    """A pupil's deliveries, newest first."""

    data: list[DeliveryView]
    cursor: str | None


class PageQuery(Shape):
    """How much of the list, from where."""

    limit: Annotated[int, Field(ge=1, le=100)] = 20
    cursor: Annotated[str, Field(max_length=600)] | None = None
