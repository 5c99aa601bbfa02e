"""The bus with its archive in the embedded AWS, a rule and a queue for everybody who listens, and what a
replay brings there.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from functions.exchange.domain.replays import Replay
from functions.exchange.store.replays import replay_item
from functions.organisation.domain.staffing import DutyRecord
from functions.organisation.store.duties import duty_writes
from infra.areas import function_name, load_all
from infra.local.cloud import Cloud
from skolkit.clock import now
from skolkit.table import commit
from skolkit.types import PersonId, UnitId, new_id
from tests.support.areas import acting_as

BUS = "skolkit"
PLACE = "arn:aws:events:eu-north-1:000000000000"
Listener = tuple[str, str]


def lay_bus(cloud: Cloud) -> None:
    """The bus and its archive, as core has them."""
    events = cloud.client("events")
    events.create_event_bus(Name=BUS)
    pattern = json.dumps({"source": [{"prefix": "skolkit."}]})
    events.create_archive(
        ArchiveName=BUS, EventSourceArn=f"{PLACE}:event-bus/{BUS}", RetentionDays=90, EventPattern=pattern
    )


def lay_rules(cloud: Cloud) -> dict[Listener, str]:
    """A rule and a queue for everybody who listens, as the areas have them; the queues' addresses."""
    events, sqs, urls = cloud.client("events"), cloud.client("sqs"), {}
    for area in load_all():
        for trigger in area.triggers:
            if (trigger.kind, trigger.bus) == ("facts", "skolkit"):
                name = function_name(area.name, trigger.name)
                url = sqs.create_queue(QueueName=name)["QueueUrl"]
                arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
                pattern = json.dumps({"detail-type": list(trigger.source)})
                events.put_rule(Name=name, EventBusName=BUS, EventPattern=pattern)
                targets = [{"Id": "queue", "Arn": arn["QueueArn"]}]
                events.put_targets(Rule=name, EventBusName=BUS, Targets=targets)
                urls[area.name, trigger.name] = url
    return urls


def tell(cloud: Cloud, facts: Iterable[Mapping[str, Any]]) -> None:
    """Put facts on the bus as a relay does."""
    for fact in facts:
        entry = {
            "EventBusName": BUS, "Source": f"skolkit.{fact['type'].partition('.')[0]}",
            "DetailType": fact["type"], "Detail": json.dumps(fact),
        }  # fmt: skip
        assert cloud.client("events").put_events(Entries=[entry])["FailedEntryCount"] == 0


def taken(cloud: Cloud, url: str) -> Iterator[dict[str, Any]]:
    """What lies in a queue, each message once, as a function is handed it."""
    sqs = cloud.client("sqs")
    while batch := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in batch:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            yield {
                "messageId": message["MessageId"], "body": message["Body"],
                "attributes": {"ApproximateReceiveCount": "1"},
            }  # fmt: skip


def asked_for(by: PersonId) -> str:
    """A replay that was written down an hour ago and never begun."""
    at = now() - timedelta(hours=1)
    replay = Replay(
        new_id(), at - timedelta(hours=2), at - timedelta(hours=1), ("attendance.LessonReported.v1",),
        ("attendance.decide_guardian_notices",), ("attendance.LessonReported.v1",), "Tappade köer", by, at,
    )  # fmt: skip
    with acting_as("exchange"):
        commit(replay_item(replay))
    return replay.id


def administrator(unit: UnitId | None = None) -> PersonId:
    """Somebody new who administers a unit, or the municipality."""
    person = PersonId(new_id())
    duty = DutyRecord(
        id=new_id(), person=person, unit=unit, duty_role="Skoladministratör", start=date(2020, 1, 1),
        role="administrator",
    )  # fmt: skip
    with acting_as("organisation"):
        commit(*duty_writes(None, duty))
    return person
