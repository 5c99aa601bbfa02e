"""How upper secondary school ends, counted: mean grade points (genomsnittlig betygspoäng) and how many get a
diploma, of those who have grades in a whole programme. Exact, for who answers for the unit: of what everybody
sees there is nothing of it (decision 0046).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from functions.grades.domain import exams
from functions.grades.domain.exams import Plan
from functions.grades.domain.leavers import result_row
from functions.grades.domain.levels import standing
from functions.grades.domain.marks import Mark
from functions.grades.domain.programmes import Programme
from functions.grades.domain.rulebook import in_force
from functions.grades.domain.statistics import DIPLOMA, FIGURE, Row, Table
from functions.grades.domain.university_merit import figure_alone
from skolkit.types import GroupId, PersonId

Ending = Literal["diploma", "studies", "unknown"]
ENDINGS: tuple[Ending, ...] = ("diploma", "studies", "unknown")
"""Examensbevis, studiebevis, or that what decides is not known, as without a study plan."""


@dataclass(frozen=True, slots=True)
class Graduate:
    """A pupil's mean grade points, which document the grades lead to, and the class."""

    points: float
    ending: Ending
    klass: GroupId | None = None


def is_whole(marks: Iterable[Mark], day: date) -> bool:
    """Whether there are grades in as many points as a diploma takes (skollagen 16:26)."""
    sizes = (
        exams.WORK_POINTS if g.mark.work and g.size is None else g.size or 0 for g in standing(marks).grades
    )
    return sum(sizes) >= in_force(exams.RULES, day).graded


def graduate(
    marks: Collection[Mark], programme: Programme, plan: Plan, outside: Collection[str], day: date,
    klass: GroupId | None = None,
) -> Graduate:  # fmt: skip
    """What the grades of a national programme come to. What is outside of it is in no mean, nor is the
    diploma project. Raises `NoDiploma`.
    """
    found = exams.exam(marks, programme, plan, in_force(exams.RULES, day))
    return Graduate(figure_alone(marks, (), outside).average or 0.0, found.outcome or "unknown", klass)


def rows(graduates: Mapping[PersonId, Graduate], sexes: Mapping[PersonId, str]) -> tuple[Row, ...]:
    """The two rows: grade points, of which each that somebody has is a column, and endings."""
    if not graduates:
        return ()
    values = sorted({one.points for one in graduates.values()}, reverse=True)
    classes = {pupil: one.klass for pupil, one in graduates.items()}
    points = {pupil: str(one.points) for pupil, one in graduates.items()}
    endings: dict[PersonId, str] = {pupil: one.ending for pupil, one in graduates.items()}
    return (
        result_row(FIGURE, "Betygspoäng", tuple(map(str, values)), points, classes, sexes),
        result_row(DIPLOMA, "Examen", ENDINGS, endings, classes, sexes),
    )


@dataclass(frozen=True, slots=True)
class Part:
    """Of all, a sex or a class: how many, the mean grade points, how many of each ending."""

    size: int
    mean: float | None
    endings: Mapping[str, int]


def exact(table: Table) -> tuple[Part, dict[str, Part], dict[GroupId, Part]] | None:
    """Of all, by sex, by class; None where nobody has grades in a whole programme."""
    found = {row.code: row for row in table.rows}
    if FIGURE not in found:
        return None
    points, endings = found[FIGURE], found[DIPLOMA]

    def part(counts: Mapping[str, int], ends: Mapping[str, int]) -> Part:
        return Part(sum(counts.values()), points.mean(counts), {one: ends.get(one, 0) for one in ENDINGS})

    return (
        part(points.whole, endings.whole),
        {sex: part(counts, endings.sexes.get(sex, {})) for sex, counts in points.sexes.items()},
        {group: part(counts, endings.groups.get(group, {})) for group, counts in points.groups.items()},
    )
