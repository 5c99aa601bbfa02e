"""An entry of a pupil's catalogue that something is done about: who may, and how what is decided gets its
place, its order to sign and its facts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from functions.access import guard
from functions.grades.domain.cases import Home
from functions.grades.domain.catalogue import Entry
from functions.grades.domain.orders import Order, Vouched, order_for
from functions.grades.events import GradesDecided, MessageDue, PupilGradeDecided
from functions.grades.store import catalogue, orders
from functions.grades.usecases.catalogue import published
from functions.organisation import queries as organisation
from functions.register import queries as register
from functions.register.queries import PupilRecord
from skolkit.clock import today
from skolkit.errors import NotFound
from skolkit.events import Fact
from skolkit.identity import Caller
from skolkit.table import Write
from skolkit.types import PersonId, UnitId, new_id, stable_id

_OF_THE_PUPIL: frozenset[guard.Action] = frozenset(
    {"grades:read_chain", "grades:read_page", "grades:notice_error"}
)
"""What the unit where the pupil goes now may do, too, with a grade of another unit."""


@dataclass(frozen=True, slots=True)
class Matter:
    """A pupil with all entries, the one it is about, and the unit whose principal it is for: the entry's own,
    or the pupil's where the grade came from somewhere else. `known` is what the caller may see.
    """

    record: PupilRecord
    known: Sequence[Entry]
    entry: Entry
    unit: UnitId
    at_home: bool

    @property
    def home(self) -> Home:
        return Home(self.record.id, self.record.guardians)


def require_matter(caller: Caller, action: guard.Action, pupil: PersonId, entry: str) -> Matter:
    """The matter, if the caller may do `action` with it: of the home only what is published; of staff those
    who lead the unit of the grade or of the pupil, mentors, and whoever decided on the grade. `NotFound`
    otherwise. Three round trips for the home, six for staff.
    """
    record = register.anyone(pupil)
    if record is None:
        raise NotFound
    known = catalogue.entries(record.records)
    at_home = caller.person in {record.id, *record.guardians}
    seen = published(known) if at_home else known
    found = next((one for one in seen if one.id == entry), None)
    if found is None:
        raise NotFound
    unit = found.unit if organisation.unit(found.unit) else record.unit or found.unit
    units = [unit, *([record.unit] if record.unit and action in _OF_THE_PUPIL else [])]
    require_about(caller, action, record, units, {d.person for d in found.deciders}, at_home=at_home)
    return Matter(record, seen, found, unit, at_home)


def require_about(
    caller: Caller, action: guard.Action, record: PupilRecord, units: Sequence[UnitId | None],
    teachers: Collection[PersonId], *, at_home: bool,
) -> None:  # fmt: skip
    """Let the caller do `action` about a pupil in a matter of one of `units`, where `teachers` have had the
    pupil: whoever of them has left the unit has no task there any more. No round trip for the home; three for
    staff.
    """
    around, duties = organisation.Around(()), tuple[guard.Duty, ...]()
    if not at_home:
        around = organisation.staff_around(record.id, today())
        duties = organisation.duties_of(caller.person_id)
    there = caller.person in teachers and any(_is_at(units[0], duty) for duty in duties)
    mine = frozenset({caller.person_id}) if there else frozenset[PersonId]()
    facts = replace(register.facts_of(record, around), teachers=mine)
    if not any(guard.allowed(caller, action, replace(facts, unit=unit), duties) for unit in units):
        raise NotFound


def employed(people: Iterable[PersonId], unit: UnitId) -> frozenset[PersonId]:
    """Those who have a duty of their own at a unit, or at the whole municipality, today. A round trip
    each.
    """
    return frozenset(
        person for person in people if any(_is_at(unit, duty) for duty in organisation.duties_of(person))
    )


def _is_at(unit: UnitId | None, duty: guard.Duty) -> bool:
    return duty.only is None and duty.unit in (unit, None)


def appended(
    new: Entry, known: Iterable[Entry], vouched: Mapping[PersonId, Vouched]
) -> tuple[Entry, list[Write], list[Fact]]:
    """A new entry in its place in the chain, with its order to sign, by all who decided, and the fact that
    says so: with the sheet it belongs to, or with the pupil. One round trip. Raises `ChangedMeanwhile`.
    """
    head = catalogue.find_heads([new.pupil])[new.pupil]
    rows, (made,) = catalogue.append(head, [new], [e for e in known if e.pupil == new.pupil])
    order = order_for(new_id(), [(made, vouched)])
    return made, [*rows, orders.order_item(order)], [_decided(made, order)]


def _decided(entry: Entry, order: Order) -> Fact:
    if order.period:
        return GradesDecided(
            period=order.period, activity=order.activity, unit=entry.unit, order=order.id
        )  # fmt: skip
    return PupilGradeDecided(pupil=entry.pupil, entry=entry.id, unit=entry.unit, order=order.id)


def message(
    what: str, id: str, about: PersonId | None, to: Iterable[PersonId], template: str, **values: str
) -> list[Fact]:
    """That people are due a message, once for the same `what` and `id`; nothing when there is nobody."""
    people = sorted(set(to))
    if not people:
        return []
    due = stable_id("grade-message", what, id)
    return [MessageDue(id=due, recipients=people, template=template, about=about, values=values)]
