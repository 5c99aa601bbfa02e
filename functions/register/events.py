"""Facts of the register. Ids and what is needed to decide, never names or identity numbers."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from skolkit.events import Fact
from skolkit.extracts import Answered
from skolkit.imports import Finished
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
