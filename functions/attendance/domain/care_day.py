"""A day at a department (process 25): who came and went, who is expected, how many staff that takes, and what
went another way than planned.

Events come from whoever is at the door, perhaps late, twice or in the wrong order; nobody is turned away
there. A mistaken one is corrected by a new one, and both are kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import ceil
from typing import Literal

from functions.attendance.domain.absence import Span
from functions.attendance.domain.care import Hours
from skolkit.clock import LOCAL, local
from skolkit.types import PersonId

QUARTER = timedelta(minutes=15)
AHEAD = timedelta(minutes=5)  # a tablet's clock may be that wrong
LATEST_DAYS = 14  # how long afterwards an event may come in or be corrected [M]
EventType = Literal["In", "Ut"]
PickedUpBy = Literal["guardian", "otherAdult", "alone"]
Outcome = Literal["recorded", "known", "notInDepartment", "outOfTime", "unknownEvent"]
Status = Literal["expected", "late", "in", "gone", "absent", "notExpected"]
Deviation = Literal["notArrived", "notPickedUp", "longerThanSchedule", "withoutSchedule"]
Stretch = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Event:
    """Somebody came (In) or left (Ut) at an instant (SS 12000 `AttendanceEvent`). Who fetched a child is a
    category; free text is not taken (rules §5.3). `corrects` names the event it stands for; `void`: that one
    never happened.
    """

    id: str
    type: EventType
    time: datetime
    registered_by: PersonId
    registered_at: datetime
    picked_up_by: PickedUpBy | None = None
    corrects: str | None = None
    void: bool = False


def take(known: Sequence[Event], new: Event) -> tuple[tuple[Event, ...], Outcome]:
    """A child's events of a day with one more, and what became of it. The same twice is one."""
    if any(event.id == new.id for event in known):
        return tuple(known), "known"
    at = new.registered_at
    if new.time > at + AHEAD or new.time < at - timedelta(days=LATEST_DAYS):
        return tuple(known), "outOfTime"
    if new.corrects and not any(event.id == new.corrects for event in known):
        return tuple(known), "unknownEvent"
    return (*known, new), "recorded"


def valid(events: Iterable[Event]) -> list[Event]:
    """Those that stand, by time: not void and not corrected by another."""
    events = list(events)
    gone = {event.corrects for event in events if event.corrects}
    standing = (e for e in events if e.id not in gone and not e.void)
    return sorted(standing, key=lambda e: (e.time, e.type, e.id))


def presence(events: Iterable[Event]) -> list[tuple[datetime, datetime | None]]:
    """When the child was there; the last end is None while it is. A second In, and an Ut of somebody who is
    not in, change nothing.
    """
    found: list[tuple[datetime, datetime | None]] = []
    for event in valid(events):
        inside = bool(found) and found[-1][1] is None
        if event.type == "In" and not inside:
            found.append((event.time, None))
        elif event.type == "Ut" and inside:
            found[-1] = (found[-1][0], event.time)
    return found


def stretches(day: date, hours: Iterable[Hours], absences: Iterable[Span] = ()) -> list[Stretch]:
    """The hours of a day as instants, joined, without the time of notices of absence."""
    joined: list[Stretch] = []
    for start, end in sorted((local(day, h.start), local(day, h.end)) for h in hours):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        elif start < end:
            joined.append((start, end))
    for span in absences:
        if span.first <= day <= span.last:
            away = (
                local(day, span.start) if span.start else midnight(day),
                local(day, span.end) if span.end else midnight(day + timedelta(days=1)),
            )
            if away[0] < away[1]:  # not so in the hour that spring skips
                joined = [part for one in joined for part in _without(one, away)]
    return joined


def _without(one: Stretch, away: Stretch) -> list[Stretch]:
    parts = [(one[0], min(one[1], away[0])), (max(one[0], away[1]), one[1])]
    return [part for part in parts if part[0] < part[1]]


