"""Names as they are searched for: words, accents, who leads to whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.register.domain.enrolment import Enrolment
from functions.register.domain.people import PersonCard, PersonName, Responsible
from functions.register.domain.search import MOST_TOKENS, Findable, NameSearch, NothingToFind, Word, words_of
from functions.register.schemas.search import Search
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


def tokens(card: PersonCard, *adults: PersonName) -> set[tuple[str, str, str | None, str | None]]:
    found = Findable.of(card, {adult.id: adult for adult in adults}, DAY)
    tokens = found.tokens() if found else []
    return {(t.kind * 2 if t.pair else t.kind, t.pair or t.word.folded, t.adult, t.unit) for t in tokens}


def test_own_words_and_those_of_who_has_custody() -> None:
    assert tokens(CARD, MOTHER) == {
        ("N", "anna", None, UNIT), ("N", "karin", None, UNIT), ("N", "svensson", None, UNIT),
        ("U", "svensson", None, UNIT), ("NN", "ann sve", None, None), ("NN", "kar sve", None, None),
        ("NN", "ann kar", None, None), ("GG", "asa obe", "mother", None), ("GG", "ek obe", "mother", None),
        ("GG", "asa ek", "mother", None),
        ("G", "asa", "mother", UNIT), ("G", "oberg", "mother", UNIT), ("G", "ek", "mother", UNIT),
    }  # fmt: skip


def test_nothing_of_a_protected_person_nor_of_a_protected_adult() -> None:
    assert tokens(replace(CARD, marking="Sekretessmarkering"), MOTHER) == set()
    assert {adult for _, _, adult, _ in tokens(CARD, replace(MOTHER, protected=True))} == {None}
    assert tokens(replace(CARD, merged_into=PersonId("another")), MOTHER) == set()


def test_what_has_ended_leads_nowhere_and_what_is_to_come_does() -> None:
    def custody(start: date | None, end: date | None) -> PersonCard:
        return replace(CARD, responsibles=(Responsible(MOTHER.id, "Vårdnadshavare", start, end),))

    assert {adult for _, _, adult, _ in tokens(custody(None, DAY - timedelta(1)), MOTHER)} == {None}
    assert MOTHER.id in {adult for _, _, adult, _ in tokens(custody(DAY + timedelta(9), None), MOTHER)}
    assert {a for _, _, a, _ in tokens(replace(CARD, birth_date=date(2008, 9, 1)), MOTHER)} == {None}
    left = replace(CARD, enrolments=(enrolment(UNIT, end=date(2026, 8, 31)), enrolment(OTHER)))
    assert {unit for kind, _, _, unit in tokens(left) if len(kind) == 1} == {OTHER}
    nowhere = replace(CARD, enrolments=(enrolment(UNIT, cancelled=True),))
    assert {unit for _, _, _, unit in tokens(nowhere)} == {None}


def test_nobody_has_more_words_than_a_transaction_takes() -> None:
    adults = [PersonName(PersonId(f"a{n}"), "A B C", "D E F", False) for n in range(9)]
    many = replace(
        CARD,
        enrolments=tuple(enrolment(UnitId(f"u{n}")) for n in range(9)),
        responsibles=tuple(Responsible(adult.id, "Vårdnadshavare") for adult in adults),
    )
    found = Findable.of(many, {adult.id: adult for adult in adults}, DAY)
    assert found
    assert len(found.tokens()) == MOST_TOKENS
    assert {t.unit for t in found.tokens() if t.kind == "N" and not t.pair} == set(found.units)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Asa", True), ("åsa ö", True), ("EK åsa", True), ("Öberg", True), ("berg", False), ("Åsa Sv", False),
        ("åsa-ek", True), ("Asa Oberg Ek", True), ("asa as", False), ("ek e", False), ("a as", False),
    ],
)  # fmt: skip
def test_every_word_begins_a_word_of_the_name(text: str, found: bool) -> None:
    assert NameSearch.of(text).matches(words_of("Åsa Öberg Ek")) is found


def test_a_search_without_a_letter_is_refused() -> None:
    with pytest.raises(NothingToFind):
        NameSearch.of("12 - ,")


names = st.text(st.sampled_from("aabåé  ö-'"), max_size=24)


@given(names, names)
def test_a_name_is_shown_by_exactly_one_of_its_words(text: str, name: str) -> None:
    words = words_of(name)
    if not words_of(text):
        return
    search = NameSearch.of(text)
    leading = search.leading.folded
    leader = search.leader(words)
    assert (leader in words) == any(word.folded.startswith(leading) for word in words)
    assert all(search.turn(word) < search.turns for word in words)


@given(names, names)
def test_two_words_find_every_name_that_both_of_them_mean(text: str, name: str) -> None:
    words, card = words_of(text), replace(CARD, given_name="", family_name=name)
    findable = Findable.of(card, {}, DAY)
    if not words or not findable:
        return
    search = NameSearch.of(text)
    if search.pair and search.matches(words_of(name)[:6]):
        assert search.pair in {token.pair for token in findable.tokens()}


@given(st.text(max_size=60))
def test_words_are_letters_once_each_and_every_name_finds_itself(name: str) -> None:
    words = words_of(name)
    assert len({word.folded for word in words}) == len(words)
    assert all(word.folded.isalpha() and Word.of(word.written) == word for word in words)
    if words:
        assert NameSearch.of(name).matches(words)


@pytest.mark.parametrize(
    "body",
    [
        {}, {"limit": 5}, {"civicNo": "19811218-9876", "name": "a"}, {"among": "guardians"},
        {"group": "0192f0c0-0000-7000-8000-000000000010", "guardian": {"name": "a"}},
        {"guardian": {}}, {"guardian": {"name": "a", "civicNo": "19811218-9876"}}, {"civicNo": "1"},
    ],
)  # fmt: skip
def test_what_is_no_search_is_refused(body: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="validation error"):
        Search.model_validate(body)
