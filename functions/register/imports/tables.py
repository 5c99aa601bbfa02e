"""People and enrolments as tables (processes 2 and 3): columns, and what each row would write.

A row becomes the same `PersonRow` or `EnrolmentRow` as in a file of SS 12000, so that the rules are written
once. Unlike such a file a table changes only what it has columns for: an empty cell, or a column that is not
there, leaves a person's value as it is. A table neither lifts protection nor changes the sealed contact of a
protected person; that is done person by person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, Self

from pydantic import AfterValidator, model_validator
from pydantic.alias_generators import to_camel

from functions.organisation import queries as organisation
from functions.register.domain.contacts import Contact
from functions.register.domain.enrolment import check_enrolments
from functions.register.domain.people import NewPerson, PersonCard, check_responsible
from functions.register.events import ImportFinished
from functions.register.imports.people import PEOPLE, EnrolmentRow, Id, PersonRow, civic_number
from functions.register.store.contacts import contact_of
from functions.register.store.items import (
    ContactItem,
    EnrolmentItem,
    GuardianItem,
    PersonItem,
    RegisterImportItem,
    RegisterItem,
)
from functions.register.store.people import card_of, rows_of, wanted_owners
from functions.register.store.search import adults_of, refound
from functions.register.store.writes import civic_item, enrolment_item, person_writes
from skolkit.clock import today
from skolkit.errors import DomainError, Text
from skolkit.imports import Importer, Row, RowFault, Source, read_row
from skolkit.sweden.identity_numbers import IdentityNumberError
from skolkit.table import Overwrite, Remove, Wanted, Write, fetch
from skolkit.table_files import Column
from skolkit.table_jobs import Change, Line, Planned, Table
from skolkit.types import PersonId, UnitId, is_id, new_id

# The number of the example is none, so that a template sent with its example still in it is refused.
_WHO = (
    Column("id", "Id", "Id", "", ("person", "personId")),
    Column("civicNo", "Personnummer", "Identity number", "20160504-2386", ("personnr", "pnr", "civic")),
)
_CONTACT = ("email", "phone", "street", "postalCode", "locality", "careOf", "language")
_ADDRESS = ("street", "postalCode", "locality", "careOf")
_GUARDIANS = ("guardian1", "guardian2")
_YES_NO = {"ja": "true", "nej": "false", "sant": "true", "falskt": "false"}
_SHOWN = (PersonItem, ContactItem, EnrolmentItem, GuardianItem)
_UNSHOWN = {"pk", "sk", "kind", "digest", "own", "withheld", "version", "modified", "feed_pk", "feed_sk"}

PEOPLE_COLUMNS = (
    *_WHO,
    Column("givenName", "Förnamn", "Given name", "Anna", ("tilltalsnamn", "firstName")),
    Column("middleName", "Mellannamn", "Middle name"),
    Column("familyName", "Efternamn", "Family name", "Provsson", ("lastName", "surname")),
    Column("birthDate", "Födelsedatum", "Birth date", "2016-05-04", ("född",)),
    Column("sex", "Kön", "Sex", "Kvinna"),
    Column("personStatus", "Status", "Status", "Aktiv"),
    Column("securityMarking", "Skyddsmarkering", "Security marking", "Ingen", ("sekretess",)),
    Column("municipalityCode", "Kommunkod", "Municipality code", "9999"),
    Column("careOf", "C/o", "Care of"),
    Column("street", "Gatuadress", "Street", "Provgatan 1", ("adress", "address")),
    Column("postalCode", "Postnummer", "Postal code", "700 00", ("postnr",)),
    Column("locality", "Postort", "Locality", "Ekhamra", ("ort",)),
    Column("email", "E-post", "E-mail", "anna@example.org", ("mejl", "epostadress")),
    Column("phone", "Telefon", "Telephone", "070-174 06 05", ("mobil", "telefonnummer")),
    Column("language", "Språk", "Language", "sv"),
    Column("guardian1", "Vårdnadshavare 1", "Guardian 1", "", ("vh1",)),
    Column("guardian2", "Vårdnadshavare 2", "Guardian 2", "", ("vh2",)),
)  # fmt: skip
ENROLMENT_COLUMNS = (
    *_WHO,
    Column("enroledAt", "Skolenhet", "School unit", "99990017", ("skolenhetskod", "unit")),
    Column("schoolType", "Skolform", "School type", "GR"),
    Column("schoolYear", "Årskurs", "School year", "3", ("åk",)),
    Column("startDate", "Startdatum", "Start date", "2026-08-18", ("start", "från")),
    Column("endDate", "Slutdatum", "End date", "", ("slut", "till")),
    Column("cancelled", "Avbruten", "Cancelled", "nej"),
    Column("educationCode", "Studievägskod", "Education code"),
    Column("specification", "Specifikation", "Specification"),
)


class EnrolmentLine(EnrolmentRow):
    """An enrolment of somebody in the register, by id or identity number."""

    id: Id | None = None
    civic_no: Annotated[str, AfterValidator(civic_number)] | None = None

    @model_validator(mode="after")
    def _is_someones(self) -> Self:
        if self.id is None and self.civic_no is None:
            raise ValueError("the row has neither id nor civicNo")
        return self


def _never(rows: Sequence[Row[EnrolmentLine]], source: Source) -> list[RowFault]:
    """Rows of a table are planned, not taken."""
    raise NotImplementedError(f"{len(rows)} rows of {source.name}")


_PERSON = replace(PEOPLE, read=PersonRow.model_validate)
_ENROLMENT: Importer[EnrolmentLine] = Importer(
    name="import_enrolments",
    item=RegisterImportItem,
    finished=ImportFinished,
    read=EnrolmentLine.model_validate,
    take=_never,
    key=lambda row: row.id or row.civic_no,
    shown=PEOPLE.shown,
)


def plan_people(lines: Sequence[Line]) -> list[Planned]:
    """What rows of people would write. A query per person who is in the register, and one `BatchGetItem` per
    100 items that would be written.
    """
    owners = _owners(lines, ("civicNo", *_GUARDIANS))
    planned: list[Planned] = []
    for line in lines:
        person = _person(line, owners)
        rows = rows_of(person) if person else []
        planned.append(_person_plan(line, person, rows, owners))
    return _compared(planned)


def _person_plan(
    line: Line, known: PersonId | None, rows: Sequence[RegisterItem], owners: Mapping[str, PersonId]
) -> Planned:
    person = known or PersonId(new_id())
    stored = card_of(person, rows)
    about = person if stored else ""
    try:
        faults = _unwelcome(line, person, stored, owners)
        raw = _person_row(line.values, stored, owners)
    except _Unknown as unknown:
        return Planned(line.line, about, faults=(unknown.fault(line.line),))
    row, more = read_row(line.line, raw, _PERSON)
    if row is None or faults:
        return Planned(line.line, about, faults=(*faults, *more))
    try:
        new = replace(row.data.person(person), digest="")
        if stored:
            check_enrolments([e for e in stored.enrolments if not e.cancelled], new.birth_date)
        _check_adults(new)
    except DomainError as refusal:
        return Planned(line.line, about, faults=(_refused(line.line, refusal),))
    contact = next((row for row in rows if isinstance(row, ContactItem)), None)
    touched = any(name in line.values for name in _CONTACT) and not (contact and contact.withheld)
    writes = person_writes(_reached(new, line.values, contact), today(), stored=bool(rows))
    if rows and not touched and stored and stored.protected == (new.marking != "Ingen"):
        writes = [write for write in writes if not isinstance(write, ContactItem)]
    if new.civic_no and new.civic_no not in owners:
        writes.append(civic_item(new.civic_no, person))
    hidden = new.marking != "Ingen" or bool(stored and stored.protected)
    return Planned(line.line, person, tuple(writes), created=stored is None, hidden=hidden)


def _person_row(
    values: Mapping[str, str], stored: PersonCard | None, owners: Mapping[str, PersonId]
) -> dict[str, Any]:
    """The row as a file of SS 12000 would have it, with what is stored where the table says nothing."""
    raw: dict[str, Any] = {}
    if stored:
        raw = {
            "id": stored.id,
            "givenName": stored.given_name,
            "middleName": stored.middle_name,
            "familyName": stored.family_name,
            "birthDate": stored.birth_date,
            "sex": stored.sex,
            "personStatus": stored.status,
            "securityMarking": stored.marking,
            "municipalityCode": stored.municipality,
            "eduPersonPrincipalNames": stored.principal_names,
            "externalIdentifiers": [
                {"value": x.value, "context": x.context, "globallyUnique": x.globally_unique}
                for x in stored.external_ids
            ],
        }
    raw |= {n: v for n, v in values.items() if n not in (*_ADDRESS, *_GUARDIANS)}
    if address := {name: values[name] for name in _ADDRESS if name in values}:
        raw["address"] = address
    if adults := [name for name in _GUARDIANS if name in values]:
        raw["responsibles"] = [{"person": _named(name, values[name], owners)} for name in adults]
    return raw


class _Unknown(Exception):
    """A cell names somebody who is not in the register."""

    def __init__(self, field: str) -> None:
        super().__init__("unknown person")
        self.field = field

    def fault(self, line: int) -> RowFault:
        return RowFault(
            line,
            self.field,
            Text("Personen finns inte i registret.", "The person is not in the register."),
            Text(
                "Lägg in personen först, eller rätta numret.",
                "Enter the person first, or correct the number.",
            ),
        )


def _named(field: str, text: str, owners: Mapping[str, PersonId]) -> PersonId:
    if is_id(text):
        return PersonId(text)
    if (number := _number(text)) is None or number not in owners:
        raise _Unknown(field)
    return owners[number]


def _unwelcome(
    line: Line, person: PersonId, stored: PersonCard | None, owners: Mapping[str, PersonId]
) -> list[RowFault]:
    """What a table may not do to a person, whatever its cells look like."""
    faults = []
    number = _number(line.values.get("civicNo", ""))
    if number and owners.get(number, person) != person:
        faults.append(
            RowFault(
                line.line,
                "civicNo",
                Text(
                    "Numret tillhör redan en annan person.", "The number already belongs to another person."
                ),
                Text("Kontrollera numret och id.", "Check the number and the id."),
            )
        )
    if stored and stored.merged_into:
        raise _Unknown("id")
    if stored and stored.protected and line.values.get("securityMarking") == "Ingen":
        faults.append(
            RowFault(
                line.line,
                "securityMarking",
                Text("Ett skydd hävs inte med en tabell.", "A table does not lift a protection."),
                Text("Häv skyddet på personen.", "Lift the protection on the person."),
            )
        )
    return faults


def _check_adults(new: NewPerson) -> None:
    adults = [responsible.person for responsible in new.responsibles or ()]
    for adult in adults:
        card = card_of(adult, rows_of(adult))
        if card is None:
            raise UnknownAdult(field="responsibles")
        check_responsible((new.id, new.birth_date), (adult, card.birth_date))


class UnknownAdult(DomainError):
    """Who has custody is in the register before the child's row names them."""

    status = 422
    reason = Text("Den ansvariga finns inte i registret.", "The responsible person is not in the register.")
    advice = Text("Lägg in den vuxna först.", "Enter the adult first.")


