"""People's devices for push messages."""

from __future__ import annotations

from typing import Any

from infra.local.cloud import Cloud
from infra.local.population import NewGuardian
from skolkit.types import PersonId
from tests.support.areas import Answer, call
from tests.support.asks import new_key
from tests.support.push_service import Browser, PushService
from tests.support.ways import (
    mails,
    texts,
)


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
