"""Attendance in the shapes of SS 12000: the words, and the standard's own description where it is at hand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from functions.attendance.domain.absence import Notice, Reason, Span
from functions.attendance.domain.lesson import Entry, Minutes, Sheet
from functions.attendance.domain.shown import attendance_id, lesson_token, shown_of, token_of
from functions.attendance.domain.totals import Sums
from functions.attendance.ss12000.absences import absence
from functions.attendance.ss12000.care import attendance_event, attendance_schedule
from functions.attendance.ss12000.lessons import attendances
from functions.attendance.ss12000.shapes import Forms
from functions.attendance.ss12000.sums import aggregated
from functions.attendance.store.shown import ShownEvent, ShownSchedule, Stored
from infra.local import paths
from skolkit.http import Shape
from skolkit.ss12000 import Entity
from skolkit.sweden.codes import SchoolForm
from skolkit.types import GroupId, LessonId, NoticeId, PersonId, UnitId, new_id

SPEC = paths.ROOT.parent / "shared" / "specs" / "ss12000.yaml"
AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
PUPIL, OTHER, TEACHER = (PersonId(new_id()) for _ in range(3))
UNIT = UnitId(new_id())
FORMS = Forms(frozenset({SchoolForm.COMPULSORY}), frozenset({SchoolForm.PRESCHOOL}))


def sheet(*, reported: bool = True, **more: Any) -> Sheet:
    entries = {
        PUPIL: Entry(Minutes(attendance=20, valid=40), Reason.ILLNESS),
        OTHER: Entry(Minutes(attendance=0, invalid=60)),
    }
    return Sheet(
        lesson=LessonId(new_id()), group=GroupId(new_id()), unit=UNIT, subject="Matematik", start=AT,
        end=AT.replace(hour=9), teachers=(TEACHER,), roster=(PUPIL, OTHER),
        entries=entries if reported else {}, reported_by=TEACHER if reported else None,
        reported_at=AT if reported else None, **more,
    )  # fmt: skip


def rows(sheet: Sheet, changed: datetime = AT) -> list[Entity]:
    return attendances(Stored(sheet, AT, changed), FORMS)


def notice(span: Span) -> Notice:
    return Notice(NoticeId(new_id()), PUPIL, UNIT, span, Reason.ILLNESS, TEACHER)


def away(notice: Notice) -> Entity:
    shown = shown_of(notice)
    assert shown is not None
    return absence(Stored(shown, AT, AT), FORMS)


def dumped(entity: Entity | Shape) -> dict[str, Any]:
    shape = entity.shape if isinstance(entity, Entity) else entity
    found: dict[str, Any] = json.loads(shape.model_dump_json(by_alias=True, exclude_none=True))
    return found


def test_a_lesson_is_a_row_for_every_pupil() -> None:
    first, second = rows(sheet())
    shown = dumped(first)
    assert shown["student"] == {"id": PUPIL}
    assert (shown["attendanceMinutes"], shown["validAbsenceMinutes"]) == (20, 40)
    assert (shown["absenceReason"], shown["reporter"]) == ("illness", {"id": TEACHER})
    assert dumped(second)["invalidAbsenceMinutes"] == 60
    assert first.id != second.id
    assert (first.about, first.people, first.in_forms()) == (
        PUPIL,
        frozenset({PUPIL, TEACHER}),
        FORMS.lessons,
    )


def test_a_row_keeps_its_id() -> None:
    lesson = sheet()
    assert [row.id for row in rows(lesson)] == [row.id for row in rows(lesson, AT.replace(hour=12))]


def test_who_left_the_roster_is_told_as_gone() -> None:
    lesson = sheet(reported=False, left=(TEACHER,))
    assert [(row.about, row.gone) for row in rows(lesson)] == [
        (PUPIL, False), (OTHER, False), (TEACHER, True)
    ]  # fmt: skip


@given(st.uuids(), st.uuids())
def test_an_id_of_attendance_leads_to_its_lesson_alone(lesson: UUID, pupil: UUID) -> None:
    id = attendance_id(LessonId(str(lesson)), PersonId(str(pupil)))
    assert (str(UUID(id)), UUID(id).version) == (id, 8)
    assert token_of(id) == lesson_token(LessonId(str(lesson)))
    assert token_of(id) != lesson_token(LessonId(str(pupil))) or lesson == pupil


def test_an_id_of_something_else_leads_nowhere() -> None:
    assert token_of(new_id()) is None


def test_before_it_is_reported_there_are_no_minutes() -> None:
    shown = dumped(rows(sheet(reported=False))[0])
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
    shown = dumped(away(notice(span)))
    assert (shown["startTime"], shown["endTime"]) == (f"2026-{start}", f"2026-{end}")
    assert shown["type"] == "Anmäld frånvaro"
    assert shown["organisation"] == {"id": UNIT}


def test_granted_leave_is_told_as_such() -> None:
    leave = replace(notice(Span(date(2026, 11, 23), date(2026, 11, 23))), reason=Reason.LEAVE)
    assert dumped(away(leave))["type"] == "Beviljad ledighet"


def test_what_is_taken_back_is_not_shown() -> None:
    assert shown_of(replace(notice(Span(date(2026, 11, 23), date(2026, 11, 23))), withdrawn=True)) is None


def event() -> Entity:
    came = ShownEvent(new_id(), PUPIL, GroupId(new_id()), UNIT, "In", AT, TEACHER)
    return attendance_event(Stored(came, AT, AT), FORMS)


def schedule() -> Entity:
    weeks = ShownSchedule(
        id=new_id(), child=PUPIL, placement=new_id(), unit=UNIT, start=date(2026, 8, 17),
        end=date(2027, 6, 11), weeks=2, state="Begärt", stated=AT, entries=((2, 5, "06:30", "16:00"),),
    )  # fmt: skip
    return attendance_schedule(Stored(weeks, AT, AT), FORMS)


def sums() -> Shape:
    minutes = Sums(attendance=50, valid=5, invalid=3, other=2, reported=60, offered=120)
    return aggregated(minutes, new_id(), PUPIL, date(2026, 11, 1), date(2026, 11, 30))


def test_a_schedule_counts_its_weeks_from_nought_and_names_its_days() -> None:
    shown = dumped(schedule())
    assert shown["scheduleEntries"] == [
        {"weekOffset": 1, "dayOfWeek": "Fredag", "startTime": "06:30", "endTime": "16:00"}
    ]
    assert (shown["numberOfWeeks"], [s["state"] for s in shown["state"]]) == (2, ["Begärt"])


def test_sums_and_events_have_the_standards_names() -> None:
    made, came = dumped(sums()), dumped(event())
    assert (made["attendanceSum"], made["validAbsenceSum"], made["invalidAbsenceSum"]) == (50, 5, 3)
    assert (made["otherAttendanceSum"], made["reportedSum"], made["offeredSum"]) == (2, 60, 120)
    assert (came["eventType"], came["person"]) == ("In", {"id": PUPIL})


@pytest.mark.skipif(not SPEC.exists(), reason="the standard's description is not here")
def test_the_standard_takes_them() -> None:
    spec = yaml.load(SPEC.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    shapes: dict[str, Sequence[Entity | Shape]] = {
        "Attendance": rows(sheet()),
        "AttendanceEvent": [event()],
        "AttendanceSchedule": [schedule()],
        "AggregatedAttendance": [sums()],
        "Absence": [away(notice(Span(date(2026, 11, 23), date(2026, 11, 23))))],
    }
    for name, made in shapes.items():
        described: Any = spec["components"]["schemas"][name]
        for row in made:
            # `AttendanceSchedule` requires what is no property of it: a slip of the description.
            required = set(described["required"]) & set(described["properties"])
            assert required <= set(dumped(row)) <= set(described["properties"]), name
            typed = {k: v["type"] for k, v in described["properties"].items() if "type" in v}
            for field, value in dumped(row).items():
                if field in typed:
                    jsonschema.validate(value, {"type": typed[field]})
