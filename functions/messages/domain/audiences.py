"""To whom something is said: the guardians, pupils or staff of a group, a year of a unit, a unit, or the
whole municipality (process 28).

An audience is a place that people stand in today, written as one word; nobody is named by it. Who stands
there is asked when something is sent, and again whenever it is read, so that somebody whose custody or
membership has ended is outside from that moment on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from skolkit.errors import DomainError, Text
from skolkit.types import PersonId

Kind = Literal["group", "year", "unit", "municipality"]
Role = Literal["guardians", "pupils", "staff"]


class NobodyThere(DomainError):
    """Nobody stands in any of the places."""

    status = 422
    reason = Text("Ingen tar emot det här i dag.", "Nobody would receive this today.")
    advice = Text("Välj en annan grupp eller mottagare.", "Choose another group or other recipients.")


class TooManyRecipients(DomainError):
    """More people than may be told at once; nobody has been told."""

    status = 422
    reason = Text(
        "Fler än {most} personer skulle få det här. Inget har skickats.",
        "More than {most} people would receive this. Nothing has been sent.",
    )
    advice = Text(
        "Dela upp det på flera eller välj färre mottagare.", "Divide it, or choose fewer recipients."
    )


class AudienceUnclear(DomainError):
    """A group and a unit are named by id, a year by unit and year, the municipality by neither."""

    status = 422
    reason = Text("Mottagarna är ofullständigt angivna.", "The audience is not complete.")
    advice = Text("Ange id, för årskurs även årskursen.", "Give its id, and of a year the year too.")


class SeveralUnits(DomainError):
    """Consents and forms are asked by one school."""

    status = 422
    reason = Text("Mottagarna hör till olika skolenheter.", "The recipients belong to different units.")
    advice = Text("Fråga skolenhet för skolenhet.", "Ask unit by unit.")


@dataclass(frozen=True, slots=True)
class Audience:
    """A place and who of those there; `id` of the group or unit, "" of the municipality.

    >>> Audience("year", "u", "guardians", 5).place
    'year:u:5:guardians'
    >>> Audience.of("municipality:::staff")
    Audience(kind='municipality', id='', role='staff', year=None)
    """

    kind: Kind
    id: str
    role: Role
    year: int | None = None

    @property
    def place(self) -> str:
        return f"{self.kind}:{self.id}:{'' if self.year is None else self.year}:{self.role}"

    @classmethod
    def of(cls, place: str) -> Audience:
        kind, id, year, role = place.split(":")
        return cls(kind, id, role, int(year) if year else None)  # type: ignore[arg-type]


def check_audience(kind: Kind, id: str | None, year: int | None) -> None:
    """Raises `AudienceUnclear`."""
    if (id is None) != (kind == "municipality") or (year is None) != (kind != "year"):
        raise AudienceUnclear(field="audiences")


def everybody(people: Mapping[str, Iterable[PersonId]], sender: PersonId) -> list[PersonId]:
    """All who stand in any of the places, each once, without the sender, in the order they are told.

    >>> everybody({"a": [PersonId("2"), PersonId("1")], "b": [PersonId("2"), PersonId("3")]}, PersonId("3"))
    ['1', '2']
    """
    return sorted({person for there in people.values() for person in there} - {sender})


def check_number(people: int, most: int) -> None:
    """Raises `NobodyThere`, `TooManyRecipients`."""
    if people == 0:
        raise NobodyThere(field="audiences")
    if people > most:
        raise TooManyRecipients(field="audiences", most=most)
