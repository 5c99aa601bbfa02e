"""Care schedules (process 25): what homes say of a child's times."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from functions.access import guard
from functions.attendance.domain import care as rules
from functions.attendance.domain import care_refusals as refusals
from functions.attendance.domain.care import (
    CARE_FORMS,
    Change,
    Entry,
    Hours,
    Placement,
    Plan,
    Schedule,
)
from functions.attendance.schemas.care import (
    CareQuery,
    CareView,
    ChangesView,
    ChildHoliday,
    NewChange,
    NewSchedule,
    PlacementView,
    ScheduleView,
)
from functions.attendance.store import care as store
from functions.attendance.store import care_units as unit_store
from functions.attendance.store import shown
from functions.attendance.store.care import ChildCare
from functions.attendance.store.care_units import UnitCare
from functions.attendance.usecases.care_views import (
    allowance_view,
    answers_view,
    change_view,
    schedule_view,
)
from functions.organisation import queries as organisation
from functions.register import queries as register
from functions.register.queries import PupilRecord
from skolkit.audit import Trace, record_read
from skolkit.clock import today
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.idempotency import RequestKey
from skolkit.identity import Caller
from skolkit.retry import persist
from skolkit.table import Overwrite, Remove, Write, commit
from skolkit.types import PersonId, UnitId, new_id

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Child:
    """A child at care, as the caller may see or change it. `staff`: who acts is not one of the guardians."""

    record: PupilRecord
    placements: tuple[Placement, ...]
    staff: bool

    def placement(self, id: str) -> Placement:
        """Raises `NotPlacedHere`."""
        found = next((p for p in self.placements if p.id == id), None)
        if found is None:
            raise refusals.NotPlacedHere(field="placement", value=id)
        return found

    def care(self, since: date) -> ChildCare:
        """What is said of the child, under closed records too. One query, and one for each of those."""
        own = store.read_child(self.record.id, since)
        for id in self.record.also:
            own = own.with_record(store.read_child(id, since))
        return own


def require_child(caller: Caller, action: guard.Action, id: PersonId) -> Child:
    """The child, if it has a placement and the caller may do `action` about it at one of its units, today's
    or coming; `NotFound` otherwise.

    Two round trips for guardians, five for staff.
    """
    record = register.pupil(id)
    known = register.pupils([id]).get(id) if record else None
    placements = placements_of(known) if known else ()
    if record is None or not placements:
        raise NotFound
    around, duties = organisation.Around(()), tuple[guard.Duty, ...]()
    staff = caller.person not in record.guardians
    if staff:
        around = organisation.staff_around(id, today())
        duties = organisation.duties_of(caller.person_id)
    facts = register.facts_of(record, around)
    if not any(
        guard.allowed(caller, action, replace(facts, unit=u), duties) for u in {p.unit for p in placements}
    ):
        raise NotFound
    return Child(record, placements, staff)


def placements_of(known: register.EnrolledPupil) -> tuple[Placement, ...]:
    """A child's places at preschool and fritidshem, today's and coming."""
    return tuple(
        Placement(e.id, e.unit, e.school_form, e.start, e.end)
        for e in known.enrolments
        if e.school_form in CARE_FORMS and not e.cancelled and (e.end is None or e.end >= today())
    )


def read_care(caller: Caller, id: PersonId, query: CareQuery) -> CareView:
    """All that is said of a child's times from a day on. Five round trips for guardians: the child (2), what
    is said, the unit, the audit row; a unit more is one more.
    """
    child = require_child(caller, "attendance:read_care", id)
    since = query.since or today()
    care = child.care(since)
    units = [unit_store.read_unit(u) for u in dict.fromkeys(p.unit for p in child.placements)]
    record_read(Trace(caller.person_id, "read_care", id))
    return CareView(
        child=id,
        placements=[
            PlacementView(id=p.id, unit=p.unit, school_type=p.form.value, start_date=p.start, end_date=p.end)
            for p in child.placements
        ],
        schedules=[schedule_view(s) for s in care.plan.schedules if s.end >= since],
        changes=[change_view(day, owner, c) for day, (found, _) in sorted(care.days.items())
                 for owner, c in found.items()],
        allowances=[allowance_view(a) for a in care.plan.allowances],
        holidays=[_holiday(care, unit, p.id) for unit in units for p in unit.periods if p.end >= since],
    )  # fmt: skip


def _holiday(care: ChildCare, unit: UnitCare, id: str) -> ChildHoliday:
    period = next(p for p in unit.periods if p.id == id)
    return ChildHoliday(
        id=id, unit=period.unit, start_date=period.start, end_date=period.end,
        last_answer_day=period.last_answer, unanswered=period.unanswered, answers=answers_view(care, id),
    )  # fmt: skip


def add_care_schedule(caller: Caller, id: PersonId, new: NewSchedule, key: RequestKey) -> ScheduleView:
    """Say a home's weeks. Five round trips for guardians: the child (2), unit, what is said, one transaction
    of five or six items.
    """
    child = require_child(caller, "attendance:edit_care", id)
    placement = child.placement(new.placement)
    unit = unit_store.read_unit(placement.unit)

    def attempt() -> ScheduleView:
        care = child.care(today())
        own = store.read_child(id, today()).plan if child.record.also else care.plan
        drawn = _schedule(new, new_id(), home_of(caller, child, care.plan, new.owner), placement)
        drawn = rules.check_schedule(drawn, placement, child.record.birth_date, today())
        drawn = replace(drawn, state=_state(child, unit, drawn))
        require_schedule_apart(added(care.plan, drawn), care, unit, drawn)
        view = schedule_view(drawn)
        commit(
            store.plan_item(added(own, drawn), today()),
            *shown.schedule_writes(id, None, drawn),
            *asking(drawn, id),
            trace=Trace(caller.person_id, "add_care_schedule", id, changes=f"{drawn.id} {drawn.state}"),
            once=key.once(view.model_dump_json(by_alias=True)),
        )
        return view

    return persist(attempt)


def added(plan: Plan, drawn: Schedule) -> Plan:
    """The plan with one more."""
    return replace(plan, schedules=(*plan.schedules, drawn))


def change_care_schedule(
    caller: Caller, id: PersonId, schedule: str, new: NewSchedule, version: int
) -> ScheduleView:
    """Change a home's weeks before they begin, or their last day after. Round trips: see adding."""
    child = require_child(caller, "attendance:edit_care", id)
    placement = child.placement(new.placement)
    unit = unit_store.read_unit(placement.unit)

    def attempt() -> ScheduleView:
        care = child.care(today())
        own = store.read_child(id, today()).plan if child.record.also else care.plan
        old = _own(caller, child, own, schedule, version)
        drawn = _schedule(new, old.id, old.owner, placement)
        drawn = rules.changed_schedule(old, drawn, placement, child.record.birth_date, today())
        shorter = old.start <= today() and drawn.end <= old.end
        drawn = replace(drawn, state=old.state if shorter else _state(child, unit, drawn))
        require_schedule_apart(with_schedule(care.plan, drawn), care, unit, drawn)
        commit(
            store.plan_item(with_schedule(own, drawn), today()),
            *shown.schedule_writes(id, old, drawn),
            *answered_schedule(old, id),
            *asking(drawn, id),
            trace=Trace(caller.person_id, "change_care_schedule", id, changes=f"{drawn.id} {drawn.state}"),
        )
        return schedule_view(drawn)

    return persist(attempt)


