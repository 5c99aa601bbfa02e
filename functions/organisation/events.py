"""Facts of the organisation."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from skolkit.events import Fact
from skolkit.imports import Finished
from skolkit.types import GroupId, PersonId, UnitId


class GroupMembersChanged(Fact):
    """Someone came to a group, left it, or the days changed; or its mentors or teachers did (process 13)."""

    type: ClassVar[str] = "organisation.GroupMembersChanged.v1"
    group: GroupId
    unit: UnitId


class EnrolmentEnded(BaseModel):
    """What is needed of `register.EnrolmentEnded.v1`."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    pupil: PersonId
    unit: UnitId
    last_day: date
    left_unit: bool


class ImportFinished(Finished):
    """A file of units, school years, groups or duties has been taken."""

    type: ClassVar[str] = "organisation.ImportFinished.v1"
