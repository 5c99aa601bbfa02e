"""What a pupil of upper secondary school applies to university with: the comparison figure (jämförelsetal),
the mean of the grades' values by their points, and merit points (meritpoäng) for modern languages, English
and mathematics (högskoleförordningen (1993:100) bilaga 3, 3–8, as by SFS 2024:914; UHR's handbook for GY11).

The diploma project does not count. What lies outside the programme (utökat) counts only if eligibility takes
it or it gives merit points and does good. A level that is required, or is below one, gives no merit points.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from itertools import combinations
from types import MappingProxyType
from typing import Literal

from functions.grades.domain.levels import Grade, Level, level_of, standing
from functions.grades.domain.marks import Mark
from functions.grades.domain.rulebook import two_decimals

Area = Literal["languages", "english", "mathematics"]

_LADDERS: Mapping[str, tuple[Area, int]] = MappingProxyType(
    {
        "ENGENG": ("english", 0), "ENGE": ("english", 4),
        "MATMAT": ("mathematics", 0), "MATE": ("mathematics", 0), "MATO": ("mathematics", 2),
        "MATF": ("mathematics", 4),
        "MODY": ("languages", 0), "MODG": ("languages", 1), "MODO": ("languages", 2),
        "MODF": ("languages", 4), "SVEY": ("languages", 0), "SVEG": ("languages", 1),
        "SVEO": ("languages", 2), "SVEF": ("languages", 4),
    }
)  # fmt: skip
"""The step on the area's ladder before a subject's first level: MODO (fortsättning) 1 is step 3, as
`MODSPA03` is. Sign language for the hearing (SVEY …) is a language; codes of it and of MASB, MASC are [M].
"""
_LANGUAGE_COURSE = re.compile(r"MOD([A-Z]{3})0([1-7])")
_SPECIAL = ("MATMAT00S", "MASB", "MASC")
_HALF = Fraction(1, 2)
SPECIAL_UP_TO = 3
"""Matematik – specialisering B gives points unless more than the first level of fortsättning is required."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UniversityRules:
    """Merit points by the step passed, and the most of an area and of all; `further` for a second language
    from step 2 on, when the first has given points for step 4; `special` for mathematics specialisering.
    """

    id: str
    valid_from: date
    most: Fraction = Fraction(5, 2)
    most_of: Mapping[Area, Fraction] = field(
        default_factory=lambda: MappingProxyType(
            {"languages": Fraction(3, 2), "english": Fraction(1), "mathematics": Fraction(3, 2)}
        )
    )
    steps: Mapping[Area, Mapping[int, Fraction]] = field(
        default_factory=lambda: MappingProxyType(
            {
                "languages": {3: _HALF, 4: Fraction(1), 5: _HALF},
                "english": {7: Fraction(1)},
                "mathematics": {2: _HALF, 3: _HALF, 4: _HALF, 5: Fraction(1)},
            }
        )
    )
    further: Fraction = Fraction(1, 2)
    special: Fraction = Fraction(1, 2)


RULES = (UniversityRules(id="university-2025", valid_from=date(2025, 7, 1)),)
"""The figures are the same for courses (UHR, gymnasieexamen) and levels; what differs is that a pass on a
level includes the ones below it. The day is that of the levels [M].
"""
NOW = RULES[-1]


@dataclass(frozen=True, slots=True)
class UniversityMerit:
    """`average` of `size` points (None: nothing to count from), the merit points, and their sum; the codes
    that counted.
    """

    average: float | None
    points: float
    value: float | None
    size: int
    counted: tuple[str, ...]
    rules: str


@dataclass(frozen=True, slots=True)
class _Step:
    area: Area
    number: int
    track: str


def university_merit(
    marks: Iterable[Mark],
    required: Collection[str] = (),
    outside: Collection[str] = (),
    rules: UniversityRules = NOW,
) -> UniversityMerit:
    """What grades are worth for an education that requires the courses or levels `required`; `outside` are
    those outside the pupil's programme. Of these, the ones are counted that give the best sum.
    """
    needed = {*required}
    always, giving = counting(marks, needed, outside)
    some = giving[:_MOST_OPTIONAL]
    choices = ([*always, *more] for count in range(len(some) + 1) for more in combinations(some, count))
    return max((_worth(chosen, needed, rules) for chosen in choices), key=lambda worth: worth.value or 0.0)


def figure_alone(
    marks: Iterable[Mark],
    required: Collection[str] = (),
    outside: Collection[str] = (),
    rules: UniversityRules = NOW,
) -> UniversityMerit:
    """The same without what is outside the programme and may be left out: the mean at its plainest."""
    needed = {*required}
    return _worth(counting(marks, needed, outside)[0], needed, rules)


