"""The compulsory-school watch and the activity responsibility (process 9): every night who is at no school is
found, and cases without cause are closed; officers work on the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from functions.access import guard
from functions.organisation import queries as organisation
from functions.register.domain import watch as rules
from functions.register.domain.contacts import Contact
from functions.register.domain.people import PersonCard, PersonName
from functions.register.domain.watch import Case, ExceptionKind, Watch, WatchException
from functions.register.events import (
    PersonsMerged,
    PersonsParted,
    WatchAsked,
    WatchCaseClosed,
    WatchCaseOpened,
)
from functions.register.schemas.watch import (
    Assignment,
    CaseEventView,
    CasePage,
    CaseQuery,
    CaseRow,
    CaseState,
    CaseView,
    Closing,
    ExceptionView,
    NewCaseEvent,
    NewException,
    RegisterPage,
    RegisterQuery,
    RegisterRow,
)
from functions.register.store import contacts as contacts_store
from functions.register.store import people as people_store
from functions.register.store import watch as store
from functions.register.store.watch import CaseItem, WatchJobItem
from functions.register.usecases.population import own_municipality
from skolkit import jobs
from skolkit.audit import Trace, record_read
from skolkit.clock import now, stamp, today
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.idempotency import RequestKey
from skolkit.identity import Caller
from skolkit.table import FEED_SHARDS, LIMIT, AlreadyDone, Overwrite, Write, commit, fetch
from skolkit.types import PersonId, new_id

CASES = 25  # in one step of the night
WATCHES: tuple[Watch, ...] = ("schoolAttendance", "activity")
_END: dict[str, Any] = {"end": True}
_SYSTEM = PersonId("system:watch_residents")


# Every night


def ask_watch() -> None:
    """Start the night's work; a repeated start of the same minute is left alone."""
    key = RequestKey(f"WATCH#{stamp(now())[:16]}", "")
    try:
        jobs.ask(WatchJobItem, WatchAsked, "watch_residents", _SYSTEM, {"day": today().isoformat()}, key)
    except AlreadyDone:
        return


def run_watch(asked: WatchAsked) -> None:
    """Open cases of residents at no school, a page of people a step, then close those without cause.

    Round trips: five per 100 people, one per resident of school age, two more per case opened.
    """
    jobs.run(WatchJobItem, asked, _step, again=WatchAsked)


def _step(item: WatchJobItem) -> bool:
    day, own = date.fromisoformat(item.request["day"]), own_municipality()
    if own is None:
        item.outcome = {"reason": "no-units"}
        return False
    place = item.place or {"shard": 0}
    if "shard" in place:
        item.place = _open_some(item, place, day, own)
    else:
        item.place = _close_some(item, place, day, own)
    commit(item)
    return item.place != _END


def _open_some(item: WatchJobItem, place: dict[str, Any], day: date, own: str) -> dict[str, Any]:
    shard = int(place["shard"])
    people, after = store.page_of_people(shard, place.get("after"), LIMIT)
    residents, watched = fetch(
        store.wanted_residents(people, own, rules.birth_dates(day)), store.wanted_open(people)
    )
    _count(item, "opened", sum(_open(person, day, own) for person in residents if person not in watched))
    item.done += len(people)
    if after:
        return {"shard": shard, "after": after}
    return {"shard": shard + 1} if shard + 1 < FEED_SHARDS else {"watch": WATCHES[0]}


def _open(person: PersonId, day: date, own: str) -> bool:
    card = people_store.find_card(person)
    if card is None or rules.missing(card, day, own) is None:
        return False
    found = rules.missing(card, day, own, store.exceptions_of(person))
    return found is not None and open_case(person, found[0], found[1], day) is not None


def open_case(person: PersonId, watch: Watch, reason: rules.OpenReason, day: date) -> str | None:
    """Open a case; its id, or None when the person has one already. One transaction."""
    case = Case(new_id(), person, watch, reason, day, rules.RULES.id)
    fact = WatchCaseOpened(case=case.id, person=person, watch=watch, reason=reason)
    try:
        commit(*store.opening(case), facts=[fact], trace=Trace(_SYSTEM, "open_watch_case", person, reason))
    except ChangedMeanwhile:
        return None
    return case.id


