"""Test grades and subject grades side by side: how many pupils have a higher, the same or a lower grade than
on the national test, per teacher and unit. The result of the test is to be taken into special account
(skollagen 10:20 a, 15:25 a), and a unit's deviations are for its principal to understand.

A row is shown or not, as a whole. It is not shown when it is of few pupils, when a part of it is, or when all
are in one part, which would tell everybody's; and what is not shown is, taken together, as safe as a row that
is, so that nobody finds it by subtracting the shown ones from the whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from functions.grades.domain.scales import Scale
from skolkit.types import PersonId

Teachers = tuple[PersonId, ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """What is shown [M: Skolverket shows no group below ten]: `fewest` pupils of a row, and of a part of it
    that is not empty.
    """

    id: str = "comparison-2026"
    valid_from: date = date(2026, 7, 1)
    fewest: int = 10
    least: int = 3


RULES = Rules()


@dataclass(frozen=True, slots=True)
class Pair:
    """A pupil's test grade and subject grade, and who decided the latter."""

    test: str
    grade: str
    teachers: Teachers


@dataclass(frozen=True, slots=True)
class Counts:
    """How many have a lower, the same and a higher grade than on the test."""

    lower: int = 0
    equal: int = 0
    higher: int = 0

    @property
    def pupils(self) -> int:
        return self.lower + self.equal + self.higher

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.lower + other.lower, self.equal + other.equal, self.higher + other.higher)

    def is_safe(self, rules: Rules) -> bool:
        """Whether a row with these counts tells nothing of anybody."""
        parts = [part for part in (self.lower, self.equal, self.higher) if part]
        return self.pupils >= rules.fewest and min(parts) >= rules.least and len(parts) > 1


@dataclass(frozen=True, slots=True)
class Comparison:
    """The whole unit and its teachers; None for what is not shown. Teachers who decided together are a row,
    so that every pupil is in one.
    """

    unit: Counts | None
    teachers: Mapping[Teachers, Counts | None]


def count(pairs: Iterable[Pair], scale: Scale) -> dict[Teachers, Counts]:
    """The counts by teachers; what the scale does not rank (a dash) is not compared."""
    found: dict[Teachers, Counts] = {}
    for pair in pairs:
        if pair.test not in scale.values or pair.grade not in scale.values:
            continue
        apart = scale.rank(pair.grade) - scale.rank(pair.test)
        one = Counts(int(apart < 0), int(apart == 0), int(apart > 0))
        found[pair.teachers] = found.get(pair.teachers, Counts()) + one
    return found


def compare(counted: Mapping[Teachers, Counts], rules: Rules = RULES) -> Comparison:
    """What may be shown of the counts.

    >>> ann, bo = (PersonId("ann"),), (PersonId("bo"),)
    >>> compare({ann: Counts(3, 20, 4), bo: Counts(0, 5, 3)}).teachers[ann] is None
    True
    """
    whole = _sum(list(counted.values()))
    if not whole.is_safe(rules):
        return Comparison(None, dict.fromkeys(counted))
    hidden = {who for who, counts in counted.items() if not counts.is_safe(rules)}
    left = sorted(set(counted) - hidden, key=lambda who: (counted[who].pupils, who))
    # Until what is hidden is safe together, which one row alone never is; in the end all are hidden.
    while hidden and left and not _sum([counted[who] for who in hidden]).is_safe(rules):
        hidden.add(left.pop(0))
    return Comparison(whole, {who: None if who in hidden else counts for who, counts in counted.items()})


def _sum(rows: Sequence[Counts]) -> Counts:
    return sum(rows, Counts())
