"""When a document's time is over: month ends, school years, instants, holds."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skolkit.clock import stamp, today
from skolkit.retention.rules import (
    Hold,
    Line,
    counted_from,
    days_in,
    holding,
    is_over,
    last_day,
    months_after,
)
from skolkit.types import new_id

DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))
MONTHS = st.integers(min_value=0, max_value=240)


@pytest.mark.parametrize(
    ("day", "months", "last"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 6, 30), 24, date(2028, 6, 30)),
    ],
)
def test_a_period_ends_the_same_day_of_the_month_or_its_last(day: date, months: int, last: date) -> None:
    assert months_after(day, months) == last


@given(DAYS, MONTHS)
def test_no_period_is_a_day_longer_than_its_months_nor_three_shorter(day: date, months: int) -> None:
    last = months_after(day, months)
    assert (last.year - day.year) * 12 + last.month - day.month == months
    assert last.day == day.day or (last + timedelta(days=1)).day == 1
    assert last.day <= day.day <= last.day + 3


@given(DAYS, DAYS, MONTHS)
def test_what_happened_later_is_never_over_sooner(one: date, other: date, months: int) -> None:
    early, late = sorted((one, other))
    assert months_after(early, months) <= months_after(late, months)


@given(DAYS, MONTHS)
def test_it_is_over_the_day_after_and_stays_so(day: date, months: int) -> None:
    line = Line("x.y", "document date", months, "delete", "")
    last = months_after(day, months)
    assert not is_over(line, day, last)
    assert is_over(line, day, last + timedelta(days=1))
    assert is_over(line, day, last + timedelta(days=400))
    assert not is_over(Line("x.y", "none", None, "keep", ""), day, date.max)


@given(DAYS)
def test_a_school_year_counts_from_its_end(day: date) -> None:
    since = counted_from("school year end", day)
    assert (since.month, since.day) == (6, 30)
    assert timedelta(0) <= since - day < timedelta(days=366)
    assert counted_from("case closed", day) == day


@given(st.integers(min_value=946_684_800, max_value=2_840_140_800))
def test_an_instant_is_the_swedish_day_it_falls_on(seconds: int) -> None:
    at = datetime.fromtimestamp(seconds, UTC)
    assert last_day(f"D#{stamp(at)}#{new_id()}") == today(at)


def test_ids_and_numbers_are_no_days_and_nothing_is_not_over() -> None:
    assert days_in(f"LESSON#{new_id()} 20261123 2026-1123 12026-11-23 7d2c26-11-23") == []
    assert last_day("") is None
    assert last_day('["2026-11-20","2026-11-23",null,null]') == date(2026, 11, 23)


@given(st.sampled_from(["a.b", "c.d"]), st.sets(st.sampled_from("pqr")), st.sets(st.sampled_from("uvw")))
def test_a_hold_holds_its_person_or_its_type_and_rather_too_much(
    document: str, people: set[str], units: set[str]
) -> None:
    person, everywhere, somewhere = Hold("1", "p"), Hold("2", None, "a.b"), Hold("3", None, "a.b", "u")
    found = {hold.id for hold in holding([person, everywhere, somewhere], document, people, units)}
    assert ("1" in found) == ("p" in people)
    assert ("2" in found) == (document == "a.b")
    assert ("3" in found) == (document == "a.b" and (not units or "u" in units))
