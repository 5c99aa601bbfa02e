"""Leave (process 22): apply, let the other guardian answer, decide, give up, and let the pupil's days say so.

A decision, the list it leaves and the days it marks are one transaction. A leave of more than `MARKS` days
says `takingEffect`, and nothing of its decision, until every day is marked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any, NamedTuple, TypeVar

from functions.access import guard
from functions.attendance import store
from functions.attendance.domain import leave as rules
from functions.attendance.domain import leave_refusals as refusals
from functions.attendance.domain.absence import Reason, Span
from functions.attendance.domain.leave import (
    Decider,
    Decision,
    IsSchoolDay,
    Leave,
    LeaveId,
    State,
    Taken,
    Verdict,
)
from functions.attendance.events import (
    LeaveApplied,
    LeaveDecided,
    LeaveTakesEffect,
    LeaveWithdrawn,
    MessageDue,
)
from functions.attendance.schemas.leave import LeaveAnswer, LeaveState, NewDecision, NewLeave
from functions.attendance.store import leave as leaves_store
from functions.attendance.store import shown
from functions.attendance.store.leave import Leaves
from functions.organisation import queries as organisation
from functions.register import queries as register
from functions.register.queries import PupilRecord
from skolkit.audit import Trace
from skolkit.clock import now, today
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.events import Fact
from skolkit.idempotency import RequestKey
from skolkit.identity import Caller
from skolkit.retry import persist
from skolkit.sweden.calendar import SchoolYear
from skolkit.table import Item, Write, chunks, commit
from skolkit.types import NoticeId, PersonId, UnitId, new_id, stable_id

MARKS = 80  # days in one transaction, beside the application, its decision, lists, facts and audit row
T = TypeVar("T")


class Relation(NamedTuple):
    """A pupil, and what the caller holds at the pupil's unit (nothing for the home)."""

    record: PupilRecord
    offices: organisation.Offices


def apply_for_leave(caller: Caller, id: PersonId, new: NewLeave, key: RequestKey) -> LeaveState:
    """Apply for leave. Five round trips: pupil, settings, the pupil's leave, calendar, commit."""
    record = register.require_pupil(caller, "attendance:apply_for_leave", id)
    return persist(lambda: _apply(caller, record, new, key))


def _apply(caller: Caller, record: PupilRecord, new: NewLeave, key: RequestKey) -> LeaveState:
    if record.unit is None:
        raise NotFound
    settings = leaves_store.settings_of(record.unit, organisation.MUNICIPALITY)
    known = leaves_store.leaves_of(record.records)
    draft = _draft(caller, record, new, both=settings.both_guardians)
    one = rules.apply(draft, taken(known), today(), school_days(record.unit))
    view = state_view(replace(one, version=1))
    commit(
        leaves_store.leave_item(one),
        *leaves_store.waiting_writes(None, one, record.id),
        *leaves_store.leaves_items(known, one, today()),
        facts=[_applied(one), *_consent_due(one)],
        trace=Trace(caller.person_id, "apply_for_leave", record.id, changes=str(one.id)),
        once=key.once(view.model_dump_json(by_alias=True)),
    )
    return view


def _draft(caller: Caller, record: PupilRecord, new: NewLeave, *, both: bool) -> Leave:
    others = record.guardians - {caller.person_id} if both else frozenset[PersonId]()
    return Leave(
        id=LeaveId(new_id()), pupil=record.id, unit=record.unit or UnitId(""), purpose=new.purpose,
        asked=Span(new.start_date, new.end_date, new.start_time, new.end_time), words=new.words,
        applicant=caller.person_id, applied=now(), touched=today(), days=0, awaits=tuple(sorted(others)),
    )  # fmt: skip


def answer_leave(
    caller: Caller, pupil: PersonId, id: LeaveId, answer: LeaveAnswer, key: RequestKey
) -> LeaveState:
    """The other guardian agrees or not. Four round trips: pupil, application, the pupil's leave, commit."""
    record = register.require_pupil(caller, "attendance:answer_leave", pupil)
    old = find_leave(record, id)
    one = rules.answer(old, caller.person_id, record.guardians, today(), agrees=answer.agrees)
    known = leaves_store.leaves_of(record.records)
    view = state_view(replace(one, version=(one.version or 0) + 1))
    commit(
        leaves_store.leave_item(one),
        *leaves_store.waiting_writes(old, one, record.id),
        *leaves_store.leaves_items(known, one, today()),
        facts=_declined_due(one),
        trace=Trace(caller.person_id, "answer_leave", pupil, changes=f"{id} {answer.agrees}"),
        once=key.once(view.model_dump_json(by_alias=True)),
    )
    return view


def follow_custody(child: PersonId) -> None:
    """Wait no longer for the answer of somebody who has no custody any more. Two round trips, and two for
    each application that nobody has decided on.
    """
    record = register.present(child)
    if record is None:
        return
    for id, one in taken(leaves_store.leaves_of(record.records)).items():
        if not one.granted:
            persist(partial(_follow_custody, record, id))


