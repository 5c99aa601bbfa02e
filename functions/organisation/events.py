"""Facts of the organisation."""

from __future__ import annotations

from typing import ClassVar

from skolkit.events import Fact
from skolkit.imports import Finished
from skolkit.jobs import Asked
from skolkit.types import GroupId, UnitId


class GroupMembersChanged(Fact):
    """Someone came to a group, left it, or the days changed; or its mentors or teachers did (process 13)."""

    type: ClassVar[str] = "organisation.GroupMembersChanged.v1"
    group: GroupId
    unit: UnitId


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


class ImportFinished(Finished):
    """A file of units, school years, groups, duties, syllabuses or programmes has been taken."""

    type: ClassVar[str] = "organisation.ImportFinished.v1"
