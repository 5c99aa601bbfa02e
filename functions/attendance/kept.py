"""What attendance keeps about people."""

from __future__ import annotations

from skolkit.kept import Kept

KEPT = {
    "sheet": Kept("attendance.lesson", ("roster", "teachers", "reported_by"), dated="starts"),
    "deviation": Kept("attendance.lesson", ("pk",), dated="sk"),
    "notice": Kept("attendance.absence", ("pk", "reported_by"), dated="span"),
    "day": Kept("attendance.absence", ("pk", "gaps"), dated="sk"),
    # Made of the sheets; a counted day names whoever was on a lesson's list.
    "counted_day": Kept("attendance.lesson", ("rosters", "lessons"), dated="sk"),
    "counted_pupils": Kept("attendance.lesson", ("pupils",), dated="sk"),
    "counted_group": Kept("attendance.lesson", ("pk",), dated="sk"),
    "counted_due": Kept("technical.job"),
    "unit_cells": Kept("attendance.lesson", ("cells",), dated="sk"),
    "unit_pupils": Kept("attendance.lesson", ("pupils",), dated="sk"),
    "totals_job": Kept("technical.job"),
    "attendance_export": Kept("technical.job", ("asked_by",)),
    "csn_case": Kept("attendance.csn", ("pk",), dated="sk"),
    "csn_listed": Kept("attendance.csn", ("sk",), dated="sk"),
    "csn_decision": Kept("attendance.csn", ("pk", "by"), dated="sk"),
    "csn_job": Kept("technical.job"),
    "sweep": Kept("attendance.sweep", dated="sk"),
    "attendance_retention": Kept("technical.job"),
    "attendance_erasure": Kept("technical.job"),
}
