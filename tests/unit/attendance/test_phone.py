"""Codes for the telephone: what is kept of them, how often one may guess, which child is meant (process
19).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.attendance.domain import phone as rules
from functions.attendance.domain.phone import RULES, Child, Outcome, Tries
from skolkit.types import PersonId

NOW = datetime(2026, 11, 23, 5, 45, tzinfo=UTC)
KEY = b"municipality"


def test_a_code_is_kept_as_a_slow_salted_hash() -> None:
    one, other = (rules.hashed("4711", salt * 16, KEY) for salt in (b"a", b"b"))
    assert one.hash != other.hash
    assert "4711" not in repr((one, other))
    assert rules.fits("4711", one, KEY)
    assert not rules.fits("4712", one, KEY)
    assert not rules.fits("4711", one, b"another key")
    assert not rules.fits("4711", rules.NOBODY, KEY)


def test_a_number_is_found_by_a_keyed_hash() -> None:
    assert rules.number_hash("+46701740605", KEY) == rules.number_hash("+46701740605", KEY)
    assert rules.number_hash("+46701740605", KEY) != rules.number_hash("+46701740605", b"another key")


@pytest.mark.parametrize("pin", ["123", "1234", "4321", "7777", "123456789", "47a1", "", "٤٧١١", "4 11"])
def test_what_everybody_tries_first_is_no_code(pin: str) -> None:
    with pytest.raises(rules.UnfitPin) as refused:
        rules.check_pin(pin)
    assert refused.value.faults[0].value is None


@pytest.mark.parametrize("pin", ["4711", "1235", "90210", "13579246"])
def test_other_codes_are(pin: str) -> None:
    rules.check_pin(pin)


@given(steps=st.lists(st.integers(0, 90), max_size=60))
def test_nobody_guesses_more_than_so_often_an_hour(steps: list[int]) -> None:
    """Whenever the tries come: never six within an hour."""
    tries, at, let = Tries(), NOW, list[datetime]()
    for minutes in steps:
        at += timedelta(minutes=minutes)
        if not rules.is_locked(tries, RULES.tries, at):
            tries = rules.tried(tries, at)
            let.append(at)
    for first, sixth in zip(let, let[RULES.tries :], strict=False):
        assert sixth - first >= RULES.rest


def test_the_fifth_wrong_code_locks_for_an_hour() -> None:
    tries = Tries()
    for _ in range(RULES.tries):
        assert not rules.is_locked(tries, RULES.tries, NOW)
        tries = rules.tried(tries, NOW)
    assert rules.is_locked(tries, RULES.tries, NOW + timedelta(minutes=59))
    assert not rules.is_locked(tries, RULES.tries, NOW + timedelta(hours=1))
    assert rules.tried(tries, NOW + timedelta(hours=1)).count == 1


ELDEST, MIDDLE, TWIN = (
    Child(PersonId(name), born, False)
    for name, born in (("c", date(2012, 5, 1)), ("b", date(2015, 3, 14)), ("a", date(2015, 3, 14)))
)


def test_a_child_is_chosen_by_place_or_birth_date() -> None:
    children = [TWIN, MIDDLE, ELDEST]
    assert rules.choose(children, 1, None) == [ELDEST]
    assert rules.choose(children, 4, None) == []
    assert rules.choose(children, None, "0501") == [ELDEST]
    assert rules.choose(children, None, "20120501") == [ELDEST]
    assert rules.choose(children, None, "0314") == [TWIN, MIDDLE]  # twins: the place decides
    assert rules.choose(children, 3, "0314") == [MIDDLE]
    assert len(rules.choose(children, None, None)) == 3


@pytest.mark.parametrize("outcome", Outcome)
def test_everything_is_said_in_both_languages_and_names_nobody(outcome: Outcome) -> None:
    sv, en, both = (rules.said(outcome, language) for language in ("sv", "en", None))
    assert sv != en
    assert both == f"{sv} {en}"
    assert "{" not in both
    assert len(both) < 320  # two text messages
