"""The register's table: one partition per person. Keys are built only here.

Everything about a person's identity, custody and enrolment is read by one consistent query on `PERSON#<id>`;
a guardian's children are in the guardian's own partition, both directions written by the same transaction.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TypeVar

from pynamodb.attributes import (
    BinaryAttribute,
    BooleanAttribute,
    JSONAttribute,
    NumberAttribute,
    UnicodeAttribute,
)
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from functions.register.domain import (
    CUSTODY,
    Contact,
    Enrolment,
    NewPerson,
    PersonCard,
    PersonName,
    Responsible,
    Withheld,
    of_age,
)
from skolkit.config import table_name
from skolkit.imports import ImportItem
from skolkit.protected import seal
from skolkit.sweden.codes import SchoolForm
from skolkit.table import Item, Overwrite, Remove, Wanted, Write, fetch
from skolkit.types import PersonId, UnitId

K = TypeVar("K", bound="RegisterItem")


class RegisterItem(Item):
    """Anything in the register's table."""

    class Meta:
        table_name = table_name("register")


class PersonItem(RegisterItem, discriminator="person"):
    """A person. `digest` is of the file row last taken. The identity number is an attribute, never a key of
    people.
    """

    fed = True
    given_name = UnicodeAttribute()
    family_name = UnicodeAttribute()
    birth_date = UnicodeAttribute()
    marking = UnicodeAttribute(default="Ingen")
    civic_no = UnicodeAttribute(null=True)
    digest = UnicodeAttribute(null=True)


class CivicItem(RegisterItem, discriminator="civic"):
    """To whom an identity number belongs, so that nobody is registered twice. Earlier numbers stay."""

    person = UnicodeAttribute()


class ContactItem(RegisterItem, discriminator="contact"):
    """How a person may be reached. Of a protected person everything but the language is sealed.

    `own`: the person has set mail and telephone themselves, and a file does not change them.
    """

    language = UnicodeAttribute(default="sv")
    withheld = BooleanAttribute(default=False)
    own = BooleanAttribute(default=False)
    email = UnicodeAttribute(null=True)
    phone = UnicodeAttribute(null=True)
    address = JSONAttribute(null=True)
    sealed_reach = BinaryAttribute(null=True, legacy_encoding=False)
    sealed_address = BinaryAttribute(null=True, legacy_encoding=False)


class AtUnit(GlobalSecondaryIndex["EnrolmentItem"]):
    """A unit's enrolments of all times, by pupil."""

    class Meta:
        index_name = "at_unit"
        projection = AllProjection()

    unit = UnicodeAttribute(hash_key=True)
    pk = UnicodeAttribute(range_key=True)


class EnrolmentItem(RegisterItem, discriminator="enrolment"):
    """One enrolment."""

    at_unit = AtUnit()
    unit = UnicodeAttribute()
    school_form = UnicodeAttribute()
    year = NumberAttribute(null=True)
    start = UnicodeAttribute()
    end = UnicodeAttribute(null=True)
    cancelled = BooleanAttribute(default=False)
    education_code = UnicodeAttribute(null=True)


class GuardianItem(RegisterItem, discriminator="guardian"):
    """A responsible adult, in the pupil's partition."""

    relation = UnicodeAttribute()


class ChildItem(RegisterItem, discriminator="child"):
    """The same relation in the adult's partition; `until` is the day the child turns 18."""

    relation = UnicodeAttribute()
    until = UnicodeAttribute()


class RegisterImportItem(ImportItem, discriminator="register_import"):
    """How far an import of people has come."""

    class Meta:
        table_name = table_name("register")


def _pk(person: PersonId) -> str:
    return f"PERSON#{person}"


def _profile_key(person: PersonId) -> tuple[str, str]:
    return _pk(person), "PROFILE"


def _contact_key(person: PersonId) -> tuple[str, str]:
    return _pk(person), "CONTACT"


def _civic_key(civic_no: str) -> tuple[str, str]:
    return f"CIVIC#{civic_no}", "CIVIC"


def wanted_names(ids: Sequence[PersonId]) -> Wanted[dict[PersonId, PersonName]]:
    """Names by id; people who do not exist are left out."""

    def answer(found: dict[tuple[str, str], PersonItem]) -> dict[PersonId, PersonName]:
        items = {person: found[key] for person in ids if (key := _profile_key(person)) in found}
        return {
            person: PersonName(person, item.given_name, item.family_name, item.marking != "Ingen")
            for person, item in items.items()
        }

    keys = [_profile_key(person) for person in ids]
    return Wanted(PersonItem, keys, answer, only=("given_name", "family_name", "marking"))


