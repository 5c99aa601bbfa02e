"""Events as a file that a calendar subscribes to (RFC 5545, 7986)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from functions.exchange.domain.calendars import Event
from skolkit.clock import LOCAL
from skolkit.http import CalendarFile

if TYPE_CHECKING:
    from icalendar import Component

OFTEN = timedelta(hours=6)
NAME = "Skolan"


def calendar_file(name: str, events: Sequence[Event], at: datetime) -> CalendarFile:
    """The file. Times are Swedish, with their time zone in it: 08:10 is 08:10 on both sides of a change of
    the clock.
    """
    from icalendar import Calendar  # 140 ms, for those who fetch a file alone (decision 0047)

    calendar = Calendar()
    said = {
        "prodid": "-//Skolkit//Kalender//SV", "version": "2.0", "calscale": "GREGORIAN",
        "method": "PUBLISH", "name": name or NAME, "x-wr-calname": name or NAME,
        "x-wr-timezone": str(LOCAL), "refresh-interval": OFTEN, "x-published-ttl": "PT6H",
    }  # fmt: skip
    for key, value in said.items():
        calendar.add(key, value)
    calendar["refresh-interval"].params["VALUE"] = "DURATION"
    if zone := _zone(events):
        calendar.add_component(zone)
    for event in events:
        calendar.add_component(_component(event, at))
    return CalendarFile(ical=calendar.to_ical().decode(), name="skolan.ics", method="PUBLISH")


def _zone(events: Sequence[Event]) -> Component | None:
    """The time zone with its changes of the clock around the events; none where no event has a time."""
    from icalendar import Timezone

    days = [event.start.date() for event in events if isinstance(event.start, datetime)]
    if not days:
        return None
    margin = timedelta(days=366)
    zone: Component = Timezone.from_tzinfo(LOCAL, str(LOCAL), min(days) - margin, max(days) + margin)
    zone.pop("COMMENT", None)
    return zone


def _component(event: Event, at: datetime) -> Component:
    from icalendar import Event as Made
    from icalendar import vUri

    made = Made()
    said = {
        "uid": event.uid, "dtstamp": event.changed or at, "sequence": event.sequence,
        "last-modified": event.changed, "dtstart": _time(event.start),
        "dtend": None if event.end is None else _time(event.end), "summary": event.summary,
        "location": event.place, "url": event.link, "class": "PRIVATE",
        "transp": "OPAQUE" if event.busy else "TRANSPARENT",
    }  # fmt: skip
    for name, value in said.items():
        if value not in ("", None):
            made.add(name, value)
    if event.link:
        made.add("conference", vUri(event.link), parameters={"VALUE": "URI", "FEATURE": "VIDEO"})
    return made


def _time(at: datetime | date) -> datetime | date:
    """Swedish time; in UTC in the hour that comes twice, of which local time cannot say which it is."""
    if not isinstance(at, datetime):
        return at
    here = at.astimezone(LOCAL)
    return (
        here if here.replace(fold=0).utcoffset() == here.replace(fold=1).utcoffset() else at.astimezone(UTC)
    )
