"""Attendance at lessons (process 20)."""

from __future__ import annotations

from functions.attendance.app.base import api, on
from functions.attendance.domain import lesson
from functions.attendance.events import GroupChanged, LessonsPlanned
from functions.attendance.schemas import lessons as schemas
from functions.attendance.schemas.common import DayQuery
from functions.attendance.usecases import lessons
from skolkit.clock import today
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.events import Envelope
from skolkit.http import Request
from skolkit.types import GroupId, LessonId

_LESSON = (lesson.LessonNotStarted, lesson.RosterMismatch, lesson.MinutesDoNotAddUp)


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
