"""People as the school knows them: names, numbers, who is responsible for whom, who is perhaps the same."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from functions.register.domain.contacts import Address, Email, Phone
from functions.register.domain.enrolment import BeforeBirth, EndsBeforeStart, Enrolment
from skolkit.errors import DomainError, Text
from skolkit.sweden.school_forms import COMPULSORY
from skolkit.types import PersonId, UnitId

Marking = Literal["Ingen", "Sekretessmarkering", "Skyddad folkbokföring"]
"""`securityMarking` of SS 12000."""

Relation = Literal["Vårdnadshavare", "Annan ansvarig", "God man", "Utsedd behörig"]
"""`RelationTypesEnum` of SS 12000."""

Status = Literal["Aktiv", "Utvandrad", "Avliden"]
"""`personStatus` of SS 12000."""

Sex = Literal["Man", "Kvinna", "Okänt"]
"""`sex` of SS 12000."""

CUSTODY: frozenset[Relation] = frozenset({"Vårdnadshavare", "God man"})
"""Who decides for a child: holders of custody (föräldrabalken 6:11) and, for unaccompanied children, the
special representative in their place (god man, lag (2005:429) 2 §).
"""


class GuardianLoop(DomainError):
    """Nobody is responsible for somebody older, or for themselves: custody could else go in a circle."""

    status = 422
    reason = Text(
        "Den ansvariga är inte äldre än barnet.", "The responsible person is not older than the child."
    )
    advice = Text(
        "Kontrollera att rätt person är vald och att födelsedatumen stämmer.",
        "Check that the right person is chosen and that the dates of birth are right.",
    )
    law = "föräldrabalken 6:2"


class NumberTaken(DomainError):
    """An identity number belongs to one person, now and in the past."""

    reason = Text("Numret tillhör redan en annan person.", "The number already belongs to another person.")
    advice = Text(
        "Kontrollera numret. Är det samma person: slå ihop posterna.",
        "Check the number. If it is the same person: merge the records.",
    )


class NumberTooEarly(DomainError):
    """Numbers follow each other: a new one begins after the one before did."""

    status = 422
    reason = Text(
        "Numret gäller inte från en senare dag än det förra.",
        "The number does not begin later than the one before.",
    )
    advice = Text("Ändra från vilken dag numret gäller.", "Change the day the number begins.")


class PerhapsTheSame(DomainError):
    """Somebody with this birth date and name is in the register already; `value` holds their ids."""

    reason = Text(
        "Personen finns troligen redan i registret.", "The person is probably in the register already."
    )
    advice = Text(
        "Använd den registrerade posten, eller ange id i confirmedDistinct om det är en annan person.",
        "Use the registered record, or give its id in confirmedDistinct if it is somebody else.",
    )


@dataclass(frozen=True, slots=True)
class PersonName:
    """What lists show of a person. A protected one's name is for those with a task for this very person."""

    id: PersonId
    given_name: str
    family_name: str
    protected: bool


@dataclass(frozen=True, slots=True)
class ListedPerson:
    """What a table of a unit's administrators says of a person; of a protected one it says nothing."""

    id: PersonId
    civic_no: str | None
    given_name: str
    family_name: str
    protected: bool


@dataclass(frozen=True, slots=True)
class Responsible:
    """Someone responsible for a pupil, in the words of SS 12000, from `start` to `end` (both inclusive; None
    is open). `home`: the child lives there, all the time or every other week (växelvis boende).
    """

    person: PersonId
    relation: Relation
    start: date | None = None
    end: date | None = None
    home: bool = False

    def covers(self, day: date) -> bool:
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


@dataclass(frozen=True, slots=True)
class NumberSpan:
    """An identity number (personnummer, samordningsnummer, TF-nummer) and from when it was the person's."""

    number: str
    since: date


@dataclass(frozen=True, slots=True)
class ExternalId:
    """SS 12000 `externalIdentifier`: the person's id in another system."""

    value: str
    context: str
    globally_unique: bool = False


