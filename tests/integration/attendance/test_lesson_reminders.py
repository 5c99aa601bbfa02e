"""Reminders of unreported lessons, once each, and their principals' digests (process 20)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from infra.local.cloud import Cloud
from skolkit.clock import local, today
from skolkit.sweden.calendar import SchoolYear, default_calendar
from skolkit.types import new_id
from tests.integration.test_attendance_day import save
from tests.support.areas import call, deliver, outbox, run_schedule
from tests.support.world import Lesson, World, drop

Clock = Callable[[datetime], None]


@pytest.fixture
def remind(clock: Clock) -> Callable[[datetime], list[dict[str, Any]]]:
    """Run the schedule at a time; what has become due by it."""

    def run(at: datetime) -> list[dict[str, Any]]:
        before = {e["id"] for e in outbox("attendance")}
        clock(at)
        run_schedule("attendance", "remind_unreported")
        fresh = [e for e in outbox("attendance") if e["id"] not in before]
        return [e["data"] for e in fresh if e["type"] == "attendance.MessageDue.v1"]

    return run


Remind = Callable[[datetime], list[dict[str, Any]]]


def of(lesson: Lesson, due: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What its teachers are told."""
    return [d for d in due if d["recipients"] == list(lesson.teachers)]


def test_a_teacher_is_reminded_once_an_hour_after_the_lesson(
    world: World, shared: list[Lesson], remind: Remind
) -> None:
    first, second, _ = shared
    assert of(first, remind(first.end + timedelta(minutes=60))) == []
    (due,) = of(first, remind(first.end + timedelta(minutes=61)))
    assert due["template"] == "lesson_unreported"
    assert due["values"] == {"day": today(first.start).isoformat(), "start": "08:00"}
    assert of(first, remind(first.end + timedelta(minutes=90))) == []
    save(second, {})
    assert of(second, remind(second.end + timedelta(minutes=80))) == []


def test_a_lesson_not_held_or_half_reported(
    world: World, shared: list[Lesson], remind: Remind, clock: Clock
) -> None:
    anna, (first, second, _) = shared[0].teachers[0], shared
    told = call(
        "attendance", "cancel_lesson", anna, path={"lesson": first.id}, body={"reason": "premises"},
        headers={"if-match": '"1"'},
    )  # fmt: skip
    assert told.status == 200
    clock(second.end)
    half = call(
        "attendance", "report_pupils", anna, path={"lesson": second.id},
        body={"rows": [{"pupil": world.classmates()[0].id, "attendanceMinutes": 40,
                        "madeAt": second.start.isoformat()}]},
        headers={"idempotency-key": new_id()},
    )  # fmt: skip
    assert half.status == 200
    due = of(second, remind(second.end + timedelta(minutes=61)))
    assert [d["values"]["start"] for d in due] == ["09:00"]


def test_the_principal_gets_one_digest_at_four_and_the_rest_the_next_school_day(
    world: World, shared: list[Lesson], remind: Remind
) -> None:
    day, head = today(shared[0].start), world.staff("principal")

    def digests(at: datetime) -> list[dict[str, Any]]:
        return [d for d in remind(at) if d["template"] == "lessons_unreported" and head in d["recipients"]]

    assert digests(local(day, time(15, 30))) == []
    (digest,) = digests(local(day, time(16)))
    assert digest["values"]["day"] == day.isoformat()
    at_four = int(digest["values"]["lessons"])
    assert at_four >= 3
    assert digests(local(day, time(16, 30))) == []
    assert digests(local(day, time(18, 30))) == []
    next_day = world.days[1]
    later = digests(local(next_day, time(8)))
    counted = sum(int(d["values"]["lessons"]) for d in later if d["values"]["day"] == day.isoformat())
    late = [x for x in world.lessons if today(x.start) == day and x.end >= local(day, time(15))]
    late = [x for x in late if x.group != world.klass.id]
    assert counted == len(late)
    assert digests(local(next_day, time(8, 30))) == []


@pytest.mark.parametrize("hour", [12, 16])
def test_nothing_on_days_without_school(
    world: World, shared: list[Lesson], remind: Remind, hour: int, tables: Cloud
) -> None:
    """A Saturday, and a day that a new calendar has made a study day; the next school day tells of the last
    one that there was.
    """
    day = today(shared[0].start)
    assert remind(local(day, time(hour)))
    saturday = day + timedelta(days=(5 - day.weekday()) % 7)
    assert remind(local(saturday, time(hour))) == []
    free(world, tables, world.days[1])
    assert remind(local(world.days[1], time(hour))) == []
    later = remind(local(world.days[2], time(8)))
    assert {d["values"]["day"] for d in later} <= {day.isoformat()}
    assert later or hour == 16  # at four all of the day's had been told


def free(world: World, tables: Cloud, day: date) -> None:
    """Make a day a study day of the unit."""
    year = default_calendar(SchoolYear.of(day))
    terms = {
        name: {"first": str(term.first), "last": str(term.last)}
        for name, term in (("autumn", year.autumn), ("spring", year.spring))
    }
    row = {
        "unit": world.unit, "schoolYear": str(SchoolYear.of(day)), **terms,
        "daysOff": sorted(map(str, year.days_off)), "studyDays": [str(day)],
    }  # fmt: skip
    report = drop(tables, f"organisation/calendars/{new_id()}.jsonl", [row])
    assert report["failed"] == 0, report["faults"]


def test_the_mail_says_when_and_names_nobody(
    world: World, shared: list[Lesson], remind: Remind, tables: Cloud
) -> None:
    remind(shared[0].end + timedelta(minutes=61))
    for envelope in outbox("attendance"):
        if envelope["type"] == "attendance.MessageDue.v1":
            for _ in range(2):
                assert deliver("messages", "deliver_message", envelope) == []
    mails = [str(m) for m in tables.messages()]
    assert len([m for m in mails if "08:00" in m]) == len(shared[0].teachers)
