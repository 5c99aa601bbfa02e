"""Everything that starts a function except HTTP: facts from the bus (through a queue), schedules, files, the
table's stream.

Declared on the handler with Chalice's decorators; what infrastructure must know (queue, time zone, timeout,
alarm, runbook, process) is kept beside it as a `Trigger` and read by `infra`.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from chalice.app import Chalice, CloudWatchEvent, SQSEvent

from skolkit.events import Envelope
from skolkit.outbox import relay
from skolkit.table import AlreadyDone
from skolkit.telemetry import failure, logger

MAIL_EVENTS = tuple(
    f"Email {kind}" for kind in ("Sent", "Delivered", "Bounced", "Rejected", "Rendering Failed")
)  # EventBridge detail types of SES, source aws.ses
EVERY_PROCESS = 0  # the process number of what belongs to none in particular
Key = tuple[str, str]  # pk, sk
POISON = 3  # partitions that fail alone before the rest of a batch is left for the next attempt
Bucket = Literal["imports", "files"]
Kind = Literal["facts", "schedule", "file", "relay", "changes", "identity"]


@dataclass(frozen=True, slots=True)
class Trigger:
    """One function. `timeout` in seconds, `memory` in MB; `source`: fact types, a Scheduler expression, a
    file prefix, or kinds of item that change; `gone` is the prefix of partitions where items are removed.

    `runbook` names the file in `infra/runbooks`; `batch` is the most messages at a time; `meaning` is the
    alarm's text in Swedish: what it means for people when this function fails; `uses` are IAM actions beyond
    its tables, followed by what they are for where the same action is used on several things; `layers` the
    heavy packages it needs beside those all functions have (`documents`); `alarms` are metrics of its own
    (`skolkit.telemetry.count`) of which the first count alarms; `bucket` is where a file arrives.
    """

    name: str
    kind: Kind
    process: int
    source: tuple[str, ...] = ()
    bus: Literal["skolkit", "default"] = "skolkit"
    timeout: int = 30
    memory: int = 512
    batch: int = 10
    runbook: str = "consumer"
    meaning: str = ""
    uses: tuple[str, ...] = ()
    layers: tuple[str, ...] = ()
    gone: str = ""
    alarms: tuple[str, ...] = ()
    bucket: Bucket = "imports"


class Failed(RuntimeError):
    """A function failed; the log tells where. Raised so that Lambda retries and alarms."""


@dataclass(frozen=True, slots=True)
class DroppedFile:
    """A file that arrived: bucket and key, as S3 tells the account's default bus (the key as it is)."""

    bucket: str
    key: str


@dataclass(frozen=True, slots=True)
class MailReceipt:
    """What SES says of one mail: `kind` is its event type (Send, Delivery, Bounce …), `tag` the `delivery`
    tag it was sent with; `lasting`: the address will not take mail later either.
    """

    kind: str
    tag: str
    lasting: bool = True