def counting(
    marks: Iterable[Mark], required: Collection[str], outside: Collection[str]
) -> tuple[list[Grade], list[Grade]]:
    """The grades that always count, and those outside the programme that may, since they give merit
    points.
    """
    grades = [g for g in standing(marks).grades if g.mark.points is not None and g.size and not g.mark.work]
    optional = [g for g in grades if _is_outside(g, outside) and g.mark.code not in required]
    return [g for g in grades if g not in optional], [g for g in optional if g.passed and _steps(g)]


def area_of(code: str) -> Area | None:
    """The area in which a pass on a course or level may give merit points.

    >>> area_of("MODXXX03"), area_of("MATO2000X"), area_of("HIST1B00X")
    ('languages', 'mathematics', None)
    """
    if code.startswith(_SPECIAL):
        return "mathematics"
    steps = _steps_of(level_of(code), code)
    return steps[0].area if steps else None


_MOST_OPTIONAL = 8  # every combination is tried


def _is_outside(grade: Grade, outside: Collection[str]) -> bool:
    """Wholly outside: a level that includes one of the programme's counts."""
    return grade.mark.code in outside and all(mark.code in outside for mark in grade.includes)


def _worth(grades: Sequence[Grade], required: Collection[str], rules: UniversityRules) -> UniversityMerit:
    size = sum(grade.size or 0 for grade in grades)
    total = sum((Fraction(grade.mark.points or 0) * (grade.size or 0) for grade in grades), Fraction(0))
    points = merit_points(grades, required, rules)
    average = two_decimals(total / size) if size else None
    return UniversityMerit(
        average=average, points=float(points), value=None if average is None else average + float(points),
        size=size, counted=tuple(sorted(grade.mark.code for grade in grades)), rules=rules.id,
    )  # fmt: skip


def merit_points(
    grades: Iterable[Grade], required: Collection[str] = (), rules: UniversityRules = NOW
) -> Fraction:
    """The merit points of passes, at most two and a half."""
    passed = [grade for grade in grades if grade.passed]
    found = [step for grade in passed for step in _steps(grade)]
    asked: dict[Area, int] = {}
    for code in required:
        for step in _steps_of(level_of(code), code):
            asked[step.area] = max(asked.get(step.area, 0), step.number)
    total = Fraction(0)
    for area, most in rules.most_of.items():
        steps = [step for step in found if step.area == area]
        own = _area_points(steps, asked.get(area, 0), rules)
        if area == "mathematics":
            own += _special_points(passed, asked.get(area, 0), rules)
        total += min(own, most)
    return min(total, rules.most)


def _area_points(steps: Sequence[_Step], asked: int, rules: UniversityRules) -> Fraction:
    """Points of the steps above the one required: of the best language, with the addition for a second."""
    tracks: dict[str, set[int]] = {}
    for step in steps:
        tracks.setdefault(step.track, set()).add(step.number)
    best = Fraction(0)
    for track, numbers in tracks.items():
        worth = rules.steps[steps[0].area]
        own = sum((worth.get(n, Fraction(0)) for n in numbers if n > asked), Fraction(0))
        others = [max(other) for name, other in tracks.items() if name != track]
        if asked < _FOURTH and _FOURTH in numbers and max(others, default=0) >= _SECOND:
            own += rules.further
        best = max(best, own)
    return best


_SECOND, _FOURTH = 2, 4


def _special_points(passed: Iterable[Grade], asked: int, rules: UniversityRules) -> Fraction:
    codes = [g.mark.code for g in passed if g.mark.code.startswith(_SPECIAL)]
    return sum(
        (rules.special for code in codes if not code.startswith("MASB") or asked <= SPECIAL_UP_TO),
        Fraction(0),
    )


def _steps(grade: Grade) -> list[_Step]:
    """The steps a grade is of, those below it in the subject included; a specialisering is none."""
    return _steps_of(grade.level, grade.mark.code, grade.mark.language)


def _steps_of(level: Level | None, code: str, language: str | None = None) -> list[_Step]:
    if found := _LANGUAGE_COURSE.fullmatch(code):
        track = (language or found[1]).upper() if found[1] == "XXX" else found[1]
        return [_Step("languages", int(found[2]), track)]
    if level is None:
        return []
    subject, track = level.subject, ""
    if subject not in _LADDERS:
        subject, track = subject[:4], subject[4:]
    if subject not in _LADDERS:
        return []
    area, before = _LADDERS[subject]
    track = track or ("sign" if subject.startswith("SVE") else "")
    below = range(level.number, level.number + 1) if level.course else range(1, level.number + 1)
    return [_Step(area, before + number, track) for number in below]
