"""Which of a unit's lessons of a day somebody has been reminded of."""

from __future__ import annotations

import json
from datetime import date

from pynamodb.attributes import UnicodeAttribute

from functions.attendance.domain.lesson_reminders import Reminded
from functions.attendance.store import AttendanceItem, compact
from skolkit.types import UnitId


class ReminderItem(AttendanceItem, discriminator="lesson_reminder"):
    """Lessons' ids: those teachers, and those principals have been told of."""

    teachers = UnicodeAttribute()
    principals = UnicodeAttribute()


def reminded(unit: UnitId, day: date) -> Reminded:
    """What has been reminded of; one consistent GetItem."""
    item = ReminderItem.find(f"REMINDER#{unit}", str(day))
    if item is None:
        return Reminded()
    teachers, principals = (frozenset(json.loads(text)) for text in (item.teachers, item.principals))
    return Reminded(teachers, principals, item.version)


def reminder_item(unit: UnitId, day: date, reminded: Reminded) -> ReminderItem:
    """To write over the version read."""
    teachers, principals = (compact(sorted(ids)) for ids in (reminded.teachers, reminded.principals))
    item = ReminderItem(f"REMINDER#{unit}", str(day), teachers=teachers, principals=principals)
    return item.over(reminded.version)
