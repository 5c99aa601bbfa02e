"""What assessment keeps about people."""

from __future__ import annotations

from skolkit.kept import Kept

KEPT = {
    "assessment_note": Kept("assessment.note", ("pk", "by"), tied="pk"),
    "assessment_note_listed": Kept("assessment.note", ("pupil",), tied="pupil"),
    "assessment_round": Kept("assessment.round", ("by", "data"), dated="last"),
    "assessment_round_listed": Kept("assessment.round", dated="last"),
    "judgement": Kept("assessment.judgement", ("pk", "by"), tied="pk"),
    "judgement_version": Kept("assessment.judgement", ("pk", "by"), tied="pk"),
    "judgement_ready": Kept("assessment.judgement", ("sk",), tied="sk"),
    "assessment_receipt": Kept("assessment.judgement", ("pk", "sk"), tied="pk"),
    "assessment_telling": Kept("technical.job"),
    "iup": Kept("assessment.iup", ("pk", "by"), tied="pk"),
    "iup_edition": Kept("assessment.iup", ("pk", "by", "data"), tied="pk"),
    "iup_follow_up": Kept("assessment.iup", ("pk", "by"), tied="pk"),
    "iup_day": Kept("assessment.iup", ("pupil",), tied="pupil"),
    "devtalk_round": Kept("assessment.talk", ("by",), dated="deadline"),
    "devtalk_listed": Kept("assessment.talk", dated="day"),
    "devtalk_slot": Kept("assessment.talk", ("mentor", "pupil", "guardians", "data"), dated="day"),
    "devtalk_day": Kept("assessment.talk", ("pk",), dated="sk"),
    "devtalk_booked": Kept("assessment.minutes", ("pk", "data"), tied="pk"),
    "devtalk_minutes": Kept("assessment.minutes", ("pk", "data"), tied="pk"),
    "devtalk_minutes_version": Kept("assessment.minutes", ("pk", "data"), tied="pk"),
    "assessment_retention": Kept("technical.job"),
    "assessment_erasure": Kept("technical.job"),
}
