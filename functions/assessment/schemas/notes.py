"""Notes and results over HTTP."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from functions.assessment.domain.notes import MOST_ROWS
from functions.assessment.schemas.common import Id, PageQuery, Subject
from skolkit.http import Shape

Words = Annotated[str, Field(max_length=2000)]
Short = Annotated[str, Field(max_length=120)]
Points = Annotated[float, Field(ge=0, le=10_000)]
Level = Annotated[int, Field(ge=-9, le=99)]


class Shown(Shape):
    """What a pupil has shown: a level, points or a text. `shared`: the home reads it."""

    level: Level | None = None
    points: Points | None = None
    text: Words = ""
    shared: bool = False


class NewNote(Shown):
    """A note about one pupil. `area` is the knowledge area, `most` the most possible points."""

    day: date
    area: Short = ""
    title: Short = ""
    most: Points | None = None


class RowOfNote(Shown):
    """One pupil's row."""

    pupil: Id


class NewGroupNote(Shape):
    """The same occasion noted for several pupils of a group, each with a row."""

    subject: Subject
    day: date
    area: Short = ""
    title: Short = ""
    most: Points | None = None
    rows: Annotated[list[RowOfNote], Field(min_length=1, max_length=MOST_ROWS)]


class NoteQuery(PageQuery):
    """Of one subject, or of all."""

    subject: Subject | None = None


class NoteView(Shape):
    """A note. `levelText` and `levelTextEn` say what the level means."""

    id: str
    pupil: str
    group: str | None
    subject: str
    day: date
    area: str
    title: str
    level: int | None
    level_text: str
    level_text_en: str
    points: float | None
    most: float | None
    text: str
    shared: bool
    by: str
    at: datetime
    version: int


class NotePage(Shape):
    """A page of notes."""

    data: list[NoteView]
    cursor: str | None


class NoteIds(Shape):
    """The notes written, in the order of the rows."""

    notes: list[str]
