"""What is counted from the grades that the caller may see: nothing is kept, and nothing decided. Rules of
today; the answer says which.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from functions.grades.domain import catalogue as chain
from functions.grades.domain import eligibility as eligible
from functions.grades.domain import (
    exams,
    levels,
    merit,
    prognosis,
    programmes,
    university_merit,
    university_prognosis,
)
from functions.grades.domain.eligibility import Eligibility, Judged, Missing
from functions.grades.domain.exams import Plan
from functions.grades.domain.levels import Grade
from functions.grades.domain.marks import Mark, mark_of
from functions.grades.domain.merit import Counted
from functions.grades.domain.prognosis import Raise, UnknownSubject, WhatIf, Wish
from functions.grades.domain.rulebook import in_force
from functions.grades.domain.subjects import WORK, subject_of
from functions.grades.domain.university_merit import UniversityMerit
from functions.grades.domain.university_prognosis import Needed, Reading, UniversityWish
from functions.grades.schemas import calculations as schemas
from functions.grades.usecases import catalogue
from functions.organisation import queries as organisation
from functions.organisation.queries import Planned
from functions.register import queries as register
from skolkit.audit import Trace, record_read
from skolkit.clock import today
from skolkit.identity import Caller
from skolkit.types import PersonId


def read_merit(caller: Caller, pupil: PersonId, query: schemas.MeritQuery) -> schemas.MeritView:
    """A pupil's merit value. Four round trips for the home, six for staff."""
    marks = _marks(caller, pupil)
    found = merit.merit(marks, in_force(merit.RULES, today()), test=query.aptitude_points)
    record_read(Trace(caller.person_id, "read_merit", pupil))
    return schemas.MeritView(
        student=pupil, value=found.value, basis=found.basis, aptitude_points=found.test,
        scaled_from=found.of, rules=found.rules, data=[_counted(one) for one in found.subjects],
    )  # fmt: skip


def read_eligibility(
    caller: Caller, pupil: PersonId, query: schemas.EligibilityQuery
) -> schemas.EligibilityView:
    """What a pupil is eligible for. Round trips as `read_merit`."""
    marks, rules = _marks(caller, pupil), in_force(eligible.RULES, today())
    asked = [programmes.programme(query.programme)] if query.programme else programmes.offered(today())
    found = [eligible.eligibility(marks, one, rules=rules) for one in asked]
    record_read(Trace(caller.person_id, "read_eligibility", pupil))
    return schemas.EligibilityView(
        student=pupil, basis=found[0].basis, rules=rules.id, data=[_programme(one) for one in found]
    )


def ask_prognosis(caller: Caller, pupil: PersonId, asked: schemas.Question) -> schemas.PrognosisView:
    """What a wish takes. Round trips as `read_merit`."""
    marks = _marks(caller, pupil)
    programme = programmes.programme(asked.programme) if asked.programme else None
    supposed = [WhatIf(one.subject_code, one.grade_value, one.language, one.choice) for one in asked.supposed]
    judged = Judged(frozenset(map(_designation, asked.otherwise)), asked.without_english)
    wish = Wish(programme, asked.merit_value)
    found = prognosis.prognosis(marks, wish, supposed, judged, asked.aptitude_points)
    record_read(Trace(caller.person_id, "ask_prognosis", pupil))
    of = found.eligibility
    return schemas.PrognosisView(
        student=pupil, value=found.merit.value, basis=found.merit.basis, eligible=of.eligible if of else None,
        missing=_missing(of.missing if of else ()), raises=[_raise(one) for one in found.raises],
        reached=found.reached, reached_value=found.reached_merit.value,
        rules=[found.merit.rules, *([of.rules] if of else [])],
    )  # fmt: skip


def read_exam(caller: Caller, pupil: PersonId, query: schemas.ExamQuery) -> schemas.ExamView:
    """What there is of a diploma. Round trips as `read_merit`, two for the study plan, and one for the
    programme when none is given.
    """
    marks = _marks(caller, pupil)
    programme = programmes.programme(query.programme or _study_path(pupil))
    read = organisation.plan_codes(pupil)
    plan = Plan(read.common, read.reduced) if read else exams.NO_PLAN
    found = exams.exam(marks, programme, plan, in_force(exams.RULES, today()))
    required = query.required.split(",") if query.required else ()
    rules = in_force(university_merit.RULES, today())
    worth = university_merit.university_merit(marks, required, read.outside if read else (), rules)
    record_read(Trace(caller.person_id, "read_exam", pupil))
    return _exam(pupil, found, worth, levels.standing(marks).grades)


def ask_university_prognosis(
    caller: Caller, pupil: PersonId, asked: schemas.UniversityQuestion
) -> schemas.UniversityPrognosisView:
    """What a comparison figure takes. Round trips as `read_merit`, and two for the study plan."""
    marks = _marks(caller, pupil)
    plan = organisation.plan_codes(pupil)
    names = {one.code: one for one in plan.read} if plan else {}
    found = university_prognosis.university_prognosis(
        marks, _university_wish(asked), _left(names.values()),
        [_supposed(one, names.get(one.code)) for one in asked.supposed],
        asked.required.split(",") if asked.required else (), plan.outside if plan else (),
        in_force(university_merit.RULES, today()),
    )  # fmt: skip
    record_read(Trace(caller.person_id, "ask_university_prognosis", pupil))
    return schemas.UniversityPrognosisView(
        student=pupil, now=_worth(found.now), then=_worth(found.then), reached=found.reached,
        steps=sum(one.steps for one in found.needed), planned=plan is not None, rules=found.now.rules,
        data=[_needed(one) for one in found.needed],
    )  # fmt: skip


