"""What holds for a child, whoever answers in whatever order (GDPR art. 7.3)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.messages.domain.consents import (
    Answer,
    NothingToWithdraw,
    WrongDates,
    check_answer,
    check_dates,
    outcome_of,
)
from functions.messages.domain.deadlines import DeadlinePassed, reminded_at
from skolkit.types import PersonId

DAY = date(2026, 11, 26)
PEOPLE = [PersonId(name) for name in ("a", "b", "former")]
ANSWERS = st.lists(
    st.tuples(st.sampled_from(PEOPLE), st.sampled_from(["granted", "refused", "withdrawn"])), max_size=8
)


@given(ANSWERS, st.lists(st.sampled_from(PEOPLE[:2]), unique=True, min_size=1), st.booleans())
def test_a_yes_holds_only_while_everybody_needed_says_yes(
    answers: list[tuple[PersonId, Answer]], asked: list[PersonId], both: bool
) -> None:
    latest = dict(answers)
    outcome = outcome_of(latest, asked, both=both)
    said = [latest[person] for person in asked if person in latest]
    if outcome == "granted":
        assert set(said) == {"granted"}
        assert not both or len(said) == len(asked)
    if any(one != "granted" for one in said):
        assert outcome == "refused"
    if not said:
        assert outcome == "unanswered"


@given(ANSWERS, st.booleans())
def test_who_is_not_asked_any_more_changes_nothing(
    answers: list[tuple[PersonId, Answer]], both: bool
) -> None:
    asked = PEOPLE[:2]
    without = [(who, answer) for who, answer in answers if who != "former"]
    assert outcome_of(dict(answers), asked, both=both) == outcome_of(dict(without), asked, both=both)


@given(ANSWERS, st.sampled_from(PEOPLE[:2]), st.booleans())
def test_whoever_takes_a_yes_back_ends_it(
    answers: list[tuple[PersonId, Answer]], who: PersonId, both: bool
) -> None:
    assert outcome_of(dict([*answers, (who, "withdrawn")]), PEOPLE[:2], both=both) == "refused"


@pytest.mark.parametrize("closed", [True, False])
@pytest.mark.parametrize("days", [-400, -1, 0, 1])
def test_a_yes_is_taken_back_at_any_time(days: int, closed: bool) -> None:
    deadline = DAY + timedelta(days=days)
    check_answer("withdrawn", "granted", deadline, DAY, closed=closed)
    with pytest.raises(NothingToWithdraw):
        check_answer("withdrawn", None, deadline, DAY, closed=closed)
    if days >= 0 and not closed:
        check_answer("granted", "withdrawn", deadline, DAY, closed=closed)
    else:
        with pytest.raises(DeadlinePassed):
            check_answer("granted", None, deadline, DAY, closed=closed)


def test_dates() -> None:
    check_dates(DAY, DAY, DAY)
    for deadline, until in ((-1, 5), (5, 4), (5, 551)):
        with pytest.raises(WrongDates):
            check_dates(DAY + timedelta(days=deadline), DAY + timedelta(days=until), DAY)


def test_a_reminder_comes_at_nine_on_both_sides_of_the_clock() -> None:
    assert reminded_at(date(2026, 3, 30), 1).isoformat() == "2026-03-29T07:00:00+00:00"
    assert reminded_at(date(2026, 3, 30), 2).isoformat() == "2026-03-28T08:00:00+00:00"
