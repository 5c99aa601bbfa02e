"""Disclosure control: which counts of a table may be shown, so that nobody's grade can be found from what is
shown, alone or together (offentlighets- och sekretesslagen 24:8 as a model; Skolverket shows nothing of
fewer than ten pupils [M]).

A table has a row of all and one of each sex, and a column a grade. Counts that are too small are not left
blank, which others would give away again, but put together with a neighbouring grade in a band: first in the
row of all, then, coarser, in the rows of the sexes. Decision 0043 says why that is enough: whatever follows
from the bands about a single grade is either nought, or as large as a band must be, or a range as wide.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Rules:
    """What is each municipality's choice [M]. `fewest`: the smallest count that is shown beside nought."""

    id: str = "disclosure-2026"
    valid_from: date = date(2026, 7, 1)
    fewest: int = 5


RULES = Rules()


@dataclass(frozen=True, slots=True)
class Band:
    """How many have one of some grades."""

    values: tuple[str, ...]
    count: int


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown of a table: `size` None where there are too few; no bands where they would say the same
    of everybody; `sexes` {} where the parts would say too much.
    """

    size: int | None = None
    bands: tuple[Band, ...] = ()
    sexes: Mapping[str, tuple[Band, ...]] = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        """Whether every grade is shown by itself, so that a mean tells nothing more."""
        return bool(self.bands) and all(len(band.values) == 1 for band in self.bands)


def shown(parts: Mapping[str, Mapping[str, int]], values: Sequence[str], rules: Rules = RULES) -> Shown:
    """What of counts by sex and grade may be shown; `values` are the grades from the best to the lowest.

    >>> [band.count for band in shown({"Man": {"A": 6, "B": 4, "C": 9}}, "ABC").bands]
    [10, 9]
    """
    rows = {sex: [counts.get(value, 0) for value in values] for sex, counts in sorted(parts.items())}
    whole = [sum(column) for column in zip(*rows.values(), strict=True)]
    if sum(whole) < rules.fewest:
        return Shown()
    fine = merged([(number,) for number in range(len(values))], [whole], rules.fewest)
    if not differ(fine, whole):
        return Shown(sum(whole))
    coarse = merged(fine, list(rows.values()), rules.fewest)
    split = len(rows) > 1 and all(differ(coarse, row) for row in rows.values())
    return Shown(
        sum(whole), bands(fine, whole, values),
        {sex: bands(coarse, row, values) for sex, row in rows.items()} if split else {},
    )  # fmt: skip


Columns = list[tuple[int, ...]]


def merged(columns: Columns, rows: Sequence[Sequence[int]], fewest: int) -> Columns:
    """Neighbouring columns put together until each count of each row is nought or large enough."""
    found = list(columns)
    while len(found) > 1:
        small = next((n for n, one in enumerate(found) if _small(one, rows, fewest)), None)
        if small is None:
            break
        beside = [n for n in (small - 1, small + 1) if 0 <= n < len(found)]
        other = min(beside, key=lambda n: sum(_count(found[n], row) for row in rows))
        first = min(small, other)
        found[first : first + 2] = [found[first] + found[first + 1]]
    return found


def _small(columns: tuple[int, ...], rows: Sequence[Sequence[int]], fewest: int) -> bool:
    return any(0 < _count(columns, row) < fewest for row in rows)


def _count(columns: tuple[int, ...], row: Sequence[int]) -> int:
    return sum(row[number] for number in columns)


def differ(columns: Columns, row: Sequence[int]) -> bool:
    """Whether not everybody is in the same band: then it would be told of each of them."""
    return sum(_count(one, row) > 0 for one in columns) > 1


def bands(columns: Columns, row: Sequence[int], values: Sequence[str]) -> tuple[Band, ...]:
    """A row's counts by columns that are put together."""
    return tuple(Band(tuple(values[n] for n in one), _count(one, row)) for one in columns)
