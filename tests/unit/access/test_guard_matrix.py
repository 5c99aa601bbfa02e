"""The authorization matrix: for every action and thing, who gets through; everyone else is refused."""

from __future__ import annotations

from typing import get_args

import pytest

from functions.access import guard
from tests.unit.access.callers import CALLERS, PEOPLE, THINGS
from tests.unit.access.expected_of_grades import GRADES

HOME = "guardian, pupil"
OFFICE = "principal, administrator, head, registrar"

ABSENCE = {
    "pupil": "guardian, mentor, administrator, registrar",
    "protected pupil": "guardian, mentor, administrator",
    "pupil of 18": "guardian, pupil, mentor, administrator, registrar",
    "pupil of unknown age": "guardian, mentor, administrator, registrar",
    "pupil without unit": "guardian, mentor, registrar",
}

OWN_LEAVE = {
    "pupil": "guardian",
    "protected pupil": "guardian",
    "pupil of 18": "guardian, pupil",
    "pupil of unknown age": "guardian",
    "pupil without unit": "guardian",
}

KNOWN_PUPIL = {
    "pupil": f"{HOME}, teacher, mentor, {OFFICE}",
    "protected pupil": f"{HOME}, teacher, mentor, principal, administrator",
    "pupil of 18": f"{HOME}, teacher, mentor, {OFFICE}",
    "pupil of unknown age": f"{HOME}, teacher, mentor, {OFFICE}",
    "pupil without unit": f"{HOME}, teacher, mentor, head, registrar",
}
OWN = {"own": "guardian", "adult": "guardian", "protected adult": "guardian"}
BY_HOME_AND_MENTOR = {
    thing: "guardian, pupil, mentor" if thing == "pupil of 18" else "guardian, mentor"
    for thing in KNOWN_PUPIL
}  # fmt: skip

ADULT = {
    "own": "registrar",
    "adult": "administrator, registrar",
    "protected adult": "administrator",
}
KNOWN_ADULT = {thing: f"guardian, {names}" for thing, names in ADULT.items()}

REGISTRY = {
    "pupil": "administrator, registrar",
    "protected pupil": "administrator",
    "pupil of 18": "administrator, registrar",
    "pupil of unknown age": "administrator, registrar",
    "pupil without unit": "registrar",
}

RECORD = {
    "pupil": f"{HOME}, {OFFICE}",
    "protected pupil": f"{HOME}, principal, administrator",
    "pupil of 18": f"{HOME}, {OFFICE}",
    "pupil of unknown age": f"{HOME}, {OFFICE}",
    "pupil without unit": f"{HOME}, head, registrar",
}


def _each_pupil(own: str, everywhere: str) -> dict[str, str]:
    """Who gets through about every kind of pupil: those of the unit and home, and those of the
    municipality.
    """
    known = ", ".join(name for name in own.split(", ") if name not in {"principal", "administrator"})
    all_of_them = f"{own}, {everywhere}"
    return {
        "pupil": all_of_them,
        "protected pupil": own,
        "pupil of 18": all_of_them,
        "pupil of unknown age": all_of_them,
        "pupil without unit": f"{known}, {everywhere}" if known else everywhere,
    }


WATCHED = {"attendance case": "attendance officer, handler", "activity case": "activity officer, handler"}
WORKED = WATCHED | {"protected attendance case": "handler", "protected activity case": "handler"}
_INVESTIGATED = {"inquiry": "principal, mentor, nurse", "protected inquiry": "principal, mentor, nurse"}
_PUPILS = ("pupil", "protected pupil", "pupil of 18", "pupil of unknown age")
_FOLLOWED = dict.fromkeys(_PUPILS, "principal, mentor") | {"pupil without unit": "mentor"}

