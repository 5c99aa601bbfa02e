"""Who may change which group, and who may belong to it (process 13)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta

from functions.access import guard
from functions.organisation import queries
from functions.organisation.domain.groups import (
    OF_PLACED,
    OF_STAFF,
    DatedGroup,
    NotEmployedHere,
    NotEnrolledHere,
)
from functions.organisation.store import duties as duties_store
from functions.organisation.store import groups as groups_store
from functions.register import queries as register
from skolkit.clock import today
from skolkit.errors import ChangedMeanwhile, Fault, NotFound
from skolkit.identity import Caller
from skolkit.types import GroupId, PersonId

Duties = tuple[guard.Duty, ...]
_DAY = timedelta(days=1)


def editable(caller: Caller, id: GroupId) -> tuple[groups_store.GroupItem, DatedGroup, Duties]:
    """A group its unit's office may change. Two round trips: group, duties."""
    found = groups_store.find_group(id)
    if found is None:
        raise NotFound
    item, group = found
    duties = queries.duties_of(caller.person_id)
    guard.require(caller, "organisation:edit_group", guard.Group(group.id, group.unit), duties)
    return item, group, duties


def unchanged(item: groups_store.GroupItem, version: int) -> None:
    """Refuse a change of another version than the stored one."""
    if item.version != version:
        raise ChangedMeanwhile(field="If-Match", value=version)


def require_belonging(
    caller: Caller,
    group: DatedGroup,
    people: Sequence[PersonId],
    start: date,
    end: date | None,
    duties: Duties,
) -> None:
    """Refuse those who may not be members at that time (`NotEnrolledHere`): pupils not enrolled at the unit,
    staff without a duty there, and in the same way who does not exist or is none of the caller's tasks.

    One round trip per person.
    """
    if group.kind in OF_STAFF:
        wrong = [p for p in people if not _employed(p, group, start)]
    else:
        wrong = _not_enrolled(caller, group, people, start, end, duties)
    if wrong:
        faults = [Fault("person", NotEnrolledHere.reason, NotEnrolledHere.advice, person) for person in wrong]
        raise NotEnrolledHere(faults=tuple(faults))


def require_staff(group: DatedGroup, known: Collection[PersonId]) -> None:
    """Refuse mentors and teachers, other than those `known` before, who are not employed at the unit or the
    municipality. One round trip per newcomer.
    """
    posts = sorted({(p.person, p.start or group.start or today()) for p in (*group.mentors, *group.teachers)})
    wrong = sorted({p for p, day in posts if p not in known and not _employed(p, group, max(day, today()))})
    if wrong:
        faults = [Fault("person", NotEmployedHere.reason, NotEmployedHere.advice, person) for person in wrong]
        raise NotEmployedHere(faults=tuple(faults))


def _employed(person: PersonId, group: DatedGroup, day: date) -> bool:
    return any(
        duty.unit in (None, group.unit) and duty.covers(day) for duty in duties_store.records_of(person)
    )


def _not_enrolled(
    caller: Caller,
    group: DatedGroup,
    people: Sequence[PersonId],
    start: date,
    end: date | None,
    duties: Duties,
) -> list[PersonId]:
    known = register.pupils(people)
    facts = [guard.Pupil(p.id, group.unit, protected=p.protected) for p in known.values()]
    seen = {fact.id for fact in guard.permitted(caller, "register:read_person", facts, duties)}
    there = {p for p in seen if group.kind in OF_PLACED or _enrolled(known, p, group, start, end)}
    return [person for person in people if person not in there]


def _enrolled(
    known: Mapping[PersonId, register.EnrolledPupil], person: PersonId, group: DatedGroup, start: date,
    end: date | None,
) -> bool:  # fmt: skip
    here = [e for e in known[person].enrolments if e.unit == group.unit]
    return covered(here, start, end or start)


def covered(enrolments: Collection[register.Enrolment], first: date, last: date) -> bool:
    """Whether the enrolments together cover every day. An open membership lasts as long as they do."""
    day = first
    while day <= last:
        there = [e for e in enrolments if e.covers(day)]
        if not there:
            return False
        if any(e.end is None for e in there):
            return True
        day = max(e.end for e in there if e.end) + _DAY
    return True
