"""Delivering a notice (processes 21 and 28): which channel reaches a person, what it says, and when to try
again.

A notice says as little as it can: given name and time, no reason, no school, no class. Nothing is sent about
or to a person with protected identity; the school tells them in the way it has agreed with the family (rules
§4.6).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from skolkit.clock import LOCAL
from skolkit.errors import Text

LEASE = timedelta(minutes=2)  # longer than a sender may run: an older claim was left by one that died


class Channel(StrEnum):
    """A way to reach a person."""

    MAIL = "mail"
    SMS = "sms"


class State(StrEnum):
    """What is known of one delivery. `CLAIMED`: somebody is sending it, or died while doing so."""

    CLAIMED = "claimed"
    ACCEPTED = "accepted"
    FAILED = "failed"


class Failure(StrEnum):
    """Why a person was not reached: `PROTECTED` and `NO_ADDRESS` are for the office to call."""

    PROTECTED = "protected"
    NO_ADDRESS = "no_address"
    REJECTED = "rejected"
    BOUNCED = "bounced"
    NO_GUARDIAN = "no_guardian"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One notice to one person. `version` None until stored."""

    state: State
    channel: Channel | None
    at: datetime
    failure: Failure | None = None
    attempts: int = 1
    version: int | None = None


def may_send(known: Delivery | None, now: datetime) -> bool:
    """Whether to send: never tried, or claimed by somebody who died. What is accepted or failed stays so."""
    return known is None or (known.state is State.CLAIMED and now - known.at > LEASE)


def choose_channel(preferred: Channel, email: str | None, phone: str | None) -> tuple[Channel, str] | None:
    """The channel and address to use: the preferred one, else the other, else None."""
    ways = {Channel.MAIL: email, Channel.SMS: phone}
    order = [preferred, *(channel for channel in ways if channel != preferred)]
    return next(((channel, address) for channel in order if (address := ways[channel])), None)


SUBJECT = Text("Frånvaro i dag", "Absence today")
_BODY = Text(
    "{name} saknades i dag kl. {start}–{end} utan anmäld frånvaro. "
    "Anmäl frånvaron i appen eller ring skolan om du har frågor.",
    "{name} was missing today {start}–{end} without notice. "
    "Report the absence in the app, or call the school if you have questions.",
)


def notice_text(given_name: str, start: datetime, end: datetime) -> Text:
    """The text of a same-day notice; times are shown as Swedish wall-clock time."""
    begin, finish = (at.astimezone(LOCAL).strftime("%H:%M") for at in (start, end))
    return _BODY.format(name=given_name, start=begin, end=finish)
