"""A pupil leaves the municipality's schools (process 8): cases, decisions, certificate, what waits."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from functions.access import guard
from functions.organisation import queries as organisation
from functions.register.domain import leaving as rules
from functions.register.domain.certificate import MISSING_PARTS, certificate
from functions.register.domain.enrolment import Enrolment, replaced
from functions.register.domain.leaving import Destination, Leaving
from functions.register.domain.people import PersonCard
from functions.register.events import NoticeDrawnUp, PersonMoved, PupilLeft
from functions.register.schemas.enrolment import PlaceKept
from functions.register.schemas.leaving import (
    CertificateView,
    DestinationShape,
    LeavingDecision,
    LeavingView,
    MattersQuery,
    NewLeaving,
    PartView,
    RepeatedYear,
    StayView,
    WaitingPage,
    WaitingView,
)
from functions.register.store import matters as store
from functions.register.store import people as people_store
from functions.register.store.enrolments import enrolment_writes
from functions.register.store.items import PersonItem, RegisterItem
from functions.register.usecases.enrolment import ended
from functions.register.usecases.relations import may, require_at, units_of
from skolkit.audit import Trace, record_read
from skolkit.clock import now, today
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.events import Fact
from skolkit.idempotency import RequestKey
from skolkit.identity import Caller
from skolkit.table import Once, Write, commit
from skolkit.types import PersonId, UnitId, new_id, stable_id


def open_leaving(fact: PersonMoved, fact_id: str) -> None:
    """A pupil has moved out of the municipality: let an administrator decide. Two round trips: person,
    commit; one for whoever goes to no school here or has such a case. A fact about somebody protected names
    no municipality, not even the one left: where to is then what the register says.
    """
    if fact.direction != "out":
        return
    rows = people_store.rows_of(fact.person)
    card = people_store.card_of(fact.person, rows)
    if card is None or not units_of(card, today()) or _open_case(rows):
        return
    enrolment = rules.enrolment_left(card, today())
    withheld = fact.from_municipality is None and fact.to_municipality is None
    case = rules.open_case(
        stable_id("leaving", fact_id), enrolment, now(), "system:open_leaving",
        moved_to=card.municipality if withheld else fact.to_municipality, moved_on=fact.date,
    )  # fmt: skip
    trace = Trace("system:open_leaving", "open_leaving", fact.person, "moved", case.id)
    commit(*store.leaving_writes(fact.person, case), trace=trace, once=Once(f"FACT#{fact_id}"))


def leave_school(caller: Caller, id: PersonId, new: NewLeaving, key: RequestKey) -> LeavingView:
    """Let a pupil leave with a last day; a case that is open is decided by it. Four round trips: person,
    duties, unit, commit.
    """
    item, card, rows = _person(id)
    known = units_of(card, today() - timedelta(days=_REMEMBERED))
    duties = require_at(caller, "register:enrol", card, known)
    enrolment = _require_there(caller, card, new.last_day, duties)
    stored, case = _open_case(rows) or (None, None)
    case = case or rules.open_case(new_id(), enrolment, now(), caller.person_id)
    return _leave(caller, item, card, case, new, stored=stored, key=key)


_REMEMBERED = 365  # days that a unit's administrators know somebody who has left


def decide_leaving(
    caller: Caller, id: PersonId, which: str, new: LeavingDecision, version: int
) -> LeavingView:
    """Decide an open case: the pupil leaves, or keeps the place. Five round trips: person, case, duties,
    unit, commit.
    """
    item, card, _ = _person(id)
    stored, case = _case(id, which)
    duties = require_at(caller, "register:enrol", card, case.units)
    if stored.version != version:
        raise ChangedMeanwhile(field="If-Match", value=version)
    if new.outcome == "leaves":
        if new.last_day is None or new.reason is None:
            raise rules.DecisionIncomplete(field="reason" if new.last_day else "lastDay")
        _require_there(caller, card, new.last_day, duties)
        asked = NewLeaving(last_day=new.last_day, reason=new.reason, destination=new.destination)
        return _leave(caller, item, card, case, asked, stored=stored)
    decided = case.decide(caller.person_id, now(), None, None, _destination(new.destination))
    trace = Trace(caller.person_id, "decide_leaving", id, "stays", case.id)
    commit(*store.leaving_writes(id, decided, stored, case), trace=trace)
    return case_view(id, decided, stored.version)


def read_certificate(caller: Caller, id: PersonId, which: str) -> CertificateView:
    """The register's part of the leaving certificate. Four round trips, three for the home."""
    _, card, _ = _person(id)
    _, case = _case(id, which)
    require_at(caller, "register:read_leaving", card, case.units)
    part = certificate(card.enrolments, case, today())
    record_read(Trace(caller.person_id, "read_certificate", id, changes=case.id))
    return CertificateView(
        person=id,
        leaving=case.id,
        year_left=part.year_left,
        last_day=part.last_day,
        stays=[
            StayView(unit=s.unit, school_form=s.school_form, start_date=s.start, end_date=s.end)
            for s in part.stays
        ],
        repeated=[RepeatedYear(year=year, school_year=text) for year, text in part.repeated],
        parts=[PartView(part=part, state="notHandedIn") for part in MISSING_PARTS],
    )


