"""SS 12000 as its description promises it: every operation, every parameter, and whatever is sent, no failure
of ours and nothing that the description does not know.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any
from urllib.parse import parse_qs

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

from functions.exchange.app import standard as declared
from functions.exchange.schemas.standard import REQUIRED
from infra.local.cloud import Cloud
from skolkit.http import Api, Operation
from skolkit.openapi import document
from tests.support.areas import Answer, Context, acting_as, gateway_event
from tests.support.schools import Schools
from tests.support.standard import READ, SPEC, WRITE, connect, every, held, spec

API: Api = declared
EXAMPLES = 100 if os.environ.get("HYPOTHESIS_PROFILE") == "long" else 3
needs_description = pytest.mark.skipif(not SPEC.exists(), reason="the standard's description is not here")
# What can be asked of one resource here as of the others, though the description leaves it out there.
MORE = {
    ("post", "/calendarEvents/lookup"): {"expand"},
    ("get", "/attendances/{id}"): {"expandReferenceNames"},
    ("get", "/absences/{id}"): {"expandReferenceNames"},
    ("get", "/aggregatedAttendance"): {
        f"meta.{time}.{side}" for time in ("created", "modified") for side in ("before", "after")
    },
}  # fmt: skip
Start = Callable[[str, list[tuple[str, str]]], Any]


@cache
def described() -> Any:
    return schemathesis.openapi.from_dict(document(API))


@needs_description
def test_every_operation_of_the_standard_is_there_and_no_other() -> None:
    wanted = {(m.upper(), p.rstrip("/")) for p, methods in spec()["paths"].items() for m in methods}
    wanted = {(m, p) for m, p in wanted if m in ("GET", "POST", "PATCH", "DELETE")}
    assert {(o.method, o.path) for o in API.operations} == wanted
    assert len(wanted) == 69


@needs_description
def test_every_parameter_of_the_standard_is_there() -> None:
    ours = document(API)["paths"]
    for path, methods in spec()["paths"].items():
        for method, told in methods.items():
            if method not in ("get", "post"):
                continue
            wanted = dict(_parameters(told))
            found = {p["name"]: p for p in ours[path.rstrip("/")][method]["parameters"] if p["in"] == "query"}
            assert set(found) == set(wanted) | MORE.get((method, path), set()), (method, path)
            for name, parameter in wanted.items():
                # A page token says what was required (`test_calendar_events`).
                assert bool(parameter.get("required")) == (name in REQUIRED.get(path[1:], ())), (path, name)
                assert _words(parameter["schema"]) == _words(found[name]["schema"]), (path, name)


def _parameters(told: dict[str, Any]) -> Iterable[tuple[str, dict[str, Any]]]:
    for said in told.get("parameters", []):
        named = said.get("$ref", "").rpartition("/")[2]
        parameter = spec()["components"]["parameters"][named] if named else said
        if parameter["in"] == "query":
            yield parameter["name"], parameter


def _words(schema: dict[str, Any]) -> set[str]:
    """The words a parameter can be."""
    if "$ref" in schema:
        schema = spec()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    one = {schema["const"]} if "const" in schema else set()
    return one | set(schema.get("enum", ())) | (_words(schema["items"]) if "items" in schema else set())


class Client:
    """The API behind its gateway for one client, as a WSGI application; every answer is held against the
    description.
    """

    def __init__(self, client: str, ids: dict[str, str]) -> None:
        self.client, self.ids = client, ids

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        operation, path = self._route(environ["REQUEST_METHOD"], environ["PATH_INFO"].removeprefix("/v2.0"))
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode(errors="replace")
        event = gateway_event(
            operation, person=None, path=path, body=body or None, headers={},
            query=parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True),
            scopes=f"{READ} {WRITE}", claimed={"client_id": self.client},
        )  # fmt: skip
        with acting_as("exchange"):
            reply = API.app(event, Context())
        text = reply["body"]
        answer = Answer(reply["statusCode"], {}, json.loads(text) if text else "")
        assert answer.status < 500 or answer.body["code"] in ("too-large", "busy"), answer.body
        held(operation.id, answer)
        start(f"{reply['statusCode']} ", [(k, str(v)) for k, v in reply["headers"].items()])
        return [text.encode()]

    def _route(self, method: str, path: str) -> tuple[Operation, dict[str, str]]:
        for operation in API.operations:
            if (operation.method, operation.path) == (method, path):
                return operation, {}
        root, _, last = path.rpartition("/")
        (operation,) = (o for o in API.operations if (o.method, o.path) == (method, f"{root}/{{id}}"))
        return operation, {"id": self.ids.get(root.strip("/"), last) if len(last) % 2 else last}


@pytest.fixture(scope="module")
def standing(schools: Schools, tables: Cloud) -> Client:
    """A client of a school where something is of every kind."""
    client = connect("write")
    window = {"startTime.onOrAfter": "2020-01-01T00:00:00Z", "startTime.onOrBefore": "2030-01-01T00:00:00Z"}
    ids: dict[str, str] = {}
    for operation in API.operations:
        name = operation.path.strip("/")
        if (operation.method, operation.id) != ("GET", f"list_{name}") or name in (
            "deletedEntities", "subscriptions", "aggregatedAttendance",
        ):  # fmt: skip
            continue
        found = every(client, name, **(window if name == "calendarEvents" else {}))
        ids |= {name: found[0]["id"]} if found else {}
    return Client(client, ids)


@pytest.mark.parametrize("operation", API.operations, ids=lambda o: o.id)
@pytest.mark.usefixtures("clean")
def test_whatever_is_sent_every_answer_is_the_standards(standing: Client, operation: Operation) -> None:
    schema = described()
    schema.app = standing

    @settings(
        max_examples=EXAMPLES, deadline=None, database=None, derandomize=True,
        phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=schema[operation.path][operation.method].as_strategy())
    def ask(case: Any) -> None:
        case.call()

    ask()
