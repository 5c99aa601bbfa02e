"""Another system is let in, fetches what it may, gets another secret, and is stopped (process 35)."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from infra.local import paths
from infra.local.login import system_token
from skolkit.clock import today
from skolkit.types import new_id
from tests.support.areas import Answer
from tests.support.deployed import Deployed
from tests.support.requests_exchange import client_body
from tests.support.scenes import refused

PROCESSES = (35,)


def key() -> dict[str, str]:
    return {"idempotency-key": new_id()}


def manage(school: Deployed, name: str, client: str = "", **more: Any) -> Answer:
    """As an administrator of the municipality."""
    path = {"client": client} if client else {}
    return school.call("exchange", name, school.world.staff("administrator"), path=path, **more)


def signed_in(school: Deployed, id: str, secret: str) -> httpx.Response:
    asked = {"grant_type": "client_credentials", "scope": "skolkit/ss12000.read"}
    return httpx.post(f"{school.cloud.endpoint}/oauth2/token", data=asked, auth=(id, secret), timeout=60)


def pull(school: Deployed, token: str, path: str, query: Mapping[str, str] | None = None) -> httpx.Response:
    return httpx.get(
        f"{school.cloud.endpoint}/v2.0{path}", params=dict(query or {}), timeout=60,
        headers={"authorization": f"Bearer {token}"},
    )  # fmt: skip


def everything(school: Deployed, token: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    query = {"limit": "2"}
    while True:
        reply = pull(school, token, "/organisations", query)
        assert reply.status_code == 200, reply.text
        found += reply.json()["data"]
        if not reply.json()["pageToken"]:
            return found
        query = {"limit": "2", "pageToken": reply.json()["pageToken"]}


def said_no(reply: httpx.Response, status: int) -> None:
    """In the standard's words."""
    assert reply.status_code == status, reply.text
    assert set(reply.json()) == {"code", "message"}


@pytest.fixture(scope="module")
def made(school: Deployed) -> dict[str, Any]:
    body = client_body(
        resources={"organisations": "read"}, withheld=["organisations.municipalityCode"], perMinute=1000
    )
    refused(
        manage(school, "register_client", body=body | {"withheld": ["x"]}, headers=key()), 422, "bad-grant"
    )
    answer = manage(school, "register_client", body=body, headers=key())
    assert answer.status == 201, answer.body
    found: dict[str, Any] = answer.body
    return found


def test_a_system_is_let_in_limited_renewed_and_stopped(school: Deployed, made: dict[str, Any]) -> None:
    client, id, secret = made["client"]["id"], made["clientId"], made["clientSecret"]
    teacher = school.world.staff("teacher")
    refused(school.call("exchange", "read_client", teacher, path={"client": client}), 404, "not-found")
    assert signed_in(school, id, "wrong").status_code == 400
    token = signed_in(school, id, secret).json()["access_token"]

    found = everything(school, token)
    assert school.world.unit in {one["id"] for one in found}
    assert len({one["id"] for one in found}) == len(found)
    assert not any("municipalityCode" in one for one in found)
    one = pull(school, token, f"/organisations/{school.world.unit}").json()
    assert one["id"] == school.world.unit
    said_no(pull(school, token, f"/organisations/{new_id()}"), 404)
    said_no(pull(school, token, "/persons"), 403)
    said_no(pull(school, "no-token", "/organisations"), 401)
    said_no(pull(school, school.token(teacher), "/organisations"), 401)

    rotated = manage(school, "rotate_secret", client, body={"oldHoldsHours": 1}, headers=key())
    assert rotated.status == 201, rotated.body
    newer = signed_in(school, rotated.body["clientId"], rotated.body["clientSecret"]).json()["access_token"]
    for each in (token, newer):
        assert pull(school, each, "/organisations").status_code == 200

    slow = client_body(resources={"organisations": "read"}, perMinute=1)
    version = {"if-match": f'"{rotated.body["client"]["version"]}"'}
    assert manage(school, "change_client", client, body=slow, headers=version).status == 200
    answers = [pull(school, newer, "/organisations") for _ in range(4)]
    late = [reply for reply in answers if reply.status_code == 429]
    assert late
    said_no(late[0], 429)
    assert 0 < int(late[0].headers["retry-after"]) <= 60

    stopped = manage(school, "stop_client", client, headers=key())
    assert stopped.body["stopped"] is True
    for each in (token, newer):
        said_no(pull(school, each, "/organisations"), 403)
    assert signed_in(school, id, secret).status_code == 400

    uses = manage(school, "list_client_uses", client).body["data"]
    told = {row["resource"]: row for row in uses if row["day"] == today().isoformat()}
    assert told["organisations"]["entities"] >= len(found)
    assert told["organisations"]["refusals"] >= 4
    assert told["persons"]["refusals"] == 1


CONNECT = """
from infra.local.cloud import Cloud
from infra.local.seed import connect_system
connect_system(Cloud(port={port}))
"""


def test_the_demo_system_fetches_at_once(school: Deployed) -> None:
    """Connected in a process of its own, as seeding is: it writes as an area does."""
    for _ in range(2):  # an interrupted seeding goes on
        program = CONNECT.format(port=school.cloud.port)
        subprocess.run([sys.executable, "-c", program], check=True, cwd=paths.ROOT)
    assert everything(school, system_token(school.cloud))
