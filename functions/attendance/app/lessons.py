"""Attendance at lessons (process 20): opening, saving, merging reports, lessons that are not held."""

from __future__ import annotations

from functions.attendance.app.base import api, on
from functions.attendance.domain import correction, lesson
from functions.attendance.domain.merge import MadeAtOutOfRange
from functions.attendance.events import GroupChanged, LessonsPlanned
from functions.attendance.schemas import lessons as schemas
from functions.attendance.schemas.common import DayQuery
from functions.attendance.usecases import lesson_reports, lessons
from skolkit.clock import today
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.events import Envelope
from skolkit.http import Request
from skolkit.types import GroupId, LessonId

_CLOSED = (correction.TooLateToCorrect, correction.MonthLocked)
_LESSON = (
    lesson.LessonNotStarted, lesson.LessonNotHeld, lesson.RosterMismatch, lesson.MinutesDoNotAddUp, *_CLOSED
)  # fmt: skip


@api.operation("GET", "/v1/me/lessons", process=20, query=DayQuery, answer=schemas.LessonList)
def my_lessons(request: Request[None, DayQuery]) -> schemas.LessonList:
    """A teacher's own lessons of one day, and which are reported"""
    return lessons.my_lessons(request.caller, request.query.day or today())


@api.operation("GET", "/v1/lessons/{lesson}", process=20, answer=schemas.LessonView, errors=(NotFound,))
def open_lesson(request: Request[None, None]) -> schemas.LessonView:
    """A lesson with its roster, notified absence filled in"""
    return lessons.open_lesson(request.caller, LessonId(request.id("lesson")))


@api.operation(
    "PUT", "/v1/lessons/{lesson}/attendance", process=20, versioned=True,
    body=schemas.SaveAttendance, answer=schemas.SavedLesson,
    errors=(NotFound, ChangedMeanwhile, *_LESSON),
)  # fmt: skip
def save_lesson(request: Request[schemas.SaveAttendance, None]) -> schemas.SavedLesson:
    """Save or correct the attendance of a whole lesson"""
    return lessons.save_lesson(
        request.caller, LessonId(request.id("lesson")), request.body.rows, request.version
    )


@api.operation(
    "PATCH", "/v1/lessons/{lesson}/attendance", process=20, keyed=True,
    body=schemas.ReportPupils, answer=schemas.MergedLesson, errors=(NotFound, MadeAtOutOfRange, *_LESSON),
)  # fmt: skip
def report_pupils(request: Request[schemas.ReportPupils, None]) -> schemas.MergedLesson:
    """Report some pupils of a lesson, merged with what others report"""
    assert request.key is not None
    return lesson_reports.report_pupils(
        request.caller, LessonId(request.id("lesson")), request.body.rows, request.key
    )


@api.operation(
    "PUT", "/v1/lessons/{lesson}/cancellation", process=20, versioned=True,
    body=schemas.CancelLesson, answer=schemas.HeldLesson, errors=(NotFound, ChangedMeanwhile, *_CLOSED),
)  # fmt: skip
def cancel_lesson(request: Request[schemas.CancelLesson, None]) -> schemas.HeldLesson:
    """Say that a lesson is not held"""
    return lesson_reports.cancel_lesson(
        request.caller, LessonId(request.id("lesson")), request.body.reason, request.version
    )


@api.operation(
    "DELETE", "/v1/lessons/{lesson}/cancellation", process=20, versioned=True,
    answer=schemas.HeldLesson, errors=(NotFound, ChangedMeanwhile, *_CLOSED),
)  # fmt: skip
def restore_lesson(request: Request[None, None]) -> schemas.HeldLesson:
    """Say that a lesson is held after all"""
    return lesson_reports.restore_lesson(request.caller, LessonId(request.id("lesson")), request.version)


@api.operation(
    "GET", "/v1/groups/{group}/mentor-day", process=20,
    query=DayQuery, answer=schemas.MentorDayView, errors=(NotFound,),
)  # fmt: skip
def mentor_day(request: Request[None, DayQuery]) -> schemas.MentorDayView:
    """A mentor's class: unreported lessons and unexcused absence of one day"""
    return lessons.mentor_day(request.caller, GroupId(request.id("group")), request.query.day or today())


@on.on_facts(
    "timetable.TimetablePublished.v1", "organisation.GroupMembersChanged.v1", process=20,
    meaning="Nya eller ändrade lektioner syns inte i lärarnas närvarolistor.",
)  # fmt: skip
def prepare_sheets(envelope: Envelope) -> None:
    """Keep lesson sheets in step with the timetable and the groups."""
    if envelope.type == "timetable.TimetablePublished.v1":
        planned = LessonsPlanned.model_validate(envelope.data)
        lessons.prepare_sheets(planned.group, planned.first_day, planned.last_day)
    else:
        group = GroupChanged.model_validate(envelope.data).group
        lessons.prepare_coming_sheets(group)
