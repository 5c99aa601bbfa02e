"""Grading periods: for what they open, when they close, when everybody sees the grades."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from functions.grades.domain import periods as rules
from functions.grades.domain.periods import Period
from skolkit.sweden.codes import SchoolForm
from skolkit.types import PersonId, UnitId

GR = SchoolForm.COMPULSORY
NOW = datetime(2026, 12, 18, 9, tzinfo=UTC)
PERIOD = Period(
    id="period", unit=UnitId("unit"), form=GR, years=(6, 9), school_year="2026/27", term="HT",
    opens=date(2026, 11, 20), due=date(2026, 12, 16),
)  # fmt: skip


def opened(period: Period, *others: Period, forms: tuple[SchoolForm, ...] = (GR,)) -> Period:
    return rules.open_period(period, others, forms)


def test_years_that_are_graded() -> None:
    assert opened(PERIOD) == PERIOD
    for years in ((3, 6), (), (10,)):
        with pytest.raises(rules.NotGraded):
            opened(replace(PERIOD, years=years))
    with pytest.raises(rules.NotGraded):
        opened(PERIOD, forms=(SchoolForm.SAMI,))
    with pytest.raises(rules.NotGraded):
        opened(replace(PERIOD, form=SchoolForm.PRESCHOOL_CLASS), forms=(SchoolForm.PRESCHOOL_CLASS,))


@pytest.mark.parametrize(
    ("decided", "taken"),
    [(date(2026, 4, 30), True), (date(2025, 11, 1), True), (date(2026, 5, 1), False), (None, False)],
)
def test_years_4_and_5_take_the_principals_decision_by_30_april(decided: date | None, taken: bool) -> None:
    period = replace(PERIOD, years=(4, 5), early=decided)
    if taken:
        assert opened(period) == period
        return
    with pytest.raises(rules.EarlyGradesNotDecided):
        opened(period)


def test_upper_secondary_school_has_no_years() -> None:
    gy = replace(PERIOD, form=SchoolForm.UPPER_SECONDARY, years=())
    assert opened(gy, forms=(SchoolForm.UPPER_SECONDARY,)) == gy
    with pytest.raises(rules.PeriodOverlaps):
        opened(gy, gy, forms=(SchoolForm.UPPER_SECONDARY,))
    assert gy.finishes(None)
    assert gy.covers(SchoolForm.UPPER_SECONDARY, 2)
    assert not gy.covers(GR, 9)


def test_a_year_has_one_period_a_term() -> None:
    for other in (replace(PERIOD, years=(7, 9)), PERIOD):
        with pytest.raises(rules.PeriodOverlaps):
            opened(PERIOD, other)
    assert opened(PERIOD, replace(PERIOD, years=(7, 8)), replace(PERIOD, term="VT")) == PERIOD


@pytest.mark.parametrize(
    ("opens", "due"),
    [
        (date(2026, 12, 17), date(2026, 12, 16)), (date(2026, 6, 30), date(2026, 12, 16)),
        (date(2026, 11, 20), date(2027, 7, 1)),
    ],
)  # fmt: skip
def test_dates_lie_in_the_school_year_and_in_order(opens: date, due: date) -> None:
    with pytest.raises(rules.DatesWrong):
        opened(replace(PERIOD, opens=opens, due=due))


def test_a_subject_is_finished_in_the_last_spring() -> None:
    assert not PERIOD.finishes(9)
    spring = replace(PERIOD, term="VT")
    assert (spring.finishes(9), spring.finishes(6)) == (True, False)


def test_nothing_is_decided_before_it_opens_or_after_it_closes() -> None:
    rules.require_open(PERIOD, PERIOD.opens)
    with pytest.raises(rules.NotYetOpen):
        rules.require_open(PERIOD, PERIOD.opens - timedelta(days=1))
    closed = rules.close(PERIOD, 0, PersonId("principal"), NOW)
    assert (closed.state, closed.closed, closed.closed_by) == ("closed", NOW, "principal")
    for again in (
        lambda: rules.require_open(closed, PERIOD.due), lambda: rules.close(closed, 0, PersonId("x"), NOW),
    ):  # fmt: skip
        with pytest.raises(rules.PeriodClosed):
            again()
    with pytest.raises(rules.UnfinishedSheets):
        rules.close(PERIOD, 1, PersonId("principal"), NOW)


def test_what_has_been_seen_is_not_hidden_again() -> None:
    later = NOW + timedelta(days=1)
    said = rules.publish(PERIOD, later, NOW)
    assert (said.shown(NOW), said.shown(later)) == (False, True)
    assert rules.publish(said, None, NOW).publish is None
    assert rules.publish(PERIOD, NOW - timedelta(days=1), NOW).publish == NOW  # never backdated
    with pytest.raises(rules.PublishedAlready):
        rules.publish(said, None, later)
