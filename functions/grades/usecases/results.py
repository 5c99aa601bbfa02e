"""What pupils' grades came to at the end of a term, for statistics: in the last years of compulsory school
what they are enough for, in upper secondary school how it ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from functions.grades.domain import graduates, leavers
from functions.grades.domain.catalogue import Entry, standing
from functions.grades.domain.exams import NO_PLAN, Plan
from functions.grades.domain.graduates import Graduate
from functions.grades.domain.held import Held
from functions.grades.domain.leavers import Leaver
from functions.grades.domain.marks import Mark, mark_of
from functions.grades.domain.periods import Period
from functions.grades.domain.programmes import Programme, UnknownProgramme, programme
from functions.grades.domain.statistics import Row
from functions.grades.store import catalogue
from functions.grades.store.catalogue import Head
from functions.organisation import queries as organisation
from functions.register import queries as register
from skolkit.clock import today
from skolkit.sweden.codes import SchoolForm
from skolkit.table import LIMIT, chunks, fetch
from skolkit.types import GroupId, PersonId


def results_of(
    period: Period, entries: Sequence[Entry], sexes: Mapping[PersonId, str]
) -> dict[int | None, tuple[Row, ...]]:
    """The rows of results by year; none where there are none. Three batches per 100 pupils, a query for each
    who has had grades since, and of upper secondary school three round trips for each who has finished.
    """
    if period.form is SchoolForm.UPPER_SECONDARY:
        return {year: _ended(period, some, sexes) for year, some in _by_year(period, entries).items()}
    return {year: _left(period, some, sexes) for year, some in leavers.pupils_of(period, entries).items()}


def _by_year(period: Period, entries: Iterable[Entry]) -> dict[int | None, set[PersonId]]:
    found: dict[int | None, set[PersonId]] = {}
    for entry in entries:
        if period.covers(entry.subject.form, entry.year):
            found.setdefault(entry.year, set()).add(entry.pupil)
    return found


def _left(period: Period, pupils: Iterable[PersonId], sexes: Mapping[PersonId, str]) -> tuple[Row, ...]:
    day = min(period.due, today())
    found: dict[PersonId, Leaver] = {}
    for pupil, marks, klass in _pupils(period, pupils, day):
        found[pupil] = leavers.leaver(marks, day, klass)
    return leavers.rows(found, sexes)


def _ended(period: Period, pupils: Iterable[PersonId], sexes: Mapping[PersonId, str]) -> tuple[Row, ...]:
    day = min(period.due, today())
    found: dict[PersonId, Graduate] = {}
    for pupil, marks, klass in _pupils(period, pupils, day):
        read = _programme(pupil, day) if graduates.is_whole(marks, day) else None
        if read and read.kind != "introduction":
            codes = organisation.plan_codes(pupil)
            plan = Plan(codes.common, codes.reduced) if codes else NO_PLAN
            outside = codes.outside if codes else ()
            found[pupil] = graduates.graduate(marks, read, plan, outside, day, klass)
    return graduates.rows(found, sexes)


def _programme(pupil: PersonId, day: date) -> Programme | None:
    """The programme that the pupil reads on a day."""
    known = register.pupils([pupil]).get(pupil)
    read = [e.education_code for e in known.enrolments if e.covers(day)] if known else []
    try:
        return programme(next((code for code in read if code), ""))
    except UnknownProgramme:
        return None


def _pupils(
    period: Period, pupils: Iterable[PersonId], day: date
) -> Iterator[tuple[PersonId, list[Mark], GroupId | None]]:
    """Each pupil's grades as they stood at the end of the period's term, and the class on a day."""
    for some in chunks(sorted(pupils), LIMIT):
        heads, parts = fetch(catalogue.wanted_heads(some), organisation.wanted_groups_of(some, day))
        (known,) = fetch(organisation.wanted_groups(sorted({g for of in parts.values() for g in of}), day))
        for pupil, head in heads.items():
            own = (g for g in parts.get(pupil, ()) if g in known and known[g].kind == "klass")
            yield pupil, [mark_of(one) for one in _stood(head, period)], min(own, default=None)


def _stood(head: Head, period: Period) -> Iterable[Held | Entry]:
    """What stood of the decisions up to the term: what stands, when nothing of later terms does."""
    last = period.school_year, period.term
    if all((one.school_year, one.term) <= last for one in head.held.values()):
        return head.held.values()
    known = catalogue.entries([head.pupil])
    return standing(one for one in known if (one.school_year, one.term) <= last).values()
