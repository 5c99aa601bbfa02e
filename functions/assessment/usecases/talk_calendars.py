"""Talks as a file for one's own calendar (process 30), for a home and for a mentor."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from functions.assessment.domain import talk_calendars as rules
from functions.assessment.domain.talk_calendars import Event
from functions.assessment.store import talks as store
from functions.assessment.usecases.rights import require_group
from functions.assessment.usecases.talks import find_round
from functions.register.queries import require_pupil
from skolkit.audit import Trace, record_read
from skolkit.clock import now
from skolkit.errors import NotFound
from skolkit.http import CalendarFile
from skolkit.identity import Caller
from skolkit.types import GroupId, PersonId

if TYPE_CHECKING:
    from icalendar import Component

NAME = "utvecklingssamtal.ics"


def read_talk_calendar(caller: Caller, id: PersonId, round: str) -> CalendarFile:
    """What somebody in a home has booked in a round, or has cancelled. Three round trips, and the audit."""
    pupil = require_pupil(caller, "assessment:read_published", id)
    booked = store.booked(pupil.records, round)
    slots = store.slots([(round, slot) for slot in {**booked.gone, **booked.talks}])
    events = rules.of_home(
        booked, {slot.id: slot for slot in slots}, caller.person_id,
        pupil=caller.person == pupil.id, protected=pupil.protected,
    )  # fmt: skip
    file = _file(events, round)
    record_read(Trace(caller.person_id, "read_talk_calendar", id, changes=round))
    return file


def read_round_calendar(caller: Caller, group: GroupId, id: str) -> CalendarFile:
    """A mentor's own talks of a round that are booked, or are not any more. Four round trips."""
    require_group(caller, "assessment:offer_talks", group)
    find_round(group, id)
    file = _file(rules.of_mentor(store.slots_of(id), caller.person_id), id)
    record_read(Trace(caller.person_id, "read_round_calendar", group, changes=id))
    return file


def _file(events: Sequence[Event], round: str) -> CalendarFile:
    """The file; `NotFound` without events. Times are in UTC, which no change of the clock moves."""
    from icalendar import Calendar  # 140 ms, for those who fetch a file alone (decision 0047)

    if not events:
        raise NotFound
    method = "CANCEL" if all(event.cancelled for event in events) else "PUBLISH"
    calendar, at = Calendar(), now()
    calendar.add("prodid", "-//Skolkit//Utvecklingssamtal//SV")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    for event in events:
        calendar.add_component(_component(event, round, at))
    return CalendarFile(ical=calendar.to_ical().decode(), name=NAME, method=method)


def _component(event: Event, round: str, at: datetime) -> Component:
    from icalendar import Event as Made
    from icalendar import vCalAddress, vUri

    made = Made()
    organizer = vCalAddress(f"urn:uuid:{round}")  # who publishes is named; the round says nothing of a school
    organizer.params["CN"] = "Skolan"
    said = {
        "uid": event.uid, "sequence": event.sequence, "dtstamp": at.astimezone(UTC), "organizer": organizer,
        "dtstart": event.start.astimezone(UTC), "dtend": event.end and event.end.astimezone(UTC),
        "summary": "Utvecklingssamtal", "location": event.room, "url": event.link, "class": "PRIVATE",
        "status": "CANCELLED" if event.cancelled else "CONFIRMED",
    }  # fmt: skip
    for name, value in said.items():
        if value not in ("", None):
            made.add(name, value)
    if event.link:
        made.add("conference", vUri(event.link), parameters={"VALUE": "URI", "FEATURE": "VIDEO"})
    if not (event.room or event.link):
        made.add("description", "Logga in för plats eller länk.")
    return made
