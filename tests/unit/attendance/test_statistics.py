"""Statistics of attendance: cells, what is too small to show, thresholds."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.attendance.domain import statistics
from functions.attendance.domain.statistics import Cell, Dimension, Part, PupilFacts
from functions.attendance.domain.totals import Sums
from functions.attendance.usecases.statistics import told_the_same_day
from skolkit.types import GroupId, PersonId
from tests.unit.attendance.test_totals import ANNA, BO, GROUP, counted, sheet

DAY = date(2026, 11, 23)


def cell(value: str, pupils: int, invalid: int = 10, *, by: Dimension = "class", sex: str = "") -> Cell:
    return Cell(by, value, sex, pupils, Sums(invalid=invalid, reported=100))


def shown(parts: list[Part]) -> dict[str, int | None]:
    return {part.value: part.sums.invalid if part.sums else None for part in parts}


def test_a_day_in_cells_adds_up_in_every_dimension() -> None:
    facts = {ANNA: PupilFacts(GroupId("5A"), 5, "Kvinna"), BO: PupilFacts(GroupId("5B"), 5, "Man")}
    day = counted(
        DAY,
        sheet("2026-11-23T08:00", anna=(0, 0, 40)),
        sheet("2026-11-23T10:00", lesson="b", anna=(30, 0, 10)),
    )
    cells, pupils = statistics.unit_day([day], facts)
    assert pupils[ANNA].invalid == 50
    for dimension in ("all", "class", "subject", "year", "hour"):
        mine = [c for c in cells if c.dimension == dimension and not c.sex]
        assert sum(c.sums.invalid for c in mine) == 50, dimension
        split = [c for c in cells if c.dimension == dimension and c.sex]
        assert sum(c.sums.invalid for c in split) == 50, dimension
    assert {c.value: c.pupils for c in cells if c.dimension == "class" and not c.sex} == {"5A": 1, "5B": 1}
    assert day.group == GROUP
    assert [Cell.of_row(c.as_row()) for c in cells] == list(cells)


def test_small_rows_are_not_shown_and_neither_is_their_neighbour() -> None:
    cells = [cell("5A", 25), cell("5B", 3), cell("5C", 20), cell("6A", 24)]
    assert shown(statistics.table([(DAY, cells)], "class")) == {"5A": 10, "5B": None, "5C": None, "6A": 10}
    assert None not in shown(statistics.table([(DAY, cells)], "class", fewest=3)).values()


def test_a_row_is_as_small_as_on_its_smallest_day() -> None:
    """Else a span with that day and one without would tell it by their difference."""
    days = [
        (DAY + timedelta(days=n), [cell("5A", 25), cell("5B", 2 if n else 20), cell("5C", 24)])
        for n in (0, 1)
    ]
    assert shown(statistics.table(days, "class"))["5B"] is None
    assert shown(statistics.table(days[:1], "class"))["5B"] == 10


def test_a_split_by_sex_is_not_told_by_the_other_rows() -> None:
    rows = {"5A": (12, 13), "5B": (2, 22), "5C": (11, 11)}
    cells = [
        c for name, (girls, boys) in rows.items()
        for c in (cell(name, girls + boys), cell(name, girls, sex="Kvinna"), cell(name, boys, sex="Man"))
    ]  # fmt: skip
    parts = {part.value: part for part in statistics.table([(DAY, cells)], "class", split=True)}
    assert parts["5B"].sums is not None
    assert parts["5B"].sexes is None
    assert parts["5C"].sexes is None
    assert set(parts["5A"].sexes or ()) == {"Kvinna", "Man"}


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 30), min_size=1), st.integers(1, 10))
def test_nothing_hidden_can_be_found_by_subtracting(sizes: dict[str, int], fewest: int) -> None:
    hidden = statistics.too_small(sizes, fewest)
    assert {key for key, size in sizes.items() if size < fewest} <= hidden
    if hidden != set(sizes):
        assert not hidden or (len(hidden) > 1 and sum(sizes[key] for key in hidden) >= fewest)


def test_who_is_over_a_threshold_comes_in_order() -> None:
    sums = {
        PersonId("a"): Sums(attendance=85, invalid=15, reported=100),
        PersonId("b"): Sums(attendance=50, valid=40, invalid=10, reported=100),
        PersonId("c"): Sums(attendance=40, invalid=60, reported=100),
        PersonId("d"): Sums(offered=100),
    }
    assert [p for p, _ in statistics.over(sums, "invalid", 15)] == ["c", "a"]
    assert [p for p, _ in statistics.over(sums, "absence", 15)] == ["c", "b", "a"]
    assert [p for p, _ in statistics.over(sums, "absence", 0, 16)] == ["c", "b"]


def test_a_span_is_a_school_year_at_most() -> None:
    statistics.check_span(DAY, DAY)
    for first, last in ((DAY, DAY - timedelta(days=1)), (DAY - timedelta(days=400), DAY)):
        with pytest.raises(statistics.SpanTooLong):
            statistics.check_span(first, last)


def test_homes_told_are_of_the_lessons_they_were_due_to_be_told_of() -> None:
    evening = {"unexcusedLessons": 5, "explained": 1, "delivered": 3, "failed": 1, "unreportedLessons": 2}
    assert told_the_same_day([evening, {"unexcusedLessons": 1, "call": 1}]) == (5, 3)
