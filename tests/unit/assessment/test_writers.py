"""Whom a national test is for (process 31; SkolF 9:20)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.assessment.domain import writers as rules
from functions.assessment.domain.writers import Place, Why
from skolkit.errors import DomainError
from skolkit.sweden.calendar import SchoolYear
from skolkit.sweden.codes import SchoolForm
from skolkit.types import PersonId
from tests.unit.assessment.test_national_tests import TEST

GR, GRAN = SchoolForm.COMPULSORY, SchoolForm.ADAPTED_COMPULSORY
DAY = TEST.school_year.start
SIXTH, FIFTH, NEW = Place(GR, 6), Place(GR, 5), Place(GR, None)
IN_SIX, IN_FIVE, ARRIVED, ADAPTED = (PersonId(one) for one in ("six", "five", "arrived", "adapted"))
PLACES = {IN_SIX: [SIXTH], IN_FIVE: [FIFTH], ARRIVED: [NEW], ADAPTED: [Place(GRAN, 6)]}
COURSE = replace(TEST, form=SchoolForm.UPPER_SECONDARY, year=None)


def choose(asked: Any = None, members: Any = tuple(PLACES), known: Any = (), **admitted: Why) -> Any:
    given = {PersonId(pupil): why for pupil, why in admitted.items()}
    return rules.choose(TEST, asked, members, known, PLACES, given, DAY)


def test_everybody_of_a_mixed_class_are_those_of_the_year() -> None:
    assert TEST.year == 6
    assert choose() == (IN_SIX,)
    assert choose((), members=(IN_FIVE,)) == ()
    with pytest.raises(rules.WrongYear) as refusal:
        choose(members=(IN_FIVE, ARRIVED))
    assert "årskurs 6 i GR; 2 av" in refusal.value.said.sv


@pytest.mark.parametrize("pupil", [IN_FIVE, ARRIVED, ADAPTED])
def test_another_year_writes_only_as_the_principal_decides_or_has_decided(pupil: PersonId) -> None:
    with pytest.raises(rules.WrongYear) as refusal:
        choose((IN_SIX, pupil))
    assert (refusal.value.field, refusal.value.value) == ("students", pupil)
    why: Why = "otherForm" if pupil == ADAPTED else "newlyArrived" if pupil == ARRIVED else "taughtInTheYear"
    assert choose((IN_SIX, pupil), **{pupil: why}) == (IN_SIX, pupil)
    assert set(choose(**{pupil: why})) == {IN_SIX, pupil}
    assert choose((IN_SIX, pupil), known=(pupil,)) == (IN_SIX, pupil)


@pytest.mark.parametrize(
    ("pupil", "why"),
    [
        (IN_SIX, "taughtInTheYear"), (IN_SIX, "otherForm"), (IN_FIVE, "otherForm"), (ARRIVED, "otherForm"),
        (ADAPTED, "taughtInTheYear"), (ADAPTED, "newlyArrived"),
    ],
)  # fmt: skip
def test_the_reason_fits_the_pupil(pupil: PersonId, why: Why) -> None:
    with pytest.raises(rules.WrongWhy):
        choose((pupil,), **{pupil: why})


def test_who_takes_the_year_again_is_of_the_year_and_the_coming_year_is_planned_in_spring() -> None:
    assert rules.is_for(TEST, [SIXTH], TEST.school_year.end)
    spring = SchoolYear(TEST.school_year.start_year - 1).end
    assert rules.is_for(TEST, [FIFTH], spring)
    assert not rules.is_for(TEST, [SIXTH], spring)
    assert not rules.is_for(TEST, [], DAY)
    assert rules.is_for(TEST, [Place(SchoolForm.AFTER_SCHOOL_CENTRE, 6), SIXTH], DAY)


def test_a_course_is_of_a_form_and_adults_are_of_theirs() -> None:
    assert rules.is_for(COURSE, [Place(SchoolForm.UPPER_SECONDARY, 1)], DAY)
    assert not rules.is_for(COURSE, [SIXTH], DAY)
    adult = replace(COURSE, form=SchoolForm.ADULT_UPPER_SECONDARY)
    assert rules.is_for(adult, [Place(SchoolForm.ADULT, None)], DAY)
    assert not rules.is_for(COURSE, [Place(SchoolForm.ADULT, None)], DAY)


@given(
    st.dictionaries(st.sampled_from("abcdef").map(PersonId), st.integers(1, 9)),
    st.sets(st.sampled_from("abc")),
)
def test_whoever_writes_is_of_the_year_or_was_let(years: dict[PersonId, int], known: set[PersonId]) -> None:
    places = {pupil: [Place(GR, year)] for pupil, year in years.items()}
    try:
        chosen = rules.choose(TEST, None, tuple(years), known, places, {}, date(2026, 9, 1))
    except DomainError:
        assert not any(year == TEST.year or pupil in known for pupil, year in years.items())
        return
    assert set(chosen) == {pupil for pupil, year in years.items() if year == TEST.year or pupil in known}
