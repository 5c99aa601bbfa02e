"""Who asks, and about what, in the matrix of the guard: everybody by what they are to one pupil."""

from __future__ import annotations

from dataclasses import replace

from functions.access.guard import (
    SYSTEM,
    Duty,
    Group,
    Inquiry,
    Lesson,
    Person,
    Pupil,
    Resource,
    Sitting,
    Unit,
    WatchCase,
)  # fmt: skip
from skolkit.identity import SCHOOL_SCOPE, Caller
from skolkit.types import GroupId, LessonId, PersonId, UnitId

HERE, ELSEWHERE = UnitId("unit-here"), UnitId("unit-elsewhere")


def person(name: str) -> Caller:
    return Caller(PersonId(name), "phone-app", frozenset({SCHOOL_SCOPE}))


def people(*names: str) -> frozenset[PersonId]:
    return frozenset(PersonId(name) for name in names)


CALLERS: dict[str, tuple[Caller, tuple[Duty, ...]]] = {
    "guardian": (person("guardian"), ()),
    "pupil": (person("pupil"), ()),
    "teacher": (person("teacher"), (Duty("teacher", HERE),)),
    "mentor": (person("mentor"), (Duty("mentor", HERE),)),
    "substitute": (person("substitute"), ()),
    "principal": (person("principal"), (Duty("principal", HERE),)),
    "administrator": (person("administrator"), (Duty("administrator", HERE),)),
    "nurse": (person("nurse"), (Duty("school_nurse", HERE),)),
    "counsellor": (person("counsellor"), (Duty("study_counsellor", HERE),)),
    "deputy": (person("deputy"), (Duty("principal", HERE, frozenset({"attendance:read_sweep"})),)),
    # The same two for the whole municipality:
    "head": (person("head"), (Duty("principal", None),)),
    "registrar": (person("registrar"), (Duty("administrator", None),)),
    "attendance officer": (person("attendance officer"), (Duty("attendance_officer", None),)),
    "activity officer": (person("activity officer"), (Duty("activity_officer", None),)),
    "handler": (person("handler"), (Duty("attendance_officer", None), Duty("activity_officer", None))),
    # The same roles without the relation:
    "other nurse": (person("other nurse"), (Duty("school_nurse", ELSEWHERE), Duty("school_nurse", None))),
    "other counsellor": (
        person("other counsellor"),
        (Duty("study_counsellor", ELSEWHERE), Duty("study_counsellor", None)),
    ),
    "other guardian": (person("other guardian"), ()),
    "other pupil": (person("other pupil"), ()),
    "other teacher": (person("other teacher"), (Duty("teacher", HERE),)),
    "other mentor": (person("other mentor"), (Duty("mentor", HERE), Duty("mentor", None))),
    "other principal": (person("other principal"), (Duty("principal", ELSEWHERE),)),
    "other administrator": (person("other administrator"), (Duty("administrator", ELSEWHERE),)),
    "officer of one unit": (
        person("officer of one unit"),
        (Duty("attendance_officer", HERE), Duty("activity_officer", HERE)),
    ),
    "integration": (
        Caller(None, "timetable-system", frozenset({"skolkit/processes"})),
        (Duty("administrator", None), Duty("principal", None)),
    ),
    "integration with the app's scope": (Caller(None, "pupil", frozenset({SCHOOL_SCOPE})), ()),
    "telephony": (Caller(None, "telephony", frozenset({"skolkit/telephony"})), ()),
}

# Everybody who gets through somewhere, with a token for something else:
CALLERS |= {
    f"{name} without scope": (replace(caller, scopes=frozenset({"skolkit/processes", "openid"})), duties)
    for name, (caller, duties) in CALLERS.items()
    if caller.person
}
PEOPLE = {name for name, (caller, _) in CALLERS.items() if caller.person and SCHOOL_SCOPE in caller.scopes}


def pupil(*, protected: bool = False, age: int | None = 15, unit: UnitId | None = HERE) -> Pupil:
    return Pupil(
        PersonId("pupil"),
        unit,
        guardians=people("guardian"),
        teachers=people("teacher"),
        mentors=people("mentor"),
        protected=protected,
        age=age,
    )


THINGS: dict[str, Resource] = {
    "pupil": pupil(),
    "protected pupil": pupil(protected=True),
    "pupil of 18": pupil(age=18),
    "pupil of unknown age": pupil(age=None),
    "pupil without unit": pupil(unit=None),
    "lesson": Lesson(LessonId("lesson"), HERE, people("teacher"), people("mentor"), people("substitute")),
    "group": Group(GroupId("group"), HERE, people("teacher"), people("mentor"), people("substitute")),
    "unit": Unit(HERE),
    "own": Person(PersonId("guardian")),
    "adult": Person(PersonId("guardian"), frozenset({HERE})),
    "protected adult": Person(PersonId("guardian"), frozenset({HERE}), protected=True),
    "attendance case": WatchCase("case", "schoolAttendance", people("handler")),
    "protected attendance case": WatchCase("case", "schoolAttendance", people("handler"), protected=True),
    "activity case": WatchCase("case", "activity", people("handler")),
    "protected activity case": WatchCase("case", "activity", people("handler"), protected=True),
    "inquiry": Inquiry("inquiry", HERE, people("nurse"), people("mentor")),
    "protected inquiry": Inquiry("inquiry", HERE, people("nurse"), people("mentor"), protected=True),
    "sitting": Sitting(
        "sitting", HERE, people("teacher"), people("teacher", "principal"), people("other teacher", "nurse")
    ),
    "system": SYSTEM,
}
