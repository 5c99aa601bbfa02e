"""A home, a pupil and a teacher subscribe to calendars (process 35): an address opens without signing in,
shows what its owner may see now, and nothing once it is revoked.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from icalendar import Calendar

from functions.exchange.domain.calendars import window
from skolkit.clock import today
from skolkit.types import PersonId, new_id
from tests.support import faults
from tests.support.deployed import Deployed
from tests.support.scenes import little_school, refused

PROCESSES = (35,)


@pytest.fixture
def own(school: Deployed) -> Deployed:
    return little_school(school, "99990350")


def subscribe(own: Deployed, by: PersonId, **body: Any) -> dict[str, Any]:
    answer = own.call(
        "exchange", "subscribe_calendar", by, body={"kind": "person"} | body,
        headers={"idempotency-key": new_id()},
    )  # fmt: skip
    assert answer.status == 201, answer.body
    made: dict[str, Any] = answer.body
    return made


def fetch(own: Deployed, address: str) -> httpx.Response:
    """As a calendar does: nothing but the address."""
    return httpx.get(f"{own.cloud.endpoint}{urlsplit(address).path}", timeout=60)


def lessons(reply: httpx.Response) -> set[str]:
    assert reply.status_code == 200, reply.text
    events: list[Any] = Calendar.from_ical(reply.text).walk("VEVENT")
    return {str(event["uid"]) for event in events if isinstance(event["dtstart"].dt, datetime)}


def test_calendars_are_subscribed_to_fetched_and_revoked(own: Deployed) -> None:
    pupil, klass = own.world.classmates()[0], own.world.klass
    one, other = (g.guardian_id for g in pupil.guardians)
    mentor, stranger = klass.mentor_ids[0], own.world.classmates()[3].guardians[0].guardian_id
    first, last = window(today())
    planned = {x.id for x in own.world.of_class() if first <= today(x.start) <= last}

    home = subscribe(own, one, person=pupil.id, name="Skolveckan")
    reply = fetch(own, home["address"])
    assert planned <= lessons(reply)
    assert reply.headers["content-type"] == "text/calendar; charset=utf-8; method=PUBLISH"
    assert reply.headers["cache-control"] == "no-store"
    said = (pupil.given_name, pupil.family_name, own.world.population.unit.name, pupil.id)
    assert not any(secret in reply.text for secret in said)
    group = subscribe(own, mentor, kind="group", group=klass.id)
    assert lessons(fetch(own, group["address"])) == planned
    assert planned <= lessons(fetch(own, subscribe(own, PersonId(pupil.id))["address"]))

    for who, body in (
        (stranger, {"kind": "person", "person": pupil.id}), (other, {"kind": "group", "group": klass.id}),
    ):  # fmt: skip
        refused(
            own.call(
                "exchange", "subscribe_calendar", who, body=body, headers={"idempotency-key": new_id()}
            ),
            404, "not-found",
        )  # fmt: skip
    listed = own.call("exchange", "list_my_calendars", one).body["data"]
    assert [(row["id"], row["name"]) for row in listed] == [(home["id"], "Skolveckan")]
    reads = own.call("access", "list_reads", one, path={"person": pupil.id}).body["data"]
    assert "fetch_calendar" in str(reads)

    path = {"calendar": home["id"]}
    refused(own.call("exchange", "revoke_calendar", other, path=path), 404, "not-found")
    assert own.call("exchange", "revoke_calendar", one, path=path).status == 204
    gone, wrong = fetch(own, home["address"]), fetch(own, f"{group['address'][:-9]}wrong.ics")
    assert (gone.status_code, gone.text) == (wrong.status_code, wrong.text)
    assert gone.status_code == 404
    assert lessons(fetch(own, group["address"])) == planned
    faults.quiet(own.cloud)
