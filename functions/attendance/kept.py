"""What attendance keeps about people."""

from __future__ import annotations

from skolkit.kept import Kept

KEPT = {
    "sheet": Kept("attendance.lesson", ("roster", "teachers", "reported_by"), dated="starts"),
    "deviation": Kept("attendance.lesson", ("pk",), dated="sk"),
    "notice": Kept("attendance.absence", ("pk", "reported_by"), dated="span"),
    "day": Kept("attendance.absence", ("pk", "gaps"), dated="sk"),
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
