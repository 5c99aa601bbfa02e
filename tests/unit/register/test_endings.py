"""When the last tie to somebody ended: education, children, duties."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from functions.register.domain.endings import LEAST_AGE, child_end, education_end, tie_end
from functions.register.domain.enrolment import Enrolment
from functions.register.domain.people import PersonCard
from skolkit.sweden.codes import SchoolForm
from skolkit.types import PersonId, UnitId

TODAY, CHANGED = date(2026, 11, 26), date(2025, 3, 1)
DAYS = st.dates(date(2010, 1, 1), date(2030, 1, 1))


def enrolment(end: date | None, *, cancelled: bool = False) -> Enrolment:
    return Enrolment(UnitId("u"), SchoolForm("GR"), 3, date(2010, 8, 15), end, cancelled=cancelled)


def card(*enrolments: Enrolment, age: int = 40) -> PersonCard:
    return PersonCard(
        PersonId("p"), "Namn", "Namnsson", TODAY.replace(year=TODAY.year - age), "Ingen", enrolments
    )


def test_while_something_goes_on_nothing_has_ended() -> None:
    ended = enrolment(date(2024, 6, 10))
    assert education_end([ended, enrolment(None)]) is None
    assert tie_end(card(ended, enrolment(None)), [], [], CHANGED, TODAY) is None
    assert tie_end(card(ended), [], [date(2020, 1, 1), None], CHANGED, TODAY) is None


def test_a_cancelled_enrolment_is_none() -> None:
    assert education_end([enrolment(None, cancelled=True)]) is None
    only = card(enrolment(date(2024, 6, 10)), enrolment(None, cancelled=True))
    assert tie_end(only, [], [], CHANGED, TODAY) == date(2024, 6, 10)


def test_an_adult_without_ties_counts_from_the_last_change_and_a_child_not_at_all() -> None:
    assert tie_end(card(), [], [], CHANGED, TODAY) == CHANGED
    assert tie_end(card(age=LEAST_AGE - 1), [], [], CHANGED, TODAY) is None


def test_a_guardian_is_reached_until_school_childhood_or_custody_ends() -> None:
    of_age = date(2027, 3, 1)
    assert child_end(of_age, None, [enrolment(None)]) == of_age
    assert child_end(of_age, None, [enrolment(date(2025, 6, 10))]) == date(2025, 6, 10)
    assert child_end(of_age, date(2024, 1, 1), [enrolment(None)]) == date(2024, 1, 1)
    assert child_end(of_age, None, []) == of_age


@given(st.lists(DAYS), st.lists(DAYS), st.lists(DAYS))
def test_the_last_of_all_ties_counts(own: list[date], children: list[date], duties: list[date]) -> None:
    found = tie_end(card(*map(enrolment, own)), children, list(duties), CHANGED, TODAY)
    assert found == max([*own, *children, *duties], default=CHANGED)


@given(st.lists(DAYS, min_size=1), DAYS)
def test_one_more_tie_never_ends_it_sooner(ends: list[date], more: date) -> None:
    before = tie_end(card(), ends, [], CHANGED, TODAY)
    after = tie_end(replace(card(), enrolments=(enrolment(more),)), ends, [], CHANGED, TODAY)
    assert before
    assert after
    assert after >= before
    assert after - before < timedelta(days=9_000)
