"""HTTP as the OpenAPI documents promise it: whatever is sent, every answer is one that the document declares,
and never a failure of ours.

Requests that are right are asked by somebody who may; more are made up from the documents themselves, about
people who exist and people who do not, by a guardian and by a teacher. All meet the handlers in-process as
the gateway would call them.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, unquote

import jsonschema
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from skolkit.http import Operation
from skolkit.identity import SCHOOL_SCOPE
from skolkit.openapi import document, refusals
from tests.support.areas import (
    AREAS,
    Context,
    acting_as,
    api_of,
    call,
    every_operation,
    gateway_event,
)
from tests.support.asks import PARKED, TELEPHONY, last_month
from tests.support.assessing import YEAR
from tests.support.requests import REQUESTS
from tests.support.schools import Schools

OPERATIONS = every_operation()
MEDIA = {operation.id: operation.media for _, operation in OPERATIONS}
EXAMPLES = 100 if os.environ.get("HYPOTHESIS_PROFILE") == "long" else 3

CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
    response_schema_conformance,
]  # fmt: skip
StartResponse = Callable[[str, list[tuple[str, str]]], Any]


@cache
def promised(area: str) -> dict[str, Any]:
    """The OpenAPI document of an area, made once."""
    return document(api_of(area))


@cache
def described(area: str) -> Any:
    """The same as requests are made up from it."""
    return schemathesis.openapi.from_dict(promised(area))


@cache
def codes(operation: Operation) -> set[str]:
    """The problem types the operation declares."""
    return {f"urn:skolkit:problem:{error.__new__(error).code}" for error in refusals(operation)}


@pytest.mark.parametrize("area", AREAS)
def test_every_operation_says_what_it_is_and_how_it_refuses(area: str) -> None:
    found = promised(area)
    for path, methods in found["paths"].items():
        for told in methods.values():
            assert 10 <= len(told["summary"]) <= 100, (path, told["summary"])
            assert not told["summary"].endswith("."), told["summary"]
            wanted = {"401", "503"} if told["security"] else {"503"}
            wanted |= {"404"} if "{" in path else set()
            wanted |= {"422"} if "requestBody" in told else set()
            assert wanted <= set(told["responses"]), (path, set(told["responses"]))
            for status, response in told["responses"].items():
                wanted_kind = MEDIA[told["operationId"]]
                kinds = {"application/problem+json"} if int(status) >= 400 else {wanted_kind}
                assert set(response.get("content", {})) == (set() if status == "204" else kinds)


@pytest.mark.parametrize("row", sorted(REQUESTS))
@pytest.mark.usefixtures("clean")
def test_what_is_right_is_answered_as_declared(schools: Schools, row: str) -> None:
    """The answer of every operation to somebody who may, field by field."""
    area, name = row.partition(" ")[0].split(".")
    request, found = REQUESTS[row](schools), promised(area)
    if name == "enrol_pupil":  # beside the school the pupil goes to
        request = replace(request, body=request.body | {"schoolForm": "FTH", "year": None})
    told = next(t for m in found["paths"].values() for t in m.values() if t["operationId"] == name)
    actors = (
        "guardian", "teacher", "mentor", "pupil", "principal", "administrator", "attendance officer",
        "activity officer", "other teacher",
    )  # fmt: skip
    scope = next(o.scope for a, o in OPERATIONS if (a, o.id) == (area, name)) or SCHOOL_SCOPE
    answers = (call(area, name, schools.people[actor], **vars(request), scopes=scope) for actor in actors)
    if scope != SCHOOL_SCOPE:
        answers = (call(area, name, None, **vars(request), scopes=scope) for _ in actors)
    answer = next((answer for answer in answers if answer.status < 300), None)
    assert answer, "nobody may"
    assert str(answer.status) in told["responses"], answer
    if MEDIA[name] != "application/json":
        assert answer.headers["content-type"].startswith(MEDIA[name])
    elif answer.status != 204:
        schema = told["responses"][str(answer.status)]["content"]["application/json"]["schema"]
        jsonschema.validate(answer.body, schema | {"components": found["components"]})


class Gateway:
    """An area behind its gateway, as a WSGI application: the caller is let in, the path decides the
    operation.
    """

    def __init__(self, area: str, role: str, schools: Schools) -> None:
        self.area, self.caller = area, schools.people[role]
        self.ids = {
            "child": schools.pupil.id, "pupil": schools.pupil.id, "person": schools.people[role],
            "lesson": schools.lesson.id,
            "group": schools.home.klass.id, "unit": schools.home.unit, "notice": schools.notice,
            "adult": schools.people["second guardian"], "employee": schools.people["other teacher"],
            **schools.made,
            "import": schools.made["activity"], "paper": schools.made["inquiry paper"],
            "table": "persons", "page": "1",
            "file": PARKED.file_id, "line": str(PARKED.line), "kind": "exempt",
            "month": last_month(schools)["month"],
            "note": schools.made["assessment note"], "slot": schools.made["booked talk"], "subject": "MA",
            "year": YEAR, "type": "attendance.LessonReported.v1",
        }  # fmt: skip
        if area == "assessment":
            self.ids["round"] = schools.made["published round"]

    def __call__(self, environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
        operation, path = self._route(environ["REQUEST_METHOD"], environ["PATH_INFO"])
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode(errors="replace")
        headers = {k[5:].replace("_", "-").lower(): v for k, v in environ.items() if k.startswith("HTTP_")}
        if len(headers.get("if-match", "")) % 2:  # a version that may be the right one
            headers["if-match"] = '"1"'
        event = gateway_event(
            operation, person=None if operation.scope == TELEPHONY else self.caller, path=path,
            body=body or None, headers=headers,
            query=dict(parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True)),
            scopes=operation.scope or SCHOOL_SCOPE,
        )  # fmt: skip
        with acting_as(self.area):
            reply = api_of(self.area).app(event, Context())
        if reply["statusCode"] >= 400:
            assert json.loads(reply["body"])["type"] in codes(operation), reply["body"]
        start(f"{reply['statusCode']} ", [(k, str(v)) for k, v in reply["headers"].items()])
        return [reply["body"].encode()]

    def _route(self, method: str, path: str) -> tuple[Operation, dict[str, str]]:
        """The operation, and the values of its places: every other one is somebody or something there is."""
        said = path.removeprefix(f"/{self.area}").split("/")
        for operation in api_of(self.area).operations:
            wanted = operation.path.split("/")
            pairs = list(zip(wanted, said, strict=False))
            if (operation.method, len(wanted)) == (method, len(said)) and all(
                w.startswith("{") or w == g for w, g in pairs
            ):
                places = {w[1:-1]: unquote(g) for w, g in pairs if w.startswith("{")}
                ids = self.ids | ({"round": self.ids["talks"]} if "talk-rounds" in wanted else {})
                return operation, {k: ids[k] if len(v) % 4 else v for k, v in places.items()}
        raise LookupError(path)


@pytest.mark.parametrize("role", ["guardian", "teacher"])
@pytest.mark.parametrize(("area", "operation"), OPERATIONS, ids=lambda v: getattr(v, "id", v))
@pytest.mark.usefixtures("clean")
def test_every_answer_is_declared(schools: Schools, area: str, operation: Operation, role: str) -> None:
    """Statuses, problem types, content types, headers and bodies."""
    schema = described(area)
    schema.app = Gateway(area, role, schools)

    @settings(
        max_examples=EXAMPLES, deadline=None, database=None, derandomize=True,
        phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=schema[operation.path][operation.method].as_strategy())
    def ask(case: Any) -> None:
        case.validate_response(case.call(), checks=CHECKS)

    ask()
