"""Facts of the register. Ids and what is needed to decide, never names or identity numbers."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from skolkit.events import Fact
from skolkit.imports import Finished
from skolkit.jobs import Asked
from skolkit.types import PersonId, UnitId


class PupilEnrolled(Fact):
    """A pupil was enrolled at a unit (process 3). Those from a file are told by `ImportFinished` alone."""

    type: ClassVar[str] = "register.PupilEnrolled.v1"
    pupil: PersonId
    unit: UnitId
    school_form: str
    year: int | None
    start: date


class ImportFinished(Finished):
    """A file of people has been taken."""

    type: ClassVar[str] = "register.ImportFinished.v1"


class TableAsked(Asked):
    """A table is to be tried, taken, undone or given out (process 2); the job's item says which."""

    type: ClassVar[str] = "register.TableAsked.v1"
