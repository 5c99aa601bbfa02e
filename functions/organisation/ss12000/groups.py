"""Groups as the standard's `Group`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from functions.organisation.domain.groups import DatedGroup
from functions.organisation.ss12000.common import at_few, loading, of_units_forms, shape
from functions.organisation.store import groups as store
from functions.organisation.store.base import OPEN
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
    collated,
    holds,
)
from skolkit.sweden.codes import SS12000_SCHOOL_TYPE
from skolkit.table import fetch
from skolkit.types import PersonId


class GroupMembership(Shape):
    """Somebody's time in a group."""

    person: PersonReference
    start_date: date
    end_date: date | None = None


class MembershipOf(Shape):
    """A membership as the member shows it: the group without its members."""

    group: Group
    start_date: date
    end_date: date | None = None


class Group(Shape):
    """A group. Its teachers are with its activities, its mentors with their duties."""

    id: UUID
    meta: Meta
    display_name: str
    start_date: date
    end_date: date | None = None
    group_type: str
    school_type: str | None = None
    organisation: Reference
    group_memberships: list[GroupMembership] | None = None


def group(group: DatedGroup, created: datetime, changed: datetime) -> Entity:
    """A group as an entity. The standard asks for a first day: where nobody has said it, it is the first
    member's, else the day that the group was made.
    """
    form = group.school_form
    made = Group(
        id=UUID(group.id),
        meta=Meta(created=created, modified=changed),
        display_name=group.name,
        start_date=group.first_day or created.date(),
        end_date=group.end,
        group_type=group.kind.capitalize(),
        school_type=SS12000_SCHOOL_TYPE[form] if form else None,
        organisation=Reference(id=UUID(group.unit)),
        group_memberships=[
            GroupMembership(
                person=PersonReference(id=UUID(stay.person)), start_date=stay.start, end_date=stay.end
            )
            for stay in group.stays
        ],
    )
    return Entity(
        group.id, made, created, changed, units=frozenset({group.unit}),
        forms=frozenset({form}) if form else None, people=frozenset(stay.person for stay in group.stays),
    )  # fmt: skip


def _narrow(filters: Filters) -> Sequence[Key] | None:
    return at_few(filters, store.keys_at)


def _keeps(entity: Entity, filters: Filters) -> bool:
    made = shape(Group, entity)
    said = {
        "groupType": made.group_type, "schoolTypes": made.school_type,
        "organisation": str(made.organisation.id),
    }  # fmt: skip
    return all(value in filters.get(name, (value,)) for name, value in said.items()) and holds(
        filters, made.start_date, made.end_date
    )


def memberships_of(people: Sequence[str]) -> dict[str, list[MembershipOf]]:
    """The memberships of people, of all times. One `BatchGetItem` per 100 people and one per 100 groups."""
    (parts,) = fetch(store.wanted_parts([PersonId(person) for person in people]))
    mine = {person: {p.group for p in found if p.part == "member"} for person, found in parts.items()}
    keys = [store.group_key(group) for groups in mine.values() for group in groups]
    found = {entity.id: entity for entity in GROUPS.find(keys, consistent=False)}
    return {
        person: [
            MembershipOf(group=bare, start_date=stay.start_date, end_date=stay.end_date)
            for group in sorted(groups)
            if group in found
            for made in [shape(Group, found[group])]
            for bare in [made.model_copy(update={"group_memberships": None})]
            for stay in made.group_memberships or ()
            if str(stay.person.id) == person
        ]
        for person, groups in mine.items()
    }


def _name(entity: Entity) -> str:
    return shape(Group, entity).display_name


def _start(entity: Entity) -> str:
    return str(shape(Group, entity).start_date)


def _end(entity: Entity) -> str:
    return str(shape(Group, entity).end_date or OPEN)


GROUPS = Resource(
    kind=store.GroupItem,
    load=loading(store.stored_groups, group),
    key=store.group_key,
    ids=lambda key: [key[0].removeprefix("GROUP#")],
    orders={
        "ModifiedDesc": NEWEST_FIRST,
        "DisplayNameAsc": Order(1, lambda e: collated(_name(e))),
        "StartDateAsc": Order(2, _start),
        "StartDateDesc": Order(2, _start, down=True),
        "EndDateAsc": Order(3, _end),
        "EndDateDesc": Order(3, _end, down=True),
    },
    narrow=_narrow,
    keeps=_keeps,
    belongs=of_units_forms,
    name=_name,
)
