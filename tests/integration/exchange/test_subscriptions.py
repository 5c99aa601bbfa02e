"""Subscriptions through SS 12000: kept by their client, told of changes, tried again, given up, resumed."""

from __future__ import annotations

import hashlib
import hmac
import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from functions.exchange.store import subscriptions as store
from functions.exchange.store.clients import client_writes, find_client
from functions.exchange.usecases import notices, resources
from functions.organisation.store.units import UnitItem
from infra.local.cloud import Cloud
from skolkit import outbound
from skolkit.clock import now
from skolkit.table import Erase, commit
from skolkit.types import new_id
from tests.integration.test_attendance_day import at
from tests.support.areas import acting_as, audit_rows, deliver, outbox, run_schedule
from tests.support.receivers import Receiver
from tests.support.standard import ask, connect
from tests.support.world import UNITS_TABLE, drop

WANTED = {"name": "Provsystemet", "resourceTypes": [{"resource": "Organisation"}]}
SECRET = "skolkit-webhook-secret"


@pytest.fixture
def receiver(tables: Cloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    with Receiver() as running:
        monkeypatch.setenv("SKOLKIT_WEBHOOK_HOSTS", running.origin)
        yield running


@pytest.fixture
def client(tables: Cloud) -> str:
    return connect()


def imported(cloud: Cloud, name: str, code: int = 99990000) -> None:
    """A change of one element of the organisation, published."""
    head, row = UNITS_TABLE.splitlines()
    lines = [head, row.format(code=code, name=name, address="G", pupils=0)]
    drop(cloud, "organisation/units/units.csv", "\n".join(lines))
    time.sleep(0.06)


def subscribed(client: str, receiver: Receiver, **more: Any) -> dict[str, Any]:
    answer = ask(client, "subscribe", body=WANTED | {"target": f"{receiver.origin}/hook?k=1"} | more)
    assert answer.status == 201, answer.body
    made: dict[str, Any] = answer.body
    return made | {"secret": answer.headers[SECRET]}


def a_minute(*, lost: bool = False) -> int:
    """What happens each minute: look for changes, hand over, send. How many notices were handed over."""
    before = {fact["id"] for fact in outbox("exchange")}
    run_schedule("exchange", "watch_changes")
    due = [fact for fact in outbox("exchange") if fact["id"] not in before]
    if not lost:
        assert deliver("exchange", "send_notice", *due, *due) == []  # each comes twice
    return len(due)


def of(client: str, id: str) -> Any:
    with acting_as("exchange"):
        found = store.find(client, id)
    assert found
    return found


def test_a_client_keeps_its_own(client: str, receiver: Receiver) -> None:
    made = subscribed(client, receiver)
    shown = {name: value for name, value in made.items() if name != "secret"}
    assert shown == WANTED | {"id": made["id"], "expires": made["expires"], "target": made["target"]}
    left = datetime.fromisoformat(made["expires"]) - now()
    assert timedelta(days=6, hours=23) < left <= timedelta(days=7)
    path = {"id": made["id"]}
    read = ask(client, "read_subscription", path=path)
    assert (read.status, read.body) == (200, shown)
    assert SECRET not in read.headers
    other = connect()
    for name in ("read_subscription", "renew_subscription", "end_subscription"):
        assert ask(other, name, path=path).status == 404
        assert ask(client, name, path={"id": new_id()}).status == 404
        assert ask(client, name, path={"id": "x"}).status in (400, 404)
    assert ask(other, "list_subscriptions").body == {"data": [], "pageToken": None}
    assert ask(client, "list_subscriptions").body == {"data": [shown], "pageToken": None}
    assert ask(client, "end_subscription", path=path).status == 204
    assert ask(client, "read_subscription", path=path).status == 404
    actions = [row["action"] for row in audit_rows(f"client:{client}")]
    assert actions == ["subscribe", "end_subscription"]


def test_the_same_request_again_begins_nothing_more(client: str, receiver: Receiver) -> None:
    first, again = subscribed(client, receiver), subscribed(client, receiver)
    assert (first["id"], first["secret"]) == (again["id"], again["secret"])
    other = subscribed(client, receiver, name="En annan")
    assert other["id"] != first["id"]
    assert other["secret"] != first["secret"]


def test_lists_page(client: str, receiver: Receiver) -> None:
    made = [subscribed(client, receiver, name=f"Nr {n}")["id"] for n in range(5)]
    found, query = [], {"limit": 2}
    while True:
        page = ask(client, "list_subscriptions", query=query).body
        found += [one["id"] for one in page["data"]]
        if page["pageToken"] is None:
            break
        assert len(page["data"]) == 2
        assert ask(connect(), "list_subscriptions", query={"pageToken": page["pageToken"]}).status == 400
        query = {"limit": 2, "pageToken": page["pageToken"]}
    assert found == made
    assert ask(client, "list_subscriptions", query={"limit": 0}).status == 400
    assert ask(client, "list_subscriptions", query={"name": "Nr 1"}).status == 400


def test_no_more_than_a_client_needs(client: str, receiver: Receiver) -> None:
    for n in range(20):
        subscribed(client, receiver, name=f"Nr {n}")
    body = WANTED | {"target": f"{receiver.origin}/hook", "name": "En till"}
    assert ask(client, "subscribe", body=body).status == 409


def test_only_what_the_client_may_read(receiver: Receiver) -> None:
    body = WANTED | {"target": f"{receiver.origin}/hook"}
    narrow = connect(resources={"organisations": "read", "subscriptions": "write"})
    assert ask(narrow, "subscribe", body=body).status == 201
    more = body | {"resourceTypes": [{"resource": "Organisation"}, {"resource": "Grade"}]}
    assert ask(narrow, "subscribe", body=more).status == 403
    for rights in ({"organisations": "read", "subscriptions": "read"}, {"organisations": "read"}, {}):
        assert ask(connect(resources=rights), "subscribe", body=body).status == 403
    reader = connect(resources={"subscriptions": "read"})
    assert ask(reader, "list_subscriptions").status == 200
    assert ask(reader, "renew_subscription", path={"id": new_id()}).status == 403


@pytest.mark.parametrize(
    "body",
    [
        {}, WANTED, WANTED | {"target": "https://x.example.se", "name": ""},
        WANTED | {"target": "https://x.example.se", "resourceTypes": []},
        WANTED | {"target": "https://x.example.se", "resourceTypes": [{"resource": "Organsation"}]},
        WANTED | {"target": "http://x.example.se"}, WANTED | {"target": "https://127.0.0.1/"},
        WANTED | {"target": "https://a:b@x.example.se/"}, WANTED | {"target": 1}, "x", [],
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(client: str, body: Any) -> None:
    answer = ask(client, "subscribe", body=body)
    assert (answer.status, set(answer.body)) == (400, {"code", "message"})


def test_kinds_may_be_said_as_in_the_standards_own_example(client: str) -> None:
    body = WANTED | {"target": "https://x.example.se/hook", "resourceTypes": ["Organisation", "Organisation"]}
    answer = ask(client, "subscribe", body=body)
    assert answer.body["resourceTypes"] == [{"resource": "Organisation"}]


def test_two_changes_are_one_notice_signed_and_nothing_new_is_none(
    client: str, receiver: Receiver, tables: Cloud
) -> None:
    made = subscribed(client, receiver)
    imported(tables, "Ena skolan")
    imported(tables, "Andra skolan", 99990001)
    assert a_minute() == 1
    assert receiver.bodies == [{"modifiedEntites": ["Organisation"], "deletedEntities": False}]
    (notice,) = receiver.got
    assert notice["path"] == "/hook?k=1"
    moment, _, signed = notice["headers"]["skolkit-signature"].removeprefix("t=").partition(",v1=")
    text = f"{moment}.".encode() + notice["body"]
    assert hmac.new(made["secret"].encode(), text, hashlib.sha256).hexdigest() == signed
    assert abs(int(moment) - time.time()) < 60
    assert a_minute() == 0
    imported(tables, "Nytt namn")
    assert a_minute() == 1
    assert len(receiver.got) == 2


def test_a_deletion_is_told_as_one(client: str, receiver: Receiver, tables: Cloud) -> None:
    subscribed(client, receiver)
    imported(tables, "Ena skolan")
    a_minute()
    with acting_as("organisation"):
        unit = next(iter(UnitItem.scan(UnitItem.name == "Ena skolan")))
        commit(Erase(unit))
    time.sleep(0.06)
    assert a_minute() == 1
    assert receiver.bodies[-1] == {"modifiedEntites": [], "deletedEntities": True}


def test_what_changed_while_a_notice_was_on_its_way_comes_in_the_next(
    client: str, receiver: Receiver, tables: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = subscribed(client, receiver)
    imported(tables, "Ena skolan")
    real = outbound.post

    def slowly(*given: Any, **more: Any) -> int:
        imported(tables, "Andra skolan", 99990001)
        run_schedule("exchange", "watch_changes")
        assert of(client, made["id"]).waiting
        return real(*given, **more)

    monkeypatch.setattr(outbound, "post", slowly)
    a_minute()
    monkeypatch.setattr(outbound, "post", real)
    assert len(receiver.got) == 1  # never two at once
    assert a_minute() == 1
    assert len(receiver.got) == 2


def test_a_notice_that_was_lost_is_handed_over_again(
    client: str, receiver: Receiver, tables: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribed(client, receiver)
    imported(tables, "Ena skolan")
    begun = now()
    assert a_minute(lost=True) == 1
    assert a_minute() == 0
    at(monkeypatch, begun + timedelta(minutes=21))
    assert a_minute() == 1
    assert len(receiver.got) == 1


def test_a_receiver_that_fails_for_a_day_is_given_up_and_resumed_by_its_client(
    client: str, receiver: Receiver, tables: Cloud, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """After 1, 5, 15 and 60 minutes, then hourly; what was to be told is told when it is resumed."""
    made = subscribed(client, receiver)
    receiver.status = 500
    imported(tables, "Ena skolan")
    begun, tried = now(), []
    for minutes in range(25 * 60):
        moment = begun + timedelta(minutes=minutes)
        known = of(client, made["id"])
        if known.paused or (known.due and known.due > moment):
            continue
        at(monkeypatch, moment)
        if a_minute():
            tried.append(minutes)
    assert tried[:6] == [0, 1, 6, 21, 81, 141]
    assert tried[-1] >= 24 * 60 - 60
    assert len(receiver.got) == len(tried) < 31
    known = of(client, made["id"])
    assert (known.fault, bool(known.paused)) == ("refused", True)
    assert capsys.readouterr().out.count('"SubscriptionPaused":') == 1
    receiver.status = 200
    imported(tables, "Andra skolan", 99990001)
    assert a_minute() == 0
    assert ask(client, "renew_subscription", path={"id": made["id"]}).status == 200
    assert a_minute() == 1
    known = of(client, made["id"])
    assert (known.fault, known.paused, bool(known.telling or known.waiting)) == ("", None, False)


@pytest.mark.parametrize(
    ("does", "fault", "paused"),
    [
        ({"status": 410}, "gone", True), ({"status": 404}, "refused", False),
        ({"status": 302, "headers": {"location": "/elsewhere"}}, "refused", False),
        ({"status": 307, "headers": {"location": "http://169.254.169.254/"}}, "refused", False),
        ({"hangs": 5.0}, "slow", False), ({"drips": True}, "slow", False),
    ],
)  # fmt: skip
def test_receivers_that_do_otherwise(
    client: str, receiver: Receiver, tables: Cloud, monkeypatch: pytest.MonkeyPatch, does: dict[str, Any],
    fault: str, paused: bool,
) -> None:  # fmt: skip
    monkeypatch.setattr(outbound.post, "__kwdefaults__", {"local": False, "connect": 1.0, "whole": 0.3})
    made = subscribed(client, receiver)
    for name, value in does.items():
        setattr(receiver, name, value)
    imported(tables, "Ena skolan")
    a_minute()
    known = of(client, made["id"])
    assert (known.fault, bool(known.paused)) == (fault, paused)
    assert len(receiver.got) == 1  # no redirect is followed
    assert known.telling


def test_a_name_that_leads_inside_is_not_connected_to_and_given_up(
    client: str, receiver: Receiver, tables: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = subscribed(client, receiver, target="https://inside.example.se/hook")
    imported(tables, "Ena skolan")
    real = socket.getaddrinfo

    def inside(host: Any, port: Any, *given: Any, **more: Any) -> Any:
        return real("169.254.169.254" if host == "inside.example.se" else host, port, *given, **more)

    monkeypatch.setattr(socket, "getaddrinfo", inside)
    monkeypatch.setattr(outbound, "_answered", lambda *_: pytest.fail("connected"))
    a_minute()
    known = of(client, made["id"])
    assert (known.fault, bool(known.paused)) == ("address", True)


def test_what_has_ended_is_not_there_and_not_told(
    client: str, receiver: Receiver, tables: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, kept = subscribed(client, receiver), subscribed(client, receiver, name="En annan")
    begun = now()
    at(monkeypatch, begun + timedelta(days=6))
    renewed = ask(client, "renew_subscription", path={"id": kept["id"]}).body
    assert datetime.fromisoformat(renewed["expires"]) > begun + timedelta(days=12, hours=23)
    imported(tables, "Ena skolan")
    at(monkeypatch, begun + timedelta(days=8))
    for name in ("read_subscription", "renew_subscription", "end_subscription"):
        assert ask(client, name, path={"id": made["id"]}).status == 404
    assert [one["id"] for one in ask(client, "list_subscriptions").body["data"]] == [kept["id"]]
    assert a_minute() == 1
    with acting_as("exchange"):
        item = store.SubscriptionItem.get(store.PK, f"{client}#{made['id']}")
    assert int(item.expires) == int(datetime.fromisoformat(made["expires"]).timestamp())


def test_a_client_that_has_been_stopped_is_told_nothing(
    client: str, receiver: Receiver, tables: Cloud
) -> None:
    subscribed(client, receiver)
    imported(tables, "Ena skolan")
    with acting_as("exchange"):
        known = find_client(client)
        assert known
        commit(*client_writes(known, replace(known, stopped=True)))
    a_minute()
    assert receiver.got == []
    with acting_as("exchange"):
        commit(*client_writes(known, replace(known, version=known.version + 1, expires=date(2099, 1, 1))))
    imported(tables, "Andra skolan", 99990001)
    a_minute()
    assert len(receiver.got) == 1


def test_one_areas_trouble_keeps_nobody_elses_changes(
    client: str, receiver: Receiver, tables: Cloud, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """A kind that cannot be read now alarms, and is looked for again from where it was."""
    subscribed(client, receiver, resourceTypes=[{"resource": "Person"}, {"resource": "Organisation"}])
    real = resources.resource_of

    with monkeypatch.context() as patched:
        patched.setattr(notices, "resource_of", lambda name: {"organisations": real("organisations")}[name])
        imported(tables, "Ena skolan")
        assert a_minute() == 1
    assert receiver.bodies[0]["modifiedEntites"] == ["Organisation"]
    assert capsys.readouterr().out.count('"FeedNotFollowed":') == 1
    monkeypatch.setattr(notices, "resource_of", lambda _: real("organisations"))  # as if people had changed
    assert a_minute() == 1
    assert receiver.bodies[1]["modifiedEntites"] == ["Person"]
