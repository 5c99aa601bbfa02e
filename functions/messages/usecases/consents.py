"""Consents as the school asks for them and follows them up: kinds, questions, statistics, reminders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from functions.access import guard
from functions.messages.domain import consents as rules
from functions.messages.domain.audiences import Audience, NobodyThere, SeveralUnits
from functions.messages.domain.consents import Answer, Kind, Outcome
from functions.messages.events import ConsentDue
from functions.messages.schemas.common import PageQuery
from functions.messages.schemas.consents import (
    ConsentPage,
    ConsentView,
    FollowUpPage,
    FollowUpQuery,
    FollowUpRow,
    GroupCount,
    KindChange,
    KindList,
    KindNames,
    KindView,
    NewConsent,
    StatisticsView,
)
from functions.messages.schemas.conversations import Closing
from functions.messages.store import board
from functions.messages.store import consents as store
from functions.messages.store.consents import AnswerItem, AskItem
from functions.messages.store.news import rows_of
from functions.messages.usecases.asked import guardians_asked, homes_of, page_of, tell_once
from functions.messages.usecases.places import said_in, texts_of
from functions.messages.usecases.recipients import anybody_in
from functions.organisation import queries as organisation
from functions.register import queries as register
from skolkit.audit import Trace, record_read
from skolkit.clock import today
from skolkit.errors import ChangedMeanwhile, NotFound, Text
from skolkit.idempotency import RequestKey
from skolkit.identity import Caller
from skolkit.table import Remove, commit, fetch
from skolkit.types import GroupId, PersonId, UnitId


@dataclass(frozen=True, slots=True)
class Asked:
    """A child, and what holds; `missing` are asked today and have not answered."""

    pupil: PersonId
    missing: list[PersonId]
    outcome: Outcome


def list_consent_kinds() -> KindList:
    """All kinds. One round trip."""
    return KindList(data=[_kind_view(kind) for kind in store.kinds()])


def put_consent_kind(caller: Caller, id: str, change: KindChange, version: int) -> KindView:
    """Decide a kind of consent; questions that have been asked stay as they were."""
    duties = organisation.duties_of(caller.person_id)
    guard.require(caller, "messages:administer", guard.SYSTEM, duties)
    rules.check_kind(id)
    known = store.find_kind(id)
    if (known.version if known else 0) != version:
        raise ChangedMeanwhile(field="If-Match", value=version)
    kind = Kind(id, Text(change.name.sv, change.name.en), change.both, version + 1)
    trace = Trace(caller.person_id, "put_consent_kind", id, changes=f"both={change.both}")
    commit(store.kind_item(kind, version), trace=trace)
    return _kind_view(kind)


def ask_consent(caller: Caller, new: NewConsent, key: RequestKey) -> ConsentView:
    """Ask the homes of groups. Five round trips, and those that find the first recipient."""
    rules.check_dates(new.deadline, new.until, today())
    said = said_in(new.texts)
    groups = sorted({GroupId(group) for group in new.groups})
    units = {group.unit for group in _groups(caller, groups).values()}
    kind = store.find_kind(new.kind)
    if kind is None:
        raise rules.UnknownKind(field="kind", value=new.kind)
    if len(units) > 1:
        raise SeveralUnits(field="groups")
    ask = store.new_ask(
        consent_kind=kind.id, both=kind.both, unit=units.pop(), groups=groups, by=caller.person_id,
        texts=rows_of(said), deadline=new.deadline.isoformat(),
        until=new.until.isoformat(), remind=new.remind_days,
    )  # fmt: skip
    if not anybody_in(ask.places):
        raise NobodyThere(field="groups")
    view = _view(ask, version=1)
    later = store.reminder(ask)
    commit(
        ask, store.board_row(ask), *([later] if later else []),
        facts=[ConsentDue(consent=ask.id)], trace=Trace(caller.person_id, "ask_consent", ask.id),
        once=key.once(view.model_dump_json(by_alias=True)),
    )  # fmt: skip
    return view


def close_consent(caller: Caller, id: str, body: Closing, version: int) -> ConsentView:
    """Take no more answers, or again; a yes can be withdrawn all the same."""
    ask = _ask(id)
    _groups(caller, store.groups_of(ask))
    if ask.version != version:
        raise ChangedMeanwhile(field="If-Match", value=version)
    ask.closed = body.closed
    later = store.reminder(ask) if body.closed else None
    commit(ask, *([Remove(later)] if later else []), trace=Trace(caller.person_id, "close_consent", id))
    return _view(ask)


def list_group_consents(caller: Caller, group: GroupId, query: PageQuery) -> ConsentPage:
    """What the homes of a group have been asked, newest first. Five round trips."""
    unit = _groups(caller, [group])[group].unit
    place = Audience("group", group, "guardians").place
    rows, cursor = board.page_of_boards(
        [UnitId(unit)], "ASK", [place], query.limit, query.cursor, f"{caller.seal}/{group}"
    )
    (asks,) = fetch(store.wanted_asks([row.id for row in rows]))
    record_read(Trace(caller.person_id, "list_group_consents", group))
    return ConsentPage(data=[_view(asks[row.id]) for row in rows if row.id in asks], cursor=cursor)


def read_consent_statistics(caller: Caller, id: str) -> StatisticsView:
    """How the homes have answered, group by group, without pupils whose identity is protected from the
    caller. Six round trips for a class; one more per 100 pupils.
    """
    ask = _ask(id)
    groups = _groups(caller, store.groups_of(ask))
    answers = store.answers_of(id)
    record_read(Trace(caller.person_id, "read_consent_statistics", id))
    counts = []
    for group in groups.values():
        shown = _names(caller, group)
        outcomes = [one.outcome for one in asked_about(ask, answers, list(shown))]
        unanswered = outcomes.count("unanswered")
        counts.append(
            GroupCount(
                group=group.id, answered=len(outcomes) - unanswered, granted=outcomes.count("granted"),
                refused=outcomes.count("refused"), unanswered=unanswered,
            )
        )  # fmt: skip
    return StatisticsView(groups=counts)


def list_consent_answers(caller: Caller, id: str, group: GroupId, query: FollowUpQuery) -> FollowUpPage:
    """A group's pupils and what holds for each, to follow up. Seven round trips."""
    ask = _ask(id)
    if group not in store.groups_of(ask):
        raise NotFound
    names = _names(caller, _groups(caller, [group])[group])
    rows = asked_about(ask, store.answers_of(id), sorted(names))
    page, cursor = page_of(
        [one for one in rows if query.outcome in (None, one.outcome)], lambda one: one.pupil,
        query.limit, query.cursor, "consents", id, group, query.outcome or "", caller.seal,
    )  # fmt: skip
    record_read(Trace(caller.person_id, "list_consent_answers", group))
    return FollowUpPage(
        data=[
            FollowUpRow(
                pupil=one.pupil, given_name=names[one.pupil].given_name,
                family_name=names[one.pupil].family_name, outcome=one.outcome, missing=len(one.missing),
            )
            for one in page
        ],
        cursor=cursor,
    )  # fmt: skip


