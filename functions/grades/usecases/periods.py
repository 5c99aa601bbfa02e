"""Grading periods: opened for a unit and its years, followed, published and closed by the principal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from functions.access import guard
from functions.grades.domain import periods as rules
from functions.grades.domain.grading import Sheet, standing_of, undecided
from functions.grades.domain.orders import closing_order
from functions.grades.domain.periods import Period
from functions.grades.events import GradesPublished, PeriodClosed, PeriodOpened
from functions.grades.schemas.common import PageQuery
from functions.grades.schemas.grading import (
    MySheet,
    MySheets,
    NewPeriod,
    PeriodPage,
    PeriodView,
    ProgressPage,
    ProgressRow,
    Publication,
)
from functions.grades.store import orders, publications
from functions.grades.store import periods as store
from functions.grades.usecases.rights import (
    Work,
    graded_in,
    graders,
    members_of,
    perhaps,
    require_unit,
    require_vouched,
    wanted_staff,
)
from functions.organisation import queries as organisation
from functions.organisation.queries import ActivityRecord, Certification
from skolkit.audit import Trace
from skolkit.clock import now, today
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.idempotency import RequestKey
from skolkit.identity import Caller
from skolkit.sweden.calendar import SchoolYear
from skolkit.table import commit, fetch
from skolkit.types import PersonId, UnitId, new_id


def open_period(caller: Caller, unit: UnitId, new: NewPeriod, key: RequestKey) -> PeriodView:
    """Open a period at a unit. Four round trips: the caller's duties, the unit, its periods, commit."""
    require_unit(caller, "grades:lead_period", unit)
    place = organisation.unit(unit)
    if place is None:
        raise NotFound
    draft = Period(
        id=new_id(), unit=unit, form=new.school_form, years=tuple(sorted(set(new.years))),
        school_year=new.school_year, term=new.semester, opens=new.opens, due=new.due,
        early=new.decided_early_grades,
    )  # fmt: skip
    others = store.periods_of(unit, new.school_year, new.semester)
    period = rules.open_period(draft, others, place.school_forms)
    view = period_view(replace(period, version=1))
    commit(
        *store.period_writes(period), facts=[PeriodOpened(period=period.id, unit=unit)],
        trace=Trace(caller.person_id, "open_period", unit, changes=period.id),
        once=key.once(view.model_dump_json(by_alias=True)),
    )  # fmt: skip
    return view


def list_periods(caller: Caller, unit: UnitId, query: PageQuery) -> PeriodPage:
    """A unit's periods, the latest first. Two round trips."""
    require_unit(caller, "grades:read_periods", unit)
    found, cursor = store.page_of_periods(unit, query.limit, query.cursor, caller.seal)
    return PeriodPage(data=[period_view(period) for period in found], cursor=cursor)


def read_period(caller: Caller, id: str) -> PeriodView:
    """A period. Two round trips."""
    return period_view(find_period(caller, "grades:read_periods", id))


def find_period(caller: Caller, action: guard.Action, id: str) -> Period:
    """A period, if the caller may do `action` at its unit; `NotFound` otherwise. Two round trips."""
    period = store.find_period(id)
    if period is None:
        raise NotFound
    require_unit(caller, action, period.unit)
    return period


def publish_grades(caller: Caller, id: str, new: Publication, version: int) -> PeriodView:
    """Decide when pupils and guardians see a period's grades: a moment on the period, the same for all. Three
    round trips.
    """
    period = find_period(caller, "grades:lead_period", id)
    if period.version != version:
        raise ChangedMeanwhile(field="If-Match", value=version)
    said = rules.publish(period, new.at, now())
    told = GradesPublished(period=id, unit=period.unit, at=said.publish)
    trace = Trace(caller.person_id, "publish_grades", period.unit, changes=id)
    commit(*store.period_writes(said), *publications.moving(period, said), facts=[told], trace=trace)
    return period_view(replace(said, version=version + 1))


def close_period(caller: Caller, id: str, key: RequestKey) -> PeriodView:
    """Close a period when every pupil has a decision, with a fresh sign-in. Four round trips, one for each
    100 activities and groups, and a query of all sheets.
    """
    period = find_period(caller, "grades:close_period", id)
    vouched = require_vouched(caller)
    closed = rules.close(period, _missing(period), caller.person_id, vouched.at)
    view = period_view(replace(closed, version=(period.version or 0) + 1))
    order = closing_order(new_id(), id, caller.person_id, vouched)
    commit(
        *store.period_writes(closed), orders.order_item(order),
        facts=[PeriodClosed(period=id, unit=period.unit)],
        trace=Trace(caller.person_id, "close_period", period.unit, changes=id),
        once=key.once(view.model_dump_json(by_alias=True)),
    )  # fmt: skip
    return view


