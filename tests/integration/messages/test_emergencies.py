"""Telling everybody around a unit at once (process 28): whom, how far, and what a kill between two steps
leaves.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from functions.messages import channels
from functions.messages.domain import deliveries
from functions.messages.domain import emergencies as rules
from functions.messages.usecases import emergencies as usecases
from infra.local.cloud import Cloud
from infra.local.population import NewPupil
from skolkit.types import PersonId, new_id
from tests.support.areas import Answer, audit_rows, call, deliver, outbox
from tests.support.ways import pump_due_only, refusing
from tests.support.world import World, drop, make_world, person_row

TEXTS = {"sv": "Skolan är stängd i dag.", "en": "The school is closed today."}


@pytest.fixture
def world(tables: Cloud) -> World:
    return make_world(tables)


def preview(world: World, audience: str, by: PersonId | None = None) -> Answer:
    return call(
        "messages", "preview_emergency", by or world.staff("principal"), path={"unit": world.unit},
        query={"audience": audience},
    )  # fmt: skip


def send(world: World, audience: str, recipients: int, **other: Any) -> Answer:
    body = {"texts": TEXTS, "audience": audience, "recipients": recipients}
    return call(
        "messages", "send_emergency", world.staff("principal"), path={"unit": world.unit},
        body=body | other, headers={"idempotency-key": new_id()},
    )  # fmt: skip


def counter(world: World, id: str) -> dict[str, Any]:
    read = call(
        "messages", "read_emergency", world.staff("principal"), path={"unit": world.unit, "emergency": id}
    )
    body: dict[str, Any] = read.body
    return body


def parts() -> list[dict[str, Any]]:
    return [e for e in outbox("messages") if e["type"] == "messages.EmergencyDue.v1"]


def sent(cloud: Cloud) -> Counter[str]:
    """How many mails each address has got. (Made-up telephone numbers are few and shared.)"""
    return Counter(address for mail in cloud.messages() for address in mail["To"])


def guardians(world: World, hidden: list[NewPupil]) -> set[PersonId]:
    """Those of the unit's pupils, but not of the protected ones."""
    called = {g.guardian_id for pupil in hidden for g in pupil.guardians}
    return {g.guardian_id for p in world.population.pupils for g in p.guardians} - called


def test_everybody_around_the_unit_is_told_once_by_every_way_and_the_counter_is_exact(
    world: World, tables: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "CHUNK", 30)  # so that a little school has several parts
    before = preview(world, "guardians").body
    refused = send(world, "guardians", before["recipients"] + 1)
    assert (refused.status, refused.body["type"]) == (409, "urn:skolkit:problem:recipients-changed")
    made = send(world, "guardians", before["recipients"])
    assert made.status == 201, made.body
    id = made.body["id"]
    assert (made.body["waiting"], made.body["told"]) == (before["recipients"], 0)
    assert counter(world, id)["waiting"] == before["recipients"]
    assert len(parts()) > 1
    done, now = 0, dict[str, Any]()
    for envelope in parts():
        assert deliver("messages", "deliver_emergency", envelope) == []
        now = counter(world, id)
        assert now["told"] > done
        done = now["told"]
    assert (now["told"], now["waiting"], now["unreached"]) == (before["recipients"], 0, 0)
    for envelope in parts():
        assert deliver("messages", "deliver_emergency", envelope) == []
    assert counter(world, id) == now
    hidden = [p for p in world.population.pupils if p.protection is not None]
    told = guardians(world, hidden)
    homes = [g for g in world.population.guardians if g.id in told]
    assert sent(tables) == Counter(g.email for g in homes if g.email)
    assert len(tables.text_messages()) == len([g for g in homes if g.phone])
    assert len(told) == before["recipients"]
    assert all("stängd" in m["BodyText"] or "closed" in m["BodyText"] for m in tables.messages())
    trail = [row for row in audit_rows(world.unit) if row["action"] == "send_emergency"]
    assert [row["changes"] for row in trail] == [f"guardians {before['recipients']}"]


