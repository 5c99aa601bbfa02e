"""Facts of assessment."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from skolkit import events
from skolkit.events import Fact
from skolkit.extracts import Answered
from skolkit.imports import Finished
from skolkit.jobs import Asked
from skolkit.retention import facts as retention
from skolkit.types import GroupId, PersonId, UnitId


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


class MessageDue(events.MessageDue):
    """People are to be told something of assessment."""

    type: ClassVar[str] = "assessment.MessageDue.v1"