def _reached(new: NewPerson, values: Mapping[str, str], contact: ContactItem | None) -> NewPerson:
    """With the stored ways to reach the person where the table has none."""
    kept = contact_of(new.id, contact) if contact else None
    if not isinstance(kept, Contact):
        return new
    return replace(
        new,
        email=new.email if "email" in values else kept.email,
        phone=new.phone if "phone" in values else kept.phone,
        language=new.language if "language" in values else kept.language,
        addresses=new.addresses if any(name in values for name in _ADDRESS) else kept.addresses,
    )


def plan_enrolments(lines: Sequence[Line]) -> list[Planned]:
    """What rows of enrolments would write: each is added to the person's, or replaces the one of the same
    unit and first day. A query per row, one read of all units.
    """
    owners = _owners(lines, ("civicNo",))
    read = {line.line: read_row(line.line, _sensible(line.values), _ENROLMENT) for line in lines}
    wanted = {UnitId(row.data.enroled_at) for row, _ in read.values() if row}
    units = fetch(organisation.wanted_units(sorted(wanted)), consistent=True)[0] if wanted else {}
    planned = []
    for line in lines:
        row, faults = read[line.line]
        person = _person(line, owners)
        if row is None:
            planned.append(Planned(line.line, faults=tuple(faults)))
        elif UnitId(row.data.enroled_at) not in units:
            planned.append(Planned(line.line, faults=(_no_unit(line.line),)))
        else:
            planned.append(_enrolment_plan(line.line, person, row.data))
    return _compared(planned)


