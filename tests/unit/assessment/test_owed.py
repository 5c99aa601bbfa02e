"""What the school owes every pupil (process 30; skollagen 8:11, 9:11, 10:12, 10:13)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.assessment.domain import owed as rules
from functions.assessment.domain.terms import terms_of
from functions.assessment.domain.writers import Place
from skolkit.sweden.codes import SchoolForm
from skolkit.types import PersonId

GR, FKLASS, FTH = SchoolForm.COMPULSORY, SchoolForm.PRESCHOOL_CLASS, SchoolForm.AFTER_SCHOOL_CENTRE
ANNA, BO = PersonId("anna"), PersonId("bo")
FORMS = st.sampled_from(list(SchoolForm))
PUPILS = st.dictionaries(
    st.sampled_from("abcdefgh").map(PersonId),
    st.lists(st.builds(Place, FORMS, st.none() | st.integers(1, 9)), max_size=2),
)
SOME = st.sets(st.sampled_from("abcdefgh").map(PersonId))


def who(found: list[rules.Owed]) -> list[PersonId]:
    return [one.pupil for one in found]


def test_a_talk_each_term_but_in_preschool_class_one_a_year() -> None:
    pupils = {ANNA: [Place(GR, 3), Place(FTH, None)], BO: [Place(FKLASS, None)]}
    assert who(rules.without_talk(pupils, {}, {})) == [BO, ANNA]
    assert who(rules.without_talk(pupils, {}, {ANNA, BO})) == [ANNA]
    assert rules.without_talk(pupils, {ANNA}, {ANNA, BO}) == []


@pytest.mark.parametrize("form", [FTH, SchoolForm.ADULT_UPPER_SECONDARY, SchoolForm.ARTS_SCHOOL])
def test_who_is_owed_nothing(form: SchoolForm) -> None:
    assert rules.without_talk({ANNA: [Place(form, 3)]}, {}, {}) == []
    assert rules.without_plan({ANNA: [Place(form, 3)]}, {}) == []


def test_a_plan_is_for_the_years_without_grades() -> None:
    years = {PersonId(str(year)): [Place(GR, year)] for year in range(1, 10)}
    assert who(rules.without_plan(years, {PersonId("2")})) == ["1", "3", "4", "5"]
    adapted = {ANNA: [Place(SchoolForm.ADAPTED_COMPULSORY, 8)], BO: [Place(GR, None)]}
    assert who(rules.without_plan(adapted, {})) == [ANNA]


@given(PUPILS, SOME, SOME)
def test_what_has_been_given_is_never_owed_and_each_once(
    pupils: dict[PersonId, list[Place]], term: set[PersonId], more: set[PersonId]
) -> None:
    left = rules.without_talk(pupils, term, term | more)
    assert not set(who(left)) & term
    assert left == sorted(left)
    assert len(left) == len({*who(left)})
    assert set(who(rules.without_talk(pupils, term | more, term | more))) <= set(who(left))
    assert not set(who(rules.without_plan(pupils, more))) & more


def test_terms_turn_at_new_year_and_in_july() -> None:
    assert terms_of(date(2026, 12, 31)) == ("2026/27 HT", "2026/27 VT")
    assert terms_of(date(2027, 1, 1)) == ("2026/27 VT", "2026/27 HT")
    assert terms_of(date(2027, 7, 1)) == ("2027/28 HT", "2027/28 VT")
