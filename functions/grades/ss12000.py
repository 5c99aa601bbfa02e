"""Grades in the shape of SS 12000:2020 (API 2.1.0), with the standard's names. Whoever serves them says which
people are protected and when a row was last written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from functions.grades.domain.catalogue import Decider, Entry, Term
from skolkit.clock import today
from skolkit.http import Shape
from skolkit.sweden.calendar import SchoolYear
from skolkit.types import PersonId

SecurityMarking = Literal["Ingen", "Sekretessmarkering", "Skyddad folkbokföring"]
CorrectionType = Literal["Ändring", "Rättelse"]
CORRECTIONS: Mapping[str, CorrectionType] = {"change": "Ändring", "correction": "Rättelse"}


class Reference(Shape):
    """Something by its id; the name only when the reader asked for names."""

    id: UUID
    display_name: str | None = None


class PersonReference(Reference):
    """A person by id, with the marking of the population register."""

    security_marking: SecurityMarking | None = None


class Meta(Shape):
    """When an entity came to be, and when what belongs to it changed last."""

    created: datetime
    modified: datetime


class DiplomaProject(Shape):
    """An upper-secondary diploma project (gymnasiearbete). The standard demands a description: where there is
    none it is the title.
    """

    title: str
    description: str
    title_english: str | None = None
    description_english: str | None = None


class Grade(Shape):
    """A grade that has been registered for a pupil. The standard's required `schoolUnit` is no property of
    its `Grade`: it is `organisation`. `year` is the calendar year of the term. `registeredBy` is missing only
    of an imported grade that nobody is known to have registered or set.
    """

    id: UUID
    meta: Meta
    student: PersonReference
    organisation: Reference
    registered_by: PersonReference | None = None
    grading_teacher: PersonReference | None = None
    group: Reference | None = None
    registered_date: date
    grade_value: str
    final_grade: bool
    trial: bool
    adapted_study_plan: str
    remark: str | None = None
    converted: bool
    correction_type: CorrectionType | None = None
    semester: Term
    year: int
    syllabus: Reference
    diploma_project: DiplomaProject | None = None


def grade(
    entry: Entry, syllabus: str, modified: datetime, markings: Mapping[PersonId, SecurityMarking]
) -> Grade:
    """An entry of the catalogue. `syllabus` is the official one of what was graded, for an entry that does
    not say by which edition.
    """
    teacher, registered = responsible(entry.deciders), entry.registered_by
    return Grade(
        id=UUID(entry.id),
        meta=Meta(created=entry.at, modified=modified),
        student=_person(entry.pupil, markings),
        organisation=Reference(id=UUID(entry.unit)),
        registered_by=_person(by, markings) if (by := registered or _first(entry.deciders)) else None,
        grading_teacher=_person(teacher, markings) if teacher else None,
        group=Reference(id=UUID(entry.group)) if entry.group else None,
        registered_date=today(entry.at),
        grade_value=entry.value,
        final_grade=entry.finished,
        trial=entry.trial,
        adapted_study_plan=entry.adapted,
        remark=entry.remark or None,
        converted=entry.converted,
        correction_type=_correction(entry),
        semester=entry.term,
        year=SchoolYear.parse(entry.school_year).start_year + (entry.term == "VT"),
        syllabus=Reference(id=UUID(entry.syllabus or syllabus)),
        diploma_project=DiplomaProject(title=entry.title, description=entry.title) if entry.title else None,
    )


def _correction(entry: Entry) -> CorrectionType | None:
    """What the entry corrects or changes by; an imported one as the file said."""
    if entry.kind == "imported":
        return next((word for word in CORRECTIONS.values() if word == entry.reason), None)
    return CORRECTIONS.get(entry.kind)


def responsible(deciders: Sequence[Decider]) -> PersonId | None:
    """The qualified teacher who answers for the grade: of several the qualified before the certified before
    the rest; None where the principal decided.
    """
    teachers = [decider for decider in deciders if decider.role == "teacher"]
    best = max(teachers, key=lambda one: (one.qualified, one.certified), default=None)
    return best.person if best else None


def _first(deciders: Sequence[Decider]) -> PersonId | None:
    return deciders[0].person if deciders else None


def _person(person: PersonId, markings: Mapping[PersonId, SecurityMarking]) -> PersonReference:
    return PersonReference(id=UUID(person), security_marking=markings.get(person))
