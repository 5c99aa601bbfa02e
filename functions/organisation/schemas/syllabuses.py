"""Syllabuses over HTTP, in the words of SS 12000 `Syllabus`."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from functions.organisation.domain.syllabuses import Curriculum
from functions.organisation.schemas.common import Id, PageQuery
from skolkit.http import Shape
from skolkit.sweden.codes import SchoolForm

Code = Annotated[str, Field(pattern=r"^[A-ZÅÄÖa-zåäö0-9_-]{1,30}$")]
Name = Annotated[str, Field(min_length=1, max_length=200)]


class NewSyllabus(Shape):
    """A unit's own syllabus or course (icke officiell); both days inclusive."""

    school_form: SchoolForm
    subject_name: Name
    subject_code: Code | None = None
    subject_designation: Annotated[str, Field(max_length=20)] | None = None
    course_code: Code | None = None
    course_name: Name | None = None
    points: Annotated[int, Field(ge=0, le=2500)] | None = None
    language_code: Annotated[str, Field(pattern="^[a-z]{3}$")] | None = None
    valid_from: date
    valid_to: date | None = None


class SyllabusView(NewSyllabus):
    """One edition of a syllabus. `unit` has its own, `official` are Skolverket's."""

    id: Id
    curriculum: Curriculum | None
    edition: int
    official: bool
    unit: Id | None


class SyllabusQuery(PageQuery):
    """Which school form, perhaps one subject's code, perhaps only what is in force on a day."""

    school_form: SchoolForm = SchoolForm.COMPULSORY
    subject: Code | None = None
    on: date | None = None


class SyllabusPage(Shape):
    """Syllabuses by subject, course and first day; `cursor` leads to the next page."""

    data: list[SyllabusView]
    cursor: str | None
