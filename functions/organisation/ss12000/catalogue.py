"""Programmes, syllabuses and what units offer, as the standard's `Programme`, `Syllabus` and
`SchoolUnitOffering`. None of it is about anybody.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from uuid import UUID

from functions.organisation.domain.programmes import Programme as ProgrammeRecord
from functions.organisation.domain.syllabuses import Curriculum
from functions.organisation.domain.syllabuses import Syllabus as SyllabusRecord
from functions.organisation.ss12000.common import loading, of_units_forms, shape
from functions.organisation.store import offerings as offerings_store
from functions.organisation.store import programmes as programmes_store
from functions.organisation.store import syllabuses as syllabuses_store
from functions.organisation.store.offerings import Offering
from skolkit.http import Shape
from skolkit.ss12000 import NEWEST_FIRST, Entity, Filters, Key, Meta, Order, Reference, Resource, collated
from skolkit.sweden.codes import SS12000_SCHOOL_TYPE, SchoolForm

CURRICULA: dict[tuple[Curriculum, SchoolForm], str] = {
    ("LGR11", SchoolForm.COMPULSORY): "GR2011",
    ("LGR11", SchoolForm.ADAPTED_COMPULSORY): "GRSÄR2011",
    ("LGR11", SchoolForm.SPECIAL): "SPEC2011",
    ("LGR11", SchoolForm.SAMI): "SAM2011",
    ("GY11", SchoolForm.UPPER_SECONDARY): "GY2011",
    ("GYAN13", SchoolForm.ADAPTED_UPPER_SECONDARY): "GYSÄR2013",
}
"""`CurriculumEnum`. It has no word for those after 2013; a subject's code tells them apart."""

BELOW = ("Programinriktning", "Utgång")
"""The types of programme that have a parent in the standard."""


class ProgrammeContent(Shape):
    """A part of a programme."""

    type: str
    points: int | None = None
    content: list[Reference]


class Programme(Shape):
    """A programme as it is from a day on."""

    id: UUID
    meta: Meta
    name: str
    type: str
    school_type: str
    code: str
    parent_programme: Reference | None = None
    content: list[ProgrammeContent]


class Syllabus(Shape):
    """An edition of a syllabus."""

    id: UUID
    meta: Meta
    school_type: str
    subject_code: str | None = None
    subject_name: str
    subject_designation: str | None = None
    course_code: str | None = None
    course_name: str | None = None
    points: int | None = None
    curriculum: str | None = None
    language_code: str | None = None
    official: bool


class SchoolUnitOffering(Shape):
    """What a unit offers a school year. The standard forgot its id, by which it is to be read."""

    id: UUID
    meta: Meta
    offered_at: Reference
    start_date: date
    end_date: date
    offered_syllabuses: list[Reference]
    offered_programmes: list[Reference]


def programme(p: ProgrammeRecord, created: datetime, changed: datetime) -> Entity:
    """A programme as an entity. Of syllabuses of which one is enough, all are listed."""
    made = Programme(
        id=UUID(p.id),
        meta=Meta(created=created, modified=changed),
        name=p.name,
        type=p.type,
        school_type=SS12000_SCHOOL_TYPE[p.school_form],
        code=p.code,
        parent_programme=Reference(id=UUID(p.parent)) if p.parent and p.type in BELOW else None,
        content=[
            ProgrammeContent(
                type=part.part, points=part.points,
                content=_references(dict.fromkeys(id for ids in part.syllabuses for id in ids)),
            )
            for part in p.content
        ],
    )  # fmt: skip
    return Entity(p.id, made, created, changed, forms=frozenset({p.school_form}))


def syllabus(s: SyllabusRecord, created: datetime, changed: datetime) -> Entity:
    """A syllabus as an entity: a local one is its unit's."""
    made = Syllabus(
        id=UUID(s.id),
        meta=Meta(created=created, modified=changed),
        school_type=SS12000_SCHOOL_TYPE[s.school_form],
        subject_code=s.subject_code,
        subject_name=s.subject_name,
        subject_designation=s.subject_designation,
        course_code=s.course_code,
        course_name=s.course_name,
        points=s.points,
        curriculum=CURRICULA.get((s.curriculum, s.school_form)) if s.curriculum else None,
        language_code=s.language_code,
        official=s.official,
    )
    units = frozenset({s.unit}) if s.unit else None
    return Entity(s.id, made, created, changed, units=units, forms=frozenset({s.school_form}))


