"""Enrolments over HTTP."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from functions.register.schemas.common import Id
from skolkit.http import Shape
from skolkit.sweden.codes import SchoolForm


class NewEnrolment(Shape):
    """An enrolment, SS 12000 `Enrolment`: `unit` is `enroledAt`, `year` is `schoolYear`."""

    unit: Id
    school_form: SchoolForm
    year: Annotated[int, Field(ge=0, le=10)] | None = None
    start_date: date
    end_date: date | None = None
    education_code: Annotated[str, Field(max_length=20)] | None = None
    programme: Id | None = None
    specification: Annotated[str, Field(max_length=200)] | None = None


class EnrolmentView(NewEnrolment):
    """An enrolment of a person."""

    person: Id
