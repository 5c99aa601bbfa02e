"""What the two peaks of a municipality's school day cost, counted at the handlers: 330 lessons of 10,000
pupils opened and saved with everything that follows, and the notices of absence of 140,000 pupils between
06:30 and 08:00. Printed, run it with `-s`; asserted are numbers that no machine changes. Times are with the
embedded DynamoDB on the same processors.
"""

from __future__ import annotations

import logging
import os
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from functions.attendance.usecases import totals
from infra.areas import load_all
from infra.local.cloud import Cloud
from skolkit.clock import today
from skolkit.types import GroupId
from tests.integration.test_attendance_day import at, report
from tests.support.areas import acting_as, call, deliver
from tests.support.bus import hearers
from tests.support.classes import Class, lay_classes
from tests.support.meter import Use, metered
from tests.support.prices import HTTP_MB, PRICES, PROVIDER_MS, READ_MS, VCPU_MB, WRITE_MS, emptied
from tests.support.wire import SHARDS, Wire

LESSONS = int(os.environ.get("SKOLKIT_LESSONS", "330"))
WINDOW = 600  # seconds in which all of them are reported
MEMORY = {trigger.name: trigger.memory for area in load_all() for trigger in area.triggers}

# The morning of the largest municipality [M]: eight per cent of the pupils are reported ill between 06:30 and
# 08:00, and the busiest minute has four times the mean of them.
PUPILS, ILL, MINUTES, BUSIEST = 140_000, 0.08, 90, 4.0


@pytest.fixture(autouse=True)
def silence() -> Iterator[None]:
    """No log lines between the numbers."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@dataclass
class Cost:
    """What something cost: round trips, of them `written`, request units, seconds here, processor seconds,
    facts said, messages in queues and mails; `by`: how often each function ran.
    """

    trips: int = 0
    written: int = 0
    reads: float = 0.0
    writes: float = 0.0
    seconds: float = 0.0
    processor: float = 0.0
    facts: int = 0
    messages: int = 0
    mails: int = 0
    by: Counter[str] = field(default_factory=Counter)

    def add(self, use: Use, seconds: float, processor: float, mails: int, name: str) -> None:
        self.trips += use.trips
        self.written += use.operations.count("TransactWriteItems")
        self.mails += mails
        self.processor += processor
        self.reads += use.reads
        self.writes += use.writes
        self.seconds += seconds
        self.by[name] += 1

    def in_aws(self, memory: int) -> float:
        """Seconds that functions with so much memory run: waiting as in one region, and their share of a
        processor like this one.
        """
        waits = (self.trips - self.written) * READ_MS + self.written * WRITE_MS + self.mails * PROVIDER_MS
        return waits / 1000 + self.processor / min(1.0, memory / VCPU_MB)

    @property
    def units(self) -> tuple[int, float, float, int, int, int]:
        return self.trips, self.reads, self.writes, self.facts, self.messages, self.mails


class Counted:
    """Does things and follows their facts to the end, with everything counted; `of`: by function."""

    def __init__(self, wire: Wire) -> None:
        self._wire, self._heard = wire, hearers()
        self.of: dict[str, Cost] = defaultdict(Cost)

    def act(self, name: str, act: Callable[[], Any], cost: Cost) -> Any:
        begun, processor, mails = time.perf_counter(), time.process_time(), self._wire.mails.total()
        with metered() as use:
            done = act()
        took = time.perf_counter() - begun, time.process_time() - processor
        for one in (cost, self.of[name]):
            one.add(use, *took, self._wire.mails.total() - mails, name)
        return done

    def follow(self, cost: Cost) -> None:
        while facts := [fact for shard in range(SHARDS) for fact in self._wire.relay(shard)]:
            cost.facts += len(facts)
            for fact in facts:
                for area, function in self._heard[fact["type"]]:
                    cost.messages += 1
                    left = self.act(function, partial(deliver, area, function, fact), cost)
                    assert left == []

    def show(self, times: int) -> None:
        """Each function's part of one of `times`."""
        print(f"  {'':28}{'times':>7}{'trips':>8}{'RRU':>8}{'WRU':>8}{'ms':>8}{'cpu ms':>8}{'AWS ms':>8}")
        for name, one in self.of.items():
            n = one.by[name]
            print(
                f"  {name:28}{n / times:7.1f}{one.trips / times:8.1f}{one.reads / times:8.1f}"
                f"{one.writes / times:8.1f}{one.seconds / times * 1000:8.1f}"
                f"{one.processor / times * 1000:8.1f}{one.in_aws(memory_of(name)) / times * 1000:8.0f}"
            )


def memory_of(name: str) -> int:
    """What a function has in AWS, as declared."""
    return MEMORY.get(name, HTTP_MB)


def teach(one: Class, counted: Counted) -> Cost:
    """A lesson opened and saved: one pupil is away without a reason, one ill, one late."""
    cost, teacher, path = Cost(), one.lesson.teachers[0], {"lesson": one.lesson.id}
    opened = counted.act(
        "open_lesson", lambda: call("attendance", "open_lesson", teacher, path=path), cost
    ).body
    whole = opened["minutes"]
    missed, ill, late = one.away
    away = {
        missed: {"attendanceMinutes": 0, "invalidAbsenceMinutes": whole},
        ill: {"attendanceMinutes": 0, "validAbsenceMinutes": whole, "absenceReason": "illness"},
        late: {"attendanceMinutes": whole - 5, "invalidAbsenceMinutes": 5, "lateMinutes": 5},
    }
    shown = {"givenName", "familyName", "notifiedMinutes", "notifiedReason"}
    rows = [{k: v for k, v in row.items() if k not in shown} for row in opened["rows"]]
    rows = [row | away.get(row["pupil"], {}) for row in rows]
    headers = {"if-match": f'"{opened["version"]}"'}
    saved = counted.act(
        "save_lesson",
        lambda: call("attendance", "save_lesson", teacher, path=path, body={"rows": rows}, headers=headers),
        cost,
    )
    assert saved.status == 200, saved.body
    counted.follow(cost)
    return cost


