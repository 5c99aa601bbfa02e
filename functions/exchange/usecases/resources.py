"""Where each resource of the standard is kept: the area that owns it says so, and is loaded when it is asked
for.
"""

from __future__ import annotations

from importlib import import_module

from skolkit.ss12000 import Resource

RESOURCES = {
    "organisations": ("organisation", "Organisation"),
    "persons": ("register", "Person"),
    "groups": ("organisation", "Group"),
    "duties": ("organisation", "Duty"),
    "activities": ("organisation", "Activity"),
    "placements": ("attendance", "Placement"),
    "programmes": ("organisation", "Programme"),
    "syllabuses": ("organisation", "Syllabus"),
    "schoolUnitOfferings": ("organisation", "SchoolUnitOffering"),
    "studyplans": ("organisation", "StudyPlan"),
    "calendarEvents": ("timetable", "CalendarEvent"),
    "rooms": ("timetable", "Room"),
    "resources": ("timetable", "Resource"),
    "attendances": ("attendance", "Attendance"),
    "attendanceEvents": ("attendance", "AttendanceEvent"),
    "attendanceSchedule": ("attendance", "AttendanceSchedule"),
    "absences": ("attendance", "Absence"),
    "aggregatedAttendance": ("attendance", "AggregatedAttendance"),
    "grades": ("grades", "Grade"),
}
"""Each resource's area and its name as an entity in the standard, in the order that a receiver wants them."""

_OTHERWISE = {
    "activities": "activitites", "attendanceSchedule": "attendanceSchedules", "studyplans": "studyPlans",
}  # fmt: skip
DELETED_AS = {name: _OTHERWISE.get(name, name) for name in RESOURCES if name != "aggregatedAttendance"}
"""What each is called among the deleted; `activitites` is how the standard spells it."""


def resource_of(name: str) -> Resource:
    """The resource of a path."""
    area, _ = RESOURCES[name]
    found: Resource = import_module(f"functions.{area}.ss12000").RESOURCES[name]
    return found
