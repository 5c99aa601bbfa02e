"""An emergency message to 5,000 people by mail and text message, counted on parts of a smaller school: round
trips and write units of a recipient, handler time, and from those how long it takes in AWS at the pace at
which Lambda reads a queue. Printed, run it with `-s`; times are with the embedded AWS on the same processors.
With SKOLKIT_PUPILS=4000 the school itself has 5,000 to tell.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from functions.messages.app import on
from functions.messages.domain.emergencies import CHUNK
from functions.messages.usecases.emergencies import WORKERS
from infra.local.cloud import Cloud
from tests.integration.messages.test_emergencies import counter, parts, preview, send
from tests.support.areas import deliver
from tests.support.fixtures import lay_tables
from tests.support.meter import Use, metered
from tests.support.prices import COLD_MS, HTTP_MB, PRICES, PROVIDER_MS, READ_MS, VCPU_MB, WRITE_MS, emptied
from tests.support.wire import Wire
from tests.support.world import UNIT, drop, imagine

PUPILS = int(os.environ.get("SKOLKIT_PUPILS", "180"))
RECIPIENTS, WITHIN = 5_000, 60.0  # people, and seconds until the last is told
RELAYED = 2.0  # [M] seconds from the commit until the queue has the facts


@pytest.fixture(autouse=True)
def silence() -> Iterator[None]:
    """No log lines between the numbers."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@dataclass(frozen=True)
class Part:
    """What one part of the recipients cost."""

    recipients: int
    letters: int
    use: Use
    wall: float
    processor: float

    @property
    def waits(self) -> float:
        """Milliseconds that a letter waits for others: transactions before and after the provider."""
        writes = self.use.operations.count("TransactWriteItems") / self.letters
        reads = self.use.operations.count("GetItem") / self.letters
        return writes * WRITE_MS + reads * READ_MS + PROVIDER_MS

    def seconds(self, memory: int) -> float:
        """How long a part of `CHUNK` takes in a function with so much memory: as long as its workers wait or
        as its share of a processor needs, whichever is more.
        """
        share, scale = min(1.0, memory / VCPU_MB), CHUNK / self.recipients
        waiting = self.letters * scale * self.waits / 1000 / WORKERS
        return max(waiting, self.processor * scale / share)


@pytest.mark.timeout(600)
def test_a_broadcast_to_5_000_people_takes_less_than_a_minute(cloud: Cloud) -> None:
    lay_tables(cloud)
    world, files = imagine(replace(UNIT, pupil_count=PUPILS, years=tuple(range(1, 10))))
    for group in files[:2]:
        for key, content in group.items():
            drop(cloud, key, content)
    people = preview(world, "both").body["recipients"]
    begun = time.process_time()
    with metered() as asking:
        made = send(world, "both", people)
    asked = time.process_time() - begun
    measured = list[Part]()
    with Wire() as wire:
        for envelope in parts():
            before = sum(wire.mails.values()) + wire.texts
            wall, processor = time.perf_counter(), time.process_time()
            with metered() as use:
                assert deliver("messages", "deliver_emergency", envelope) == []
            wall, processor = time.perf_counter() - wall, time.process_time() - processor
            letters = sum(wire.mails.values()) + wire.texts - before
            measured.append(Part(len(envelope["data"]["recipients"]), letters, use, wall, processor))
    assert counter(world, made.body["id"])["waiting"] == 0
    (memory,) = {t.memory for t in on.triggers if t.name == "deliver_emergency"}
    part, many = measured[1], -(-RECIPIENTS // CHUNK)  # the first part also warms the function up
    each = part.seconds(memory)
    share, scale = min(1.0, HTTP_MB / VCPU_MB), RECIPIENTS / people
    confirmed = scale * (asking.trips * READ_MS / 1000 + asked / share)
    took = confirmed + RELAYED + COLD_MS / 1000 + emptied(many, each)
    slow = confirmed + RELAYED + COLD_MS / 1000 + -(-many // 5) * each
    writes, trips = part.use.writes / part.recipients, part.use.trips / part.recipients
    print(
        f"\nof each recipient: {part.letters / part.recipients:.1f} messages, {trips:.1f} round trips, "
        f"{writes:.1f} WRU, {1000 * part.wall / part.recipients:.0f} ms of handler, "
        f"{1000 * part.processor / part.recipients:.1f} ms of processor\n"
        f"{people} people told here, one part after the other, in {sum(p.wall for p in measured):.0f} s\n"
        f"asking: {asking.trips} round trips for {people} people, {1000 * asked:.0f} ms of processor\n"
        f"{RECIPIENTS} people in AWS: {many} parts of {CHUNK}, {WORKERS} workers in each with {memory} MB: "
        f"{each:.1f} s a part; asking {confirmed:.1f} s; the last is told after {took:.0f} s, "
        f"after {slow:.0f} s with five functions at a time and no more\n"
        f"  {RECIPIENTS / took:.0f} mails and as many text messages a second: "
        f"quotas of SES and SNS must allow it; {RECIPIENTS * writes:,.0f} WRU, "
        f"{PRICES.mails * RECIPIENTS / 1e6 + PRICES.writes * RECIPIENTS * writes / 1e6:.2f} USD without SMS"
    )
    # Two transactions a message and nothing else; the pace follows from numbers that no machine changes.
    assert part.use.operations.count("TransactWriteItems") == 2 * part.letters + 1
    assert part.use.trips <= 2 * part.letters + 20
    assert RELAYED + COLD_MS / 1000 + emptied(many, part.letters * part.waits / 1000 / WORKERS) < WITHIN
