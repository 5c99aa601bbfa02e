"""Facts of the register. Ids and what is needed to decide, never names or identity numbers."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from skolkit.events import Fact
from skolkit.extracts import Answered
from skolkit.imports import Finished
from skolkit.jobs import Asked
from skolkit.retention import facts as retention
from skolkit.types import PersonId, UnitId


class PupilEnrolled(Fact):
    """A pupil was enrolled at a unit (process 3). Those from a file are told by `ImportFinished` alone."""

    type: ClassVar[str] = "register.PupilEnrolled.v1"
    pupil: PersonId
    unit: UnitId
    school_form: str
    year: int | None
    start: date


class EnrolmentChanged(Fact):
    """An enrolment says something else since `since`: year, study path or last day (process 3)."""

    type: ClassVar[str] = "register.EnrolmentChanged.v1"
    pupil: PersonId
    enrolment: str
    unit: UnitId
    school_form: str
    year: int | None
    start: date
    end: date | None
    since: date


class EnrolmentEnded(Fact):
    """An enrolment has its last day, or was `cancelled` (process 3 and 8). `left_unit`: the pupil has no
    other enrolment at the unit after the last day. Those from a file are told by `ImportFinished` alone.
    """

    type: ClassVar[str] = "register.EnrolmentEnded.v1"
    pupil: PersonId
    enrolment: str
    unit: UnitId
    school_form: str
    last_day: date
    reason: str
    cancelled: bool
    left_unit: bool


class PupilTransferred(Fact):
    """A pupil goes from one of the municipality's units to another (process 8)."""

    type: ClassVar[str] = "register.PupilTransferred.v1"
    pupil: PersonId
    transfer: str
    from_unit: UnitId
    to_unit: UnitId
    school_form: str
    year: int | None
    last_day: date
    first_day: date


class PupilLeft(Fact):
    """A pupil leaves the municipality's schools (process 8). Areas that own part of the leaving certificate
    or the hand-over answer with theirs.
    """

    type: ClassVar[str] = "register.PupilLeft.v1"
    pupil: PersonId
    leaving: str
    unit: UnitId
    school_form: str
    year: int | None
    last_day: date
    reason: str
    to_municipality: str | None


class PersonMoved(Fact):
    """Somebody is registered (folkbokförd) at another address since a day: moved into, out of or within the
    municipality, or between two others; None is abroad. Of a protected person only in and out is told, and
    neither municipality.
    """

    type: ClassVar[str] = "register.PersonMoved.v1"
    person: PersonId
    direction: Literal["in", "out", "within", "elsewhere"]
    from_municipality: str | None
    to_municipality: str | None
    date: date


class NoticeDrawnUp(Fact):
    """A notice to a home municipality, a next organiser or a home is to be written (process 8)."""

    type: ClassVar[str] = "register.NoticeDrawnUp.v1"
    pupil: PersonId
    notice: str


class InquiryTold(BaseModel):
    """What is needed of `attendance.InquiryOpened.v1`."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)
    inquiry: str
    pupil: PersonId
    unit: UnitId
    day: date


class HandoverAsked(Asked):
    """Somebody asked for a hand-over package (process 8)."""

    type: ClassVar[str] = "register.HandoverAsked.v1"


class ImportFinished(Finished):
    """A file of people has been taken."""

    type: ClassVar[str] = "register.ImportFinished.v1"


class PersonProtected(Fact):
    """A person has got protected identity: whoever keeps anything that shows them stops showing it (process
    2).
    """

    type: ClassVar[str] = "register.PersonProtected.v1"
    person: PersonId


class ProtectionRemoved(Fact):
    """A person's identity is not protected any more (process 2)."""

    type: ClassVar[str] = "register.ProtectionRemoved.v1"
    person: PersonId


class GlassBroken(Fact):
    """Somebody has opened a protected person's contact details; the administrators of the units are told
    (process 2).
    """

    type: ClassVar[str] = "register.GlassBroken.v1"
    person: PersonId
    by: PersonId
    why: str
    units: list[UnitId]
    until: datetime


