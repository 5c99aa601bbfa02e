"""What a home shows: nothing by itself, and of a protected one nothing at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.messages.domain.contacts import NOTHING, NotListed, Shown, check_choice, is_listed, line_of
from functions.messages.domain.conversations import with_one
from skolkit.types import PersonId

SHOWN = st.builds(Shown, st.booleans(), st.booleans(), st.booleans())
PEOPLE = st.sets(st.sampled_from([PersonId(n) for n in ("child", "one", "other", "sibling", "far")]))


@given(SHOWN, st.none() | st.just("+46701740605"), st.none() | st.just("a@example.org"))
def test_a_line_says_what_is_chosen_and_no_more(shown: Shown, phone: str | None, mail: str | None) -> None:
    line = line_of(shown, "Vera Ek", phone, mail)
    if line is None:
        assert not shown.name
        assert not (shown.phone and phone)
        assert not (shown.mail and mail)
    else:
        assert (line.name is not None) == shown.name
        assert line.phone == (phone if shown.phone else None)
        assert line.mail == (mail if shown.mail else None)
    assert line_of(NOTHING, "Vera Ek", phone, mail) is None


@given(SHOWN, PEOPLE)
def test_a_protected_home_is_not_listed_whoever_of_it_is_protected(
    shown: Shown, protected: set[PersonId]
) -> None:
    child, home, own = PersonId("child"), [PersonId("one"), PersonId("other")], [PersonId("sibling")]
    assert is_listed(child, home, protected) == (not {child, *home} & protected)
    if shown.anything and {child, *home, *own} & protected:
        with pytest.raises(NotListed) as refused:
            check_choice(shown, child, home, own, protected)
        said = f"{refused.value.said.sv} {refused.value.said.en}".casefold()
        assert not [word for word in ("skydd", "sekretess", "protect", "secre") if word in said]
    else:
        check_choice(shown, child, home, own, protected)


def test_with_whom_of_the_home_a_conversation_is() -> None:
    mentor, pupil, home = PersonId("mentor"), PersonId("pupil"), PersonId("home")
    assert with_one(home, None, {home}, grown=False) == home
    assert with_one(mentor, None, {home}, grown=False) is None
    assert with_one(mentor, home, {home}, grown=False) == home
    assert with_one(pupil, None, {pupil}, grown=True) == pupil
    assert with_one(mentor, None, {pupil}, grown=True) == pupil
    assert with_one(mentor, home, {pupil}, grown=True) == home  # refused: not of the home any more
