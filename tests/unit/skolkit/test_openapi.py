"""An area's contract is what its operations say: shapes, headers, scopes and every refusal."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, ClassVar

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from skolkit.errors import DomainError, NotFound, Text
from skolkit.http import Api, Request, Shape
from skolkit.openapi import Document, document, gateway_document, refusals

api = Api("boats", "Båtar")


class Sail(StrEnum):
    MAIN = "main"
    JIB = "jib"


class NewBoat(Shape):
    name: str
    sails: list[Sail]


class BoatView(Shape):
    id: str
    sails: list[Sail]
    version: int


class Listing(Shape):
    sail: Sail | None = None
    cursor: str | None = None
    limit: int = 20


class BoatPage(Shape):
    data: list[BoatView]
    cursor: str | None


class Sunk(DomainError):
    status: ClassVar[int] = 409
    reason = Text("Båten har sjunkit.", "The boat has sunk.")
    advice = Text("Bärga den.", "Salvage it.")


@api.operation("POST", "/v1/boats", process=18, body=NewBoat, answer=BoatView, status=201, keyed=True)
def launch_boat(request: Request[NewBoat, None]) -> BoatView:
    """Launch a boat.

    More than is told in the summary.
    """
    raise NotFound


@api.operation("GET", "/v1/boats", process=18, query=Listing, answer=BoatPage, scope="skolkit/ss12000.read")
def list_boats(request: Request[None, Listing]) -> BoatPage:
    """The boats"""
    raise NotFound


@api.operation(
    "PATCH", "/v1/boats/{boat}", process=18, body=NewBoat, answer=BoatView, versioned=True, errors=(Sunk,)
)
def change_boat(request: Request[NewBoat, None]) -> BoatView:
    """Change a boat"""
    raise NotFound


@api.operation("DELETE", "/v1/boats/{boat}", process=18, status=204)
def scrap_boat(request: Request[None, None]) -> None:
    """Scrap a boat"""


@api.operation("GET", "/v1/health", process=18, scope=None)
def read_health(request: Request[None, None]) -> None:
    """Whether it floats"""


@pytest.fixture(scope="module")
def written() -> Document:
    return document(api)


def method(written: Document, path: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = written["paths"][path][name]
    return found


def test_it_is_a_valid_openapi_document(written: Document) -> None:
    validate(written)
    assert written["servers"] == [{"url": "/boats"}]
    for schema in written["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_it_does_not_depend_on_the_order_of_declaration(written: Document) -> None:
    other = Api("boats", "Båtar", operations=list(reversed(api.operations)))
    assert document(other) == written


def test_an_operation_is_named_and_belongs_to_a_process(written: Document) -> None:
    launched = method(written, "/v1/boats", "post")
    assert launched["operationId"] == "launch_boat"
    assert launched["summary"] == "Launch a boat."
    assert launched["x-skolkit-process"] == 18
    assert launched["security"] == [{"people": ["skolkit/school"]}]
    assert method(written, "/v1/health", "get")["security"] == []


def test_scopes_are_told_once_each(written: Document) -> None:
    flow = written["components"]["securitySchemes"]["people"]["flows"]["authorizationCode"]
    assert list(flow["scopes"]) == ["skolkit/school", "skolkit/ss12000.read"]


def test_a_body_is_required_and_a_partial_one_is_a_merge_patch(written: Document) -> None:
    shape = {"$ref": "#/components/schemas/NewBoat"}
    created = method(written, "/v1/boats", "post")["requestBody"]
    changed = method(written, "/v1/boats/{boat}", "patch")["requestBody"]
    assert created == {"required": True, "content": {"application/json": {"schema": shape}}}
    assert list(changed["content"]) == ["application/merge-patch+json"]


def test_an_optional_parameter_is_left_out_never_null(written: Document) -> None:
    given = {p["name"]: p for p in method(written, "/v1/boats", "get")["parameters"]}
    assert given["cursor"]["schema"] == {"title": "Cursor", "type": "string"}
    assert given["sail"]["schema"] == {"$ref": "#/components/schemas/Sail"}
    assert given["limit"]["schema"]["default"] == 20
    assert not any(p["required"] for p in given.values())


def test_headers_follow_from_the_declaration(written: Document) -> None:
    def headers(path: str, name: str) -> set[str]:
        return {p["name"] for p in method(written, path, name)["parameters"] if p["in"] == "header"}

    assert headers("/v1/boats", "post") == {"Idempotency-Key"}
    assert headers("/v1/boats/{boat}", "patch") == {"If-Match"}
    assert headers("/v1/boats/{boat}", "delete") == set()


def test_a_versioned_answer_has_an_etag(written: Document) -> None:
    assert "ETag" in method(written, "/v1/boats", "post")["responses"]["201"]["headers"]
    assert "headers" not in method(written, "/v1/boats", "get")["responses"]["200"]


def test_no_answer_is_204(written: Document) -> None:
    responses = method(written, "/v1/health", "get")["responses"]
    assert set(responses) == {"204", "503"}


def test_every_refusal_is_told_with_its_reason(written: Document) -> None:
    responses = method(written, "/v1/boats/{boat}", "patch")["responses"]
    assert set(responses) == {"200", "401", "404", "409", "412", "422", "428", "503"}
    assert responses["409"]["description"] == "sunk: The boat has sunk."
    assert list(responses["409"]["content"]) == ["application/problem+json"]


def test_refusals_that_follow_from_the_declaration_need_not_be_listed() -> None:
    codes = {o.id: {error.__name__ for error in refusals(o)} for o in api.operations}
    assert codes["launch_boat"] >= {"KeyMissing", "KeyReused", "Invalid", "Unauthenticated"}
    assert codes["list_boats"] >= {"BadCursor", "Invalid"}
    assert codes["change_boat"] >= {"Sunk", "NotFound", "VersionRequired", "ChangedMeanwhile"}
    assert codes["read_health"] == {"Busy"}


def test_the_gateway_is_told_routes_scopes_and_functions() -> None:
    projected = gateway_document(
        api, lambda writes: {"uri": "writer" if writes else "reader"}, {"type": "apiKey"}
    )
    validate(projected | {"components": {}, "paths": _without_security(projected["paths"])})
    routed = {
        (path, name): one["x-amazon-apigateway-integration"]["uri"]
        for path, methods in projected["paths"].items()
        for name, one in methods.items()
    }
    assert routed == {
        ("/v1/boats", "get"): "reader",
        ("/v1/boats", "post"): "writer",
        ("/v1/boats/{boat}", "delete"): "writer",
        ("/v1/boats/{boat}", "patch"): "writer",
        ("/v1/health", "get"): "reader",
    }
    assert projected["paths"]["/v1/boats"]["get"]["security"] == [{"people": ["skolkit/ss12000.read"]}]
    assert "security" not in projected["paths"]["/v1/health"]["get"]
    assert projected["components"]["securitySchemes"] == {"people": {"type": "apiKey"}}


def _without_security(paths: Document) -> Document:
    return {
        path: {name: {k: v for k, v in one.items() if k != "security"} for name, one in methods.items()}
        for path, methods in paths.items()
    }
