"""Cases of invalid absence for CSN over HTTP."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from functions.attendance.domain.csn import Decision, Refraining, State
from functions.attendance.schemas.common import Id, PageQuery
from functions.attendance.schemas.statistics import Month
from skolkit.http import Shape
from skolkit.tables.formats import Format


class CsnQuery(PageQuery):
    """A month's cases; last month's when left out."""

    month: Month | None = None


class CsnDecision(Shape):
    """To report the absence, or to refrain for a reason."""

    decision: Decision
    reason: Refraining | None = None


class FullTime(Shape):
    """The first day of full-time studies."""

    since: date


class NewCsnFile(Shape):
    """A month's approved reports that are in no file yet; all of them with `again`."""

    month: Month
    again: bool = False
    format: Format = "csv"


class CsnRow(Shape):
    """A case of a list; nothing of it when `withheld` (protected identity)."""

    withheld: bool
    pupil: Id | None = None
    given_name: str | None = None
    family_name: str | None = None
    state: State | None = None
    first_day: date | None = None
    minutes: int | None = None
    corrected: bool | None = None
    exported: bool | None = None


class CsnPage(Shape):
    """A page of a unit's cases of a month, by pupil."""

    month: Month
    data: list[CsnRow]
    cursor: str | None


class MissedLesson(Shape):
    """A lesson with unexcused minutes."""

    lesson: Id
    start_time: Annotated[str, Field(description="RFC 3339")]
    subject: str
    minutes: int


class DecisionView(Shape):
    """A decision: who, as what, on what absence, by which rules."""

    decision: str
    reason: str | None
    by: Id
    role: str
    delegated: bool
    at: str
    rules: str
    first_day: date | None
    minutes: int | None


class CsnState(Shape):
    """How far a case has come. `firstDay` and `minutes` are what attendance says now; `corrected`: it has
    been changed since the decision.
    """

    pupil: Id
    month: Month
    unit: Id
    state: State
    first_day: date | None
    minutes: int
    days: int
    corrected: bool
    exported: bool
    full_time: date | None
    version: int


class CsnCaseView(CsnState):
    """A case with its lessons and decisions."""

    rules: str
    lessons: list[MissedLesson]
    decisions: list[DecisionView]
