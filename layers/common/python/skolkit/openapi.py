"""The contract of an area, written from its operations: an OpenAPI 3.1 document for people and programs, and
its projection to 3.0 that defines the area's REST API in API Gateway."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from skolkit.cursor import BadCursor
from skolkit.errors import (
    Busy,
    ChangedMeanwhile,
    DomainError,
    Invalid,
    KeyReused,
    NotFound,
    Unauthenticated,
    VersionRequired,
)
from skolkit.http import Api, Operation, Rendered
from skolkit.idempotency import KeyMissing

Document = dict[str, Any]

_PROBLEM: Document = {
    "type": "object",
    "description": "A refusal (RFC 9457): what was wrong and what to do, in the caller's language.",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "examples": ["urn:skolkit:problem:not-found"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "law": {"type": "string", "description": "The paragraph that the refusal rests on, where it is one."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "reason", "advice"],
                "properties": {
                    "field": {"type": "string"},
                    "value": {"description": "The refused value, unless it could be personal."},
                    "reason": {"type": "string"},
                    "advice": {"type": "string"},
                },
            },
        },
    },
}


_ERROR: Document = {
    "type": "object",
    "description": "A refusal as SS 12000 says it.",
    "required": ["code", "message"],
    "properties": {"code": {"type": "string"}, "message": {"type": "string"}},
}


def document(api: Api) -> Document:
    """The OpenAPI 3.1 document of an area. Paths are relative to its server, `/<area>`. An API beside it is
    the standard's: what its answers hold is said there.
    """
    refs, schemas = _schemas(api.operations)
    paths: Document = {}
    for operation in sorted(api.operations, key=lambda o: (o.path, o.method)):
        told = _described(operation, refs, standard=bool(api.beside))
        paths.setdefault(operation.path, {})[operation.method.lower()] = told
    return {
        "openapi": "3.1.0",
        "info": {"title": api.title, "version": "1"},
        "servers": [{"url": f"/{api.base}"}],
        "paths": paths,
        "components": {
            "schemas": {**schemas, **({"Error": _ERROR} if api.beside else {"Problem": _PROBLEM})},
            "securitySchemes": {"people": _security_scheme(api.operations)},
        },
    }


def gateway_document(api: Api, integration: Callable[[bool], Document], authorizer: Document) -> Document:
    """The OpenAPI 3.0 projection for API Gateway: what it routes by and who is let in.

    `integration(writes)` is the `x-amazon-apigateway-integration` of a reading or writing operation,
    `authorizer` the security scheme. Shapes are left out: the function checks them, with better answers and a
    newer JSON Schema."""
    paths: Document = {}
    for operation in sorted(api.operations, key=lambda o: (o.path, o.method)):
        method: Document = {
            "operationId": operation.id,
            "parameters": _path_parameters(operation),
            "responses": {str(operation.status): {"description": operation.summary}},
            "x-amazon-apigateway-integration": integration(operation.writes),
        }
        if operation.scope:
            method["security"] = [{"people": [operation.scope]}]
        paths.setdefault(operation.path, {})[operation.method.lower()] = method
    return {
        "openapi": "3.0.1",
        "info": {"title": api.title, "version": "1"},
        "paths": paths,
        "components": {"securitySchemes": {"people": authorizer}},
    }


Refs = dict[tuple[type[BaseModel], str], Document]


def _schemas(operations: Iterable[Operation]) -> tuple[Refs, Document]:
    """Where each model's schema is, and all schemas by name."""
    wanted = dict.fromkeys(
        pair
        for o in operations
        for pair in ((o.body, "validation"), (o.query, "validation"), (o.answer, "serialization"))
        if pair[0] and pair[0] is not Rendered and not (pair[0] is o.answer and o.media != "application/json")
    )
    refs, root = models_json_schema(
        list(wanted),  # type: ignore[arg-type]
        ref_template="#/components/schemas/{model}",
    )
    return dict(refs), root.get("$defs", {})  # type: ignore[arg-type]


