"""The facts on the bus, told to people and to machines: what each area publishes, with its schema, who
listens, whom it tells of and what it looks like, all read from the code and the golden deliveries."""

from __future__ import annotations

import importlib
import importlib.util
import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel

from infra.areas import Area, function_name
from skolkit.events import Fact
from skolkit.types import PersonId

BUS = "skolkit"
SHOWN_ID = "0192f0c0-0000-7000-8000-000000000001"
_TEXTS = {"date": "2026-11-23", "date-time": "2026-11-23T09:00:00.000Z", "uuid": SHOWN_ID}
# What a schema of ours may say that draft 4 and AsyncAPI say, too; `const` and `$defs` are said otherwise.
_KNOWN = frozenset(
    {"additionalProperties", "default", "description", "enum", "format", "items", "maxItems",
     "minItems", "required", "title", "type"}
)  # fmt: skip


def published(area: str) -> list[type[Fact]]:
    """The facts the area publishes: those its `events` module defines in its own name."""
    name = f"functions.{area}.events"
    if importlib.util.find_spec(name) is None:
        return []
    found = vars(importlib.import_module(name)).values()
    facts = [
        kind for kind in found
        if isinstance(kind, type) and issubclass(kind, Fact) and kind is not Fact
        and getattr(kind, "type", "").startswith(f"{area}.")
    ]  # fmt: skip
    return sorted(facts, key=lambda kind: kind.type)


def schema(fact: type[Fact]) -> dict[str, Any]:
    """The JSON Schema of a fact as it is on the bus (the event's `detail`)."""
    data = fact.model_json_schema(mode="serialization", ref_template="#/$defs/{model}")
    shared = data.pop("$defs", {})
    made = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": fact.type,
        "description": " ".join((fact.__doc__ or "").split()),
        "type": "object",
        "required": ["id", "type", "time", "data"],
        "properties": {
            "id": {"type": "string", "format": "uuid", "description": "The same at every delivery."},
            "type": {"const": fact.type},
            "time": {"type": "string", "format": "date-time"},
            "data": data,
        },
    }
    return made | ({"$defs": shared} if shared else {})


def schema_file(type: str) -> str:
    """Where the schema of a fact lies, from the root of the repository."""
    area, name, version = type.split(".")
    return f"events/schemas/{area}/{name}.{version}.json"


def people_in(model: type[BaseModel], path: str = "") -> Iterator[str]:
    """Where a fact has the id of a person, as `recipients` or `unexcused.pupil`: all it ever says of one."""
    for name, field in model.model_fields.items():
        for kind in _kinds(field.annotation):
            if kind is PersonId:
                yield f"{path}{name}"
            elif isinstance(kind, type) and issubclass(kind, BaseModel):
                yield from people_in(kind, f"{path}{name}.")


def _kinds(annotation: Any) -> Iterator[Any]:
    inner = get_args(annotation)
    yield from (kind for one in inner for kind in _kinds(one)) if inner else (annotation,)


def catalogue(areas: Iterable[Area], samples: Path) -> list[dict[str, Any]]:
    """Every fact in order of type: who publishes it and who listens, whose ids it has, its schema, and a
    delivery from `samples` or, where nobody listens and none was kept, one made after the schema.
    """
    areas = tuple(areas)
    seen, heard = _delivered(samples), _heard(areas)
    return [
        {
            "type": fact.type,
            "area": area.name,
            "summary": " ".join((fact.__doc__ or "").split()),
            "processes": sorted({one["process"] for one in heard.get(fact.type, ())}),
            "listeners": heard.get(fact.type, []),
            "people": sorted(set(people_in(fact))),
            "jsonSchema": schema(fact),
            "sample": seen.get(fact.type) or _example(inlined(schema(fact))),
        }
        for area in sorted(areas, key=lambda area: area.name)
        for fact in published(area.name)
    ]


