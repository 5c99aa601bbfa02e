"""Groups over HTTP."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from functions.organisation.domain.groups import MOST_AT_ONCE, GroupKind
from functions.organisation.schemas.common import Id, PageQuery
from skolkit.http import Shape
from skolkit.sweden.calendar import SchoolYear
from skolkit.sweden.codes import SchoolForm

Name = Annotated[str, Field(min_length=1, max_length=200)]
Year = Annotated[int, Field(ge=0, le=13)]
YearText = Annotated[
    str, Field(pattern=r"^[0-9]{4}/[0-9]{2}$"), AfterValidator(lambda text: str(SchoolYear.parse(text)))
]


class GroupQuery(Shape):
    """With `guardians` each pupil has those in whose custody they are, for the group's own staff and the
    unit's principal and administrators.
    """

    guardians: bool = False


class NameView(Shape):
    """A mentor, teacher or guardian; a protected one has no name here."""

    person: Id
    given_name: str | None
    family_name: str | None


class MemberView(NameView):
    """A member of a group. A protected pupil's name and guardians are for those with a task for them."""

    protected: bool
    guardians: list[NameView]


class GroupView(Shape):
    """A group today. `carried`: it goes on in the next school year."""

    id: Id
    name: str
    unit: Id
    kind: GroupKind
    members: list[MemberView]
    mentors: list[NameView]
    teachers: list[NameView]
    start_date: date | None
    end_date: date | None
    school_form: SchoolForm | None
    year: int | None
    carried: bool
    version: int


class PostShape(Shape):
    """A mentor or teacher and their time with the group; without dates as long as it exists."""

    person: Id
    start_date: date | None = None
    end_date: date | None = None


class GroupChange(Shape):
    """A group as it is to be. Members are kept, and end with it."""

    name: Name
    start_date: date | None = None
    end_date: date | None = None
    school_form: SchoolForm | None = None
    year: Year | None = None
    carried: bool = False
    mentors: Annotated[tuple[PostShape, ...], Field(max_length=20)] = ()
    teachers: Annotated[tuple[PostShape, ...], Field(max_length=50)] = ()


class NewGroup(GroupChange):
    """A new group of a unit, without members."""

    kind: GroupKind


class GroupEnd(Shape):
    """The last day of a group."""

    end_date: date


class GroupDetails(Shape):
    """A group without its people's names."""

    id: Id
    unit: Id
    kind: GroupKind
    name: str
    start_date: date | None
    end_date: date | None
    school_form: SchoolForm | None
    year: int | None
    carried: bool
    mentors: list[PostShape]
    teachers: list[PostShape]
    version: int


class GroupsQuery(PageQuery):
    """Which of a unit's groups: those that have not ended, or archived ones, or all of a school year."""

    state: Literal["active", "archived"] = "active"
    school_year: YearText | None = None
    kind: GroupKind | None = None


class GroupLine(Shape):
    """A group in a list. `automatic`: a rule decides who belongs, also for those enrolled later."""

    id: Id
    name: str
    kind: GroupKind
    start_date: date | None
    end_date: date | None
    school_form: SchoolForm | None
    year: int | None
    automatic: bool


class GroupPage(Shape):
    """A unit's groups by last day, kind and name; `cursor` leads to the next page."""

    data: list[GroupLine]
    cursor: str | None


class MembersChange(Shape):
    """Who comes to a group from `start_date` on, and who leaves it, that day being the first outside it."""

    start_date: date
    end_date: date | None = None
    add: Annotated[tuple[Id, ...], Field(max_length=MOST_AT_ONCE)] = ()
    remove: Annotated[tuple[Id, ...], Field(max_length=MOST_AT_ONCE)] = ()


class MembersChanged(Shape):
    """How many came and left; those who were there already, or not, are not counted."""

    group: Id
    added: int
    removed: int


class NewMembership(Shape):
    """From when and until when (both inclusive) someone is a member."""

    start_date: date
    end_date: date | None = None


class MembershipView(NewMembership):
    """A membership of a group."""

    group: Id
    person: Id
