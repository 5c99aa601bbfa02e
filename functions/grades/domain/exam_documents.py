"""What a pupil gets after upper secondary school (gymnasieskolan): examensbevis for who has reached the
diploma, studiebevis for who lacks something of it, gymnasieintyg after an introductory programme (skollagen
16:26–28, gymnasieförordningen ch. 8).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from functions.grades.domain import exams, levels, programmes
from functions.grades.domain.catalogue import Entry, standing
from functions.grades.domain.documents import DocumentKind, NoGrades
from functions.grades.domain.exams import Plan, Requirement
from functions.grades.domain.marks import mark_of
from functions.grades.domain.programmes import Programme
from functions.grades.domain.rulebook import in_force
from skolkit.errors import DomainError, Text

KINDS: frozenset[DocumentKind] = frozenset({"diploma", "studyCertificate", "introductionCertificate"})
LEVEL = 4
"""Of a diploma in Sveriges referensram för kvalifikationer (förordning (2015:545), annex 2 [M])."""


class DiplomaNotReached(DomainError):
    """Something of what a diploma takes is missing."""

    reason = Text(
        "Kraven för gymnasieexamen är inte uppfyllda: {lacks}.",
        "The requirements of a diploma are not met: {lacks_en}.",
    )
    advice = Text("Utfärda studiebevis.", "Issue a certificate of studies.")
    law = "skollagen 16:26–28"


class DiplomaReached(DomainError):
    """Who has reached the diploma has a right to it."""

    reason = Text("Kraven för gymnasieexamen är uppfyllda.", "The requirements of a diploma are met.")
    advice = Text("Utfärda examensbevis.", "Issue the diploma.")
    law = "skollagen 16:26–28"


class PlanNeeded(DomainError):
    """A vocational diploma takes passes in what the programme has in common, which the study plan tells."""

    reason = Text("Den individuella studieplanen saknas.", "The individual study plan is missing.")
    advice = Text("Lägg in studieplanen och försök igen.", "Enter the study plan and try again.")
    law = "gymnasieförordningen 8:5"


class OtherProgramme(DomainError):
    """National programmes lead to a diploma, introductory ones to a gymnasieintyg."""

    reason = Text(
        "Dokumentet hör inte till elevens program.", "The document is not of the pupil's programme."
    )
    advice = Text(
        "Utfärda gymnasieintyg efter introduktionsprogram, annars examensbevis eller studiebevis.",
        "Issue a gymnasieintyg after an introductory programme, otherwise a diploma or certificate.",
    )
    law = "skollagen 16:26, gymnasieförordningen 8:21"


@dataclass(frozen=True, slots=True)
class Finished:
    """What the document shows: the programme, the grades that stand in the paper's order, and by entry the
    points that a grade comprises, those of lower levels included.
    """

    programme: Programme
    entries: list[Entry]
    sizes: Mapping[str, int]


def finished(
    kind: DocumentKind, entries: Sequence[Entry], study_path: str, plan: Plan | None, day: date
) -> Finished:
    """What the document shows. Raises `UnknownProgramme`, `OtherProgramme`, `NoGrades` and what `_check`
    does.
    """
    programme = programmes.programme(study_path)
    if (programme.kind == "introduction") != (kind == "introductionCertificate"):
        raise OtherProgramme(field="kind", value=kind)
    stands = standing(entries)
    record = levels.standing([mark_of(entry) for entry in stands.values()])
    sizes: dict[str, int] = {}
    if kind != "introductionCertificate":
        _check(kind, exams.exam(map(mark_of, stands.values()), programme, plan or Plan(), _rules(day)))
        sizes = {grade.mark.key: size_of(grade) for grade in record.grades}
        stands = {key: stands[key] for key in (*sizes, *(mark.key for mark in record.dashes))}
    if not stands:
        raise NoGrades(field="kind", value=kind)
    shown = in_paper_order(stands.values())
    return Finished(programme, shown, {stands[key].id: size for key, size in sizes.items()})


def in_paper_order(entries: Iterable[Entry]) -> list[Entry]:
    """By subject, the diploma project last."""
    return sorted(entries, key=lambda e: (e.subject.work, e.subject.name, e.number))


def _rules(day: date) -> exams.ExamRules:
    return in_force(exams.RULES, day)


def _check(kind: DocumentKind, found: exams.Exam) -> None:
    """Raises `PlanNeeded`, `DiplomaNotReached` or `DiplomaReached`."""
    if any(one.met is None and one.why == "noPlan" for one in found.requirements) and not found.outcome:
        raise PlanNeeded(field="kind", value=kind)
    if kind == "diploma" and found.outcome != "diploma":
        lacks, lacks_en = (_lacking(found.requirements, language) for language in ("sv", "en"))
        raise DiplomaNotReached(field="kind", value=kind, lacks=lacks, lacks_en=lacks_en)
    if kind == "studyCertificate" and found.outcome == "diploma":
        raise DiplomaReached(field="kind", value=kind)


def _lacking(requirements: Sequence[Requirement], language: str) -> str:
    """The requirements that are not met, with what there is and what it takes."""
    return ", ".join(
        f"{REQUIREMENTS[one.name].in_language(language)} {one.least}/{one.need}"
        for one in requirements
        if not one.met
    )


REQUIREMENTS: dict[exams.Name, Text] = {
    "graded": Text("poäng med betyg", "credits with grades"),
    "passed": Text("godkända poäng", "credits passed"),
    "swedish": Text("svenska", "Swedish"),
    "english": Text("engelska", "English"),
    "mathematics": Text("matematik", "mathematics"),
    "common": Text("programgemensamma poäng", "credits of the programme's own subjects"),
    "work": Text("gymnasiearbete", "diploma project"),
    "dashes": Text("streck", "dashes"),
    "programme": Text("fullständigt program", "full programme"),
}


def size_of(grade: levels.Grade) -> int:
    """The points that a grade comprises."""
    return exams.WORK_POINTS if grade.mark.work and grade.size is None else grade.size or 0
