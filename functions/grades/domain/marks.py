"""Grades as calculations see them, and which of a pupil's grades in compulsory school count at all when
somebody applies to upper secondary school.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from functions.grades.domain.catalogue import Choice, Entry
from functions.grades.domain.held import Held
from functions.grades.domain.subjects import subject_of
from skolkit.sweden.codes import SchoolForm

Basis = Literal["preliminary", "final"]
"""The grades as they stand, or those of the leaving certificate (slutbetyg; GyF 7:7)."""
Left = Literal["unfinished", "block", "otherGrade", "otherSwedish", "dash"]
"""Why a grade is left out: the subject is not finished and so not in the certificate (SkolF 6:14), it is a
summary of many subjects (skollagen 10:15), another grade in the subject counts, the pupil read the other
Swedish, or it is no grade.
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
    """The grade of an entry, or of what stands at the end of a chain. A subject of compulsory school that is
    read in an introductory programme counts as one (gymnasieförordningen 7:4, last paragraph).
    """
    subject = one.subject
    known = subject_of(subject.code) if subject.form in (*COMPULSORY, SchoolForm.UPPER_SECONDARY) else None
    form = SchoolForm.COMPULSORY if known and subject.form not in COMPULSORY else subject.form
    return Mark(
        key=subject.key, code=known.designation if known else subject.code, name=subject.name,
        form=form, value=one.value, scale=one.scale, points=one.points, passed=one.passed,
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
    finished subjects count. Of two grades in a subject, and of Swedish and Swedish as a second language [M],
    one does: the finished one, of two finished ones the better, else the one read last.
    """
    all = [mark for mark in marks if mark.form in COMPULSORY]
    core = [mark for mark in all if mark.code in _CORE]
    final = _is_final(core)
    swedish = max((mark for mark in core if mark.code in SWEDISH), key=_weight, default=None)
    others = _others(all)
    counted: list[Mark] = []
    left: list[tuple[Mark, Left]] = []
    for mark in all:
        if mark.code in _BLOCKS:
            left.append((mark, "block"))
        elif final and not mark.finished:
            left.append((mark, "unfinished"))
        elif mark.key in others:
            left.append((mark, "otherGrade"))
        elif mark.code in SWEDISH and mark is not swedish:
            left.append((mark, "otherSwedish"))
        elif mark.points is None:
            left.append((mark, "dash"))
        else:
            counted.append(mark)
    return Selection("final" if final else "preliminary", tuple(counted), tuple(left))


def _others(marks: Sequence[Mark]) -> set[str]:
    """The keys of grades in subjects in which another one counts."""
    if len({mark.code for mark in marks}) == len(marks):
        return set()
    places: dict[tuple[str | None, ...], Mark] = {}
    for mark in sorted(marks, key=_weight):
        places[mark.code, mark.language, mark.choice] = mark
    return {mark.key for mark in marks} - {mark.key for mark in places.values()}


def _is_final(core: Iterable[Mark]) -> bool:
    read: dict[tuple[str, ...], bool] = {}
    for mark in core:
        group = _CORE[mark.code]
        read[group] = read.get(group, False) or mark.finished
    return bool(read) and all(read.values())


def _weight(mark: Mark) -> tuple[bool, float, int, str]:
    worth = -1.0 if mark.points is None else mark.points
    return mark.finished, worth if mark.finished else 0.0, mark.place, mark.key
