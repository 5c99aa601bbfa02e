"""Transactions, batches, the outbox and its relay against the real engine."""

from __future__ import annotations

import json
from typing import Any, ClassVar

import pytest
from pynamodb.attributes import UnicodeAttribute

from infra.local.cloud import Cloud
from skolkit.audit import Trace
from skolkit.clock import now
from skolkit.config import settings, table_name
from skolkit.errors import ChangedMeanwhile
from skolkit.events import Fact
from skolkit.outbox import relay
from skolkit.table import (
    AlreadyDone,
    Item,
    Once,
    Overwrite,
    Remove,
    Unchanged,
    Wanted,
    commit,
    dynamodb,
    fetch,
    put_many,
)
from tests.support.areas import acting_as, audit_rows, outbox


class ThingItem(Item, discriminator="test-thing"):
    fed = True
    name = UnicodeAttribute()

    class Meta:
        table_name = table_name("messages")


class OtherItem(Item, discriminator="test-other"):
    name = UnicodeAttribute()

    class Meta:
        table_name = table_name("timetable")


class Happened(Fact):
    type: ClassVar[str] = "messages.Happened.v1"
    number: int


@pytest.fixture(autouse=True)
def area(tables: Cloud) -> Any:
    with acting_as("messages"):
        yield


def thing(pk: str = "A", name: str = "one") -> ThingItem:
    return ThingItem(pk=pk, sk="S", name=name)


def test_item_fact_and_trace_are_one_transaction() -> None:
    commit(thing(), facts=[Happened(number=1)], trace=Trace("anna", "test", "A"))
    assert [fact["data"] for fact in outbox("messages")] == [{"number": 1}]
    assert [row["actor"] for row in audit_rows("A")] == ["anna"]
    with pytest.raises(ChangedMeanwhile):  # it exists now
        commit(thing(), facts=[Happened(number=2)], trace=Trace("bo", "test", "A"))
    assert len(outbox("messages")) == 1
    assert len(audit_rows("A")) == 1


def test_the_second_writer_of_a_version_is_refused() -> None:
    commit(thing())
    first, second = ThingItem.find("A", "S"), ThingItem.find("A", "S")
    assert first
    assert second
    first.name, second.name = "first", "second"
    commit(first)
    assert first.version == 2
    with pytest.raises(ChangedMeanwhile):
        commit(second)
    stored = ThingItem.find("A", "S")
    assert stored
    assert (stored.name, stored.version) == ("first", 2)


def test_guarded_items_may_be_overwritten_and_removed() -> None:
    commit(Overwrite(thing(name="a")))
    commit(Overwrite(thing(name="b")))
    assert (found := ThingItem.find("A", "S"))
    assert found.name == "b"
    commit(Remove(thing()))
    commit(Remove(thing()))
    assert ThingItem.find("A", "S") is None


def test_a_write_may_depend_on_what_is_unchanged_or_absent() -> None:
    read = thing()
    commit(read)
    commit(OtherItem(pk="B", sk="S", name="b"), Unchanged(read), Unchanged(thing("absent")))
    changed = thing(name="two").over(1)
    commit(changed)
    for wrong in (Unchanged(read), Unchanged(thing("A"))):
        with pytest.raises(ChangedMeanwhile):
            commit(OtherItem(pk="C", sk="S", name="c"), wrong)
    commit(OtherItem(pk="C", sk="S", name="c"), Unchanged(changed))
    found = ThingItem.find("A", "S")
    assert found
    assert (found.name, found.version) == ("two", 2)


def test_once_keeps_the_first_answer() -> None:
    commit(thing(), once=Once("k", digest="d", answer="first"))
    with pytest.raises(AlreadyDone) as done:
        commit(thing("B"), once=Once("k", digest="e", answer="second"))
    assert (done.value.answer, done.value.digest) == ("first", "d")
    assert ThingItem.find("B", "S") is None


