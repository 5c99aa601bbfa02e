"""Channels, leases and texts of a notice (processes 21, 28)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from functions.messages.domain.deliveries import (
    LEASE,
    Channel,
    Delivery,
    State,
    choose_channel,
    may_send,
    notice_text,
)

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("preferred", "email", "phone", "chosen"),
    [
        (Channel.MAIL, "a@example.org", "+46701740605", (Channel.MAIL, "a@example.org")),
        (Channel.SMS, "a@example.org", "+46701740605", (Channel.SMS, "+46701740605")),
        (Channel.SMS, "a@example.org", None, (Channel.MAIL, "a@example.org")),
        (Channel.MAIL, "", "+46701740605", (Channel.SMS, "+46701740605")),
        (Channel.MAIL, None, None, None),
    ],
)
def test_the_preferred_channel_or_the_other(
    preferred: Channel, email: str | None, phone: str | None, chosen: tuple[Channel, str] | None
) -> None:
    assert choose_channel(preferred, email, phone) == chosen


def test_a_notice_is_sent_again_only_when_its_sender_died() -> None:
    claimed = Delivery(State.CLAIMED, Channel.MAIL, NOW)
    assert may_send(None, NOW)
    assert not may_send(claimed, NOW + LEASE)
    assert may_send(claimed, NOW + LEASE + timedelta(seconds=1))
    for state in (State.ACCEPTED, State.FAILED):
        assert not may_send(Delivery(state, Channel.MAIL, NOW), NOW + timedelta(days=300))


def test_the_text_gives_name_and_swedish_time_and_no_reason() -> None:
    text = notice_text("Vera", NOW, NOW + timedelta(minutes=40))
    assert text.sv.startswith("Vera saknades i dag kl. 10:00–10:40")
    assert text.en.startswith("Vera was missing today 10:00–10:40")
