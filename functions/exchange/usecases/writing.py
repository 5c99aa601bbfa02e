"""SS 12000 for writing: a client with the right writes into the area that owns the resource, by its rules."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from pydantic_core import to_json

from functions.attendance.usecases import writing as attendance
from functions.exchange.usecases.readers import Reader, admit
from skolkit.config import feed_lag
from skolkit.errors import NotFound
from skolkit.http import Rendered, Request
from skolkit.identity import Caller
from skolkit.ss12000 import Author

LATER = datetime.max.replace(tzinfo=UTC)  # what is written shows when it will be published


def write_entity(request: Request[Any, None], name: str) -> Rendered:
    """Write something, and show it as it is then. Three round trips more than the write itself."""
    who = _writer(request.caller, name)
    entity = attendance.write(name, _author(who), request.body)
    body = who.shown(name, entity) if who.sees(name, entity) else None
    if body is None:
        raise NotFound
    return Rendered(json_text=to_json(body), count=1)


def delete_entity(request: Request[None, None], name: str) -> None:
    """Take something back. Two round trips more than that itself."""
    who = _writer(request.caller, name)
    attendance.delete(name, _author(who), request.id("id"))


def _writer(caller: Caller, name: str) -> Reader:
    from functions.register.ss12000 import protected_people

    client = admit(caller, name, "write")
    return Reader(client, protected_people(), LATER, feed_lag())


def _author(who: Reader) -> Author:
    return Author(
        f"client:{who.client.id}",
        lambda person, units, forms: who.client.sees(person, units, forms, who.hidden),
    )
