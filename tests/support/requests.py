"""For every operation the request that is right in everything but who sends it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from skolkit.clock import today
from skolkit.sweden.calendar import SchoolYear
from skolkit.types import new_id
from tests.support.asks import (
    CHECK_IN_CODE,
    CSN_APPROVED,
    CSN_MONTH,
    DISTRIBUTION,
    NEXT_YEAR,
    PHONE,
    PROGRAMME,
    SYLLABUS,
    Ask,
    about,
    about_pupil,
    absence,
    activity_body,
    attendance,
    called,
    came,
    card_body,
    care_allowance,
    care_answer,
    care_change,
    care_decision,
    care_new,
    care_opened,
    care_place,
    care_schedule,
    care_settings,
    changed_absence,
    csn_case,
    delegated,
    elective_round,
    enrolment_ask,
    extract,
    in_series,
    inquiry_ask,
    last_month,
    leave_ask,
    leave_body,
    new_duty,
    new_key,
    newcomer,
    of_emergency,
    of_round,
    offering,
    on_day,
    over,
    parked_ask,
    plan,
    report_of,
    rollover_of_year,
    series,
    substituted,
    table_ask,
    transfer_ask,
    unit_body,
    watch_case,
    year_body,
)
from tests.support.letters import TEXTS, audience, consent_body, news_body

if TYPE_CHECKING:
    from tests.support.schools import Schools

REQUESTS: dict[str, Callable[[Schools], Ask]] = {
    "access.ask_retention_run": lambda _: Ask(headers=new_key()),
    "access.change_retention_settings": lambda _: Ask(body={"mode": "real"}, headers=over(0)),
    "access.lift_hold": lambda s: Ask({"hold": s.made["hold"]}, headers=over(1)),
    "access.link_retention_report": lambda s: Ask({"run": s.made["run"]}, body={"format": "json"}),
    "access.list_holds": lambda _: Ask(),
    "access.list_retention_runs": lambda _: Ask(),
    "access.read_hold": lambda s: Ask({"hold": s.made["hold"]}),
    "access.read_retention_run": lambda s: Ask({"run": s.made["run"]}),
    "access.read_retention_settings": lambda _: Ask(),
    "access.set_hold": lambda s: Ask(
        body={"person": s.pupil.id, "reason": "Pågående prövning", "ground": "art. 17.3 e"}, headers=new_key()
    ),
    "access.explain": lambda s: Ask(
        body={
            "person": s.people["teacher"],
            "action": "register:read_person",
            "kind": "Pupil",
            "id": s.pupil.id,
        }
    ),
    "access.link_extract": lambda s: Ask(
        {"person": s.pupil.id, "extract": s.made["extract"]}, body={"format": "pdf"}
    ),
    "access.list_processes": lambda _: Ask(),
    "access.list_reads": lambda s: Ask({"person": s.pupil.id}),
    "access.list_rights_of_people": lambda s: Ask(query={"unit": s.home.unit}),
    "access.read_extract": lambda s: Ask({"person": s.pupil.id, "extract": s.made["extract"]}),
    "access.read_health": lambda _: Ask(),
    "access.read_me": lambda _: Ask(),
    "access.read_rights": lambda s: Ask(query={"unit": s.home.unit}),
    "access.request_extract": lambda s: extract(s.pupil.id),
    "attendance.add_inquiry_note": lambda s: inquiry_ask(
        s, {"kind": "measure", "code": "contactPerson", "day": today().isoformat()}
    ),
    "attendance.assign_inquiry": lambda s: inquiry_ask(
        s, {"handler": s.people["principal"], "team": [s.people["other teacher"]]}, **over(1)
    ),
    "attendance.answer_leave": lambda s: leave_ask(s, {"agrees": True}, leave="asked leave"),
    "attendance.apply_for_leave": lambda s: Ask({"pupil": s.pupil.id}, body=leave_body(), headers=new_key()),
    "attendance.add_care_schedule": care_new,
    "attendance.answer_care_holiday": care_answer,
    "attendance.cancel_occasion": lambda s: replace(in_series(s, occasion=s.made["occasion"]), body=None),
    "attendance.cancel_lesson": lambda s: Ask(
        {"lesson": s.lesson.id}, body={"reason": "premises"}, headers=over(1)
    ),
    "attendance.change_absence": changed_absence,
    "attendance.decide_csn_case": lambda s: csn_case(s, {"decision": "approved"}),
    "attendance.export_attendance": lambda s: Ask(
        {"unit": s.home.unit}, body={"table": "pupils"}, headers=new_key()
    ),
    "attendance.export_csn": lambda s: Ask(
        {"unit": s.home.unit}, body={"month": CSN_MONTH}, headers=new_key()
    ),
    "attendance.link_attendance_export": lambda s: Ask({"job": s.made["sums"]}),
    "attendance.list_absent_pupils": lambda s: Ask({"unit": s.home.unit}, {"share": 0, "minutes": 0}),
    "attendance.list_csn_cases": lambda s: Ask({"unit": s.home.unit}, {"month": CSN_MONTH}),
    "attendance.list_group_totals": lambda s: Ask({"group": s.home.klass.id}, {"limit": 50}),
    "attendance.list_group_totals (members)": lambda s: Ask(
        {"group": s.home.klass.id}, {"scope": "members", "limit": 50}
    ),
    "attendance.list_reporting": lambda s: Ask({"unit": s.home.unit}),
    "attendance.read_attendance_export": lambda s: Ask({"job": s.made["sums"]}),
    "attendance.read_csn_case": lambda s: replace(csn_case(s), headers={}),
    "attendance.read_notice_compliance": lambda s: Ask({"unit": s.home.unit}),
    "attendance.read_pupil_totals": lambda s: Ask({"pupil": s.pupil.id}, {"by": "subject"}),
    "attendance.read_statistics": lambda s: Ask({"unit": s.home.unit}, {"by": "class", "split": "true"}),
    "attendance.report_full_time": lambda s: csn_case(s, {"since": today().isoformat()}, CSN_APPROVED),
    "attendance.change_inquiry_rules": lambda s: Ask(
        {"unit": s.home.unit}, body={"validFrom": today().isoformat(), "share": 20}, headers=over(0)
    ),
    "attendance.close_inquiry": lambda s: inquiry_ask(s, {"outcome": "noCause", "effect": "unknown"}),
    "attendance.count_inquiries": lambda s: Ask({"unit": s.home.unit}),
    "attendance.dismiss_suggestion": lambda s: Ask(
        {"pupil": s.pupil.id, "suggestion": s.made["suggestion"]}, body={"reason": "known"}, headers=new_key()
    ),
    "attendance.change_leave_settings": lambda s: Ask(
        {"unit": s.home.unit}, body={"bothGuardians": True}, headers=over(0)
    ),
    "attendance.decide_leave": lambda s: leave_ask(s, {"outcome": "granted", "ground": "personalMatter"}),
    "attendance.change_care_days": care_change,
    "attendance.change_care_schedule": lambda s: Ask(care_place(s), body=care_schedule(s), headers=over(1)),
    "attendance.change_care_settings": care_settings,
    "attendance.check_in": came,
    "attendance.decide_allowance": care_allowance,
    "attendance.decide_care": care_decision,
    "attendance.change_series": in_series,
    "attendance.choose_phone_pin": lambda _: Ask(body=PHONE, headers=over(1)),
    "attendance.check_in_to_lesson": lambda s: Ask(
        {"lesson": s.lesson.id}, body={"code": CHECK_IN_CODE}, headers=new_key()
    ),
    "attendance.list_absences": lambda s: Ask({"pupil": s.pupil.id}),
    "attendance.list_inquiries": lambda s: Ask({"unit": s.home.unit}),
    "attendance.list_inquiry_suggestions": lambda s: Ask({"unit": s.home.unit}),
    "attendance.list_my_inquiries": lambda _: Ask(),
    "attendance.list_pupil_inquiries": lambda s: Ask({"pupil": s.pupil.id}),
    "attendance.list_leaves": lambda s: Ask({"pupil": s.pupil.id}),
    "attendance.list_waiting_leaves": lambda s: Ask({"unit": s.home.unit}),
    "attendance.list_calls": lambda s: on_day(s, unit=s.home.unit),
    "attendance.list_care_deviations": lambda s: on_day(s, group=s.home.klass.id),
    "attendance.list_care_holidays": lambda s: Ask({"unit": s.home.unit}),
    "attendance.list_care_hours": lambda s: on_day(s, group=s.home.klass.id),
    "attendance.list_care_requests": lambda s: Ask({"group": s.home.klass.id}),
    "attendance.list_series": lambda s: Ask({"pupil": s.pupil.id}),
    "attendance.lock_month": lambda s: Ask(last_month(s), body={"locked": True}, headers=over(0)),
    "attendance.mentor_day": lambda s: on_day(s, group=s.home.klass.id),
    "attendance.my_lessons": on_day,
    "attendance.open_inquiry": lambda s: Ask({"pupil": s.pupil.id}, body={}, headers=new_key()),
    "attendance.open_care_holiday": care_opened,
    "attendance.open_lesson": lambda s: Ask({"lesson": s.lesson.id}),
    "attendance.propose_inquiry": lambda s: Ask({"pupil": s.pupil.id}, headers=new_key()),
    "attendance.read_inquiry": lambda s: Ask({"inquiry": s.made["inquiry"]}),
    "attendance.read_inquiry_rules": lambda s: Ask({"unit": s.home.unit}),
    "attendance.read_shared_inquiries": lambda s: Ask({"pupil": s.pupil.id}),
    "attendance.read_leave": leave_ask,
    "attendance.read_leave_settings": lambda s: Ask({"unit": s.home.unit}),
    "attendance.read_care": lambda s: Ask({"pupil": s.pupil.id}),
    "attendance.read_care_curve": lambda s: Ask({"group": s.home.klass.id}),
    "attendance.read_care_department": lambda s: on_day(s, group=s.home.klass.id),
    "attendance.read_care_holiday": lambda s: Ask({"unit": s.home.unit, "period": s.made["period"]}),
    "attendance.read_care_hours": lambda s: on_day(s, pupil=s.pupil.id),
    "attendance.read_care_settings": lambda s: Ask({"unit": s.home.unit}),
    "attendance.prolong_absence": lambda s: Ask(
        {"pupil": s.pupil.id, "notice": s.made["ill"]},
        body={"until": next(d for d in s.home.days if d >= today()).isoformat()},
        headers=new_key(),
    ),
    "attendance.read_phone_pin": lambda _: Ask(),
    "attendance.open_lesson_check_in": lambda s: Ask({"lesson": s.lesson.id}, body={}, headers=new_key()),
    "attendance.read_month": lambda s: Ask(last_month(s)),
    "attendance.read_pupil_day": lambda s: on_day(s, pupil=s.pupil.id),
    "attendance.read_sweep": lambda s: on_day(s, unit=s.home.unit),
    "attendance.record_call": lambda s: Ask(
        {"unit": s.home.unit, "call": s.made["call"]},
        {"date": s.day.isoformat()},
        {"called": "reached"},
        over(1),
    ),
    "attendance.report_absence": lambda s: absence(s.pupil.id, next(d for d in s.home.days if d >= today())),
    "attendance.remove_phone_pin": lambda _: Ask(headers=over(1)),
    "attendance.report_absences": lambda s: Ask(
        body={
            "notices": [
                {"pupil": s.pupil.id, **absence("", next(d for d in s.home.days if d >= today())).body}
            ]
        },
        headers=new_key(),
    ),
    "attendance.report_by_phone": lambda _: called(),
    "attendance.report_pupils": lambda s: report_of(s.lesson, s.pupil.id),
    "attendance.report_pupils (reported)": lambda s: report_of(s.reported, s.pupil.id),
    "attendance.restore_lesson": lambda s: Ask({"lesson": s.made["cancelled"]}, headers=over(2)),
    "attendance.save_lesson": lambda s: attendance(s.lesson, list(s.home.klass.pupil_ids)),
    "attendance.save_lesson (reported)": lambda s: attendance(
        s.reported, list(s.home.klass.pupil_ids), version=2
    ),
    "attendance.start_series": lambda s: series(s.pupil.id, s.home.days, 1),
    "attendance.tell_back": lambda s: Ask({"pupil": s.pupil.id, "notice": s.made["ill"]}, headers=new_key()),
    "attendance.withdraw_absence": lambda s: replace(changed_absence(s), body=None),
    "attendance.withdraw_leave": lambda s: replace(leave_ask(s), headers=over(1)),
    "attendance.withdraw_care_schedule": lambda s: Ask(care_place(s), headers=over(1)),
    "attendance.withdraw_series": lambda s: replace(in_series(s), body=None),
    "messages.answer_consent": lambda s: Ask(
        {"pupil": s.pupil.id, "consent": s.made["consent"]}, body={"answer": "granted"}
    ),
    "messages.ask_consent": lambda s: Ask(body=consent_body(s.home, "photo"), headers=new_key()),
    "messages.choose_preferences": lambda _: Ask(body={"channel": "sms"}, headers=over(0)),
    "messages.close_consent": lambda s: Ask(
        {"consent": s.made["consent"]}, body={"closed": True}, headers=over(1)
    ),
    "messages.close_conversation": lambda s: Ask(
        {"conversation": s.made["conversation"]}, body={"closed": True}, headers=over(2)
    ),
    "messages.edit_news": lambda s: Ask({"news": s.made["news"]}, body={"texts": TEXTS}, headers=over(2)),
    "messages.hide_message": lambda s: Ask(
        {"conversation": s.made["conversation"], "message": s.made["message"]}, body={"reason": "Fel"}
    ),
    "messages.list_consent_answers": lambda s: Ask({"consent": s.made["consent"], "group": s.home.klass.id}),
    "messages.list_consent_kinds": lambda _: Ask(),
    "messages.list_consents": lambda _: Ask(),
    "messages.list_conversations": lambda _: Ask(),
    "messages.list_deliveries": lambda s: Ask({"pupil": s.pupil.id}),
    "messages.list_emergency_calls": of_emergency,
    "messages.preview_emergency": lambda s: Ask({"unit": s.home.unit}, {"audience": "staff"}),
    "messages.read_emergency": of_emergency,
    "messages.list_group_consents": lambda s: Ask({"group": s.home.klass.id}),
    "messages.list_my_news": lambda _: Ask(),
    "messages.list_news": lambda _: Ask(),
    "messages.list_reports": lambda s: Ask({"unit": s.home.unit}),
    "messages.mark_conversation_seen": lambda s: Ask(
        {"conversation": s.made["conversation"]}, body={"message": s.made["message"]}
    ),
    "messages.mark_news_read": lambda s: Ask({"news": s.made["news"]}),
    "messages.post_news": lambda s: Ask(
        body=news_body(audience("group", s.home.klass.id)), headers=new_key()
    ),
    "messages.post_news (municipality)": lambda _: Ask(
        body=news_body(audience("municipality", None)), headers=new_key()
    ),
    "messages.post_news (unit)": lambda s: Ask(
        body=news_body(audience("unit", s.home.unit)), headers=new_key()
    ),
    "messages.put_consent_kind": lambda _: Ask(
        {"kind": "swimming"}, body={"name": {"sv": "Bad", "en": "Swimming"}, "both": True}, headers=over(0)
    ),
    "messages.read_consent": lambda s: Ask({"pupil": s.pupil.id, "consent": s.made["consent"]}),
    "messages.read_consent_statistics": lambda s: Ask({"consent": s.made["consent"]}),
    "messages.read_conversation": lambda s: Ask({"conversation": s.made["conversation"]}),
    "messages.read_news": lambda s: Ask({"news": s.made["news"]}),
    "messages.read_news_receipts": lambda s: Ask({"news": s.made["news"]}),
    "messages.read_preferences": lambda _: Ask(),
    "messages.send_emergency": lambda s: Ask(
        {"unit": s.home.unit},
        body={"texts": {"sv": "Stängt"}, "audience": "guardians", "recipients": int(s.made["recipients"])},
        headers=new_key(),
    ),
    "messages.report_message": lambda s: Ask(
        {"conversation": s.made["conversation"], "message": s.made["message"]}, body={"reason": "Fel"}
    ),
    "messages.start_conversation": lambda s: Ask(
        {"pupil": s.pupil.id}, body={"title": "Läxor", "text": "Hej"}, headers=new_key()
    ),
    "messages.start_group_conversation": lambda s: Ask(
        {"group": s.home.klass.id}, body={"title": "Klassen", "text": "Hej"}, headers=new_key()
    ),
    "messages.withdraw_news": lambda s: Ask({"news": s.made["news"]}, headers=over(2)),
    "messages.write_message": lambda s: Ask(
        {"conversation": s.made["conversation"]}, body={"text": "Hej"}, headers=new_key()
    ),
    "organisation.appoint_substitute": lambda s: Ask(
        {"unit": s.home.unit, "employee": s.people["other teacher"]},
        body=substituted(s.people, 1),
        headers={"idempotency-key": new_id()},
    ),
    "organisation.delegate": lambda s: Ask(
        {"unit": s.home.unit, "employee": s.people["other teacher"]},
        body=delegated(1),
        headers={"idempotency-key": new_id()},
    ),
    "organisation.change_activity": lambda s: Ask(
        {"unit": s.home.unit, "activity": s.made["activity"]},
        body=activity_body(s) | {"subject": "EN"},
        headers=over(1),
    ),
    "organisation.change_certification": lambda s: Ask(
        {"unit": s.home.unit, "employee": s.people["teacher"]}, body={"certified": True}, headers=over(0)
    ),
    "organisation.change_duty": lambda s: Ask(
        {"unit": s.home.unit, "duty": s.made["duty"]}, body={"dutyPercent": 80}, headers=over(1)
    ),
    "organisation.change_duty (principal's)": lambda s: Ask(
        {"unit": s.home.unit, "duty": s.made["principal's duty"]}, body={"dutyPercent": 80}, headers=over(1)
    ),
    "organisation.change_unit": lambda s: Ask({"unit": s.home.unit}, body=unit_body(s), headers=over(1)),
    "organisation.close_unit": lambda s: Ask(
        {"unit": s.home.unit}, body={"endDate": "2030-06-30"}, headers=over(1)
    ),
    "organisation.create_activity": lambda s: Ask(
        {"unit": s.home.unit}, body=activity_body(s), headers=new_key()
    ),
    "organisation.create_duty": lambda s: new_duty(s, "Lärare"),
    "organisation.create_duty (administrator's)": lambda s: new_duty(s, "Skoladministratör"),
    "organisation.create_unit": lambda _: Ask(
        body={"organisationType": "Skolenhet", "name": "Nya förskolan", "schoolForms": ["FS"]},
        headers=new_key(),
    ),
    "organisation.decide_calendar": lambda s: Ask(
        {"unit": s.home.unit}, body={"schoolYear": NEXT_YEAR}, headers=over(1)
    ),
    "organisation.list_activities": lambda s: Ask({"unit": s.home.unit}),
    "organisation.list_ancestors": lambda s: Ask({"unit": s.home.unit}),
    "organisation.list_calendar_decisions": lambda s: Ask({"unit": s.home.unit}, {"schoolYear": NEXT_YEAR}),
    "organisation.list_children": lambda s: Ask({"unit": s.home.unit}),
    "organisation.list_duties": lambda s: Ask({"unit": s.home.unit}),
    "organisation.list_school_forms": lambda _: Ask(),
    "organisation.list_staffing_warnings": lambda s: Ask({"unit": s.home.unit}),
    "organisation.list_unit_changes": lambda s: Ask({"import": s.made["activity"]}),
    "organisation.list_units": lambda _: Ask(),
    "organisation.list_workload": lambda s: Ask({"unit": s.home.unit}),
    "organisation.propose_calendar": lambda s: Ask({"unit": s.home.unit}, body=year_body(), headers=over(1)),
    "organisation.apply_rule": lambda s: Ask(
        {"group": s.made["ruled"]}, body={"startDate": today().isoformat()}, headers=over(2)
    ),
    "organisation.change_group": lambda s: Ask(
        {"group": s.home.klass.id}, body={"name": s.home.klass.name}, headers=over(2)
    ),
    "organisation.change_members": lambda s: Ask(
        {"group": s.home.klass.id},
        body={"startDate": today().isoformat(), "add": [newcomer(s)], "remove": [s.pupil.id]},
        headers={"idempotency-key": new_id()},
    ),
    "organisation.create_group": lambda s: Ask(
        {"unit": s.home.unit},
        body={"name": "Kör", "kind": "övrigt"},
        headers={"idempotency-key": new_id()},
    ),
    "organisation.end_group": lambda s: Ask(
        {"group": s.home.klass.id}, body={"endDate": f"{SchoolYear.of(today()).end}"}, headers=over(2)
    ),
    "organisation.list_groups": lambda s: Ask({"unit": s.home.unit}),
    "organisation.list_rollover_units": lambda s: Ask({"rollover": s.made["rollover"]}),
    "organisation.preview_rollover": lambda _: rollover_of_year(),
    "organisation.preview_rule": lambda s: Ask({"group": s.made["ruled"]}),
    "organisation.put_member": lambda s: Ask(
        {"group": s.home.klass.id, "person": newcomer(s)}, body={"startDate": today().isoformat()}
    ),
    "organisation.read_activity": lambda s: Ask({"unit": s.home.unit, "activity": s.made["activity"]}),
    "organisation.adapt_study_plan": lambda s: Ask(
        {"pupil": s.pupil.id},
        headers=over(1),
        body={"kind": "studiegang", "reason": "Enligt åtgärdsprogrammet", "startDate": "2026-11-23"},
    ),
    "organisation.add_local_syllabus": lambda s: Ask(
        {"unit": s.home.unit}, body=SYLLABUS, headers={"idempotency-key": new_id()}
    ),
    "organisation.add_programme": lambda _: Ask(body=PROGRAMME, headers={"idempotency-key": new_id()}),
    "organisation.change_round": lambda s: replace(
        of_round(s, body=elective_round(title="Val av språk")), headers=over(1)
    ),
    "organisation.decide_distribution": lambda s: Ask(
        {"unit": s.home.unit}, body=DISTRIBUTION, headers=over(1)
    ),
    "organisation.decide_round": lambda s: of_round(s, keyed=True),
    "organisation.list_plan_versions": lambda s: Ask({"pupil": s.pupil.id}),
    "organisation.list_programmes": lambda _: Ask(),
    "organisation.list_results": of_round,
    "organisation.list_rounds": lambda s: Ask({"unit": s.home.unit}),
    "organisation.list_syllabuses": lambda _: Ask(),
    "organisation.open_round": lambda s: Ask(
        {"unit": s.home.unit}, body=elective_round(), headers={"idempotency-key": new_id()}
    ),
    "organisation.preview_round": lambda s: of_round(s, keyed=True),
    "organisation.put_offering": lambda s: Ask(
        {"unit": s.home.unit}, body=offering(s.made["syllabus"]), headers=over(1)
    ),
    "organisation.put_study_plan": lambda s: Ask(
        {"pupil": s.pupil.id}, body=plan(s.made["syllabus"]), headers=over(1)
    ),
    "organisation.put_wishes": lambda s: of_round(s, pupil=s.pupil.id, body={"options": ["fra"]}),
    "organisation.read_calendar": lambda s: Ask({"unit": s.home.unit}),
    "organisation.read_calendar_draft": lambda s: Ask({"unit": s.home.unit}, {"schoolYear": NEXT_YEAR}),
    "organisation.read_certification": lambda s: Ask({"unit": s.home.unit, "employee": s.people["teacher"]}),
    "organisation.read_duty": lambda s: Ask({"unit": s.home.unit, "duty": s.made["duty"]}),
    "organisation.read_my_staffing": lambda _: Ask(),
    "organisation.read_group": lambda s: Ask({"group": s.home.klass.id}, {"guardians": "true"}),
    "organisation.read_rollover": lambda s: Ask({"rollover": s.made["rollover"]}),
    "organisation.read_rule": lambda s: Ask({"group": s.made["ruled"]}),
    "organisation.read_unit": lambda s: Ask({"unit": s.home.unit}),
    "organisation.revoke_delegation": lambda s: Ask(
        {"unit": s.home.unit, "employee": s.people["other teacher"], "delegation": s.made["delegation"]},
        headers=over(1),
    ),
    "organisation.revoke_substitution": lambda s: Ask(
        {"unit": s.home.unit, "employee": s.people["other teacher"], "substitution": s.made["substitution"]},
        headers=over(1),
    ),
    "organisation.read_distribution": lambda s: Ask({"unit": s.home.unit}),
    "organisation.read_offering": lambda s: Ask({"unit": s.home.unit}),
    "organisation.read_round": of_round,
    "organisation.read_round_job": lambda s: of_round(s, job=s.made["job"]),
    "organisation.read_study_plan": lambda s: Ask({"pupil": s.pupil.id}),
    "organisation.read_syllabus": lambda s: Ask({"syllabus": s.made["syllabus"]}),
    "organisation.read_timplan": lambda _: Ask(),
    "organisation.read_wishes": lambda s: of_round(s, pupil=s.pupil.id),
    "organisation.remove_member": lambda s: Ask({"group": s.home.klass.id, "person": s.pupil.id}),
    "organisation.export_table": lambda s: table_ask(table="groups", body={"unit": s.home.unit}),
    "organisation.import_table": lambda s: table_ask(upload=s.made["groups upload"], body={}),
    "organisation.link_table_file": lambda s: Ask(
        {"job": s.made["groups taken"]}, body={"name": "report.csv"}
    ),
    "organisation.list_table_rows": lambda s: Ask({"job": s.made["groups taken"]}),
    "organisation.read_table_job": lambda s: Ask({"job": s.made["groups taken"]}),
    "organisation.read_template": lambda _: Ask({"table": "groups"}),
    "organisation.start_upload": lambda _: table_ask(table="groups", body={"format": "csv"}),
    "organisation.try_table": lambda s: table_ask(upload=s.made["groups upload"], body={}),
    "organisation.undo_import": lambda s: table_ask(job=s.made["groups taken"]),
    "register.add_person": lambda s: Ask(body=card_body(s), headers=new_key()),
    "register.break_glass": lambda s: about(s, {"reason": "threat"}, person=s.hidden),
    "organisation.run_rollover": lambda _: rollover_of_year(),
    "organisation.set_rule": lambda s: Ask(
        {"group": s.home.klass.id}, body={"terms": [{"year": 6}]}, headers=over(2)
    ),
    "organisation.undo_rollover": lambda s: Ask(
        {"rollover": s.made["rollover"]}, headers={"idempotency-key": new_id()}
    ),
    "register.add_watch_event": lambda s: watch_case(
        s, {"kind": "contact", "code": "letter", "startDate": today().isoformat()}
    ),
    "register.assign_watch_case": lambda s: replace(
        watch_case(s, {"handler": s.people["attendance officer"]}), headers=over(1)
    ),
    "register.change_contacts": lambda s: Ask(
        {"person": s.pupil.id}, body={"email": "ny@example.org"}, headers=over(1)
    ),
    "register.change_number": lambda s: about(
        s, {"civicNo": "20150102TF10", "since": today().isoformat()}, version=1
    ),
    "register.change_person": lambda s: about(s, card_body(s), version=1),
    "register.change_reach": lambda s: about(
        s, {"addresses": [{"streetAddress": "G 1", "postalCode": "1", "locality": "E"}]}, version=1
    ),
    "register.end_responsible": lambda s: about(s, version=1, adult=s.people["second guardian"]),
    "register.answer_transfer": lambda s: about_pupil(s, {"accepted": False}, 1, transfer=s.notice),
    "register.ask_handover": lambda s: about_pupil(s, {"leaving": s.made["job"]}),
    "register.ask_transfer": transfer_ask,
    "register.cancel_enrolment": lambda s: about_pupil(s, None, 1, enrolment=s.notice),
    "register.change_enrolment": lambda s: about_pupil(
        s, {"year": None, "endDate": None, "specification": "ny"}, 1, enrolment=s.notice
    ),
    "register.decide_leaving": lambda s: about_pupil(s, {"outcome": "stays"}, 1, leaving=s.notice),
    "register.close_watch_case": lambda s: watch_case(s, {"reason": "openedByMistake"}),
    "register.dismiss_parked": lambda _: parked_ask({"reason": "notOurs"}),
    "register.enrol_pupil": enrolment_ask,
    "register.leave_school": lambda s: about_pupil(
        s, {"lastDay": today().isoformat(), "reason": "independentSchool"}
    ),
    "register.link_handover": lambda s: Ask({"person": s.pupil.id, "job": s.made["job"]}),
    "register.link_notice": lambda s: Ask({"person": s.pupil.id, "notice": s.notice}),
    "register.list_enrolments": lambda s: Ask({"person": s.pupil.id}),
    "register.list_leavings": lambda s: Ask({"person": s.pupil.id}),
    "register.list_matters": lambda s: Ask(query={"unit": s.home.unit}),
    "register.list_my_children": lambda _: Ask(),
    "register.merge_persons": lambda s: about(s, {"duplicate": s.people["stranger"]}),
    "register.open_contacts": lambda s: Ask({"person": s.hidden}),
    "register.protect_person": lambda s: about(
        s, {"securityMarking": "Sekretessmarkering", "basis": "populationRegister"}, version=1
    ),
    "register.put_responsible": lambda s: about(
        s, {"home": True}, version=1, adult=s.people["second guardian"]
    ),
    "register.list_unit_pupils": lambda s: Ask({"unit": s.home.unit}, {"guardians": "true"}),
    "register.mark_notice": lambda s: about_pupil(
        s, {"state": "sent", "channel": "letter"}, 1, notice=s.notice
    ),
    "register.read_certificate": lambda s: Ask({"person": s.pupil.id, "leaving": s.notice}),
    "register.list_parked": lambda _: Ask(),
    "register.list_watch_cases": lambda _: Ask(query={"watch": "schoolAttendance"}),
    "register.put_watch_exception": lambda s: Ask(
        {"person": s.pupil.id, "kind": "exempt"}, body={"startDate": today().isoformat()}
    ),
    "register.read_activity_register": lambda _: Ask(),
    "register.read_contacts": lambda s: Ask({"person": s.pupil.id}),
    "register.read_handover": lambda s: Ask({"person": s.pupil.id, "job": s.made["job"]}),
    "register.read_person": lambda s: Ask({"person": s.pupil.id}),
    "register.read_record": lambda s: Ask({"person": s.pupil.id}),
    "register.search_people": lambda s: Ask(body={"name": s.pupil.family_name}),
    "register.search_people (unit)": lambda s: Ask(body={"unit": s.home.unit}),
    "register.undo_merge": lambda s: Ask({"merge": s.made["merge"]}),
    "register.read_watch_case": lambda s: Ask({"case": s.made["case"]}),
    "register.retry_parked": lambda _: parked_ask(),
    "register.export_table": lambda s: table_ask(table="persons", body={"unit": s.home.unit}),
    "register.import_table": lambda s: table_ask(upload=s.made["upload"], body={}),
    "register.link_table_file": lambda s: Ask({"job": s.made["taken"]}, body={"name": "report.csv"}),
    "register.list_table_rows": lambda s: Ask({"job": s.made["taken"]}),
    "register.read_table_job": lambda s: Ask({"job": s.made["taken"]}),
    "register.read_template": lambda _: Ask({"table": "persons"}),
    "register.start_upload": lambda _: table_ask(table="persons", body={"format": "csv"}),
    "register.try_table": lambda s: table_ask(upload=s.made["upload"], body={}),
    "register.undo_import": lambda s: table_ask(job=s.made["taken"]),
    "timetable.list_my_lessons": on_day,
    "timetable.list_pupil_lessons": lambda s: on_day(s, pupil=s.pupil.id),
}
