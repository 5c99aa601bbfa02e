"""The subjects of grundskola as its catalogue knows them: Skolverket's code, the designation (förkortning),
the names, and what each counts for. Courses and levels of other forms come from the syllabuses.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from functions.grades.domain.catalogue import Choice, Subject
from skolkit.errors import DomainError, Text
from skolkit.sweden.codes import SchoolForm

Kind = Literal["core", "science", "social", "practical", "language", "other", "block"]


@dataclass(frozen=True, slots=True)
class SchoolSubject:
    """A subject. `designation` as in the catalogue; for languages it is followed by a language code. `core`:
    every upper-secondary programme asks for a pass (skollagen 16:30–31); `tests` are the years of its
    national tests, `one_of` when only one of its kind is tested in year 9 (SkolF 9:20).
    """

    code: str
    designation: str
    sv: str
    en: str
    kind: Kind
    core: bool = False
    tests: tuple[int, ...] = ()
    one_of: bool = False


SUBJECTS = (
    SchoolSubject("GRGRBIL01", "BL", "Bild", "Visual arts", "practical"),
    SchoolSubject("GRGRBIO01", "BI", "Biologi", "Biology", "science", tests=(9,), one_of=True),
    SchoolSubject("GRGRENG01", "EN", "Engelska", "English", "core", core=True, tests=(6, 9)),
    SchoolSubject("GRGRFYS01", "FY", "Fysik", "Physics", "science", tests=(9,), one_of=True),
    SchoolSubject("GRGRGEO01", "GE", "Geografi", "Geography", "social", tests=(9,), one_of=True),
    SchoolSubject("GRGRHKK01", "HKK", "Hem- och konsumentkunskap", "Home and consumer studies", "practical"),
    SchoolSubject("GRGRHIS01", "HI", "Historia", "History", "social", tests=(9,), one_of=True),
    SchoolSubject("GRGRIDR01", "IDH", "Idrott och hälsa", "Physical education and health", "practical"),
    SchoolSubject("GRGRKEM01", "KE", "Kemi", "Chemistry", "science", tests=(9,), one_of=True),
    SchoolSubject("GRGRMAT01", "MA", "Matematik", "Mathematics", "core", core=True, tests=(3, 6, 9)),
    SchoolSubject("GRGRMUS01", "MU", "Musik", "Music", "practical"),
    SchoolSubject("GRGRREL01", "RE", "Religionskunskap", "Religion", "social", tests=(9,), one_of=True),
    SchoolSubject("GRGRSAM01", "SH", "Samhällskunskap", "Civics", "social", tests=(9,), one_of=True),
    SchoolSubject("GRGRSLJ01", "SL", "Slöjd", "Crafts", "practical"),
    SchoolSubject("GRGRSVE01", "SV", "Svenska", "Swedish", "core", core=True, tests=(3, 6, 9)),
    SchoolSubject(
        "GRGRSVA01", "SVA", "Svenska som andraspråk", "Swedish as a second language", "core", core=True,
        tests=(3, 6, 9),
    ),
    SchoolSubject("GRGRTEK01", "TK", "Teknik", "Technology", "other"),
    SchoolSubject("GRGRMSP01", "M", "Moderna språk", "Modern languages", "language"),
    SchoolSubject("GRGRMOD01", "ML", "Modersmål", "Mother tongue", "language"),
    SchoolSubject("GRGRTSP01", "TN", "Teckenspråk för hörande", "Sign language for hearing", "language"),
    SchoolSubject("GRGRDAN01", "DA", "Dans", "Dance", "practical"),
    SchoolSubject("GRGRJUD01", "JU", "Judiska studier", "Jewish studies", "other"),
    SchoolSubject("GRGRNOX01", "NO", "Naturorienterande ämnen", "Science subjects", "block"),
    SchoolSubject("GRGRSOX01", "SO", "Samhällsorienterande ämnen", "Social subjects", "block"),
)  # fmt: skip
"""From Skolverket's syllabuses of grundskola (Lgr 22). The blocks NO and SO have no code of Skolverket's: the
ones here are ours. A modern language is M2 when it is the language choice (språkval), M1 when it is read as
pupil's or school's choice; which of them is on the grade (`Subject.choice`), not here.
"""

BY_CODE = MappingProxyType({s.code: s for s in SUBJECTS})
_BY_DESIGNATION = MappingProxyType({s.designation: s for s in SUBJECTS})


def subject_of(code: str) -> SchoolSubject | None:
    """The subject of Skolverket's code or of a designation; None for what grundskola does not have.

    >>> subject_of("EN") == subject_of("GRGRENG01")
    True
    """
    return BY_CODE.get(code) or _BY_DESIGNATION.get(code)


class LanguageMissing(DomainError):
    """Of the modern languages and mother tongues the catalogue names the one that is read, and of a modern
    language whether it is the language choice.
    """

    status = 422
    reason = Text("Raden säger inte vilket språk.", "The line does not say which language.")
    advice = Text(
        "Ange språk, och för moderna språk valet.", "Give the language, and for modern languages how."
    )
    law = "skolförordningen 6:10"


def codes_of(code: str) -> tuple[str, ...]:
    """Every way to write a subject: as it is, by Skolverket's code, by designation."""
    found = subject_of(code)
    return tuple(dict.fromkeys((code, *((found.code, found.designation) if found else ()))))


def graded(
    form: SchoolForm, code: str, name: str, *, points: int | None = None, language: str | None = None,
    choice: Choice | None = None,
) -> Subject:  # fmt: skip
    """What a grade of a form is in: a subject of grundskola by Skolverket's code, else the course or level as
    it is. Language and choice only where they belong.
    """
    found = subject_of(code)
    if found is None:
        return Subject(code=code, name=name, form=form, points=points, work=name.startswith(WORK))
    many = found.kind == "language"
    return Subject(
        code=found.code, name=found.sv, form=form, language=language if many else None,
        choice=choice if found.designation == "M" else None,
    )  # fmt: skip


def check_named(subject: Subject, pupil: str) -> None:
    """Raises `LanguageMissing`."""
    found = subject_of(subject.code)
    if found and found.designation in {"M", "ML"} and not subject.language:
        raise LanguageMissing(field="language", value=pupil)
    if found and found.designation == "M" and not subject.choice:
        raise LanguageMissing(field="choice", value=pupil)


WORK = ("Gymnasiearbete", "Komvuxarbete", "Examensarbete")
"""How the diploma project's course or level is named in the syllabuses."""
