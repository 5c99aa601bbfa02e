"""What is counted from grades, over HTTP: merit value, eligibility, prognosis, diploma."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from functions.grades.domain.catalogue import Choice
from functions.grades.domain.exams import Name, Outcome
from functions.grades.domain.marks import Basis
from functions.grades.domain.merit import How
from functions.grades.domain.programmes import Kind
from functions.grades.schemas.common import Id
from functions.grades.schemas.grading import Language
from skolkit.http import Shape

Points = Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)]
StudyPath = Annotated[str, Field(pattern=r"^[A-ZÅÄÖ][A-ZÅÄÖ0-9]{1,8}$")]
Designation = Annotated[str, Field(pattern=r"^[A-ZÅÄÖ0-9]{2,10}$|^M$")]
Codes = Annotated[str, Field(pattern=r"^[A-Za-zÅÄÖ0-9]{4,12}(,[A-Za-zÅÄÖ0-9]{4,12}){0,19}$")]


class MeritQuery(Shape):
    """Points of an aptitude test (färdighetsprov), where the education has one."""

    aptitude_points: Points = 0.0


class CountedGrade(Shape):
    """A grade and how it counted: among the best, as the language choice, or why not."""

    subject_code: str
    subject_name: str
    language: str | None
    choice: Choice | None
    grade_value: str
    points: float | None
    final_grade: bool
    how: How


class MeritView(Shape):
    """The merit value with every grade. `basis`: the grades as they stand, or those of the leaving
    certificate; `scaledFrom`: how many grades it was scaled from; `rules` the formula.
    """

    student: Id
    value: float
    basis: Basis
    aptitude_points: float
    scaled_from: int | None
    rules: str
    data: list[CountedGrade]


class EligibilityQuery(Shape):
    """One programme, by its code or a study path code; without, all that can be begun today."""

    programme: StudyPath | None = None


class MissingView(Shape):
    """What is lacking: a pass in one of the subjects, or so many more of any."""

    kind: Literal["core", "included", "others"]
    subjects: list[str]
    count: int
    law: str
    text: str
    text_en: str


class ProgrammeView(Shape):
    """Eligibility for a programme. `programmeOrientedChoice`: programinriktat val towards it is open."""

    code: str
    name: str
    name_en: str
    kind: Kind
    eligible: bool
    missing: list[MissingView]
    other_passes: int
    other_passes_needed: int
    programme_oriented_choice: bool


class EligibilityView(Shape):
    """Eligibility by programme, in the order of the law."""

    student: Id
    basis: Basis
    rules: str
    data: list[ProgrammeView]


class SupposedGrade(Shape):
    """A grade as it could become; language and choice where the subject is a language of many."""

    subject_code: Designation
    grade_value: Annotated[str, Field(min_length=1, max_length=20)]
    language: Language | None = None
    choice: Choice | None = None


class Question(Shape):
    """A wish: a programme, a merit value, or both; the grades it starts from where they are supposed to be
    others; and what the organiser may find: equal knowledge acquired otherwise (skollagen 16:33), no English
    asked for (16:32).
    """

    programme: StudyPath | None = None
    merit_value: Points | None = None
    aptitude_points: Points = 0.0
    supposed: Annotated[tuple[SupposedGrade, ...], Field(max_length=30)] = ()
    otherwise: Annotated[tuple[Designation, ...], Field(max_length=20)] = ()
    without_english: bool = False


class RaiseView(Shape):
    """A grade to raise: from (null: nothing counts yet), to, and by how many steps of the scale."""

    subject_code: str
    subject_name: str
    language: str | None
    grade_value: str | None
    raised_value: str
    steps: int


class PrognosisView(Shape):
    """Where the grades are, which raises the wish takes, and where they would be: `reached` is false when no
    grades are enough.
    """

    student: Id
    value: float
    basis: Basis
    eligible: bool | None
    missing: list[MissingView]
    raises: list[RaiseView]
    reached: bool
    reached_value: float
    rules: list[str]


class SupposedCourse(Shape):
    """A grade as it could become in a course or level; points where nothing else tells them, and the language
    (ISO 639-3) where the code names none.
    """

    code: Annotated[str, Field(pattern=r"^[A-Za-zÅÄÖ0-9]{4,12}$")]
    grade_value: Annotated[str, Field(pattern=r"^[A-F-]$")]
    points: Annotated[int, Field(ge=1, le=3000)] | None = None
    language: Language | None = None


class UniversityQuestion(Shape):
    """A wish: a comparison figure (jämförelsetal), or the sum with merit points (at most two decimals, one of
    them); what is supposed; and the courses or levels that the higher education asks for.
    """

    comparison_figure: Annotated[Decimal, Field(gt=0, le=20, decimal_places=2)] | None = None
    merit_value: Annotated[Decimal, Field(gt=0, le=Decimal("22.5"), decimal_places=2)] | None = None
    supposed: Annotated[tuple[SupposedCourse, ...], Field(max_length=30)] = ()
    required: Codes | None = None

    @model_validator(mode="after")
    def _one_wish(self) -> Self:
        if (self.comparison_figure is None) == (self.merit_value is None):
            raise ValueError("comparisonFigure, meritValue")
        return self


class NeededGrade(Shape):
    """An open course or level: its grade (null: none yet, which counts as an F), the one it takes, and by how
    many steps of the scale (0: as it is).
    """

    code: str
    name: str
    language: str | None
    points: int | None
    grade_value: str | None
    needed_value: str
    steps: int


class UniversityWorth(Shape):
    """Comparison figure (null: nothing to count from), merit points, and their sum."""

    comparison_figure: float | None
    merit_points: float
    merit_value: float | None
    counted_points: int


class UniversityPrognosisView(Shape):
    """What the grades are worth now, what each open course or level takes, and what all are worth then;
    `reached` is false when no grades are enough, and what comes nearest is said. `planned`: whether there is
    a study plan that says what is left to read.
    """

    student: Id
    now: UniversityWorth
    then: UniversityWorth
    reached: bool
    steps: int
    planned: bool
    rules: str
    data: list[NeededGrade]


class ExamQuery(Shape):
    """The programme, by default the one the pupil reads; and the courses or levels that a higher education
    asks for, which give no merit points, separated by commas.
    """

    programme: StudyPath | None = None
    required: Codes | None = None


class RequirementView(Shape):
    """What a diploma takes: points (`dashes`: how many, at most) needed and had (null: not known, but so much
    at least, and at most where there is a limit); `met` null: may be or not, and `unknown` says why.
    """

    name: Name
    need: int
    have: int | None
    at_least: int
    at_most: int | None
    met: bool | None
    unknown: str | None
    unknown_en: str | None
    law: str


class ComprisedGrade(Shape):
    """A grade that stands, with the points it comprises and the levels it has taken the place of; `counted`
    in the comparison figure.
    """

    code: str
    name: str
    grade_value: str
    points: int | None
    replaces: list[str]
    counted: bool


class ExamView(Shape):
    """What there is of a diploma: `outcome` is diploma, studies (studiebevis), or null while something that
    decides is not known; `possible` are those that what is known leaves open. The comparison figure
    (jämförelsetal) of so many points, merit points, their sum.
    """

    student: Id
    programme: str
    kind: Kind
    outcome: Outcome | None
    possible: list[Outcome]
    requirements: list[RequirementView]
    comparison_figure: float | None
    counted_points: int
    merit_points: float
    merit_value: float | None
    rules: list[str]
    data: list[ComprisedGrade]
