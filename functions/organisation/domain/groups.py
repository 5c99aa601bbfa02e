"""Groups with dated members, and the staff around a pupil."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from skolkit.errors import DomainError, Text
from skolkit.types import GroupId, PersonId, UnitId

GroupKind = Literal["klass", "undervisning"]
"""SS 12000 `groupType`, in lower case: a class, or a teaching group."""

Part = Literal["member", "mentor", "teacher"]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedGroup:
    """A group with all its members of all times; mentors and teachers without dates are for as long as it
    exists.
    """

    id: GroupId
    unit: UnitId
    name: str
    kind: GroupKind
    stays: tuple[Stay, ...]
    mentors: frozenset[PersonId] = frozenset()
    teachers: frozenset[PersonId] = frozenset()

    def on(self, day: date) -> GroupRecord:
        """The group as it is on a day."""
        return GroupRecord(
            id=self.id,
            unit=self.unit,
            name=self.name,
            kind=self.kind,
            members=tuple(dict.fromkeys(stay.person for stay in self.stays if stay.covers(day))),
            mentors=self.mentors,
            teachers=self.teachers,
        )

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
        for part, people in (("mentor", self.mentors), ("teacher", self.teachers)):
            for person in sorted(people):
                found.setdefault(person, []).append(PartIn(self.id, part))  # type: ignore[arg-type]
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