def _close_some(item: WatchJobItem, place: dict[str, Any], day: date, own: str) -> dict[str, Any]:
    watch: Watch = place["watch"]
    rows = store.listed_after(watch, place.get("after"), CASES)
    _count(item, "closed", sum(_close_if_settled(case, day, own) for _, case in rows))
    if len(rows) == CASES:
        return {"watch": watch, "after": rows[-1][0]}
    return {"watch": WATCHES[1]} if watch == WATCHES[0] else _END


def _count(item: WatchJobItem, name: str, number: int) -> None:
    item.outcome = {**item.outcome, name: int(item.outcome.get(name, 0)) + number}


def review(person: PersonId) -> None:
    """Close a person's case at once when something has happened that ends its cause. One round trip for most:
    they have none.
    """
    case = store.open_case_of(person)
    if case and (own := own_municipality()):
        _close_if_settled(case, today(), own)


def follow_merge(told: PersonsMerged | PersonsParted) -> None:
    """Cases and exceptions go with the record that is kept, or back: which way is asked of the register,
    since facts may come late. Of two open cases the closed record's is closed.
    """
    card = people_store.find_card(told.merged)
    if card and card.merged_into == told.kept:
        if store.open_case_of(told.kept):
            review(told.merged)
        store.move_watch(told.merged, told.kept, told.kept, back=False)
    elif card and card.merged_into is None:
        store.move_watch(told.kept, told.merged, told.kept, back=True)


def _close_if_settled(id: str, day: date, own: str) -> bool:
    found = store.find_case(id)
    if found is None or found[1].closed:
        return False
    item, case = found
    card = people_store.find_card(case.person)
    reason = rules.why_closed(card, case.watch, day, own, store.exceptions_of(case.person))
    if reason is None:
        return False
    commit(
        *store.closing(item, case, reason, day),
        facts=[_closed(case, reason)],
        trace=Trace(_SYSTEM, "close_watch_case", case.person, reason),
    )
    return True


def _closed(case: Case, reason: str) -> WatchCaseClosed:
    return WatchCaseClosed(case=case.id, person=case.person, watch=case.watch, reason=reason)


# What officers do


def list_watch_cases(caller: Caller, query: CaseQuery) -> CasePage:
    """Open cases of a watch; of protected people only that there is one. Five round trips."""
    duties = organisation.duties_of(caller.person_id)
    guard.require(caller, "register:list_watch_cases", guard.WatchCase("list", query.watch), duties)
    mine = caller.person_id if query.mine else None
    cases, cursor = store.page_of_cases(query.watch, mine, query.cursor, query.limit, caller.seal)
    names: dict[PersonId, PersonName] = fetch(people_store.wanted_names([c.person for c in cases]))[0]
    shown = _shown(caller, cases, names, duties)
    record_read(Trace(caller.person_id, "list_watch_cases", f"watch:{query.watch}"))
    return CasePage(
        data=[_row(case, names.get(case.person), shown=case.id in shown) for case in cases], cursor=cursor
    )


def _shown(
    caller: Caller, cases: Sequence[Case], names: dict[PersonId, PersonName], duties: Iterable[guard.Duty]
) -> set[str]:
    facts = [_resource(c, protected=c.person not in names or names[c.person].protected) for c in cases]
    return {c.id for c in guard.permitted(caller, "register:read_watch_case", facts, tuple(duties))}


