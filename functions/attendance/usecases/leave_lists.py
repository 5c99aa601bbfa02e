"""Leave as it is looked at (process 22): a pupil's applications, what waits at a unit and is reminded of, and
what a unit has chosen.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from functions.access import guard
from functions.attendance.domain import leave as rules
from functions.attendance.domain.leave import Decision, Leave, LeaveId, LeaveSettings
from functions.attendance.events import MergeTold, MessageDue
from functions.attendance.schemas.common import PageQuery
from functions.attendance.schemas.leave import (
    DecisionView,
    LeavePage,
    LeaveSettingsBody,
    LeaveSettingsView,
    LeaveView,
    WaitingLeave,
    WaitingPage,
)
from functions.attendance.store import leave as store
from functions.attendance.store.leave import Waiting
from functions.attendance.usecases.leave import find_leave, school_days, state_view, taken
from functions.organisation import queries as organisation
from functions.register import queries as register
from functions.register.queries import PersonName, PupilRecord
from skolkit.audit import Trace, record_read
from skolkit.clock import today
from skolkit.errors import ChangedMeanwhile, NotFound, Text
from skolkit.identity import Caller
from skolkit.table import AlreadyDone, Once, Overwrite, commit, fetch
from skolkit.types import PersonId, UnitId, stable_id


def list_leaves(caller: Caller, pupil: PersonId, query: PageQuery) -> LeavePage:
    """A pupil's applications, newest first. Three round trips for the home, six for staff."""
    record = _require_reader(caller, pupil)
    found, cursor = store.leaves(record.records, query.limit, query.cursor, caller.seal)
    record_read(Trace(caller.person_id, "list_leaves", pupil))
    return LeavePage(data=[state_view(one) for one in found], cursor=cursor)


def read_leave(caller: Caller, pupil: PersonId, id: LeaveId) -> LeaveView:
    """An application with what is needed to decide on it. Seven round trips for the home, three more for
    staff.
    """
    record = _require_reader(caller, pupil)
    one = find_leave(record, id)
    view = _view(one, record)
    record_read(Trace(caller.person_id, "read_leave", pupil, changes=str(id)))
    return view


def _require_reader(caller: Caller, pupil: PersonId) -> PupilRecord:
    """The pupil, if the caller reads or decides on the pupil's leave; `NotFound` otherwise."""
    record = register.pupil(pupil)
    if record is None:
        raise NotFound
    around, duties = organisation.Around(()), tuple[guard.Duty, ...]()
    if caller.person not in {record.id, *record.guardians}:
        around = organisation.staff_around(record.id, today())
        duties = organisation.duties_of(caller.person_id)
    facts = register.facts_of(record, around)
    if not guard.allowed(caller, "attendance:read_leave", facts, duties):
        guard.require(caller, "attendance:decide_leave", facts, duties)
    return record


def _view(one: Leave, record: PupilRecord) -> LeaveView:
    others = {id: t for id, t in taken(store.leaves_of(record.records)).items() if id != one.id}
    is_school_day = school_days(record.unit or one.unit)
    row = rules.in_a_row(one.asked, [t.span for t in others.values()], is_school_day)
    made = [d for d in store.decisions(one) if one.state != "takingEffect" or d.number < one.decisions]
    settings = store.settings_of(record.unit or one.unit, organisation.MUNICIPALITY)
    return LeaveView(
        **state_view(one).model_dump(),
        words=one.words,
        awaits=list(one.awaits),
        agreed=list(one.agreed),
        used_days=rules.used_days(one.asked, others.values(), is_school_day),
        days_in_a_row=row,
        principal_only=row > min(rules.RULES.delegable, settings.delegable),
        decisions=[_decision_view(decision) for decision in made],
    )


def _decision_view(one: Decision) -> DecisionView:
    return DecisionView(
        number=one.number, outcome=one.outcome, start_date=one.span.first, end_date=one.span.last,
        days=one.days, days_in_a_row=one.in_a_row, used_days=one.used, ground=one.ground,
        motivation=one.motivation, appeal=one.appeal.sv, appeal_en=one.appeal.en, decided_by=one.by.person,
        role=one.by.role, delegation=one.by.delegation, decided_timestamp=one.at, rules=one.rules,
        settings=one.settings,
    )  # fmt: skip


# What waits at a unit


def list_waiting_leaves(caller: Caller, unit: UnitId, query: PageQuery) -> WaitingPage:
    """What waits for a decision at a unit; nothing of protected pupils but to their own. Four round trips,
    and one per protected pupil.
    """
    duties = organisation.duties_of(caller.person_id)
    guard.require(caller, "attendance:decide_leave", guard.Unit(unit), duties)
    found, cursor = store.waiting_at(unit, query.limit, query.cursor, caller.seal)
    names: dict[PersonId, PersonName]
    (names,) = fetch(register.wanted_names([row.pupil for row in found]))
    none = frozenset[PersonId]()
    names = register.shown_names(caller, names, teachers=none, mentors=none, duties=duties)
    record_read(Trace(caller.person_id, "list_waiting_leaves", unit))
    rows = [_waiting(row, names[row.pupil]) for row in found if row.pupil in names]
    return WaitingPage(data=rows, cursor=cursor)


