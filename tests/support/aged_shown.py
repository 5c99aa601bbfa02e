"""What other systems are shown of attendance, of a day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from functions.attendance.store import shown
from skolkit.clock import stamp
from skolkit.table import Item
from skolkit.types import PersonId, UnitId, new_id


def shown_elsewhere(
    pupil: PersonId, parent: PersonId, teacher: PersonId, unit: UnitId, day: date
) -> list[Item]:
    """One of every kind."""
    at = stamp(datetime.combine(day, time(9), UTC))
    return [
        shown.LessonTokenItem(f"ATTENDANCE#{new_id()}", "LESSON", lesson=new_id(), starts=at),
        shown.AbsenceItem(
            *shown.absence_key(new_id()), pupil=pupil, unit=unit, starts=at, ends=at, reported_by=parent
        ),
        shown.EventItem(
            *shown.event_key(new_id()), child=pupil, group=new_id(), unit=unit, event="In", at=at,
            registered_by=teacher,
        ),
        shown.ScheduleItem(
            *shown.schedule_key(new_id()), child=pupil, placement=new_id(), unit=unit, starts=str(day),
            ends=str(day), weeks=1, state="Godkänt", stated=at, entries="[]",
        ),
    ]  # fmt: skip
