"""Hours at care against those a place gives (process 25): told to staff, never at the door."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Literal

from functions.attendance.domain import care as schedules
from functions.attendance.domain import care_day as rules
from functions.attendance.domain.care_day import ChildDay, Event
from functions.attendance.schemas.care_day import DepartmentHoursQuery, HoursPage, HoursQuery, HoursView
from functions.attendance.store import care as store
from functions.attendance.store import care_units as unit_store
from functions.attendance.store.care import ChildCare
from functions.attendance.store.care_units import UnitCare
from functions.attendance.usecases.care import require_child
from functions.attendance.usecases.care_day import require_department, with_closed
from functions.organisation import queries as organisation
from functions.register import queries as register
from skolkit.audit import Trace, record_read
from skolkit.clock import now, today
from skolkit.cursor import seal, unseal
from skolkit.identity import Caller
from skolkit.sweden.calendar import SchoolYear
from skolkit.table import fetch
from skolkit.types import GroupId, PersonId, UnitId

Days = Mapping[date, tuple[Event, ...]]


def read_care_hours(caller: Caller, id: PersonId, query: HoursQuery) -> HoursPage:
    """A child's hours of a week, month or school year, by unit. Six round trips for guardians: the child (2),
    what is said, the unit, groups, what happened (one per 100 days); and the audit row.
    """
    child = require_child(caller, "attendance:read_care", id)
    first, last = span_of(query.day or today(), query.period)
    care = child.care(first)
    happened = _happened({id: child.record.records}, first, last)[id]
    units = list(dict.fromkeys(p.unit for p in child.placements))
    record_read(Trace(caller.person_id, "read_care_hours", id, changes=f"{first}–{last}"))
    return HoursPage(
        data=[_hours(care, unit_store.read_unit(unit), unit, happened.get(unit, {}), first, last)
              for unit in units],
        withheld=0, cursor=None,
    )  # fmt: skip


def list_care_hours(caller: Caller, group: GroupId, query: DepartmentHoursQuery) -> HoursPage:
    """A department's children of today with their hours of a week or month, ten at a time. Five round trips,
    and one per 100 items twice (a plan a child and a change a day; events a day): 7 for ten children's week,
    13 for a month; one more per protected child.
    """
    first, last = span_of(query.day or today(), query.period)
    department = require_department(caller, group, today())
    unit = unit_store.read_unit(department.record.unit)
    bound = ("care_hours", group, str(first), query.period, caller.seal)
    after = (unseal(query.cursor, *bound) or {"child": ""})["child"]
    rest = [child for child in sorted(department.record.members) if child > after]
    page = rest[: query.limit]
    (names,) = fetch(register.wanted_names(page))
    named = department.shown(caller, names)
    shown, days = [child for child in page if child in named], list(schedules.days_between(first, last))
    (said,) = fetch(store.wanted_children(shown, days, unit.within(days)), consistent=True)
    cares, at = with_closed(said, days, unit.within(days)), department.record.unit
    happened = _happened({child: (child, *cares[child].plan.also) for child in shown}, first, last)
    data = [_hours(cares[c], unit, at, happened[c].get(at, {}), first, last) for c in shown]
    record_read(Trace(caller.person_id, "list_care_hours", group, changes=f"{first}–{last}"))
    return HoursPage(
        data=data, withheld=len(page) - len(shown),
        cursor=seal({"child": page[-1]}, *bound) if len(rest) > len(page) else None,
    )  # fmt: skip


def span_of(day: date, period: Literal["week", "month", "year"]) -> tuple[date, date]:
    """The first and last day of the ISO week, the month or the school year that a day is in.

    >>> [d.isoformat() for d in span_of(date(2028, 2, 10), "month")]
    ['2028-02-01', '2028-02-29']
    """
    if period == "week":
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=6)
    if period == "month":
        return day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])
    return SchoolYear.of(day).start, SchoolYear.of(day).end


def _hours(care: ChildCare, unit: UnitCare, at: UnitId, happened: Days, first: date, last: date) -> HoursView:
    scheduled = actual = 0
    for day in schedules.days_between(first, last):
        hours = schedules.expected_hours(care.plan, care.said(day, unit.period_of(day)), at, day)
        scheduled += rules.minutes(rules.stretches(day, hours))
        actual += rules.minutes(ChildDay(care.plan.child, day, events=happened.get(day, ())).there(now()))
    allowed = schedules.allowed_minutes(care.plan, at, first, last)
    return HoursView(
        child=care.plan.child, unit=at, first_day=first, last_day=last, scheduled_minutes=scheduled,
        actual_minutes=actual, allowed_minutes=allowed,
        over=allowed is not None and max(scheduled, actual) > allowed,
    )  # fmt: skip


def _happened(
    children: Mapping[PersonId, Sequence[PersonId]], first: date, last: date
) -> dict[PersonId, dict[UnitId, dict[date, tuple[Event, ...]]]]:
    """When children, each with all its records, came and went, by unit and day, at the departments they
    belonged to then.
    """
    whose = {record: child for child, records in children.items() for record in records}
    (parts,) = fetch(organisation.wanted_parts(list(whose)))
    days = list(schedules.days_between(first, min(last, today())))
    member = [
        (part, record) for owner, mine in parts.items() for part in mine if part.part == "member"
        for record in children[whose[owner]]
    ]  # fmt: skip
    places = [(part.group, day, record) for part, record in member for day in days if part.covers(day)]
    groups = list(dict.fromkeys(part.group for part, _ in member))
    found, known = fetch(
        store.wanted_events(list(dict.fromkeys(places))), organisation.wanted_groups(groups, last)
    )
    told: dict[PersonId, dict[UnitId, dict[date, tuple[Event, ...]]]] = {child: {} for child in children}
    for (group, day, record), (events, _) in found.items():
        mine = told[whose[record]].setdefault(known[group].unit, {})
        mine[day] = (*mine.get(day, ()), *events)
    return told


def events_of(records: Iterable[PersonId], first: date, last: date) -> list[tuple[date, Event]]:
    """All that is kept of when a child came and went, by time, for its register extract."""
    own = list(records)
    found = _happened({own[0]: own}, first, last)[own[0]]
    rows = [(day, event) for days in found.values() for day, events in days.items() for event in events]
    return sorted(rows, key=lambda row: (row[1].time, row[1].id))
