"""One shard of the streams cannot be relayed for ten minutes while the other goes on (processes 20 and 21):
nothing is lost, nobody is told twice, and of what comes in the wrong order about a pupil the newest holds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest

from functions.attendance import store
from infra.local.cloud import Cloud
from infra.local.population import NewPupil
from skolkit.clock import today
from skolkit.types import PersonId
from tests.integration.test_attendance_day import invalid, save
from tests.support.areas import acting_as, call, deliver, outbox
from tests.support.bus import hearers
from tests.support.wire import Wire
from tests.support.world import Lesson, World

LOST, OTHER = 0, 1
Clock = Callable[[datetime], None]


class Shards:
    """Facts of the lessons `lost` names lie on the shard that nobody reads, everything else on the other."""

    def __init__(self, cloud: Cloud) -> None:
        cloud.client("events").create_event_bus(Name="skolkit")
        self.lost, self.before = (
            set[str](),
            {e["id"] for area in ("attendance", "messages") for e in outbox(area)},
        )
        self.wire = Wire(lambda fact: LOST if fact["data"].get("lesson") in self.lost else OTHER)
        self.heard, self.carried = hearers("attendance", "messages"), Counter[str]()

    def lose(self, lesson: Lesson) -> None:
        """What is said of the lesson now is on the shard that is lost."""
        self.lost = {lesson.id}

    def carry(self, *shards: int) -> None:
        """Read these shards, and let everything that hears their facts do it, until nothing more is said."""
        while facts := [fact for shard in shards for fact in self.wire.relay(shard)]:
            for fact in facts:
                self.carried[fact["id"]] += 1
                for area, function in self.heard[fact["type"]]:
                    assert deliver(area, function, fact) == [], function

    def stuck(self) -> list[str]:
        """The ids of facts on the lost shard, in the order they were said."""
        waiting = [row for (_, shard), rows in self.wire.rows.items() if shard == LOST for row in rows]
        return [row["dynamodb"]["NewImage"]["pk"]["S"].removeprefix("OUTBOX#") for row in waiting]


@pytest.fixture
def shards(shared: list[Lesson], tables: Cloud, clock: Clock) -> Iterator[Shards]:
    made = Shards(tables)
    clock(shared[-1].end)
    with made.wire:
        yield made


def told(shards: Shards, *pupils: NewPupil) -> list[list[int]]:
    """Of each pupil how many mails each delivery has had."""
    return [[n for tag, n in shards.wire.mails.items() if tag.startswith(pupil.id)] for pupil in pupils]


def known(pupil: NewPupil, lesson: Lesson) -> tuple[list[set[str]], int]:
    """The lessons of each of the pupil's gaps as attendance knows them, and the minutes that are summed."""
    day = today(lesson.start)
    with acting_as("attendance"):
        gaps = store.pupil_day(PersonId(pupil.id), day).gaps
    total = call(
        "attendance", "read_pupil_totals", pupil.guardians[0].guardian_id, path={"pupil": pupil.id},
        query={"firstDay": str(day), "lastDay": str(day)},
    ).body["total"]  # fmt: skip
    return [set(gap.lessons) for gap in gaps], total["invalidAbsenceSum"]


def test_one_shard_is_lost_for_ten_minutes(
    world: World, shared: list[Lesson], shards: Shards, clock: Clock
) -> None:
    (first, second, third), (anna, bea, cim) = shared, with_mail(world)
    shards.lose(first)
    save(first, {anna.id: invalid(first), bea.id: invalid(first)})
    stuck = shards.stuck()
    assert len(stuck) == 1
    shards.wire.deaf = lambda fact: fact["id"] in stuck
    shards.lost.clear()
    for minute in range(1, 11):
        clock(third.end + timedelta(minutes=minute))
        if minute == 3:
            save(second, {anna.id: invalid(second), cim.id: invalid(second)})
        if minute == 5:  # what corrects the lesson is told before what reported it
            save(first, {anna.id: invalid(first), bea.id: invalid(first, 0)})
        shards.carry(LOST, OTHER)
        assert shards.stuck() == stuck
    assert told(shards, anna, bea, cim) == [[1, 1], [], [1, 1]]
    shards.wire.deaf = None
    shards.carry(LOST, OTHER)
    assert shards.stuck() == []
    assert told(shards, anna, bea, cim) == [[1, 1], [], [1, 1]]
    assert known(anna, first) == ([{first.id, second.id}], 80)
    assert known(bea, first) == ([], 0)
    assert known(cim, first) == ([{second.id}], 40)
    said = {e["id"] for area in ("attendance", "messages") for e in outbox(area) if e["type"] in shards.heard}
    assert shards.carried.keys() >= said - shards.before
    assert set(shards.carried.values()) == {1}


def test_what_the_bus_took_behind_a_refused_fact_comes_twice_and_is_done_once(
    world: World, shared: list[Lesson], shards: Shards
) -> None:
    """Three reports lie on one shard and the bus refuses the one in the middle, in one call: the first is
    done, the third comes again after the second.
    """
    pupils = with_mail(world)
    for lesson, pupil in zip(shared, pupils, strict=True):
        save(lesson, {pupil.id: invalid(lesson)})
    middle = [e for e in outbox("attendance") if e["data"].get("lesson") == shared[1].id][-1]["id"]
    shards.wire.deaf = lambda fact: fact["id"] == middle
    for fact in shards.wire.relay(OTHER):  # the reading that fails
        shards.carried[fact["id"]] += 1
        for area, function in shards.heard[fact["type"]]:
            assert deliver(area, function, fact) == []
    shards.wire.deaf = None
    shards.carry(OTHER)
    assert told(shards, *pupils) == [[1, 1]] * 3
    reports = {
        e["id"]: e["data"]["lesson"] for e in outbox("attendance") if e["type"].endswith("LessonReported.v1")
    }
    times = {reports[id]: count for id, count in shards.carried.items() if id in reports}
    assert times == {shared[0].id: 1, shared[1].id: 1, shared[2].id: 2}


def with_mail(world: World) -> list[NewPupil]:
    """Three of the class whose guardians all have mail."""
    mail = {g.id for g in world.population.guardians if g.email}
    return [p for p in world.classmates() if {g.guardian_id for g in p.guardians} <= mail][:3]
