"""Sums of units: somebody who knows all that is shown, of the units and of their sum, makes every set of
tables that fits, and knows no more of a unit than before, or a range that is wide enough.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.grades.domain.disclosure import Rules, Shown, shown
from functions.grades.domain.totals import part, together
from tests.unit.grades.test_disclosure import divided

VALUES = "AEF"
FEWEST = 2
RULES = Rules(fewest=FEWEST)
Counts = tuple[int, ...]
Unit = tuple[Counts, Counts]

row = st.tuples(*[st.integers(0, 3)] * len(VALUES))
units = st.lists(st.tuples(row, row), min_size=2, max_size=3)


def table(girls: Counts, boys: Counts) -> dict[str, dict[str, int]]:
    return {sex: dict(zip(VALUES, counts, strict=True)) for sex, counts in (("Kvinna", girls), ("Man", boys))}


def sum_of(all: Sequence[Unit], rules: Rules = RULES) -> Shown:
    found = [table(*one) for one in all]
    return together([part(one, VALUES, shown(one, VALUES, rules)) for one in found], VALUES, rules)


def banded(seen: Shown, girls: Counts, boys: Counts) -> tuple[Counts, ...]:
    """What is shown says of a table; what is not shown is that there are so many."""
    whole = tuple(a + b for a, b in zip(girls, boys, strict=True))
    said = [tuple(sum(whole[VALUES.index(v)] for v in band.values) for band in seen.bands) or (sum(whole),)]
    for sex, counts in (("Kvinna", girls), ("Man", boys)):
        bands = seen.sexes.get(sex, ())
        said.append(
            tuple(sum(counts[VALUES.index(v)] for v in band.values) for band in bands) or (sum(counts),)
        )
    return tuple(said)


def tables_like(one: Unit) -> Iterator[Unit]:
    """Every table of a unit that it would show the same of."""
    seen = shown(table(*one), VALUES, RULES)
    told = banded(seen, *one)
    girls, boys = (list(divided(sum(counts), len(VALUES))) for counts in one)
    for pair in product(girls, boys):
        if banded(seen, *pair) == told:
            yield pair


def added(all: tuple[Unit, ...]) -> Unit:
    girls, boys = (tuple(map(sum, zip(*rows, strict=True))) for rows in zip(*all, strict=True))
    return girls, boys


@settings(max_examples=100, deadline=None)
@given(units)
def test_nothing_of_a_unit_follows_from_the_sum(all: list[Unit]) -> None:
    seen = sum_of(all)
    told = banded(seen, *added(tuple(all)))
    before = [list(tables_like(one)) for one in all]
    if len(before[0]) * len(before[1]) * (len(before[2]) if len(all) > 2 else 1) > 60_000:
        return
    after = [tables for tables in product(*before) if banded(seen, *added(tables)) == told]
    assert tuple(all) in after
    for number, place in product(range(len(all)), range(len(VALUES))):
        for of in ((0,), (1,), (0, 1)):
            free = {sum(one[sex][place] for sex in of) for one in before[number]}
            left = {sum(tables[number][sex][place] for sex in of) for tables in after}
            assert max(left) - min(left) >= min(FEWEST, max(free) - min(free)), (seen, number, place, of)


@settings(max_examples=100)
@given(units)
def test_the_sum_is_true_and_shows_nothing_small(all: list[Unit]) -> None:
    seen, (girls, boys) = sum_of(all), added(tuple(all))
    assert seen.size in (None, sum(girls) + sum(boys))
    for bands, counts in ((seen.bands, [a + b for a, b in zip(girls, boys, strict=True)]),):
        for band in bands:
            assert band.count == sum(counts[VALUES.index(v)] for v in band.values)
            assert band.count == 0 or band.count >= FEWEST


def test_of_two_units_the_hidden_one_does_not_follow() -> None:
    """The first shows every grade; the second has one F in a band with its E, and so has the sum."""
    none = (0, 0, 0)
    open, hidden = ((10, 10, 10), none), ((10, 9, 1), none)
    assert [band.values for band in sum_of([open, hidden], Rules()).bands] == [("A",), ("E", "F")]
    assert [band.values for band in sum_of([open, open], Rules()).bands] == [("A",), ("E",), ("F",)]


@pytest.mark.parametrize(("fails", "shown_"), [((3, 3), True), ((3, 1), False), ((0, 0), True)])
def test_hidden_ones_that_are_enough_together_are_shown(fails: tuple[int, int], shown_: bool) -> None:
    none = (0, 0, 0)
    all = [((10, 12 - n, n), none) for n in fails]
    assert (len(sum_of(all, Rules()).bands) == 3) is shown_
