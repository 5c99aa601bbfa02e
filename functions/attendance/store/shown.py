"""What other systems are shown (SS 12000) of notices, leave, care schedules, comings and goings, each under
its id: an id leads to it, its feed moves when that changes and not when something else of the item it is made
of does, and its deletion is told by its key. Written and removed with what it is made of. And which lessons
ids of attendance are of.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from functions.attendance.domain.absence import Notice
from functions.attendance.domain.care import Plan, Schedule
from functions.attendance.domain.care_day import Event, valid
from functions.attendance.domain.lesson import Sheet
from functions.attendance.domain.shown import ShownAbsence, lesson_token, shown_of
from functions.attendance.store import AttendanceItem, SheetItem, compact, instant, sheet_of
from functions.attendance.store.care import hours_rows
from skolkit.clock import now, stamp
from skolkit.feed import keys_at, times_of
from skolkit.table import Item, Remove, Wanted, Write, fetch
from skolkit.types import GroupId, LessonId, PersonId, UnitId

Key = tuple[str, str]
T = TypeVar("T")


class AbsenceItem(AttendanceItem, discriminator="absence"):
    """A notice of absence that stands, or granted leave."""

    fed, orders = True, 1
    pupil = UnicodeAttribute()
    unit = UnicodeAttribute()
    starts = UnicodeAttribute()
    ends = UnicodeAttribute()
    granted = UnicodeAttribute(null=True)
    reported_by = UnicodeAttribute()

    def order_texts(self) -> Sequence[str]:
        """By when it starts."""
        return (self.starts,)


class EventItem(AttendanceItem, discriminator="care_event"):
    """A child came or left, and that stands."""

    fed, orders = True, 1
    child = UnicodeAttribute()
    group = UnicodeAttribute()
    unit = UnicodeAttribute()
    event = UnicodeAttribute()
    at = UnicodeAttribute()
    registered_by = UnicodeAttribute()

    def order_texts(self) -> Sequence[str]:
        """By child."""
        return (self.child,)


class ScheduleItem(AttendanceItem, discriminator="care_schedule"):
    """A home's weeks at a placement. `stated`: when its state came to be; `entries` as a plan keeps them."""

    fed, orders = True, 1
    child = UnicodeAttribute()
    placement = UnicodeAttribute()
    unit = UnicodeAttribute()
    starts = UnicodeAttribute()
    ends = UnicodeAttribute()
    weeks = NumberAttribute()
    state = UnicodeAttribute()
    stated = UnicodeAttribute()
    entries = UnicodeAttribute()

    def order_texts(self) -> Sequence[str]:
        """By placement."""
        return (self.placement,)


class LessonTokenItem(AttendanceItem, discriminator="lesson_token"):
    """Which lesson a token stands for."""

    lesson = UnicodeAttribute()
    starts = UnicodeAttribute()


@dataclass(frozen=True, slots=True)
class ShownEvent:
    """A coming or going as it is shown."""

    id: str
    child: PersonId
    group: GroupId
    unit: UnitId
    type: str
    at: datetime
    by: PersonId


@dataclass(frozen=True, slots=True)
class ShownSchedule:
    """A home's weeks as they are shown: entries are (week, weekday, start, end), weeks from 1."""

    id: str
    child: PersonId
    placement: str
    unit: UnitId
    start: date
    end: date
    weeks: int
    state: str
    stated: datetime
    entries: tuple[tuple[int, int, str, str], ...]


# Keys


def absence_key(id: str) -> Key:
    """Where absence is."""
    return f"ABSENCE#{id}", "ABSENCE"


def event_key(id: str) -> Key:
    """Where a coming or going is."""
    return f"CAREEVENT#{id}", "CAREEVENT"


def schedule_key(id: str) -> Key:
    """Where a home's weeks are."""
    return f"CARESCHEDULE#{id}", "CARESCHEDULE"


def id_of(key: Key) -> str:
    """The id that a key of these stands for."""
    return key[0].partition("#")[2]


def _token_key(token: str) -> Key:
    return f"ATTENDANCE#{token}", "LESSON"


# Writing


def absence_writes(before: Notice | None, after: Notice | None) -> list[Write]:
    """What follows in what is shown when a notice, or leave as one, changes. One get when it goes on."""
    old, new = shown_of(before), shown_of(after)
    if old == new:
        return []
    if new is None:
        return [Remove(_absence_item(old))] if old else []
    item = _absence_item(new)
    known = AbsenceItem.find(item.pk, item.sk) if old else None
    return [item.over(known.version, known.created) if known else item]


def _absence_item(one: ShownAbsence) -> AbsenceItem:
    return AbsenceItem(
        *absence_key(one.id), pupil=one.pupil, unit=one.unit, starts=stamp(one.start), ends=stamp(one.end),
        granted="1" if one.granted else None, reported_by=one.by,
    )  # fmt: skip


def event_writes(
    child: PersonId, group: GroupId, unit: UnitId, before: Iterable[Event], after: Iterable[Event]
) -> list[Write]:
    """What follows in what is shown of a child's day when events come: those that stand are there."""
    old, new = ({event.id: event for event in valid(events)} for events in (before, after))

    def item(event: Event) -> EventItem:
        return EventItem(
            *event_key(event.id), child=child, group=group, unit=unit, event=event.type,
            at=stamp(event.time), registered_by=event.registered_by,
        )  # fmt: skip

    gone: list[Write] = [Remove(item(old[id])) for id in old if id not in new]
    return [*gone, *(item(new[id]) for id in new if id not in old)]


