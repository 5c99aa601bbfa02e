"""What other areas may read of the timetable."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date

from functions.organisation import queries as organisation
from functions.timetable import store
from functions.timetable.domain import ChangedLesson, PlannedLesson, in_order
from skolkit.table import Wanted, fetch
from skolkit.types import GroupId, PersonId

__all__ = [
    "ChangedLesson",
    "PlannedLesson",
    "group_lessons",
    "lessons_between",
    "lessons_of",
    "lessons_of_group",
    "teacher_day",
    "wanted_group_days",
]


def wanted_group_days(
    groups: Sequence[GroupId], days: Sequence[date]
) -> Wanted[dict[tuple[GroupId, date], tuple[PlannedLesson, ...]]]:
    """The lessons of every group on every day, by time, for `skolkit.table.fetch`; () for none."""
    return store.wanted_group_days(groups, days)


def teacher_day(teacher: PersonId, day: date) -> tuple[PlannedLesson, ...]:
    """A teacher's lessons of a day, by time. One round trip, consistent."""
    return store.teacher_day(teacher, day)


def lessons_of_group(group: GroupId, first: date, last: date | None) -> list[PlannedLesson]:
    """A group's lessons of a span of days that are kept. One consistent query per megabyte."""
    return store.of_group(group, first, last)


def lessons_of(person: PersonId) -> tuple[PlannedLesson, ...]:
    """All lessons of a person that are kept, as teacher and as member of groups, by time.

    For what is not done while somebody waits: a query for the person, and one for every group ever.
    """
    (parts,) = fetch(organisation.wanted_parts([person]))
    groups = [part for part in parts[person] if part.part == "member"]
    own = [lesson for part in groups for lesson in store.of_group(part.group, part.start, part.end)]
    return in_order([*store.taught(person), *own])


def group_lessons(group: GroupId, first: date, last: date) -> list[ChangedLesson]:
    """A group's lessons in a span of days, with when each was changed last. One query."""
    return store.changed_of_group(group, first, last)


def lessons_between(person: PersonId, first: date, last: date, *, teaches: bool) -> list[ChangedLesson]:
    """Somebody's lessons in a span of days, as a member of groups and, if asked for, as a teacher, with when
    each was changed last. Two round trips: the groups, then a query for each of them, side by side.
    """
    (parts,) = fetch(organisation.wanted_parts([person]))
    spans = [
        (part.group, max(part.start or first, first), min(part.end or last, last))
        for part in parts[person]
        if part.part == "member"
    ]
    with ThreadPoolExecutor(6) as side:
        own = [side.submit(store.changed_of_group, *span) for span in spans if span[1] <= span[2]]
        taught = side.submit(store.changed_taught, person, first, last) if teaches else None
        found = [row for query in own for row in query.result()]
        return found + (taught.result() if taught else [])