def midnight(day: date) -> datetime:
    """The instant a Swedish day begins."""
    return local(day, time(0))


def quarters(day: date) -> list[datetime]:
    """When each quarter of an hour of a day begins: 96, 92 or 100 the days the clock is changed."""
    start, end = midnight(day), midnight(day + timedelta(days=1))
    return [start + n * QUARTER for n in range((end - start) // QUARTER)]


def counts(day: date, children: Iterable[Sequence[Stretch]]) -> list[int]:
    """How many children are there in each quarter of an hour; whoever is there for part of one counts."""
    begins = quarters(day)
    steps = [0] * (len(begins) + 1)
    for parts in children:
        there = sorted({n for part in parts for n in _touched(begins, part)})
        for n in there:
            steps[n] += 1
    return steps[: len(begins)]


def _touched(begins: Sequence[datetime], part: Stretch) -> range:
    first = max(0, (part[0] - begins[0]) // QUARTER)
    last = min(len(begins), -((begins[0] - part[1]) // QUARTER))
    return range(first, last)


def staff_needed(children: int, children_per_staff: float) -> int:
    """How many staff so many children take.

    >>> staff_needed(0, 5), staff_needed(11, 5)
    (0, 3)
    """
    return ceil(children / children_per_staff)


@dataclass(frozen=True, slots=True)
class ChildDay:
    """What is known of one child's day at a department. `planned` is what the homes said, `expected` the same
    without notified absence.
    """

    child: PersonId
    day: date
    planned: tuple[Stretch, ...] = ()
    expected: tuple[Stretch, ...] = ()
    events: tuple[Event, ...] = ()

    def there(self, at: datetime) -> list[Stretch]:
        """When the child was there until an instant; a day that nobody ended ends at its midnight."""
        until = min(at, midnight(self.day + timedelta(days=1)))
        return [(a, b or until) for a, b in presence(self.events) if a < (b or until)]

    @property
    def inside(self) -> bool:
        """Whether the child came and has not left."""
        parts = presence(self.events)
        return bool(parts) and parts[-1][1] is None


def status(child: ChildDay, at: datetime, late_minutes: int) -> Status:
    """How it is with a child at an instant."""
    late = timedelta(minutes=late_minutes)
    if child.inside:
        return "in"
    left = [part for part in child.expected if part[1] > at]
    if presence(child.events):
        return "expected" if any(part[0] > at for part in left) else "gone"
    if child.expected:
        return "late" if child.expected[0][0] + late < at else "expected"
    return "absent" if child.planned else "notExpected"


def deviations(child: ChildDay, at: datetime, late_minutes: int) -> list[Deviation]:
    """What went another way than planned, as known at an instant."""
    late, found = timedelta(minutes=late_minutes), list[Deviation]()
    came = bool(presence(child.events))
    if child.expected and not came and child.expected[0][0] + late < at:
        found.append("notArrived")
    if child.inside:
        ends = child.expected[-1][1] if child.expected else midnight(child.day + timedelta(days=1))
        if at > ends + late:
            found.append("notPickedUp")
    if came and not child.planned:
        found.append("withoutSchedule")
    elif minutes(outside(child.there(at), child.planned)) > late_minutes:
        found.append("longerThanSchedule")
    return found


def outside(parts: Sequence[Stretch], planned: Sequence[Stretch]) -> list[Stretch]:
    """What of `parts` is not within any of `planned`."""
    left = list(parts)
    for away in planned:
        left = [piece for one in left for piece in _without(one, away)]
    return left


def minutes(parts: Iterable[Stretch]) -> int:
    """Whole minutes of all the stretches."""
    return int(sum((end - start for start, end in parts), timedelta()).total_seconds()) // 60


def clock_time(at: datetime) -> str:
    """An instant as people read it.

    >>> from datetime import UTC
    >>> clock_time(datetime(2026, 11, 23, 7, 0, tzinfo=UTC))
    '08:00'
    """
    return at.astimezone(LOCAL).strftime("%H:%M")
