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
from functions.attendance.store.care import ChildCare, UnitCare
from functions.attendance.usecases.care import require_child
from functions.attendance.usecases.care_day import read_children, require_department
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
    care, happened = child.care(first), _happened(child.record.records, first, last)
    units = list(dict.fromkeys(p.unit for p in child.placements))
    record_read(Trace(caller.person_id, "read_care_hours", id, changes=f"{first}–{last}"))
    return HoursPage(
        data=[_hours(care, store.read_unit(unit), unit, happened.get(unit, {}), first, last)
              for unit in units],
        withheld=0, cursor=None,
    )  # fmt: skip


def list_care_hours(caller: Caller, group: GroupId, query: DepartmentHoursQuery) -> HoursPage:
    """A department's children of today with their hours of a week or month, ten at a time. Six round trips
    and one per 100 items (a plan a child; a change, an absence and events a child and day): 9 for ten
    children's week.
    """
    first, last = span_of(query.day or today(), query.period)
    department = require_department(caller, group, today())
    unit = store.read_unit(department.record.unit)
    bound = ("care_hours", group, str(first), query.period, caller.seal)
    after = (unseal(query.cursor, *bound) or {"child": ""})["child"]
    rest = [child for child in sorted(department.record.members) if child > after]
    page = rest[: query.limit]
    (names,) = fetch(register.wanted_names(page))
    shown = [child for child in page if child in department.shown(caller, names)]
    cares, _ = read_children(shown, list(schedules.days_between(first, last)), unit)
    data = [
        _hours(cares[child], unit, department.record.unit, days.get(department.record.unit, {}), first, last)
        for child in shown
        for days in [_happened([child, *cares[child].plan.also], first, last)]
    ]
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
    records: Sequence[PersonId], first: date, last: date
) -> dict[UnitId, dict[date, tuple[Event, ...]]]:
    """When a child came and went, by unit and day, at the departments it belonged to then."""
    (parts,) = fetch(organisation.wanted_parts(records))
    member = [part for record in records for part in parts[record] if part.part == "member"]
    groups = list(dict.fromkeys(part.group for part in member))
    days = list(schedules.days_between(first, min(last, today())))
    places = [
        (part.group, day, record)
        for part in member for day in days if part.covers(day) for record in records
    ]  # fmt: skip
    found, known = fetch(
        store.wanted_events(list(dict.fromkeys(places))), organisation.wanted_groups(groups, last)
    )
    by_unit: dict[UnitId, dict[date, tuple[Event, ...]]] = {}
    for (group, day, _), (events, _) in found.items():
        mine = by_unit.setdefault(known[group].unit, {})
        mine[day] = (*mine.get(day, ()), *events)
    return by_unit


def events_of(records: Iterable[PersonId], first: date, last: date) -> list[tuple[date, Event]]:
    """All that is kept of when a child came and went, by time, for its register extract."""
    found = _happened(list(records), first, last)
    rows = [(day, event) for days in found.values() for day, events in days.items() for event in events]
    return sorted(rows, key=lambda row: (row[1].time, row[1].id))
