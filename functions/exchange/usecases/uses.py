"""How often a client asks, and what it gets: counted where SS 12000 is answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from functions.exchange.store import clients, uses
from skolkit.clock import now
from skolkit.errors import DomainError
from skolkit.http import Rendered, Request

Act = Callable[[Request[Any, Any], str], Rendered]


def counted(act: Act, request: Request[Any, Any], resource: str) -> Rendered:
    """Answer, and count it under the client, the day and the resource; one update more. Who is no client of
    ours is not counted.
    """
    entities, refused = 0, True
    try:
        answer = act(request, resource)
        entities, refused = answer.count, False
        return answer
    except DomainError as error:
        refused = error.status < 500
        raise
    finally:
        if client := clients.owner_of(request.caller.client):
            uses.count_answer(client, resource, now(), entities=entities, refused=refused)
