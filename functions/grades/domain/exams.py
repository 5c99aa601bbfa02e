"""What a diploma of upper secondary school (gymnasieexamen) takes, and what a pupil has of it so far: a
vocational one (yrkesexamen) or one that prepares for higher education (högskoleförberedande examen). Who
lacks something gets a certificate of studies (studiebevis; skollagen 16:26–28, gymnasieförordningen 8:4–18).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Literal

from functions.grades.domain.levels import CORE_POINTS, Grade, level_of, standing
from functions.grades.domain.marks import Mark
from functions.grades.domain.programmes import Programme
from skolkit.errors import DomainError, Text

Name = Literal[
    "graded", "passed", "swedish", "english", "mathematics", "common", "work", "dashes", "programme"
]  # fmt: skip
Outcome = Literal["diploma", "studies"]
"""Examensbevis or studiebevis."""
Why = Literal["noPlan", "noPoints"]
"""Why something is not known: there is no study plan, or a grade does not say its points."""
WORK_POINTS = 100
"""Points of a diploma project (gymnasiearbete; skollagen bilaga 2)."""


class NoDiploma(DomainError):
    """Only national programmes lead to a diploma; after an introductory programme there is a certificate
    (gymnasieintyg).
    """

    status = 409
    reason = Text("Programmet leder inte till gymnasieexamen.", "The programme does not lead to a diploma.")
    advice = Text(
        "Efter ett introduktionsprogram ges gymnasieintyg.",
        "After an introductory programme there is a certificate of it.",
    )
    law = "skollagen 16:26, gymnasieförordningen 8:21"


@dataclass(frozen=True, slots=True, kw_only=True)
class Core:
    """The steps of Swedish, English and mathematics to pass (1 as in `SVESVE01`, 5 as in `ENGENG05` and
    `ENGE1000X`), and which variants of the first course or level of mathematics are enough.
    """

    swedish: tuple[int, ...]
    english: tuple[int, ...]
    variants: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamRules:
    """Points with grades, points passed, points of the programme's own subjects (vocational), and the core by
    kind of programme.
    """

    id: str
    valid_from: date
    graded: int = 2500
    passed: int = 2250
    common: int = 400
    core: Mapping[str, Core] = field(
        default_factory=lambda: MappingProxyType(
            {
                "vocational": Core(swedish=(1,), english=(5,), variants=frozenset("abc")),
                "preparatory": Core(swedish=(1, 2, 3), english=(5, 6), variants=frozenset("bc")),
            }
        )
    )


RULES = (ExamRules(id="exam-2011", valid_from=date(2011, 7, 1)),)
"""GY11 and GY25 ask for the same in courses and in levels. That matematik 1b or 1c does for a vocational
diploma, which names 1a, is [M]: a pupil who has changed programme does not read it again.
"""
NOW = RULES[-1]


@dataclass(frozen=True, slots=True)
class Plan:
    """What the pupil's study plan says: codes of the subjects, courses or levels that all of the programme
    have in common, and whether the programme is reduced (both None: there is no plan).
    """

    common: frozenset[str] | None = None
    reduced: bool | None = False


NO_PLAN = Plan(reduced=None)


@dataclass(frozen=True, slots=True)
class Requirement:
    """One of what a diploma takes: points (`dashes`: how many; `work`, `programme`: 1 or 0) needed, and had
    for certain (`least`) and at most (`most`, None: no limit is known), which is the same unless `why` says
    what is not known. Of `dashes` no more than needed, of the others no less.
    """

    name: Name
    need: int
    least: int
    most: int | None
    law: str
    why: Why | None = None

    @property
    def have(self) -> int | None:
        """What there is; None when it is not known."""
        return self.least if self.least == self.most else None

    @property
    def met(self) -> bool | None:
        """Whether it is fulfilled, also when only so much is known; None when it may be or not."""
        if self.name == "dashes":
            return self.least <= self.need
        if self.least >= self.need:
            return True
        return False if self.most is not None and self.most < self.need else None

    @property
    def unknown(self) -> Text | None:
        """What is not known, in words; None when it makes no difference."""
        return None if self.why is None or self.met is not None else _UNKNOWN[self.name, self.why]


_POINTS = Text("Ett betyg saknar uppgift om poäng.", "A grade does not say its points.")
_UNKNOWN: Mapping[tuple[Name, Why], Text] = MappingProxyType(
    {
        ("graded", "noPoints"): _POINTS,
        ("passed", "noPoints"): _POINTS,
        ("common", "noPoints"): _POINTS,
        ("common", "noPlan"): Text(
            "Studieplanen saknas. Den säger vilka ämnen som är programgemensamma.",
            "There is no study plan. It tells which subjects the programme has in common.",
        ),
        ("programme", "noPlan"): Text(
            "Studieplanen saknas. Den säger om programmet är reducerat.",
            "There is no study plan. It tells whether the programme is reduced.",
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Exam:
    """Each requirement, and the document they lead to; None when something that decides is not known, and
    what is known leaves both open.
    """

    programme: Programme
    requirements: tuple[Requirement, ...]
    outcome: Outcome | None
    rules: str

    @property
    def possible(self) -> tuple[Outcome, ...]:
        """The documents that what is known may lead to."""
        return (self.outcome,) if self.outcome else ("diploma", "studies")


def exam(marks: Iterable[Mark], programme: Programme, plan: Plan, rules: ExamRules = NOW) -> Exam:
    """What the grades so far are of a diploma. Raises `NoDiploma`."""
    if programme.kind not in rules.core:
        raise NoDiploma(field="programme")
    record = standing(marks)
    core, grades = rules.core[programme.kind], record.grades
    passed = [grade for grade in grades if grade.passed]
    law = "skollagen 16:27" if programme.kind == "vocational" else "skollagen 16:28"
    levels = "gymnasieförordningen 8:6" if programme.kind == "vocational" else "gymnasieförordningen 8:7"
    core_law = f"{law}, {levels}"
    dashes, reduced = len(record.dashes), plan.reduced
    found = [
        _points("graded", rules.graded, grades, "skollagen 16:26"),
        _points("passed", rules.passed, passed, law),
        _steps("swedish", core.swedish, _reached(passed, _SWEDISH), core_law),
        _steps("english", core.english, _reached(passed, _ENGLISH), core_law),
        _steps("mathematics", (1,), _mathematics(passed, core.variants), core_law),
        _known("work", 1, int(any(grade.mark.work for grade in passed)), law),
        _known("dashes", 0, dashes, "gymnasieförordningen 8:12"),
        _known("programme", 1, int(not reduced), "gymnasieförordningen 8:4")
        if reduced is not None
        else Requirement("programme", 1, 0, 1, "gymnasieförordningen 8:4", "noPlan"),
    ]
    if programme.kind == "vocational":
        found.append(_common(rules.common, passed, plan))
    met = [one.met for one in found]
    outcome: Outcome | None = "studies" if False in met else None if None in met else "diploma"
    return Exam(programme, tuple(found), outcome, rules.id)


_SWEDISH = MappingProxyType({"SVESVE": 0, "SVASVA": 0, "SVEN": 0, "SVEA": 0})
_ENGLISH = MappingProxyType({"ENGENG": 0, "ENGE": 4})


def _known(name: Name, need: int, have: int, law: str) -> Requirement:
    return Requirement(name, need, have, have, law)


def _points(name: Name, need: int, grades: Sequence[Grade], law: str) -> Requirement:
    least = sum(WORK_POINTS if g.mark.work and g.size is None else g.size or 0 for g in grades)
    if _sized(grades):
        return _known(name, need, least, law)
    return Requirement(name, need, least, None, law, "noPoints")


def _sized(grades: Iterable[Grade]) -> bool:
    """Whether the points of all are known."""
    return all(grade.size is not None or grade.mark.work for grade in grades)


def _reached(passed: Iterable[Grade], subjects: Mapping[str, int]) -> set[int]:
    """The steps passed in a subject: a level with those below it, a course alone."""
    steps: set[int] = set()
    for grade in passed:
        if grade.level and (before := subjects.get(grade.level.subject)) is not None:
            last = before + grade.level.number
            steps |= {last} if grade.level.course else set(range(before + 1, last + 1))
    return steps


def _mathematics(passed: Iterable[Grade], variants: Collection[str]) -> set[int]:
    """Step 1 when a fitting course or level is passed, or a higher level of a fitting variant, or one that
    has taken the place of a fitting one.
    """
    for grade in passed:
        levels = [grade.level, *(level_of(mark.code) for mark in grade.includes)]
        for level in levels:
            first = level and (level.number == 1 or not level.course)
            if level and first and level.subject in ("MATMAT", "MATE") and level.variant in variants:
                return {1}
    return set()


def _steps(name: Name, need: tuple[int, ...], have: Collection[int], law: str) -> Requirement:
    return _known(name, CORE_POINTS * len(need), CORE_POINTS * len({*need} & {*have}), law)


_EVERYBODYS = frozenset(
    {
        "SVESVE01", "SVASVA01", "ENGENG05", "MATMAT01a", "MATMAT01b", "MATMAT01c", "IDRIDR01", "RELREL01",
        "HISHIS01a1", "SAMSAM01a1", "NAKNAK01a1", "HIST1A10X", "SAMH1A10X", "NATU1A10X", "RELI1000X",
    }
)  # fmt: skip
"""Courses and levels that all programmes have, which therefore are not a programme's own (skollagen bilaga
3); of Swedish, English and mathematics the first level too. A code that is missing here leaves more open,
nothing wrong.
"""
_FIRST_LEVELS = frozenset({"SVEN", "SVEA", "ENGE", "MATE"})


def _common(need: int, passed: Sequence[Grade], plan: Plan) -> Requirement:
    """Passed points of the programme's common subjects: named by course, level or the subject of levels;
    without a plan no more than all that can be one of them.
    """
    law, own = "gymnasieförordningen 8:5", [grade for grade in passed if not grade.mark.work]
    if plan.common is None:
        every = [mark.size for grade in own for mark in (grade.mark, *grade.includes)]
        most = sum(_own(grade) for grade in own) if _sized(own) and None not in every else None
        return Requirement("common", need, 0, most, law, "noPlan")
    sizes = [size for grade in own for size in _in_common(grade, plan.common)]
    total, sized = sum(size or 0 for size in sizes), None not in sizes
    return Requirement("common", need, total, total if sized else None, law, None if sized else "noPoints")


def _in_common(grade: Grade, common: Collection[str]) -> list[int | None]:
    """The points of a grade that are of the common subjects, level by level where levels are named."""
    if grade.level and grade.level.subject in common:
        return [_own(grade) if grade.size is not None else None]
    return [mark.size for mark in (grade.mark, *grade.includes) if mark.code in common]


def _own(grade: Grade) -> int:
    """The points of a grade that may be of a programme's own subjects."""
    level = grade.level
    if grade.mark.code in _EVERYBODYS:
        return 0
    first = CORE_POINTS if level and not level.course and level.subject in _FIRST_LEVELS else 0
    return max((grade.size or 0) - first, 0)
