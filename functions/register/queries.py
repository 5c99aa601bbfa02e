"""What other areas may read of the register."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from functions.access import guard
from functions.organisation import queries as organisation
from functions.register.domain import endings
from functions.register.domain.contacts import Contact, Withheld, phone_number
from functions.register.domain.enrolment import Enrolment
from functions.register.domain.people import (
    ListedPerson,
    PersonCard,
    PersonName,
    PupilRecord,
    Sex,
    age,
    of_age,
)
from functions.register.domain.watch import watched_until
from functions.register.store import contacts as contacts_store
from functions.register.store import enrolments as enrolments_store
from functions.register.store import people as people_store
from functions.register.store import watch as watch_store
from functions.register.store.enrolments import UnitPupil
from skolkit.clock import today
from skolkit.errors import NotFound
from skolkit.identity import Caller
from skolkit.retention.rules import last_day
from skolkit.table import Wanted
from skolkit.types import PersonId, UnitId

__all__ = [
    "Contact",
    "EnrolledPupil",
    "Enrolment",
    "ListedPerson",
    "PersonName",
    "PupilRecord",
    "UnitPupil",
    "Withheld",
    "anyone",
    "children_ever",
    "children_of",
    "contacts",
    "enrolments_at",
    "facts_of",
    "is_tied",
    "merged_into",
    "of_age",
    "phone_number",
    "present",
    "pupil",
    "pupils",
    "pupils_at",
    "pupils_now",
    "records_of",
    "require_person",
    "require_pupil",
    "require_relation",
    "same_person",
    "sees",
    "shown_names",
    "tie_end",
    "units_around",
    "wanted_also",
    "wanted_births",
    "wanted_guardians",
    "wanted_listed",
    "wanted_merged",
    "wanted_names",
    "wanted_owners",
    "wanted_sexes",
]


def wanted_names(ids: Sequence[PersonId]) -> Wanted[dict[PersonId, PersonName]]:
    """Names by id, for `skolkit.table.fetch`; people who do not exist are left out."""
    return people_store.wanted_names(ids)


def wanted_listed(ids: Sequence[PersonId]) -> Wanted[dict[PersonId, ListedPerson]]:
    """Names and identity numbers by id, for `skolkit.table.fetch`; people who do not exist are left out."""
    return people_store.wanted_listed(ids)


def wanted_births(ids: Sequence[PersonId]) -> Wanted[dict[PersonId, date]]:
    """Birth dates by id, for `skolkit.table.fetch`, of the same items as the names."""
    return people_store.wanted_births(ids)


def wanted_sexes(ids: Sequence[PersonId]) -> Wanted[dict[PersonId, Sex]]:
    """Sexes by id and nothing else, not even who is protected, for `skolkit.table.fetch`: to count with."""
    return people_store.wanted_sexes(ids)


def wanted_also(ids: Sequence[PersonId]) -> Wanted[dict[PersonId, tuple[PersonId, ...]]]:
    """The closed records that proved to be people among `ids`, for `skolkit.table.fetch`, of the same items
    as the names; people without are left out.
    """
    return people_store.wanted_also(ids)


def wanted_merged(ids: Sequence[PersonId]) -> Wanted[dict[PersonId, PersonId]]:
    """The records that closed ones among `ids` proved to be, for `skolkit.table.fetch`; others are left
    out.
    """
    return people_store.wanted_merged(ids)


def wanted_owners(numbers: Sequence[str]) -> Wanted[dict[str, PersonId]]:
    """To whom identity numbers belong, for `skolkit.table.fetch`; numbers of nobody are left out."""
    return people_store.wanted_owners(numbers)


def wanted_guardians(ids: Sequence[PersonId]) -> Wanted[dict[PersonId, tuple[PersonId, ...]]]:
    """Who has custody of pupils today, for `skolkit.table.fetch`, in the same round trip as their names."""
    return enrolments_store.wanted_guardians(ids, today())


def pupil(person: PersonId) -> PupilRecord | None:
    """A pupil as of today; None for adults and unknown ids. One round trip: a consistent query."""
    card = people_store.find_card(person)
    return PupilRecord.of(card, today()) if card and card.is_pupil else None


def anyone(person: PersonId) -> PupilRecord | None:
    """Anybody in the register as of today, pupil or not. One round trip: a consistent query."""
    card = people_store.find_card(person)
    return PupilRecord.of(card, today()) if card else None


@dataclass(frozen=True, slots=True)
class EnrolledPupil:
    """A pupil with all enrolments, the past and the coming ones too; cancelled ones cover no day."""

    id: PersonId
    protected: bool
    enrolments: tuple[Enrolment, ...]


def pupils(ids: Sequence[PersonId]) -> dict[PersonId, EnrolledPupil]:
    """Pupils with their enrolments; adults and unknown ids are left out. A consistent query per pupil."""
    cards = [card for id in dict.fromkeys(ids) if (card := people_store.find_card(id)) and card.is_pupil]
    return {card.id: EnrolledPupil(card.id, card.protected, card.enrolments) for card in cards}


def records_of(person: PersonId) -> tuple[PersonId, ...]:
    """The person's record and the closed ones that proved to be the same person. One consistent query."""
    card = people_store.find_card(person)
    return (person, *(card.also if card else ()))