def _follow_custody(record: PupilRecord, id: LeaveId) -> None:
    old = _found(record, id)
    one = rules.without_custody(old, record.guardians, today()) if old else None
    if old is None or one is None or one == old:
        return
    trace = Trace("system:follow_custody", "follow_custody", record.id, changes=str(id))
    asked = _consent_due(one) if {*one.awaits} - {*old.awaits} else []
    writes = leaves_store.waiting_writes(old, one, record.id)
    commit(leaves_store.leave_item(one), *writes, facts=asked, trace=trace)


def withdraw_leave(caller: Caller, pupil: PersonId, id: LeaveId, version: int) -> None:
    """Take an application back, or give granted leave up. Five round trips, and one per 100 of its days."""
    record = register.require_pupil(caller, "attendance:withdraw_leave", pupil)
    old = find_leave(record, id)
    if old.version != version:
        raise ChangedMeanwhile(field="If-Match", value=version)
    if old.state in rules.OPEN and old.applicant in record.guardians - {caller.person_id}:
        raise refusals.NotToWithdraw(field="leave")
    one = rules.withdraw(old, today())
    _settle(
        record, leaves_store.leaves_of(record.records), old, one,
        facts=[_withdrawn(old, record)],
        trace=Trace(caller.person_id, "withdraw_leave", pupil, changes=str(id)),
    )  # fmt: skip


def decide_leave(
    caller: Caller, pupil: PersonId, id: LeaveId, new: NewDecision, key: RequestKey
) -> LeaveState:
    """Decide on leave. Ten round trips, one more by delegation: the pupil, their groups (2), the caller's
    offices, application, the pupil's leave, settings, calendar, days, commit.
    """
    relation = require_decider(caller, pupil)
    return persist(lambda: _decide(caller, relation, id, new, key))


def _decide(caller: Caller, relation: Relation, id: LeaveId, new: NewDecision, key: RequestKey) -> LeaveState:
    record = relation.record
    old = find_leave(record, id)
    unit = record.unit or old.unit
    known = leaves_store.leaves_of(record.records)
    settings = leaves_store.settings_of(unit, organisation.MUNICIPALITY)
    span = Span(new.start_date, new.end_date) if new.start_date and new.end_date else None
    verdict = Verdict(new.outcome, new.ground, new.motivation, span)
    by = _decider(caller, relation)
    one, decision = rules.decide(
        replace(old, unit=unit), verdict, by, taken(known), now(), today(), school_days(unit), settings
    )
    _in_person(caller, relation, decision)
    return _settle(
        record, known, old, one, leaves_store.decision_item(one, decision),
        facts=_decided(one, record), key=key,
        trace=Trace(caller.person_id, "decide_leave", record.id, decision.ground, f"{id} {decision.outcome}"),
    )  # fmt: skip


def _settle(
    record: PupilRecord,
    known: Sequence[Leaves],
    before: Leave,
    after: Leave,
    *more: Item,
    facts: Sequence[Fact],
    trace: Trace,
    key: RequestKey | None = None,
) -> LeaveState:
    """Write what has become of a leave, with the days it marks, or the promise to mark them."""
    marks = _marks(record, after)
    if len(marks) > MARKS:
        decided = after.decisions > before.decisions
        marks, facts = [], [LeaveTakesEffect(leave=after.id, pupil=record.id, decided=decided)]
        after = replace(after, state="takingEffect", coming=after.state)
    view = state_view(replace(after, version=(before.version or 0) + 1))
    commit(
        leaves_store.leave_item(after),
        *shown.absence_writes(before.as_notice(), after.as_notice()),
        *leaves_store.waiting_writes(before, after, record.id),
        *leaves_store.leaves_items(known, after, today()),
        *marks,
        *more,
        facts=facts,
        trace=trace,
        once=key.once(view.model_dump_json(by_alias=True)) if key else None,
    )
    return view


def put_into_days(told: LeaveTakesEffect) -> None:
    """Mark the days of a long leave, some at a time, and let it hold with the last of them. Whoever takes it
    up again goes on with the days that are not marked yet.
    """
    record = register.present(told.pupil)
    one = _found(record, LeaveId(told.leave)) if record else None
    if record is None or one is None or one.coming is None:
        return
    trace = Trace("system:put_leave_into_days", "put_leave_into_days", record.id, changes=str(one.id))
    parts = list(chunks(_marks(record, one), MARKS)) or [[]]
    for some in parts[:-1]:
        commit(*some, trace=trace)
    done = replace(one, state=one.coming, coming=None)
    facts = _decided(done, record) if told.decided else [_withdrawn(one, record)]
    commit(leaves_store.leave_item(done), *parts[-1], facts=facts, trace=trace)


def _marks(record: PupilRecord, one: Leave) -> list[Write]:
    """The days that are to say that the pupil is on leave, or no longer. One batch per 100 days asked for."""
    wanted = set(rules.marked_days(one.granted)) if one.granted else set[date]()
    id, found = NoticeId(one.id), list[Write]()
    for person in record.records:
        for day in store.days_of(person, one.asked.days()):
            rest = {notice: value for notice, value in day.notices.items() if notice != id}
            mark = {id: (one.granted, Reason.LEAVE)} if one.granted and day.day in wanted else {}
            if {**rest, **mark} != day.notices:
                found.append(store.day_item(replace(day, notices={**rest, **mark}), day.unit or one.unit))
    return found


