"""Things that go wrong, on purpose: functions killed, a provider that refuses or is cut off, facts that come
twice and in the wrong order, queues that give up. Everything happens to the deployed functions from outside.
"""

from __future__ import annotations

import http.client as http
import json
import os
import signal
import subprocess
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from datetime import time as clock_time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

from functions.messages.domain.deliveries import LEASE
from infra.local.cloud import HOST, Cloud
from infra.local.population import NewPupil
from skolkit.clock import local, now, stamp, today
from skolkit.types import new_id, stable_id
from tests.support.deployed import PATIENCE, Deployed, eventually
from tests.support.scenes import client, plan
from tests.support.world import Lesson

DELIVER, DECIDE, RECORD, RECEIPTS = (
    "skolkit-messages-deliver_guardian_notice",
    "skolkit-attendance-decide_guardian_notices",
    "skolkit-attendance-record_notice_outcome",
    "skolkit-messages-record_mail_receipt",
)
RELAYS = ("skolkit-attendance-relay", "skolkit-messages-relay")
QUIET = 1.5  # seconds without a message in any queue; the emulator looks at streams every second


# Who is away


@dataclass
class Families:
    """Classes with lessons of yesterday, and their pupils with two guardians. A guardian is used once, so
    that every one of them is due exactly one notice.
    """

    school: Deployed
    lessons: dict[str, list[Lesson]]
    pupils: dict[str, list[NewPupil]]
    used: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, school: Deployed, *, lessons: int) -> Families:
        world = school.world
        likes = [
            next(x for x in world.lessons if x.group == g.id)
            for g in world.population.groups
            if g.kind == "class"
        ]
        eight = local(today() - timedelta(days=1), clock_time(8))  # has passed whatever the hour is
        starts = [eight + n * timedelta(minutes=50) for n in range(lessons)]
        pupils = [p for p in world.population.pupils if len(p.guardians) == 2]
        return cls(
            school,
            {like.group: plan(school, starts, like=like) for like in likes},
            {like.group: [p for p in pupils if p.class_id == like.group] for like in likes},
        )

    def take(self, count: int) -> tuple[Lesson, list[NewPupil]]:
        """A lesson nobody has reported, and `count` of its pupils."""
        group = max(self.pupils, key=lambda g: bool(self.lessons[g]) * len(self._unused(g)))
        taken: list[NewPupil] = []
        while len(taken) < count:
            taken.append(self._unused(group)[0])
            self.used |= {g.guardian_id for g in taken[-1].guardians}
        return self.lessons[group].pop(0), taken

    def _unused(self, group: str) -> list[NewPupil]:
        return [p for p in self.pupils[group] if not self.used & {g.guardian_id for g in p.guardians}]

    def addresses(self, pupils: Sequence[NewPupil]) -> list[str]:
        """The mail addresses of the pupils' guardians."""
        homes = {g.id: g for g in self.school.world.population.guardians}
        found = [homes[g.guardian_id].email for pupil in pupils for g in pupil.guardians]
        return [email for email in found if email]

    def mails(self, pupils: Sequence[NewPupil]) -> Counter[str]:
        """How many mails each guardian of the pupils has got; all of them are in it."""
        wanted = self.addresses(pupils)
        sent = Counter(to for mail in self.school.cloud.messages() for to in mail["To"])
        return Counter({address: sent[address] for address in wanted})

    def all_told(self, pupils: Sequence[NewPupil], patience: float = PATIENCE) -> None:
        """Wait until every guardian has a mail and attendance knows it; then let the system come to rest:
        nobody has got a second one.
        """
        eventually(lambda: all(self.mails(pupils).values()), patience)
        eventually(lambda: all(self.known(pupil) for pupil in pupils), patience)
        quiet(self.school.cloud)
        assert set(self.mails(pupils).values()) == {1}, self.mails(pupils)
        assert len(self.addresses(pupils)) == 2 * len(pupils)

    def known(self, pupil: NewPupil) -> bool:
        """Whether attendance knows of one notice about the pupil, delivered to both guardians."""
        about = items(self.school.cloud, "attendance", f"PUPIL#{pupil.id}")
        gaps = [gap for item in about if "gaps" in item for gap in json.loads(item["gaps"]["S"])]
        assert len(gaps) <= 1, gaps
        told = gaps[0][4] if gaps else {}
        return told == {g.guardian_id: "delivered" for g in pupil.guardians}


def items(cloud: Cloud, area: str, pk: str) -> list[dict[str, Any]]:
    """What an area's table has under one partition key, as stored."""
    found: list[dict[str, Any]] = client(cloud, "dynamodb").query(
        TableName=f"skolkit-{area}",
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": pk}},
        ConsistentRead=True,
    )["Items"]
    return found


# What becomes of functions


