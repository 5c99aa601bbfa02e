"""Lesson sheets as the standard's `Attendance`: one of every pupil on the roster, without minutes before the
lesson is reported.

An id of attendance begins with its lesson's token (`attendance_id`), and one small item per lesson says which
lesson that is: a thirtieth of what an item per id would cost.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from functions.attendance.domain.lesson import Sheet
from functions.attendance.domain.shown import attendance_id, token_of
from functions.attendance.ss12000.shapes import Attendance, Forms, by, forms_of, person
from functions.attendance.store import SheetItem, sheet_key
from functions.attendance.store import shown as store
from functions.attendance.store import totals as totals_store
from functions.attendance.store.shown import Stored
from functions.organisation import queries as organisation
from functions.timetable import queries as timetable
from skolkit.feed import ids_told
from skolkit.ss12000 import Entity, Filters, Key, Meta, PersonReference, Reference, Resource
from skolkit.table import fetch
from skolkit.types import GroupId, LessonId, PersonId

LONG_AGO = date(2000, 7, 1)


def attendances(stored: Stored[Sheet], forms: Forms) -> list[Entity]:
    """A lesson's attendance: an entity for every pupil of the roster, and those gone of who left it."""
    sheet = stored.value
    meta, event = Meta(created=stored.created, modified=stored.changed), Reference(id=UUID(sheet.lesson))
    reporter = by(sheet.reported_by)
    around = frozenset((sheet.unit,)), forms.lessons
    there = [
        Entity(
            attendance_id(sheet.lesson, pupil), _attendance(sheet, pupil, meta, event, reporter),
            stored.created, stored.changed, *around, pupil,
            frozenset((pupil, sheet.reported_by) if sheet.reported_by else (pupil,)),
        )
        for pupil in sheet.roster
    ]  # fmt: skip
    gone = [
        Entity(
            attendance_id(sheet.lesson, pupil), event, stored.created, stored.changed, *around, pupil,
            gone=True,
        )
        for pupil in sheet.left
    ]  # fmt: skip
    return there + gone


def _attendance(
    sheet: Sheet, pupil: PersonId, meta: Meta, event: Reference, reporter: PersonReference | None
) -> Attendance:
    entry = sheet.entries.get(pupil)
    minutes = entry.minutes if entry else None
    return Attendance(
        id=UUID(attendance_id(sheet.lesson, pupil)),
        meta=meta,
        calendar_event=event,
        student=person(pupil),
        reporter=reporter,
        is_reported=sheet.is_reported,
        attendance_minutes=minutes.attendance if minutes else None,
        valid_absence_minutes=minutes.valid if minutes else None,
        invalid_absence_minutes=minutes.invalid if minutes else None,
        other_attendance_minutes=minutes.other if minutes else None,
        absence_reason=entry.reason if entry else None,
        reported_timestamp=sheet.reported_at,
    )


def _load(keys: Sequence[Key], consistent: bool) -> dict[Key, list[Entity]]:
    found = store.sheets(keys, consistent=consistent)
    forms = forms_of(stored.value.unit for stored in found.values())
    return {key: attendances(stored, forms[stored.value.unit]) for key, stored in found.items()}


def lesson_of(id: str) -> LessonId | None:
    """The lesson that an id of attendance is of. One consistent get."""
    token = token_of(id)
    return next(iter(store.lessons_of_tokens([token])), None) if token else None


def _key(id: str) -> Key | None:
    lesson = lesson_of(id)
    return sheet_key(lesson) if lesson else None


def attendance_at(events: Sequence[str]) -> dict[str, list[Entity]]:
    """The attendance at lessons, by lesson. One `BatchGetItem` per 100."""
    found = _load(_of_events(events), False)
    return {key[0].partition("#")[2]: [e for e in made if not e.gone] for key, made in found.items()}


def _several(ids: Sequence[str]) -> Sequence[Key]:
    tokens = [token for id in ids if (token := token_of(id))]
    return [sheet_key(lesson) for lesson in store.lessons_of_tokens(tokens)]


def _narrow(filters: Filters) -> Sequence[Key] | None:
    if event := filters.get("calendarEvent"):
        return _of_events([event])
    if student := filters.get("student"):
        return _of_students([student])
    return None


def _of_events(events: Sequence[str]) -> Sequence[Key]:
    """The id of a lesson is that of its calendar event."""
    return [sheet_key(LessonId(event)) for event in events]


def _of_students(students: Sequence[str]) -> Sequence[Key]:
    """The lessons of pupils: those of their groups in the timetable, and those that have been counted. Two
    queries for a pupil, and two for every group ever.
    """
    found = dict.fromkeys(
        lesson for student in map(PersonId, students) for lesson in (*_planned(student), *_counted(student))
    )
    return [sheet_key(lesson) for lesson in found]


def _planned(student: PersonId) -> list[LessonId]:
    return [lesson.id for lesson in timetable.lessons_of(student)]


def _counted(student: PersonId) -> list[LessonId]:
    span = LONG_AGO, date.max.replace(month=1)
    return [
        lesson.lesson
        for group in totals_store.groups_counted(student, *span)
        for day in totals_store.counted_days(group, *span)
        for lesson in day.lessons
        if student in lesson.roster
    ]


def _of_activities(activities: Sequence[str]) -> Sequence[Key]:
    """The lessons of activities: their groups' in their subject. A batch, and a query for every group."""
    known: dict[str, organisation.ActivityRecord]
    (known,) = fetch(organisation.wanted_activities(activities))
    found = dict.fromkeys(
        lesson.id
        for activity in known.values()
        for group in activity.groups
        for lesson in timetable.lessons_of_group(GroupId(group), activity.start, activity.end)
        if activity.subject in (None, lesson.subject_code)
    )
    return [sheet_key(lesson) for lesson in found]


def _keeps(entity: Entity, filters: Filters) -> bool:
    shape = entity.shape
    assert isinstance(shape, Attendance)
    units = entity.in_units() or frozenset()
    return (
        filters.get("student") in (None, entity.about)
        and filters.get("calendarEvent") in (None, str(shape.calendar_event.id))
        and ("organisation" not in filters or filters["organisation"] in units)
    )


ATTENDANCES = Resource(
    kind=SheetItem,
    load=_load,
    key=_key,
    ids=lambda key: ids_told(SheetItem, *key),
    narrow=_narrow,
    keeps=_keeps,
    lookups={"activities": _of_activities, "students": _of_students, "calendareEvents": _of_events},
    answers={"students": lambda entity, students: entity.about in students},
    several=_several,
)
