"""What attendance keeps about people."""

from __future__ import annotations

from skolkit.kept import Kept

KEPT = {
    "sheet": Kept("attendance.lesson", ("roster", "teachers", "reported_by"), dated="starts"),
    "deviation": Kept("attendance.lesson", ("pk",), dated="sk"),
    "notice": Kept("attendance.absence", ("pk", "reported_by"), dated="span"),
    "day": Kept("attendance.absence", ("pk", "gaps"), dated="sk"),
    "sweep": Kept("attendance.sweep", dated="sk"),
    "inquiry": Kept("attendance.inquiry", ("pupil", "data")),
    "inquiry_note": Kept("attendance.inquiry", ("data",)),
    "inquiry_listed": Kept("attendance.inquiry", ("pk", "pupil")),
    "inquiry_suggestion": Kept("attendance.suggestion", ("pk", "data"), dated="decided"),
    "inquiry_standing": Kept("attendance.suggestion", ("pk", "also"), dated="settled"),
    "inquiry_rules": Kept("attendance.threshold"),
    "inquiry_job": Kept("technical.job"),
    "attendance_retention": Kept("technical.job"),
    "attendance_erasure": Kept("technical.job"),
}
