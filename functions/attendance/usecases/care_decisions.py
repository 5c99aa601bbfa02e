"""What staff decides about care (process 25): homes' requests, allowed time, a unit's choices."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from functions.access import guard
from functions.attendance.domain import care as rules
from functions.attendance.domain import care_refusals as refusals
from functions.attendance.domain.care import Allowance, Settings, State
from functions.attendance.events import MergeTold, MessageDue
from functions.attendance.schemas.care import (
    AllowanceView,
    AskedPage,
    AskedRow,
    CareDecision,
    CareSettings,
    CareSettingsView,
    DecisionView,
    NewAllowance,
)
from functions.attendance.schemas.common import PageQuery
from functions.attendance.store import care as store
from functions.attendance.store import care_units as unit_store
from functions.attendance.store import shown
from functions.attendance.usecases.care import (
    Child,
    answered_schedule,
    require_child,
    require_schedule_apart,
    with_schedule,
)
from functions.attendance.usecases.care_day import require_department
from functions.attendance.usecases.care_views import allowance_view
from functions.organisation import queries as organisation
from functions.register import queries as register
from skolkit.audit import Trace, record_read
from skolkit.clock import today
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.idempotency import RequestKey
from skolkit.identity import Caller
from skolkit.retry import persist
from skolkit.table import Remove, commit, fetch
from skolkit.types import GroupId, PersonId, UnitId, stable_id


def decide_care(caller: Caller, id: PersonId, body: CareDecision, key: RequestKey) -> DecisionView:
    """Answer a home's request; the home is told. Seven round trips for staff: the child (5), what is said,
    one transaction, and one more for a schedule: the unit.
    """
    child = require_child(caller, "attendance:decide_care", id)
    if (body.schedule is None) == (body.day is None or body.owner is None):
        raise refusals.NothingAsked(field="schedule")
    state: State = "Godkänt" if body.approved else "Nekat"
    if body.schedule:
        persist(lambda: _decide_schedule(caller, child, str(body.schedule), state, key))
    else:
        persist(lambda: _decide_day(caller, child, body, state, key))
    return DecisionView(state=state)


def _decide_schedule(caller: Caller, child: Child, id: str, state: State, key: RequestKey) -> None:
    care = child.care(today())
    own = store.read_child(child.record.id, today()).plan if child.record.also else care.plan
    asked = next((s for s in own.schedules if s.id == id and s.state == "Begärt"), None)
    if asked is None or asked.end < today():
        raise refusals.NothingAsked(field="schedule", value=id)
    decided = replace(asked, state=state, version=asked.version + 1)
    if state == "Godkänt":
        unit = unit_store.read_unit(asked.unit)
        require_schedule_apart(with_schedule(care.plan, decided), care, unit, decided)
    commit(
        store.plan_item(with_schedule(own, decided), today()),
        *shown.schedule_writes(child.record.id, asked, decided),
        *answered_schedule(asked, child.record.id),
        facts=[_told(child, asked.owner, asked.start, state, f"{id}:{asked.version}")],
        trace=Trace(caller.person_id, "decide_care", child.record.id, state, id),
        once=key.once(DecisionView(state=state).model_dump_json(by_alias=True)),
    )


def _decide_day(caller: Caller, child: Child, body: CareDecision, state: State, key: RequestKey) -> None:
    day, owner = body.day or today(), PersonId(body.owner or "")
    changes, version = store.read_child(child.record.id, day).days.get(day, ({}, 0))
    asked = changes.get(owner)
    if asked is None or asked.state != "Begärt" or day < today():
        raise refusals.NothingAsked(field="date", value=day.isoformat())
    decided = {**changes, owner: replace(asked, state=state)}
    commit(
        store.care_day_item(child.record.id, day, decided, version),
        Remove(unit_store.asked_item(asked.unit, day, child.record.id, owner, None)),
        facts=[_told(child, owner, day, state, f"{child.record.id}:{day}:{version}")],
        trace=Trace(caller.person_id, "decide_care", child.record.id, state, day.isoformat()),
        once=key.once(DecisionView(state=state).model_dump_json(by_alias=True)),
    )


def _told(child: Child, owner: PersonId, day: date, state: State, what: str) -> MessageDue:
    return MessageDue(
        id=stable_id("care decision", what),
        recipients=[owner],
        template="care_approved" if state == "Godkänt" else "care_denied",
        about=child.record.id,
        values={"day": day.isoformat()},
    )


def list_care_requests(caller: Caller, group: GroupId, query: PageQuery) -> AskedPage:
    """What waits for an answer among a department's children, by day. Five round trips: the department,
    duties, a page of the unit's requests, names, the audit row.
    """
    department = require_department(caller, group, today())
    asked, cursor = unit_store.page_of_asked(
        department.record.unit, today(), query.limit, query.cursor, group, caller.seal
    )
    mine = [row for row in asked if row.child in department.record.members]
    (names,) = fetch(register.wanted_names(sorted({row.child for row in mine})))
    shown = department.shown(caller, names)
    record_read(Trace(caller.person_id, "list_care_requests", group))
    return AskedPage(
        data=[
            AskedRow(
                withheld=row.child not in shown,
                date=row.day,
                child=row.child if row.child in shown else None,
                owner=row.owner if row.child in shown else None,
                schedule=row.schedule if row.child in shown else None,
            )
            for row in mine
        ],
        cursor=cursor,
    )


def decide_allowance(caller: Caller, id: PersonId, new: NewAllowance, key: RequestKey) -> AllowanceView:
    """Say how much time a placement gives from a day on. Seven round trips."""
    child = require_child(caller, "attendance:decide_allowance", id)
    placement = child.placement(new.placement)
    allowance = Allowance(placement.unit, new.allowed, new.basis, new.start_date, caller.person_id)
    rules.check_allowance(allowance, placement, child.record.birth_date)
    view = allowance_view(allowance)

    def attempt() -> AllowanceView:
        plan = store.read_child(id, today()).plan
        commit(
            store.plan_item(replace(plan, allowances=(*plan.allowances, allowance)), today()),
            trace=Trace(
                caller.person_id, "decide_allowance", id, new.basis, f"{new.allowed} {new.start_date}"
            ),
            once=key.once(view.model_dump_json(by_alias=True)),
        )
        return view

    return persist(attempt)


def read_care_settings(caller: Caller, unit: UnitId) -> CareSettingsView:
    """A unit's choices. Two round trips."""
    require_unit(caller, unit)
    return _settings_view(unit_store.read_unit(unit).settings)


