"""Grades as SS 12000:2020 (API 2.1.0) has them, with the standard's names: every decision of the catalogue is
one, what corrects or changes an earlier one, too (`correctionType`); a proposal is none.

A decision is official when it is made, but the home sees it when its period is published, and no system is to
tell the home before that: until then it is not there for any client. When the moment has come it is new in
the feed (`usecases.publications`), so that whoever follows what changes gets it. What a file brought by
mistake and has been withdrawn is told as deleted.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from functions.grades.domain.catalogue import Decider, Entry, Term
from functions.grades.store import catalogue as store
from functions.grades.store import periods
from skolkit.clock import now, today
from skolkit.feed import FIRST, LAST
from skolkit.http import Shape
from skolkit.ss12000 import (
    NEWEST_FIRST,
    Entity,
    Filters,
    Key,
    Meta,
    Order,
    PersonReference,
    Reference,
    Resource,
    SecurityMarking,
    Span,
)
from skolkit.sweden.calendar import SchoolYear
from skolkit.table import fetch
from skolkit.types import PersonId, stable_id

CorrectionType = Literal["Ändring", "Rättelse"]
CORRECTIONS: Mapping[str, CorrectionType] = {"change": "Ändring", "correction": "Rättelse"}


UNKNOWN = PersonId(stable_id("person", "registered by nobody known"))


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
    its `Grade`: it is `organisation`. `year` is the calendar year of the term. `registeredBy` is required: of
    an imported grade that nobody is known to have registered or set it is `UNKNOWN`, who is no person.
    """

    id: UUID
    meta: Meta
    student: PersonReference
    organisation: Reference
    registered_by: PersonReference
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
    entry: Entry, syllabus: str, times: tuple[datetime, datetime],
    markings: Mapping[PersonId, SecurityMarking],
) -> Grade:  # fmt: skip
    """An entry of the catalogue, that came to be here and was written last at some `times`. `syllabus` is the
    one of what was graded, for an entry that does not say by which edition.
    """
    teacher, registered = responsible(entry.deciders), entry.registered_by
    return Grade(
        id=UUID(entry.id),
        meta=Meta(created=times[0], modified=times[1]),
        student=_person(entry.pupil, markings),
        organisation=Reference(id=UUID(entry.unit)),
        registered_by=_person(registered or _first(entry.deciders) or UNKNOWN, markings),
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


_PUBLISHED: set[str] = set()
"""Periods whose moment had come: it is not taken back."""


def _published(ids: Collection[str]) -> set[str]:
    """Those of periods that everybody sees. One round trip, none when all have been seen before."""
    unknown = sorted(set(ids) - _PUBLISHED)
    if unknown:
        (found,) = fetch(periods.wanted_periods(unknown))
        _PUBLISHED.update(id for id, period in found.items() if period.shown(now()))
    return _PUBLISHED


def _load(keys: Sequence[Key], consistent: bool) -> dict[Key, list[Entity]]:
    """Two round trips per 100."""
    found = store.stored_entries(keys, consistent=consistent)
    published = _published({row.entry.period for row in found.values() if row.entry.period})
    return {
        key: [_entity(row)] for key, row in found.items()
        if row.entry.kind != "withdrawal" and (row.entry.period is None or row.entry.period in published)
    }  # fmt: skip


def _entity(row: store.Row) -> Entity:
    entry = row.entry
    syllabus = stable_id("syllabus", entry.subject.form.value, entry.subject.code)
    shape = grade(entry, syllabus, (row.created, row.changed), {})
    named = (shape.student, shape.registered_by, shape.grading_teacher)
    return Entity(
        entry.id, shape, row.created, row.changed, units=frozenset({entry.unit}),
        forms=frozenset({entry.subject.form}), about=entry.pupil,
        people=frozenset(PersonId(str(one.id)) for one in named if one), gone=row.withdrawn,
    )  # fmt: skip


def _narrow(filters: Filters) -> Sequence[Key] | None:
    student = filters.get("student")
    return store.keys_of_pupil(student) if student else None


def _span(filters: Filters) -> Span | None:
    """The grades of some days, of one unit or all."""
    first, last = filters.get("registeredDate.onOrAfter"), filters.get("registeredDate.onOrBefore")
    unit = filters.get("organisation")
    if not (first or last or unit):
        return None
    within = f"{unit}#" if unit else ""
    low, high = first.isoformat() if first else FIRST, f"{last}$" if last else LAST
    return Span(2 if unit else 1, within + low, within + high)


def _keeps(entity: Entity, filters: Filters) -> bool:
    shape = entity.shape
    assert isinstance(shape, Grade)
    said: dict[str, Reference | None] = {
        "organisation": shape.organisation, "student": shape.student, "registeredBy": shape.registered_by,
        "gradingTeacher": shape.grading_teacher,
    }  # fmt: skip
    first, last = filters.get("registeredDate.onOrAfter"), filters.get("registeredDate.onOrBefore")
    return (
        all(name not in filters or (one and str(one.id) == filters[name]) for name, one in said.items())
        and (first is None or shape.registered_date >= first)
        and (last is None or shape.registered_date <= last)
    )


def _registered(entity: Entity) -> str:
    shape = entity.shape
    assert isinstance(shape, Grade)
    return shape.registered_date.isoformat()


GRADES = Resource(
    kind=store.EntryItem,
    load=_load,
    key=lambda one: next(iter(store.keys_of_entries([one])), None),
    several=store.keys_of_entries,
    ids=lambda _: (),  # the catalogue is never deleted
    orders={
        "ModifiedDesc": NEWEST_FIRST,
        "registeredDateAsc": Order(1, _registered),
        "registeredDateDesc": Order(1, _registered, down=True),
    },
    narrow=_narrow,
    span=_span,
    keeps=_keeps,
)
RESOURCES = {"grades": GRADES}
