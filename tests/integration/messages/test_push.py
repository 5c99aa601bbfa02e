"""Web push as a way (processes 21 and 28), against a push service that checks what it is sent: what is
confirmed and what climbs, devices that are gone, services that are away, whose a device is, and where nothing
is sent.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from functions.messages import push, store
from functions.messages.domain.deliveries import RULES, Channel, State
from functions.messages.domain.push import MOST, Device, Outcome
from functions.messages.extract import gather
from functions.messages.store import devices
from functions.messages.usecases import sending
from infra.local.cloud import Cloud
from infra.local.population import NewGuardian, NewPupil
from skolkit.clock import now
from skolkit.extracts import Requested
from skolkit.table import Overwrite, commit
from skolkit.types import PersonId, new_id
from tests.integration.messages.test_ways import (
    became,
    calls,
    homes,
    log,
    mails,
    missed,
    pump_due,
    refusing,
    remind,
    texts,
)
from tests.integration.test_attendance_day import at
from tests.support.areas import Answer, acting_as, audit_rows, call, deliver, outbox
from tests.support.asks import new_key
from tests.support.letters import custody_ended
from tests.support.meter import metered
from tests.support.push_service import Browser, PushService
from tests.support.stored import stored
from tests.support.world import Lesson, World, drop, make_world, person_row

SOON = timedelta(seconds=1)


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[PushService]:
    with PushService() as running:
        monkeypatch.setenv("SKOLKIT_PUSH_SERVICES", running.origin)
        push._silent.clear()
        yield running
        assert running.refused == []


@pytest.fixture
def world(tables: Cloud, monkeypatch: pytest.MonkeyPatch) -> World:
    made = make_world(tables)
    at(monkeypatch, made.of_class()[0].end)
    return made


@pytest.fixture
def lesson(world: World) -> Lesson:
    return world.of_class()[0]


@pytest.fixture
def pupil(world: World) -> NewPupil:
    return world.classmates()[0]


def subscribe(by: PersonId, browser: Browser | dict[str, Any], **headers: str) -> Answer:
    body = browser.json if isinstance(browser, Browser) else browser
    return call("messages", "subscribe_to_push", by, body=body, headers=headers or new_key())


def with_device(service: PushService, person: PersonId) -> Browser:
    key = call("messages", "read_push_key", person).body["key"]
    browser = service.subscribe(key)
    made = subscribe(person, browser)
    assert made.status == 201, made.body
    return browser


def listed(person: PersonId) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = call("messages", "list_push_subscriptions", person).body["data"]
    return found


def saw(by: PersonId, delivery: str) -> Answer:
    path = {"delivery": delivery}
    return call("messages", "mark_delivery_seen", by, path=path, headers=new_key())


def reached(cloud: Cloud, home: NewGuardian) -> tuple[int, int]:
    """How many mails and text messages a guardian has got."""
    return mails(cloud, home), texts(cloud, home)


# From way to way


def test_a_push_message_that_is_seen_is_all_and_one_that_is_not_is_followed_by_mail_and_sms(
    world: World, tables: Cloud, lesson: Lesson, pupil: NewPupil, service: PushService,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    one, other = homes(world, pupil)
    browsers = [with_device(service, home.id) for home in (one, other)]
    missed(lesson, pupil)
    first, second = (service.to(browser) for browser in browsers)
    assert (len(first), len(second)) == (1, 1)
    assert [reached(tables, home) for home in (one, other)] == [(0, 0), (0, 0)]
    said = first[0]
    assert said["title"] in {"Frånvaro i dag", "Absence today"}
    assert said["body"].split()[0] == pupil.given_name
    assert not any(word in said["body"] for word in (pupil.family_name, world.klass.name, "Matematik"))
    assert (said["headers"]["urgency"], int(said["headers"]["ttl"])) == ("high", 4 * 3600)

    assert saw(other.id, said["delivery"]).status == 404
    assert saw(one.id, said["delivery"] + "x").status == 404
    assert saw(one.id, new_id()).status == 404
    for _ in range(2):
        assert saw(one.id, said["delivery"]).status == 204
    trail = [row for row in audit_rows(one.id) if row["action"] == "mark_delivery_seen"]
    assert [row["actor"] for row in trail] == [one.id]

    at(monkeypatch, lesson.end + RULES.confirm_push - SOON)
    pump_due()
    assert reached(tables, other) == (0, 0)
    at(monkeypatch, lesson.end + RULES.confirm_push + SOON)
    for _ in range(2):
        pump_due()
    assert became(world, pupil, one) == ("push", "confirmed", [])
    assert became(world, pupil, other) == ("mail", "accepted", [
        ("push", "unconfirmed")
    ])  # fmt: skip
    assert [reached(tables, home) for home in (one, other)] == [(0, 0), (1, 0)]
    at(monkeypatch, lesson.end + RULES.confirm_push + RULES.confirm + 2 * SOON)
    for _ in range(2):
        pump_due()
    assert [reached(tables, home) for home in (one, other)] == [(0, 0), (1, 1)]
    assert (len(first), len(second)) == (1, 1)


def test_a_message_seen_after_the_mail_went_keeps_the_rest_away(
    world: World, tables: Cloud, lesson: Lesson, pupil: NewPupil, service: PushService,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    one, _ = homes(world, pupil)
    browser = with_device(service, one.id)
    missed(lesson, pupil)
    at(monkeypatch, lesson.end + RULES.confirm_push + SOON)
    pump_due()
    assert reached(tables, one) == (1, 0)
    assert saw(one.id, service.to(browser)[0]["delivery"]).status == 204
    at(monkeypatch, lesson.end + RULES.confirm_push + RULES.confirm + 2 * SOON)
    pump_due()
    assert became(world, pupil, one) == ("mail", "confirmed", [("push", "unconfirmed")])
    assert reached(tables, one) == (1, 0)
    assert calls(world, lesson).body["data"] == []


def test_who_has_nothing_but_a_device_and_does_not_look_is_called(
    world: World, lesson: Lesson, pupil: NewPupil, tables: Cloud, service: PushService,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    one, _ = homes(world, pupil)
    with_device(service, one.id)
    row = person_row(one) | {"phone": None, "civicNo": None}
    assert drop(tables, "register/persons/nophone.jsonl", [row])["failed"] == 0
    with acting_as("messages"):
        assert one.email
        commit(store.shut_item(one.id, Channel.MAIL, store.mark_of(one.email)))
    missed(lesson, pupil)
    assert calls(world, lesson).body["data"] == []
    at(monkeypatch, lesson.end + RULES.confirm_push + SOON)
    pump_due()
    assert {(c["recipient"], c["reason"]) for c in calls(world, lesson).body["data"]} == {
        (one.id, "unconfirmed")
    }


@pytest.mark.parametrize("status", [404, 410])
def test_a_device_that_is_gone_is_forgotten_at_once_and_the_next_way_is_tried(
    world: World, tables: Cloud, lesson: Lesson, pupil: NewPupil, service: PushService, status: int
) -> None:
    one, _ = homes(world, pupil)
    service.answer(with_device(service, one.id), status)
    missed(lesson, pupil)
    assert became(world, pupil, one) == ("mail", "accepted", [("push", "rejected")])
    assert reached(tables, one) == (1, 0)
    assert listed(one.id) == []
    with acting_as("messages"):
        assert not any(key[1].startswith("DEVICE#") for key in stored())


def test_several_devices_are_one_way(
    world: World, tables: Cloud, lesson: Lesson, pupil: NewPupil, service: PushService
) -> None:
    """One is gone, one is away, one takes none, one has it: taken, and only the gone one is forgotten."""
    one, _ = homes(world, pupil)
    has, gone, away, full = (with_device(service, one.id) for _ in range(4))
    for browser, status in ((gone, 410), (away, 503), (full, 413)):
        service.answer(browser, status)
    missed(lesson, pupil)
    assert became(world, pupil, one) == ("push", "accepted", [])
    assert [len(service.to(b)) for b in (has, gone, away, full)] == [1, 0, 0, 0]
    assert reached(tables, one) == (0, 0)
    ids = {devices.id_of(b.endpoint) for b in (has, away, full)}
    assert {device["id"] for device in listed(one.id)} == ids


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


def test_a_repeat_after_a_death_replaces_the_message_on_the_device(
    world: World, pupil: NewPupil, lesson: Lesson, service: PushService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The function dies between the push service and what it remembers: the second message has the topic of
    the first.
    """
    one, _ = homes(world, pupil)
    browser = with_device(service, one.id)
    envelope = remind(one.id, urgent=True, when=lesson.end)

    class Killed(BaseException):
        pass

    def dies(*_: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(sending, "settle", dies)
        with pytest.raises(Killed):
            deliver("messages", "deliver_message", envelope)
    at(monkeypatch, lesson.end + timedelta(minutes=5))
    assert deliver("messages", "deliver_message", envelope) == []
    assert len(service.to(browser)) == 2
    assert len(service.waiting) == 1


def test_who_sees_it_before_its_sender_has_noted_that_it_went_has_seen_it(
    world: World, pupil: NewPupil, lesson: Lesson, service: PushService, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, _ = homes(world, pupil)
    browser = with_device(service, one.id)
    real, told = sending.settle, []

    def late(*given: Any) -> None:
        if given[0].recipient == one.id:
            told.append(saw(one.id, service.to(browser)[0]["delivery"]).status)
        real(*given)

    with monkeypatch.context() as patch:
        patch.setattr(sending, "settle", late)
        with pytest.raises(AssertionError):  # one comes again
            missed(lesson, pupil)
    missed_again = [e for e in outbox("attendance") if e["type"] == "attendance.GuardianNoticeDue.v1"]
    assert deliver("messages", "deliver_guardian_notice", *missed_again) == []
    assert told == [204]
    assert became(world, pupil, one) == ("push", "confirmed", [])
    delivered = [e for e in outbox("messages") if e["type"] == "messages.NoticeDelivered.v1"]
    assert sorted(e["data"]["recipient"] for e in delivered) == sorted(h.id for h in homes(world, pupil))


def test_what_is_not_pressing_goes_by_push_alone(
    world: World, tables: Cloud, pupil: NewPupil, lesson: Lesson, service: PushService,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    one, _ = homes(world, pupil)
    browser = with_device(service, one.id)
    assert deliver("messages", "deliver_message", remind(one.id, when=lesson.end)) == []
    (said,) = service.to(browser)
    assert (said["headers"]["urgency"], int(said["headers"]["ttl"])) == ("normal", 3 * 86_400)
    at(monkeypatch, lesson.end + timedelta(hours=2))
    pump_due()
    assert reached(tables, one) == (0, 0)


def test_who_has_chosen_keeps_what_was_chosen(
    world: World, tables: Cloud, pupil: NewPupil, lesson: Lesson, service: PushService
) -> None:
    """Preferences stored before there was push: that channel first. Who chooses push gets push."""
    one, other = homes(world, pupil)
    for home in (one, other):
        with_device(service, home.id)
    with acting_as("messages"):
        commit(Overwrite(store.PreferencesItem(f"PERSON#{one.id}", "PREFERENCES", channel="sms")))
    body = {"channel": "mail", "channels": {"absence": ["push"]}}
    chosen = call("messages", "choose_preferences", other.id, body=body, headers={"if-match": '"0"'})
    assert (chosen.status, chosen.body["channels"]) == (200, {"absence": ["push"]})
    missed(lesson, pupil)
    assert became(world, pupil, one)[0] == "sms"
    assert became(world, pupil, other)[0] == "push"


def test_an_emergency_goes_by_push_too(
    world: World, tables: Cloud, pupil: NewPupil, service: PushService
) -> None:
    one, _ = homes(world, pupil)
    browser = with_device(service, one.id)
    unit, principal = {"unit": world.unit}, world.staff("principal")
    asked = {"audience": "guardians"}
    number = call("messages", "preview_emergency", principal, path=unit, query=asked).body["recipients"]
    body = {"texts": {"sv": "Skolan är stängd."}, "audience": "guardians", "recipients": number}
    sent = call("messages", "send_emergency", principal, path=unit, body=body, headers=new_key())
    for envelope in outbox("messages"):
        if envelope["type"] == "messages.EmergencyDue.v1":
            assert deliver("messages", "deliver_emergency", envelope, envelope) == []
    (said,) = service.to(browser)
    assert (said["body"], said["headers"]["urgency"]) == ("Skolan är stängd.", "high")
    assert reached(tables, one)[0] == 1
    path = unit | {"emergency": sent.body["id"]}
    read = call("messages", "read_emergency", principal, path=path).body
    assert (read["told"], read["waiting"]) == (number, 0)


# Whose a device is


def test_a_device_is_once_and_is_theirs_who_signed_in_last(
    world: World, pupil: NewPupil, lesson: Lesson, service: PushService
) -> None:
    one, other = (home.id for home in homes(world, pupil))
    browser = service.subscribe()
    key = new_key()
    first, again = (subscribe(one, browser, **key) for _ in range(2))
    assert (first.status, again.body) == (201, first.body)
    assert subscribe(one, browser).status == 201
    assert [(d["id"], d["host"]) for d in listed(one)] == [(first.body["id"], f"127.0.0.1:{service.port}")]
    moved = subscribe(other, browser)
    assert (moved.status, moved.body["id"]) == (201, first.body["id"])
    assert (listed(one), len(listed(other))) == ([], 1)
    assert {row["action"] for row in audit_rows(one)} >= {"subscribe_to_push", "take_over_device"}
    for by in (one, other):
        assert deliver("messages", "deliver_message", remind(by, when=lesson.end)) == []
    assert len(service.to(browser)) == 1

    path = {"subscription": first.body["id"]}
    statuses = [call("messages", "unsubscribe_from_push", by, path=path).status for by in (one, other, other)]
    assert statuses == [404, 204, 404]
    assert subscribe(one, browser).status == 201


def test_what_is_refused(world: World, pupil: NewPupil, service: PushService) -> None:
    one, _ = (home.id for home in homes(world, pupil))
    for _ in range(MOST):
        with_device(service, one)
    good = service.subscribe().json
    other_port = f"http://127.0.0.1:{service.port + 1}/push/x"
    for body, status, code in (
        (good, 409, "too-many-devices"),
        (good | {"endpoint": "https://example.org/push"}, 422, "unknown-push-service"),
        (good | {"endpoint": "https://169.254.169.254/latest/"}, 422, "unknown-push-service"),
        (good | {"endpoint": other_port}, 422, "unknown-push-service"),
        (good | {"keys": good["keys"] | {"p256dh": "B" * 87}}, 422, "broken-subscription"),
        (good | {"keys": good["keys"] | {"auth": "kort"}}, 422, "invalid"),
        ({"endpoint": good["endpoint"]}, 422, "invalid"),
    ):
        refused = subscribe(one, body)
        assert (refused.status, refused.body["type"]) == (status, f"urn:skolkit:problem:{code}")
        assert "push/" not in json.dumps(refused.body)
    assert len(listed(one)) == MOST


def test_nothing_says_the_address_of_a_device(
    world: World, pupil: NewPupil, lesson: Lesson, service: PushService, capfd: pytest.CaptureFixture[str]
) -> None:
    """Neither log, facts, trail, answers nor the extract, which says its service and since when."""
    one, _ = homes(world, pupil)
    has, gone = with_device(service, one.id), with_device(service, one.id)
    service.answer(gone, 410)
    missed(lesson, pupil)
    extract = gather(Requested(request=new_id(), person=one.id, contacts=False))
    rows = next(s for s in extract if s.title.en == "Devices for notifications").rows
    assert [row[1] for row in rows] == [f"127.0.0.1:{service.port}"]
    out, err = capfd.readouterr()
    said = out + err + json.dumps([outbox("messages"), audit_rows(one.id), log(world, pupil), listed(one.id)])
    said += repr(extract)
    for browser in (has, gone):
        keys = browser.json["keys"]
        for secret in (browser.endpoint, browser.endpoint.rsplit("/", 1)[1], keys["p256dh"], keys["auth"]):
            assert secret not in said


# Who gets nothing


def test_nothing_is_pushed_to_whom_nothing_may_be_sent(
    world: World, tables: Cloud, lesson: Lesson, service: PushService
) -> None:
    """A protected guardian, a guardian who no longer is one, and a record that was merged into another."""
    hidden, former, closed = world.classmates()[:3]
    protected, other = homes(world, hidden)
    browsers = [with_device(service, home.id) for home in (protected, other)]
    row = person_row(protected) | {"securityMarking": "Sekretessmarkering"}
    assert drop(tables, "register/persons/protected.jsonl", [row])["failed"] == 0
    ex = homes(world, former)[0]
    browsers.append(with_device(service, ex.id))
    custody_ended(world, former.id, ex.id)
    twin, kept = homes(world, closed)[0], PersonId(new_id())
    card = {"id": kept, "givenName": "Test", "familyName": "Dubbel", "birthDate": "1980-01-31"}
    assert drop(tables, "register/persons/twin.jsonl", [card])["failed"] == 0
    browsers.append(with_device(service, twin.id))
    merged = call(
        "register", "merge_persons", world.staff("administrator"), path={"person": kept},
        body={"duplicate": twin.id}, headers=new_key(),
    )  # fmt: skip
    assert merged.status == 201, merged.body
    missed(lesson, hidden, former)
    for envelope in (remind(protected.id, when=lesson.end), remind(twin.id, when=lesson.end)):
        deliver("messages", "deliver_message", envelope)
    assert [len(service.to(browser)) for browser in browsers] == [0, 1, 0, 0]


# Where nothing is sent


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


def test_what_it_costs(world: World, pupil: NewPupil, lesson: Lesson, service: PushService) -> None:
    """Sending by push asks the database as often as sending by mail."""
    one, other = (home.id for home in homes(world, pupil))
    with acting_as("messages"):
        browser = service.subscribe()
    with metered() as made:
        assert subscribe(one, browser).status == 201
    with metered() as moved:
        assert subscribe(other, browser).status == 201
    assert (made.trips, moved.trips) == (2, 3)
    use = []
    for person in (one, other):
        with metered() as spent:
            assert deliver("messages", "deliver_message", remind(person, urgent=True, when=lesson.end)) == []
        use.append(spent)
    by_mail, by_push = use
    assert by_push.operations == by_mail.operations
    with metered() as seen:
        assert saw(other, service.to(browser)[0]["delivery"]).status == 204
    assert seen.trips == 2
    assert State.CONFIRMED in {State(d["state"]) for d in _everything(other)}
    print({"subscribe": made, "move": moved, "mail": by_mail, "push": by_push, "seen": seen})


def _everything(person: PersonId) -> list[dict[str, Any]]:
    with acting_as("messages"):
        rows = store.DeliveryItem.query(f"PUPIL#{person}")
        return [{"state": row.state} for row in rows]


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
