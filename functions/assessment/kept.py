"""What assessment keeps about people."""

from __future__ import annotations

from skolkit.kept import Kept

KEPT = {
    "national_test": Kept("assessment.calendar"),
    "national_test_listed": Kept("assessment.calendar"),
    "given_subjects": Kept("assessment.calendar"),
    "assessment_import": Kept("technical.import"),
    "sitting": Kept("assessment.test_group", ("data",), dated="day"),
    "sitting_listed": Kept("assessment.test_group", ("pk",), dated="day"),
    "test_result": Kept("assessment.test_result", ("pk", "data"), dated="day"),
    "exemption": Kept("assessment.exemption", ("pk", "data")),
    "test_export": Kept("technical.job", ("asked_by",)),
    "marking": Kept("assessment.test_group", ("data",), dated="day"),
    "marking_key": Kept("assessment.test_group", ("pupils",), dated="day"),
    "marked_paper": Kept("assessment.test_group", ("data",), dated="day"),
    "matrix": Kept("assessment.matrix", ("data",)),
    "matrix_listed": Kept("assessment.matrix"),
    "observation": Kept("assessment.observation", ("pk", "data"), dated="at"),
    "progress": Kept("assessment.observation", ("pk", "data"), dated="at"),
    "goal_at_risk": Kept("assessment.observation", ("pk",), dated="at"),
    "observation_due": Kept("assessment.observation", dated="day"),
    "tracking_settings": Kept("assessment.calendar"),
    "marker": Kept("assessment.test_group", ("pk",), dated="day"),
    "assessment_retention": Kept("technical.job"),
    "assessment_erasure": Kept("technical.job"),
}
