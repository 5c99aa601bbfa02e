"""Subscriptions of SS 12000: whom we tell that there is something to fetch, where that may be, when it is
tried again and when it is given up. A notice says of which kinds of entity, and nothing else.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from skolkit.errors import DomainError, Text

MOST = 20  # subscriptions of a client [PROPOSED]
DELAYS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))  # the last of them from then on
PATIENCE = timedelta(hours=24)  # of failing before nothing more is tried
HELD = timedelta(minutes=20)  # longer than the queue tries by itself: then it is handed over anew

Fault = Literal["", "address", "connection", "tls", "slow", "refused", "gone"]

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
# The last label begins with a letter: no spelling of an address does (127.1, 0x7f.1, 2130706433, [::1]).
_NAME = rf"(?:{_LABEL}\.){{1,9}}[a-z](?:[a-z0-9-]{{0,61}}[a-z0-9])?"
_URL = re.compile(
    r"(https?)://([^/?#@\\\s:\[\]]+)(?::([0-9]{1,5}))?(/[A-Za-z0-9._~:/?@!$&'()*+,;=%-]*)?", re.IGNORECASE
)


class BadTarget(DomainError):
    """Notices may not be sent there."""

    status = 400
    reason = Text("Notiser kan inte skickas till adressen.", "Notices cannot be sent to the address.")
    advice = Text(
        "Ange en https-adress på port 443 med ett fullständigt värdnamn, utan användarnamn och fragment.",
        "Give an https address on port 443 with a full host name, without user name and fragment.",
    )


class TooManySubscriptions(DomainError):
    """A client has so many subscriptions at most."""

    status = 409
    reason = Text("Klienten har redan {most} prenumerationer.", "The client has {most} subscriptions.")
    advice = Text("Ta bort en som inte används.", "Delete one that is not used.")


@dataclass(frozen=True, slots=True)
class News:
    """Of which kinds of entity something was changed, and of which something was deleted."""

    modified: frozenset[str] = frozenset()
    deleted: frozenset[str] = frozenset()

    def __or__(self, other: News) -> News:
        return News(self.modified | other.modified, self.deleted | other.deleted)

    def __bool__(self) -> bool:
        return bool(self.modified or self.deleted)

    def of(self, kinds: Collection[str]) -> News:
        """What of it is about these kinds."""
        return News(self.modified & set(kinds), self.deleted & set(kinds))

    def body(self) -> bytes:
        """The notice, with the standard's own spelling.

        >>> News(frozenset({"Person"}), frozenset({"Duty"})).body()
        b'{"modifiedEntites":["Person"],"deletedEntities":true}'
        """
        told = {"modifiedEntites": sorted(self.modified), "deletedEntities": bool(self.deleted)}
        return json.dumps(told, separators=(",", ":")).encode()


NOTHING = News()


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A client's wish to be told of changes of `kinds` at `target`, until `ends`.

    `waiting` is what has changed since the last notice, `telling` what the notice says that is on its way,
    whose number is `turn`, `due` when something may be sent (None: at once). `failing`: since when, `tries`:
    how often in vain, `fault`: why at last. `paused`: since when nothing is tried any more. `told`: when the
    receiver took a notice last.
    """

    id: str
    client: str
    name: str
    target: str = field(repr=False)
    kinds: tuple[str, ...]
    made: datetime
    ends: datetime
    waiting: News = NOTHING
    telling: News = NOTHING
    turn: int = 0
    due: datetime | None = None
    failing: datetime | None = None
    tries: int = 0
    fault: Fault = ""
    paused: datetime | None = None
    told: datetime | None = None
    version: int = 0

    def lives(self, at: datetime) -> bool:
        """Whether it has not ended."""
        return at < self.ends

    def ready(self, at: datetime) -> bool:
        """Whether there is something to send now."""
        there = self.lives(at) and self.paused is None
        return there and bool(self.waiting or self.telling) and (self.due is None or self.due <= at)

    @property
    def host(self) -> str:
        """All that is shown of the target to others: the rest may be a secret of the receiver's."""
        return self.target.split("/", 3)[2]


