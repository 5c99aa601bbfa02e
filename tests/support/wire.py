"""What this process sends to AWS, seen where it leaves: facts committed, mails handed over; and what may go
wrong there: a provider that takes nothing, a function that dies between two steps.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, Self
from zlib import crc32

from skolkit import outbox
from skolkit.aws import client
from skolkit.table import dynamodb
from tests.support.areas import acting_as

SHARDS = 2
BATCH = 100  # stream records of one call, as the relays are declared


class Killed(BaseException):
    """The function's process is gone."""


class Wire:
    """Watches the clients of this process. `rows`: of each area and shard of its table's stream the outbox
    rows that no relay has read yet; `mails`: how many mails a delivery has had, `texts` all text messages;
    `published`: what the bus took in the last reading. `down`: the provider of mail takes nothing; `deaf`:
    which facts the bus refuses. `shard_of` says where a fact lies, since its key is made by chance.
    """

    def __init__(self, shard_of: Callable[[dict[str, Any]], int] | None = None) -> None:
        self._shard_of = shard_of
        self.rows: dict[tuple[str, int], list[dict[str, Any]]] = {}
        self.mails, self.texts = Counter[str](), 0
        self.sent: list[str] = []
        self.published: list[dict[str, Any]] = []
        self.down = False
        self.deaf: Callable[[dict[str, Any]], bool] | None = None
        self.life: int | None = None
        self.steps = 0
        self._number = 0
        self._hooks: list[tuple[Any, str, Callable[..., Any]]] = []

    def __enter__(self) -> Self:
        for made in (dynamodb(), client("sesv2"), client("sns"), client("events")):
            service = made.meta.service_model.service_name
            for name, hook in (
                (f"provide-client-params.{service}", self._keep), (f"before-call.{service}", self._before),
                (f"after-call.{service}", self._after),
            ):  # fmt: skip
                made.meta.events.register(name, hook)
                self._hooks.append((made, name, hook))
        return self

    def __exit__(self, *_: object) -> None:
        for made, name, hook in self._hooks:
            made.meta.events.unregister(name, hook)

    @contextmanager
    def dying(self, life: int) -> Iterator[list[bool]]:
        """The process dies after so many steps, a step being a call or its answer; says whether it did."""
        self.life, died = life, list[bool]()
        try:
            yield died
        except Killed:
            died.append(True)
        finally:
            self.life = None

    def _keep(self, params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
        context["said"] = params

    def _before(self, model: Any, context: dict[str, Any], **_: Any) -> Any:
        self._live()
        if self.deaf and model.name == "PutEvents":
            entries = context["said"]["Entries"]
            taken = [not self.deaf(json.loads(entry["Detail"])) for entry in entries]
            said = [{"EventId": "0"} if one else {"ErrorCode": "InternalFailure"} for one in taken]
            return SimpleNamespace(status_code=200), {"FailedEntryCount": taken.count(False), "Entries": said}
        if self.down and model.name == "SendEmail":
            refusal = {"Error": {"Code": "SendingPausedException", "Message": ""}, "ResponseMetadata": {}}
            return SimpleNamespace(status_code=400), refusal
        return None

    def _after(self, parsed: dict[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
        if "Error" not in parsed:
            self._note(model.name, context.get("said", {}), parsed)
        self._live()

    def _live(self) -> None:
        self.steps += 1
        if self.life is not None:
            self.life -= 1
            if self.life < 0:
                raise Killed

    def _note(self, call: str, said: dict[str, Any], answer: dict[str, Any]) -> None:
        if call == "TransactWriteItems":
            puts = [entry["Put"] for entry in said["TransactItems"] if "Put" in entry]
            for put in puts:
                if put["Item"].get("kind") == {"S": "outbox"}:
                    self._streamed(put["TableName"].removeprefix("skolkit-"), put["Item"])
        elif call == "SendEmail":
            (tag,) = [one["Value"] for one in said["EmailTags"] if one["Name"] == "delivery"]
            self.mails[tag] += 1
            self.sent.append(tag)
        elif call == "Publish":
            self.texts += 1
        elif call == "PutEvents":
            both = zip(said["Entries"], answer["Entries"], strict=True)
            self.published += [json.loads(one["Detail"]) for one, told in both if "ErrorCode" not in told]

    def _streamed(self, area: str, row: dict[str, Any]) -> None:
        """A record of the stream. Shards divide partition keys, every fact has its own: an order holds within
        a shard alone.
        """
        self._number += 1
        fact = json.loads(row["envelope"]["S"])
        shard = self._shard_of(fact) if self._shard_of else crc32(str(self._number).encode()) % SHARDS
        self.rows.setdefault((area, shard), []).append(
            {"eventName": "INSERT", "dynamodb": {"NewImage": row, "SequenceNumber": str(self._number)}}
        )

    def relay(self, shard: int) -> list[dict[str, Any]]:
        """Let the areas' relays read a shard once; what they have put on the bus meanwhile. What was not
        taken, or whose reader died, stays and comes again.
        """
        self.published.clear()
        for (area, of), rows in self.rows.items():
            if of == shard and rows:
                some = rows[:BATCH]
                with acting_as(area):
                    failed = outbox.relay({"Records": some})["batchItemFailures"]
                numbers = [row["dynamodb"]["SequenceNumber"] for row in some]
                done = numbers.index(failed[0]["itemIdentifier"]) if failed else len(some)
                del rows[:done]
        return list(self.published)
