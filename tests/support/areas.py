"""The areas in-process: their tables made from their own item classes, their handlers called with the events
AWS sends.
"""

from __future__ import annotations

import importlib.util
import json
import os
import pkgutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import functions
from infra.areas import load_all
from skolkit.config import AUDIT_TABLE, settings, table_name
from skolkit.http import Api, Operation
from skolkit.identity import SCHOOL_SCOPE
from skolkit.table import dynamodb

KEYS_TABLE = table_name("keys")
EXTRACTS_BUCKET = "skolkit-extracts-000000000000-eu-north-1"
IMPORTS_BUCKET = "skolkit-imports-000000000000-eu-north-1"
AUDIT_BUCKET = "skolkit-audit-000000000000-eu-north-1"
TABLES_BUCKET = "skolkit-tables-000000000000-eu-north-1"
ARCHIVE_BUCKET = "skolkit-archive-000000000000-eu-north-1"
CATALOGUE_BUCKET = "skolkit-catalogue-000000000000-eu-north-1"
FILES_BUCKET = "skolkit-files-000000000000-eu-north-1"
DOCUMENTS_BUCKET = "skolkit-documents-000000000000-eu-north-1"

AREAS = sorted(
    name
    for _, name, package in pkgutil.iter_modules(functions.__path__)
    if package and importlib.util.find_spec(f"functions.{name}.app")
)


def api_of(area: str) -> Api:
    """The HTTP side of an area."""
    api: Api = importlib.import_module(f"functions.{area}.app").api
    return api


def operation(area: str, name: str) -> Operation:
    """An operation by its id, also of a second API beside the area's own."""
    module = importlib.import_module(f"functions.{area}.app")
    beside: Api | None = getattr(module, "standard", None)
    every = [*api_of(area).operations, *(beside.operations if beside else ())]
    found: Operation = next(o for o in every if o.id == name)
    return found


def every_operation() -> list[tuple[str, Operation]]:
    """All operations of all areas, in a stable order."""
    return [(area, o) for area in AREAS for o in sorted(api_of(area).operations, key=lambda o: o.id)]


@contextmanager
def acting_as(area: str) -> Iterator[None]:
    """Be one of an area's functions: its settings and its table."""
    before = os.environ.get("SKOLKIT_AREA", "")
    os.environ["SKOLKIT_AREA"] = area
    settings.cache_clear()
    try:
        yield
    finally:
        os.environ["SKOLKIT_AREA"] = before
        settings.cache_clear()


@dataclass(frozen=True)
class Answer:
    """What came back: status, headers (lower-case names) and the body, decoded when it is JSON."""

    status: int
    headers: Mapping[str, str]
    body: Any = field(default=None)


class Context:
    """The Lambda context, as far as anything reads it."""

    function_name = "test"
    function_version = "$LATEST"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:eu-north-1:000000000000:function:test"
    aws_request_id = "00000000-0000-4000-8000-000000000000"

    def get_remaining_time_in_millis(self) -> int:
        return 30_000


