"""Programmes and pupils' study plans (process 14)."""

from __future__ import annotations

from collections.abc import Sequence

from functions.access import guard
from functions.organisation import queries
from functions.organisation.domain import study_plans as rules
from functions.organisation.domain.programmes import Content, Programme, ProgrammeId, programme_id
from functions.organisation.domain.study_plans import Adaptation, Entry, Gap, StudyPlan
from functions.organisation.domain.syllabuses import Syllabus, SyllabusId
from functions.organisation.schemas.common import PageQuery
from functions.organisation.schemas.study_plans import (
    AdaptationView,
    ContentRow,
    EntryRow,
    GapView,
    NewAdaptation,
    NewPlan,
    NewProgramme,
    PlanPage,
    PlanView,
    ProgrammePage,
    ProgrammeQuery,
    ProgrammeView,
)
from functions.organisation.store import programmes as programmes_store
from functions.organisation.store import study_plans as plans_store
from functions.organisation.store import syllabuses as syllabuses_store
from functions.organisation.usecases.electives import moment
from functions.register import queries as register
from skolkit.audit import Trace, record_read
from skolkit.clock import now
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.idempotency import RequestKey
from skolkit.identity import Caller
from skolkit.table import commit, fetch
from skolkit.types import PersonId


def add_programme(caller: Caller, new: NewProgramme, key: RequestKey) -> ProgrammeView:
    """Add a programme as it is from a day on. Two round trips: duties, commit."""
    guard.require(caller, "organisation:import", guard.SYSTEM, queries.duties_of(caller.person_id))
    programme = programme_of(new)
    answer = _programme_view(programme)
    commit(
        programmes_store.programme_item(programme),
        trace=Trace(caller.person_id, "add_programme", programme.id),
        once=key.once(answer.model_dump_json(by_alias=True)),
    )
    return answer


def list_programmes(caller: Caller, query: ProgrammeQuery) -> ProgrammePage:
    """A page of programmes. One round trip."""
    guard.require(caller, "organisation:read_catalogue", guard.SYSTEM)
    bound_to = (caller.seal, "programmes", query.school_form.value)
    found, cursor = programmes_store.page_of_programmes(
        query.school_form, query.cursor, query.limit, *bound_to
    )
    return ProgrammePage(data=[_programme_view(programme) for programme in found], cursor=cursor)


def read_study_plan(caller: Caller, pupil: PersonId) -> PlanView:
    """A pupil's plan with what it lacks. Five round trips for the home: pupil, plan, programme, catalogue,
    audit row; three more for staff.
    """
    record = register.require_pupil(caller, "organisation:read_study_plan", pupil)
    plan = plans_store.find_plan(pupil)
    if plan is None:
        raise NotFound
    record_read(Trace(caller.person_id, "read_study_plan", pupil))
    return _checked(plan, record.year)


def list_plan_versions(caller: Caller, pupil: PersonId, query: PageQuery) -> PlanPage:
    """How a pupil's plan has been, the newest first."""
    register.require_pupil(caller, "organisation:read_study_plan", pupil)
    found, cursor = plans_store.page_of_versions(pupil, query.cursor, query.limit, caller.seal, "plan", pupil)
    record_read(Trace(caller.person_id, "list_plan_versions", pupil))
    return PlanPage(data=[_view(plan, ()) for plan in found], cursor=cursor)


def put_study_plan(caller: Caller, pupil: PersonId, new: NewPlan, version: int) -> PlanView:
    """Make or change a plan; a decision on adapted studies stays as it is."""
    record = register.require_pupil(caller, "organisation:edit_study_plan", pupil)
    old = _at_version(pupil, version)
    plan = StudyPlan(
        pupil=pupil,
        school_form=new.school_form,
        start=new.start_date,
        end=new.end_date,
        programme=ProgrammeId(new.programme) if new.programme else None,
        scope=new.scope,
        swedish=new.swedish,
        sprakval=new.sprakval,
        mother_tongue=new.mother_tongue,
        entries=tuple(
            Entry(SyllabusId(row.syllabus), row.type, row.title, row.start_date, row.end_date)
            for row in new.content
        ),
        adaptation=old.adaptation if old else None,
        changed_by=caller.person_id,
        changed_at=moment(now()),
        version=version,
        created=old.created if old else None,
    )
    answer = _checked(plan, record.year, sent=True)
    trace = Trace(caller.person_id, "put_study_plan", pupil, changes=f"version {version + 1}")
    commit(*plans_store.plan_writes(plan), trace=trace)
    return answer.model_copy(update={"version": version + 1})