def _enrolment_plan(line: int, person: PersonId | None, row: EnrolmentLine) -> Planned:
    rows = rows_of(person) if person else []
    card = card_of(person, rows) if person else None
    profile = next((item for item in rows if isinstance(item, PersonItem)), None)
    if person is None or card is None or profile is None or card.merged_into:
        return Planned(line, faults=(_Unknown("civicNo").fault(line),))
    new = row.enrolment()
    others = [e for e in card.enrolments if (e.start, e.unit) != (new.start, new.unit)]
    old = next((e for e in card.enrolments if (e.start, e.unit) == (new.start, new.unit)), None)
    if old:
        new = replace(new, leaving=old.leaving, programme=new.programme or old.programme)
    try:
        check_enrolments([*others, new], card.birth_date)
    except DomainError as refusal:
        return Planned(line, person, faults=(_refused(line, refusal),))
    then = replace(card, enrolments=(*others, new))
    found = refound(card, then, adults_of(card), today())
    writes: tuple[Write, ...] = (profile, Overwrite(enrolment_item(person, new)), *found)
    return Planned(line, person, writes, created=old is None, hidden=card.protected)


def _no_unit(line: int) -> RowFault:
    return RowFault(
        line,
        "enroledAt",
        Text("Skolenheten finns inte i registret.", "The school unit is not in the register."),
        Text("Rätta skolenhetskoden.", "Correct the school unit code."),
    )


