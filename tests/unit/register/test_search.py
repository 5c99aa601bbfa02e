"""Names as they are searched for: words, accents, who leads to whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.register.domain.enrolment import Enrolment
from functions.register.domain.people import PersonCard, PersonName, Responsible
from functions.register.domain.search import Findable, NameSearch, NothingToFind, words_of
from skolkit.sweden.codes import SchoolForm
from skolkit.types import PersonId, UnitId

DAY = date(2026, 9, 1)
UNIT, OTHER = UnitId("unit"), UnitId("other")
MOTHER = PersonName(PersonId("mother"), "Åsa", "Öberg Ek", False)


def enrolment(unit: UnitId, **more: object) -> Enrolment:
    return replace(Enrolment(unit, SchoolForm.COMPULSORY, 3, date(2026, 8, 18)), **more)  # type: ignore[arg-type]


CARD = PersonCard(
    PersonId("child"), "Anna-Karin", "Svensson", date(2016, 5, 4), "Ingen",
    (enrolment(UNIT),), (Responsible(MOTHER.id, "Vårdnadshavare"),),
)  # fmt: skip


def tokens(card: PersonCard, *adults: PersonName) -> set[tuple[str, str | None, str | None]]:
    found = Findable.of(card, {adult.id: adult for adult in adults}, DAY)
    return {(t.word.folded, t.adult, t.unit) for t in found.tokens()}


def test_own_words_and_those_of_who_has_custody() -> None:
    assert tokens(CARD, MOTHER) == {
        ("anna", None, UNIT), ("karin", None, UNIT), ("svensson", None, UNIT),
        ("asa", "mother", UNIT), ("oberg", "mother", UNIT), ("ek", "mother", UNIT),
    }  # fmt: skip


def test_nothing_of_a_protected_person_nor_of_a_protected_adult() -> None:
    assert tokens(replace(CARD, marking="Sekretessmarkering"), MOTHER) == set()
    assert {adult for _, adult, _ in tokens(CARD, replace(MOTHER, protected=True))} == {None}
    assert tokens(replace(CARD, merged_into=PersonId("another")), MOTHER) == set()


def test_custody_and_enrolments_that_have_ended_lead_nowhere() -> None:
    ended = replace(CARD, responsibles=(Responsible(MOTHER.id, "Vårdnadshavare", None, date(2026, 8, 31)),))
    assert {adult for _, adult, _ in tokens(ended, MOTHER)} == {None}
    left = replace(CARD, enrolments=(enrolment(UNIT, end=date(2026, 8, 31)), enrolment(OTHER)))
    assert {unit for _, _, unit in tokens(left)} == {OTHER}
    nowhere = replace(CARD, enrolments=(enrolment(UNIT, cancelled=True),))
    assert {unit for _, _, unit in tokens(nowhere)} == {None}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Asa", True), ("åsa ö", True), ("EK åsa", True), ("Öberg", True), ("berg", False), ("Åsa Sv", False),
        ("åsa-ek", True), ("Asa Oberg Ek", True),
    ],
)  # fmt: skip
def test_every_word_begins_a_word_of_the_name(text: str, found: bool) -> None:
    words = [word.folded for word in words_of("Åsa Öberg Ek")]
    assert NameSearch.of(text).matches(words) is found


def test_a_search_without_a_letter_is_refused() -> None:
    with pytest.raises(NothingToFind):
        NameSearch.of("12 - ,")


@given(st.text(max_size=60))
def test_words_are_letters_once_each_and_every_name_finds_itself(name: str) -> None:
    words = [word.folded for word in words_of(name)]
    assert len(words) == len(set(words))
    assert all(word.isalpha() or word == "" for word in words)
    if any(words):
        assert NameSearch.of(name).matches(words)
