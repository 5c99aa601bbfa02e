"""Trials over HTTP (process 33)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from functions.grades.domain.catalogue import Choice
from functions.grades.domain.trials import State
from functions.grades.schemas.common import Id
from functions.grades.schemas.grading import Language, Value
from skolkit.http import Shape
from skolkit.sweden.codes import SchoolForm


class NewTrial(Shape):
    """What somebody wants to be tried in, and at which unit: a subject of grundskola by its code, or a course
    or level by its syllabus.
    """

    organisation: Id
    school_form: SchoolForm
    subject_code: Annotated[str, Field(min_length=1, max_length=20)] | None = None
    syllabus: Id | None = None
    language: Language | None = None
    choice: Choice | None = None


class TrialHandling(Shape):
    """Admitted, with examiner, day and perhaps a fee in kronor; or refused, with the reasons."""

    outcome: Literal["admitted", "refused"]
    examiner: Id | None = None
    day: date | None = None
    fee: Annotated[int, Field(ge=0, le=10_000)] = 0
    motivation: Annotated[str, Field(max_length=2000)] = ""


class TrialResult(Shape):
    """The grade, with the written assessment that an F comes with; without a value nobody came."""

    value: Value | None
    support: Annotated[str, Field(max_length=2000)] = ""
    title: Annotated[str, Field(max_length=200)] = ""


class TrialView(Shape):
    """A trial; `fee` in kronor, `entry` its grade in the catalogue."""

    id: Id
    student: Id
    organisation: Id
    school_form: SchoolForm
    subject_code: str
    subject_name: str
    language: str | None
    choice: Choice | None
    applicant: Id
    applied_timestamp: datetime
    state: State
    examiner: Id | None
    day: date | None
    fee: int
    handled_by: Id | None
    motivation: str
    entry: Id | None
    version: int


class TrialList(Shape):
    """Somebody's trials, the latest first."""

    data: list[TrialView]


class WaitingTrialView(Shape):
    """A trial that waits at a unit. Names are null for who the caller may not see."""

    id: Id
    student: Id
    given_name: str | None
    family_name: str | None
    subject_name: str
    state: str
    applied_timestamp: datetime
    day: date | None


class TrialPage(Shape):
    """Trials that wait at a unit, oldest first."""

    data: list[WaitingTrialView]
    cursor: str | None


class TaskView(Shape):
    """What waits for the caller: a change to answer about the grade `entry`, or a trial to examine."""

    kind: Literal["change", "trial"]
    id: Id
    student: Id
    entry: Id | None


class TaskPage(Shape):
    """What waits for the caller."""

    data: list[TaskView]
    cursor: str | None
