"""Attendance in the shapes of SS 12000: the words, and the standard's own description where it is at hand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

import jsonschema
import pytest
import yaml

from functions.attendance import ss12000
from functions.attendance.domain.absence import Notice, Reason, Span
from functions.attendance.domain.care import Entry as Weekday
from functions.attendance.domain.care import Hours, Schedule
from functions.attendance.domain.care_day import Event
from functions.attendance.domain.lesson import Entry, Minutes, Sheet
from functions.attendance.domain.totals import Sums
from infra.local import paths
from skolkit.http import Shape
from skolkit.types import GroupId, LessonId, NoticeId, PersonId, UnitId, new_id

SPEC = paths.ROOT.parent / "shared" / "specs" / "ss12000.yaml"
AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
PUPIL, OTHER, TEACHER = (PersonId(new_id()) for _ in range(3))
UNIT = UnitId(new_id())


def sheet(*, reported: bool = True) -> Sheet:
    entries = {
        PUPIL: Entry(Minutes(attendance=20, valid=40), Reason.ILLNESS),
        OTHER: Entry(Minutes(attendance=0, invalid=60)),
    }
    return Sheet(
        lesson=LessonId(new_id()), group=GroupId(new_id()), unit=UNIT, subject="Matematik", start=AT,
        end=AT.replace(hour=9), teachers=(TEACHER,), roster=(PUPIL, OTHER),
        entries=entries if reported else {}, reported_by=TEACHER if reported else None,
        reported_at=AT if reported else None,
    )  # fmt: skip


def notice(span: Span) -> Notice:
    return Notice(NoticeId(new_id()), PUPIL, UNIT, span, Reason.ILLNESS, TEACHER)


def dumped(shape: Shape) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(shape.model_dump_json(by_alias=True, exclude_none=True))
    return found


def test_a_lesson_is_a_row_for_every_pupil() -> None:
    first, second = ss12000.attendances(sheet(), AT, {PUPIL: "Sekretessmarkering"})
    shown = dumped(first)
    assert shown["student"] == {"id": PUPIL, "securityMarking": "Sekretessmarkering"}
    assert (shown["attendanceMinutes"], shown["validAbsenceMinutes"]) == (20, 40)
    assert (shown["absenceReason"], shown["reporter"]) == ("illness", {"id": TEACHER})
    assert dumped(second)["invalidAbsenceMinutes"] == 60
    assert first.id != second.id


def test_a_row_keeps_its_id() -> None:
    lesson = sheet()
    assert [row.id for row in ss12000.attendances(lesson, AT, {})] == [
        row.id for row in ss12000.attendances(lesson, AT.replace(hour=12), {})
    ]


def test_before_it_is_reported_there_are_no_minutes() -> None:
    shown = dumped(ss12000.attendances(sheet(reported=False), AT, {})[0])
    assert shown["isReported"] is False
    assert not {"attendanceMinutes", "reporter", "reportedTimestamp"} & set(shown)


@pytest.mark.parametrize(
    ("span", "start", "end"),
    [
        (Span(date(2026, 11, 23), date(2026, 11, 24)), "11-23T00:00:00+01:00", "11-25T00:00:00+01:00"),
        (
            Span(date(2026, 11, 23), date(2026, 11, 23), time(13), time(14, 30)),
            "11-23T13:00:00+01:00",
            "11-23T14:30:00+01:00",
        ),
        (Span(date(2026, 10, 25), date(2026, 10, 25)), "10-25T00:00:00+02:00", "10-26T00:00:00+01:00"),
    ],
)
def test_absence_is_from_one_moment_to_another(span: Span, start: str, end: str) -> None:
    shown = dumped(ss12000.absence(notice(span), AT, {}))
    assert (shown["startTime"], shown["endTime"]) == (f"2026-{start}", f"2026-{end}")
    assert shown["type"] == "Anmäld frånvaro"
    assert shown["organisation"] == {"id": UNIT}


def test_granted_leave_is_told_as_such() -> None:
    leave = replace(notice(Span(date(2026, 11, 23), date(2026, 11, 23))), reason=Reason.LEAVE)
    assert dumped(ss12000.absence(leave, AT, {}))["type"] == "Beviljad ledighet"


def event() -> ss12000.AttendanceEvent:
    came = Event(new_id(), "In", AT, TEACHER, AT)
    return ss12000.attendance_event(came, PUPIL, GroupId(new_id()), {PUPIL: "Ingen"})


def schedule() -> ss12000.AttendanceSchedule:
    weeks = Schedule(
        id=new_id(), owner=OTHER, placement=new_id(), unit=UNIT, start=date(2026, 8, 17),
        end=date(2027, 6, 11), weeks=2, entries=(Weekday(2, 5, Hours(time(6, 30), time(16))),),
        state="Begärt",
    )  # fmt: skip
    return ss12000.attendance_schedule(weeks, AT)


def aggregated() -> ss12000.AggregatedAttendance:
    sums = Sums(attendance=50, valid=5, invalid=3, other=2, reported=60, offered=120)
    return ss12000.aggregated(sums, new_id(), PUPIL, date(2026, 11, 1), date(2026, 11, 30), {})


def test_a_schedule_counts_its_weeks_from_nought_and_names_its_days() -> None:
    shown = dumped(schedule())
    assert shown["scheduleEntries"] == [
        {"weekOffset": 1, "dayOfWeek": "Fredag", "startTime": "06:30", "endTime": "16:00"}
    ]
    assert (shown["numberOfWeeks"], shown["state"]) == (2, [{"state": "Begärt"}])


def test_sums_and_events_have_the_standards_names() -> None:
    sums, came = dumped(aggregated()), dumped(event())
    assert (sums["attendanceSum"], sums["validAbsenceSum"], sums["invalidAbsenceSum"]) == (50, 5, 3)
    assert (sums["otherAttendanceSum"], sums["reportedSum"], sums["offeredSum"]) == (2, 60, 120)
    assert (came["eventType"], came["person"]["securityMarking"]) == ("In", "Ingen")


@pytest.mark.skipif(not SPEC.exists(), reason="the standard's description is not here")
def test_the_standard_takes_them() -> None:
    spec = yaml.load(SPEC.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    shapes: dict[str, Sequence[Shape]] = {
        "Attendance": ss12000.attendances(sheet(), AT, {}),
        "AttendanceEvent": [event()],
        "AttendanceSchedule": [schedule()],
        "AggregatedAttendance": [aggregated()],
        "Absence": [ss12000.absence(notice(Span(date(2026, 11, 23), date(2026, 11, 23))), AT, {})],
    }
    for name, rows in shapes.items():
        described: Any = spec["components"]["schemas"][name]
        for row in rows:
            # `AttendanceSchedule` requires what is no property of it: a slip of the description.
            required = set(described["required"]) & set(described["properties"])
            assert required <= set(dumped(row)) <= set(described["properties"]), name
            typed = {k: v["type"] for k, v in described["properties"].items() if "type" in v}
            for field, value in dumped(row).items():
                if field in typed:
                    jsonschema.validate(value, {"type": typed[field]})