def tell_about_consent(due: ConsentDue) -> None:
    """Tell those who are asked that there is a question, or, before the deadline, those who have not
    answered; each once.
    """
    ask = store.find_ask(due.consent)
    if ask is None or ask.closed or ask.deadline < today().isoformat():
        return
    (groups,) = fetch(organisation.wanted_groups(store.groups_of(ask), today()), consistent=True)
    pupils = sorted({pupil for group in groups.values() for pupil in group.members})
    asked = asked_about(ask, store.answers_of(ask.id) if due.reminder else [], pupils)
    people = {person for one in asked if one.outcome == "unanswered" for person in one.missing}
    tell_once("consent_reminder" if due.reminder else "new_consent", ask.id, people, "CONSENT")


def asked_about(ask: AskItem, answers: Sequence[AnswerItem], pupils: Sequence[PersonId]) -> list[Asked]:
    """What holds for each of some children. Custody in a batch per 100; a query more for each answer under a
    record that may have proved to be another's.
    """
    rows = []
    for home in homes_of(guardians_asked(pupils), answers):
        latest: dict[PersonId, Answer] = {who: item.answer for who, item in home.latest.items()}  # type: ignore[misc]
        outcome = rules.outcome_of(latest, home.people, both=ask.both)
        rows.append(Asked(home.subject, home.missing, outcome))
    return rows


def _ask(id: str) -> AskItem:
    ask = store.find_ask(id)
    if ask is None:
        raise NotFound
    return ask


def _groups(caller: Caller, ids: Sequence[GroupId]) -> dict[GroupId, organisation.GroupRecord]:
    """The groups, if the caller handles consents of all of them. Two round trips."""
    found: dict[GroupId, organisation.GroupRecord]
    (found,) = fetch(organisation.wanted_groups(ids, today()), consistent=True)
    duties = organisation.duties_of(caller.person_id)
    for id in ids:
        if (group := found.get(id)) is None:
            raise NotFound
        facts = guard.Group(id, group.unit, group.teachers, group.mentors)
        guard.require(caller, "messages:handle_consents", facts, duties)
    return found


def _names(caller: Caller, group: organisation.GroupRecord) -> dict[PersonId, register.PersonName]:
    (names,) = fetch(register.wanted_names(group.members))
    duties = () if caller.person in group.mentors else organisation.duties_of(caller.person_id)
    return register.shown_names(caller, names, teachers=group.teachers, mentors=group.mentors, duties=duties)


def _kind_view(kind: Kind) -> KindView:
    name = KindNames(sv=kind.name.sv, en=kind.name.en)
    return KindView(id=kind.id, name=name, both=kind.both, version=kind.version)


def _view(ask: AskItem, version: int | None = None) -> ConsentView:
    return ConsentView(
        id=ask.id, kind=ask.consent_kind, both=ask.both, groups=ask.groups, texts=texts_of(ask.texts),
        asked=ask.asked, deadline=date.fromisoformat(ask.deadline), until=date.fromisoformat(ask.until),
        closed=ask.closed, version=version or ask.version,
    )  # fmt: skip
