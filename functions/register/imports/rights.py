"""What whoever sent a table may do to people already read, decided as over HTTP but with their duties read
once. Teachers and mentors have no part in it: tables are for administrators.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from functions.access import guard
from functions.organisation import queries as organisation
from functions.register.domain.people import PersonCard, PupilRecord
from functions.register.queries import facts_of, units_around
from functions.register.usecases.relations import may
from skolkit.clock import today
from skolkit.identity import Caller
from skolkit.types import UnitId


@dataclass(frozen=True, slots=True)
class Rights:
    """A caller with the duties they have today."""

    caller: Caller
    duties: tuple[guard.Duty, ...]

    @classmethod
    def of(cls, caller: Caller) -> Rights:
        """One round trip."""
        return cls(caller, organisation.duties_of(caller.person_id))

    def may_add(self) -> bool:
        """Enter somebody who is not in the register."""
        return guard.allowed(self.caller, "register:add_person", guard.SYSTEM, self.duties)

    def may_edit(self, card: PersonCard) -> bool:
        """Change what the register says of somebody. No round trip for a pupil, and none for an adult whom a
        duty for the municipality lets them change; else those of `units_around`.
        """
        action: guard.Action = "register:edit_person"
        if card.is_pupil:
            facts = facts_of(PupilRecord.of(card, today()), organisation.Around(()))
            return guard.allowed(self.caller, action, facts, self._duties(card))
        if self.caller.person == card.id:
            return False
        anywhere = guard.Person(card.id, protected=card.protected)
        if guard.allowed(self.caller, action, anywhere, self.duties):
            return True
        there = guard.Person(card.id, frozenset(units_around(card)), card.protected)
        return guard.allowed(self.caller, action, there, self.duties)

    def may_relate(self, card: PersonCard) -> bool:
        """Give an adult a child: one whom other units know, or who is protected, needs a right to them."""
        known = card.protected or card.is_pupil or units_around(card)
        return not known or self.may_edit(card)

    def may_enrol(self, card: PersonCard, units: Iterable[UnitId]) -> bool:
        """Change a pupil's enrolments at one of the units."""
        return may(self.caller, "register:enrol", card, units, self._duties(card))

    def may_enrol_at(self, unit: UnitId) -> bool:
        """Enrol pupils at a unit."""
        return guard.allowed(self.caller, "register:enrol", guard.Unit(unit), self.duties)

    def _duties(self, card: PersonCard) -> tuple[guard.Duty, ...]:
        """Nobody acts by duty about themselves or a child of theirs."""
        return () if self.caller.person in {card.id, *card.guardians(today())} else self.duties
