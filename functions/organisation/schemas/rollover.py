"""The yearly rollover over HTTP."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import Field

from functions.organisation.schemas.common import Id
from functions.organisation.schemas.groups import Year, YearText
from skolkit.http import Shape
from skolkit.jobs import State
from skolkit.sweden.codes import SchoolForm


class LastYear(Shape):
    """The last year that a unit teaches of a school form in the new school year."""

    unit: Id
    school_form: SchoolForm
    year: Year


class NewRollover(Shape):
    """The school year that ends, and for which units: all of the municipality's own when left out.

    Where `last_years` says nothing a unit teaches each form as far as it has pupils today. `ladder` names
    which year follows which; the decided one when left out.
    """

    school_year: YearText
    units: Annotated[tuple[Id, ...], Field(max_length=500)] | None = None
    last_years: Annotated[tuple[LastYear, ...], Field(max_length=1000)] = ()
    ladder: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,32}$")] | None = None


class RolloverView(Shape):
    """How far a rollover has come: `done` of `total` units. `report` is its file, when all are done."""

    id: Id
    job: str
    state: State
    asked: str
    ended: str | None
    school_year: str
    first_day: date
    ladder: str
    total: int
    done: int
    outcome: dict[str, Any]
    version: int


class ProblemView(Shape):
    """What somebody should look at: a code and the pupils or groups concerned."""

    code: str
    ids: list[str]


class ClassView(Shape):
    """A group of the new year and the one it follows."""

    before: Id
    group: Id
    name: str
    members: int


class UnitRolloverView(Shape):
    """One unit of a rollover. People by id: `leavers` finish their form, `placed` go on at another unit,
    `unplaced` lack a unit next year. When undoing, `restored` are as before, and `kept` were changed by hand
    since and left as they are.
    """

    unit: Id
    state: State
    moving_up: int
    leavers: list[Id]
    placed: list[Id]
    unplaced: list[Id]
    formed: list[ClassView]
    archived: int
    problems: list[ProblemView]
    restored: int
    kept: list[Id]


class UnitRolloverPage(Shape):
    """A rollover's units in the order they were asked for; `cursor` leads to the next page."""

    data: list[UnitRolloverView]
    cursor: str | None
