"""What would it take? For the grades as they stand, or as they could become: the smallest raises after which
a pupil is eligible for a programme, or reaches a merit value. A calculation, never a promise of a place.

A raise is counted in steps of the scale, a dash being below F. First come the passes that eligibility lacks,
then, for the merit value, what gives most for a step.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from heapq import heapify, heappop, heappush

from functions.grades.domain.catalogue import Choice
from functions.grades.domain.eligibility import NOTHING, Eligibility, Judged, eligibility
from functions.grades.domain.marks import COMPULSORY, CORE, SWEDISH, Mark, selected
from functions.grades.domain.merit import Merit, merit, merit_value
from functions.grades.domain.programmes import Programme
from functions.grades.domain.scales import BY_ID, DASH
from functions.grades.domain.subjects import SUBJECTS, subject_of
from skolkit.errors import DomainError, Text
from skolkit.sweden.codes import SchoolForm

_SCALE = "gr-2011"
_NEW = "~"  # of the keys of what nobody has decided yet; sorts last
ORDINARY = tuple(
    s.designation
    for s in SUBJECTS
    if s.kind in ("core", "science", "social", "practical", "other")
    and s.designation not in ("SVA", "DA", "JU")
)
"""The sixteen subjects that every pupil of grundskola reads, SVA in place of SV (skollagen 10:4)."""


class UnknownSubject(DomainError):
    """What is asked about is a subject of compulsory school."""

    status = 422
    reason = Text("Ämnet finns inte i grundskolan.", "Compulsory school has no such subject.")
    advice = Text("Ange ämnets beteckning, t.ex. MA.", "Give the designation of the subject, e.g. MA.")


@dataclass(frozen=True, slots=True)
class WhatIf:
    """A grade as it could become: designation or code of the subject, language and choice for a modern
    language, language for a mother tongue, and the value.
    """

    subject: str
    value: str
    language: str | None = None
    choice: Choice | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """What the pupil wants: to be eligible for a programme, to reach a merit value, or both."""

    programme: Programme | None = None
    merit: float | None = None


@dataclass(frozen=True, slots=True)
class Raise:
    """A grade to raise by `steps` of the scale; `before` None: nothing counts in the subject yet."""

    subject: str
    language: str | None
    before: str | None
    after: str
    steps: int


@dataclass(frozen=True, slots=True)
class Prognosis:
    """Merit value and eligibility as they stand with the what-if grades, the raises that the wish takes, both
    after them, and whether the wish can be reached at all.
    """

    merit: Merit
    eligibility: Eligibility | None
    raises: tuple[Raise, ...]
    reached_merit: Merit
    reached: bool


def prognosis(
    marks: Iterable[Mark],
    wish: Wish,
    what_if: Sequence[WhatIf] = (),
    judged: Judged = NOTHING,
    test: float = 0.0,
) -> Prognosis:
    """What the wish takes. Raises `UnknownSubject`, and `IllegalValue` for a value that the scale does not
    have.
    """
    start = changed(marks, what_if)
    after = _with_unread(start)
    if wish.programme:
        after = _passing(after, wish.programme, judged)
    if wish.merit is not None:
        after = _raised(after, wish.merit - test)
    program = wish.programme
    eligible = eligibility(after, program, judged).eligible if program else True
    reached = merit(after, test=test)
    return Prognosis(
        merit=merit(start, test=test),
        eligibility=eligibility(start, program, judged) if program else None,
        raises=_raises(start, after),
        reached_merit=reached,
        reached=eligible and (wish.merit is None or reached.value >= wish.merit),
    )


def changed(marks: Iterable[Mark], what_if: Iterable[WhatIf]) -> list[Mark]:
    """The grades with those that are supposed in their place, as finished as the pupil's others are."""
    found = {(mark.code, mark.language, mark.choice): mark for mark in marks if mark.form in COMPULSORY}
    final = selected(found.values()).basis == "final"
    for one in what_if:
        new = _mark(one, finished=final)
        place = (new.code, new.language, new.choice)
        old = found.get(place)
        found[place] = replace(_valued(old, one.value), finished=old.finished or final) if old else new
    return list(found.values())


def _mark(one: WhatIf, *, finished: bool) -> Mark:
    """A grade in a subject of grundskola. Raises `UnknownSubject`, `IllegalValue`."""
    subject = subject_of(one.subject)
    if subject is None or subject.kind == "block":
        raise UnknownSubject(field="subject")
    worth = BY_ID[_SCALE].worth(one.value)
    parts = (SchoolForm.COMPULSORY.value, subject.code, one.language, one.choice)
    return Mark(
        key=":".join(part for part in parts if part), code=subject.designation, name=subject.sv,
        form=SchoolForm.COMPULSORY, value=one.value, scale=_SCALE, points=worth.points, passed=worth.passed,
        finished=finished, choice=one.choice, language=one.language,
    )  # fmt: skip


