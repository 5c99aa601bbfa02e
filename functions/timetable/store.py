"""The timetable's table: one item per group and day and one per teacher and day, each with its lessons, and
one per lesson, for those who follow what changes (SS 12000).

Keys are built only here. A day's lessons are one JSON text: six lessons are 1.8 KB.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from pynamodb.attributes import JSONAttribute, UnicodeAttribute

from functions.timetable.domain import ChangedLesson, GroupDay, Lessons, PlannedLesson
from skolkit.clock import stamp
from skolkit.config import table_name
from skolkit.imports import ImportItem
from skolkit.retention.items import ErasureItem, RetentionJob
from skolkit.ss12000 import collated
from skolkit.sweden.codes import SchoolForm
from skolkit.table import Item, Wanted
from skolkit.types import GroupId, LessonId, PersonId, UnitId, stable_id


class TimetableItem(Item):
    """Anything in the timetable's table."""

    class Meta:
        table_name = table_name("timetable")


class GroupDayItem(TimetableItem, discriminator="group_day"):
    """A group's lessons of a day. `source` is the import that wrote it last."""

    unit = UnicodeAttribute()
    lessons = JSONAttribute()
    source = UnicodeAttribute(null=True)


class TeacherDayItem(TimetableItem, discriminator="teacher_day"):
    """A teacher's lessons of a day, a copy of those in the groups' days."""

    lessons = JSONAttribute()


class LessonItem(TimetableItem, discriminator="planned_lesson"):
    """A lesson by its id: as each of the groups that have it says, a copy of what is in their days. `day` is
    its last one.
    """

    fed, orders = True, 2
    lessons = JSONAttribute()
    day = UnicodeAttribute()

    def order_texts(self) -> Sequence[str]:
        """By when it begins, and that within its unit."""
        first = lessons_of(self)[0]
        return stamp(first.start), f"{first.unit}#{stamp(first.start)}"


class RoomItem(TimetableItem, discriminator="timetable_room"):
    """A room that a lesson of a unit has been in."""

    fed, orders = True, 1
    unit = UnicodeAttribute()
    name = UnicodeAttribute()

    def order_texts(self) -> Sequence[str]:
        """By name."""
        return (collated(self.name),)


class TimetableImportItem(ImportItem, discriminator="timetable_import"):
    """How far an import of lessons has come."""

    class Meta:
        table_name = table_name("timetable")


TeacherDay = tuple[PersonId, date]


def _group_key(group: GroupId, day: date) -> tuple[str, str]:
    return f"GROUP#{group}", f"DAY#{day}"


def _teacher_key(teacher: PersonId, day: date) -> tuple[str, str]:
    return f"PERSON#{teacher}", f"DAY#{day}"


def wanted_group_days(groups: Sequence[GroupId], days: Sequence[date]) -> Wanted[dict[GroupDay, Lessons]]:
    """The lessons of every group on every day; () where there are none."""
    pairs = [(group, day) for group in groups for day in days]

    def answer(found: dict[tuple[str, str], GroupDayItem]) -> dict[GroupDay, Lessons]:
        items = {pair: found.get(_group_key(*pair)) for pair in pairs}
        return {pair: lessons_of(item) if item else () for pair, item in items.items()}

    return Wanted(GroupDayItem, [_group_key(*pair) for pair in pairs], answer)


def teacher_day(teacher: PersonId, day: date) -> Lessons:
    """A teacher's lessons of a day. One consistent get."""
    item = TeacherDayItem.find(*_teacher_key(teacher, day))
    return lessons_of(item) if item else ()


def changed_taught(teacher: PersonId, first: date, last: date) -> list[ChangedLesson]:
    """A teacher's lessons in a span of days, with when their day was changed last. One query per megabyte."""
    span = TeacherDayItem.sk.between(f"DAY#{first}", f"DAY#{last}")
    return _changed(TeacherDayItem.query(f"PERSON#{teacher}", span))


def changed_of_group(group: GroupId, first: date, last: date) -> list[ChangedLesson]:
    """The same of a group's lessons."""
    span = GroupDayItem.sk.between(f"DAY#{first}", f"DAY#{last}")
    return _changed(GroupDayItem.query(f"GROUP#{group}", span))


def _changed(days: Iterable[GroupDayItem | TeacherDayItem]) -> list[ChangedLesson]:
    return [
        (lesson, datetime.fromisoformat(day.modified or stamp(lesson.start)))
        for day in days
        for lesson in lessons_of(day)
    ]


def taught(teacher: PersonId, first: date | None = None, last: date | None = None) -> list[PlannedLesson]:
    """All of a teacher's lessons in a span of days that are kept. One consistent query per megabyte."""
    span = TeacherDayItem.sk.between(f"DAY#{first or date.min}", f"DAY#{last or date.max}")
    days = TeacherDayItem.query(f"PERSON#{teacher}", span, consistent_read=True)
    return [lesson for day in days for lesson in lessons_of(day)]


