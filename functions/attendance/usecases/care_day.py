"""A department's day (process 25): children come and go, who is there now, how many staff it takes, what went
another way than planned.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from functions.access import guard
from functions.attendance import store as attendance
from functions.attendance.domain import care as schedules
from functions.attendance.domain import care_day as rules
from functions.attendance.domain.care_day import ChildDay, Event, Outcome
from functions.attendance.schemas.care_day import (
    ChildDayView,
    CurveDay,
    CurveQuarter,
    CurveQuery,
    CurveView,
    DepartmentDay,
    DeviationList,
    DeviationRow,
    EventOutcome,
    EventOutcomes,
    EventView,
    NewEvent,
    NewEvents,
    StretchView,
)
from functions.attendance.store import care as store
from functions.attendance.store import care_units as unit_store
from functions.attendance.store import shown
from functions.attendance.store.care import ChildCare
from functions.attendance.store.care_units import UnitCare
from functions.organisation import queries as organisation
from functions.organisation.queries import GroupRecord
from functions.register import queries as register
from functions.register.queries import PersonName
from skolkit.audit import Trace, record_read
from skolkit.clock import now, today
from skolkit.errors import NotFound
from skolkit.idempotency import RequestKey
from skolkit.identity import Caller
from skolkit.retry import persist
from skolkit.table import Write, commit, fetch
from skolkit.types import GroupId, PersonId, is_id

Place = tuple[GroupId, date, PersonId]
TOGETHER = 48  # rows of a transaction: one that is taken away is two operations


@dataclass(frozen=True, slots=True)
class Department:
    """A group the caller may follow: as it is today, and its members of each asked day."""

    record: GroupRecord
    duties: tuple[guard.Duty, ...]
    members: Mapping[date, tuple[PersonId, ...]]

    def shown(self, caller: Caller, names: Mapping[PersonId, PersonName]) -> dict[PersonId, PersonName]:
        """Those who may be named: not protected children, but for whoever has a task for them."""
        return register.shown_names(
            caller, names, teachers=self.record.teachers, mentors=self.record.mentors, duties=self.duties
        )


def require_department(
    caller: Caller, id: GroupId, *days: date, action: guard.Action = "attendance:read_department"
) -> Department:
    """The department, if the caller may do `action` with it today; `NotFound` otherwise.

    One round trip for its own staff, two for others.
    """
    asked = list(dict.fromkeys((today(), *days)))
    found = fetch(*(organisation.wanted_groups([id], day) for day in asked), consistent=True)
    if id not in found[0]:
        raise NotFound
    record: GroupRecord = found[0][id]
    staff, offices = record.teachers | record.mentors, organisation.Offices(())
    if caller.person not in staff:
        offices = organisation.offices_of(caller.person_id)
    substitutes = {
        caller.person_id for s in offices.substitutions if s.has_group(record.unit, id, staff, now())
    }
    facts = guard.Group(id, record.unit, record.teachers, record.mentors, frozenset(substitutes))
    guard.require(caller, action, facts, offices.duties)
    members = {day: groups[id].members for day, groups in zip(asked, found, strict=True)}
    return Department(record, offices.duties, members)


# At the door


def check_in(caller: Caller, group: GroupId, new: NewEvents, key: RequestKey) -> EventOutcomes:
    """Children came or left, one or many. Three round trips for the department's own staff: the group, the
    children's days, one transaction with an item per child and day and one per event; of more than some
    twenty events several.

    What cannot be taken is answered event by event, so that a tablet that was offline gets rid of the rest.
    """
    days = sorted({today(event.time) for event in new.events})
    department = require_department(caller, group, *days, action="attendance:check_in")
    places = list(dict.fromkeys((group, today(event.time), PersonId(event.child)) for event in new.events))

    def attempt() -> EventOutcomes:
        (known,) = fetch(store.wanted_events(places), consistent=True)
        events = {place: known[place][0] if place in known else () for place in places}
        outcomes = [_take(caller, department, events, event) for event in new.events]
        view = EventOutcomes(data=outcomes)
        trace = Trace(caller.person_id, "check_in", group, changes=f"{len(new.events)} events")
        *parts, last = _parts(department, known, events)
        for some in parts:  # an event that has been taken is known when it comes again
            commit(*some, trace=trace)
        commit(*last, trace=trace, once=key.once(view.model_dump_json(by_alias=True)))
        return view

    return persist(attempt)


def _parts(department: Department, known: Mapping[Place, tuple[tuple[Event, ...], int]],
           events: Mapping[Place, tuple[Event, ...]]) -> list[list[Write]]:  # fmt: skip
    """What writes the days that have more events than were known, in transactions; at least one."""
    parts: list[list[Write]] = [[]]
    for place, now_known in events.items():
        before, version = known.get(place, ((), None))
        if len(now_known) == len(before):
            continue
        group, day, child = place
        more = shown.event_writes(child, group, department.record.unit, before, now_known)
        writes = [store.events_item(group, day, child, now_known, version), *more]
        if len(parts[-1]) + len(writes) > TOGETHER:
            parts.append([])
        parts[-1] += writes
    return parts


def _take(
    caller: Caller,
    department: Department,
    events: dict[Place, tuple[Event, ...]],
    new: NewEvent,
) -> EventOutcome:
    day, child = today(new.time), PersonId(new.child)
    outcome: Outcome = "notInDepartment"
    if child in department.members[day]:
        event = Event(
            new.id,
            new.event_type,
            new.time,
            caller.person_id,
            now(),
            new.picked_up_by,
            new.corrects,
            new.void,
        )
        place = department.record.id, day, child
        events[place], outcome = rules.take(events[place], event)
    return EventOutcome(id=new.id, outcome=outcome)


# What is expected, and what was


def read_days(
    department: Department, unit: UnitCare, days: Sequence[date]
) -> dict[date, dict[PersonId, ChildDay]]:
    """Every child's days at the department: members, and whoever came all the same. A query per day for what
    happened; one round trip per 100 of: a plan per child, and per child and day a change, an absence.
    """
    children = sorted({child for day in days for child in department.members[day]})
    cares, absences = read_children(children, days, unit)
    found: dict[date, dict[PersonId, ChildDay]] = {}
    for day in days:
        events, members = store.events_of_day(department.record.id, day), department.members[day]
        found[day] = {
            child: child_day(department.record, unit, cares.get(child), absences, child, day, events)
            for child in dict.fromkeys((*members, *events))
        }
    return found


def read_children(
    children: Sequence[PersonId], days: Sequence[date], unit: UnitCare
) -> tuple[dict[PersonId, ChildCare], Mapping[tuple[PersonId, date], attendance.PupilDay]]:
    """What is said of children, and their notices of absence. A round trip per 100 items; one more when some
    child has closed records.
    """
    periods = unit.within(days)
    cares, absences = fetch(
        store.wanted_children(children, days, periods),
        attendance.wanted_days(children, days),
        consistent=True,
    )
    return with_closed(cares, days, periods), absences


def with_closed(
    cares: Mapping[PersonId, ChildCare], days: Sequence[date], periods: Sequence[str]
) -> dict[PersonId, ChildCare]:
    """Together with what is said under the children's closed records; no round trip when there are none."""
    closed = sorted({id for care in cares.values() for id in care.plan.also})
    if not closed:
        return dict(cares)
    (others,) = fetch(store.wanted_children(closed, days, periods), consistent=True)
    found = dict(cares)
    for child, care in cares.items():
        for id in care.plan.also:
            found[child] = found[child].with_record(others[id])
    return found


