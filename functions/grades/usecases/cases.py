"""Rättelse, ändring and withdrawal of decided grades (process 33): noticed, heard, decided, and visible as a
chain.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from functions.access import guard
from functions.grades.domain import cases as rules
from functions.grades.domain.cases import Case, Proposal, Verdict
from functions.grades.domain.catalogue import Decider
from functions.grades.domain.orders import Vouched
from functions.grades.events import GradeCorrected
from functions.grades.schemas.cases import (
    AnswerView,
    CaseView,
    ChangeAnswer,
    CommentView,
    NewCase,
    NewComment,
    NewVerdict,
    ProposalBody,
    VerdictView,
)
from functions.grades.store import cases as store
from functions.grades.usecases.catalogue import published
from functions.grades.usecases.matters import Matter, appended, employed, message, require_matter
from functions.grades.usecases.rights import require_vouched
from functions.register import queries as register
from skolkit.audit import Trace
from skolkit.clock import now, today
from skolkit.errors import NotFound
from skolkit.events import Fact
from skolkit.idempotency import RequestKey
from skolkit.identity import Caller
from skolkit.retry import persist
from skolkit.table import Write, commit
from skolkit.types import PersonId, new_id


def open_grade_case(caller: Caller, pupil: PersonId, entry: str, new: NewCase, key: RequestKey) -> CaseView:
    """Notice that a decided grade is wrong; the home is told and may comment. Six round trips for the home,
    nine for staff.
    """
    return persist(partial(_open, caller, pupil, entry, new, key))


def _open(caller: Caller, pupil: PersonId, entry: str, new: NewCase, key: RequestKey) -> CaseView:
    matter = require_matter(caller, "grades:notice_error", pupil, entry)
    shown = matter.at_home or bool(published([matter.entry]))
    draft = Case(
        id=new_id(), pupil=matter.entry.pupil, entry=entry, unit=matter.unit, kind=new.kind, flaw=new.flaw,
        reason=new.reason, noticed_by=caller.person_id, opened=now(), proposal=_proposal(new.proposal),
        hear_until=today() + rules.HEARING if shown and new.kind != "change" else None,
    )  # fmt: skip
    taken = store.has_open_case(draft.pupil, entry)
    case = rules.check_case(draft, matter.entry, matter.known, taken=taken)
    view = case_view(replace(case, version=1), caller, matter)
    commit(
        *_writes(case, matter), facts=_opened(case, matter),
        trace=Trace(caller.person_id, "open_grade_case", matter.record.id, changes=f"{case.id} {case.kind}"),
        once=key.once(view.model_dump_json(by_alias=True)),
    )  # fmt: skip
    return view


def _writes(case: Case, matter: Matter) -> list[Write]:
    return store.case_writes(case, matter.record.id, rules.teachers_of(matter.entry))


def _proposal(body: ProposalBody) -> Proposal:
    return Proposal(
        value=body.value, finished=body.finished, choice=body.choice, language=body.language,
        adapted=body.adapted_study_plan, remark=body.remark, support=body.support, title=body.title,
    )  # fmt: skip


def _opened(case: Case, matter: Matter) -> list[Fact]:
    """Who is to be told: the home, which may comment; of a change those who decided on the grade."""
    about, by = matter.record.id, {case.noticed_by}
    if case.kind == "change":
        asked = employed(set(rules.teachers_of(matter.entry)) - by, case.unit)
        return message("asked", case.id, about, asked, "grade_change_asked")
    if case.hear_until is None:
        return []
    return message(
        "hearing", case.id, about, matter.home.all - by, "grade_case_hearing", day=case.hear_until.isoformat()
    )


def comment_grade_case(
    caller: Caller, pupil: PersonId, id: str, new: NewComment, key: RequestKey
) -> CaseView:
    """Say something as the home. Six round trips."""
    return persist(partial(_comment, caller, pupil, id, new, key))


def _comment(caller: Caller, pupil: PersonId, id: str, new: NewComment, key: RequestKey) -> CaseView:
    case, matter = _find(caller, "grades:comment_case", pupil, id)
    said = rules.comment(case, caller.person_id, new.text, now())
    return _save(caller, matter, said, "comment_grade_case", key)


def answer_grade_change(
    caller: Caller, pupil: PersonId, id: str, new: ChangeAnswer, key: RequestKey
) -> CaseView:
    """Say as one who decided on the grade whether it is to be changed; when all want it, it is. With a fresh
    sign-in. Ten round trips, and one for each of those who decided.
    """
    return persist(partial(_answer, caller, pupil, id, new, key))


def _answer(caller: Caller, pupil: PersonId, id: str, new: ChangeAnswer, key: RequestKey) -> CaseView:
    case, matter = _find(caller, "grades:answer_change", pupil, id)
    vouched = require_vouched(caller)
    there = employed(rules.teachers_of(matter.entry), case.unit)
    said, whole = rules.answer(
        case, matter.entry, caller.person_id, matter.home, there, vouched, agrees=new.agrees
    )
    if not whole:
        return _save(caller, matter, said, "answer_grade_change", key)
    approved = replace(said, verdict=Verdict(outcome="approved", by=caller.person_id, at=vouched.at))
    everybody = {one.by: one.vouched for one in said.answers}
    return _replace(caller, matter, approved, matter.entry.deciders, everybody, key)


def decide_grade_case(caller: Caller, pupil: PersonId, id: str, new: NewVerdict, key: RequestKey) -> CaseView:
    """Decide as the principal, with a fresh sign-in. Ten round trips, and one for each of those who decided
    on a grade that is to be changed.
    """
    return persist(partial(_decide, caller, pupil, id, new, key))


def _decide(caller: Caller, pupil: PersonId, id: str, new: NewVerdict, key: RequestKey) -> CaseView:
    case, matter = _find(caller, "grades:decide_case", pupil, id)
    vouched = require_vouched(caller)
    there = employed(rules.teachers_of(matter.entry), case.unit) if case.kind == "change" else ()
    verdict = Verdict(
        outcome=new.outcome, by=caller.person_id, at=vouched.at, motivation=new.motivation, ground=new.ground,
        unheard=new.unheard,
    )  # fmt: skip
    decided = rules.decide(case, matter.entry, verdict, matter.home, there, today())
    if decided.state == "refused":
        return _save(caller, matter, decided, "decide_grade_case", key)
    by = Decider(person=caller.person_id, role="principal")
    return _replace(caller, matter, decided, (by,), {by.person: vouched}, key)


def _find(caller: Caller, action: guard.Action, pupil: PersonId, id: str) -> tuple[Case, Matter]:
    """A case of a pupil, if the caller may do `action` with it. Two round trips, and those of the matter."""
    records = register.records_of(pupil)
    case = next((one for one in store.cases_of(records) if one.id == id), None)
    if case is None:
        raise NotFound
    return case, require_matter(caller, action, pupil, case.entry)


def _save(caller: Caller, matter: Matter, case: Case, what: str, key: RequestKey) -> CaseView:
    view = case_view(replace(case, version=(case.version or 0) + 1), caller, matter)
    commit(
        *_writes(case, matter), facts=_ended(case, matter),
        trace=Trace(caller.person_id, what, matter.record.id, changes=f"{case.id} {case.state}"),
        once=key.once(view.model_dump_json(by_alias=True)),
    )  # fmt: skip
    return view


def _replace(
    caller: Caller, matter: Matter, case: Case, deciders: Sequence[Decider],
    vouched: Mapping[PersonId, Vouched], key: RequestKey,
) -> CaseView:  # fmt: skip
    """The case ends with a new entry in the old one's place, signed by all who decided: one transaction."""
    assert case.verdict
    checked = rules.check_case(case, matter.entry, matter.known, taken=False)
    new = rules.entry_after(
        checked, matter.entry, tuple(deciders), caller.person_id, new_id(), case.verdict.at
    )
    made, writes, facts = appended(new, matter.known, vouched)
    ended = replace(checked, verdict=replace(case.verdict, entry=made.id))
    view = case_view(replace(ended, version=(case.version or 0) + 1), caller, matter)
    told = GradeCorrected(pupil=made.pupil, entry=made.id, replaces=case.entry, unit=made.unit)
    every: list[Write] = [*_writes(ended, matter), *writes]
    trace = Trace(caller.person_id, "decide_grade_case", matter.record.id, changes=f"{case.id} {made.number}")
    commit(
        *every, facts=[*facts, told, *_ended(ended, matter)], trace=trace,
        once=key.once(view.model_dump_json(by_alias=True)),
    )  # fmt: skip
    return view


