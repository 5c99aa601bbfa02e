"""Individual study plans (studieplan; gymnasieförordningen 1:7 individuell studieplan), in the words of SS
12000 `StudyPlan`, and the study path of a pupil in grundskola: språkval, mother tongue, SV or SVA, adapted
studies.

A plan is checked against its programme; what is missing are warnings, since a plan grows over the years.
Every version is kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from functions.organisation.domain.electives import Kind, Round
from functions.organisation.domain.programmes import Programme, ProgrammeId
from functions.organisation.domain.syllabuses import Syllabus, SyllabusId
from skolkit.errors import DomainError, Text
from skolkit.sweden.codes import SchoolForm
from skolkit.types import PersonId

PlanPart = Literal[
    "Gymnasiegemensamma", "Programgemensamma", "Inriktning", "Programfördjupning", "Gymnasiearbete",
    "Individuellt val", "Borttagna", "Utökade",
]  # fmt: skip
"""`type` of a study plan's content in SS 12000."""

Scope = Literal["full", "extended", "reduced"]
"""The whole programme, utökat program or reducerat program (gymnasieförordningen 9 kap. [M])."""

Adapted = Literal["studiegang", "timplan"]
ADAPTATIONS: dict[Adapted, str] = {
    "studiegang": "skollagen 3:12",
    "timplan": "SkolF 9:4 a",  # [M]: anpassad timplan for new arrivals; paragraph not verified
}
"""Deviations from timplan and subjects that the principal decides, with the paragraph."""

Missing = Literal["points", "part-points", "compulsory", "level", "beyond", "swedish", "sprakval"]
COMPULSORY = ("Gymnasiegemensamma", "Programgemensamma", "Inriktning", "Gymnasiearbete")
SPRAKVAL_FROM = 6
"""Språkval begins in year 6 at the latest (prop. 2016/17:143; SkolF 9 kap.)."""
TITLES: dict[Kind, str] = {"sprakval": "Språkval", "elevensval": "Elevens val", "kurs": "Individuellt val"}


class UnknownSyllabus(DomainError):
    """A plan names syllabuses of the catalogue."""

    status = 422
    reason = Text("Kursplanen finns inte i katalogen.", "The catalogue has no such syllabus.")
    advice = Text("Välj en kurs eller ett ämne ur katalogen.", "Choose a course or subject of the catalogue.")


class UnknownProgramme(DomainError):
    """A plan follows a programme the system has."""

    status = 422
    reason = Text("Programmet finns inte.", "There is no such programme.")
    advice = Text("Välj ett program ur listan.", "Choose a programme from the list.")


class AdaptationWithoutForm(DomainError):
    """Adapted studies are of compulsory school."""

    reason = Text(
        "Anpassad studiegång och timplan gäller de obligatoriska skolformerna.",
        "Adapted studies are for the compulsory school forms.",
    )
    advice = Text("Besluta om reducerat program i stället.", "Decide on a reduced programme instead.")
    law = "skollagen 3:12"


@dataclass(frozen=True, slots=True)
class Entry:
    """Something the pupil reads, bound to one edition; `part` in gymnasieskolan, `title` elsewhere."""

    syllabus: SyllabusId
    part: PlanPart | None = None
    title: str | None = None
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True)
class Adaptation:
    """The principal's decision on adapted studies, with its reason; days inclusive."""

    kind: Adapted
    reason: str
    law: str
    decided_by: PersonId
    decided_at: datetime
    start: date
    end: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyPlan:
    """A pupil's plan. `sprakval` and `mother_tongue` are language codes of three letters."""

    pupil: PersonId
    school_form: SchoolForm
    start: date
    entries: tuple[Entry, ...] = ()
    end: date | None = None
    programme: ProgrammeId | None = None
    scope: Scope = "full"
    swedish: Literal["SV", "SVA"] = "SV"
    sprakval: str | None = None
    mother_tongue: str | None = None
    adaptation: Adaptation | None = None
    changed_by: PersonId
    changed_at: datetime
    version: int = 0
    created: str | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """A course or level of a plan, with its points; `language` of three letters where the plan names one."""

    code: str
    name: str
    points: int | None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class PlanCodes:
    """The courses, levels or subjects of a plan by code: those that the whole programme has in common, those
    outside the programme (utökade), and whether the programme is reduced; and all that is to be read.
    """

    common: frozenset[str]
    outside: frozenset[str]
    reduced: bool
    read: tuple[Planned, ...] = ()


@dataclass(frozen=True, slots=True)
class Gap:
    """Something a plan lacks, or has too much of; `syllabus` is a code."""

    missing: Missing
    law: str
    said: Text
    syllabus: str | None = None
    part: str | None = None


def chosen(
    plan: StudyPlan | None, pupil: PersonId, round: Round, read: Sequence[str], by: PersonId, at: datetime
) -> StudyPlan | None:
    """The plan with what a round has given the pupil; None when there is nothing to add."""
    part: PlanPart | None = "Individuellt val" if round.kind == "kurs" else None
    title = None if part else TITLES[round.kind]
    have = {entry.syllabus for entry in plan.entries} if plan else set()
    more = tuple(
        Entry(SyllabusId(s), part, title, round.starts, round.ends) for s in read if SyllabusId(s) not in have
    )
    if not more:
        return None
    if plan is None:
        form = SchoolForm.UPPER_SECONDARY if round.kind == "kurs" else SchoolForm.COMPULSORY
        plan = StudyPlan(pupil=pupil, school_form=form, start=round.starts, changed_by=by, changed_at=at)
    return replace(plan, entries=plan.entries + more, changed_by=by, changed_at=at)


