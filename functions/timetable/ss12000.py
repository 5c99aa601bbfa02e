"""The timetable's part of SS 12000:2020 (API 2.1.0): lessons as `CalendarEvent`, and the rooms they are in.

A lesson's activity is the one it was planned in (decision 0049), so that an activity that changes does not
change the lessons that have been. Who attends a lesson, or holds it, is a matter of its activity's groups and
teachers: that is what the filters `group`, `student` and `teacher` go by.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from functions.organisation import queries as organisation
from functions.timetable import store
from functions.timetable.domain import PlannedLesson, own_activity
from skolkit.clock import stamp, today
from skolkit.feed import times_of
from skolkit.http import Shape
from skolkit.ss12000 import (
    NEWEST_FIRST,
    Entity,
    Filters,
    Key,
    Meta,
    Order,
    Reference,
    Resource,
    Span,
    collated,
    nothing,
)
from skolkit.table import Wanted, fetch
from skolkit.types import GroupId, PersonId, UnitId

NOBODYS = str(UUID(int=0))


class CalendarEvent(Shape):
    """A lesson that is planned."""

    id: UUID
    meta: Meta
    activity: Reference
    start_time: datetime
    end_time: datetime
    rooms: list[Reference] | None = None


class Room(Shape):
    """A room as lessons have named it; how many it seats is not known."""

    id: UUID
    meta: Meta
    display_name: str
    owner: Reference


def calendar_event(item: store.LessonItem) -> Entity:
    """A lesson as an entity, whatever number of groups have it: it begins, ends and belongs where the first
    of them says, by id.
    """
    lessons = store.lessons_of(item)
    first, (created, changed) = lessons[0], times_of(item)
    rooms = dict.fromkeys((lesson.unit, lesson.room) for lesson in lessons if lesson.room)
    forms = frozenset(lesson.form for lesson in lessons if lesson.form)
    shape = CalendarEvent(
        id=UUID(first.id),
        meta=Meta(created=created, modified=changed),
        activity=Reference(id=UUID(_activity(lessons))),
        start_time=first.start,
        end_time=first.end,
        rooms=[Reference(id=UUID(store.room_id(*room))) for room in rooms] or None,
    )
    units = frozenset(lesson.unit for lesson in lessons)
    return Entity(first.id, shape, created, changed, units=units, forms=forms or None)


def _activity(lessons: Sequence[PlannedLesson]) -> str:
    return next((lesson.activity for lesson in lessons if lesson.activity), own_activity(lessons[0]))


def _load(keys: Sequence[Key], consistent: bool) -> dict[Key, list[Entity]]:
    found: dict[Key, store.LessonItem]
    (found,) = fetch(Wanted(store.LessonItem, keys, dict), consistent=consistent)
    return {key: [calendar_event(item)] for key, item in found.items()}


@dataclass(frozen=True, slots=True)
class _Days:
    """Swedish days, first and last inclusive; None without end."""

    first: date | None = None
    last: date | None = None

    def of_groups(self, groups: Iterable[GroupId]) -> list[PlannedLesson]:
        """One query per group."""
        return [x for group in sorted(set(groups)) for x in store.of_group(group, self.first, self.last)]

    def of_activities(self, ids: Collection[str]) -> list[PlannedLesson]:
        """One round trip, and a query per group of theirs."""
        (known,) = fetch(organisation.wanted_activities(sorted(ids)))
        groups = {group for activity in known.values() for group in activity.groups}
        return [lesson for lesson in self.of_groups(groups) if lesson.activity in ids]

    def around_groups(self, groups: Collection[GroupId]) -> list[PlannedLesson]:
        """The lessons of groups and of the activities they are in. Two round trips, and a query per group."""
        (theirs,) = fetch(organisation.wanted_activities_of_groups(sorted(groups)))
        own = self.of_groups(groups)
        shared = self.of_activities({id for ids in theirs.values() for id in ids})
        return [*own, *shared]

    def of_student(self, student: str) -> list[PlannedLesson]:
        """By membership of all times, as the standard says. One round trip more."""
        (parts,) = fetch(organisation.wanted_parts([PersonId(student)]))
        mine = {part.group for part in parts[PersonId(student)] if part.part == "member"}
        return self.around_groups(mine)

    def of_teacher(self, duty: str) -> list[PlannedLesson]:
        """By what is taught on a duty, and what its holder teaches at its unit. Three round trips, and a
        query per group.
        """
        (duties,) = fetch(organisation.wanted_duties([duty]))
        held = duties.get(duty)
        if held is None:
            return []
        (taught,) = fetch(organisation.wanted_taught([held.person]))
        ids = {part.activity for part in taught[held.person] if part.duty == duty}
        own = store.taught(held.person, self.first, self.last)
        return [*self.of_activities(ids), *(x for x in own if held.unit in (None, x.unit))]


def _keys(lessons: Iterable[PlannedLesson]) -> list[Key]:
    return [store.lesson_key(id) for id in sorted({lesson.id for lesson in lessons})]


def _meant(filters: Filters, gone: frozenset[PersonId]) -> Filters:
    """An element of the organisation is all that is below it, and a duty of who is not there is nobody's. A
    round trip for each element, and one for duties.
    """
    meant, element, duties = dict(filters), filters.get("organisation"), filters.get("teacher")
    if element == organisation.MUNICIPALITY:
        del meant["organisation"]
    elif element:
        meant["organisation"] = _with_what_is_below(element)
    if duties and gone:
        meant["teacher"] = _of_those_there(duties, gone)
    return meant


def _of_those_there(duties: str | Sequence[str], gone: frozenset[PersonId]) -> str | list[str]:
    several = [duties] if isinstance(duties, str) else duties
    (held,) = fetch(organisation.wanted_duties(several))
    there = [duty for duty in several if duty in held and held[duty].person not in gone]
    return there if not isinstance(duties, str) else next(iter(there), NOBODYS)


def _with_what_is_below(element: str) -> tuple[UnitId, ...]:
    found, left = [UnitId(element)], [UnitId(element)]
    while left:
        left = [child.id for parent in left for child in organisation.children(parent)]
        left = [id for id in left if id not in found]
        found += left
    return tuple(found)


def _narrow(filters: Filters) -> Sequence[Key] | None:
    days = _Days(_day(filters, "startTime.onOrAfter"), _day(filters, "startTime.onOrBefore"))
    found: list[set[Key]] = []
    if group := filters.get("group"):
        found.append(set(_keys(days.around_groups([GroupId(group)]))))
    if student := filters.get("student"):
        found.append(set(_keys(days.of_student(student))))
    if teacher := filters.get("teacher"):
        found.append(set(_keys(days.of_teacher(teacher))))
    activity = filters.get("activity")
    if activity and not found and fetch(organisation.wanted_activities([activity]))[0]:
        found.append(set(_keys(days.of_activities([activity]))))
    return sorted(set.intersection(*found)) if found else None


def _day(filters: Filters, name: str) -> date | None:
    at = filters.get(name)
    return today(at) if at else None


def _span(filters: Filters) -> Span | None:
    """The lessons that begin within the times, of one unit or all."""
    first, last = filters.get("startTime.onOrAfter"), filters.get("startTime.onOrBefore")
    if first is None or last is None:
        return None
    units = filters.get("organisation", ())
    if len(units) == 1:
        return Span(2, f"{units[0]}#{stamp(first)}", f"{units[0]}#{stamp(last)}$")
    return Span(1, stamp(first), f"{stamp(last)}$")


def _keeps(entity: Entity, filters: Filters) -> bool:
    shape = entity.shape
    assert isinstance(shape, CalendarEvent)
    units, here = filters.get("organisation"), entity.in_units() or frozenset()
    return (
        filters.get("activity") in (None, str(shape.activity.id))
        and (not units or bool(here & set(units)))
        and _within(filters, "startTime", shape.start_time)
        and _within(filters, "endTime", shape.end_time)
    )


def _within(filters: Filters, name: str, at: datetime) -> bool:
    first, last = filters.get(f"{name}.onOrAfter"), filters.get(f"{name}.onOrBefore")
    return (first is None or at >= first) and (last is None or at <= last)


def _start(entity: Entity) -> str:
    shape = entity.shape
    assert isinstance(shape, CalendarEvent)
    return stamp(shape.start_time)


_ALL = _Days()

CALENDAR_EVENTS = Resource(
    kind=store.LessonItem,
    load=_load,
    key=store.lesson_key,
    ids=lambda key: [key[0].removeprefix("LESSON#")],
    orders={
        "ModifiedDesc": NEWEST_FIRST,
        "StartTimeAsc": Order(1, _start),
        "StartTimeDesc": Order(1, _start, down=True),
    },
    narrow=_narrow,
    span=_span,
    keeps=_keeps,
    meant=_meant,
    lookups={
        "activities": lambda ids: _keys(_ALL.of_activities(ids)),
        "student": lambda ids: _keys(x for id in ids for x in _ALL.of_student(id)),
        "teacher": lambda ids: _keys(x for id in ids for x in _ALL.of_teacher(id)),
    },
)


def _rooms(keys: Sequence[Key], consistent: bool) -> dict[Key, list[Entity]]:
    found: dict[Key, store.RoomItem]
    (found,) = fetch(Wanted(store.RoomItem, keys, dict), consistent=consistent)
    return {key: [_room(item)] for key, item in found.items()}


def _room(item: store.RoomItem) -> Entity:
    id, (created, changed) = str(item.pk).removeprefix("ROOM#"), times_of(item)
    shape = Room(
        id=UUID(id), meta=Meta(created=created, modified=changed), display_name=item.name,
        owner=Reference(id=UUID(item.unit)),
    )  # fmt: skip
    return Entity(id, shape, created, changed, units=frozenset({UnitId(item.unit)}))


def _room_name(entity: Entity) -> str:
    shape = entity.shape
    assert isinstance(shape, Room)
    return shape.display_name


def _owned(entity: Entity, filters: Filters) -> bool:
    shape = entity.shape
    assert isinstance(shape, Room)
    return filters.get("organisation") in (None, str(shape.owner.id))


ROOMS = Resource(
    kind=store.RoomItem,
    load=_rooms,
    key=store.room_key,
    ids=lambda key: [key[0].removeprefix("ROOM#")],
    orders={"ModifiedDesc": NEWEST_FIRST, "DisplayNameAsc": Order(1, lambda e: collated(_room_name(e)))},
    keeps=_owned,
    name=_room_name,
)

RESOURCES = {
    "calendarEvents": CALENDAR_EVENTS,
    "rooms": ROOMS,
    "resources": nothing(store.RoomItem, "DisplayNameAsc"),
}
