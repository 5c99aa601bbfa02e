"""Keeping the register: who people are, their numbers, who is responsible for whom (process 2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from functions.access import guard
from functions.organisation import queries as organisation
from functions.register.domain import people as rules
from functions.register.domain.contacts import Address, Contact, Email, Phone
from functions.register.domain.enrolment import Enrolment
from functions.register.domain.people import ExternalId, NewPerson, PersonCard, PersonName, Responsible
from functions.register.events import CustodyChanged
from functions.register.queries import require_person, units_around
from functions.register.schemas.people import (
    AddressShape,
    EmailShape,
    EnrolmentRecord,
    ExternalIdentifier,
    NewNumber,
    NewPersonBody,
    NewPersonView,
    NewReach,
    NumberView,
    PersonBody,
    PhoneShape,
    RecordView,
    ResponsibleBody,
    ResponsibleView,
)
from functions.register.store import contacts as contacts_store
from functions.register.store import people as people_store
from functions.register.store.items import PersonItem
from functions.register.store.writes import (
    born_writes,
    civic_item,
    identifier_writes,
    identifiers_of,
    number_item,
    person_writes,
    relation_changed,
    relation_writes,
    set_profile,
)
from skolkit.audit import Trace, record_read
from skolkit.clock import today
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.idempotency import RequestKey
from skolkit.identity import Caller
from skolkit.table import Write, commit, fetch
from skolkit.types import PersonId, new_id


def add_person(caller: Caller, new: NewPersonBody, key: RequestKey) -> NewPersonView:
    """Enter somebody who is not in the register. Five round trips: duties, number, those born the same day,
    their names, commit. Raises `NumberTaken`, `PerhapsTheSame`.
    """
    duties = organisation.duties_of(caller.person_id)
    guard.require(caller, "register:add_person", guard.SYSTEM, duties)
    person = PersonId(new_id())
    if new.civic_no:
        _require_free(new.civic_no, person)
    _require_unknown(person, new)
    made = _person(person, new, new.civic_no)
    writes = person_writes(replace(made, language=new.language), today(), stored=False)
    if new.civic_no:
        writes.append(civic_item(new.civic_no, person))
    view = NewPersonView(id=person, version=1)
    trace = Trace(caller.person_id, "add_person", person)
    commit(*writes, trace=trace, once=key.once(view.model_dump_json(by_alias=True)))
    return view


def read_record(caller: Caller, id: PersonId) -> RecordView:
    """Everything about a person, for those who keep the register. Seven round trips for a pupil."""
    item, card = _found(caller, "register:read_record", id)
    contact = contacts_store.contact_of(id, contacts_store.find_contact(id))
    children = people_store.children_of(id, today())
    record_read(Trace(caller.person_id, "read_record", id))
    return _record(item.version, card, contact if isinstance(contact, Contact) else None, children)


def change_person(caller: Caller, id: PersonId, new: PersonBody, version: int) -> NewPersonView:
    """Correct what the register says of a person alone. Raises `BeforeBirth` for enrolments that would begin
    before the new birth date.
    """
    item, card = _changed(caller, id, version)
    rules.check_born(new.birth_date, [e.start for e in card.enrolments if not e.cancelled])
    before, known, made = item.birth_date, identifiers_of(item), _person(id, new, card.civic_no)
    set_profile(item, replace(made, marking=card.marking, digest=item.digest or ""))
    kin = relation_writes(id, new.birth_date, card.responsibles, (), today()) if card.responsibles else ()
    commit(
        item,
        *(kin if new.birth_date != card.birth_date else ()),
        *born_writes(id, new.birth_date, before),
        *identifier_writes(item, known),
        trace=Trace(caller.person_id, "change_person", id, changes=_differences(card, new)),
    )
    return NewPersonView(id=id, version=item.version)


def change_number(caller: Caller, id: PersonId, new: NewNumber, version: int) -> NewPersonView:
    """Give a person another identity number from a day on; the earlier one stays theirs. Raises
    `NumberTaken`, `NumberTooEarly`.
    """
    item, card = _changed(caller, id, version)
    known = {span.number for span in card.numbers}
    rules.check_number_day(card.numbers, new.since)
    if new.civic_no not in known:
        _require_free(new.civic_no, id)
    claim: list[Write] = [] if new.civic_no in known else [civic_item(new.civic_no, id)]
    item.civic_no = new.civic_no
    trace = Trace(caller.person_id, "change_number", id, changes=f"from {new.since}")
    commit(item, number_item(id, new.civic_no, new.since), *claim, trace=trace)
    return NewPersonView(id=id, version=item.version)


def change_reach(caller: Caller, id: PersonId, new: NewReach, version: int) -> NewPersonView:
    """Enter all ways to reach a person; sealed at once for a protected one. The version is the person's."""
    item, card = _changed(caller, id, version)
    stored = contacts_store.find_contact(id)
    contact = Contact(
        id,
        next((e.value for e in new.emails if e.type == "Privat"), None),
        next((p.value for p in new.phone_numbers if p.mobile), None),
        stored.language if stored else "sv",
        tuple(Email(**e.model_dump()) for e in new.emails),
        tuple(Phone(**p.model_dump()) for p in new.phone_numbers),
        tuple(_address(a) for a in new.addresses),
    )
    changed = contacts_store.reached_at(stored, contact, protected=card.protected)
    commit(item, changed, trace=Trace(caller.person_id, "change_reach", id))
    return NewPersonView(id=id, version=item.version)


