"""What attendance keeps about people."""

from __future__ import annotations

from skolkit.kept import Kept

KEPT = {
    "sheet": Kept("attendance.lesson", ("roster", "teachers", "reported_by", "marks"), dated="starts"),
    "lesson_check_in": Kept("attendance.lesson", ("pupil",), dated="starts"),
    "lesson_check_in_window": Kept("attendance.lesson", ("opened_by",), dated="since"),
    "lesson_reminder": Kept("attendance.sweep", dated="sk"),
    "locked_month": Kept("attendance.month", ("by",), dated="first"),
    "deviation": Kept("attendance.lesson", ("pk",), dated="sk"),
    "notice": Kept("attendance.absence", ("pk", "reported_by"), dated="span"),
    "series": Kept("attendance.absence", ("pk", "reported_by"), dated="span"),
    "unit_series": Kept("attendance.absence", ("sk",), dated="sk"),
    "phone_pin": Kept("attendance.phone", ("pk",), tied="pk"),
    "phone": Kept("attendance.phone", ("guardian",), tied="guardian"),
    "phone_tries": Kept("technical.tries"),
    "day": Kept("attendance.absence", ("pk", "gaps"), dated="sk"),
    "leave": Kept("attendance.leave", ("pk", "applicant", "awaits", "agreed"), dated="asked"),
    "leave_decision": Kept("attendance.leave", ("pk", "by"), dated="span"),
    "leave_waiting": Kept("attendance.leave", ("pupil",), dated="asked"),
    "leaves": Kept("attendance.leave", ("pk",), dated="until"),
    "leave_settings": Kept("attendance.settings"),
    "call": Kept("attendance.absence", ("pupil", "recipient", "by"), dated="sk"),
    "care_plan": Kept("attendance.care", ("pk", "schedules", "allowances"), dated="ends"),
    "care_day": Kept("attendance.care", ("pk", "changes"), dated="sk"),
    "care_answer": Kept("attendance.care", ("pk", "days"), dated="ends"),
    "care_events": Kept("attendance.care", ("sk", "events"), dated="day"),
    "care_asked": Kept("attendance.care", ("sk", "owner"), dated="sk"),
    "care_period": Kept("attendance.care_period", dated="sk"),
    "care_remind": Kept("attendance.care_period", dated="sk"),
    "care_settings": Kept("attendance.care_settings"),
    "sweep": Kept("attendance.sweep", dated="sk"),
    "attendance_retention": Kept("technical.job"),
    "attendance_erasure": Kept("technical.job"),
}