def withdraw_care_schedule(caller: Caller, id: PersonId, schedule: str, version: int) -> None:
    """Take a home's weeks back before they begin. Five round trips for guardians."""
    child = require_child(caller, "attendance:edit_care", id)

    def attempt() -> None:
        care = child.care(today())
        own = store.read_child(id, today()).plan if child.record.also else care.plan
        old = _own(caller, child, own, schedule, version)
        if old.start <= today():
            raise refusals.ScheduleBegun(field="startDate", value=old.start.isoformat())
        require_schedule_apart(without(care.plan, old), care, unit_store.read_unit(old.unit), old)
        commit(
            store.plan_item(without(own, old), today()),
            *shown.schedule_writes(id, old, None),
            *answered_schedule(old, id),
            trace=Trace(caller.person_id, "withdraw_care_schedule", id, changes=schedule),
        )

    persist(attempt)


def without(plan: Plan, old: Schedule) -> Plan:
    """The plan without one."""
    return replace(plan, schedules=tuple(s for s in plan.schedules if s.id != old.id))


def change_care_days(caller: Caller, id: PersonId, new: NewChange, key: RequestKey) -> ChangesView:
    """Other hours, away or on holiday for a home's single days, or a change taken back. Five round trips for
    guardians; one transaction of an item per day, and one more per day that waits.
    """
    child = require_child(caller, "attendance:edit_care", id)
    placement = child.placement(new.placement)
    unit = unit_store.read_unit(placement.unit)
    days = rules.check_days(new.start_date, new.end_date, today())
    hours = tuple(sorted(Hours(h.start_time, h.end_time) for h in new.hours))
    rules.require_hours(hours)
    if (new.kind == "hours") != bool(hours):
        raise refusals.UnfitHours(field="hours")

    def attempt() -> ChangesView:
        care = child.care(today())
        own = store.read_child(id, today()) if child.record.also else care
        owner = home_of(caller, child, care.plan, new.owner)
        change = _change_of(child, care, unit, placement.unit, owner, new, hours)
        after = {day: _with_change(care, day, owner, change(day)) for day in days}
        changed = replace(care, days={**care.days, **{day: (found, 0) for day, found in after.items()}})
        _require_apart(changed.plan, changed, unit, days)
        data = [change_view(d, owner, found[owner]) for d, found in after.items() if owner in found]
        view = ChangesView(data=data)
        commit(
            *(write for day in days for write in _day_writes(id, own, day, owner, after[day])),
            trace=Trace(caller.person_id, "change_care_days", id, new.kind, f"{days[0]}–{days[-1]}"),
            once=key.once(view.model_dump_json(by_alias=True)),
        )
        return view

    return persist(attempt)


