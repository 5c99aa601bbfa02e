"""National tests (nationella prov, process 31): which there are in a school year, their parts and days, and
how the parts make a test grade (SkolF 9:20–21; skollagen 10:20 a, 15:25 a). All of it is data of an edition,
since Skolverket changes parts, limits and days every year.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from types import MappingProxyType
from typing import Literal, NewType

from skolkit.errors import DomainError, Text
from skolkit.sweden.calendar import SchoolYear
from skolkit.sweden.codes import SchoolForm
from skolkit.types import stable_id

TestId = NewType("TestId", str)
Kind = Literal["grade", "points", "steps"]
"""How a part is assessed: by a grade, by points, or as 0, 1 or 2 (requirement level, year 3)."""
Combination = Literal["sum", "given", "none"]
"""How the parts make a test grade: by a sum with limits, as the teacher gives it, or not at all (year 3)."""
Block = Literal["NO", "SO"]
"""Of the science and of the social subjects one each is tested in year 9; Skolverket says which at a unit."""
State = Literal["done", "didNotTakePart", "lost", "exempt"]

GRADES = ("A", "B", "C", "D", "E", "F")
STEPS = 2
MOST_POINTS = 1000

YEARS: Mapping[SchoolForm, tuple[int, ...]] = MappingProxyType(
    {
        SchoolForm.COMPULSORY: (3, 6, 9),
        SchoolForm.SAMI: (3, 6),
        SchoolForm.SPECIAL: (4, 7, 10),
    }
)
"""The years in which a form has national tests (SkolF 9:20; sameskolan and specialskolan [M]); the others
have them in courses and levels."""


class FaultyTest(DomainError):
    """A test of the calendar that cannot be held or counted."""

    status = 422
    reason = Text("Provet går inte att lägga in: {sv}.", "The test cannot be entered: {en}.")
    advice = Text("Rätta fältet och skicka igen.", "Correct the field and send again.")
    law = "SkolF 9:20"


class WrongResult(DomainError):
    """A result that the part's kind does not have."""

    status = 422
    reason = Text("Delprovet har inte det resultatet.", "The part has no such result.")
    advice = Text("Ange {sv}.", "Give {en}.")


