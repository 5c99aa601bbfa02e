"""Another system is let in, counted and stopped with the functions' roles as they are; the reader may count
and write nothing else.
"""

from __future__ import annotations

import json
from typing import Any

from skolkit.types import new_id
from tests.e2e.conftest import Behind
from tests.support.areas import gateway_event, operation
from tests.support.requests_exchange import client_body


def ask(guarded: Behind, client: str, name: str, body: Any = None) -> dict[str, Any]:
    op = operation("exchange", name)
    event = gateway_event(
        op, person=None, path={}, query={}, body=body, headers={}, scopes="skolkit/ss12000.read",
        claimed={"client_id": client},
    )  # fmt: skip
    reply = guarded.cloud.client("lambda").invoke(
        FunctionName=f"skolkit-exchange-{'writer' if op.writes else 'reader'}",
        Payload=json.dumps(event).encode(),
    )
    answer: dict[str, Any] = json.loads(reply["Payload"].read())
    return answer


def test_a_system_fetches_is_counted_and_stopped(guarded: Behind) -> None:
    keeper, key = guarded.world.staff("administrator"), {"idempotency-key": new_id()}
    made = guarded.call("exchange", "register_client", keeper, body=client_body(), headers=key)
    assert made.status == 201, made.body
    path, id = {"client": made.body["client"]["id"]}, made.body["clientId"]
    page = ask(guarded, id, "list_organisations")
    assert page["statusCode"] == 200, page
    looked_up = ask(guarded, id, "lookup_organisations", {"ids": [guarded.world.unit]})
    assert looked_up["statusCode"] == 200, looked_up
    for name, body in (
        ("rotate_secret", {"oldHoldsHours": 0}),
        ("stop_client", None),
        ("start_client", None),
    ):
        again = {"idempotency-key": new_id()}
        answer = guarded.call("exchange", name, keeper, path=path, body=body, headers=again)
        assert answer.status < 300, (name, answer.body)
    assert ask(guarded, id, "list_organisations")["statusCode"] == 403
    guarded.invoke("exchange", "keep_clients")
    uses = guarded.call("exchange", "list_client_uses", keeper, path=path)
    assert (uses.status, uses.body["data"][0]["requests"]) == (200, 3), uses.body
    version = {"if-match": f'"{guarded.call("exchange", "read_client", keeper, path=path).body["version"]}"'}
    gone = guarded.call("exchange", "delete_client", keeper, path=path, headers=version)
    assert gone.status == 204, gone.body
