"""A connected system subscribes over HTTP, is told of a change, and says how it went (process 35)."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from datetime import date
from typing import Any

import httpx
import pytest

from functions.exchange.domain.clients import Client
from functions.exchange.store.clients import client_writes
from skolkit.table import Item
from tests.support.deployed import Deployed, eventually
from tests.support.receivers import Receiver
from tests.support.scenes import little_school

PROCESSES = (35,)


@pytest.fixture
def own(school: Deployed) -> Deployed:
    return little_school(school, "99990149")


class System:
    """The system: its own token, and requests as its programmer would write them."""

    def __init__(self, own: Deployed) -> None:
        cognito = own.cloud.client("cognito-idp")
        pools = cognito.list_user_pools(MaxResults=60)["UserPools"]
        pool = next(found["Id"] for found in pools if found["Name"] == "skolkit")
        listed = cognito.list_user_pool_clients(UserPoolId=pool, MaxResults=60)["UserPoolClients"]
        self.id = next(found["ClientId"] for found in listed if found["ClientName"] == "integration")
        client = cognito.describe_user_pool_client(UserPoolId=pool, ClientId=self.id)["UserPoolClient"]
        reply = httpx.post(
            f"{own.cloud.endpoint}/oauth2/token", auth=(self.id, client["ClientSecret"]),
            data={"grant_type": "client_credentials", "scope": "skolkit/ss12000.read"},
        )  # fmt: skip
        self._http = httpx.Client(
            base_url=f"{own.cloud.endpoint}/v2.0", timeout=60,
            headers={"authorization": f"Bearer {reply.json()['access_token']}"},
        )  # fmt: skip

    def __call__(self, method: str, path: str, **more: Any) -> httpx.Response:
        return self._http.request(method, path, **more)


@pytest.fixture
def system(own: Deployed) -> Iterator[System]:
    made = System(own)
    granted: Any = {"organisations": "read"} | dict.fromkeys(("subscriptions", "log", "statistics"), "write")
    known = Client(
        id=made.id, name="Provsystemet", resources=granted, expires=date(2099, 12, 31),
        credentials={made.id: None},
    )  # fmt: skip
    for write in client_writes(None, known):
        item = write if isinstance(write, Item) else write.item
        item.version = 1
        own.cloud.client("dynamodb").put_item(TableName="skolkit-exchange", Item=item.serialize())
    yield made
    for one in made("GET", "/subscriptions").json()["data"]:
        assert made("DELETE", f"/subscriptions/{one['id']}").status_code == 204


def test_a_system_is_told_and_says_how_it_went(own: Deployed, system: System) -> None:
    receiver: Receiver = own.receiver
    kinds = [{"resource": "Organisation"}]
    body = {"name": "Ändringar", "target": f"{receiver.origin}/hook", "resourceTypes": kinds}
    made = system("POST", "/subscriptions", json=body)
    assert made.status_code == 201, made.text
    secret, id = made.headers["skolkit-webhook-secret"], made.json()["id"]
    assert system("PATCH", f"/subscriptions/{id}").status_code == 200
    before = len(receiver.got)
    little_school(own, "99990150")  # somebody opens another school

    def told() -> bool:
        own.invoke("exchange", "watch_changes")
        return len(receiver.got) > before

    eventually(told)
    notice = receiver.got[-1]
    assert notice["body"] == b'{"modifiedEntites":["Organisation"],"deletedEntities":false}'
    moment, signed = notice["headers"]["skolkit-signature"].removeprefix("t=").split(",v1=")
    text = f"{moment}.".encode() + notice["body"]
    assert hmac.new(secret.encode(), text, hashlib.sha256).hexdigest() == signed
    found = system("GET", "/organisations", params={"limit": 1000}).json()
    assert len(found["data"]) > 0
    # As the standard writes these two paths.
    entry = {"message": "Okänd skolenhet", "severityLevel": "Warning", "resourceType": "Organisation"}
    assert system("POST", "/log/", json=entry).status_code == 201
    counts = {"resourceType": "Organisation", "newCount": 1, "updatedCount": 0, "deletedCount": 0}
    assert system("POST", "/statistics/", json=counts).status_code == 201
    office = own.world.staff("administrator")
    rows = own.call("exchange", "list_client_log", office, path={"client": system.id}).body["data"]
    assert rows[0]["message"] == "Okänd skolenhet"
    rows = own.call("exchange", "list_client_statistics", office, path={"client": system.id}).body["data"]
    assert rows[0]["created"] == 1
    (state,) = own.call("exchange", "list_all_subscriptions", office).body["data"]
    assert (state["id"], bool(state["lastTold"]), state["fault"]) == (id, True, None)


def test_refusals_are_the_standards_own(system: System) -> None:
    for asked, status in (
        (system("GET", "/subscriptions/5e10f18c-6d0d-450b-a4b8-fa99e1053f78"), 404),
        (system("POST", "/subscriptions", json={"name": "x"}), 400),
        (system("POST", "/log/", json={}), 400),
        (system("GET", "/subscriptions", params={"pageToken": "x"}), 400),
        (system("GET", "/subscriptions", headers={"authorization": "Bearer x"}), 401),
    ):
        assert asked.status_code == status, asked.text
        assert set(asked.json()) == {"code", "message"}
