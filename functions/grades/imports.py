"""Grades that an earlier system set (process 33), from files dropped in the imports bucket: rows of our own
format, or SS 12000 `Grade` as a JSON document. Without them no final grades are right.

A row becomes an entry that says where it came from. The same row again adds nothing, another row of the same
id is refused: what is in the catalogue is corrected or withdrawn there, never by a file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from functions.grades.domain import subjects
from functions.grades.domain.catalogue import Choice, Entry, Subject, Term
from functions.grades.domain.scales import scale_of
from functions.grades.events import ImportFinished
from functions.grades.store import GradesImportItem, catalogue
from functions.grades.store.catalogue import Head
from functions.organisation import queries as organisation
from functions.organisation.queries import Syllabus
from functions.register import queries as register
from skolkit.clock import local, today
from skolkit.errors import DomainError, Text
from skolkit.events import Fact
from skolkit.imports import FileRow, Importer, Row, RowFault, Source, save
from skolkit.sweden.calendar import SchoolYear
from skolkit.sweden.codes import SchoolForm
from skolkit.sweden.identity_numbers import parse_identity_number
from skolkit.table import Write, chunks, fetch
from skolkit.types import PersonId, UnitId, stable_id

AT_ONCE = 90
"""Entries of a pupil in one transaction, beside the head and the audit row."""

Id = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
Words = Annotated[str, Field(max_length=500)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Unit = Annotated[str, AfterValidator(organisation.unit_named)]
Value = Annotated[str, Field(min_length=1, max_length=12)]
_CIVIC_NO = AfterValidator(lambda text: parse_identity_number(text).value)


class _Nobody(ValueError):
    sv = "ange elevens id eller identitetsnummer, ett av dem"
    en = "give the pupil's id or identity number, one of them"


class _NotYet(ValueError):
    sv = "dagen har inte varit"
    en = "the day has not been"


def _past(day: date) -> date:
    if day > today():
        raise _NotYet(_NotYet.en)
    return day


class HistoryRow(FileRow):
    """A grade in our own format. `sourceId` is the grade's id in `sourceSystem`, `document` where it is
    printed; `unit` a school unit code or an id, `unitName` the name of a school that is not ours. School year
    and term follow from the day unless they are given.
    """

    source_system: Name
    source_id: Name
    document: Words = ""
    student: Id | None = None
    civic_no: Annotated[str, _CIVIC_NO] | None = None
    unit: Unit
    unit_name: Words = ""
    school_form: SchoolForm
    subject_code: Annotated[str, Field(min_length=1, max_length=20)]
    subject_name: Annotated[str, Field(max_length=200)] = ""
    language: Annotated[str, Field(pattern=r"^[a-z]{3}$")] | None = None
    choice: Choice | None = None
    points: Annotated[int, Field(ge=0, le=3000)] | None = None
    grade_value: Value
    registered_date: Annotated[date, AfterValidator(_past)]
    school_year: Annotated[str, Field(pattern=r"^(19|20)[0-9]{2}/[0-9]{2}$")] | None = None
    semester: Term | None = None
    year: Annotated[int, Field(ge=1, le=10)] | None = None
    final_grade: bool = False
    trial: bool = False
    adapted_study_plan: Words = ""
    remark: Words = ""
    title: Annotated[str, Field(max_length=200)] = ""

    @model_validator(mode="after")
    def _about_somebody(self) -> Self:
        if (self.student is None) == (self.civic_no is None):
            raise _Nobody(_Nobody.en)
        return self

    @property
    def key(self) -> str:
        """The id of its entry: the same whenever the row comes."""
        return stable_id("grade-history", self.source_system, self.source_id)

    @property
    def source(self) -> str:
        return ": ".join(filter(None, (self.source_system, self.unit_name, self.document)))


class Reference(FileRow):
    """SS 12000 `ObjectReference`."""

    id: Id
    display_name: str = ""


class Project(FileRow):
    """SS 12000 `Grade.diplomaProject`."""

    title: str = ""
    title_english: str = ""
    description: str = ""
    description_english: str = ""


class GradeRow(FileRow):
    """SS 12000 `Grade`. The unit is `organisation`, in older files `schoolUnit`; its syllabus is one of ours
    and says what subject, course or level it is in. Who set it is known in the earlier system.
    """

    id: Id
    meta: dict[str, Any] | None = None
    student: Reference
    organisation: Reference | None = None
    school_unit: Reference | None = None
    registered_by: Reference | None = None
    grading_teacher: Reference | None = None
    group: Reference | None = None
    registered_date: Annotated[date, AfterValidator(_past)]
    grade_value: Value
    final_grade: bool
    trial: bool = False
    adapted_study_plan: Words = ""
    remark: Words = ""
    converted: bool = False
    correction_type: Literal["Ändring", "Rättelse"] | None = None
    semester: Term | None = None
    year: Annotated[int, Field(ge=1960, le=2100)] | None = None
    syllabus: Reference
    diploma_project: Project | None = None

    @model_validator(mode="after")
    def _at_a_unit(self) -> Self:
        if not (self.organisation or self.school_unit):
            raise ValueError("organisation")
        return self

    @property
    def key(self) -> str:
        return stable_id("grade-history", SS12000, self.id)

    @property
    def unit(self) -> str:
        place = self.organisation or self.school_unit
        assert place
        return place.id


SS12000 = "SS 12000"
AnyRow = HistoryRow | GradeRow


def read_row(raw: Any) -> AnyRow:
    """A row of either format: in SS 12000 the student is a reference."""
    found = json.loads(raw) if isinstance(raw, str | bytes) else raw
    if isinstance(found, dict) and isinstance(found.get("student"), dict):
        return GradeRow.model_validate_json(json.dumps(found))
    return HistoryRow.model_validate_json(json.dumps(found))


class NotInRegister(DomainError):
    """Grades are of people whom the register knows."""

    reason = Text("Eleven finns inte i registret.", "The pupil is not in the register.")
    advice = Text(
        "Läs in personen först, eller rätta numret.", "Import the person first, or correct the number."
    )


class UnknownSyllabus(DomainError):
    """What a grade of SS 12000 is in is said by its syllabus."""

    reason = Text("Kursplanen finns inte här.", "The syllabus is not here.")
    advice = Text(
        "Läs in kursplanerna först, eller använd det egna formatet med ämneskod.",
        "Import the syllabuses first, or use our own format with a subject code.",
    )


class SubjectUnnamed(DomainError):
    """Of courses and levels that grundskola does not have the name is not known."""

    reason = Text("Kursen eller nivån saknar namn.", "The course or level has no name.")
    advice = Text("Fyll i subjectName.", "Fill in subjectName.")


class ImportedOtherwise(DomainError):
    """A file does not change what is in the catalogue."""

    reason = Text(
        "Betyget är redan inläst och säger något annat.", "The grade is imported already and says otherwise."
    )
    advice = Text(
        "Rätta det i betygskatalogen, eller återta det och ge raden ett nytt sourceId.",
        "Correct it in the catalogue, or withdraw it and give the row another sourceId.",
    )
    law = "skollagen 3:19"


@dataclass(frozen=True, slots=True)
class _Known:
    """What rows rest on: whose numbers are whose, who there is, closed records, syllabuses."""

    owners: Mapping[str, PersonId]
    people: Mapping[PersonId, Any]
    merged: Mapping[PersonId, PersonId]
    syllabuses: Mapping[str, Syllabus]

    def person(self, row: AnyRow) -> PersonId:
        """Raises `NotInRegister`."""
        if isinstance(row, GradeRow):
            found, name = PersonId(row.student.id), "student"
        elif row.student:
            found, name = PersonId(row.student), "student"
        else:
            found, name = self.owners.get(row.civic_no or "", PersonId("")), "civicNo"
        if found not in self.people:
            raise NotInRegister(field=name)
        return self.merged.get(found, found)

    def entry(self, row: AnyRow) -> Entry:
        """The entry that a row is. Raises what is wrong with it."""
        subject = self._subject(row)
        subjects.check_named(subject, "")
        scale = scale_of(row.grade_value, subject.form, row.registered_date, work=subject.work)
        own = isinstance(row, HistoryRow)
        title = row.title if isinstance(row, HistoryRow) else _title(row)
        return Entry(
            id=row.key, pupil=self.person(row), kind="imported", subject=subject, value=row.grade_value,
            scale=scale.id, at=local(row.registered_date, time(12)), unit=UnitId(row.unit),
            school_year=_school_year(row),
            term=row.semester or ("HT" if row.registered_date.month >= 7 else "VT"),
            year=row.year if own else None, finished=row.final_grade, trial=row.trial,
            adapted=row.adapted_study_plan, remark=row.remark, title=title,
            reason="" if isinstance(row, HistoryRow) else row.correction_type or "",
            source=row.source if isinstance(row, HistoryRow) else f"{SS12000}: {row.id}",
            syllabus=None if isinstance(row, HistoryRow) else row.syllabus.id,
            converted=False if isinstance(row, HistoryRow) else row.converted,
        )  # fmt: skip

    def _subject(self, row: AnyRow) -> Subject:
        if isinstance(row, GradeRow):
            known = self.syllabuses.get(row.syllabus.id)
            if known is None:
                raise UnknownSyllabus(field="syllabus", value=row.syllabus.id)
            return subjects.graded(
                known.school_form, known.code or known.subject_designation or "",
                known.course_name or known.subject_name, points=known.points, language=known.language_code,
                choice="languageChoice" if known.language_code else None,
            )  # fmt: skip
        if not row.subject_name and subjects.subject_of(row.subject_code) is None:
            raise SubjectUnnamed(field="subjectName")
        return subjects.graded(
            row.school_form, row.subject_code, row.subject_name, points=row.points, language=row.language,
            choice=row.choice,
        )  # fmt: skip


def _school_year(row: AnyRow) -> str:
    """The school year of the term, where the row says it; else that of the day. `year` of SS 12000 is the
    calendar's.
    """
    if isinstance(row, HistoryRow):
        return row.school_year or str(SchoolYear.of(row.registered_date))
    if row.year and row.semester:
        return str(SchoolYear(row.year - (row.semester == "VT")))
    return str(SchoolYear.of(row.registered_date))


def _title(row: GradeRow) -> str:
    return row.diploma_project.title if row.diploma_project else ""


def _known(rows: Sequence[AnyRow]) -> _Known:
    """Three round trips."""
    numbers = [row.civic_no for row in rows if isinstance(row, HistoryRow) and row.civic_no]
    (owners,) = fetch(register.wanted_owners(numbers), consistent=True)
    people = {*owners.values()}
    for row in rows:
        student = row.student.id if isinstance(row, GradeRow) else row.student
        people |= {PersonId(student)} if student else set()
    ids = sorted(people)
    names, merged, syllabuses = fetch(
        register.wanted_names(ids), register.wanted_merged(ids),
        organisation.wanted_syllabuses([row.syllabus.id for row in rows if isinstance(row, GradeRow)]),
        consistent=True,
    )  # fmt: skip
    return _Known(owners, names, merged, syllabuses)


def take_grades(rows: Sequence[Row[AnyRow]], source: Source) -> list[RowFault]:
    """Put what is new after each pupil's last entry, in the order it was decided.

    Per 100 rows: three round trips, three for each pupil, and a transaction per 90 entries.
    """
    known, faults = _known([row.data for row in rows]), list[RowFault]()
    entries = dict[PersonId, list[tuple[int, Entry]]]()
    for row in rows:
        try:
            entry = known.entry(row.data)
        except DomainError as refusal:
            faults.append(_fault(row.line, refusal))
        else:
            entries.setdefault(entry.pupil, []).append((row.line, entry))
    heads = catalogue.find_heads(entries)
    bundles: list[Sequence[Write | Fact]] = []
    for pupil, mine in entries.items():
        there = catalogue.entries(register.records_of(pupil))
        new, refused = _new(mine, {entry.id: entry for entry in there})
        faults += refused
        bundles += _bundles(heads[pupil], new, [entry for entry in there if entry.pupil == pupil])
    save(bundles, source)
    return faults


def _new(mine: Sequence[tuple[int, Entry]], there: Mapping[str, Entry]) -> tuple[list[Entry], list[RowFault]]:
    """Those that are not there yet, in the order they were decided, and what says otherwise than what is."""
    new, faults = list[Entry](), list[RowFault]()
    for line, entry in sorted(mine, key=lambda pair: (pair[1].at, pair[0])):
        old = there.get(entry.id)
        if old is None:
            new.append(entry)
        elif _as_taken(old, entry) != entry:
            faults.append(_fault(line, ImportedOtherwise(field="sourceId")))
    return new, faults


def _as_taken(old: Entry, new: Entry) -> Entry:
    """What is there, as its row was. Rows were once taken without edition and conversion."""
    plain = replace(old, number=0, previous="", pupil=new.pupil)
    return plain if plain.syllabus else replace(plain, syllabus=new.syllabus, converted=new.converted)


def _bundles(head: Head, new: Sequence[Entry], known: list[Entry]) -> Iterator[Sequence[Write | Fact]]:
    for some in chunks(new, AT_ONCE):
        writes, made = catalogue.append(head, some, known)
        known = [*known, *made]
        head = replace(head, number=made[-1].number, digest=made[-1].digest, version=head.version + 1)
        yield writes


def _fault(line: int, refusal: DomainError) -> RowFault:
    fault = refusal.faults[0]
    return RowFault(line, fault.field, fault.reason, fault.advice)


HISTORY: Importer[AnyRow] = Importer(
    name="import_grades",
    item=GradesImportItem,
    finished=ImportFinished,
    read=read_row,
    take=take_grades,
    key=lambda row: row.key,
    together=lambda row: row.student.id if isinstance(row, GradeRow) else row.student or row.civic_no,
    shown=("unit", "schoolForm", "subjectCode", "registeredDate", "semester", "schoolYear"),
)
