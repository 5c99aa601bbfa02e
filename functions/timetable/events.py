"""Facts of the timetable."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from skolkit.events import Fact
from skolkit.extracts import Answered
from skolkit.imports import Finished
from skolkit.retention import facts as retention
from skolkit.types import GroupId, UnitId


class TimetablePublished(Fact):
    """A group's lessons of some days are new or changed (process 16)."""

    type: ClassVar[str] = "timetable.TimetablePublished.v1"
    group: GroupId
    unit: UnitId
    first_day: date
    last_day: date


class ImportFinished(Finished):
    """A file of lessons has been taken."""

    type: ClassVar[str] = "timetable.ImportFinished.v1"


class ExtractAnswered(Answered):
    """The part of timetable in a register extract has been written."""

    type: ClassVar[str] = "timetable.ExtractAnswered.v1"


class RetentionContinued(retention.Turn):
    """The area's part of a retention run goes on in another turn."""

    type: ClassVar[str] = "timetable.RetentionContinued.v1"


class RetentionAnswered(retention.Answered):
    """The area's part of a retention run is done: counts and where the proofs are."""

    type: ClassVar[str] = "timetable.RetentionAnswered.v1"
