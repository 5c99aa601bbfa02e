"""Families and staff: who lives with whom, how old they are and how they are reached."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from infra.local.population.model import (
    Address,
    GuardianRelation,
    NewGuardian,
    NewPupil,
    Protection,
    Role,
    SchoolUnit,
    Staff,
)
from infra.local.population.names import SWEDISH, Origin, draw_origin, draw_street
from infra.local.population.numbers import NumberSeries
from skolkit.sweden.calendar import SchoolYear
from skolkit.sweden.codes import SchoolForm
from skolkit.sweden.identity_numbers import Sex
from skolkit.types import GroupId, PersonId, stable_id


@dataclass(frozen=True, slots=True)
class Seat:
    """A place in a class, to be taken by a pupil."""

    year: int
    school_form: SchoolForm
    class_id: GroupId


@dataclass(slots=True)
class ProtectionQuota:
    """Spreads protected identity evenly, one in 750, alternating its two kinds, so that small samples have
    some too.
    """

    seen: int = 0
    given: int = 0

    def next(self, people: int = 1) -> Protection | None:
        """The protection of the next household of so many, only ever of one: the share stays exact."""
        self.seen += people
        if people > 1 or self.seen < 100 + 750 * self.given:
            return None
        self.given += 1
        return "sekretessmarkering" if self.given % 2 else "skyddad_folkbokforing"


@dataclass(slots=True)
class Municipality:
    """What units of one run share: numbers are unique across them, and protection is counted across them."""

    school_year: SchoolYear
    numbers: NumberSeries = field(default_factory=NumberSeries)
    protected_pupils: ProtectionQuota = field(default_factory=ProtectionQuota)
    protected_staff: ProtectionQuota = field(default_factory=lambda: ProtectionQuota(seen=60))


class Census:
    """Makes the people of one unit."""

    def __init__(self, municipality: Municipality, unit: SchoolUnit, seed: int) -> None:
        self._municipality = municipality
        self._unit = unit
        self._key = (str(seed), unit.code)
        self._rng = Random(f"{seed}/{unit.code}/people")
        self._count = 0
        self._locality = unit.address.rpartition(",")[2].strip()
        area = int(unit.code) % 79 + 10
        self._postal_codes = [f"{area}{self._rng.randrange(1, 9)} {number}" for number in range(31, 51)]

    def families(self, seats: list[Seat]) -> Iterator[tuple[list[NewPupil], list[NewGuardian]]]:
        """Fills every seat; each family is its children at this unit and their guardians."""
        for siblings in self._sibling_seats(seats):
            yield self._family(siblings)

    def employee(self, role: Role) -> Staff:
        """Someone employed at the unit, 24–66 years old, three women in four."""
        rng = self._rng
        age = rng.randint(24 if role == "teacher" else 36, 66)
        born = _some_day(rng, self._municipality.school_year.start_year - age)
        origin, sex = draw_origin(rng), _sex(rng, women=0.75)
        protection = self._municipality.protected_staff.next()
        person = self._person(origin, sex, born, origin.family.draw(rng), self._address(), protection)
        return Staff(**person, unit_code=self._unit.code, role=role)

    def _sibling_seats(self, seats: list[Seat]) -> Iterator[list[Seat]]:
        """Seats by family: siblings in other years, or twins in the same or a parallel class."""
        rng = self._rng
        free: dict[int, list[Seat]] = defaultdict(list)
        for seat in rng.sample(seats, len(seats)):
            free[seat.year].append(seat)
        for year in rng.sample([seat.year for seat in seats], len(seats)):
            if not free[year]:
                continue
            family = [free[year].pop()]
            for _ in range(rng.choices((0, 1, 2, 3), (52, 36, 10, 2))[0]):
                taken = {seat.year for seat in family}
                others = [near for near in free if free[near] and near not in taken and abs(near - year) <= 6]
                if free[year] and rng.random() < 0.03:
                    others = [year]
                if others:
                    family.append(free[rng.choice(others)].pop())
            yield sorted(family, key=lambda seat: -seat.year)

    def _family(self, seats: list[Seat]) -> tuple[list[NewPupil], list[NewGuardian]]:
        rng = self._rng
        births = self._birth_dates(seats)
        origin = draw_origin(rng)
        protection = self._municipality.protected_pupils.next(len(seats))
        home = self._address()
        homes = rng.choices(("one home", "two homes", "one guardian"), (70, 19, 11))[0]
        sex = _sex(rng, women=0.85 if homes == "one guardian" else 0.5)
        first = self._guardian(births[0], sex, origin, origin.family.draw(rng), home, protection)
        guardians = [first]
        relations = [GuardianRelation(first.id, lives_with=True)]
        if homes != "one guardian":
            apart = homes == "two homes"
            other_origin = origin if rng.random() < 0.85 else draw_origin(rng)
            own_name = rng.random() < (0.7 if apart else 0.25)
            second = self._guardian(
                births[0],
                sex if rng.random() < 0.015 else _OTHER[sex],
                other_origin,
                other_origin.family.draw(rng) if own_name else first.family_name,
                self._address() if apart else home,
                # The other home must not learn where the protected one is: only that one is marked.
                None if apart else protection,
            )
            guardians.append(second)
            relations.append(GuardianRelation(second.id, lives_with=not apart or rng.random() < 0.65))
        family_name = rng.choice(guardians).family_name
        siblings: set[str] = set()
        pupils = [
            NewPupil(
                **self._person(
                    origin, _sex(rng, women=0.487), born, family_name, home, protection, siblings=siblings
                ),
                unit_code=self._unit.code,
                school_form=seat.school_form,
                year=seat.year,
                class_id=seat.class_id,
                guardians=tuple(relations),
            )
            for seat, born in zip(seats, births, strict=True)
        ]
        return pupils, guardians

    def _birth_dates(self, seats: list[Seat]) -> list[date]:
        """Oldest first: a child of year n turns 6 + n in the autumn's calendar year (skollagen 7:10–11)."""
        rng = self._rng
        births: list[date] = []
        for number, seat in enumerate(seats):
            born = self._municipality.school_year.start_year - 6 - seat.year
            if number and seats[number - 1].year == seat.year:
                births.append(births[-1])
                continue
            earliest = date(born, 1, 1)
            if births:
                earliest = max(earliest, births[-1] + timedelta(days=300))
            births.append(earliest + timedelta(days=rng.randint(0, (date(born, 12, 31) - earliest).days)))
        return births

    def _guardian(
        self,
        eldest_born: date,
        sex: Sex,
        origin: Origin,
        family_name: str,
        address: Address,
        protection: Protection | None,
    ) -> NewGuardian:
        mean, youngest, oldest = (30.5, 18, 44) if sex == "Kvinna" else (33.0, 18, 58)
        age = min(max(round(self._rng.gauss(mean, 5)), youngest), oldest)
        born = _some_day(self._rng, eldest_born.year - age - 1)
        return NewGuardian(**self._person(origin, sex, born, family_name, address, protection))

    def _person(
        self,
        origin: Origin,
        sex: Sex,
        born: date,
        family_name: str,
        address: Address,
        protection: Protection | None,
        siblings: set[str] | None = None,
    ) -> dict[str, Any]:
        """`siblings`: of a child, the given names the family has used."""
        rng = self._rng
        self._count += 1
        child = siblings is not None
        given_name = origin.given(rng, sex, child=child)
        while siblings and given_name in siblings:
            given_name = origin.given(rng, sex, child=child)
        if siblings is not None:
            siblings.add(given_name)
        number = self._municipality.numbers.take(born, sex)
        return {
            "id": PersonId(stable_id("person", *self._key, str(self._count))),
            "given_name": given_name,
            "family_name": family_name,
            "civic_no": number,
            "birth_date": number.birth_date,
            "sex": sex,
            "protection": protection,
            "address": None if protection == "skyddad_folkbokforing" else address,
            "email": f"{_ascii(f'{given_name}.{family_name}')}.{self._unit.code}-{self._count}@example.org",
            # PTS keeps 070-174 06 05 to 070-174 06 99 free for fiction: 95 numbers, so people share them.
            "phone": f"+467017406{rng.randint(5, 99):02}",
            "channel": rng.choices(("mail", "sms"), (6, 4))[0],
            "language": "en" if rng.random() < (0.02 if origin is SWEDISH else 0.2) else "sv",
        }

    def _address(self) -> Address:
        return Address(draw_street(self._rng), self._rng.choice(self._postal_codes), self._locality)


_OTHER: dict[Sex, Sex] = {"Man": "Kvinna", "Kvinna": "Man"}


def _sex(rng: Random, *, women: float) -> Sex:
    return "Kvinna" if rng.random() < women else "Man"


def _some_day(rng: Random, year: int) -> date:
    return date(year, 1, 1) + timedelta(days=rng.randrange(365))


def _ascii(name: str) -> str:
    return unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
