"""Facts and deliveries: what one area says another understands, in the very form in which it arrives, once or
ten times.

`events/samples/<area>/<function>.<case>.json` is what AWS hands the function; together, in the order of
`STORY`, they are a morning at a made-up school on 23 November 2026. Files that are told of lie in
`<area>/files`.
"""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import jsonschema
import pytest

from functions.attendance import events as attendance
from functions.attendance.domain.lesson import MOST_PUPILS
from functions.messages.domain.attachments import Attachment
from functions.messages.domain.deliveries import Failure
from functions.messages.store.attachments import new_attachment
from infra.areas import load_all
from infra.facts import published
from infra.local.cloud import Cloud
from skolkit.events import Envelope, Fact
from skolkit.imports import MOST_FAULTS
from skolkit.outbox import BYTES
from skolkit.table import dynamodb, put_many
from skolkit.types import PersonId, new_id
from tests.contract.stories import HEARD, STORY
from tests.integration.test_attendance_day import at
from tests.support.areas import AREAS, Context, acting_as, call, outbox

ROOT = Path(__file__).parents[2] / "events"


SAMPLES = {f"{path.parent.name}/{path.stem}": path for path in sorted(ROOT.glob("samples/*/*.json"))}


NOON = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)


FACTS: dict[str, type[Fact]] = {fact.type: fact for area in AREAS for fact in published(area)}


TRIGGERS = [(area.name, trigger) for area in load_all() for trigger in area.triggers]


CONSUMED = sorted(
    {
        (area, kind)
        for area, trigger in TRIGGERS
        if (trigger.kind, trigger.bus) == ("facts", "skolkit")
        for kind in trigger.source
    }
)


# A file that a teacher has begun to send, and that comes in `scan_attachment`.
PACKING = Attachment(
    "0192f0c0-0000-7000-8000-0000000000f1", PersonId("0192f0c0-0000-7000-8000-000000000001"), "Packlista.txt",
    "text/plain", 49,
)  # fmt: skip


PERSONAL = re.compile("name|civic|number|mail|phone|address|street|postal|birth|text|note|comment")


def sample(case: str) -> Any:
    return json.loads(SAMPLES[case].read_bytes())


def told(case: str) -> Iterator[dict[str, Any]]:
    """The facts in a sample, as envelopes."""
    records = sample(case).get("Records", []) if isinstance(sample(case), dict) else []
    for record in records:
        if "body" in record:
            event = json.loads(record["body"])
            assert event["detail-type"] == event["detail"].get("type", event["detail-type"])
            if event["source"].startswith("skolkit."):
                yield event["detail"]
        elif "envelope" in record["dynamodb"].get("NewImage", {}) and record["eventName"] == "INSERT":
            yield json.loads(record["dynamodb"]["NewImage"]["envelope"]["S"])


def test_everything_that_starts_by_itself_has_a_sample() -> None:
    assert set(SAMPLES) == set(STORY)
    started = {case.partition(".")[0] for case in SAMPLES}
    assert {f"{area}/{trigger.name}" for area, trigger in TRIGGERS} == started
    shown = {envelope["type"] for case in SAMPLES for envelope in told(case)}
    assert {kind for _, kind in CONSUMED} <= shown


@pytest.mark.parametrize(("area", "kind"), CONSUMED, ids=str)
def test_what_is_heard_is_said_by_exactly_one_area(area: str, kind: str) -> None:
    speakers = [name for name in AREAS if kind in {fact.type for fact in published(name)}]
    assert speakers == [kind.partition(".")[0]], area


def test_every_reader_is_known() -> None:
    assert sorted(HEARD) == CONSUMED


@pytest.mark.parametrize(("area", "kind"), CONSUMED, ids=str)
def test_a_reader_understands_the_speaker(area: str, kind: str) -> None:
    """Every sample of the fact, as the speaker's own model writes it, and every field the reader needs is one
    that the speaker always says, in the same form.
    """
    reader, speaker = HEARD[area, kind], FACTS[kind]
    said = [envelope["data"] for case in SAMPLES for envelope in told(case) if envelope["type"] == kind]
    assert said
    for data in said:
        assert speaker.model_validate(data).model_dump(mode="json") == data
        understood = reader.model_validate(data).model_dump(mode="json")
        assert {name: data[name] for name in understood if name in data}.items() <= understood.items()
    fields, always = speaker.model_fields, {n for n, f in speaker.model_fields.items() if f.is_required()}
    for name, field in reader.model_fields.items():
        assert name in always or not field.is_required(), f"{kind} does not always say {name}"
        if name in fields and field.is_required():
            assert fields[name].annotation == field.annotation, name


