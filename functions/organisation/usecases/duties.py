"""Duties and certification (process 15): kept by the unit's principal and administrators."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from functions.access import guard
from functions.organisation import queries
from functions.organisation.domain import staffing as rules
from functions.organisation.domain.staffing import Assignment, Certification, DutyRecord, Qualification
from functions.organisation.domain.units import MUNICIPALITY
from functions.organisation.events import CertificationChanged, DutyChanged
from functions.organisation.schemas.staffing import (
    AssignmentShape,
    CertificationChange,
    CertificationView,
    DutyChange,
    DutyPage,
    DutyView,
    EndedQuery,
    NewDuty,
    QualificationShape,
)
from functions.organisation.store import duties as store
from functions.register import queries as register
from skolkit.audit import Trace, record_read
from skolkit.clock import today
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.idempotency import RequestKey
from skolkit.identity import Caller
from skolkit.table import commit, fetch
from skolkit.types import GroupId, PersonId, UnitId, new_id


def list_duties(caller: Caller, unit: UnitId, query: EndedQuery) -> DutyPage:
    """A unit's duties. Three round trips: the caller's duties, the page, the audit row."""
    require_staff(caller, "organisation:read_staff", unit)
    since = None if query.ended else today()
    bound = caller.seal, "duties", unit, str(query.ended)
    found, cursor = store.page_of_duties(unit, since, query.cursor, query.limit, *bound)
    record_read(Trace(caller.person_id, "list_duties", unit, changes=f"{len(found)} duties"))
    return DutyPage(data=[duty_view(duty) for duty in found], cursor=cursor)


def read_duty(caller: Caller, unit: UnitId, id: str) -> DutyView:
    """A duty of a unit. Three round trips."""
    require_staff(caller, "organisation:read_staff", unit)
    duty = _duty(unit, id)
    record_read(Trace(caller.person_id, "read_duty", duty.person, changes=id))
    return duty_view(duty)


def create_duty(caller: Caller, unit: UnitId, new: NewDuty, key: RequestKey) -> DutyView:
    """Employ somebody at a unit, or under the organiser's id at the whole municipality. Four round trips: the
    caller's duties, unit and name, commit.
    """
    _require_giving(caller, unit, new)
    if queries.element(unit) is None:
        raise NotFound
    if PersonId(new.person) not in fetch(register.wanted_names([PersonId(new.person)]), consistent=True)[0]:
        raise rules.UnknownPerson(field="person")
    duty = _changed(
        DutyRecord(
            id=new_id(), person=PersonId(new.person), unit=None if unit == MUNICIPALITY else unit,
            duty_role=new.duty_role, start=new.start_date, role=rules.GUARD_ROLE.get(new.duty_role),
        ),
        new,
    )  # fmt: skip
    view = duty_view(replace(duty, version=1))
    trace = Trace(caller.person_id, "create_duty", duty.person, changes=f"{duty.id} {duty.duty_role}")
    once = key.once(view.model_dump_json(by_alias=True))
    commit(*store.duty_writes(None, duty), facts=[_fact(duty)], trace=trace, once=once)
    return view


def change_duty(caller: Caller, unit: UnitId, id: str, new: DutyChange, version: int) -> DutyView:
    """Change a duty, or end it with a last day. Three round trips."""
    require_staff(caller, "organisation:edit_staff", unit)
    old = _duty(unit, id)
    if old.role in rules.RIGHTS:
        guard.require(caller, "organisation:administer", guard.SYSTEM, queries.duties_of(caller.person_id))
    if old.version != version:
        raise ChangedMeanwhile(field="If-Match", value=version)
    duty = _changed(old, new)
    if duty == old:
        return duty_view(old)
    trace = Trace(caller.person_id, "change_duty", duty.person, changes=id)
    commit(*store.duty_writes(old, duty), facts=[_fact(duty)], trace=trace)
    return duty_view(replace(duty, version=version + 1))


def read_certification(caller: Caller, unit: UnitId, person: PersonId) -> CertificationView:
    """What somebody employed at a unit is certified for. Four round trips: the caller's duties and theirs,
    the certification, the audit row.
    """
    require_staff(caller, "organisation:read_staff", unit)
    _require_employed(unit, person)
    held = store.find_certification(person)
    record_read(Trace(caller.person_id, "read_certification", person))
    return certification_view(person, held)


def change_certification(
    caller: Caller, unit: UnitId, person: PersonId, new: CertificationChange, version: int
) -> CertificationView:
    """Record what somebody employed at a unit is certified for (If-Match 0: first time). Three round
    trips.
    """
    require_staff(caller, "organisation:edit_staff", unit)
    _require_employed(unit, person)
    rows = (Qualification(q.subject, q.school_form, q.first_year, q.last_year) for q in new.qualifications)
    held = Certification(new.certified, new.since, tuple(rows), version + 1)
    trace = Trace(caller.person_id, "change_certification", person, changes=f"certified {new.certified}")
    item = store.certification_item(person, held).over(version)
    commit(item, facts=[CertificationChanged(person=person)], trace=trace)
    return certification_view(person, held)


def require_staff(caller: Caller, action: guard.Action, unit: UnitId) -> Collection[guard.Duty]:
    """Let the caller go on with a unit's staff; their duties. One round trip. Raises `NotFound`."""
    duties = queries.duties_of(caller.person_id)
    guard.require(caller, action, guard.Unit(unit), duties)
    return duties