def of_group(group: GroupId, first: date | None, last: date | None) -> list[PlannedLesson]:
    """All of a group's lessons in a span of days that are kept. One consistent query per megabyte."""
    span = GroupDayItem.sk.between(f"DAY#{first or date.min}", f"DAY#{last or date.max}")
    days = GroupDayItem.query(f"GROUP#{group}", span, consistent_read=True)
    return [lesson for day in days for lesson in lessons_of(day)]


def group_day_items(pairs: Sequence[GroupDay]) -> dict[GroupDay, GroupDayItem]:
    """The stored items. Consistent, one `BatchGetItem` per 100."""
    keys = {_group_key(*pair): pair for pair in pairs}
    return {keys[item.pk, item.sk]: item for item in GroupDayItem.batch_get(list(keys), consistent_read=True)}


def teacher_day_items(pairs: Sequence[TeacherDay]) -> dict[TeacherDay, TeacherDayItem]:
    """The stored items. Consistent, one `BatchGetItem` per 100."""
    keys = {_teacher_key(*pair): pair for pair in pairs}
    return {
        keys[item.pk, item.sk]: item for item in TeacherDayItem.batch_get(list(keys), consistent_read=True)
    }


def group_day_item(pair: GroupDay, item: GroupDayItem | None, lessons: Lessons, source: str) -> GroupDayItem:
    """The item with these lessons (at least one)."""
    item = item or GroupDayItem(*_group_key(*pair))
    item.unit, item.source = lessons[0].unit, source
    item.lessons = [_row(lesson) for lesson in lessons]
    return item


def teacher_day_item(pair: TeacherDay, item: TeacherDayItem | None, lessons: Lessons) -> TeacherDayItem:
    """The item with these lessons."""
    item = item or TeacherDayItem(*_teacher_key(*pair))
    item.lessons = [_row(lesson) for lesson in lessons]
    return item


def lesson_key(lesson: str) -> tuple[str, str]:
    """Where a lesson is."""
    return f"LESSON#{lesson}", "LESSON"


def wanted_lesson_items(ids: Sequence[LessonId]) -> Wanted[dict[LessonId, LessonItem]]:
    """The stored items of lessons by id; unknown ones are left out."""
    keys = {lesson_key(id): id for id in ids}
    return Wanted(LessonItem, list(keys), lambda found: {keys[key]: item for key, item in found.items()})


def lesson_item(
    id: LessonId, item: LessonItem | None, lessons: Mapping[GroupId, PlannedLesson]
) -> LessonItem:
    """The item with the lesson as these groups (at least one) say."""
    item = item or LessonItem(*lesson_key(id))
    item.lessons = [_row(lesson) for lesson in lessons.values()]
    item.day = max(lesson.day for lesson in lessons.values()).isoformat()
    return item


def room_id(unit: UnitId, name: str) -> str:
    """A room is known by its unit and its name."""
    return stable_id("room", unit, name)


def room_key(room: str) -> tuple[str, str]:
    """Where a room is."""
    return f"ROOM#{room}", "ROOM"


def wanted_rooms(rooms: Sequence[tuple[UnitId, str]]) -> Wanted[set[tuple[UnitId, str]]]:
    """Those of rooms, by unit and name, that are known."""
    keys = {room_key(room_id(*room)): room for room in rooms}
    return Wanted(RoomItem, list(keys), lambda found: {keys[key] for key in found})


def room_item(unit: UnitId, name: str) -> RoomItem:
    """The item of a room."""
    return RoomItem(*room_key(room_id(unit, name)), unit=unit, name=name)


def lessons_of(item: GroupDayItem | TeacherDayItem | LessonItem) -> Lessons:
    """The lessons an item holds."""
    return tuple(_lesson(row) for row in item.lessons)


def _row(lesson: PlannedLesson) -> list[Any]:
    times = stamp(lesson.start), stamp(lesson.end)
    what = lesson.subject_code, lesson.subject, list(lesson.teachers)
    more = lesson.activity, lesson.form and lesson.form.value
    return [lesson.id, lesson.group, lesson.unit, *what, *times, lesson.room, *more]


def _lesson(row: list[Any]) -> PlannedLesson:
    lesson, group, unit, code, subject, teachers, start, end, room, *more = row
    activity, form = more or (None, None)
    return PlannedLesson(
        id=LessonId(lesson),
        group=GroupId(group),
        unit=UnitId(unit),
        subject_code=code,
        subject=subject,
        teachers=tuple(map(PersonId, teachers)),
        start=datetime.fromisoformat(start),
        end=datetime.fromisoformat(end),
        room=room,
        activity=activity,
        form=SchoolForm(form) if form else None,
    )


class TimetableRetentionItem(RetentionJob, discriminator="timetable_retention"):
    """The area's part of a retention run."""

    class Meta:
        table_name = table_name("timetable")


class TimetableErasureItem(ErasureItem, discriminator="timetable_erasure"):
    """The proof of what one transaction erased."""

    class Meta:
        table_name = table_name("timetable")
