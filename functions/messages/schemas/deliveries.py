"""What has been sent."""

from __future__ import annotations

from datetime import date, datetime

from functions.messages.domain.deliveries import Channel, Failure, State
from skolkit.http import Shape


class Tried(Shape):
    """A way that did not reach the recipient, and why."""

    channel: Channel
    failure: Failure


class DeliveryView(Shape):
    """One notice to one recipient: when, by which channel, and what became of it; which ways were tried
    before, and when it is looked at again.
    """

    notice: str
    recipient: str
    date: date
    at: datetime
    channel: Channel | None
    state: State
    failure: Failure | None
    attempts: int
    tried: list[Tried]
    until: datetime | None


class DeliveryPage(Shape):
    """A pupil's deliveries, newest first."""

    data: list[DeliveryView]
    cursor: str | None
