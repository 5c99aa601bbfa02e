"""Every night every pupil's absence is looked at (process 23): what passes the unit's thresholds is
suggested to the principal, and cases follow pupils who have changed school.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta

from functions.attendance.domain import inquiry as cases
from functions.attendance.domain import suggestions as rules
from functions.attendance.domain.suggestions import InquiryRules, Reason, Standing, Suggestion
from functions.attendance.events import (
    InquiryClosed,
    InquiryMoved,
    InquiryWatchAsked,
    MergeTold,
    MessageDue,
)
from functions.attendance.store import inquiry as case_store
from functions.attendance.store import suggestions as store
from functions.attendance.store.suggestions import InquiryJobItem
from functions.attendance.usecases.inquiry import closing
from functions.attendance.usecases.inquiry_rights import known_pupil
from functions.attendance.usecases.suggestions import RECIPIENTS, rules_of, told_principals
from functions.organisation import queries as organisation
from functions.organisation.queries import PartIn
from functions.register import queries as register
from functions.timetable import queries as timetable
from functions.timetable.queries import PlannedLesson
from skolkit import jobs
from skolkit.audit import Trace
from skolkit.clock import now, stamp, today
from skolkit.errors import ChangedMeanwhile
from skolkit.idempotency import RequestKey
from skolkit.sweden.calendar import SchoolYear
from skolkit.sweden.school_forms import FORMS
from skolkit.table import AlreadyDone, Erase, Once, chunks, commit, fetch
from skolkit.types import GroupId, PersonId, UnitId, new_id, stable_id

PUPILS = 100  # in one step
AHEAD = timedelta(days=75)  # who begins at a school within so many days has not left
_SYSTEM = PersonId("system:watch_absence")


def ask_absence_watch() -> None:
    """Start the night's look at absence; a repeated start of the same minute is left alone."""
    key = RequestKey(f"INQUIRIES#{stamp(now())[:16]}", "")
    units = [unit.id for unit in organisation.units()]
    request = {"day": today().isoformat(), "units": units}
    with suppress(AlreadyDone):
        jobs.ask(InquiryJobItem, InquiryWatchAsked, "watch_absence", _SYSTEM, request, key)


def run_absence_watch(asked: InquiryWatchAsked) -> None:
    """Go through the units, a hundred pupils a step.

    Round trips: for a step the unit's enrolments, calendar, thresholds, two batches of the pupils and one per
    hundred days of groups; one query per pupil, two more for each suggestion; for a unit its open cases.
    """
    jobs.run(InquiryJobItem, asked, _step, again=InquiryWatchAsked)


def _step(item: InquiryJobItem) -> bool:
    units, day = item.request["units"], date.fromisoformat(item.request["day"])
    number, after = int(item.place.get("unit", 0)), str(item.place.get("after", ""))
    if number >= len(units):
        return False
    unit = UnitId(units[number])
    waiting = _pupils(unit, day, after)
    some = waiting[:PUPILS]
    made = look_at(unit, some, day)
    item.outcome = {**item.outcome, "suggested": int(item.outcome.get("suggested", 0)) + made}
    item.done += len(some)
    if len(waiting) > len(some):
        item.place = {"unit": number, "after": some[-1]}
    else:
        _end_unit(unit, day)
        item.place = {"unit": number + 1}
    commit(item)
    return int(item.place["unit"]) < len(units)


def _pupils(unit: UnitId, day: date, after: str) -> list[PersonId]:
    """Those of a unit who must attend (not at fritidshem or in adult education), after one of them."""
    here = {
        p for p, e in register.enrolments_at(unit) if FORMS[e.school_form].attendance_duty and e.covers(day)
    }
    return sorted(pupil for pupil in here if pupil > after)


# Suggestions


