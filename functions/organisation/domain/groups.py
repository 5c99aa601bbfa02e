"""Groups with dated members and staff, and the staff around a pupil."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Literal

from functions.organisation.domain.composition import Mark, Rule
from skolkit.errors import DomainError, Text
from skolkit.sweden.codes import SchoolForm
from skolkit.types import GroupId, PersonId, UnitId

GroupKind = Literal[
    "undervisning", "klass", "mentor", "provgrupp", "schema", "avdelning", "personalgrupp", "övrigt"
]
"""SS 12000 `groupType` in lower case. An `avdelning` is a department of a preschool or after-school centre,
whose members have a placement, not an enrolment.
"""

Part = Literal["member", "mentor", "teacher"]

OF_STAFF: frozenset[GroupKind] = frozenset({"personalgrupp"})
OF_PLACED: frozenset[GroupKind] = frozenset({"avdelning"})
MOST_AT_ONCE = 90  # people whose parts change in one transaction: each is an item, and there are a few more


class MembershipEndsBeforeStart(DomainError):
    """A membership ends no earlier than it starts."""

    status = 422
    reason = Text("Slutdatum ligger före startdatum.", "The end date is before the start date.")
    advice = Text("Ändra något av datumen.", "Change one of the dates.")


@dataclass(frozen=True, slots=True)
class Stay:
    """Someone's part in a group for a time; both days inclusive, `end` None while open."""

    person: PersonId
    start: date
    end: date | None = None

    def covers(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day <= self.end)


class GroupEndsBeforeStart(DomainError):
    """A group ends no earlier than it starts."""

    status = 422
    reason = Text("Gruppen skulle sluta innan den börjar.", "The group would end before it starts.")
    advice = Text("Ändra något av datumen.", "Change one of the dates.")


class OutsideTheGroupsTime(DomainError):
    """Nobody is a member of a group that does not exist yet or any more."""

    status = 422
    reason = Text(
        "Medlemskapet ligger utanför gruppens tid.", "The membership lies outside the group's time."
    )
    advice = Text("Ändra medlemskapets datum eller gruppens.", "Change the dates of either.")


class NotEnrolledHere(DomainError):
    """Pupils belong to groups of the unit at which they are enrolled at the time (SS 12000 `Klass`)."""

    status = 422
    reason = Text(
        "Personen är inte inskriven vid skolenheten under den tiden.",
        "The person is not enrolled at the school unit during that time.",
    )
    advice = Text("Skriv in eleven först eller ändra datum.", "Enrol the pupil first or change the dates.")


class NotEmployedHere(DomainError):
    """Mentors and teachers of a group work at its unit."""

    status = 422
    reason = Text(
        "Personen har ingen tjänst vid skolenheten då.", "The person has no duty at the school unit then."
    )
    advice = Text("Registrera tjänsten först.", "Register the duty first.")


class TooManyAtOnce(DomainError):
    """A list of members is one transaction."""

    status = 422
    reason = Text("Högst 90 personer åt gången.", "At most 90 people at a time.")
    advice = Text("Dela upp listan.", "Divide the list.")


