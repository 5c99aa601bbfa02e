"""A day off is decided after lessons were planned on it, and taken back (processes 19–22): on a day without
school nobody is asked, reminded or swept, and nothing can be reported; on a school day again all of it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from typing import Any

from skolkit.sweden.calendar import SchoolYear, default_calendar
from tests.integration.attendance.conftest import Morning
from tests.support.areas import Answer, call, deliver, outbox, run_schedule


def decide(morning: Morning, *, off: list[date]) -> None:
    """Let the unit's school year have these days off beside the usual, and school on others for them."""
    year = SchoolYear.of(morning.day)
    usual, unit = default_calendar(year), {"unit": morning.world.unit}
    instead = [day for day in sorted(usual.days_off) if day > morning.day and day.weekday() == 0][: len(off)]
    body = {
        "schoolYear": str(year),
        **{
            name: {"first": str(term.first), "last": str(term.last)}
            for name, term in (("autumn", usual.autumn), ("spring", usual.spring))
        },
        "daysOff": sorted(map(str, {*usual.days_off, *off} - {*instead})),
        "studyDays": sorted(map(str, usual.study_days)),
    }  # fmt: skip
    seen = call("organisation", "read_calendar_draft", morning.world.staff("principal"), path=unit,
                query={"schoolYear": str(year)})  # fmt: skip
    version = seen.headers["etag"] if seen.status == 200 else '"0"'
    drafted = call(
        "organisation", "propose_calendar", morning.world.staff("principal"), path=unit, body=body,
        headers={"if-match": version},
    )  # fmt: skip
    assert drafted.status == 200, drafted.body
    decided = call(
        "organisation", "decide_calendar", morning.world.staff("administrator"), path=unit,
        body={"schoolYear": str(year)}, headers={"if-match": drafted.headers["etag"]},
    )  # fmt: skip
    assert decided.status == 201, decided.body
    told = [f for f in outbox("organisation") if f["type"] == "organisation.CalendarDecided.v1"]
    assert deliver("attendance", "follow_calendar", told[-1]) == []


def said(kind: str) -> list[Mapping[str, Any]]:
    return [f["data"] for f in outbox("attendance") if f["type"] == f"attendance.{kind}.v1"]


def swept(morning: Morning, day: date) -> Answer:
    return call(
        "attendance", "read_sweep", morning.world.staff("principal"), path={"unit": morning.world.unit},
        query={"date": str(day)},
    )  # fmt: skip


def a_day(morning: Morning, day: date) -> tuple[int, int, int]:
    """Live a day's schedules: how many messages are due, whether it was swept, how a report is answered."""
    before = len(said("MessageDue"))
    morning.wake(day)
    run_schedule("attendance", "ask_homes")
    reported = morning.report(morning.world.classmates()[1], day).status
    morning.wake(day, time(16))
    run_schedule("attendance", "remind_unreported")
    morning.wake(day, time(16, 30))
    run_schedule("attendance", "evening_sweep")
    return len(said("MessageDue")) - before, swept(morning, day).status, reported


def test_a_day_off_is_quiet_and_a_school_day_again_is_not(morning: Morning) -> None:
    pupil, first = morning.world.classmates()[0], morning.day
    day = morning.next_school_day()
    assert morning.report(pupil, first).status == 201  # whose home is asked on the next school day
    decide(morning, off=[day])
    assert a_day(morning, day) == (0, 404, 422)
    leave = {"startDate": str(day), "endDate": str(day), "purpose": "travel"}
    applied = morning.ask("apply_for_leave", pupil.guardians[0].guardian_id, leave, pupil=pupil.id)
    assert (applied.status, applied.body["type"]) == (422, "urn:skolkit:problem:no-school-day")
    morning.wake(first)
    decide(morning, off=[])
    due, found, reported = a_day(morning, day)
    assert (found, reported) == (200, 201)
    assert due > 1  # the home is asked, teachers and the principal are told of lessons nobody has reported
