"""Nothing is changed and nobody's data read without a row in the audit trail: every operation is asked, so
that a new one cannot be forgotten.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from functions.access.domain.words import DEEDS
from skolkit.identity import SCHOOL_SCOPE
from tests.contract.allowed import ALLOWED, operation_of
from tests.support.areas import audit_rows, call, every_operation, operation
from tests.support.requests import REQUESTS
from tests.support.schools import Schools
from tests.support.stored import Undo, stored

# What is read without a trace, and why.
UNTRACED = {
    "access.list_processes": "about nobody",
    "access.list_retention_runs": "numbers of the municipality",
    "access.read_health": "about nobody",
    "access.read_me": "one's own",
    "access.read_retention_run": "numbers of the municipality",
    "access.read_retention_settings": "about nobody",
    "access.read_rights": "about nobody: roles and policies",
    "assessment.list_assessment_rounds": "about a unit",
    "assessment.read_tracking_settings": "about a unit",
    "assessment.list_my_markings": "one's own, by code",
    "assessment.list_my_sittings": "one's own, without names",
    "assessment.list_sittings": "about a unit, without names",
    "assessment.list_tests": "public",
    "assessment.list_unit_tests": "about a unit",
    "assessment.read_test_export": "how far it has come",
    "attendance.count_inquiries": "numbers of a unit",
    "attendance.my_lessons": "one's own timetable",
    "attendance.read_attendance_export": "how far it has come",
    "attendance.read_notice_compliance": "numbers of a unit",
    "attendance.read_statistics": "numbers of a unit, without small cells",
    "attendance.read_inquiry_rules": "about nobody",
    "attendance.read_leave_settings": "about a unit",
    "attendance.list_care_holidays": "about a unit",
    "attendance.read_care_holiday": "numbers of a unit",
    "attendance.read_care_settings": "about a unit",
    "attendance.open_answer": "whether a question waits, to who has its secret",
    "attendance.read_phone_pin": "one's own",
    "attendance.read_month": "a unit's month",
    "attendance.read_sweep": "numbers of a unit",
    "exchange.list_client_uses": "numbers of a system",
    "exchange.list_clients": "about systems",
    "exchange.read_client": "about a system",
    "exchange.list_all_subscriptions": "about connected systems",
    "exchange.list_client_statistics": "numbers of a connected system",
    "exchange.list_events": "about nobody",
    "exchange.list_replays": "about nobody",
    "exchange.read_event": "about nobody",
    "exchange.read_replay": "about nobody",
    "grades.compare_with_tests": "numbers of a unit, without small cells",
    "grades.list_grade_tasks": "one's own",
    "grades.list_catalogue_pages": "which pages there are, and who signed them",
    "grades.list_certificates": "about nobody",
    "grades.list_my_sheets": "one's own",
    "grades.list_open_grade_statistics": "numbers in which nobody is found",
    "grades.list_periods": "about a unit",
    "grades.list_progress": "numbers of a unit",
    "grades.read_grade_statistics": "numbers of a unit",
    "grades.read_grade_statistics_file": "numbers of a unit",
    "grades.read_municipal_grade_statistics": "numbers in which nobody is found",
    "grades.read_open_grade_statistics": "numbers in which nobody is found",
    "grades.read_check": "about nobody: whether a document holds, to who has its code",
    "grades.read_document_job": "how far it has come",
    "grades.read_period": "about a unit",
    "messages.preview_emergency": "numbers of a unit",
    "messages.read_emergency": "numbers of a unit",
    "messages.link_news_attachment": "written to many",
    "messages.list_consent_kinds": "about nobody",
    "messages.list_consents": "what one is asked, and one's own answers",
    "messages.list_conversations": "one's own",
    "messages.list_forms": "what one is asked",
    "messages.list_my_forms": "one's own",
    "messages.list_my_news": "one's own",
    "messages.list_news": "written to many",
    "messages.list_unit_forms": "questions, without answers",
    "messages.read_form": "questions, without answers",
    "messages.read_form_export": "how far it has come",
    "messages.read_attachment": "one's own",
    "messages.read_news": "written to many",
    "messages.read_news_receipts": "numbers by group",
    "messages.read_contact_visibility": "one's own",
    "messages.list_push_subscriptions": "one's own",
    "messages.read_preferences": "one's own",
    "messages.read_push_key": "about nobody",
    "organisation.list_activities": "who teaches what, by id",
    "organisation.list_ancestors": "public",
    "organisation.list_calendar_decisions": "about a unit",
    "organisation.list_children": "public",
    "organisation.list_programmes": "public",
    "organisation.list_rounds": "about a unit",
    "organisation.list_school_forms": "public",
    "organisation.list_syllabuses": "public",
    "organisation.list_unit_changes": "about units",
    "organisation.list_groups": "names of groups",
    "organisation.list_units": "public",
    "organisation.read_activity": "who teaches what, by id",
    "organisation.read_calendar_draft": "about a unit",
    "organisation.read_distribution": "about a unit",
    "organisation.read_my_staffing": "one's own",
    "organisation.read_offering": "about a unit",
    "organisation.read_rollover": "numbers of the municipality",
    "organisation.read_round": "about a unit",
    "organisation.read_round_job": "how far it has come",
    "organisation.read_syllabus": "public",
    "organisation.read_timplan": "public",
    "organisation.read_calendar": "public",
    "organisation.read_unit": "public",
    "register.list_parked": "places in files, without what they say",
    "register.list_my_children": "the children's own home, which reads nothing new about them",
    "organisation.list_table_rows": "what one's own file does, by id",
    "organisation.read_table_job": "how far it has come",
    "organisation.read_template": "about nobody",
    "register.list_table_rows": "what one's own file does, by id",
    "register.read_table_job": "how far it has come",
    "register.read_template": "about nobody",
    "timetable.list_my_lessons": "one's own",
    "exchange.list_my_calendars": "one's own",
}

# What is read by a POST.
ASKED_BY_POST = {
    "ask_prognosis",
    "ask_university_prognosis",
    "explain",
    "link_attendance_export",
    "link_document",
    "link_catalogue_page",
    "link_extract",
    "link_form_export",
    "link_iup",
    "link_handover",
    "link_inquiry_paper",
    "link_notice",
    "link_pupil_page",
    "link_test_export",
    "link_retention_report",
    "link_table_file",
    "open_contacts",
    "search_people",
}  # fmt: skip

ACTORS = (
    "pupil", "guardian", "teacher", "mentor", "principal", "administrator", "unit administrator",
    "attendance officer", "activity officer", "other teacher",
)  # fmt: skip

# What concerns several people by one request leaves a trace of each.
OF_SEVERAL = {"assessment.open_key"}


def test_what_leaves_no_trace_is_a_read_with_a_reason() -> None:
    known = {f"{area}.{op.id}": op for area, op in every_operation()}
    for name in UNTRACED:
        assert not known[name].writes, name
        assert not set(known[name].path_names) & {"pupil", "person", "group", "lesson"}, name


@pytest.mark.parametrize("row", ALLOWED)
@pytest.mark.usefixtures("clean")
def test_every_change_and_every_read_of_somebody_leaves_a_trace(
    schools: Schools, undo: Undo, row: str
) -> None:
    area, name = operation_of(row)
    known = operation(area, name)
    if f"{area}.{name}" in UNTRACED or known.is_page or known.scope not in (None, SCHOOL_SCOPE):
        return  # what a machine or a link hands on is traced as the person's (tests/integration/attendance)
    before = stored("audit")
    for actor in ACTORS:
        if actor in ALLOWED[row]:
            request = REQUESTS[row](schools)
            if name == "enrol_pupil":  # beside the school the pupil goes to
                request = replace(request, body=request.body | {"schoolForm": "FTH", "year": None})
            answer = call(area, name, schools.people[actor], **vars(request))
            if answer.status < 300:
                break
            undo.undo()
    else:
        pytest.fail(f"nobody could do {row}")
    fresh = {key: item for key, item in stored("audit").items() if key not in before}
    assert len(fresh) == 1 or row in OF_SEVERAL, (row, [item["action"] for item in fresh.values()])
    trace = next(iter(fresh.values()))
    assert trace["actor"]["S"] == schools.people[actor]
    assert int(trace["expires"]["N"]) > 0
    action = trace["action"]["S"]
    assert action in DEEDS, f"say in functions/access/domain/words.py what {action} is in plain words"
    assert DEEDS[action].change == (operation(area, name).writes and name not in ASKED_BY_POST)


@pytest.mark.usefixtures("clean")
def test_a_refusal_leaves_no_trace(schools: Schools) -> None:
    before = len(audit_rows(schools.pupil.id))
    for row in ("register.read_person", "access.list_reads", "access.explain"):
        area, name = operation_of(row)
        asked = call(area, name, schools.people["far administrator"], **vars(REQUESTS[row](schools)))
        assert asked.status == 404
    assert len(audit_rows(schools.pupil.id)) == before
