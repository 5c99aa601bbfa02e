"""Items as they are written: of a file's person, of an enrolment, a relation, a number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from functions.register.domain.enrolment import Enrolment
from functions.register.domain.people import NewPerson, PersonCard, PersonName, Responsible, of_age
from functions.register.store.contacts import filed_contact
from functions.register.store.items import (
    BirthItem,
    ChildItem,
    CivicItem,
    ContactItem,
    EnrolmentItem,
    GuardianItem,
    NumberItem,
    PersonItem,
    RegisterItem,
    as_kind,
    birth_key,
    civic_key,
    number_key,
    person_pk,
    profile_key,
    text_of,
)
from functions.register.store.people import card_of, responsible_of, rows_of
from functions.register.store.search import adults_of, arrived, awaited, refound, renamed_adult
from skolkit.table import Overwrite, Remove, Write
from skolkit.types import PersonId


def person_writes(
    new: NewPerson, day: date, *, stored: bool, adults: Mapping[PersonId, PersonName] | None = None
) -> list[Write]:
    """What makes the stored person like `new` from `day` on. A person not `stored` costs no read, a stored
    one a consistent query. Enrolments no longer in the list are cancelled and relations ended, not removed.
    `adults` names those responsible as far as the register, or the same file, knows them; read when left out.
    """
    old = {row.sk: row for row in rows_of(new.id)} if stored else {}
    then = card_of(new.id, list(old.values()))
    profile = as_kind(PersonItem, old.get("PROFILE")) or PersonItem(*profile_key(new.id))
    writes: list[Write] = [profile, filed_contact(new, as_kind(ContactItem, old.get("CONTACT")))]
    if new.civic_no and new.civic_no != profile.civic_no:
        first = not any(isinstance(row, NumberItem) for row in old.values())
        writes.append(Overwrite(number_item(new.id, new.civic_no, new.birth_date if first else day)))
    writes += born_writes(new.id, new.birth_date, profile.birth_date)
    set_profile(profile, new)
    if new.enrolments is not None:
        writes += _enrolment_writes(new, old)
    if new.responsibles is not None:
        before = [responsible_of(row) for row in old.values() if isinstance(row, GuardianItem)]
        writes += relation_writes(new.id, new.birth_date, new.responsibles, before, day)
    return writes + found_changes(new.id, then, list(old.values()), writes, day, adults=adults)


def found_changes(
    person: PersonId,
    before: PersonCard | None,
    rows: Sequence[RegisterItem],
    writes: Sequence[Write],
    day: date,
    *,
    adults: Mapping[PersonId, PersonName] | None = None,
) -> list[Write]:
    """How the person, and the children by this adult's name, are found once `writes` are made: for every
    transaction that changes a name, an enrolment, custody or protection. `before` is the card, and `rows` the
    partition, as read. One `BatchGetItem` for a stored pupil; for an adult who changes name see
    `renamed_adult`.
    """
    made = {row.sk: row for row in rows}
    made |= {x.sk: x for w in writes if (x := _put(w)) is not None and x.pk == person_pk(person)}
    after = card_of(person, list(made.values()))
    if after is None:
        return []
    cards = [after, before] if before else [after]
    names = adults_of(*cards) if adults is None or before else {}
    names |= {id: name for id, name in (adults or {}).items() if id not in names}
    found = refound(before, after, names, day)
    found += [awaited(id) for id in sorted(after.guardians(day)) if id not in names]
    children = [PersonId(row.sk.removeprefix("CHILD#")) for row in rows if isinstance(row, ChildItem)]
    old, new = _name(before) if before else None, _name(after)
    if children and old != new:
        found += renamed_adult(person, children, old, new, day)
    return found + ([arrived(person)] if "AWAITED" in made else [])


def _put(write: Write) -> RegisterItem | None:
    item = write.item if isinstance(write, Overwrite) else write
    return item if isinstance(item, RegisterItem) else None


def _name(card: PersonCard) -> PersonName:
    return PersonName(card.id, card.given_name, card.family_name, card.protected)


def set_profile(item: PersonItem, new: NewPerson) -> None:
    """Make the item say what `new` says of the person alone."""
    item.given_name, item.middle_name, item.family_name = new.given_name, new.middle_name, new.family_name
    item.birth_date, item.marking = new.birth_date.isoformat(), new.marking
    item.sex, item.status, item.municipality = new.sex, new.status, new.municipality
    item.principal_names = list(new.principal_names) or None
    item.external_ids = [[x.value, x.context, x.globally_unique] for x in new.external_ids] or None
    item.civic_no, item.digest = new.civic_no or item.civic_no, new.digest


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


def enrolment_item(person: PersonId, enrolment: Enrolment) -> EnrolmentItem:
    """The item of an enrolment."""
    return EnrolmentItem(
        person_pk(person),
        f"ENROLMENT#{enrolment.start}#{enrolment.unit}",
        unit=enrolment.unit,
        school_form=enrolment.school_form.value,
        year=enrolment.year,
        start=enrolment.start.isoformat(),
        end=text_of(enrolment.end),
        cancelled=enrolment.cancelled,
        education_code=enrolment.education_code,
        programme=enrolment.programme,
        specification=enrolment.specification,
        leaving=enrolment.leaving,
    )


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
                start=start, end=end,
            )
        ),
    ]  # fmt: skip


def relation_writes(
    child: PersonId,
    born: date,
    responsibles: Iterable[Responsible],
    before: Iterable[Responsible],
    day: date,
) -> Iterator[Write]:
    """Both directions of every relation, guarded by the version of the pupil's item beside them; whoever is
    no longer in the list was responsible until the day before `day`.
    """
    there = {responsible.person: responsible for responsible in responsibles}
    last = day - timedelta(days=1)
    for responsible in there.values():
        yield from relation_items(child, born, responsible)
    for gone in before:
        if gone.person not in there and (gone.end is None or gone.end > last):
            yield from relation_items(child, born, replace(gone, end=last))


def _enrolment_writes(new: NewPerson, old: dict[str, RegisterItem]) -> Iterator[Write]:
    items = {item.sk: item for item in (enrolment_item(new.id, e) for e in new.enrolments or ())}
    yield from map(Overwrite, items.values())
    for sk, gone in old.items():
        if isinstance(gone, EnrolmentItem) and sk not in items and not gone.cancelled:
            gone.cancelled = True
            yield Overwrite(gone)
