"""Grading over HTTP: periods, sheets, decisions."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from functions.grades.domain.catalogue import Choice, Term
from functions.grades.domain.grading import Hindrance, Standing
from functions.grades.domain.periods import State
from functions.grades.schemas.common import Id
from skolkit.http import Shape
from skolkit.sweden.codes import SchoolForm

Value = Annotated[str, Field(min_length=1, max_length=12)]
Words = Annotated[str, Field(max_length=500)]
Language = Annotated[str, Field(pattern=r"^[a-z]{3}$")]
SchoolYearText = Annotated[str, Field(pattern=r"^20[0-9]{2}/[0-9]{2}$")]


class NewPeriod(Shape):
    """A period to open. `years` are left out for forms without; `decidedEarlyGrades` is the day the principal
    decided on grades in years 4–5.
    """

    school_form: SchoolForm
    years: Annotated[list[Annotated[int, Field(ge=1, le=10)]], Field(max_length=10, default_factory=list)]
    school_year: SchoolYearText
    semester: Term
    opens: date
    due: date
    decided_early_grades: date | None = None


class PeriodView(Shape):
    """A period; `publish` is the moment from which pupils and guardians see its grades."""

    id: Id
    organisation: Id
    school_form: SchoolForm
    years: list[int]
    school_year: str
    semester: Term
    opens: date
    due: date
    decided_early_grades: date | None
    state: State
    closed_timestamp: datetime | None
    closed_by: Id | None
    publish: datetime | None
    version: int


class PeriodPage(Shape):
    """A unit's periods, the latest first; `cursor` leads to the next page."""

    data: list[PeriodView]
    cursor: str | None


class Publication(Shape):
    """When everybody sees the grades; null takes back a moment that has not come."""

    at: AwareDatetime | None


class LineBody(Shape):
    """A pupil's line as the teacher wants it; `version` is the one that was seen (0: an empty line). `value`
    is the teacher's own proposal, `reads` false for who does not read the subject; `finished` left out
    follows the period. `support` is the written assessment that an F in a finished subject comes with.
    """

    student: Id
    version: Annotated[int, Field(ge=0, le=100_000)]
    value: Value | None = None
    reads: bool = True
    finished: bool | None = None
    choice: Choice | None = None
    language: Language | None = None
    adapted_study_plan: Words = ""
    remark: Words = ""
    support: Annotated[str, Field(max_length=2000)] = ""
    title: Annotated[str, Field(max_length=200)] = ""


class SheetPatch(Shape):
    """Some pupils' lines; all or none are taken."""

    lines: Annotated[list[LineBody], Field(min_length=1, max_length=100)]


class ProposalView(Shape):
    """A teacher's grade; `decided` when the teacher has decided on it."""

    teacher: Id
    value: str | None
    decided: bool


class LineView(Shape):
    """A pupil on the sheet. `left`: no longer in the group; `earlier` is what stands in the catalogue in the
    subject, `testGrade` the national test's in it this school year. Names are null for who the caller may
    not see.
    """

    student: Id
    given_name: str | None
    family_name: str | None
    left: bool
    version: int
    state: Standing
    proposals: list[ProposalView]
    value: str | None
    entry: Id | None
    reads: bool
    finished: bool
    choice: Choice | None
    language: str | None
    adapted_study_plan: str
    remark: str
    support: str
    title: str
    earlier: str | None
    test_grade: str | None


class SheetView(Shape):
    """A class in a subject in a period. `gradeValues` are those that may be set, `teachers` who set grades,
    `decidedBy` who of them decides (empty: nobody is certified, the principal appoints somebody);
    `version` is the sheet's own, for the principal's appointment (0: nothing is on it).
    """

    period: Id
    activity: Id
    organisation: Id
    name: str
    subject_code: str
    subject_name: str
    school_form: SchoolForm
    year: int | None
    grade_values: list[str]
    teachers: list[Id]
    decided_by: list[Id]
    appointed: Id | None
    is_open: bool
    students: list[LineView]
    version: int


class Saved(Shape):
    """The lines' versions after the change, by pupil."""

    versions: dict[Id, int]


class Appointment(Shape):
    """The certified teacher who decides together with the group's own; null takes the appointment back."""

    teacher: Id | None


class Appointed(Shape):
    """Who decides together with the group's own teachers, and the sheet's version."""

    teacher: Id | None
    version: int


class NewDecisions(Shape):
    """The pupils whose grades the teacher decides on, as they are proposed."""

    students: Annotated[list[Id], Field(min_length=1, max_length=100)]


class DecidedView(Shape):
    """A grade that has been decided, as the catalogue has it."""

    student: Id
    entry: Id
    value: str


class Decisions(Shape):
    """What came of it: grades decided, and pupils who wait for a colleague or for the principal."""

    decided: list[DecidedView]
    awaits_colleague: list[Id]
    awaits_principal: list[Id]


class PrincipalDecision(Shape):
    """The principal's decision on one pupil, and why it is the principal's."""

    student: Id
    value: Value
    reason: Hindrance


class ProgressRow(Shape):
    """How far a group has come, in pupils."""

    activity: Id
    name: str
    subject_code: str
    teachers: list[Id]
    students: int
    decided: int
    not_read: int
    proposed: int
    awaits_colleague: int
    awaits_principal: int
    empty: int


class ProgressPage(Shape):
    """How far a period's groups have come; `cursor` leads to the next page, which may be empty."""

    data: list[ProgressRow]
    cursor: str | None


class MySheet(Shape):
    """A group that the caller sets grades in."""

    period: Id
    activity: Id
    organisation: Id
    name: str
    due: date
    decided: int
    proposed: int


class MySheets(Shape):
    """The caller's groups in periods that are open, those due first before."""

    data: list[MySheet]


class GradeView(Shape):
    """A grade, in the words of SS 12000 `Grade`."""

    id: Id
    subject_code: str
    subject_name: str
    school_form: SchoolForm
    language: str | None
    choice: Choice | None
    points: int | None
    grade_value: str
    passed: bool
    final_grade: bool
    trial: bool
    registered_date: date
    semester: Term
    school_year: str
    year: int | None
    adapted_study_plan: str
    remark: str
    correction_type: Literal["Ändring", "Rättelse"] | None


class GradeList(Shape):
    """The grades that stand, by subject."""

    data: list[GradeView]


class EntryView(GradeView):
    """A decision in the catalogue with all that it says. `digest` is its SHA-256, `previous` that of the
    entry before; `standing`: it is the grade that holds.
    """

    number: int
    kind: str
    organisation: Id
    group: Id | None
    period: Id | None
    decided_timestamp: datetime
    decided_by: list[Id]
    by_principal: bool
    registered_by: Id | None
    replaces: Id | None
    reason: str
    support: str
    source: str
    title: str
    standing: bool
    digest: str
    previous: str


class CataloguePage(Shape):
    """A pupil's entries, newest first. `intact`: every entry follows from the one before it; null when some
    are not published yet, which are not shown and not judged.
    """

    data: list[EntryView]
    intact: bool | None
    cursor: str | None
