"""For every operation the request that is right in everything but who sends it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from skolkit.clock import today
from skolkit.sweden.calendar import SchoolYear
from skolkit.types import new_id
from tests.support import (
    assessed,
    requests_assessment,
    requests_at_school,
    requests_bus,
    requests_documents,
    requests_exchange,
    requests_grade_cases,
    requests_grades,
    requests_subscriptions,
)
from tests.support.asks import (
    DISTRIBUTION,
    NEXT_YEAR,
    PROGRAMME,
    SYLLABUS,
    Ask,
    about,
    about_pupil,
    activity_body,
    card_body,
    delegated,
    elective_round,
    enrolment_ask,
    extract,
    new_duty,
    new_key,
    newcomer,
    of_round,
    offering,
    on_day,
    over,
    parked_ask,
    plan,
    rollover_of_year,
    substituted,
    table_ask,
    transfer_ask,
    unit_body,
    watch_case,
    year_body,
)

if TYPE_CHECKING:
    from tests.support.schools import Schools

REQUESTS: dict[str, Callable[[Schools], Ask]] = (
    requests_at_school.REQUESTS
    | requests_assessment.REQUESTS
    | requests_grades.REQUESTS
    | assessed.REQUESTS
    | requests_grade_cases.REQUESTS
    | requests_documents.REQUESTS
    | requests_exchange.REQUESTS
    | requests_subscriptions.REQUESTS
    | requests_bus.REQUESTS
    | {
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
            body={"person": s.pupil.id, "reason": "Pågående prövning", "ground": "art. 17.3 e"},
            headers=new_key(),
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
            {"unit": s.home.unit, "employee": s.people["teacher"]}, body={"certified": True}, headers=over(1)
        ),
        "organisation.change_duty": lambda s: Ask(
            {"unit": s.home.unit, "duty": s.made["duty"]}, body={"dutyPercent": 80}, headers=over(1)
        ),
        "organisation.change_duty (principal's)": lambda s: Ask(
            {"unit": s.home.unit, "duty": s.made["principal's duty"]},
            body={"dutyPercent": 80},
            headers=over(1),
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
        "organisation.list_calendar_decisions": lambda s: Ask(
            {"unit": s.home.unit}, {"schoolYear": NEXT_YEAR}
        ),
        "organisation.list_children": lambda s: Ask({"unit": s.home.unit}),
        "organisation.list_duties": lambda s: Ask({"unit": s.home.unit}),
        "organisation.list_school_forms": lambda _: Ask(),
        "organisation.list_staffing_warnings": lambda s: Ask({"unit": s.home.unit}),
        "organisation.list_unit_changes": lambda s: Ask({"import": s.made["activity"]}),
        "organisation.list_units": lambda _: Ask(),
        "organisation.list_workload": lambda s: Ask({"unit": s.home.unit}),
        "organisation.propose_calendar": lambda s: Ask(
            {"unit": s.home.unit}, body=year_body(), headers=over(1)
        ),
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
        "organisation.read_certification": lambda s: Ask(
            {"unit": s.home.unit, "employee": s.people["teacher"]}
        ),
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
            {
                "unit": s.home.unit,
                "employee": s.people["other teacher"],
                "substitution": s.made["substitution"],
            },
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
        "exchange.fetch_calendar": lambda s: Ask(
            {"calendar": s.made["calendar"], "secret": s.made["secret"]}
        ),
        "exchange.list_my_calendars": lambda _: Ask(),
        "exchange.revoke_calendar": lambda s: Ask({"calendar": s.made["calendar"]}),
        "exchange.subscribe_calendar": lambda s: Ask(
            body={"kind": "person", "person": s.pupil.id}, headers=new_key()
        ),
        "exchange.subscribe_calendar (group)": lambda s: Ask(
            body={"kind": "group", "group": s.home.klass.id}, headers=new_key()
        ),
    }
)
