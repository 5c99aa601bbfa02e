"""Who corrects for how long, and when a month is closed (process 20)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.attendance.domain.correction import (
    RULES,
    Month,
    MonthNotOver,
    Standing,
    TooLateToCorrect,
    Unlocking,
    in_teachers_time,
    lock,
    month_of,
    require_time,
    unlock,
)
from skolkit.clock import local, today
from skolkit.types import PersonId, UnitId

NOVEMBER = Month(UnitId("u"), date(2026, 11, 1))
RECTOR = PersonId("rector")
END = local(date(2026, 11, 23), time(9))


def at(day: date, hour: int = 12) -> datetime:
    return local(day, time(hour))


def test_a_teacher_has_three_days_and_nights_also_when_the_clocks_are_turned() -> None:
    for end in (END, local(date(2026, 10, 24), time(9)), local(date(2027, 3, 27), time(9))):
        assert in_teachers_time(end, end + timedelta(hours=72))
        assert not in_teachers_time(end, end + timedelta(hours=72, seconds=1))
    autumn = local(date(2026, 10, 23), time(15))  # a Friday; 72 hours later it is 14:00 on Monday
    assert in_teachers_time(autumn, local(date(2026, 10, 26), time(14)))
    assert not in_teachers_time(autumn, local(date(2026, 10, 26), time(14, 1)))


@pytest.mark.parametrize(
    ("standing", "last"),
    [(Standing.TEACHER, date(2026, 11, 26)), (Standing.MENTOR, date(2026, 12, 7)), (Standing.OFFICE, None)],
)
def test_the_time_is_by_what_one_is_to_the_lesson(standing: Standing, last: date | None) -> None:
    morning = time(8)
    if last is None:
        require_time(END, {standing}, END + timedelta(days=300))
        return
    require_time(END, {standing}, local(last, morning))
    with pytest.raises(TooLateToCorrect):
        require_time(END, {standing}, local(last + timedelta(days=1), time(9, 1)))
    require_time(END, {standing, Standing.OFFICE}, END + timedelta(days=300))


def test_a_month_is_open_until_it_is_locked_or_locks_itself() -> None:
    assert not NOVEMBER.is_locked(date(2026, 12, 14))
    assert NOVEMBER.is_locked(date(2026, 12, 15))
    assert Month(UnitId("u"), date(2026, 12, 1)).locks_itself == date(2027, 1, RULES.locks_on)
    closed = lock(NOVEMBER, RECTOR, at(date(2026, 12, 1)))
    assert closed.is_locked(date(2026, 12, 1))


def test_a_month_that_goes_on_is_not_locked() -> None:
    with pytest.raises(MonthNotOver):
        lock(NOVEMBER, RECTOR, local(date(2026, 11, 30), time(23, 59)))
    lock(NOVEMBER, RECTOR, local(date(2026, 12, 1), time(0)))


def test_an_unlocked_month_is_open_for_some_days_and_locked_again() -> None:
    late = unlock(NOVEMBER, RECTOR, at(date(2027, 1, 20)), Unlocking.LATE_CERTIFICATE)
    assert not late.is_locked(date(2027, 1, 27))
    assert late.is_locked(date(2027, 1, 28))
    again = lock(late, RECTOR, at(date(2027, 1, 21)))
    assert again.is_locked(date(2027, 1, 21))
    early = unlock(
        lock(NOVEMBER, RECTOR, at(date(2026, 12, 2))), RECTOR, at(date(2026, 12, 3)), Unlocking.REVIEW
    )
    assert not early.is_locked(date(2026, 12, 14))
    assert early.is_locked(date(2026, 12, 15))


@given(st.integers(0, 2 * 366 * 24 * 60))
def test_a_month_of_a_lesson_is_that_of_its_swedish_day(minutes: int) -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    assert month_of(moment) == today(moment).replace(day=1)
    month = Month(UnitId("u"), month_of(moment))
    assert not month.is_locked(today(moment))
