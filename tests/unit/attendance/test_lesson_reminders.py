"""When somebody is reminded of an unreported lesson (process 20)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import pairwise

import pytest

from functions.attendance.domain.lesson_reminders import is_due, is_to_escalate, school_day_before
from skolkit.clock import local
from skolkit.sweden.calendar import SchoolYear, default_calendar

MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return local(day, time(hour, minute))


def test_an_hour_after_the_end() -> None:
    end = at(MONDAY, 10)
    assert not is_due(end, end + timedelta(minutes=60))
    assert is_due(end, end + timedelta(minutes=60, seconds=1))


@pytest.mark.parametrize(
    ("ended", "asked", "told"),
    [
        (at(MONDAY, 10), at(MONDAY, 15, 59), False),
        (at(MONDAY, 10), at(MONDAY, 16), True),
        (at(MONDAY, 10), at(MONDAY, 18, 30), True),
        (at(MONDAY, 15), at(MONDAY, 16, 30), False),  # not due at four: the next school day
        (at(MONDAY, 15), at(TUESDAY, 7, 59), False),
        (at(MONDAY, 15), at(TUESDAY, 8), True),
        (at(date(2027, 3, 26), 15), at(date(2027, 3, 30), 8), True),  # over summer time and Easter
    ],
)
def test_the_principal_is_told_at_four_or_the_next_school_day_at_eight(
    ended: datetime, asked: datetime, told: bool
) -> None:
    assert is_to_escalate(ended, asked) == told


def test_the_school_day_before_is_that_of_the_calendar() -> None:
    year = default_calendar(SchoolYear.of(MONDAY))
    assert school_day_before(TUESDAY, year.is_school_day) == MONDAY
    assert school_day_before(MONDAY, year.is_school_day) == date(2026, 11, 20)
    days = year.school_days()
    for before, day in pairwise(days):
        assert school_day_before(day, year.is_school_day) == before
    assert school_day_before(days[0], year.is_school_day) is None
