"""Formative tracking (process 30): matrices, observations, progress of pupil and class, goals at risk."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta

from functions.access import guard
from functions.assessment.domain import matrices as rules
from functions.assessment.domain.matrices import (
    Matrix,
    MatrixId,
    Observation,
    Progress,
    Reason,
    TrackingSettings,
)
from functions.assessment.domain.terms import term_of
from functions.assessment.events import GoalAtRisk, MessageDue
from functions.assessment.schemas.common import PageQuery
from functions.assessment.schemas.matrices import (
    CriterionBody,
    GroupProgress,
    MatrixBody,
    MatrixPage,
    MatrixView,
    NewDue,
    NewObservations,
    ObservationPage,
    ObservationQuery,
    ObservationView,
    ProgressPage,
    ProgressRow,
    PupilProgress,
    SettingsBody,
    SettingsView,
    StandingView,
)
from functions.assessment.store import matrices as store
from functions.organisation import queries as organisation
from functions.organisation.queries import GroupRecord
from functions.register import queries as register
from functions.register.queries import PersonName, PupilRecord
from skolkit.audit import Trace, record_read
from skolkit.clock import now, stamp, today
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.events import Fact
from skolkit.idempotency import RequestKey
from skolkit.identity import Caller
from skolkit.retry import persist
from skolkit.table import Item, commit, fetch
from skolkit.types import GroupId, PersonId, UnitId, new_id, stable_id

BACK = 7  # days that the morning's watch looks back, should it not have run


def add_matrix(caller: Caller, group: GroupId, body: MatrixBody, key: RequestKey) -> MatrixView:
    """Make a matrix. Four round trips: group, duties, syllabus, commit."""
    record = _require_group(caller, "assessment:track", group)
    one = rules.check(_matrix(body, record.unit, caller.person_id, MatrixId(new_id())))
    view = _view(replace(one, version=1))
    trace = Trace(caller.person_id, "add_matrix", record.unit, changes=one.id)
    commit(*store.matrix_writes(one), trace=trace, once=key.once(view.model_dump_json(by_alias=True)))
    return view


def _matrix(body: MatrixBody, unit: UnitId, by: PersonId, id: MatrixId) -> Matrix:
    (found,) = fetch(organisation.wanted_syllabuses([body.syllabus]))
    syllabus = next(iter(found.values()), None)
    if syllabus is None or (syllabus.unit and syllabus.unit != unit):
        raise rules.UnknownSyllabus(field="syllabus", value=body.syllabus)
    return Matrix(
        id=id, unit=unit, syllabus=body.syllabus, subject=syllabus.course_name or syllabus.subject_name,
        title=body.title, criteria=tuple(one.criterion() for one in body.criteria), by=by, shared=body.shared,
    )  # fmt: skip


def change_matrix(caller: Caller, group: GroupId, id: MatrixId, body: MatrixBody, version: int) -> MatrixView:
    """Change a matrix that one has made. Five round trips."""
    record = _require_group(caller, "assessment:track", group)
    old = store.find_matrix(id)
    if old is None or old.by != caller.person or old.unit != record.unit:
        raise NotFound
    if old.version != version:
        raise ChangedMeanwhile(field="If-Match", value=version)
    one = rules.change(old, _matrix(body, record.unit, old.by, id))
    commit(*store.matrix_writes(one), trace=Trace(caller.person_id, "change_matrix", record.unit, changes=id))
    return _view(replace(one, version=version + 1))


def list_matrices(caller: Caller, group: GroupId, query: PageQuery) -> MatrixPage:
    """The matrices a group can be observed against. Five round trips."""
    record = _require_group(caller, "assessment:track", group)
    found, cursor = store.page_of_matrices(record.unit, query.limit, query.cursor, caller.seal)
    record_read(Trace(caller.person_id, "list_matrices", group))
    return MatrixPage(data=[_view(one) for one in found], cursor=cursor)


def observe(caller: Caller, group: GroupId, new: NewObservations, key: RequestKey) -> GroupProgress:
    """Note what one saw, all or none. Six round trips, and three per pupil whose goals are newly at risk."""
    record = _require_group(caller, "assessment:track", group)
    return persist(lambda: _observe(caller, record, new, key))


def _observe(caller: Caller, group: GroupRecord, new: NewObservations, key: RequestKey) -> GroupProgress:
    matrix, at = _usable(group, MatrixId(new.matrix)), now()
    seen = [
        rules.observe(matrix, group.members, Observation(
            id=new_id(), pupil=PersonId(row.student), matrix=matrix.id, criterion=row.criterion,
            level=row.level, text=row.text, by=caller.person_id, group=group.id, at=at,
        ), f"rows.{number}")
        for number, row in enumerate(new.rows)
    ]  # fmt: skip
    pupils = list(dict.fromkeys(one.pupil for one in seen))
    known = store.progress(pupils, matrix.id)
    after = {
        p: rules.follow(known.get(p, Progress(p, matrix.id)), [o for o in seen if o.pupil == p])
        for p in pupils
    }
    risky = [pupil for pupil in pupils if rules.not_reached(matrix, after[pupil])]
    risks, facts = _risks(matrix, group, risky, "notReached")
    view = GroupProgress(matrix=_view(matrix), rows=_rows(caller, group, after, matrix))
    commit(
        *(store.observation_item(one) for one in seen), *(store.progress_item(one) for one in after.values()),
        *([] if matrix.used else [store.matrix_item(replace(matrix, used=True))]), *risks, facts=facts,
        trace=[Trace(caller.person_id, "observe", pupil, changes=matrix.id) for pupil in pupils],
        once=key.once(view.model_dump_json(by_alias=True)),
    )  # fmt: skip
    return view


def _usable(group: GroupRecord, id: MatrixId) -> Matrix:
    matrix = store.find_matrix(id)
    if matrix is None or not (matrix.shared or matrix.unit == group.unit):
        raise rules.UnknownMatrix(field="matrix", value=id)
    return matrix


def read_group_progress(caller: Caller, group: GroupId, id: MatrixId) -> GroupProgress:
    """How far a class has come; protected pupils only for who has a task for them. Six round trips."""
    record = _require_group(caller, "assessment:read_group_progress", group)
    matrix = _usable(record, id)
    known = store.progress(record.members, id)
    rows = _rows(caller, record, {p: known.get(p, Progress(p, id)) for p in record.members}, matrix)
    record_read(Trace(caller.person_id, "read_group_progress", group, changes=id))
    return GroupProgress(matrix=_view(matrix), rows=rows)


def _rows(
    caller: Caller, group: GroupRecord, known: dict[PersonId, Progress], matrix: Matrix
) -> list[ProgressRow]:
    names: dict[PersonId, PersonName] = fetch(register.wanted_names(list(known)))[0] if known else {}
    duties = organisation.duties_of(caller.person_id)
    shown = register.shown_names(caller, names, teachers=group.teachers, mentors=group.mentors, duties=duties)
    return [
        ProgressRow(
            student=pupil, given_name=shown[pupil].given_name, family_name=shown[pupil].family_name,
            standings=_standings(matrix, one),
        )
        for pupil, one in known.items() if pupil in shown
    ]  # fmt: skip


def list_progress(caller: Caller, pupil: PersonId, query: PageQuery) -> ProgressPage:
    """How far a pupil has come, by matrix. Five round trips for the home, seven for staff."""
    record = _require_reader(caller, pupil)
    found, cursor = store.page_of_progress(record.records, query.limit, query.cursor, caller.seal)
    known = store.matrices([one.matrix for one in found])
    record_read(Trace(caller.person_id, "list_progress", pupil))
    rows = [(known[one.matrix], one) for one in found if one.matrix in known]
    data = [PupilProgress(matrix=_view(matrix), standings=_standings(matrix, one)) for matrix, one in rows]
    return ProgressPage(data=data, cursor=cursor)


def list_observations(caller: Caller, pupil: PersonId, query: ObservationQuery) -> ObservationPage:
    """What has been seen of a pupil against a matrix. Four round trips for the home, six for staff."""
    record, id = _require_reader(caller, pupil), MatrixId(query.matrix)
    found, cursor = store.page_of_observations(record.records, id, query.limit, query.cursor, caller.seal)
    record_read(Trace(caller.person_id, "list_observations", pupil, changes=id))
    rows = [
        ObservationView(
            id=one.id, criterion=one.criterion, level=one.level, text=one.text, observed_by=one.by,
            observed_timestamp=one.at,
        )
        for one in found
    ]  # fmt: skip
    return ObservationPage(data=rows, cursor=cursor)


def _require_reader(caller: Caller, pupil: PersonId) -> PupilRecord:
    """The pupil, if the caller may see the tracking: the home as far as the unit shows it."""
    record = register.require_pupil(caller, "assessment:read_progress", pupil)
    if caller.person in {record.id, *record.guardians}:
        shown = store.settings_of(record.unit) if record.unit else TrackingSettings()
        if not (shown.pupils if caller.person == record.id else shown.guardians):
            raise NotFound
    return record


# Goals at risk


def set_due(caller: Caller, group: GroupId, new: NewDue, key: RequestKey) -> NewDue:
    """Say by when every pupil is to have been observed. Four round trips."""
    record = _require_group(caller, "assessment:track", group)
    matrix = _usable(record, MatrixId(new.matrix))
    if new.day < today():
        raise rules.DayIsOver(field="day", value=new.day.isoformat())
    commit(
        store.due_put(new.day, group, matrix.id),
        trace=Trace(caller.person_id, "set_due", group, changes=f"{matrix.id} {new.day}"),
        once=key.once(new.model_dump_json(by_alias=True)),
    )
    return new


def watch_goals() -> None:
    """Every morning: tell of those who were to have been observed by yesterday and have not been."""
    for back in range(1, BACK + 1):
        day = today() - timedelta(days=back)
        for group, matrix in store.due_on(day):
            _watch(group, matrix, day)


def _watch(id: GroupId, matrix_id: MatrixId, day: date) -> None:
    group, matrix = organisation.group(id, day), store.find_matrix(matrix_id)
    if group is None or matrix is None:
        return
    missed = rules.not_observed(matrix, group.members, store.progress(group.members, matrix_id))
    for pupil in missed:
        risks, facts = _risks(matrix, group, [pupil], "notObserved")
        if risks:
            trace = Trace("system:watch_goals", "watch_goals", pupil, changes=matrix_id)
            with suppress(ChangedMeanwhile):  # somebody's observation has told it at the same moment
                commit(*risks, facts=facts, trace=trace)


def _risks(
    matrix: Matrix, group: GroupRecord, pupils: Sequence[PersonId], reason: Reason
) -> tuple[list[Item], list[Fact]]:
    """That it is told of pupils' goals, once a term; the mentors learn that there is something to look at."""
    term, at = term_of(today()), now()
    told = store.told(pupils, term, matrix.syllabus)
    new = [pupil for pupil in pupils if pupil not in told]
    facts: list[Fact] = []
    for pupil in new:
        facts.append(
            GoalAtRisk(
                pupil=pupil, unit=group.unit, group=group.id, matrix=matrix.id, syllabus=matrix.syllabus,
                term=term, reason=reason,
            )
        )  # fmt: skip
        mentors = sorted(organisation.staff_around(pupil, today()).mentors)[:100]
        if mentors:
            id = stable_id("goal-at-risk", pupil, matrix.syllabus, term)
            facts.append(MessageDue(id=id, recipients=mentors, template="goal_at_risk", about=pupil))
    return [store.risk_item(pupil, term, matrix.syllabus, reason, stamp(at)) for pupil in new], facts