def merged_into(person: PersonId) -> PersonId | None:
    """The record that a closed one proved to be the same person as. One consistent query."""
    card = people_store.find_card(person)
    return card.merged_into if card else None


def same_person(person: PersonId) -> tuple[PersonId, ...]:
    """Every record of somebody, whichever of them is asked about. A consistent query each."""
    found, left = dict[PersonId, None](), [person]
    while left:
        found[(one := left.pop())] = None
        if card := people_store.find_card(one):
            known = (*card.also, *([card.merged_into] if card.merged_into else []))
            left += [record for record in known if record not in found]
    return tuple(found)


def present(person: PersonId) -> PupilRecord | None:
    """As `pupil`, and of a closed record the one it proved to be. One round trip more for each merge."""
    card = people_store.find_card(person)
    if card and card.merged_into:
        return present(card.merged_into)
    return PupilRecord.of(card, today()) if card and card.is_pupil else None


def enrolments_at(unit: UnitId) -> Iterator[tuple[PersonId, Enrolment]]:
    """A unit's enrolments of all times, by pupil. Eventually consistent; a round trip per 3,000."""
    return people_store.enrolments_at(unit)


def pupils_at(
    unit: UnitId, cursor: str | None, limit: int, *bound_to: str
) -> tuple[list[PersonId], str | None]:
    """A page of a unit's pupils of today, and the cursor of the next. One consistent query."""
    rows, after = enrolments_store.page_of_pupils(unit, today(), None, cursor, limit, *bound_to)
    return list(dict.fromkeys(row.person for row in rows)), after


def pupils_now(unit: UnitId) -> list[UnitPupil]:
    """All of a unit's pupils of today with form and year, by enrolment, and nobody twice by a closed record.
    One consistent query per 4,000.
    """
    return enrolments_store.pupils_on(unit, today())


def require_pupil(caller: Caller, action: guard.Action, id: PersonId) -> PupilRecord:
    """The pupil, if the caller may do `action` about them; `NotFound` otherwise.

    One round trip for the pupil and the guardians, four for staff.
    """
    record = pupil(id)
    if record is None:
        raise NotFound
    require_relation(caller, action, record)
    return record


def require_person(caller: Caller, action: guard.Action, card: PersonCard) -> None:
    """Let the caller do `action` about anybody already read, or raise `NotFound`.

    As `require_relation` for pupils; for adults three round trips and one per child: children, duties of
    both.
    """
    if card.is_pupil:
        require_relation(caller, action, PupilRecord.of(card, today()))
    elif caller.person == card.id:
        guard.require(caller, action, guard.Person(card.id, protected=card.protected))
    else:
        facts = guard.Person(card.id, frozenset(units_around(card)), card.protected)
        guard.require(caller, action, facts, organisation.duties_of(caller.person_id))


