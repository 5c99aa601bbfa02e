"""What the timetable erases when its time is over: a day of a group or a teacher is a document of its own."""

from __future__ import annotations

from functions.access import queries as access
from functions.timetable.events import RetentionAnswered, RetentionContinued
from functions.timetable.kept import KEPT
from functions.timetable.store import TimetableErasureItem, TimetableItem, TimetableRetentionItem
from skolkit.retention.shelf import Shelf

SHELF = Shelf(
    area="timetable",
    kept=KEPT,
    item=TimetableItem,
    job=TimetableRetentionItem,
    proof=TimetableErasureItem,
    continued=RetentionContinued,
    answered=RetentionAnswered,
    lines=access.retention_lines,
    holds=access.holds,
    real=access.deletes,
)
