"""Formative tracking (process 30): criteria matrices bound to an edition of a syllabus, observations of
pupils against them, how far each has come, and goals at risk noticed early, so that adaptations come in time
(skollagen 3:5).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Literal, NewType

from skolkit.errors import DomainError, Text
from skolkit.types import GroupId, PersonId, UnitId

MatrixId = NewType("MatrixId", str)
MOST_AT_ONCE = 15  # with progress, risk, facts and traces they are one transaction
Reason = Literal["notReached", "notObserved"]


@dataclass(frozen=True, slots=True)
class RiskRules:
    """When a goal is at risk [M]: not reached after so many observations of a criterion."""

    id: str = "goals-2026"
    valid_from: date = date(2026, 7, 1)
    tries: int = 3


RULES = RiskRules()


class UnknownSyllabus(DomainError):
    """A matrix is about an edition of a syllabus."""

    status = 422
    reason = Text("Kurs- eller ämnesplanen finns inte.", "The syllabus does not exist.")
    advice = Text("Välj en plan ur listan.", "Choose a syllabus from the list.")


class FaultyMatrix(DomainError):
    """Criteria have codes of their own, and a level that reaches the goal."""

    status = 422
    reason = Text(
        "Två kriterier har samma kod, eller nivån som når målet finns inte.",
        "Two criteria have the same code, or the level that reaches the goal does not exist.",
    )
    advice = Text("Rätta kriterierna.", "Correct the criteria.")


class MatrixInUse(DomainError):
    """What pupils have been observed against does not change under them."""

    reason = Text("Matrisen används: kriterierna ändras inte.", "The matrix is in use: its criteria stay.")
    advice = Text("Gör en ny matris.", "Make a new matrix.")


class UnknownMatrix(DomainError):
    """Groups are observed against matrices of their unit, or shared ones."""

    status = 422
    reason = Text("Matrisen finns inte vid enheten.", "The matrix is not at the unit.")
    advice = Text("Välj en matris ur listan.", "Choose a matrix from the list.")


class DayIsOver(DomainError):
    """What is to be done is done on a day to come."""

    status = 422
    reason = Text("Dagen har redan varit.", "The day has already been.")
    advice = Text("Välj dagens datum eller ett senare.", "Choose today or later.")


class UnknownCriterion(DomainError):
    """An observation is of a criterion and a level of the matrix."""

    status = 422
    reason = Text(
        "Kriteriet eller nivån finns inte i matrisen.", "The matrix has no such criterion or level."
    )
    advice = Text("Läs matrisen på nytt.", "Read the matrix again.")


class NotInTheGroup(DomainError):
    """Pupils of the group are observed."""

    status = 422
    reason = Text("Eleven går inte i gruppen.", "The pupil is not in the group.")
    advice = Text("Läs gruppen på nytt.", "Read the group again.")


@dataclass(frozen=True, slots=True)
class Criterion:
    """What is observed; `levels` from the lowest up, the goal is reached at `goal` (its place among them)."""

    code: str
    text: str
    levels: tuple[str, ...]
    goal: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """A matrix of a unit, `shared` with the other ones or not; `used` once somebody has been observed."""

    id: MatrixId
    unit: UnitId
    syllabus: str
    subject: str
    title: str
    criteria: tuple[Criterion, ...]
    by: PersonId
    shared: bool = False
    used: bool = False
    version: int | None = None

    def criterion(self, code: str) -> Criterion | None:
        return next((one for one in self.criteria if one.code == code), None)


def check(matrix: Matrix) -> Matrix:
    """The matrix, or `FaultyMatrix`."""
    codes = [one.code for one in matrix.criteria]
    if len(set(codes)) < len(codes):
        raise FaultyMatrix(field="criteria")
    for number, one in enumerate(matrix.criteria):
        if not 0 <= one.goal < len(one.levels):
            raise FaultyMatrix(field=f"criteria.{number}.goal", value=one.goal)
    return matrix


def change(old: Matrix, new: Matrix) -> Matrix:
    """The matrix as it is to be. Raises `FaultyMatrix`, `MatrixInUse`."""
    if old.used and (new.criteria, new.syllabus) != (old.criteria, old.syllabus):
        raise MatrixInUse(field="criteria")
    return check(replace(new, used=old.used, version=old.version))


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What somebody saw of a pupil against a criterion; never changed, a later one goes first."""

    id: str
    pupil: PersonId
    matrix: MatrixId
    criterion: str
    level: int
    text: str
    by: PersonId
    group: GroupId
    at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a pupil has come with a criterion: the latest level, out of how many observations."""

    level: int
    count: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a pupil has come with a matrix, by criterion."""

    pupil: PersonId
    matrix: MatrixId
    standings: Mapping[str, Standing] = field(default_factory=dict)
    version: int | None = None


def observe(matrix: Matrix, members: Iterable[PersonId], one: Observation, field: str) -> Observation:
    """The observation, or `NotInTheGroup`, `UnknownCriterion`."""
    if one.pupil not in members:
        raise NotInTheGroup(field=f"{field}.student")
    criterion = matrix.criterion(one.criterion)
    if criterion is None or not 0 <= one.level < len(criterion.levels):
        raise UnknownCriterion(field=f"{field}.level", value=one.level)
    return one


def follow(old: Progress, observations: Iterable[Observation]) -> Progress:
    """The progress with more observations, in the order of time."""
    standings = dict(old.standings)
    for one in sorted(observations, key=lambda o: o.at):
        before = standings.get(one.criterion)
        if before and before.at > one.at:
            standings[one.criterion] = replace(before, count=before.count + 1)
        else:
            standings[one.criterion] = Standing(one.level, before.count + 1 if before else 1, one.at)
    return replace(old, standings=standings)


def not_reached(matrix: Matrix, progress: Progress, rules: RiskRules = RULES) -> bool:
    """Whether some criterion has been observed often enough and its goal is not reached."""
    return any(
        standing.count >= rules.tries and standing.level < criterion.goal
        for criterion in matrix.criteria
        if (standing := progress.standings.get(criterion.code))
    )


def not_observed(
    matrix: Matrix, pupils: Sequence[PersonId], known: Mapping[PersonId, Progress]
) -> list[PersonId]:
    """Those with whom some criterion has not been observed at all."""
    codes = {one.code for one in matrix.criteria}
    return [p for p in pupils if p not in known or not codes <= set(known[p].standings)]


@dataclass(frozen=True, slots=True)
class TrackingSettings:
    """What a unit shows the home of its tracking: nothing until it has decided to."""

    pupils: bool = False
    guardians: bool = False
    version: int = 0