def sees(caller: Caller, id: PersonId) -> bool:
    """Whether the caller may see somebody by name. One round trip, and those of `require_person`."""
    card = people_store.find_card(id)
    try:
        if card:
            require_person(caller, "register:read_person", card)
    except NotFound:
        return False
    return card is not None


def units_around(card: PersonCard) -> list[UnitId]:
    """The units that know a person: where a pupil is enrolled today, where an adult works or has a child.

    None for a pupil; two round trips and one per child for an adult.
    """
    if card.is_pupil:
        now = card.current(today())
        return [now.unit] if now else []
    children = [record for child in children_of(card.id) if (record := pupil(child))]
    units = {record.unit for record in children if record.unit}
    return sorted(units | {duty.unit for duty in organisation.duties_of(card.id) if duty.unit})


def require_relation(caller: Caller, action: guard.Action, record: PupilRecord) -> None:
    """Let the caller do `action` about a pupil already read, or raise `NotFound`.

    No round trip for the pupil and the guardians; three for staff: the pupil's groups, those, the caller's
    duties.
    """
    around, duties = organisation.Around(()), tuple[guard.Duty, ...]()
    if caller.person not in {record.id, *record.guardians}:
        around = organisation.staff_around(record.id, today())
        duties = organisation.duties_of(caller.person_id)
    guard.require(caller, action, facts_of(record, around), duties)


def facts_of(record: PupilRecord, around: organisation.Around) -> guard.Pupil:
    """What the guard must know of a pupil and the people around them. No round trip."""
    return guard.Pupil(
        id=record.id,
        unit=record.unit,
        guardians=record.guardians,
        teachers=around.teachers,
        mentors=around.mentors,
        protected=record.protected,
        age=age(record.birth_date, today()),
    )


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


def children_ever(guardian: PersonId) -> tuple[PersonId, ...]:
    """Everybody an adult is or has been responsible for, grown-up children too, since kinship disqualifies
    (förvaltningslagen 16 §). One round trip: a consistent query.
    """
    return tuple(child for child, _, _ in people_store.children_ever(guardian))


def tie_end(event: str, person: PersonId, changed: date) -> date | None:
    """When the last tie to somebody ended, for the retention plan's "education end"; None while it has not,
    and for whoever is not in the register. `changed`: when what is asked about was changed last. Of "case
    closed", for what the watch knows beside its cases: when somebody is not watched any more.

    What is kept of a closed record is judged by the one it proved to be, and from the merge at the earliest:
    the merge may be undone. For what is not done while somebody waits: three round trips, and two per child.
    """
    if event not in ("education end", "case closed"):
        raise ValueError(event)
    found = people_store.find_person(person)
    if found is None or watch_store.open_case_of(person):
        return None
    item, card = found
    if card.merged_into:
        merged = last_day(item.modified or "") or changed
        since = tie_end(event, card.merged_into, max(changed, merged))
        return max(since, merged) if since else None
    if event == "case closed":
        return watched_until(card.birth_date)
    known = list(people_store.children_ever(person))
    if any(of_age > today() and watch_store.open_case_of(id) for id, of_age, _ in known):
        return None
    children = [
        endings.child_end(of_age, relation_end, kid.enrolments if (kid := people_store.find_card(id)) else ())
        for id, of_age, relation_end in known
    ]
    return endings.tie_end(card, children, organisation.duty_ends(person), changed, today())


def is_tied(person: PersonId) -> bool:
    """Whether the schools have to do with somebody now. Round trips as `tie_end`, and one; False for a closed
    record.
    """
    if merged_into(person):
        return False
    end = tie_end("education end", person, date.min)
    return end is None or end >= today()


def contacts(ids: Sequence[PersonId]) -> dict[PersonId, Contact | Withheld]:
    """How people may be reached; whoever has no contact is left out, protected people are `Withheld`.

    One round trip per 100 people.
    """
    return contacts_store.contacts(ids)
