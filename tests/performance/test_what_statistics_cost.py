"""What a night's counting and a page of statistics cost: round trips and request units of one unit, alone and
beside others, and of a pupil's, a class's and a unit's month. The numbers are printed, run it with `-s`;
asserted is that they do not grow with the municipality.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from functions.attendance import store as attendance
from functions.attendance.domain.lesson import Entry, Minutes, Sheet
from functions.attendance.domain.statistics import Cell
from functions.attendance.domain.totals import Sums
from functions.attendance.store import totals as store
from functions.attendance.usecases import statistics, totals
from infra.local.cloud import Cloud
from skolkit.clock import now, stamp
from skolkit.sweden.codes import SchoolUnitCode
from skolkit.table import commit, fetch
from skolkit.types import LessonId, PersonId, UnitId, new_id
from tests.support.areas import acting_as, deliver, outbox
from tests.support.fixtures import lay_tables
from tests.support.meter import Use, metered
from tests.support.world import UNIT, World, drop, imagine, make_world

PUPILS, DAYS = 700, 22  # a large school's month


@pytest.fixture
def world(cloud: Cloud) -> World:
    lay_tables(cloud)
    return make_world(cloud)


def cost(name: str, act: Callable[[], Any]) -> Use:
    begun = time.perf_counter()
    with metered() as use:
        act()
    took = (time.perf_counter() - begun) * 1000
    print(f"\n{name:28} {use.trips:4} trips {use.reads:7.1f} RRU {use.writes:6.1f} WRU {took:7.0f} ms")
    return use


def report(world: World, number: int = 0) -> Sheet:
    """Let a lesson of the class's first day have been reported with two pupils away."""
    lesson = world.of_class(world.days[0])[number]
    (sheets,) = fetch(attendance.wanted_sheets([LessonId(lesson.id)]), consistent=True)
    sheet: Sheet = sheets[LessonId(lesson.id)]
    away = sheet.roster[:2]
    entries = {
        p: Entry(Minutes(0, 0, sheet.minutes) if p in away else Minutes(sheet.minutes)) for p in sheet.roster
    }
    saved = replace(sheet, entries=entries, reported_by=lesson.teachers[0], reported_at=now())
    commit(attendance.sheet_item(saved, stored=sheet.version))
    return saved


def neighbour(cloud: Cloud) -> None:
    """Another school in the municipality, ten times as large."""
    larger = replace(UNIT, code=SchoolUnitCode("99990025"), name="Grannskolan", pupil_count=600, years=())
    for group in imagine(larger, seed=8)[1]:
        for key, content in group.items():
            drop(cloud, key, content)
    for envelope in outbox("timetable"):
        if envelope["type"] == "timetable.TimetablePublished.v1":
            assert deliver("attendance", "prepare_sheets", envelope) == []


def test_a_night_costs_the_same_beside_a_larger_school(world: World, cloud: Cloud) -> None:
    uses = []
    with acting_as("attendance"):
        sheet, day = report(world), world.days[0]
        cost("a lesson is counted", lambda: totals.count_groups([sheet.group], day, sheet.lesson))
        second = report(world, 1)
        cost("another one of the day", lambda: totals.count_groups([sheet.group], day, second.lesson))
        cost("counted again, nothing new", lambda: totals.count_groups([sheet.group], day, sheet.lesson))
        cost("a unit's first count", lambda: totals.count_unit(world.unit, day))
        report(world, 2)
        uses.append(cost("a unit's day", lambda: totals.count_unit(world.unit, day)))
    neighbour(cloud)
    with acting_as("attendance"):
        report(world, 3)
        uses.append(cost("a unit's day beside another", lambda: totals.count_unit(world.unit, day)))
    assert uses[0].trips == uses[1].trips
    assert uses[0].reads == pytest.approx(uses[1].reads, abs=1)
    assert uses[0].writes == uses[1].writes


def test_a_month_of_a_large_school(world: World) -> None:
    first = world.days[0]
    people = [PersonId(new_id()) for _ in range(PUPILS)]
    with acting_as("attendance"):
        for unit in (world.unit, UnitId(new_id())):
            for n in range(DAYS):
                commit(*store.unit_day_writes(month_day(unit, first + timedelta(days=n), people), None))
        last = first + timedelta(days=DAYS)
        print_size(world.unit)
        rows = cost("a month by class", lambda: list(store.unit_cells(world.unit, first, last)))
        pupils = cost(
            "a month by pupil", lambda: statistics.absent_pupils(world.unit, first, last, "invalid", 15, 1)
        )
    assert rows.trips <= 2
    assert pupils.trips <= 3 + PUPILS // 100 + 1


def print_size(unit: UnitId) -> None:
    """What a month's items hold: the embedded DynamoDB does not count a query by its size."""
    pk = f"STAT#{unit}"
    cells = sum(len(item.cells) for item in store.CellsItem.query(pk, store.CellsItem.sk.startswith("C#")))
    pupils = store.UnitPupilsItem.query(pk, store.UnitPupilsItem.sk.startswith("P#"))
    print(f"\ncells {cells / 1000:.0f} kB, pupils {sum(len(item.pupils) for item in pupils) / 1000:.0f} kB")


def month_day(unit: UnitId, day: Any, people: list[PersonId]) -> store.UnitDay:
    sums = Sums(attendance=250, valid=20, invalid=30, reported=300, offered=300, lessons=6)
    cells = tuple(
        Cell(dimension, f"{new_id()}", sex, 25, sums)  # type: ignore[arg-type]
        for dimension, count in (("class", 28), ("subject", 20), ("hour", 8), ("teacher", 60))
        for _ in range(count)
        for sex in ("", "Kvinna", "Man")
    )
    return store.UnitDay(unit, day, (), cells, dict.fromkeys(people, sums))


def test_a_pupils_year(world: World) -> None:
    sheet: Sheet
    with acting_as("attendance"):
        sheet = report(world)
        totals.count_groups([sheet.group], world.days[0], sheet.lesson)
        (stored,) = fetch(store.wanted_counted([sheet.group], world.days[0]), consistent=True)
        for n in range(1, 178):
            at = datetime.fromisoformat(stamp(sheet.start)) + timedelta(days=n)
            lessons = tuple(replace(one, start=at) for one in stored[sheet.group].lessons)
            day = replace(stored[sheet.group], day=world.days[0] + timedelta(days=n), lessons=lessons)
            for writes in store.counting(replace(day, version=None), None, due=False):
                commit(*(w for w in writes if not isinstance(w, store.SeenItem)))
        span = (world.days[0], world.days[0] + timedelta(days=200))
        use = cost("a pupil's year in one group", lambda: totals.pupil_days(sheet.roster[:1], *span))
    assert use.trips <= 4
