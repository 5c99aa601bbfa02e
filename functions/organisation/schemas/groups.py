"""Groups over HTTP."""

from __future__ import annotations

from datetime import date

from functions.organisation.domain.groups import GroupKind
from functions.organisation.schemas.common import Id
from skolkit.http import Shape


class MemberView(Shape):
    """A member of a group. A protected pupil's name is withheld from those without a task for them."""

    person: Id
    given_name: str | None
    family_name: str | None
    protected: bool


class StaffView(Shape):
    """A mentor or teacher of a group."""

    person: Id
    given_name: str | None
    family_name: str | None


class GroupView(Shape):
    """A group today."""

    id: Id
    name: str
    unit: Id
    kind: GroupKind
    members: list[MemberView]
    mentors: list[StaffView]
    teachers: list[StaffView]


class NewMembership(Shape):
    """From when and until when (both inclusive) someone is a member."""

    start_date: date
    end_date: date | None = None


class MembershipView(NewMembership):
    """A membership of a group."""

    group: Id
    person: Id