def _compared(planned: Sequence[Planned]) -> list[Planned]:
    """The plans with what differs from what is stored; without writes where nothing does."""
    writes = [write for plan in planned for write in plan.writes]
    keys = list(dict.fromkeys((item.pk, item.sk) for item in map(_item, writes)))
    stored: dict[tuple[str, str], RegisterItem] = (
        fetch(Wanted(RegisterItem, keys, dict), consistent=True)[0] if keys else {}
    )
    compared = []
    for plan in planned:
        if plan.faults:
            compared.append(plan)
            continue
        changes = [
            change
            for write in plan.writes
            if not isinstance(write, Remove) and isinstance(item := _item(write), _SHOWN)
            for change in _differences(stored.get((item.pk, item.sk)), item)
        ]
        made = plan.created and bool(changes)
        writes_ = plan.writes if changes else ()
        compared.append(replace(plan, changes=tuple(changes), created=made, writes=writes_))
    return compared


def _differences(old: RegisterItem | None, new: RegisterItem) -> list[Change]:
    before, after = _plain(old) if old else {}, _plain(new)
    names = [name for name in after | before if before.get(name) != after.get(name)]
    return [Change(to_camel(name), before.get(name, ""), after.get(name, "")) for name in names]


def _plain(item: RegisterItem) -> dict[str, str]:
    """An item's values as text; what is sealed only says that it is."""
    found = {}
    for name, value in item.serialize().items():
        ((kind, inner),) = value.items()
        if name not in _UNSHOWN and kind != "NULL":
            found[name] = "…" if kind == "B" else str(inner)
    return found


def _item(write: Write) -> Any:
    return write.item if isinstance(write, Overwrite | Remove) else write


def _owners(lines: Sequence[Line], fields: Sequence[str]) -> dict[str, PersonId]:
    texts = (line.values.get(field, "") for line in lines for field in fields)
    numbers = sorted({number for text in texts if (number := _number(text))})
    found: dict[str, PersonId] = fetch(wanted_owners(numbers), consistent=True)[0] if numbers else {}
    return found


def _person(line: Line, owners: Mapping[str, PersonId]) -> PersonId | None:
    """Who a row is about: by id, else by a number somebody has."""
    if is_id(id := line.values.get("id", "")):
        return PersonId(id)
    return owners.get(_number(line.values.get("civicNo", "")) or "")


def _number(text: str) -> str | None:
    try:
        return civic_number(text)
    except IdentityNumberError:
        return None


def _who(values: Mapping[str, str]) -> str | None:
    number = _number(values.get("civicNo", ""))
    return number or values.get("id")


def _which(values: Mapping[str, str]) -> tuple[str, ...] | None:
    who = _who(values)
    return (who, values.get("enroledAt", ""), values.get("startDate", "")) if who else None


def _sensible(values: Mapping[str, str]) -> dict[str, str]:
    return {n: _YES_NO.get(v.casefold(), v) if n == "cancelled" else v for n, v in values.items()}


def _refused(line: int, refusal: DomainError) -> RowFault:
    value = None if refusal.value is None else str(refusal.value)
    return RowFault(line, refusal.field, refusal.said, refusal.advice, value)


def _heads(pk: str, sk: str) -> bool:
    return pk.startswith("PERSON#") and sk == "PROFILE"


PERSONS = Table(
    name="persons",
    columns=PEOPLE_COLUMNS,
    needed=(("id", "civicNo"),),
    plan=plan_people,
    same=_who,
    key=_who,
    item=RegisterItem,
    heads=_heads,
)
ENROLMENTS = Table(
    name="enrolments",
    columns=ENROLMENT_COLUMNS,
    needed=(("id", "civicNo"), ("enroledAt",), ("schoolType",), ("startDate",)),
    plan=plan_enrolments,
    same=_which,
    key=_who,
    item=RegisterItem,
    heads=_heads,
)
TABLES: Mapping[str, Table] = {table.name: table for table in (PERSONS, ENROLMENTS)}
