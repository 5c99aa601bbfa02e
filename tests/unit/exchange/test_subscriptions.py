"""Subscriptions (process 35): where notices may be sent, when they are tried again, how they are signed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.exchange.domain.subscriptions import (
    DELAYS,
    NOTHING,
    PATIENCE,
    BadTarget,
    News,
    Subscription,
    failed,
    handed_over,
    heard,
    renewed,
    secret_of,
    signature,
    taken,
    target,
)

NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
KINDS = ("Organisation", "Person", "Group")
MADE = Subscription(
    id="1", client="c", name="n", target="https://system.example.se/hook?secret=1", kinds=KINDS[:2], made=NOW,
    ends=NOW + timedelta(days=7),
)  # fmt: skip


@pytest.mark.parametrize(
    "url",
    [
        "https://system.example.se/hook?k=%20a&b=c", "https://system.example.se", "HTTPS://System.Example.SE:443/",
        "https://xn--frskola-90a.example.se/x", "https://a.b.c.d.example.se/@x:y",
        "https://127.0.0.1.example.se/",  # a name; what it leads to is judged when it is connected to
    ],
)  # fmt: skip
def test_public_names_may_be_sent_to(url: str) -> None:
    where = target(url)
    assert (where.scheme, where.port, where.local) == ("https", 443, False)
    assert where.host == where.host.lower()


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "127.1", "0x7f.1", "0x7f.0.0.1", "0177.0.0.1", "2130706433", "0x7f000001", "127.0.0.1.",
        "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[fe80::1%25eth0]", "10.0.0.1", "192.168.1.1",
        "169.254.169.254", "100.64.0.1", "0", "localhost", "localhost.", "skolkit", "1.2.3.0x4",
        "１２７.0.0.1",
        "127。0。0。1", "skola。example.se", "example.se\u200b", "-x.example.se", "x_.example.se", "", ".se",
        "93.184.216.34", "a" * 64 + ".example.se", ".".join(["a" * 60] * 5) + ".se",
    ],
)  # fmt: skip
def test_addresses_in_any_spelling_and_names_that_are_none_may_not(host: str) -> None:
    with pytest.raises(BadTarget):
        target(f"https://{host}/hook")


@pytest.mark.parametrize(
    "url",
    [
        "http://system.example.se/", "https://system.example.se:8443/", "https://system.example.se:0443x/",
        "ftp://system.example.se/", "//system.example.se/", "system.example.se", "https:system.example.se",
        "https://user@system.example.se/", "https://user:pw@system.example.se/", "https://system.example.se/#x",
        "https://system.example.se\\@127.0.0.1/", "https://127.0.0.1\\.example.se/", "https://system.example.se?x",
        "https://system.example.se/a b", "https://system.example.se/\r\nHost: x", "https://system.example.se/å",
        " https://system.example.se/", "https://system.example.se/\n", "javascript:alert(1)", "",
    ],
)  # fmt: skip
def test_other_ways_to_lead_elsewhere_may_not(url: str) -> None:
    with pytest.raises(BadTarget):
        target(url)


def test_this_machine_only_where_it_is_configured() -> None:
    url = "http://127.0.0.1:8099/hook"
    with pytest.raises(BadTarget):
        target(url)
    with pytest.raises(BadTarget):
        target(url, ["http://127.0.0.1:8098", "http://127.0.0.2:8099", "https://127.0.0.1:8099"])
    where = target(url, ["http://127.0.0.1:8099"])
    assert (where.host, where.port, where.local) == ("127.0.0.1", 8099, True)


def test_the_rest_of_the_address_is_not_shown() -> None:
    assert "secret" not in repr(MADE)
    assert "secret" not in repr(target(MADE.target))
    assert MADE.host == "system.example.se"


@given(st.lists(st.tuples(st.frozensets(st.sampled_from(KINDS)), st.frozensets(st.sampled_from(KINDS)))))
def test_all_that_was_heard_and_asked_for_is_told_once(
    changes: list[tuple[frozenset[str], frozenset[str]]],
) -> None:
    known, told = MADE, NOTHING
    for number, change in enumerate(changes):
        known = heard(known, News(*change))
        if number % 3 == 0:
            known = handed_over(known, NOW)
        if number % 3 == 1:
            told |= known.telling
            known = taken(known, NOW)
    assert told | known.telling | known.waiting == _whole(changes)
    last = taken(handed_over(taken(known, NOW), NOW), NOW)
    assert last.waiting | last.telling == NOTHING


def _whole(changes: list[tuple[frozenset[str], frozenset[str]]]) -> News:
    asked = frozenset(MADE.kinds)
    modified = frozenset(kind for change, _ in changes for kind in change & asked)
    return News(modified, frozenset(kind for _, gone in changes for kind in gone & asked))


@given(st.integers(0, 3000))
def test_it_is_tried_later_each_time_and_given_up_after_a_day(late: int) -> None:
    """However late each try comes, by seconds."""
    known, moment, waits = handed_over(heard(MADE, News(frozenset(KINDS))), NOW), NOW, []
    while True:
        known = failed(known, moment, "refused")
        if known.paused:
            break
        assert known.due
        waits.append(known.due - moment)
        moment = known.due + timedelta(seconds=late)
        assert not known.ready(known.due - timedelta(seconds=1))
        assert known.ready(moment) == known.lives(moment)
    assert waits[: len(DELAYS)] == list(DELAYS)
    assert set(waits[len(DELAYS) :]) <= {DELAYS[-1]}
    assert known.failing == NOW
    assert PATIENCE <= known.paused - NOW <= PATIENCE + DELAYS[-1] + timedelta(seconds=late)
    assert known.telling == News(frozenset(KINDS[:2]))
    assert not known.ready(moment + timedelta(days=1))
    again = renewed(known, moment, 7)
    assert again.ready(moment)
    assert (again.failing, again.tries, again.fault) == (None, 0, "")


def test_one_that_says_it_is_gone_is_not_asked_again() -> None:
    known = handed_over(heard(MADE, News(frozenset(KINDS))), NOW)
    for fault in ("gone", "address"):
        assert failed(known, NOW, fault).paused == NOW


def test_a_turn_that_failed_is_over() -> None:
    """The queue may hand the same fact over twice."""
    known = handed_over(heard(MADE, News(frozenset(KINDS))), NOW)
    assert failed(known, NOW, "slow").turn != known.turn


def test_renewing_never_shortens() -> None:
    long = replace(MADE, ends=NOW + timedelta(days=30))
    assert renewed(long, NOW, 7).ends == long.ends
    assert renewed(MADE, NOW + timedelta(days=1), 7).ends == NOW + timedelta(days=8)


def test_a_signature_is_of_the_time_and_the_body_and_the_subscription() -> None:
    secret = secret_of(b"key", "1")
    assert signature(secret, NOW, b"{}") == (
        f"t={int(NOW.timestamp())},v1=" + signature(secret, NOW, b"{}").split("v1=")[1]
    )
    different = {
        signature(secret, NOW, b"{}"), signature(secret, NOW, b"[]"),
        signature(secret, NOW + timedelta(seconds=1), b"{}"), signature(secret_of(b"key", "2"), NOW, b"{}"),
        signature(secret_of(b"yek", "1"), NOW, b"{}"),
    }  # fmt: skip
    assert len(different) == 5
    # As openssl dgst -sha256 -hmac makes it.
    assert signature("secret", datetime.fromtimestamp(0, UTC), b"{}") == (
        "t=0,v1=4bbe8d39de1ffea42cffafb4727e02f761bef8ed2886b51575ce417d542e918f"
    )
