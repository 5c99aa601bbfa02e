"""Consents as the home sees them: what is asked about one's children, answered, taken back."""

from __future__ import annotations

from datetime import date

from functions.access import guard
from functions.messages.domain import consents as rules
from functions.messages.domain.audiences import Audience
from functions.messages.domain.consents import Answer
from functions.messages.schemas.common import PageQuery
from functions.messages.schemas.consents import (
    AnswersView,
    AnswerView,
    NewAnswer,
    OwnConsentPage,
    OwnConsentView,
)
from functions.messages.store import board
from functions.messages.store import consents as store
from functions.messages.store.consents import AnswerItem, AskItem
from functions.messages.usecases.circles import ALONE
from functions.messages.usecases.consents import asked_about
from functions.messages.usecases.places import texts_of
from functions.organisation import queries as organisation
from functions.register import queries as register
from skolkit.audit import Trace, record_read
from skolkit.clock import today
from skolkit.errors import NotFound
from skolkit.identity import Caller
from skolkit.table import commit, fetch
from skolkit.types import GroupId, PersonId, UnitId


def list_consents(caller: Caller, query: PageQuery) -> OwnConsentPage:
    """What the caller is asked about children in their custody, or themselves once 18, newest first. For one
    child six round trips, however many questions.
    """
    children = register.children_of(caller.person_id) or (caller.person_id,)
    (mine,) = fetch(organisation.wanted_groups_of(children, today()), consistent=True)
    ids = sorted({group for groups in mine.values() for group in groups})
    (groups,) = fetch(organisation.wanted_groups(ids, today()), consistent=True)
    places = {Audience("group", group, "guardians").place for group in groups}
    units = sorted({UnitId(group.unit) for group in groups.values()})
    rows, cursor = board.page_of_boards(units, "ASK", places, query.limit, query.cursor, caller.seal)
    pairs = [
        (row.id, child) for row in rows for child in children
        if {GroupId(Audience.of(place).id) for place in row.places} & set(mine[child])
    ]  # fmt: skip
    asks, own = fetch(store.wanted_asks([row.id for row in rows]), store.wanted_own(caller.person_id, pairs))
    data = [
        _view(asks[id], child, own.get((id, child))) for id, child in pairs
        if id in asks and _is_asked(caller, child)
    ]  # fmt: skip
    return OwnConsentPage(data=data, cursor=cursor)


def read_consent(caller: Caller, pupil: PersonId, id: str) -> AnswersView:
    """What the caller has answered about a child, and what holds. Seven round trips."""
    ask, record = _asked(caller, pupil, id)
    answers = _answers(ask, record)
    record_read(Trace(caller.person_id, "read_consent", record.id))
    return _answered(ask, record, answers, caller)


def answer_consent(caller: Caller, pupil: PersonId, id: str, new: NewAnswer) -> AnswersView:
    """Say yes or no, or take a yes back; the same again changes nothing. Seven round trips."""
    ask, record = _asked(caller, pupil, id)
    answers = _answers(ask, record)
    own: list[Answer] = [a.answer for a in answers if a.by == caller.person]  # type: ignore[misc]
    latest = own[-1] if own else None
    if latest != new.answer:
        deadline = date.fromisoformat(ask.deadline)
        rules.check_answer(new.answer, latest, deadline, today(), closed=ask.closed)
        writes = store.answering(ask, record.id, caller.person_id, new.answer)
        trace = Trace(caller.person_id, "answer_consent", record.id, changes=f"{id} {new.answer}")
        commit(*writes, trace=trace)
        answers.append(next(w for w in writes if isinstance(w, AnswerItem)))
    return _answered(ask, record, answers, caller)


def _asked(caller: Caller, pupil: PersonId, id: str) -> tuple[AskItem, register.PupilRecord]:
    """The question and the child, if the caller is asked about it, or has answered and may take it back."""
    record, ask = register.pupil(pupil), store.find_ask(id)
    if record is None or ask is None:
        raise NotFound
    guard.require(caller, "messages:answer_consent", register.facts_of(record, ALONE))
    (groups,) = fetch(organisation.wanted_groups_of([record.id], today()), consistent=True)
    if not set(groups[record.id]) & set(ask.groups):
        (own,) = fetch(store.wanted_own(caller.person_id, [(id, record.id)]), consistent=True)
        if not own:
            raise NotFound
    return ask, record


def _answers(ask: AskItem, record: register.PupilRecord) -> list[AnswerItem]:
    found = [answer for one in record.records for answer in store.answers_of(ask.id, one)]
    return sorted(found, key=lambda answer: answer.at)


def _is_asked(caller: Caller, child: PersonId) -> bool:
    """A guardian's child; a pupil themselves only once 18."""
    if child != caller.person:
        return True
    record = register.pupil(child)
    return record is not None and guard.allowed(
        caller, "messages:answer_consent", register.facts_of(record, ALONE)
    )


def _answered(
    ask: AskItem, record: register.PupilRecord, answers: list[AnswerItem], caller: Caller
) -> AnswersView:
    (now_holds,) = asked_about(ask, answers, [record.id])
    own = [AnswerView(answer=a.answer, at=a.at) for a in answers if a.by == caller.person]
    return AnswersView(consent=ask.id, pupil=record.id, answers=own, outcome=now_holds.outcome)


def _view(ask: AskItem, pupil: PersonId, answer: str | None) -> OwnConsentView:
    return OwnConsentView(
        consent=ask.id, pupil=pupil, kind=ask.consent_kind, both=ask.both, texts=texts_of(ask.texts),
        deadline=date.fromisoformat(ask.deadline), until=date.fromisoformat(ask.until), closed=ask.closed,
        answer=answer or None,
    )  # fmt: skip
