"""Calendars that somebody subscribes to (decision 0052): whose they are, and what an event may say.

What is in a calendar leaves our hands: it names nobody, and of somebody with protected identity no place and
no group.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from skolkit.errors import DomainError, Text
from skolkit.types import GroupId, PersonId, UnitId, stable_id

Kind = Literal["person", "group"]

BACK, AHEAD = timedelta(weeks=4), timedelta(weeks=26)
LASTS = timedelta(days=400)
"""How long an address is good for: a school year, and the weeks before it [PROPOSED]."""
SAID_BEFORE = timedelta(days=30)
MOST = 20
_SECRET = re.compile(r"([A-Za-z0-9_-]{43})(\.ics)?")
_SEQUENCES = datetime(2020, 1, 1, tzinfo=UTC)


class TooManyCalendars(DomainError):
    """Somebody has a number of calendars."""

    reason = Text("Du har redan många kalendrar.", "You have many calendars already.")
    advice = Text("Ta bort en som inte används.", "Remove one that is not used.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """A calendar: of a `person`, the owner or a child of theirs; or of a `group`, by which the owner or that
    child belongs to it. `digest` is of the address's secret; `ends` the last day.
    """

    id: str
    kind: Kind
    owner: PersonId
    person: PersonId
    group: GroupId | None
    name: str
    digest: str
    made: datetime
    ends: date

    @property
    def own(self) -> bool:
        return self.person == self.owner


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An event: from when to when, aware instants, or days with `end` the day after the last. `end` None for
    what has no length; `busy`: whether one is taken.
    """

    uid: str
    start: datetime | date
    end: datetime | date | None
    summary: str
    sequence: int = 0
    changed: datetime | None = None
    place: str = ""
    link: str = ""
    busy: bool = True


def secret_in(text: str) -> str | None:
    """The secret of the last part of an address, which ends in `.ics` since some calendars want it to.

    >>> secret_in("a" * 43 + ".ics") == "a" * 43, secret_in("a" * 42)
    (True, None)
    """
    found = _SECRET.fullmatch(text)
    return found[1] if found else None


def window(today: date) -> tuple[date, date]:
    """The first and the last day of what a calendar shows."""
    return today - BACK, today + AHEAD


def sequence(changed: datetime) -> int:
    """A number that grows with every change (SEQUENCE): minutes since 2020.

    >>> sequence(datetime.fromisoformat("2020-01-01T01:00:00+00:00"))
    60
    """
    return int((changed - _SEQUENCES) / timedelta(minutes=1))


def lesson(
    id: str, subject: str, group: str, start: datetime, end: datetime, changed: datetime, room: str
) -> Event:
    """A lesson; `group` and `room` "" where they are not said."""
    return Event(
        uid=id, start=start, end=end, summary=f"{subject} · {group}" if group else subject, place=room,
        sequence=sequence(changed), changed=changed,
    )  # fmt: skip


def test(
    sitting: str, part: str, name: str, start: datetime, end: datetime | None, version: int, room: str
) -> Event:
    """A part of a national test."""
    return Event(
        uid=stable_id("sitting", sitting, part), start=start, end=end, summary=f"Nationellt prov: {name}",
        sequence=version, place=room,
    )  # fmt: skip


def day_off(name: str, first: date, last: date, units: Iterable[UnitId]) -> Event:
    """Days without school, both inclusive."""
    return Event(
        uid=stable_id("days off", *sorted(units), first.isoformat()), start=first,
        end=last + timedelta(days=1), summary=name, busy=False,
    )  # fmt: skip


def last_day(calendar: Calendar, today: date) -> list[Event]:
    """That the address ends, on its last day; said a month before."""
    if calendar.ends - today > SAID_BEFORE:
        return []
    return [
        Event(
            uid=stable_id("calendar", calendar.id, "ends"), start=calendar.ends,
            end=calendar.ends + timedelta(days=1), summary="Prenumerationen upphör: skapa en ny kalender",
            busy=False,
        )
    ]  # fmt: skip


def in_order(events: Iterable[Event], first: date, last: date) -> list[Event]:
    """Those that are within two days, both inclusive, each UID once (the latest change counts), by time."""
    latest: dict[str, Event] = {}
    for event in sorted(events, key=lambda one: one.sequence):
        begins, ends = _day(event.start), _day(event.end or event.start)
        if begins <= last and ends >= first:
            latest[event.uid] = event
    return sorted(latest.values(), key=lambda one: (_day(one.start), str(one.start), one.uid))


def _day(at: datetime | date) -> date:
    return at.date() if isinstance(at, datetime) else at
