"""What assessment erases when its time is over."""

from __future__ import annotations

from functions.access import queries as access
from functions.assessment import store
from functions.assessment.events import RetentionAnswered, RetentionContinued
from functions.assessment.kept import KEPT
from functions.assessment.store import AssessmentErasureItem, AssessmentItem, AssessmentRetentionItem
from functions.register import queries as register
from skolkit.parts import every
from skolkit.retention.shelf import Shelf

every(store.__name__)

SHELF = Shelf(
    area="assessment",
    kept=KEPT,
    item=AssessmentItem,
    job=AssessmentRetentionItem,
    proof=AssessmentErasureItem,
    continued=RetentionContinued,
    answered=RetentionAnswered,
    lines=access.retention_lines,
    holds=access.holds,
    real=access.deletes,
    tie=register.tie_end,
)