def test_attendance_understands_every_reason_messages_gives() -> None:
    reasons = attendance.NoticeAnswered.model_fields["reason"].annotation
    assert {"", *(failure.value for failure in Failure)} == set(getattr(reasons, "__args__", ()))


@pytest.mark.parametrize("kind", sorted(FACTS))
def test_a_fact_names_nobody_and_fits(kind: str) -> None:
    """No field of it, however deep, is for personal data, and the largest there can be fits the bus. Lists
    are as long as a lesson's roster.
    """
    schema = FACTS[kind].model_json_schema(mode="serialization")
    shapes = (schema, *schema.get("$defs", {}).values())
    names = {name for shape in shapes for name in shape.get("properties", {})}
    assert not [name for name in names if PERSONAL.search(name)]
    text = json.dumps(_largest(schema, schema.get("$defs", {})))
    assert len(text.encode()) + 1000 < BYTES


def _largest(shape: dict[str, Any], shared: dict[str, Any]) -> Any:
    """A value of the schema as big as it gets."""
    if "$ref" in shape:
        return _largest(shared[shape["$ref"].rpartition("/")[2]], shared)
    if "properties" in shape:
        return {name: _largest(inner, shared) for name, inner in shape["properties"].items()}
    if shape.get("type") == "array":
        return [_largest(shape["items"], shared)] * MOST_PUPILS
    if shape.get("type") == "object":
        return {f"a name of thirty characters {n:02}": MOST_FAULTS for n in range(50)}
    return max((str(value) for value in shape.get("enum", [])), key=len, default="x" * 40)


@pytest.mark.parametrize("case", [case for case in STORY if list(told(case))])
def test_a_sample_is_as_the_schema_says(case: str) -> None:
    for envelope in told(case):
        area, name, version = envelope["type"].split(".")
        schema = json.loads((ROOT / "schemas" / area / f"{name}.{version}.json").read_bytes())
        jsonschema.validate(envelope, schema)
        Envelope.model_validate(envelope)


@pytest.fixture
def morning(tables: Cloud, monkeypatch: pytest.MonkeyPatch) -> Cloud:
    """Noon of the day the samples are about, with their files in the bucket."""
    for area in AREAS:
        importlib.import_module(f"functions.{area}.app")
    at(monkeypatch, NOON)
    for path in ROOT.glob("samples/*/files/*"):
        for case in SAMPLES:
            where = sample(case).get("detail", {})
            key = where.get("object", {}).get("key", "")
            if key.endswith(f"/{path.name}") and case.startswith(path.parts[-3]):
                bucket = where["bucket"]["name"]
                tables.client("s3").put_object(Bucket=bucket, Key=key, Body=path.read_bytes())
    with acting_as("messages"):
        put_many([new_attachment(PACKING)])
    return tables


def deliver(case: str) -> Any:
    """Hand the sample to its function as Lambda does."""
    area, _, rest = case.partition("/")
    app: ModuleType = importlib.import_module(f"functions.{area}.app")
    with acting_as(area):
        reply = getattr(app, rest.partition(".")[0])(sample(case), Context())
    assert reply is None or not reply.get("batchItemFailures"), reply
    return reply


def go_through(*, times: int) -> None:
    """The whole morning, each delivery so many times; the teacher saves the lesson when it has a sheet."""
    for case in STORY:
        if case.startswith("attendance/decide"):
            _save_lesson(case)
        for _ in range(times):
            deliver(case)


def _save_lesson(case: str) -> None:
    (reported,) = told(case)
    lesson, teacher = {"lesson": reported["data"]["lesson"]}, _teacher()
    opened = call("attendance", "open_lesson", teacher, path=lesson)
    if opened.body["isReported"]:
        return
    away = {pupil["pupil"]: pupil["minutes"] for pupil in reported["data"]["unexcused"]}
    rows = [
        {
            "pupil": row["pupil"],
            "attendanceMinutes": opened.body["minutes"] - away.get(row["pupil"], 0),
            "invalidAbsenceMinutes": away.get(row["pupil"], 0),
        }
        for row in opened.body["rows"]
    ]
    saved = call(
        "attendance", "save_lesson", teacher, path=lesson, body={"rows": rows},
        headers={"if-match": opened.headers["etag"]},
    )  # fmt: skip
    assert saved.status == 200, saved.body


