"""People as the standard's `Person`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from functions.register.domain.contacts import Contact
from functions.register.domain.enrolment import Enrolment
from functions.register.domain.names import BETWEEN, contains
from functions.register.domain.people import Responsible, holds_on, of_age
from functions.register.ss12000.relations import PersonEntity, Places, is_related, people_related
from functions.register.store import standard as store
from functions.register.store.items import PersonItem, order_texts, profile_key
from skolkit.clock import today
from skolkit.http import Shape
from skolkit.ss12000 import (
    NEWEST_FIRST,
    Entity,
    Filters,
    Key,
    Meta,
    Order,
    PersonReference,
    Reference,
    Resource,
    SecurityMarking,
    Sift,
)
from skolkit.sweden.codes import SS12000_SCHOOL_TYPE
from skolkit.table import ORDERED
from skolkit.types import PersonId

_RELATION = "relationship."


class CivicNo(Shape):
    """An identity number: personnummer, samordningsnummer or TF-nummer, 12 characters."""

    value: str


class ExternalIdentifier(Shape):
    """The person's id in another system."""

    value: str
    context: str
    globally_unique: bool


class Email(Shape):
    """A mail address."""

    value: str
    type: str


class PhoneNumber(Shape):
    """A telephone number (E.164)."""

    value: str
    type: str
    mobile: bool


class Address(Shape):
    """A postal address. The standard has no line for whom it is in care of: it goes before the street."""

    type: str
    street_address: str
    postal_code: str
    locality: str
    country: str
    municipality_code: int | None = None


class PersonEnrolment(Shape):
    """An enrolment, of all times and also a cancelled one."""

    enroled_at: Reference
    school_year: int | None = None
    school_type: str
    start_date: date
    end_date: date | None = None
    cancelled: bool
    education_code: str | None = None
    programme: Reference | None = None
    specification: str | None = None


class PersonResponsible(Shape):
    """Somebody who is responsible for the person today."""

    person: PersonReference
    relation_type: str


class Person(Shape):
    """A person. Of a protected one no contact details: they are sealed."""

    id: UUID
    meta: Meta
    given_name: str
    middle_name: str | None = None
    family_name: str
    edu_person_principal_names: list[str] | None = None
    external_identifiers: list[ExternalIdentifier] | None = None
    civic_no: CivicNo | None = None
    birth_date: date
    sex: str
    security_marking: SecurityMarking
    person_status: str
    emails: list[Email] | None = None
    phone_numbers: list[PhoneNumber] | None = None
    addresses: list[Address] | None = None
    enrolments: list[PersonEnrolment] | None = None
    responsibles: list[PersonResponsible] | None = None


def person(whole: store.WholePerson) -> PersonEntity:
    """A person as an entity. Which units it belongs to is looked up when somebody asks."""
    card, day = whole.card, today()
    grown_up = of_age(card.birth_date)
    there = [r for r in card.responsibles if holds_on(day, r.relation, r.start, r.end, grown_up)]
    contact = whole.contact if isinstance(whole.contact, Contact) and not card.protected else None
    shape = Person(
        id=UUID(card.id),
        meta=Meta(created=whole.created, modified=whole.changed),
        given_name=card.given_name,
        middle_name=card.middle_name,
        family_name=card.family_name,
        edu_person_principal_names=list(card.principal_names) or None,
        external_identifiers=[
            ExternalIdentifier(value=x.value, context=x.context, globally_unique=x.globally_unique)
            for x in card.external_ids
        ]
        or None,
        civic_no=CivicNo(value=whole.civic_no) if whole.civic_no else None,
        birth_date=card.birth_date,
        sex=card.sex,
        security_marking=card.marking,
        person_status=card.status,
        enrolments=list(map(_enrolment, card.enrolments)) or None,
        responsibles=list(map(_responsible, there)) or None,
        **_reach(contact),
    )
    places = Places(whole)
    return PersonEntity(
        card.id,
        shape,
        whole.created,
        whole.changed,
        units=places.units,
        forms=places.forms,
        about=card.id,
        people=frozenset(r.person for r in there),
        whole=whole,
    )


def _enrolment(e: Enrolment) -> PersonEnrolment:
    return PersonEnrolment(
        enroled_at=Reference(id=UUID(e.unit)),
        school_year=e.year,
        school_type=SS12000_SCHOOL_TYPE[e.school_form],
        start_date=e.start,
        end_date=e.end,
        cancelled=e.cancelled,
        education_code=e.education_code,
        programme=Reference(id=UUID(e.programme)) if e.programme else None,
        specification=e.specification,
    )


def _responsible(r: Responsible) -> PersonResponsible:
    return PersonResponsible(person=PersonReference(id=UUID(r.person)), relation_type=r.relation)


