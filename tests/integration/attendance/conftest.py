"""A class with lessons of two teachers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta

import pytest

from infra.local.cloud import Cloud
from skolkit.clock import local
from skolkit.types import new_id
from tests.integration.test_attendance_day import at
from tests.support.areas import deliver, outbox
from tests.support.world import Lesson, World, drop, lessons_of, make_world


@pytest.fixture
def world(tables: Cloud) -> World:
    return make_world(tables)


@pytest.fixture
def shared(world: World, tables: Cloud, monkeypatch: pytest.MonkeyPatch) -> list[Lesson]:
    """Three lessons of the class on its first day, an hour apart from eight, each with two teachers; the
    first has just begun.
    """
    like = world.of_class()[0]
    other = next(
        s.id for s in world.population.staff
        if s.role == "teacher" and s.id not in {*like.teachers, *world.klass.mentor_ids}
    )  # fmt: skip
    rows = []
    for hour in (8, 9, 10):
        start = local(world.days[0], time(hour))
        rows.append(
            {
                "id": new_id(), "group": like.group, "unit": world.unit, "subjectCode": "MA",
                "subject": "Matematik", "teachers": [like.teachers[0], other], "room": "A1",
                "start": start.isoformat(), "end": (start + timedelta(minutes=40)).isoformat(),
            }
        )  # fmt: skip
    drop(tables, f"timetable/lessons/{new_id()}.jsonl", rows)
    for envelope in outbox("timetable"):
        if envelope["type"] == "timetable.TimetablePublished.v1":
            assert deliver("attendance", "prepare_sheets", envelope) == []
    lessons = list(lessons_of(rows))
    at(monkeypatch, lessons[0].start + timedelta(minutes=1))
    return lessons


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Set the time."""
    return lambda instant: at(monkeypatch, instant)
