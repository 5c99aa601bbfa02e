"""A client that polls never misses anything: its mirror ends like the register, after a storm of writes with
an index that lags and commits that take their time. The embedded index has no lag and its commits are quick,
so both are made here: the feed is read from copies of itself that are some time old, and transactions begin
long after they were stamped, some of them later than readers wait.
"""

from __future__ import annotations

import bisect
import contextlib
import random
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Self

import pytest

from functions.organisation.domain.units import UnitRecord
from functions.organisation.store.units import UnitItem, find_unit, unit_item
from infra.local.cloud import Cloud
from skolkit import feed, table
from skolkit.clock import now
from skolkit.errors import ChangedMeanwhile
from skolkit.table import FEED_SHARDS, Remove, commit
from skolkit.types import UnitId, new_id
from tests.support.areas import acting_as
from tests.support.standard import ask, connect, every

LAG = 1.5  # what readers wait, in seconds
INDEX, COMMIT = 0.4, 0.35  # at most how late the index is, and how long after its stamp a commit begins
WRITERS, STORM = 8, 4.0


class LateIndex:
    """The feed of a kind as it was some time ago, another time for every question."""

    def __init__(self, kind: type[table.Item]) -> None:
        self._kind, self._read = kind, feed.stretch
        self._copies: list[tuple[float, dict[int, list[tuple[str, feed.Changed]]]]] = []
        self._ended = threading.Event()
        self._copier = threading.Thread(target=self._copy)

    def __enter__(self) -> Self:
        self._take()
        self._copier.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._copier.join()

    def _copy(self) -> None:
        while not self._ended.wait(0.02):
            self._take()

    def _take(self) -> None:
        at = time.monotonic()
        shards = range(FEED_SHARDS)
        self._copies.append(
            (at, {s: self._read(self._kind, s, feed.FIRST, feed.LAST, 10_000) for s in shards})
        )

    def stretch(
        self, kind: type[table.Item], shard: int, low: str, high: str, limit: int, **how: Any
    ) -> list[tuple[str, feed.Changed]]:
        if kind is not self._kind or how.get("index", "feed") != "feed" or how.get("down"):
            return self._read(kind, shard, low, high, limit, **how)
        seen = time.monotonic() - random.uniform(0, INDEX)
        place = max(0, bisect.bisect([at for at, _ in self._copies], seen) - 1)
        rows = self._copies[place][1][shard]
        return [row for row in rows if low <= row[0] <= high][:limit]


LATE = threading.local()


def writer(ids: list[UnitId], ended: threading.Event, failed: list[BaseException]) -> None:
    """Make, rename and delete units until the storm is over; the last thing it does comes much too late."""
    try:
        while not getattr(LATE, "now", False):
            LATE.now = ended.is_set()
            id = random.choice(ids)
            unit = find_unit(id)
            if unit is None:
                commits(
                    unit_item(UnitRecord(id=id, code=None, name="0", municipality_code=None, municipal=True))
                )
            elif random.random() < 0.15:
                item = UnitItem.find(f"UNIT#{id}", "UNIT")
                if item:
                    commits(table.Erase(item))
            else:
                changed = replace(unit, name=str(int(unit.name) + 1))
                commits(unit_item(changed).over(unit.version, unit.created))
    except BaseException as error:  # noqa: BLE001 - told to the test
        failed.append(error)


def named(id: UnitId, name: str) -> UnitRecord:
    return UnitRecord(id=id, code=None, name=name, municipality_code=None, municipal=True)


def commits(*writes: table.Write) -> None:
    with contextlib.suppress(ChangedMeanwhile):
        commit(*writes)


