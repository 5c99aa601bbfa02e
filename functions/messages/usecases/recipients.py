"""Who stands where today: the people of a place when something is sent, and the places of a person whenever
something is read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from functions.messages.domain.audiences import Audience, Role
from functions.organisation import queries as organisation
from functions.register import queries as register
from skolkit.clock import today
from skolkit.table import chunks, fetch
from skolkit.types import GroupId, PersonId, UnitId

HELD = 500  # duties in one query


@dataclass(frozen=True, slots=True)
class Standing:
    """The places of one person, the units whose boards are theirs, and the places of each pupil they stand
    there for: themselves and the children in their custody.
    """

    places: frozenset[str]
    units: tuple[UnitId, ...]
    pupils: Mapping[PersonId, frozenset[str]]


def standing(person: PersonId, role: Role | None = None) -> Standing:
    """Where somebody stands today, in all their roles or one. Consistent, since it decides what they may
    read: for a guardian a query of the children, one per child and a batch; for staff one and two batches.
    """
    day = today()
    children = register.children_of(person) if role in (None, "guardians") else ()
    roles: dict[PersonId, Role] = {person: "pupils"} if role in (None, "pupils") else {}
    pupils = places_of_pupils(roles | dict.fromkeys(children, "guardians"))
    places = {place for there in pupils.values() for place in there}
    if role in (None, "staff"):
        places |= set(_of_staff(person, day))
    known = {Audience.of(place).role for place in places}
    units = {Audience.of(place).id for place in places if place.startswith("unit:")}
    everywhere = {Audience("municipality", "", one).place for one in known}
    boards = [*sorted(units), organisation.MUNICIPALITY] if places else []
    return Standing(frozenset(places | everywhere), tuple(UnitId(unit) for unit in boards), pupils)


def places_of_pupils(roles: Mapping[PersonId, Role]) -> dict[PersonId, frozenset[str]]:
    """The places of some pupils, as those of them or of their guardians. A query per pupil and a batch."""
    if not roles:
        return {}
    day = today()
    known = register.pupils(list(roles))
    (groups,) = fetch(organisation.wanted_groups_of(list(known), day), consistent=True)
    return {id: frozenset(_of_pupil(pupil, groups[id], roles[id], day)) for id, pupil in known.items()}


def _of_pupil(
    pupil: register.EnrolledPupil, groups: Iterable[GroupId], role: Role, day: date
) -> Iterator[str]:
    for enrolment in pupil.enrolments:
        if enrolment.covers(day):
            yield Audience("unit", enrolment.unit, role).place
            if enrolment.year is not None:
                yield Audience("year", enrolment.unit, role, enrolment.year).place
    yield from (Audience("group", group, role).place for group in groups)


def _of_staff(person: PersonId, day: date) -> Iterator[str]:
    units = {duty.unit for duty in organisation.duties_of(person) if duty.only is None}
    yield from (Audience("unit", unit, "staff").place for unit in units if unit)
    if None in units:
        yield Audience("unit", organisation.MUNICIPALITY, "staff").place
    (parts,) = fetch(organisation.wanted_parts([person]), consistent=True)
    mine = [part.group for part in parts[person] if part.part != "member" and part.covers(day)]
    (groups,) = fetch(organisation.wanted_groups(mine, day), consistent=True)
    for group in groups.values():
        if person in group.mentors | group.teachers:
            yield Audience("group", group.id, "staff").place
            if group.year is not None:
                yield Audience("year", group.unit, "staff", group.year).place


def people_of(places: Collection[str]) -> dict[str, frozenset[PersonId]]:
    """Who stands in each of the places today; protected people too, who are told for themselves. A query per
    3,000 enrolments or 500 duties of a unit, and a batch per 100 pupils whose guardians are asked for.
    """
    return {place: frozenset(_people(Audience.of(place))) for place in sorted(places)}


def anybody_in(places: Collection[str]) -> bool:
    """Whether somebody stands in one of the places today, asked place by place."""
    return any(next(iter(_people(Audience.of(place))), None) for place in sorted(places))


def pupils_in(places: Collection[str]) -> list[PersonId]:
    """The pupils of the places today, whoever of them or around them is meant."""
    return sorted({pupil for place in places for pupil in _pupils(Audience.of(place))})


def guardians_of(pupils: Iterable[PersonId]) -> Iterator[PersonId]:
    """Who has custody of any of the pupils today. A batch per 100."""
    for some in chunks(pupils, 100):
        (found,) = fetch(register.wanted_guardians(some), consistent=True)
        yield from (guardian for pupil in some for guardian in found[pupil])


def _people(audience: Audience) -> Iterator[PersonId]:
    if audience.role == "staff":
        yield from _staff(audience)
    elif audience.role == "pupils":
        yield from _pupils(audience)
    else:
        yield from guardians_of(_pupils(audience))


def _pupils(audience: Audience) -> Iterator[PersonId]:
    day = today()
    match audience.kind:
        case "group":
            group = organisation.group(GroupId(audience.id), day)
            yield from group.members if group else ()
        case "municipality":
            for unit in organisation.units():
                yield from _pupils(Audience("unit", unit.id, audience.role))
        case _:
            for pupil, enrolment in register.enrolments_at(UnitId(audience.id)):
                if enrolment.covers(day) and audience.year in (None, enrolment.year):
                    yield pupil


def _staff(audience: Audience) -> Iterator[PersonId]:
    day = today()
    match audience.kind:
        case "group":
            group = organisation.group(GroupId(audience.id), day)
            yield from group.mentors | group.teachers if group else ()
        case "municipality":
            for unit in organisation.units():
                yield from _staff(Audience("unit", unit.id, "staff"))
        case "year":
            rows = organisation.groups_at(UnitId(audience.id), day)
            ids = [row.id for row in rows if row.year == audience.year]
            for group in fetch(organisation.wanted_groups(ids, day), consistent=True)[0].values():
                yield from group.mentors | group.teachers
        case "unit":
            yield from _employed(UnitId(audience.id), day)


def _employed(unit: UnitId, day: date) -> Iterator[PersonId]:
    cursor = None
    while True:
        held, cursor = organisation.held_at(unit, cursor, HELD, "recipients")
        for one in held:
            if isinstance(one.what, organisation.Duty) and one.start[:10] <= day.isoformat():
                yield one.person
        if cursor is None:
            return
