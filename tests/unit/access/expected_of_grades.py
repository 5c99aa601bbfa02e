"""Who gets through to grades, wrong grades and trials, for the authorization matrix."""

from __future__ import annotations

PLACED = ("pupil", "protected pupil", "pupil of 18", "pupil of unknown age")
HOME = "guardian, pupil"
OFFICE = "principal, administrator, head, registrar"
GROUP = {"group": "teacher"}
UNIT = {"unit": OFFICE}
READERS = {
    **dict.fromkeys(PLACED, f"{HOME}, mentor, {OFFICE}"),
    "protected pupil": f"{HOME}, mentor, principal, administrator",
    "pupil without unit": f"{HOME}, mentor, head, registrar",
}
CONCERNED = {
    **dict.fromkeys(PLACED, f"{HOME}, teacher, mentor, principal"),
    "pupil without unit": f"{HOME}, teacher, mentor",
}
TEACHER = dict.fromkeys((*PLACED, "pupil without unit"), "teacher")
SIGNERS = {**dict.fromkeys(PLACED, "teacher, principal"), "pupil without unit": "teacher"}
HANDLERS = dict.fromkeys(PLACED, "principal, administrator")

GRADES: dict[str, dict[str, str]] = {
    "grades:answer_change": TEACHER,
    "grades:apply_for_trial": {
        **{thing: f"{HOME}, {who}" for thing, who in HANDLERS.items()},
        "pupil without unit": HOME,
    },
    "grades:close_period": {"unit": "principal"},
    "grades:comment_case": dict.fromkeys((*PLACED, "pupil without unit"), HOME),
    "grades:decide": GROUP,
    "grades:decide_as_principal": {"unit": "principal"},
    "grades:decide_case": dict.fromkeys(PLACED, "principal"),
    "grades:examine_trial": TEACHER,
    "grades:handle_trials": HANDLERS | {"unit": "principal, administrator"},
    "grades:lead_period": UNIT,
    "grades:list_cases": {"unit": "principal"},
    "grades:notice_error": CONCERNED,
    "grades:propose": GROUP,
    "grades:read_catalogue": READERS,
    "grades:read_chain": CONCERNED,
    "grades:read_grades": READERS,
    "grades:read_own_sheets": dict.fromkeys(("own", "adult", "protected adult"), "guardian"),
    "grades:read_page": SIGNERS,
    "grades:read_periods": UNIT,
    "grades:read_sheet": {"group": "teacher, principal"},
    "grades:read_trials": {
        **{thing: f"{HOME}, teacher, {who}" for thing, who in HANDLERS.items()},
        "pupil without unit": f"{HOME}, teacher",
    },
}
