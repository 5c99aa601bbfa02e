"""School years (process 12): shown to everybody, proposed by the unit, decided by the organiser."""

from __future__ import annotations

from functions.access import guard
from functions.organisation import queries
from functions.organisation.domain import calendars as rules
from functions.organisation.domain.calendars import Decision
from functions.organisation.domain.units import MUNICIPALITY, UnitRecord
from functions.organisation.events import CalendarDecided
from functions.organisation.schemas.units import (
    CalendarView,
    DecideCalendar,
    DecisionPage,
    DecisionView,
    DraftView,
    HolidayView,
    NewCalendar,
    ProblemView,
    TermView,
    YearPageQuery,
)
from functions.organisation.store import calendars as store
from functions.organisation.store import units as units_store
from skolkit.audit import Trace
from skolkit.clock import now, today
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.identity import Caller
from skolkit.sweden.calendar import SchoolCalendar, SchoolYear, Term, public_holidays
from skolkit.sweden.school_forms import keeps_school_days
from skolkit.table import commit, fetch
from skolkit.types import UnitId

Holds = tuple[store.CalendarItem, SchoolCalendar]


def read_calendar(caller: Caller, id: UnitId, school_year: str | None) -> CalendarView:
    """The school year that holds at a unit. One round trip, consistent."""
    guard.require(caller, "organisation:read_unit", guard.Unit(id))
    year = SchoolYear.parse(school_year) if school_year else SchoolYear.of(today())
    wanted = store.wanted_calendars(id, year), units_store.wanted_units([id])
    (own, municipal), found = fetch(*wanted, consistent=True)
    if id not in found:
        raise NotFound
    forms = rules.owner_forms(found[id])
    calendar, origin = rules.in_force(year, forms, own, municipal)
    origin = "municipality" if id == MUNICIPALITY and own else origin
    days = {*public_holidays(year.start_year).items(), *public_holidays(year.start_year + 1).items()}
    return CalendarView(
        **_days(found[id], calendar),
        origin=origin,
        school_days=_count(found[id], calendar),
        holidays=[HolidayView(date=d, name=name) for d, name in sorted(days) if year.start <= d <= year.end],
    )


def read_calendar_draft(caller: Caller, id: UnitId, school_year: str) -> DraftView:
    """What is proposed for a unit, with the rules it breaks. Three round trips: duties, unit, draft."""
    unit = _proposable(caller, id)
    found = store.find_draft(id, SchoolYear.parse(school_year))
    if found is None:
        raise NotFound
    return _draft_view(unit, found[1], found[0].version, decided=bool(found[0].decided))


def propose_calendar(caller: Caller, id: UnitId, new: NewCalendar, version: int) -> DraftView:
    """Save a proposal; it may still break rules. Three round trips: duties, unit, commit (If-Match 0:
    new).
    """
    unit = _proposable(caller, id)
    terms = (new.autumn, new.spring) if new.autumn and new.spring else None
    calendar = rules.drafted(
        unit,
        SchoolYear.parse(new.school_year),
        (Term(terms[0].first, terms[0].last), Term(terms[1].first, terms[1].last)) if terms else None,
        frozenset(new.days_off),
        frozenset(new.study_days),
    )
    trace = Trace(caller.person_id, "propose_calendar", id, changes=new.school_year)
    commit(store.draft_item(id, calendar).over(version), trace=trace)
    return _draft_view(unit, calendar, version + 1, decided=False)