@dataclass(frozen=True, slots=True)
class Post:
    """A mentor's or teacher's time with a group; a date that is None is the group's own."""

    person: PersonId
    start: date | None = None
    end: date | None = None

    def covers(self, day: date) -> bool:
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedGroup:
    """A group with its members and staff of all times. `start` and `end` None: as long as anybody knows.

    `year` and `school_form` are the ones it is for, where it is for one; `carried`: it goes on in the next
    school year (`rollover`). `rule` says who belongs, `marks` who does or does not all the same.
    """

    id: GroupId
    unit: UnitId
    name: str
    kind: GroupKind
    stays: tuple[Stay, ...] = ()
    mentors: frozenset[Post] = frozenset()
    teachers: frozenset[Post] = frozenset()
    start: date | None = None
    end: date | None = None
    school_form: SchoolForm | None = None
    year: int | None = None
    carried: bool = False
    rule: Rule | None = None
    marks: Mapping[PersonId, Mark] = field(default_factory=dict)

    @property
    def first_day(self) -> date | None:
        """Its first day, or its first member's where nobody has said; None when it has had none."""
        return self.start or min((stay.start for stay in self.stays), default=None)

    def covers(self, day: date) -> bool:
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)

    def on(self, day: date) -> GroupRecord:
        """The group as it is on a day; outside its time it has neither members nor staff."""
        there = self.covers(day)
        return GroupRecord(
            id=self.id,
            unit=self.unit,
            name=self.name,
            kind=self.kind,
            members=tuple(dict.fromkeys(s.person for s in self.stays if there and s.covers(day))),
            mentors=frozenset(p.person for p in self.mentors if there and p.covers(day)),
            teachers=frozenset(p.person for p in self.teachers if there and p.covers(day)),
            start=self.start,
            end=self.end,
            school_form=self.school_form,
            year=self.year,
        )

    def timed(self, start: date | None, end: date | None) -> DatedGroup:
        """The group with another time; memberships are cut to it. Raises `GroupEndsBeforeStart`."""
        if start is not None and end is not None and end < start:
            raise GroupEndsBeforeStart(field="endDate", value=end.isoformat())
        stays = (_cut(stay, start, end) for stay in self.stays)
        return replace(self, start=start, end=end, stays=tuple(stay for stay in stays if stay))

    def with_members(self, stays: Collection[Stay]) -> DatedGroup:
        """`with_member` for many. Raises also `OutsideTheGroupsTime`."""
        made = self
        for stay in stays:
            late = self.end is not None and (stay.end or stay.start) > self.end
            if late or (self.start is not None and stay.start < self.start):
                raise OutsideTheGroupsTime(field="startDate", value=stay.start.isoformat())
            made = made.with_member(replace(stay, end=stay.end or self.end))
        return made

    def with_member(self, stay: Stay) -> DatedGroup:
        """The group where `stay` is the person's membership from its first day on; what came before is kept.

        Raises `MembershipEndsBeforeStart`.
        """
        if stay.end is not None and stay.end < stay.start:
            raise MembershipEndsBeforeStart(field="endDate", value=stay.end.isoformat())
        return replace(self, stays=(*self.without_member(stay.person, stay.start).stays, stay))

    def without_member(self, person: PersonId, day: date) -> DatedGroup:
        """The group that the person has left, `day` being the first day outside it; earlier days are kept."""
        last = day - timedelta(days=1)
        kept = (
            replace(s, end=last) if s.person == person and s.covers(day) else s
            for s in self.stays
            if s.person != person or s.start < day
        )
        return replace(self, stays=tuple(kept))

    def parts(self) -> dict[PersonId, list[PartIn]]:
        """Everybody's parts in this group, as kept with the person."""
        found: dict[PersonId, list[PartIn]] = {}
        for stay in self.stays:
            found.setdefault(stay.person, []).append(PartIn(self.id, "member", stay.start, stay.end))
        staff: tuple[tuple[Part, frozenset[Post]], ...] = (
            ("mentor", self.mentors),
            ("teacher", self.teachers),
        )
        for part, posts in staff:
            for post in sorted(posts, key=lambda p: (p.person, str(p.start))):
                there = PartIn(self.id, part, post.start or self.start, _first(post.end, self.end))
                found.setdefault(post.person, []).append(there)
        return found


@dataclass(frozen=True, slots=True)
class PartIn:
    """A person's part in a group, as kept with the person."""

    group: GroupId
    part: Part
    start: date | None = None
    end: date | None = None

    def covers(self, day: date) -> bool:
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRecord:
    """A group on one day: `members` in the order they were entered."""

    id: GroupId
    unit: UnitId
    name: str
    kind: GroupKind
    members: tuple[PersonId, ...]
    mentors: frozenset[PersonId]
    teachers: frozenset[PersonId]
    start: date | None = None
    end: date | None = None
    school_form: SchoolForm | None = None
    year: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRow:
    """A group in its unit's list."""

    id: GroupId
    unit: UnitId
    name: str
    kind: GroupKind
    start: date | None
    end: date | None
    school_form: SchoolForm | None
    year: int | None
    automatic: bool


@dataclass(frozen=True, slots=True)
class Around:
    """The groups someone belongs to on a day, and the staff of those groups."""

    groups: tuple[GroupRecord, ...]

    @property
    def teachers(self) -> frozenset[PersonId]:
        return _union(group.teachers for group in self.groups)

    @property
    def mentors(self) -> frozenset[PersonId]:
        return _union(group.mentors for group in self.groups)


def _union(sets: Iterable[frozenset[PersonId]]) -> frozenset[PersonId]:
    return frozenset().union(*sets)


def _cut(stay: Stay, start: date | None, end: date | None) -> Stay | None:
    """What is left of a membership inside a group's time."""
    first = max(stay.start, start) if start else stay.start
    last = _first(stay.end, end)
    return None if last is not None and last < first else replace(stay, start=first, end=last)


def _first(one: date | None, other: date | None) -> date | None:
    return min((day for day in (one, other) if day is not None), default=None)
