"""The calendar of national tests over HTTP and in files."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field

from functions.assessment.domain.national_tests import (
    GRADES,
    MOST_POINTS,
    Block,
    Combination,
    Kind,
    NationalTest,
    Part,
    national_test_id,
)
from functions.assessment.schemas.common import Id, PageQuery
from skolkit.http import Shape
from skolkit.sweden.calendar import SchoolYear
from skolkit.sweden.codes import SchoolForm

Code = Annotated[str, Field(pattern=r"^[A-Z][0-9A-Z]{0,3}$")]
SubjectCode = Annotated[str, Field(pattern=r"^[A-ZÅÄÖa-zåäö0-9_-]{1,30}$")]
Grade = Annotated[str, Field(pattern=r"^[A-Z0-9]{1,3}$")]
Name = Annotated[str, Field(min_length=1, max_length=100)]
Year = Annotated[str, AfterValidator(lambda text: str(SchoolYear.parse(text)))]


class PartBody(Shape):
    """A part of a test: how it is assessed and on which days it is held."""

    code: Code
    name: Name
    kind: Kind
    first_day: date
    last_day: date
    most: Annotated[int, Field(ge=1, le=MOST_POINTS)] | None = None
    weight: Annotated[int, Field(ge=1, le=20)] = 1
    minutes: Annotated[int, Field(ge=1, le=600)] | None = None

    def part(self) -> Part:
        return Part(
            code=self.code, name=self.name, kind=self.kind, first=self.first_day, last=self.last_day,
            most=self.most, weight=self.weight, minutes=self.minutes,
        )  # fmt: skip


class NewTest(Shape):
    """A test of the calendar. `testActivity` is its id in Skolverket's test service; `limits` are the least
    sums of the test grades, for a test whose grade is a sum.
    """

    school_year: Year
    school_form: SchoolForm
    subject: SubjectCode
    name: Name
    year: Annotated[int, Field(ge=1, le=10)] | None = None
    block: Block | None = None
    parts: Annotated[list[PartBody], Field(min_length=1, max_length=12)]
    combine: Combination = "given"
    grades: Annotated[tuple[Grade, ...], Field(min_length=2, max_length=12)] = GRADES
    limits: dict[Grade, Annotated[int, Field(ge=0, le=100_000)]] | None = None
    test_activity: Id | None = None

    def test(self, version: int | None = None) -> NationalTest:
        """The test, with the id that it always has."""
        year = SchoolYear.parse(self.school_year)
        return NationalTest(
            id=national_test_id(year, self.school_form, self.subject, self.year), school_year=year,
            form=self.school_form, subject=self.subject, name=self.name, year=self.year, block=self.block,
            parts=tuple(part.part() for part in self.parts), combine=self.combine,
            grades=self.grades, limits=self.limits, activity=self.test_activity, version=version,
        )  # fmt: skip


class TestView(NewTest):
    """A test with its id and version."""

    id: Id
    version: int

    @classmethod
    def of(cls, test: NationalTest) -> TestView:
        parts = [
            PartBody(
                code=p.code, name=p.name, kind=p.kind, first_day=p.first, last_day=p.last, most=p.most,
                weight=p.weight, minutes=p.minutes,
            )
            for p in test.parts
        ]  # fmt: skip
        return cls(
            id=test.id, version=test.version or 1, school_year=str(test.school_year), school_form=test.form,
            subject=test.subject, name=test.name, year=test.year, block=test.block, parts=parts,
            combine=test.combine, grades=test.grades, limits=dict(test.limits) if test.limits else None,
            test_activity=test.activity,
        )  # fmt: skip


class YearQuery(PageQuery):
    """Which school year, this one when nothing is said."""

    school_year: Year | None = None

    def which(self, today: date) -> SchoolYear:
        return SchoolYear.parse(self.school_year) if self.school_year else SchoolYear.of(today)


class TestPage(Shape):
    """Tests by form, year and subject; `cursor` leads to the next page."""

    data: list[TestView]
    cursor: str | None


class GivenBody(Shape):
    """The subjects of NO and SO that a unit has been given in a school year."""

    school_year: Year
    no: SubjectCode | None = None
    so: SubjectCode | None = None


class UnitTests(Shape):
    """The tests that concern a unit, and the subjects it has been given; `version` is that of the latter."""

    school_year: str
    no: str | None
    so: str | None
    tests: list[TestView]
    version: int
