"""Files of syllabuses as Skolverket's Syllabus API v1 gives them: a subject with its courses or levels
(`/v1/subjects/{code}`), or a list of subjects (`/v1/subjects`) (process 14).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

from functions.organisation.domain.syllabuses import Syllabus, curriculum_of, level_in, syllabus_id
from functions.organisation.events import ImportFinished
from functions.organisation.imports.common import Name
from functions.organisation.store import base as base_store
from functions.organisation.store import syllabuses as syllabuses_store
from skolkit.imports import Importer, Row, RowFault, Source, differing, save
from skolkit.sweden.codes import SchoolForm

# Parts of komvux (VUXGY …) read the subjects of the school form beside them in the same document.
_FORMS = {form.value: form for form in SchoolForm if not form.value.startswith("VUX") or form.value == "VUX"}

Code = Annotated[str, Field(pattern=r"^[A-ZÅÄÖa-zåäö0-9_-]{1,30}$")]


def _points(given: object) -> object:
    """Skolverket writes points as text, and a dash or nothing where there are none."""
    return int(given) if isinstance(given, str) and given.strip().isdecimal() else None


Points = Annotated[int | None, BeforeValidator(_points)]


class _EndsBeforeStart(ValueError):
    sv, en = "endDate ligger före startDate", "endDate is before startDate"


class _Skolverket(BaseModel):
    """Parts of the Syllabus API v1; fields we do not use are ignored."""

    model_config = ConfigDict(extra="ignore", alias_generator=to_camel, str_strip_whitespace=True)


class _Course(_Skolverket):
    code: Code
    name: Name
    points: Points = None


class _Subject(_Skolverket):
    code: Code
    name: Name
    type_of_syllabus: str = ""
    start_date: date
    end_date: date | None = None
    version: Annotated[int, Field(ge=1, le=10_000)] = 1
    designation: Annotated[str, Field(max_length=20)] | None = None
    points: Points = None
    school_types: list[str]
    courses: list[_Course] = []

    @model_validator(mode="after")
    def _ends_after_start(self) -> Self:
        if self.end_date is not None and self.end_date < self.start_date:
            raise _EndsBeforeStart(_EndsBeforeStart.en)
        return self

    def syllabuses(self) -> Iterator[Syllabus]:
        """One per school form we have, and course or level; the subject itself where it has none."""
        levels = {n for course in self.courses if (n := level_in(course.name))}
        for form in dict.fromkeys(_FORMS[code] for code in self.school_types if code in _FORMS):
            courses: list[_Course | None] = [*self.courses] or [None]
            for course in courses:
                level = level_in(course.name) if course is not None else None
                yield Syllabus(
                    id=syllabus_id(form, self.code, course.code if course is not None else "", self.version),
                    school_form=form,
                    subject_code=self.code,
                    subject_name=self.name,
                    subject_designation=self.designation,
                    course_code=course.code if course is not None else None,
                    course_name=course.name if course is not None else None,
                    points=course.points if course is not None else self.points,
                    curriculum=curriculum_of(
                        form, self.start_date, graded_subject=self.type_of_syllabus.startswith("GRADE_")
                    ),
                    level=level,
                    builds_on=max((n for n in levels if level and n < level), default=None),
                    edition=self.version,
                    valid_from=self.start_date,
                    valid_to=self.end_date,
                )


class SyllabusRow(_Skolverket):
    """A `SubjectResponse` or a `SubjectsResponse`."""

    subject: _Subject | None = None
    subjects: Annotated[list[_Subject], Field(max_length=5000)] = []

    @model_validator(mode="before")
    @classmethod
    def _bare_subject(cls, given: Any) -> Any:
        bare = isinstance(given, dict) and not {"subject", "subjects"} & set(given)
        return {"subject": given} if bare else given

    def syllabuses(self) -> list[Syllabus]:
        found = [self.subject] if self.subject else self.subjects
        return [syllabus for subject in found for syllabus in subject.syllabuses()]


def take_syllabuses(rows: Sequence[Row[SyllabusRow]], source: Source) -> list[RowFault]:
    """Write editions that differ from the stored ones. Per 100 syllabuses: 1 read and 2 transactions."""
    found = {syllabus.id: syllabus for row in rows for syllabus in row.data.syllabuses()}
    items = [syllabuses_store.syllabus_item(syllabus) for syllabus in found.values()]
    save([[item] for item in differing(items)], source)
    return []


def _read(raw: Any) -> SyllabusRow:
    if isinstance(raw, str):
        return SyllabusRow.model_validate_json(raw)
    return SyllabusRow.model_validate(raw)


def _key(row: SyllabusRow) -> tuple[tuple[str, int], ...]:
    return tuple((s.code, s.version) for s in ([row.subject] if row.subject else row.subjects))


SYLLABUSES: Importer[SyllabusRow] = Importer(
    name="import_syllabuses",
    item=base_store.OrganisationImportItem,
    finished=ImportFinished,
    read=_read,
    take=take_syllabuses,
    key=_key,
    shown=("code", "version", "startDate", "endDate", "typeOfSyllabus"),
)
