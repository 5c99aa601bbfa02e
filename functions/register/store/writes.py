"""Items as they are written: of a file's person, of an enrolment, a relation, a number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta

from functions.register.domain.people import NewPerson, Responsible, of_age
from functions.register.store.contacts import filed_contact
from functions.register.store.enrolments import enrolments_of, filed_writes, kin_item
from functions.register.store.items import (
    BirthItem,
    ChildItem,
    CivicItem,
    ContactItem,
    GuardianItem,
    IdentifierItem,
    NumberItem,
    PersonItem,
    as_kind,
    birth_key,
    civic_key,
    external_pk,
    number_key,
    person_pk,
    principal_pk,
    profile_key,
    text_of,
)
from functions.register.store.people import responsible_of, rows_of
from skolkit.table import Overwrite, Remove, Write
from skolkit.types import PersonId


def person_writes(new: NewPerson, day: date, *, stored: bool) -> list[Write]:
    """What makes the stored person like `new` from `day` on. A person not `stored` costs no read, a stored
    one a consistent query. Enrolments no longer in the list are cancelled and relations ended, not removed.
    """
    old = {row.sk: row for row in rows_of(new.id)} if stored else {}
    profile = as_kind(PersonItem, old.get("PROFILE")) or PersonItem(*profile_key(new.id))
    writes: list[Write] = [profile, filed_contact(new, as_kind(ContactItem, old.get("CONTACT")))]
    if new.civic_no and new.civic_no != profile.civic_no:
        first = not any(isinstance(row, NumberItem) for row in old.values())
        writes.append(Overwrite(number_item(new.id, new.civic_no, new.birth_date if first else day)))
    known = identifiers_of(profile)
    born_otherwise = profile.birth_date not in (None, new.birth_date.isoformat())
    writes += born_writes(new.id, new.birth_date, profile.birth_date)
    set_profile(profile, new)
    writes += identifier_writes(profile, known)
    if new.enrolments is not None:
        writes += filed_writes(new.id, new.enrolments, enrolments_of(old.values()))
    before = [responsible_of(row) for row in old.values() if isinstance(row, GuardianItem)]
    if new.responsibles is not None:
        writes += relation_writes(new.id, new.birth_date, new.responsibles, before, day)
    elif born_otherwise and before:  # custody ends on another day
        writes += relation_writes(new.id, new.birth_date, before, (), day)
    return writes


def set_profile(item: PersonItem, new: NewPerson) -> None:
    """Make the item say what `new` says of the person alone."""
    item.given_name, item.middle_name, item.family_name = new.given_name, new.middle_name, new.family_name
    item.birth_date, item.marking = new.birth_date.isoformat(), new.marking
    item.sex, item.status, item.municipality = new.sex, new.status, new.municipality
    item.principal_names = list(new.principal_names) or None
    item.external_ids = [[x.value, x.context, x.globally_unique] for x in new.external_ids] or None
    item.civic_no, item.digest = new.civic_no or item.civic_no, new.digest


def identifiers_of(item: PersonItem) -> frozenset[str]:
    """The partitions by which a person is found under what other systems call them."""
    names = map(principal_pk, item.principal_names or ())
    return frozenset((*names, *(external_pk(value) for value, *_ in item.external_ids or ())))


def identifier_writes(item: PersonItem, before: frozenset[str]) -> list[Write]:
    """What lets a person be found by the identifiers that the item has, and no more by others of `before`."""
    person, now = str(item.pk).removeprefix("PERSON#"), identifiers_of(item)
    return [
        *(Overwrite(IdentifierItem(pk, person)) for pk in sorted(now - before)),
        *(Remove(IdentifierItem(pk, person)) for pk in sorted(before - now)),
    ]


def civic_item(civic_no: str, person: PersonId) -> CivicItem:
    """The claim of an identity number; refused by the transaction when somebody has it already."""
    return CivicItem(*civic_key(civic_no), person=person)


def number_item(person: PersonId, number: str, since: date) -> NumberItem:
    """An identity number among the person's own."""
    return NumberItem(*number_key(person, since), number=number)


def born_writes(person: PersonId, born: date, before: str | None) -> Iterator[Write]:
    """Keep the list of those born on a day; `before` is the date stored until now."""
    if before != born.isoformat():
        yield Overwrite(BirthItem(*birth_key(born, person)))
        if before:
            yield Remove(BirthItem(*birth_key(date.fromisoformat(before), person)))


def relation_items(child: PersonId, born: date, responsible: Responsible) -> list[Write]:
    """Both directions of one relation."""
    adult, relation = responsible.person, responsible.relation
    start, end = text_of(responsible.start), text_of(responsible.end)
    return [
        Overwrite(
            GuardianItem(
                person_pk(child), f"GUARDIAN#{adult}", relation=relation, start=start, end=end,
                home=responsible.home,
            )
        ),
        Overwrite(
            ChildItem(
                person_pk(adult), f"CHILD#{child}", relation=relation, until=of_age(born).isoformat(),
                start=start, end=end, home=responsible.home,
            )
        ),
    ]  # fmt: skip


def relation_changed(
    child: PersonId, born: date, new: Responsible, before: Iterable[Responsible]
) -> list[Write]:
    """One relation, and all of the child's in one item, guarded by the version of the child's item."""
    everyone = {r.person: r for r in before} | {new.person: new}
    return [*relation_items(child, born, new), Overwrite(kin_item(child, of_age(born), everyone.values()))]


def relation_removed(child: PersonId, adult: PersonId) -> Remove:
    """The adult's side of a relation, to be removed; the child's side stays with a record that is closed."""
    return Remove(ChildItem(person_pk(adult), f"CHILD#{child}"))


def relation_moved(row: ChildItem, adult: PersonId) -> list[Write]:
    """A relation in the partition of a record that is closed, as the other record's."""
    pk, sk = str(row.pk), str(row.sk)
    child, old = PersonId(sk.removeprefix("CHILD#")), PersonId(pk.removeprefix("PERSON#"))
    here = GuardianItem(person_pk(child), f"GUARDIAN#{adult}", relation=row.relation)
    there = ChildItem(person_pk(adult), f"CHILD#{child}", relation=row.relation, until=row.until)
    for item in (here, there):
        item.start, item.end, item.home = row.start, row.end, row.home
    return [
        Overwrite(here),
        Overwrite(there),
        Remove(GuardianItem(person_pk(child), f"GUARDIAN#{old}")),
        Remove(row),
    ]


def relation_writes(
    child: PersonId,
    born: date,
    responsibles: Iterable[Responsible],
    before: Iterable[Responsible],
    day: date,
) -> Iterator[Write]:
    """Both directions of every relation, and all in one item, guarded by the version of the pupil's item
    beside them; whoever is no longer in the list was responsible until the day before `day`.
    """
    there = {responsible.person: responsible for responsible in responsibles}
    last = day - timedelta(days=1)
    for responsible in there.values():
        yield from relation_items(child, born, responsible)
    gone = {r.person: r for r in before if r.person not in there}
    ended = {id: replace(r, end=last) for id, r in gone.items() if r.end is None or r.end > last}
    for responsible in ended.values():
        yield from relation_items(child, born, responsible)
    yield Overwrite(kin_item(child, of_age(born), {**gone, **ended, **there}.values()))
