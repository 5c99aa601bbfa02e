"""Facts of assessment."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from skolkit import events
from skolkit.events import Fact
from skolkit.extracts import Answered
from skolkit.imports import Finished
from skolkit.jobs import Asked
from skolkit.retention import facts as retention
from skolkit.types import GroupId, PersonId, UnitId


class AssessmentPublished(Fact):
    """A unit's round of written assessments may be read by all homes from a moment on (process 30)."""

    type: ClassVar[str] = "assessment.AssessmentPublished.v1"
    round: str
    unit: UnitId
    at: datetime


class AssessmentChanged(Fact):
    """A pupil's assessment has been changed, or written, after its round was published."""

    type: ClassVar[str] = "assessment.AssessmentChanged.v1"
    round: str
    pupil: PersonId
    subject: str
    version: int


class TellingAsked(Asked):
    """Work: tell the homes of a published round."""

    type: ClassVar[str] = "assessment.TellingAsked.v1"


class TalkBooked(Fact):
    """A time for a development talk was booked."""

    type: ClassVar[str] = "assessment.TalkBooked.v1"
    round: str
    slot: str
    pupil: PersonId
    unit: UnitId
    start: datetime


class TalkCancelled(Fact):
    """A booked development talk was cancelled."""

    type: ClassVar[str] = "assessment.TalkCancelled.v1"
    round: str
    slot: str
    pupil: PersonId
    unit: UnitId


class MinutesSigned(Fact):
    """A party signed a version of a talk's minutes; `whole` when all have."""

    type: ClassVar[str] = "assessment.MinutesSigned.v1"
    round: str
    slot: str
    pupil: PersonId
    version: int
    part: Literal["mentor", "guardian", "pupil"]
    whole: bool


class IupPublished(Fact):
    """A version of a pupil's individual development plan was given to the home. `year` is the one in which
    the school year starts.
    """

    type: ClassVar[str] = "assessment.IupPublished.v1"
    pupil: PersonId
    year: int
    version: int
    unit: UnitId | None


class IupPaperAsked(Fact):
    """Work: write a version of a plan as PDF."""

    type: ClassVar[str] = "assessment.IupPaperAsked.v1"
    pupil: PersonId
    year: int
    version: int


class MessageDue(events.MessageDue):
    """People are to be told something about an assessment, a plan or a talk."""

    type: ClassVar[str] = "assessment.MessageDue.v1"


class PersonProtected(BaseModel):
    """Of `register.PersonProtected.v1`: who."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)
    person: PersonId


class ExtractAnswered(Answered):
    """The part of assessment in a register extract has been written."""

    type: ClassVar[str] = "assessment.ExtractAnswered.v1"


class RetentionContinued(retention.Turn):
    """The area's part of a retention run goes on in another turn."""

    type: ClassVar[str] = "assessment.RetentionContinued.v1"


class RetentionAnswered(retention.Answered):
    """The area's part of a retention run is done: counts and where the proofs are."""

    type: ClassVar[str] = "assessment.RetentionAnswered.v1"


class TestResultsReported(Fact):
    """Results of a national test were reported or corrected, or became known when a key was opened (process
    31). Which they are, is read from assessment.
    """

    type: ClassVar[str] = "assessment.TestResultsReported.v1"
    sitting: str
    unit: UnitId
    pupils: Annotated[list[PersonId], Field(max_length=45)]


class TestExportAsked(Asked):
    """A file of national test results is to be written (process 31)."""

    type: ClassVar[str] = "assessment.TestExportAsked.v1"


class ImportFinished(Finished):
    """An import has come to the end of its file."""

    type: ClassVar[str] = "assessment.ImportFinished.v1"


class GoalAtRisk(Fact):
    """A pupil's goals in a syllabus are at risk, told once a term (process 30): some goal was not reached
    after several observations, or somebody was not observed in time.
    """

    type: ClassVar[str] = "assessment.GoalAtRisk.v1"
    pupil: PersonId
    unit: UnitId
    group: GroupId
    matrix: str
    syllabus: str
    term: str
    reason: Literal["notReached", "notObserved"]
