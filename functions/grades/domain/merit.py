"""Merit value (meritvärde): by what those who apply to upper secondary school are ranked when there are more
of them than places (gymnasieförordningen 7:4–5).

It is the sum of the 16 best grades, and of the grade in the modern language that is the pupil's language
choice (språkval) as a 17th: at most 320, or 340. A mother tongue, sign language or a language read as pupil's
or school's choice may be among the 16, never the 17th. Who has fewer grades gets the sum of those, except a
pupil of the preparatory dance education (förberedande dansarutbildning), whose sum is scaled to 16.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

from functions.grades.domain.marks import Basis, Left, Mark, selected
from functions.grades.domain.rulebook import two_decimals

How = Literal["amongBest", "languageChoice", "belowBest"] | Left
"""How a grade counted: among the 16, as the 17th, not since 16 others are as good, or why it is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeritRules:
    """One formula: how many of the best grades are summed, whether a modern language as language choice is
    added, and in which subject (designation) those are graded whose few grades are scaled.
    """

    id: str
    valid_from: date
    counted: int = 16
    language_choice: bool = True
    scaled_for: str = "DA"


RULES = (
    MeritRules(id="merit-2013", valid_from=date(2013, 1, 1), language_choice=False),
    MeritRules(id="merit-2014", valid_from=date(2014, 1, 1)),
)
"""GyF 7:4 in its wordings by SFS 2011:2 (education from autumn 2013) and 2011:3 (from autumn 2014; the day
itself [M]). What values are worth is the scale's (`domain.scales`), so that ten steps need no rules of their
own; final tests that weigh 30 per cent would be a formula beside `value_of`.
"""
NOW = RULES[-1]


@dataclass(frozen=True, slots=True)
class Counted:
    """A grade and how it counted."""

    mark: Mark
    how: How


@dataclass(frozen=True, slots=True)
class Merit:
    """The value, of which `test` are points of an aptitude test (färdighetsprov); `of` the grades it was
    scaled from when that was done; each grade with how it counted.
    """

    value: float
    basis: Basis
    rules: str
    subjects: tuple[Counted, ...]
    test: float = 0.0
    of: int | None = None


def value_of(
    points: Sequence[float], language: float, rules: MeritRules = NOW, *, scaled: bool = False
) -> float:
    """The sum itself. `points` of the grades without the 17th, `language` those of the 17th (0: none); with
    `scaled`, fewer grades than are summed are scaled to as many, rounded to two decimals [M].

    >>> value_of([10.0] * 16, 10.0)
    170.0
    """
    count = len(points)
    if scaled and 0 < count < rules.counted:
        return two_decimals(Fraction(sum(points)) * rules.counted / count) + language
    best = points if count <= rules.counted else sorted(points, reverse=True)[: rules.counted]
    return sum(best) + language


def merit_value(marks: Iterable[Mark], rules: MeritRules = NOW, *, test: float = 0.0) -> float:
    """The merit value alone, for many pupils at once: `merit(marks, rules, test=test).value`."""
    chosen = selected(marks).marks
    language = language_choice(chosen) if rules.language_choice else None
    points = [mark.points or 0.0 for mark in chosen if mark is not language]
    scaled = len(points) < rules.counted and any(mark.code == rules.scaled_for for mark in chosen)
    return value_of(points, _points(language) if language else 0.0, rules, scaled=scaled) + test


def merit(marks: Iterable[Mark], rules: MeritRules = NOW, *, test: float = 0.0) -> Merit:
    """The merit value of a pupil's grades; `test` are the points of an aptitude test, where the education has
    one.
    """
    selection = selected(marks)
    language = language_choice(selection.marks) if rules.language_choice else None
    ranked = sorted((m for m in selection.marks if m is not language), key=_rank)
    points = [_points(mark) for mark in ranked]
    scaled = any(mark.code == rules.scaled_for for mark in ranked)
    value = value_of(points, _points(language) if language else 0.0, rules, scaled=scaled)
    return Merit(
        value=value + test,
        basis=selection.basis,
        rules=rules.id,
        subjects=(
            *([Counted(language, "languageChoice")] if language else []),
            *(Counted(mark, "amongBest") for mark in ranked[: rules.counted]),
            *(Counted(mark, "belowBest") for mark in ranked[rules.counted :]),
            *(Counted(mark, why) for mark, why in selection.left),
        ),
        test=test,
        of=len(ranked) if scaled and len(ranked) < rules.counted else None,
    )


def language_choice(marks: Iterable[Mark]) -> Mark | None:
    """The modern language that counts as the 17th: the best one, if the pupil has changed language."""
    chosen = [mark for mark in marks if mark.code == "M" and mark.choice == "languageChoice"]
    return min(chosen, key=_rank, default=None)


def _points(mark: Mark) -> float:
    return mark.points or 0.0


def _rank(mark: Mark) -> tuple[float, str]:
    return -_points(mark), mark.key
