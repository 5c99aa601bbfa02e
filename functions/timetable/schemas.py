"""What the timetable gives over HTTP."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from skolkit.http import Shape

Id = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]


class DayQuery(Shape):
    """Which day; today when left out."""

    day: Annotated[date | None, Field(alias="date")] = None


class Named(Shape):
    """A group or a person by id and name."""

    id: Id
    name: str | None


class LessonView(Shape):
    """A planned lesson; times are UTC."""

    id: Id
    group: Named
    subject_code: str
    subject: str
    teachers: list[Named]
    start_time: datetime
    end_time: datetime
    room: str


class LessonList(Shape):
    """The lessons of one day, by time."""

    date: date
    data: list[LessonView]
