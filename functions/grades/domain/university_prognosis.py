"""What would it take? For a pupil of upper secondary school: the fewest steps by which grades that are still
open reach a comparison figure (jämförelsetal), alone or with merit points. A calculation, never a promise of
a place, and nothing about the diploma, without which there is no figure (`domain.exams`).

Open is what the study plan has and nobody has graded, which counts as an F until it is; what has no pass, and
so may be tried (prövning, skollagen 15:28); and what is supposed. A pass is not raised while the education
lasts [M]. A raise is counted in steps of the scale, a dash being below F.

The answer is exact. Courses and levels that stand for each other (`domain.levels`) are a block, every way to
grade a block is tried, and blocks are put together step by step with the best that each number of steps
gives. The figure is a quotient: with so many merit points given, whether it is reached is a sum of what each
block has above the wish, so that every amount of merit points is one such sum.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import chain, combinations, product
from math import prod
from typing import NamedTuple

from functions.grades.domain.level_pairs import PAIRS
from functions.grades.domain.levels import Grade, level_of
from functions.grades.domain.marks import Mark
from functions.grades.domain.scales import BY_ID
from functions.grades.domain.university_merit import (
    NOW,
    Area,
    UniversityMerit,
    UniversityRules,
    area_of,
    counting,
    figure_alone,
    merit_points,
    university_merit,
)
from skolkit.errors import DomainError, Text
from skolkit.sweden.codes import SchoolForm

SCALE = "gy-2011"
FAIL = "F"
_HUNDREDTH = Fraction(1, 100)
MOST_OPEN = 60
MOST_WAYS = 1300
"""Ways to grade a block, and sets of passes within an area of merit points: four open levels of a subject."""


class TooMuchOpen(DomainError):
    """Levels of a subject stand for each other, so that every way to grade them is looked at."""

    status = 422
    reason = Text(
        "För många nivåer i samma ämne är öppna för en prognos.",
        "Too many levels of the same subject are open for a prognosis.",
    )
    advice = Text(
        "Ange färre antagna betyg, eller rätta studieplanen.",
        "Suppose fewer grades, or correct the study plan.",
    )


class PointsMissing(DomainError):
    """A grade counts by the points of its course or level."""

    status = 422
    reason = Text("Kursens eller nivåns poäng är inte kända.", "The points of the course are not known.")
    advice = Text("Ange poäng.", "Give the points.")


@dataclass(frozen=True, slots=True)
class Reading:
    """A course or level that is to be read, or whose grade is supposed (`value`); size in points."""

    code: str
    name: str
    size: int | None
    language: str | None = None
    value: str | None = None


@dataclass(frozen=True, slots=True)
class UniversityWish:
    """A comparison figure alone, or with merit points (`in_all`): at most two decimals."""

    value: Fraction
    in_all: bool


@dataclass(frozen=True, slots=True)
class Needed:
    """An open course or level: `before` None when it has no grade, the grade it takes, in `steps` of the
    scale (0: as it is; what has no grade is then an F).
    """

    mark: Mark
    before: str | None
    steps: int


@dataclass(frozen=True, slots=True)
class UniversityPrognosis:
    """What the grades and what is supposed are worth now, what each open one takes, what all are worth then,
    and whether that is what was wished; where it cannot be, what comes nearest.
    """

    now: UniversityMerit
    needed: tuple[Needed, ...]
    then: UniversityMerit
    reached: bool


def university_prognosis(
    marks: Iterable[Mark],
    wish: UniversityWish,
    reading: Sequence[Reading] = (),
    supposed: Sequence[Reading] = (),
    required: Collection[str] = (),
    outside: Collection[str] = (),
    rules: UniversityRules = NOW,
) -> UniversityPrognosis:
    """What the wish takes. Raises `TooMuchOpen`, `PointsMissing`, and `IllegalValue` for a value that the
    scale does not have.
    """
    have = _supposed([mark for mark in marks if mark.form is SchoolForm.UPPER_SECONDARY], supposed)
    open, closed = _divided(have, reading, supposed)
    if len(open) > MOST_OPEN:
        raise TooMuchOpen(field="supposed", value=len(open))

    def worth(some: Iterable[Mark]) -> UniversityMerit:
        return (university_merit if wish.in_all else figure_alone)(some, required, outside, rules)

    def value(found: UniversityMerit) -> Fraction:
        said = found.value if wish.in_all else found.average
        return Fraction(str(said or 0.0))

    search = _Search({*required}, {*outside}, rules, wish.in_all)
    after = search.least(closed, open, wish.value)
    if after is None:
        after = [_valued(mark, _values(mark)[0]) for mark in open]
        # The best of all is the most there is, unless levels that stand for each other differ in size.
        while (
            nearest := search.least(closed, open, value(worth([*closed, *after])) + _HUNDREDTH)
        ) is not None:
            after = nearest
        after = search.least(closed, open, value(worth([*closed, *after]))) or list(open)
    then = worth([*closed, *after])
    old = {mark.key: mark.value for mark in have}
    return UniversityPrognosis(
        now=worth(have),
        needed=tuple(
            Needed(new, old.get(new.key), _rank(new) - _rank(was))
            for was, new in zip(open, after, strict=True)
        ),
        then=then,
        reached=value(then) >= wish.value,
    )


def _supposed(marks: Sequence[Mark], supposed: Sequence[Reading]) -> list[Mark]:
    found = {(mark.code, mark.language): mark for mark in marks}
    for one in supposed:
        place = one.code, one.language
        old = found.get(place)
        found[place] = _valued(old, one.value or FAIL) if old else _mark(one, one.value or FAIL)
    return list(found.values())


def _divided(
    have: Sequence[Mark], reading: Sequence[Reading], supposed: Sequence[Reading]
) -> tuple[list[Mark], list[Mark]]:
    """What is open, at its lowest, and what stands."""
    free = {(one.code, one.language) for one in supposed}
    open = [
        mark
        for mark in have
        if not mark.work
        and mark.size
        and mark.scale == SCALE
        and ((mark.code, mark.language) in free or not mark.passed)
    ]
    graded = {mark.code for mark in have}
    new = [_mark(one, FAIL) for one in reading if one.code not in graded and one.size]
    keys = {mark.key for mark in open}
    return [*open, *new], [mark for mark in have if mark.key not in keys]


def _mark(one: Reading, value: str) -> Mark:
    if not one.size:
        raise PointsMissing(field="points", value=one.code)
    worth = BY_ID[SCALE].worth(value)
    form = SchoolForm.UPPER_SECONDARY
    return Mark(
        key=":".join(filter(None, (form.value, one.code, one.language))), code=one.code, name=one.name,
        form=form, value=value, scale=SCALE, points=worth.points, passed=worth.passed, finished=True,
        language=one.language, size=one.size,
    )  # fmt: skip


def _valued(mark: Mark, value: str) -> Mark:
    worth = BY_ID[mark.scale].worth(value)
    return replace(mark, value=value, points=worth.points, passed=worth.passed)


def _rank(mark: Mark) -> int:
    return BY_ID[mark.scale].rank(mark.value)


def _values(mark: Mark) -> list[str]:
    """What an open one may become, the best first; a dash becomes a grade or stays."""
    better = [value for value in BY_ID[mark.scale].values if BY_ID[mark.scale].rank(value) > _rank(mark)]
    return [*better, mark.value]


_SUBJECT_OF: Mapping[tuple[str, int], str] = {
    (course.subject, course.number): level.subject
    for course, level in ((level_of(a), level_of(b)) for a, b in PAIRS)
    if course and level
}
_SWEDISH = {"SVEN", "SVEA", "SVESVE", "SVASVA"}


def _block(mark: Mark) -> str:
    """What stands for each other has the same: levels of a subject with the courses they are paired with,
    alternatives, both Swedish.
    """
    level = level_of(mark.code, mark.language)
    if level is None:
        return mark.key
    subject = _SUBJECT_OF.get((level.subject, level.number), level.subject)
    if subject in _SWEDISH:
        return "SV"
    return f"{subject}{level.number}" if level.course and subject == level.subject else subject


class _Way(NamedTuple):
    """A way to grade a block: the values of the open ones, how many steps they take, points of value (twice
    the sum) and of size, and the counted passes that may give merit points.
    """

    values: tuple[tuple[str, str], ...]
    steps: int
    twice: int
    size: int
    passes: tuple[Grade, ...]


_Ways = tuple[tuple[str, str], ...]
_Table = dict[int, tuple[int, tuple[_Ways, ...]]]
"""By steps: the most that can be had above the wish, and how."""
_NOTHING: _Table = {0: (0, ())}
_COUNTED = 1000  # more than there are blocks: what is below the wish is below it whatever is counted


@dataclass(frozen=True, slots=True)
class _Search:
    required: set[str]
    outside: set[str]
    rules: UniversityRules
    in_all: bool

    def least(self, closed: Sequence[Mark], open: Sequence[Mark], wish: Fraction) -> list[Mark] | None:
        """The open ones as they are when the wish takes fewest steps; None when it cannot be reached."""
        blocks: dict[str, tuple[list[Mark], list[Mark]]] = {}
        for place, marks in enumerate((closed, open)):
            for mark in marks:
                blocks.setdefault(_block(mark), ([], []))[place].append(mark)
        plain: list[list[_Way]] = []
        areas: dict[Area, list[list[_Way]]] = {}
        for own, free in blocks.values():
            ways = list(self._ways(own, free))
            area = area_of((own or free)[0].code) if self.in_all else None
            (areas.setdefault(area, []) if area else plain).append(ways)
        sets = {area: self._sets(found) for area, found in areas.items()}
        most = self.rules.most
        amounts = {min(sum(some, Fraction(0)), most) for some in product(*map(_amounts, sets.values()))}
        tried = (self._reached(plain, list(sets.values()), wish, points) for points in sorted(amounts))
        found = [one for one in tried if one]
        if not found:
            return None
        chosen = dict(min(found, key=lambda one: (one[0], -one[1]))[2])
        return [_valued(mark, chosen.get(mark.key, mark.value)) for mark in open]

    def _ways(self, closed: Sequence[Mark], open: Sequence[Mark]) -> Iterator[_Way]:
        """Raises `TooMuchOpen`."""
        if prod(len(_values(mark)) for mark in open) > MOST_WAYS:
            raise TooMuchOpen(field="supposed", value=open[0].code)
        for values in product(*map(_values, open)):
            marks = [_valued(mark, value) for mark, value in zip(open, values, strict=True)]
            steps = sum(_rank(new) - _rank(old) for new, old in zip(marks, open, strict=True))
            always, optional = counting([*closed, *marks], self.required, self.outside)
            some = optional if self.in_all else []
            for more in chain.from_iterable(combinations(some, n) for n in range(len(some) + 1)):
                yield _way(marks, steps, [*always, *more])

    def _sets(self, blocks: Sequence[Sequence[_Way]]) -> list[tuple[Fraction, list[list[_Way]]]]:
        """Every set of passes of an area, with the merit points that it gives and each block's ways to it."""
        by_passes: list[dict[frozenset[str], list[_Way]]] = []
        for ways in blocks:
            known: dict[frozenset[str], list[_Way]] = {}
            for way in ways:
                known.setdefault(frozenset(g.mark.key for g in way.passes), []).append(way)
            by_passes.append(known)
        if prod(map(len, by_passes)) > MOST_WAYS:
            raise TooMuchOpen(field="supposed")
        found = []
        for chosen in product(*(known.values() for known in by_passes)):
            passes = [grade for ways in chosen for grade in ways[0].passes]
            found.append((merit_points(passes, self.required, self.rules), list(chosen)))
        return found

    def _reached(
        self,
        plain: Sequence[Sequence[_Way]],
        areas: Sequence[Sequence[tuple[Fraction, list[list[_Way]]]]],
        wish: Fraction,
        points: Fraction,
    ) -> tuple[int, int, tuple[tuple[str, str], ...]] | None:
        """The fewest steps with so many merit points: steps, how far above, the values; None when none do.
        The figure is rounded to two decimals, a half upwards: five thousandths less are enough.
        """
        mean = int((wish - points) * 1000) - 5 if self.in_all else int(wish * 1000) - 5
        so_far: dict[Fraction, _Table] = {Fraction(0): _NOTHING}
        for sets in areas:
            tables: dict[Fraction, _Table] = {}
            for amount, blocks in sets:
                table = _together([_table(ways, mean) for ways in blocks])
                tables[amount] = _either(tables.get(amount, {}), table)
            more: dict[Fraction, _Table] = {}
            for (a, one), (b, other) in product(so_far.items(), tables.items()):
                amount = min(a + b, self.rules.most)
                more[amount] = _either(more.get(amount, {}), _both(one, other))
            so_far = more
        enough: _Table = {}
        for amount, table in so_far.items():
            enough = _either(enough, table) if amount >= points else enough
        whole = _both(_together([_table(ways, mean) for ways in plain]), enough)
        least = min((steps for steps, (above, _) in whole.items() if above > 0), default=None)
        if least is None:
            return None
        above, ways = whole[least]
        return least, above, tuple(chain.from_iterable(ways))


