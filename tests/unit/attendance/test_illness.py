"""Whom the morning's question is about, and what its answers do (process 19)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from functions.attendance.domain import illness as rules
from functions.attendance.domain.absence import (
    AbsencePassed,
    Notice,
    OverlappingAbsence,
    Reason,
    Reporter,
    Span,
)
from skolkit.errors import DomainError
from skolkit.sweden.calendar import SchoolYear, default_calendar
from skolkit.types import NoticeId, PersonId, UnitId

MONDAY = date(2026, 11, 23)
FRIDAY = date(2026, 11, 20)
BY = PersonId("other"), Reporter.GUARDIAN


def school(day: date) -> bool:
    return default_calendar(SchoolYear.of(day)).is_school_day(day)


def ill(last: date = FRIDAY, reason: Reason = Reason.ILLNESS) -> Notice:
    span = Span(last - timedelta(days=1), last)
    return Notice(NoticeId("n"), PersonId("p"), UnitId("u"), span, reason, PersonId("g"), version=1)


@pytest.mark.parametrize(
    ("today", "asked"),
    [
        (date(2026, 11, 24), [MONDAY]),
        (MONDAY, [FRIDAY, date(2026, 11, 21), date(2026, 11, 22)]),
        (date(2026, 11, 21), []),  # a Saturday
        (date(2026, 10, 26), []),  # the autumn holiday
        (date(2026, 11, 2), []),  # after more than a week without school nobody is asked
        (date(2027, 1, 8), []),
        (date(2026, 10, 20), [date(2026, 10, 19)]),
    ],
)
def test_the_last_school_day_and_the_days_off_since_are_asked_about(today: date, asked: list[date]) -> None:
    assert rules.days_to_ask(today, school) == asked


def test_the_night_when_clocks_change_is_a_night_like_others() -> None:
    """Monday 30 March 2026, after the shorter Sunday."""
    assert rules.days_to_ask(date(2026, 3, 30), lambda d: d.weekday() < 5) == [
        date(2026, 3, 27), date(2026, 3, 28), date(2026, 3, 29),
    ]  # fmt: skip


def test_only_illness_that_stands_unanswered_is_asked_about() -> None:
    assert rules.is_asked(ill(), MONDAY)
    others = (
        ill(reason=Reason.DENTAL_VISIT), ill(MONDAY), replace(ill(), withdrawn=True),
        replace(ill(), asked=MONDAY), replace(ill(), answer="back"), replace(ill(), answer="prolonged"),
    )  # fmt: skip
    assert not any(rules.is_asked(notice, MONDAY) for notice in others)


def test_one_tap_reports_today_and_leaves_what_was() -> None:
    old, new = rules.prolong(ill(), NoticeId("m"), MONDAY, BY, FRIDAY, MONDAY)
    assert (old.span, old.answer) == (ill().span, "prolonged")
    assert (new.id, new.span, new.reported_by, new.version) == ("m", Span(MONDAY, MONDAY), "other", None)
    assert new.reason is Reason.ILLNESS
    assert not new.answer


def test_before_it_ends_it_goes_on_the_day_after() -> None:
    _, new = rules.prolong(ill(MONDAY), NoticeId("m"), date(2026, 11, 25), BY, FRIDAY, MONDAY)
    assert new.span == Span(date(2026, 11, 24), date(2026, 11, 25))
    with pytest.raises(OverlappingAbsence):
        rules.prolong(ill(MONDAY), NoticeId("m"), MONDAY, BY, FRIDAY, MONDAY)


@pytest.mark.parametrize(
    ("notice", "until", "refusal"),
    [
        (ill(date(2026, 11, 19)), MONDAY, rules.NothingToProlong),
        (ill(reason=Reason.OTHER), MONDAY, rules.NotAnIllness),
        (ill(), FRIDAY, AbsencePassed),
    ],
)
def test_what_cannot_be_prolonged(notice: Notice, until: date, refusal: type[DomainError]) -> None:
    with pytest.raises(refusal):
        rules.prolong(notice, NoticeId("m"), until, BY, FRIDAY, MONDAY)


def test_nothing_is_prolonged_over_a_long_holiday() -> None:
    """There is no school day to go on from, so it is a new absence."""
    with pytest.raises(rules.NothingToProlong):
        rules.prolong(ill(date(2026, 12, 18)), NoticeId("m"), date(2027, 1, 11), BY, None, date(2027, 1, 11))


def test_back_at_school_ends_the_question() -> None:
    assert rules.back(ill(), MONDAY).answer == "back"
    for notice in (ill(MONDAY), replace(ill(), answer="prolonged")):
        with pytest.raises(rules.NotEnded):
            rules.back(notice, MONDAY)
    with pytest.raises(rules.NotAnIllness):
        rules.back(ill(reason=Reason.OTHER), MONDAY)
