"""What other areas may read of the register."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from functions.access import guard
from functions.organisation import queries as organisation
from functions.register import store
from functions.register.domain import Contact, PersonName, PupilRecord, Withheld, age
from skolkit.clock import today
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
    "wanted_names",
    "with_relations",
]


def wanted_names(ids: Sequence[PersonId]) -> Wanted[dict[PersonId, PersonName]]:
    """Names by id, for `skolkit.table.fetch`; people who do not exist are left out."""
    return store.wanted_names(ids)


def pupil(person: PersonId) -> PupilRecord | None:
    """A pupil as of today; None for adults and unknown ids. One round trip: a consistent query."""
    card = store.find_card(person)
    return PupilRecord.of(card, today()) if card and card.is_pupil else None


def with_relations(record: PupilRecord, on: date) -> guard.Pupil:
    """The pupil as the guard wants it, with the teachers and mentors of the groups it belongs to on a day.

    At most two round trips, consistent: the pupil's groups, then those groups.
    """
    around = organisation.staff_around(record.id, on)
    return guard.Pupil(
        id=record.id,
        unit=record.unit,
        guardians=record.guardians,
        teachers=around.teachers,
        mentors=around.mentors,
        protected=record.protected,
        age=age(record.birth_date, on),
    )


def children_of(guardian: PersonId) -> tuple[PersonId, ...]:
    """The children in someone's custody today. One round trip: a consistent query."""
    return store.children_of(guardian, today())


def contacts(ids: Sequence[PersonId]) -> dict[PersonId, Contact | Withheld]:
    """How people may be reached; whoever has no contact is left out, protected people are `Withheld`.

    One round trip per 100 people.
    """
    return store.contacts(ids)
