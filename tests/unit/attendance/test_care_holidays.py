"""Planning of holidays: when a unit may ask, homes answer, and who is reminded."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from functions.attendance.domain import care_holidays as holidays
from functions.attendance.domain.care import Hours, Plan, Schedule
from functions.attendance.domain.care_holidays import Period
from functions.attendance.domain.care_refusals import UnfitHours
from skolkit.types import PersonId, UnitId

TODAY = date(2026, 11, 23)
UNIT, ANNA, BO = UnitId("unit"), PersonId("anna"), PersonId("bo")
CHRISTMAS = Period("p", UNIT, date(2026, 12, 21), date(2027, 1, 8), date(2026, 12, 4), "asScheduled")
DAY, MORNING = date(2026, 12, 22), (Hours(time(8), time(12)),)


def test_a_period_is_asked_about_in_time_and_alone() -> None:
    assert holidays.open_period(CHRISTMAS, [], TODAY) == CHRISTMAS
    beside = replace(
        CHRISTMAS, start=CHRISTMAS.end + timedelta(days=1), end=CHRISTMAS.end + timedelta(days=2)
    )
    assert holidays.open_period(beside, [CHRISTMAS], TODAY) == beside
    for wrong in (
        replace(CHRISTMAS, end=CHRISTMAS.start - timedelta(days=1)),
        replace(CHRISTMAS, end=CHRISTMAS.start + timedelta(days=holidays.LONGEST_DAYS)),
        replace(CHRISTMAS, last_answer=TODAY - timedelta(days=1)),
        replace(CHRISTMAS, last_answer=CHRISTMAS.start),
        replace(beside, start=CHRISTMAS.end),
    ):
        with pytest.raises(holidays.UnfitPeriod):
            holidays.open_period(wrong, [CHRISTMAS] if wrong.start == CHRISTMAS.end else [], TODAY)


def test_a_home_answers_for_itself_and_may_change_its_mind() -> None:
    first = holidays.answered(CHRISTMAS, {}, ANNA, {DAY: MORNING}, TODAY, staff=False)
    both = holidays.answered(CHRISTMAS, first, BO, {DAY: ()}, TODAY, staff=False)
    assert both == {DAY: {ANNA: MORNING, BO: ()}}
    assert holidays.answered(CHRISTMAS, both, ANNA, {DAY: ()}, TODAY, staff=False) == {
        DAY: {ANNA: (), BO: ()}
    }


def test_answers_close_after_the_last_day_but_not_for_the_office() -> None:
    last, after = CHRISTMAS.last_answer, CHRISTMAS.last_answer + timedelta(days=1)
    assert holidays.answered(CHRISTMAS, {}, ANNA, {DAY: ()}, last, staff=False)
    with pytest.raises(holidays.AnswersClosed):
        holidays.answered(CHRISTMAS, {}, ANNA, {DAY: ()}, after, staff=False)
    assert holidays.answered(CHRISTMAS, {}, ANNA, {DAY: ()}, after, staff=True)


def test_answers_are_about_the_periods_days() -> None:
    with pytest.raises(holidays.OutsidePeriod):
        holidays.answered(CHRISTMAS, {}, ANNA, {CHRISTMAS.end + timedelta(days=1): ()}, TODAY, staff=False)
    with pytest.raises(UnfitHours):
        holidays.answered(CHRISTMAS, {}, ANNA, {DAY: (Hours(time(9), time(9)),)}, TODAY, staff=False)


def test_who_is_reminded() -> None:
    def home(owner: PersonId, *, shared: bool = False) -> Schedule:
        return Schedule(
            id=owner, owner=owner, placement="x", unit=UNIT, start=TODAY, end=TODAY, weeks=1, entries=(),
            shared=shared,
        )  # fmt: skip

    everybody, answered = frozenset({ANNA, BO}), {DAY: {ANNA: MORNING}}
    child = PersonId("child")
    two, one = Plan(child, (home(ANNA), home(BO))), Plan(child, (home(ANNA, shared=True),))
    assert holidays.silent(two, {}, everybody) == everybody
    assert holidays.silent(two, answered, everybody) == {BO}
    assert holidays.silent(one, {}, everybody) == everybody
    assert holidays.silent(one, answered, everybody) == frozenset()
    assert holidays.silent(Plan(child), {}, everybody) == everybody
    assert holidays.silent(Plan(child), answered, everybody) == frozenset()
    assert holidays.silent(two, {}, frozenset({BO})) == {BO}  # Anna has custody no more
