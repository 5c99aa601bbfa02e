"""Push subscriptions over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from skolkit.http import Shape


class PushKeys(Shape):
    """What messages to the device are encrypted for."""

    p256dh: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{87}=?$")]
    auth: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{22}={0,2}$")]


class NewPushSubscription(Shape):
    """A browser's subscription as its `toJSON()` gives it."""

    endpoint: Annotated[str, Field(pattern=r"^https?://[!-~]{1,1000}$")]
    expiration_time: float | None = None
    keys: PushKeys


class PushSubscriptionView(Shape):
    """A device that gets messages: its push service and since when. The address itself is never shown."""

    id: str
    host: str
    at: datetime


class PushSubscriptionList(Shape):
    """The caller's devices, ten at most, the latest last."""

    data: list[PushSubscriptionView]


class PushKeyView(Shape):
    """What a browser is told when it subscribes (`applicationServerKey`): base64url of an uncompressed
    point.
    """

    key: str
