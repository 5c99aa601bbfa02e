"""What grades keeps about people."""

from __future__ import annotations

from skolkit.kept import Kept

KEPT = {
    "grade_entry": Kept("grades.catalogue", ("pk", "said")),
    "grade_head": Kept("grades.catalogue", ("pk",)),
    "grading_period": Kept("grades.period", ("closed_by",)),
    "unit_grading_period": Kept("grades.period", ("closed_by",)),
    "grade_sheet": Kept("grades.sheet", ("lines", "appointed"), dated="last_day"),
    "catalogue_page": Kept("grades.catalogue", ("pupils", "named", "signers")),
    "catalogue_certificate": Kept("grades.catalogue"),
    "signing_order": Kept("grades.catalogue", ("by", "entries")),
    "grades_retention": Kept("technical.job"),
    "grades_erasure": Kept("technical.job"),
}
