"""Grades as calculations see them, and which of a pupil's grades in compulsory school count at all when
somebody applies to upper secondary school.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from functions.grades.domain.catalogue import Choice, Entry
from functions.grades.domain.held import Held
from functions.grades.domain.subjects import subject_of
from skolkit.sweden.codes import SchoolForm

Basis = Literal["preliminary", "final"]
"""The grades as they stand, or those of the leaving certificate (slutbetyg; GyF 7:7)."""
Left = Literal["unfinished", "block", "otherSwedish", "dash"]
"""Why a grade is left out: the subject is not finished and so not in the certificate (SkolF 6:14), it is a
summary of many subjects (skollagen 10:15), the pupil read the other Swedish, or it is no grade.
"""

COMPULSORY = (SchoolForm.COMPULSORY, SchoolForm.SPECIAL, SchoolForm.SAMI)
SWEDISH = ("SV", "SVA")
CORE = (SWEDISH, ("EN",), ("MA",))
"""What every programme asks for (skollagen 16:30–31): of each tuple, one."""
_CORE = {code: group for group in CORE for code in group}
_BLOCKS = frozenset({"NO", "SO"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A grade to count with. `code` is the designation of a subject of compulsory school, else the course's
    or level's code; `points` what the value is worth, None where nothing is counted from it; `size` in points
    of upper secondary school (gymnasiepoäng); `place` the number in the pupil's chain.
    """

    key: str
    code: str
    name: str
    form: SchoolForm
    value: str
    scale: str
    points: float | None
    passed: bool
    finished: bool = False
    choice: Choice | None = None
    language: str | None = None
    size: int | None = None
    work: bool = False
    place: int = 0


def mark_of(one: Held | Entry) -> Mark:
    """The grade of an entry, or of what stands at the end of a chain."""
    subject = one.subject
    known = subject_of(subject.code) if subject.form in COMPULSORY else None
    return Mark(
        key=subject.key, code=known.designation if known else subject.code, name=subject.name,
        form=subject.form, value=one.value, scale=one.scale, points=one.points, passed=one.passed,
        finished=one.finished, choice=subject.choice, language=subject.language, size=subject.points,
        work=subject.work, place=one.number,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Selection:
    """The grades that count, each with a value, and the others with the reason why not."""

    basis: Basis
    marks: tuple[Mark, ...]
    left: tuple[tuple[Mark, Left], ...]


def selected(marks: Iterable[Mark]) -> Selection:
    """The grades of compulsory school that count for an applicant. They are final when each of the core
    subjects that the pupil has a grade in is finished, which none of them is before the last term; then only
    finished subjects count. Of Swedish and Swedish as a second language one does: the finished one, of two
    finished ones the better [M], else the one read last.
    """
    all = [mark for mark in marks if mark.form in COMPULSORY]
    core = [mark for mark in all if mark.code in _CORE]
    final = _is_final(core)
    chosen = max((mark for mark in core if mark.code in SWEDISH), key=_weight, default=None)
    counted: list[Mark] = []
    left: list[tuple[Mark, Left]] = []
    for mark in all:
        why = _why_left(mark, chosen, final=final)
        if why:
            left.append((mark, why))
        else:
            counted.append(mark)
    return Selection("final" if final else "preliminary", tuple(counted), tuple(left))


def _why_left(mark: Mark, swedish: Mark | None, *, final: bool) -> Left | None:
    if mark.code in _BLOCKS:
        return "block"
    if final and not mark.finished:
        return "unfinished"
    if mark.code in SWEDISH and mark is not swedish:
        return "otherSwedish"
    return "dash" if mark.points is None else None


def _is_final(core: Iterable[Mark]) -> bool:
    read: dict[tuple[str, ...], bool] = {}
    for mark in core:
        group = _CORE[mark.code]
        read[group] = read.get(group, False) or mark.finished
    return bool(read) and all(read.values())


def _weight(mark: Mark) -> tuple[bool, float, int, str]:
    worth = -1.0 if mark.points is None else mark.points
    return mark.finished, worth if mark.finished else 0.0, mark.place, mark.key
