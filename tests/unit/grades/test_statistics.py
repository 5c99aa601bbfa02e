"""Statistics of grades: who is counted where, and when everybody's numbers change."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from functions.grades.domain import statistics as rules
from functions.grades.domain.catalogue import Entry, Subject
from functions.grades.domain.disclosure import RULES
from functions.grades.domain.periods import Period
from functions.grades.domain.statistics import ALL_PASSED, Row, Table, sex_of
from skolkit.sweden.codes import SchoolForm
from skolkit.types import GroupId, PersonId, UnitId

AT = datetime(2027, 6, 10, tzinfo=UTC)
UNIT, GROUP = UnitId("unit"), GroupId("9a")
PERIOD = Period(
    id="period", unit=UNIT, form=SchoolForm.COMPULSORY, years=(8, 9), school_year="2026/27", term="VT",
    opens=date(2027, 5, 1), due=date(2027, 6, 10),
)  # fmt: skip


def entry(number: int, pupil: str, value: str, code: str = "MA", **more: Any) -> Entry:
    plain = Entry(
        id=f"{pupil}{number}", pupil=PersonId(pupil), kind="decision", value=value, scale="gr-2011", at=AT,
        subject=Subject(code=code, name=code, form=SchoolForm.COMPULSORY), unit=UNIT, school_year="2026/27",
        term="VT", year=9, group=GROUP, period="period", number=number,
    )  # fmt: skip
    return replace(plain, **more)


def counted(*entries: Entry, sexes: dict[str, str] | None = None) -> dict[int | None, Table]:
    known = {PersonId(pupil): sex for pupil, sex in (sexes or {}).items()}
    return {table.year: table for table in rules.tables(PERIOD, entries, known, AT)}


def row_of(table: Table, code: str = "MA") -> Row:
    return next(row for row in table.rows if row.code == code)


def test_each_pupils_grade_that_stands_is_counted_once() -> None:
    wrong, right = entry(1, "a", "C"), entry(2, "a", "B", kind="correction", replaces="a1", period=None)
    table = counted(right, wrong, entry(1, "b", "-"), sexes={"a": "Kvinna", "b": "Man"})[9]
    row = row_of(table)
    assert {value: n for value, n in row.whole.items() if n} == {"B": 1, "-": 1}
    assert (row.sexes, row.groups) == ({"Kvinna": {"B": 1}, "Man": {"-": 1}}, {GROUP: {"B": 1, "-": 1}})
    assert row.mean(row.whole) == 17.5


def test_years_are_tables_of_their_own_and_other_forms_are_not_counted() -> None:
    tables = counted(entry(1, "a", "C"), entry(1, "b", "E", year=8), entry(1, "c", "E", year=6))
    assert set(tables) == {8, 9}


def test_who_has_a_pass_in_everything() -> None:
    table = counted(
        entry(1, "a", "C"), entry(2, "a", "F", "EN"), entry(1, "b", "E"), entry(1, "c", "-"),
        sexes={"a": "Man", "b": "Man", "c": "Man"},
    )[9]  # fmt: skip
    assert row_of(table, ALL_PASSED).sexes["Man"] == {"nej": 2, "ja": 1}


@given(st.text(min_size=1))
def test_who_has_no_sex_in_the_register_is_counted_with_one_and_the_same(pupil: str) -> None:
    known = {PersonId(pupil): "Okänt"}
    assert sex_of(PersonId(pupil), known) == sex_of(PersonId(pupil), {}) in rules.SEXES


def some(count: int, value: str, start: int = 0) -> list[Entry]:
    return [entry(1, f"p{number}", value) for number in range(start, start + count)]


def test_everybodys_numbers_change_when_enough_is_otherwise() -> None:
    first = rules.renewed(counted(*some(20, "B"), *some(20, "E", 20))[9], None)
    assert [row.code for row in first.open] == ["MA"]
    assert first.open[0].groups == {}
    few = rules.renewed(counted(*some(24, "B"), *some(16, "E", 24))[9], replace(first, version=3))
    assert (few.open, few.version) == (first.open, 3)
    assert row_of(few).whole["B"] == 24
    more = rules.renewed(counted(*some(20 + RULES.fewest, "B"), *some(15, "E", 25))[9], few)
    assert more.open[0].whole["B"] == 25


def test_a_mean_is_shown_beside_whole_counts_alone() -> None:
    plain = row_of(counted(*some(10, "A"), *some(10, "E", 10))[9])
    assert rules.open_row(plain)[1] == 15.0
    few = row_of(counted(*some(10, "A"), *some(8, "E", 10), *some(2, "F", 18))[9])
    seen, mean = rules.open_row(few)
    assert (seen.size, mean) == (20, None)
    assert rules.mean("gran-2011", {"A": 3}) is None
