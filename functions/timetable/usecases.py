"""What people do with the timetable: see their own day, or a pupil's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from functions.access import guard
from functions.organisation import queries as organisation
from functions.register import queries as register
from functions.timetable import store
from functions.timetable.domain import Lessons, PlannedLesson, in_order
from functions.timetable.schemas import LessonList, LessonView, Named
from skolkit.audit import Trace, record_read
from skolkit.identity import Caller
from skolkit.table import fetch
from skolkit.types import PersonId


def list_my_lessons(caller: Caller, day: date) -> LessonList:
    """The caller's own lessons, as a teacher and as a pupil. Four round trips: as teacher, groups, days,
    names.
    """
    person = caller.person_id
    guard.require(caller, "timetable:read_own_day", guard.Person(person))
    return _list(day, [*store.teacher_day(person, day), *_of_groups(person, day)])


def list_pupil_lessons(caller: Caller, pupil: PersonId, day: date) -> LessonList:
    """A pupil's lessons. Five round trips for the home, eight for staff."""
    register.require_pupil(caller, "timetable:read_pupil_day", pupil)
    lessons = _of_groups(pupil, day)
    record_read(Trace(caller.person_id, "list_pupil_lessons", pupil, changes=day.isoformat()))
    return _list(day, lessons)


def _of_groups(person: PersonId, day: date) -> Sequence[PlannedLesson]:
    (groups,) = fetch(organisation.wanted_groups_of([person], day))
    if not groups[person]:
        return ()
    (days,) = fetch(store.wanted_group_days(groups[person], [day]))
    return [lesson for lessons in days.values() for lesson in lessons]


def _list(day: date, lessons: Sequence[PlannedLesson]) -> LessonList:
    planned: Lessons = in_order(lessons)
    groups = list({lesson.group for lesson in planned})
    teachers = list({teacher for lesson in planned for teacher in lesson.teachers})
    known, people = (
        fetch(organisation.wanted_groups(groups, day), register.wanted_names(teachers))
        if planned
        else ({}, {})
    )
    names = {id: f"{p.given_name} {p.family_name}" for id, p in people.items() if not p.protected}
    return LessonList(
        date=day,
        data=[
            LessonView(
                id=lesson.id,
                group=Named(
                    id=lesson.group, name=known[lesson.group].name if lesson.group in known else None
                ),
                subject_code=lesson.subject_code,
                subject=lesson.subject,
                teachers=[Named(id=teacher, name=names.get(teacher)) for teacher in lesson.teachers],
                start_time=lesson.start,
                end_time=lesson.end,
                room=lesson.room,
            )
            for lesson in planned
        ],
    )