def kill(cloud: Cloud, function: str) -> int:
    """End every process of a function at once, in the middle of whatever it does; returns how many there
    were.
    """
    mark = str(cloud.state / "tmp" / f"ministack-lambda-{function}-")
    found = [pid for pid, command in _processes() if mark in command]
    for pid in found:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return len(found)


def _processes() -> Iterator[tuple[int, str]]:
    """Every process and its command line."""
    if Path("/proc/self/cmdline").exists():
        for entry in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                yield int(entry.name), (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        return
    listed = subprocess.run(
        ["ps", "-axww", "-o", "pid=,command="], capture_output=True, text=True, check=True
    )
    for line in listed.stdout.splitlines():
        pid, _, command = line.strip().partition(" ")
        yield int(pid), command


@contextmanager
def switched_off(cloud: Cloud, function: str) -> Iterator[None]:
    """What feeds the function (its queue or stream) is not read for a while."""
    functions = client(cloud, "lambda")
    mappings = functions.list_event_source_mappings(FunctionName=function)["EventSourceMappings"]
    assert mappings
    for mapping in mappings:
        functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
    time.sleep(1.5)  # what was fetched before is still handled
    try:
        yield
    finally:
        for mapping in mappings:
            functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)


Forward = Callable[[], tuple[int, dict[str, str], bytes]]
Plan = Callable[[Forward], tuple[int, dict[str, str], bytes] | None]


@dataclass
class Between:
    """Stands between one function and one AWS service: every call passes here first.

    The next call does what the first of `plans` says, the rest pass on. A plan gets `forward`, which makes
    the call, and returns the reply, or None to cut the connection. `taken` are the calls' bodies the service
    accepted.
    """

    cloud: Cloud
    function: str
    service: str
    plans: deque[Plan] = field(default_factory=deque)
    taken: list[dict[str, Any]] = field(default_factory=list)

    def kill_before(self, forward: Forward) -> None:
        """The function dies before the service has heard of it."""
        kill(self.cloud, self.function)

    def kill_after(self, forward: Forward) -> None:
        """The service has done it, and the function dies before it knows."""
        forward()
        kill(self.cloud, self.function)

    @staticmethod
    def refuse(status: int, code: str) -> Plan:
        """The service answers with an error."""
        headers = {"content-type": "application/json", "x-amzn-errortype": code}
        return lambda _forward: (status, headers, json.dumps({"message": code}).encode())

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer((HOST, 0), self._handler())
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self._point(f"http://{HOST}:{self._server.server_address[1]}")
        return self

    def __exit__(self, *_: object) -> None:
        self._point(None)
        self._server.shutdown()
        self._server.server_close()

    def _point(self, address: str | None) -> None:
        """Tell the function where the service is; its processes start anew with that."""
        functions = client(self.cloud, "lambda")
        known = functions.get_function_configuration(FunctionName=self.function)["Environment"]["Variables"]
        name = f"AWS_ENDPOINT_URL_{self.service}"
        variables = {k: v for k, v in known.items() if k != name} | ({name: address} if address else {})
        functions.update_function_configuration(
            FunctionName=self.function, Environment={"Variables": variables}
        )
        kill(self.cloud, self.function)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        between = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))

                def forward() -> tuple[int, dict[str, str], bytes]:
                    link = http.HTTPConnection(HOST, between.cloud.port, timeout=60)
                    link.request("POST", self.path, body, dict(self.headers.items()))
                    reply = link.getresponse()
                    content = reply.read()
                    if reply.status == 200:
                        between.taken.append(json.loads(body))
                    link.close()
                    return reply.status, {"content-type": reply.headers["content-type"]}, content

                answer = between.plans.popleft()(forward) if between.plans else forward()
                self.close_connection = True
                if answer is None:
                    return
                status, headers, content = answer
                self.send_response(status)
                for name, value in (headers | {"content-length": str(len(content))}).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Handler


def receipts(mail: Between) -> None:
    """What SES does in AWS within seconds and the emulator does not: an event about each mail it took, into
    the queue of the function that reads them.
    """
    while mail.taken:
        letter = mail.taken.pop(0)
        (tag,) = [t["Value"] for t in letter["EmailTags"] if t["Name"] == "delivery"]
        event = {
            "version": "0", "id": new_id(), "detail-type": "Email Sent", "source": "aws.ses",
            "detail": {"eventType": "Send", "mail": {"messageId": new_id(), "tags": {"delivery": [tag]}}},
        }  # fmt: skip
        send(mail.cloud, RECEIPTS, json.dumps(event))


# Facts and queues


def facts(cloud: Cloud) -> list[dict[str, Any]]:
    """Every fact every area has committed, oldest first; the outbox keeps them for two weeks."""
    scan = client(cloud, "dynamodb").get_paginator("scan")
    found = [
        json.loads(item["envelope"]["S"])
        for table in client(cloud, "dynamodb").list_tables()["TableNames"]
        for page in scan.paginate(TableName=table)
        for item in page["Items"]
        if item.get("kind") == {"S": "outbox"}
    ]
    return sorted(found, key=lambda envelope: str(envelope["id"]))


