"""Devices, where push messages may be sent, and what push services say (processes 21 and 28)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from functions.messages import push
from functions.messages.domain.deliveries import (
    RULES,
    Address,
    Channel,
    Delivery,
    Failure,
    Kind,
    State,
    Wishes,
    leave,
    look_again,
    next_way,
    seen,
    try_again,
)
from functions.messages.domain.push import (
    MOST,
    SERVICES,
    Device,
    Outcome,
    TooManyDevices,
    UnknownPushService,
    outcome,
    target,
    with_device,
)
from skolkit.outbound import may_connect
from tests.support.push_service import decoded, decrypt

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PHONE = Device("1", "https://fcm.googleapis.com/fcm/send/abc", "p", "a", NOW)


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/fcm/send/dK_9:APA91b-x~y",
        "https://fcm.googleapis.com:443/fcm/send/abc",
        "https://updates.push.services.mozilla.com/wpush/v2/gAAAA=",
        "https://db5p.notify.windows.com/w/?token=BQYAAA%2b%3d",
        "https://web.push.apple.com/QOx0",
    ],
)
def test_the_push_services_of_todays_browsers(endpoint: str) -> None:
    where = target(endpoint)
    assert (where.scheme, where.port, where.local) == ("https", 443, False)
    assert endpoint.endswith(where.path)


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://fcm.googleapis.com/fcm/send/abc",
        "https://fcm.googleapis.com:8443/fcm/send/abc",
        "https://fcm.googleapis.com",
        "https://fcm.googleapis.com.example.org/x",
        "https://example.org/fcm.googleapis.com/x",
        "https://user@fcm.googleapis.com/x",
        "https://example.org#@fcm.googleapis.com/x",
        "https://example.org\\@fcm.googleapis.com/x",
        "https://fcm.googleapis.com/x#y",
        "https://fcm.googleapis.com/x y",
        "https://fcm.googleapis.com/x\r\nhost: internal",
        "https://push.services.mozilla.com/x",  # the pattern is for hosts below
        "https://evilpush.services.mozilla.com/x",
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https://169.254.169.254/latest/meta-data",
        "https://2130706433/x",
        "https://localhost/x",
        "https://web.push.apple.com./x",
        "https://a..push.services.mozilla.com/x",
        f"https://{'a' * 64}.push.services.mozilla.com/x",
        "ftp://fcm.googleapis.com/x",
    ],
)
def test_nothing_else_is_sent_to(endpoint: str) -> None:
    with pytest.raises(UnknownPushService):
        target(endpoint)


def test_an_origin_that_is_configured_whole_is_this_machine() -> None:
    services = ("push.example.org", "http://127.0.0.1:4711")
    assert target("http://127.0.0.1:4711/x", services).local
    assert not target("https://push.example.org/x", services).local
    for other in ("http://127.0.0.1:4712/x", "https://127.0.0.1:4711/x", "http://127.0.0.1/x", SERVICES[0]):
        with pytest.raises(UnknownPushService):
            target(other, services)


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.1", "172.16.0.1", "192.168.1.1", "127.0.0.1", "169.254.169.254", "0.0.0.0", "100.64.0.1",
        "224.0.0.1", "255.255.255.255", "192.0.2.1", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1",
        "ff02::1", "::ffff:8.8.8.8", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::1",
        "2001:0:7f00:1::1", "fd00:ec2::254",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public_are_not_connected_to(address: str) -> None:
    assert not may_connect(address, local=False)
    assert may_connect(address, local=True) == (address in {"127.0.0.1", "::1"})


@pytest.mark.parametrize("address", ["142.250.74.10", "17.253.144.10", "2a00:1450:400f:80c::200a"])
def test_public_addresses_are_connected_to_unless_the_target_is_local(address: str) -> None:
    assert may_connect(address, local=False)
    assert not may_connect(address, local=True)


@given(st.ip_addresses())
def test_what_is_connected_to_is_public_whatever_the_address(address: object) -> None:
    ip = ip_address(str(address))
    if may_connect(str(ip), local=False):
        assert ip.is_global
        assert not any((ip.is_private, ip.is_loopback, ip.is_link_local, ip.is_multicast))


def test_a_device_is_there_once_and_there_are_ten_at_most() -> None:
    held: tuple[Device, ...] = ()
    for number in range(MOST):
        held = with_device(held, Device(str(number), PHONE.endpoint, "p", "a", NOW))
    again = with_device(held, Device("3", PHONE.endpoint, "other", "a", NOW))
    assert len(again) == MOST
    assert again[-1].p256dh == "other"
    with pytest.raises(TooManyDevices):
        with_device(held, Device("new", PHONE.endpoint, "p", "a", NOW))


def test_a_device_says_its_service_and_nothing_else() -> None:
    device = Device("1", "https://fcm.googleapis.com/fcm/send/geheim", "schlüssel", "auth", NOW)
    assert device.host == "fcm.googleapis.com"
    assert not any(said in repr(device) for said in ("geheim", "schlüssel", "auth="))


@pytest.mark.parametrize(
    ("status", "became"),
    [
        (200, Outcome.TAKEN), (201, Outcome.TAKEN), (204, Outcome.TAKEN),
        (301, Outcome.REFUSED), (307, Outcome.REFUSED),
        (400, Outcome.REFUSED), (401, Outcome.REFUSED), (403, Outcome.REFUSED), (413, Outcome.REFUSED),
        (404, Outcome.GONE), (410, Outcome.GONE),
        (429, Outcome.AWAY), (500, Outcome.AWAY), (503, Outcome.AWAY),
    ],
)  # fmt: skip
def test_what_a_push_service_says(status: int, became: Outcome) -> None:
    assert outcome(status) is became


def test_push_is_first_where_there_is_a_device_and_what_was_chosen_stays_first() -> None:
    ways: dict[Channel, Address | None] = {
        Channel.PUSH: (PHONE,), Channel.MAIL: "a@example.org", Channel.SMS: "+46701740605"
    }  # fmt: skip
    order = Wishes().order(Kind.ABSENCE)
    assert order == (Channel.PUSH, Channel.MAIL, Channel.SMS)
    assert next_way(order, ways, ()) == (Channel.PUSH, (PHONE,))
    assert next_way(order, ways | {Channel.PUSH: None}, ()) == (Channel.MAIL, "a@example.org")
    assert Wishes(Channel.SMS).order(Kind.NEWS) == (Channel.SMS, Channel.PUSH, Channel.MAIL)
    assert Wishes(kinds={Kind.NEWS: (Channel.MAIL,)}).order(Kind.NEWS) == (Channel.MAIL,)


def test_a_pressing_push_message_is_followed_sooner_than_a_mail() -> None:
    assert look_again(Channel.PUSH, True, NOW) == NOW + RULES.confirm_push
    assert RULES.confirm_push < RULES.confirm
    assert look_again(Channel.PUSH, False, NOW) is None


def test_a_push_service_that_stays_away_is_left_for_the_next_way_and_mail_is_not() -> None:
    assert [leave(Channel.PUSH, n) for n in (1, RULES.push_attempts)] == [False, True]
    assert not any(leave(channel, 50) for channel in (Channel.MAIL, Channel.SMS))


@given(st.integers(0, 10**9).map(lambda n: timedelta(seconds=n)), st.integers(1, RULES.give_up - 1))
def test_a_provider_is_asked_when_it_says_so_within_an_hour(after: timedelta, attempts: int) -> None:
    again = try_again(attempts, NOW, after=after)
    usual = try_again(attempts, NOW)
    assert again
    assert usual
    longest = RULES.retry * RULES.slowest
    assert again == max(usual, NOW + min(after, longest))
    assert again - NOW <= longest


def test_who_has_seen_a_message_is_sent_nothing_more() -> None:
    tried = ((Channel.PUSH, Failure.UNCONFIRMED),)
    for state in (State.CLAIMED, State.ACCEPTED, State.WAITING):
        known = Delivery(state, Channel.MAIL, NOW, tried=tried, until=NOW + timedelta(minutes=5))
        done = seen(known, NOW)
        assert done
        assert (done.state, done.until, done.tried) == (State.CONFIRMED, None, tried)
    for state in (State.CONFIRMED, State.FAILED, State.HELD):
        assert seen(Delivery(state, Channel.PUSH, NOW), NOW) is None
    assert seen(Delivery(State.WAITING, None, NOW, attempts=0), NOW) is None


# On the wire


def test_retry_after_in_seconds_or_as_a_date() -> None:
    assert push._after("120", NOW) == timedelta(minutes=2)
    assert push._after("Mon, 23 Nov 2026 09:03:00 GMT", NOW) == timedelta(minutes=3)
    assert push._after("Mon, 23 Nov 2026 08:00:00 GMT", NOW) == timedelta()
    for header in (None, "soon", "-1", "Mon, 23 Nov 2026 09:03:00 -0000"):
        assert push._after(header, NOW) is None


def test_the_key_is_the_same_as_long_as_the_secret_is(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = []
    for secret in ("one secret", "one secret", "another"):
        monkeypatch.setenv("SKOLKIT_PUSH_KEY", secret)
        push._key.cache_clear()
        keys.append(push.public_key())
    push._key.cache_clear()
    assert keys[0] == keys[1] != keys[2]
    assert decoded(keys[0])[0] == 4
    assert len(decoded(keys[0])) == 65


def test_the_receiver_of_the_tests_decrypts_as_the_standard_does() -> None:
    """RFC 8291 §5 and appendix A."""
    body = decoded(
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml"
        "mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT"
        "pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )
    number = int.from_bytes(decoded("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"))
    private = ec.derive_private_key(number, ec.SECP256R1())
    said = decrypt(body, private, decoded("BTBZMqHH6r4Tts7J_aSIgg"))
    assert said == b"When I grow up, I want to be a watermelon"
