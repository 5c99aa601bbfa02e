"""Facts of the organisation."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from functions.organisation.domain.units import Change
from skolkit.events import Fact
from skolkit.extracts import Answered
from skolkit.imports import Finished
from skolkit.jobs import Asked
from skolkit.retention import facts as retention
from skolkit.types import GroupId, LessonId, PersonId, UnitId


class ActivityChanged(Fact):
    """An activity is new, or its groups, teachers, minutes or days changed (process 15)."""

    type: ClassVar[str] = "organisation.ActivityChanged.v1"
    activity: str
    unit: UnitId


class CalendarDecided(Fact):
    """A school year was decided, first or anew. `unit` is the organiser's id for the whole municipality:
    then it holds at every unit without its own (process 12).
    """

    type: ClassVar[str] = "organisation.CalendarDecided.v1"
    unit: UnitId
    school_year: str
    decision: int
    whole_municipality: bool


class CertificationChanged(Fact):
    """What somebody is certified and qualified to teach changed (process 15)."""

    type: ClassVar[str] = "organisation.CertificationChanged.v1"
    person: PersonId


class DutyChanged(Fact):
    """A duty is new or changed; `unit` is None for the whole municipality (process 15)."""

    type: ClassVar[str] = "organisation.DutyChanged.v1"
    duty: str
    person: PersonId
    unit: UnitId | None


class UnitChanged(Fact):
    """A unit or another element of the organisation is new, or changed, and how (process 12)."""

    type: ClassVar[str] = "organisation.UnitChanged.v1"
    unit: UnitId
    changes: list[Change]


class GroupMembersChanged(Fact):
    """Someone came to a group, left it, or the days changed; or its mentors or teachers did (process 13)."""

    type: ClassVar[str] = "organisation.GroupMembersChanged.v1"
    group: GroupId
    unit: UnitId


class DelegationGiven(Fact):
    """Somebody may act in the principal's stead for some days, both inclusive (process 36)."""

    type: ClassVar[str] = "organisation.DelegationGiven.v1"
    delegation: str
    unit: UnitId
    delegator: PersonId
    employee: PersonId
    first: date
    last: date


class DelegationRevoked(Fact):
    """A delegation no longer holds (process 36)."""

    type: ClassVar[str] = "organisation.DelegationRevoked.v1"
    delegation: str
    unit: UnitId
    employee: PersonId


class SubstituteAppointed(Fact):
    """Somebody teaches in another's stead for a time: all of it, one group's, or one lesson (process 36)."""

    type: ClassVar[str] = "organisation.SubstituteAppointed.v1"
    substitution: str
    unit: UnitId
    employee: PersonId
    replaces: PersonId
    group: GroupId | None
    lesson: LessonId | None
    start: datetime
    end: datetime


class SubstitutionRevoked(Fact):
    """A substitution no longer holds (process 36)."""

    type: ClassVar[str] = "organisation.SubstitutionRevoked.v1"
    substitution: str
    unit: UnitId
    employee: PersonId


class GroupFormed(Fact):
    """There is a new group (process 13), by hand or by the rollover; `before` is the one it follows."""

    type: ClassVar[str] = "organisation.GroupFormed.v1"
    group: GroupId
    unit: UnitId
    before: GroupId | None = None


class GroupArchived(Fact):
    """A group has been given its last day, inclusive; nobody belongs to it after that."""

    type: ClassVar[str] = "organisation.GroupArchived.v1"
    group: GroupId
    unit: UnitId
    end: date


class GroupReopened(Fact):
    """A group's last day no longer holds: the rollover that gave it has been undone."""

    type: ClassVar[str] = "organisation.GroupReopened.v1"
    group: GroupId
    unit: UnitId


class YearRolledOver(Fact):
    """Pupils of a unit, in one year of a school form, go on to the next (process 13, läsårsskifte), or leave
    when `to_year` is None. `pupils`: the last day of the enrolment each had before, None for an open one.
    `rollover` and `chunk` are always the same for the same pupils.
    """

    type: ClassVar[str] = "organisation.YearRolledOver.v1"
    rollover: str
    chunk: str
    unit: UnitId
    school_form: str
    from_year: int
    to_form: str | None
    to_year: int | None
    first_day: date
    pupils: dict[PersonId, date | None]


class YearRolledBack(YearRolledOver):
    """The same, undone for these pupils."""

    type: ClassVar[str] = "organisation.YearRolledBack.v1"


class RolloverAsked(Asked):
    """Somebody asked for the yearly rollover, its preview, or its undoing."""

    type: ClassVar[str] = "organisation.RolloverAsked.v1"


class UnitRolloverAsked(Asked):
    """A unit's part of it is to be worked on."""

    type: ClassVar[str] = "organisation.UnitRolloverAsked.v1"


class UnitRolloverEnded(Fact):
    """A unit's part of it is done; `job` is the whole."""

    type: ClassVar[str] = "organisation.UnitRolloverEnded.v1"
    job: str
    unit: UnitId


class PupilEnrolled(BaseModel):
    """What the organisation reads of the register's fact."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)
    pupil: PersonId
    unit: UnitId
    start: date


class TimplanDecided(Fact):
    """A unit's teaching hours over the years are decided from a school year on (process 14)."""

    type: ClassVar[str] = "organisation.TimplanDecided.v1"
    unit: UnitId
    school_year: str
    timplan: str


class ElectivesAllocationAsked(Asked):
    """A preview or decision of a choice round waits, or goes on (process 14); for the area itself."""

    type: ClassVar[str] = "organisation.ElectivesAllocationAsked.v1"


class ElectivesDecided(Fact):
    """A choice round is decided; its groups and the pupils' study plans have what they chose (process 14)."""

    type: ClassVar[str] = "organisation.ElectivesDecided.v1"
    round: str
    unit: UnitId


class MergeTold(BaseModel):
    """What is needed of `register.PersonsMerged.v1` and `register.PersonsParted.v1`."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)
    kept: PersonId
    merged: PersonId


class EnrolmentEnded(BaseModel):
    """What is needed of `register.EnrolmentEnded.v1`."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    pupil: PersonId
    unit: UnitId
    last_day: date
    left_unit: bool


class ImportFinished(Finished):
    """A file of units, school years, groups, duties, syllabuses or programmes has been taken."""

    type: ClassVar[str] = "organisation.ImportFinished.v1"


class ExtractAnswered(Answered):
    """The part of organisation in a register extract has been written."""

    type: ClassVar[str] = "organisation.ExtractAnswered.v1"


class PersonProtected(BaseModel):
    """What is needed of `register.PersonProtected.v1`."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)
    person: PersonId


class TableAsked(Asked):
    """Somebody asked for a table to be tried, taken, undone or given out (processes 13 and 15)."""

    type: ClassVar[str] = "organisation.TableAsked.v1"


class RetentionContinued(retention.Turn):
    """The area's part of a retention run goes on in another turn."""

    type: ClassVar[str] = "organisation.RetentionContinued.v1"


class RetentionAnswered(retention.Answered):
    """The area's part of a retention run is done: counts and where the proofs are."""

    type: ClassVar[str] = "organisation.RetentionAnswered.v1"
