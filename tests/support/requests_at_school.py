"""The right requests of attendance and messages, as `requests` has those of the other areas."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from skolkit.clock import today
from tests.support.asks import (
    CHECK_IN_CODE,
    CSN_APPROVED,
    CSN_MONTH,
    PHONE,
    PROOF,
    Ask,
    absence,
    attendance,
    browser,
    called,
    came,
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
    in_series,
    inquiry_ask,
    last_month,
    leave_ask,
    leave_body,
    new_key,
    of_emergency,
    on_day,
    over,
    report_of,
    series,
)
from tests.support.forms import ANSWERS, QUESTIONS, form_body
from tests.support.letters import TEXTS, audience, consent_body, news_body

if TYPE_CHECKING:
    from tests.support.schools import Schools

REQUESTS: dict[str, Callable[[Schools], Ask]] = {
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
    "attendance.answer_by_link": lambda _: Ask(body=f"t={'x' * 22}&l=en&answer=ill"),
    "attendance.open_answer": lambda _: Ask(query={"t": "x" * 22}),
    "attendance.link_inquiry_paper": lambda s: Ask(
        {"inquiry": s.made["inquiry"], "paper": s.made["inquiry paper"]}
    ),
    "attendance.make_inquiry_paper": lambda s: inquiry_ask(s, {"edition": "home"}),
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
    "attendance.prove_phone_number": lambda _: Ask(body={"code": PROOF}, headers=new_key()),
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
    "messages.answer_form": lambda s: Ask(
        {"person": s.pupil.id, "form": s.made["form"]}, body={"answers": ANSWERS}, headers=over(0)
    ),
    "messages.answer_form (oneself)": lambda s: Ask(
        {"person": s.pupil.id, "form": s.made["own form"]}, body={"answers": ANSWERS}, headers=over(0)
    ),
    "messages.ask_consent": lambda s: Ask(body=consent_body(s.home, "photo"), headers=new_key()),
    "messages.choose_contact_visibility": lambda s: Ask(
        {"child": s.pupil.id}, body={"name": True}, headers=over(0)
    ),
    "messages.change_form_deadline": lambda s: Ask(
        {"form": s.made["form"]}, body={"deadline": today().isoformat()}, headers=over(2)
    ),
    "messages.choose_preferences": lambda _: Ask(body={"channel": "sms"}, headers=over(0)),
    "messages.close_consent": lambda s: Ask(
        {"consent": s.made["consent"]}, body={"closed": True}, headers=over(1)
    ),
    "messages.close_conversation": lambda s: Ask(
        {"conversation": s.made["conversation"]}, body={"closed": True}, headers=over(2)
    ),
    "messages.draft_form": lambda s: Ask(body=form_body(s.home), headers=new_key()),
    "messages.draft_form (unit)": lambda s: Ask(
        body=form_body(s.home, audience("unit", s.home.unit)), headers=new_key()
    ),
    "messages.edit_form": lambda s: Ask(
        {"form": s.made["form"]}, body={"texts": TEXTS, "questions": QUESTIONS}, headers=over(2)
    ),
    "messages.edit_news": lambda s: Ask({"news": s.made["news"]}, body={"texts": TEXTS}, headers=over(2)),
    "messages.export_form": lambda s: Ask(
        {"form": s.made["form"]}, body={"format": "xlsx"}, headers=new_key()
    ),
    "messages.export_form (sensitive)": lambda s: Ask(
        {"form": s.made["secret form"]}, body={"format": "csv"}, headers=new_key()
    ),
    "messages.hide_message": lambda s: Ask(
        {"conversation": s.made["conversation"], "message": s.made["message"]}, body={"reason": "Fel"}
    ),
    "messages.link_form_export": lambda s: Ask({"job": s.made["form file"]}),
    "messages.list_form_answers": lambda s: Ask({"form": s.made["form"]}),
    "messages.list_form_answers (sensitive)": lambda s: Ask({"form": s.made["secret form"]}),
    "messages.list_form_unanswered": lambda s: Ask({"form": s.made["form"]}),
    "messages.list_forms": lambda _: Ask(),
    "messages.list_my_forms": lambda _: Ask(),
    "messages.list_unit_forms": lambda s: Ask({"unit": s.home.unit}),
    "messages.link_message_attachment": lambda s: Ask(
        {
            "conversation": s.made["conversation"],
            "message": s.made["message"],
            "attachment": s.made["attachment"],
        }
    ),
    "messages.link_news_attachment": lambda s: Ask(
        {"news": s.made["news"], "attachment": s.made["news attachment"]}
    ),
    "messages.list_consent_answers": lambda s: Ask({"consent": s.made["consent"], "group": s.home.klass.id}),
    "messages.list_consent_kinds": lambda _: Ask(),
    "messages.list_consents": lambda _: Ask(),
    "messages.list_contacts": lambda s: Ask({"group": s.home.klass.id}),
    "messages.list_conversations": lambda _: Ask(),
    "messages.list_deliveries": lambda s: Ask({"pupil": s.pupil.id}),
    "messages.list_emergency_calls": of_emergency,
    "messages.preview_emergency": lambda s: Ask({"unit": s.home.unit}, {"audience": "staff"}),
    "messages.read_emergency": of_emergency,
    "messages.list_group_consents": lambda s: Ask({"group": s.home.klass.id}),
    "messages.list_my_news": lambda _: Ask(),
    "messages.list_news": lambda _: Ask(),
    "messages.list_push_subscriptions": lambda _: Ask(),
    "messages.list_reports": lambda s: Ask({"unit": s.home.unit}),
    "messages.mark_conversation_seen": lambda s: Ask(
        {"conversation": s.made["conversation"]}, body={"message": s.made["message"]}
    ),
    "messages.mark_delivery_seen": lambda s: Ask({"delivery": s.made["delivery"]}, headers=new_key()),
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
    "messages.move_form": lambda s: Ask({"form": s.made["form"]}, body={"state": "closed"}, headers=over(2)),
    "messages.put_consent_kind": lambda _: Ask(
        {"kind": "swimming"}, body={"name": {"sv": "Bad", "en": "Swimming"}, "both": True}, headers=over(0)
    ),
    "messages.read_attachment": lambda s: Ask({"attachment": s.made["attachment"]}),
    "messages.read_consent": lambda s: Ask({"pupil": s.pupil.id, "consent": s.made["consent"]}),
    "messages.read_contact_visibility": lambda s: Ask({"child": s.pupil.id}),
    "messages.read_consent_statistics": lambda s: Ask({"consent": s.made["consent"]}),
    "messages.read_conversation": lambda s: Ask({"conversation": s.made["conversation"]}),
    "messages.read_form": lambda s: Ask({"form": s.made["form"]}),
    "messages.read_form_export": lambda s: Ask({"job": s.made["form file"]}),
    "messages.read_form_statistics": lambda s: Ask({"form": s.made["form"]}),
    "messages.read_form_to_answer": lambda s: Ask({"person": s.pupil.id, "form": s.made["form"]}),
    "messages.read_news": lambda s: Ask({"news": s.made["news"]}),
    "messages.read_news_receipts": lambda s: Ask({"news": s.made["news"]}),
    "messages.read_preferences": lambda _: Ask(),
    "messages.reschedule_news": lambda s: Ask(
        {"news": s.made["planned"]}, body={"publishAt": None}, headers=over(1)
    ),
    "messages.read_push_key": lambda _: Ask(),
    "messages.send_attachment": lambda _: Ask(
        body={"name": "Intyg.pdf", "type": "application/pdf", "size": 1000}, headers=new_key()
    ),
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
    "messages.subscribe_to_push": lambda _: Ask(body=browser(), headers=new_key()),
    "messages.unsubscribe_from_push": lambda s: Ask({"subscription": s.made["subscription"]}),
    "messages.withdraw_news": lambda s: Ask({"news": s.made["news"]}, headers=over(2)),
    "messages.write_message": lambda s: Ask(
        {"conversation": s.made["conversation"]}, body={"text": "Hej"}, headers=new_key()
    ),
}
