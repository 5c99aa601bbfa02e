"""Checking in with a code (process 20)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from functions.attendance.domain.lesson_check_in import (
    EARLY,
    GUESSES,
    Arrival,
    CheckInClosed,
    NotLessonTime,
    TooManyGuesses,
    Window,
    minutes_late,
    opened,
    tried,
)
from skolkit.types import PersonId

START = datetime(2026, 11, 23, 8, 10, tzinfo=UTC)
END, PUPIL, TEACHER = START + timedelta(minutes=50), PersonId("pupil"), PersonId("teacher")
MINUTE = timedelta(minutes=1)


def window(minute: int = 0, known: Window | None = None) -> Window:
    return opened(known, START, END, "12345", TEACHER, START + minute * MINUTE, 10)


def test_the_right_code_in_time_is_an_arrival_and_stays_so() -> None:
    here = tried(Arrival(PUPIL), window(), "12345", START + 2 * MINUTE)
    assert here.at == START + 2 * MINUTE
    assert tried(here, None, "00000", END) == here


def test_a_code_holds_for_its_minutes_and_not_beyond_the_lesson() -> None:
    assert tried(Arrival(PUPIL), window(), "12345", START + 10 * MINUTE).at
    with pytest.raises(CheckInClosed):
        tried(Arrival(PUPIL), window(), "12345", START + 10 * MINUTE + timedelta(seconds=1))
    with pytest.raises(CheckInClosed):
        tried(Arrival(PUPIL), None, "12345", START)
    assert window(45).until == END


def test_a_pupil_has_few_guesses_of_a_lesson_whatever_codes_there_have_been() -> None:
    mine = Arrival(PUPIL)
    for n in range(GUESSES):
        mine = tried(mine, window(), f"0000{n}", START)
        assert (mine.at, mine.guesses) == (None, n + 1)
    for late in (window(), window(5, window())):
        with pytest.raises(TooManyGuesses):
            tried(mine, late, "12345", START + 5 * MINUTE)


def test_a_check_in_is_opened_around_the_lesson() -> None:
    for at in (START - EARLY - MINUTE, END):
        with pytest.raises(NotLessonTime):
            opened(None, START, END, "1", TEACHER, at, 10)
    assert opened(None, START, END, "1", TEACHER, START - EARLY, 10).code == "1"


def test_late_is_counted_from_the_start_or_the_first_opening() -> None:
    early, late = window(-5), window(4)
    assert minutes_late(START, early, START - MINUTE) == 0
    assert minutes_late(START, early, START + timedelta(seconds=59)) == 0
    assert minutes_late(START, early, START + 7 * MINUTE) == 7
    assert minutes_late(START, late, START + 7 * MINUTE) == 3
    again = window(20, late)
    assert again.since == late.since
    assert minutes_late(START, again, START + 21 * MINUTE) == 17
