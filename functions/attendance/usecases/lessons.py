"""Lesson attendance (process 20): sheets from the timetable, a teacher's day, opening and saving a lesson."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from functions.access import guard
from functions.attendance import store
from functions.attendance.domain import lesson as rules
from functions.attendance.domain.absence import Reason
from functions.attendance.domain.lesson import Sheet
from functions.attendance.domain.lesson_check_in import minutes_late
from functions.attendance.schemas.lessons import (
    AttendanceRow,
    LessonList,
    LessonSummary,
    LessonView,
    MarkView,
    MentorDayView,
    PupilRow,
    SavedLesson,
    UnexcusedView,
)
from functions.attendance.store import PupilDay, shown
from functions.attendance.store.lesson_check_in import Opened, opened
from functions.attendance.usecases.corrections import require_open
from functions.attendance.usecases.relations import groups_of, require_lesson
from functions.attendance.usecases.sheets import changes, entry_of, row_of, text_of, unexcused, write_sheet
from functions.organisation import queries as organisation
from functions.register import queries as register
from functions.register.queries import PersonName
from functions.timetable import queries as timetable
from skolkit.audit import Trace, record_read
from skolkit.clock import now, today
from skolkit.errors import NotFound
from skolkit.identity import Caller
from skolkit.retry import persist
from skolkit.table import commit, fetch, put_many
from skolkit.telemetry import logger
from skolkit.types import GroupId, LessonId, PersonId, is_id

SHEET_DAYS = 28  # how far ahead a change of a group's members is carried into sheets


def prepare_sheets(group: GroupId, first: date, last: date) -> int:
    """Make or bring up to date the sheets of a group's lessons in a span of days; returns how many were
    written.

    A lesson that has been reported keeps its roster: it says who was there then.
    """
    record = organisation.group(group, first)
    if record is None:
        return 0
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    (planned,) = fetch(timetable.wanted_group_days([group], days))
    lessons = [lesson for day in planned.values() for lesson in day]
    (known,) = fetch(store.wanted_sheets([lesson.id for lesson in lessons]), consistent=True)
    if len(record.members) > rules.MOST_PUPILS:
        logger().error("group too large for attendance", group=group, members=len(record.members))
        return 0
    fresh = [
        Sheet(
            lesson=lesson.id,
            group=group,
            unit=lesson.unit,
            subject=lesson.subject,
            start=lesson.start,
            end=lesson.end,
            teachers=lesson.teachers,
            roster=record.members,
            entries={},
            version=0,
        )
        for lesson in lessons
        if _is_on_one_day(lesson)
    ]
    new = [sheet for sheet in fresh if sheet.lesson not in known]
    changed = [sheet for sheet in fresh if (old := known.get(sheet.lesson)) and _differs(old, sheet)]
    put_many((*shown.token_items(new), *(store.sheet_item(sheet, stored=None) for sheet in new)))
    for sheet in changed:
        old = known[sheet.lesson]
        kept = replace(sheet, created=old.created, left=rules.gone_from(old, sheet.roster))
        commit(store.sheet_item(kept, stored=old.version))
    return len(new) + len(changed)


def prepare_coming_sheets(group: GroupId) -> int:
    """Carry a changed group into the sheets of today and the coming weeks."""
    return prepare_sheets(group, today(), today() + timedelta(days=SHEET_DAYS))


def _differs(old: Sheet, planned: Sheet) -> bool:
    return not old.is_begun and replace(old, version=0) != planned


def _is_on_one_day(lesson: timetable.PlannedLesson) -> bool:
    if fits := rules.is_on_one_day(lesson.start, lesson.end):
        return fits
    logger().error("a lesson over midnight has no attendance", lesson=lesson.id)
    return False


def my_lessons(caller: Caller, day: date) -> LessonList:
    """A teacher's lessons of a day with what is reported. Two round trips."""
    guard.require(caller, "timetable:read_own_day", guard.Person(caller.person_id))
    planned = timetable.teacher_day(caller.person_id, day)
    (sheets,) = fetch(store.wanted_sheets([lesson.id for lesson in planned]))
    data = [
        LessonSummary(
            id=lesson.id,
            group=lesson.group,
            subject=lesson.subject,
            start_time=lesson.start,
            end_time=lesson.end,
            room=lesson.room,
            is_reported=lesson.id in sheets and sheets[lesson.id].is_reported,
            not_held=sheets[lesson.id].not_held if lesson.id in sheets else None,
        )
        for lesson in planned
    ]
    return LessonList(date=day, data=data)


