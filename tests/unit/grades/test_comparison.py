"""Test grades beside subject grades, without anybody's being found out."""

from __future__ import annotations

from datetime import date
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from functions.grades.domain.comparison import RULES, Comparison, Counts, Pair, Teachers, compare, count
from functions.grades.domain.scales import scale
from skolkit.sweden.codes import SchoolForm
from skolkit.types import PersonId

SCALE = scale(SchoolForm.COMPULSORY, date(2027, 6, 1))
ANN: Teachers = (PersonId("ann"),)
BO: Teachers = (PersonId("bo"),)
CIA: Teachers = (PersonId("cia"),)
parts = st.one_of(st.integers(0, 4), st.integers(0, 30))
tables = st.dictionaries(
    st.sampled_from([ANN, BO, CIA, (*ANN, *BO), (PersonId("dag"),)]), st.builds(Counts, parts, parts, parts)
)


def test_a_grade_is_higher_equal_or_lower_and_a_dash_is_none_of_them() -> None:
    pairs = [
        Pair("C", "B", ANN), Pair("C", "C", ANN), Pair("C", "D", ANN), Pair("F", "E", ANN),
        Pair("E", "-", ANN), Pair("A", "A", (*ANN, *BO)),
    ]  # fmt: skip
    assert count(pairs, SCALE) == {ANN: Counts(1, 1, 2), (*ANN, *BO): Counts(0, 1, 0)}


def test_a_small_row_takes_the_smallest_other_with_it() -> None:
    counted = {ANN: Counts(3, 20, 4), BO: Counts(4, 10, 5), CIA: Counts(1, 4, 2)}
    found = compare(counted)
    assert found.unit == Counts(8, 34, 11)
    assert found.teachers == {ANN: Counts(3, 20, 4), BO: None, CIA: None}


def test_all_in_one_part_tell_everybodys() -> None:
    counted = {ANN: Counts(0, 20, 0), BO: Counts(4, 10, 5), CIA: Counts(5, 20, 5)}
    assert compare(counted).teachers[ANN] is None
    assert compare({ANN: Counts(0, 20, 0)}) == Comparison(None, {ANN: None})


def test_an_empty_part_is_no_small_one() -> None:
    assert compare({ANN: Counts(0, 7, 3)}).teachers == {ANN: Counts(0, 7, 3)}


def test_a_small_unit_shows_nothing() -> None:
    assert compare({ANN: Counts(3, 3, 3)}) == Comparison(None, {ANN: None})
    assert compare({}) == Comparison(None, {})


def hidden(found: Comparison) -> list[Teachers]:
    return [who for who, counts in found.teachers.items() if counts is None]


@given(tables)
def test_nothing_that_is_shown_or_can_be_subtracted_is_small(counted: dict[Teachers, Counts]) -> None:
    found = compare(counted)
    shown = {who: counts for who, counts in found.teachers.items() if counts is not None}
    assert set(found.teachers) == set(counted)
    assert all(counts == counted[who] and counts.is_safe(RULES) for who, counts in shown.items())
    if found.unit is None:
        assert not shown
        return
    assert found.unit.is_safe(RULES)
    for size in range(len(shown) + 1):
        for some in combinations(shown.values(), size):
            taken = sum(some, Counts())
            rest = Counts(
                found.unit.lower - taken.lower, found.unit.equal - taken.equal,
                found.unit.higher - taken.higher,
            )  # fmt: skip
            assert rest == Counts() or rest.is_safe(RULES)


@given(tables)
def test_one_row_alone_is_never_hidden_beside_the_whole(counted: dict[Teachers, Counts]) -> None:
    found = compare(counted)
    if found.unit is not None:
        assert len(hidden(found)) != 1 or len(counted) == 1