def list_matters(caller: Caller, query: MattersQuery) -> WaitingPage:
    """What waits at a unit or in the municipality: cases to decide, transfers to answer, notices to send or
    to ask about. Three round trips.
    """
    unit = UnitId(query.unit) if query.unit else None
    duties = organisation.duties_of(caller.person_id)
    guard.require(caller, "register:list_matters", guard.Unit(unit) if unit else guard.SYSTEM, duties)
    rows, cursor = store.page_of_waiting(unit, query.cursor, query.limit, caller.seal, "matters", unit or "")
    record_read(Trace(caller.person_id, "list_matters", unit or "municipality"))
    day = today()
    views = [
        WaitingView(
            kind=row.kind,
            id=row.id,
            person=row.person,
            units=list(row.units),
            due=row.due,
            overdue=row.due < day,
        )
        for row in rows
    ]
    return WaitingPage(data=views, cursor=cursor)


def case_view(person: PersonId, case: Leaving, version: int) -> LeavingView:
    """A case as it is shown."""
    to, until = case.destination, case.keeps_until
    early = until and (case.last_day is None or case.last_day < until)
    return LeavingView(
        id=case.id, person=person, unit=case.unit, school_form=case.school_form, year=case.year,
        origin=case.origin, opened=case.opened, due=case.due, keeps_until=until, moved_to=case.moved_to,
        moved_on=case.moved_on, state=case.state, last_day=case.last_day, reason=case.reason,
        destination=DestinationShape(
            municipality=to.municipality, organisation=to.organisation, school_unit=to.school_unit
        ),
        decided=case.decided, decided_by=case.decided_by, version=version,
        warnings=[PlaceKept(code="keepsPlace", until=until, law="skollagen 10:28")] if early else [],
    )  # fmt: skip


def _leave(
    caller: Caller,
    item: PersonItem,
    card: PersonCard,
    case: Leaving,
    new: NewLeaving,
    *,
    stored: store.LeavingItem | None = None,
    key: RequestKey | None = None,
) -> LeavingView:
    by, at, id = caller.person_id, now(), card.id
    decided = case.decide(by, at, new.last_day, new.reason, _destination(new.destination))
    changed = rules.leave(card.enrolments, new.last_day, new.reason)
    unit = organisation.unit(case.unit)
    own = str(unit.municipality_code) if unit else ""
    notices = rules.notices(decided, card, own, [new_id() for _ in range(3)], by, at)
    view = case_view(id, decided, (stored.version if stored else 0) + 1)
    writes: list[Write] = [
        item,
        *enrolment_writes(id, changed, card.enrolments),
        *store.leaving_writes(id, decided, stored, case if stored else None),
        *(write for notice in notices for write in store.notice_writes(id, notice)),
    ]
    after = replaced(card.enrolments, changed)
    facts: list[Fact] = [_left(card, decided), *(ended(id, e, after) for e in changed)]
    facts += [NoticeDrawnUp(pupil=id, notice=notice.id) for notice in notices]
    trace = Trace(by, "leave_school", id, new.reason, f"{case.id} {new.last_day}")
    once = key.once(view.model_dump_json(by_alias=True)) if key else None
    commit(*writes, facts=facts, trace=trace, once=once)
    return view


def _left(card: PersonCard, case: Leaving) -> PupilLeft:
    assert case.last_day
    to = case.destination.municipality or case.moved_to
    return PupilLeft(
        pupil=card.id,
        leaving=case.id,
        unit=case.unit,
        school_form=case.school_form.value,
        year=case.year,
        last_day=case.last_day,
        reason=case.reason or "",
        to_municipality=None if card.protected else to,
    )


def _open_case(rows: list[RegisterItem]) -> tuple[store.LeavingItem, Leaving] | None:
    return next((found for found in store.matters(Leaving, rows) if found[1].state == "open"), None)


def _destination(shape: DestinationShape) -> Destination:
    return Destination(shape.municipality, shape.organisation, shape.school_unit)


def _require_there(
    caller: Caller, card: PersonCard, last_day: date, duties: Collection[guard.Duty]
) -> Enrolment:
    """The enrolment that is left, if the caller may end it: the pupil may have changed unit meanwhile."""
    enrolment = rules.enrolment_left(card, last_day)
    if not may(caller, "register:enrol", card, [enrolment.unit], duties):
        raise NotFound
    return enrolment


def _person(id: PersonId) -> tuple[PersonItem, PersonCard, list[RegisterItem]]:
    rows = people_store.rows_of(id)
    card = people_store.card_of(id, rows)
    if card is None:
        raise NotFound
    return next(row for row in rows if isinstance(row, PersonItem)), card, rows


def _case(id: PersonId, which: str) -> tuple[store.LeavingItem, Leaving]:
    found = store.find(Leaving, id, which)
    if found is None:
        raise NotFound
    return found
