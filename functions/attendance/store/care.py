"""What is said of a child's times at care, the unit's own choices and holidays, and who came and went.

A child's schedules are one item beside its days and answers: one query gives all that is to come. A
department's day is one item per child in one partition, so that what happened is one query and what is
expected one batch read.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import Any

from pynamodb.attributes import UnicodeAttribute

from functions.attendance.domain.care import (
    Allowance,
    Answers,
    Change,
    Changes,
    Entry,
    Hours,
    Plan,
    Said,
    Schedule,
)
from functions.attendance.domain.care_day import Event
from functions.attendance.domain.care_holidays import Period
from functions.attendance.store import AttendanceItem, compact
from skolkit.clock import stamp
from skolkit.sweden.calendar import SchoolYear
from skolkit.table import Wanted
from skolkit.types import GroupId, PersonId, UnitId


class PlanItem(AttendanceItem, discriminator="care_plan"):
    """A child's schedules and what time its places give. `ends`: the last day anything is said of."""

    schedules = UnicodeAttribute()
    allowances = UnicodeAttribute()
    also = UnicodeAttribute(null=True)
    ends = UnicodeAttribute()


class CareDayItem(AttendanceItem, discriminator="care_day"):
    """Changes of one day, by home."""

    changes = UnicodeAttribute()


class AnswerItem(AttendanceItem, discriminator="care_answer"):
    """A child's answers for a holiday, by day and home. `ends`: the holiday's last day."""

    days = UnicodeAttribute()
    ends = UnicodeAttribute()


class EventsItem(AttendanceItem, discriminator="care_events"):
    """When a child came and went one day, mistakes and corrections included."""

    day = UnicodeAttribute()
    events = UnicodeAttribute()


# Keys


def _child(child: PersonId) -> str:
    return f"CARE#{child}"


def _group_day(group: GroupId, day: date) -> str:
    return f"CAREDAY#{group}#{day}"


# A child


@dataclass(frozen=True, slots=True)
class ChildCare:
    """What is said of a child: the plan, changes by day and answers by holiday, each with its version."""

    plan: Plan
    days: Mapping[date, tuple[Changes, int]] = field(default_factory=dict)
    answers: Mapping[str, tuple[Mapping[date, Answers], int]] = field(default_factory=dict)

    def said(self, day: date, period: Period | None) -> Said:
        """What is said of a day beside the schedules; `period` is the unit's holiday of that day."""
        changes = self.days[day][0] if day in self.days else {}
        if period is None:
            return Said(changes)
        days = self.answers[period.id][0] if period.id in self.answers else {}
        return Said(changes, days.get(day, {}), period.unanswered == "noNeed")

    def with_record(self, other: ChildCare) -> ChildCare:
        """Together with what is said under a closed record of the same child; the kept one's goes before."""
        mine, theirs = self.plan, other.plan
        plan = replace(
            mine, schedules=(*theirs.schedules, *mine.schedules),
            allowances=(*theirs.allowances, *mine.allowances),
        )  # fmt: skip
        return ChildCare(plan, {**other.days, **self.days}, {**other.answers, **self.answers})


def read_child(child: PersonId, since: date) -> ChildCare:
    """The plan, and changes and answers from a day on; one consistent query."""
    found = AttendanceItem.query(
        _child(child), AttendanceItem.sk.between(f"DAY#{since}", "PLAN"), consistent_read=True
    )
    return _care(child, list(found))


def wanted_children(
    children: Collection[PersonId], days: Iterable[date], periods: Iterable[str]
) -> Wanted[dict[PersonId, ChildCare]]:
    """Children's plans, changes of some days and answers for some holidays, for `fetch`; all are answered."""
    places = ["PLAN", *(f"DAY#{day}" for day in days), *(f"HOLIDAY#{period}" for period in periods)]

    def answer(found: dict[tuple[str, str], Any]) -> dict[PersonId, ChildCare]:
        return {
            child: _care(child, [found[key] for sk in places if (key := (_child(child), sk)) in found])
            for child in children
        }

    return Wanted(AttendanceItem, [(_child(child), sk) for child in children for sk in places], answer)


def _care(child: PersonId, items: Iterable[Any]) -> ChildCare:
    plan, days, answers = Plan(child), {}, {}
    for item in items:
        if isinstance(item, PlanItem):
            plan = _plan(item)
        elif isinstance(item, CareDayItem):
            rows = json.loads(item.changes)
            changes = {PersonId(owner): _change(row) for owner, row in rows.items()}
            days[date.fromisoformat(item.sk.removeprefix("DAY#"))] = (changes, int(item.version))
        elif isinstance(item, AnswerItem):
            told = {
                date.fromisoformat(day): {PersonId(owner): _hours(row) for owner, row in homes.items()}
                for day, homes in json.loads(item.days).items()
            }
            answers[item.sk.removeprefix("HOLIDAY#")] = (told, int(item.version))
    return ChildCare(plan, days, answers)


