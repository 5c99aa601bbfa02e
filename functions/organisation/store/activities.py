"""Activities: by id, in their unit's list, and with every group and teacher of theirs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute

from functions.organisation.domain.staffing import ActivityRecord, Taught, Teaching
from functions.organisation.store.base import OPEN, OrganisationItem, Stored, day_of, stored, text_of
from skolkit.cursor import seal, unseal
from skolkit.ss12000 import collated
from skolkit.sweden.codes import SchoolForm
from skolkit.table import Erase, Overwrite, Remove, Wanted, Write
from skolkit.types import GroupId, PersonId, UnitId


class ActivityFields(OrganisationItem):
    """An activity; `teachers` are `[duty, person, minutes, grader, start, end]`."""

    activity = UnicodeAttribute()
    unit = UnicodeAttribute()
    name = UnicodeAttribute()
    activity_type = UnicodeAttribute()
    start = UnicodeAttribute()
    end = UnicodeAttribute(null=True)
    calendar_events_required = BooleanAttribute()
    groups = JSONAttribute()
    teachers = JSONAttribute()
    minutes = NumberAttribute(null=True)
    subject = UnicodeAttribute(null=True)
    school_form = UnicodeAttribute(null=True)
    year = NumberAttribute(null=True)
    syllabus = UnicodeAttribute(null=True)
    parent = UnicodeAttribute(null=True)


class ActivityItem(ActivityFields, discriminator="activity"):
    """The activity by its id."""

    fed, orders = True, 1

    def order_texts(self) -> Sequence[str]:
        """By name."""
        return (collated(self.name),)


class UnitActivityItem(ActivityFields, discriminator="unit_activity"):
    """The row with the unit, by its last day."""


class GroupActivitiesItem(OrganisationItem, discriminator="group_activities"):
    """The ids of a group's activities."""

    activities = JSONAttribute()


class TaughtItem(OrganisationItem, discriminator="taught"):
    """A person's parts in activities, `[activity, unit, duty, minutes, start, end]`."""

    parts = JSONAttribute()


def activity_key(activity: str) -> tuple[str, str]:
    """Where an activity is."""
    return f"ACTIVITY#{activity}", "ACTIVITY"


def _fields(a: ActivityRecord) -> dict[str, Any]:
    teachers = [[t.duty, t.person, t.minutes, t.grader, text_of(t.start), text_of(t.end)] for t in a.teachers]
    return {
        "activity": a.id, "unit": a.unit, "name": a.name, "activity_type": a.type,
        "start": a.start.isoformat(), "end": text_of(a.end), "groups": list(a.groups), "teachers": teachers,
        "calendar_events_required": a.calendar_events_required, "minutes": a.minutes, "subject": a.subject,
        "school_form": a.school_form and a.school_form.value, "year": a.year, "syllabus": a.syllabus,
        "parent": a.parent,
    }  # fmt: skip


def _unit_row(activity: ActivityRecord) -> UnitActivityItem:
    sk = f"ACTIVITY#{text_of(activity.end) or OPEN}#{activity.id}"
    return UnitActivityItem(f"UNIT#{activity.unit}", sk, **_fields(activity))


def activity_writes(old: ActivityRecord | None, new: ActivityRecord) -> list[Write]:
    """What stores an activity over the one that was read, also with its groups and teachers. Reads those: one
    consistent `BatchGetItem` each.
    """
    card = ActivityItem(*activity_key(new.id), **_fields(new))
    if old:
        card.over(old.version, old.created)
    writes: list[Write] = [card]
    if old and _unit_row(old).sk != _unit_row(new).sk:
        writes.append(Remove(_unit_row(old)))
    return [*writes, Overwrite(_unit_row(new)), *_group_writes(old, new), *_teacher_writes(old, new)]


def _group_writes(old: ActivityRecord | None, new: ActivityRecord) -> list[Write]:
    changed = set(new.groups) ^ set(old.groups if old else ())
    keys = {(f"GROUP#{group}", "ACTIVITIES"): group for group in sorted(changed)}
    found = {(i.pk, i.sk): i for i in GroupActivitiesItem.batch_get(list(keys), consistent_read=True)}
    writes: list[Write] = []
    for key, group in keys.items():
        item = found.get(key) or GroupActivitiesItem(*key, activities=[])
        rest = [id for id in item.activities if id != new.id]
        item.activities = [*rest, new.id] if group in new.groups else rest
        writes.append(item)
    return writes


def _teacher_writes(old: ActivityRecord | None, new: ActivityRecord) -> list[Write]:
    parts = {person: list(_parts(new, person)) for person in _people(new, old)}
    before = {person: list(_parts(old, person)) if old else [] for person in parts}
    keys = {(f"PERSON#{p}", "ACTIVITIES"): p for p in sorted(parts) if parts[p] != before[p]}
    found = {(i.pk, i.sk): i for i in TaughtItem.batch_get(list(keys), consistent_read=True)}
    writes: list[Write] = []
    for key, person in keys.items():
        item = found.get(key) or TaughtItem(*key, parts=[])
        item.parts = [*(row for row in item.parts if row[0] != new.id), *parts[person]]
        writes.append(item)
    return writes


