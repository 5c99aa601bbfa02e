"""Enrolments over HTTP."""

from __future__ import annotations

import datetime as dt
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from functions.register.domain.enrolment import LeavingReason
from functions.register.schemas.common import Id
from skolkit.http import Shape
from skolkit.sweden.codes import SchoolForm

Year = Annotated[int, Field(ge=0, le=10)]
EducationCode = Annotated[str, Field(pattern=r"^[A-ZÅÄÖ0-9]{2,20}$")]
Specification = Annotated[str, Field(max_length=200)]


class NewEnrolment(Shape):
    """An enrolment, SS 12000 `Enrolment`: `unit` is `enroledAt`, `year` is `schoolYear`."""

    unit: Id
    school_form: SchoolForm
    year: Year | None = None
    start_date: date
    end_date: date | None = None
    education_code: EducationCode | None = None
    programme: Id | None = None
    specification: Specification | None = None


class EnrolmentRow(NewEnrolment):
    """An enrolment of a person. `leaving` is why it ended; a cancelled one counted for no day."""

    id: Id
    education_code: str | None = None
    cancelled: bool
    leaving: LeavingReason | None


class EnrolmentView(EnrolmentRow):
    """An enrolment that has just been made. `version` is the person's, for the next change."""

    person: Id
    version: int


class EnrolmentList(Shape):
    """All enrolments of a person, by first day: earlier, present, planned and cancelled ones."""

    person: Id
    data: list[EnrolmentRow]
    version: int


class EnrolmentChange(Shape):
    """What the enrolment shall say. With `since` from that day on (a new year, a new study path), what it
    said before being kept; without as a correction of all of it.
    """

    year: Year | None
    end_date: date | None
    education_code: EducationCode | None = None
    programme: Id | None = None
    specification: Specification | None = None
    since: date | None = None


class PlaceKept(Shape):
    """Something to know that is no hindrance. `until`: the pupil may keep the place so long (10:28)."""

    code: Literal["keepsPlace"]
    until: date
    law: str


class ChangedEnrolments(Shape):
    """The enrolments that are other than before."""

    person: Id
    data: list[EnrolmentRow]
    warnings: list[PlaceKept]
    version: int


class PupilsQuery(Shape):
    """Whose list: of a day (today when left out), one year or all, with guardians or without."""

    date: dt.date | None = None
    year: Year | None = None
    guardians: bool = False
    limit: Annotated[int, Field(ge=1, le=100)] = 50
    cursor: Annotated[str, Field(max_length=900)] | None = None


class GuardianRow(Shape):
    """Somebody with custody; a protected one has no name here."""

    person: Id
    given_name: str | None
    family_name: str | None


class UnitPupilView(Shape):
    """A pupil of a unit. A protected one's name and guardians are for those with a task for the pupil."""

    person: Id
    given_name: str | None
    family_name: str | None
    protected: bool
    enrolment: Id
    school_form: SchoolForm
    year: int | None
    start_date: date
    end_date: date | None
    education_code: str | None
    guardians: list[GuardianRow]


class UnitPupils(Shape):
    """A page of a unit's pupils of a day, by last day and year; `cursor` leads to the next."""

    data: list[UnitPupilView]
    cursor: str | None
