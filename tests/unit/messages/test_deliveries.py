"""Ways, leases, quiet hours and second attempts (processes 21, 28)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.messages.domain.deliveries import (
    LEASE,
    RULES,
    Channel,
    Delivery,
    Failure,
    Kind,
    Quiet,
    RepeatedChannel,
    State,
    Wishes,
    checked,
    hold_until,
    is_late,
    look_again,
    may_send,
    next_way,
    try_again,
    usual_quiet,
    why_failed,
)
from skolkit.clock import local, today

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
BOTH = {Channel.MAIL: "a@example.org", Channel.SMS: "+46701740605"}
orders = st.permutations(list(Channel)).flatmap(
    lambda ways: st.integers(1, len(ways)).map(lambda n: tuple(ways[:n]))
)


@pytest.mark.parametrize(
    ("first", "ways", "tried", "chosen"),
    [
        (Channel.MAIL, BOTH, (), Channel.MAIL),
        (Channel.SMS, BOTH, (), Channel.SMS),
        (Channel.SMS, BOTH | {Channel.SMS: None}, (), Channel.MAIL),
        (Channel.MAIL, BOTH | {Channel.MAIL: ""}, (), Channel.SMS),
        (Channel.MAIL, BOTH, (Channel.MAIL,), Channel.SMS),
        (Channel.MAIL, BOTH, tuple(Channel), None),
        (Channel.MAIL, {}, (), None),
    ],
)
def test_the_preferred_way_or_the_next(
    first: Channel, ways: dict[Channel, str | None], tried: tuple[Channel, ...], chosen: Channel | None
) -> None:
    way = next_way(Wishes(first).order(Kind.ABSENCE), ways, tried)
    assert way == ((chosen, ways[chosen]) if chosen else None)


@given(orders, st.sampled_from(list(Kind)))
def test_a_notice_of_absence_goes_by_every_way_in_the_end_and_others_only_by_those_chosen(
    order: tuple[Channel, ...], kind: Kind
) -> None:
    tried, wishes = list[Channel](), Wishes(kinds={kind: order})
    while way := next_way(wishes.order(kind), BOTH | {Channel.PUSH: "a device"}, tried):
        tried.append(way[0])
    assert tried[: len(order)] == list(order)
    assert set(tried) == (set(Channel) if kind is Kind.ABSENCE else set(order))


def test_a_message_is_sent_again_only_when_its_sender_died_or_it_waits() -> None:
    claimed = Delivery(State.CLAIMED, Channel.MAIL, NOW)
    assert may_send(None, NOW)
    assert may_send(Delivery(State.WAITING, None, NOW, until=NOW + LEASE), NOW)
    assert not may_send(claimed, NOW + LEASE)
    assert may_send(claimed, NOW + LEASE + timedelta(seconds=1))
    held = Delivery(State.HELD, None, NOW, until=NOW + LEASE)
    assert [may_send(held, at) for at in (NOW, NOW + LEASE)] == [False, True]
    for state in (State.ACCEPTED, State.CONFIRMED, State.FAILED):
        assert not may_send(Delivery(state, Channel.MAIL, NOW), NOW + timedelta(days=300))


def swedish(text: str) -> datetime:
    day, at = text.split()
    return local(date.fromisoformat(day), time.fromisoformat(at))


@pytest.mark.parametrize(
    ("quiet", "at", "ends"),
    [
        (RULES.quiet, "2026-11-23 20:59", None),
        (RULES.quiet, "2026-11-23 21:00", "2026-11-24 06:30"),
        (RULES.quiet, "2026-11-24 06:29", "2026-11-24 06:30"),
        (RULES.quiet, "2026-11-24 06:30", None),
        (Quiet(time(8), time(15)), "2026-11-24 12:00", "2026-11-24 15:00"),
        (Quiet(time(8), time(15)), "2026-11-24 16:00", None),
        (Quiet(time(8), time(8)), "2026-11-24 08:00", None),
        # The clock goes forward and back in the night; the night ends by the clock.
        (RULES.quiet, "2026-03-28 22:00", "2026-03-29 06:30"),
        (RULES.quiet, "2026-10-24 22:00", "2026-10-25 06:30"),
    ],
)
def test_quiet_hours_are_by_the_swedish_clock(quiet: Quiet, at: str, ends: str | None) -> None:
    assert quiet.until(swedish(at)) == (swedish(ends) if ends else None)


@given(st.integers(0, 525_600).map(lambda n: NOW + timedelta(minutes=n)), st.times(), st.times())
def test_who_is_held_back_is_not_held_again_when_the_hours_end(at: datetime, start: time, end: time) -> None:
    quiet = Quiet(start.replace(microsecond=0), end.replace(microsecond=0))
    until = quiet.until(at)
    if until:
        assert at < until <= at + timedelta(hours=26)
        assert quiet.until(until) is None or quiet.start == quiet.end


def test_notices_of_absence_and_what_is_urgent_do_not_wait_for_the_morning() -> None:
    night, usual = local(date(2026, 11, 23), time(22)), None
    assert hold_until(Kind.ABSENCE, False, usual, night) is None
    assert hold_until(Kind.NEWS, True, usual, night) is None
    assert hold_until(Kind.NEWS, False, usual, night) == local(date(2026, 11, 24), time(6, 30))
    assert hold_until(Kind.NEWS, False, Quiet(time(0), time(0)), night) is None
    assert hold_until(Kind.NEWS, False, usual_quiet("00:00-00:00"), night) is None
    assert usual_quiet("") is None


def test_only_what_is_pressing_is_followed_until_it_has_arrived() -> None:
    assert look_again(Channel.MAIL, True, NOW) == NOW + RULES.confirm
    assert look_again(Channel.MAIL, False, NOW) is None
    assert look_again(Channel.SMS, True, NOW) is None  # nothing more is heard of a text message


def test_a_provider_that_takes_nothing_is_asked_later_and_later_and_given_up() -> None:
    waits = [again - NOW for n in range(1, RULES.give_up) if (again := try_again(n, NOW))]
    assert len(waits) == RULES.give_up - 1
    assert waits == sorted(waits)
    assert waits[-1] == timedelta(hours=1)
    assert sum(waits, timedelta()) > timedelta(days=1)
    assert try_again(RULES.give_up, NOW) is None


def test_a_notice_is_not_sent_when_its_day_is_over() -> None:
    midnight = local(date(2026, 11, 24), time(0))
    assert not is_late(Kind.ABSENCE, today(NOW), midnight)
    assert is_late(Kind.ABSENCE, today(NOW), midnight + timedelta(hours=7))
    assert not is_late(Kind.REMINDER, today(NOW), midnight + timedelta(days=2))


def test_why_nobody_was_reached_is_what_became_of_the_last_way() -> None:
    assert why_failed(()) is Failure.NO_ADDRESS
    tried = ((Channel.MAIL, Failure.BOUNCED), (Channel.SMS, Failure.REJECTED))
    assert why_failed(tried) is Failure.REJECTED


def test_an_order_names_each_way_once() -> None:
    once = Wishes(kinds={Kind.NEWS: (Channel.SMS,)})
    assert checked(once) == once
    with pytest.raises(RepeatedChannel):
        checked(Wishes(kinds={Kind.NEWS: (Channel.SMS, Channel.SMS)}))
