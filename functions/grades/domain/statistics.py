"""Statistics of grades (betygsstatistik): how many have which grade in a subject, of a unit's year in a term,
by sex and group; what of it everybody may see, and when that changes.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from functions.grades.domain.catalogue import Entry, Term, standing
from functions.grades.domain.disclosure import RULES, Rules, Shown, shown
from functions.grades.domain.periods import Period
from functions.grades.domain.scales import BY_ID, DASH
from skolkit.sweden.codes import SchoolForm
from skolkit.types import GroupId, PersonId, UnitId

SEXES = ("Kvinna", "Man")
ALL_PASSED = "allPassed"
"""The row that says how many have a pass in every subject they have a decision in."""
YES, NO = "ja", "nej"
MERIT, ELIGIBLE = "merit", "eligibility"
"""The rows of results (`domain.leavers`): merit values, and what grades are enough for."""
FIGURE, DIPLOMA = "figure", "diploma"
"""Those of upper secondary school (`domain.graduates`): grade points, and which document they lead to."""
EXACT = frozenset({ALL_PASSED, FIGURE, DIPLOMA})
"""Rows that everybody's numbers have none of: beside the subjects they would narrow those down."""
YEARS = 6
"""School years that are compared."""

Counts = Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A subject, or course or level: how many have which grade, by sex and by group. `values` are those that
    may be set, the best first; `scale` "" for what is no grade.
    """

    code: str
    name: str
    scale: str
    values: tuple[str, ...]
    sexes: Mapping[str, Counts]
    groups: Mapping[GroupId, Counts] = field(default_factory=dict)

    @property
    def whole(self) -> Counts:
        return {value: sum(part.get(value, 0) for part in self.sexes.values()) for value in self.values}

    def mean(self, counts: Counts) -> float | None:
        """Mean points (genomsnittlig betygspoäng) of those who have a grade; None where nothing is counted
        from the grades.
        """
        return mean(self.scale, counts)

    def changed(self, old: Row) -> int:
        """How many pupils' grades are otherwise than in an earlier count, at least."""
        keys = {(sex, value) for row in (self, old) for sex in row.sexes for value in row.values}
        moved = sum(abs(_at(self, *key) - _at(old, *key)) for key in keys)
        return (moved + 1) // 2


def _at(row: Row, sex: str, value: str) -> int:
    return row.sexes.get(sex, {}).get(value, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A unit's year in a term. `rows` are exact, for those who answer for the unit; `open` are those that
    everybody's numbers are made of.
    """

    unit: UnitId
    form: SchoolForm
    year: int | None
    term: Term
    school_year: str
    counted: datetime
    rows: tuple[Row, ...]
    open: tuple[Row, ...] = ()
    version: int | None = None


def mean(scale: str, counts: Counts) -> float | None:
    """Mean points of grades; a dash has none and is left out.

    >>> mean("gr-2011", {"A": 1, "F": 1, "-": 3})
    10.0
    """
    known = BY_ID.get(scale)
    if scale in (MERIT, FIGURE) and any(counts.values()):
        return round(sum(float(v) * n for v, n in counts.items()) / sum(counts.values()), 2)
    if known is None:
        return None
    worth = [
        (points, n) for value, n in counts.items()
        if value != DASH and n and (points := known.worth(value).points) is not None
    ]  # fmt: skip
    graded = sum(n for _, n in worth)
    return round(sum(points * n for points, n in worth) / graded, 2) if graded else None


def tables(
    period: Period, entries: Iterable[Entry], sexes: Mapping[PersonId, str], counted: datetime
) -> list[Table]:
    """The tables of a period, one for each year that has grades in it. `entries` are all of the unit and
    term: what corrects a decision is in them.
    """
    chains: dict[PersonId, list[Entry]] = {}
    for entry in entries:
        if period.covers(entry.subject.form, entry.year):
            chains.setdefault(entry.pupil, []).append(entry)
    by_year: dict[int | None, list[Entry]] = {}
    for chain in chains.values():
        for entry in standing(sorted(chain, key=lambda e: e.number)).values():
            by_year.setdefault(entry.year, []).append(entry)
    return [
        Table(
            unit=period.unit, form=period.form, year=year, term=period.term, school_year=period.school_year,
            counted=counted, rows=_rows(found, sexes),
        )
        for year, found in by_year.items()
    ]  # fmt: skip


def _rows(entries: Sequence[Entry], sexes: Mapping[PersonId, str]) -> tuple[Row, ...]:
    subjects: dict[tuple[str, str], list[Entry]] = {}
    passed: dict[PersonId, bool] = {}
    for entry in entries:
        subjects.setdefault((entry.subject.code, entry.scale), []).append(entry)
        passed[entry.pupil] = passed.get(entry.pupil, True) and entry.passed
    rows = [_row(code, scale, found, sexes) for (code, scale), found in sorted(subjects.items())]
    counts: dict[str, Counter[str]] = {sex: Counter() for sex in SEXES}
    for pupil, all_passed in passed.items():
        counts[sex_of(pupil, sexes)][YES if all_passed else NO] += 1
    whole = Row(
        code=ALL_PASSED, name="Godkänt i alla ämnen", scale="", values=(YES, NO), sexes=_plain(counts)
    )
    return (whole, *rows)


def _row(code: str, scale: str, entries: Sequence[Entry], sexes: Mapping[PersonId, str]) -> Row:
    parts: dict[str, Counter[str]] = {sex: Counter() for sex in SEXES}
    groups: dict[GroupId, Counter[str]] = {}
    for entry in entries:
        parts[sex_of(entry.pupil, sexes)][entry.value] += 1
        if entry.group:
            groups.setdefault(entry.group, Counter())[entry.value] += 1
    return Row(
        code=code, name=entries[0].subject.name, scale=scale, values=BY_ID[scale].legal, sexes=_plain(parts),
        groups={group: dict(counts) for group, counts in sorted(groups.items())},
    )  # fmt: skip


def _plain(counts: Mapping[str, Counter[str]]) -> dict[str, Counts]:
    return {sex: dict(found) for sex, found in counts.items()}


def sex_of(pupil: PersonId, sexes: Mapping[PersonId, str]) -> str:
    """The sex a pupil is counted with. Who has none in the register is counted with one of them by chance,
    the same each time: a third row of a few would show their grades.
    """
    known = sexes.get(pupil)
    return known if known in SEXES else SEXES[hashlib.sha256(pupil.encode()).digest()[0] % 2]


def renewed(new: Table, old: Table | None, rules: Rules = RULES) -> Table:
    """The table with the rows that everybody's numbers are made of: those of before, until so many grades
    are otherwise that the difference of the two is no single pupil's. What is `EXACT` is not among them.
    """
    before = {(row.code, row.scale): row for row in old.open} if old else {}

    def row_of(row: Row) -> Row:
        known = before.get((row.code, row.scale))
        return known if known and row.changed(known) < rules.fewest else row

    rows = tuple(
        Row(code=r.code, name=r.name, scale=r.scale, values=r.values, sexes=r.sexes)
        for r in map(row_of, new.rows)
        if r.code not in EXACT
    )
    return Table(
        unit=new.unit, form=new.form, year=new.year, term=new.term, school_year=new.school_year,
        counted=new.counted, rows=new.rows, open=rows, version=old.version if old else None,
    )  # fmt: skip


def open_row(row: Row, rules: Rules = RULES) -> tuple[Shown, float | None]:
    """What everybody sees of a row, and the mean points where those say no more than the counts."""
    seen = shown(row.sexes, row.values, rules)
    return seen, row.mean(row.whole) if seen.is_whole else None
