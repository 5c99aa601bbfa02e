"""The REST APIs: who is let in, within the limits of API Gateway, and refusals in our own form."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from typing import Any

import pytest

from infra.areas import Area
from skolkit.config import settings
from tests.infrastructure.conftest import Assembly

# Operations that anybody may call, each with its reason.
OPEN = {
    "GET /access/v1/health": "load balancers and people ask whether the service answers",
    "GET /attendance/v1/answers": "a link in a message carries its own secret (decision 0035)",
    "POST /attendance/v1/answers": "the same link's answer",
    "GET /exchange/v1/calendars/{calendar}/{secret}": "an address for calendars (decision 0052)",
    "GET /grades/v1/certificates": "who checks a signed page needs no account (decision 0037)",
    "GET /grades/v1/documents/check": "whoever sees a grade document checks its code (decision 0041)",
    "POST /grades/v1/documents/check": "the same, compared with what the paper shows",
    "GET /grades/v1/documents/check/result": "the same for machines",
}
BASES = {"skolkit-exchange-standard": "v2.0"}  # of APIs that are not under their area's name
RESOURCES, PATHS = 500 * 0.8, 300 * 0.8


def methods(cdk: Assembly) -> list[tuple[str, dict[str, Any]]]:
    found = []
    for api in cdk.of("AWS::ApiGateway::RestApi"):
        area = BASES.get(api.properties["Name"], api.stack.removeprefix("skolkit-"))
        for path, by_method in api.properties["Body"]["paths"].items():
            found += [(f"{method.upper()} /{area}{path}", body) for method, body in by_method.items()]
    return found


def test_every_operation_is_routed(cdk: Assembly, areas: tuple[Area, ...]) -> None:
    declared = {f"{o.method} /{api.base}{o.path}" for a in areas for api in a.apis for o in api.operations}
    assert {name for name, _ in methods(cdk)} == declared


def test_only_the_listed_operations_are_open(cdk: Assembly) -> None:
    assert {name for name, body in methods(cdk) if "security" not in body} == set(OPEN)


def test_scopes_are_those_of_the_user_pool(cdk: Assembly) -> None:
    (server,) = cdk.of("AWS::Cognito::UserPoolResourceServer")
    known = {f"skolkit/{scope['ScopeName']}" for scope in server.properties["Scopes"]}
    for name, body in methods(cdk):
        for need in body.get("security", []):
            assert len(need["people"]) == 1, name
            assert set(need["people"]) <= known, name


def test_reads_go_to_a_function_that_cannot_write(cdk: Assembly) -> None:
    for name, body in methods(cdk):
        wanted = "reader" if name.startswith("GET ") else "writer"
        assert wanted in json.dumps(body["x-amazon-apigateway-integration"]["uri"]), name
        assert body["x-amazon-apigateway-integration"]["type"] == "aws_proxy"


def test_siblings_share_the_name_of_their_variable(cdk: Assembly) -> None:
    for api in cdk.of("AWS::ApiGateway::RestApi"):
        names = defaultdict(set)
        for path in api.properties["Body"]["paths"]:
            parts = path.split("/")
            for place, part in enumerate(parts):
                if part.startswith("{"):
                    names["/".join(parts[:place])].add(part)
        assert all(len(found) == 1 for found in names.values()), dict(names)


def test_stacks_and_apis_stay_below_four_fifths_of_their_limits(cdk: Assembly) -> None:
    for stack, template in cdk.templates.items():
        assert len(template["Resources"]) < RESOURCES, stack
    for api in cdk.of("AWS::ApiGateway::RestApi"):
        assert len(api.properties["Body"]["paths"]) < PATHS, api


def test_the_gateways_own_refusals_look_like_ours(cdk: Assembly) -> None:
    for api in cdk.of("AWS::ApiGateway::RestApi"):
        refusals = api.properties["Body"]["x-amazon-apigateway-gateway-responses"]
        assert {"UNAUTHORIZED", "MISSING_AUTHENTICATION_TOKEN", "DEFAULT_4XX", "DEFAULT_5XX"} <= set(refusals)
        for refusal in refusals.values():
            headers = refusal["responseParameters"]
            assert headers["gatewayresponse.header.Cache-Control"] == "'no-store'"
            kind, body = headers["gatewayresponse.header.Content-Type"], refusal["responseTemplates"]
            said = json.loads(body["application/json"])
            if api.properties["Name"] in BASES:  # as that standard says
                assert (kind, set(said)) == ("'application/json'", {"code", "message"})
            else:
                assert kind == "'application/problem+json'"
                assert said["type"].startswith("urn:skolkit:")
        assert api.properties["Mode"] == "overwrite"


def test_access_logs_hold_no_ids_queries_or_addresses(cdk: Assembly) -> None:
    for stage in cdk.of("AWS::ApiGateway::Stage"):
        logged = stage.properties["AccessLogSetting"]["Format"]
        for personal in (
            "$context.path",
            "querystring",
            "sourceIp",
            "userAgent",
            "claims.sub",
            "claims.person",
        ):
            assert personal not in logged, stage
        settings = stage.properties["MethodSettings"]
        assert ("/*", "*") in {(one["ResourcePath"], one["HttpMethod"]) for one in settings}
        for limits in settings:
            assert limits["ThrottlingRateLimit"] > 0
            assert limits["DataTraceEnabled"] is False


def test_a_page_that_is_open_to_all_has_a_lower_limit(cdk: Assembly) -> None:
    found = {
        (one["HttpMethod"], one["ThrottlingRateLimit"])
        for stage in cdk.of("AWS::ApiGateway::Stage")
        for one in stage.properties["MethodSettings"]
        if one["ResourcePath"].endswith("answers")
    }
    assert {method for method, _ in found} == {"GET", "POST"}
    assert all(rate <= 20 for _, rate in found)


def test_every_area_is_under_the_one_address(cdk: Assembly, areas: tuple[Area, ...]) -> None:
    paths = {
        m.properties["BasePath"]: m.properties["DomainName"]
        for m in cdk.of("AWS::ApiGateway::BasePathMapping")
        if "Ref" not in m.properties["DomainName"]
    }
    apis = [api for area in areas for api in area.apis]
    address = {"Fn::ImportValue": "skolkit-domain-name"}
    assert paths == {api.base: address for api in apis if api.operations}


def test_the_standard_is_also_at_the_root_of_a_host_of_its_own(cdk: Assembly) -> None:
    own = [
        m
        for m in cdk.of("AWS::ApiGateway::BasePathMapping")
        if m.properties["DomainName"] == {"Ref": "standardhost"}
    ]
    assert [m.properties.get("BasePath") for m in own] == [None, "v2.0"]
    (host,) = (d for d in cdk.of("AWS::ApiGateway::DomainName") if d.stack == "skolkit-exchange")
    assert host.properties["DomainName"] == {"Ref": "StandardHost"}


def test_every_function_is_given_its_settings(cdk: Assembly, monkeypatch: pytest.MonkeyPatch) -> None:
    for function in cdk.of("AWS::Lambda::Function"):
        given = function.properties["Environment"]["Variables"]
        for name in ("SKOLKIT_AREA", "SKOLKIT_BUS", "SKOLKIT_CURSOR_KEY"):
            monkeypatch.delenv(name, raising=False)
        for name, value in given.items():
            monkeypatch.setenv(name, str(value))
        settings.cache_clear()
        assert settings().table == f"skolkit-{given['SKOLKIT_AREA']}", function
        assert given["SKOLKIT_CURSOR_KEY"] == "{{resolve:secretsmanager:skolkit-cursor:SecretString}}"
        assert {"POWERTOOLS_SERVICE_NAME", "POWERTOOLS_METRICS_NAMESPACE"} <= set(given), function
    settings.cache_clear()


def test_who_sends_mail_knows_from_which_address(cdk: Assembly) -> None:
    senders = 0
    for function in cdk.of("AWS::Lambda::Function"):
        role = cdk.referred(function.stack, function.properties["Role"])
        sends = "ses:SendEmail" in json.dumps(role.properties)
        assert ("SKOLKIT_SENDER" in function.properties["Environment"]["Variables"]) == sends, function
        senders += sends
    assert senders


def test_handlers_exist(cdk: Assembly) -> None:
    for function in cdk.of("AWS::Lambda::Function"):
        module, _, name = function.properties["Handler"].rpartition(".")
        assert re.fullmatch(r"functions\.\w+\.app", module)
        assert callable(getattr(__import__(module, fromlist=[name]), name)), function