class Mirror:
    """A client's copy of the units, kept by polling."""

    def __init__(self, client: str, *, own_clock: bool) -> None:
        self.client, self.own_clock = client, own_clock
        self.copy: dict[str, str] = {}
        self.after = (now() - timedelta(days=1)).isoformat()
        self.deleted_after = self.after

    def poll(self) -> int:
        """Ask for what is new; how much there was."""
        begun = now().isoformat()
        page = random.choice((3, 50, 1000))
        # Deletions first: what was made again meanwhile comes with the changes.
        gone = self._deleted()
        found = every(self.client, "organisations", meta_modified_after=self.after, limit=page)
        for id in gone:
            self.copy.pop(id, None)
        self.copy |= {entity["id"]: entity["displayName"] for entity in found}
        seen = [entity["meta"]["modified"] for entity in found]
        self.after = begun if self.own_clock else max([self.after, *seen])
        self.deleted_after = begun
        return len(found) + len(gone)

    def _deleted(self) -> list[str]:
        query: dict[str, Any] = {"after": self.deleted_after, "entities": ["Organisation"]}
        found: list[str] = []
        while True:
            answer = ask(self.client, "list_deletedEntities", query=query).body
            found += answer["data"].get("organisations", [])
            if answer["pageToken"] is None:
                return found
            query = {"pageToken": answer["pageToken"]}


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Transactions that begin late, one in forty much too late."""
    transact: Callable[..., None] = table._transact

    def later(*arguments: Any) -> None:
        much = getattr(LATE, "now", False) or random.random() < 0.025
        time.sleep(2 * LAG if much else random.uniform(0, COMMIT))
        transact(*arguments)

    monkeypatch.setattr(table, "_transact", later)
    monkeypatch.setattr(table, "SLOW", timedelta(seconds=COMMIT))


def test_a_polling_client_ends_with_what_there_is(
    tables: Cloud, slow: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SKOLKIT_FEED_LAG", str(LAG))
    ids = [UnitId(new_id()) for _ in range(20)]
    by_clock, by_seen = (Mirror(connect(), own_clock=own) for own in (True, False))
    ended, failed = threading.Event(), list[BaseException]()
    with acting_as("organisation"), LateIndex(UnitItem) as index:
        monkeypatch.setattr(feed, "stretch", index.stretch)
        storm = [threading.Thread(target=writer, args=(ids, ended, failed)) for _ in range(WRITERS)]
        for thread in storm:
            thread.start()
        until = time.monotonic() + STORM
        while time.monotonic() < until:
            for mirror in (by_clock, by_seen):
                mirror.poll()
        ended.set()
        while any(thread.is_alive() for thread in storm):
            by_clock.poll(), by_seen.poll()
        assert not failed
        quiet = time.monotonic() + LAG + INDEX + 0.2
        while time.monotonic() < quiet or by_clock.poll() + by_seen.poll():
            time.sleep(0.05)
    truth = {id: unit.name for id in ids if (unit := find_unit(id))}
    assert len(truth) > 5
    assert max(int(name) for name in truth.values()) > 2
    assert by_clock.copy == truth
    assert by_seen.copy == truth


def test_what_is_published_has_a_time_that_is_not_passed(
    tables: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SKOLKIT_FEED_LAG", "0.5")
    client = connect()
    before = now()
    with acting_as("organisation"):
        commit(
            unit_item(
                UnitRecord(id=UnitId(new_id()), code=None, name="Ny", municipality_code=None, municipal=True)
            )
        )
    assert every(client, "organisations", meta_modified_after=before.isoformat()) == []
    (shown,) = every(client, "organisations")  # the whole list has it at once
    assert datetime.fromisoformat(shown["meta"]["modified"]) <= now()
    first = shown["meta"]["modified"]
    time.sleep(0.55)
    (again,) = every(client, "organisations", meta_modified_after=first)
    assert again["meta"]["modified"] > first
    with acting_as("organisation"):
        commit(Remove(UnitItem(f"UNIT#{shown['id']}", "UNIT")))
    asked = {"after": again["meta"]["modified"], "entities": ["Organisation"]}
    assert ask(client, "list_deletedEntities", query=asked).body["data"].get("organisations", []) == []
    time.sleep(0.55)
    assert ask(client, "list_deletedEntities", query=asked).body["data"] == {"organisations": [shown["id"]]}
