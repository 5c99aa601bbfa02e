"""What the yearly rollover of the organisation means in the register: enrolments go on, or end.

Each fact is about at most 15 pupils and one transaction. It is idempotent by the pupils' state and by its
rollover and chunk; one that comes after its own undoing does nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from pydantic import BaseModel, ConfigDict

from functions.register.domain.enrolment import Enrolment, EnrolmentId, identified
from functions.register.store.enrolments import enrolment_writes
from functions.register.store.people import find_person
from skolkit.audit import Trace
from skolkit.errors import Busy, ChangedMeanwhile
from skolkit.sweden.codes import SchoolForm
from skolkit.table import Once, Write, commit, done_before
from skolkit.types import PersonId, UnitId


class YearRolledOver(BaseModel):
    """What the register reads of `organisation.YearRolledOver.v1` and `YearRolledBack.v1`."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)
    rollover: str
    chunk: str
    unit: UnitId
    school_form: str
    from_year: int
    to_form: str | None
    to_year: int | None
    first_day: date
    pupils: dict[PersonId, date | None]

    @property
    def last_day(self) -> date:
        return self.first_day - timedelta(days=1)


class Overloaded(RuntimeError):
    """The register could not take it now; the queue hands the fact over again."""


Change = Callable[[YearRolledOver, date | None, Sequence[Enrolment]], Sequence[Enrolment]]
"""What becomes of the enrolments of a pupil whose last day was the second argument."""


def roll_over(fact: YearRolledOver) -> None:
    """End the pupils' enrolments with the old year and, unless they leave, add one of the new year; what
    somebody has decided otherwise for the new year stands. Round trips: 1, one per pupil, 1.
    """
    if done_before(_key("undo", fact)) is None:
        _apply("roll_over", fact, _moved_up)


def roll_back(fact: YearRolledOver) -> None:
    """Cancel the enrolments of the new year and open the old again. Round trips: one per pupil, 1."""
    _apply("undo", fact, _moved_back)


def _apply(action: str, fact: YearRolledOver, change: Change) -> None:
    once = Once(_key(action, fact))
    for _ in range(10):
        writes = [write for one in fact.pupils for write in _writes(fact, one, change)]
        trace = Trace("system:follow_rollover", action, fact.unit, changes=f"{len(fact.pupils)} pupils")
        try:
            commit(*writes, trace=trace, once=once)
        except (ChangedMeanwhile, Busy):
            continue
        return
    raise Overloaded


def _writes(fact: YearRolledOver, pupil: PersonId, change: Change) -> Iterator[Write]:
    """The pupil's item, so that nobody changes the enrolments meanwhile, and at most two enrolments: six
    writes at most.
    """
    found = find_person(pupil)
    before = found[1].enrolments if found else ()
    changed = change(fact, fact.pupils[pupil], before)
    if found and changed:
        yield found[0]
        whole = [one if one.id else identified(pupil, one, before) for one in changed]
        yield from enrolment_writes(pupil, whole, before)


def _moved_up(fact: YearRolledOver, end: date | None, enrolments: Sequence[Enrolment]) -> Sequence[Enrolment]:
    old = _of_old_year(fact, enrolments)
    if old is None or not (old.end is None or old.end >= fact.first_day):
        return ()
    ended = replace(old, end=fact.last_day)
    if fact.to_form is None:
        return [ended]
    ended = replace(ended, leaving="continues")
    form = SchoolForm(fact.to_form)
    code = old.education_code if form == old.school_form else None
    new = replace(
        old, school_form=form, year=fact.to_year, start=fact.first_day, end=end, education_code=code,
        id=EnrolmentId(""),
    )  # fmt: skip
    taken = any((e.unit, e.start) == (fact.unit, fact.first_day) and not e.cancelled for e in enrolments)
    return [] if taken else [ended, new]


def _moved_back(
    fact: YearRolledOver, end: date | None, enrolments: Sequence[Enrolment]
) -> Sequence[Enrolment]:
    old = _of_old_year(fact, enrolments)
    if old is None or old.end != fact.last_day or end == fact.last_day:
        return ()
    new = [
        e
        for e in enrolments
        if not e.cancelled and (e.unit, e.start, e.year) == (fact.unit, fact.first_day, fact.to_year)
    ]
    leaving = None if old.leaving == "continues" else old.leaving
    return [replace(old, end=end, leaving=leaving), *(replace(e, cancelled=True) for e in new)]


def _of_old_year(fact: YearRolledOver, enrolments: Sequence[Enrolment]) -> Enrolment | None:
    there = [
        e
        for e in enrolments
        if e.unit == fact.unit and e.school_form == fact.school_form and e.covers(fact.last_day)
    ]
    return there[0] if there and there[0].start < fact.first_day else None


def _key(action: str, fact: YearRolledOver) -> str:
    return f"ROLLOVER#{action}#{fact.rollover}#{fact.chunk}"
