"""Which grades of upper secondary school stand when they are counted together: levels of subjects (GY25),
where a pass on a higher level takes the place of what was set on lower ones (skollagen 15:22), and courses
(GY11) beside them, until 30 June 2030 (SFS 2022:147).

Codes are read for what they are: `ENGE2000X` is the second level of ENGE, `MATMAT01b` a course.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from functions.grades.domain.level_pairs import LEVEL_OF
from functions.grades.domain.marks import Mark
from functions.grades.domain.scales import DASH
from skolkit.sweden.codes import SchoolForm

_LEVEL = re.compile(r"([A-ZÅÄÖ]{4})([1-9])([0A-Z])([0-9])0X([A-Z]{3})?")
_COURSE = re.compile(r"([A-ZÅÄÖ]{6})0([1-9])([a-z]?)([0-9]?)")
CORE_POINTS = 100
"""Points of each level of Swedish, English and mathematics: 300, 200 and 100 are three, two and one of them
(skollagen 16:27–28, gymnasieförordningen 8:6–7).
"""
_CORE = frozenset({"SVEN", "SVEA", "ENGE", "MATE"})
_MATHEMATICS = frozenset({"MATMAT", "MATE", "MATO"})
_SWEDISH = {"SVESVE": "SV", "SVEN": "SV", "SVASVA": "SVA", "SVEA": "SVA"}


@dataclass(frozen=True, slots=True)
class Level:
    """A level (GY25) or course (GY11) of a subject: `subject` with the language where it is of many, `number`
    of the level, `variant` (a, b, c) and `part` (1a1, 1a2; 0: whole).
    """

    subject: str
    number: int
    variant: str = ""
    part: int = 0
    course: bool = False

    def includes(self, other: Level) -> bool:
        """Whether a pass on this one includes the other: a lower level, or an earlier part of the same one
        [M]. Courses include nothing.
        """
        if self.course or other.course or self.subject != other.subject:
            return False
        same = (self.number, self.variant) == (other.number, other.variant)
        return other.number < self.number or (same and 0 < other.part < self.part)


def level_of(code: str, language: str | None = None) -> Level | None:
    """What a code says; None when it is of neither kind.

    >>> level_of("HIST1A20X")
    Level(subject='HIST', number=1, variant='a', part=2, course=False)
    """
    if found := _LEVEL.fullmatch(code):
        subject, number, variant, part, suffix = found.groups()
        of = suffix or (language or "").upper()
        return Level(subject + of, int(number), variant.strip("0").lower(), int(part))
    if found := _COURSE.fullmatch(code):
        subject, number, variant, part = found.groups()
        return Level(subject, int(number), variant, int(part or 0), course=True)
    return None


@dataclass(frozen=True, slots=True)
class Grade:
    """A grade that stands, with the points it comprises (`size`; None when not known) and the grades on lower
    levels that it has taken the place of.
    """

    mark: Mark
    size: int | None
    level: Level | None = None
    includes: tuple[Mark, ...] = ()

    @property
    def passed(self) -> bool:
        return self.mark.passed


@dataclass(frozen=True, slots=True)
class Record:
    """What stands: grades, and the dashes that no pass on a higher level covers."""

    grades: tuple[Grade, ...]
    dashes: tuple[Mark, ...]


def standing(marks: Iterable[Mark]) -> Record:
    """The grades of upper secondary school that a certificate would have (gymnasieförordningen 8:12–18):
    those not replaced by a pass on a higher level, of alternative levels and of a course and its level the
    better, and one of Swedish and Swedish as a second language.
    """
    all = [
        (mark, level_of(mark.code, mark.language))
        for mark in marks
        if mark.form is SchoolForm.UPPER_SECONDARY
    ]
    kept = [pair for pair in all if not _replaced(pair[1], all)]
    dashes = tuple(mark for mark, _ in kept if mark.value == DASH and not mark.work)
    graded = [(mark, level) for mark, level in kept if mark.value != DASH or mark.work]
    grades = [_grade(mark, level, all) for mark, level in graded]
    return Record(tuple(_one_swedish(_without_pairs(_without_alternatives(grades)))), dashes)


def _replaced(level: Level | None, all: Sequence[tuple[Mark, Level | None]]) -> bool:
    return level is not None and any(m.passed and other and other.includes(level) for m, other in all)


def _grade(mark: Mark, level: Level | None, all: Sequence[tuple[Mark, Level | None]]) -> Grade:
    if level is None or level.course or not mark.passed:
        return Grade(mark, mark.size, level)
    under = [(m, other) for m, other in all if other and level.includes(other)]
    if mark.size is None:
        return Grade(mark, None, level, tuple(m for m, _ in under))
    sizes: dict[int, dict[str, int]] = {}
    for m, other in under:
        variants = sizes.setdefault(other.number, {})
        variants[other.variant] = variants.get(other.variant, 0) + (m.size or 0)
    same = sizes.pop(level.number, {}).get(level.variant, 0)
    lower = sum(max(variants.values()) for variants in sizes.values())
    if level.subject in _CORE:  # a level that was never graded is included too, and these have a known size
        lower = CORE_POINTS * (level.number - 1)
    return Grade(mark, mark.size + same + lower, level, tuple(m for m, _ in under))


def _without_alternatives(grades: Sequence[Grade]) -> list[Grade]:
    """Of alternatives (1a, 1b, 1c) only the better: first levels, and every level of mathematics [M]."""

    def place(grade: Grade) -> tuple[str, int]:
        level = grade.level
        if level is None or not level.variant or (level.number > 1 and level.subject not in _MATHEMATICS):
            return (f"alone {grade.mark.key}", 0)
        return (level.subject, level.number)

    found: list[Grade] = []
    for _, together in groupby(sorted(grades, key=place), key=place):
        variants: dict[str, list[Grade]] = {}
        for grade in together:
            variants.setdefault(grade.level.variant if grade.level else "", []).append(grade)
        found += max(variants.values(), key=_worth)
    return found


def _worth(grades: Iterable[Grade]) -> tuple[bool, float, str]:
    """How good grades are together: all passed, the mean of their points."""
    own = tuple(grades)
    mean = sum(grade.mark.points or 0.0 for grade in own) / len(own)
    return all(grade.passed for grade in own), mean, max(grade.mark.key for grade in own)


def _without_pairs(grades: Sequence[Grade]) -> list[Grade]:
    """A course and its level count once: the better, or the level when a higher one includes it [M]."""
    by_code = {grade.mark.code: grade for grade in grades}
    dropped: set[str] = set()
    for grade in grades:
        code = LEVEL_OF.get(grade.mark.code)
        if code is None:
            continue
        twin, level = by_code.get(code), level_of(code)
        assert level
        covered = any(g.passed and g.level and g.level.includes(level) for g in grades)
        if covered:
            dropped.add(grade.mark.key)
        elif twin:
            dropped.add(min(grade, twin, key=lambda g: _worth([g])).mark.key)
    return [grade for grade in grades if grade.mark.key not in dropped]


def _one_swedish(grades: Sequence[Grade]) -> list[Grade]:
    """Swedish or Swedish as a second language: the one with the higher level, of equals the better, which is
    the pupil's to choose (gymnasieförordningen 8:14).
    """
    subjects: dict[str, list[Grade]] = {}
    for grade in grades:
        if grade.level and (subject := _SWEDISH.get(grade.level.subject)):
            subjects.setdefault(subject, []).append(grade)
    if len(subjects) < 2:
        return list(grades)

    def weight(subject: str) -> tuple[int, tuple[bool, float, str]]:
        own = subjects[subject]
        return max((g.level.number for g in own if g.level and g.passed), default=0), _worth(own)

    other = {g.mark.key for g in subjects[min(subjects, key=weight)]}
    return [grade for grade in grades if grade.mark.key not in other]