EXPECTED: dict[str, dict[str, str]] = {
    "assessment:decide_exemption": _each_pupil("principal", "head"),
    "assessment:edit_calendar": {"system": "registrar"},
    "assessment:edit_tracking_settings": {"unit": OFFICE},
    "assessment:lead_marking": {"sitting": "teacher, principal"},
    "assessment:mark": {"sitting": "other teacher, nurse"},
    "assessment:open_key": {"sitting": "teacher, principal"},
    "assessment:plan_tests": {"unit": OFFICE},
    "assessment:read_calendar": {"system": "EVERYONE"},
    "assessment:read_exemptions": _each_pupil(f"{HOME}, mentor, principal", "head"),
    "assessment:read_group_progress": {"group": "teacher, mentor, principal, head"},
    "assessment:read_key": {"sitting": "teacher, principal"},
    "assessment:read_marking": {"sitting": "teacher, principal, head, other teacher, nurse"},
    "assessment:read_progress": _each_pupil(f"{HOME}, teacher, mentor, principal", "head"),
    "assessment:read_sitting": {"sitting": f"teacher, {OFFICE}"},
    "assessment:read_test_results": _each_pupil(f"{HOME}, teacher, mentor, principal", "head"),
    "assessment:report_tests": {"unit": OFFICE},
    "assessment:save_results": {"sitting": "teacher, principal, head"},
    "assessment:track": {"group": "teacher"},
    "grades:compare_with_tests": {"unit": "principal, head"},
    "attendance:change_inquiry_rules": {"unit": OFFICE},
    "attendance:count_inquiries": {"unit": OFFICE},
    "attendance:lead_inquiry": dict.fromkeys(_INVESTIGATED, "principal"),
    "attendance:list_inquiries": {"unit": "principal"},
    "attendance:open_inquiry": dict.fromkeys(_PUPILS, "principal"),
    "attendance:propose_inquiry": _FOLLOWED,
    "attendance:read_inquiry": _INVESTIGATED,
    "attendance:read_inquiry_rules": {"unit": OFFICE},
    "attendance:read_pupil_inquiries": _FOLLOWED,
    "attendance:read_shared_inquiries": dict.fromkeys((*_PUPILS, "pupil without unit"), "guardian")
    | {"pupil of 18": "guardian, pupil"},
    "attendance:work_inquiry": _INVESTIGATED,
    "access:explain": {
        **REGISTRY,
        "unit": "administrator, registrar",
        "group": "administrator, registrar",
    },
    "access:read_process_map": {"system": "EVERYONE, integration"},
    "access:request_extract": {
        "pupil": f"{HOME}, administrator, registrar",
        "protected pupil": f"{HOME}, administrator",
        "pupil of 18": f"{HOME}, administrator, registrar",
        "pupil of unknown age": f"{HOME}, administrator, registrar",
        "pupil without unit": f"{HOME}, registrar",
    },
    "access:read_rights": {"unit": OFFICE},
    "access:read_trail": {
        "pupil": "guardian, administrator, registrar",
        "protected pupil": "guardian, administrator",
        "pupil of 18": "guardian, pupil, administrator, registrar",
        "pupil of unknown age": "guardian, administrator, registrar",
        "pupil without unit": "guardian, registrar",
    }
    | OWN,
    "register:read_own_children": OWN,
    "register:add_person": {"system": "administrator, registrar, other administrator"},
    "access:administer_retention": {"system": "registrar"},
    "exchange:administer": {"system": "registrar"},
    "register:merge": {"system": "registrar"},
    "exchange:read_events": {"system": "administrator, registrar, other administrator"},
    "exchange:replay": {"system": "registrar"},
    "register:read_record": REGISTRY | ADULT,
    "register:protect": REGISTRY
    | ADULT
    | {"protected pupil": "administrator, registrar", "protected adult": "administrator, registrar"},
    "register:break_glass": {
        "pupil": OFFICE,
        "protected pupil": "principal, administrator, registrar",
        "pupil of 18": OFFICE,
        "pupil of unknown age": OFFICE,
        "pupil without unit": "head, registrar",
        "own": "registrar",
        "adult": "administrator, registrar",
        "protected adult": "administrator, registrar",
    },
    "register:read_person": KNOWN_PUPIL | KNOWN_ADULT,
    "register:read_contacts": {
        "pupil": f"pupil, mentor, {OFFICE}",
        "protected pupil": "administrator",
        "pupil of 18": f"pupil, mentor, {OFFICE}",
        "pupil of unknown age": f"pupil, mentor, {OFFICE}",
        "pupil without unit": "pupil, mentor, head, registrar",
    }
    | KNOWN_ADULT,
    "register:edit_person": REGISTRY | ADULT,
    "register:read_enrolments": RECORD,
    "register:read_leaving": RECORD,
    "register:list_pupils": {"unit": OFFICE},
    "register:list_matters": {"unit": OFFICE, "system": "head, registrar"},
    "register:enrol": REGISTRY
    | {"protected pupil": "administrator, registrar", "unit": "administrator, registrar"},
    "register:import": {"system": "registrar"},
    "register:search": REGISTRY | {"unit": "administrator, registrar", "system": "registrar"},
    "register:import_table": {"system": "administrator, registrar, other administrator"},
    "register:export_table": {"unit": "administrator, registrar", "system": "registrar"},
    "register:assign_watch_case": {thing: f"{names}, head" for thing, names in WATCHED.items()}
    | {"protected attendance case": "head", "protected activity case": "head"},
    "register:list_watch_cases": {
        "attendance case": "attendance officer, handler",
        "protected attendance case": "attendance officer, handler",
        "activity case": "activity officer, handler",
        "protected activity case": "activity officer, handler",
    },
    "register:read_watch_case": WORKED,
    "register:work_watch_case": WORKED,
    "grades:calculate": _each_pupil(f"{HOME}, mentor, principal, administrator", "head, registrar")
    | dict.fromkeys(
        ("pupil", "pupil of 18", "pupil of unknown age"), f"{HOME}, mentor, counsellor, {OFFICE}"
    ),
    "grades:issue_documents": {"unit": "principal, administrator"},
    "grades:issue_in_person": {"unit": "principal"},
    "grades:read_documents": _each_pupil(f"{HOME}, mentor, principal, administrator", "head, registrar")
    | {"protected pupil": f"{HOME}, principal, administrator"},
    "organisation:read_unit": {"unit": "EVERYONE"},
    "organisation:read_group": {"group": f"teacher, mentor, substitute, nurse, counsellor, {OFFICE}"},
    "organisation:appoint_substitute": {"unit": OFFICE},
    "organisation:delegate": {"unit": "principal"},
    "organisation:edit": {
        "unit": "administrator, registrar",
        "group": "administrator, registrar",
        "system": "registrar",
    },
    "organisation:administer": {"system": "registrar"},
    "organisation:edit_staff": {"unit": OFFICE},
    "organisation:propose_calendar": {"unit": OFFICE},
    "organisation:read_staff": {"unit": OFFICE},
    "organisation:read_own_staffing": OWN,
    "organisation:edit_group": {"unit": OFFICE, "group": OFFICE},
    "organisation:list_groups": {"unit": OFFICE},
    "organisation:roll_over": {"system": "registrar"},
    "organisation:import": {"system": "registrar"},
    "organisation:import_table": {"system": "administrator, registrar, other administrator"},
    "organisation:export_table": {"unit": "administrator, registrar", "system": "registrar"},
    "organisation:read_catalogue": {"system": "EVERYONE"},
    "organisation:plan_offering": {"unit": OFFICE},
    "organisation:decide_timplan": {"unit": "principal, head"},
    "organisation:decide_electives": {"unit": "principal, head"},
    "organisation:choose_electives": _each_pupil(f"{HOME}, administrator", "registrar"),
    "organisation:read_electives": _each_pupil(
        f"{HOME}, mentor, principal, administrator", "head, registrar"
    ),
    "organisation:read_study_plan": _each_pupil(
        f"{HOME}, mentor, principal, administrator", "head, registrar"
    ),
    "organisation:edit_study_plan": _each_pupil("mentor, principal, administrator", "head, registrar"),
    "organisation:adapt_studies": _each_pupil("principal", "head"),
    "timetable:read_pupil_day": KNOWN_PUPIL,
    "timetable:read_own_day": OWN,
    "timetable:import": {"system": "registrar"},
    "attendance:report_absence": ABSENCE,
    "attendance:change_absence": ABSENCE,
    "attendance:withdraw_absence": ABSENCE,
    "attendance:work_call_list": {"group": f"mentor, {OFFICE}", "unit": OFFICE},
    "attendance:read_pupil": KNOWN_PUPIL,
    "attendance:read_care": _each_pupil(
        "guardian, teacher, mentor, principal, administrator", "head, registrar"
    ),
    "attendance:edit_care": _each_pupil("guardian, administrator", "registrar"),
    "attendance:decide_care": _each_pupil("teacher, mentor, principal, administrator", "head, registrar"),
    "attendance:decide_allowance": _each_pupil("administrator", "registrar"),
    "attendance:check_in": {"group": f"teacher, mentor, substitute, {OFFICE}"},
    "attendance:read_department": {"group": f"teacher, mentor, substitute, {OFFICE}"},
    "attendance:plan_care": {"unit": OFFICE},
    "attendance:apply_for_leave": OWN_LEAVE,
    "attendance:withdraw_leave": OWN_LEAVE,
    "attendance:answer_leave": OWN_LEAVE | {"pupil of 18": "guardian"},
    "attendance:read_leave": _each_pupil(f"{HOME}, mentor, principal", "head"),
    "attendance:decide_leave": _each_pupil("principal", "head") | {"unit": "principal, head"},
    "attendance:decide_long_leave": dict.fromkeys(
        ("pupil", "protected pupil", "pupil of 18", "pupil of unknown age"), "principal"
    ),
    "attendance:edit_leave_settings": {"unit": OFFICE},
    "attendance:open_lesson": {"lesson": f"teacher, substitute, mentor, {OFFICE}"},
    "assessment:book_talk": BY_HOME_AND_MENTOR,
    "assessment:follow_talks": {"group": "mentor, principal"},
    "assessment:judge": dict.fromkeys(KNOWN_PUPIL, "teacher, mentor"),
    "assessment:lead": {"unit": "principal"},
    "assessment:note": dict.fromkeys([*KNOWN_PUPIL, "group"], "teacher, mentor"),
    "assessment:offer_talks": {"group": "mentor"},
    "assessment:plan": dict.fromkeys(KNOWN_PUPIL, "mentor"),
    "assessment:read": dict.fromkeys([*KNOWN_PUPIL, "group"], "teacher, mentor, principal")
    | {"pupil without unit": "teacher, mentor"},
    "assessment:read_own": OWN,
    "assessment:read_published": dict.fromkeys(KNOWN_PUPIL, HOME),
    "assessment:sign": BY_HOME_AND_MENTOR,
    "attendance:save_lesson": {"lesson": "teacher, substitute, principal, head"},
    "attendance:correct_lesson": {"lesson": f"teacher, mentor, {OFFICE}"},
    "attendance:cancel_lesson": {"lesson": f"teacher, {OFFICE}"},
    "attendance:check_in_oneself": dict.fromkeys(KNOWN_PUPIL, "pupil"),
    "attendance:edit_own_phone_pin": OWN,
    "attendance:handle_csn": _each_pupil("principal, administrator", "head, registrar") | {"unit": OFFICE},
    "attendance:lock_month": {"unit": OFFICE},
    "attendance:read_group_totals": {"group": f"teacher, mentor, {OFFICE}"},
    "attendance:read_statistics": {"unit": OFFICE},
    "grades:read_open_statistics": {"system": "EVERYONE"},
    "grades:read_statistics": {"unit": OFFICE},
    "attendance:report_by_phone": {"system": "telephony"},
    "attendance:read_mentor_day": {"group": f"mentor, {OFFICE}"},
    "attendance:read_sweep": {"unit": f"deputy, {OFFICE}", "system": "head, registrar"},
    "messages:administer": {"system": "registrar"},
    "messages:answer_consent": {
        thing: "guardian, pupil" if thing == "pupil of 18" else "guardian" for thing in KNOWN_PUPIL
    },
    "messages:answer_form": {
        thing: "guardian, pupil" if thing == "pupil of 18" else "guardian" for thing in KNOWN_PUPIL
    }
    | OWN,
    "messages:ask_form": {"group": f"teacher, mentor, {OFFICE}", "unit": OFFICE},
    "messages:follow_forms": {"unit": OFFICE},
    "messages:follow_sensitive_forms": {"unit": "principal, head"},
    "messages:handle_consents": {"group": f"teacher, mentor, {OFFICE}"},
    "messages:moderate": _each_pupil("principal, administrator", "head, registrar")
    | {"unit": OFFICE, "system": "head, registrar"},
    "messages:post_news": {
        "group": f"teacher, mentor, {OFFICE}",
        "unit": OFFICE,
        "system": "head, registrar",
    },
    "messages:read_contacts": {
        thing: "guardian, pupil" if thing == "pupil of 18" else "guardian" for thing in KNOWN_PUPIL
    }
    | {"group": "teacher, mentor"},
    "messages:show_contacts": {
        thing: "guardian, pupil" if thing == "pupil of 18" else "guardian" for thing in KNOWN_PUPIL
    },
    "messages:write": BY_HOME_AND_MENTOR | {"group": "mentor"},
    "messages:read_own_preferences": OWN,
    "messages:send_attachment": OWN,
    "messages:send_emergency": {"unit": OFFICE},
    "messages:edit_own_preferences": OWN,
    "register:edit_own_contacts": OWN,
    "messages:read_delivery_log": {
        "pupil": f"mentor, {OFFICE}",
        "protected pupil": "mentor, principal, administrator",
        "pupil of 18": f"mentor, {OFFICE}",
        "pupil of unknown age": f"mentor, {OFFICE}",
        "pupil without unit": "mentor, head, registrar",
        "unit": OFFICE,
    },
    "exchange:keep_calendar": dict.fromkeys(KNOWN_PUPIL, "guardian") | OWN | {"group": "teacher, mentor"},
} | GRADES


