"""What other areas may read of the register."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from functions.access import guard
from functions.organisation import queries as organisation
from functions.register.domain.contacts import Contact, Withheld
from functions.register.domain.people import PersonName, PupilRecord, age
from functions.register.store import contacts as contacts_store
from functions.register.store import enrolments as enrolments_store
from functions.register.store import people as people_store
from skolkit.clock import today
from skolkit.errors import NotFound
from skolkit.identity import Caller
from skolkit.table import Wanted
from skolkit.types import PersonId

__all__ = [
    "Contact",
    "PersonName",
    "PupilRecord",
    "Withheld",
    "children_of",
    "contacts",
    "pupil",
    "require_pupil",
    "require_relation",
    "shown_names",
    "wanted_guardians",
    "wanted_names",
]


def wanted_names(ids: Sequence[PersonId]) -> Wanted[dict[PersonId, PersonName]]:
    """Names by id, for `skolkit.table.fetch`; people who do not exist are left out."""
    return people_store.wanted_names(ids)


def wanted_guardians(ids: Sequence[PersonId]) -> Wanted[dict[PersonId, tuple[PersonId, ...]]]:
    """Who has custody of pupils today, for `skolkit.table.fetch`, in the same round trip as their names."""
    return enrolments_store.wanted_guardians(ids, today())


def pupil(person: PersonId) -> PupilRecord | None:
    """A pupil as of today; None for adults and unknown ids. One round trip: a consistent query."""
    card = people_store.find_card(person)
    return PupilRecord.of(card, today()) if card and card.is_pupil else None


def require_pupil(caller: Caller, action: guard.Action, id: PersonId) -> PupilRecord:
    """The pupil, if the caller may do `action` about them; `NotFound` otherwise.

    One round trip for the pupil and the guardians, four for staff.
    """
    record = pupil(id)
    if record is None:
        raise NotFound
    require_relation(caller, action, record)
    return record


def require_relation(caller: Caller, action: guard.Action, record: PupilRecord) -> None:
    """Let the caller do `action` about a pupil already read, or raise `NotFound`.

    No round trip for the pupil and the guardians; three for staff: the pupil's groups, those, the caller's
    duties.
    """
    around, duties = organisation.Around(()), tuple[guard.Duty, ...]()
    if caller.person not in {record.id, *record.guardians}:
        around = organisation.staff_around(record.id, today())
        duties = organisation.duties_of(caller.person_id)
    facts = guard.Pupil(
        id=record.id,
        unit=record.unit,
        guardians=record.guardians,
        teachers=around.teachers,
        mentors=around.mentors,
        protected=record.protected,
        age=age(record.birth_date, today()),
    )
    guard.require(caller, action, facts, duties)


def shown_names(
    caller: Caller,
    names: Mapping[PersonId, PersonName],
    *,
    teachers: frozenset[PersonId],
    mentors: frozenset[PersonId],
    duties: Collection[guard.Duty],
) -> dict[PersonId, PersonName]:
    """Those of a roster's `names` that may be shown: all but those of protected pupils the caller has no task
    for (a duty at the pupil's own unit, or as one of the roster's teachers and mentors).

    One round trip per protected pupil, about one in a thousand; none for a roster without.
    """
    records = [record for id, name in names.items() if name.protected and (record := pupil(id))]
    facts = [guard.Pupil(r.id, r.unit, teachers=teachers, mentors=mentors, protected=True) for r in records]
    known = {facts.id for facts in guard.permitted(caller, "register:read_person", facts, duties)}
    return {id: name for id, name in names.items() if not name.protected or id in known}


def children_of(guardian: PersonId) -> tuple[PersonId, ...]:
    """The children in someone's custody today. One round trip: a consistent query."""
    return people_store.children_of(guardian, today())


def contacts(ids: Sequence[PersonId]) -> dict[PersonId, Contact | Withheld]:
    """How people may be reached; whoever has no contact is left out, protected people are `Withheld`.

    One round trip per 100 people.
    """
    return contacts_store.contacts(ids)
