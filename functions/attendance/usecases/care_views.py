"""How what is said of a child's times at care is shown."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from functions.attendance.domain.care import Allowance, Change, Hours, Schedule
from functions.attendance.schemas.care import (
    AllowanceView,
    ChangeView,
    HolidayAnswer,
    HoursShape,
    ScheduleEntry,
    ScheduleView,
)
from functions.attendance.store.care import ChildCare
from skolkit.types import PersonId


def schedule_view(s: Schedule) -> ScheduleView:
    """A schedule as homes and staff see it."""
    return ScheduleView(
        id=s.id,
        owner=s.owner,
        placement=s.placement,
        unit=s.unit,
        number_of_weeks=s.weeks,
        by_week_number=s.by_week_number,
        start_date=s.start,
        end_date=s.end,
        shared=s.shared,
        state=s.state,
        schedule_entries=[
            ScheduleEntry(week=e.week, week_day=e.weekday, start_time=e.hours.start, end_time=e.hours.end)
            for e in s.entries
        ],
        version=s.version,
    )


def change_view(day: date, owner: PersonId, change: Change) -> ChangeView:
    """A home's change of a day."""
    return ChangeView(
        date=day, owner=owner, kind=change.kind, state=change.state, hours=hours_view(change.hours)
    )


def hours_view(hours: Iterable[Hours]) -> list[HoursShape]:
    """Hours of a day."""
    return [HoursShape(start_time=h.start, end_time=h.end) for h in hours]


def allowance_view(a: Allowance) -> AllowanceView:
    """What a place gives from a day on."""
    return AllowanceView(unit=a.unit, allowed=a.kind, basis=a.basis, start_date=a.start)


def answers_view(care: ChildCare, period: str) -> list[HolidayAnswer]:
    """The homes' answers for a holiday, by day."""
    days = care.answers.get(period, ({}, 0))[0]
    return [
        HolidayAnswer(date=day, owner=owner, hours=hours_view(hours))
        for day, homes in sorted(days.items())
        for owner, hours in homes.items()
    ]