def _change_of(
    child: Child,
    care: ChildCare,
    unit: UnitCare,
    place: UnitId,
    owner: PersonId,
    new: NewChange,
    hours: tuple[Hours, ...],
) -> Callable[[date], Change | None]:
    """What the home says of a day, None for what is scheduled; what gives more time may have to wait."""

    def of(day: date) -> Change | None:
        if new.kind == "asScheduled":
            return None
        said = care.said(day, unit.period_of(day))
        before = rules.hours_of(care.plan, said, owner, place, day)
        state = rules.state_of_change(unit.settings, new.kind, hours, before, day, today())
        return Change(new.kind, hours, "Godkänt" if child.staff else state, place)

    return of


def _with_change(
    care: ChildCare, day: date, owner: PersonId, change: Change | None
) -> dict[PersonId, Change]:
    others = {o: c for o, c in care.days.get(day, ({}, 0))[0].items() if o != owner}
    return others if change is None else {**others, owner: change}


def _day_writes(
    id: PersonId, own: ChildCare, day: date, owner: PersonId, after: dict[PersonId, Change]
) -> Iterable[Write]:
    before, version = own.days.get(day, ({}, 0))
    if after == before:
        return
    yield store.care_day_item(id, day, after, version or None)
    old, new = before.get(owner), after.get(owner)
    if new and new.state == "Begärt":
        yield Overwrite(unit_store.asked_item(new.unit, day, id, owner, None))
    elif old and old.state == "Begärt":
        yield Remove(unit_store.asked_item(old.unit, day, id, owner, None))


def _schedule(new: NewSchedule, id: str, owner: PersonId, placement: Placement) -> Schedule:
    return Schedule(
        id=id,
        owner=owner,
        placement=placement.id,
        unit=placement.unit,
        start=new.start_date,
        end=new.end_date,
        weeks=new.number_of_weeks,
        entries=tuple(
            sorted(Entry(e.week, e.week_day, Hours(e.start_time, e.end_time)) for e in new.schedule_entries)
        ),
        by_week_number=new.by_week_number,
        shared=new.shared,
    )


def _state(child: Child, unit: UnitCare, drawn: Schedule) -> rules.State:
    if child.staff:
        return "Godkänt"
    lead = unit.settings.schedule_lead_days
    return rules.state_of_new(unit.settings, lead, drawn.start, today())


def home_of(caller: Caller, child: Child, plan: Plan, owner: str | None) -> PersonId:
    """Whose times the caller says: see `rules.home_of`."""
    wanted = PersonId(owner) if owner else None
    return rules.home_of(plan, caller.person_id, wanted, child.record.guardians, staff=child.staff)


def _own(caller: Caller, child: Child, plan: Plan, id: str, version: int) -> Schedule:
    """A schedule that the caller may change, in the version read."""
    found = next((s for s in plan.schedules if s.id == id and s.state != "Nekat"), None)
    if found is None:
        raise NotFound
    home_of(caller, child, plan, found.owner)
    if found.version != version:
        raise ChangedMeanwhile(field="If-Match", value=version)
    return found


def with_schedule(plan: Plan, changed: Schedule) -> Plan:
    """The plan with one of its schedules changed."""
    return replace(plan, schedules=tuple(changed if s.id == changed.id else s for s in plan.schedules))


def _require_apart(plan: Plan, care: ChildCare, unit: UnitCare, days: Iterable[date]) -> None:
    """The homes do not overlap on any of the days, as the plan would be."""
    days = list(days)
    special = [day for day in days if day in care.days or unit.period_of(day)]
    rules.require_apart(plan, {day: care.said(day, unit.period_of(day)) for day in special}, days)


def require_schedule_apart(plan: Plan, care: ChildCare, unit: UnitCare, drawn: Schedule) -> None:
    """As the plan would be, the homes do not overlap on any coming day of a schedule."""
    _require_apart(plan, care, unit, rules.days_between(max(drawn.start, today()), drawn.end))


def require_answers_apart(care: ChildCare, unit: UnitCare, days: Iterable[date]) -> None:
    """The homes' answers for a holiday do not overlap."""
    _require_apart(care.plan, care, unit, days)


def asking(drawn: Schedule, child: PersonId) -> list[Write]:
    """The row of a schedule that waits for an answer."""
    if drawn.state != "Begärt":
        return []
    return [Overwrite(unit_store.asked_item(drawn.unit, drawn.start, child, drawn.owner, drawn.id))]


def answered_schedule(old: Schedule, child: PersonId) -> list[Write]:
    """Take away the row of one that waited."""
    if old.state != "Begärt":
        return []
    return [Remove(unit_store.asked_item(old.unit, old.start, child, old.owner, old.id))]
