"""The table of persons (process 2): what each row would write.

A table changes only what it has columns for: an empty cell, or a column that is not there, leaves a person's
value as it is. It neither sets nor lifts the protection of somebody in the register, gives nobody another
identity number, and ends no responsibility: that is done person by person.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NoReturn

from functions.register.domain import people as rules
from functions.register.domain.contacts import Address, Contact, Email, Phone
from functions.register.domain.people import NewPerson, PersonCard, PersonName, Responsible
from functions.register.domain.tables import ADDRESS, CONTACT, GUARDIANS, person_cells
from functions.register.events import CustodyChanged
from functions.register.imports.people import PEOPLE, PersonRow
from functions.register.imports.rights import Rights
from functions.register.store import people as store
from functions.register.store.contacts import contact_of, reached_at
from functions.register.store.enrolments import kin_item
from functions.register.store.items import ContactItem, PersonItem
from functions.register.store.writes import (
    born_writes,
    civic_item,
    identifier_writes,
    identifiers_of,
    number_item,
    person_writes,
    relation_items,
    relation_writes,
    set_profile,
)
from skolkit.audit import Trace, record_read
from skolkit.clock import today
from skolkit.errors import DomainError, NotFound, Text
from skolkit.events import Fact
from skolkit.imports import RowFault, validated
from skolkit.sweden.identity_numbers import IdentityNumberError, parse_identity_number
from skolkit.table import Overwrite, Write, fetch
from skolkit.tables.items import Image
from skolkit.tables.plans import Asker, Line, Plan, Planned, changes, refused
from skolkit.types import PersonId, is_id

_OWN = {"confirmedDistinct", *GUARDIANS, *ADDRESS}


class NotInRegister(DomainError):
    """A cell names nobody in the register, or nobody whom the caller may see: the same for both."""

    status = 422
    reason = Text("Personen finns inte i registret.", "The person is not in the register.")
    advice = Text(
        "Lägg in personen först, eller rätta numret.", "Enter the person first, or correct the number."
    )


class OnThePerson(DomainError):
    """What a table does not do."""

    status = 422
    reason = Text("Det görs inte med en tabell.", "That is not done by a table.")
    advice = Text("Gör ändringen på personen.", "Make the change on the person.")


def number_in(text: str) -> str | None:
    """The identity number in a cell; None when it is none."""
    try:
        return parse_identity_number(text).value
    except IdentityNumberError:
        return None


def who_of(values: Mapping[str, str]) -> str | None:
    """By what a row names a person."""
    return number_in(values.get("civicNo", "")) or values.get("id")


def owners_of(lines: Sequence[Line], fields: Sequence[str]) -> dict[str, PersonId]:
    """To whom the numbers in the cells belong. One `BatchGetItem` per 100."""
    numbers = {number for line in lines for name in fields if (number := number_in(line.get(name)))}
    found: dict[str, PersonId] = fetch(store.wanted_owners(sorted(numbers)), consistent=True)[0]
    return found


def begin(asker: Asker, lines: Sequence[Line]) -> Callable[[Sequence[Line]], Plan]:
    """Plans of rows of persons. Two round trips for a piece; per row one for somebody in the register, two
    for somebody new, two or more for each adult who becomes responsible.
    """
    return _Persons(asker, Rights.of(asker.caller), owners_of(lines, ("civicNo", *GUARDIANS))).plan


def may_undo(asker: Asker, images: Sequence[Image]) -> bool:
    """Whether whoever asks may still make, or change, the person of a row, and take the child from the adults
    whom it made responsible. Two round trips, one per adult.
    """
    rights = Rights.of(asker.caller)
    profile = next(image for image in images if image["sk"] == "PROFILE")
    if profile["before"] is None:
        may = rights.may_add()
    else:
        card = _card_at(profile)
        may = card is not None and rights.may_edit(card)
    given = {i["pk"]: i for i in images if i["before"] is None and str(i["pk"]).startswith("PERSON#")}
    adults = [_card_at(image) for pk, image in given.items() if pk != profile["pk"]]
    return may and all(adult is not None and rights.may_relate(adult) for adult in adults)


def _card_at(image: Image) -> PersonCard | None:
    return store.find_card(PersonId(str(image["pk"]).removeprefix("PERSON#")))


@dataclass
class _Persons:
    asker: Asker
    rights: Rights
    owners: dict[str, PersonId]

    def plan(self, lines: Sequence[Line]) -> Plan:
        (line,) = lines
        person, card = None, None
        try:
            owner, person = self._known(line)
            rows = store.rows_of(person) if person else []
            found = self._seen(store.card_of(person, rows)) if person else None
            if person and not found:
                self._require_new(line)
                self._refuse_number(person)
            card = found
            if card and owner not in (None, card.id):
                self._refuse_number(owner)
            return self._changed(line, card, rows) if card else self._added(line)
        except _Faults as found_wrong:
            return _refusal(line, person, card, found_wrong.faults)
        except DomainError as refusal:
            return _refusal(line, person, card, [refused(line.line, refusal)])

    def _known(self, line: Line) -> tuple[PersonId | None, PersonId | None]:
        """Whose number a row has, and who it is about: by id, else by the number."""
        number, id = number_in(line.get("civicNo")), line.get("id")
        owner = self.owners.get(number or "")
        if id and not is_id(id):
            raise NotInRegister(field="id")
        return owner, PersonId(id) if id else owner

    def _seen(self, card: PersonCard | None) -> PersonCard | None:
        """The card, if the caller may change it."""
        return card if card and not card.merged_into and self.rights.may_edit(card) else None

    def _require_new(self, line: Line) -> tuple[PersonRow, list[PersonId]]:
        """A row that could be somebody new, and the adults it makes responsible. It tells whether its number
        is somebody's only when nothing else is wrong with it.
        """
        if line.get("id"):
            raise NotInRegister(field="id")
        if not self.rights.may_add():
            raise NotFound
        row = _read(line, _raw(line, None))
        return row, [a for name in GUARDIANS if (a := self._adult(line, name, row.born))]

    def _refuse_number(self, owner: PersonId) -> NoReturn:
        """Refuse a number that is another's. To learn so of somebody one may not see leaves a trace with
        them, and a job that does it over and over ends.
        """
        if not self._seen(store.find_card(owner)):
            asker = self.asker
            record_read(Trace(asker.caller.person_id, asker.action, owner, changes=asker.job))
            asker.met.add(owner)
        raise rules.NumberTaken(field="civicNo")

    def _added(self, line: Line) -> Plan:
        person = PersonId(self.asker.id_of(line.line))
        row, adults = self._require_new(line)
        self._require_unknown(person, line, row)
        new = replace(row.person(person), digest="", responsibles=_custody(adults))
        writes = person_writes(new, today(), stored=False)
        if new.civic_no:
            writes.append(civic_item(new.civic_no, person))
            self.owners[new.civic_no] = person
        facts = [CustodyChanged(child=person)] if adults else []
        shown = replace(_as_card(new), responsibles=new.responsibles or ())
        contact = Contact(person, new.email, new.phone, new.language, addresses=new.addresses)
        differ = changes({}, person_cells(shown, contact, today()))
        told = Planned(
            line.line, person, created=True, changes=differ, hidden=new.marking != "Ingen"
        )  # fmt: skip
        return Plan([told], person, writes, facts)

    def _changed(self, line: Line, card: PersonCard, rows: Sequence[Any]) -> Plan:
        item = next(row for row in rows if isinstance(row, PersonItem))
        held = next((row for row in rows if isinstance(row, ContactItem)), None)
        self._require_doable(line, card)
        row = _read(line, _raw(line, card))
        new = replace(row.person(card.id), marking=card.marking, digest=item.digest or "")
        if new.birth_date != card.birth_date:
            rules.check_born(new.birth_date, [e.start for e in card.enrolments if not e.cancelled])
        related = self._related(line, card, new.birth_date)
        before = contact_of(card.id, held)
        then = _reached(before, new, line) if isinstance(before, Contact) else None
        shown = replace(
            _as_card(new), enrolments=card.enrolments,
            numbers=card.numbers or _as_card(new).numbers, responsibles=_merged(card, related),
        )  # fmt: skip
        old = person_cells(card, before if isinstance(before, Contact) else None, today())
        differ = changes(old, person_cells(shown, then, today()))
        if not differ:
            return Plan([Planned(line.line, card.id, hidden=card.protected)])
        writes: list[Write] = [*_profile_writes(item, card, new), *_relation_writes(card, new, related)]
        if then and then != before:
            writes.append(reached_at(held, then, protected=card.protected))
        facts: list[Fact] = [CustodyChanged(child=card.id)] if related else []
        told = Planned(line.line, card.id, changes=differ, hidden=card.protected)
        return Plan([told], card.id, writes, facts)

    def _require_unknown(self, person: PersonId, line: Line, row: PersonRow) -> None:
        """As `add_person`, but rows of one file are not each other: they have numbers of their own."""
        assert row.born
        distinct = {*line.get("confirmedDistinct").replace(",", " ").split(), *self.asker.made_here}
        ids = [id for id in store.born_on(row.born) if id not in distinct]
        (names,) = fetch(store.wanted_names(ids))
        others = [name for name in names.values() if not name.protected]
        entered = PersonName(person, row.given_name, row.family_name, protected=False)
        if same := rules.perhaps_the_same(entered, others):
            raise rules.PerhapsTheSame(field="confirmedDistinct", value=",".join(same))

    def _require_doable(self, line: Line, card: PersonCard) -> None:
        number, marking = number_in(line.get("civicNo")), line.get("securityMarking")
        if number and card.numbers and number not in {span.number for span in card.numbers}:
            raise OnThePerson(field="civicNo")
        if marking not in ("", card.marking):
            raise OnThePerson(field="securityMarking")
        if card.protected and (reach := [name for name in CONTACT if line.get(name)]):
            raise OnThePerson(field=reach[0])

    def _related(self, line: Line, card: PersonCard, born: date) -> list[Responsible]:
        """The relations that the row adds."""
        there = card.guardians(today())
        earlier = {r.person for r in card.responsibles}
        found = []
        for name in GUARDIANS:
            adult = self._adult(line, name, born, there)
            if adult:
                found.append(Responsible(adult, _CUSTODY, today() if adult in earlier else None))
        return found

    def _adult(
        self, line: Line, name: str, born: date | None, there: frozenset[PersonId] = frozenset()
    ) -> PersonId | None:
        """Whom a cell makes responsible; None for nobody new. Raises `NotInRegister`, `GuardianLoop`."""
        text = line.get(name)
        number = number_in(text)
        made = self.asker.earlier(number, line.line) if number else None
        adult = text if is_id(text) else self.owners.get(number or "") or made
        if not text or adult in there:
            return None
        if adult is None:
            raise NotInRegister(field=name)
        card = store.find_card(PersonId(adult))
        if card and not card.merged_into and self.rights.may_relate(card):
            birth = card.birth_date
        elif number and adult == made:
            birth = parse_identity_number(number).birth_date
        else:
            raise NotInRegister(field=name)
        me = PersonId(line.get("id") or "")
        try:
            rules.check_responsible((me, born or date.max), (PersonId(adult), birth))
        except rules.GuardianLoop as loop:
            raise rules.GuardianLoop(field=name, value=adult) from loop
        return PersonId(adult)


_CUSTODY: rules.Relation = "Vårdnadshavare"


class _Faults(Exception):
    """What pydantic found."""

    def __init__(self, faults: Sequence[RowFault]) -> None:
        super().__init__("faults")
        self.faults = faults


def _refusal(
    line: Line, person: PersonId | None, card: PersonCard | None, faults: Sequence[RowFault]
) -> Plan:
    """A refused row; whom it names is told only to those who may see them (`card`)."""
    about, hidden = (card.id, card.protected) if card else ("", False)
    return Plan([Planned(line.line, about, person or "", faults=tuple(faults), hidden=hidden)])


def _custody(adults: Sequence[PersonId]) -> tuple[Responsible, ...] | None:
    return tuple(Responsible(adult, _CUSTODY) for adult in dict.fromkeys(adults)) or None


def _read(line: Line, raw: dict[str, Any]) -> PersonRow:
    row, faults = validated(line.line, lambda: PersonRow.model_validate(raw), PEOPLE.shown)
    if row is None:
        raise _Faults([replace(one, field=one.field.removeprefix("address.")) for one in faults])
    return row


def _raw(line: Line, card: PersonCard | None) -> dict[str, Any]:
    """The row as a file of SS 12000 would have it, with what is stored where the table says nothing."""
    raw: dict[str, Any] = {}
    if card:
        raw = {
            "id": card.id, "givenName": card.given_name, "middleName": card.middle_name,
            "familyName": card.family_name, "birthDate": card.birth_date, "sex": card.sex,
            "personStatus": card.status, "securityMarking": card.marking,
            "municipalityCode": card.municipality, "eduPersonPrincipalNames": card.principal_names,
            "externalIdentifiers": [
                {"value": x.value, "context": x.context, "globallyUnique": x.globally_unique}
                for x in card.external_ids
            ],
        }  # fmt: skip
    raw |= {name: value for name, value in line.values.items() if name not in _OWN}
    if address := {name: line.values[name] for name in ADDRESS if name in line.values}:
        raw["address"] = address
    return raw


def _reached(old: Contact, new: NewPerson, line: Line) -> Contact:
    """The contact with what the row says: the private mail, the mobile number, the address."""
    then = replace(old, language=new.language if line.get("language") else old.language)
    if line.get("email"):
        kept = tuple(e for e in old.emails if e.type != "Privat")
        mine = (Email(new.email or ""), *kept) if old.emails else ()
        then = replace(then, email=new.email, emails=mine)
    if line.get("phone"):
        others = tuple(p for p in old.phones if p.value != old.phone)
        then = replace(then, phone=new.phone, phones=(Phone(new.phone or ""), *others) if old.phones else ())
    if new.addresses:
        kept_homes = tuple(a for a in old.addresses if a.type != new.addresses[0].type)
        then = replace(then, addresses=(_home(old, new.addresses[0], line), *kept_homes))
    return then


def _home(old: Contact, new: Address, line: Line) -> Address:
    """A new address with the care-of line of the old one, unless the row has its own."""
    was = next((a for a in old.addresses if a.type == new.type), None)
    return new if line.get("careOf") or was is None else replace(new, care_of=was.care_of)


def _as_card(new: NewPerson) -> PersonCard:
    numbers = (rules.NumberSpan(new.civic_no, new.birth_date),) if new.civic_no else ()
    return PersonCard(
        new.id, new.given_name, new.family_name, new.birth_date, new.marking, middle_name=new.middle_name,
        sex=new.sex, status=new.status, municipality=new.municipality, numbers=numbers,
    )  # fmt: skip


def _merged(card: PersonCard, related: Sequence[Responsible]) -> tuple[Responsible, ...]:
    return tuple(({r.person: r for r in card.responsibles} | {r.person: r for r in related}).values())


def _profile_writes(item: PersonItem, card: PersonCard, new: NewPerson) -> list[Write]:
    before, known = item.birth_date, identifiers_of(item)
    number = new.civic_no if new.civic_no and not card.numbers else None
    set_profile(item, replace(new, civic_no=number or item.civic_no))
    writes: list[Write] = [
        item,
        *born_writes(card.id, new.birth_date, before),
        *identifier_writes(item, known),
    ]
    if number:
        writes += [Overwrite(number_item(card.id, number, new.birth_date)), civic_item(number, card.id)]
    return writes


def _relation_writes(card: PersonCard, new: NewPerson, related: Sequence[Responsible]) -> list[Write]:
    everyone = _merged(card, related)
    if new.birth_date != card.birth_date and everyone:
        return list(relation_writes(card.id, new.birth_date, everyone, (), today()))
    items = [write for one in related for write in relation_items(card.id, new.birth_date, one)]
    until = rules.of_age(new.birth_date)
    return [*items, Overwrite(kin_item(card.id, until, everyone))] if items else []
