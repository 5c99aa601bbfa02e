"""Comings and goings and homes' weeks at preschool and fritidshem as the standard's `AttendanceEvent` and
`AttendanceSchedule`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from functions.attendance.ss12000.shapes import (
    WEEKDAYS,
    AttendanceEvent,
    AttendanceSchedule,
    AttendanceScheduleEntry,
    AttendanceScheduleState,
    Forms,
    by,
    forms_of,
    person,
    swedish,
)
from functions.attendance.store import care as care_store
from functions.attendance.store import shown as store
from functions.attendance.store.shown import ShownEvent, ShownSchedule, Stored
from functions.organisation import queries as organisation
from skolkit.clock import today
from skolkit.ss12000 import NEWEST_FIRST, Entity, Filters, Key, Meta, Reference, Resource, holds
from skolkit.table import fetch
from skolkit.types import GroupId, PersonId


def attendance_event(stored: Stored[ShownEvent], forms: Forms) -> Entity:
    """A check-in or check-out at a department as an entity."""
    one, created, changed = stored.value, stored.created, stored.changed
    shape = AttendanceEvent(
        id=UUID(one.id),
        meta=Meta(created=created, modified=changed),
        time=swedish(one.at),
        event_type="In" if one.type == "In" else "Ut",
        person=person(one.child),
        registered_by=by(one.by),
        group=Reference(id=UUID(one.group)),
    )
    people = frozenset((one.child, one.by))
    return Entity(one.id, shape, created, changed, frozenset((one.unit,)), forms.care, one.child, people)


def _load_events(keys: Sequence[Key], consistent: bool) -> dict[Key, list[Entity]]:
    found = store.events(keys, consistent=consistent)
    forms = forms_of(stored.value.unit for stored in found.values())
    return {key: [attendance_event(stored, forms[stored.value.unit])] for key, stored in found.items()}


def _events_of(people: Sequence[str]) -> Sequence[Key]:
    return [key for person in people for key in store.events_of(PersonId(person))]


def _events_at(groups: Sequence[str]) -> Sequence[Key]:
    """Of the groups' members today, who are few; what they did elsewhere is left to `answers`."""
    return _events_of(sorted(_members(groups)))


def _members(groups: Iterable[str]) -> set[PersonId]:
    known: dict[GroupId, organisation.GroupRecord]
    (known,) = fetch(organisation.wanted_groups([GroupId(group) for group in groups], today()))
    return {member for group in known.values() for member in group.members}


def _narrow_events(filters: Filters) -> Sequence[Key] | None:
    """By child alone: a department's years are better gone through than sorted in memory."""
    child = filters.get("person")
    return _events_of([child]) if child else None


def _at_group(entity: Entity, groups: Sequence[str]) -> bool:
    assert isinstance(entity.shape, AttendanceEvent)
    return str(entity.shape.group.id) in groups


def _keeps_event(entity: Entity, filters: Filters) -> bool:
    groups = filters.get("group")
    return filters.get("person") in (None, entity.about) and (not groups or _at_group(entity, groups))


EVENTS = Resource(
    kind=store.EventItem,
    load=_load_events,
    key=store.event_key,
    ids=lambda key: [store.id_of(key)],
    narrow=_narrow_events,
    keeps=_keeps_event,
    lookups={"person": _events_of, "group": _events_at},
    answers={"group": _at_group},
)


def attendance_schedule(stored: Stored[ShownSchedule], forms: Forms) -> Entity:
    """One home's weeks as an entity."""
    one, created, changed = stored.value, stored.created, stored.changed
    shape = AttendanceSchedule(
        id=UUID(one.id),
        meta=Meta(created=created, modified=changed),
        placement=Reference(id=UUID(one.placement)),
        number_of_weeks=one.weeks,
        start_date=one.start,
        end_date=one.end,
        state=[AttendanceScheduleState(state=one.state, registered_at=swedish(one.stated))],
        schedule_entries=[
            AttendanceScheduleEntry(
                week_offset=week - 1, day_of_week=WEEKDAYS[weekday - 1], start_time=start, end_time=end
            )
            for week, weekday, start, end in one.entries
        ],
    )
    around = frozenset((one.unit,)), forms.care
    return Entity(one.id, shape, created, changed, *around, one.child, frozenset((one.child,)))


def _load_schedules(keys: Sequence[Key], consistent: bool) -> dict[Key, list[Entity]]:
    found = store.schedules(keys, consistent=consistent)
    forms = forms_of(stored.value.unit for stored in found.values())
    return {key: [attendance_schedule(stored, forms[stored.value.unit])] for key, stored in found.items()}


def _schedules_at(placements: Sequence[str]) -> Sequence[Key]:
    return [key for placement in placements for key in store.schedules_at(placement)]


def _schedules_of_group(group: str) -> Sequence[Key]:
    """The weeks of a group's members today. A batch per 100 of them, and two round trips."""
    members = _members([group])
    cares: dict[PersonId, care_store.ChildCare]
    (cares,) = fetch(care_store.wanted_children(sorted(members), [], []))
    return store.schedules_of(care.plan for care in cares.values())


def _narrow_schedules(filters: Filters) -> Sequence[Key] | None:
    placement, group = filters.get("placement"), filters.get("group")
    found = _schedules_at([placement]) if placement else None
    if group:
        mine = _schedules_of_group(group)
        return mine if found is None else [key for key in found if key in mine]
    return found


def _keeps_schedule(entity: Entity, filters: Filters) -> bool:
    """Which group a child is in has been seen to by `narrow`."""
    shape = entity.shape
    assert isinstance(shape, AttendanceSchedule)
    here = filters.get("placement") in (None, str(shape.placement.id))
    return here and holds(filters, shape.start_date, shape.end_date)


SCHEDULES = Resource(
    kind=store.ScheduleItem,
    load=_load_schedules,
    key=store.schedule_key,
    ids=lambda key: [store.id_of(key)],
    narrow=_narrow_schedules,
    keeps=_keeps_schedule,
    lookups={"placement": _schedules_at},
)


_ORDERS = ("ModifiedDesc", "StartDateAsc", "StartDateDesc", "EndDateAsc", "EndDateDesc")
PLACEMENTS = Resource(
    kind=store.ScheduleItem,
    load=lambda _keys, _consistent: {},
    key=lambda _: None,
    ids=lambda _: (),
    orders=dict.fromkeys(_ORDERS, NEWEST_FIRST),
    narrow=lambda _: (),
    lookups={"personIds": lambda _: ()},
)
"""Nothing: places at preschool and fritidshem are the register's enrolments; attendance has their ids."""


def placements_of(_children: Sequence[str]) -> dict[str, list[Entity]]:
    """The placements of children, by child."""
    return {}


def placements_owned_by(_owners: Sequence[str]) -> dict[str, list[Entity]]:
    """The placements that are owned by somebody, by owner."""
    return {}
