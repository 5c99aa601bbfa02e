"""Delivering a message to a person (processes 21 and 28): which way is tried first and which next, when
nothing is sent, and when to try again.

A message says as little as it can: given name and time, no reason, no school, no class. Nothing is sent about
or to a person with protected identity; the school tells them in the way it has agreed with the family (rules
§4.6).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from functions.messages.domain.push import Device
from skolkit.clock import LOCAL, local, today
from skolkit.errors import DomainError, Text

LEASE = timedelta(minutes=2)  # longer than a sender may run: an older claim was left by one that died


class Channel(StrEnum):
    """A way to reach a person, in the order in which they are tried when nothing else is said."""

    PUSH = "push"
    MAIL = "mail"
    SMS = "sms"


Address = str | tuple[Device, ...]
"""Of one channel: a mail address, a number, or the devices that are told together."""


class State(StrEnum):
    """What is known of one delivery. `HELD`: it is night where nobody wants messages; `WAITING`: it is to be
    tried again; `CLAIMED`: somebody is sending it, or died while doing so; `ACCEPTED`: the provider has it;
    `CONFIRMED`: it has arrived.
    """

    HELD = "held"
    WAITING = "waiting"
    CLAIMED = "claimed"
    ACCEPTED = "accepted"
    CONFIRMED = "confirmed"
    FAILED = "failed"


class Failure(StrEnum):
    """Why a person was not reached, by one way or by any: somebody calls them."""

    PROTECTED = "protected"
    NO_ADDRESS = "no_address"
    REJECTED = "rejected"
    BOUNCED = "bounced"
    UNCONFIRMED = "unconfirmed"
    NO_GUARDIAN = "no_guardian"
    LATE = "late"


class Kind(StrEnum):
    """What a message is about, as far as people choose how it reaches them."""

    ABSENCE = "absence"
    REMINDER = "reminder"
    NEWS = "news"
    MESSAGE = "message"
    DIGEST = "digest"


@dataclass(frozen=True, slots=True)
class Quiet:
    """The hours in which somebody is left alone, by Swedish wall-clock time; equal ends: none at all."""

    start: time
    end: time

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M}"

    def until(self, now: datetime) -> datetime | None:
        """When the quiet hours that `now` is in end; None outside them. On the night when the clock goes
        forward or back they end by the clock all the same.
        """
        day, at = today(now), now.astimezone(LOCAL).time().replace(tzinfo=None)
        over_midnight = self.start > self.end
        if self.start <= at < self.end or (over_midnight and at < self.end):
            return local(day, self.end)
        return local(day + timedelta(days=1), self.end) if over_midnight and at >= self.start else None


@dataclass(frozen=True, slots=True)
class DeliveryRules:
    """What the law leaves open [PROPOSED], as data of one version. `confirm`: how long a mail, and
    `confirm_push` a push message, may be without word that it has arrived before the next way is tried, when
    it is pressing (SNS tells nobody of a text message, so taken is delivered); `retry`: when a provider that
    took nothing is asked again, later each time, up to `slowest` times as late; `give_up`: after how many
    attempts; `push_attempts`: after how many the next way is tried because a push service takes nothing;
    `kept`: how long a push service keeps what is urgent, and what is not, for a device that is off; `quiet`:
    for who has chosen nothing. `notices_wait`: whether a notice of absence waits for the end of quiet hours.
    It does not: guardians are told the same day (skollagen 7:17), and school is over long before. Neither
    does what is urgent. `late`: how long after midnight a notice of absence is still of today.
    """

    id: str = "deliveries-2026"
    confirm: timedelta = timedelta(minutes=30)
    confirm_push: timedelta = timedelta(minutes=10)
    retry: timedelta = timedelta(minutes=5)
    slowest: int = 12
    give_up: int = 60
    push_attempts: int = 2
    kept: tuple[timedelta, timedelta] = (timedelta(hours=4), timedelta(days=3))
    quiet: Quiet = Quiet(time(21, 0), time(6, 30))
    notices_wait: bool = False
    late: timedelta = timedelta(hours=6)


RULES = DeliveryRules()


@dataclass(frozen=True, slots=True)
class Wishes:
    """How somebody wants to be reached: `first` of all ways, another order for some `kinds` of message, and
    `quiet` hours and a `language` other than the usual. `shut`: ways that came back, each with the mark of
    the address that did. `devices`: those that push reaches.
    """

    first: Channel = Channel.PUSH
    kinds: Mapping[Kind, tuple[Channel, ...]] | None = None
    quiet: Quiet | None = None
    language: str | None = None
    shut: Mapping[Channel, str] | None = None
    devices: tuple[Device, ...] = ()

    def order(self, kind: Kind) -> tuple[Channel, ...]:
        """The ways in the order they are tried. A notice of absence goes by every way there is in the end;
        of other messages only those chosen are used; none: it is turned off.
        """
        usual = (self.first, *(channel for channel in Channel if channel is not self.first))
        chosen = (self.kinds or {}).get(kind, usual)
        if kind is not Kind.ABSENCE:
            return chosen
        return (*chosen, *(channel for channel in usual if channel not in chosen))


class RepeatedChannel(DomainError):
    """An order names each way once."""

    status = 422
    reason = Text("Samma kanal står två gånger.", "The same channel is there twice.")
    advice = Text("Låt varje kanal stå en gång.", "Name each channel once.")


class AlwaysSent(DomainError):
    """Some kinds are not turned off: homes are told of absence (skollagen 7:17) and of what is decided."""

    status = 422
    reason = Text("De här meddelandena går inte att stänga av.", "These messages cannot be turned off.")
    advice = Text("Välj minst en kanal.", "Choose at least one channel.")


OPTIONAL = frozenset({Kind.NEWS, Kind.MESSAGE, Kind.DIGEST})
"""Kinds that somebody may turn off."""


def checked(wishes: Wishes) -> Wishes:
    """The wishes, if they can be followed. Raises `RepeatedChannel`, `AlwaysSent`."""
    for kind, order in (wishes.kinds or {}).items():
        if not order and kind not in OPTIONAL:
            raise AlwaysSent(field=f"channels.{kind}")
        if len(set(order)) < len(order):
            raise RepeatedChannel(field=f"channels.{kind}")
    return wishes


@dataclass(frozen=True, slots=True)
class Said:
    """What a message says, to be written again when it is sent again: no personal data. `named`: the text may
    name whom it is about; `only`: the one way it goes by, whatever is preferred.
    """

    template: str
    values: Mapping[str, str]
    named: bool = False
    urgent: bool = False
    only: Channel | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message to one person. `tried`: the ways that did not reach them, and why; `until`: when it is to
    be looked at again; `mark`: of the address in use. `version` None until stored.
    """

    state: State
    channel: Channel | None
    at: datetime
    failure: Failure | None = None
    attempts: int = 1
    tried: tuple[tuple[Channel, Failure], ...] = ()
    until: datetime | None = None
    mark: str | None = None
    said: Said | None = None
    version: int | None = None


