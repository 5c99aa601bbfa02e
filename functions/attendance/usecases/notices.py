"""Same-day notice (process 21): decide that guardians are due a notice, remember what became of it, and in
the evening prove that every unexcused absence has been taken care of.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial

from functions.access import guard
from functions.attendance import store
from functions.attendance.domain import gaps as rules
from functions.attendance.domain.gaps import Call, Called, Gap, Missed, Outcome
from functions.attendance.events import EveningSwept, GuardianNoticeDue, LessonReported, NoticeAnswered
from functions.attendance.schemas.notices import SweepView
from functions.attendance.store import PupilDay, calls
from functions.attendance.store.calls import CallItem
from functions.attendance.usecases.relations import groups_of
from functions.organisation import queries as organisation
from functions.timetable import queries as timetable
from skolkit.clock import local, now, today
from skolkit.errors import NotFound
from skolkit.identity import Caller
from skolkit.retry import persist
from skolkit.sweden.calendar import SchoolYear
from skolkit.table import Overwrite, commit, fetch
from skolkit.telemetry import count
from skolkit.types import NoticeId, PersonId, UnitId, stable_id

WITHOUT_ATTEMPT = "UnexcusedWithoutAttempt"  # the metric that alarms


def decide_notices(reported: LessonReported) -> None:
    """For every pupil with unexcused minutes: a notice is due, or the lesson belongs to a gap already told
    about, or it is explained by a notice of absence. Deciding twice changes nothing.
    """
    missed = Missed(reported.lesson, reported.start, reported.end)
    for pupil in reported.unexcused:
        persist(partial(_decide, pupil.pupil, reported.unit, missed))


def _decide(pupil: PersonId, unit: UnitId, missed: Missed) -> str:
    day = store.pupil_day(pupil, today(missed.start))
    away = next((d for d in day.deviations if d.lesson == missed.lesson and d.minutes.invalid), None)
    if away is None:
        return "corrected"
    m = away.minutes
    missed = replace(missed, late=rules.late_minutes(m.invalid, away.late, m.attendance + m.other))
    if rules.is_explained(missed, [span for span, _ in day.notices.values()]):
        return "explained"
    known = next((gap for gap in day.gaps if missed.lesson in gap.lessons), None)
    if known and (not known.late or missed.late):
        return "known"
    told = ("late",) if known else ()
    if known:
        rest = rules.without(known, missed.lesson)
        day = replace(day, gaps=tuple(rest if gap is known else gap for gap in day.gaps))
    for gap, begin, end in rules.neighbours(day.gaps, missed):
        if not _present_between(day, begin, end):
            others = tuple(g for g in day.gaps if g != gap)
            commit(store.day_item(replace(day, gaps=(*others, rules.extend(gap, missed))), unit))
            return "extended"
    gap = rules.open_gap(NoticeId(stable_id("notice", pupil, missed.lesson, *told)), missed)
    commit(store.day_item(replace(day, gaps=(*day.gaps, gap)), unit), facts=[_due(pupil, unit, gap)])
    return "due"


def _due(pupil: PersonId, unit: UnitId, gap: Gap) -> GuardianNoticeDue:
    return GuardianNoticeDue(
        notice=gap.notice,
        pupil=pupil,
        unit=unit,
        day=today(gap.start),
        start=gap.start,
        end=gap.end,
        late=gap.late,
    )


def _present_between(day: PupilDay, begin: datetime, end: datetime) -> bool:
    """Whether the pupil attended a lesson between two instants, wholly or in part."""
    groups = groups_of([day.pupil])[day.pupil]
    (planned,) = fetch(timetable.wanted_group_days(groups, [day.day]))
    between = [p.id for lessons in planned.values() for p in lessons if begin <= p.start and p.end <= end]
    (sheets,) = fetch(store.wanted_sheets(between), consistent=True)
    entries = [sheet.entries.get(day.pupil) for sheet in sheets.values()]
    return any(entry and (entry.minutes.attendance or entry.minutes.other) for entry in entries)


def record_outcome(answered: NoticeAnswered) -> None:
    """Remember whether a guardian could be told; a protected person's family is called by the office."""
    outcome = {"": Outcome.DELIVERED, "protected": Outcome.CALL}.get(answered.reason, Outcome.FAILED)

    def record() -> str:
        day = store.pupil_day(answered.pupil, answered.day)
        gap = next((g for g in day.gaps if g.notice == answered.notice), None)
        told = rules.answered(gap, answered.recipient, outcome) if gap else None
        if told is None or day.unit is None or told == gap:
            return "known"
        gaps = tuple(told if g is gap else g for g in day.gaps)
        calls = [_call(answered, day.unit)] if outcome is not Outcome.DELIVERED else []
        commit(store.day_item(replace(day, gaps=gaps), day.unit), *calls)
        return "recorded"

    persist(record)