@dataclass
class Triggers:
    """The asynchronous side of one area."""

    app: Chalice
    triggers: list[Trigger] = field(default_factory=list)

    def on_facts(
        self, *types: str, process: int, timeout: int = 30, memory: int = 512, batch: int = 10,
        runbook: str = "consumer", meaning: str = "", uses: tuple[str, ...] = (),
        layers: tuple[str, ...] = (), alarms: tuple[str, ...] = (),
    ) -> Callable[[Callable[[Envelope], None]], Any]:  # fmt: skip
        """React to facts, one call each; a failing one alone comes again, after five times to the dead-letter
        queue.

        The function must be idempotent on the fact's id; `AlreadyDone` counts as handled.
        """

        def declare(function: Callable[[Envelope], None]) -> Any:
            name = function.__name__
            self.triggers.append(
                Trigger(
                    name,
                    "facts",
                    process,
                    types,
                    "skolkit",
                    timeout,
                    memory,
                    batch,
                    runbook,
                    meaning,
                    uses,
                    layers,
                    alarms=alarms,
                )
            )

            def handle(event: SQSEvent) -> dict[str, Any]:
                return _each_message(name, event.to_dict()["Records"], function)

            return self.app.on_sqs_message(queue=f"skolkit-{self.app.app_name}-{name}", name=name)(handle)

        return declare

    def on_mail_receipts(
        self, *, process: int, runbook: str = "consumer", meaning: str = ""
    ) -> Callable[[Callable[[MailReceipt], None]], Any]:
        """React to SES's events about sent mail, which it puts on the account's default bus."""

        def declare(function: Callable[[MailReceipt], None]) -> Any:
            name = function.__name__
            self.triggers.append(
                Trigger(name, "facts", process, MAIL_EVENTS, "default", runbook=runbook, meaning=meaning)
            )

            def handle(event: SQSEvent) -> dict[str, Any]:
                return _each_message(
                    name, event.to_dict()["Records"], lambda mail: function(_receipt(mail)), raw=True
                )

            return self.app.on_sqs_message(queue=f"skolkit-{self.app.app_name}-{name}", name=name)(handle)

        return declare

    def on_schedule(
        self, expression: str, *, process: int, timeout: int = 300, memory: int = 512,
        runbook: str = "schedule", meaning: str = "", uses: tuple[str, ...] = (),
        alarms: tuple[str, ...] = (),
    ) -> Callable[[Callable[[], None]], Any]:  # fmt: skip
        """Run at Swedish wall-clock times: an EventBridge Scheduler expression, e.g. `cron(30 16 ? * MON-FRI
        *)`.
        """

        def declare(function: Callable[[], None]) -> Any:
            name = function.__name__
            self.triggers.append(
                Trigger(
                    name,
                    "schedule",
                    process,
                    (expression,),
                    "skolkit",
                    timeout,
                    memory,
                    1,
                    runbook,
                    meaning,
                    uses,
                    alarms=alarms,
                )
            )
            return self.app.lambda_function(name=name)(lambda _event, _context: _logged(name, function))

        return declare

    def on_file(
        self, prefix: str, *, process: int, timeout: int = 900, memory: int = 1024,
        runbook: str = "import", meaning: str = "", uses: tuple[str, ...] = (),
        layers: tuple[str, ...] = (), bucket: Bucket = "imports",
    ) -> Callable[[Callable[[DroppedFile], None]], Any]:  # fmt: skip
        """Take a file that has come under `prefix`: dropped in the imports bucket, or in the bucket of files
        sent by somebody, where the function may only what it `uses`.
        """

        def declare(function: Callable[[DroppedFile], None]) -> Any:
            name = function.__name__
            self.triggers.append(
                Trigger(
                    name, "file", process, (prefix,), "skolkit", timeout, memory, 1, runbook, meaning, uses,
                    layers, bucket=bucket,
                )
            )  # fmt: skip

            def handle(event: CloudWatchEvent) -> None:
                where = event.detail
                file = DroppedFile(where["bucket"]["name"], where["object"]["key"])
                _logged(name, lambda: function(file))

            created = {"source": ["aws.s3"], "detail-type": ["Object Created"]}
            return self.app.on_cw_event(created, name=name)(handle)

        return declare

    def on_sign_in(
        self, *, process: int, runbook: str = "sign-in", meaning: str = ""
    ) -> Callable[[Callable[[Any], Any]], Any]:
        """Add claims to tokens before they are issued (Cognito pre-token-generation, event version 2)."""

        def declare(function: Callable[[Any], Any]) -> Any:
            name = function.__name__
            self.triggers.append(
                Trigger(name, "identity", process, timeout=5, runbook=runbook, meaning=meaning)
            )
            return self.app.lambda_function(name=name)(lambda event, _context: function(event))

        return declare

    def on_changes(
        self, *kinds: str, gone: str, process: int, timeout: int = 60, memory: int = 512, batch: int = 100,
        runbook: str, meaning: str, uses: tuple[str, ...] = (),
    ) -> Callable[[Callable[[Sequence[Key]], None]], Any]:  # fmt: skip
        """Keep something of the area's own table that is derived from items of these kinds: called with the
        keys of those written, and of whatever was removed from partitions that begin with `gone`. Without
        kinds it is called for what was removed alone.

        The function reads what is there now, so that deliveries may come twice and in any order; what it
        writes is of other kinds and in other partitions, or it would start itself. If it fails it is called
        for each partition alone; from the first that still fails the stream comes again, ten times.
        """

        def declare(function: Callable[[Sequence[Key]], None]) -> Any:
            name = function.__name__
            self.triggers.append(
                Trigger(
                    name, "changes", process, kinds, timeout=timeout, memory=memory, batch=batch,
                    runbook=runbook, meaning=meaning, uses=uses, gone=gone,
                )
            )  # fmt: skip
            return self.app.lambda_function(name=name)(
                lambda event, _context: _changes(name, event["Records"], function)
            )

        return declare

    def relay_outbox(self) -> Any:
        """Publish the area's outbox. Every area with facts declares it once, as `relay`."""
        meaning = "Händelser når inte fram till övriga delar av systemet."
        self.triggers.append(
            Trigger("relay", "relay", EVERY_PROCESS, timeout=60, batch=100, runbook="relay", meaning=meaning)
        )
        return self.app.lambda_function(name="relay")(lambda event, _context: relay(event))


