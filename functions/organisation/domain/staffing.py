"""Duties, certification and activities: who teaches what, for how long, and who may (process 15)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from functions.access.guard import Role
from skolkit.errors import DomainError, Text
from skolkit.sweden.calendar import SchoolYear
from skolkit.sweden.codes import SchoolForm
from skolkit.sweden.school_forms import FORMS
from skolkit.types import GroupId, PersonId, UnitId

DutyRole = Literal[
    "Rektor", "Lärare", "Förskollärare", "Barnskötare", "Bibliotekarie", "Lärarassistent",
    "Fritidspedagog", "Annan personal", "Studie- och yrkesvägledare", "Förstelärare", "Kurator",
    "Skolsköterska", "Skolläkare", "Skolpsykolog", "Speciallärare/specialpedagog", "Skoladministratör",
    "Övrig arbetsledning", "Övrig pedagogisk personal", "Förskolechef",
]  # fmt: skip
"""`DutyRole` of SS 12000; its two last are deprecated there and still come in files."""

AssignmentType = Literal[
    "Mentor", "Förskollärare", "Barnskötare", "Fritidspedagog", "Specialpedagog", "Elevhälsopersonal",
    "Pedagogisk ledare", "Schemaläggare", "Lärarassistent", "Administrativ personal",
]  # fmt: skip
"""`AssignmentRoleTypeEnum` of SS 12000."""

ActivityType = Literal["Undervisning", "Elevaktivitet", "Provaktivitet", "Läraraktivitet", "Övrigt"]
"""`Code_ActivityType` of SS 12000."""

GUARD_ROLE: Mapping[DutyRole, Role] = {
    "Rektor": "principal", "Förskolechef": "principal", "Skoladministratör": "administrator",
    "Lärare": "teacher", "Förstelärare": "teacher", "Fritidspedagog": "teacher",
    "Förskollärare": "preschool_staff", "Barnskötare": "preschool_staff",
    "Kurator": "school_counsellor", "Skolläkare": "school_doctor", "Skolsköterska": "school_nurse",
    "Skolpsykolog": "school_psychologist", "Speciallärare/specialpedagog": "special_educator",
    "Studie- och yrkesvägledare": "study_counsellor",
}  # fmt: skip
"""What a duty opens in the system. Other roles open nothing by being employed."""

RIGHTS: frozenset[Role | None] = frozenset({"principal", "administrator"})
"""Roles that open a unit; only the organiser gives them (skollagen 2:9–10: the organiser appoints rektor)."""

OF_ROLE: Mapping[Role, DutyRole] = {role: name for name, role in reversed(list(GUARD_ROLE.items()))} | {
    "mentor": "Lärare", "attendance_officer": "Annan personal", "activity_officer": "Annan personal"
}  # fmt: skip
"""The duty role of the roles that older files say. SS 12000 has no duty role for the officers of the
compulsory-school watch and of the activity responsibility: a file says theirs as a role.
"""

EXEMPT = frozenset({"ML"})
"""Subjects that an uncertified teacher may teach without limit in time: mother tongue (skollagen 2:17 1; its
other two, vocational subjects and needs, are for each employment to say) [M: the code].
"""


class DutyEndsBeforeStart(DomainError):
    """A duty or an activity ends no earlier than it starts."""

    status = 422
    reason = Text("Slutdatum ligger före startdatum.", "The end date is before the start date.")
    advice = Text("Ändra något av datumen.", "Change one of the dates.")


class UnknownPerson(DomainError):
    """A duty is of somebody in the register."""

    status = 422
    reason = Text("Personen finns inte i registret.", "The person is not in the register.")
    advice = Text("Lägg upp personen först.", "Register the person first.")


class UnknownReference(DomainError):
    """Groups are of the activity's unit; duties and parent activities exist."""

    status = 422
    reason = Text(
        "Gruppen, tjänsten eller aktiviteten finns inte vid enheten.",
        "The group, duty or activity is not at the unit.",
    )
    advice = Text("Välj ur enhetens listor.", "Choose from the unit's lists.")


