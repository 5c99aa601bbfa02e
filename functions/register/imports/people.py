"""Files of people (process 2, with enrolments of process 3): one row per person, in the words of SS 12000.

A person is known by `id`, or without one by identity number. A row that was taken before costs nothing more
than recognising it; a changed one replaces what the file says and leaves what the person has set. Of somebody
whose contact has been erased since, and who has come back, the same row is taken again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from functions.organisation import queries as organisation
from functions.register import queries as register
from functions.register.domain.contacts import (
    Address,
    AddressType,
    Email,
    EmailType,
    Phone,
    PhoneType,
    phone_number,
)
from functions.register.domain.enrolment import Enrolment, check_enrolments
from functions.register.domain.people import (
    ExternalId,
    Marking,
    NewPerson,
    Relation,
    Responsible,
    Sex,
    Status,
    check_responsible,
)
from functions.register.domain.school_forms import check_form
from functions.register.events import ImportFinished, PersonProtected, ProtectionRemoved
from functions.register.store.contacts import wanted_reached
from functions.register.store.items import RegisterImportItem
from functions.register.store.people import wanted_births, wanted_digests, wanted_owners
from functions.register.store.writes import civic_item, person_writes
from skolkit.clock import today
from skolkit.errors import DomainError, Text
from skolkit.events import Fact
from skolkit.imports import FileRow, Importer, Row, RowFault, Source, save
from skolkit.sweden.codes import SS12000_SCHOOL_TYPE, MunicipalityCode, SchoolForm
from skolkit.sweden.identity_numbers import parse_identity_number
from skolkit.table import Write, fetch
from skolkit.types import PersonId, UnitId, new_id

_FORMS = {form.value: form for form in SchoolForm} | {v: k for k, v in SS12000_SCHOOL_TYPE.items()}


class _Refused(ValueError):
    def __init__(self, sv: str, en: str) -> None:
        super().__init__(en)
        self.sv, self.en = sv, en


def _civic_no(text: str) -> str:
    return parse_identity_number(text).value


def _form(text: str) -> SchoolForm:
    if text not in _FORMS:
        raise _Refused("okänd skolform", "unknown school type")
    return _FORMS[text]


def _phone(text: str) -> str:
    try:
        return phone_number(text)
    except ValueError:
        raise _Refused("inte ett telefonnummer", "not a telephone number") from None


Id = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
Name = Annotated[str, Field(min_length=1, max_length=100)]
MailAddress = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$", max_length=254)]
PhoneNumber = Annotated[str, AfterValidator(_phone)]
PrincipalName = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$", max_length=254)]


class AddressRow(FileRow):
    """A postal address, SS 12000 `Person.addresses`."""

    street: Name
    postal_code: Annotated[str, Field(max_length=10)]
    locality: Name
    type: AddressType = "Folkbokföring"
    country: Name = "Sverige"
    municipality_code: Annotated[str, AfterValidator(MunicipalityCode)] | None = None
    care_of: Name | None = None

    def address(self) -> Address:
        return Address(**self.model_dump())


class EnrolmentRow(FileRow):
    """SS 12000 `Enrolment`; `enroledAt` (sic) is a school unit code or a unit's id."""

    enroled_at: Annotated[str, AfterValidator(organisation.unit_named)]
    school_type: Annotated[str, AfterValidator(_form)]
    school_year: Annotated[int, Field(ge=0, le=10)] | None = None
    start_date: date
    end_date: date | None = None
    cancelled: bool = False
    education_code: Annotated[str, Field(max_length=20)] | None = None
    programme: Id | None = None
    specification: Annotated[str, Field(max_length=200)] | None = None

    def enrolment(self) -> Enrolment:
        return Enrolment(
            unit=UnitId(self.enroled_at),
            school_form=SchoolForm(self.school_type),
            year=self.school_year,
            start=self.start_date,
            end=self.end_date,
            cancelled=self.cancelled,
            education_code=self.education_code,
            programme=self.programme,
            specification=self.specification,
        )


class ResponsibleRow(FileRow):
    """A responsible adult by id; the adult's own row may come before or after. `home`: the child lives there,
    all the time or every other week.
    """

    person: Id
    relation_type: Relation = "Vårdnadshavare"
    start_date: date | None = None
    end_date: date | None = None
    home: bool = False

    def responsible(self) -> Responsible:
        return Responsible(
            PersonId(self.person), self.relation_type, self.start_date, self.end_date, self.home
        )


class ExternalIdRow(FileRow):
    """SS 12000 `externalIdentifier`."""

    value: Name
    context: Name
    globally_unique: bool = False


class EmailRow(FileRow):
    """SS 12000 `Email`."""

    value: MailAddress
    type: EmailType = "Privat"


