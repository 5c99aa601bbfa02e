"""Attendance in the shapes of SS 12000:2020 (API 2.1.0), with the standard's names. Whoever serves them says
which people are protected and when a row was last written.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from functions.attendance.domain.absence import Notice, Reason
from functions.attendance.domain.care import Schedule
from functions.attendance.domain.care_day import Event
from functions.attendance.domain.lesson import Sheet
from functions.attendance.domain.totals import Sums
from skolkit.clock import LOCAL
from skolkit.http import Shape
from skolkit.types import GroupId, PersonId, stable_id

Minutes = Annotated[int, Field(ge=0)]
WEEKDAYS = ("Måndag", "Tisdag", "Onsdag", "Torsdag", "Fredag", "Lördag", "Söndag")
SecurityMarking = Literal["Ingen", "Sekretessmarkering", "Skyddad folkbokföring"]


class Reference(Shape):
    """Something by its id; the name only when the reader asked for names."""

    id: UUID
    display_name: str | None = None


class PersonReference(Reference):
    """A person by id, with the marking of the population register."""

    security_marking: SecurityMarking | None = None


class Meta(Shape):
    """When an entity came to be, and when what belongs to it changed last."""

    created: datetime
    modified: datetime


class Attendance(Shape):
    """A pupil's minutes of one lesson (`calendarEvent`)."""

    id: UUID
    meta: Meta
    calendar_event: Reference
    student: PersonReference
    reporter: PersonReference | None = None
    is_reported: bool
    attendance_minutes: Minutes | None = None
    valid_absence_minutes: Minutes | None = None
    invalid_absence_minutes: Minutes | None = None
    other_attendance_minutes: Minutes | None = None
    absence_reason: str | None = None
    reported_timestamp: datetime | None = None


class Absence(Shape):
    """Absence that is notified, or leave that is granted, of one pupil."""

    id: UUID
    meta: Meta
    start_time: datetime
    end_time: datetime
    type: Literal["Beviljad ledighet", "Anmäld frånvaro"]
    student: PersonReference
    organisation: Reference | None = None
    registered_by: PersonReference | None = None


class AttendanceEvent(Shape):
    """A child has come to care, or left."""

    id: UUID
    meta: Meta
    time: datetime
    event_type: Literal["In", "Ut"]
    person: PersonReference
    registered_by: PersonReference | None = None
    group: Reference


class AttendanceScheduleState(Shape):
    """How far a schedule has come."""

    state: Literal["Godkänt", "Begärt", "Nekat"]


class AttendanceScheduleEntry(Shape):
    """Hours of a weekday in one of the weeks, counted from 0, as `HH:MM`."""

    week_offset: int
    day_of_week: str
    start_time: str
    end_time: str


class AttendanceSchedule(Shape):
    """A child's weeks at a placement in care. A child with two homes has one for each."""

    id: UUID
    meta: Meta
    placement: Reference
    number_of_weeks: int
    start_date: date
    end_date: date | None = None
    temporary: bool = False
    state: list[AttendanceScheduleState]
    schedule_entries: list[AttendanceScheduleEntry]


class AggregatedAttendance(Shape):
    """A pupil's minutes of one activity in a span of days, first and last inclusive."""

    activity: Reference
    student: PersonReference
    start_date: date
    end_date: date
    attendance_sum: Minutes
    valid_absence_sum: Minutes
    invalid_absence_sum: Minutes
    other_attendance_sum: Minutes
    reported_sum: Minutes
    offered_sum: Minutes


