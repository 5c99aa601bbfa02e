"""Test grades beside subject grades over HTTP."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from functions.grades.schemas.common import Id
from skolkit.http import Shape
from skolkit.sweden.calendar import SchoolYear
from skolkit.sweden.codes import SchoolForm


class ComparisonQuery(Shape):
    """Of which subject, course or level, by its code, and of which term."""

    school_form: SchoolForm = SchoolForm.COMPULSORY
    subject: Annotated[str, Field(pattern=r"^[A-ZÅÄÖa-zåäö0-9_-]{1,30}$")]
    school_year: Annotated[str, AfterValidator(lambda text: str(SchoolYear.parse(text)))]
    semester: Literal["HT", "VT"]


class CountsView(Shape):
    """How many pupils, and which shares have a lower, the same and a higher grade than on the test, in per
    cent.
    """

    students: int
    lower: float
    equal: float
    higher: float


class TeacherRow(Shape):
    """Teachers who decided together; `counts` None where it would tell of single pupils."""

    teachers: list[Id]
    counts: CountsView | None


class ComparisonView(Shape):
    """A unit and its teachers. `rules` says from how many pupils on something is shown."""

    unit: CountsView | None
    teachers: list[TeacherRow]
    rules: str