def test_families_with_protected_identity_are_called_and_not_sent_to(world: World, tables: Cloud) -> None:
    pupil = world.classmates()[0]
    before = preview(world, "both").body
    row = person_row(pupil) | {"securityMarking": "Sekretessmarkering"}
    assert drop(tables, "register/persons/protected.jsonl", [row])["failed"] == 0
    after = preview(world, "both").body
    assert (before["recipients"] - after["recipients"], after["calls"] - before["calls"]) == (2, 2)
    id = send(world, "both", after["recipients"]).body["id"]
    for envelope in parts():
        assert deliver("messages", "deliver_emergency", envelope) == []
    family = {g.guardian_id for g in pupil.guardians}
    homes = {g.id: g for g in world.population.guardians}
    assert not {homes[one].email for one in family} & set(sent(tables))
    path = {"unit": world.unit, "emergency": id}
    listed, cursor = list[dict[str, Any]](), None
    while True:
        page = call(
            "messages", "list_emergency_calls", world.staff("principal"), path=path,
            query={"cursor": cursor} if cursor else {},
        ).body  # fmt: skip
        listed += page["data"]
        cursor = page["cursor"]
        if cursor is None:
            break
    assert family <= {c["person"] for c in listed if c["reason"] == "protected"}
    assert counter(world, id)["calls"] == after["calls"] == len(listed)


def test_nobody_to_reach_is_said_and_a_repeat_is_the_same_emergency(world: World, tables: Cloud) -> None:
    number = preview(world, "staff").body["recipients"]
    key = {"idempotency-key": new_id()}
    body = {"texts": TEXTS, "audience": "staff", "recipients": number}
    path, by = {"unit": world.unit}, world.staff("principal")
    first, again = (
        call("messages", "send_emergency", by, path=path, body=body, headers=key) for _ in range(2)
    )
    assert (first.status, again.status) == (201, 201)
    assert again.body == first.body
    assert len({e["data"]["emergency"] for e in parts()}) == 1
    too_long = send(world, "staff", number, texts={"sv": "a" * 301})
    assert (too_long.status, too_long.body["errors"][0]["field"]) == (422, "texts.sv")


@pytest.mark.parametrize("step", ["claimed", "sent", "counted"])
def test_a_kill_between_two_steps_loses_and_doubles_nobody(
    world: World, tables: Cloud, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """The function dies after its claim, after the provider has the message, or before it has counted; the
    fact comes again when the lease is over. Only a text message may come twice (decision 0005).
    """
    number = preview(world, "guardians").body["recipients"]
    id = send(world, "guardians", number).body["id"]

    class Killed(BaseException):
        pass

    died: list[int] = []

    def dying(*given: Any, **named: Any) -> Any:
        if step == "sent" and len(died) < 1:
            real(*given, **named)
        if len(died) < 1:
            died.append(1)
            raise Killed
        return real(*given, **named)

    target: Any = usecases if step == "counted" else channels
    name = "_counted" if step == "counted" else "send"
    real = getattr(target, name)
    monkeypatch.setattr(target, name, dying)
    monkeypatch.setattr(usecases, "WORKERS", 1)
    envelope = parts()[0]
    with pytest.raises(Killed):
        deliver("messages", "deliver_emergency", envelope)
    monkeypatch.setattr(deliveries, "LEASE", deliveries.LEASE * 0)
    for one in parts():
        assert deliver("messages", "deliver_emergency", one) == []
    assert (counter(world, id)["told"], counter(world, id)["waiting"]) == (number, 0)
    again = Counter(sent(tables).values())
    assert set(again) <= {1, 2}
    assert again[2] == (1 if step == "sent" else 0)


def test_an_hour_without_mail_is_caught_up_and_counted(
    world: World, tables: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither provider takes anything, and the queue gives up: nobody is lost, the counter says who waits,
    and when the providers are back everybody is told once, without any redrive.
    """
    from tests.integration.test_attendance_day import at

    number = preview(world, "staff").body["recipients"]
    id = send(world, "staff", number).body["id"]
    with refusing(monkeypatch, "SESV2"), refusing(monkeypatch, "SNS"):
        for envelope in parts():
            for _ in range(5):
                assert deliver("messages", "deliver_emergency", envelope) == ["0"]
    assert counter(world, id)["told"] == 0
    from datetime import timedelta

    from skolkit.clock import now

    at(monkeypatch, now() + timedelta(hours=1))
    pump_due_only()
    read = counter(world, id)
    assert (read["told"] + read["unreached"], read["waiting"]) == (number, 0)
    assert set(sent(tables).values()) == {1}
