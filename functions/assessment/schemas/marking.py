"""Marking without names over HTTP."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from functions.assessment.domain.marking import How, State
from functions.assessment.domain.national_tests import MOST_POINTS, Kind
from functions.assessment.domain.sittings import MOST_PUPILS
from functions.assessment.schemas.common import Id
from functions.assessment.schemas.national_tests import Code, Grade
from skolkit.http import Shape

PaperCode = Annotated[str, Field(pattern=r"^[A-Z2-9]{4}$")]


class NewMarking(Shape):
    """A part to be marked without names by two; `students` are those who handed in (None: everybody who has
    no result of the part).
    """

    part: Code
    markers: Annotated[list[Id], Field(min_length=2, max_length=2)]
    students: Annotated[list[Id], Field(max_length=MOST_PUPILS)] | None = None


class MarkersBody(Shape):
    """Who marks, and who decides where they differ."""

    markers: Annotated[list[Id], Field(min_length=2, max_length=2)]
    third: Id | None = None


class MarkingState(Shape):
    """A marking; `papers` are how many there are."""

    id: Id
    name: str
    part: str
    kind: Kind
    most: int | None
    grades: list[str]
    markers: list[Id]
    third: Id | None
    state: State
    papers: int
    last_day: date
    version: int


class MarkingPage(Shape):
    """One's own markings, newest first; `cursor` leads to the next page."""

    data: list[MarkingState]
    cursor: str | None


class MarkView(Shape):
    """What somebody gave a paper."""

    by: Id
    grade: str | None
    points: int | None


class PaperView(Shape):
    """A paper by its code: the marks one may see, whether both have marked, and what holds."""

    code: str
    marks: list[MarkView]
    both: bool
    settled: bool
    how: How | None
    grade: str | None
    points: int | None


class MarkingView(MarkingState):
    """A marking with its papers."""

    rows: list[PaperView]


class LabelView(Shape):
    """Whose a paper is."""

    code: str
    student: Id
    given_name: str
    family_name: str


class Labels(Shape):
    """Whose the papers are, by name."""

    rows: list[LabelView]


class MarkRow(Shape):
    """A mark of a paper."""

    code: PaperCode
    grade: Grade | None = None
    points: Annotated[int, Field(ge=0, le=MOST_POINTS)] | None = None


class NewMarks(Shape):
    """Marks of papers."""

    rows: Annotated[list[MarkRow], Field(min_length=1, max_length=MOST_PUPILS)]


class LostPaper(Shape):
    """A paper that cannot be found any more."""

    code: PaperCode
