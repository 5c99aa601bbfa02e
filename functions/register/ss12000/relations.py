"""What ties people to units: enrolments, duties, groups, and children; by which they are found, and by which
it is decided who may see them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

from functions.organisation import queries as organisation
from functions.register.domain.enrolment import Enrolment
from functions.register.domain.people import CUSTODY
from functions.register.store import people as people_store
from functions.register.store import standard as store
from skolkit.clock import today
from skolkit.ss12000 import Entity, Filters, holds
from skolkit.sweden.codes import SchoolForm
from skolkit.table import fetch
from skolkit.types import PersonId, UnitId

PLACED = frozenset({SchoolForm.PRESCHOOL, SchoolForm.AFTER_SCHOOL_CENTRE, SchoolForm.OPEN_LEISURE})
"""Forms with placements in the standard (FS, FTH, OPPFTH): there they are enrolments and placements alike."""

REMEMBERED = timedelta(days=365)
"""How long whoever has left belongs to a unit still, for clients that may see some units only: they must
learn that somebody has left, and not keep up with them for ever. As for a unit's administrators.
"""


@dataclass(frozen=True, slots=True)
class PersonEntity(Entity):
    """A person of the standard with what it was made of."""

    whole: store.WholePerson = field(kw_only=True)


class Tie(NamedTuple):
    """A relation to a unit (None: to the municipality as a whole), and its days."""

    unit: UnitId | None
    start: date | None
    end: date | None

    def answers(self, asked: Filters) -> bool:
        """Whether the relation is of the organisation that is asked for and has the days."""
        unit = asked.get("organisation")
        mine = self.unit or organisation.MUNICIPALITY
        return unit in (None, mine) and holds(asked, self.start, self.end)


# Whether somebody has a relation


def is_related(whole: store.WholePerson, asked: Filters) -> bool:
    """Whether a person has such a relation. Without one that the person's own items tell, one query for the
    duties, one for the groups, and one per child.
    """
    kind = asked.get("entity.type")
    ties = (tie for name, find in _OF_PERSON.items() if kind in (None, name) for tie in find(whole))
    return any(tie.answers(asked) for tie in ties)


def _enrolled(whole: store.WholePerson) -> Iterator[Tie]:
    return map(_tie, whole.card.enrolments)


def _placed(whole: store.WholePerson) -> Iterator[Tie]:
    return map(_tie, filter(_is_placement, whole.card.enrolments))


def _employed(whole: store.WholePerson) -> Iterator[Tie]:
    return (Tie(duty.unit, duty.start, duty.end) for duty in organisation.duty_records_of(whole.card.id))


def _grouped(whole: store.WholePerson) -> Iterator[Tie]:
    """Without the groups' units: these are asked for by the units' lists."""
    parts = fetch(organisation.wanted_parts([whole.card.id]))[0][whole.card.id]
    return (Tie(None, part.start, part.end) for part in parts)


def _of_children(
    among: Callable[[Enrolment], bool], relations: Iterable[str] | None = None
) -> Callable[[store.WholePerson], Iterator[Tie]]:
    def find(whole: store.WholePerson) -> Iterator[Tie]:
        day = today()
        mine = [c for c in whole.charges if c.holds(day) and (relations is None or c.relation in relations)]
        return (_tie(e) for charge in mine for e in store.enrolments_of(charge.child) if among(e))

    return find


def _tie(e: Enrolment) -> Tie:
    return Tie(e.unit, e.start, e.end)


def _is_enrolment(_: Enrolment) -> bool:
    return True


def _is_placement(e: Enrolment) -> bool:
    return e.school_form in PLACED and not e.cancelled


_OF_PERSON: dict[str, Callable[[store.WholePerson], Iterator[Tie]]] = {
    "enrolment": _enrolled,
    "placement.child": _placed,
    "groupMembership": _grouped,
    "duty": _employed,
    "placement.owner": _of_children(_is_placement, CUSTODY),
    "responsibleFor.enrolment": _of_children(_is_enrolment),
    "responsibleFor.placement": _of_children(_is_placement),
}


# Who has a relation to an organisation


def people_related(asked: Filters) -> set[PersonId]:
    """Everybody with such a relation to the organisation that is asked for, by its own lists: one query per
    1,000 enrolments, duties or groups, and one per 100 groups and children. Closed records may be among them.
    """
    unit, kind = UnitId(asked["organisation"]), asked.get("entity.type")
    found: set[PersonId] = set()
    for name, find in _AT_UNIT.items():
        if kind in (None, name):
            found |= find(unit, asked)
    return found


def _enrolled_at(
    among: Callable[[Enrolment], bool],
) -> Callable[[UnitId, Filters], set[PersonId]]:
    def find(unit: UnitId, asked: Filters) -> set[PersonId]:
        enrolments = people_store.enrolments_at(unit)
        return {person for person, e in enrolments if among(e) and _tie(e).answers(asked)}

    return find


def _employed_at(unit: UnitId, asked: Filters) -> set[PersonId]:
    duties = organisation.duty_records_at(unit)
    return {duty.person for duty in duties if Tie(duty.unit, duty.start, duty.end).answers(asked)}


def _grouped_at(unit: UnitId, asked: Filters) -> set[PersonId]:
    return {person for person, part in organisation.parts_at(unit) if holds(asked, part.start, part.end)}


def _responsible_at(
    among: Callable[[Enrolment], bool], fits: Callable[[str], bool]
) -> Callable[[UnitId, Filters], set[PersonId]]:
    def find(unit: UnitId, asked: Filters) -> set[PersonId]:
        children = sorted(_enrolled_at(among)(unit, asked))
        closed = fetch(people_store.wanted_merged(children))[0]
        return store.adults_of([child for child in children if child not in closed], fits, today())

    return find


_AT_UNIT: dict[str, Callable[[UnitId, Filters], set[PersonId]]] = {
    "enrolment": _enrolled_at(_is_enrolment),
    "placement.child": _enrolled_at(_is_placement),
    "groupMembership": _grouped_at,
    "duty": _employed_at,
    "placement.owner": _responsible_at(_is_placement, CUSTODY.__contains__),
    "responsibleFor.enrolment": _responsible_at(_is_enrolment, lambda _: True),
    "responsibleFor.placement": _responsible_at(_is_placement, lambda _: True),
}


# Who may see somebody


class Places:
    """The units and school forms that a person belongs to, by enrolments, duties and the enrolments of the
    children they are responsible for. Looked up once, when somebody asks: one query for the duties, one per
    child, and for the school forms one per 100 units of the duties.
    """

    def __init__(self, whole: store.WholePerson) -> None:
        self._whole = whole
        self._found = cache(self._find)

    def units(self) -> frozenset[UnitId]:
        """The units."""
        enrolments, work = self._found()
        return frozenset((*(e.unit for e in enrolments), *work))

    def forms(self) -> frozenset[SchoolForm]:
        """The school forms; of whoever works at a unit, all that it has."""
        enrolments, work = self._found()
        units = fetch(organisation.wanted_units(list(work)))[0] if work else {}
        taught = (form for unit in units.values() for form in unit.school_forms)
        return frozenset((*(e.school_form for e in enrolments), *taught))

    def _find(self) -> tuple[Sequence[Enrolment], frozenset[UnitId]]:
        whole, since = self._whole, today() - REMEMBERED
        enrolments = list(whole.card.enrolments)
        for charge in whole.charges:
            if charge.last_day >= since:
                enrolments += filter(charge.covers, store.enrolments_of(charge.child))
        duties = organisation.duty_records_of(whole.card.id)
        work = {
            duty.unit or organisation.MUNICIPALITY for duty in duties if duty.end is None or duty.end >= since
        }
        return [e for e in enrolments if (_last(e) or since) >= since], frozenset(work)


def _last(e: Enrolment) -> date | None:
    return e.start if e.cancelled else e.end