def look_at(unit: UnitId, pupils: Sequence[PersonId], day: date) -> int:
    """Suggest what the days before `day` give reason for; how many suggestions were made."""
    by = rules_of(unit, day)
    days = _school_days(unit, day, by.window)
    if not pupils or not days:
        return 0
    parts, known = fetch(organisation.wanted_parts(pupils), store.wanted_standings(pupils))
    planned = _planned(parts, days)
    return sum(
        _look_at(unit, known[pupil], _of(parts[pupil], planned, days), days, day, by) for pupil in pupils
    )


def _school_days(unit: UnitId, day: date, window: int) -> list[date]:
    days = [day - timedelta(days=n) for n in range(window, 0, -1)]
    years = {year: organisation.calendar(unit, year) for year in {SchoolYear.of(one) for one in days}}
    return [one for one in days if years[SchoolYear.of(one)].is_school_day(one)]


_Planned = dict[tuple[GroupId, date], tuple[PlannedLesson, ...]]


def _planned(parts: dict[PersonId, tuple[PartIn, ...]], days: Sequence[date]) -> _Planned:
    """The lessons of the groups that the pupils have been in lately, each group read once."""
    groups = {
        part.group
        for mine in parts.values()
        for part in mine
        if part.part == "member"
        and (part.start is None or part.start <= days[-1])
        and (part.end is None or part.end >= days[0])
    }
    found: _Planned = fetch(timetable.wanted_group_days(sorted(groups), days))[0]
    return found


def _of(parts: Collection[PartIn], planned: _Planned, days: Sequence[date]) -> list[PlannedLesson]:
    member = [part for part in parts if part.part == "member"]
    lessons = {
        lesson.id: lesson
        for day in days
        for part in member
        if part.covers(day)
        for lesson in planned.get((part.group, day), ())
    }
    return list(lessons.values())


def _look_at(
    unit: UnitId, standing: Standing, planned: list[PlannedLesson], days: Sequence[date], day: date,
    by: InquiryRules,
) -> int:  # fmt: skip
    records = (standing.pupil, *standing.also)
    on = set(days)
    lessons = [one for one in store.attended(records, planned, days[0], days[-1]) if one.day in on]
    found = rules.reasons(lessons, by)
    if not rules.due(standing, found, day, by):
        return 0
    known = store.standings(records)
    if any(one.open_case for one in known.values()):
        return 0
    wanted = rules.due(known[standing.pupil], found, day, by)
    return sum(_suggest(unit, standing.pupil, cause, some, day, by) for cause, some in wanted.items())


def _suggest(
    unit: UnitId, pupil: PersonId, cause: rules.Cause, some: tuple[Reason, ...], day: date, by: InquiryRules
) -> int:
    standing = store.standings([pupil])[pupil]
    if cause not in rules.due(standing, some, day, by):
        return 0
    made = Suggestion(new_id(), pupil, unit, cause, day, some, by.id)
    fresh = standing.suggested(cause, made.id, day, rules.weight_of(some))
    trace = Trace(_SYSTEM, "suggest_inquiry", pupil, cause, made.id)
    try:
        commit(*store.raising(made), store.standing_item(fresh), trace=trace)
    except ChangedMeanwhile:  # the principal opened or dismissed just now, or another worker was first
        return 0
    return 1


def _end_unit(unit: UnitId, day: date) -> None:
    """Let cases and suggestions follow pupils, and tell principal and mentors how much is new."""
    for pupil in sorted({*case_store.open_at(unit), *store.waiting_at(unit)}):
        follow_pupil(pupil)
    fresh = store.suggested_on(unit, day)
    if not fresh:
        return
    count = Counter(mentor for _, pupil in fresh for mentor in organisation.staff_around(pupil, day).mentors)
    facts = told_principals(unit, "inquiry_suggestions", f"{unit} {day}", {"count": str(len(fresh))})
    for number in sorted(set(count.values())):
        mentors = sorted(mentor for mentor, times in count.items() if times == number)
        for some in chunks(mentors, RECIPIENTS):
            facts.append(_digest(unit, day, number, some))
    with suppress(AlreadyDone):
        commit(facts=facts, once=Once(f"INQUIRY-DIGEST#{unit}#{day}"))


