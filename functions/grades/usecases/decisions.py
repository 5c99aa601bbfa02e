"""Decisions on grades: a teacher's own, signed with a fresh sign-in; the principal's where the teachers
cannot agree. Each is an entry in the catalogue, in one transaction with the sheet and the order to sign.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from functions.grades.domain import grading as rules
from functions.grades.domain.catalogue import Entry
from functions.grades.domain.grading import Decided, Grader, Sheet
from functions.grades.domain.orders import order_for
from functions.grades.domain.periods import require_open
from functions.grades.events import GradesDecided
from functions.grades.schemas.grading import DecidedView, Decisions, NewDecisions, PrincipalDecision
from functions.grades.store import catalogue, orders
from functions.grades.store import periods as store
from functions.grades.store.catalogue import Head
from functions.grades.usecases.rights import (
    Work,
    members_of,
    perhaps,
    require_unit,
    require_vouched,
    require_work,
    wanted_staff,
    who_decides,
)
from functions.organisation import queries as organisation
from functions.organisation.queries import Certification, Syllabus
from skolkit.audit import Trace
from skolkit.clock import now, today
from skolkit.idempotency import RequestKey
from skolkit.identity import Caller
from skolkit.retry import persist
from skolkit.table import Write, commit, fetch
from skolkit.types import PersonId, new_id


@dataclass(frozen=True, slots=True)
class _Ground:
    """What a decision rests on beside the sheet."""

    members: Collection[PersonId]
    certified: Mapping[PersonId, Certification]
    heads: Mapping[PersonId, Head]
    syllabus: Syllabus | None


def _ground(work: Work, pupils: Sequence[PersonId]) -> _Ground:
    """One round trip, consistent."""
    syllabus = work.activity.syllabus
    groups, certified, heads, syllabuses = fetch(
        organisation.wanted_groups(work.activity.groups, today()),
        organisation.wanted_certifications(wanted_staff(work)),
        catalogue.wanted_heads(pupils),
        organisation.wanted_syllabuses([syllabus] if syllabus else []),
        consistent=True,
    )
    found = next(iter(syllabuses.values()), None)
    return _Ground(members_of(groups.values()), certified, heads, found)


def decide_grades(
    caller: Caller, period: str, activity: str, new: NewDecisions, key: RequestKey
) -> Decisions:
    """Decide on own proposals, with a fresh sign-in. Three round trips: the sheet; what the decision rests
    on; commit.
    """
    return persist(partial(_decide, caller, period, activity, new, key))


def _decide(caller: Caller, period: str, activity: str, new: NewDecisions, key: RequestKey) -> Decisions:
    work = require_work(caller, "grades:decide", period, activity)
    require_open(work.period, today())
    vouched = require_vouched(caller)
    pupils = [PersonId(pupil) for pupil in dict.fromkeys(new.students)]
    ground = _ground(work, pupils)
    who = who_decides(work, ground.certified)
    finished = {pupil: work.finished(work.sheet.line(pupil)) for pupil in pupils}
    sheet, made = rules.decide(
        work.sheet, pupils, caller.person_id, vouched, who, ground.members, finished,
        work=work.subject().work,
    )  # fmt: skip
    return _commit(caller, work, sheet, made, ground, key, pupils, who)


def decide_as_principal(
    caller: Caller, period: str, activity: str, new: PrincipalDecision, key: RequestKey
) -> Decisions:
    """Decide where the teachers disagree or are hindered, with a fresh sign-in. Five round trips."""
    return persist(partial(_decide_as_principal, caller, period, activity, new, key))


def _decide_as_principal(
    caller: Caller, period: str, activity: str, new: PrincipalDecision, key: RequestKey
) -> Decisions:
    work = require_work(caller, "grades:read_sheet", period, activity)
    require_unit(caller, "grades:decide_as_principal", work.period.unit)
    require_open(work.period, today())
    vouched = require_vouched(caller)
    pupil = PersonId(new.student)
    ground = _ground(work, [pupil])
    who = perhaps(work, ground.certified)
    line = work.sheet.line(pupil)
    made = rules.decide_as_principal(
        work.sheet, pupil, new.value, new.reason, caller.person_id, vouched, who, ground.members,
        finished=work.finished(line), work=work.subject().work, scale=work.scale,
    )  # fmt: skip
    sheet = rules.with_line(work.sheet, made.line)
    return _commit(caller, work, sheet, [made], ground, key, [pupil], who)


def _commit(
    caller: Caller, work: Work, sheet: Sheet, made: list[Decided], ground: _Ground, key: RequestKey,
    pupils: Sequence[PersonId], who: Sequence[Grader],
) -> Decisions:  # fmt: skip
    writes, entries = list[Write](), list[Entry]()
    for one in made:
        rows, (entry,) = catalogue.append(ground.heads[one.line.pupil], [_entry(caller, work, one, ground)])
        writes += rows
        entries.append(entry)
    sheet = rules.put(sheet, {entry.pupil: (entry.id, entry.value) for entry in entries})
    answer = _answer(sheet, entries, pupils, who)
    vouched = [one.vouched for one in made]
    order = order_for(new_id(), zip(entries, vouched, strict=True)) if entries else None
    commit(
        store.sheet_item(sheet, work.period), *writes, *([orders.order_item(order)] if order else []),
        facts=[
            GradesDecided(period=sheet.period, activity=sheet.activity, unit=sheet.unit, order=order.id)
        ] if order else [],
        trace=Trace(caller.person_id, "decide_grades", sheet.activity, changes=_told(entries)),
        once=key.once(answer.model_dump_json(by_alias=True)),
    )  # fmt: skip
    return answer


def _entry(caller: Caller, work: Work, one: Decided, ground: _Ground) -> Entry:
    line, period = one.line, work.period
    subject = work.subject(line, ground.syllabus)
    return Entry(
        id=new_id(), pupil=line.pupil, kind="decision", subject=subject, value=one.value,
        scale=work.scale.id, at=now(), unit=period.unit, school_year=period.school_year, term=period.term,
        year=work.year, finished=work.finished(line), deciders=one.deciders, registered_by=caller.person_id,
        group=work.activity.groups[0], activity=work.activity.id, period=period.id, adapted=line.adapted,
        remark=line.remark, support=line.support if one.value == "F" else "", reason=one.reason,
        title=line.title if subject.work else "", syllabus=work.activity.syllabus,
    )  # fmt: skip


def _told(entries: Sequence[Entry]) -> str:
    """Which entries there are now, not what they say."""
    return " ".join(f"{entry.pupil}:{entry.number}" for entry in entries)


def _answer(
    sheet: Sheet, entries: Sequence[Entry], pupils: Sequence[PersonId], who: Sequence[Grader]
) -> Decisions:
    states = {pupil: rules.standing_of(sheet.line(pupil), who) for pupil in pupils}
    return Decisions(
        decided=[DecidedView(student=e.pupil, entry=e.id, value=e.value) for e in entries],
        awaits_colleague=[pupil for pupil, state in states.items() if state == "awaitsColleague"],
        awaits_principal=[pupil for pupil, state in states.items() if state == "awaitsPrincipal"],
    )