# What a unit has chosen


def read_tracking_settings(caller: Caller, unit: UnitId) -> SettingsView:
    """What a unit shows homes. Three round trips."""
    _require_settings(caller, unit)
    return _settings(store.settings_of(unit))


def change_tracking_settings(caller: Caller, unit: UnitId, body: SettingsBody, version: int) -> SettingsView:
    """Choose what a unit shows homes. Four round trips."""
    _require_settings(caller, unit)
    new = TrackingSettings(body.show_pupils, body.show_guardians, version)
    changes = f"{new.pupils} {new.guardians}"
    trace = Trace(caller.person_id, "change_tracking_settings", unit, changes=changes)
    commit(store.settings_item(unit, new), trace=trace)
    return _settings(replace(new, version=version + 1))


def _require_settings(caller: Caller, unit: UnitId) -> None:
    duties = organisation.duties_of(caller.person_id)
    guard.require(caller, "assessment:edit_tracking_settings", guard.Unit(unit), duties)
    if organisation.unit(unit) is None:
        raise NotFound


def _settings(one: TrackingSettings) -> SettingsView:
    return SettingsView(show_pupils=one.pupils, show_guardians=one.guardians, version=one.version)


# Who may, and how it is shown


def _require_group(caller: Caller, action: guard.Action, id: GroupId) -> GroupRecord:
    """The group as of today, if the caller may do `action` to it. Two round trips."""
    group = organisation.group(id, today())
    if group is None:
        raise NotFound
    facts = guard.Group(group.id, group.unit, group.teachers, group.mentors)
    guard.require(caller, action, facts, organisation.duties_of(caller.person_id))
    return group


def _view(one: Matrix) -> MatrixView:
    criteria = [
        CriterionBody(code=c.code, text=c.text, levels=list(c.levels), goal=c.goal) for c in one.criteria
    ]
    return MatrixView(
        id=one.id, unit=one.unit, syllabus=one.syllabus, subject=one.subject, title=one.title,
        criteria=criteria, shared=one.shared, made_by=one.by, used=one.used, version=one.version or 1,
    )  # fmt: skip


def _standings(matrix: Matrix, one: Progress) -> list[StandingView]:
    return [
        StandingView(
            criterion=c.code, level=s.level, reached=s.level >= c.goal, observations=s.count,
            observed_timestamp=s.at,
        )
        for c in matrix.criteria if (s := one.standings.get(c.code))
    ]  # fmt: skip
