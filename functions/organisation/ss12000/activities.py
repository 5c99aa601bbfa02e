"""Activities as the standard's `Activity`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from functions.organisation.domain.staffing import ActivityRecord
from functions.organisation.ss12000.common import at_few, loading, of_units_forms, shape, within
from functions.organisation.store import activities as store
from functions.organisation.store import duties as duties_store
from functions.organisation.store import groups as groups_store
from skolkit.http import Shape
from skolkit.ss12000 import (
    NEWEST_FIRST,
    Entity,
    Filters,
    Key,
    Meta,
    Order,
    Reference,
    Resource,
    collated,
    holds,
)
from skolkit.sweden.codes import SchoolForm
from skolkit.table import fetch
from skolkit.types import GroupId, PersonId


class DutyAssignment(Shape):
    """A teacher's part in an activity."""

    duty: Reference
    minutes_planned: int
    grader: bool
    start_date: date | None = None
    end_date: date | None = None


class Activity(Shape):
    """What groups do with which teachers."""

    id: UUID
    meta: Meta
    display_name: str
    calendar_events_required: bool
    start_date: date
    end_date: date | None = None
    activity_type: str
    minutes_planned: int | None = None
    groups: list[Reference]
    teachers: list[DutyAssignment]
    syllabus: Reference | None = None
    organisation: Reference
    parent_activity: Reference | None = None


def activity(activity: ActivityRecord, created: datetime, changed: datetime) -> Entity | None:
    """An activity as an entity; None of one without a group, which the standard does not know (its `groups`
    are at least one): teachers' own conferences.
    """
    if not activity.groups:
        return None
    made = Activity(
        id=UUID(activity.id),
        meta=Meta(created=created, modified=changed),
        display_name=activity.name,
        calendar_events_required=activity.calendar_events_required,
        start_date=activity.start,
        end_date=activity.end,
        activity_type=activity.type,
        minutes_planned=activity.minutes,
        groups=[Reference(id=UUID(group)) for group in activity.groups],
        teachers=[
            DutyAssignment(
                duty=Reference(id=UUID(t.duty)), minutes_planned=t.minutes, grader=t.grader,
                start_date=t.start, end_date=t.end,
            )
            for t in activity.teachers
        ],
        syllabus=_reference(activity.syllabus),
        organisation=Reference(id=UUID(activity.unit)),
        parent_activity=_reference(activity.parent),
    )  # fmt: skip
    forms: frozenset[SchoolForm] | None = frozenset({activity.school_form}) if activity.school_form else None
    return Entity(
        activity.id, made, created, changed, units=frozenset({activity.unit}), forms=forms,
        behind={t.duty: t.person for t in activity.teachers},
    )  # fmt: skip


def _reference(id: str | None) -> Reference | None:
    return Reference(id=UUID(id)) if id else None


def _meant(filters: Filters, gone: frozenset[PersonId]) -> Filters:
    """`member` as their groups of all times; no `teacher` and `teachers` who are not there for the client."""
    found = dict(within(filters))
    if "member" in found:
        found["member"] = frozenset(_groups_of([found["member"]]))
    asked = [*found.get("teachers", ()), *filter(None, [found.get("teacher")])]
    if asked and gone:
        (duties,) = fetch(duties_store.wanted_duties(asked))
        hidden = {id for id, duty in duties.items() if duty.person in gone}
        if "teachers" in found:
            found["teachers"] = [id for id in found["teachers"] if id not in hidden]
        if found.get("teacher") in hidden:
            found["teacher"] = ""
    return found


def _narrow(filters: Filters) -> Sequence[Key] | None:
    if "teacher" in filters:
        return _of_teachers([filters["teacher"]])
    if "group" in filters:
        return _of_groups([filters["group"]])
    if "member" in filters:
        return _of_groups(sorted(filters["member"]))
    return at_few(filters, store.keys_at)


def _groups_of(people: Sequence[str]) -> list[GroupId]:
    (parts,) = fetch(groups_store.wanted_parts([PersonId(person) for person in people]))
    mine = [part.group for found in parts.values() for part in found if part.part == "member"]
    return list(dict.fromkeys(mine))


def _of_groups(groups: Sequence[str]) -> Sequence[Key]:
    (found,) = fetch(store.wanted_of_groups([GroupId(group) for group in groups]))
    return [store.activity_key(id) for ids in found.values() for id in ids]


def _of_teachers(duties: Sequence[str]) -> Sequence[Key]:
    """Activities are kept with the person who has a duty. Two round trips."""
    (known,) = fetch(duties_store.wanted_duties(duties))
    (taught,) = fetch(store.wanted_taught(sorted({duty.person for duty in known.values()})))
    parts = (part for found in taught.values() for part in found)
    return [store.activity_key(part.activity) for part in parts if part.duty in known]


def _of_members(people: Sequence[str]) -> Sequence[Key]:
    return _of_groups(_groups_of(people))


def _keeps(entity: Entity, filters: Filters) -> bool:
    made = shape(Activity, entity)
    groups = {str(group.id) for group in made.groups}
    at = str(made.organisation.id)
    return (
        at in filters.get("organisation", (at,))
        and ("group" not in filters or filters["group"] in groups)
        and ("member" not in filters or bool(groups & filters["member"]))
        and ("teacher" not in filters or filters["teacher"] in {str(t.duty.id) for t in made.teachers})
        and holds(filters, made.start_date, made.end_date)
    )


def _name(entity: Entity) -> str:
    return shape(Activity, entity).display_name


ACTIVITIES = Resource(
    kind=store.ActivityItem,
    load=loading(store.stored_activities, activity),
    key=store.activity_key,
    ids=lambda key: [key[0].removeprefix("ACTIVITY#")],
    orders={"ModifiedDesc": NEWEST_FIRST, "DisplayNameAsc": Order(1, lambda e: collated(_name(e)))},
    narrow=_narrow,
    keeps=_keeps,
    belongs=of_units_forms,
    lookups={"teachers": _of_teachers, "members": _of_members},
    name=_name,
    meant=_meant,
)
