"""What attendance erases when its time is over: every row is a document of its own."""

from __future__ import annotations

from functions.access import queries as access
from functions.attendance.events import RetentionAnswered, RetentionContinued
from functions.attendance.kept import KEPT
from functions.attendance.store import AttendanceErasureItem, AttendanceItem, AttendanceRetentionItem
from functions.attendance.store import csn as _csn  # noqa: F401 - a row is read by its kind
from functions.attendance.store import totals as _totals  # noqa: F401
from skolkit.retention.shelf import Shelf

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
)
