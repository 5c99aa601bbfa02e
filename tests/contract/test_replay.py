"""A replay of a morning: all that was told comes again, from the bus's own archive through the rules to the
functions that listen, and nothing is done twice.
"""

from __future__ import annotations

import importlib
import json
import time
from datetime import timedelta

import pytest

from infra.local.cloud import Cloud
from skolkit.clock import now
from skolkit.table import chunks
from skolkit.types import PersonId
from tests.contract.stories import STORY
from tests.contract.test_events import NOON, everything, go_through, morning, said, told
from tests.integration.test_attendance_day import at
from tests.support.areas import Context, acting_as, call
from tests.support.asks import new_key
from tests.support.replays import administrator, lay_bus, lay_rules, taken, tell

__all__ = ["morning"]
PATIENCE = 60.0


def heard() -> set[tuple[str, str, str, str]]:
    """Which function of which area has been handed which fact, by id and type, in the morning."""
    found = set()
    for case in STORY:
        area, _, rest = case.partition("/")
        if not case.endswith("/relay.outbox"):
            found |= {(area, rest.partition(".")[0], e["id"], e["type"]) for e in told(case)}
    return found


def test_a_morning_told_again_sends_nothing_twice(morning: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    lay_bus(morning)
    urls, office = lay_rules(morning), administrator()
    go_through(times=1)
    facts = {(e["id"], e["type"]): e for case in STORY for e in told(case)}
    tell(morning, facts.values())
    for url in urls.values():
        list(taken(morning, url))  # the morning's own deliveries, which the samples were
    once, spoken, mails = everything(), said(), len(morning.messages())
    _replay(morning, monkeypatch, office, sorted({type for _, _, _, type in heard()}))

    again = set()
    for (area, function), url in urls.items():
        for record in taken(morning, url):
            fact = json.loads(record["body"])["detail"]
            one = (area, function, fact["id"], fact["type"])
            if one in heard():
                again.add(one)
                handler = getattr(importlib.import_module(f"functions.{area}.app"), function)
                with acting_as(area):
                    reply = handler({"Records": [record]}, Context())
                assert reply == {"batchItemFailures": []}, one
    assert again == heard()
    rows = {key: row for key, row in everything().items() if key[0] != "skolkit-exchange"}
    assert rows == {key: row for key, row in once.items() if key[0] != "skolkit-exchange"}
    assert said() == spoken
    assert len(morning.messages()) == mails


def _replay(cloud: Cloud, monkeypatch: pytest.MonkeyPatch, office: PersonId, types: list[str]) -> None:
    """Ask for the last minutes again as an administrator does, eleven minutes later, and wait for it."""
    begin, end = now() - timedelta(minutes=10), now() + timedelta(seconds=5)
    at(monkeypatch, now() + timedelta(minutes=11))
    for some in chunks(types, 50):
        body = {"from": begin.isoformat(), "to": end.isoformat(), "types": some, "reason": "Prov"}
        asked = call("exchange", "start_replay", office, body=body, headers=new_key())
        assert asked.status == 202, asked.body
        until = time.monotonic() + PATIENCE
        while (
            call("exchange", "read_replay", office, path={"replay": asked.body["id"]}).body["state"]
            != "completed"
        ):
            assert time.monotonic() < until
            time.sleep(0.1)
    at(monkeypatch, NOON)