def child_day(
    group: GroupRecord,
    unit: UnitCare,
    care: ChildCare | None,
    absences: Mapping[tuple[PersonId, date], attendance.PupilDay],
    child: PersonId,
    day: date,
    events: Mapping[PersonId, tuple[Event, ...]],
) -> ChildDay:
    """A child's day: what the homes said, less what is notified, and what happened."""
    hours = []
    if care:
        hours = schedules.expected_hours(care.plan, care.said(day, unit.period_of(day)), group.unit, day)
    notified = absences.get((child, day))
    spans = [span for span, _ in notified.notices.values()] if notified else []
    return ChildDay(
        child,
        day,
        tuple(rules.stretches(day, hours)),
        tuple(rules.stretches(day, hours, spans)),
        events.get(child, ()),
    )


def read_care_department(caller: Caller, group: GroupId, day: date) -> DepartmentDay:
    """A department's day as it is known now. Five round trips for its own staff: the group, the unit, what is
    expected (one per 33 children), what happened, names (one more per protected child); and the audit row.
    """
    department, unit, children = _day(caller, group, day)
    at, late = now(), unit.settings.late_minutes
    states = {id: rules.status(child, at, late) for id, child in children.items()}
    names = _names(caller, department, children)
    record_read(Trace(caller.person_id, "read_care_department", group, changes=day.isoformat()))
    rows = [
        ChildDayView(
            child=id,
            given_name=name.given_name,
            family_name=name.family_name,
            status=states[id],
            expected=[StretchView(start=a, end=b) for a, b in children[id].expected],
            present=[StretchView(start=a, end=b) for a, b in rules.presence(children[id].events)],
            events=[_event(event) for event in children[id].events],
        )
        for id, name in names.items()
    ]
    return DepartmentDay(
        group=group, date=day, counts=dict(Counter(states.values())), withheld=len(children) - len(rows),
        children=sorted(rows, key=lambda row: (row.family_name, row.given_name)),
    )  # fmt: skip