def put_responsible(
    caller: Caller, id: PersonId, adult: PersonId, new: ResponsibleBody, version: int
) -> ResponsibleView:
    """Make an adult responsible for a child, or change the relation. Raises `GuardianLoop`."""
    item, card = _changed(caller, id, version)
    other = _relatable(caller, adult)
    rules.check_responsible((id, card.birth_date), (adult, other.birth_date))
    rules.check_dates(new.start_date, new.end_date)
    responsible = Responsible(adult, new.relation_type, new.start_date, new.end_date, new.home)
    _relate(caller, "put_responsible", item, card, responsible)
    return ResponsibleView(person=adult, **new.model_dump())


def end_responsible(caller: Caller, id: PersonId, adult: PersonId, version: int) -> None:
    """End somebody's responsibility for a child: yesterday was the last day."""
    item, card = _changed(caller, id, version)
    found = next((r for r in card.responsibles if r.person == adult and r.covers(today())), None)
    if found is None:
        raise NotFound
    _relate(caller, "end_responsible", item, card, replace(found, end=today() - timedelta(days=1)))


def _relatable(caller: Caller, adult: PersonId) -> PersonCard:
    """The adult, if the caller may give them a child: one whom other units know, or who is protected, needs a
    right to them too, else a child of one's own would be a way to anybody's record.
    """
    card = people_store.find_card(adult)
    if card is None or card.merged_into:
        raise NotFound
    if card.protected or card.is_pupil or units_around(card):
        require_person(caller, "register:edit_person", card)
    return card


def _relate(caller: Caller, action: str, item: PersonItem, card: PersonCard, new: Responsible) -> None:
    trace = Trace(caller.person_id, action, card.id, changes=f"{new.person} {new.relation} {new.end or ''}")
    writes = relation_changed(card.id, card.birth_date, new, card.responsibles)
    commit(item, *writes, facts=[CustodyChanged(child=card.id)], trace=trace)


def _found(caller: Caller, action: guard.Action, id: PersonId) -> tuple[PersonItem, PersonCard]:
    found = people_store.find_person(id)
    if found is None:
        raise NotFound
    require_person(caller, action, found[1])
    return found


def _changed(caller: Caller, id: PersonId, version: int) -> tuple[PersonItem, PersonCard]:
    """The person for a change of the version that was read; a merged record is not changed any more."""
    item, card = _found(caller, "register:edit_person", id)
    if card.merged_into:
        raise NotFound
    if item.version != version:
        raise ChangedMeanwhile(field="If-Match", value=version)
    return item, card


def _require_free(number: str, person: PersonId) -> None:
    owner = fetch(people_store.wanted_owners([number]), consistent=True)[0].get(number)
    if owner not in (None, person):
        raise rules.NumberTaken(field="civicNo")