def _receipt(event: dict[str, Any]) -> MailReceipt:
    detail = event["detail"]
    lasting = detail.get("bounce", {}).get("bounceType", "Permanent") == "Permanent"
    return MailReceipt(detail["eventType"], detail["mail"]["tags"]["delivery"][0], lasting)


def _each_message(
    name: str, records: list[dict[str, Any]], function: Callable[[Any], None], *, raw: bool = False
) -> dict[str, Any]:
    failed: list[dict[str, str]] = []
    started = time.perf_counter()
    for record in records:
        try:
            event = json.loads(record["body"])
            function(event if raw else Envelope.model_validate(event["detail"]))
        except AlreadyDone:
            continue
        except Exception as error:  # noqa: BLE001 - one bad message must not stop the others
            attempt = record.get("attributes", {}).get("ApproximateReceiveCount", "1")
            logger().error("message failed", function=name, attempt=attempt, **failure(error))
            failed.append({"itemIdentifier": record["messageId"]})
    took = round((time.perf_counter() - started) * 1000, 1)
    logger().info(name, messages=len(records), failed=len(failed), ms=took)
    return {"batchItemFailures": failed}


def _changes(
    name: str, records: list[dict[str, Any]], function: Callable[[Sequence[Key]], None]
) -> dict[str, Any]:
    numbers: dict[str, str] = {}
    keys: dict[str, list[Key]] = {}
    for record in records:
        pk, sk = (record["dynamodb"]["Keys"][part]["S"] for part in ("pk", "sk"))
        numbers.setdefault(pk, record["dynamodb"]["SequenceNumber"])
        keys.setdefault(pk, []).append((pk, sk))
    started = time.perf_counter()
    failed: list[str] = []
    if not _works(name, [key for some in keys.values() for key in some], function):
        for partition, some in keys.items():
            if not _works(name, some, function):
                failed.append(numbers[partition])
            if len(failed) == POISON:
                break
    took = round((time.perf_counter() - started) * 1000, 1)
    logger().info(name, records=len(records), partitions=len(keys), failed=len(failed), ms=took)
    return {"batchItemFailures": [{"itemIdentifier": number} for number in failed[:1]]}


def _works(name: str, keys: Sequence[Key], function: Callable[[Sequence[Key]], None]) -> bool:
    try:
        function(keys)
    except Exception as error:  # noqa: BLE001 - one bad partition must not stop the others
        logger().error("change failed", function=name, keys=len(keys), **failure(error))
        return False
    return True


def _logged(name: str, function: Callable[[], None]) -> None:
    started = time.perf_counter()
    try:
        function()
    except Exception as error:  # noqa: BLE001 - see the next line but one
        logger().error("function failed", function=name, **failure(error))
        raise Failed(name) from None  # its own text could hold personal data
    logger().info(name, ms=round((time.perf_counter() - started) * 1000, 1))
