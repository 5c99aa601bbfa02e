"""The hours plan over HTTP."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from functions.organisation.domain.timplan import Rule, Stage
from functions.organisation.schemas.common import Id
from skolkit.http import Shape
from skolkit.sweden.calendar import SchoolYear


def is_year(text: str) -> str:
    """`2026/27` as it is written everywhere. Raises ValueError."""
    return str(SchoolYear.parse(text))


Year = Annotated[str, Field(pattern=r"^[0-9]{4}/[0-9]{2}$"), AfterValidator(is_year)]


class TimplanQuery(Shape):
    """Which school year; the present one when left out."""

    school_year: Year | None = None


class SubjectHours(Shape):
    """Guaranteed hours of a subject per stage. `fixed`: may not be reduced for skolans val."""

    subject: str
    name: str
    lag: int
    mellan: int
    hog: int
    fixed: bool
    parts: list[str]


class TimplanView(Shape):
    """A timplan of grundskola (SkolF bilaga 1)."""

    id: str
    valid_from: date
    source: str
    total: int
    school_choice: int
    subjects: list[SubjectHours]


class HoursRow(Shape):
    """A subject's hours in one year of grundskola."""

    subject: Annotated[str, Field(pattern=r"^[A-Z0-9]{2,12}$")]
    year: Annotated[int, Field(ge=1, le=9)]
    hours: Annotated[int, Field(ge=0, le=1000)]


class NewDistribution(Shape):
    """A unit's hours per subject and year, from a school year on."""

    school_year: Year
    timplan: Annotated[str, Field(max_length=60)]
    rows: Annotated[list[HoursRow], Field(min_length=1, max_length=200)]

    @model_validator(mode="after")
    def _once_each(self) -> NewDistribution:
        if len({(row.subject, row.year) for row in self.rows}) < len(self.rows):
            raise ValueError("the same subject and year twice")
        return self


class ShortfallView(Shape):
    """A rule the distribution does not keep, with its paragraph."""

    rule: Rule
    law: str
    subject: str | None
    stage: Stage | None
    planned: int
    required: int
    reason: str
    reason_en: str


class DistributionView(NewDistribution):
    """A unit's distribution with what it does not keep. `version` 0: decided for an earlier school year."""

    unit: Id
    warnings: list[ShortfallView]
    version: int