def decide_calendar(caller: Caller, id: UnitId, new: DecideCalendar, version: int) -> DecisionView:
    """Decide the draft that was read. Five round trips: duties, unit, draft, what holds, commit.

    What held before stays as history (skolförordningen 3:2–6: the organiser decides the days).
    """
    guard.require(caller, "organisation:administer", guard.SYSTEM, queries.duties_of(caller.person_id))
    unit, year = _existing(id), SchoolYear.parse(new.school_year)
    found = store.find_draft(id, year)
    if found is None:
        raise NotFound
    if found[0].version != version:
        raise ChangedMeanwhile(field="If-Match", value=version)
    rules.require_lawful(unit, found[1])
    holds = store.find_calendar(id, year)
    decision = Decision(
        unit=id, calendar=found[1], number=int(holds[0].number or 1) + 1 if holds else 1, reason=new.reason,
        decided_by=caller.person_id, decided_at=now(),
    )  # fmt: skip
    _commit(decision, holds, store.draft_item(id, found[1], decided=True).over(version))
    return _decision_view(unit, decision)


def list_calendar_decisions(caller: Caller, id: UnitId, query: YearPageQuery) -> DecisionPage:
    """Every decision of a unit's year, the latest first. Three round trips: duties, unit, decisions."""
    unit, year = _proposable(caller, id), SchoolYear.parse(query.school_year)
    bound = caller.seal, "decisions", id, query.school_year
    found, cursor = store.page_of_decisions(id, year, query.cursor, query.limit, *bound)
    return DecisionPage(data=[_decision_view(unit, decision) for decision in found], cursor=cursor)


def _commit(decision: Decision, holds: Holds | None, draft: store.DraftItem) -> None:
    year = str(decision.calendar.school_year)
    writes = store.decision_writes(decision, holds[0] if holds else None)
    if holds and (first := store.first_of_history(decision.unit, *holds)):
        writes += store.decision_writes(first, None)[1:]
    fact = CalendarDecided(
        unit=decision.unit, school_year=year, decision=decision.number,
        whole_municipality=decision.unit == MUNICIPALITY,
    )  # fmt: skip
    what = f"{year} #{decision.number}"
    trace = Trace(str(decision.decided_by), "decide_calendar", decision.unit, decision.reason, what)
    commit(draft, *writes, facts=[fact], trace=trace)


def _proposable(caller: Caller, id: UnitId) -> UnitRecord:
    duties = queries.duties_of(caller.person_id)
    guard.require(caller, "organisation:propose_calendar", guard.Unit(id), duties)
    return _existing(id)


def _existing(id: UnitId) -> UnitRecord:
    unit = queries.element(id)
    if unit is None:
        raise NotFound
    rules.owner_forms(unit)
    return unit


def _draft_view(unit: UnitRecord, calendar: SchoolCalendar, version: int, *, decided: bool) -> DraftView:
    kept = keeps_school_days(rules.owner_forms(unit))
    problems = calendar.problems() if kept else calendar.closing_problems()
    return DraftView(
        **_days(unit, calendar),
        unit=unit.id,
        school_days=_count(unit, calendar),
        problems=[ProblemView(rule=p.rule, sv=p.sv, en=p.en) for p in problems],
        decided=decided,
        version=version,
    )


def _decision_view(unit: UnitRecord, decision: Decision) -> DecisionView:
    return DecisionView(
        **_days(unit, decision.calendar),
        unit=decision.unit,
        number=decision.number,
        reason=decision.reason,
        rules=decision.rules,
        decided_by=decision.decided_by,
        decided_at=decision.decided_at,
    )


def _days(unit: UnitRecord, calendar: SchoolCalendar) -> dict[str, object]:
    """The days as shown; terms only where the unit's forms have them."""
    kept = keeps_school_days(rules.owner_forms(unit))
    return {
        "school_year": str(calendar.school_year),
        "autumn": _term(calendar.autumn) if kept else None,
        "spring": _term(calendar.spring) if kept else None,
        "days_off": sorted(calendar.days_off),
        "study_days": sorted(calendar.study_days),
    }


def _count(unit: UnitRecord, calendar: SchoolCalendar) -> int | None:
    return len(calendar.school_days()) if keeps_school_days(rules.owner_forms(unit)) else None


def _term(term: Term) -> TermView:
    return TermView(first=term.first, last=term.last)
