"""Reminding teachers of lessons nobody has reported, and telling their principal (process 20)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial

from functions.attendance import store as sheets
from functions.attendance.domain import lesson_reminders as rules
from functions.attendance.domain.lesson_reminders import Reminded
from functions.attendance.events import MessageDue
from functions.attendance.store import UnreportedLesson
from functions.attendance.store import lesson_reminders as store
from functions.organisation import queries as organisation
from skolkit.clock import LOCAL, now, today
from skolkit.retry import persist
from skolkit.sweden.calendar import SchoolYear
from skolkit.table import chunks, commit
from skolkit.telemetry import logger
from skolkit.types import PersonId, UnitId, stable_id

_LESSONS = 90  # in one transaction, a fact each


def remind_unreported() -> None:
    """For every unit with school today: the lessons of today, and what is left of the school day before. A
    few round trips a unit, and a transaction where there is somebody to tell.
    """
    day = today()
    for unit in organisation.units():
        calendar = organisation.calendar(unit.id, SchoolYear.of(day))
        if not calendar.is_school_day(day):
            continue
        before = rules.school_day_before(day, calendar.is_school_day)
        for one in (before, day):
            if one:
                persist(partial(_remind, unit.id, one))


def _remind(unit: UnitId, day: date) -> None:
    due = [lesson for lesson in sheets.unreported(unit, day) if rules.is_due(lesson.end, now())]
    if not due:
        return
    known = store.reminded(unit, day)
    for some in chunks((x for x in due if x.teachers and x.lesson not in known.teachers), _LESSONS):
        facts = [_to_teachers(lesson) for lesson in some]
        known = _note(unit, day, known.with_([x.lesson for x in some], []), facts)
    late = [x.lesson for x in due if x.lesson not in known.principals and rules.is_to_escalate(x.end, now())]
    told = _leaders(unit) if late else ()
    if told:
        _note(unit, day, known.with_([], late), [_to_principals(unit, day, told, len(late))])


def _note(unit: UnitId, day: date, reminded: Reminded, facts: Sequence[MessageDue]) -> Reminded:
    item = store.reminder_item(unit, day, reminded)
    commit(item, facts=facts)
    return Reminded(reminded.teachers, reminded.principals, item.version)


def _leaders(unit: UnitId) -> tuple[PersonId, ...]:
    found = organisation.principals_at(unit) or organisation.administrators_at(unit)
    if not found:
        logger().warning("nobody to tell of unreported lessons", unit=unit)
    return found[:100]


def _to_teachers(lesson: UnreportedLesson) -> MessageDue:
    start = lesson.start.astimezone(LOCAL)
    return MessageDue(
        id=stable_id("lesson_unreported", lesson.lesson),
        recipients=list(lesson.teachers),
        template="lesson_unreported",
        values={"day": start.date().isoformat(), "start": f"{start:%H:%M}"},
    )


def _to_principals(unit: UnitId, day: date, told: Sequence[PersonId], lessons: int) -> MessageDue:
    return MessageDue(
        id=stable_id("lessons_unreported", unit, str(day), str(today())),
        recipients=list(told),
        template="lessons_unreported",
        values={"day": day.isoformat(), "lessons": str(lessons)},
    )