def responsible_for(people: Sequence[str]) -> dict[str, list[PersonResponsible]]:
    """Whom people are responsible for today. A query for each person, 16 side by side."""
    keys = {person: profile_key(PersonId(person)) for person in people}
    found, day = store.whole_people(list(keys.values()), consistent=False), today()
    return {
        person: [
            PersonResponsible(person=PersonReference(id=UUID(c.child)), relation_type=c.relation)
            for c in found[key].charges
            if c.holds(day)
        ]
        for person, key in keys.items()
        if key in found
    }


def _reach(contact: Contact | None) -> dict[str, Any]:
    """Mail, telephone and addresses; where only the one for notices is known, that."""
    if contact is None:
        return {}
    emails = [Email(value=e.value, type=e.type) for e in contact.emails]
    phones = [PhoneNumber(value=p.value, type=p.type, mobile=p.mobile) for p in contact.phones]
    if contact.email and not emails:
        emails = [Email(value=contact.email, type="Privat")]
    if contact.phone and not phones:
        phones = [PhoneNumber(value=contact.phone, type="Hem", mobile=True)]
    homes = [
        Address(
            type=a.type,
            street_address=f"c/o {a.care_of}, {a.street}" if a.care_of else a.street,
            postal_code=a.postal_code,
            locality=a.locality,
            country=a.country,
            municipality_code=int(a.municipality_code) if a.municipality_code else None,
        )
        for a in contact.addresses
    ]
    return {"emails": emails or None, "phone_numbers": phones or None, "addresses": homes or None}


def _load(keys: Sequence[Key], consistent: bool) -> dict[Key, list[Entity]]:
    found = store.whole_people(keys, consistent=consistent)
    return {key: [person(whole)] for key, whole in found.items()}


def _narrow(filters: Filters) -> Sequence[Key] | None:
    """Those who can answer to everything that says who they are, or where they belong."""
    found: list[set[Key]] = []
    if number := filters.get("civicNo"):
        found.append(set(store.keys_of_numbers([number])))
    if name := filters.get("eduPersonPrincipalName"):
        found.append(set(store.keys_of_principal(name)))
    if value := filters.get("identifier.value"):
        found.append(set(store.keys_of_external(value)))
    if filters.get("relationship.organisation"):
        found.append({profile_key(id) for id in people_related(_relation(filters))})
    return sorted(set.intersection(*found)) if found else None


def _sift(filters: Filters) -> Sift | None:
    """The texts of the orders by name hold all names, unless they have been cut off."""
    parts = filters.get("nameContains")
    if not parts:
        return None
    return Sift((1, 2), lambda text: len(text) >= ORDERED or contains(text.split(BETWEEN), parts))


def _keeps(entity: Entity, filters: Filters) -> bool:
    assert isinstance(entity, PersonEntity)
    whole, card = entity.whole, entity.whole.card
    context, value = filters.get("identifier.context"), filters.get("identifier.value")
    principal = filters.get("eduPersonPrincipalName")
    relation = _relation(filters)
    return (
        filters.get("civicNo") in (None, whole.civic_no)
        and contains((card.given_name, card.middle_name, card.family_name), filters.get("nameContains", ()))
        and (not principal or principal.casefold() in {name.casefold() for name in card.principal_names})
        and (
            not (context or value)
            or any(context in (None, x.context) and value in (None, x.value) for x in card.external_ids)
        )
        # Those of an organisation have been found by its lists already.
        and (not relation or "organisation" in relation or is_related(whole, relation))
    )


def _relation(filters: Filters) -> Filters:
    return {
        name.removeprefix(_RELATION): value for name, value in filters.items() if name.startswith(_RELATION)
    }


def _order(number: int, *, down: bool = False) -> Order:
    def text(entity: Entity) -> str:
        assert isinstance(entity, PersonEntity)
        card = entity.whole.card
        texts = order_texts(card.given_name, card.middle_name, card.family_name, entity.whole.civic_no)
        return texts[number - 1]

    return Order(number, text, down)


def _name(entity: Entity) -> str:
    assert isinstance(entity, PersonEntity)
    card = entity.whole.card
    return " ".join(filter(None, (card.given_name, card.middle_name, card.family_name)))


_NAMED = {"GivenName": 1, "FamilyName": 2, "CivicNo": 3}

PERSONS = Resource(
    kind=PersonItem,
    load=_load,
    key=lambda person: profile_key(PersonId(person)),
    ids=lambda key: [key[0].removeprefix("PERSON#")],
    orders={
        "ModifiedDesc": NEWEST_FIRST,
        "DisplayNameAsc": _order(1),
        **{f"{name}Asc": _order(number) for name, number in _NAMED.items()},
        **{f"{name}Desc": _order(number, down=True) for name, number in _NAMED.items()},
    },
    narrow=_narrow,
    sift=_sift,
    keeps=_keeps,
    lookups={"civicNos": store.keys_of_numbers},
    name=_name,
)