def _require_unknown(person: PersonId, new: NewPersonBody) -> None:
    """Nobody with this birth date and name, protected ones apart: those are known by number alone."""
    (names,) = fetch(people_store.wanted_names(people_store.born_on(new.birth_date)))
    others = [n for n in names.values() if not n.protected and n.id not in new.confirmed_distinct]
    entered = PersonName(person, new.given_name, new.family_name, protected=False)
    if same := rules.perhaps_the_same(entered, others):
        raise rules.PerhapsTheSame(field="confirmedDistinct", value=",".join(same))


def _person(id: PersonId, new: PersonBody, number: str | None) -> NewPerson:
    return NewPerson(
        id=id,
        civic_no=number,
        given_name=new.given_name,
        middle_name=new.middle_name,
        family_name=new.family_name,
        birth_date=new.birth_date,
        sex=new.sex,
        status=new.person_status,
        marking="Ingen",
        municipality=new.municipality_code,
        principal_names=tuple(new.edu_person_principal_names),
        external_ids=tuple(ExternalId(**x.model_dump()) for x in new.external_identifiers),
        addresses=(),
        email=None,
        phone=None,
        language="sv",
        enrolments=None,
        responsibles=None,
        digest="",
    )


def _differences(card: PersonCard, new: PersonBody) -> str:
    """Which fields change, without what they say."""
    old = _body(card)
    return " ".join(name for name in PersonBody.model_fields if old[name] != getattr(new, name))


def _body(card: PersonCard) -> dict[str, object]:
    return {
        "given_name": card.given_name,
        "middle_name": card.middle_name,
        "family_name": card.family_name,
        "birth_date": card.birth_date,
        "sex": card.sex,
        "person_status": card.status,
        "municipality_code": card.municipality,
        "edu_person_principal_names": card.principal_names,
        "external_identifiers": tuple(
            ExternalIdentifier(value=x.value, context=x.context, globally_unique=x.globally_unique)
            for x in card.external_ids
        ),
    }


def _record(
    version: int, card: PersonCard, contact: Contact | None, children: tuple[PersonId, ...]
) -> RecordView:
    return RecordView.model_validate(
        _body(card)
        | reach_view(contact)
        | {
            "id": card.id,
            "civic_no": card.civic_no,
            "numbers": [NumberView(civic_no=span.number, since=span.since) for span in card.numbers],
            "security_marking": card.marking,
            "language": contact.language if contact else None,
            "withheld": contact is None,
            "enrolments": [_enrolment(e) for e in card.enrolments],
            "responsibles": [_responsible(r) for r in card.responsibles],
            "responsible_for": list(children),
            "merged_into": card.merged_into,
            "version": version,
        }
    )


def reach_view(contact: Contact | None) -> dict[str, object]:
    """Mail, telephone and addresses as they are shown; nothing of a withheld contact."""
    emails = contact.emails or ((Email(contact.email),) if contact.email else ()) if contact else ()
    phones = contact.phones or ((Phone(contact.phone),) if contact.phone else ()) if contact else ()
    return {
        "emails": [EmailShape(value=e.value, type=e.type) for e in emails],
        "phone_numbers": [PhoneShape(value=p.value, type=p.type, mobile=p.mobile) for p in phones],
        "addresses": [_address_view(a) for a in (contact.addresses if contact else ())],
    }


def _address(shape: AddressShape) -> Address:
    fields = shape.model_dump()
    return Address(street=fields.pop("street_address"), **fields)


def _address_view(a: Address) -> AddressShape:
    return AddressShape(
        type=a.type,
        street_address=a.street,
        postal_code=a.postal_code,
        locality=a.locality,
        country=a.country,
        municipality_code=a.municipality_code,
        care_of=a.care_of,
    )


def _enrolment(e: Enrolment) -> EnrolmentRecord:
    return EnrolmentRecord(
        unit=e.unit,
        school_form=e.school_form.value,
        year=e.year,
        start_date=e.start,
        end_date=e.end,
        cancelled=e.cancelled,
        education_code=e.education_code,
        programme=e.programme,
        specification=e.specification,
    )


def _responsible(r: Responsible) -> ResponsibleView:
    return ResponsibleView(
        person=r.person, relation_type=r.relation, start_date=r.start, end_date=r.end, home=r.home
    )
