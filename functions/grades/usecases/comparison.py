"""Test grades beside the subject grades of a term, per teacher and unit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from functions.access import guard
from functions.assessment import queries as assessment
from functions.grades.domain import comparison as rules
from functions.grades.domain.catalogue import Entry
from functions.grades.domain.comparison import Counts, Pair
from functions.grades.domain.scales import scale
from functions.grades.schemas.comparison import (
    ComparisonQuery,
    ComparisonView,
    CountsView,
    TeacherRow,
)
from functions.grades.store import catalogue as store
from functions.organisation import queries as organisation
from functions.register import queries as register
from skolkit.errors import NotFound
from skolkit.identity import Caller
from skolkit.sweden.calendar import SchoolYear
from skolkit.table import LIMIT, chunks, fetch
from skolkit.types import PersonId, UnitId


def compare_with_tests(caller: Caller, unit: UnitId, query: ComparisonQuery) -> ComparisonView:
    """How many have a higher, the same or a lower grade than on the test. Two round trips, three to four per
    hundred decisions; nobody is named but teachers, by id.
    """
    guard.require(
        caller, "grades:compare_with_tests", guard.Unit(unit), organisation.duties_of(caller.person_id)
    )
    if organisation.unit(unit) is None:
        raise NotFound
    year = SchoolYear.parse(query.school_year)
    latest = _latest(unit, query)
    tests: dict[PersonId, str] = {}
    for some in chunks(latest, LIMIT):
        tests |= _tests(some, query.subject, year)
    pairs = [
        Pair(tests[pupil], entry.value, tuple(sorted(d.person for d in entry.deciders)))
        for pupil, entry in latest.items() if pupil in tests
    ]  # fmt: skip
    found = rules.compare(rules.count(pairs, scale(query.school_form, year.end)))
    rows = [TeacherRow(teachers=list(who), counts=_view(c)) for who, c in sorted(found.teachers.items())]
    return ComparisonView(unit=_view(found.unit), teachers=rows, rules=rules.RULES.id)


def _tests(pupils: Sequence[PersonId], subject: str, year: SchoolYear) -> dict[PersonId, str]:
    """The test grades of at most a hundred pupils, under whichever record. One round trip, and one more when
    some had, or have now, another record than the one that was graded.
    """
    found: dict[PersonId, str]
    also: dict[PersonId, tuple[PersonId, ...]]
    now: dict[PersonId, PersonId]
    found, also, now = fetch(
        assessment.wanted_test_grades(pupils, subject, year), register.wanted_also(pupils),
        register.wanted_merged(pupils),
    )  # fmt: skip
    others = {p: (*also.get(p, ()), *([now[p]] if p in now else ())) for p in {*also, *now} - {*found}}
    return found | (fetch(assessment.wanted_test_grades(others, subject, year, others))[0] if others else {})


def _latest(unit: UnitId, query: ComparisonQuery) -> dict[PersonId, Entry]:
    """The last grade that each pupil was given in the term; not a trial's, which is no teacher's of the
    class.
    """
    subject = f"{query.school_form.value}:{query.subject}"
    found: dict[PersonId, Entry] = {}
    after: dict[str, Any] | None = None
    while True:
        keys, after = store.keys_of_unit(unit, query.school_year, query.semester, subject, LIMIT, after)
        entries: list[Entry] = fetch(store.wanted_entries(keys))[0] if keys else []
        for entry in sorted(entries, key=lambda e: e.number):
            if entry.kind != "trial" and entry.number > (
                found[entry.pupil].number if entry.pupil in found else 0
            ):
                found[entry.pupil] = entry
        if after is None:
            return found


def _view(counts: Counts | None) -> CountsView | None:
    if counts is None:
        return None
    lower, equal, higher = (
        round(100 * part / counts.pupils, 1) for part in (counts.lower, counts.equal, counts.higher)
    )
    return CountsView(students=counts.pupils, lower=lower, equal=equal, higher=higher)