def _missing(period: Period) -> int:
    """How many pupils of the period's groups have no decision."""
    known = organisation.activities_at(period.unit, period.opens)
    work = [activity for activity in known if graded_in(activity, period)]
    ids = [group for activity in work for group in activity.groups]
    groups, sheets = fetch(organisation.wanted_groups(ids, today()))[0], store.sheets_of(period.id)
    return sum(
        undecided(sheets.get(activity.id), members_of(groups[g] for g in activity.groups if g in groups))
        for activity in work
    )


def list_progress(caller: Caller, id: str, query: PageQuery) -> ProgressPage:
    """How far a period's groups have come. Four round trips for each page of activities."""
    period = find_period(caller, "grades:read_periods", id)
    found, cursor = organisation.page_of_activities(
        period.unit, period.opens, query.cursor, query.limit, "progress", id, caller.seal
    )
    work = [activity for activity in found if graded_in(activity, period)]
    groups, sheets = fetch(
        organisation.wanted_groups([g for a in work for g in a.groups], today()),
        store.wanted_sheets([(id, a.id) for a in work]),
    )
    works = [Work(period, sheets.get((id, a.id)) or _empty(period, a), a) for a in work]
    (certified,) = fetch(organisation.wanted_certifications([p for w in works for p in wanted_staff(w)]))
    rows = [
        _progress(w, members_of(groups[g] for g in w.activity.groups if g in groups), certified)
        for w in works
    ]
    return ProgressPage(data=rows, cursor=cursor)


def _empty(period: Period, activity: ActivityRecord) -> Sheet:
    return Sheet(period=period.id, activity=activity.id, unit=period.unit, groups=activity.groups)


def _progress(
    work: Work, members: tuple[PersonId, ...], certified: Mapping[PersonId, Certification]
) -> ProgressRow:
    who = perhaps(work, certified)
    states = [standing_of(work.sheet.line(pupil), who) for pupil in members]
    return ProgressRow(
        activity=work.activity.id, name=work.activity.name, subject_code=work.subject().code,
        teachers=list(work.graders), students=len(members), decided=states.count("decided"),
        not_read=states.count("notRead"), proposed=states.count("proposed"), empty=states.count("empty"),
        awaits_colleague=states.count("awaitsColleague"), awaits_principal=states.count("awaitsPrincipal"),
    )  # fmt: skip


def list_my_sheets(caller: Caller) -> MySheets:
    """The groups that the caller sets grades in now. Three round trips, one for each unit the caller teaches
    at.
    """
    guard.require(caller, "grades:read_own_sheets", guard.Person(caller.person_id))
    day = today()
    (taught,) = fetch(organisation.wanted_taught([caller.person_id]))
    mine = [part for part in taught[caller.person_id] if part.end is None or part.end >= day]
    (activities,) = fetch(organisation.wanted_activities([part.activity for part in mine]))
    year = str(SchoolYear.of(day))
    open_now = [
        period
        for unit in sorted({part.unit for part in mine})
        for period in store.periods_of(unit, year)
        if period.state == "open" and period.opens <= day
    ]
    pairs = [
        (period, activity)
        for period in open_now
        for activity in activities.values()
        if graded_in(activity, period) and caller.person_id in graders(activity)
    ]
    (sheets,) = fetch(store.wanted_sheets([(p.id, a.id) for p, a in pairs]))
    data = [_my_sheet(period, activity, sheets.get((period.id, activity.id))) for period, activity in pairs]
    return MySheets(data=sorted(data, key=lambda row: (row.due, row.name)))


def _my_sheet(period: Period, activity: ActivityRecord, sheet: Sheet | None) -> MySheet:
    lines = list(sheet.lines.values()) if sheet else []
    return MySheet(
        period=period.id, activity=activity.id, organisation=period.unit, name=activity.name, due=period.due,
        decided=sum(line.entry is not None for line in lines),
        proposed=sum(line.entry is None and bool(line.proposals) for line in lines),
    )  # fmt: skip


def period_view(period: Period) -> PeriodView:
    """A period as it is shown."""
    return PeriodView(
        id=period.id, organisation=period.unit, school_form=period.form, years=list(period.years),
        school_year=period.school_year, semester=period.term, opens=period.opens, due=period.due,
        decided_early_grades=period.early, state=period.state, closed_timestamp=period.closed,
        closed_by=period.closed_by, publish=period.publish, version=period.version or 0,
    )  # fmt: skip
