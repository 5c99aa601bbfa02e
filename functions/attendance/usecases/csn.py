"""Reports to CSN (process 24): at the beginning of a month the one before is gone through, proposals follow
corrected attendance, and the unit's office decides.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from functools import partial

from functions.access import guard
from functions.attendance import store as attendance
from functions.attendance.domain import csn as rules
from functions.attendance.domain.csn import Case
from functions.attendance.domain.totals import month_of
from functions.attendance.events import CsnSweepAsked, LessonReported, MergeTold, MessageDue
from functions.attendance.schemas.csn import (
    CsnCaseView,
    CsnDecision,
    CsnPage,
    CsnQuery,
    CsnRow,
    CsnState,
    DecisionView,
    FullTime,
    MissedLesson,
)
from functions.attendance.store import csn as store
from functions.attendance.store import totals as totals_store
from functions.attendance.store.csn import CsnDecisionItem, CsnJobItem
from functions.attendance.usecases.totals import merged
from functions.organisation import queries as organisation
from functions.register import queries as register
from functions.register.queries import PersonName, PupilRecord
from skolkit import jobs
from skolkit.audit import Trace, record_read
from skolkit.clock import now, stamp, today
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.idempotency import RequestKey
from skolkit.identity import Caller
from skolkit.retry import persist
from skolkit.table import AlreadyDone, Once, chunks, commit, fetch
from skolkit.types import PersonId, UnitId, stable_id

PUPILS = 50  # in one step
RECIPIENTS = 100  # of one message
_SYSTEM = PersonId("system:sweep_csn")


# Going through


def ask_sweep() -> None:
    """Start going through last month; a repeated start of the same day is left alone."""
    units = sorted(unit.id for unit in organisation.units())
    request = {"month": rules.month_before(today()).isoformat(), "units": units}
    try:
        key = RequestKey(f"CSN#{today()}", "")
        jobs.ask(CsnJobItem, CsnSweepAsked, "sweep_csn", _SYSTEM, request, key)
    except AlreadyDone:
        return


def run_sweep(asked: CsnSweepAsked) -> None:
    """Look at fifty pupils a step: those with unexcused minutes and those with a case. Two queries for each,
    three more when there is something to report.
    """
    jobs.run(CsnJobItem, asked, _step, again=CsnSweepAsked)


def _step(job: CsnJobItem) -> bool:
    units, number = job.request["units"], int(job.place.get("unit", 0))
    if number >= len(units):
        return False
    month, unit = date.fromisoformat(job.request["month"]), UnitId(units[number])
    left = [p for p in _concerned(unit, month) if p > job.place.get("after", "")]
    for pupil in left[:PUPILS]:
        review(pupil, month)
    job.done += len(left[:PUPILS])
    more = len(left) > PUPILS
    if not more:
        _tell(unit, month)
    job.place = {"unit": number, "after": left[PUPILS - 1]} if more else {"unit": number + 1}
    commit(job)
    return True


def _tell(unit: UnitId, month: date) -> None:
    """Tell those who decide at a unit that proposals wait, once a night while there are any. Nobody is told
    whose they are, and the system reports nothing by itself.
    """
    waiting = sum(case.state == "proposed" for case in store.cases_of(unit, month))
    people = sorted({*organisation.holders_at(unit, "principal"), *organisation.administrators_at(unit)})
    for some in chunks(people if waiting else (), RECIPIENTS):
        due = MessageDue(
            id=stable_id("csn_proposals", unit, str(month), str(today()), some[0]), recipients=some,
            template="csn_proposals", values={"count": str(waiting), "month": f"{month:%Y-%m}"},
        )  # fmt: skip
        with suppress(AlreadyDone):
            commit(facts=[due], once=Once(f"CSN-PROPOSALS#{due.id}"))


def follow_merge(told: MergeTold) -> None:
    """Let a pupil's cases be those of the record that stands now, at once. A query for each record, and what
    a review costs for each month with a case.
    """
    for pupil in (told.kept, told.merged):
        for month in store.months_of(register.records_of(pupil)):
            review(pupil, month)


def _concerned(unit: UnitId, month: date) -> list[PersonId]:
    """Pupils to look at: with unexcused minutes and in a form that has study aid, or with a case."""
    cases = {case.pupil for case in store.cases_of(unit, month)}
    enrolments = list(register.enrolments_at(unit))
    with_aid = {pupil for pupil, enrolment in enrolments if enrolment.school_form in rules.RULES.forms}
    if not with_aid:
        return sorted(cases)
    days = totals_store.unit_pupils(unit, *month_of(f"{month:%Y-%m}"))
    away = {pupil for _, pupils in days for pupil, sums in pupils.items() if sums.invalid}
    closed = merged(sorted(away - {pupil for pupil, _ in enrolments}))
    return sorted(cases | away & with_aid | set(closed.values()))


def review_lesson(reported: LessonReported) -> None:
    """Follow a lesson of a past month that is reported or corrected now. No round trip for the others."""
    month = today(reported.start).replace(day=1)
    if month >= today().replace(day=1):
        return
    sheet = attendance.sheet(reported.lesson)
    pupils = {pupil.pupil for pupil in reported.unexcused}
    if sheet:
        cases: list[Case] = fetch(store.wanted_cases(sheet.roster, month), consistent=True)[0]
        pupils |= {case.pupil for case in cases}
        pupils |= set(merged(sheet.roster))
    for pupil in sorted(pupils):
        review(pupil, month)


def review(pupil: PersonId, month: date) -> None:
    """Open, change or close a pupil's case of a month as attendance says; doing it twice changes nothing."""
    persist(partial(_review, pupil, month))


