"""What the register takes and gives over HTTP."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field

from functions.register.domain import phone_number
from skolkit.http import Shape
from skolkit.sweden.codes import SchoolForm

Id = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
Email = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$", max_length=254)]
Phone = Annotated[str, Field(max_length=30), AfterValidator(phone_number)]


class UnitRef(Shape):
    """A school unit by id and name."""

    id: Id
    name: str


class GroupRef(Shape):
    """A group by id and name."""

    id: Id
    name: str


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


class ContactChange(Shape):
    """How the caller wants to be reached. The telephone number may be written in any usual way."""

    email: Email | None = None
    phone: Phone | None = None
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}$")] = "sv"


class ContactView(Shape):
    """How a person may be reached; `withheld` when the identity is protected, and then without address."""

    person: Id
    email: str | None
    phone: str | None
    language: str | None
    withheld: bool
    version: int


class NewEnrolment(Shape):
    """An enrolment, SS 12000 `Enrolment`: `unit` is `enroledAt`, `year` is `schoolYear`."""

    unit: Id
    school_form: SchoolForm
    year: Annotated[int, Field(ge=0, le=10)] | None = None
    start_date: date
    end_date: date | None = None
    education_code: Annotated[str, Field(max_length=20)] | None = None


class EnrolmentView(NewEnrolment):
    """An enrolment of a person."""

    person: Id
