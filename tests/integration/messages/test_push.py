"""Web push as a way (processes 21 and 28), against a push service that checks what it is sent: what is
confirmed and what climbs, devices that are gone, services that are away, whose a device is, and where nothing
is sent.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from functions.messages import store
from functions.messages.domain.deliveries import RULES, Channel, State
from functions.messages.domain.push import MOST
from functions.messages.extract import gather
from functions.messages.store import devices
from functions.messages.usecases import sending
from infra.local.cloud import Cloud
from infra.local.population import NewPupil
from skolkit.errors import ChangedMeanwhile
from skolkit.extracts import Requested
from skolkit.table import Overwrite, commit
from skolkit.types import PersonId, new_id
from tests.integration.test_attendance_day import at
from tests.support.areas import acting_as, audit_rows, call, deliver, outbox
from tests.support.asks import new_key
from tests.support.devices import listed, reached, saw, subscribe, with_device
from tests.support.letters import custody_ended
from tests.support.meter import metered
from tests.support.push_service import PushService
from tests.support.stored import stored
from tests.support.ways import (
    became,
    calls,
    homes,
    log,
    missed,
    pump_due,
    remind,
)
from tests.support.world import Lesson, World, drop, person_row

SOON = timedelta(seconds=1)


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


def test_what_has_been_sent_is_sent_though_a_device_cannot_be_forgotten(
    world: World, lesson: Lesson, pupil: NewPupil, service: PushService, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, _ = homes(world, pupil)
    has, gone = (with_device(service, one.id) for _ in range(2))
    service.answer(gone, 410)

    def busy(*_: Any) -> None:
        raise ChangedMeanwhile

    monkeypatch.setattr(sending, "_forget", busy)
    missed(lesson, pupil)
    assert became(world, pupil, one) == ("push", "accepted", [])
    assert len(service.to(has)) == 1
    assert len(listed(one.id)) == 2


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
