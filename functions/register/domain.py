"""People as the school knows them: names, custody, enrolments, and how a person may be reached."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from skolkit.errors import DomainError, Text
from skolkit.sweden.codes import SchoolForm
from skolkit.sweden.school_forms import COMPULSORY
from skolkit.types import PersonId, UnitId

Marking = Literal["Ingen", "Sekretessmarkering", "Skyddad folkbokföring"]
"""`securityMarking` of SS 12000."""

Relation = Literal["Vårdnadshavare", "Annan ansvarig", "God man", "Utsedd behörig"]
"""`RelationTypesEnum` of SS 12000."""

CUSTODY: frozenset[Relation] = frozenset({"Vårdnadshavare", "God man"})
"""Who decides for a child: holders of custody (föräldrabalken 6:11) and, for unaccompanied children, the
special representative in their place (god man, lag (2005:429) 2 §).
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


class EndsBeforeStart(DomainError):
    """A period ends no earlier than it starts."""

    status = 422
    reason = Text("Slutdatum ligger före startdatum.", "The end date is before the start date.")
    advice = Text("Ändra något av datumen.", "Change one of the dates.")


@dataclass(frozen=True, slots=True)
class PersonName:
    """What lists show of a person. A protected one's name is for those with a task for this very person."""

    id: PersonId
    given_name: str
    family_name: str
    protected: bool


@dataclass(frozen=True, slots=True)
class Enrolment:
    """An enrolment (inskrivning) at a unit; both days inclusive, `end` None while it is open."""

    unit: UnitId
    school_form: SchoolForm
    year: int | None
    start: date
    end: date | None = None
    cancelled: bool = False
    education_code: str | None = None

    def covers(self, day: date) -> bool:
        return not self.cancelled and self.start <= day and (self.end is None or day <= self.end)

    def overlaps(self, other: Enrolment) -> bool:
        return (self.end is None or other.start <= self.end) and (
            other.end is None or self.start <= other.end
        )


@dataclass(frozen=True, slots=True)
class Responsible:
    """Someone responsible for a pupil, in the words of SS 12000."""

    person: PersonId
    relation: Relation


@dataclass(frozen=True, slots=True)
class PersonCard:
    """A person with enrolments and responsible adults, as of one read."""

    id: PersonId
    given_name: str
    family_name: str
    birth_date: date
    marking: Marking
    enrolments: tuple[Enrolment, ...] = ()
    responsibles: tuple[Responsible, ...] = ()

    @property
    def protected(self) -> bool:
        return self.marking != "Ingen"

    @property
    def is_pupil(self) -> bool:
        return bool(self.enrolments or self.responsibles)

    def current(self, day: date) -> Enrolment | None:
        """The enrolment of a day: the compulsory one first, else the one that began last."""
        valid = [enrolment for enrolment in self.enrolments if enrolment.covers(day)]
        return max(valid, key=lambda e: (e.school_form in COMPULSORY, e.start), default=None)

    def guardians(self, day: date) -> frozenset[PersonId]:
        """Who has custody on a day: nobody once the pupil is 18 (föräldrabalken 6:2)."""
        if day >= of_age(self.birth_date):
            return frozenset()
        return frozenset(r.person for r in self.responsibles if r.relation in CUSTODY)


@dataclass(frozen=True, slots=True)
class PupilRecord:
    """A pupil as other areas need it. `unit`, `school_form` and `year` of today's enrolment (None, "" and
    None without one); `guardians` have custody today.
    """

    id: PersonId
    given_name: str
    family_name: str
    birth_date: date
    unit: UnitId | None
    school_form: str
    year: int | None
    guardians: frozenset[PersonId]
    protected: bool

    @classmethod
    def of(cls, card: PersonCard, day: date) -> PupilRecord:
        now = card.current(day)
        return cls(
            id=card.id,
            given_name=card.given_name,
            family_name=card.family_name,
            birth_date=card.birth_date,
            unit=now.unit if now else None,
            school_form=now.school_form.value if now else "",
            year=now.year if now else None,
            guardians=card.guardians(day),
            protected=card.protected,
        )


@dataclass(frozen=True, slots=True)
class Contact:
    """How a person may be reached. `phone` is E.164, `language` a two- or three-letter code."""

    person: PersonId
    email: str | None
    phone: str | None
    language: str


@dataclass(frozen=True, slots=True)
class Withheld:
    """The contact of a person with protected identity: it exists, and is not handed out here."""

    person: PersonId


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address."""

    street: str
    postal_code: str
    locality: str


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A person as a file gives one. `enrolments` and `responsibles` are complete lists, or None to leave them
    as they are; `digest` is of the row, to recognise it when it comes again.
    """

    id: PersonId
    civic_no: str | None
    given_name: str
    family_name: str
    birth_date: date
    marking: Marking
    address: Address | None
    email: str | None
    phone: str | None
    language: str
    enrolments: tuple[Enrolment, ...] | None
    responsibles: tuple[Responsible, ...] | None
    digest: str


def of_age(birth_date: date) -> date:
    """The day someone turns 18; whoever was born on 29 February does on 28 February (lag (1930:173) 1 §).

    >>> of_age(date(2008, 2, 29)).isoformat()
    '2026-02-28'
    """
    try:
        return birth_date.replace(year=birth_date.year + 18)
    except ValueError:
        return birth_date.replace(year=birth_date.year + 18, day=28)


def age(birth_date: date, day: date) -> int:
    """Age in whole years.

    >>> age(date(2010, 11, 24), date(2026, 11, 23))
    15
    """
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def check_enrolments(enrolments: Sequence[Enrolment]) -> None:
    """No period ends before it starts, no compulsory ones overlap: `EndsBeforeStart`, `AlreadyEnrolled`."""
    for number, enrolment in enumerate(enrolments):
        if enrolment.end is not None and enrolment.end < enrolment.start:
            raise EndsBeforeStart(field="endDate", value=enrolment.end.isoformat())
        if enrolment.cancelled or enrolment.school_form not in COMPULSORY:
            continue
        if any(_in_the_way(enrolment, other) for other in enrolments[:number]):
            raise AlreadyEnrolled(field="startDate", value=enrolment.start.isoformat())


def enrol(existing: Iterable[Enrolment], new: Enrolment) -> Enrolment:
    """The new enrolment, if it may be added. Raises `EndsBeforeStart`, `AlreadyEnrolled`."""
    check_enrolments([*existing, new])
    return new


def _in_the_way(enrolment: Enrolment, other: Enrolment) -> bool:
    return not other.cancelled and other.school_form in COMPULSORY and enrolment.overlaps(other)


def phone_number(text: str) -> str:
    """A telephone number in E.164, from any usual Swedish spelling. Raises ValueError.

    >>> phone_number("070-174 06 05"), phone_number("+46 (0)8-465 00 04"), phone_number("0047 22 22 55 55")
    ('+46701740605', '+4684650004', '+4722225555')
    """
    digits = re.sub(r"\(0\)|[\s()./-]", "", text)
    digits = re.sub("^00", "+", digits)
    digits = re.sub("^0", "+46", digits)
    if not re.fullmatch(r"\+[1-9][0-9]{6,14}", digits):
        raise ValueError("not a telephone number")
    return digits
