"""The bus between the areas, in-process: every fact in an outbox goes to every function that hears its kind,
until nothing more is said.
"""

from __future__ import annotations

import random
from collections import defaultdict
from typing import Any

from infra.areas import load_all
from tests.support.areas import AREAS, deliver, outbox

Hearers = dict[str, list[tuple[str, str]]]


def hearers(*areas: str) -> Hearers:
    """Which functions hear which facts, of these areas or all."""
    found: Hearers = defaultdict(list)
    for area in load_all():
        for trigger in area.triggers:
            if (trigger.kind, trigger.bus) == ("facts", "skolkit") and (not areas or area.name in areas):
                for kind in trigger.source:
                    found[kind].append((area.name, trigger.name))
    return found


class Bus:
    """Carries facts; with `shuffle` in any order and each of them twice."""

    def __init__(self, *areas: str, shuffle: random.Random | None = None) -> None:
        self._hearers = hearers(*areas)
        self._shuffle = shuffle
        self._carried: set[str] = set()

    def carry(self) -> None:
        """Deliver what is said until nothing more is."""
        while facts := self._waiting():
            for fact in facts:
                self._carried.add(fact["id"])
            times = 2 if self._shuffle else 1
            deliveries = [(hearer, fact) for fact in facts for hearer in self._hearers[fact["type"]]] * times
            if self._shuffle:
                self._shuffle.shuffle(deliveries)
            for (area, function), fact in deliveries:
                assert deliver(area, function, fact) == [], (function, fact["type"])

    def skip(self) -> None:
        """Let what has been said so far be heard by nobody."""
        self._carried |= {fact["id"] for fact in self._waiting()}

    def _waiting(self) -> list[dict[str, Any]]:
        said = [fact for area in AREAS for fact in outbox(area)]
        return [fact for fact in said if fact["id"] not in self._carried and fact["type"] in self._hearers]
