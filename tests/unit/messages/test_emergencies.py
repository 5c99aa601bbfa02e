"""Whom an emergency message goes to, and what counts as told (process 28)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.messages.domain.deliveries import Channel, Delivery, State
from functions.messages.domain.emergencies import (
    CHUNK,
    MOST,
    Around,
    NobodyToReach,
    RecipientsChanged,
    TooManyRecipients,
    confirmed,
    gather,
    outcome,
)
from skolkit.types import PersonId

PEOPLE = [PersonId(name) for name in "abcdefgh"]
people = st.sampled_from(PEOPLE)


@given(st.dictionaries(people, st.sets(people, max_size=3), max_size=5), st.sets(people), st.sets(people))
def test_everybody_is_sent_to_or_called_and_no_protected_family_is_sent_to(
    homes: dict[PersonId, set[PersonId]], staff: set[PersonId], protected: set[PersonId]
) -> None:
    around = gather(homes, staff, protected)
    told, called = set(around.recipients), set(around.calls)
    assert told | called == staff | {one for home in homes.values() for one in home}
    assert not told & called
    assert not told & protected
    assert not told & {one for pupil in protected for one in homes.get(pupil, ())}


@given(st.integers(0, 400), st.integers(0, 200))
def test_parts_hold_everybody_once_and_fit_a_fact(recipients: int, calls: int) -> None:
    around = Around(
        tuple(PersonId(f"r{n}") for n in range(recipients)), tuple(PersonId(f"c{n}") for n in range(calls))
    )
    assert [one for part, _ in around.chunks for one in part] == list(around.recipients)
    assert [one for _, part in around.chunks for one in part] == list(around.calls)
    assert all(len(part) + len(called) <= CHUNK for part, called in around.chunks)


def test_the_sender_confirms_the_number_it_goes_to() -> None:
    some = Around(tuple(PEOPLE), ())
    confirmed(some, len(PEOPLE))
    confirmed(Around((), (PEOPLE[0],)), 0)  # nobody to send to, but somebody to call
    with pytest.raises(RecipientsChanged):
        confirmed(some, len(PEOPLE) - 1)
    with pytest.raises(NobodyToReach):
        confirmed(Around((), ()), 0)
    crowd = Around(tuple(PersonId(str(n)) for n in range(MOST + 1)), ())
    with pytest.raises(TooManyRecipients):
        confirmed(crowd, MOST + 1)


@pytest.mark.parametrize(
    ("states", "told"),
    [
        ((), "unreached"),
        ((State.FAILED,), "unreached"),
        ((State.FAILED, State.ACCEPTED), "told"),
        ((State.CLAIMED, State.CONFIRMED), "told"),
        ((State.FAILED, State.WAITING), "open"),
        ((State.CLAIMED,), "open"),
    ],
)
def test_one_way_is_enough(states: tuple[State, ...], told: str) -> None:
    at = datetime(2026, 11, 23, tzinfo=UTC)
    assert outcome([Delivery(state, Channel.MAIL, at) for state in states]) == told