def test_a_transaction_ends_at_a_hundred_items() -> None:
    commit(*(thing(str(n)) for n in range(99)), trace=Trace("anna", "test", "A"))
    with pytest.raises(ValueError, match="101"):
        commit(*(thing(f"x{n}") for n in range(100)), trace=Trace("anna", "test", "A"))


def test_many_items_of_several_tables_in_order() -> None:
    put_many([thing(str(n), f"thing {n}") for n in range(130)])
    put_many([OtherItem(pk=str(n), sk="S", name=f"other {n}") for n in range(3)])
    keys = [(str(n), "S") for n in range(131)]
    things = Wanted(ThingItem, [*keys, keys[0]], lambda found: [found[k].name for k in keys if k in found])
    others = Wanted(OtherItem, keys[:4], lambda found: sorted(i.name for i in found.values()), only=("name",))
    names, more = fetch(things, others)
    assert names == [f"thing {n}" for n in range(130)]
    assert more == ["other 0", "other 1", "other 2"]


def test_fed_kinds_are_found_by_when_they_changed() -> None:
    before = now()
    commit(thing())
    found = [
        row
        for shard in range(4)
        for row in dynamodb().query(
            TableName="skolkit-messages",
            IndexName="feed",
            KeyConditionExpression="feed_pk = :kind AND feed_sk > :since",
            ExpressionAttributeValues={
                ":kind": {"S": f"test-thing#{shard}"},
                ":since": {"S": before.isoformat()[:19]},
            },
        )["Items"]
    ]
    assert [row["pk"]["S"] for row in found] == ["A"]


def stream(*rows: dict[str, Any]) -> dict[str, Any]:
    """The rows as DynamoDB's stream hands them over."""
    return {
        "Records": [
            {"eventName": "INSERT", "dynamodb": {"NewImage": row, "SequenceNumber": str(n)}}
            for n, row in enumerate(rows)
        ]
    }


def outbox_row(number: int) -> dict[str, Any]:
    envelope = Happened(number=number).envelope()
    return {
        "kind": {"S": "outbox"},
        "type": {"S": Happened.type},
        "envelope": {"S": json.dumps(envelope)},
    }


def test_the_relay_publishes_in_order_and_only_the_outbox(tables: Cloud) -> None:
    queue = listening(tables)
    other = {"kind": {"S": "test-thing"}}
    assert relay(stream(*(outbox_row(n) for n in range(23)), other)) == {"batchItemFailures": []}
    assert received(tables, queue) == list(range(23))


def test_the_relay_stops_at_what_the_bus_refuses(tables: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    queue = listening(tables)
    monkeypatch.setenv("SKOLKIT_BUS", "arn:aws:events:eu-north-1:000000000000:no-bus")
    settings.cache_clear()
    assert relay(stream(*(outbox_row(n) for n in range(12)))) == {
        "batchItemFailures": [{"itemIdentifier": "0"}]
    }
    assert received(tables, queue) == []


def listening(cloud: Cloud) -> str:
    """A queue that gets everything from the bus."""
    events, sqs = cloud.client("events"), cloud.client("sqs")
    events.create_event_bus(Name="skolkit")
    url: str = sqs.create_queue(QueueName="heard")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    pattern = json.dumps({"source": ["skolkit.messages"]})
    events.put_rule(Name="all", EventBusName="skolkit", EventPattern=pattern)
    events.put_targets(Rule="all", EventBusName="skolkit", Targets=[{"Id": "queue", "Arn": arn}])
    return url


def received(cloud: Cloud, url: str) -> list[int]:
    """The numbers of the facts in the queue, in order."""
    sqs = cloud.client("sqs")
    numbers: list[int] = []
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1).get(
        "Messages"
    ):
        for message in messages:
            body = json.loads(message["Body"])
            assert body["detail-type"] == Happened.type
            numbers.append(body["detail"]["data"]["number"])
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return sorted(numbers)
