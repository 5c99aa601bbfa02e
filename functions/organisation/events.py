"""Facts of the organisation."""

from __future__ import annotations

from typing import ClassVar

from skolkit.events import Fact
from skolkit.extracts import Answered
from skolkit.imports import Finished
from skolkit.types import GroupId, UnitId


class GroupMembersChanged(Fact):
    """Someone came to a group, left it, or the days changed; or its mentors or teachers did (process 13)."""

    type: ClassVar[str] = "organisation.GroupMembersChanged.v1"
    group: GroupId
    unit: UnitId


class ImportFinished(Finished):
    """A file of units, school years, groups or duties has been taken."""

    type: ClassVar[str] = "organisation.ImportFinished.v1"


class ExtractAnswered(Answered):
    """The part of organisation in a register extract has been written."""

    type: ClassVar[str] = "organisation.ExtractAnswered.v1"
