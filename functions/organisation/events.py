"""Facts of the organisation."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from skolkit.events import Fact
from skolkit.imports import Finished
from skolkit.types import GroupId, LessonId, PersonId, UnitId


class GroupMembersChanged(Fact):
    """Someone came to a group, left it, or the days changed; or its mentors or teachers did (process 13)."""

    type: ClassVar[str] = "organisation.GroupMembersChanged.v1"
    group: GroupId
    unit: UnitId


class DelegationGiven(Fact):
    """Somebody may act in the principal's stead for some days, both inclusive (process 36)."""

    type: ClassVar[str] = "organisation.DelegationGiven.v1"
    delegation: str
    unit: UnitId
    delegator: PersonId
    employee: PersonId
    first: date
    last: date


class DelegationRevoked(Fact):
    """A delegation no longer holds (process 36)."""

    type: ClassVar[str] = "organisation.DelegationRevoked.v1"
    delegation: str
    unit: UnitId
    employee: PersonId


class SubstituteAppointed(Fact):
    """Somebody teaches in another's stead for a time: all of it, one group's, or one lesson (process 36)."""

    type: ClassVar[str] = "organisation.SubstituteAppointed.v1"
    substitution: str
    unit: UnitId
    employee: PersonId
    replaces: PersonId
    group: GroupId | None
    lesson: LessonId | None
    start: datetime
    end: datetime


class SubstitutionRevoked(Fact):
    """A substitution no longer holds (process 36)."""

    type: ClassVar[str] = "organisation.SubstitutionRevoked.v1"
    substitution: str
    unit: UnitId
    employee: PersonId


class ImportFinished(Finished):
    """A file of units, school years, groups or duties has been taken."""

    type: ClassVar[str] = "organisation.ImportFinished.v1"
