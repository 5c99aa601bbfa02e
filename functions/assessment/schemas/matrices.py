"""Formative tracking over HTTP."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from functions.assessment.domain.matrices import MOST_AT_ONCE, Criterion
from functions.assessment.schemas.common import Id, PageQuery
from skolkit.http import Shape

CriterionCode = Annotated[str, Field(pattern=r"^[A-Za-zÅÄÖåäö0-9]{1,12}$")]


class CriterionBody(Shape):
    """What is observed. `levels` from the lowest up; `goal` is the place of the one that reaches the goal,
    from 0.
    """

    code: CriterionCode
    text: Annotated[str, Field(min_length=1, max_length=500)]
    levels: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=300)]], Field(min_length=2, max_length=6)
    ]
    goal: Annotated[int, Field(ge=0, le=5)]

    def criterion(self) -> Criterion:
        return Criterion(self.code, self.text, tuple(self.levels), self.goal)


class MatrixBody(Shape):
    """A matrix of an edition of a syllabus."""

    syllabus: Id
    title: Annotated[str, Field(min_length=1, max_length=100)]
    criteria: Annotated[list[CriterionBody], Field(min_length=1, max_length=30)]
    shared: bool = False


class MatrixView(MatrixBody):
    """A matrix; `used` once somebody has been observed against it."""

    id: Id
    unit: Id
    subject: str
    made_by: Id
    used: bool
    version: int


class MatrixPage(Shape):
    """The unit's matrices and those shared by others; `cursor` leads to the next page."""

    data: list[MatrixView]
    cursor: str | None


class NewObservation(Shape):
    """What somebody saw of a pupil; `level` is the place among the criterion's levels, from 0."""

    student: Id
    criterion: CriterionCode
    level: Annotated[int, Field(ge=0, le=5)]
    text: Annotated[str, Field(max_length=1000)] = ""


class NewObservations(Shape):
    """Observations of a group against a matrix."""

    matrix: Id
    rows: Annotated[list[NewObservation], Field(min_length=1, max_length=MOST_AT_ONCE)]


class StandingView(Shape):
    """How far somebody has come with a criterion."""

    criterion: str
    level: int
    reached: bool
    observations: int
    observed_timestamp: datetime


class ProgressRow(Shape):
    """How far a pupil of a group has come."""

    student: Id
    given_name: str
    family_name: str
    standings: list[StandingView]


class GroupProgress(Shape):
    """How far a group has come with a matrix."""

    matrix: MatrixView
    rows: list[ProgressRow]


class MatrixQuery(Shape):
    """Against which matrix."""

    matrix: Id


class ObservationQuery(PageQuery):
    """Against which matrix, and how much of a list."""

    matrix: Id


class PupilProgress(Shape):
    """How far a pupil has come with a matrix."""

    matrix: MatrixView
    standings: list[StandingView]


class ProgressPage(Shape):
    """A pupil's progress by matrix; `cursor` leads to the next page."""

    data: list[PupilProgress]
    cursor: str | None


class ObservationView(Shape):
    """What somebody saw."""

    id: Id
    criterion: str
    level: int
    text: str
    observed_by: Id
    observed_timestamp: datetime


class ObservationPage(Shape):
    """Observations, newest first; `cursor` leads to the next page."""

    data: list[ObservationView]
    cursor: str | None


class NewDue(Shape):
    """By when every pupil of the group is to have been observed against a matrix."""

    matrix: Id
    day: date


class SettingsBody(Shape):
    """Whether the unit's tracking is shown to pupils and to guardians."""

    show_pupils: bool = False
    show_guardians: bool = False


class SettingsView(SettingsBody):
    """What a unit has chosen; `version` 0 while it has not."""

    version: int
