"""Duties as the standard's `Duty`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from functions.organisation.domain.staffing import DutyRecord
from functions.organisation.domain.units import MUNICIPALITY
from functions.organisation.ss12000.common import at_few, loading, shape, within
from functions.organisation.store import duties as store
from skolkit.http import Shape
from skolkit.ss12000 import (
    NEWEST_FIRST,
    Entity,
    Filters,
    Key,
    Meta,
    Order,
    PersonReference,
    Reference,
    Resource,
    holds,
)


class DutyAssignmentRole(Shape):
    """A task towards a group; teaching is an activity."""

    assignment_role_type: str
    group: Reference
    start_date: date | None = None
    end_date: date | None = None


class Duty(Shape):
    """An employment at an element of the organisation."""

    id: UUID
    meta: Meta
    person: PersonReference
    assignment_role: list[DutyAssignmentRole] | None = None
    duty_at: Reference
    duty_role: str
    description: str | None = None
    signature: str | None = None
    duty_percent: int | None = None
    hours_per_year: int | None = None
    start_date: date
    end_date: date | None = None


def duty(duty: DutyRecord, created: datetime, changed: datetime) -> Entity:
    """A duty as an entity: its person's. One of the whole municipality is at the organiser's own element, and
    not there for clients that may see some units.
    """
    unit = duty.unit or MUNICIPALITY
    made = Duty(
        id=UUID(duty.id),
        meta=Meta(created=created, modified=changed),
        person=PersonReference(id=UUID(duty.person)),
        assignment_role=[
            DutyAssignmentRole(
                assignment_role_type=a.type, group=Reference(id=UUID(a.group)), start_date=a.start,
                end_date=a.end,
            )
            for a in duty.assignments
        ]
        or None,
        duty_at=Reference(id=UUID(unit)),
        duty_role=duty.duty_role,
        description=duty.description,
        signature=duty.signature,
        duty_percent=duty.percent,
        hours_per_year=duty.hours,
        start_date=duty.start,
        end_date=duty.end,
    )  # fmt: skip
    people = frozenset({duty.person})
    return Entity(duty.id, made, created, changed, units=frozenset({unit}), about=duty.person, people=people)


def _narrow(filters: Filters) -> Sequence[Key] | None:
    person = filters.get("person")
    if person is not None:
        return [store.duty_key(duty.id) for duty in store.records_of(person)]
    return at_few(filters, store.keys_at)


def _keeps(entity: Entity, filters: Filters) -> bool:
    made = shape(Duty, entity)
    at = str(made.duty_at.id)
    return (
        at in filters.get("organisation", (at,))
        and filters.get("dutyRole") in (None, made.duty_role)
        and filters.get("person") in (None, str(made.person.id))
        and holds(filters, made.start_date, made.end_date)
    )


def _name(entity: Entity) -> str:
    """What staff are called in a timetable, else what they are."""
    made = shape(Duty, entity)
    return made.signature or made.duty_role


def _start(entity: Entity) -> str:
    return str(shape(Duty, entity).start_date)


DUTIES = Resource(
    kind=store.DutyCardItem,
    load=loading(store.stored_duties, duty),
    key=store.duty_key,
    ids=lambda key: [key[0].removeprefix("DUTY#")],
    orders={
        "ModifiedDesc": NEWEST_FIRST,
        "StartDateAsc": Order(1, _start),
        "StartDateDesc": Order(1, _start, down=True),
    },
    narrow=_narrow,
    keeps=_keeps,
    name=_name,
    resolve=lambda filters, _: within(filters),
)