@dataclass(frozen=True, slots=True)
class PersonCard:
    """A person with numbers, enrolments and responsible adults, as of one read.

    `numbers` oldest first; the last is today's. `merged_into` is the record that this one proved to be,
    `also` are closed records that proved to be this one.
    """

    id: PersonId
    given_name: str
    family_name: str
    birth_date: date
    marking: Marking
    enrolments: tuple[Enrolment, ...] = ()
    responsibles: tuple[Responsible, ...] = ()
    middle_name: str | None = None
    sex: Sex = "Okänt"
    status: Status = "Aktiv"
    numbers: tuple[NumberSpan, ...] = ()
    principal_names: tuple[str, ...] = ()
    external_ids: tuple[ExternalId, ...] = ()
    municipality: str | None = None
    merged_into: PersonId | None = None
    also: tuple[PersonId, ...] = ()

    @property
    def protected(self) -> bool:
        return self.marking != "Ingen"

    @property
    def is_pupil(self) -> bool:
        return bool(self.enrolments or self.responsibles)

    @property
    def civic_no(self) -> str | None:
        return self.numbers[-1].number if self.numbers else None

    def current(self, day: date) -> Enrolment | None:
        """The enrolment of a day: the compulsory one first, else the one that began last."""
        valid = [enrolment for enrolment in self.enrolments if enrolment.covers(day)]
        return max(valid, key=lambda e: (e.school_form in COMPULSORY, e.start), default=None)

    def guardians(self, day: date) -> frozenset[PersonId]:
        """Who has custody on a day: nobody once the pupil is 18 (föräldrabalken 6:2)."""
        if day >= of_age(self.birth_date):
            return frozenset()
        return frozenset(r.person for r in self.responsibles if r.relation in CUSTODY and r.covers(day))


@dataclass(frozen=True, slots=True)
class PupilRecord:
    """A pupil as other areas need it. `unit`, `school_form` and `year` of today's enrolment (None, "" and
    None without one); `guardians` have custody today; what was written about the pupil before two records
    proved to be one is under the ids of `also`.
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
    also: tuple[PersonId, ...] = ()

    @property
    def records(self) -> tuple[PersonId, ...]:
        return (self.id, *self.also)

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
            also=card.also,
        )


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
    addresses: tuple[Address, ...]
    email: str | None
    phone: str | None
    language: str
    enrolments: tuple[Enrolment, ...] | None
    responsibles: tuple[Responsible, ...] | None
    digest: str
    middle_name: str | None = None
    sex: Sex = "Okänt"
    status: Status = "Aktiv"
    principal_names: tuple[str, ...] = ()
    external_ids: tuple[ExternalId, ...] = ()
    municipality: str | None = None
    emails: tuple[Email, ...] = ()
    phones: tuple[Phone, ...] = ()


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


def holds_on(day: date, relation: str, start: date | None, end: date | None, grown_up: date) -> bool:
    """Whether somebody has a relation to a child on a day. Custody is over when the child is grown up
    (föräldrabalken 6:2), other relations are when they end.
    """
    there = (start is None or start <= day) and (end is None or day <= end)
    return there and (day < grown_up or relation not in CUSTODY)


def check_responsible(child: tuple[PersonId, date], adult: tuple[PersonId, date]) -> None:
    """The adult (id, birth date) is older than the child, so that no chain of custody closes: raises
    `GuardianLoop`.
    """
    if adult[0] == child[0] or adult[1] >= child[1]:
        raise GuardianLoop(field="responsibles", value=adult[0])


def check_born(birth_date: date, starts: Iterable[date]) -> None:
    """A corrected birth date still lies before every enrolment: raises `BeforeBirth`."""
    for start in starts:
        if start < birth_date:
            raise BeforeBirth(field="birthDate", value=birth_date.isoformat())


def check_number_day(numbers: Sequence[NumberSpan], since: date) -> None:
    """A new number begins after the one before: raises `NumberTooEarly`."""
    if numbers and since <= numbers[-1].since:
        raise NumberTooEarly(field="since", value=since.isoformat())


def check_dates(start: date | None, end: date | None) -> None:
    """A period ends no earlier than it starts: raises `EndsBeforeStart`."""
    if start and end and end < start:
        raise EndsBeforeStart(field="endDate", value=end.isoformat())


def folded(name: str) -> str:
    """A name as it is compared: lower case, without accents or anything but letters.

    >>> folded("Åsa-Märta"), folded("ASA MARTA")
    ('asamarta', 'asamarta')
    """
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in plain if letter.isalpha())


def perhaps_the_same(new: PersonName, others: Iterable[PersonName]) -> list[PersonId]:
    """Those of `others`, all born on the same day, who may be the person entered: the family name is the
    same, or the first given name is.
    """
    return [
        other.id
        for other in others
        if other.id != new.id
        and (
            folded(other.family_name) == folded(new.family_name)
            or _first(other.given_name) == _first(new.given_name)
        )
    ]


def _first(given_names: str) -> str:
    return folded(given_names.split(maxsplit=1)[0]) if given_names.split() else ""
