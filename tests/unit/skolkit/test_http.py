"""Requests, refusals and cursors, as every area gets them from the kernel."""

from __future__ import annotations

import json
from typing import Any

import pytest

from skolkit.config import ConfigError, settings
from skolkit.cursor import BadCursor, seal, unseal
from skolkit.errors import DomainError, Text
from skolkit.http import Api, Request, Shape
from skolkit.identity import Caller
from skolkit.telemetry import logger
from skolkit.types import new_id

PERSON = "0192d3a0-0000-7000-8000-000000000001"


class Count(Shape):
    how_many: int
    secret_name: str = "x"


class Counted(Shape):
    how_many: int
    version: int


class TooMany(DomainError):
    status = 422
    reason = Text("För många: {count}.", "Too many: {count}.")
    advice = Text("Ta högst {most}.", "Take at most {most}.")
    law = "skollagen 1:1"


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Api:
    monkeypatch.setenv(
        "POWERTOOLS_SERVICE_NAME", new_id()
    )  # a logger of its own, so that its output is captured
    logger.cache_clear()
    api = Api("things", "Things")

    @api.operation("PUT", "/v1/things/{thing}", process=36, body=Count, answer=Counted, versioned=True)
    def count_things(request: Request[Count, None]) -> Counted:
        """Count"""
        if request.body.how_many > 9:
            raise TooMany(field="howMany", value=request.body.how_many, count=request.body.how_many, most=9)
        if request.body.how_many == 9:
            raise RuntimeError("Anna Andersson 19811218-9876")
        return Counted(how_many=request.body.how_many, version=request.version + 1)

    return api


def put(
    api: Api, body: Any, claims: dict[str, str] | None = None, **headers: str
) -> tuple[int, dict[str, Any], dict[str, str]]:
    context: dict[str, Any] = {
        "resourcePath": "/v1/things/{thing}",
        "httpMethod": "PUT",
        "path": "/v1/things/1",
    }
    verified = {"token_use": "access", "client_id": "phone", "scope": "skolkit/school", "person": PERSON}
    context["authorizer"] = {"claims": verified if claims is None else claims}
    event = {
        "requestContext": context,
        "pathParameters": {"thing": "1"},
        "headers": {
            "content-type": "application/json",
            **{k.replace("_", "-"): v for k, v in headers.items()},
        },
        "multiValueQueryStringParameters": None,
        "stageVariables": None,
        "body": body if isinstance(body, str) or body is None else json.dumps(body),
        "isBase64Encoded": False,
    }
    reply = api.app(event, None)
    return reply["statusCode"], json.loads(reply["body"]), {k.lower(): v for k, v in reply["headers"].items()}


def test_an_answer_has_camel_case_an_etag_and_is_not_stored(api: Api) -> None:
    status, body, headers = put(api, {"howMany": 3}, if_match='"4"')
    assert (status, body) == (200, {"howMany": 3, "version": 5})
    assert headers["etag"] == '"5"'
    assert headers["cache-control"] == "no-store"


def test_a_refusal_says_field_value_reason_and_advice_in_both_languages(api: Api) -> None:
    status, body, headers = put(api, {"howMany": 10}, if_match='"1"')
    assert (status, headers["content-type"]) == (422, "application/problem+json")
    assert body["type"] == "urn:skolkit:problem:too-many"
    assert body["errors"] == [
        {"field": "howMany", "reason": "För många: 10.", "advice": "Ta högst 9.", "value": 10}
    ]
    assert (body["detail"], body["law"]) == ("Ta högst 9.", "skollagen 1:1")
    assert put(api, {"howMany": 10}, if_match='"1"', accept_language="en-GB")[1]["title"] == "Too many: 10."


def test_every_faulty_field_is_told_and_personal_values_are_not_repeated(api: Api) -> None:
    status, body, _ = put(
        api, {"howMany": "many", "secretName": 3, "civicNo": "19811218-9876"}, if_match='"1"'
    )
    assert status == 422
    assert [fault["field"] for fault in body["errors"]] == ["howMany", "secretName", "civicNo"]
    assert "9876" not in json.dumps(body)


@pytest.mark.parametrize("body", [None, "", "{", "[]", "\x00"])
def test_anything_but_the_shape_is_refused(api: Api, body: Any) -> None:
    assert put(api, body, if_match='"1"')[0] == 422


def test_a_change_must_name_its_version(api: Api) -> None:
    assert put(api, {"howMany": 3})[0] == 428
    for header in ("4", "*"):
        assert put(api, {"howMany": 3}, if_match=header)[0] == 428


def test_unexpected_errors_show_and_log_nothing_of_their_text(
    api: Api, capsys: pytest.CaptureFixture[str]
) -> None:
    status, body, _ = put(api, {"howMany": 9}, if_match='"1"')
    logged = capsys.readouterr()
    assert status == 500
    assert "Anna" not in json.dumps(body) + logged.out + logged.err
    assert "RuntimeError" in logged.out


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"token_use": "id", "client_id": "phone", "scope": "skolkit/school", "person": PERSON},
        {"token_use": "access", "client_id": "phone", "scope": "other", "person": PERSON},
        {"token_use": "access", "scope": "skolkit/school", "person": PERSON},
    ],
)
def test_without_the_right_verified_claims_there_is_no_caller(api: Api, claims: dict[str, str]) -> None:
    assert put(api, {"howMany": 3}, claims, if_match='"1"')[0] == 401


def test_a_person_claim_that_is_no_id_is_no_person() -> None:
    caller = Caller.from_claims({"token_use": "access", "client_id": "c", "scope": "", "person": "1 or 1=1"})
    assert caller.person is None


def test_a_cursor_is_bound_to_caller_and_filters(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SKOLKIT_AREA", "SKOLKIT_BUS", "SKOLKIT_CURSOR_KEY"):
        monkeypatch.setenv(name, "x")
    settings.cache_clear()
    key = {"pk": {"S": "A"}, "sk": {"S": "å"}}
    cursor = seal(key, "list", "anna")
    assert cursor
    assert unseal(cursor, "list", "anna") == key
    for bound, text in (
        (("list", "bo"), cursor),
        (("other", "anna"), cursor),
        (("list", "anna"), cursor[:-2] + "AA"),
    ):
        with pytest.raises(BadCursor):
            unseal(text, *bound)
    for garbage in ("å", "AAAA", "=" * 8):
        with pytest.raises(BadCursor):
            unseal(garbage, "list", "anna")
    settings.cache_clear()


def test_missing_settings_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SKOLKIT_AREA", raising=False)
    settings.cache_clear()
    with pytest.raises(ConfigError, match="SKOLKIT_AREA"):
        settings()
