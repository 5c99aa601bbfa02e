"""A week of a school, hour by hour: children fall ill, skip lessons and come late; teachers report; guardians
are told; the evenings check. Printed by `python3 -m infra week`; `WEEK_PUPILS` says how many there are.
"""

from __future__ import annotations

import os
import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from itertools import groupby
from typing import Any

import pytest

from infra.local.cloud import Cloud
from infra.local.population import NewPupil
from skolkit.clock import local, today
from tests.integration.test_attendance_day import at, invalid, report, save
from tests.support.areas import call, run_schedule
from tests.support.bus import Bus
from tests.support.world import UNIT, Lesson, World, make_world

PUPILS = int(os.environ.get("WEEK_PUPILS", "60"))
ILL, SKIPS, LATE = 0.04, 0.02, 0.03  # of a day's pupils; of a lesson's
SETTLED = {"delivered", "call", "failed", "explained", "corrected"}


@dataclass
class Day:
    """What was done on a day, to compare with what came of it."""

    day: date
    ill: set[str] = field(default_factory=set)
    skipped: Counter[str] = field(default_factory=Counter)
    late: int = 0
    lessons: int = 0
    mails: int = 0
    texts: int = 0
    counts: dict[str, int] = field(default_factory=dict)


def live(world: World, day: date, chance: random.Random, bus: Bus, patch: pytest.MonkeyPatch) -> Day:
    """A day from a quarter to seven to the evening's check."""
    lived = Day(day)
    at(patch, local(day, time(6, 45)))
    pupils = {pupil.id: pupil for pupil in world.population.pupils}
    for pupil in pupils.values():
        if pupil.guardians and pupil.protection is None and chance.random() < ILL:
            assert report(pupil.id, pupil.guardians[0].guardian_id, day.isoformat()).status == 201
            lived.ill.add(pupil.id)
    lessons = sorted((x for x in world.lessons if today(x.start) == day), key=lambda x: (x.end, x.id))
    for end, ended in groupby(lessons, key=lambda x: x.end):
        at(patch, end)
        for lesson in ended:
            _teach(lesson, pupils, lived, chance)
        bus.carry()
    at(patch, local(day, time(16, 30)))
    run_schedule("attendance", "evening_sweep")
    bus.carry()
    return lived


def _teach(lesson: Lesson, pupils: dict[Any, NewPupil], lived: Day, chance: random.Random) -> None:
    away: dict[str, dict[str, Any]] = {}
    roster = call("attendance", "open_lesson", lesson.teachers[0], path={"lesson": lesson.id}).body["rows"]
    for row in roster:
        if row["pupil"] in lived.ill:
            continue
        luck = chance.random()
        if luck < SKIPS:
            away[row["pupil"]] = invalid(lesson)
        elif luck < SKIPS + LATE:
            away[row["pupil"]] = invalid(lesson, chance.randint(1, 10))
            lived.late += 1
    lived.skipped.update(away.keys())
    assert save(lesson, away).status == 200
    lived.lessons += 1


def _days(world: World) -> Iterator[date]:
    monday = next(day for day in world.days if day.weekday() == 0)
    return (day for day in world.days if monday <= day < monday + timedelta(days=5))


@pytest.mark.timeout(3600)
def test_a_week(tables: Cloud, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    world = make_world(tables, unit=replace(UNIT, pupil_count=PUPILS))
    chance, principal = random.Random(5), world.staff("principal")
    bus = Bus("attendance", "messages", shuffle=random.Random(6))
    bus.skip()
    week: list[Day] = []
    seen = Counter[str]()
    for day in _days(world):
        lived = live(world, day, chance, bus, monkeypatch)
        sent = {"mails": len(tables.messages()), "texts": len(tables.text_messages())}
        lived.mails, lived.texts = sent["mails"] - seen["mails"], sent["texts"] - seen["texts"]
        seen = Counter(sent)
        swept = call(
            "attendance", "read_sweep", principal, path={"unit": world.unit}, query={"date": day.isoformat()}
        )
        lived.counts = swept.body["counts"]
        week.append(lived)
    with capsys.disabled():
        _print(week, tables, world)
    for lived in week:
        states = {name: n for name, n in lived.counts.items() if name in SETTLED}
        assert lived.counts["unreportedLessons"] == 0
        # Every lesson missed without a reason has a state, and none is still on its way.
        assert sum(states.values()) == lived.counts.get("unexcusedLessons", 0) == lived.skipped.total()
    assert sum(lived.skipped.total() for lived in week) > 0


def _print(week: list[Day], cloud: Cloud, world: World) -> None:
    print(f"\n{len(world.population.pupils)} pupils")
    heads = f"{'day':12}{'lessons':>8}{'ill':>5}{'missed':>8}{'late':>6}{'mails':>7}{'SMS':>5}"
    print(f"{heads}   the evening's check")
    for lived in week:
        counts = ", ".join(f"{name} {number}" for name, number in sorted(lived.counts.items()))
        print(
            f"{lived.day!s:12}{lived.lessons:8}{len(lived.ill):5}{lived.skipped.total():8}{lived.late:6}"
            f"{lived.mails:7}{lived.texts:5}   {counts}"
        )
    told = defaultdict[str, int](int)
    for message in cloud.messages():
        told[message["BodyText"].splitlines()[0]] += 1
    print("\nwhat guardians received:")
    for text, number in sorted(told.items())[:20]:
        print(f"  {number:3} × {text}")
    more = len(told) - 20
    print(f"  … and {more} more" if more > 0 else "")