def _teacher() -> str:
    rows = (ROOT / "samples" / "timetable" / "files" / "lessons.jsonl").read_text().splitlines()
    return str(json.loads(rows[0])["teachers"][0])


def everything() -> dict[tuple[str, str, str], dict[str, Any]]:
    """Every row of every table but the outbox and the audit trail's, without the time of writing."""
    found = {}
    for table in dynamodb().list_tables()["TableNames"]:
        for page in dynamodb().get_paginator("scan").paginate(TableName=table):
            for item in page["Items"]:
                if table != "skolkit-audit" and item["kind"]["S"] not in ("outbox", "audit_chain"):
                    key = (table, item["pk"]["S"], item["sk"]["S"])
                    found[key] = {k: v for k, v in item.items() if k not in {"modified", "feed_sk"}}
    return found


def said() -> list[str]:
    """What has been committed to be told, without the sweep's report, which is of each run."""
    kinds = [str(envelope["type"]) for area in AREAS for envelope in outbox(area)]
    return sorted(kind for kind in kinds if kind != "attendance.EveningSwept.v1")


def test_every_sample_twice_leaves_the_same_tables(morning: Cloud) -> None:
    go_through(times=1)
    once, spoken, mails = everything(), said(), len(morning.messages())
    assert mails == 12  # two guardians of two pupils, an administrator about a broken glass, seven messages
    counts = {key: row["counts"]["S"] for key, row in once.items() if row["kind"] == {"S": "sweep"}}
    assert any('"delivered"' in text for text in counts.values()), counts
    assert once["skolkit-messages", f"FILE#{PACKING.id}", "FILE"]["state"] == {"S": "clean"}
    go_through(times=2)
    assert everything() == once
    assert said() == spoken
    assert len(morning.messages()) == mails


def test_a_relay_puts_what_is_new_on_the_bus_and_nothing_else(morning: Cloud) -> None:
    """The emulator's bus gives to a queue, where a consumer would find the fact as in the samples of
    consumers.
    """
    sqs, events = morning.client("sqs"), morning.client("events")
    url = sqs.create_queue(QueueName="all")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.create_event_bus(Name="skolkit")
    pattern = json.dumps({"source": [{"prefix": "skolkit."}]})
    events.put_rule(Name="all", EventBusName="skolkit", EventPattern=pattern)
    events.put_targets(Rule="all", EventBusName="skolkit", Targets=[{"Id": "all", "Arn": arn}])
    for case in STORY:
        if case.endswith("/relay.outbox"):
            deliver(case)
            wanted = list(told(case))
            bodies = [json.loads(m["Body"]) for m in _drain(sqs, url, len(wanted))]
            assert [body["detail"] for body in bodies] == wanted
            (record,) = sample("attendance/decide_guardian_notices.lesson_reported")["Records"]
            known = json.loads(record["body"])
            for body in bodies:
                assert set(body) == set(known)
                assert body["source"] == f"skolkit.{case.partition('/')[0]}"


def _drain(sqs: Any, url: str, count: int) -> list[Any]:
    found: list[Any] = []
    while len(found) < count:
        reply = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=1, WaitTimeSeconds=5)
        batch = reply.get("Messages", [])
        assert batch, f"{len(found)} of {count}"
        sqs.delete_message(QueueUrl=url, ReceiptHandle=batch[0]["ReceiptHandle"])
        found += batch
    assert "Messages" not in sqs.receive_message(QueueUrl=url)
    return found


def test_a_message_that_cannot_be_read_comes_back_alone(morning: Cloud) -> None:
    case = "attendance/record_notice_outcome.notice_failed"
    event = sample(case)
    bad = {**event["Records"][0], "messageId": new_id(), "body": '{"detail": {"type": "x"}}'}
    with acting_as("attendance"):
        app = importlib.import_module("functions.attendance.app")
        reply = app.record_notice_outcome({"Records": [bad, *event["Records"]]}, Context())
    assert reply == {"batchItemFailures": [{"itemIdentifier": bad["messageId"]}]}
