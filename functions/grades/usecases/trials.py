"""Trials (process 33): applied for, admitted with an examiner and a day, and graded into the catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from functions.access import guard
from functions.grades.domain import catalogue as chains
from functions.grades.domain import subjects
from functions.grades.domain import trials as rules
from functions.grades.domain.catalogue import Entry, Subject
from functions.grades.domain.trials import Handling, Trial
from functions.grades.schemas.common import PageQuery
from functions.grades.schemas.trials import (
    NewTrial,
    TaskPage,
    TaskView,
    TrialHandling,
    TrialList,
    TrialPage,
    TrialResult,
    TrialView,
    WaitingTrialView,
)
from functions.grades.store import catalogue, tasks
from functions.grades.store import trials as store
from functions.grades.store.trials import WaitingTrial
from functions.grades.usecases.matters import appended, employed, message, require_about
from functions.grades.usecases.rights import require_vouched
from functions.organisation import queries as organisation
from functions.register import queries as register
from functions.register.queries import PersonName, PupilRecord
from skolkit.audit import Trace, record_read
from skolkit.clock import now, today
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.events import Fact
from skolkit.idempotency import RequestKey
from skolkit.identity import Caller
from skolkit.retry import persist
from skolkit.table import Write, commit, fetch
from skolkit.types import PersonId, UnitId, new_id


def apply_for_trial(caller: Caller, person: PersonId, new: NewTrial, key: RequestKey) -> TrialView:
    """Apply for a trial at a unit, as the home or for somebody at the unit's office, also for who is not a
    pupil. Six round trips for the home, nine for staff.
    """
    return persist(partial(_apply, caller, person, new, key))


def _apply(caller: Caller, person: PersonId, new: NewTrial, key: RequestKey) -> TrialView:
    unit = UnitId(new.organisation)
    record = _require(caller, "grades:apply_for_trial", person, unit, ())
    place = organisation.unit(unit)
    if place is None:
        raise NotFound
    subject, codes = _subject(new)
    draft = Trial(
        id=new_id(), pupil=record.id, unit=unit, subject=subject, codes=codes, applicant=caller.person_id,
        applied=now(), rules=rules.rules_on(today()).id,
    )  # fmt: skip
    known = store.trials_of(record.records)
    trial = rules.apply(draft, _held(record, draft.subject), known, record.school_form, place.school_forms)
    return _save(caller, None, trial, "apply_for_trial", [], key)


def _subject(new: NewTrial) -> tuple[Subject, tuple[str, ...]]:
    """What the trial is in, and the codes of the subject that an examiner is qualified in. Raises
    `UnknownSubject`, `LanguageMissing`. One round trip for a syllabus.
    """
    codes = subjects.codes_of(new.subject_code or "")
    if new.syllabus:
        (found,) = fetch(organisation.wanted_syllabuses([new.syllabus]))
        known = found.get(new.syllabus)
        if known is None or known.school_form != new.school_form or not known.in_force(today()):
            raise rules.UnknownSubject(field="syllabus", value=new.syllabus)
        codes = tuple(filter(None, (known.subject_code, known.subject_designation, known.code)))
        code, name, points = known.code, known.course_name or known.subject_name, known.points
        subject = subjects.graded(
            new.school_form, code, name, points=points, language=new.language, choice=new.choice
        )
    else:
        if subjects.subject_of(new.subject_code or "") is None:
            raise rules.UnknownSubject(field="subjectCode", value=new.subject_code)
        subject = subjects.graded(
            new.school_form, new.subject_code or "", "", language=new.language, choice=new.choice
        )
    subjects.check_named(subject, "")
    return subject, codes


def _held(record: PupilRecord, subject: Subject) -> Entry | None:
    """What stands in a subject. A round trip per record."""
    return chains.standing(catalogue.entries(record.records)).get(subject.key)


def handle_trial(caller: Caller, person: PersonId, id: str, new: TrialHandling, key: RequestKey) -> TrialView:
    """Admit to a trial, or refuse it; or give one that is admitted another examiner or day. Nine round
    trips.
    """
    return persist(partial(_handle, caller, person, id, new, key))


def _handle(caller: Caller, person: PersonId, id: str, new: TrialHandling, key: RequestKey) -> TrialView:
    trial, record = _find(caller, "grades:handle_trials", person, id)
    examiner = PersonId(new.examiner) if new.examiner else None
    how = Handling(
        admitted=new.outcome == "admitted", by=caller.person_id, examiner=examiner, day=new.day, fee=new.fee,
        motivation=new.motivation,
    )  # fmt: skip
    most = rules.most_fee(trial, _held(record, trial.subject), record.school_form)
    fits = examiner is not None and _fits(examiner, trial, record)
    handled = rules.handle(trial, how, today(), most=most, fits=fits)
    facts = message(
        "trial", f"{id} {trial.version}", record.id, {record.id, *record.guardians}, "grade_trial_answered"
    )
    if handled.examiner and handled.day and handled.state == "admitted":
        facts += message(
            "examine", f"{id} {trial.version}", record.id, [handled.examiner], "grade_trial_examine",
            day=handled.day.isoformat(),
        )  # fmt: skip
    return _save(caller, trial, handled, "handle_trial", facts, key)


def _fits(examiner: PersonId, trial: Trial, record: PupilRecord) -> bool:
    """Whether somebody may examine: certified, qualified, employed at the unit, nobody of the home. Two round
    trips.
    """
    if examiner in {record.id, *record.guardians} or not employed([examiner], trial.unit):
        return False
    (certified,) = fetch(organisation.wanted_certifications([examiner]))
    known = certified.get(examiner)
    return known is not None and any(
        known.is_qualified(code, trial.subject.form, None, today()) for code in trial.codes
    )


def withdraw_trial(caller: Caller, person: PersonId, id: str, version: int) -> None:
    """Take back an application. Six round trips."""
    trial, record = _find(caller, "grades:apply_for_trial", person, id)
    if trial.version != version:
        raise ChangedMeanwhile(field="If-Match", value=version)
    trace = Trace(caller.person_id, "withdraw_trial", record.id, changes=id)
    commit(*store.trial_writes(trial, rules.withdraw(trial)), trace=trace)


def grade_trial(caller: Caller, person: PersonId, id: str, new: TrialResult, key: RequestKey) -> TrialView:
    """Set the grade as the examiner, with a fresh sign-in, or say that nobody came. Ten round trips."""
    return persist(partial(_grade, caller, person, id, new, key))


def _grade(caller: Caller, person: PersonId, id: str, new: TrialResult, key: RequestKey) -> TrialView:
    trial, record = _find(caller, "grades:examine_trial", person, id)
    vouched = require_vouched(caller)
    told = message("graded", id, record.id, {record.id, *record.guardians}, "grade_trial_graded")
    if new.value is None:
        return _save(caller, trial, rules.not_taken(trial, today()), "grade_trial", [], key)
    year = record.year if record.school_form == trial.subject.form.value else None
    graded, entry = rules.grade(trial, new.value, new.support, new.title, year, new_id(), vouched.at, today())
    known = catalogue.entries([trial.pupil])
    _, writes, facts = appended(entry, known, {caller.person_id: vouched})
    return _save(caller, trial, graded, "grade_trial", [*facts, *told], key, writes)


def list_trials(caller: Caller, person: PersonId) -> TrialList:
    """Somebody's trials, the latest first: all for the home, for staff those of their unit. Four round trips
    for the home; six for staff, and three per trial.
    """
    record = register.anyone(person)
    if record is None:
        raise NotFound
    found = store.trials_of(record.records)
    at_home = caller.person in {record.id, *record.guardians}
    if not at_home:
        found = [trial for trial in found if _reads(caller, record, trial)]
    if at_home or not found:
        require_about(caller, "grades:read_trials", record, [record.unit], (), at_home=at_home)
    record_read(Trace(caller.person_id, "list_trials", record.id))
    return TrialList(data=[_view(trial) for trial in sorted(found, key=lambda t: t.applied, reverse=True)])


def _reads(caller: Caller, record: PupilRecord, trial: Trial) -> bool:
    examiner = {trial.examiner} if trial.examiner else set()
    try:
        _require_record(caller, "grades:read_trials", record, trial.unit, examiner)
    except NotFound:
        return False
    return True


def list_unit_trials(caller: Caller, unit: UnitId, query: PageQuery) -> TrialPage:
    """The trials that wait at a unit, oldest first; no names of protected people but to their own. Four round
    trips, and one per protected pupil.
    """
    duties = organisation.duties_of(caller.person_id)
    guard.require(caller, "grades:handle_trials", guard.Unit(unit), duties)
    found, cursor = store.trials_at(unit, query.limit, query.cursor, caller.seal)
    names: dict[PersonId, PersonName]
    (names,) = fetch(register.wanted_names([row.pupil for row in found]))
    nobody = frozenset[PersonId]()
    shown = register.shown_names(caller, names, teachers=nobody, mentors=nobody, duties=duties)
    record_read(Trace(caller.person_id, "list_unit_trials", unit))
    return TrialPage(data=[_waiting(row, shown.get(row.pupil)) for row in found], cursor=cursor)


def list_grade_tasks(caller: Caller, query: PageQuery) -> TaskPage:
    """What waits for the caller. One round trip."""
    found, cursor = tasks.page_of_tasks(caller.person_id, query.limit, query.cursor)
    rows = [
        TaskView(kind="trial" if t.kind == "trial" else "change", id=t.id, student=t.pupil, entry=t.entry)
        for t in found
    ]
    return TaskPage(data=rows, cursor=cursor)


def _find(caller: Caller, action: guard.Action, person: PersonId, id: str) -> tuple[Trial, PupilRecord]:
    """A trial of somebody, if the caller may do `action` with it. Two round trips, and three for staff."""
    record = register.anyone(person)
    known = store.trials_of(record.records) if record else ()
    trial = next((one for one in known if one.id == id), None)
    if record is None or trial is None:
        raise NotFound
    examiner = {trial.examiner} if trial.examiner else set()
    _require_record(caller, action, record, trial.unit, examiner)
    return trial, record


def _require(
    caller: Caller, action: guard.Action, person: PersonId, unit: UnitId, teachers: Sequence[PersonId]
) -> PupilRecord:
    record = register.anyone(person)
    if record is None:
        raise NotFound
    _require_record(caller, action, record, unit, set(teachers))
    return record


def _require_record(
    caller: Caller, action: guard.Action, record: PupilRecord, unit: UnitId, teachers: set[PersonId]
) -> None:
    """Of somebody protected the unit where they go answers, not the one that is named in a request."""
    at_home = caller.person in {record.id, *record.guardians}
    place = record.unit if record.protected and record.unit else unit
    require_about(caller, action, record, [place], teachers, at_home=at_home)


def _save(
    caller: Caller, old: Trial | None, trial: Trial, what: str, facts: Sequence[Fact], key: RequestKey,
    writes: Sequence[Write] = (),
) -> TrialView:  # fmt: skip
    view = _view(replace(trial, version=(old.version or 0) + 1 if old else 1))
    commit(
        *store.trial_writes(old, trial), *writes, facts=facts,
        trace=Trace(caller.person_id, what, trial.pupil, changes=f"{trial.id} {trial.state}"),
        once=key.once(view.model_dump_json(by_alias=True)),
    )  # fmt: skip
    return view


def _view(trial: Trial) -> TrialView:
    subject = trial.subject
    return TrialView(
        id=trial.id, student=trial.pupil, organisation=trial.unit, school_form=subject.form,
        subject_code=subject.code, subject_name=subject.name, language=subject.language,
        choice=subject.choice, applicant=trial.applicant, applied_timestamp=trial.applied, state=trial.state,
        examiner=trial.examiner, day=trial.day, fee=trial.fee, handled_by=trial.handled_by,
        motivation=trial.motivation, entry=trial.entry, version=trial.version or 1,
    )  # fmt: skip


def _waiting(row: WaitingTrial, name: PersonName | None) -> WaitingTrialView:
    return WaitingTrialView(
        id=row.trial, student=row.pupil, given_name=name.given_name if name else None,
        family_name=name.family_name if name else None, subject_name=row.subject, state=row.state,
        applied_timestamp=row.applied, day=row.day,
    )  # fmt: skip
