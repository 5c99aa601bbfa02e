"""Activities with their teachers, what is wrong with the staffing, and the workload (process 15)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from functions.access import guard
from functions.organisation import queries
from functions.organisation.domain import staffing as rules
from functions.organisation.domain.staffing import ActivityRecord, DutyRecord, Taught, Teaching
from functions.organisation.events import ActivityChanged
from functions.organisation.schemas.common import PageQuery
from functions.organisation.schemas.staffing import (
    ActivityChange,
    ActivityPage,
    ActivityView,
    EndedQuery,
    MyStaffing,
    NewActivity,
    TaughtView,
    TeachingShape,
    WarningPage,
    WarningView,
    WorkloadPage,
    WorkloadQuery,
    WorkloadView,
)
from functions.organisation.store import activities as store
from functions.organisation.store import duties as duties_store
from functions.organisation.usecases.duties import certification_view, duty_view, require_staff
from functions.register import queries as register
from functions.register.queries import PersonName
from skolkit.audit import Trace, record_read
from skolkit.clock import today
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.idempotency import RequestKey
from skolkit.identity import Caller
from skolkit.sweden.calendar import SchoolYear
from skolkit.table import commit, fetch
from skolkit.types import GroupId, UnitId, new_id


def list_activities(caller: Caller, unit: UnitId, query: EndedQuery) -> ActivityPage:
    """A unit's activities. Two round trips: the caller's duties, the page."""
    require_staff(caller, "organisation:read_staff", unit)
    found, cursor = _page(caller, unit, query, "activities", ended=query.ended)
    return ActivityPage(data=[_view(activity) for activity in found], cursor=cursor)


def read_activity(caller: Caller, unit: UnitId, id: str) -> ActivityView:
    """An activity of a unit. Two round trips."""
    require_staff(caller, "organisation:read_staff", unit)
    return _view(_activity(unit, id))


def create_activity(caller: Caller, unit: UnitId, new: NewActivity, key: RequestKey) -> ActivityView:
    """Plan an activity for groups, with teachers and minutes. Six round trips: the caller's duties, the unit,
    what it refers to, its groups' and its teachers' others, commit.
    """
    require_staff(caller, "organisation:edit_staff", unit)
    if queries.unit(unit) is None:
        raise NotFound
    activity = _asked(new_id(), unit, new)
    view = _view(replace(activity, version=1))
    trace = Trace(caller.person_id, "create_activity", activity.id, changes=unit)
    once = key.once(view.model_dump_json(by_alias=True))
    commit(*store.activity_writes(None, activity), facts=[_fact(activity)], trace=trace, once=once)
    return view


def change_activity(caller: Caller, unit: UnitId, id: str, new: ActivityChange, version: int) -> ActivityView:
    """Change an activity, its teachers or groups, or end it with a last day. Six round trips."""
    require_staff(caller, "organisation:edit_staff", unit)
    old = _activity(unit, id)
    if old.version != version:
        raise ChangedMeanwhile(field="If-Match", value=version)
    activity = _asked(id, unit, new)
    if activity == old:
        return _view(old)
    writes = store.activity_writes(old, activity)
    trace = Trace(caller.person_id, "change_activity", id, changes=unit)
    commit(*writes, facts=[_fact(activity)], trace=trace)
    return _view(replace(activity, version=version + 1))


def list_staffing_warnings(caller: Caller, unit: UnitId, query: PageQuery) -> WarningPage:
    """What is wrong with the staffing of a page of the unit's activities that are not over. Four round
    trips: the caller's duties, the page, its duties and certifications (one per hundred), the audit row.
    """
    require_staff(caller, "organisation:read_staff", unit)
    found, cursor = _page(caller, unit, query, "warnings", ended=False)
    parts = [part for activity in found for part in activity.teachers]
    duties, held = fetch(
        duties_store.wanted_duties([part.duty for part in parts]),
        duties_store.wanted_certifications([part.person for part in parts]),
    )
    record_read(Trace(caller.person_id, "list_staffing_warnings", unit, changes=f"{len(found)} activities"))
    warned = [warning for activity in found for warning in rules.warnings(activity, duties, held)]
    views = [WarningView(activity=w.activity, kind=w.kind, duty=w.duty, person=w.person) for w in warned]
    return WarningPage(data=views, cursor=cursor)


def list_workload(caller: Caller, unit: UnitId, query: WorkloadQuery) -> WorkloadPage:
    """Planned minutes against what each duty holds. Four round trips: the caller's duties, the page, names
    and parts in activities, the audit row.
    """
    require_staff(caller, "organisation:read_staff", unit)
    year = _year(query.school_year)
    bound = caller.seal, "workload", unit, str(year)
    found, cursor = duties_store.page_of_duties(unit, year.start, query.cursor, query.limit, *bound)
    people = [duty.person for duty in found]
    names, taught = fetch(register.wanted_names(people), store.wanted_taught(people))
    record_read(Trace(caller.person_id, "list_workload", unit, changes=f"{len(found)} duties"))
    views = [_workload(d, taught[d.person], year, names.get(d.person)) for d in found if d.start <= year.end]
    return WorkloadPage(school_year=str(year), rules=_rules(year), data=views, cursor=cursor)


def read_my_staffing(caller: Caller, school_year: str | None) -> MyStaffing:
    """One's own duties, certification, workload and activities. Four round trips."""
    me, year = caller.person_id, _year(school_year)
    guard.require(caller, "organisation:read_own_staffing", guard.Person(me))
    duties = [
        d for d in duties_store.records_of(me) if d.start <= year.end and (d.end or year.end) >= year.start
    ]
    held = duties_store.find_certification(me)
    names, taught = fetch(register.wanted_names([me]), store.wanted_taught([me]))
    mine = [part for part in taught[me] if part.minutes_in(year) or part.start <= year.end]
    (activities,) = fetch(store.wanted_activities([part.activity for part in mine]))
    return MyStaffing(
        school_year=str(year), rules=_rules(year), certification=certification_view(me, held),
        duties=[duty_view(duty) for duty in duties],
        workload=[_workload(duty, taught[me], year, names.get(me), own=True) for duty in duties],
        activities=[_taught(part, activities) for part in mine],
    )  # fmt: skip


