"""What grades erases when its time is over."""

from __future__ import annotations

from functions.access import queries as access
from functions.grades import store
from functions.grades.events import RetentionAnswered, RetentionContinued
from functions.grades.kept import KEPT
from functions.grades.store import GradesErasureItem, GradesItem, GradesRetentionItem
from functions.register import queries as register
from skolkit.parts import every
from skolkit.retention.shelf import Shelf

every(store.__name__)

SHELF = Shelf(
    area="grades",
    kept=KEPT,
    item=GradesItem,
    job=GradesRetentionItem,
    proof=GradesErasureItem,
    continued=RetentionContinued,
    answered=RetentionAnswered,
    lines=access.retention_lines,
    holds=access.holds,
    real=access.deletes,
    tie=register.tie_end,
)