class PhoneRow(FileRow):
    """SS 12000 `Phonenumber`."""

    value: PhoneNumber
    type: PhoneType = "Hem"
    mobile: bool = True


class PersonRow(FileRow):
    """One person. `address`, `email` and `phone` stand for the one of a kind. `enrolments` and `responsibles`
    are complete; left out, they stay as they are.
    """

    id: Id | None = None
    civic_no: Annotated[str, AfterValidator(_civic_no)] | None = None
    given_name: Name
    middle_name: Name | None = None
    family_name: Name
    birth_date: date | None = None
    sex: Sex | None = None
    person_status: Status = "Aktiv"
    security_marking: Marking = "Ingen"
    municipality_code: Annotated[str, AfterValidator(MunicipalityCode)] | None = None
    edu_person_principal_names: Annotated[tuple[PrincipalName, ...], Field(max_length=10)] = ()
    external_identifiers: Annotated[tuple[ExternalIdRow, ...], Field(max_length=20)] = ()
    address: AddressRow | None = None
    addresses: Annotated[tuple[AddressRow, ...], Field(max_length=10)] = ()
    email: MailAddress | None = None
    phone: PhoneNumber | None = None
    emails: Annotated[tuple[EmailRow, ...], Field(max_length=10)] = ()
    phone_numbers: Annotated[tuple[PhoneRow, ...], Field(max_length=10)] = ()
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}$")] = "sv"
    enrolments: Annotated[list[EnrolmentRow], Field(max_length=20)] | None = None
    responsibles: Annotated[list[ResponsibleRow], Field(max_length=10)] | None = None

    @model_validator(mode="after")
    def _is_someone(self) -> Self:
        if self.id is None and self.civic_no is None:
            raise _Refused("raden har varken id eller civicNo", "the row has neither id nor civicNo")
        if self.birth_date is None and self.civic_no is None:
            raise _Refused(
                "raden har varken birthDate eller civicNo", "the row has neither birthDate nor civicNo"
            )
        return self

    @property
    def born(self) -> date | None:
        """The birth date, given or from the number."""
        return self.birth_date or (parse_identity_number(self.civic_no).birth_date if self.civic_no else None)

    @property
    def digest(self) -> str:
        """Recognises the same row when it comes again."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()

    @property
    def reaches(self) -> bool:
        """Whether the row says how the person may be reached."""
        return bool(self._homes or self.email or self.phone or self.emails or self.phone_numbers)

    @property
    def units(self) -> list[UnitId]:
        return [UnitId(row.enroled_at) for row in self.enrolments or ()]

    def person(self, person: PersonId) -> NewPerson:
        """Raises `DomainError` when the enrolments contradict each other."""
        number = parse_identity_number(self.civic_no) if self.civic_no else None
        born = self.born
        assert born
        enrolments = None if self.enrolments is None else tuple(row.enrolment() for row in self.enrolments)
        check_enrolments(enrolments or (), born)
        for e in enrolments or ():
            check_form(e.school_form, e.year, e.education_code, e.start, whole=False)
        return NewPerson(
            id=person,
            civic_no=self.civic_no,
            given_name=self.given_name,
            middle_name=self.middle_name,
            family_name=self.family_name,
            birth_date=born,
            sex=self.sex or (number.sex if number else "Okänt"),
            status=self.person_status,
            marking=self.security_marking,
            municipality=self.municipality_code,
            principal_names=self.edu_person_principal_names,
            external_ids=tuple(ExternalId(**row.model_dump()) for row in self.external_identifiers),
            addresses=tuple(row.address() for row in self._homes),
            email=self.email or next((row.value for row in self.emails if row.type == "Privat"), None),
            phone=self.phone or next((row.value for row in self.phone_numbers if row.mobile), None),
            emails=tuple(Email(**row.model_dump()) for row in self.emails),
            phones=tuple(Phone(**row.model_dump()) for row in self.phone_numbers),
            language=self.language,
            enrolments=enrolments,
            responsibles=None
            if self.responsibles is None
            else tuple(row.responsible() for row in self.responsibles),
            digest=self.digest,
        )

    @property
    def _homes(self) -> tuple[AddressRow, ...]:
        return (*([self.address] if self.address else []), *self.addresses)


def take_people(rows: Sequence[Row[PersonRow]], source: Source) -> list[RowFault]:
    """Write a chunk of people; returns the rows refused for what is already stored.

    Per 100 new pupils with two guardians each: 6 reads and 14 transactions; 100 rows taken before: 4 reads,
    and a few for everybody in them who has no contact any more.
    """
    numbers = [row.data.civic_no for row in rows if row.data.civic_no]
    units = list(dict.fromkeys(unit for row in rows for unit in row.data.units))
    owners, known_units = fetch(wanted_owners(numbers), organisation.wanted_units(units), consistent=True)
    ids = {row.line: _id(row.data, owners) for row in rows}
    digests = fetch(wanted_digests(list(ids.values())), consistent=True)[0]
    same = {row.line for row in rows if digests.get(ids[row.line], ("",))[0] == row.data.digest}
    same -= _returned([row for row in rows if row.line in same], rows, ids)
    changed = [row for row in rows if row.line not in same]
    births = _births(changed, ids)
    faults: list[RowFault] = []
    bundles: list[list[Write | Fact]] = []
    for row in changed:
        person, data = ids[row.line], row.data
        if fault := _fault(row, person, owners, known_units):
            faults.append(fault)
            continue
        try:
            new = data.person(person)
            _check_relations(new, births)
        except DomainError as refusal:
            faults.append(_refusal(row.line, refusal))
            continue
        writes: list[Write | Fact] = [*person_writes(new, today(), stored=person in digests)]
        if data.civic_no and data.civic_no not in owners:
            writes.append(civic_item(data.civic_no, person))
            owners[data.civic_no] = person
        bundles.append([*writes, *_protection_facts(new, digests.get(person))])
    save(bundles, source)
    return faults


def _returned(
    same: Sequence[Row[PersonRow]], rows: Sequence[Row[PersonRow]], ids: dict[int, PersonId]
) -> set[int]:
    """Lines of those whose contact has been erased, and whom the schools have to do with again."""
    people = {ids[row.line]: row.line for row in same if row.data.reaches}
    reached: set[PersonId] = fetch(wanted_reached(list(people)), consistent=True)[0] if people else set()
    named = {
        PersonId(r.person) for row in rows for r in row.data.responsibles or ()
        if r.end_date is None or r.end_date >= today()
    }  # fmt: skip
    gone = people.keys() - reached
    return {people[person] for person in gone if person in named or register.is_tied(person)}


def _protection_facts(new: NewPerson, before: tuple[str, bool] | None) -> list[Fact]:
    """What those who keep anything that shows the person must hear."""
    protected = new.marking != "Ingen"
    if before is None or before[1] == protected:
        return []
    return [PersonProtected(person=new.id) if protected else ProtectionRemoved(person=new.id)]


def _births(rows: Sequence[Row[PersonRow]], ids: dict[int, PersonId]) -> dict[PersonId, date]:
    """Birth dates of the responsible adults who are known, here or in the register."""
    adults = {PersonId(r.person) for row in rows for r in row.data.responsibles or ()}
    births: dict[PersonId, date] = fetch(wanted_births(sorted(adults)))[0]
    return births | {ids[row.line]: born for row in rows if (born := row.data.born)}


def _check_relations(new: NewPerson, births: dict[PersonId, date]) -> None:
    for responsible in new.responsibles or ():
        adult = responsible.person
        check_responsible((new.id, new.birth_date), (adult, births.get(adult, date.min)))


def _id(data: PersonRow, owners: dict[str, PersonId]) -> PersonId:
    known = owners.get(data.civic_no or "")
    return PersonId(data.id) if data.id else known or PersonId(new_id())


def _fault(
    row: Row[PersonRow], person: PersonId, owners: dict[str, PersonId], units: dict[UnitId, object]
) -> RowFault | None:
    if owners.get(row.data.civic_no or "", person) != person:
        return RowFault(
            row.line,
            "civicNo",
            Text("Numret tillhör redan en annan person.", "The number already belongs to another person."),
            Text(
                "Kontrollera numret, eller använd den registrerade personens id.",
                "Check the number, or use the id of the registered person.",
            ),
        )
    for number, unit in enumerate(row.data.units):
        if unit not in units:
            return RowFault(
                row.line,
                f"enrolments.{number}.enroledAt",
                Text("Skolenheten finns inte i registret.", "The school unit is not in the register."),
                Text(
                    "Läs in skolenheterna först, eller rätta skolenhetskoden.",
                    "Import the school units first, or correct the school unit code.",
                ),
            )
    return None


def _refusal(line: int, refusal: DomainError) -> RowFault:
    value = None if refusal.value is None else str(refusal.value)
    own = refusal.field == "responsibles"
    return RowFault(
        line,
        refusal.field if own else f"enrolments.{refusal.field}",
        refusal.said,
        refusal.advised,
        value,
    )


PEOPLE: Importer[PersonRow] = Importer(
    name="import_people",
    item=RegisterImportItem,
    finished=ImportFinished,
    read=PersonRow.model_validate_json,
    take=take_people,
    key=lambda row: row.id or row.civic_no,
    shown=(
        "enroledAt",
        "schoolType",
        "schoolYear",
        "startDate",
        "endDate",
        "securityMarking",
        "relationType",
    ),
)