class ActivityNeedsGroup(DomainError):
    """An activity is for groups, except teachers' own (SS 12000 `groups`, `Läraraktivitet`)."""

    status = 422
    reason = Text("Aktiviteten saknar grupp.", "The activity has no group.")
    advice = Text("Ange minst en grupp.", "Give at least one group.")


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """Regulated working time (reglerad arbetstid) of a full-time teacher per school year."""

    id: str
    valid_from: date
    hours: int
    days: int


WORKING_TIMES = (WorkingTime("teachers-1360", date(2000, 7, 1), 1360, 194),)
"""The teachers' agreement's figures [M]; a duty's own `hoursPerYear` goes first. A new agreement is a new
row.
"""


def working_time(day: date) -> WorkingTime:
    """The figures that hold on a day."""
    return max((w for w in WORKING_TIMES if w.valid_from <= day), key=lambda w: w.valid_from)


@dataclass(frozen=True, slots=True)
class Assignment:
    """A task towards a group that goes with a duty (`assignmentRole`)."""

    type: AssignmentType
    group: GroupId
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyRecord:
    """An employment (tjänst) at a unit, or at the whole municipality when `unit` is None. Days inclusive;
    `percent` of full time; `hours` per year at full time, None for the agreement's.
    """

    id: str
    person: PersonId
    unit: UnitId | None
    duty_role: DutyRole
    start: date
    end: date | None = None
    role: Role | None = None
    assignments: tuple[Assignment, ...] = ()
    signature: str | None = None
    percent: int | None = None
    hours: int | None = None
    description: str | None = None
    version: int | None = field(default=None, compare=False)
    created: str | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        require_order(self.start, self.end)

    def covers(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day <= self.end)

    def minutes_in(self, year: SchoolYear) -> int:
        """The minutes it holds in a school year: hours per year × percent, for the part of it it lasts."""
        hours = self.hours or working_time(year.start).hours
        full = hours * 60 * (100 if self.percent is None else self.percent) / 100
        return round(full * _share((year.start, year.end), self.start, self.end))


@dataclass(frozen=True, slots=True)
class Qualification:
    """Behörighet: a subject (None: all) in a school form, for some years (None: all); skollagen 2:13."""

    subject: str | None
    school_form: SchoolForm
    first_year: int | None = None
    last_year: int | None = None

    def covers(self, subject: str | None, form: SchoolForm, year: int | None = None) -> bool:
        low, high = self.first_year or 0, self.last_year or 99
        same = self.subject is None or subject is None or self.subject == subject
        return same and self.school_form == form and (year is None or low <= year <= high)


@dataclass(frozen=True, slots=True)
class Certification:
    """A person's certification (legitimation, skollagen 2:16) since a day, and what it is for."""

    certified: bool = False
    since: date | None = None
    qualifications: tuple[Qualification, ...] = ()
    version: int = 0

    def is_qualified(
        self, subject: str | None, form: SchoolForm, year: int | None = None, on: date | None = None
    ) -> bool:
        """Certified on the day and qualified in the subject: may teach, and set grades alone (2:13, 3:16)."""
        certified = self.certified and (self.since is None or on is None or self.since <= on)
        return certified and any(q.covers(subject, form, year) for q in self.qualifications)


@dataclass(frozen=True, slots=True)
class Teaching:
    """A teacher's part in an activity (`DutyAssignment`): minutes in all; `grader` sets grades."""

    duty: str
    person: PersonId
    minutes: int = 0
    grader: bool = False
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityRecord:
    """An activity of SS 12000: what groups do with which teachers. `minutes` are planned in all; `subject`
    is a subject code; `syllabus` and `parent` are ids. Days inclusive.
    """

    id: str
    unit: UnitId
    name: str
    type: ActivityType
    start: date
    end: date | None = None
    calendar_events_required: bool = True
    groups: tuple[GroupId, ...] = ()
    teachers: tuple[Teaching, ...] = ()
    minutes: int | None = None
    subject: str | None = None
    school_form: SchoolForm | None = None
    year: int | None = None
    syllabus: str | None = None
    parent: str | None = None
    version: int | None = field(default=None, compare=False)
    created: str | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        require_order(self.start, self.end)
        if not self.groups and self.type != "Läraraktivitet":
            raise ActivityNeedsGroup(field="groups")

    def covers(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day <= self.end)