def may_send(known: Delivery | None, now: datetime) -> bool:
    """Whether to send: never tried, to be tried again, or claimed by somebody who died. What is accepted or
    failed stays so.
    """
    if known is None or known.state is State.WAITING:
        return True
    if known.state is State.HELD:
        return known.until is None or known.until <= now
    return known.state is State.CLAIMED and now - known.at > LEASE


def next_way(
    order: Sequence[Channel], ways: Mapping[Channel, Address | None], tried: Collection[Channel]
) -> tuple[Channel, Address] | None:
    """The channel and address to use next: the first in order that there is and has not been tried."""
    open_ways = (channel for channel in order if channel not in tried)
    return next(((channel, address) for channel in open_ways if (address := ways.get(channel))), None)


def usual_quiet(said: str) -> Quiet | None:
    """The municipality's quiet hours, as 21:00-06:30; None where it has said nothing.

    >>> str(usual_quiet("22:00-06:00")), usual_quiet("")
    ('22:00-06:00', None)
    """
    return Quiet(*map(time.fromisoformat, said.split("-"))) if said else None


def hold_until(
    kind: Kind, urgent: bool, quiet: Quiet | None, now: datetime, rules: DeliveryRules = RULES
) -> datetime | None:
    """Until when a message waits because it is night, or None to send it now."""
    if urgent or (kind is Kind.ABSENCE and not rules.notices_wait):
        return None
    return (quiet or rules.quiet).until(now)


def look_again(
    channel: Channel, pressing: bool, now: datetime, rules: DeliveryRules = RULES
) -> datetime | None:
    """When to see whether a message has arrived; None when nothing more is heard, or it is not pressing."""
    waits = {Channel.PUSH: rules.confirm_push, Channel.MAIL: rules.confirm}
    return now + waits[channel] if pressing and channel in waits else None


def try_again(
    attempts: int, now: datetime, rules: DeliveryRules = RULES, *, after: timedelta | None = None
) -> datetime | None:
    """When a provider that took nothing is asked again, not before the time `after` which it has said itself,
    within reason; None to give it up.
    """
    if attempts >= rules.give_up:
        return None
    longest = rules.retry * rules.slowest
    return now + max(min(rules.retry * attempts, longest), min(after or timedelta(), longest))


def leave(channel: Channel, attempts: int, rules: DeliveryRules = RULES) -> bool:
    """Whether a provider that takes nothing is left for the next way: other ways than push are waited for,
    since behind them are only more costly ones, or nobody.
    """
    return channel is Channel.PUSH and attempts >= rules.push_attempts


def seen(known: Delivery, now: datetime) -> Delivery | None:
    """The delivery when its recipient says that they have seen it, by whichever way it is on now: nothing
    more is sent. None when that changes nothing: it is known, nothing has been sent, or somebody calls.
    """
    if known.state in (State.CONFIRMED, State.FAILED, State.HELD) or not known.attempts:
        return None
    return replace(known, state=State.CONFIRMED, at=now, until=None)


def is_late(kind: Kind, day: date, now: datetime, rules: DeliveryRules = RULES) -> bool:
    """Whether a notice of absence would be sent when its day is over: it says today, so somebody calls."""
    return kind is Kind.ABSENCE and today(now - rules.late) > day


def why_failed(tried: Sequence[tuple[Channel, Failure]]) -> Failure:
    """Why nobody was reached: what became of the last way, or that there was none."""
    return tried[-1][1] if tried else Failure.NO_ADDRESS
