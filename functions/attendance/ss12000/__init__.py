"""Attendance's part of SS 12000:2020 (API 2.1.0): what each resource of its is made from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from functions.attendance.ss12000.absences import ABSENCES
from functions.attendance.ss12000.bodies import (
    NewAbsence,
    NewAttendance,
    NewAttendanceEvent,
    NewAttendanceSchedule,
)
from functions.attendance.ss12000.care import (
    EVENTS,
    PLACEMENTS,
    SCHEDULES,
    placements_of,
    placements_owned_by,
)
from functions.attendance.ss12000.lessons import ATTENDANCES, attendance_at
from functions.attendance.ss12000.sums import AGGREGATED
from skolkit.ss12000 import Listable

__all__ = [
    "BODIES",
    "RESOURCES",
    "attendance_at",
    "placements_of",
    "placements_owned_by",
]

RESOURCES: Mapping[str, Listable] = {
    "placements": PLACEMENTS,
    "attendances": ATTENDANCES,
    "attendanceEvents": EVENTS,
    "attendanceSchedule": SCHEDULES,
    "absences": ABSENCES,
    "aggregatedAttendance": AGGREGATED,
}

BODIES: Mapping[str, type[Any]] = {
    "attendances": NewAttendance,
    "attendanceEvents": NewAttendanceEvent,
    "attendanceSchedule": NewAttendanceSchedule,
    "absences": NewAbsence,
}
"""What may be written, and in which shape."""