def schedule_writes(child: PersonId, before: Schedule | None, after: Schedule | None) -> list[Write]:
    """What follows in what is shown when a home's weeks change. One get when they go on."""
    if after is None:
        return [Remove(_schedule_item(child, before))] if before else []
    item = _schedule_item(child, after)
    if before is None:
        return [item]
    known = ScheduleItem.find(item.pk, item.sk)
    if known and known.state == item.state:
        item.stated = known.stated
    return [item.over(known.version, known.created) if known else item]


def _schedule_item(child: PersonId, one: Schedule) -> ScheduleItem:
    return ScheduleItem(
        *schedule_key(one.id), child=child, placement=one.placement, unit=one.unit, starts=str(one.start),
        ends=str(one.end), weeks=one.weeks, state=one.state, stated=stamp(now()),
        entries=compact([[e.week, e.weekday, *hours_rows([e.hours])[0]] for e in one.entries]),
    )  # fmt: skip


def token_items(sheets: Iterable[Sheet]) -> list[LessonTokenItem]:
    """By which the lessons of sheets are found from ids of attendance."""
    return [
        LessonTokenItem(*_token_key(lesson_token(s.lesson)), lesson=s.lesson, starts=stamp(s.start))
        for s in sheets
    ]


# Reading


@dataclass(frozen=True, slots=True)
class Stored(Generic[T]):
    """Something as it is shown, when it came to be and when that was changed last."""

    value: T
    created: datetime
    changed: datetime


def absences(keys: Sequence[Key], *, consistent: bool) -> dict[Key, Stored[ShownAbsence]]:
    """Absence by key. One `BatchGetItem` per 100, as of all below."""
    return _stored(AbsenceItem, _absence, keys, consistent=consistent)


def events(keys: Sequence[Key], *, consistent: bool) -> dict[Key, Stored[ShownEvent]]:
    """Comings and goings by key."""
    return _stored(EventItem, _event, keys, consistent=consistent)


def schedules(keys: Sequence[Key], *, consistent: bool) -> dict[Key, Stored[ShownSchedule]]:
    """Homes' weeks by key."""
    return _stored(ScheduleItem, _schedule, keys, consistent=consistent)


def sheets(keys: Sequence[Key], *, consistent: bool) -> dict[Key, Stored[Sheet]]:
    """Lesson sheets by key."""
    return _stored(SheetItem, sheet_of, keys, consistent=consistent)


def _stored(
    kind: type[Item], make: Callable[[Any], T], keys: Sequence[Key], *, consistent: bool
) -> dict[Key, Stored[T]]:
    found: dict[Key, Any]
    (found,) = fetch(Wanted(kind, keys, dict), consistent=consistent)
    return {key: Stored(make(item), *times_of(item)) for key, item in found.items()}


def _absence(item: AbsenceItem) -> ShownAbsence:
    return ShownAbsence(
        id_of((item.pk, item.sk)), PersonId(item.pupil), UnitId(item.unit), instant(item.starts),
        instant(item.ends), item.granted is not None, PersonId(item.reported_by),
    )  # fmt: skip


def _event(item: EventItem) -> ShownEvent:
    return ShownEvent(
        id_of((item.pk, item.sk)), PersonId(item.child), GroupId(item.group), UnitId(item.unit), item.event,
        instant(item.at), PersonId(item.registered_by),
    )  # fmt: skip


def _schedule(item: ScheduleItem) -> ShownSchedule:
    return ShownSchedule(
        id_of((item.pk, item.sk)), PersonId(item.child), item.placement, UnitId(item.unit),
        date.fromisoformat(item.starts), date.fromisoformat(item.ends), int(item.weeks), item.state,
        instant(item.stated), tuple((w, d, a, b) for w, d, a, b in json.loads(item.entries)),
    )  # fmt: skip


def lessons_of_tokens(tokens: Iterable[str]) -> list[LessonId]:
    """The lessons of tokens, those there are."""
    keys = [_token_key(token) for token in dict.fromkeys(tokens)]
    found: list[LessonId]
    (found,) = fetch(
        Wanted(LessonTokenItem, keys, lambda rows: [LessonId(row.lesson) for row in rows.values()]),
        consistent=True,
    )
    return found


def absences_of(pupil: PersonId) -> list[Key]:
    """Where a pupil's absence is, or was: of every notice and application. Two queries of keys."""
    rows = [
        row for begins in ("N#", "L#")
        for row in AttendanceItem.query(
            f"PUPIL#{pupil}", AttendanceItem.sk.startswith(begins), attributes_to_get=["sk", "kind"]
        )
    ]  # fmt: skip
    return [absence_key(str(row.sk).partition("#")[2]) for row in rows]


def events_of(child: PersonId) -> list[Key]:
    """Where a child's comings and goings are. Four queries of keys."""
    return keys_at(EventItem, "order_1", child)


def schedules_at(placement: str) -> list[Key]:
    """Where the weeks of a placement are. Four queries of keys."""
    return keys_at(ScheduleItem, "order_1", placement)


def schedules_of(plans: Iterable[Plan]) -> list[Key]:
    """Where the weeks of plans are."""
    return [schedule_key(s.id) for plan in plans for s in plan.schedules]