def open_lesson(caller: Caller, id: LessonId) -> LessonView:
    """A lesson with its roster. Three round trips: the sheet with who has checked in, names with notices, the
    audit row.
    """
    found = opened(id)
    sheet, mentors, duties = require_lesson(caller, "attendance:open_lesson", found.sheet if found else None)
    assert found is not None  # or it would not have been let through
    day = today(sheet.start)
    names, days = fetch(register.wanted_names(sheet.roster), store.wanted_days(sheet.roster, [day]))
    teachers = frozenset(sheet.teachers)
    names = register.shown_names(caller, names, teachers=teachers, mentors=mentors, duties=duties)
    # About the group, so that its members find who has read the list they were on.
    record_read(Trace(caller.person_id, "open_lesson", sheet.group, changes=id))
    rows = [_row(found, pupil, names.get(pupil), days[pupil, day]) for pupil in sheet.roster]
    return LessonView(
        id=id,
        group=sheet.group,
        subject=sheet.subject,
        start_time=sheet.start,
        end_time=sheet.end,
        minutes=sheet.minutes,
        is_reported=sheet.is_reported,
        reported_timestamp=sheet.reported_at,
        reporter=sheet.reported_by if is_id(sheet.reported_by or "") else None,
        version=sheet.version,
        not_held=sheet.not_held,
        rows=sorted(rows, key=lambda row: (row.family_name, row.given_name)),
        marks=[_mark(found, pupil) for pupil in sheet.roster],
    )


def _row(found: Opened, pupil: PersonId, name: PersonName | None, day: PupilDay) -> PupilRow:
    sheet = found.sheet
    notified, reason = _notified(sheet, day)
    entry = sheet.entries.get(pupil) or rules.expected(sheet, notified, reason, _late(found, pupil))
    return PupilRow(
        **row_of(pupil, entry).model_dump(),
        given_name=name.given_name if name else "",
        family_name=name.family_name if name else "",
        notified_minutes=min(notified, sheet.minutes),
        notified_reason=reason,
    )


def _late(found: Opened, pupil: PersonId) -> int:
    arrival = found.arrivals.get(pupil)
    if arrival is None or arrival.at is None or found.window is None:
        return 0
    return minutes_late(found.sheet.start, found.window, arrival.at)


def _mark(found: Opened, pupil: PersonId) -> MarkView:
    mark, arrival = found.sheet.marks.get(pupil), found.arrivals.get(pupil)
    return MarkView(
        pupil=pupil,
        version=mark.version if mark else 0,
        setter=mark.by if mark and is_id(mark.by) else None,
        made_at=mark.at if mark else None,
        check_in_timestamp=arrival.at if arrival else None,
    )


def _notified(sheet: Sheet, day: PupilDay) -> tuple[int, Reason | None]:
    covered = [(span.minutes_of(sheet.start, sheet.end), reason) for span, reason in day.notices.values()]
    covered = [(minutes, reason) for minutes, reason in covered if minutes]
    return sum(minutes for minutes, _ in covered), covered[0][1] if covered else None


def save_lesson(caller: Caller, id: LessonId, rows: Sequence[AttendanceRow], version: int) -> SavedLesson:
    """Save or correct a whole lesson. Two round trips: the sheet, one transaction."""
    return persist(lambda: _save(caller, id, rows, version))


def _save(caller: Caller, id: LessonId, rows: Sequence[AttendanceRow], version: int) -> SavedLesson:
    known = store.sheet(id)
    action: guard.Action = (
        "attendance:correct_lesson" if known and known.is_reported else "attendance:save_lesson"
    )
    access = require_lesson(caller, action, known)
    still = require_open(caller, access)
    sheet = access.sheet
    lines = [(PersonId(row.pupil), entry_of(row)) for row in rows]
    saved, _ = rules.save(sheet, lines, caller.person_id, now(), version)
    # A first report has no before; what colleagues had begun with has.
    history = text_of(changes(sheet, saved)) if sheet.entries else ""
    trace = Trace(caller.person_id, action.partition(":")[2], id, changes=history)
    write_sheet(sheet, saved, trace, still=still)
    return SavedLesson(id=id, is_reported=True, unexcused=len(unexcused(saved)), version=saved.version)


def mentor_day(caller: Caller, id: GroupId, day: date) -> MentorDayView:
    """A mentor's class today: lessons nobody has reported, pupils away without a reason."""
    group = organisation.group(id, day)
    if group is None:
        raise NotFound
    duties = () if caller.person in group.mentors else organisation.duties_of(caller.person_id)
    facts = guard.Group(id, group.unit, group.teachers, group.mentors)
    guard.require(caller, "attendance:read_mentor_day", facts, duties)
    theirs = {id} | {g for groups in groups_of(group.members).values() for g in groups}
    unreported = [u for u in store.unreported(group.unit, day) if u.group in theirs and u.end <= now()]
    members = set(group.members)
    unexcused = [(pupil, d) for pupil, d in store.unexcused(group.unit, day) if pupil in members]
    (names,) = fetch(register.wanted_names(sorted({pupil for pupil, _ in unexcused})))
    names = register.shown_names(caller, names, teachers=group.teachers, mentors=group.mentors, duties=duties)
    record_read(Trace(caller.person_id, "mentor_day", id))
    return MentorDayView(
        group=id,
        date=day,
        unreported=[
            LessonSummary(
                id=u.lesson,
                group=u.group,
                subject=u.subject,
                start_time=u.start,
                end_time=u.end,
                is_reported=False,
            )
            for u in unreported
        ],
        unexcused=[
            UnexcusedView(
                pupil=pupil,
                lesson=d.lesson,
                subject=d.subject,
                start_time=d.start,
                end_time=d.end,
                given_name=names[pupil].given_name if pupil in names else "",
                family_name=names[pupil].family_name if pupil in names else "",
                invalid_absence_minutes=d.minutes.invalid,
            )
            for pupil, d in unexcused
        ],
    )
