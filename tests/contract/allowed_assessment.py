"""Who may do what in assessment, as `allowed` has it for the other areas."""

from __future__ import annotations

from tests.contract.people import ANYONE, GUARDIANS

_TEACHING = {"teacher", "mentor"}
_STAFF = {*_TEACHING, "principal"}
_HOME = {*GUARDIANS, "pupil"}

ALLOWED: dict[str, set[str]] = {
    "assessment.add_group_notes": _TEACHING,
    "assessment.add_note": _TEACHING,
    "assessment.add_talk_slots": {"mentor"},
    "assessment.book_talk": {*GUARDIANS, "mentor"},
    "assessment.cancel_talk": {*GUARDIANS, "mentor"},
    "assessment.change_assessment_round": {"principal"},
    "assessment.change_note": _TEACHING,
    "assessment.change_talk_round": {"mentor"},
    "assessment.follow_up_iup": {"mentor"},
    "assessment.link_iup": {*_HOME, *_STAFF},
    "assessment.list_assessment_receipts": _STAFF,
    "assessment.list_assessment_rounds": ANYONE,
    "assessment.list_assessments": {*_HOME, *_STAFF},
    "assessment.list_group_judgements": _STAFF,
    "assessment.list_group_notes": _STAFF,
    "assessment.list_iups": {*_HOME, *_STAFF},
    "assessment.list_missing_assessments": {"principal"},
    "assessment.list_my_missing_assessments": ANYONE,
    "assessment.list_my_talks": ANYONE,
    "assessment.list_notes": {*_HOME, *_STAFF},
    "assessment.list_pupil_talks": {*_HOME, *_STAFF},
    "assessment.list_pupils_without_plan": {"principal"},
    "assessment.list_pupils_without_talk": {"principal"},
    "assessment.list_talk_rounds": {"mentor", "principal"},
    "assessment.list_talk_slots": {*_HOME, *_STAFF},
    "assessment.mark_assessments_read": _HOME,
    "assessment.mark_iup_read": _HOME,
    "assessment.offer_talks": {"mentor"},
    "assessment.open_assessment_round": {"principal"},
    "assessment.publish_assessments": {"principal"},
    "assessment.publish_iup": {"mentor"},
    "assessment.read_iup": {*_HOME, *_STAFF},
    "assessment.read_judgement": _TEACHING,
    "assessment.read_minutes": {*_HOME, *_STAFF},
    "assessment.read_talk_round": {"mentor", "principal"},
    "assessment.remove_note": _TEACHING,
    "assessment.remove_talk_slot": {"mentor"},
    "assessment.save_iup": {"mentor"},
    "assessment.save_judgement": _TEACHING,
    "assessment.sign_minutes": {*GUARDIANS, "mentor"},
    "assessment.write_minutes": {"mentor"},
}

PROTECTED: dict[str, set[str]] = {
    "assessment.add_note": _TEACHING,
    "assessment.book_talk": {"mentor"},
    "assessment.cancel_talk": set(),
    "assessment.change_note": _TEACHING,
    "assessment.follow_up_iup": {"mentor"},
    "assessment.link_iup": _STAFF,
    "assessment.list_assessment_receipts": _STAFF,
    "assessment.list_assessments": _STAFF,
    "assessment.list_iups": _STAFF,
    "assessment.list_notes": _STAFF,
    "assessment.list_pupil_talks": _STAFF,
    "assessment.list_talk_slots": _STAFF,
    "assessment.mark_assessments_read": set(),
    "assessment.mark_iup_read": set(),
    "assessment.publish_iup": {"mentor"},
    "assessment.read_iup": _STAFF,
    "assessment.read_judgement": _TEACHING,
    "assessment.read_minutes": _STAFF,
    "assessment.remove_note": _TEACHING,
    "assessment.save_iup": {"mentor"},
    "assessment.save_judgement": _TEACHING,
    "assessment.sign_minutes": {"mentor"},
    "assessment.write_minutes": {"mentor"},
}