def _ended(case: Case, matter: Matter) -> list[Fact]:
    """The home, which sees the grade, and whoever noticed are told how a case ended."""
    if case.verdict is None:
        return []
    home = matter.home.all if matter.at_home or published([matter.entry]) else frozenset[PersonId]()
    to = (home | {case.noticed_by}) - {case.verdict.by}
    return message("ended", case.id, matter.record.id, to, "grade_case_decided")


def case_view(case: Case, caller: Caller, matter: Matter) -> CaseView:
    """A case as the caller may see it: at home not what the other home has said."""
    own = {caller.person_id} if matter.at_home else {c.by for c in case.comments}
    proposal, verdict = case.proposal, case.verdict
    return CaseView(
        id=case.id, student=matter.record.id, entry=case.entry, organisation=case.unit, kind=case.kind,
        flaw=case.flaw, reason=case.reason, noticed_by=case.noticed_by, opened_timestamp=case.opened,
        hear_until=case.hear_until, state=case.state, version=case.version or 1,
        proposal=ProposalBody(
            value=proposal.value, finished=proposal.finished, choice=proposal.choice,
            language=proposal.language, adapted_study_plan=proposal.adapted, remark=proposal.remark,
            support=proposal.support, title=proposal.title,
        ),
        comments=[CommentView(by=c.by, timestamp=c.at, text=c.text) for c in case.comments if c.by in own],
        answers=[AnswerView(by=a.by, timestamp=a.vouched.at, agrees=a.agrees) for a in case.answers],
        verdict=VerdictView(
            outcome=verdict.outcome, decided_by=verdict.by, timestamp=verdict.at, ground=verdict.ground,
            motivation=verdict.motivation, unheard=verdict.unheard, entry=verdict.entry,
        ) if verdict else None,
    )  # fmt: skip
