"""Facts of grades."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from skolkit import events
from skolkit.events import Fact
from skolkit.extracts import Answered
from skolkit.imports import Finished
from skolkit.jobs import Asked
from skolkit.retention import facts as retention
from skolkit.types import PersonId, UnitId


class PeriodOpened(Fact):
    """Grades are to be set in a period at a unit (process 32)."""

    type: ClassVar[str] = "grades.PeriodOpened.v1"
    period: str
    unit: UnitId


class GradesDecided(Fact):
    """Grades of a group have been decided and are to be signed: by which order."""

    type: ClassVar[str] = "grades.GradesDecided.v1"
    period: str
    activity: str
    unit: UnitId
    order: str


class PupilGradeDecided(Fact):
    """A grade of no sheet has been decided and is to be signed by an order with the pupil: a trial's, or what
    corrects or changes an imported one.
    """

    type: ClassVar[str] = "grades.PupilGradeDecided.v1"
    pupil: PersonId
    entry: str
    unit: UnitId
    order: str


class GradeCorrected(Fact):
    """An entry has another in its place: corrected, changed or withdrawn. What rests on the old one is to be
    replaced (skollagen 3:19). `pupil` is the record that both are in.
    """

    type: ClassVar[str] = "grades.GradeCorrected.v1"
    pupil: PersonId
    entry: str
    replaces: str
    unit: UnitId


class MessageDue(events.MessageDue):
    """People are to be told something of grades."""

    type: ClassVar[str] = "grades.MessageDue.v1"


class ImportFinished(Finished):
    """A file of earlier grades has been taken."""

    type: ClassVar[str] = "grades.ImportFinished.v1"


class PeriodClosed(Fact):
    """Nothing more is decided in a period."""

    type: ClassVar[str] = "grades.PeriodClosed.v1"
    period: str
    unit: UnitId


class ClosingPageDue(Fact):
    """A sheet of a closed period is to get its closing page, signed by the principal: by which order."""

    type: ClassVar[str] = "grades.ClosingPageDue.v1"
    period: str
    activity: str
    order: str


class PageSigned(Fact):
    """A page of the catalogue has been signed and sealed: its number on the sheet, its order, its SHA-256."""

    type: ClassVar[str] = "grades.PageSigned.v1"
    period: str
    activity: str
    unit: UnitId
    order: str
    page: int
    sha256: str


class PupilPageSigned(Fact):
    """A page of a pupil's decisions that have no sheet has been signed and sealed: its number in the pupil's
    own series, its order, its SHA-256.
    """

    type: ClassVar[str] = "grades.PupilPageSigned.v1"
    pupil: PersonId
    unit: UnitId
    order: str
    page: int
    sha256: str


class GradesPublished(Fact):
    """When pupils and guardians see a period's grades has been decided; `at` None: taken back."""

    type: ClassVar[str] = "grades.GradesPublished.v1"
    period: str
    unit: UnitId
    at: datetime | None


class PublicationDue(Fact):
    """The moment of a period has come; for the area itself: homes are to be told."""

    type: ClassVar[str] = "grades.PublicationDue.v1"
    period: str
    unit: UnitId
    at: datetime


class HomesDue(Fact):
    """The homes of some pupils, at most 100, are to be told that grades are there; for the area itself."""

    type: ClassVar[str] = "grades.HomesDue.v1"
    period: str
    at: datetime
    pupils: list[PersonId]


class DocumentsAsked(Asked):
    """Grade documents are to be issued, in a job of the area's own (process 33)."""

    type: ClassVar[str] = "grades.DocumentsAsked.v1"


class DocumentIssued(Fact):
    """A grade document has been issued."""

    type: ClassVar[str] = "grades.DocumentIssued.v1"
    document: str
    pupil: PersonId
    kind: str
    unit: UnitId


class DocumentEnded(Fact):
    """A grade document holds no longer (`state`: replaced or revoked); its file is to be destroyed."""

    type: ClassVar[str] = "grades.DocumentEnded.v1"
    document: str
    pupil: PersonId
    state: str


class ExtractAnswered(Answered):
    """The part of grades in a register extract has been written."""

    type: ClassVar[str] = "grades.ExtractAnswered.v1"


class RetentionContinued(retention.Turn):
    """The area's part of a retention run goes on in another turn."""

    type: ClassVar[str] = "grades.RetentionContinued.v1"


class RetentionAnswered(retention.Answered):
    """The area's part of a retention run is done: counts and where the proofs are."""

    type: ClassVar[str] = "grades.RetentionAnswered.v1"
