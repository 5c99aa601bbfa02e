"""Pupils check in to a lesson with a code (process 20)."""

from __future__ import annotations

from functions.attendance.app.base import api
from functions.attendance.domain import lesson_check_in as rules
from functions.attendance.domain.lesson import LessonNotHeld
from functions.attendance.schemas import lesson_check_in as schemas
from functions.attendance.usecases import lesson_check_in
from skolkit.errors import NotFound
from skolkit.http import Request
from skolkit.types import LessonId


@api.operation(
    "POST", "/v1/lessons/{lesson}/check-in-window", process=20, keyed=True, status=201,
    body=schemas.OpenCheckIn, answer=schemas.CheckInWindow,
    errors=(NotFound, LessonNotHeld, rules.NotLessonTime),
)  # fmt: skip
def open_lesson_check_in(request: Request[schemas.OpenCheckIn, None]) -> schemas.CheckInWindow:
    """Let the pupils of a lesson check in with a code"""
    assert request.key is not None
    return lesson_check_in.open_lesson_check_in(
        request.caller, LessonId(request.id("lesson")), request.body.minutes, request.key
    )


@api.operation(
    "POST", "/v1/lessons/{lesson}/check-ins", process=20, keyed=True,
    body=schemas.CheckIn, answer=schemas.CheckedIn,
    errors=(NotFound, rules.CheckInClosed, rules.WrongCode, rules.TooManyGuesses),
)  # fmt: skip
def check_in_to_lesson(request: Request[schemas.CheckIn, None]) -> schemas.CheckedIn:
    """Check in to a lesson with its code"""
    assert request.key is not None
    return lesson_check_in.check_in_to_lesson(
        request.caller, LessonId(request.id("lesson")), request.body.code, request.key
    )
