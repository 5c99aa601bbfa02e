"""Calendars that people subscribe to: `CALENDAR#<id>`, with a line for the owner (`PERSON#<owner>` /
`CALENDAR#<id>`) and one for the child it is about (`PERSON#<child>` / `FOLLOWED#<id>`). Of the address's
secret there is a hash alone: the table opens nothing. All of it goes by itself when the address ends.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from pynamodb.attributes import UnicodeAttribute

from functions.exchange.domain.calendars import Calendar
from functions.exchange.store import ExchangeItem
from skolkit.clock import stamp
from skolkit.cursor import seal, unseal
from skolkit.table import Remove, Wanted, Write, fetch
from skolkit.types import GroupId, PersonId


class CalendarItem(ExchangeItem, discriminator="exchange_calendar"):
    """A calendar; `what` is its kind."""

    what = UnicodeAttribute()
    owner = UnicodeAttribute()
    person = UnicodeAttribute()
    group = UnicodeAttribute(null=True)
    name = UnicodeAttribute(default="")
    digest = UnicodeAttribute()
    made = UnicodeAttribute()
    ends = UnicodeAttribute()


class CalendarListedItem(ExchangeItem, discriminator="exchange_calendar_listed"):
    """That somebody has a calendar, or that there is one about somebody."""

    made = UnicodeAttribute()


def digest_of(secret: str) -> str:
    """What is kept of an address's secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def open_calendar(id: str, secret: str, today: date) -> Calendar | None:
    """The calendar of an address, compared without telling how much of it was right; None when it has ended.
    One consistent get: an address that was revoked a moment ago opens nothing.
    """
    item = CalendarItem.find(*_key(id))
    known = item.digest if item else ""
    if not hmac.compare_digest(known, digest_of(secret)) or item is None:
        return None
    calendar = _calendar(item)
    return calendar if today <= calendar.ends else None


def find_own(owner: PersonId, id: str) -> Calendar | None:
    """A calendar of somebody's own. One consistent get."""
    item = CalendarItem.find(*_key(id))
    return _calendar(item) if item and item.owner == owner else None


def page_of(owner: PersonId, limit: int, cursor: str | None = None) -> tuple[list[Calendar], str | None]:
    """A page of somebody's own calendars, the oldest first. A consistent query and a batch."""
    bound = ("calendars", owner)
    rows = CalendarListedItem.query(
        f"PERSON#{owner}", CalendarListedItem.sk.startswith("CALENDAR#"), limit=limit, page_size=limit,
        consistent_read=True, last_evaluated_key=unseal(cursor, *bound),
    )  # fmt: skip
    ids = [row.sk.removeprefix("CALENDAR#") for row in rows]
    return _all(ids), seal(rows.last_evaluated_key, *bound)


def about(person: PersonId) -> list[Calendar]:
    """The calendars about somebody that others have. A query and a batch."""
    rows = CalendarListedItem.query(f"PERSON#{person}", CalendarListedItem.sk.startswith("FOLLOWED#"))
    return _all([row.sk.removeprefix("FOLLOWED#") for row in rows])


def _all(ids: Sequence[str]) -> list[Calendar]:
    keys = [_key(id) for id in ids]

    def answer(found: dict[tuple[str, str], CalendarItem]) -> list[Calendar]:
        return [_calendar(found[key]) for key in keys if key in found]

    found: list[Calendar] = fetch(Wanted(CalendarItem, keys, answer), consistent=True)[0] if keys else []
    return found


def new_writes(calendar: Calendar) -> list[Write]:
    """What stores a new calendar."""
    return [*_items(calendar)]


def revoking_writes(calendar: Calendar) -> list[Write]:
    """What takes a calendar away, so that its address opens nothing."""
    return [Remove(item) for item in _items(calendar)]


def _items(calendar: Calendar) -> list[CalendarItem | CalendarListedItem]:
    made = stamp(calendar.made)
    item = CalendarItem(
        *_key(calendar.id), what=calendar.kind, owner=calendar.owner, person=calendar.person,
        group=calendar.group, name=calendar.name, digest=calendar.digest, made=made,
        ends=calendar.ends.isoformat(),
    )  # fmt: skip
    lines = [CalendarListedItem(f"PERSON#{calendar.owner}", f"CALENDAR#{calendar.id}", made=made)]
    if not calendar.own:
        lines += [CalendarListedItem(f"PERSON#{calendar.person}", f"FOLLOWED#{calendar.id}", made=made)]
    after = datetime.combine(calendar.ends, datetime.min.time(), calendar.made.tzinfo) + timedelta(days=2)
    for one in (item, *lines):
        one.expires = int(after.timestamp())
    return [item, *lines]


def _key(id: str) -> tuple[str, str]:
    return f"CALENDAR#{id}", "CALENDAR"


def _calendar(item: CalendarItem) -> Calendar:
    return Calendar(
        id=str(item.pk).removeprefix("CALENDAR#"),
        kind=item.what,  # type: ignore[arg-type]
        owner=PersonId(item.owner),
        person=PersonId(item.person),
        group=GroupId(item.group) if item.group else None,
        name=item.name,
        digest=item.digest,
        made=datetime.fromisoformat(item.made),
        ends=date.fromisoformat(item.ends),
    )
