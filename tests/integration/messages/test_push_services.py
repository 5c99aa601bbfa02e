"""Push services (process 28): where we connect, what they answer, and what becomes of the message then."""

from __future__ import annotations

import json
import socket
from datetime import timedelta
from typing import Any

import pytest

from functions.messages import push
from functions.messages.domain.push import Device, Outcome
from infra.local.cloud import Cloud
from infra.local.population import NewPupil
from skolkit.clock import now
from tests.integration.test_attendance_day import at
from tests.support.areas import deliver
from tests.support.devices import listed, reached, with_device
from tests.support.push_service import Browser, PushService
from tests.support.ways import (
    became,
    homes,
    missed,
    pump_due,
    refusing,
    remind,
)
from tests.support.world import Lesson, World

SOON = timedelta(seconds=1)


@pytest.mark.parametrize("status", [301, 307, 400, 403, 413])
def test_what_a_push_service_will_not_take_goes_by_mail(
    world: World, tables: Cloud, lesson: Lesson, pupil: NewPupil, service: PushService, status: int
) -> None:
    """A redirect is not followed either."""
    one, _ = homes(world, pupil)
    service.answer(with_device(service, one.id), status, location=f"{service.origin}/elsewhere")
    missed(lesson, pupil)
    assert became(world, pupil, one) == ("mail", "accepted", [("push", "rejected")])
    assert service.asked == 1
    assert len(listed(one.id)) == 1


@pytest.mark.parametrize("comes_back", [True, False])
def test_a_push_service_that_is_away_is_asked_when_it_says_and_then_left(
    world: World, tables: Cloud, lesson: Lesson, pupil: NewPupil, service: PushService,
    monkeypatch: pytest.MonkeyPatch, comes_back: bool,
) -> None:  # fmt: skip
    one, _ = homes(world, pupil)
    browser = with_device(service, one.id)
    service.answer(browser, 429, retry_after="900")
    envelope = remind(one.id, urgent=True, when=lesson.end)
    assert deliver("messages", "deliver_message", envelope) == ["0"]
    assert reached(tables, one) == (0, 0)
    at(monkeypatch, lesson.end + timedelta(seconds=900) - SOON)
    pump_due()
    assert service.asked == 1
    if comes_back:
        service.answer(browser, 201)
    at(monkeypatch, lesson.end + timedelta(seconds=900) + SOON)
    for _ in range(2):
        pump_due()
    assert service.asked == 2
    assert len(service.to(browser)) == comes_back
    assert reached(tables, one) == (int(not comes_back), 0)
    assert deliver("messages", "deliver_message", envelope) == []
    assert service.asked == 2


def sent(browser: Browser) -> Outcome:
    keys = browser.json["keys"]
    device = Device("1", browser.endpoint, keys["p256dh"], keys["auth"], now())
    message = json.dumps({"title": "", "body": "", "delivery": ""}).encode()
    return push.post(device, message, "tag", urgent=False, ttl=timedelta(hours=1)).outcome


def named(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Let names resolve to these addresses, one answer after the other; the names that were asked for."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def resolve(host: Any, port: Any, *given: Any, **more: Any) -> Any:
        if host.replace(".", "").isdigit():
            return real(host, port, *given, **more)
        asked.append(host)
        found = answers[min(len(asked), len(answers)) - 1]
        family = {True: socket.AF_INET6, False: socket.AF_INET}
        return [(family[":" in one], socket.SOCK_STREAM, 6, "", (one, port)) for one in found]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return asked


@pytest.mark.usefixtures("cloud")
def test_the_name_is_checked_by_tls_and_the_address_is_the_one_that_was_judged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The name leads elsewhere when it is asked again: it is not asked again."""
    with PushService(tls=True) as service:
        monkeypatch.setenv("SSL_CERT_FILE", str(service.certificate))
        monkeypatch.setenv("SKOLKIT_PUSH_SERVICES", f"{service.origin} https://push.test:{service.port}")
        push._trusted.cache_clear()
        asked = named(monkeypatch, ["127.0.0.1"], ["192.0.2.1"])
        browser = service.subscribe()
        assert sent(browser) is Outcome.TAKEN
        assert asked == ["localhost"]
        assert len(service.to(browser)) == 1
        asked.clear()
        other = service.subscribe()
        renamed = Browser(other.endpoint.replace("localhost", "push.test"), other.private, other.auth, None)
        assert sent(renamed) is Outcome.AWAY  # the certificate is for another name
        assert service.asked == 1
    push._trusted.cache_clear()


@pytest.mark.usefixtures("cloud")
@pytest.mark.parametrize(
    "addresses", [["10.0.0.1"], ["127.0.0.1"], ["::ffff:127.0.0.1"], ["142.250.74.10", "169.254.169.254"]]
)
def test_a_known_name_that_leads_inside_is_not_connected_to(
    monkeypatch: pytest.MonkeyPatch, addresses: list[str]
) -> None:
    def never(*_: Any) -> Any:
        raise AssertionError("connected")

    named(monkeypatch, addresses)
    monkeypatch.setattr(push, "_send", never)
    with PushService() as service:
        inside = service.subscribe()
        browser = Browser("https://web.push.apple.com/x", inside.private, inside.auth, None)
        assert sent(browser) is Outcome.REFUSED


@pytest.mark.usefixtures("cloud")
def test_a_service_that_is_no_longer_known_or_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    with PushService() as service:
        browser = service.subscribe()
        assert sent(browser) is Outcome.REFUSED
    monkeypatch.setenv("SKOLKIT_PUSH_SERVICES", service.origin)
    asked = named(monkeypatch, ["127.0.0.1"])
    local = Browser(browser.endpoint.replace("127.0.0.1", "push.test"), browser.private, browser.auth, None)
    monkeypatch.setenv("SKOLKIT_PUSH_SERVICES", f"http://push.test:{service.port}")
    assert [sent(local), sent(local)] == [Outcome.AWAY] * 2
    assert asked == ["push.test"]  # one that does not answer is not asked for every recipient
    push._silent.clear()
    assert sent(local) is Outcome.AWAY
    assert len(asked) == 2


@pytest.mark.usefixtures("cloud", "service")
def test_a_subscription_nothing_can_be_encrypted_for_loses_only_itself(service: PushService) -> None:
    browser = service.subscribe()
    broken = Device("1", browser.endpoint, "B" * 87, "A" * 22, now())
    reply = push.post(broken, b"{}", "tag", urgent=False, ttl=timedelta(hours=1))
    assert reply.outcome is Outcome.REFUSED


def test_a_device_that_is_gone_is_not_asked_again_while_mail_is_away(
    world: World, tables: Cloud, pupil: NewPupil, lesson: Lesson, service: PushService,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Push is gone and mail takes nothing now: the message waits for mail, which is not left."""
    one, _ = homes(world, pupil)
    service.answer(with_device(service, one.id), 410)
    envelope = remind(one.id, urgent=True, when=lesson.end)
    with refusing(monkeypatch, "SESV2"):
        assert deliver("messages", "deliver_message", envelope) == ["0"]
    assert deliver("messages", "deliver_message", envelope) == []
    assert reached(tables, one) == (1, 0)