def _digest(unit: UnitId, day: date, number: int, mentors: list[PersonId]) -> MessageDue:
    id = stable_id("inquiry_suggestions", unit, day.isoformat(), str(number), mentors[0])
    values = {"count": str(number)}
    return MessageDue(id=id, recipients=mentors, template="inquiry_suggestions", values=values)


# Pupils who change school, and records that prove to be one


def follow_pupil(pupil: PersonId) -> None:
    """Let a pupil's case be with the unit where the pupil is, or close it when the pupil has left the
    municipality's schools. Asked again it does nothing. One round trip for most: they have neither.
    """
    standing = store.standings([pupil])[pupil]
    if not standing.open_case and not standing.waiting:
        return
    record = known_pupil(pupil)
    unit = record.unit if record else None
    if record and unit is None and _begins_soon(record.id):
        return
    if standing.open_case and (found := case_store.find_case(standing.open_case)):
        item, case = found
        if case.closed is None and case.unit != unit:
            _move(item, case, unit) if unit else _close(item, case)
    _let_go(pupil, unit)


def _begins_soon(pupil: PersonId) -> bool:
    known = register.pupils([pupil]).get(pupil)
    coming = (e.start for e in known.enrolments if not e.cancelled) if known else ()
    return any(today() < start <= today() + AHEAD for start in coming)


def _move(item: case_store.InquiryItem, case: cases.Case, unit: UnitId) -> None:
    fact = InquiryMoved(inquiry=case.id, pupil=case.pupil, from_unit=case.unit, unit=unit)
    told = told_principals(unit, "inquiry_moved", f"{case.id} {unit}", {})
    trace = Trace(_SYSTEM, "move_inquiry", case.pupil, changes=f"{case.id} {case.unit} {unit}")
    commit(*case_store.writes(cases.moved(case, unit), item), facts=[fact, *told], trace=trace)


def _close(item: case_store.InquiryItem, case: cases.Case) -> None:
    fact = InquiryClosed(inquiry=case.id, pupil=case.pupil, unit=case.unit, outcome="leftSchool")
    trace = Trace(_SYSTEM, "close_inquiry", case.pupil, "leftSchool", case.id)
    commit(*closing(cases.closed(case, "leftSchool", "unknown", today()), item), facts=[fact], trace=trace)


def _let_go(pupil: PersonId, unit: UnitId | None) -> None:
    """What waits at a unit that the pupil has left is dismissed: the new one looks for itself."""
    standing = store.standings([pupil])[pupil]
    for cause, raised in standing.waiting.items():
        found = store.suggestion_of(pupil, raised.suggestion)
        if found is None or found[1].unit == unit:
            continue
        item, old = found
        decided = rules.dismiss(old, "leftUnit", _SYSTEM, today())
        trace = Trace(_SYSTEM, "dismiss_suggestion", pupil, "leftUnit", old.id)
        fresh = store.standing_item(standing.dismissed(cause, today()))
        commit(*store.deciding(item, decided), fresh, trace=trace)
        standing = store.standings([pupil])[pupil]


def follow_merge(told: MergeTold) -> None:
    """Remember which closed records are the same pupil: what was written under them is looked at with the
    kept one's, and one that had a case or a suggestion keeps it. The same in whatever order facts come.
    """
    for pupil in (told.kept, told.merged):
        also = tuple(record for record in register.records_of(pupil) if record != pupil)
        standing = store.standings([pupil])[pupil]
        if standing.also != also:
            trace = Trace("system:follow_merge", "follow_merge", pupil, changes=f"{len(also)} records")
            item = store.standing_item(replace(standing, also=also))
            empty = not also and not standing.open_case and not standing.known
            commit(Erase(item) if empty else item, trace=trace)