def read_watch_case(caller: Caller, id: str) -> CaseView:
    """A case with its notes. Six round trips."""
    _, case, card = _allowed(caller, "register:read_watch_case", id)
    events, exceptions = store.events_of(id), store.exceptions_of(case.person)
    record_read(Trace(caller.person_id, "read_watch_case", case.person))
    return CaseView(
        **_state(case, case.version).model_dump(),
        reason=case.reason,
        rules=case.rules,
        opened=case.opened,
        person=case.person,
        given_name=card.given_name,
        family_name=card.family_name,
        birth_date=card.birth_date,
        protected=card.protected,
        events=[_event_view(event) for event in events],
        exceptions=[ExceptionView(kind=e.kind, start_date=e.start, end_date=e.end, unit_code=e.unit_code)
                    for e in exceptions],
    )  # fmt: skip


def assign_watch_case(caller: Caller, id: str, body: Assignment, version: int) -> CaseState:
    """Give a case to an officer. Five round trips."""
    item, case, _ = _allowed(caller, "register:assign_watch_case", id)
    if case.version != version:
        raise ChangedMeanwhile(field="If-Match", value=version)
    _open_or_refused(case)
    handler = PersonId(body.handler)
    role: guard.Role = "attendance_officer" if case.watch == "schoolAttendance" else "activity_officer"
    if guard.Duty(role, None) not in organisation.duties_of(handler):
        raise rules.NotAnOfficer(field="handler", value=handler)
    trace = Trace(caller.person_id, "assign_watch_case", case.person, changes=handler)
    commit(*store.assigning(item, case, handler), trace=trace)
    return _state(store.case_of(item), int(item.version))


def add_watch_event(caller: Caller, id: str, new: NewCaseEvent, key: RequestKey) -> CaseState:
    """Note a step, a contact, a measure or an occupation. Four round trips."""
    item, case, _ = _allowed(caller, "register:work_watch_case", id)
    _open_or_refused(case)
    rules.check_event(new.kind, new.code, new.start_date, new.end_date)
    if new.kind == "step":
        item.step = new.code
    if new.kind == "occupation":
        item.occupation = new.code
    event = store.event_item(
        id, new.kind, new.code, new.start_date, new.end_date, new.reference, caller.person_id, now()
    )
    view = _state(store.case_of(item), case.version + 1)
    trace = Trace(caller.person_id, "add_watch_event", case.person, changes=f"{new.kind} {new.code}")
    commit(item, event, trace=trace, once=key.once(view.model_dump_json(by_alias=True)))
    return view


def close_watch_case(caller: Caller, id: str, body: Closing, key: RequestKey) -> CaseState:
    """Close a case for a reason that the register does not know. Four round trips."""
    item, case, _ = _allowed(caller, "register:work_watch_case", id)
    _open_or_refused(case)
    exception = rules.exception_of(case.watch, body.reason, today(), body.until, body.unit_code)
    writes: list[Write] = store.closing(item, case, body.reason, today())
    if exception:
        writes += _exception_writes(case.person, exception)
    view = _state(store.case_of(item), case.version + 1)
    commit(
        *writes,
        facts=[_closed(case, body.reason)],
        trace=Trace(caller.person_id, "close_watch_case", case.person, body.reason),
        once=key.once(view.model_dump_json(by_alias=True)),
    )
    return view


def put_watch_exception(caller: Caller, person: PersonId, kind: str, body: NewException) -> ExceptionView:
    """Decide or report an exception for a person, with or without a case. Five round trips."""
    card, case = people_store.find_card(person), store.open_case_of(person)
    found = store.find_case(case) if case else None
    if card is None or kind not in rules.EXCEPTION_KINDS:
        raise NotFound
    grown = kind == "upperSecondaryCompleted" or today() > rules.compulsory(card.birth_date)[1]
    watch: Watch = "activity" if grown else "schoolAttendance"
    handlers = frozenset({found[1].handler} if found and found[1].handler else ())
    resource = guard.WatchCase(person, watch, handlers, card.protected)
    duties = organisation.duties_of(caller.person_id)
    guard.require(caller, "register:work_watch_case", resource, duties)
    rules.check_period(body.start_date, body.end_date)
    known: ExceptionKind = kind  # type: ignore[assignment]
    exception = WatchException(known, body.start_date, body.end_date, body.unit_code)
    trace = Trace(caller.person_id, "put_watch_exception", person, known)
    commit(*_exception_writes(person, exception), trace=trace)
    return ExceptionView(kind=known, **body.model_dump())