@dataclass(frozen=True, slots=True)
class Taught:
    """A person's part in an activity as kept with the person: of the activity's unit, over its days."""

    activity: str
    unit: UnitId
    duty: str
    minutes: int
    start: date
    end: date | None

    def minutes_in(self, year: SchoolYear) -> int:
        """Its minutes that fall in a school year, spread evenly; open ones end with the year they start
        in.
        """
        end = self.end or SchoolYear.of(self.start).end
        return round(self.minutes * _share((self.start, end), year.start, year.end))


def require_order(start: date | None, end: date | None) -> None:
    """Raises `DutyEndsBeforeStart`."""
    if start and end and end < start:
        raise DutyEndsBeforeStart(field="endDate", value=end.isoformat())


def _share(whole: tuple[date, date], start: date, end: date | None) -> float:
    """How much of `whole` (both days inclusive) lies from `start` to `end`, 0–1."""
    first, last = max(whole[0], start), min(whole[1], end or whole[1])
    return max(0, (last - first).days + 1) / ((whole[1] - whole[0]).days + 1)


Warned = Literal[
    "noTeacher", "dutyEnded", "dutyNotStarted", "dutyElsewhere", "notCertified", "notQualified",
    "noQualifiedTeacher",
]  # fmt: skip
"""What is to be mended before teaching starts."""


@dataclass(frozen=True, slots=True)
class StaffingWarning:
    """Something wrong with an activity, or with one teacher's part in it."""

    activity: str
    kind: Warned
    duty: str | None = None
    person: PersonId | None = None


def warnings(
    activity: ActivityRecord,
    duties: Mapping[str, DutyRecord],
    certifications: Mapping[PersonId, Certification],
) -> Iterator[StaffingWarning]:
    """What is wrong with an activity's staffing.

    A teacher must be certified and qualified (skollagen 2:13; others for a time, 2:18); where nobody is, the
    grade is set together with one who is, or by rektor (3:16). Not asked of forms outside the school system.
    """
    if activity.type != "Undervisning":
        yield from _duty_warnings(activity, duties)
        return
    if not activity.teachers:
        yield StaffingWarning(activity.id, "noTeacher")
        return
    yield from _duty_warnings(activity, duties)
    if activity.school_form and FORMS[activity.school_form].certified and activity.subject not in EXEMPT:
        yield from _certification_warnings(activity, certifications, activity.school_form)


def _duty_warnings(activity: ActivityRecord, duties: Mapping[str, DutyRecord]) -> Iterator[StaffingWarning]:
    for part in activity.teachers:
        duty, about = duties.get(part.duty), (part.duty, part.person)
        first, last = part.start or activity.start, part.end or activity.end
        if duty is None or (duty.unit and duty.unit != activity.unit):
            yield StaffingWarning(activity.id, "dutyElsewhere", *about)
        if duty and duty.start > first:
            yield StaffingWarning(activity.id, "dutyNotStarted", *about)
        if duty and duty.end and (last is None or duty.end < last):
            yield StaffingWarning(activity.id, "dutyEnded", *about)


def _certification_warnings(
    activity: ActivityRecord, certifications: Mapping[PersonId, Certification], form: SchoolForm
) -> Iterator[StaffingWarning]:
    qualified = False
    for part in activity.teachers:
        held = certifications.get(part.person, Certification())
        fits = held.is_qualified(activity.subject, form, activity.year, part.start or activity.start)
        qualified = qualified or fits
        if not fits:
            kind: Warned = "notQualified" if held.certified else "notCertified"
            yield StaffingWarning(activity.id, kind, part.duty, part.person)
    if not qualified:
        yield StaffingWarning(activity.id, "noQualifiedTeacher")


def planned(parts: Iterable[Taught], duty: str, year: SchoolYear) -> int:
    """The minutes planned on a duty in a school year."""
    return sum(part.minutes_in(year) for part in parts if part.duty == duty)