def offering(o: Offering, created: datetime, changed: datetime) -> Entity:
    """An offering as an entity of its unit."""
    made = SchoolUnitOffering(
        id=UUID(o.id),
        meta=Meta(created=created, modified=changed),
        offered_at=Reference(id=UUID(o.unit)),
        start_date=o.year.start,
        end_date=o.year.end,
        offered_syllabuses=_references(o.syllabuses),
        offered_programmes=_references(o.programmes),
    )
    return Entity(o.id, made, created, changed, units=frozenset({o.unit}))


def _references(ids: Sequence[str] | dict[str, None]) -> list[Reference]:
    return [Reference(id=UUID(id)) for id in ids]


def _keeps_programme(entity: Entity, filters: Filters) -> bool:
    made = shape(Programme, entity)
    parent = str(made.parent_programme.id) if made.parent_programme else None
    return (
        made.school_type in filters.get("schoolType", (made.school_type,))
        and filters.get("code") in (None, made.code)
        and ("parentProgramme" not in filters or filters["parentProgramme"].lower() == parent)
    )


def _offered_at(filters: Filters) -> Sequence[Key] | None:
    unit = filters.get("organisation")
    return offerings_store.keys_at(unit) if unit is not None else None


def _keeps_offering(entity: Entity, filters: Filters) -> bool:
    return filters.get("organisation") in (None, str(shape(SchoolUnitOffering, entity).offered_at.id))


def _programme_name(entity: Entity) -> str:
    return shape(Programme, entity).name


def _syllabus_name(entity: Entity) -> str:
    made = shape(Syllabus, entity)
    return made.course_name or made.subject_name


def _word(name: str) -> Callable[[Entity], str]:
    return lambda entity: collated(getattr(entity.shape, name))


def _day(entity: Entity) -> str:
    return str(shape(SchoolUnitOffering, entity).start_date)


_WORDS = {
    "SubjectName": "subject_name", "SubjectCode": "subject_code", "CourseName": "course_name",
    "CourseCode": "course_code", "SubjectDesignation": "subject_designation",
}  # fmt: skip

PROGRAMMES = Resource(
    kind=programmes_store.ProgrammeItem,
    load=loading(programmes_store.stored_programmes, programme),
    key=programmes_store.programme_key,
    ids=lambda key: [key[0].removeprefix("PROGRAMME#")],
    orders={
        "ModifiedDesc": NEWEST_FIRST,
        "NameAsc": Order(1, _word("name")),
        "CodeAsc": Order(2, _word("code")),
    },
    keeps=_keeps_programme,
    name=_programme_name,
)
SYLLABUSES = Resource(
    kind=syllabuses_store.SyllabusItem,
    load=loading(syllabuses_store.stored_syllabuses, syllabus),
    key=syllabuses_store.syllabus_key,
    ids=lambda key: [key[0].removeprefix("SYLLABUS#")],
    orders={
        "ModifiedDesc": NEWEST_FIRST,
        **{
            f"{key}{way}": Order(number, _word(name), down=way == "Desc")
            for number, (key, name) in enumerate(_WORDS.items(), 1)
            for way in ("Asc", "Desc")
        },
    },
    name=_syllabus_name,
)
OFFERINGS = Resource(
    kind=offerings_store.OfferingItem,
    load=loading(offerings_store.stored_offerings, offering),
    key=offerings_store.offering_key,
    ids=lambda key: [key[0].removeprefix("OFFERING#")],
    # School years end in the order in which they begin.
    orders={
        "ModifiedDesc": NEWEST_FIRST,
        **{
            f"{day}Date{way}": Order(1, _day, way == "Desc")
            for day in ("Start", "End")
            for way in ("Asc", "Desc")
        },
    },
    narrow=_offered_at,
    keeps=_keeps_offering,
    belongs=of_units_forms,
)
