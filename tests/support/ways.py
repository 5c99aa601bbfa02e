"""A pupil who is missed, and what becomes of the notices: sent, come back, seen, called."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from infra.local.cloud import Cloud
from infra.local.population import NewGuardian, NewPupil
from skolkit import aws
from skolkit.clock import stamp, today
from skolkit.types import PersonId, new_id
from tests.integration.test_attendance_day import invalid, pump, save
from tests.support.areas import Answer, acting_as, call, deliver, outbox, run_schedule
from tests.support.world import Lesson, World


def homes(world: World, pupil: NewPupil) -> list[NewGuardian]:
    known = {g.id: g for g in world.population.guardians}
    return sorted((known[g.guardian_id] for g in pupil.guardians), key=lambda g: g.id)


def missed(lesson: Lesson, *pupils: NewPupil) -> None:
    """Unexcused, and carried to whoever is due a notice."""
    save(lesson, {pupil.id: invalid(lesson) for pupil in pupils})
    pump()


def pump_due() -> None:
    """What is due is handed over, twice, and carried to attendance."""
    run_schedule("messages", "hand_over_due")
    for envelope in outbox("messages") * 2:
        if envelope["type"] == "messages.DeliveryDue.v1":
            assert deliver("messages", "send_again", envelope) == []
    pump()


def receipt(world: World, pupil: NewPupil, home: NewGuardian, kind: str, bounce: str = "Permanent") -> None:
    """SES says something of the last mail to a guardian, twice."""
    (row,) = [d for d in log(world, pupil) if d["recipient"] == home.id]
    tag = "_".join((pupil.id, row["date"], row["notice"], home.id))
    detail = {"eventType": kind, "mail": {"tags": {"delivery": [tag]}}}
    if kind == "Bounce":
        detail["bounce"] = {"bounceType": bounce}
    from functions.messages.app import record_mail_receipt
    from tests.support.areas import Context

    event = {"detail-type": f"Email {kind}", "source": "aws.ses", "detail": detail}
    records = [{"messageId": str(n), "body": json.dumps(event)} for n in range(2)]
    with acting_as("messages"):
        assert record_mail_receipt({"Records": records}, Context())["batchItemFailures"] == []


def log(world: World, pupil: NewPupil) -> list[dict[str, Any]]:
    listed = call("messages", "list_deliveries", world.klass.mentor_ids[0], path={"pupil": pupil.id})
    found: list[dict[str, Any]] = listed.body["data"]
    return found


def became(world: World, pupil: NewPupil, home: NewGuardian) -> tuple[Any, ...]:
    (row,) = [d for d in log(world, pupil) if d["recipient"] == home.id]
    return row["channel"], row["state"], [(t["channel"], t["failure"]) for t in row["tried"]]


def mails(cloud: Cloud, home: NewGuardian) -> int:
    return sum(home.email in mail["To"] for mail in cloud.messages())


def texts(cloud: Cloud, home: NewGuardian) -> int:
    return sum(text["PhoneNumber"] == home.phone for text in cloud.text_messages())


def calls(world: World, lesson: Lesson, by: PersonId | None = None, **query: Any) -> Answer:
    return call(
        "attendance", "list_calls", by or world.staff("principal"), path={"unit": world.unit},
        query={"date": today(lesson.start).isoformat(), **query},
    )  # fmt: skip


@contextmanager
def refusing(monkeypatch: pytest.MonkeyPatch, service: str) -> Iterator[None]:
    """A provider answers that it takes nothing from us now."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", 0)))
            body = json.dumps({"message": "paused"}).encode()
            self.send_response(400)
            self.send_header("x-amzn-errortype", "SendingPausedException")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with monkeypatch.context() as patch:
        patch.setenv(f"AWS_ENDPOINT_URL_{service}", f"http://127.0.0.1:{server.server_address[1]}")
        aws.client.cache_clear()
        try:
            yield
        finally:
            server.shutdown()
    aws.client.cache_clear()


def pump_due_only() -> None:
    """What is due is handed over and carried, twice."""
    run_schedule("messages", "hand_over_due")
    for envelope in outbox("messages") * 2:
        if envelope["type"] == "messages.DeliveryDue.v1":
            assert deliver("messages", "send_again", envelope) == []


def remind(person: PersonId, *, urgent: bool = False, when: datetime | None = None) -> dict[str, Any]:
    data: dict[str, Any] = {
        "id": new_id(), "recipients": [person], "template": "glass_broken", "about": None, "values": {},
        "urgent": urgent,
    }  # fmt: skip
    return {
        "id": new_id(),
        "type": "messages.MessageDue.v1",
        "time": stamp(when or datetime.now().astimezone()),
        "data": data,
    }
