"""Facts of attendance, and the parts of other areas' facts that attendance reads. Ids and times only."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from skolkit import events
from skolkit.events import Fact
from skolkit.extracts import Answered
from skolkit.jobs import Asked
from skolkit.retention import facts as retention
from skolkit.types import GroupId, LessonId, NoticeId, PersonId, UnitId


class AbsenceNotified(Fact):
    """A pupil was reported absent, or the report was changed (process 19)."""

    type: ClassVar[str] = "attendance.AbsenceNotified.v1"
    notice: NoticeId
    pupil: PersonId
    unit: UnitId
    first_day: date
    last_day: date


class AbsenceWithdrawn(Fact):
    """A report of absence was taken back."""

    type: ClassVar[str] = "attendance.AbsenceWithdrawn.v1"
    notice: NoticeId
    pupil: PersonId
    unit: UnitId


class AbsenceSeriesChanged(Fact):
    """Absence that comes again was reported, changed or taken back, in whole or in part: `days` are the
    coming ones that are notified now.
    """

    type: ClassVar[str] = "attendance.AbsenceSeriesChanged.v1"
    series: NoticeId
    pupil: PersonId
    unit: UnitId
    days: list[date]


class UnexcusedPupil(BaseModel):
    """A pupil's unexcused minutes of the lesson."""

    model_config = ConfigDict(frozen=True)
    pupil: PersonId
    minutes: int


class LessonReported(Fact):
    """A lesson's attendance was saved or corrected (process 20), wholly or, with somebody unexcused, in part;
    or with `held` false the lesson was not held. `unexcused` names the pupils with invalid minutes.
    """

    type: ClassVar[str] = "attendance.LessonReported.v1"
    lesson: LessonId
    group: GroupId
    unit: UnitId
    start: datetime
    end: datetime
    corrected: bool
    held: bool = True
    unexcused: list[UnexcusedPupil]


class GuardianNoticeDue(Fact):
    """Guardians are to be told today that a pupil was away without a known reason (process 21; skollagen
    7:17); with `late` minutes, that a pupil who then took part came late.
    """

    type: ClassVar[str] = "attendance.GuardianNoticeDue.v1"
    notice: NoticeId
    pupil: PersonId
    unit: UnitId
    day: date
    start: datetime
    end: datetime
    late: int = 0


class EveningSwept(Fact):
    """What the evening sweep found at a unit: lessons without a report, pupils' unexcused lessons and what
    became of them.
    """

    type: ClassVar[str] = "attendance.EveningSwept.v1"
    unit: UnitId
    day: date
    counts: dict[str, int]


class InquiryWatchAsked(Asked):
    """A night's look at every pupil's absence begins or goes on (process 23)."""

    type: ClassVar[str] = "attendance.InquiryWatchAsked.v1"


class InquiryOpened(Fact):
    """An investigation of a pupil's absence was opened, of which organiser and home municipality are told at
    once (process 23; skollagen 7:19 a, 7:22, 15:15–16).
    """

    type: ClassVar[str] = "attendance.InquiryOpened.v1"
    inquiry: str
    pupil: PersonId
    unit: UnitId
    day: date


class InquiryMoved(Fact):
    """An investigation goes on at the pupil's new unit."""

    type: ClassVar[str] = "attendance.InquiryMoved.v1"
    inquiry: str
    pupil: PersonId
    from_unit: UnitId
    unit: UnitId


class InquiryClosed(Fact):
    """An investigation was closed with an outcome."""

    type: ClassVar[str] = "attendance.InquiryClosed.v1"
    inquiry: str
    pupil: PersonId
    unit: UnitId
    outcome: str


class InquiryPaperAsked(Fact):
    """A paper of an investigation is to be written (process 23)."""

    type: ClassVar[str] = "attendance.InquiryPaperAsked.v1"
    inquiry: str
    paper: str