def wanted_digests(ids: Sequence[PersonId]) -> Wanted[dict[PersonId, str]]:
    """The digest of the row each stored person was last taken from ("" for one entered by hand)."""

    def answer(found: dict[tuple[str, str], PersonItem]) -> dict[PersonId, str]:
        return {p: found[key].digest or "" for p in ids if (key := _profile_key(p)) in found}

    return Wanted(PersonItem, [_profile_key(person) for person in ids], answer)


def wanted_owners(numbers: Sequence[str]) -> Wanted[dict[str, PersonId]]:
    """To whom identity numbers belong."""

    def answer(found: dict[tuple[str, str], CivicItem]) -> dict[str, PersonId]:
        return {n: PersonId(found[key].person) for n in numbers if (key := _civic_key(n)) in found}

    return Wanted(CivicItem, [_civic_key(number) for number in numbers], answer)


def contacts(ids: Sequence[PersonId]) -> dict[PersonId, Contact | Withheld]:
    """How people may be reached; those without a contact are left out. One `BatchGetItem` per 100,
    consistent, so that a message never goes out beside a new protection.
    """
    keys = {_contact_key(person): person for person in ids}
    found: dict[tuple[str, str], ContactItem] = fetch(Wanted(ContactItem, list(keys), dict), consistent=True)[
        0
    ]
    return {keys[key]: _contact(keys[key], item) for key, item in found.items()}


def find_contact(person: PersonId) -> ContactItem | None:
    """A person's contact item, consistently read, for a change."""
    return ContactItem.find(*_contact_key(person))


def contact_of(person: PersonId, item: ContactItem | None) -> Contact | Withheld:
    """What may be handed out of a contact item."""
    return _contact(person, item) if item else Contact(person, None, None, "sv")


def changed_contact(item: ContactItem | None, new: Contact, *, protected: bool) -> ContactItem:
    """The contact item after the person set it themselves."""
    item = item or ContactItem(*_contact_key(new.person))
    item.language, item.own, item.withheld = new.language, True, protected
    _set_reach(item, new.person, new.email, new.phone)
    return item


def children_of(guardian: PersonId, day: date) -> tuple[PersonId, ...]:
    """Children in someone's custody on a day. One consistent query."""
    rows = ChildItem.query(_pk(guardian), ChildItem.sk.startswith("CHILD#"), consistent_read=True)
    return tuple(
        PersonId(row.sk.removeprefix("CHILD#"))
        for row in rows
        if row.relation in CUSTODY and day.isoformat() < row.until
    )


def find_card(person: PersonId) -> PersonCard | None:
    """A person with enrolments and responsible adults. One consistent query."""
    rows = list(RegisterItem.query(_pk(person), consistent_read=True))
    return _card(person, rows)


def find_for_enrolment(person: PersonId) -> tuple[PersonItem, PersonCard] | None:
    """The card, and the person's item: writing it again with an enrolment lets only one enrolment through at
    a time.
    """
    rows = list(RegisterItem.query(_pk(person), consistent_read=True))
    card = _card(person, rows)
    return (next(row for row in rows if isinstance(row, PersonItem)), card) if card else None


def enrolments_at(unit: UnitId) -> Iterator[tuple[PersonId, Enrolment]]:
    """A unit's enrolments of all times, by pupil; eventually consistent, one query per megabyte (3,000)."""
    rows = EnrolmentItem.at_unit.query(unit)
    return ((PersonId(row.pk.removeprefix("PERSON#")), _enrolment(row)) for row in rows)


def enrolment_item(person: PersonId, enrolment: Enrolment) -> EnrolmentItem:
    """The item of a new enrolment."""
    return EnrolmentItem(
        _pk(person),
        f"ENROLMENT#{enrolment.start}#{enrolment.unit}",
        unit=enrolment.unit,
        school_form=enrolment.school_form.value,
        year=enrolment.year,
        start=enrolment.start.isoformat(),
        end=enrolment.end.isoformat() if enrolment.end else None,
        cancelled=enrolment.cancelled,
        education_code=enrolment.education_code,
    )


def person_writes(new: NewPerson, *, stored: bool) -> list[Write]:
    """What makes the stored person like `new`. A person not `stored` costs no read, a stored one a consistent
    query. Enrolments no longer in the list are cancelled, never removed.
    """
    old = {row.sk: row for row in RegisterItem.query(_pk(new.id), consistent_read=True)} if stored else {}
    profile = _as(PersonItem, old.get("PROFILE")) or PersonItem(*_profile_key(new.id))
    profile.given_name, profile.family_name = new.given_name, new.family_name
    profile.birth_date, profile.marking = new.birth_date.isoformat(), new.marking
    profile.civic_no, profile.digest = new.civic_no, new.digest
    writes: list[Write] = [profile, _filed_contact(new, _as(ContactItem, old.get("CONTACT")))]
    if new.enrolments is not None:
        writes += _enrolment_writes(new, old)
    if new.responsibles is not None:
        writes += _relation_writes(new, old)
    return writes


