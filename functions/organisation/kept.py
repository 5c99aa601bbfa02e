"""What the organisation keeps about people."""

from __future__ import annotations

from skolkit.kept import Kept

_STAFFED = ("teachers",)

KEPT = {
    "unit": Kept("organisation.unit"),
    "unit_child": Kept("organisation.unit"),
    "tree": Kept("organisation.unit"),
    "unit_diff": Kept("technical.import"),
    "calendar": Kept("organisation.unit"),
    "calendar_draft": Kept("organisation.unit"),
    "calendar_decision": Kept("organisation.unit", ("decided_by",)),
    "group": Kept("organisation.group", ("stays", "mentors", "teachers")),
    "listed_group": Kept("organisation.group"),
    "parts": Kept("organisation.group", ("pk",)),
    "merged_parts": Kept("organisation.group", ("pk", "sk")),
    "duty": Kept("organisation.duty", ("pk", "person"), follows="duty_card"),
    "duty_card": Kept("organisation.duty", ("person",), dated="end"),
    "unit_duty": Kept("organisation.duty", ("person",), follows="duty_card"),
    "substitution": Kept("organisation.duty", ("pk", "replaces"), dated="end"),
    "delegation": Kept("organisation.delegation", ("pk", "by")),
    "certification": Kept("organisation.certification", ("pk",), tied="pk"),
    "activity": Kept("organisation.activity", _STAFFED, dated="end"),
    "unit_activity": Kept("organisation.activity", _STAFFED, follows="activity"),
    "group_activities": Kept("organisation.activity", follows="activity"),
    "taught": Kept("organisation.activity", ("pk",), follows="activity"),
    "syllabus": Kept("organisation.syllabus"),
    "programme": Kept("organisation.syllabus"),
    "offering": Kept("organisation.syllabus"),
    "unit_offering": Kept("organisation.syllabus"),
    "timplan": Kept("organisation.syllabus", ("decided_by",)),
    "study_plan": Kept("organisation.study_plan", ("pk", "adaptation", "changed_by")),
    "study_plan_version": Kept("organisation.study_plan", ("pk", "adaptation", "changed_by")),
    "elective_round": Kept("organisation.elective", ("decided_by",), dated="ends"),
    "elective_wish": Kept("organisation.elective", ("sk", "wishes"), follows="elective_round"),
    "elective_result": Kept("organisation.elective", ("sk",), follows="elective_round"),
    "elective_job": Kept("technical.job", ("asked_by",)),
    "organisation_table_upload": Kept("technical.table", ("by",)),
    "organisation_table_mapping": Kept("technical.mapping", ("pk",)),
    "organisation_table_job": Kept("technical.job", ("asked_by",)),
    "organisation_table_before": Kept("technical.table", ("about", "packed")),
    "organisation_table_open": Kept("technical.table"),
    "rollover_job": Kept("technical.job", ("asked_by",)),
    "rollover_plan": Kept("technical.job", ("content",)),
    "organisation_import": Kept("technical.import"),
    "organisation_retention": Kept("technical.job"),
    "organisation_erasure": Kept("technical.job"),
}
