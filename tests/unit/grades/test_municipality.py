"""The municipality's units together: when, of which rows, and that it agrees with what the units show."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from time import process_time

import pytest

from functions.grades.domain import leavers
from functions.grades.domain.municipality import municipal, settled
from functions.grades.domain.statistics import Row, Table
from functions.grades.store import statistics as store
from skolkit.sweden.codes import SchoolForm
from skolkit.types import UnitId
from tests.unit.grades.test_leavers import by_sex, some, subject

AT = datetime(2027, 7, 1, tzinfo=UTC)


def table(unit: str, *rows: Row, results: dict[tuple[float, str], int] | None = None) -> Table:
    found = some(*(one for one, count in (results or {}).items() for _ in range(count)))
    return Table(
        unit=UnitId(unit), form=SchoolForm.COMPULSORY, year=9, term="VT", school_year="2026/27", counted=AT,
        rows=(), open=(*rows, *leavers.rows(found, by_sex(len(found)))),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("day", "found"),
    [
        (date(2027, 1, 14), []), (date(2027, 1, 15), [("2026/27", "HT")]), (date(2027, 3, 20), []),
        (date(2027, 7, 1), [("2026/27", "VT")]), (date(2027, 8, 29), [("2026/27", "VT")]),
        (date(2027, 8, 30), []),
    ],
)  # fmt: skip
def test_a_term_is_counted_when_its_corrections_have_settled(day: date, found: list[tuple[str, str]]) -> None:
    assert list(settled(day)) == found


HIGH = {(250.0, "all"): 30, (80.0, "none"): 10}
MATHS = subject("GRGRMAT01", {"A": 10, "E": 10}, {"A": 10, "E": 10})


def test_units_are_added_and_the_mean_is_of_what_they_show() -> None:
    low = {(150.0, "all"): 15, (50.0, "none"): 15}
    total = municipal([table("a", MATHS, results=HIGH), table("b", MATHS, results=low)], AT)
    (row,) = total.rows
    assert (total.units, row.seen.size, row.mean) == (2, 80, 15.0)
    assert total.results
    whole, sexes = total.results
    assert whole.size == 70
    assert {one.count for one in whole.eligible} == {45}
    shown = [found[0] for t in (HIGH, low) if (found := leavers.open_results(table("x", results=t).open))]
    assert whole.mean == round(sum((p.mean or 0) * (p.size or 0) for p in shown) / 70, 1)
    assert set(sexes) == {"Kvinna", "Man"}


def test_who_is_hidden_in_one_unit_is_not_found_in_the_sum_of_two() -> None:
    """One unit shows that ten are eligible for nothing; the other has two, and shows nothing of it."""
    few = {(250.0, "all"): 30, (80.0, "none"): 2}
    total = municipal([table("a", results=HIGH), table("b", results=few)], AT)
    assert total.results
    assert {one.count for one in total.results[0].eligible} == {None}
    fails = subject("GRGRMAT01", {"A": 10, "E": 8, "F": 2}, {"A": 10, "E": 10})
    plain = subject("GRGRMAT01", {"A": 10, "E": 10, "F": 5}, {"A": 10, "E": 10, "F": 5})
    (row,) = municipal([table("a", plain), table("b", fails)], AT).rows
    assert all("E" in band.values for band in row.seen.bands if "F" in band.values)


def test_a_total_is_kept_as_it_is() -> None:
    total = municipal([table("a", MATHS, results=HIGH), table("b", MATHS, results=HIGH)], AT)
    assert store._total(store.total_item(total)) == total  # type: ignore[arg-type]
    plain = municipal([replace(table("a", MATHS), year=None)], AT)
    assert store._total(store.total_item(plain)) == plain  # type: ignore[arg-type]
    assert plain.results is None


def test_sixty_units_take_seconds() -> None:
    rows = [
        subject(
            "GRGRMAT01", {"A": 7 + n % 5, "C": 9, "E": 11, "F": n % 7}, {"A": 5, "D": 8, "E": 6, "F": n % 3}
        )
        for n in range(60)
    ]
    start = process_time()
    (row,) = municipal([table(f"u{n}", one) for n, one in enumerate(rows)], AT).rows
    assert len(row.seen.bands) > 4, row
    assert process_time() - start < 4.0
