"""A school in the tables on a school day: lessons of two teachers, or a morning at half past six."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from infra.local.cloud import Cloud
from infra.local.population import NewPupil
from skolkit.clock import local
from skolkit.sweden.calendar import SchoolYear, default_calendar
from skolkit.types import PersonId, new_id
from tests.integration.test_attendance_day import at
from tests.support.areas import Answer, call, deliver, outbox
from tests.support.world import Lesson, World, drop, lessons_of, make_world


def is_school_day(day: date) -> bool:
    return default_calendar(SchoolYear.of(day)).is_school_day(day)


@dataclass
class Morning:
    """The school, what day it is, and how its people ask."""

    world: World
    day: date
    monkeypatch: pytest.MonkeyPatch

    def wake(self, day: date, hour: time = time(6, 30)) -> None:
        """Let it be another day."""
        self.day = day
        at(self.monkeypatch, local(day, hour))

    def next_school_day(self, after: date | None = None) -> date:
        day = (after or self.day) + timedelta(days=1)
        while not is_school_day(day):
            day += timedelta(days=1)
        return day

    def ask(
        self, name: str, who: PersonId | str | None, body: Any = None, *, key: str | None = None,
        version: int | None = None, query: dict[str, Any] | None = None, **path: str,
    ) -> Answer:  # fmt: skip
        """Ask attendance as somebody, with a new key or a version."""
        headers = {"if-match": f'"{version}"'} if version is not None else {}
        headers |= {"idempotency-key": key or new_id()}
        return call("attendance", name, PersonId(who) if who else None, path=path, body=body, headers=headers,
                    query=query)  # fmt: skip

    def report(self, pupil: NewPupil, first: date, last: date | None = None, **more: Any) -> Answer:
        who = more.pop("by", pupil.guardians[0].guardian_id)
        return self.ask("report_absence", who, span(first, last) | more, pupil=pupil.id)


def span(first: date, last: date | None = None) -> dict[str, Any]:
    """Whole days of illness."""
    return {
        "startDate": first.isoformat(), "endDate": (last or first).isoformat(), "reason": "illness"
    }  # fmt: skip


@pytest.fixture
def morning(tables: Cloud, monkeypatch: pytest.MonkeyPatch) -> Morning:
    world = make_world(tables)
    made = Morning(world, world.days[0], monkeypatch)
    made.wake(world.days[0])
    return made


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
