"""Sums and statistics of attendance over HTTP."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from functions.attendance.domain.statistics import Grouping, Measure
from functions.attendance.domain.totals import By
from functions.attendance.schemas.common import Id, PageQuery
from skolkit.http import Shape
from skolkit.tables.formats import Format

Share = Annotated[float, Field(ge=0, le=100)]
Month = Annotated[str, Field(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]


class SpanQuery(Shape):
    """From one day to another, both inclusive; the last thirty days when left out."""

    first_day: date | None = None
    last_day: date | None = None


class TotalsQuery(SpanQuery):
    """A pupil's sums, also in parts."""

    by: By | None = None


class GroupTotalsQuery(SpanQuery, PageQuery):
    """Of the group's own lessons, or of every lesson of its members."""

    scope: Literal["lessons", "members"] = "lessons"


class TableQuery(SpanQuery):
    """What the rows are, and whether they are split by sex."""

    by: Grouping = "all"
    split: bool = False


class AbsentQuery(SpanQuery, PageQuery):
    """Pupils whose invalid, or whole, absence is at least `share` per cent of what is reported, and at least
    so many minutes.
    """

    measure: Measure = "invalid"
    share: Share = 15.0
    minutes: Annotated[int, Field(ge=0, le=100_000)] = 1


class ReportingQuery(SpanQuery, PageQuery):
    """A page of teachers."""


class SumsView(Shape):
    """Minutes as SS 12000 `AggregatedAttendance` sums them, with numbers and shares (per cent of the minutes
    reported).
    """

    attendance_sum: int
    valid_absence_sum: int
    invalid_absence_sum: int
    other_attendance_sum: int
    reported_sum: int
    offered_sum: int
    lessons: int
    unreported_lessons: int
    late_lessons: int
    leave_days: int
    valid_absence_share: float
    invalid_absence_share: float


class PupilTotals(Shape):
    """A pupil's attendance in a span; `parts` are by subject, group, weekday (1 is Monday), hour, week or
    month.
    """

    pupil: Id
    first_day: date
    last_day: date
    total: SumsView
    parts: dict[str, SumsView]


class PupilSums(Shape):
    """A pupil of a list, with the sums of the span."""

    pupil: Id
    given_name: str
    family_name: str
    sums: SumsView


class PupilSumsPage(Shape):
    """A page of pupils. `withheld` are those of the page who are not named: protected identity."""

    first_day: date
    last_day: date
    data: list[PupilSums]
    withheld: int
    cursor: str | None


class PartView(Shape):
    """A row of a table; without sums when so few pupils are in it that they could be recognised."""

    value: str
    sums: SumsView | None
    sexes: dict[str, SumsView] | None


class TableView(Shape):
    """A unit's attendance in a span, in rows. The days up to yesterday are counted in the night."""

    unit: Id
    first_day: date
    last_day: date
    by: Grouping
    data: list[PartView]


class TeacherRow(Shape):
    """How many of a teacher's lessons nobody has reported."""

    teacher: Id
    given_name: str
    family_name: str
    lessons: int
    unreported_lessons: int


class TeacherPage(Shape):
    """A page of teachers, those with most unreported lessons first."""

    first_day: date
    last_day: date
    data: list[TeacherRow]
    cursor: str | None


class ComplianceDay(Shape):
    """What an evening's check found."""

    day: date
    counts: dict[str, int]


class ComplianceView(Shape):
    """Same-day notices of a span: `share` is per cent of the unexcused lessons, without explained and
    corrected ones, of which the home was told the same day (skollagen 7:17).
    """

    unit: Id
    first_day: date
    last_day: date
    lessons: int
    told: int
    share: float
    data: list[ComplianceDay]


class NewExport(SpanQuery):
    """What to write into a file."""

    table: Literal["pupils", "statistics", "reporting"]
    by: Grouping = "class"
    split: bool = False
    measure: Measure = "invalid"
    share: Share = 0.0
    format: Format = "csv"
