"""Facts of grades."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from skolkit.events import Fact
from skolkit.extracts import Answered
from skolkit.retention import facts as retention
from skolkit.types import UnitId


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
    number: int
    sha256: str


class GradesPublished(Fact):
    """When pupils and guardians see a period's grades has been decided; `at` None: taken back."""

    type: ClassVar[str] = "grades.GradesPublished.v1"
    period: str
    unit: UnitId
    at: datetime | None


class ExtractAnswered(Answered):
    """The part of grades in a register extract has been written."""

    type: ClassVar[str] = "grades.ExtractAnswered.v1"


class RetentionContinued(retention.Turn):
    """The area's part of a retention run goes on in another turn."""

    type: ClassVar[str] = "grades.RetentionContinued.v1"


class RetentionAnswered(retention.Answered):
    """The area's part of a retention run is done: counts and where the proofs are."""

    type: ClassVar[str] = "grades.RetentionAnswered.v1"