class NotGiven(DomainError):
    """In year 9 a unit holds the test in the subject it has been given of NO and of SO."""

    status = 422
    reason = Text(
        "Enheten har inte tilldelats det ämnet i {block}.",
        "The unit has not been given that subject of {block}.",
    )
    advice = Text(
        "Välj det tilldelade ämnet, eller lägg in tilldelningen.",
        "Choose the given subject, or enter what was given.",
    )
    law = "SkolF 9:20"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part (delprov), held on one of its days. `most`: the highest points; `weight`: how many times it
    counts in the sum; `minutes` of writing time, None where it is oral or has none.
    """

    code: str
    name: str
    kind: Kind
    first: date
    last: date
    most: int | None = None
    weight: int = 1
    minutes: int | None = None

    def top(self, grades: tuple[str, ...]) -> int:
        """The most that it can bring to the sum."""
        highest = {"grade": len(grades) - 1, "steps": STEPS, "points": self.most or 0}[self.kind]
        return highest * self.weight


@dataclass(frozen=True, slots=True, kw_only=True)
class NationalTest:
    """A test in a subject, of a year or of a course or level. `activity` is Skolverket's id of it in the
    digital test service (DNP, Provaktivitet); `grades` from the best to the lowest; `limits` the least sum of
    each grade above the lowest; `version` None until it is stored.
    """

    id: TestId
    school_year: SchoolYear
    form: SchoolForm
    subject: str
    name: str
    parts: tuple[Part, ...]
    year: int | None = None
    block: Block | None = None
    combine: Combination = "given"
    grades: tuple[str, ...] = GRADES
    limits: Mapping[str, int] | None = None
    activity: str | None = None
    version: int | None = None

    def part(self, code: str) -> Part | None:
        return next((part for part in self.parts if part.code == code), None)


def national_test_id(year: SchoolYear, form: SchoolForm, subject: str, of_year: int | None) -> TestId:
    """The id of a test: the same whichever way it comes."""
    return TestId(stable_id("national-test", str(year), form.value, subject, str(of_year or "")))


def check(test: NationalTest) -> NationalTest:
    """The test, or `FaultyTest`: years, days, points and limits fit each other."""
    years = YEARS.get(test.form)
    if years and test.year not in years:
        said = ", ".join(map(str, years))
        raise FaultyTest(
            field="year", value=test.year, sv=f"årskursen ska vara {said}", en=f"the year is one of {said}"
        )
    codes = [part.code for part in test.parts]
    if len(set(codes)) < len(codes):
        raise FaultyTest(field="parts", sv="två delprov har samma kod", en="two parts have the same code")
    for number, part in enumerate(test.parts):
        _check_part(part, test.school_year, f"parts.{number}")
    if test.combine == "sum":
        _check_limits(test)
    return test


def _check_part(part: Part, year: SchoolYear, field: str) -> None:
    if not year.start <= part.first <= part.last <= year.end:
        raise FaultyTest(
            field=f"{field}.firstDay", value=part.first.isoformat(),
            sv="dagarna är inte i ordning, eller utanför läsåret",
            en="the days are reversed or outside the school year",
        )  # fmt: skip
    if (part.kind == "points") != (part.most is not None):
        raise FaultyTest(
            field=f"{field}.most", value=part.most, sv="högsta poäng anges för delprov med poäng",
            en="the highest points are given for parts with points",
        )  # fmt: skip


def _check_limits(test: NationalTest) -> None:
    limits, above = test.limits or {}, test.grades[:-1]
    if set(limits) != set(above):
        raise FaultyTest(
            field="limits", sv="gränser behövs för alla provbetyg utom det lägsta",
            en="every test grade but the lowest needs a limit",
        )  # fmt: skip
    falling = all(limits[better] > limits[worse] for better, worse in pairwise(above))
    top = sum(part.top(test.grades) for part in test.parts)
    if not falling or limits[above[-1]] < 1 or limits[above[0]] > top:
        raise FaultyTest(
            field="limits", sv="gränserna stiger inte med provbetyget, eller ryms inte i provets summa",
            en="the limits do not rise with the grade, or do not fit into the test's sum",
        )  # fmt: skip


def due_at(
    tests: Iterable[NationalTest], forms: Collection[SchoolForm], given: Mapping[Block, str]
) -> list[NationalTest]:
    """The tests that concern a unit: of its forms, and of NO and SO only the subjects it has been given."""
    return [t for t in tests if t.form in forms and (t.block is None or given.get(t.block) == t.subject)]


def check_given(test: NationalTest, given: Mapping[Block, str]) -> None:
    """Raises `NotGiven` for another subject of NO or SO than the unit's."""
    if test.block and given.get(test.block) != test.subject:
        raise NotGiven(field="test", value=test.subject, block=test.block)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one part for one pupil: a grade, or points (also 0–2), when it was `done`."""

    state: State
    grade: str | None = None
    points: int | None = None


def check_outcome(part: Part, one: Outcome, grades: tuple[str, ...], field: str) -> Outcome:
    """The outcome, or `WrongResult`."""
    most = part.most if part.kind == "points" else STEPS
    if one.state != "done":
        legal = one.grade is None and one.points is None
    elif part.kind == "grade":
        legal = one.grade in grades and one.points is None
    else:
        legal = one.grade is None and one.points is not None and 0 <= one.points <= (most or 0)
    if not legal:
        sv, en = f"0–{most} poäng", f"0–{most} points"
        if part.kind == "grade":
            sv = en = ", ".join(grades)
        raise WrongResult(
            field=field, value=one.grade if one.grade is not None else one.points,
            sv=f"{sv}, eller enbart att eleven inte deltog eller att provet är borta",
            en=f"{en}, or only that the pupil did not take part or the paper is lost",
        )  # fmt: skip
    return one


def whole_grade(test: NationalTest, parts: Mapping[str, Outcome], given: str | None) -> str | None:
    """The grade of the whole test (provbetyg): None until every part has been done, since a test that was not
    taken whole has none [M], and where the test has no grade.
    """
    done = [parts.get(part.code) for part in test.parts]
    if test.combine == "none" or any(one is None or one.state != "done" for one in done):
        return None
    if test.combine == "given":
        return given
    total = sum(_worth(part, parts[part.code], test.grades) for part in test.parts)
    return next((g for g in test.grades[:-1] if total >= (test.limits or {})[g]), test.grades[-1])


def check_given_grade(test: NationalTest, given: str | None, field: str) -> str | None:
    """A test grade that somebody gives, or `WrongResult`."""
    if given is not None and (test.combine != "given" or given not in test.grades):
        sv, en = ", ".join(test.grades), ", ".join(test.grades)
        if test.combine != "given":
            sv, en = (
                "inget provbetyg: det räknas ut eller finns inte",
                "no test grade: it is counted, or there is none",
            )
        raise WrongResult(field=field, value=given, sv=sv, en=en)
    return given


def _worth(part: Part, one: Outcome, grades: tuple[str, ...]) -> int:
    if part.kind == "grade":
        return (len(grades) - 1 - grades.index(one.grade or grades[-1])) * part.weight
    return (one.points or 0) * part.weight
