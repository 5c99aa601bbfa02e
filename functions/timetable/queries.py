"""What other areas may read of the timetable."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from functions.timetable import store
from functions.timetable.domain import PlannedLesson
from skolkit.table import Wanted
from skolkit.types import GroupId, PersonId

__all__ = ["PlannedLesson", "teacher_day", "wanted_group_days"]


def wanted_group_days(
    groups: Sequence[GroupId], days: Sequence[date]
) -> Wanted[dict[tuple[GroupId, date], tuple[PlannedLesson, ...]]]:
    """The lessons of every group on every day, by time, for `skolkit.table.fetch`; () for none."""
    return store.wanted_group_days(groups, days)


def teacher_day(teacher: PersonId, day: date) -> tuple[PlannedLesson, ...]:
    """A teacher's lessons of a day, by time. One round trip, consistent."""
    return store.teacher_day(teacher, day)
