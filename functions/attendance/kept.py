"""What attendance keeps about people."""

from __future__ import annotations

from skolkit.kept import Kept

KEPT = {
    "sheet": Kept("attendance.lesson", ("roster", "teachers", "reported_by"), dated="starts"),
    "deviation": Kept("attendance.lesson", ("pk",), dated="sk"),
    "notice": Kept("attendance.absence", ("pk", "reported_by"), dated="span"),
    "day": Kept("attendance.absence", ("pk", "gaps"), dated="sk"),
    "leave": Kept("attendance.leave", ("pk", "applicant", "awaits", "agreed"), dated="asked"),
    "leave_decision": Kept("attendance.leave", ("pk", "by"), dated="span"),
    "leave_waiting": Kept("attendance.leave", ("pupil",), dated="asked"),
    "leaves": Kept("attendance.leave", ("pk",), dated="until"),
    "leave_settings": Kept("attendance.settings"),
    "sweep": Kept("attendance.sweep", dated="sk"),
    "attendance_retention": Kept("technical.job"),
    "attendance_erasure": Kept("technical.job"),
}
