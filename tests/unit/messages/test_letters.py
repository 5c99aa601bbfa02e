"""The rules of news and conversations."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.messages.domain import conversations as talks
from functions.messages.domain import news
from functions.messages.domain.audiences import (
    Audience,
    AudienceUnclear,
    NobodyThere,
    TooManyRecipients,
    check_audience,
    check_number,
    everybody,
)
from functions.messages.domain.news import Said
from skolkit.types import PersonId

NOW = datetime(2026, 11, 26, 10, tzinfo=UTC)


@given(
    st.sampled_from(["group", "year", "unit", "municipality"]),
    st.uuids().map(str),
    st.sampled_from(["guardians", "pupils", "staff"]),
    st.none() | st.integers(0, 10),
)
def test_a_place_is_an_audience_in_one_word(kind: str, id: str, role: str, year: int | None) -> None:
    audience = Audience(kind, "" if kind == "municipality" else id, role, year)  # type: ignore[arg-type]
    assert Audience.of(audience.place) == audience


@given(st.dictionaries(st.text(), st.lists(st.text(min_size=1).map(PersonId))), st.text().map(PersonId))
def test_everybody_is_told_once_and_in_order(people: dict[str, list[PersonId]], sender: PersonId) -> None:
    told = everybody(people, sender)
    assert told == sorted(set(told))
    assert set(told) == {p for there in people.values() for p in there} - {sender}


def test_numbers_and_audiences() -> None:
    check_number(3, 3)
    with pytest.raises(NobodyThere):
        check_number(0, 3)
    with pytest.raises(TooManyRecipients) as refused:
        check_number(4, 3)
    assert "3" in refused.value.said.sv
    for right in (("group", "g", None), ("year", "u", 5), ("unit", "u", None), ("municipality", None, None)):
        check_audience(*right)
    for wrong in (("group", None, None), ("year", "u", None), ("unit", "u", 5), ("municipality", "u", None)):
        with pytest.raises(AudienceUnclear):
            check_audience(*wrong)


def test_texts_and_times() -> None:
    text = Said("sv", "a", "b")
    news.check_texts([text, replace(text, language="so")])
    with pytest.raises(news.UnknownLanguage):
        news.check_texts([replace(text, language="xx")])
    with pytest.raises(news.LanguageTwice):
        news.check_texts([text, text])
    news.check_time(None, NOW)
    news.check_time(NOW + timedelta(seconds=1), NOW)
    for wrong in (timedelta(0), timedelta(days=366), timedelta(days=-1)):
        with pytest.raises(news.NotAhead):
            news.check_time(NOW + wrong, NOW)


def test_what_is_shown_of_a_message() -> None:
    assert [talks.shows_text(part, hidden=True) for part in ("home", "staff", "moderator")] == [
        False, False, True,
    ]  # fmt: skip
    names = {
        (reader, writer, withheld, home): talks.shows_name(
            reader, writer, own=False, withheld=withheld, protected_home=home
        )
        for reader in ("home", "staff") for writer in ("home", "staff")
        for withheld in (True, False) for home in (True, False)
    }  # fmt: skip
    assert not any(shown for (_, _, withheld, _), shown in names.items() if withheld)
    assert not names["home", "home", False, True]
    assert names["staff", "home", False, True]
    assert names["home", "home", False, False]
    assert talks.shows_name("home", "home", own=True, withheld=True, protected_home=True)


def test_pace_and_closing() -> None:
    talks.check_pace(talks.LIMITS.per_hour - 1)
    with pytest.raises(talks.TooManyMessages):
        talks.check_pace(talks.LIMITS.per_hour)
    talks.check_writing("staff", closed=False, replies=False)
    with pytest.raises(talks.RepliesOff):
        talks.check_writing("home", closed=False, replies=False)
    with pytest.raises(talks.ConversationClosed):
        talks.check_writing("staff", closed=True, replies=True)