class LeaveApplied(Fact):
    """Somebody applied for leave for a pupil (process 22)."""

    type: ClassVar[str] = "attendance.LeaveApplied.v1"
    leave: str
    pupil: PersonId
    unit: UnitId
    first_day: date
    last_day: date


class LeaveDecided(Fact):
    """Leave was granted, partly granted or refused, first or anew, and the pupil's days say so. The days are
    those granted; of a refusal those applied for.
    """

    type: ClassVar[str] = "attendance.LeaveDecided.v1"
    leave: str
    pupil: PersonId
    unit: UnitId
    outcome: Literal["granted", "partlyGranted", "refused"]
    first_day: date
    last_day: date


class LeaveWithdrawn(Fact):
    """An application was taken back, or granted leave was given up from a day on."""

    type: ClassVar[str] = "attendance.LeaveWithdrawn.v1"
    leave: str
    pupil: PersonId
    unit: UnitId
    from_day: date


class LeaveTakesEffect(Fact):
    """A long leave has been decided, or given up; its days are to be marked; for the area itself."""

    type: ClassVar[str] = "attendance.LeaveTakesEffect.v1"
    leave: str
    pupil: PersonId
    decided: bool


class MessageDue(events.MessageDue):
    """People are to be told something of attendance."""

    type: ClassVar[str] = "attendance.MessageDue.v1"


class Heard(BaseModel):
    """Base of what is read of other areas' facts."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)


class LessonsPlanned(Heard):
    """Of `timetable.TimetablePublished.v1`: a group's lessons of some days are new or changed."""

    group: GroupId
    first_day: date
    last_day: date


class GroupChanged(Heard):
    """Of `organisation.GroupMembersChanged.v1`."""

    group: GroupId


class PupilPlaced(Heard):
    """Of `register.PupilEnrolled.v1` and `register.EnrolmentEnded.v1`: where a pupil goes has changed."""

    pupil: PersonId


class CustodyTold(Heard):
    """Of `register.CustodyChanged.v1`."""

    child: PersonId


class PersonProtected(Heard):
    """Of `register.PersonProtected.v1`."""

    person: PersonId


class CalendarTold(Heard):
    """Of `organisation.CalendarDecided.v1`: a unit's school days are decided anew, or all units'."""

    unit: UnitId
    whole_municipality: bool


class NoticeAnswered(Heard):
    """Of `messages.NoticeDelivered.v1` and `messages.NoticeFailed.v1`."""

    notice: NoticeId
    pupil: PersonId
    day: date
    recipient: PersonId
    reason: Literal[
        "", "protected", "no_address", "rejected", "bounced", "unconfirmed", "no_guardian", "late"
    ] = ""


class ExtractAnswered(Answered):
    """The part of attendance in a register extract has been written."""

    type: ClassVar[str] = "attendance.ExtractAnswered.v1"


class MergeTold(BaseModel):
    """What is needed of `register.PersonsMerged.v1` and `register.PersonsParted.v1`."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)
    kept: PersonId
    merged: PersonId


class RetentionContinued(retention.Turn):
    """The area's part of a retention run goes on in another turn."""

    type: ClassVar[str] = "attendance.RetentionContinued.v1"


class RetentionAnswered(retention.Answered):
    """The area's part of a retention run is done: counts and where the proofs are."""

    type: ClassVar[str] = "attendance.RetentionAnswered.v1"


class TotalsAsked(Asked):
    """The night's counting of attendance is to be done (process 20)."""

    type: ClassVar[str] = "attendance.TotalsAsked.v1"


class ExportAsked(Asked):
    """A table of attendance is to be written into a file (processes 20 and 24)."""

    type: ClassVar[str] = "attendance.ExportAsked.v1"


class CsnSweepAsked(Asked):
    """Upper-secondary pupils' invalid absence of the month before is to be gone through (process 24)."""

    type: ClassVar[str] = "attendance.CsnSweepAsked.v1"
