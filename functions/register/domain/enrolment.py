"""Enrolments (inskrivning): where a pupil goes to school, from when until when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal, NewType

from functions.register.domain.school_forms import check_form, form_use, year_of
from skolkit.errors import DomainError, NotFound, Text
from skolkit.sweden.calendar import SchoolYear
from skolkit.sweden.codes import SchoolForm
from skolkit.sweden.school_forms import COMPULSORY
from skolkit.types import PersonId, UnitId, stable_id

EnrolmentId = NewType("EnrolmentId", str)

LeavingReason = Literal[
    "continues",
    "changedUnit",
    "otherMunicipality",
    "independentSchool",
    "abroad",
    "finished",
    "otherForm",
    "leftEarly",
    "deceased",
    "other",
]
"""Why an enrolment ended. `continues`: another one at the same unit follows it (a new year, another study
path). The codes are our own: no standard has a list.
"""


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


class ClosedUnit(DomainError):
    """Nobody is enrolled at a unit that has closed or rests (Skolenhetsregistret `UPPHORT`, `VILANDE`)."""

    status = 422
    reason = Text("Skolenheten har upphört eller är vilande.", "The school unit has closed or rests.")
    advice = Text("Välj en aktiv skolenhet.", "Choose an active school unit.")


class AlreadyCancelled(DomainError):
    """A cancelled enrolment stays as it is; it is never deleted."""

    reason = Text("Inskrivningen är redan avbruten.", "The enrolment is already cancelled.")
    advice = Text("Skriv in eleven på nytt.", "Enrol the pupil again.")


class OutsideEnrolment(DomainError):
    """A change takes effect on one of the days of the enrolment that it changes."""

    status = 422
    reason = Text("Dagen ligger utanför inskrivningen.", "The day lies outside the enrolment.")
    advice = Text("Välj en dag inom inskrivningens tid.", "Choose a day within the enrolment.")


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
    `education_code` is the study path (studievägskod), `programme` its id, `leaving` why it ended, `id` ""
    until it has been given one (`identified`).
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
    leaving: LeavingReason | None = None
    id: EnrolmentId = EnrolmentId("")

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


def enrol(existing: Sequence[Enrolment], new: Enrolment, birth_date: date) -> Enrolment:
    """The new enrolment, if it may be added. Raises also what `check_form` does."""
    new = replace(new, year=year_of(new.school_form, new.year, new.start))
    check_form(new.school_form, new.year, new.education_code, new.start)
    check_enrolments([*existing, new], birth_date)
    return new


def identified(person: PersonId, new: Enrolment, others: Iterable[Enrolment]) -> Enrolment:
    """The enrolment with an id that none of the pupil's `others` has, made from what it is."""
    source = ("enrolment", person, new.unit, new.school_form.value, new.start.isoformat())
    taken, number, id = {e.id for e in others}, 1, EnrolmentId(stable_id(*source))
    while id in taken:
        number += 1
        id = EnrolmentId(stable_id(*source, str(number)))
    return replace(new, id=id)


def recognised(person: PersonId, new: Enrolment, stored: Sequence[Enrolment]) -> Enrolment:
    """A file's enrolment with the id of the stored one it is: with its unit, school form and first day."""
    same = [
        e.id
        for e in sorted(stored, key=lambda e: e.cancelled)
        if (e.unit, e.school_form, e.start) == (new.unit, new.school_form, new.start)
        and (new.cancelled or not e.cancelled)
    ]
    return replace(new, id=same[0]) if same else identified(person, new, stored)


@dataclass(frozen=True, slots=True)
class EnrolmentChange:
    """What an enrolment shall say: from `since` on, what it said before being kept as an enrolment of its
    own, or, without, from its first day, as a correction.
    """

    year: int | None
    end: date | None
    education_code: str | None = None
    programme: str | None = None
    specification: str | None = None
    since: date | None = None


def find_enrolment(enrolments: Iterable[Enrolment], id: EnrolmentId) -> Enrolment:
    """The enrolment, if it may change. Raises `NotFound`, `AlreadyCancelled`."""
    found = next((e for e in enrolments if e.id == id), None)
    if found is None:
        raise NotFound
    if found.cancelled:
        raise AlreadyCancelled(field="enrolment")
    return found


def change(
    person: PersonId,
    enrolments: Sequence[Enrolment],
    id: EnrolmentId,
    change: EnrolmentChange,
    birth_date: date,
) -> list[Enrolment]:
    """The enrolments that are other than before: the corrected one, or the one that ended and the one that
    follows. Raises what `enrol` and `find_enrolment` do, and `OutsideEnrolment`.
    """
    old = find_enrolment(enrolments, id)
    since = change.since or old.start
    if since < old.start or (old.end is not None and since > old.end):
        raise OutsideEnrolment(field="since", value=since.isoformat())
    new = replace(
        old, year=year_of(old.school_form, change.year, since), end=change.end, start=since,
        education_code=change.education_code, programme=change.programme,
        specification=change.specification, leaving=old.leaving if change.end == old.end else None,
    )  # fmt: skip
    others = [e for e in enrolments if e.id != id]
    check_form(new.school_form, new.year, new.education_code, new.start)
    check_enrolments([*others, new], birth_date)
    if since == old.start:
        return [new]
    ended = replace(old, end=since - timedelta(days=1), leaving="continues")
    return [ended, identified(person, replace(new, id=EnrolmentId("")), others)]


def cancel(enrolments: Sequence[Enrolment], id: EnrolmentId) -> Enrolment:
    """The enrolment cancelled (SS 12000 `cancelled`). Raises `NotFound`, `AlreadyCancelled`."""
    return replace(find_enrolment(enrolments, id), cancelled=True)


def replaced(enrolments: Iterable[Enrolment], changed: Iterable[Enrolment]) -> list[Enrolment]:
    """All enrolments after some of them changed or came."""
    new = {e.id: e for e in changed}
    return [*(e for e in enrolments if e.id not in new), *new.values()]


def left_unit(enrolments: Iterable[Enrolment], unit: UnitId, last: date) -> bool:
    """Whether a pupil with these enrolments is at a unit no longer after the day `last`."""
    return not any(e.unit == unit and not e.cancelled and (e.end is None or e.end > last) for e in enrolments)


def keeps_place_until(enrolment: Enrolment, day: date) -> date | None:
    """Until when a pupil of compulsory school may keep the place whatever happens on `day`: the rest of the
    school year, and the last one too if only that remains (skollagen 10:28). None outside such schools.
    """
    if enrolment.school_form not in COMPULSORY or not enrolment.covers(day):
        return None
    year, last = SchoolYear.of(day), form_use(enrolment.school_form, day).last
    one_left = enrolment.year is not None and last is not None and last - enrolment.year == 1
    return SchoolYear(year.start_year + 1).end if one_left else year.end


def _in_the_way(enrolment: Enrolment, other: Enrolment) -> bool:
    return not other.cancelled and other.school_form in COMPULSORY and enrolment.overlaps(other)