def list_care_deviations(caller: Caller, group: GroupId, day: date) -> DeviationList:
    """Who did not come, was not fetched, stayed longer or came without times. Round trips as
    `read_care_department`.
    """
    department, unit, children = _day(caller, group, day)
    at, late = now(), unit.settings.late_minutes
    found = {id: kinds for id, child in children.items() if (kinds := rules.deviations(child, at, late))}
    names = _names(caller, department, found)
    record_read(Trace(caller.person_id, "list_care_deviations", group, changes=day.isoformat()))
    rows = [
        DeviationRow(child=id, given_name=name.given_name, family_name=name.family_name, deviations=found[id])
        for id, name in names.items()
    ]
    return DeviationList(
        group=group, date=day, withheld=len(found) - len(rows),
        data=sorted(rows, key=lambda row: (row.family_name, row.given_name)),
    )  # fmt: skip


def _day(caller: Caller, group: GroupId, day: date) -> tuple[Department, UnitCare, dict[PersonId, ChildDay]]:
    department = require_department(caller, group, day)
    unit = unit_store.read_unit(department.record.unit)
    return department, unit, read_days(department, unit, [day])[day]


def _names(
    caller: Caller, department: Department, children: Iterable[PersonId]
) -> dict[PersonId, PersonName]:
    (names,) = fetch(register.wanted_names(sorted(children)))
    return department.shown(caller, names)


def _event(event: Event) -> EventView:
    return EventView(
        id=event.id, event_type=event.type, time=event.time,
        registered_by=event.registered_by if is_id(event.registered_by) else None,
        picked_up_by=event.picked_up_by, corrects=event.corrects, void=event.void,
    )  # fmt: skip


def read_care_curve(caller: Caller, group: GroupId, query: CurveQuery) -> CurveView:
    """Children per quarter of an hour, expected and there, and the staff they take, for up to a week: numbers
    without names, protected children among them. Five round trips for a day of up to 33 children with the
    department's own staff; a week of 20 has thirteen.
    """
    first = query.since or today()
    days = [first + timedelta(days=n) for n in range(query.days)]
    department = require_department(caller, group, *days)
    unit = unit_store.read_unit(department.record.unit)
    found = read_days(department, unit, days)
    record_read(Trace(caller.person_id, "read_care_curve", group, changes=f"{first} {query.days}"))
    return CurveView(
        group=group,
        children_per_staff=unit.settings.children_per_staff,
        days=[CurveDay(date=day, quarters=_quarters(unit, day, found[day].values())) for day in days],
    )


def _quarters(unit: UnitCare, day: date, children: Iterable[ChildDay]) -> list[CurveQuarter]:
    at, children = now(), list(children)
    expected = rules.counts(day, [child.expected for child in children])
    actual = rules.counts(day, [child.there(at) for child in children])
    busy = [n for n, pair in enumerate(zip(expected, actual, strict=True)) if any(pair)]
    starts, ratio = rules.quarters(day), unit.settings.children_per_staff
    return [
        CurveQuarter(
            start=starts[n],
            expected=expected[n],
            actual=actual[n] if starts[n] <= at else None,
            staff=rules.staff_needed(expected[n], ratio),
        )
        for n in (range(busy[0], busy[-1] + 1) if busy else ())
    ]
