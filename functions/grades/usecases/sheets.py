"""A group's sheet: opened, filled in by one or several teachers at once, and whom the principal appoints to
decide together with teachers who are not certified.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from functions.assessment import queries as assessment
from functions.grades.domain import grading as rules
from functions.grades.domain import subjects
from functions.grades.domain.grading import Change, Grader, Line
from functions.grades.domain.held import Held
from functions.grades.domain.periods import require_open
from functions.grades.schemas.grading import (
    Appointed,
    Appointment,
    LineBody,
    LineView,
    ProposalView,
    Saved,
    SheetPatch,
    SheetView,
)
from functions.grades.store import catalogue
from functions.grades.store import periods as store
from functions.grades.usecases.rights import (
    Work,
    members_of,
    perhaps,
    require_unit,
    require_work,
    wanted_staff,
)
from functions.organisation import queries as organisation
from functions.register import queries as register
from functions.register.queries import PersonName
from skolkit.audit import Trace, recording
from skolkit.clock import today
from skolkit.errors import ChangedMeanwhile
from skolkit.identity import Caller
from skolkit.retry import persist
from skolkit.sweden.calendar import SchoolYear
from skolkit.table import commit, fetch
from skolkit.types import PersonId


def open_sheet(caller: Caller, period: str, activity: str) -> SheetView:
    """A group with everything on its sheet. Three round trips for its teachers: the sheet; the group, who is
    certified and the course's syllabus; names, what stands in the catalogue and the national test's grades,
    with the audit row beside them. One more for others, for more than 33 pupils, and when a pupil had another
    record before.
    """
    work = require_work(caller, "grades:read_sheet", period, activity)
    syllabus = work.activity.syllabus
    groups, certified, syllabuses = fetch(
        organisation.wanted_groups(work.activity.groups, today()),
        organisation.wanted_certifications(wanted_staff(work)),
        organisation.wanted_syllabuses([syllabus] if syllabus else []),
    )
    work = replace(work, syllabus=next(iter(syllabuses.values()), None))
    members = members_of(groups.values())
    pupils = [*members, *(pupil for pupil in work.sheet.lines if pupil not in members)]
    teachers = frozenset(work.graders)
    with recording(Trace(caller.person_id, "open_grades", work.activity.groups[0], changes=activity)):
        names, held, tests = _known(work, pupils)
        shown = register.shown_names(
            caller, names, teachers=teachers, mentors=frozenset(), duties=work.duties
        )
    who = perhaps(work, certified)
    rows = [
        _line_view(work, pupil, pupil in members, who, shown.get(pupil), held[pupil], tests.get(pupil))
        for pupil in pupils
    ]
    return _sheet_view(work, who, rows)


def _known(
    work: Work, pupils: Sequence[PersonId]
) -> tuple[dict[PersonId, PersonName], dict[PersonId, Mapping[str, Held]], dict[PersonId, str]]:
    """Pupils' names, what stands in the catalogue, and their national test's grades of the school year, which
    weigh most (skollagen 10:20 a, 15:25 a). One round trip, two when somebody had another record before.
    """
    tests = partial(
        assessment.wanted_test_grades, subject=work.subject().code,
        year=SchoolYear.parse(work.period.school_year),
    )  # fmt: skip
    names, held, grades, also = fetch(
        register.wanted_names(pupils), catalogue.wanted_held(pupils), tests(pupils),
        register.wanted_also(pupils),
    )  # fmt: skip
    if earlier := [pupil for pupil in also if pupil not in grades]:
        grades |= fetch(tests(earlier, also=also))[0]
    return names, held, grades


def _sheet_view(work: Work, who: Sequence[Grader], rows: list[LineView]) -> SheetView:
    subject = work.subject()
    return SheetView(
        period=work.period.id, activity=work.activity.id, organisation=work.period.unit,
        name=work.activity.name, subject_code=subject.code, subject_name=subject.name,
        school_form=work.period.form, year=work.year, grade_values=list(work.scale.legal),
        teachers=list(work.graders), decided_by=[g.person for g in who], appointed=work.sheet.appointed,
        is_open=work.period.state == "open" and work.period.opens <= today(), students=rows,
        version=work.sheet.version or 0,
    )  # fmt: skip


def _line_view(
    work: Work,
    pupil: PersonId,
    member: bool,
    who: Sequence[Grader],
    name: PersonName | None,
    stands: Mapping[str, Held],
    test_grade: str | None,
) -> LineView:
    line = work.sheet.line(pupil)
    held = stands.get(work.subject(line).key)
    return LineView(
        student=pupil, given_name=name.given_name if name else None,
        family_name=name.family_name if name else None, left=not member, version=line.version,
        state=rules.standing_of(line, who), proposals=_proposals(line), value=line.value, entry=line.entry,
        reads=line.reads, finished=work.finished(line), choice=line.choice, language=line.language,
        adapted_study_plan=line.adapted, remark=line.remark, support=line.support, title=line.title,
        earlier=held.value if held and held.id != line.entry else None, test_grade=test_grade,
    )  # fmt: skip


def _proposals(line: Line) -> list[ProposalView]:
    return [
        ProposalView(teacher=person, value=value, decided=person in line.signed)
        for person, value in sorted(line.proposals.items())
    ]


def save_proposals(caller: Caller, period: str, activity: str, patch: SheetPatch) -> Saved:
    """Take a teacher's lines, all or none; lines of other pupils that a colleague saves at the same moment
    stay. Three round trips: the sheet, the group, commit.
    """
    return persist(partial(_save, caller, period, activity, patch))


def _save(caller: Caller, period: str, activity: str, patch: SheetPatch) -> Saved:
    work = require_work(caller, "grades:propose", period, activity)
    require_open(work.period, today())
    (groups,) = fetch(organisation.wanted_groups(work.activity.groups, today()))
    changes = [_change(line) for line in patch.lines]
    scale = work.scale
    saved = rules.save(work.sheet, changes, caller.person_id, members_of(groups.values()), scale)
    for change in changes:
        if change.value is not None:
            subjects.check_named(work.subject(saved.line(change.pupil)), change.pupil)
    if saved != work.sheet:
        trace = Trace(
            caller.person_id, "save_proposals", activity, changes=_told(work.sheet.lines, saved.lines)
        )
        commit(store.sheet_item(replace(saved, groups=work.activity.groups), work.period), trace=trace)
    return Saved(versions={line.student: saved.line(PersonId(line.student)).version for line in patch.lines})


def _change(line: LineBody) -> Change:
    return Change(
        pupil=PersonId(line.student), version=line.version, value=line.value, reads=line.reads,
        finished=line.finished, choice=line.choice, language=line.language, adapted=line.adapted_study_plan,
        remark=line.remark, support=line.support, title=line.title,
    )  # fmt: skip


def _told(before: Mapping[PersonId, Line], after: Mapping[PersonId, Line]) -> str:
    """Which pupils' lines changed, and from which version: no grades, they are not decided."""
    changed = [line for pupil, line in after.items() if before.get(pupil) != line]
    return " ".join(f"{line.pupil}:{line.version}" for line in changed)


def appoint_grader(caller: Caller, period: str, activity: str, new: Appointment, version: int) -> Appointed:
    """Let a certified teacher of the unit decide together with the group's own (skollagen 3:16). Six round
    trips.
    """
    work = require_work(caller, "grades:read_sheet", period, activity)
    require_unit(caller, "grades:lead_period", work.period.unit)
    require_open(work.period, today())
    if (work.sheet.version or 0) != version:
        raise ChangedMeanwhile(field="If-Match", value=version)
    appointed = PersonId(new.teacher) if new.teacher else None
    if appointed:
        (certified,) = fetch(organisation.wanted_certifications([appointed]))
        at_unit = {duty.unit for duty in organisation.duties_of(appointed)}
        known = certified.get(appointed)
        rules.check_appointed(appointed, work.period.unit in at_unit and bool(known and known.certified))
    trace = Trace(caller.person_id, "appoint_grader", activity, changes=appointed or "")
    commit(store.sheet_item(replace(work.sheet, appointed=appointed), work.period), trace=trace)
    return Appointed(teacher=appointed, version=version + 1)