def adapt_study_plan(caller: Caller, pupil: PersonId, new: NewAdaptation, version: int) -> PlanView:
    """The principal's decision on adapted studies (skollagen 3:12)."""
    record = register.require_pupil(caller, "organisation:adapt_studies", pupil)
    old = _at_version(pupil, version)
    if old is None:
        raise NotFound
    law, by = rules.ADAPTATIONS[new.kind], caller.person_id
    decision = Adaptation(new.kind, new.reason, law, by, moment(now()), new.start_date, new.end_date)
    plan = rules.adapt(old, decision)
    trace = Trace(by, "adapt_study_plan", pupil, reason=new.kind, changes=f"version {version + 1}")
    commit(*plans_store.plan_writes(plan), trace=trace)
    return _checked(plan, record.year).model_copy(update={"version": version + 1})


def programme_of(new: NewProgramme) -> Programme:
    """The programme a request or a row describes."""
    return Programme(
        id=programme_id(new.school_form, new.code, new.valid_from),
        code=new.code,
        name=new.name,
        type=new.type,
        school_form=new.school_form,
        valid_from=new.valid_from,
        points=new.points,
        parent=ProgrammeId(new.parent_programme) if new.parent_programme else None,
        content=tuple(
            Content(row.type, row.points, tuple(tuple(map(SyllabusId, ids)) for ids in row.content))
            for row in new.content
        ),
    )


def _at_version(pupil: PersonId, version: int) -> StudyPlan | None:
    old = plans_store.find_plan(pupil)
    if (old.version if old else 0) != version:
        raise ChangedMeanwhile(field="If-Match", value=version)
    return old


def _checked(plan: StudyPlan, year: int | None, *, sent: bool = False) -> PlanView:
    """The plan with its warnings; one that was `sent` may only speak of what there is."""
    programme = programmes_store.find_programme(plan.programme) if plan.programme else None
    if sent and plan.programme and programme is None:
        raise rules.UnknownProgramme(field="programme", value=plan.programme)
    mine = [entry.syllabus for entry in plan.entries]
    others = [s for c in programme.content for ids in c.syllabuses for s in ids] if programme else []
    (catalogue,) = fetch(syllabuses_store.wanted_syllabuses([*mine, *others]))
    _check_known(mine, catalogue, sent=sent)
    return _view(plan, rules.gaps(plan, programme, catalogue, year))


def _check_known(mine: Sequence[SyllabusId], catalogue: dict[SyllabusId, Syllabus], *, sent: bool) -> None:
    unknown = [(n, id) for n, id in enumerate(mine) if id not in catalogue]
    if sent and unknown:
        raise rules.UnknownSyllabus(field=f"content.{unknown[0][0]}.syllabus", value=unknown[0][1])


def _programme_view(p: Programme) -> ProgrammeView:
    return ProgrammeView(
        id=p.id,
        code=p.code,
        name=p.name,
        type=p.type,
        school_form=p.school_form,
        valid_from=p.valid_from,
        points=p.points,
        parent_programme=p.parent,
        content=[
            ContentRow(type=c.part, points=c.points, content=[list(ids) for ids in c.syllabuses])
            for c in p.content
        ],
    )


def _view(plan: StudyPlan, gaps: Sequence[Gap]) -> PlanView:
    a = plan.adaptation
    return PlanView(
        pupil=plan.pupil,
        school_form=plan.school_form,
        start_date=plan.start,
        end_date=plan.end,
        programme=plan.programme,
        scope=plan.scope,
        swedish=plan.swedish,
        sprakval=plan.sprakval,
        mother_tongue=plan.mother_tongue,
        content=[
            EntryRow(syllabus=e.syllabus, type=e.part, title=e.title, start_date=e.start, end_date=e.end)
            for e in plan.entries
        ],
        adaptation=AdaptationView(
            kind=a.kind, reason=a.reason, start_date=a.start, end_date=a.end, law=a.law,
            decided_by=a.decided_by, decided_at=a.decided_at,
        )
        if a
        else None,
        changed_by=plan.changed_by,
        changed_at=plan.changed_at,
        warnings=[
            GapView(
                missing=g.missing, law=g.law, syllabus=g.syllabus, type=g.part, reason=g.said.sv,
                reason_en=g.said.en,
            )
            for g in gaps
        ],
        version=plan.version,
    )  # fmt: skip