def heard(known: Subscription, news: News) -> Subscription:
    """With more to tell of, as far as it was asked for."""
    return replace(known, waiting=known.waiting | news.of(known.kinds))


def handed_over(known: Subscription, at: datetime) -> Subscription:
    """All there is to tell is on its way, in one notice; whatever changes meanwhile comes in the next."""
    telling = known.telling | known.waiting
    return replace(known, waiting=NOTHING, telling=telling, turn=known.turn + 1, due=at + HELD)


def taken(known: Subscription, at: datetime) -> Subscription:
    """The receiver has the notice."""
    return replace(known, telling=NOTHING, told=at, due=None, failing=None, tries=0, fault="")


def failed(known: Subscription, at: datetime, fault: Fault) -> Subscription:
    """The receiver did not take it: later again, or never when it says so, leads inside, or has been dead for
    `PATIENCE`. What was to be told is kept; this turn is over, should the queue hand it over twice.
    """
    failing = known.failing or at
    tried = replace(known, failing=failing, turn=known.turn + 1, tries=known.tries + 1, fault=fault)
    if fault in ("gone", "address") or at - failing >= PATIENCE:
        return replace(tried, paused=at, due=None)
    return replace(tried, due=at + DELAYS[min(known.tries, len(DELAYS) - 1)])


def dropped(known: Subscription) -> Subscription:
    """What was to be told is not to be told any more: the client may not know it."""
    return replace(known, telling=NOTHING, due=None)


def resumed(known: Subscription) -> Subscription:
    """Tried anew, from now on."""
    return replace(known, paused=None, failing=None, tries=0, fault="", due=None) if known.paused else known


def renewed(known: Subscription, at: datetime, days: int) -> Subscription:
    """Goes on from now for as long as a new one, and is tried anew if it had been given up."""
    return replace(resumed(known), ends=max(known.ends, at + timedelta(days=days)))


@dataclass(frozen=True, slots=True)
class Target:
    """Where to connect. `local`: an origin of this machine that is configured, as tests do."""

    scheme: str
    host: str
    port: int
    path: str = field(repr=False)
    local: bool


def target(url: str, allowed: Sequence[str] = ()) -> Target:
    """Where an address is, if it may be sent to: https at a name on port 443; or an origin that is configured
    whole, which must then be this machine. Raises `BadTarget`. What the name leads to is judged when it is
    connected to.

    >>> target("https://system.example.se/hook?k=1")
    Target(scheme='https', host='system.example.se', port=443, local=False)
    """
    match = _URL.fullmatch(url)
    if match:
        scheme, host, given, path = match[1].lower(), match[2].lower(), match[3], match[4] or "/"
        port = int(given or (443 if scheme == "https" else 80))
        if f"{scheme}://{host}:{port}" in allowed:
            return Target(scheme, host, port, path, local=True)
        if (scheme, port) == ("https", 443) and len(host) <= 253 and re.fullmatch(_NAME, host):
            return Target(scheme, host, port, path, local=False)
    raise BadTarget(field="target")


def secret_of(key: bytes, subscription: str) -> str:
    """What a subscription's notices are signed with: made from our key, so that it is kept nowhere."""
    return hmac.new(key, f"webhook\x1f{subscription}".encode(), hashlib.sha256).hexdigest()


def signature(secret: str, at: datetime, body: bytes) -> str:
    """The header `Skolkit-Signature`: the receiver makes the same from the time, a dot and the body as it
    came, compares in constant time, and refuses what is older than some minutes.

    >>> signature("s", datetime.fromisoformat("2026-11-27T00:00:00+00:00"), b"{}")[:16]
    't=1795737600,v1='
    """
    moment = str(int(at.timestamp()))
    made = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={moment},v1={made}"
