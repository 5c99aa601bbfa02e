"""What a diploma of upper secondary school (gymnasieexamen) takes, and what a pupil has of it so far: a
vocational one (yrkesexamen) or one that prepares for higher education (högskoleförberedande examen). Who
lacks something gets a certificate of studies (studiebevis; skollagen 16:26–28, gymnasieförordningen 8:4–18).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
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
    have in common (None: not known), and whether the programme is reduced.
    """

    common: frozenset[str] | None = None
    reduced: bool = False


@dataclass(frozen=True, slots=True)
class Requirement:
    """One of what a diploma takes: points (`dashes`: how many; `work`, `programme`: 1 or 0) needed and had;
    `met` None when `have` is not known. Of `dashes` no more than needed, of the others no less.
    """

    name: Name
    need: int
    have: int | None
    law: str

    @property
    def met(self) -> bool | None:
        if self.have is None:
            return None
        return self.have <= self.need if self.name == "dashes" else self.have >= self.need


@dataclass(frozen=True, slots=True)
class Exam:
    """Each requirement, and the document they lead to; None when something that decides is not known."""

    programme: Programme
    requirements: tuple[Requirement, ...]
    outcome: Outcome | None
    rules: str


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
    found = [
        Requirement("graded", rules.graded, _points(grades), "skollagen 16:26"),
        Requirement("passed", rules.passed, _points(passed), law),
        _steps("swedish", core.swedish, _reached(passed, _SWEDISH), core_law),
        _steps("english", core.english, _reached(passed, _ENGLISH), core_law),
        _steps("mathematics", (1,), _mathematics(passed, core.variants), core_law),
        Requirement("work", 1, int(any(grade.mark.work for grade in passed)), law),
        Requirement("dashes", 0, len(record.dashes), "gymnasieförordningen 8:12"),
        Requirement("programme", 1, int(not plan.reduced), "gymnasieförordningen 8:4"),
    ]
    if programme.kind == "vocational":
        have = None if plan.common is None else _common(passed, plan.common)
        found.append(Requirement("common", rules.common, have, "gymnasieförordningen 8:5"))
    met = [one.met for one in found]
    outcome: Outcome | None = "studies" if False in met else None if None in met else "diploma"
    return Exam(programme, tuple(found), outcome, rules.id)


_SWEDISH = MappingProxyType({"SVESVE": 0, "SVASVA": 0, "SVEN": 0, "SVEA": 0})
_ENGLISH = MappingProxyType({"ENGENG": 0, "ENGE": 4})


def _points(grades: Iterable[Grade]) -> int:
    return sum(WORK_POINTS if g.mark.work and g.size is None else g.size or 0 for g in grades)


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
    return Requirement(name, CORE_POINTS * len(need), CORE_POINTS * len({*need} & {*have}), law)


def _common(passed: Iterable[Grade], common: Collection[str]) -> int:
    """Passed points of the programme's common subjects: named by course, level or the subject of levels."""
    total = 0
    for grade in passed:
        subject = grade.level.subject if grade.level else ""
        if grade.mark.code in common or subject in common:
            total += grade.size or 0
        else:
            total += sum(mark.size or 0 for mark in grade.includes if mark.code in common)
    return total