def erasing(card: ActivityItem) -> tuple[tuple[ActivityFields, ...], list[Write]]:
    """An activity's own rows, and the lists of its groups and teachers without it. Four round trips."""
    old = _record(card)
    unit = _unit_row(old)
    row = UnitActivityItem.find(unit.pk, unit.sk)
    bare = replace(old, type="Läraraktivitet", groups=(), teachers=())  # the one type without groups
    lists = [*_group_writes(old, bare), *_teacher_writes(old, bare)]
    kept = [item for item in lists if isinstance(item, GroupActivitiesItem | TaughtItem) and item.version]
    return (card, *([row] if row else [])), [item if _rest(item) else Erase(item) for item in kept]


def _rest(item: GroupActivitiesItem | TaughtItem) -> bool:
    return bool(item.activities if isinstance(item, GroupActivitiesItem) else item.parts)


def _people(*activities: ActivityRecord | None) -> set[PersonId]:
    return {part.person for activity in activities if activity for part in activity.teachers}


def _parts(activity: ActivityRecord, person: PersonId) -> Iterable[list[object]]:
    for part in activity.teachers:
        if part.person == person:
            span = text_of(part.start or activity.start), text_of(part.end or activity.end)
            yield [activity.id, activity.unit, part.duty, part.minutes, *span]


def find_activity(id: str) -> ActivityRecord | None:
    """One consistent get."""
    item = ActivityItem.find(*activity_key(id))
    return _record(item) if item else None


def wanted_activities(ids: Sequence[str]) -> Wanted[dict[str, ActivityRecord]]:
    """Activities by id; unknown ones are left out."""

    def answer(found: dict[tuple[str, str], ActivityItem]) -> dict[str, ActivityRecord]:
        return {id: _record(found[key]) for id in ids if (key := activity_key(id)) in found}

    return Wanted(ActivityItem, [activity_key(id) for id in ids], answer)


def stored_activities(
    keys: Sequence[tuple[str, str]], *, consistent: bool
) -> dict[tuple[str, str], Stored[ActivityRecord]]:
    """Activities by key. One `BatchGetItem` per 100."""
    return stored(ActivityItem, keys, _record, consistent=consistent)


def keys_at(unit: UnitId) -> list[tuple[str, str]]:
    """A unit's activities of all times. One query per megabyte."""
    found = UnitActivityItem.query(f"UNIT#{unit}", UnitActivityItem.sk.startswith("ACTIVITY#"))
    return [activity_key(item.sk.rpartition("#")[2]) for item in found]


def wanted_of_groups(groups: Sequence[GroupId]) -> Wanted[dict[GroupId, tuple[str, ...]]]:
    """The ids of groups' activities of all times; () for none."""

    def answer(found: dict[tuple[str, str], GroupActivitiesItem]) -> dict[GroupId, tuple[str, ...]]:
        keys = {group: (f"GROUP#{group}", "ACTIVITIES") for group in groups}
        return {g: tuple(found[key].activities) if key in found else () for g, key in keys.items()}

    return Wanted(GroupActivitiesItem, [(f"GROUP#{group}", "ACTIVITIES") for group in groups], answer)


def wanted_taught(people: Sequence[PersonId]) -> Wanted[dict[PersonId, tuple[Taught, ...]]]:
    """People's parts in activities of all times; () for none."""

    def answer(found: dict[tuple[str, str], TaughtItem]) -> dict[PersonId, tuple[Taught, ...]]:
        keys = {person: (f"PERSON#{person}", "ACTIVITIES") for person in people}
        return {p: _taught(found[key].parts) if key in found else () for p, key in keys.items()}

    return Wanted(TaughtItem, [(f"PERSON#{person}", "ACTIVITIES") for person in people], answer)


def page_of_activities(
    unit: UnitId, since: date | None, cursor: str | None, limit: int, *bound_to: str
) -> tuple[list[ActivityRecord], str | None]:
    """A unit's activities that have not ended before `since` (None: all). One query."""
    first = f"ACTIVITY#{since.isoformat() if since else ''}"
    found = UnitActivityItem.query(
        f"UNIT#{unit}", UnitActivityItem.sk.between(first, "ACTIVITY#~"), limit=limit, page_size=limit,
        last_evaluated_key=unseal(cursor, *bound_to),
    )  # fmt: skip
    activities = [_record(item) for item in found]
    return activities, seal(found.last_evaluated_key, *bound_to)


def _taught(rows: Iterable[Sequence[Any]]) -> tuple[Taught, ...]:
    return tuple(
        Taught(id, UnitId(unit), duty, minutes, date.fromisoformat(start), day_of(end))
        for id, unit, duty, minutes, start, end in rows
    )


def _record(item: ActivityFields) -> ActivityRecord:
    return ActivityRecord(
        id=item.activity,
        unit=UnitId(item.unit),
        name=item.name,
        type=item.activity_type,  # type: ignore[arg-type]
        start=date.fromisoformat(item.start),
        end=day_of(item.end),
        calendar_events_required=item.calendar_events_required,
        groups=tuple(map(GroupId, item.groups)),
        teachers=tuple(
            Teaching(duty, PersonId(person), minutes, grader, day_of(start), day_of(end))
            for duty, person, minutes, grader, start, end in item.teachers
        ),
        minutes=None if item.minutes is None else int(item.minutes),
        subject=item.subject,
        school_form=SchoolForm(item.school_form) if item.school_form else None,
        year=None if item.year is None else int(item.year),
        syllabus=item.syllabus,
        parent=item.parent,
        version=item.version,
        created=item.created,
    )
