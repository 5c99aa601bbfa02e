"""Web push (process 28): the devices on which somebody wants messages, and where these may be sent.

A subscription is made by the person's browser, so its address is whatever a caller says: nothing is sent
except to known push services, at addresses that are public (RFC 8030 §8.3, RFC 8291).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from skolkit.errors import DomainError, Text

MOST = 10  # devices of one person [PROPOSED]
SERVICES = (
    "fcm.googleapis.com", "*.push.services.mozilla.com", "*.notify.windows.com", "web.push.apple.com",
)  # fmt: skip
"""The push services of today's browsers, where nothing else is configured."""

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_ADDRESS = re.compile(
    rf"(https?)://({_LABEL}(?:\.{_LABEL}){{0,9}})(?::([0-9]{{1,5}}))?(/[A-Za-z0-9._~:/?@!$&'()*+,;=%-]*)"
)


class UnknownPushService(DomainError):
    """The address of a subscription is none of a known push service."""

    status = 422
    reason = Text("Enhetens notistjänst är inte känd.", "The device's push service is not known.")
    advice = Text("Använd en aktuell webbläsare.", "Use a current browser.")


class BrokenSubscription(DomainError):
    """Nothing can be encrypted for the keys of a subscription."""

    status = 422
    reason = Text("Enhetens nyckel går inte att använda.", "The device's key cannot be used.")
    advice = Text("Slå på notiser i enheten igen.", "Turn notifications on again on the device.")


class TooManyDevices(DomainError):
    """A person is told on so many devices at most."""

    status = 409
    reason = Text("Du har redan notiser på {most} enheter.", "You have notifications on {most} devices.")
    advice = Text("Ta bort en som du inte använder.", "Remove one that you do not use.")


@dataclass(frozen=True, slots=True)
class Device:
    """A subscription of somebody's browser: whoever knows `endpoint` and keys can send to it, so they are
    never shown. `at`: since when.
    """

    id: str
    endpoint: str = field(repr=False)
    p256dh: str = field(repr=False)
    auth: str = field(repr=False)
    at: datetime

    @property
    def host(self) -> str:
        """The push service, all that is told of the address."""
        return self.endpoint.split("/", 3)[2]


@dataclass(frozen=True, slots=True)
class Target:
    """Where to connect for an endpoint. `local`: an address of this machine that is configured, as tests
    do.
    """

    scheme: str
    host: str
    port: int
    path: str = field(repr=False)
    local: bool


class Outcome(Enum):
    """What a push service says of a message: has it, takes none for this device ever again, takes not this
    one, or takes none now.
    """

    TAKEN = "taken"
    GONE = "gone"
    REFUSED = "refused"
    AWAY = "away"


@dataclass(frozen=True, slots=True)
class Reply:
    """An outcome, and after what time the service wants to be asked again, if it says so."""

    outcome: Outcome
    after: timedelta | None = None


def target(endpoint: str, services: Sequence[str] = SERVICES) -> Target:
    """Where the endpoint is, if it may be sent to: https at a host that a pattern fits, at the usual port; or
    an origin that is configured whole, which must then be this machine. Raises `UnknownPushService`.
    """
    match = _ADDRESS.fullmatch(endpoint)
    if match:
        scheme, host, given, path = match.groups()
        port = int(given or (443 if scheme == "https" else 80))
        if f"{scheme}://{host}:{port}" in services:
            return Target(scheme, host, port, path, local=True)
        if (scheme, port) == ("https", 443) and any(_fits(host, pattern) for pattern in services):
            return Target(scheme, host, port, path, local=False)
    raise UnknownPushService(field="endpoint")


def _fits(host: str, pattern: str) -> bool:
    return host.endswith(pattern[1:]) if pattern.startswith("*.") else host == pattern


def with_device(devices: Sequence[Device], device: Device) -> tuple[Device, ...]:
    """The devices with one more; the same one again takes its place. Raises `TooManyDevices`."""
    others = tuple(one for one in devices if one.id != device.id)
    if len(others) >= MOST:
        raise TooManyDevices(most=MOST)
    return (*others, device)


def outcome(status: int) -> Outcome:
    """What an answer means (RFC 8030 §5, §7.3 and §8.4). No redirect is followed."""
    if 200 <= status < 300:
        return Outcome.TAKEN
    if status in (404, 410):
        return Outcome.GONE
    return Outcome.AWAY if status == 429 or status >= 500 else Outcome.REFUSED
