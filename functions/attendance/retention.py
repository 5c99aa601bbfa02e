"""What attendance erases when its time is over: every row is a document of its own."""

from __future__ import annotations

from functions.access import queries as access
from functions.attendance import store
from functions.attendance.events import RetentionAnswered, RetentionContinued
from functions.attendance.kept import KEPT
from functions.attendance.store import AttendanceErasureItem, AttendanceItem, AttendanceRetentionItem
from functions.register import queries as register
from skolkit.parts import every
from skolkit.retention.shelf import Shelf

every(store.__name__)

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
