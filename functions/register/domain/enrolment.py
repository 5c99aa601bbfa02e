"""Enrolments (inskrivning): where a pupil goes to school, from when until when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from skolkit.errors import DomainError, Text
from skolkit.sweden.codes import SchoolForm
from skolkit.sweden.school_forms import COMPULSORY
from skolkit.types import UnitId


class AlreadyEnrolled(DomainError):
    """A pupil fulfils compulsory school attendance at one unit at a time."""

    reason = Text(
        "Eleven är redan inskriven i en obligatorisk skolform under en del av tiden.",
        "The pupil is already enrolled in compulsory school during part of that time.",
    )
    advice = Text(
        "Avsluta den andra inskrivningen först eller ändra startdatum.",
        "End the other enrolment first, or change the start date.",
    )
    law = "skollagen 7:4"


class UnknownUnit(DomainError):
    """Pupils are enrolled at units of the register."""

    status = 422
    reason = Text("Skolenheten finns inte i registret.", "The school unit is not in the register.")
    advice = Text("Välj en skolenhet ur listan.", "Choose a school unit from the list.")


class EndsBeforeStart(DomainError):
    """A period ends no earlier than it starts."""

    status = 422
    reason = Text("Slutdatum ligger före startdatum.", "The end date is before the start date.")
    advice = Text("Ändra något av datumen.", "Change one of the dates.")


class BeforeBirth(DomainError):
    """Nobody goes to school before being born."""

    status = 422
    reason = Text("Startdatum ligger före födelsen.", "The start date is before the birth.")
    advice = Text("Kontrollera startdatum och födelsedatum.", "Check the start date and the date of birth.")


@dataclass(frozen=True, slots=True)
class Enrolment:
    """An enrolment (inskrivning) at a unit; both days inclusive, `end` None while it is open.
    `education_code` is the study path (studievägskod), `programme` its id, `leaving` why it ended.
    """

    unit: UnitId
    school_form: SchoolForm
    year: int | None
    start: date
    end: date | None = None
    cancelled: bool = False
    education_code: str | None = None
    programme: str | None = None
    specification: str | None = None
    leaving: str | None = None

    def covers(self, day: date) -> bool:
        return not self.cancelled and self.start <= day and (self.end is None or day <= self.end)

    def overlaps(self, other: Enrolment) -> bool:
        return (self.end is None or other.start <= self.end) and (
            other.end is None or self.start <= other.end
        )


def check_enrolments(enrolments: Sequence[Enrolment], birth_date: date) -> None:
    """No period ends before it starts, none begins before the birth, no compulsory ones overlap:
    `EndsBeforeStart`, `BeforeBirth`, `AlreadyEnrolled`.
    """
    for number, enrolment in enumerate(enrolments):
        if enrolment.end is not None and enrolment.end < enrolment.start:
            raise EndsBeforeStart(field="endDate", value=enrolment.end.isoformat())
        if enrolment.start < birth_date:
            raise BeforeBirth(field="startDate", value=enrolment.start.isoformat())
        if enrolment.cancelled or enrolment.school_form not in COMPULSORY:
            continue
        if any(_in_the_way(enrolment, other) for other in enrolments[:number]):
            raise AlreadyEnrolled(field="startDate", value=enrolment.start.isoformat())


def enrol(existing: Iterable[Enrolment], new: Enrolment, birth_date: date) -> Enrolment:
    """The new enrolment, if it may be added. Raises `EndsBeforeStart`, `BeforeBirth`, `AlreadyEnrolled`."""
    check_enrolments([*existing, new], birth_date)
    return new


def _in_the_way(enrolment: Enrolment, other: Enrolment) -> bool:
    return not other.cancelled and other.school_form in COMPULSORY and enrolment.overlaps(other)
