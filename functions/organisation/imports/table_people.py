"""People whom rows of groups and staff name, by id or identity number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from functions.access import guard
from functions.organisation import queries
from functions.register import queries as register
from functions.register.queries import ListedPerson
from skolkit.identity import Caller
from skolkit.sweden.identity_numbers import IdentityNumberError, parse_identity_number
from skolkit.table import fetch
from skolkit.tables.plans import Line
from skolkit.types import PersonId, is_id


def number_in(text: str) -> str | None:
    """The identity number in a cell; None when it is none."""
    try:
        return parse_identity_number(text).value
    except IdentityNumberError:
        return None


def who_of(values: Mapping[str, str]) -> str:
    """By what a row names a person, "" when by nothing."""
    return number_in(values.get("civicNo", "")) or values.get("person", "")


@dataclass(frozen=True, slots=True)
class People:
    """Who is named in a piece, and what whoever sent it may do."""

    caller: Caller
    duties: tuple[guard.Duty, ...]
    owners: Mapping[str, PersonId]
    listed: Mapping[PersonId, ListedPerson]

    @classmethod
    def of(cls, caller: Caller, lines: Sequence[Line]) -> People:
        """Three round trips: duties, numbers, names."""
        numbers = sorted({n for line in lines if (n := number_in(line.get("civicNo")))})
        owners: dict[str, PersonId] = fetch(register.wanted_owners(numbers), consistent=True)[0]
        said = {PersonId(id) for line in lines if is_id(id := line.get("person"))}
        people = sorted({*owners.values(), *said})
        listed = fetch(register.wanted_listed(people), consistent=True)[0]
        return cls(caller, queries.duties_of(caller.person_id), owners, listed)

    def named(self, line: Line) -> PersonId | None:
        """Whom a row names; None for nobody in the register, for two, and for a protected person whom the
        caller may not see.
        """
        id, owner = line.get("person"), self.owners.get(number_in(line.get("civicNo")) or "")
        if id and (not is_id(id) or owner not in (None, id)):
            return None
        person = PersonId(id) if id else owner
        if person is None or person not in self.listed:
            return None
        return person if not self.hidden(person) or register.sees(self.caller, person) else None

    def whom(self, line: Line) -> str:
        """Whom a row names whether or not the caller may see them, which nobody is told; "" for nobody."""
        id, owner = line.get("person"), self.owners.get(number_in(line.get("civicNo")) or "")
        return id if is_id(id) else owner or ""

    def hidden(self, person: PersonId | None) -> bool:
        """Whether somebody is protected."""
        found = self.listed.get(person) if person else None
        return bool(found and found.protected)


def names_of(people: Sequence[PersonId]) -> dict[PersonId, ListedPerson]:
    """Names and numbers of those whom an export may show. One round trip per 100."""
    (found,) = fetch(register.wanted_listed(list(dict.fromkeys(people))), consistent=True)
    return {id: person for id, person in found.items() if not person.protected}


def name_cells(person: ListedPerson) -> dict[str, object]:
    """What a row says of a person."""
    return {
        "person": person.id, "civicNo": person.civic_no, "givenName": person.given_name,
        "familyName": person.family_name,
    }  # fmt: skip


def whom(lines: Sequence[Line]) -> dict[int, str]:
    """Whom lines name, "" for nobody. One round trip per 100."""
    numbers = sorted({n for line in lines if (n := number_in(line.get("civicNo")))})
    owners: dict[str, PersonId] = fetch(register.wanted_owners(numbers), consistent=True)[0]
    return {
        line.line: line.get("person") or owners.get(number_in(line.get("civicNo")) or "", "")
        for line in lines
    }


def protected(ids: Sequence[str]) -> set[str]:
    """Whom of some ids are protected people's. One round trip per 100, consistent."""
    (found,) = fetch(register.wanted_listed([PersonId(id) for id in ids]), consistent=True)
    return {id for id, person in found.items() if person.protected}


def hidden(ids: Sequence[str]) -> set[str]:
    """Whom no export may show. One round trip per 100, consistent."""
    shown = names_of([PersonId(id) for id in ids])
    return {id for id in ids if id not in shown}