def _amounts(sets: Sequence[tuple[Fraction, list[list[_Way]]]]) -> set[Fraction]:
    return {points for points, _ in sets}


def _way(marks: Sequence[Mark], steps: int, counted: Sequence[Grade]) -> _Way:
    return _Way(
        tuple((mark.key, mark.value) for mark in marks),
        steps,
        sum(int(2 * (g.mark.points or 0.0)) * (g.size or 0) for g in counted),
        sum(g.size or 0 for g in counted),
        tuple(g for g in counted if g.passed and area_of(g.mark.code)),
    )


def _table(ways: Iterable[_Way], mean: int) -> _Table:
    """Ways by their steps, each number's best; `mean` in thousandths is what a point of size takes. That
    something is counted at all is the least above nothing.
    """
    found: _Table = {}
    for way in ways:
        above = (way.twice * 500 - mean * way.size) * _COUNTED + bool(way.size)
        if way.steps not in found or above > found[way.steps][0]:
            found[way.steps] = above, (way.values,)
    return _pruned(found)


def _pruned(table: _Table) -> _Table:
    """Without what takes more steps and gives no more."""
    kept: _Table = {}
    most: int | None = None
    for steps in sorted(table):
        if most is None or table[steps][0] > most:
            kept[steps], most = table[steps], table[steps][0]
    return kept


def _either(one: _Table, other: _Table) -> _Table:
    found = dict(one)
    for steps, row in other.items():
        if steps not in found or row[0] > found[steps][0]:
            found[steps] = row
    return _pruned(found)


def _both(one: _Table, other: _Table) -> _Table:
    found: _Table = {}
    for (a, (above, ways)), (b, (more, others)) in product(one.items(), other.items()):
        if a + b not in found or above + more > found[a + b][0]:
            found[a + b] = above + more, ways + others
    return _pruned(found)


def _together(tables: Iterable[_Table]) -> _Table:
    found = _NOTHING
    for table in tables:
        found = _both(found, table)
    return found
