"""Who is around an investigation (process 23): the facts the guard decides on, names that may be shown."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from functions.access import guard
from functions.access.guard import Duty
from functions.attendance.domain.inquiry import Case
from functions.attendance.store import inquiry as store
from functions.attendance.store.inquiry import InquiryItem
from functions.organisation import queries as organisation
from functions.register import queries as register
from functions.register.queries import PersonName, PupilRecord
from skolkit.clock import today
from skolkit.errors import NotFound
from skolkit.identity import Caller
from skolkit.table import fetch
from skolkit.types import PersonId, UnitId


class Allowed(NamedTuple):
    """A case the caller may use, with its pupil."""

    item: InquiryItem
    case: Case
    pupil: PupilRecord
    duties: tuple[Duty, ...]


def require_case(caller: Caller, action: guard.Action, id: str) -> Allowed:
    """The case, if the caller may do `action` with it; `NotFound` otherwise. Five round trips: case, pupil,
    the pupil's groups, those, the caller's duties.
    """
    found = store.find_case(id)
    pupil = known_pupil(found[1].pupil) if found else None
    if found is None or pupil is None:
        raise NotFound
    mentors = organisation.staff_around(pupil.id, today()).mentors
    duties = organisation.duties_of(caller.person_id)
    facts = resource(found[1], duties, mentors=mentors, protected=pupil.protected)
    guard.require(caller, action, facts, duties)
    return Allowed(*found, pupil, duties)


def known_pupil(id: PersonId) -> PupilRecord | None:
    """The pupil, or of a closed record the one it proved to be; also who is no pupil any more."""
    return register.present(id) or register.anyone(id)


def resource(
    case: Case, duties: Collection[Duty], *, mentors: frozenset[PersonId] = frozenset(), protected: bool
) -> guard.Inquiry:
    """What the guard must know of a case. Whoever works on it does so as long as they have a duty there."""
    there = any(duty.unit in (case.unit, None) for duty in duties)
    team = case.people if there else frozenset[PersonId]()
    return guard.Inquiry(case.id, case.unit, team=team, mentors=mentors, protected=protected)


class Shown(NamedTuple):
    """Names by pupil, and the pupils the caller has no task for."""

    names: Mapping[PersonId, PersonName]
    withheld: frozenset[PersonId]


def shown(
    caller: Caller, action: guard.Action, unit: UnitId, pupils: Sequence[PersonId], duties: Collection[Duty]
) -> Shown:
    """Whose names of a unit's list may be shown. One round trip."""
    names: dict[PersonId, PersonName] = fetch(register.wanted_names(list(dict.fromkeys(pupils))))[0]
    facts = [
        guard.Inquiry(pupil, unit, protected=pupil not in names or names[pupil].protected)
        for pupil in dict.fromkeys(pupils)
    ]
    known = {one.id for one in guard.permitted(caller, action, facts, tuple(duties))}
    return Shown(names, frozenset(pupil for pupil in pupils if pupil not in known or pupil not in names))


def works_at(person: PersonId, unit: UnitId) -> bool:
    """Whether somebody has a duty at a unit or for all of them. One round trip."""
    return any(duty.unit in (unit, None) for duty in organisation.duties_of(person))
