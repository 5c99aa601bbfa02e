"""What attendance erases when its time is over: every row is a document of its own."""

from __future__ import annotations
import pkgutil
from importlib import import_module
import functions.attendance.store.leave  # noqa: F401 - rows of its kinds are read
from functions.access import queries as access
from functions.attendance import store
from functions.attendance.events import RetentionAnswered, RetentionContinued
from functions.attendance.kept import KEPT
from functions.attendance.store import AttendanceErasureItem, AttendanceItem, AttendanceRetentionItem
from functions.attendance.store.calls import CallItem
from functions.attendance.store import care as _care  # noqa: F401 - a row is read by its kindfrom functions.attendance.store import csn as _csn  # noqa: F401 - a row is read by its kind
from functions.attendance.store import (care_units as _care_units, totals as _totals)  # noqa: F401from functions.attendance.store import care_units as _care_units  # noqa: F401
from functions.attendance.store.suggestions import StandingItem, SuggestionItem
from functions.register import queries as register
from skolkit.retention.shelf import Shelf

__all__ = ["SHELF",
    "CallItem",
    "StandingItem",
    "SuggestionItem",
]  # read by their kind

for part in pkgutil.iter_modules(store.__path__):  # a row is read by its kind, which must be known
    import_module(f"{store.__name__}.{part.name}")

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
