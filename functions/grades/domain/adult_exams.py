"""What a diploma of municipal adult education (gymnasieexamen i komvux) takes: fewer points than in upper
secondary school and no programme to follow, but grades in four subjects more, and most of the rest in one
direction, a vocational programme or a study area (studieområde) that prepares for higher education
(förordningen (2011:1108) om vuxenutbildning 4:13–15 b).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from types import MappingProxyType

from functions.grades.domain import exams, levels, programmes
from functions.grades.domain.catalogue import Entry, Subject, standing
from functions.grades.domain.documents import DocumentKind
from functions.grades.domain.exam_documents import (
    REQUIREMENTS,
    DiplomaNotReached,
    Finished,
    PlanNeeded,
    in_paper_order,
    size_of,
)
from functions.grades.domain.exams import ExamRules, Plan
from functions.grades.domain.levels import Record
from functions.grades.domain.marks import Mark, mark_of
from functions.grades.domain.programmes import Programme, UnknownProgramme
from functions.grades.domain.scales import BY_ID, DASH
from skolkit.errors import DomainError, Text
from skolkit.sweden.codes import SchoolForm

_LAW = "förordningen (2011:1108) om vuxenutbildning 4:13–15 b"
_FORMS = frozenset({SchoolForm.UPPER_SECONDARY, SchoolForm.ADULT_UPPER_SECONDARY})
RULES = ExamRules(id="komvux-2021", valid_from=date(2021, 7, 1), graded=2400, common=0)
"""The core is that of upper secondary school; that matematik 1b or 1c does for a vocational diploma, of which
the ordinance names 1a, is [M].
"""
AREAS: Mapping[str, Programme] = MappingProxyType(
    {
        code: Programme(code=code, sv=sv, en=en, kind="preparatory")
        for code, sv, en in (
            ("SH", "Samhällsvetenskap och humaniora", "Social sciences and humanities"),
            ("NT", "Naturvetenskap och teknik", "Natural sciences and technology"),
        )
    }
)
DIRECTED = ("Programgemensamma", "Inriktning", "Programfördjupning")
"""The parts of a study plan that are of the direction."""
LEFT_OUT = ("Borttagna", "Utökade")
"""What a plan keeps outside the diploma."""

_Way = tuple[frozenset[str], ...]
_SUBJECTS: tuple[tuple[Text, tuple[_Way, ...]], ...] = (
    (Text("historia", "history"), ((frozenset({"HISHIS", "HIST"}),),)),
    (Text("samhällskunskap", "civics"), ((frozenset({"SAMSAM", "SAMH"}),),)),
    (Text("religionskunskap", "religion"), ((frozenset({"RELREL", "RELI"}),),)),
    (
        Text("naturkunskap", "science"),
        (
            (frozenset({"NAKNAK", "NATU"}),),
            (frozenset({"BIOBIO", "BIOG"}), frozenset({"FYSFYS", "FYSK"}), frozenset({"KEMKEM", "KEMI"})),
        ),
    ),
)
"""Subjects by the ways to have read them: a way is all of its subjects, each as a course or a level. Biology,
physics and chemistry together stand for science.
"""
_MATHEMATICS = (
    (Text("matematik 2", "mathematics 2"), frozenset({"MATMAT02b", "MATMAT02c", "MATE2B00X", "MATE2C00X"})),
    (Text("matematik 3", "mathematics 3"), frozenset({"MATMAT03b", "MATMAT03c", "MATO1B00X", "MATO1C00X"})),
)
_FURTHER = MappingProxyType({"SH": 1, "NT": 2})
"""How far beyond the first step mathematics goes in a study area [M]."""
_LEAST = 50  # points of each of the four subjects


class DirectionNeeded(DomainError):
    """A diploma of adult education is of a vocational programme or a study area; no other document is."""

    status = 422
    reason = Text(
        "Examens inriktning saknas eller är okänd.", "The diploma's direction is missing or unknown."
    )
    advice = Text(
        "Ange SH eller NT, eller yrkesprogrammets kod; bara för examensbevis från komvux.",
        "Give SH or NT, or the vocational programme's code; only for a diploma of adult education.",
    )
    law = "förordningen (2011:1108) om vuxenutbildning 4:14–15 b"


class AdultDiplomaNotReached(DiplomaNotReached):
    """Something of what the diploma takes is missing; adult education has no studiebevis."""

    advice = Text("Utfärda utdrag ur betygskatalogen.", "Issue an extract from the catalogue.")
    law = _LAW


def check_direction(kind: DocumentKind, form: SchoolForm, direction: str | None) -> None:
    """Raises `DirectionNeeded`."""
    if kind == "diploma" and form is SchoolForm.ADULT_UPPER_SECONDARY:
        direction_of(direction)
    elif direction is not None:
        raise DirectionNeeded(field="direction", value=direction)


def direction_of(code: str | None) -> Programme:
    """The study area or vocational programme of a code. Raises `DirectionNeeded`."""
    try:
        found = AREAS.get(code or "") or programmes.programme(code or "")
    except UnknownProgramme:
        found = None
    if found is None or found.code != code or (code not in AREAS and found.kind != "vocational"):
        raise DirectionNeeded(field="direction", value=code)
    return found


def finished(
    entries: Sequence[Entry], direction: str | None, parts: Mapping[str, frozenset[str]] | None
) -> Finished:
    """What the diploma shows: grades of adult education and of upper secondary school. `parts` are the codes
    of the study plan by part (None: there is no plan). Raises `DirectionNeeded`, `PlanNeeded`,
    `AdultDiplomaNotReached`.
    """
    programme = direction_of(direction)
    if parts is None:
        raise PlanNeeded(field="kind", value="diploma")
    left_out = frozenset().union(*(parts.get(part, frozenset()) for part in LEFT_OUT))
    directed = frozenset().union(*(parts.get(part, frozenset()) for part in DIRECTED))
    known = _counted(entries, left_out)
    marks = {id: replace(mark_of(e), key=id, form=SchoolForm.UPPER_SECONDARY) for id, e in known.items()}
    record = levels.standing(marks.values())
    lacking = [*_core(list(marks.values()), programme), *_more(record, marks, programme, directed)]
    if lacking:
        lacks, lacks_en = (
            ", ".join(f"{name.in_language(language)} {have}/{need}" for name, have, need in lacking)
            for language in ("sv", "en")
        )
        raise AdultDiplomaNotReached(field="kind", value="diploma", lacks=lacks, lacks_en=lacks_en)
    sizes = {grade.mark.key: size_of(grade) for grade in record.grades}
    return Finished(programme, in_paper_order(known[id] for id in sizes), sizes)


def _counted(entries: Sequence[Entry], left_out: frozenset[str]) -> dict[str, Entry]:
    """The grades that may be in a diploma, by id: of today's scales, no sport, and of the same course or
    level in both forms the better.
    """
    best: dict[str, Entry] = {}
    for e in standing(entries).values():
        subject = e.subject
        fits = subject.form in _FORMS and BY_ID[e.scale].valid_to is None and e.value != DASH
        key = f"{subject.code} {subject.language}"
        better = key not in best or best[key].rank < e.rank
        if fits and better and subject.code not in left_out and not _is_sport(subject):
            best[key] = e
    return {e.id: e for e in best.values()}


def _is_sport(subject: Subject) -> bool:
    """Idrott och hälsa 1 and specialidrott, which a diploma of adult education has no room for."""
    level = levels.level_of(subject.code)
    first = level is not None and level.number == 1
    return subject.name.startswith("Specialidrott") or (first and subject.name.startswith("Idrott och hälsa"))


Lack = tuple[Text, int, int]
"""What is missing: its name, what there is and what it takes."""


def _core(marks: Sequence[Mark], programme: Programme) -> Iterator[Lack]:
    for one in exams.exam(marks, programme, Plan(common=frozenset()), RULES).requirements:
        if not one.met and one.name not in ("common", "dashes", "programme"):
            yield REQUIREMENTS[one.name], one.least, one.need


def _more(
    record: Record, marks: Mapping[str, Mark], programme: Programme, directed: frozenset[str]
) -> Iterator[Lack]:
    """What upper secondary school does not ask for: four subjects, in a study area mathematics beyond the
    first step, and more than half of the points that are left in the direction.
    """
    read = {level.subject for m in marks.values() if (level := levels.level_of(m.code, m.language))}
    for name, ways in _SUBJECTS:
        if not any(all(read & codes for codes in way) for way in ways):
            yield name, 0, 1
    further = _MATHEMATICS[: _FURTHER.get(programme.code, 0)]
    codes = {mark.code for mark in marks.values()}
    for name, steps in further:
        if not codes & steps:
            yield name, 0, 1
    core = RULES.core[programme.kind]
    steps_named = len(core.swedish) + len(core.english) + 1 + len(further)
    named = levels.CORE_POINTS * steps_named + exams.WORK_POINTS + _LEAST * len(_SUBJECTS)
    need = (RULES.graded - named) // 2 + 1
    have = sum(size_of(grade) for grade in record.grades if grade.mark.code in directed)
    if have < need:
        yield Text("poäng i inriktningen", "credits in the direction"), have, need
