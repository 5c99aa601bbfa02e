"""People over HTTP."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field

from functions.register.domain.contacts import AddressType, EmailType, PhoneType
from functions.register.domain.people import Marking, Relation, Sex, Status
from functions.register.schemas.common import GroupRef, Id, UnitRef
from functions.register.schemas.contacts import Email, Phone
from skolkit.http import Shape
from skolkit.sweden.codes import MunicipalityCode
from skolkit.sweden.identity_numbers import parse_identity_number

Name = Annotated[str, Field(min_length=1, max_length=100, pattern=r"\S")]
CivicNo = Annotated[str, Field(max_length=20), AfterValidator(lambda text: parse_identity_number(text).value)]
Municipality = Annotated[str, AfterValidator(MunicipalityCode)]
PrincipalName = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$", max_length=254)]


class ChildView(Shape):
    """A child as the guardian's list shows it. Unit, form, year and classes are today's."""

    id: Id
    given_name: str
    family_name: str
    unit: UnitRef | None
    school_form: str
    year: int | None
    classes: list[GroupRef]


class Children(Shape):
    """The children in the caller's custody."""

    data: list[ChildView]


class PersonView(ChildView):
    """A person. `protected`: protected identity; handle with the routines for it."""

    birth_date: date
    protected: bool


class ExternalIdentifier(Shape):
    """SS 12000 `externalIdentifier`: the person's id in another system."""

    value: Name
    context: Name
    globally_unique: bool = False


class PersonBody(Shape):
    """What the register says of a person alone, in the words of SS 12000 `Person`. `municipalityCode` is
    where the person is registered (folkbokförd).
    """

    given_name: Name
    middle_name: Name | None = None
    family_name: Name
    birth_date: date
    sex: Sex = "Okänt"
    person_status: Status = "Aktiv"
    municipality_code: Municipality | None = None
    edu_person_principal_names: Annotated[tuple[PrincipalName, ...], Field(max_length=10)] = ()
    external_identifiers: Annotated[tuple[ExternalIdentifier, ...], Field(max_length=20)] = ()


class NewPersonBody(PersonBody):
    """A person to enter. `civicNo` in any usual spelling; `confirmedDistinct` names registered people who
    have been looked at and are somebody else.
    """

    civic_no: CivicNo | None = None
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}$")] = "sv"
    confirmed_distinct: Annotated[tuple[Id, ...], Field(max_length=20)] = ()


class NewPersonView(Shape):
    """Who was entered."""

    id: Id
    version: int


class NewNumber(Shape):
    """The identity number a person has from a day on."""

    civic_no: CivicNo
    since: date


class NumberView(Shape):
    """An identity number the person has or has had."""

    civic_no: str
    since: date


class AddressShape(Shape):
    """A postal address, SS 12000 `Person.addresses`."""

    type: AddressType = "Folkbokföring"
    street_address: Name
    postal_code: Annotated[str, Field(min_length=1, max_length=10)]
    locality: Name
    country: Name = "Sverige"
    municipality_code: Municipality | None = None
    care_of: Name | None = None


class EmailShape(Shape):
    """A mail address, SS 12000 `Email`."""

    value: Email
    type: EmailType = "Privat"


class PhoneShape(Shape):
    """A telephone number, SS 12000 `Phonenumber`, in any usual spelling."""

    value: Phone
    type: PhoneType = "Hem"
    mobile: bool = True


class NewReach(Shape):
    """All ways to reach a person; what is left out is not kept. Notices go to the first private mail address
    and the first mobile number.
    """

    emails: Annotated[tuple[EmailShape, ...], Field(max_length=10)] = ()
    phone_numbers: Annotated[tuple[PhoneShape, ...], Field(max_length=10)] = ()
    addresses: Annotated[tuple[AddressShape, ...], Field(max_length=10)] = ()


class ResponsibleBody(Shape):
    """What somebody is to a child, from when until when (both inclusive). `home`: the child lives there, all
    the time or every other week (växelvis boende).
    """

    relation_type: Relation = "Vårdnadshavare"
    start_date: date | None = None
    end_date: date | None = None
    home: bool = False


class ResponsibleView(ResponsibleBody):
    """One responsible adult."""

    person: Id


class EnrolmentRecord(Shape):
    """One enrolment of any time, SS 12000 `Enrolment`."""

    unit: Id
    school_form: str
    year: int | None
    start_date: date
    end_date: date | None
    cancelled: bool
    education_code: str | None
    programme: Id | None
    specification: str | None


class RecordView(PersonBody):
    """Everything the register knows of a person. Addresses, mail and telephone are empty when `withheld`."""

    id: Id
    civic_no: str | None
    numbers: list[NumberView]
    security_marking: Marking
    language: str | None
    emails: list[EmailShape]
    phone_numbers: list[PhoneShape]
    addresses: list[AddressShape]
    withheld: bool
    enrolments: list[EnrolmentRecord]
    responsibles: list[ResponsibleView]
    responsible_for: list[Id]
    merged_into: Id | None
    version: int


class MergeBody(Shape):
    """The record that proved to be the same person."""

    duplicate: Id


class MergeView(Shape):
    """A merge; `id` takes it apart again."""

    id: Id
    kept: Id
    merged: Id
