"""The catalogue of facts, as it is shipped with the code (process 35)."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from functions.access import guard
from functions.exchange.schemas.bus import EventLine, EventPage, EventQuery, EventView
from functions.organisation import queries as organisation
from skolkit.cursor import seal, unseal
from skolkit.errors import NotFound
from skolkit.identity import Caller


def list_events(caller: Caller, query: EventQuery) -> EventPage:
    """Facts in order of area and type. One round trip."""
    _require(caller)
    bound = (caller.seal, "events", query.area or "")
    start = unseal(query.cursor, *bound)
    after = start["after"] if start else ""
    found = [e for e in catalogue().values() if query.area in (None, e["area"]) and e["type"] > after]
    page = found[: query.limit]
    more = {"after": page[-1]["type"]} if len(found) > len(page) else None
    return EventPage(data=[EventLine.model_validate(_line(e)) for e in page], cursor=seal(more, *bound))


def read_event(caller: Caller, type: str) -> EventView:
    """One fact with schema and sample. One round trip."""
    _require(caller)
    if type not in catalogue():
        raise NotFound
    return EventView.model_validate(catalogue()[type])


def _require(caller: Caller) -> None:
    duties = organisation.duties_of(caller.person_id)
    guard.require(caller, "exchange:read_events", guard.SYSTEM, duties)


def _line(entry: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if name not in ("jsonSchema", "sample")}


@cache
def catalogue() -> dict[str, dict[str, Any]]:
    """Every fact by its type, in order. No round trip."""
    entries = json.loads((Path(__file__).parents[1] / "catalogue.json").read_bytes())
    return {entry["type"]: entry for entry in sorted(entries, key=lambda entry: str(entry["type"]))}


def heard() -> dict[str, list[str]]:
    """Who listens to each fact, as `area.function`. No round trip."""
    return {
        type: [f"{one['area']}.{one['function']}" for one in entry["listeners"]]
        for type, entry in catalogue().items()
    }
