"""Who may have a calendar, and what is in it: lessons, days off, national tests, development talks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from functions.access import guard
from functions.assessment import queries as assessment
from functions.assessment.queries import TestTime
from functions.exchange.domain import calendars as rules
from functions.exchange.domain.calendars import Calendar, Event
from functions.exchange.domain.days_off import spans
from functions.organisation import queries as organisation
from functions.register import queries as register
from functions.register.queries import PupilRecord
from functions.timetable import queries as timetable
from functions.timetable.queries import ChangedLesson
from skolkit.clock import today
from skolkit.errors import NotFound
from skolkit.identity import Caller
from skolkit.sweden.calendar import SchoolYear
from skolkit.table import fetch
from skolkit.types import UnitId


@dataclass(frozen=True, slots=True)
class Relation:
    """By what an owner has a calendar: whom it is about, at which units, in which group, if it is of one."""

    record: PupilRecord
    units: tuple[UnitId, ...]
    group: organisation.GroupRecord | None = None

    @property
    def protected(self) -> bool:
        return self.record.protected


def relation(caller: Caller, calendar: Calendar) -> Relation:
    """What lets the caller have the calendar now; `NotFound` without. Two round trips: the person with those
    who have custody, and the group, or for whoever is not enrolled the duties.
    """
    record = _record(caller, calendar)
    if calendar.group is None:
        units = (record.unit,) if record.unit else _employed(calendar) if calendar.own else ()
        if calendar.own and not units:
            raise NotFound
        return Relation(record, units)
    group = organisation.group(calendar.group, today())
    if group is None:
        raise NotFound
    if not set(record.records) & set(group.members):
        staff = (group.teachers, group.mentors) if calendar.own else ()
        guard.require(caller, "exchange:keep_calendar", guard.Group(group.id, group.unit, *staff))
    return Relation(record, (group.unit,), group)


def _record(caller: Caller, calendar: Calendar) -> PupilRecord:
    if not calendar.own:
        return register.require_pupil(caller, "exchange:keep_calendar", calendar.person)
    record = register.anyone(calendar.person)
    if record is None:
        raise NotFound
    guard.require(caller, "exchange:keep_calendar", guard.Person(record.id, protected=record.protected))
    return record


def _employed(calendar: Calendar) -> tuple[UnitId, ...]:
    """Where the owner works today; with a duty for the whole municipality at no unit of its own."""
    units = {duty.unit for duty in organisation.duties_of(calendar.owner) if duty.only is None}
    return tuple(sorted(unit or organisation.MUNICIPALITY for unit in units))


def events_of(calendar: Calendar, around: Relation, day: date) -> list[Event]:
    """The events, by time. Three round trips, whatever is asked side by side: the timetable's groups, their
    lessons, names; and meanwhile school years, tests and talks.
    """
    first, last = rules.window(day)
    asked = [partial(_days_off, around.units, first, last)]
    if around.group:
        asked.append(partial(_of_group, around.group, around, first, last))
    else:
        grown = calendar.own and register.of_age(around.record.birth_date) <= day
        asked.append(partial(_lessons, around, first, last, teaches=grown))
        asked.append(partial(_tests, around, assessment.test_times, around.record.records))
        asked.append(partial(_talks_of_home, calendar, around, first))
        if grown:
            asked.append(partial(_tests, around, assessment.test_times_held, calendar.owner))
            asked.append(partial(_talks_of_mentor, around, first))
    with ThreadPoolExecutor(len(asked)) as side:
        found = [event for one in [side.submit(ask) for ask in asked] for event in one.result()]
    return rules.in_order([*found, *rules.last_day(calendar, day)], first, last)


def _of_group(group: organisation.GroupRecord, around: Relation, first: date, last: date) -> list[Event]:
    return _shown(timetable.group_lessons(group.id, first, last), around, {})


def _lessons(around: Relation, first: date, last: date, *, teaches: bool) -> list[Event]:
    """Lessons; those that the owner teaches with the group's name."""
    lessons = timetable.lessons_between(around.record.id, first, last, teaches=teaches)
    taught = {row.group for row, _ in lessons if teaches and around.record.id in row.teachers}
    if not taught or around.protected:
        return _shown(lessons, around, {})
    (groups,) = fetch(organisation.wanted_groups(sorted(taught), today()))
    return _shown(lessons, around, {id: group.name for id, group in groups.items()})


def _shown(lessons: Iterable[ChangedLesson], around: Relation, names: dict[str, str]) -> list[Event]:
    return [
        rules.lesson(
            one.id, one.subject, names.get(one.group, ""), one.start, one.end, changed,
            "" if around.protected else one.room,
        )
        for one, changed in lessons
    ]  # fmt: skip


def _days_off(units: tuple[UnitId, ...], first: date, last: date) -> list[Event]:
    """Days without school at all of the units. The years are whole, so that a break that began before the
    first day is the same event as it was.
    """
    years = sorted({SchoolYear.of(first), SchoolYear.of(last)})
    found = spans(organisation.calendars(units, years)) if units else []
    return [rules.day_off(*span, units) for span in found]


def _tests(around: Relation, times: Callable[[Any], Iterable[TestTime]], whose: object) -> list[Event]:
    return [
        rules.test(
            one.sitting, one.part, one.test, one.start, one.end, one.version,
            "" if around.protected else one.room,
        )
        for one in times(whose)
    ]  # fmt: skip


def _talks_of_home(calendar: Calendar, around: Relation, first: date) -> list[Event]:
    record = around.record
    return _talks(around, assessment.talks_of_home(
        record.records, calendar.owner, first, pupil=calendar.own, protected=around.protected
    ))  # fmt: skip


def _talks_of_mentor(around: Relation, first: date) -> list[Event]:
    return _talks(around, assessment.talks_of_mentor(around.record.id, first))


def _talks(around: Relation, talks: Iterable[assessment.Event]) -> list[Event]:
    """Talks as in their own files: the same UIDs (decision 0047)."""
    return [
        Event(
            uid=one.uid, start=one.start, end=one.end, summary="Utvecklingssamtal", sequence=one.sequence,
            place="" if around.protected else one.room, link="" if around.protected else one.link,
        )
        for one in talks
    ]  # fmt: skip
