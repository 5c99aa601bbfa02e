"""Statistics of grades over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from functions.grades.domain.catalogue import Term
from functions.grades.domain.leavers import Kind
from functions.grades.schemas.common import Id
from functions.grades.schemas.grading import SchoolYearText
from skolkit.http import Shape
from skolkit.sweden.codes import SchoolForm
from skolkit.tables.formats import Format


class StatisticsQuery(Shape):
    """Which tables: of a form, a year (none for forms without) and a term; those of the last six school years
    are answered beside each other.
    """

    school_form: SchoolForm
    year: Annotated[int, Field(ge=1, le=10)] | None = None
    semester: Term


class UnitsQuery(StatisticsQuery):
    """The same table of the units, a page of them."""

    school_year: SchoolYearText
    limit: Annotated[int, Field(ge=1, le=100)] = 50
    cursor: Annotated[str, Field(max_length=600)] | None = None


class FileQuery(StatisticsQuery):
    """The same tables as a file: exact for who answers for the unit, else as everybody may see them."""

    exact: bool = False
    format: Format = "csv"


class TableFile(Shape):
    """A file; `content` in base64."""

    name: str
    content_type: str
    content: str


class BandView(Shape):
    """How many have one of some grades, and their share in per cent."""

    grade_values: list[str]
    count: int
    share: float


class GroupView(Shape):
    """A group's part of a row, exact."""

    group: Id
    students: int
    values: list[BandView]
    mean_points: float | None


class RowView(Shape):
    """A subject. What would show a single pupil's grade is null or empty, or several grades are counted
    together. For who answers for the unit there are `groups`, and a row `allPassed`: how many have a pass in
    everything.
    """

    subject_code: str
    subject_name: str
    students: int | None
    values: list[BandView]
    mean_points: float | None
    sexes: dict[str, list[BandView]] | None
    groups: list[GroupView] | None


class EligibleView(Shape):
    """How many are eligible for the programmes of a kind (vocational: any), and their share in per cent; null
    where it would tell of single pupils.
    """

    kind: Kind
    programmes: list[str]
    count: int | None
    share: float | None


class PartResults(Shape):
    """What the grades of a part are enough for. The mean merit value is rounded as far as it must be not to
    tell of single pupils (`roundedTo`; null: exact, or no mean is shown).
    """

    students: int | None
    mean_merit_value: float | None
    rounded_to: float | None
    eligible: list[EligibleView]


class GroupResults(Shape):
    """Those of a class, exact."""

    group: Id
    results: PartResults


class ResultsView(Shape):
    """What grades of the last years are enough for: of all, by sex, by class where they are exact."""

    whole: PartResults
    sexes: dict[str, PartResults] | None
    groups: list[GroupResults] | None


class PartGraduates(Shape):
    """Of those with grades in a whole programme of upper secondary school: the mean grade points
    (genomsnittlig betygspoäng), how many reach a diploma, how many a certificate of studies, and of how many
    it is not known, as without a study plan.
    """

    students: int
    mean_grade_points: float | None
    diploma: int
    studies: int
    unknown: int


class GroupGraduates(Shape):
    """Those of a class."""

    group: Id
    results: PartGraduates


class GraduatesView(Shape):
    """How upper secondary school ends, exact: of all, by sex, by class."""

    whole: PartGraduates
    sexes: dict[str, PartGraduates]
    groups: list[GroupGraduates]


class TableView(Shape):
    """A unit's year in a term. `rules`: by which rules small numbers are left out; null where none are.
    `results` of compulsory school from year 9, `graduates` of upper secondary school for who answers for the
    unit.
    """

    organisation: Id
    school_form: SchoolForm
    year: int | None
    semester: Term
    school_year: str
    counted_timestamp: datetime
    rules: str | None
    rows: list[RowView]
    results: ResultsView | None
    graduates: GraduatesView | None


class MunicipalTable(Shape):
    """The municipality's units together, so many of them. The mean merit value is that of the means that
    units show.
    """

    school_form: SchoolForm
    year: int | None
    semester: Term
    school_year: str
    counted_timestamp: datetime
    units: int
    rules: str
    rows: list[RowView]
    results: ResultsView | None


class MunicipalTables(Shape):
    """Those of the last six school years, the latest first."""

    data: list[MunicipalTable]


class TableList(Shape):
    """A unit's tables, the latest school year first."""

    data: list[TableView]


class TablePage(Shape):
    """The units' tables; `cursor` leads to the next page, which may be empty."""

    data: list[TableView]
    cursor: str | None
