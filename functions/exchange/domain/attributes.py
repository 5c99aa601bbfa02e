"""What a client can be granted and what can be withheld from it, by the standard's names (SS 12000:2020, API
2.1.0).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

OPTIONAL: Mapping[str, frozenset[str]] = {
    name: frozenset(words.split())
    for name, words in {
        "organisations": "address contactInfo email endDate municipalityCode organisationCode "
        "organisationNumber parentOrganisation phoneNumber schoolTypes schoolUnitCode startDate url",
        "persons": "addresses birthDate civicNo eduPersonPrincipalNames emails enrolments "
        "externalIdentifiers middleName personStatus phoneNumbers photo responsibles securityMarking sex",
        "groups": "endDate groupMemberships schoolType",
        "duties": "assignmentRole description dutyPercent endDate hoursPerYear person signature",
        "activities": "activityType comment endDate minutesPlanned parentActivity syllabus teachers",
        "placements": "endDate group maxWeeklyScheduleHours owners reason",
        "programmes": "code content parentProgramme",
        "syllabuses": "courseCode courseName curriculum endSchoolYear languageCode points "
        "specialisationCourseContent startSchoolYear subjectCode subjectDesignation",
        "schoolUnitOfferings": "endDate offeredProgrammes startDate",
        "studyplans": "content endDate notes",
        "calendarEvents": "cancelled comment resources rooms studentExceptions teacherExceptions "
        "teachingLengthStudent teachingLengthTeacher",
        "rooms": "seats",
        "resources": "description",
        "attendances": "absenceReason attendanceMinutes invalidAbsenceMinutes otherAttendanceMinutes "
        "reportedTimestamp reporter validAbsenceMinutes",
        "attendanceEvents": "registeredBy",
        "attendanceSchedule": "endDate scheduleEntries temporary",
        "absences": "organisation registeredBy",
        "aggregatedAttendance": "invalidAbsenceSum offeredSum otherAttendanceSum reportedSum validAbsenceSum",
        "grades": "converted correctionType diplomaProject gradingTeacher group organisation remark "
        "semester trial year",
    }.items()
}
"""The properties of each resource that an answer may lack: those that can be withheld."""

WRITABLE = frozenset(
    {
        "absences", "attendanceEvents", "attendanceSchedule", "attendances", "log", "statistics",
        "subscriptions",
    }
)  # fmt: skip
GRANTABLE = frozenset(OPTIONAL) | WRITABLE

IDENTIFYING = frozenset(
    f"persons.{name}"
    for name in (
        "civicNo", "eduPersonPrincipalNames", "externalIdentifiers", "familyName", "givenName", "middleName",
    )
)  # fmt: skip
"""What says who somebody is."""

_NAMES = ("givenName", "middleName", "familyName")
_TELLING = {
    "persons": {
        "nameContains": _NAMES, "displayName": _NAMES, "givenName": _NAMES, "familyName": _NAMES,
        "identifier": ("externalIdentifiers",),
    },
}  # fmt: skip
_RELATIONS: dict[Any, tuple[str, ...]] = {
    None: ("enrolments", "responsibles"), "enrolment": ("enrolments",), "placement.child": ("enrolments",),
    "duty": (), "groupMembership": (),
}  # fmt: skip


def tells(resource: str, asked: Mapping[str, Any]) -> frozenset[str]:
    """The attributes, as `Client.withheld` names them, that somebody could find out by what is asked of a
    resource: filters, lists of a lookup, the sort key. Those of its name, one or several, and by a few words
    others.

    >>> "persons.civicNo" in tells("persons", {"sortkey": "CivicNoDesc"})
    True
    >>> "persons.enrolments" in tells("persons", {"relationship.entity.type": "duty"})
    False
    """
    words = set(asked) | {str(asked.get("sortkey", ""))}
    found: set[str] = set()
    for word in words:
        stem = word.partition(".")[0].removesuffix("Asc").removesuffix("Desc")
        stem = stem[:1].lower() + stem[1:]
        others = _TELLING.get(resource, {}).get(stem, ())
        if stem == "relationship":
            kind = asked.get("relationship.entity.type")
            others = _RELATIONS.get(kind, _RELATIONS[None])
        found |= {stem, stem.removesuffix("s"), f"{stem}s", *others}
    return frozenset(f"{resource}.{name}" for name in found)
