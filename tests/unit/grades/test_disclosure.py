"""Disclosure control: somebody who knows all that is shown tries to find what is not. Every table that fits
what is shown is made, and what all of them agree on is what is known.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.grades.domain.disclosure import Band, Rules, Shown, shown

VALUES = "ABCF"
FEWEST = 2
RULES = Rules(fewest=FEWEST)
Counts = tuple[int, ...]

counts = st.tuples(*[st.integers(0, 4)] * len(VALUES))


def table(*rows: Sequence[int]) -> dict[str, dict[str, int]]:
    return {
        sex: dict(zip(VALUES, row, strict=True)) for sex, row in zip(("Kvinna", "Man"), rows, strict=False)
    }


def divided(total: int, parts: int) -> Iterator[Counts]:
    """Every way to divide a number."""
    for bars in combinations(range(total + parts - 1), parts - 1):
        edges = (-1, *bars, total + parts - 1)
        yield tuple(b - a - 1 for a, b in pairwise(edges))


def rows_that_fit(bands: Sequence[Band]) -> Iterator[Counts]:
    for some in product(*(divided(band.count, len(band.values)) for band in bands)):
        yield tuple(n for part in some for n in part)


def tables_that_fit(seen: Shown) -> Iterator[tuple[Counts, ...]]:
    """Every table with what is shown: the row of all, and of each sex where they are shown."""
    if not seen.sexes:
        yield from ((whole,) for whole in rows_that_fit(seen.bands))
        return
    girls, boys = (list(rows_that_fit(bands)) for bands in seen.sexes.values())
    for one, other in product(girls, boys):
        whole = tuple(a + b for a, b in zip(one, other, strict=True))
        sums = [sum(whole[VALUES.index(value)] for value in band.values) for band in seen.bands]
        if sums == [band.count for band in seen.bands]:
            yield whole, one, other


@settings(max_examples=300, deadline=None)
@given(counts, counts)
def test_nothing_small_is_found_from_what_is_shown(girls: Counts, boys: Counts) -> None:
    seen = shown(table(girls, boys), VALUES, RULES)
    if not seen.bands:
        assert not seen.sexes
        return
    fits = list(tables_that_fit(seen))
    truth = tuple(a + b for a, b in zip(girls, boys, strict=True))
    assert (truth, girls, boys)[: len(fits[0])] in fits
    for row, column in product(range(len(fits[0])), range(len(VALUES))):
        possible = {fit[row][column] for fit in fits}
        known = next(iter(possible)) if len(possible) == 1 else None
        assert known is None or known == 0 or known >= FEWEST, (row, column, seen)
        assert known is not None or max(possible) - min(possible) >= FEWEST, (row, column, seen)


@given(counts, counts)
def test_of_nobody_is_told_by_a_grade_that_all_have(girls: Counts, boys: Counts) -> None:
    seen = shown(table(girls, boys), VALUES, RULES)
    for bands in (seen.bands, *seen.sexes.values()):
        assert not bands or sum(band.count > 0 for band in bands) > 1


@given(counts, counts)
def test_what_is_shown_is_true(girls: Counts, boys: Counts) -> None:
    seen = shown(table(girls, boys), VALUES, RULES)
    for bands, row in zip(seen.sexes.values(), (girls, boys), strict=False):
        assert [sum(row[VALUES.index(v)] for v in band.values) for band in bands] == [b.count for b in bands]
    assert seen.size in (None, sum(girls) + sum(boys))
    assert [v for band in seen.bands for v in band.values] == (list(VALUES) if seen.bands else [])


def test_a_usual_class_is_shown_and_its_few_are_put_together() -> None:
    seen = shown(
        {"Kvinna": {"A": 6, "B": 9, "C": 7, "F": 1}, "Man": {"A": 5, "B": 8, "C": 9, "F": 2}}, VALUES
    )
    assert seen.size == 47
    assert [(band.values, band.count) for band in seen.bands] == [
        (("A",), 11), (("B",), 17), (("C", "F"), 19),
    ]  # fmt: skip
    assert [band.count for band in seen.sexes["Man"]] == [5, 8, 11]
    assert not seen.is_whole


@pytest.mark.parametrize(
    ("rows", "size"),
    [
        ([(1, 1, 1, 1)], None),
        ([(0, 20, 0, 0)], 20),
        ([(19, 1, 0, 0)], 20),
        ([(3, 0, 0, 0), (0, 0, 1, 0)], None),
    ],
)
def test_too_few_and_all_alike_are_not_shown(rows: list[Counts], size: int | None) -> None:
    assert shown(table(*rows), VALUES) == Shown(size)


def test_parts_of_which_one_is_too_small_are_not_shown() -> None:
    seen = shown(table((10, 10, 10, 10), (1, 1, 0, 0)), VALUES)
    assert seen.is_whole
    assert not seen.sexes
