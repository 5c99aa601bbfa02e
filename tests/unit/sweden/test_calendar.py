"""Swedish holidays and school years, against almanacs and against skolförordningen 3:2–6."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skolkit.sweden.calendar import (
    SchoolCalendar,
    SchoolYear,
    Term,
    default_calendar,
    is_workday,
    public_holidays,
)

_YEAR = SchoolYear(2026)
_CALENDAR = default_calendar(_YEAR)


def test_the_holidays_of_2026_27() -> None:
    both = {**public_holidays(2026), **public_holidays(2027)}
    assert {day.isoformat(): name for day, name in both.items() if _YEAR.start <= day <= _YEAR.end} == {
        "2026-10-31": "Alla helgons dag",
        "2026-12-25": "Juldagen",
        "2026-12-26": "Annandag jul",
        "2027-01-01": "Nyårsdagen",
        "2027-01-06": "Trettondedag jul",
        "2027-03-26": "Långfredagen",
        "2027-03-28": "Påskdagen",
        "2027-03-29": "Annandag påsk",
        "2027-05-01": "Första maj",
        "2027-05-06": "Kristi himmelsfärdsdag",
        "2027-05-16": "Pingstdagen",
        "2027-06-06": "Sveriges nationaldag",
        "2027-06-26": "Midsommardagen",
    }


@pytest.mark.parametrize(
    ("year", "easter"),
    [(1961, "04-02"), (2000, "04-23"), (2008, "03-23"), (2019, "04-21"), (2024, "03-31"), (2038, "04-25")],
)
def test_easter_in_almanacs(year: int, easter: str) -> None:
    names = {name: day for day, name in public_holidays(year).items()}
    assert names["Påskdagen"].isoformat() == f"{year}-{easter}"


@given(st.integers(1953, 2199))
def test_midsommar_and_alla_helgons_dag_are_saturdays_in_their_week(year: int) -> None:
    names = {name: day for day, name in public_holidays(year).items()}
    midsummer, saints = names["Midsommardagen"], names["Alla helgons dag"]
    assert midsummer.weekday() == saints.weekday() == 5
    assert date(year, 6, 20) <= midsummer <= date(year, 6, 26)
    assert date(year, 10, 31) <= saints <= date(year, 11, 6)


def test_eves_are_workdays_by_law_but_no_school_days() -> None:
    christmas_eve = date(2026, 12, 24)
    assert is_workday(christmas_eve)
    assert not _CALENDAR.is_school_day(christmas_eve)


@pytest.mark.parametrize(
    ("day", "school"),
    [
        ("2026-08-17", False),
        ("2026-08-18", True),
        ("2026-10-28", False),  # höstlov
        ("2026-11-16", False),  # study day
        ("2026-11-23", True),
        ("2026-11-28", False),  # Saturday
        ("2027-03-29", False),  # annandag påsk
        ("2027-05-06", False),
        ("2027-05-07", False),
        ("2027-06-10", True),
        ("2027-06-11", False),
    ],
)
def test_school_days_of_the_default_calendar(day: str, school: bool) -> None:
    assert _CALENDAR.is_school_day(date.fromisoformat(day)) is school


@given(st.integers(2011, 2100), st.integers(7, 10))
def test_the_default_calendar_always_satisfies_the_law(start_year: int, week: int) -> None:
    calendar = default_calendar(SchoolYear(start_year), winter_break_week=week)
    assert calendar.problems() == ()
    assert len(calendar.school_days()) == 178
    assert date(start_year + 1, 6, 4) <= calendar.spring.last <= date(start_year + 1, 6, 18)
    assert all(day.weekday() < 5 and day not in public_holidays(day.year) for day in calendar.school_days())


def _rules(calendar: SchoolCalendar) -> set[str]:
    return {problem.rule for problem in calendar.problems()}


def test_each_rule_is_found_when_broken() -> None:
    shorter = Term(_CALENDAR.spring.first, _CALENDAR.spring.last - timedelta(days=1))
    assert _rules(replace(_CALENDAR, spring=shorter)) == {"school_days"}
    assert _rules(replace(_CALENDAR, days_off=frozenset(sorted(_CALENDAR.days_off)[:11]))) == {"days_off"}
    two_more = _CALENDAR.study_days | {date(2026, 9, 7), date(2026, 9, 8)}
    assert _rules(replace(_CALENDAR, study_days=two_more)) == {"study_days", "school_days"}
    sunday = _CALENDAR.days_off | {date(2026, 9, 6)}
    assert _rules(replace(_CALENDAR, days_off=sunday)) == {"stray_days"}
    early = Term(date(2026, 6, 29), _CALENDAR.autumn.last)
    assert _rules(replace(_CALENDAR, autumn=early)) == {"terms"}


def test_problems_name_the_number_in_both_languages() -> None:
    few = replace(_CALENDAR, days_off=frozenset())
    problem = few.problems()[0]
    assert problem.sv == "0 lovdagar, minst 12 krävs"
    assert problem.en == "0 days off, at least 12 are required"


@given(st.dates(date(2000, 1, 1), date(2199, 12, 31)))
def test_every_day_belongs_to_the_year_that_is_written_and_read_back(day: date) -> None:
    year = SchoolYear.of(day)
    assert year.start <= day <= year.end
    assert SchoolYear.parse(str(year)) == year


@pytest.mark.parametrize("text", ["2026", "2026/28", "26/27", "2026-27", "2026/027", "2026/27 "])
def test_other_texts_are_no_school_years(text: str) -> None:
    with pytest.raises(ValueError, match="2026/27"):
        SchoolYear.parse(text)


def test_the_turn_of_the_century() -> None:
    assert str(SchoolYear(2099)) == "2099/00"
    assert SchoolYear.parse("2099/2100") == SchoolYear.parse("2099/00")