def gateway_event(
    op: Operation,
    *,
    person: str | None,
    path: Mapping[str, str],
    query: Mapping[str, Any],
    body: Any,
    headers: Mapping[str, str],
    scopes: str = SCHOOL_SCOPE,
    claimed: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The event of a REST API with a Cognito authorizer that has let `person` in, just now and with a strong
    e-identification unless `claimed` says otherwise.
    """
    claims = {"token_use": "access", "client_id": "phone", "scope": scopes}
    claims |= {"auth_time": str(int(time.time())), "aal": "3", **(claimed or {})}
    if person is not None:
        claims["person"] = person
    real = op.path
    for name, value in path.items():
        real = real.replace(f"{{{name}}}", value)
    raw = body if isinstance(body, str) or body is None else json.dumps(body)
    several = {n: list(map(str, v if isinstance(v, list | tuple) else [v])) for n, v in query.items()}
    texts = {name: values[-1] for name, values in several.items() if values}
    kind = "application/x-www-form-urlencoded" if op.form else "application/json"
    return {
        "resource": op.path,
        "path": real,
        "httpMethod": op.method,
        "headers": {"content-type": kind, **headers},
        "multiValueHeaders": {k: [v] for k, v in {"content-type": kind, **headers}.items()},
        "queryStringParameters": texts or None,
        "multiValueQueryStringParameters": several or None,
        "pathParameters": dict(path) or None,
        "stageVariables": None,
        "requestContext": {
            "resourcePath": op.path,
            "httpMethod": op.method,
            "path": f"{real}?{urlencode(texts)}",
            "requestId": "test",
            "authorizer": {"claims": claims},
        },
        "body": raw,
        "isBase64Encoded": False,
    }


def call(
    area: str,
    name: str,
    person: str | None,
    *,
    path: Mapping[str, str] | None = None,
    query: Mapping[str, Any] | None = None,
    body: Any = None,
    headers: Mapping[str, str] | None = None,
    scopes: str = SCHOOL_SCOPE,
    claimed: Mapping[str, str] | None = None,
) -> Answer:
    """Call an operation in-process, as the gateway would for a signed-in person; `claimed` are claims of the
    token (`auth_time`, `aal`).
    """
    op = operation(area, name)
    event = gateway_event(
        op, person=person, path=path or {}, query=query or {}, body=body, headers=headers or {},
        scopes=scopes, claimed=claimed,
    )  # fmt: skip
    with acting_as(area):
        reply = api_of(area).app(event, Context())
    text = reply["body"]
    return Answer(
        status=reply["statusCode"],
        headers={k.lower(): v for k, v in reply["headers"].items()},
        body=json.loads(text) if text and text[0] in "{[" else text,
    )


def deliver(area: str, function: str, *envelopes: Mapping[str, Any]) -> list[str]:
    """Hand facts to a consumer as SQS would; returns the ids of the messages it could not handle."""
    records = [
        {
            "messageId": str(number),
            "body": json.dumps({"detail-type": envelope["type"], "detail": envelope}),
            "attributes": {"ApproximateReceiveCount": "1"},
        }
        for number, envelope in enumerate(envelopes)
    ]
    handler = getattr(importlib.import_module(f"functions.{area}.app"), function)
    with acting_as(area):
        reply = handler({"Records": records}, Context())
    return [failure["itemIdentifier"] for failure in reply["batchItemFailures"]]


def run_schedule(area: str, function: str) -> None:
    """Run a scheduled function as the Scheduler would."""
    with acting_as(area):
        getattr(importlib.import_module(f"functions.{area}.app"), function)({}, Context())


def drop_file(area: str, function: str, key: str, bucket: str = IMPORTS_BUCKET) -> None:
    """Tell a function about a file in a bucket as S3 would."""
    event = {
        "version": "0", "id": "test", "account": "000000000000", "region": "eu-north-1",
        "time": "2026-11-23T06:45:00Z",
        "source": "aws.s3", "detail-type": "Object Created", "resources": [],
        "detail": {"bucket": {"name": bucket}, "object": {"key": key}},
    }  # fmt: skip
    with acting_as(area):
        getattr(importlib.import_module(f"functions.{area}.app"), function)(event, Context())


def outbox(area: str) -> list[dict[str, Any]]:
    """The facts waiting in an area's outbox, oldest first."""
    rows = (
        dynamodb()
        .get_paginator("scan")
        .paginate(
            TableName=f"skolkit-{area}",
            FilterExpression="#k = :outbox",
            ExpressionAttributeNames={"#k": "kind"},
            ExpressionAttributeValues={":outbox": {"S": "outbox"}},
        )
    )
    envelopes = [json.loads(item["envelope"]["S"]) for page in rows for item in page["Items"]]
    return sorted(envelopes, key=lambda envelope: str(envelope["id"]))


def audit_rows(about: str) -> list[dict[str, str]]:
    """The audit rows about a person, lesson, group or unit, oldest first."""
    reply = dynamodb().query(
        TableName=AUDIT_TABLE,
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": f"ABOUT#{about}"}},
    )
    return [{name: value["S"] for name, value in row.items() if "S" in value} for row in reply["Items"]]


def create_tables() -> None:
    """Make every area's table with the indexes it has in AWS, and the audit table."""
    for area in load_all():
        _create(table_name(area.name), area.indexes)
    create_audit_table()
    _create(KEYS_TABLE, {})


def create_audit_table() -> None:
    """Make the audit table with its stream."""
    _create(AUDIT_TABLE, {}, StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"})


def _create(table: str, indexes: dict[str, dict[str, Any]], **more: Any) -> None:
    names = {"pk", "sk"} | {key["AttributeName"] for i in indexes.values() for key in i["key_schema"]}
    arguments: dict[str, Any] = {
        "TableName": table,
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": [
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in sorted(names)],
        **more,
    }
    if indexes:
        arguments["GlobalSecondaryIndexes"] = [
            {"IndexName": name, "KeySchema": index["key_schema"], "Projection": index["projection"]}
            for name, index in indexes.items()
        ]
    dynamodb().create_table(**arguments)
