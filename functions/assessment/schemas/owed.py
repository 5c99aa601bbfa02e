"""What a unit owes its pupils, over HTTP."""

from __future__ import annotations

from functions.assessment.schemas.common import Id
from skolkit.http import Shape
from skolkit.sweden.codes import SchoolForm


class OwedView(Shape):
    """A pupil who has not been given it yet, the class, and the mentors to ask."""

    pupil: Id
    given_name: str
    family_name: str
    school_form: SchoolForm
    year: int | None
    group: Id | None
    mentors: list[Id]


class OwedPage(Shape):
    """A page of them by form and year; `withheld` of it are pupils not shown to the caller."""

    data: list[OwedView]
    withheld: int
    cursor: str | None