def duty_view(duty: DutyRecord) -> DutyView:
    """A duty as it is shown."""
    return DutyView(
        id=duty.id, person=duty.person, duty_at=duty.unit, duty_role=duty.duty_role, opens=duty.role,
        start_date=duty.start, end_date=duty.end, signature=duty.signature, duty_percent=duty.percent,
        hours_per_year=duty.hours, description=duty.description, version=duty.version or 1,
        assignment_role=[
            AssignmentShape(
                assignment_role_type=a.type, group=a.group, start_date=a.start, end_date=a.end
            )
            for a in duty.assignments
        ],
    )  # fmt: skip


def certification_view(person: PersonId, held: Certification) -> CertificationView:
    """A certification as it is shown."""
    return CertificationView(
        person=person, certified=held.certified, since=held.since, version=held.version,
        qualifications=[
            QualificationShape(
                subject=q.subject, school_form=q.school_form, first_year=q.first_year, last_year=q.last_year
            )
            for q in held.qualifications
        ],
    )  # fmt: skip


def _require_giving(caller: Caller, unit: UnitId, new: NewDuty) -> None:
    """Duties that open a unit, or the municipality, are the organiser's to give (skollagen 2:9–10)."""
    duties = require_staff(caller, "organisation:edit_staff", unit)
    if unit == MUNICIPALITY or rules.GUARD_ROLE.get(new.duty_role) in rules.RIGHTS:
        guard.require(caller, "organisation:administer", guard.SYSTEM, duties)


def _require_employed(unit: UnitId, person: PersonId) -> None:
    """Employed there, now or before: what a unit may know of its staff."""
    at = None if unit == MUNICIPALITY else unit
    if not any(duty.unit == at for duty in store.records_of(person)):
        raise NotFound


def _duty(unit: UnitId, id: str) -> DutyRecord:
    duty = store.find_duty(id)
    if duty is None or (duty.unit or MUNICIPALITY) != unit:
        raise NotFound
    return duty


def _changed(duty: DutyRecord, new: DutyChange) -> DutyRecord:
    assignments = tuple(
        Assignment(a.assignment_role_type, GroupId(a.group), a.start_date, a.end_date)
        for a in new.assignment_role
    )
    return replace(
        duty, end=new.end_date, assignments=assignments, signature=new.signature, percent=new.duty_percent,
        hours=new.hours_per_year, description=new.description,
    )  # fmt: skip


def _fact(duty: DutyRecord) -> DutyChanged:
    return DutyChanged(duty=duty.id, person=duty.person, unit=duty.unit)
