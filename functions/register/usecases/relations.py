"""May the caller do this about a pupil, seen from the units the matter concerns (processes 3 and 8)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from functions.access import guard
from functions.organisation import queries as organisation
from functions.register.domain.people import PersonCard, age
from skolkit.clock import today
from skolkit.errors import NotFound
from skolkit.identity import Caller
from skolkit.types import UnitId


def duties_of(caller: Caller, card: PersonCard) -> Collection[guard.Duty]:
    """The caller's duties; none are read for the pupil and the guardians. At most one round trip."""
    own = caller.person in {card.id, *card.guardians(today())}
    return () if own else organisation.duties_of(caller.person_id)


def units_of(card: PersonCard, day: date) -> set[UnitId]:
    """The units where a pupil is enrolled on a day or later."""
    return {e.unit for e in card.enrolments if not e.cancelled and (e.end is None or e.end >= day)}


def may(
    caller: Caller,
    action: guard.Action,
    card: PersonCard,
    units: Iterable[UnitId],
    duties: Collection[guard.Duty],
) -> bool:
    """Whether the caller may do `action` about the pupil at one of the units. No round trip."""
    return any(guard.allowed(caller, action, _facts(card, u), duties) for u in (*units, None))


def require_at(
    caller: Caller, action: guard.Action, card: PersonCard, units: Iterable[UnitId]
) -> Collection[guard.Duty]:
    """Let the caller do `action` about the pupil at one of the units, or raise `NotFound`; the duties."""
    duties = duties_of(caller, card)
    if not may(caller, action, card, units, duties):
        raise NotFound
    return duties


def _facts(card: PersonCard, unit: UnitId | None) -> guard.Pupil:
    return guard.Pupil(
        id=card.id,
        unit=unit,
        guardians=card.guardians(today()),
        protected=card.protected,
        age=age(card.birth_date, today()),
    )
