"""Syllabuses (kursplaner, ämnesplaner): what is taught, by subject in grundskola, by course in GY11 and by
level of a subject in GY25, side by side. Each edition is kept with the days it is in force, since study plans
are bound to the one they were made for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal, NewType

from skolkit.errors import DomainError, Text
from skolkit.sweden.codes import SchoolForm
from skolkit.types import UnitId, stable_id

SyllabusId = NewType("SyllabusId", str)

Curriculum = Literal["LGR11", "LGR22", "GY11", "GY25", "GYAN13"]
"""The curriculum (läroplan) a syllabus belongs to. SS 12000 `CurriculumEnum` ends with GY2011."""

LGR22_FROM = date(2022, 7, 1)
"""Syllabuses of grundskola in force from here on belong to Lgr22 (SKOLFS 2010:37 as changed)."""

_LEVEL = re.compile(r"(?:^|\s)([1-9])(?:[a-d][1-9]?)?$")


class SyllabusEndsBeforeStart(DomainError):
    """A syllabus stops being in force no earlier than it starts."""

    status = 422
    reason = Text("Slutdatum ligger före startdatum.", "The end date is before the start date.")
    advice = Text("Ändra något av datumen.", "Change one of the dates.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Syllabus:
    """One edition of a syllabus; both days inclusive. `official` is Skolverket's, others are a `unit`'s own.

    `level` is the number in a course's or level's name; `builds_on` the one below it in the same subject.
    """

    id: SyllabusId
    school_form: SchoolForm
    subject_name: str
    valid_from: date
    edition: int = 1
    valid_to: date | None = None
    subject_code: str | None = None
    subject_designation: str | None = None
    course_code: str | None = None
    course_name: str | None = None
    points: int | None = None
    curriculum: Curriculum | None = None
    language_code: str | None = None
    level: int | None = None
    builds_on: int | None = None
    official: bool = True
    unit: UnitId | None = None

    @property
    def code(self) -> str:
        """The most exact code it has: the course's, else the subject's, else none."""
        return self.course_code or self.subject_code or ""

    def in_force(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


def check(syllabus: Syllabus) -> Syllabus:
    """The syllabus, or `SyllabusEndsBeforeStart`."""
    if syllabus.valid_to is not None and syllabus.valid_to < syllabus.valid_from:
        raise SyllabusEndsBeforeStart(field="validTo", value=syllabus.valid_to.isoformat())
    return syllabus


def syllabus_id(form: SchoolForm, subject: str, course: str, edition: int) -> SyllabusId:
    """The id of an official syllabus: the same whichever file it comes in."""
    return SyllabusId(stable_id("syllabus", form.value, subject, course, str(edition)))


def curriculum_of(form: SchoolForm, valid_from: date, *, graded_subject: bool) -> Curriculum | None:
    """The curriculum of an official syllabus. `graded_subject`: Skolverket's types `GRADE_SUBJECT_…`,
    subjects with levels (ämnesbetyg, lag (2022:147)); the others of gymnasieskolan are courses of GY11.
    """
    match form:
        case SchoolForm.UPPER_SECONDARY:
            return "GY25" if graded_subject else "GY11"
        case SchoolForm.ADAPTED_UPPER_SECONDARY:
            return "GY25" if graded_subject else "GYAN13"
        case SchoolForm.COMPULSORY | SchoolForm.ADAPTED_COMPULSORY | SchoolForm.SAMI | SchoolForm.SPECIAL:
            return "LGR22" if valid_from >= LGR22_FROM else "LGR11"
        case _:
            return None


def level_in(name: str) -> int | None:
    """The number of a course or level by its name.

    >>> [level_in(name) for name in ("Engelska 5", "Matematik nivå 1a", "Historia 1a1", "Bild och form")]
    [5, 1, 1, None]
    """
    found = _LEVEL.search(name)
    return int(found[1]) if found else None
