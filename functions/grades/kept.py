"""What grades keeps about people."""

from __future__ import annotations

from skolkit.kept import Kept

KEPT = {
    "grade_entry": Kept("grades.catalogue", ("pk", "said")),
    "grade_head": Kept("grades.catalogue", ("pk",)),
    "grading_period": Kept("grades.period", ("closed_by",)),
    "unit_grading_period": Kept("grades.period", ("closed_by",)),
    "grade_publication": Kept("grades.period"),
    "grade_statistics": Kept("grades.period"),
    "grade_total": Kept("grades.period"),
    "grade_sheet": Kept("grades.sheet", ("lines", "appointed"), dated="last_day"),
    "catalogue_page": Kept("grades.catalogue", ("pupils", "named", "signers")),
    "catalogue_certificate": Kept("grades.catalogue"),
    "signing_order": Kept("grades.catalogue", ("entries", "signings")),
    "grade_case": Kept("grades.case", ("pk", "said")),
    "grade_open_case": Kept("grades.case", ("pk",)),
    "grade_case_waiting": Kept("grades.case", ("pupil",)),
    "grade_trial": Kept("grades.case", ("pk", "said")),
    "grade_open_trial": Kept("grades.case", ("pk",)),
    "grade_trial_waiting": Kept("grades.case", ("pupil",)),
    "grade_part": Kept("grades.case", ("pk", "pupil")),
    "grade_task": Kept("grades.case", ("pk", "pupil")),
    "grades_import": Kept("technical.import"),
    "grade_document": Kept("grades.document", ("pk", "issued_by")),
    "grade_document_head": Kept("grades.document", ("pk",)),
    "grade_document_check": Kept("grades.document"),
    "grade_document_due": Kept("grades.document", ("pupil",)),
    "grade_document_issued": Kept("grades.document", ("pk",)),
    "grade_document_job": Kept("technical.job", ("asked_by",)),
    "grade_document_row": Kept("technical.job", ("pupil",)),
    "grade_check_tries": Kept("technical.tries"),
    "grades_retention": Kept("technical.job"),
    "grades_erasure": Kept("technical.job"),
}
