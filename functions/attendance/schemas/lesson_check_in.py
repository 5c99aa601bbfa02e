"""Checking in to a lesson with a code."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from functions.attendance.domain.lesson_check_in import MINUTES
from functions.attendance.schemas.common import Id
from skolkit.http import Shape


class OpenCheckIn(Shape):
    """For how many minutes."""

    minutes: Annotated[int, Field(ge=1, le=30)] = MINUTES


class CheckInWindow(Shape):
    """The code to show in the room, and how long it holds."""

    lesson: Id
    code: str
    open_until: datetime


class CheckIn(Shape):
    """The code on the board."""

    code: Annotated[str, Field(pattern=r"^\d{5}$")]


class CheckedIn(Shape):
    """When the pupil came, and how many minutes after the start; the teacher has the last word."""

    lesson: Id
    check_in_timestamp: datetime
    late_minutes: int