def without_schemas(entries: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The catalogue with the name of each schema's file instead of the schema."""
    return [
        {name: value for name, value in entry.items() if name != "jsonSchema"}
        | {"schema": schema_file(entry["type"]).removeprefix("events/")}
        for entry in entries
    ]


def _heard(areas: Iterable[Area]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for area in areas:
        for trigger in area.triggers:
            if (trigger.kind, trigger.bus) == ("facts", "skolkit"):
                one = {"area": area.name, "function": trigger.name, "process": trigger.process}
                for kind in trigger.source:
                    found.setdefault(kind, []).append(one)
    return {
        kind: sorted(some, key=lambda one: (one["area"], one["function"])) for kind, some in found.items()
    }


def _delivered(samples: Path) -> dict[str, dict[str, Any]]:
    """The first golden delivery of each fact, by type."""
    found: dict[str, dict[str, Any]] = {}
    for file in sorted(samples.glob("*/*.json")):
        kept = json.loads(file.read_bytes())
        for record in kept.get("Records", ()) if isinstance(kept, dict) else ():
            image = record.get("dynamodb", {}).get("NewImage", {})
            if "body" in record:
                told = json.loads(record["body"])["detail"]
            elif "envelope" in image:
                told = json.loads(image["envelope"]["S"])
            else:
                continue
            if "type" in told:
                found.setdefault(told["type"], told)
    return found


def _example(shape: Mapping[str, Any]) -> Any:
    """A small value that the (inlined) schema admits."""
    match shape:
        case {"const": value} | {"enum": [value, *_]}:
            return value
        case {"anyOf": [first, *_]}:
            return _example(first)
        case {"type": "object", "properties": inner}:
            return {name: _example(one) for name, one in inner.items()}
        case {"type": "object"}:
            return {}
        case {"type": "array", "items": one}:
            return [_example(one)]
        case {"type": "integer" | "number"}:
            return 1
        case {"type": "boolean"}:
            return False
        case {"type": "null"}:
            return None
        case _:
            return _TEXTS.get(shape.get("format", ""), SHOWN_ID)


def inlined(whole: Mapping[str, Any]) -> dict[str, Any]:
    """A schema without references and in words that JSON Schema's draft 4 has, too, which is what the
    registry of schemas takes and AsyncAPI understands. ValueError for a word that has not been thought of.
    """
    return _plain(whole, whole.get("$defs", {}))


def _plain(shape: Mapping[str, Any], shared: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for word, value in shape.items():
        match word:
            case "$ref":
                made |= _plain(shared[value.rpartition("/")[2]], shared)
            case "const":
                made["enum"] = [value]
            case "properties":
                made[word] = {name: _plain(one, shared) for name, one in value.items()}
            case "anyOf":
                made[word] = [_plain(one, shared) for one in value]
            case "items" | "additionalProperties" if isinstance(value, dict):
                made[word] = _plain(value, shared)
            case "$schema" | "$defs" | "propertyNames":  # draft 4 cannot say what keys look like
                pass
            case _ if word in _KNOWN:
                made[word] = value
            case _:
                raise ValueError(f"{word} is no word that draft 4 is known to have")
    return made


def registered(fact: type[Fact]) -> dict[str, Any]:
    """The schema of the whole event as the bus delivers it, in draft 4."""
    texts = {name: {"type": "string"} for name in ("version", "id", "account", "region")}
    return {
        "$schema": "http://json-schema.org/draft-04/schema#",
        "title": fact.type,
        "type": "object",
        "required": ["detail-type", "source", "detail"],
        "properties": texts
        | {
            "time": {"type": "string", "format": "date-time"},
            "resources": {"type": "array", "items": {"type": "string"}},
            "source": {"type": "string", "enum": [f"skolkit.{fact.type.partition('.')[0]}"]},
            "detail-type": {"type": "string", "enum": [fact.type]},
            "detail": inlined(schema(fact)),
        },
    }


def asyncapi(entries: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The AsyncAPI 3.0 document of the bus: one channel, a message per fact, what each area sends and what
    each of its functions receives.
    """
    entries = list(entries)
    operations = {}
    for area, said in groupby(entries, key=lambda entry: entry["area"]):
        types = [entry["type"] for entry in said]
        operations[f"{area}.publish"] = _operation("send", f"What {area} publishes", types)
    hearing: dict[tuple[str, str], list[str]] = {}
    for entry in entries:
        for one in entry["listeners"]:
            hearing.setdefault((one["area"], one["function"]), []).append(entry["type"])
    for (area, function), types in sorted(hearing.items()):
        queue = function_name(area, function)
        operations[f"{area}.{function}"] = _operation("receive", f"By the queue {queue}", types)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Skolkit's events",
            "version": "1.0.0",
            "description": "Facts of a municipality's schools. They carry ids, never names or numbers of "
            "people; every one is delivered at least once, in no order, and its id is the same each time.",
        },
        "defaultContentType": "application/json",
        "servers": {
            "bus": {
                "host": "events.{region}.amazonaws.com",
                "protocol": "eventbridge",
                "description": "Amazon EventBridge in the municipality's own account.",
                "variables": {"region": {"default": "eu-north-1"}},
            }
        },
        "channels": {
            BUS: {
                "address": BUS,
                "title": "The bus",
                "servers": [{"$ref": "#/servers/bus"}],
                "messages": {
                    entry["type"]: {"$ref": f"#/components/messages/{entry['type']}"} for entry in entries
                },
            }
        },
        "operations": operations,
        "components": {"messages": {entry["type"]: _message(entry) for entry in entries}},
    }


def _operation(action: str, summary: str, types: Iterable[str]) -> dict[str, Any]:
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{BUS}"},
        "summary": summary,
        "messages": [{"$ref": f"#/channels/{BUS}/messages/{type}"} for type in types],
    }


def _message(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The fact is the event's `detail`; `detail-type` is its type and `source` says which area it is of."""
    return {
        "name": entry["type"],
        "title": entry["type"],
        "summary": entry["summary"],
        "contentType": "application/json",
        "tags": [{"name": entry["area"]}],
        "payload": inlined(entry["jsonSchema"]),
        "examples": [{"name": "delivery", "payload": entry["sample"]}],
    }


_INTRODUCTION = """# What is told on the bus

Generated by `make generate`. Every fact is past tense and of the business, is told at least once and in no
order, and has the same id each time. It carries ids, never names, numbers or addresses; “tells of” says where
it has the id of a person.

`catalogue.json` is this page for machines, with a delivery of each; `asyncapi.json` is the same as an
AsyncAPI 3.0 document; `schemas/` has one JSON Schema per fact, which in AWS are in the registry `skolkit`,
too; `samples/` are golden deliveries. How others get facts: see
[functions/exchange](../functions/exchange/README.md).
"""


def as_page(entries: Iterable[Mapping[str, Any]]) -> str:
    """The catalogue as a page for people."""
    lines = [_INTRODUCTION]
    for area, some in groupby(entries, key=lambda entry: entry["area"]):
        lines += [f"## {area}", "", "| fact | tells of | heard by | processes |", "|---|---|---|---|"]
        for entry in some:
            name = entry["type"].partition(".")[2]
            heard = ", ".join(f"{one['area']}.{one['function']}" for one in entry["listeners"]) or "–"
            people = ", ".join(f"`{one}`" for one in entry["people"]) or "nobody"
            processes = ", ".join(str(number) for number in entry["processes"] if number) or "–"
            link = f"[{name}]({schema_file(entry['type']).removeprefix('events/')})"
            lines.append(f"| {link} | {people} | {heard} | {processes} |")
        lines.append("")
    return "\n".join(lines)