def change_care_settings(caller: Caller, unit: UnitId, new: CareSettings, version: int) -> CareSettingsView:
    """Change a unit's choices. Four round trips."""
    require_unit(caller, unit)
    if organisation.unit(unit) is None:
        raise NotFound
    if unit_store.read_unit(unit).settings.version != version:
        raise ChangedMeanwhile(field="If-Match", value=version)
    item = unit_store.settings_item(unit, Settings(**new.model_dump(), version=version))
    commit(item, trace=Trace(caller.person_id, "change_care_settings", unit, changes=new.model_dump_json()))
    return _settings_view(Settings(**new.model_dump(), version=version + 1))


def require_unit(caller: Caller, unit: UnitId) -> None:
    """Let the unit's office plan its care, or raise `NotFound`. One round trip."""
    guard.require(caller, "attendance:plan_care", guard.Unit(unit), organisation.duties_of(caller.person_id))


def _settings_view(s: Settings) -> CareSettingsView:
    return CareSettingsView(
        approval=s.approval,
        change_lead_days=s.change_lead_days,
        schedule_lead_days=s.schedule_lead_days,
        children_per_staff=s.children_per_staff,
        late_minutes=s.late_minutes,
        unanswered=s.unanswered,
        reminder_days=s.reminder_days,
        version=s.version,
    )


def follow_merge(told: MergeTold) -> None:
    """Let the plan say which closed records of the child to read too: the same whatever order the facts come
    in, and how often. Nothing for those who have no care.
    """
    for child in (told.kept, told.merged):
        persist(lambda child=child: _note_records(child))  # type: ignore[misc]


def _note_records(child: PersonId) -> None:
    plan = store.read_child(child, today()).plan
    also = tuple(id for id in register.records_of(child) if id != child)
    known = any(store.read_child(id, date.min).plan.version for id in also)
    if plan.also == also or (plan.version is None and not known):
        return
    commit(
        store.plan_item(replace(plan, also=also), today()),
        trace=Trace("system:follow_merge", "follow_merge", child, changes="care"),
    )
