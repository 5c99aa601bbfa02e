"""Duties as the standard's `Duty`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from functions.organisation.domain.staffing import DutyRecord
from functions.organisation.domain.units import MUNICIPALITY
from functions.organisation.ss12000.common import at_few, loading, of_units_forms, shape, within
from functions.organisation.store import duties as store
from functions.organisation.store import groups as groups_store
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
from skolkit.table import fetch
from skolkit.types import GroupId, PersonId


class DutyAssignmentRole(Shape):
    """A task towards a group; teaching is an activity."""

    assignment_role_type: str
    group: Reference
    start_date: date | None = None
    end_date: date | None = None


class RoleInGroup(Shape):
    """The same as a group shows it."""

    duty: Reference
    assignment_role_type: str
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


def duties_of(people: Sequence[str]) -> dict[str, list[Entity]]:
    """The duties of people, of all times. A query each, and a `BatchGetItem` per 100 duties."""
    keys = {person: [store.duty_key(d.id) for d in store.records_of(PersonId(person))] for person in people}
    found = DUTIES.load([key for mine in keys.values() for key in mine], False)
    return {person: [e for key in mine for e in found.get(key, ())] for person, mine in keys.items()}


def assignment_roles_in(groups: Sequence[str]) -> dict[str, list[RoleInGroup]]:
    """The tasks towards groups that go with duties at their units, or in the whole municipality. One
    `BatchGetItem` per 100 groups and one query per unit.
    """
    (known,) = fetch(groups_store.wanted_groups([GroupId(group) for group in groups]))
    units = sorted({group.unit for group in known.values()} | {MUNICIPALITY})
    found: dict[str, list[RoleInGroup]] = {}
    for duty in (duty for unit in units for duty in store.duties_at(unit)):
        for a in duty.assignments:
            if a.group in known:
                role = RoleInGroup(
                    duty=Reference(id=UUID(duty.id)), assignment_role_type=a.type, start_date=a.start,
                    end_date=a.end,
                )  # fmt: skip
                found.setdefault(a.group, []).append(role)
    return found


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
    belongs=of_units_forms,
    meant=lambda filters, _: within(filters),
)