def _university_wish(asked: schemas.UniversityQuestion) -> UniversityWish:
    value = asked.comparison_figure if asked.merit_value is None else asked.merit_value
    return UniversityWish(Fraction(value or 0), in_all=asked.merit_value is not None)


def _left(planned: Iterable[Planned]) -> list[Reading]:
    """What the plan has to be graded; diploma projects count for nothing here."""
    return [
        Reading(one.code, one.name, one.points, one.language)
        for one in planned
        if not one.name.startswith(WORK)
    ]


def _supposed(one: schemas.SupposedCourse, planned: Planned | None) -> Reading:
    points = one.points or (planned.points if planned else None)
    language = one.language or (planned.language if planned else None)
    return Reading(one.code, planned.name if planned else one.code, points, language, one.grade_value)


def _worth(found: UniversityMerit) -> schemas.UniversityWorth:
    return schemas.UniversityWorth(
        comparison_figure=found.average, merit_points=found.points, merit_value=found.value,
        counted_points=found.size,
    )  # fmt: skip


def _needed(one: Needed) -> schemas.NeededGrade:
    mark = one.mark
    return schemas.NeededGrade(
        code=mark.code, name=mark.name, language=mark.language, points=mark.size, grade_value=one.before,
        needed_value=mark.value, steps=one.steps,
    )  # fmt: skip


def _marks(caller: Caller, pupil: PersonId) -> list[Mark]:
    """The grades that stand among those that the caller may see; `NotFound` for who may see none."""
    _, known = catalogue.read_entries(caller, "grades:calculate", pupil)
    return [mark_of(entry) for entry in chain.standing(known).values()]


def _study_path(pupil: PersonId) -> str:
    """The study path code of the pupil's enrolment in upper secondary school today; "" without one."""
    known = register.pupils([pupil]).get(pupil)
    day = today()
    read = [e.education_code for e in known.enrolments if e.covers(day)] if known else []
    return next((code for code in read if code), "")


def _designation(code: str) -> str:
    """Raises `UnknownSubject`."""
    subject = subject_of(code)
    if subject is None:
        raise UnknownSubject(field="otherwise", value=code)
    return subject.designation


def _counted(one: Counted) -> schemas.CountedGrade:
    mark = one.mark
    return schemas.CountedGrade(
        subject_code=mark.code, subject_name=mark.name, language=mark.language, choice=mark.choice,
        grade_value=mark.value, points=mark.points, final_grade=mark.finished, how=one.how,
    )  # fmt: skip


def _programme(one: Eligibility) -> schemas.ProgrammeView:
    programme = one.programme
    return schemas.ProgrammeView(
        code=programme.code, name=programme.sv, name_en=programme.en, kind=programme.kind,
        eligible=one.eligible, missing=_missing(one.missing), other_passes=one.others,
        other_passes_needed=one.of_others, programme_oriented_choice=one.choice,
    )  # fmt: skip


def _missing(missing: Iterable[Missing]) -> list[schemas.MissingView]:
    return [
        schemas.MissingView(
            kind=one.kind, subjects=list(one.subjects), count=one.count, law=one.law, text=one.said.sv,
            text_en=one.said.en,
        )
        for one in missing
    ]  # fmt: skip


def _raise(one: Raise) -> schemas.RaiseView:
    subject = subject_of(one.subject)
    return schemas.RaiseView(
        subject_code=one.subject, subject_name=subject.sv if subject else one.subject, language=one.language,
        grade_value=one.before, raised_value=one.after, steps=one.steps,
    )  # fmt: skip


def _requirement(one: exams.Requirement) -> schemas.RequirementView:
    unknown = one.unknown
    return schemas.RequirementView(
        name=one.name, need=one.need, have=one.have, at_least=one.least, at_most=one.most, met=one.met,
        unknown=unknown.sv if unknown else None, unknown_en=unknown.en if unknown else None, law=one.law,
    )  # fmt: skip


def _exam(
    pupil: PersonId, found: exams.Exam, worth: UniversityMerit, grades: Iterable[Grade]
) -> schemas.ExamView:
    return schemas.ExamView(
        student=pupil, programme=found.programme.code, kind=found.programme.kind, outcome=found.outcome,
        possible=list(found.possible), requirements=[_requirement(one) for one in found.requirements],
        comparison_figure=worth.average, counted_points=worth.size, merit_points=worth.points,
        merit_value=worth.value, rules=[found.rules, worth.rules],
        data=[
            schemas.ComprisedGrade(
                code=g.mark.code, name=g.mark.name, grade_value=g.mark.value, points=g.size,
                replaces=[mark.code for mark in g.includes], counted=g.mark.code in worth.counted,
            )
            for g in sorted(grades, key=lambda g: g.mark.code)
        ],
    )  # fmt: skip