def _page(
    caller: Caller, unit: UnitId, query: PageQuery, list_name: str, *, ended: bool
) -> tuple[list[ActivityRecord], str | None]:
    bound = caller.seal, list_name, unit, str(ended)
    return store.page_of_activities(unit, None if ended else today(), query.cursor, query.limit, *bound)


def _activity(unit: UnitId, id: str) -> ActivityRecord:
    activity = store.find_activity(id)
    if activity is None or activity.unit != unit:
        raise NotFound
    return activity


def _asked(id: str, unit: UnitId, new: ActivityChange) -> ActivityRecord:
    """The activity as it is to be; everything it refers to is there. Raises `UnknownReference`."""
    groups, duties, parents = fetch(
        queries.wanted_groups([GroupId(group) for group in new.groups], today()),
        duties_store.wanted_duties([part.duty for part in new.teachers]),
        store.wanted_activities([new.parent_activity] if new.parent_activity else []),
        consistent=True,
    )
    for number, group in enumerate(new.groups):
        if group not in groups or groups[group].unit != unit:
            raise rules.UnknownReference(field=f"groups.{number}", value=group)
    for number, part in enumerate(new.teachers):
        if part.duty not in duties:
            raise rules.UnknownReference(field=f"teachers.{number}.duty", value=part.duty)
    if new.parent_activity and (new.parent_activity not in parents or new.parent_activity == id):
        raise rules.UnknownReference(field="parentActivity", value=new.parent_activity)
    return _built(id, unit, new, duties)


def _built(id: str, unit: UnitId, new: ActivityChange, duties: Mapping[str, DutyRecord]) -> ActivityRecord:
    for part in new.teachers:
        rules.require_order(part.start_date, part.end_date)
    return ActivityRecord(
        id=id, unit=unit, name=new.display_name, type=new.activity_type, start=new.start_date,
        end=new.end_date, calendar_events_required=new.calendar_events_required,
        groups=tuple(GroupId(group) for group in dict.fromkeys(new.groups)),
        teachers=tuple(
            Teaching(
                t.duty, duties[t.duty].person, t.minutes_planned, t.grader, t.start_date, t.end_date
            )
            for t in new.teachers
        ),
        minutes=new.minutes_planned, subject=new.subject, school_form=new.school_form, year=new.year,
        syllabus=new.syllabus, parent=new.parent_activity,
    )  # fmt: skip


def _workload(
    duty: DutyRecord,
    taught: Sequence[Taught],
    year: SchoolYear,
    name: PersonName | None,
    *,
    own: bool = False,
) -> WorkloadView:
    held, planned = duty.minutes_in(year), rules.planned(taught, duty.id, year)
    seen = name if name and (own or not name.protected) else None
    return WorkloadView(
        duty=duty.id, person=duty.person, duty_role=duty.duty_role,
        given_name=seen.given_name if seen else None, family_name=seen.family_name if seen else None,
        minutes_held=held, minutes_planned=planned, minutes_left=held - planned,
    )  # fmt: skip


def _taught(part: Taught, activities: Mapping[str, ActivityRecord]) -> TaughtView:
    activity = activities.get(part.activity)
    return TaughtView(
        activity=part.activity, display_name=activity.name if activity else None, unit=part.unit,
        duty=part.duty, minutes_planned=part.minutes, start_date=part.start, end_date=part.end,
    )  # fmt: skip


def _year(school_year: str | None) -> SchoolYear:
    return SchoolYear.parse(school_year) if school_year else SchoolYear.of(today())


def _rules(year: SchoolYear) -> str:
    return rules.working_time(year.start).id


def _fact(activity: ActivityRecord) -> ActivityChanged:
    return ActivityChanged(activity=activity.id, unit=activity.unit)


def _view(activity: ActivityRecord) -> ActivityView:
    return ActivityView(
        id=activity.id, organisation=activity.unit, display_name=activity.name,
        activity_type=activity.type, start_date=activity.start, end_date=activity.end,
        calendar_events_required=activity.calendar_events_required, groups=list(activity.groups),
        teachers=[
            TeachingShape(
                duty=t.duty, minutes_planned=t.minutes, grader=t.grader, start_date=t.start, end_date=t.end
            )
            for t in activity.teachers
        ],
        minutes_planned=activity.minutes, subject=activity.subject, school_form=activity.school_form,
        year=activity.year, syllabus=activity.syllabus, parent_activity=activity.parent,
        version=activity.version or 1,
    )  # fmt: skip