def _review(pupil: PersonId, month: date) -> None:
    record = register.present(pupil)
    if record is None:
        return
    missed = store.missed(record.records, *month_of(f"{month:%Y-%m}"))
    finding, cases = (
        rules.assess(missed, month),
        fetch(store.wanted_cases(record.records, month), consistent=True)[0],
    )
    by_pupil: dict[PersonId, Case] = {case.pupil: case for case in cases}
    for other in record.also:  # a case of a closed record is the kept one's now
        if other in by_pupil:
            _write(by_pupil[other], rules.updated(by_pupil[other], None))
    case = by_pupil.get(record.id)
    if case is None and finding is None:
        return
    unit = rules.unit_of(record.birth_date, register.pupils([record.id])[record.id].enrolments, month)
    finding = finding if unit else None
    if case is None and unit:
        _write(None, Case(record.id, month, unit, "proposed", finding))
    elif case:
        _write(case, rules.updated(case, finding))


def _write(old: Case | None, new: Case) -> None:
    if old != new:
        trace = Trace(_SYSTEM, "propose_csn_report", new.pupil, changes=new.state)
        commit(*store.case_writes(new), trace=trace)


# The office


def list_csn_cases(caller: Caller, unit: UnitId, query: CsnQuery) -> CsnPage:
    """A unit's cases of a month; of protected pupils only that there is one. Four round trips."""
    duties = organisation.duties_of(caller.person_id)
    guard.require(caller, "attendance:handle_csn", guard.Unit(unit), duties)
    month = month_of(query.month)[0] if query.month else rules.month_before(today())
    cases, cursor = store.page_of_cases(unit, month, query.limit, query.cursor, caller.seal)
    names: dict[PersonId, PersonName] = fetch(register.wanted_names([case.pupil for case in cases]))[0]
    record_read(Trace(caller.person_id, "list_csn_cases", unit))
    return CsnPage(
        month=f"{month:%Y-%m}", data=[_row(case, names.get(case.pupil)) for case in cases], cursor=cursor
    )


def _row(case: Case, name: PersonName | None) -> CsnRow:
    if name is None or name.protected:
        return CsnRow(withheld=True)
    return CsnRow(
        withheld=False,
        pupil=case.pupil,
        given_name=name.given_name,
        family_name=name.family_name,
        state=case.state,
        first_day=case.finding.first_day if case.finding else None,
        minutes=case.finding.minutes if case.finding else 0,
        corrected=case.corrected,
        exported=case.file is not None,
    )