def _call(answered: NoticeAnswered, unit: UnitId) -> CallItem:
    """That the recipient is to be called. The gap's outcome, which is final, sees to it that it is new."""
    id = calls.call_id(answered.notice, answered.recipient)
    call = Call(
        id, unit, answered.day, answered.pupil, answered.recipient, answered.notice, answered.reason
    )  # fmt: skip
    return calls.call_item(call)


def sweep_evening(day: date) -> None:
    """For every unit with school today: find what has not been taken care of, see to it, and report
    (skollagen 7:17).
    """
    for unit in organisation.units():
        if organisation.calendar(unit.id, SchoolYear.of(day)).is_school_day(day):
            _sweep_unit(unit.id, day)


def _sweep_unit(unit: UnitId, day: date) -> None:
    ended = [u for u in store.unreported(unit, day) if u.end <= now()]
    reached = {c.notice for c in calls.calls(unit, day) if c.called is Called.REACHED}
    tally, gaps = Counter(unreportedLessons=len(ended)), dict[NoticeId, str]()
    for pupil, missed in store.unexcused(unit, day):
        found, gap = _close(unit, pupil, Missed(missed.lesson, missed.start, missed.end))
        tally["unexcusedLessons"] += 1
        tally[found] += 1
        if gap:
            gaps[gap.notice] = rules.state(gap, reached)
    tally.update({"gaps": len(gaps), **Counter(gaps.values())})
    _report(unit, day, dict(tally))


def _report(unit: UnitId, day: date, counts: dict[str, int]) -> None:
    """Keep what the evening found, and tell it. By the last sweep of the day no absence may be without an
    attempt to tell the home.
    """
    commit(
        Overwrite(store.sweep_item(unit, day, counts)),
        facts=[EveningSwept(unit=unit, day=day, counts=counts)],
    )
    for name, value in counts.items():
        count(f"Evening{name[0].upper()}{name[1:]}", value, unit_id=unit)
    if counts.get("withoutAttempt") and now() >= local(day, rules.PROVEN):
        count(WITHOUT_ATTEMPT, counts["withoutAttempt"])


def _close(unit: UnitId, pupil: PersonId, missed: Missed) -> tuple[str, Gap | None]:
    """See to one unexcused lesson and name its state: delivered, call, failed, explained, or due (a notice is
    on its way); and the gap it belongs to, unless it is explained.
    """
    decided = persist(partial(_decide, pupil, unit, missed))
    if decided in ("explained", "corrected"):
        return decided, None
    gap = next(g for g in store.pupil_day(pupil, today(missed.start)).gaps if missed.lesson in g.lessons)
    if decided == "due":
        return decided, gap
    if not gap.attempted:  # the fact or its answer was lost: say it again, messages knows what it has sent
        commit(facts=[_due(pupil, unit, gap)])
        return "due", gap
    states = set(gap.outcomes.values())
    worst = next(s for s in (Outcome.FAILED, Outcome.CALL, Outcome.DELIVERED) if s in states)
    return worst.value, gap


def read_sweep(caller: Caller, unit: UnitId, day: date) -> SweepView:
    """An evening's report of a unit, for its principal and administrators."""
    guard.require(caller, "attendance:read_sweep", guard.Unit(unit), organisation.duties_of(caller.person_id))
    counts = store.sweep(unit, day)
    if counts is None:
        raise NotFound
    return SweepView(unit=unit, date=day, counts=counts)


def day_to_sweep() -> date:
    """The day the sweep is about: a run delayed past midnight still closes the day before."""
    return today(now() - timedelta(hours=6))
