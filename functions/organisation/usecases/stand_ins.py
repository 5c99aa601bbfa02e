"""A principal delegates, the office appoints substitutes, and both take back (process 36, skollagen 2:10)."""

from __future__ import annotations

import json
from datetime import date, datetime

from functions.access import guard
from functions.access.guard import Duty
from functions.organisation import queries
from functions.organisation.domain import stand_ins as rules
from functions.organisation.domain.stand_ins import Delegation, Substitution
from functions.organisation.events import (
    DelegationGiven,
    DelegationRevoked,
    SubstituteAppointed,
    SubstitutionRevoked,
)
from functions.organisation.schemas.stand_ins import (
    DelegationView,
    NewDelegation,
    NewSubstitution,
    SubstitutionView,
)
from functions.organisation.store import stand_ins as stand_ins_store
from functions.register import queries as register
from skolkit.audit import Trace
from skolkit.clock import now, stamp, today
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.idempotency import RequestKey
from skolkit.identity import Caller
from skolkit.table import commit, fetch
from skolkit.types import GroupId, LessonId, PersonId, UnitId, new_id


def delegate(
    caller: Caller, unit: UnitId, employee: PersonId, new: NewDelegation, key: RequestKey
) -> DelegationView:
    """Let an employee act in the principal's stead. Three round trips: the caller's duties, the employee's,
    commit.
    """
    own = [duty for duty in queries.duties_of(caller.person_id) if duty == Duty("principal", unit)]
    guard.require(caller, "organisation:delegate", guard.Unit(unit), own)
    draft = Delegation(
        id=new_id(), unit=unit, by=caller.person_id, to=employee, actions=frozenset(new.actions),
        basis=new.basis, start=new.start_date, end=new.end_date, rules=rules.RULES.id,
    )  # fmt: skip
    may = {action for action in new.actions if guard.could(caller, action, unit, own)}
    given = rules.delegate(draft, may, employed=_works_at(employee, unit))
    fact = DelegationGiven(
        delegation=given.id, unit=unit, delegator=given.by, employee=employee, first=given.start,
        last=given.end,
    )  # fmt: skip
    said = {"delegation": given.id, "actions": sorted(given.actions), "until": given.end.isoformat()}
    view = _delegation_view(given, 1)
    commit(
        stand_ins_store.delegation_item(given),
        facts=[fact],
        trace=Trace(caller.person_id, "delegate", employee, given.basis, json.dumps(said)),
        once=key.once(view.model_dump_json(by_alias=True)),
    )
    return view


def revoke_delegation(caller: Caller, unit: UnitId, employee: PersonId, id: str, version: int) -> None:
    """Take a delegation back from today on. Three round trips: duties, the delegation, commit."""
    guard.require(caller, "organisation:delegate", guard.Unit(unit), queries.duties_of(caller.person_id))
    found = stand_ins_store.find_delegation(employee, id)
    if found is None or found[0].unit != unit or found[0].ended:
        raise NotFound
    _same(found[1], version)
    ended = found[0].revoked(today())
    commit(
        stand_ins_store.delegation_item(ended, version),
        facts=[DelegationRevoked(delegation=id, unit=unit, employee=employee)],
        trace=Trace(caller.person_id, "revoke_delegation", employee, changes=_ended(id, today())),
    )


def appoint_substitute(
    caller: Caller, unit: UnitId, employee: PersonId, new: NewSubstitution, key: RequestKey
) -> SubstitutionView:
    """Let somebody teach in a teacher's stead. Five round trips: duties, the substitute's name, the replaced
    one's duties, the group, commit.
    """
    _require_office(caller, unit)
    _known(unit, employee, new.group)
    draft = Substitution(
        id=new_id(), unit=unit, to=employee, replaces=PersonId(new.replaces),
        group=GroupId(new.group) if new.group else None, lesson=LessonId(new.lesson) if new.lesson else None,
        start=new.start_time, end=new.end_time,
    )  # fmt: skip
    given = rules.substitute(draft, employed=_works_at(draft.replaces, unit))
    view = _substitution_view(given, 1)
    fact = SubstituteAppointed(
        substitution=given.id, unit=unit, employee=employee, replaces=given.replaces, group=given.group,
        lesson=given.lesson, start=given.start, end=given.end,
    )  # fmt: skip
    said = {"substitution": given.id, "replaces": given.replaces, "until": stamp(given.end)}
    commit(
        stand_ins_store.substitution_item(given),
        facts=[fact],
        trace=Trace(caller.person_id, "appoint_substitute", employee, changes=json.dumps(said)),
        once=key.once(view.model_dump_json(by_alias=True)),
    )
    return view


def revoke_substitution(caller: Caller, unit: UnitId, employee: PersonId, id: str, version: int) -> None:
    """End a substitution now. Three round trips: duties, the substitution, commit."""
    _require_office(caller, unit)
    found = stand_ins_store.find_substitution(employee, id)
    if found is None or found[0].unit != unit or found[0].ended:
        raise NotFound
    _same(found[1], version)
    commit(
        stand_ins_store.substitution_item(found[0].revoked(now()), version),
        facts=[SubstitutionRevoked(substitution=id, unit=unit, employee=employee)],
        trace=Trace(caller.person_id, "revoke_substitution", employee, changes=_ended(id, now())),
    )


def _require_office(caller: Caller, unit: UnitId) -> None:
    duties = queries.duties_of(caller.person_id)
    guard.require(caller, "organisation:appoint_substitute", guard.Unit(unit), duties)


def _works_at(person: PersonId, unit: UnitId) -> bool:
    held = stand_ins_store.history_of(person)
    return any(span.duty.unit == unit and span.covers(today()) for span in held)


def _known(unit: UnitId, employee: PersonId, group: str | None) -> None:
    """The substitute is in the register, and the group is the unit's."""
    (names,) = fetch(register.wanted_names([employee]))
    record = queries.group(GroupId(group), today()) if group else None
    if employee not in names or (group and (record is None or record.unit != unit)):
        raise NotFound


def _same(stored: int, version: int) -> None:
    if stored != version:
        raise ChangedMeanwhile(field="If-Match", value=version)


def _ended(id: str, at: date | datetime) -> str:
    return json.dumps({"id": id, "ended": [None, at.isoformat()]})


def _delegation_view(one: Delegation, version: int) -> DelegationView:
    return DelegationView(
        id=one.id, unit=one.unit, delegator=one.by, employee=one.to, actions=sorted(one.actions),
        basis=one.basis, start_date=one.start, end_date=one.end, version=version,
    )  # fmt: skip


def _substitution_view(one: Substitution, version: int) -> SubstitutionView:
    return SubstitutionView(
        id=one.id, unit=one.unit, employee=one.to, replaces=one.replaces, group=one.group, lesson=one.lesson,
        start_time=one.start, end_time=one.end, version=version,
    )  # fmt: skip