def _described(operation: Operation, refs: Refs, *, standard: bool) -> Document:
    told: Document = {
        "operationId": operation.id,
        "summary": operation.summary,
        "x-skolkit-process": operation.process,
        "parameters": [*_path_parameters(operation), *_query_parameters(operation), *_headers(operation)],
        "responses": _responses(operation, refs, standard=standard),
        "security": [{"people": [operation.scope]}] if operation.scope else [],
    }
    if operation.body:
        schema = refs[operation.body, "validation"]
        media = "application/merge-patch+json" if operation.method == "PATCH" else "application/json"
        media = "application/x-www-form-urlencoded" if operation.form else media
        told["requestBody"] = {"required": True, "content": {media: {"schema": schema}}}
    return told


def _path_parameters(operation: Operation) -> list[Document]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in operation.path_names
    ]


def _query_parameters(operation: Operation) -> list[Document]:
    if not operation.query:
        return []
    schema = operation.query.model_json_schema(ref_template="#/components/schemas/{model}")
    required = schema.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": _given(shape)}
        for name, shape in schema["properties"].items()
    ]


def _given(shape: Document) -> Document:
    """The schema of a parameter that is there: an optional one is left out, never sent as null."""
    kept = {
        key: value for key, value in shape.items() if key != "anyOf" and (key, value) != ("default", None)
    }
    kinds = [kind for kind in shape.get("anyOf", []) if kind != {"type": "null"}]
    return kept | (kinds[0] if len(kinds) == 1 else {"anyOf": kinds} if kinds else {})


def _headers(operation: Operation) -> list[Document]:
    def header(name: str, why: str, pattern: str) -> Document:
        schema = {"type": "string", "pattern": pattern}
        return {"name": name, "in": "header", "required": True, "description": why, "schema": schema}

    headers = []
    if operation.versioned:
        headers.append(header("If-Match", "The ETag of what is changed.", r'^"\d{1,9}"$'))
    if operation.keyed:
        why = "Chosen by the caller; the same key again gives the first answer."
        headers.append(header("Idempotency-Key", why, "^[A-Za-z0-9_.:-]{8,64}$"))
    return headers


def _responses(operation: Operation, refs: Refs, *, standard: bool) -> Document:
    responses: Document = {str(operation.status): {"description": operation.summary}}
    if operation.answer:
        done = responses[str(operation.status)]
        shown = (operation.answer, "serialization")
        other: Document = {} if operation.answer is Rendered else {"type": "string"}
        done["content"] = {operation.media: {"schema": refs.get(shown, other)}}
        if "version" in operation.answer.model_fields:
            done["headers"] = {"ETag": {"schema": {"type": "string"}}}
    else:
        responses = {"204": {"description": "Done; there is nothing more to say."}}
    by_status: dict[int, dict[str, type[DomainError]]] = {}
    for error in refusals(operation):
        status = 400 if standard and error.status == 422 else error.status
        by_status.setdefault(status, {}).setdefault(error.__new__(error).code, error)
    media, shape = ("application/json", "Error") if standard else ("application/problem+json", "Problem")
    for status, errors in sorted(by_status.items()):
        responses[str(status)] = {
            "description": " · ".join(f"{code}: {error.reason.en}" for code, error in errors.items()),
            "content": {media: {"schema": {"$ref": f"#/components/schemas/{shape}"}}},
        }
    return responses


def refusals(operation: Operation) -> list[type[DomainError]]:
    """Every refusal the operation can answer with: its own, and those that follow from its declaration."""
    implied: list[tuple[object, type[DomainError]]] = [
        (operation.scope, Unauthenticated),
        (operation.path_names, NotFound),
        (operation.body or operation.query, Invalid),
        (operation.query and "cursor" in operation.query.model_fields, BadCursor),
        (operation.versioned, VersionRequired),
        (operation.versioned, ChangedMeanwhile),
        (operation.keyed, KeyMissing),
        (operation.keyed, KeyReused),
        (True, Busy),
    ]
    return list(dict.fromkeys([*operation.errors, *(error for applies, error in implied if applies)]))


def _security_scheme(operations: Iterable[Operation]) -> Document:
    scopes = {o.scope: "" for o in operations if o.scope}
    flow = {
        "authorizationUrl": "/oauth2/authorize",
        "tokenUrl": "/oauth2/token",
        "scopes": dict(sorted(scopes.items())),
    }
    return {"type": "oauth2", "flows": {"authorizationCode": flow}}