@pytest.mark.timeout(1200)
def test_a_burst_of_lessons(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    _, classes = lay_classes(cloud, LESSONS)
    at(monkeypatch, classes[0].lesson.end)
    with acting_as("attendance"):  # a group's first count of a school year names its pupils: 62 units more
        totals.count_groups([GroupId(one.lesson.group) for one in classes], today(classes[0].lesson.start))
    with Wire() as wire:
        counted = Counted(wire)
        costs = [teach(one, counted) for one in classes]
    tenth = max(1, LESSONS // 10)
    print(f"\n{LESSONS} lessons opened and saved, everything that follows included; of each lesson:")
    counted.show(LESSONS)
    last, aws = costs[-1], sum(one.in_aws(memory_of(name)) for name, one in counted.of.items())
    print(
        f"  together {last.trips} round trips, {last.reads:.0f} RRU, {last.writes:.0f} WRU, "
        f"{last.facts} facts, {last.messages} messages, {last.mails} mails\n"
        f"  {aws:.0f} s of functions in AWS: {aws / WINDOW:.2f} at a time in ten minutes, "
        f"{aws / 60:.1f} when all is in one minute\n"
        f"  first tenth {_mean(costs[:tenth]):.0f} ms a lesson, last tenth {_mean(costs[-tenth:]):.0f} ms"
    )
    # The last lesson costs what the first did, to the unit; and no more than is written down.
    assert len({cost.units for cost in (*costs[:tenth], *costs[-tenth:])}) == 1
    opened, saved = counted.of["open_lesson"], counted.of["save_lesson"]
    assert (opened.trips, saved.trips) == (3 * LESSONS, 2 * LESSONS)
    assert saved.writes <= 20 * LESSONS


def _mean(costs: list[Cost]) -> float:
    return 1000 * sum(cost.seconds for cost in costs) / len(costs)


def test_a_class_save_with_one_away(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first numbers written down, with all rules on: opening is three round trips, saving a class two and
    12 write units.
    """
    _, (one,) = lay_classes(cloud, 1)
    at(monkeypatch, one.lesson.end)
    teacher, path = one.lesson.teachers[0], {"lesson": one.lesson.id}
    with metered() as opening:
        opened = call("attendance", "open_lesson", teacher, path=path).body
    shown = {"givenName", "familyName", "notifiedMinutes", "notifiedReason"}
    rows = [{k: v for k, v in row.items() if k not in shown} for row in opened["rows"]]
    for row in rows:
        if row["pupil"] == one.away[0]:
            row |= {"attendanceMinutes": 0, "invalidAbsenceMinutes": opened["minutes"]}
    headers = {"if-match": f'"{opened["version"]}"'}
    with metered() as saving:
        saved = call("attendance", "save_lesson", teacher, path=path, body={"rows": rows}, headers=headers)
    assert saved.status == 200
    assert len(rows) >= 28
    assert (opening.trips, saving.trips) == (3, 2)
    assert saving.writes <= 12, saving


def test_the_morning_of_140_000_pupils(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = 30
    _, classes = lay_classes(cloud, runs)
    at(monkeypatch, classes[0].lesson.start - timedelta(minutes=45))
    day, costs = today(classes[0].lesson.start).isoformat(), list[Cost]()
    with Wire() as wire:
        counted = Counted(wire)
        for klass in classes:
            cost = Cost()
            tell = partial(report, klass.away[0], klass.home, day)
            made = counted.act("report_absence", tell, cost)
            assert made.status == 201, made.body
            counted.follow(cost)
            costs.append(cost)
    notices = PUPILS * ILL
    busiest = notices / MINUTES * BUSIEST / 60
    one, asked = costs[-1], counted.of["report_absence"]
    spent = {name: cost.in_aws(memory_of(name)) / runs for name, cost in counted.of.items()}
    http = spent["report_absence"]
    queued = (sum(spent.values()) - http) / max(1, one.messages)
    dollars = PRICES.dollars(
        reads=one.reads * notices, writes=one.writes * notices, requests=notices,
        calls=notices * (1 + one.messages), seconds=sum(spent.values()) * notices, memory=HTTP_MB,
        facts=one.facts * notices, messages=one.messages * notices, mails=one.mails * notices,
    )  # fmt: skip
    print(f"\n{notices:.0f} notices from 06:30 to 08:00, {busiest:.1f} a second in the busiest; of each:")
    counted.show(runs)
    many, waited = busiest * one.messages, emptied(int(60 * busiest * one.messages), queued)
    print(
        f"  busiest minute: {busiest * one.reads:.0f} RRU/s, {busiest * one.writes:.0f} WRU/s, "
        f"{busiest * http:.2f} functions for HTTP and {many * queued:.2f} for queues at a time\n"
        f"  queues: {many:.1f} messages a second; if all of that minute waited, {waited:.0f} s to catch up\n"
        f"  the morning: {one.reads * notices:,.0f} RRU, {one.writes * notices:,.0f} WRU, "
        f"{dollars:.2f} USD, {dollars * PRICES.crowns:.2f} kr"
    )
    assert len({cost.units for cost in costs}) == 1
    assert asked.trips == 4 * runs
    assert one.writes <= 16
