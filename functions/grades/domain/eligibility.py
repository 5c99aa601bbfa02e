"""Eligibility (behörighet) for the programmes of upper secondary school: which passes from compulsory school
each of them asks for, and exactly what somebody lacks (skollagen 16:29–33, 17:10; gymnasieförordningen 7:1).

The organiser of the education decides (16:36), also on the two exceptions, which are inputs here. Age and an
education already gone through (15:5–6) are not judged, nor what special variants ask for (16:34).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Literal

from functions.grades.domain.marks import CORE, SWEDISH, Basis, Mark, selected
from functions.grades.domain.programmes import Programme
from functions.grades.domain.subjects import subject_of
from skolkit.errors import DomainError, Text

_SOCIAL = ("GE", "HI", "RE", "SH")
_SCIENCE = ("BI", "FY", "KE")


class NotNational(DomainError):
    """Who may begin an introductory programme is not a question of grades alone (skollagen 17:10–12)."""

    status = 422
    reason = Text("Programmet är inte ett nationellt program.", "The programme is not a national one.")
    advice = Text("Ange ett nationellt program, t.ex. NA.", "Give a national programme, e.g. NA.")
    law = "skollagen 16:29, 17:10–12"


@dataclass(frozen=True, slots=True, kw_only=True)
class EligibilityRules:
    """What is asked for: the core (of each tuple one), how many other subjects by kind of programme, and
    which they must include by programme.
    """

    id: str
    valid_from: date
    core: tuple[tuple[str, ...], ...] = CORE
    others: Mapping[str, int] = field(
        default_factory=lambda: MappingProxyType({"vocational": 5, "preparatory": 9})
    )
    include: Mapping[str, tuple[str, ...]] = field(
        default_factory=lambda: MappingProxyType(
            {"EK": _SOCIAL, "HU": _SOCIAL, "SA": _SOCIAL, "NA": _SCIENCE, "TE": _SCIENCE}
        )
    )


RULES = (EligibilityRules(id="eligibility-2011", valid_from=date(2011, 7, 1)),)
"""Skollagen 16:30–31 and GyF 7:1. An average in place of a pass line (SOU 2025:18) would be rules with a
field of their own.
"""
NOW = RULES[-1]


@dataclass(frozen=True, slots=True)
class Judged:
    """What the organiser has found: subjects (designations) in which equal knowledge was acquired otherwise
    than in compulsory school (16:33), and whether a pass in English is not asked for, because of special
    personal circumstances and as the applicant is judged able to follow the programme (16:32).
    """

    otherwise: frozenset[str] = frozenset()
    without_english: bool = False


NOTHING = Judged()


@dataclass(frozen=True, slots=True)
class Missing:
    """What is lacking: a pass in one of `subjects` (core or included), or `count` more of any (others)."""

    kind: Literal["core", "included", "others"]
    subjects: tuple[str, ...]
    count: int
    law: str

    @property
    def said(self) -> Text:
        """What is lacking, in words."""
        if self.kind == "others":
            return Text(
                f"Godkänt betyg i ytterligare {self.count} ämnen saknas.",
                f"A pass in {self.count} more subjects is missing.",
            )
        names = [known for code in self.subjects if (known := subject_of(code))]
        sv, en = (" eller ".join(n.sv.lower() for n in names), " or ".join(n.en for n in names))
        return Text(f"Godkänt betyg i {sv} saknas.", f"A pass in {en} is missing.")


@dataclass(frozen=True, slots=True)
class Eligibility:
    """The answer for a programme: `missing` is empty for who is eligible. `others` of `of_others` passes
    beside the core; `choice` whether the programme-oriented choice (programinriktat val) towards it is open.
    """

    programme: Programme
    eligible: bool
    missing: tuple[Missing, ...]
    others: int
    of_others: int
    choice: bool
    basis: Basis
    rules: str


def eligibility(
    marks: Iterable[Mark], programme: Programme, judged: Judged = NOTHING, rules: EligibilityRules = NOW
) -> Eligibility:
    """Whether the grades are enough for a national programme, and what they lack. Raises `NotNational`."""
    if programme.kind not in rules.others:
        raise NotNational(field="programme", value=programme.code)
    selection = selected(marks)
    passed, others = _passes(selection.marks, judged, rules)
    missing = [
        Missing("core", group, 1, "skollagen 16:30–31")
        for group in rules.core
        if not passed & set(group) and not (group == ("EN",) and judged.without_english)
    ]
    included = [code for code in rules.include.get(programme.code, ()) if code not in passed]
    missing += [Missing("included", (code,), 1, "gymnasieförordningen 7:1") for code in included]
    wanted = rules.others[programme.kind]
    if (more := wanted - others - len(included)) > 0:
        law = "skollagen 16:30" if programme.kind == "vocational" else "skollagen 16:31"
        missing.append(Missing("others", (), more, law))
    return Eligibility(
        programme=programme, eligible=not missing, missing=tuple(missing), others=others, of_others=wanted,
        choice=bool(missing) and _has_choice(passed, others), basis=selection.basis, rules=rules.id,
    )  # fmt: skip


def _passes(marks: Collection[Mark], judged: Judged, rules: EligibilityRules) -> tuple[set[str], int]:
    """The designations passed, and how many grades beside the core are: a language each counts [M]."""
    core = {code for group in rules.core for code in group}
    passed = {mark.code for mark in marks if mark.passed}
    others = sum(mark.passed and mark.code not in core for mark in marks)
    more = judged.otherwise - passed - ({*SWEDISH} if passed & {*SWEDISH} else set())
    return passed | more, others + len(more - core)


def _has_choice(passed: set[str], others: int) -> bool:
    """Programinriktat val: Swedish, and English or mathematics with four others or both with three (skollagen
    17:10).
    """
    both = len(passed & {"EN", "MA"})
    return bool(passed & {*SWEDISH}) and others >= {2: 3, 1: 4}.get(both, 99)
