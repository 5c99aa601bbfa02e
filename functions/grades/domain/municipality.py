"""Statistics of the municipality's units together: by subject, sex and school year, and what the grades of
the last years are enough for. Counted once for a year in a term, when its corrections have settled: two
countings would tell by their difference of the unit that came in between (decision 0046).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from functions.grades.domain import leavers
from functions.grades.domain.catalogue import Term
from functions.grades.domain.disclosure import Band, Shown, shown
from functions.grades.domain.leavers import LEVELS, Part
from functions.grades.domain.statistics import ELIGIBLE, MERIT, SEXES, Row, Table
from functions.grades.domain.totals import part, together
from skolkit.sweden.calendar import SchoolYear
from skolkit.sweden.codes import SchoolForm
from skolkit.sweden.school_forms import FORMS

NIGHTS = timedelta(days=60)
"""How long after the day on which a term is settled its totals are looked for."""


@dataclass(frozen=True, slots=True)
class TotalRow:
    """A subject, course or level of all units: what is shown of it, and the mean points where every grade is
    shown.
    """

    code: str
    name: str
    seen: Shown
    mean: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """A year in a term, of so many `units`. `results` of all and by sex, where results are counted."""

    form: SchoolForm
    year: int | None
    term: Term
    school_year: str
    counted: datetime
    units: int
    rows: tuple[TotalRow, ...]
    results: tuple[Part, Mapping[str, Part]] | None = None


def settled(day: date) -> Iterator[tuple[str, Term]]:
    """The terms whose totals are due: the autumn's from 15 January on, the spring's from 1 July [M], so that
    what is corrected after grade day is in them.
    """
    for start in (SchoolYear.of(day).start_year - 1, SchoolYear.of(day).start_year):
        terms: tuple[tuple[Term, date], ...] = (("HT", date(start + 1, 1, 15)), ("VT", date(start + 1, 7, 1)))
        for term, first in terms:
            if first <= day < first + NIGHTS:
                yield str(SchoolYear(start)), term


def kinds() -> Iterator[tuple[SchoolForm, int | None]]:
    """The forms and years that grades are set in; None for what is of no year."""
    for form, use in FORMS.items():
        if use.graded:
            yield from ((form, year) for year in (None, *range(*_years(use.years))))


def _years(years: tuple[int, int] | None) -> tuple[int, int]:
    return (years[0], years[1] + 1) if years else (1, 1)


def municipal(tables: Sequence[Table], counted: datetime) -> Total:
    """The total of units' tables of the same year and term, made of the rows that everybody's numbers are
    made of; at least one.
    """
    by_code: dict[tuple[str, str], list[Row]] = {}
    for table in tables:
        for row in table.open:
            by_code.setdefault((row.code, row.scale), []).append(row)
    sums = {key: _added(rows) for key, rows in sorted(by_code.items()) if key[0] not in (MERIT, ELIGIBLE)}
    seen = {key: _together(by_code[key], sums[key]) for key in sums}
    first = tables[0]
    return Total(
        form=first.form, year=first.year, term=first.term, school_year=first.school_year, counted=counted,
        units=len(tables), results=_results(tables, list(sums.values()), {k[0]: s for k, s in seen.items()}),
        rows=tuple(
            TotalRow(row.code, row.name, seen[key], row.mean(row.whole) if seen[key].is_whole else None)
            for key, row in sums.items()
        ),
    )  # fmt: skip


def _added(rows: Sequence[Row]) -> Row:
    values = tuple(dict.fromkeys(value for row in rows for value in row.values))
    sexes = {sex: {v: sum(row.sexes.get(sex, {}).get(v, 0) for row in rows) for v in values} for sex in SEXES}
    return Row(code=rows[0].code, name=rows[0].name, scale=rows[0].scale, values=values, sexes=sexes)


def _together(rows: Sequence[Row], whole: Row) -> Shown:
    return together(
        [part(row.sexes, whole.values, shown(row.sexes, row.values)) for row in rows], whole.values
    )


def _results(
    tables: Sequence[Table], subjects: Sequence[Row], seen: Mapping[str, Shown]
) -> tuple[Part, Mapping[str, Part]] | None:
    """What grades are enough for: levels as any row; the mean of the means that units show, which tells
    nothing that they do not.
    """
    having = [table for table in tables if any(row.code == ELIGIBLE for row in table.open)]
    if not having:
        return None
    rows = [next(row for row in table.open if row.code == ELIGIBLE) for table in having]
    whole = _added(rows)
    values = [level for level in LEVELS if whole.whole.get(level)]
    parts = [
        part(row.sexes, values, _levels(leavers.open_levels(table.open)[0]))
        for row, table in zip(rows, having, strict=True)
    ]
    able = leavers.kept_levels(together(parts, values), leavers.subjects_of(subjects, seen))
    shares = [found for table in having if (found := leavers.open_results(table.open))]

    def of(sex: str | None) -> Part:
        own = [one[0] if sex is None else one[1].get(sex) for one in shares]
        means = [(one.size, one.mean) for one in own if one and one.size and one.mean is not None]
        size = sum(n for n, _ in means)
        mean = round(sum(n * mean for n, mean in means) / size, 1) if size else None
        count = sum((whole.whole if sex is None else whole.sexes[sex]).values())
        step = 0.1 if mean is not None else None
        return Part(count if sex in able else None, mean, step, leavers.eligible_by(able.get(sex, ())))

    return of(None), {sex: of(sex) for sex in SEXES}


def _levels(bands: Mapping[str | None, tuple[Band, ...]]) -> Shown | None:
    """A unit's bands of levels as they are shown; None for nothing."""
    if not bands:
        return None
    sexes = {sex: some for sex, some in bands.items() if sex is not None}
    return Shown(None, bands[None], sexes)
