"""Duties, certification, activities and workload over HTTP, in the words of SS 12000."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from functions.organisation.domain.staffing import ActivityType, AssignmentType, DutyRole, Warned
from functions.organisation.schemas.common import Id, PageQuery
from functions.organisation.schemas.units import Year
from skolkit.http import Shape
from skolkit.sweden.codes import SchoolForm

Subject = Annotated[str, Field(pattern=r"^[A-ZÅÄÖ][A-ZÅÄÖ0-9a-z]{0,15}$")]
"""A subject code: of the grade catalogue (`MA`) or of the syllabus (`GRGRMAT01`)."""
Minutes = Annotated[int, Field(ge=0, le=1_000_000)]
Percent = Annotated[int, Field(ge=0, le=100)]
Hours = Annotated[int, Field(ge=1, le=3000)]
SchoolGrade = Annotated[int, Field(ge=0, le=10)]


class AssignmentShape(Shape):
    """A task towards a group (`assignmentRole`)."""

    assignment_role_type: AssignmentType
    group: Id
    start_date: date | None = None
    end_date: date | None = None


class DutyChange(Shape):
    """What may change of a duty. `hoursPerYear` is of full time, null for the agreement's."""

    end_date: date | None = None
    assignment_role: Annotated[tuple[AssignmentShape, ...], Field(max_length=20)] = ()
    signature: Annotated[str, Field(max_length=20)] | None = None
    duty_percent: Percent | None = None
    hours_per_year: Hours | None = None
    description: Annotated[str, Field(max_length=100)] | None = None


class NewDuty(DutyChange):
    """A duty at the unit; under the organiser's id for the whole municipality."""

    person: Id
    duty_role: DutyRole
    start_date: date


class DutyView(NewDuty):
    """A duty. `dutyAt` is null for the whole municipality; `opens` is what it gives in the system."""

    id: Id
    duty_at: Id | None
    opens: str | None
    version: int


class DutyPage(Shape):
    """A unit's duties, those that end first before."""

    data: list[DutyView]
    cursor: str | None


class EndedQuery(PageQuery):
    """How much of the list, from where; with `ended` also what is over."""

    ended: bool = False


class QualificationShape(Shape):
    """Qualified (behörig) in a subject, null for all, of a school form, for some of its years, null for
    all.
    """

    subject: Subject | None = None
    school_form: SchoolForm
    first_year: SchoolGrade | None = None
    last_year: SchoolGrade | None = None


class CertificationChange(Shape):
    """A person's certification (legitimation, skollagen 2:16) and what it is for."""

    certified: bool
    since: date | None = None
    qualifications: Annotated[tuple[QualificationShape, ...], Field(max_length=60)] = ()


class CertificationView(CertificationChange):
    """The same with whose it is; `version` is what If-Match takes, 0 when nothing is known."""

    person: Id
    version: int


class TeachingShape(Shape):
    """A teacher's part in an activity: their duty, and minutes in all."""

    duty: Id
    minutes_planned: Minutes = 0
    grader: bool = False
    start_date: date | None = None
    end_date: date | None = None


class ActivityChange(Shape):
    """An activity as it is to be. `schoolForm`, `subject` and `year` say which qualification it asks for."""

    display_name: Annotated[str, Field(min_length=1, max_length=100)]
    activity_type: ActivityType
    start_date: date
    end_date: date | None = None
    calendar_events_required: bool = True
    groups: Annotated[tuple[Id, ...], Field(max_length=20)] = ()
    teachers: Annotated[tuple[TeachingShape, ...], Field(max_length=20)] = ()
    minutes_planned: Minutes | None = None
    subject: Subject | None = None
    school_form: SchoolForm | None = None
    year: SchoolGrade | None = None
    syllabus: Id | None = None
    parent_activity: Id | None = None


class NewActivity(ActivityChange):
    """An activity to create."""


class ActivityView(ActivityChange):
    """An activity; `organisation` is its unit."""

    id: Id
    organisation: Id
    version: int


class ActivityPage(Shape):
    """A unit's activities, those that end first before."""

    data: list[ActivityView]
    cursor: str | None


class WarningView(Shape):
    """Something to mend: about the activity, or about one teacher's part in it."""

    activity: Id
    kind: Warned
    duty: Id | None
    person: Id | None


class WarningPage(Shape):
    """The warnings of one page of the unit's activities; a page may be empty and still have a next one."""

    data: list[WarningView]
    cursor: str | None


class WorkloadQuery(PageQuery):
    """Which school year, the present one when left out; how much of the list."""

    school_year: Year | None = None


class WorkloadView(Shape):
    """A duty's hours in a school year, in minutes: what it holds, what is planned, and what is left (negative
    when too much is planned). Names of people with protected identity are withheld.
    """

    duty: Id
    person: Id
    given_name: str | None
    family_name: str | None
    duty_role: DutyRole
    minutes_held: int
    minutes_planned: int
    minutes_left: int


class WorkloadPage(Shape):
    """The workload of a unit's duties; `rules` names the working-time figures used where a duty has none."""

    school_year: str
    rules: str
    data: list[WorkloadView]
    cursor: str | None


class TaughtView(Shape):
    """One's part in an activity."""

    activity: Id
    display_name: str | None
    unit: Id
    duty: Id
    minutes_planned: int
    start_date: date
    end_date: date | None


class MyStaffing(Shape):
    """One's own certification, duties, workload and activities."""

    school_year: str
    rules: str
    certification: CertificationView
    duties: list[DutyView]
    workload: list[WorkloadView]
    activities: list[TaughtView]