def plan_item(plan: Plan, today: date) -> PlanItem:
    """The plan to write over the version read. What ended before the last school year began is left out."""
    since = SchoolYear(SchoolYear.of(today).start_year - 1).start
    schedules = [s for s in plan.schedules if s.end >= since]
    later = {a.unit: a.start for a in plan.allowances if a.start <= since}
    allowances = [a for a in plan.allowances if a.start >= later.get(a.unit, a.start)]
    ends = [*(s.end for s in schedules), *(a.start for a in allowances)]
    item = PlanItem(
        _child(plan.child), "PLAN",
        schedules=compact([_schedule_row(s) for s in schedules]),
        allowances=compact([[a.unit, a.kind, a.basis, str(a.start), a.decided_by] for a in allowances]),
        also=compact(plan.also) if plan.also else None,
        ends=str(max(ends, default=today)),
    )  # fmt: skip
    return item.over(plan.version)


def _plan(item: PlanItem) -> Plan:
    return Plan(
        PersonId(item.pk.removeprefix("CARE#")),
        tuple(_schedule(row) for row in json.loads(item.schedules)),
        tuple(
            Allowance(UnitId(unit), kind, basis, date.fromisoformat(start), PersonId(by))
            for unit, kind, basis, start, by in json.loads(item.allowances)
        ),
        tuple(json.loads(item.also or "[]")),
        int(item.version),
    )


def _schedule_row(s: Schedule) -> list[Any]:
    entries = [[e.week, e.weekday, *hours_rows([e.hours])[0]] for e in s.entries]
    flags = [int(s.by_week_number), int(s.shared)]
    return [s.id, s.owner, s.placement, s.unit, str(s.start), str(s.end), s.weeks, *flags, s.state, s.version,
            entries]  # fmt: skip


def _schedule(row: Sequence[Any]) -> Schedule:
    id, owner, placement, unit, start, end, weeks, by_number, shared, state, version, entries = row
    return Schedule(
        id=id,
        owner=PersonId(owner),
        placement=placement,
        unit=UnitId(unit),
        start=date.fromisoformat(start),
        end=date.fromisoformat(end),
        weeks=weeks,
        entries=tuple(Entry(week, weekday, *_hours([times])) for week, weekday, *times in entries),
        by_week_number=bool(by_number),
        shared=bool(shared),
        state=state,
        version=version,
    )


def hours_rows(hours: Iterable[Hours]) -> list[list[str]]:
    """Hours as rows keep them."""
    return [[h.start.isoformat("minutes"), h.end.isoformat("minutes")] for h in hours]


def _hours(rows: Iterable[Sequence[str]]) -> tuple[Hours, ...]:
    return tuple(Hours(time.fromisoformat(start), time.fromisoformat(end)) for start, end in rows)


def _change(row: Sequence[Any]) -> Change:
    kind, hours, state, unit = row
    return Change(kind, _hours(hours), state, UnitId(unit))


def care_day_item(child: PersonId, day: date, changes: Changes, stored: int | None) -> CareDayItem:
    """A day's changes, to write over the version read."""
    rows = {owner: [c.kind, hours_rows(c.hours), c.state, c.unit] for owner, c in changes.items()}
    return CareDayItem(_child(child), f"DAY#{day}", changes=compact(rows)).over(stored)


def answer_item(
    child: PersonId, period: Period, days: Mapping[date, Answers], stored: int | None
) -> AnswerItem:
    """A child's answers for a holiday, to write over the version read."""
    rows = {str(d): {owner: hours_rows(h) for owner, h in homes.items()} for d, homes in days.items()}
    item = AnswerItem(_child(child), f"HOLIDAY#{period.id}", days=compact(rows), ends=str(period.end))
    return item.over(stored)


# A department's day


def events_of_day(group: GroupId, day: date) -> dict[PersonId, tuple[Event, ...]]:
    """Who came and went at a department on a day; one query."""
    found = EventsItem.query(_group_day(group, day), consistent_read=True)
    return {PersonId(item.sk): _events(item) for item in found}


def wanted_events(
    places: Sequence[tuple[GroupId, date, PersonId]],
) -> Wanted[dict[tuple[GroupId, date, PersonId], tuple[tuple[Event, ...], int]]]:
    """Children's events of some days at some departments, with their versions, for `fetch`."""
    keys = {place: (_group_day(*place[:2]), place[2]) for place in places}

    def answer(
        found: dict[tuple[str, str], EventsItem],
    ) -> dict[tuple[GroupId, date, PersonId], tuple[tuple[Event, ...], int]]:
        known = {place: found[key] for place, key in keys.items() if key in found}
        return {place: (_events(item), int(item.version)) for place, item in known.items()}

    return Wanted(EventsItem, list(keys.values()), answer)


def events_item(
    group: GroupId, day: date, child: PersonId, events: Sequence[Event], stored: int | None
) -> EventsItem:
    """A child's events of a day, to write over the version read."""
    item = EventsItem(
        _group_day(group, day), child, day=str(day), events=compact([_event_row(e) for e in events])
    )
    return item.over(stored)


def _event_row(e: Event) -> list[Any]:
    return [e.id, e.type, stamp(e.time), e.registered_by, stamp(e.registered_at), e.picked_up_by, e.corrects,
            int(e.void)]  # fmt: skip


def _events(item: EventsItem) -> tuple[Event, ...]:
    return tuple(
        Event(id, kind, _at(at), PersonId(by), _at(registered), picked, corrects, bool(void))
        for id, kind, at, by, registered, picked, corrects, void in json.loads(item.events)
    )


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)
