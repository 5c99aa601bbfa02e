"""Rules that compose groups, over HTTP."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Self

from pydantic import Field, model_validator

from functions.organisation.schemas.common import Id
from functions.organisation.schemas.groups import Year
from skolkit.http import Shape
from skolkit.sweden.codes import SchoolForm


class TermShape(Shape):
    """Those of the unit's pupils of whom all that is said is true."""

    school_form: SchoolForm | None = None
    year: Year | None = None
    education_code: Annotated[str, Field(pattern=r"^[A-Z0-9]{2,12}$")] | None = None
    group: Id | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_fields_set or all(value is None for _, value in self):
            raise ValueError("a term says at least one thing")
        return self


class RuleShape(Shape):
    """Who belongs to a group: those whom one of the terms fits. `automatic`: also those enrolled later."""

    terms: Annotated[list[TermShape], Field(min_length=1, max_length=20)]
    automatic: bool = False


class RuleView(RuleShape):
    """The rule of a group, and who is in or out by hand."""

    group: Id
    put_in: list[Id]
    kept_out: list[Id]
    version: int


class DayQuery(Shape):
    """From which day on; today when left out."""

    start_date: date | None = None


class ApplyRule(Shape):
    """From which day on the rule is to decide."""

    start_date: date


class ChangesView(Shape):
    """Who would come and who would leave, by id."""

    group: Id
    come: list[Id]
    leave: list[Id]