# Who may


def require_decider(caller: Caller, pupil: PersonId) -> Relation:
    """The pupil, if the caller decides on leave there, in person or by delegation; `NotFound` otherwise."""
    record = register.pupil(pupil)
    if record is None:
        raise NotFound
    facts = register.facts_of(record, organisation.staff_around(pupil, today()))
    offices = organisation.offices_of(caller.person_id)
    guard.require(caller, "attendance:decide_leave", facts, offices.duties)
    rules.check_impartial(caller.person_id, record.id, record.guardians)
    return Relation(record, offices)


def _decider(caller: Caller, relation: Relation) -> Decider:
    """As what somebody decides: as the unit's principal, or by which delegation."""
    unit, offices = relation.record.unit, relation.offices
    if {guard.Duty("principal", unit), guard.Duty("principal", None)} & set(offices.duties):
        return Decider(caller.person_id, "principal")
    by = (d.id for d in offices.delegations if d.unit == unit and "attendance:decide_leave" in d.actions)
    return Decider(caller.person_id, "delegate", next(by, None))


def _in_person(caller: Caller, relation: Relation, decision: Decision) -> None:
    """More than ten days are for those whom the policies let decide on them: the same rule once more."""
    if decision.in_a_row > rules.RULES.delegable:
        facts = register.facts_of(relation.record, organisation.Around(()))
        guard.require(caller, "attendance:decide_long_leave", facts, relation.offices.duties)


def find_leave(record: PupilRecord, id: LeaveId) -> Leave:
    """The pupil's application; `NotFound` when there is none. A get for each of the pupil's records."""
    one = _found(record, id)
    if one is None:
        raise NotFound
    return one


def _found(record: PupilRecord, id: LeaveId) -> Leave | None:
    return next((one for pupil in record.records if (one := leaves_store.leave(pupil, id))), None)


def taken(known: Iterable[Leaves]) -> dict[LeaveId, Taken]:
    """What leave and applications all records of a pupil have."""
    return {id: one for record in known for id, one in record.taken.items()}


def school_days(unit: UnitId) -> IsSchoolDay:
    """Which days are school days of the unit's calendar; a round trip per school year asked about."""
    calendars = {}

    def is_school_day(day: date) -> bool:
        year = SchoolYear.of(day)
        if year not in calendars:
            calendars[year] = organisation.calendar(unit, year)
        return calendars[year].is_school_day(day)

    return is_school_day


# What is told


def _applied(one: Leave) -> LeaveApplied:
    return LeaveApplied(
        leave=one.id, pupil=one.pupil, unit=one.unit, first_day=one.asked.first, last_day=one.asked.last
    )


def _withdrawn(one: Leave, record: PupilRecord) -> LeaveWithdrawn:
    begins = max(today(), (one.granted or one.asked).first)
    return LeaveWithdrawn(leave=one.id, pupil=record.id, unit=one.unit, from_day=begins)


def _decided(one: Leave, record: PupilRecord) -> list[Fact]:
    """That it is decided, for others and for the home."""
    span, home = one.granted or one.asked, sorted(record.guardians) or [record.id]
    outcome: Any = one.state
    decided = LeaveDecided(
        leave=one.id, pupil=record.id, unit=one.unit, outcome=outcome, first_day=span.first,
        last_day=span.last,
    )  # fmt: skip
    told = replace(one, pupil=record.id)
    return [decided, _message(f"decision-{one.decisions}", told, home, f"leave_{_TOLD[one.state]}")]


_TOLD: dict[State, str] = {"granted": "granted", "partlyGranted": "partly_granted", "refused": "refused"}


def _consent_due(one: Leave) -> list[Fact]:
    return [_message("consent", one, one.awaits, "leave_consent")] if one.awaits else []


def _declined_due(one: Leave) -> list[Fact]:
    return [_message("declined", one, [one.applicant], "leave_declined")] if one.state == "declined" else []


def _message(what: str, one: Leave, to: Sequence[PersonId], template: str) -> MessageDue:
    span = one.granted or one.asked
    return MessageDue(
        id=stable_id("leave", one.id, what), recipients=list(to), template=template, about=one.pupil,
        values={"first": span.first.isoformat(), "last": span.last.isoformat()},
    )  # fmt: skip


def state_view(one: Leave) -> LeaveState:
    """The application as it is answered; a decision that is taking effect is not told yet."""
    granted = one.granted if one.state in rules.GRANTED else None
    return LeaveState(
        id=one.id, student=one.pupil, start_date=one.asked.first, end_date=one.asked.last,
        start_time=one.asked.start, end_time=one.asked.end, purpose=one.purpose, applicant=one.applicant,
        applied_timestamp=one.applied, days=one.days, state=one.state,
        granted_start_date=granted.first if granted else None,
        granted_end_date=granted.last if granted else None, version=one.version or 1,
    )  # fmt: skip