def adapt(plan: StudyPlan, adaptation: Adaptation) -> StudyPlan:
    """The plan with a decision on adapted studies. Raises `AdaptationWithoutForm`."""
    if plan.school_form in {SchoolForm.UPPER_SECONDARY, SchoolForm.ADAPTED_UPPER_SECONDARY}:
        raise AdaptationWithoutForm
    by, at = adaptation.decided_by, adaptation.decided_at
    return replace(plan, adaptation=adaptation, changed_by=by, changed_at=at)


def codes(plan: StudyPlan, catalogue: Mapping[SyllabusId, Syllabus]) -> PlanCodes:
    """What a plan says of the parts that decide how grades count."""
    parts, none = codes_by_part(plan, catalogue), frozenset[str]()
    common, outside = parts.get("Programgemensamma", none), parts.get("Utökade", none)
    found = {
        s.code: Planned(s.code, s.course_name or s.subject_name, s.points, s.language_code)
        for e in plan.entries
        if e.part != "Borttagna" and (s := catalogue.get(e.syllabus)) and s.code
    }
    return PlanCodes(common, outside, plan.scope == "reduced", tuple(found.values()))


def codes_by_part(plan: StudyPlan, catalogue: Mapping[SyllabusId, Syllabus]) -> dict[str, frozenset[str]]:
    """The codes of what a plan has in each of its parts."""
    found: dict[str, set[str]] = {}
    for e in plan.entries:
        if e.part and e.syllabus in catalogue:
            found.setdefault(e.part, set()).add(catalogue[e.syllabus].code)
    return {part: frozenset(read) for part, read in found.items()}


def gaps(
    plan: StudyPlan, programme: Programme | None, catalogue: Mapping[SyllabusId, Syllabus], year: int | None
) -> list[Gap]:
    """What the plan lacks: against its programme in gymnasieskolan, as a study path in grundskola."""
    read = [catalogue[e.syllabus] for e in plan.entries if e.part != "Borttagna" and e.syllabus in catalogue]
    found = [*_swedish(plan, read), *_levels(read)]
    if programme:
        found += _points(plan, programme, catalogue)
        found += _compulsory(programme, read, catalogue)
    elif plan.school_form is SchoolForm.COMPULSORY and (year or 0) >= SPRAKVAL_FROM and not plan.sprakval:
        said = Text("Språkval saknas.", "There is no language choice (språkval).")
        found.append(Gap("sprakval", "SkolF 9 kap. och bilaga 1", said))
    return found


def _swedish(plan: StudyPlan, read: Sequence[Syllabus]) -> Iterator[Gap]:
    """Exactly one of Swedish and Swedish as a second language."""
    other = {"SV": ("GRGRSVA", "SVASVA", "SVEA"), "SVA": ("GRGRSVE", "SVESVE", "SVEN")}[plan.swedish]
    for syllabus in read:
        if syllabus.code.startswith(other):
            said = Text(
                f"Eleven läser {plan.swedish}, men planen har {syllabus.code}.",
                f"The pupil reads {plan.swedish}, but the plan has {syllabus.code}.",
            )
            yield Gap("swedish", "skollagen 10:4, 15 kap.", said, syllabus.code)


def _levels(read: Sequence[Syllabus]) -> Iterator[Gap]:
    """Levels of a subject build on each other ([M]: Skolverket's text names the exceptions)."""
    have = {(syllabus.subject_code, syllabus.level) for syllabus in read}
    for syllabus in read:
        if syllabus.builds_on and (syllabus.subject_code, syllabus.builds_on) not in have:
            said = Text(
                f"{syllabus.code} bygger på nivå {syllabus.builds_on} i samma ämne, som saknas.",
                f"{syllabus.code} builds on level {syllabus.builds_on} of the subject, which is missing.",
            )
            yield Gap("level", "GyF 8 kap. [M]", said, syllabus.code)


def _points(plan: StudyPlan, programme: Programme, catalogue: Mapping[SyllabusId, Syllabus]) -> Iterator[Gap]:
    sums: dict[str, int] = {}
    for entry in plan.entries:
        if entry.part and entry.part != "Borttagna" and entry.syllabus in catalogue:
            sums[entry.part] = sums.get(entry.part, 0) + (catalogue[entry.syllabus].points or 0)
    total, (full, law) = sum(sums.values()), programme.full
    if total < full and plan.scope != "reduced":
        yield Gap("points", law, Text(f"{total} av {full} poäng.", f"{total} of {full} points."))
    if total > full and plan.scope != "extended":
        said = Text(
            f"{total} poäng är mer än {full}: det kräver utökat program.",
            f"{total} points are more than {full}: that takes an extended programme.",
        )
        yield Gap("beyond", "GyF 9 kap. [M]", said)
    for content in programme.content:
        have = sums.get(content.part, 0)
        if content.points and have < content.points and plan.scope != "reduced":
            said = Text(
                f"{content.part}: {have} av {content.points} poäng.",
                f"{content.part}: {have} of {content.points} points.",
            )
            yield Gap("part-points", law, said, part=content.part)


def _compulsory(
    programme: Programme, read: Sequence[Syllabus], catalogue: Mapping[SyllabusId, Syllabus]
) -> Iterator[Gap]:
    """Compulsory courses by code, whichever edition. A reduced programme's are told too: the pupil should
    know.
    """
    have = {syllabus.code for syllabus in read}
    for content in programme.content:
        if content.part not in COMPULSORY:
            continue
        for alternatives in content.syllabuses:
            codes = [catalogue[id].code for id in alternatives if id in catalogue]
            if codes and not have & set(codes):
                said = Text(f"{codes[0]} saknas i planen.", f"The plan lacks {codes[0]}.")
                yield Gap("compulsory", programme.full[1], said, codes[0], content.part)
