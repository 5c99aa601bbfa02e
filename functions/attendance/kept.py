"""What attendance keeps about people."""

from __future__ import annotations

from skolkit.kept import Kept

KEPT = {
    "sheet": Kept("attendance.lesson", ("roster", "teachers", "reported_by"), dated="starts"),
    "deviation": Kept("attendance.lesson", ("pk",), dated="sk"),
    "notice": Kept("attendance.absence", ("pk", "reported_by"), dated="span"),
    "day": Kept("attendance.absence", ("pk", "gaps"), dated="sk"),
    "call": Kept("attendance.absence", ("pupil", "recipient", "by"), dated="sk"),
    "sweep": Kept("attendance.sweep", dated="sk"),
    "attendance_retention": Kept("technical.job"),
    "attendance_erasure": Kept("technical.job"),
}
