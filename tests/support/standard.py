"""SS 12000 from the outside: clients with rights, requests by the standard's names, and the standard's own
description, where it is at hand, to hold every answer against.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any

import jsonschema
import yaml

from functions.exchange.domain.clients import Access, Client
from functions.exchange.store.clients import client_writes
from functions.exchange.usecases.resources import RESOURCES
from infra.local import paths
from skolkit.table import commit
from skolkit.types import new_id
from tests.support.areas import Answer, acting_as, call, operation

SPEC = paths.ROOT.parent / "shared" / "specs" / "ss12000.yaml"
READ, WRITE = "skolkit/ss12000.read", "skolkit/ss12000.write"


def connect(access: Access = "read", **more: Any) -> str:
    """A new client that may do everything, but for what is said; its client id."""
    granted: dict[str, Access] = dict.fromkeys(RESOURCES, access)
    granted |= dict.fromkeys(("subscriptions", "log", "statistics"), "write")
    fields: dict[str, Any] = {"name": "Provsystemet", "resources": granted, "expires": date(2099, 12, 31)}
    id = new_id()  # also what it signs in by
    client = Client(id=id, credentials={id: None}, **fields | more)
    with acting_as("exchange"):
        commit(*client_writes(None, client))
    return id


def ask(
    client: str, name: str, *, path: Mapping[str, str] | None = None, query: Mapping[str, Any] | None = None,
    body: Any = None, headers: Mapping[str, str] | None = None, scopes: str = f"{READ} {WRITE}",
) -> Answer:  # fmt: skip
    """Call an operation of the standard as a client would; the answer is held against the description."""
    answer = call(
        "exchange", name, None, path=path, query=query, body=body, headers=headers, scopes=scopes,
        claimed={"client_id": client},
    )  # fmt: skip
    held(name, answer)
    return answer


def every(client: str, resource: str, **query: Any) -> list[dict[str, Any]]:
    """All entities of a list, page by page."""
    return [entity for page in pages(client, resource, **query) for entity in page]


def pages(client: str, resource: str, **query: Any) -> Iterator[list[dict[str, Any]]]:
    """The pages of a list; names of parameters with `_` for a dot."""
    limit = {"limit": query["limit"]} if "limit" in query else {}
    asked: dict[str, Any] = {name.replace("_", "."): value for name, value in query.items()}
    while True:
        answer = ask(client, f"list_{resource}", query=asked)
        assert answer.status == 200, answer.body
        yield answer.body["data"]
        if answer.body["pageToken"] is None:
            return
        asked = {"pageToken": answer.body["pageToken"], **limit}


def held(name: str, answer: Answer) -> None:
    """Hold an answer against the standard's description."""
    if not SPEC.exists():
        return
    op = operation("exchange", name)
    described = spec()["paths"][op.path if op.path in spec()["paths"] else f"{op.path}/"][op.method.lower()]
    if answer.status == 401:
        return  # the description has none
    found = described["responses"].get(str(answer.status), described["responses"]["default"])
    content = found.get("content")
    if content is None:
        assert not answer.body or set(answer.body) == {"code", "message"}, answer.body
        return
    schema = OVERLAY.get((op.method, op.path), content["application/json"]["schema"])
    if answer.status >= 400:
        schema = {"$ref": "#/components/schemas/Error"}
    jsonschema.Draft202012Validator(
        {**schema, "components": spec()["components"]}, format_checker=jsonschema.FormatChecker()
    ).validate(answer.body)
    strange = list(unknown(schema, answer.body, ""))
    assert not strange, strange


_ARRAY = {"type": "array"}
OVERLAY: dict[tuple[str, str], dict[str, Any]] = {
    ("POST", "/calendarEvents/lookup"): _ARRAY | {"items": {"$ref": "#/components/schemas/CalendarEvent"}},
    ("POST", "/attendanceSchedule/lookup"): _ARRAY
    | {"items": {"$ref": "#/components/schemas/AttendanceSchedule"}},
}
"""Answers that the description slips in: the lookup of another resource."""


@cache
def spec() -> dict[str, Any]:
    """The standard's description, its slips mended and `nullable` said as JSON Schema says it."""
    found: dict[str, Any] = yaml.safe_load(SPEC.read_text(encoding="utf-8"))
    schemas = found["components"]["schemas"]
    schemas["Grade"]["required"].remove("schoolUnit")  # no property of it
    for schema in schemas.values():
        if "required" in schema and "properties" in schema and "allOf" not in schema:
            schema["required"] = [name for name in schema["required"] if name in schema["properties"]]
    schemas["AttendanceScheduleEntry"]["properties"]["endTime"] = {"type": "string"}
    schemas["SchoolUnitOffering"]["properties"] |= {
        "id": {"type": "string", "format": "uuid"}, "meta": {"$ref": "#/components/schemas/Meta"},
    }  # fmt: skip
    schemas.get("CurriculumEnum", {}).pop("enum", None)  # stops at 2013
    _nullable(found)
    return found


def _nullable(node: Any) -> None:
    if isinstance(node, dict):
        if node.pop("nullable", False) and "type" in node:
            node["type"] = [node["type"], "null"]
        for value in node.values():
            _nullable(value)
    elif isinstance(node, list):
        for value in node:
            _nullable(value)


def unknown(schema: Mapping[str, Any], value: Any, where: str) -> Iterator[str]:
    """What an answer has that the description knows nothing of."""
    schema = _followed(schema)
    if isinstance(value, list):
        for number, row in enumerate(value):
            yield from unknown(schema.get("items", {}), row, f"{where}[{number}]")
    if not isinstance(value, dict):
        return
    known = dict(_properties(schema))
    for name, inner in value.items():
        if known and name not in known:
            yield f"{where}.{name}"
        elif name in known:
            yield from unknown(known[name], inner, f"{where}.{name}")


def _followed(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in schema:
        schema = spec()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def _properties(schema: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    schema = _followed(schema)
    yield from schema.get("properties", {}).items()
    for part in schema.get("allOf", ()):
        yield from _properties(part)
