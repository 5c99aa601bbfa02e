"""What AWS takes and how it scales, as data: to say what counted requests cost and how long queues last. All
of it is [M]: list prices of 2025 in dollars without free tiers, in northern Europe some per cent higher.
"""

from __future__ import annotations

from dataclasses import dataclass

MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Prices:
    """Dollars per million, but of Lambda per second and GB on ARM; `crowns`: Swedish kronor for a dollar."""

    reads: float = 0.125
    writes: float = 0.625
    gateway: float = 3.50
    calls: float = 0.20
    second: float = 0.0000133334
    facts: float = 1.00
    queue: float = 0.40  # a request; a message is received and deleted, the bus sends it
    mails: float = 100.0
    crowns: float = 10.5

    def dollars(
        self, *, reads: float, writes: float, requests: float, calls: float, seconds: float, memory: int,
        facts: float, messages: float, mails: float,
    ) -> float:  # fmt: skip
        """What so much costs together; `seconds` of handlers with `memory` MB."""
        per_million = (
            reads * self.reads + writes * self.writes + requests * self.gateway + calls * self.calls
            + facts * self.facts + 3 * messages * self.queue + mails * self.mails
        )  # fmt: skip
        return per_million / MILLION + seconds * memory / 1024 * self.second


PRICES = Prices()

# Lambda reads a queue with five batches at a time and takes up to 300 more a minute, at most 1,000 in all
# (docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html).
BATCHES, MORE_A_MINUTE, MOST = 5, 300, 1_000
# Milliseconds of waiting within one region [M]: a read, a transaction, a provider taking one message.
READ_MS, WRITE_MS, PROVIDER_MS = 4.0, 8.0, 80.0
COLD_MS = 2_500.0  # [M] a new function's first call
VCPU_MB = 1_769  # of memory go with one whole processor
HTTP_MB = 1_024  # of what answers HTTP, as infra/stacks/area.py says


def batches_at(second: float) -> int:
    """How many batches of a long queue are read at the same time, so long after it became long."""
    return min(MOST, BATCHES + int(second * MORE_A_MINUTE / 60))


def emptied(messages: int, each: float) -> float:
    """Seconds until a queue of single messages, each of which takes so many seconds, is empty.

    >>> emptied(5, 3.0), emptied(10, 3.0)
    (3.0, 4.0)
    """
    busy: list[float] = []
    second, last = 0.0, 0.0
    while messages:
        busy = [end for end in busy if end > second]
        free = min(batches_at(second) - len(busy), messages)
        for _ in range(free):
            busy.append(second + each)
            last = max(last, second + each)
        messages -= free
        second += 0.5
    return last
