"""The right requests about systems that are let in, and one that is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from skolkit.clock import today
from skolkit.types import PersonId
from tests.support.areas import call
from tests.support.asks import Ask, new_key, over

if TYPE_CHECKING:
    from tests.support.schools import Schools


def client_body(**more: Any) -> dict[str, Any]:
    """A system that may read organisations and people for a year."""
    granted = {"organisations": "read", "persons": "read"}
    last = (today() + timedelta(days=365)).isoformat()
    return {"name": "Schemasystemet", "resources": granted, "expires": last} | more


def registered(administrator: PersonId, **more: Any) -> dict[str, Any]:
    """Register a system; what is answered, with its secret."""
    made = call(
        "exchange", "register_client", administrator, body=client_body(**more), headers=new_key()
    )  # fmt: skip
    assert made.status == 201, made.body
    found: dict[str, Any] = made.body
    return found


def _of_client(s: Schools) -> dict[str, str]:
    return {"client": s.made["client"]}


REQUESTS: dict[str, Callable[[Schools], Ask]] = {
    "exchange.change_client": lambda s: Ask(_of_client(s), body=client_body(perMinute=60), headers=over(1)),
    "exchange.delete_client": lambda s: Ask(_of_client(s), headers=over(1)),
    "exchange.list_client_uses": lambda s: Ask(_of_client(s)),
    "exchange.list_clients": lambda _: Ask(),
    "exchange.read_client": lambda s: Ask(_of_client(s)),
    "exchange.register_client": lambda _: Ask(body=client_body(), headers=new_key()),
    "exchange.rotate_secret": lambda s: Ask(_of_client(s), body={"oldHoldsHours": 1}, headers=new_key()),
    "exchange.start_client": lambda s: Ask(_of_client(s), headers=new_key()),
    "exchange.stop_client": lambda s: Ask(_of_client(s), headers=new_key()),
}
ALLOWED = {row: {"administrator"} for row in REQUESTS}


def subscribed(pupil: str) -> dict[str, str]:
    """The pupil's own calendar."""
    answer = call("exchange", "subscribe_calendar", pupil, body={"kind": "person"}, headers=new_key())
    assert answer.status == 201, answer.body
    *_, calendar, secret = answer.body["address"].split("/")
    return {"calendar": calendar, "secret": secret}