def attendances(
    sheet: Sheet, modified: datetime, markings: Mapping[PersonId, SecurityMarking]
) -> list[Attendance]:
    """A lesson's attendance, a row for every pupil of the roster; before it is reported without minutes."""
    reporter = _person(sheet.reported_by, markings) if sheet.reported_by else None
    rows = []
    for pupil in sheet.roster:
        entry = sheet.entries.get(pupil)
        minutes = entry.minutes if entry else None
        rows.append(
            Attendance(
                id=UUID(stable_id("attendance", sheet.lesson, pupil)),
                meta=Meta(created=sheet.start, modified=modified),
                calendar_event=Reference(id=UUID(sheet.lesson)),
                student=_person(pupil, markings),
                reporter=reporter,
                is_reported=sheet.is_reported,
                attendance_minutes=minutes.attendance if minutes else None,
                valid_absence_minutes=minutes.valid if minutes else None,
                invalid_absence_minutes=minutes.invalid if minutes else None,
                other_attendance_minutes=minutes.other if minutes else None,
                absence_reason=entry.reason if entry else None,
                reported_timestamp=sheet.reported_at,
            )
        )
    return rows


def absence(notice: Notice, modified: datetime, markings: Mapping[PersonId, SecurityMarking]) -> Absence:
    """A notice of absence, or granted leave as one, from the first moment of its first day, or its time of
    day, to the last.
    """
    first, last = notice.span.first, notice.span.last
    return Absence(
        id=UUID(notice.id),
        meta=Meta(created=_made(notice.id) or modified, modified=modified),
        start_time=_at(first, notice.span.start or time.min),
        end_time=_at(last, notice.span.end) if notice.span.end else _at(last + timedelta(days=1), time.min),
        type="Beviljad ledighet" if notice.reason is Reason.LEAVE else "Anmäld frånvaro",
        student=_person(notice.pupil, markings),
        organisation=Reference(id=UUID(notice.unit)),
        registered_by=_person(notice.reported_by, markings),
    )


def attendance_event(
    event: Event, child: PersonId, group: GroupId, markings: Mapping[PersonId, SecurityMarking]
) -> AttendanceEvent:
    """A check-in or check-out at a department."""
    return AttendanceEvent(
        id=UUID(event.id),
        meta=Meta(created=event.registered_at, modified=event.registered_at),
        time=event.time,
        event_type=event.type,
        person=_person(child, markings),
        registered_by=_person(event.registered_by, markings),
        group=Reference(id=UUID(group)),
    )


def attendance_schedule(schedule: Schedule, modified: datetime) -> AttendanceSchedule:
    """One home's weeks."""
    return AttendanceSchedule(
        id=UUID(schedule.id),
        meta=Meta(created=_made(schedule.id) or modified, modified=modified),
        placement=Reference(id=UUID(schedule.placement)),
        number_of_weeks=schedule.weeks,
        start_date=schedule.start,
        end_date=schedule.end,
        state=[AttendanceScheduleState(state=schedule.state)],
        schedule_entries=[
            AttendanceScheduleEntry(
                week_offset=entry.week - 1,
                day_of_week=WEEKDAYS[entry.weekday - 1],
                start_time=entry.hours.start.isoformat("minutes"),
                end_time=entry.hours.end.isoformat("minutes"),
            )
            for entry in schedule.entries
        ],
    )


def aggregated(
    sums: Sums, activity: str, pupil: PersonId, first: date, last: date,
    markings: Mapping[PersonId, SecurityMarking],
) -> AggregatedAttendance:  # fmt: skip
    """A pupil's sums of one activity from a first to a last day."""
    return AggregatedAttendance(
        activity=Reference(id=UUID(activity)),
        student=_person(pupil, markings),
        start_date=first,
        end_date=last,
        attendance_sum=sums.attendance,
        valid_absence_sum=sums.valid,
        invalid_absence_sum=sums.invalid,
        other_attendance_sum=sums.other,
        reported_sum=sums.reported,
        offered_sum=sums.offered,
    )


def _person(person: PersonId, markings: Mapping[PersonId, SecurityMarking]) -> PersonReference:
    return PersonReference(id=UUID(person), security_marking=markings.get(person))


def _at(day: date, at: time) -> datetime:
    return datetime.combine(day, at, LOCAL)


def _made(id: str) -> datetime | None:
    """The time that a time-ordered id (UUID version 7) carries."""
    uuid = UUID(id)
    return datetime.fromtimestamp((uuid.int >> 80) / 1000, LOCAL) if uuid.version == 7 else None
