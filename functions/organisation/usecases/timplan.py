"""The hours plan and a unit's distribution of it over the years (process 14)."""

from __future__ import annotations

from functions.access import guard
from functions.organisation import queries
from functions.organisation.domain import timplan as rules
from functions.organisation.domain.timplan import Shortfall, Timplan
from functions.organisation.events import TimplanDecided
from functions.organisation.schemas.timplan import (
    DistributionView,
    HoursRow,
    NewDistribution,
    ShortfallView,
    SubjectHours,
    TimplanQuery,
    TimplanView,
)
from functions.organisation.store import timplan as timplan_store
from functions.organisation.store.timplan import Distribution
from skolkit.audit import Trace
from skolkit.clock import today
from skolkit.errors import NotFound
from skolkit.identity import Caller
from skolkit.sweden.calendar import SchoolYear
from skolkit.table import commit
from skolkit.types import UnitId


def read_timplan(caller: Caller, query: TimplanQuery) -> TimplanView:
    """The timplan in force a school year. No round trip."""
    guard.require(caller, "organisation:read_catalogue", guard.SYSTEM)
    timplan = rules.in_force(_year(query).start)
    if timplan is None:
        raise NotFound
    return _timplan_view(timplan)


def read_distribution(caller: Caller, unit: UnitId, query: TimplanQuery) -> DistributionView:
    """A unit's hours, public information. One round trip."""
    guard.require(caller, "organisation:read_unit", guard.Unit(unit))
    year = _year(query)
    found = timplan_store.find_distribution(unit, year)
    if found is None:
        raise NotFound
    return _view(unit, year, found)


def decide_distribution(caller: Caller, unit: UnitId, new: NewDistribution, version: int) -> DistributionView:
    """Decide a unit's hours. What they do not keep is answered as warnings. Two round trips: duties,
    commit.
    """
    guard.require(
        caller, "organisation:decide_timplan", guard.Unit(unit), queries.duties_of(caller.person_id)
    )
    year = SchoolYear.parse(new.school_year)
    made = Distribution(new.timplan, _hours(new), caller.person_id, version + 1)
    rules.check_subjects(_timplan(new.timplan, year), made.hours)
    commit(
        *timplan_store.decided(unit, year, made, version),
        facts=[TimplanDecided(unit=unit, school_year=str(year), timplan=new.timplan)],
        trace=Trace(caller.person_id, "decide_distribution", unit, changes=f"{year} {new.timplan}"),
    )
    return _view(unit, year, made)


def _year(query: TimplanQuery) -> SchoolYear:
    return SchoolYear.parse(query.school_year) if query.school_year else SchoolYear.of(today())


def _timplan(id: str, year: SchoolYear) -> Timplan:
    found = rules.by_id(id)
    if found is None or found.valid_from > year.end:
        raise rules.UnknownTimplan(field="timplan", value=id)
    return found


def _hours(new: NewDistribution) -> dict[str, dict[int, int]]:
    hours: dict[str, dict[int, int]] = {}
    for row in new.rows:
        hours.setdefault(row.subject, {})[row.year] = row.hours
    return hours


def _view(unit: UnitId, year: SchoolYear, found: Distribution) -> DistributionView:
    timplan = rules.by_id(found.timplan)
    return DistributionView(
        unit=unit,
        school_year=str(year),
        timplan=found.timplan,
        rows=[
            HoursRow(subject=code, year=y, hours=n)
            for code, row in found.hours.items()
            for y, n in row.items()
        ],
        warnings=[_warning(fall) for fall in rules.shortfalls(timplan, found.hours)] if timplan else [],
        version=found.version,
    )


def _warning(fall: Shortfall) -> ShortfallView:
    return ShortfallView(
        rule=fall.rule, law=fall.law, subject=fall.subject, stage=fall.stage, planned=fall.planned,
        required=fall.required, reason=fall.said.sv, reason_en=fall.said.en,
    )  # fmt: skip


def _timplan_view(timplan: Timplan) -> TimplanView:
    return TimplanView(
        id=timplan.id,
        valid_from=timplan.valid_from,
        source=timplan.source,
        total=timplan.total,
        school_choice=timplan.most_moved,
        subjects=[
            SubjectHours(
                subject=s.code, name=s.name, lag=s.lag, mellan=s.mellan, hog=s.hog, fixed=s.fixed,
                parts=sorted(s.parts or ()),
            )
            for s in timplan.subjects
        ],
    )  # fmt: skip
