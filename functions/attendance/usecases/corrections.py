"""Whether a lesson may still be written: the time for corrections, and the lock of its month."""

from __future__ import annotations

from functions.access import guard
from functions.attendance.domain import correction as rules
from functions.attendance.domain.correction import Standing
from functions.attendance.domain.lesson import Sheet
from functions.attendance.store import locked_months as store
from functions.attendance.usecases.relations import Access
from functions.organisation import queries as organisation
from skolkit.clock import now, today
from skolkit.identity import Caller
from skolkit.table import Unchanged

_OFFICE = ("principal", "administrator")


def require_open(caller: Caller, access: Access) -> tuple[Unchanged, ...]:
    """What is to be committed with the change, so that it never lands after a lock. Raises
    `TooLateToCorrect`, `MonthLocked`. No round trip on the days after the lesson in its own month;
    one for the lock of an earlier month, two more for its teacher when their time is over.
    """
    sheet = access.sheet
    if sheet.is_reported and not rules.in_teachers_time(sheet.end, now()):
        rules.require_time(sheet.end, _standings(caller, access), now())
    return require_unlocked(sheet)


def require_unlocked(sheet: Sheet) -> tuple[Unchanged, ...]:
    """As `require_open`, for whoever has the office's time. Raises `MonthLocked`."""
    first = rules.month_of(sheet.start)
    if first >= rules.month_of(now()):
        return ()  # a month that goes on cannot be locked
    month = store.month(sheet.unit, first)
    if month.is_locked(today()):
        raise rules.MonthLocked(field="lesson")
    return (store.unlocked(month),)


def _standings(caller: Caller, access: Access) -> set[Standing]:
    sheet, mentors, duties = access
    if caller.person_id in sheet.teachers:  # known without reading; now it matters what else they are
        group = organisation.group(sheet.group, today(sheet.start))
        mentors = group.mentors if group else mentors
        duties = organisation.duties_of(caller.person_id)
    mine = {Standing.TEACHER}
    if caller.person_id in mentors:
        mine.add(Standing.MENTOR)
    if any(_leads(duty, sheet) for duty in duties):
        mine.add(Standing.OFFICE)
    return mine


def _leads(duty: guard.Duty, sheet: Sheet) -> bool:
    here = duty.unit in (None, sheet.unit)
    return here and duty.role in _OFFICE and (duty.only is None or "attendance:correct_lesson" in duty.only)
