"""What attendance erases when its time is over: every row is a document of its own."""

from __future__ import annotations

from functions.access import queries as access
from functions.attendance.events import RetentionAnswered, RetentionContinued
from functions.attendance.kept import KEPT
from functions.attendance.store import (  # noqa: F401 - a row is read by its kind
    AttendanceErasureItem,
    AttendanceItem,
    AttendanceRetentionItem,
    notices,
    phone,
    series,
)
from functions.attendance.store.lesson_check_in import ArrivalItem, WindowItem
from functions.attendance.store.lesson_reminders import ReminderItem
from functions.attendance.store.locked_months import MonthItem
from functions.register import queries as register
from skolkit.retention.shelf import Shelf

__all__ = ["SHELF", "ArrivalItem", "MonthItem", "ReminderItem", "WindowItem"]  # kinds it may have to read

SHELF = Shelf(
    area="attendance",
    kept=KEPT,
    item=AttendanceItem,
    job=AttendanceRetentionItem,
    proof=AttendanceErasureItem,
    continued=RetentionContinued,
    answered=RetentionAnswered,
    lines=access.retention_lines,
    holds=access.holds,
    real=access.deletes,
    tie=register.tie_end,
)