class PersonsMerged(Fact):
    """Two records proved to be one person; `merged` is not to be used any more (process 2)."""

    type: ClassVar[str] = "register.PersonsMerged.v1"
    kept: PersonId
    merged: PersonId


class PersonsParted(Fact):
    """A merge was undone: both records are to be used again (process 2)."""

    type: ClassVar[str] = "register.PersonsParted.v1"
    kept: PersonId
    merged: PersonId


class CustodyChanged(Fact):
    """Who is responsible for a child has changed (processes 1 and 2)."""

    type: ClassVar[str] = "register.CustodyChanged.v1"
    child: PersonId


class ExtractAnswered(Answered):
    """The part of register in a register extract has been written."""

    type: ClassVar[str] = "register.ExtractAnswered.v1"


class PopulationFileRead(Finished):
    """A file from the population register has been read; its records are on their way (process 1)."""

    type: ClassVar[str] = "register.PopulationFileRead.v1"


class RecordPlace(BaseModel):
    """Where a record is: line from 1, bytes from 0. `guardian`: somebody in the file names the person."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)
    line: int
    offset: int
    length: int
    guardian: bool = False


class PopulationRecordsArrived(Fact):
    """Records of the population register wait to be taken. `file` is the key in the bucket, `etag` of the
    very content; `retried`: an administrator has asked for another try.
    """

    type: ClassVar[str] = "register.PopulationRecordsArrived.v1"
    bucket: str
    file: str
    etag: str
    records: list[RecordPlace]
    retried: bool = False


class PersonBorn(Fact):
    """A child was born, as the population register tells (process 1)."""

    type: ClassVar[str] = "register.PersonBorn.v1"
    person: PersonId


class PersonDied(Fact):
    """Somebody in the register has died (process 1)."""

    type: ClassVar[str] = "register.PersonDied.v1"
    person: PersonId


class PersonEmigrated(Fact):
    """Somebody in the register has left the country (process 1)."""

    type: ClassVar[str] = "register.PersonEmigrated.v1"
    person: PersonId


class PersonRenamed(Fact):
    """Somebody has another name (process 1)."""

    type: ClassVar[str] = "register.PersonRenamed.v1"
    person: PersonId


class IdentityNumberChanged(Fact):
    """Somebody has another identity number (process 1)."""

    type: ClassVar[str] = "register.IdentityNumberChanged.v1"
    person: PersonId


class WatchAsked(Asked):
    """The night's watch over residents of school age is to be run (process 9)."""

    type: ClassVar[str] = "register.WatchAsked.v1"


class SearchRenewalAsked(Asked):
    """Everybody is to be found as they are now: the search index is gone through (process 2)."""

    type: ClassVar[str] = "register.SearchRenewalAsked.v1"


class WatchCaseOpened(Fact):
    """Somebody with a duty or a right to be at school is at none (process 9). `watch`: schoolAttendance
    (skollagen 7:21) or activity (29:9).
    """

    type: ClassVar[str] = "register.WatchCaseOpened.v1"
    case: str
    person: PersonId
    watch: str
    reason: str


class WatchCaseClosed(Fact):
    """A case of the watch has ended, by itself or by its handler (process 9)."""

    type: ClassVar[str] = "register.WatchCaseClosed.v1"
    case: str
    person: PersonId
    watch: str
    reason: str


class TableAsked(Asked):
    """Somebody asked for a table to be tried, taken, undone or given out (processes 2 and 3)."""

    type: ClassVar[str] = "register.TableAsked.v1"


class RetentionContinued(retention.Turn):
    """The area's part of a retention run goes on in another turn."""

    type: ClassVar[str] = "register.RetentionContinued.v1"


class RetentionAnswered(retention.Answered):
    """The area's part of a retention run is done: counts and where the proofs are."""

    type: ClassVar[str] = "register.RetentionAnswered.v1"