def read_activity_register(caller: Caller, query: RegisterQuery) -> RegisterPage:
    """The register under skollagen 29:9 and förordning (2006:39), a page at a time. Per person three round
    trips and an audit row, and one for the list.
    """
    duties = organisation.duties_of(caller.person_id)
    guard.require(caller, "register:list_watch_cases", guard.WatchCase("list", "activity"), duties)
    cases, cursor = store.page_of_cases("activity", None, query.cursor, query.limit, caller.seal)
    names: dict[PersonId, PersonName] = fetch(people_store.wanted_names([c.person for c in cases]))[0]
    shown = _shown(caller, cases, names, duties)
    record_read(Trace(caller.person_id, "read_activity_register", "watch:activity"))
    rows = [row for case in cases if case.id in shown and (row := _register_row(caller, case))]
    return RegisterPage(data=rows, withheld=len(cases) - len(shown), cursor=cursor)


def _register_row(caller: Caller, case: Case) -> RegisterRow | None:
    card = people_store.find_card(case.person)
    if card is None:
        return None
    contact = contacts_store.contact_of(case.person, contacts_store.find_contact(case.person))
    reach = contact if isinstance(contact, Contact) else Contact(case.person, None, None, "sv")
    record_read(Trace(caller.person_id, "read_activity_register", case.person))
    return RegisterRow(
        person=case.person,
        civic_no=card.civic_no,
        given_name=card.given_name,
        family_name=card.family_name,
        addresses=[f"{a.street}, {a.postal_code} {a.locality}" for a in reach.addresses],
        email=reach.email,
        phone=reach.phone,
        opened=case.opened,
        earlier=[
            f"{e.school_form.value} {e.start}–{e.end or ''}" for e in card.enrolments if not e.cancelled
        ],
        occupation=case.occupation,
        measures=[_event_view(e) for e in store.events_of(case.id) if e.event in ("measure", "occupation")],
    )


def _allowed(caller: Caller, action: guard.Action, id: str) -> tuple[CaseItem, Case, PersonCard]:
    found = store.find_case(id)
    card = people_store.find_card(found[1].person) if found else None
    if found is None or card is None:
        raise NotFound
    resource = _resource(found[1], protected=card.protected)
    guard.require(caller, action, resource, organisation.duties_of(caller.person_id))
    return *found, card


def _resource(case: Case, *, protected: bool) -> guard.WatchCase:
    handlers = frozenset({case.handler} if case.handler else ())
    return guard.WatchCase(case.id, case.watch, handlers, protected)


def _open_or_refused(case: Case) -> None:
    if case.closed:
        raise rules.CaseClosed


def _exception_writes(person: PersonId, exception: WatchException) -> list[Write]:
    return [Overwrite(store.exception_item(person, exception))]


def _state(case: Case, version: int) -> CaseState:
    return CaseState(
        id=case.id,
        watch=case.watch,
        step=case.step,
        occupation=case.occupation,
        handler=case.handler,
        closed=case.closed,
        close_reason=case.close_reason,
        version=version,
    )


def _event_view(item: store.CaseEventItem) -> CaseEventView:
    return CaseEventView(
        kind=item.event,
        code=item.code,
        start_date=date.fromisoformat(item.start),
        end_date=date.fromisoformat(item.end) if item.end else None,
        reference=item.reference,
        by=item.by,
        at=item.at,
    )


def _row(case: Case, name: PersonName | None, *, shown: bool) -> CaseRow:
    known = shown and name is not None
    return CaseRow(
        id=case.id,
        watch=case.watch,
        opened=case.opened,
        handler=case.handler,
        withheld=not known,
        reason=case.reason if known else None,
        step=case.step if known else None,
        person=case.person if known else None,
        given_name=name.given_name if known and name else None,
        family_name=name.family_name if known and name else None,
    )