def civic_item(civic_no: str, person: PersonId) -> CivicItem:
    """The claim of an identity number; refused by the transaction when somebody has it already."""
    return CivicItem(*_civic_key(civic_no), person=person)


def _enrolment_writes(new: NewPerson, old: dict[str, RegisterItem]) -> Iterator[Write]:
    items = {item.sk: item for item in (enrolment_item(new.id, e) for e in new.enrolments or ())}
    yield from map(Overwrite, items.values())
    for sk, gone in old.items():
        if isinstance(gone, EnrolmentItem) and sk not in items and not gone.cancelled:
            gone.cancelled = True
            yield Overwrite(gone)


def _relation_writes(new: NewPerson, old: dict[str, RegisterItem]) -> Iterator[Write]:
    """Both directions of every relation, guarded by the version of the pupil's item beside them."""
    until = of_age(new.birth_date).isoformat()
    there = {f"GUARDIAN#{responsible.person}" for responsible in new.responsibles or ()}
    for responsible in new.responsibles or ():
        adult, relation = responsible.person, responsible.relation
        yield Overwrite(GuardianItem(_pk(new.id), f"GUARDIAN#{adult}", relation=relation))
        yield Overwrite(ChildItem(_pk(adult), f"CHILD#{new.id}", relation=relation, until=until))
    for sk, gone in old.items():
        if isinstance(gone, GuardianItem) and sk not in there:
            yield Remove(gone)
            yield Remove(ChildItem(_pk(PersonId(sk.removeprefix("GUARDIAN#"))), f"CHILD#{new.id}"))


def _filed_contact(new: NewPerson, item: ContactItem | None) -> ContactItem:
    item = item or ContactItem(*_contact_key(new.id))
    protected = new.marking != "Ingen"
    readable = not (item.withheld and not protected)  # what was sealed cannot be opened here
    own = item.own and readable
    email, phone = (item.email, item.phone) if own else (new.email, new.phone)
    if not (own and item.withheld):
        item.withheld = protected
        _set_reach(item, new.id, email, phone)
    item.own = own
    item.language = item.language if own else new.language
    address = new.address
    fields = (
        {"street": address.street, "postalCode": address.postal_code, "locality": address.locality}
        if address
        else None
    )
    item.address = None if protected else fields
    item.sealed_address = seal(new.id, fields) if protected and fields else None
    return item


def _set_reach(item: ContactItem, person: PersonId, email: str | None, phone: str | None) -> None:
    sealed = item.withheld and (email or phone)
    item.sealed_reach = seal(person, {"email": email, "phone": phone}) if sealed else None
    item.email, item.phone = (None, None) if item.withheld else (email, phone)


def _contact(person: PersonId, item: ContactItem) -> Contact | Withheld:
    return Withheld(person) if item.withheld else Contact(person, item.email, item.phone, item.language)


def _card(person: PersonId, rows: Sequence[RegisterItem]) -> PersonCard | None:
    profile = next((row for row in rows if isinstance(row, PersonItem)), None)
    if profile is None:
        return None
    return PersonCard(
        id=person,
        given_name=profile.given_name,
        family_name=profile.family_name,
        birth_date=date.fromisoformat(profile.birth_date),
        marking=profile.marking,  # type: ignore[arg-type]
        enrolments=tuple(_enrolment(row) for row in rows if isinstance(row, EnrolmentItem)),
        responsibles=tuple(
            Responsible(PersonId(row.sk.removeprefix("GUARDIAN#")), row.relation)  # type: ignore[arg-type]
            for row in rows
            if isinstance(row, GuardianItem)
        ),
    )


def _enrolment(item: EnrolmentItem) -> Enrolment:
    return Enrolment(
        unit=UnitId(item.unit),
        school_form=SchoolForm(item.school_form),
        year=None if item.year is None else int(item.year),
        start=date.fromisoformat(item.start),
        end=date.fromisoformat(item.end) if item.end else None,
        cancelled=item.cancelled,
        education_code=item.education_code,
    )


def _as(kind: type[K], item: RegisterItem | None) -> K | None:
    return item if isinstance(item, kind) else None