def read_csn_case(caller: Caller, pupil: PersonId, month: str) -> CsnCaseView:
    """A case with its lessons and decisions. Five round trips."""
    case, _, _ = _allowed(caller, pupil, month)
    decisions = store.decisions_of(pupil, case.month)
    record_read(Trace(caller.person_id, "read_csn_case", pupil))
    return CsnCaseView(
        **_state(case, case.version).model_dump(),
        rules=case.rules,
        lessons=[
            MissedLesson(lesson=x.lesson, start_time=stamp(x.start), subject=x.subject, minutes=x.minutes)
            for x in (case.finding.lessons if case.finding else ())
        ],
        decisions=[_decision(item) for item in decisions],
    )


def decide_csn_case(caller: Caller, pupil: PersonId, month: str, body: CsnDecision, version: int) -> CsnState:
    """Report a pupil's absence, or refrain. Four round trips."""
    case, role, delegated = _allowed(caller, pupil, month)
    _same(case, version)
    decided = rules.decide(case, body.decision, body.reason, today())
    item = store.decision_item(
        decided, body.decision, body.reason, caller.person_id, role, now(), delegated=delegated
    )
    trace = Trace(caller.person_id, "decide_csn_case", pupil, changes=body.decision)
    commit(*store.case_writes(decided), item, trace=trace)
    return _state(decided, case.version + 1)


def report_full_time(caller: Caller, pupil: PersonId, month: str, body: FullTime, version: int) -> CsnState:
    """Tell that a reported pupil's studies are full time again. Four round trips."""
    case, role, delegated = _allowed(caller, pupil, month)
    _same(case, version)
    told = rules.back(case, body.since, today())
    item = store.decision_item(told, "fullTime", None, caller.person_id, role, now(), delegated=delegated)
    trace = Trace(caller.person_id, "report_full_time", pupil, changes=body.since.isoformat())
    commit(*store.case_writes(told), item, trace=trace)
    return _state(told, case.version + 1)


def _allowed(caller: Caller, pupil: PersonId, month: str) -> tuple[Case, str, bool]:
    """The case, and by which duty the caller may have it."""
    case = store.find_case(pupil, _month(month))
    record = register.anyone(pupil)
    if case is None or record is None:
        raise NotFound
    facts = _facts(case, record)
    duties = organisation.duties_of(caller.person_id)
    guard.require(caller, "attendance:handle_csn", facts, duties)
    for duty in sorted(duties, key=lambda duty: (duty.only is not None, duty.role)):
        if guard.allowed(caller, "attendance:handle_csn", facts, [duty]):
            return case, duty.role, duty.only is not None
    raise NotFound


def _month(text: str) -> date:
    try:
        return month_of(text)[0]
    except ValueError:
        raise NotFound from None


def _facts(case: Case, record: PupilRecord) -> guard.Pupil:
    return guard.Pupil(case.pupil, case.unit, protected=record.protected)


def _same(case: Case, version: int) -> None:
    if case.version != version:
        raise ChangedMeanwhile(field="If-Match", value=version)


def _state(case: Case, version: int) -> CsnState:
    return CsnState(
        pupil=case.pupil,
        month=f"{case.month:%Y-%m}",
        unit=case.unit,
        state=case.state,
        first_day=case.finding.first_day if case.finding else None,
        minutes=case.finding.minutes if case.finding else 0,
        days=case.finding.days if case.finding else 0,
        corrected=case.corrected,
        exported=case.file is not None,
        full_time=case.full_time,
        version=version,
    )


def _decision(item: CsnDecisionItem) -> DecisionView:
    about = store.reported_of(item.about)
    return DecisionView(
        decision=item.decision,
        reason=item.reason,
        by=item.by,
        role=item.role,
        delegated=bool(item.delegated),
        at=item.at,
        rules=item.rules,
        first_day=about.first_day if about else None,
        minutes=about.minutes if about else None,
    )
