"""Test groups, results and exemption over HTTP."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from functions.assessment.domain.national_tests import MOST_POINTS, Outcome, State
from functions.assessment.domain.sittings import MOST_PUPILS, Change, Ground, Ruling
from functions.assessment.domain.writers import Why
from functions.assessment.schemas.common import Id
from functions.assessment.schemas.national_tests import Code, Grade, PartBody, Year
from skolkit.http import Shape
from skolkit.tables.formats import Format
from skolkit.types import PersonId


class SlotBody(Shape):
    """When and where a part is held."""

    part: Code
    start_time: AwareDatetime
    room: Annotated[str, Field(max_length=50)] = ""


class AdmittedBody(Shape):
    """A pupil of another year or form who writes the test as the principal decides, and why."""

    student: Id
    why: Why


class SittingBody(Shape):
    """Who is responsible, who writes (None: everybody in the group for whom the test is), when.
    `specialArrangements` are those for whom the school adapts something; not why. `outsideTheYear`: those of
    other years, whom only the principal adds; who has been added stays without being named again.
    """

    responsible: Id
    students: Annotated[list[Id], Field(max_length=MOST_PUPILS)] | None = None
    special_arrangements: Annotated[tuple[Id, ...], Field(max_length=MOST_PUPILS)] = ()
    outside_the_year: Annotated[tuple[AdmittedBody, ...], Field(max_length=MOST_PUPILS)] = ()
    slots: Annotated[tuple[SlotBody, ...], Field(max_length=12)] = ()


class NewSitting(SittingBody):
    """A test of a group."""

    test: Id
    group: Id


class SittingState(Shape):
    """A sitting without its pupils. `sealedParts` are marked without names, and their keys are shut."""

    id: Id
    test: Id
    school_year: str
    subject: str
    name: str
    year: int | None
    unit: Id
    group: Id
    responsible: Id
    students: int
    last_day: date
    sealed_parts: list[str]
    version: int


class SittingPage(Shape):
    """Sittings, newest first; `cursor` leads to the next page."""

    data: list[SittingState]
    cursor: str | None


class PartResult(Shape):
    """What came of a part."""

    part: str
    state: State
    grade: str | None = None
    points: int | None = None


class Writer(Shape):
    """A pupil of a sitting; `outsideTheYear`: why one of another year writes; `version` is that of the result
    (0: none yet).
    """

    student: Id
    given_name: str
    family_name: str
    special_arrangements: bool
    outside_the_year: Why | None
    parts: list[PartResult]
    test_grade: str | None
    version: int


class SealedView(Shape):
    """That a part is marked without names."""

    part: str
    marking: Id
    opened: bool


class SittingView(SittingState):
    """A sitting with its parts, times, pupils and their results."""

    parts: list[PartBody]
    slots: list[SlotBody]
    markings: list[SealedView]
    rows: list[Writer]


class NewPartResult(Shape):
    """What came of a part; `state` None takes a result away."""

    part: Code
    state: Literal["done", "didNotTakePart", "lost"] | None
    grade: Grade | None = None
    points: Annotated[int, Field(ge=0, le=MOST_POINTS)] | None = None

    def outcome(self) -> Outcome | None:
        return Outcome(self.state, self.grade, self.points) if self.state else None


class ResultRow(Shape):
    """One pupil's results over the version read; parts not named stay as they are, `testGrade` is the whole
    test's where somebody gives it.
    """

    student: Id
    version: Annotated[int, Field(ge=0)]
    parts: Annotated[tuple[NewPartResult, ...], Field(max_length=12)] = ()
    test_grade: Grade | None = None

    def change(self) -> Change:
        parts = {part.part: part.outcome() for part in self.parts}
        return Change(PersonId(self.student), self.version, parts, self.test_grade)


class NewResults(Shape):
    """Results of pupils of a sitting."""

    rows: Annotated[list[ResultRow], Field(min_length=1, max_length=MOST_PUPILS)]


class SavedRow(Shape):
    """A result as it has been saved."""

    student: Id
    test_grade: str | None
    version: int


class SavedResults(Shape):
    """What has been saved."""

    rows: list[SavedRow]


class ResultView(Shape):
    """A pupil's result of a test."""

    test: Id
    school_year: str
    subject: str
    name: str
    year: int | None
    unit: Id
    last_day: date
    parts: list[PartResult]
    test_grade: str | None


class ResultPage(Shape):
    """A pupil's results, newest first; `cursor` leads to the next page."""

    data: list[ResultView]
    cursor: str | None


class NewExemption(Shape):
    """What is decided about parts of a test. Nothing about health belongs in `motivation`."""

    test: Id
    parts: Annotated[list[Code], Field(min_length=1, max_length=12)]
    ruling: Ruling
    ground: Ground
    motivation: Annotated[str, Field(min_length=10, max_length=1000)]


class ExemptionView(Shape):
    """A decision on exemption: what, on which ground, why, by whom and under which rules."""

    test: Id
    number: int
    parts: list[str]
    ruling: Ruling
    ground: Ground
    motivation: str
    decided_by: Id
    role: Literal["principal", "delegate"]
    delegation: str | None
    decided_timestamp: datetime
    rules: str


class ExemptionPage(Shape):
    """Decisions about a pupil; `cursor` leads to the next page."""

    data: list[ExemptionView]
    cursor: str | None


class NewTestExport(Shape):
    """A file of a unit's results: a row per pupil and part as Skolverket and SCB collect them, or counts."""

    table: Literal["results", "counts"] = "results"
    school_year: Year | None = None
    format: Format = "csv"