def _waiting(row: Waiting, name: PersonName) -> WaitingLeave:
    return WaitingLeave(
        id=row.leave, student=row.pupil, given_name=name.given_name, family_name=name.family_name,
        start_date=row.asked.first, end_date=row.asked.last, days=row.days, waiting_since=row.since,
    )  # fmt: skip


def remind_of_leave() -> None:
    """Remind those who decide, at every unit with school today, once a day however often it runs."""
    for unit in organisation.units():
        waiting = [row for row in store.all_waiting_at(unit.id) if not _moved(unit.id, row)]
        if waiting:
            _remind(unit.id, waiting, today())


def _remind(unit: UnitId, waiting: list[Waiting], day: date) -> None:
    is_school_day = school_days(unit)
    after = store.settings_of(unit, organisation.MUNICIPALITY).remind_after
    due = [row for row in waiting if rules.is_due(row.since, day, after, is_school_day)]
    deciders = _deciders_at(unit, day) if due else []
    if not deciders:
        return
    id = stable_id("leave-reminder", unit, day.isoformat())
    values = {"count": str(len(due)), "days": str(after)}
    message = MessageDue(id=id, recipients=deciders, template="leave_reminder", values=values)
    try:
        commit(facts=[message], once=Once(f"MESSAGE#{id}"))
    except AlreadyDone:
        return


def _deciders_at(unit: UnitId, day: date) -> list[PersonId]:
    """The unit's principals, and those to whom they have delegated leave. A round trip per 100 duties."""
    found, cursor = dict[PersonId, None](), None
    while True:
        rows, cursor = organisation.held_at(unit, cursor, 100, "remind_of_leave")
        for row in rows:
            match row.what:
                case guard.Duty("principal"):
                    decides = True
                case organisation.Delegation() as given:
                    decides = "attendance:decide_leave" in given.actions
                case _:
                    decides = False
            if decides and row.start[:10] <= day.isoformat():
                found[row.person] = None
        if cursor is None:
            return list(found)[:100]


def _moved(unit: UnitId, row: Waiting) -> bool:
    """Whether a pupil has another unit since the application, which then waits there. Two round trips."""
    record = register.present(row.pupil)
    if record is None or record.unit in (None, unit):
        return False
    old = find_leave(record, row.leave)
    one = replace(old, unit=record.unit or unit)
    try:
        commit(
            store.leave_item(one), *store.waiting_writes(old, one, record.id),
            trace=Trace("system:remind_of_leave", "move_leave", record.id, changes=str(one.id)),
        )  # fmt: skip
    except ChangedMeanwhile:
        return False  # somebody decides just now
    return True


def readdress(told: MergeTold) -> None:
    """Let what waits of a closed record be found under the kept one, or again under its own."""
    (mine,) = store.leaves_of([told.merged])
    owner = told.kept if told.merged in register.records_of(told.kept) else told.merged
    for id, one in mine.taken.items():
        leave = None if one.granted else store.leave(told.merged, id)
        if leave and store.waiting_of(leave) not in (None, owner):
            commit(
                store.leave_item(leave), Overwrite(store.waiting_item(leave.unit, leave, owner)),
                trace=Trace("system:follow_merge", "follow_merge", owner, changes=str(id)),
            )  # fmt: skip


# What a unit has chosen


def read_leave_settings(caller: Caller, unit: UnitId) -> LeaveSettingsView:
    """What holds at a unit. Three round trips."""
    _require_settings(caller, unit)
    return _settings_view(unit, store.settings_of(unit, organisation.MUNICIPALITY))


def change_leave_settings(
    caller: Caller, unit: UnitId, body: LeaveSettingsBody, version: int
) -> LeaveSettingsView:
    """Choose for a unit, or for the municipality. Five round trips."""
    _require_settings(caller, unit)
    if store.settings_of(unit).version != version:
        raise ChangedMeanwhile(field="If-Match", value=version)
    new = LeaveSettings(
        both_guardians=body.both_guardians, delegable=body.delegable_days, version=version,
        remind_after=body.remind_after_days, id=f"{unit}/{version + 1}",
        appeal=Text(body.appeal or rules.APPEAL.sv, body.appeal_en or body.appeal or rules.APPEAL.en),
    )  # fmt: skip
    changes = f"{new.both_guardians} {new.delegable} {new.remind_after}"
    trace = Trace(caller.person_id, "change_leave_settings", unit, changes=changes)
    commit(store.settings_item(unit, new), trace=trace)
    return _settings_view(unit, replace(new, version=version + 1))


def _require_settings(caller: Caller, unit: UnitId) -> None:
    duties = organisation.duties_of(caller.person_id)
    guard.require(caller, "attendance:edit_leave_settings", guard.Unit(unit), duties)
    if unit != organisation.MUNICIPALITY and organisation.unit(unit) is None:
        raise NotFound


def _settings_view(unit: UnitId, one: LeaveSettings) -> LeaveSettingsView:
    own = one.id.startswith(f"{unit}/")
    return LeaveSettingsView(
        unit=unit, both_guardians=one.both_guardians, delegable_days=one.delegable,
        remind_after_days=one.remind_after, appeal=one.appeal.sv, appeal_en=one.appeal.en,
        settings=one.id, version=one.version if own else 0,
    )  # fmt: skip