def _with_unread(marks: Sequence[Mark]) -> list[Mark]:
    """With a dash, which changes nothing, for every subject of all pupils that nothing counts from yet."""
    selection = selected(marks)
    have = {mark.code for mark in selection.marks} | {m.code for m, why in selection.left if why == "dash"}
    if have & {*SWEDISH}:
        have |= {*SWEDISH}
    more = [code for code in ORDINARY if code not in have]
    final = selection.basis == "final"
    return [*marks, *(replace(_mark(WhatIf(code, DASH), finished=final), key=_NEW + code) for code in more)]


def _passing(marks: Sequence[Mark], programme: Programme, judged: Judged) -> list[Mark]:
    """The grades with the passes that are missing: those that must be, then those nearest a pass."""
    after = list(marks)
    for lack in eligibility(after, programme, judged).missing:
        for _ in range(lack.count):
            near = _nearest(after, lack.subjects, judged)
            if near is None:
                break
            after = [_passed(mark) if mark is near else mark for mark in after]
    return after


def _nearest(marks: Sequence[Mark], subjects: Sequence[str], judged: Judged) -> Mark | None:
    """The grade, of the subjects or else of any beside the core, that fewest steps make a pass: an F before a
    dash before a subject without a grade.
    """
    core = {code for group in CORE for code in group}
    open = [
        mark
        for mark in _countable(marks)
        if not mark.passed
        and (mark.code in subjects if subjects else mark.code not in core | judged.otherwise)
    ]
    return min(open, key=lambda m: (-_rank(m), m.key.startswith(_NEW), m.key), default=None)


def _raised(marks: Sequence[Mark], wish: float) -> list[Mark]:
    """The grades raised to a merit value in as few steps as can be, or as near as can be. Raising the lowest
    that counts gives most for a step, except what a dash gives, two steps away from a pass: so every number
    of those is tried.
    """
    dashes = [mark for mark in _countable(marks) if mark.points is None]
    dashes.sort(key=lambda m: (m.choice != "languageChoice", m.key.startswith(_NEW), m.key))
    best: tuple[float, int] | None = None
    found = list(marks)
    for count in range(len(dashes) + 1):
        passed = _with_passes(marks, dashes[:count])
        least = _steps(marks, passed)
        if best and best[0] <= 0.0 and least >= best[1]:
            break
        after = _climbed(passed, wish)
        worth = (max(wish - merit_value(after), 0.0), _steps(marks, after))
        if best is None or worth < best:
            best, found = worth, after
    return found


def _with_passes(marks: Sequence[Mark], chosen: Sequence[Mark]) -> list[Mark]:
    keys = {mark.key for mark in chosen}
    return [_passed(mark) if mark.key in keys else mark for mark in marks]


def _climbed(marks: Sequence[Mark], wish: float) -> list[Mark]:
    """With the lowest of the grades that count raised, again and again; those that count stay the same."""
    now = merit(marks)
    counted = [one.mark for one in now.subjects if one.how in ("amongBest", "languageChoice")]
    after = {mark.key: mark for mark in marks}
    open = [(mark.points or 0.0, mark.key) for mark in counted if not _is_best(mark)]
    heapify(open)
    while open and merit_value(after.values()) < wish:
        _, key = heappop(open)
        after[key] = _up(after[key])
        if not _is_best(after[key]):
            heappush(open, (after[key].points or 0.0, key))
    return list(after.values())


def _is_best(mark: Mark) -> bool:
    return mark.value == next(iter(BY_ID[mark.scale].values))


def _countable(marks: Sequence[Mark]) -> list[Mark]:
    """What counts, or would with a value."""
    selection = selected(marks)
    return [*selection.marks, *(mark for mark, why in selection.left if why == "dash")]


def _rank(mark: Mark) -> int:
    return BY_ID[mark.scale].rank(mark.value)


def _up(mark: Mark) -> Mark:
    """The next better value."""
    values = list(BY_ID[mark.scale].values)
    return _valued(mark, values[values.index(mark.value) - 1])


def _passed(mark: Mark) -> Mark:
    """The lowest pass of the scale."""
    scale = BY_ID[mark.scale]
    return _valued(mark, min((v for v in scale.values if scale.worth(v).passed), key=scale.rank))


def _valued(mark: Mark, value: str) -> Mark:
    worth = BY_ID[mark.scale].worth(value)
    return replace(mark, value=value, points=worth.points, passed=worth.passed)


def _steps(before: Sequence[Mark], after: Sequence[Mark]) -> int:
    return sum(_rank(new) - _rank(old) for old, new in zip(before, after, strict=True))


def _raises(start: Sequence[Mark], after: Sequence[Mark]) -> tuple[Raise, ...]:
    """What differs, the smallest raises first."""
    old = {mark.key: mark for mark in start}
    found = [
        Raise(
            subject=new.code, language=new.language, before=old[new.key].value if new.key in old else None,
            after=new.value, steps=_rank(new) - (_rank(old[new.key]) if new.key in old else -1),
        )
        for new in after
        if (new.key in old or new.value != DASH) and new != old.get(new.key)
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: (one.steps, one.subject, one.language or "")))