def publish(cloud: Cloud, envelopes: Sequence[dict[str, Any]]) -> None:
    """Put facts on the bus as their area's relay does."""
    bus = client(cloud, "events")
    for start in range(0, len(envelopes), 10):
        entries = [
            {
                "EventBusName": "skolkit",
                "Source": f"skolkit.{envelope['type'].partition('.')[0]}",
                "DetailType": envelope["type"],
                "Detail": json.dumps(envelope),
            }
            for envelope in envelopes[start : start + 10]
        ]
        assert bus.put_events(Entries=entries)["FailedEntryCount"] == 0


def queue(cloud: Cloud, name: str) -> str:
    url: str = client(cloud, "sqs").get_queue_url(QueueName=name)["QueueUrl"]
    return url


def send(cloud: Cloud, name: str, body: str) -> None:
    client(cloud, "sqs").send_message(QueueUrl=queue(cloud, name), MessageBody=body)


def waiting(cloud: Cloud, name: str) -> int:
    """Messages in a queue, also those being handled."""
    kinds = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found = client(cloud, "sqs").get_queue_attributes(QueueUrl=queue(cloud, name), AttributeNames=kinds)
    return sum(int(found["Attributes"][kind]) for kind in kinds)


def quiet(cloud: Cloud, patience: float = PATIENCE) -> None:
    """Wait until no consumer's queue has had a message for a while."""
    urls = client(cloud, "sqs").list_queues(QueueNamePrefix="skolkit-")["QueueUrls"]
    names = [name for url in urls if not (name := url.rpartition("/")[2]).endswith("-dlq")]
    until, since = time.monotonic() + patience, time.monotonic()
    while time.monotonic() - since < QUIET:
        busy = {name: count for name in names if (count := waiting(cloud, name))}
        if busy:
            since = time.monotonic()
        assert time.monotonic() < until, f"never came to rest: {busy}"
        time.sleep(0.2)


def redrive(cloud: Cloud, name: str) -> int:
    """Move what a queue gave up on back to it, as `aws sqs start-message-move-task` does in AWS; how many."""
    sqs, dead = client(cloud, "sqs"), queue(cloud, f"{name}-dlq")
    moved = 0
    while messages := sqs.receive_message(QueueUrl=dead, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            send(cloud, name, message["Body"])
            sqs.delete_message(QueueUrl=dead, ReceiptHandle=message["ReceiptHandle"])
            moved += 1
    return moved


@contextmanager
def impatient(cloud: Cloud, *names: str, seconds: int = 1) -> Iterator[None]:
    """Queues that hand out an unfinished message again after seconds instead of minutes."""
    sqs = client(cloud, "sqs")
    before = {}
    for name in names:
        url = queue(cloud, name)
        found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])
        before[url] = found["Attributes"]["VisibilityTimeout"]
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": str(seconds)})
    try:
        yield
    finally:
        for url, timeout in before.items():
            sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": timeout})


# Deliveries


def deliveries(cloud: Cloud, pupils: Sequence[NewPupil]) -> list[dict[str, Any]]:
    """What messages has stored of the notices about some pupils."""
    return [item for pupil in pupils for item in items(cloud, "messages", f"PUPIL#{pupil.id}")]


def age_claims(cloud: Cloud, pupils: Sequence[NewPupil]) -> int:
    """Let the lease of every abandoned claim about the pupils have run out; how many there were. A claim of
    the last seconds may be of somebody who is alive.
    """
    claimed = [
        item
        for item in deliveries(cloud, pupils)
        if item["state"] == {"S": "claimed"}
        and now() - datetime.fromisoformat(item["at"]["S"]) > timedelta(seconds=2)
    ]
    for item in claimed:
        long_ago = now() - LEASE - timedelta(minutes=1)
        client(cloud, "dynamodb").update_item(
            TableName="skolkit-messages",
            Key={"pk": item["pk"], "sk": item["sk"]},
            UpdateExpression="SET #at = :at",
            ExpressionAttributeNames={"#at": "at"},
            ExpressionAttributeValues={":at": {"S": stamp(long_ago)}},
        )
    return len(claimed)


def a_notice(pupil: str, unit: str) -> dict[str, Any]:
    """A fact that guardians are due a notice, as attendance says it."""
    start = now().replace(minute=0, second=0, microsecond=0)
    return {
        "id": new_id(),
        "type": "attendance.GuardianNoticeDue.v1",
        "time": start.isoformat(),
        "data": {
            "notice": stable_id("notice", pupil, "test"),
            "pupil": pupil,
            "unit": unit,
            "day": today(start).isoformat(),
            "start": start.isoformat(),
            "end": (start + timedelta(minutes=40)).isoformat(),
        },
    }