def expected(action: guard.Action, thing: str) -> set[str]:
    names = {name.strip() for name in EXPECTED[action].get(thing, "").split(",")} - {""}
    return names - {"EVERYONE"} | (PEOPLE if "EVERYONE" in names else set())


def test_every_action_has_an_expectation() -> None:
    assert set(EXPECTED) == set(get_args(guard.Action))


def test_every_expectation_names_known_callers_and_things() -> None:
    for action, row in EXPECTED.items():
        assert set(row) <= set(THINGS), action
        for names in row.values():
            assert {name.strip() for name in names.split(",")} <= {*CALLERS, "EVERYONE"}, action


def fits(action: guard.Action, thing: str) -> bool:
    """Whether the schema knows the action for such a thing."""
    return type(THINGS[thing]).__name__ in guard.kinds_of(action)


@pytest.mark.parametrize(
    ("action", "thing"), [(a, thing) for a in get_args(guard.Action) for thing in THINGS if fits(a, thing)]
)
def test_exactly_the_expected_callers_get_through(action: guard.Action, thing: str) -> None:
    resource = THINGS[thing]
    through = {
        name for name, (caller, duties) in CALLERS.items() if guard.allowed(caller, action, resource, duties)
    }
    assert through == expected(action, thing)


@pytest.mark.parametrize("action", get_args(guard.Action))
def test_nobody_does_it_to_what_it_is_not_for(action: guard.Action) -> None:
    """The engine refuses such a request before it looks at who asks: those with the most rights will do."""
    for thing in (thing for thing in THINGS if not fits(action, thing)):
        assert expected(action, thing) == set()
        for name in ("head", "registrar", "integration"):
            caller, duties = CALLERS[name]
            assert not guard.allowed(caller, action, THINGS[thing], duties), (name, thing)
