"""Who may do what about national tests and formative tracking, as `allowed.py` says it of the rest. The
teacher is responsible for the test, the other teacher and the other mentor mark it without names.
"""

from __future__ import annotations

from tests.contract.people import ANYONE, GUARDIANS, OFFICE

LEADS = {"teacher", "principal"}
MARKERS = {"other teacher", "other mentor"}
AROUND = {"teacher", "mentor", "principal"}
HOME = {*GUARDIANS, "pupil"}

ALLOWED: dict[str, set[str]] = {
    "assessment.add_matrix": {"teacher"},
    "assessment.add_test": {"administrator"},
    "assessment.begin_marking": LEADS,
    "assessment.change_markers": LEADS,
    "assessment.change_matrix": {"teacher"},
    "assessment.change_sitting": OFFICE,
    "assessment.change_tracking_settings": OFFICE,
    "assessment.change_test": {"administrator"},
    "assessment.decide_exemption": {"principal"},
    "assessment.export_test_results": OFFICE,
    "assessment.give_subjects": OFFICE,
    "assessment.link_test_export": {"principal"},
    "assessment.list_exemptions": {*HOME, "mentor", "principal"},
    "assessment.list_matrices": {"teacher"},
    "assessment.list_my_markings": ANYONE,
    "assessment.list_my_sittings": ANYONE,
    "assessment.list_observations": {*HOME, *AROUND},
    "assessment.list_progress": {*HOME, *AROUND},
    "assessment.list_sittings": OFFICE,
    "assessment.list_test_results": {*HOME, *AROUND},
    "assessment.list_tests": ANYONE,
    "assessment.list_unit_tests": OFFICE,
    "assessment.lose_paper": LEADS,
    "assessment.observe": {"teacher"},
    "assessment.open_key": LEADS,
    "assessment.plan_marking": LEADS,
    "assessment.plan_sitting": OFFICE,
    "assessment.read_group_progress": AROUND,
    "assessment.read_labels": LEADS,
    "assessment.read_marking": LEADS | MARKERS,
    "assessment.read_sitting": {"teacher", *OFFICE},
    "assessment.read_test_export": {"principal"},
    "assessment.read_tracking_settings": OFFICE,
    "assessment.save_marks": MARKERS,
    "assessment.save_results": LEADS,
    "assessment.set_due": {"teacher"},
    "grades.compare_with_tests": {"principal"},
}

PROTECTED: dict[str, set[str]] = {
    "assessment.decide_exemption": {"principal"},
    "assessment.list_exemptions": {"mentor", "principal"},
    "assessment.list_observations": AROUND,
    "assessment.list_progress": AROUND,
    "assessment.list_test_results": AROUND,
}
