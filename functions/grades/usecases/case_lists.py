"""Cases about decided grades as they are looked at (process 33): the chain of a decision, what waits at a
unit, and who is reminded.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from functions.access import guard
from functions.grades.domain import cases as rules
from functions.grades.domain import catalogue as chains
from functions.grades.domain.cases import Case
from functions.grades.domain.catalogue import Entry
from functions.grades.domain.orders import Order
from functions.grades.schemas.cases import CasePage, ChainView, SignatureView, WaitingCase
from functions.grades.schemas.common import PageQuery
from functions.grades.store import cases as store
from functions.grades.store import orders
from functions.grades.store.cases import Waiting
from functions.grades.usecases.cases import case_view
from functions.grades.usecases.catalogue import entry_view
from functions.grades.usecases.matters import message, require_matter
from functions.organisation import queries as organisation
from functions.register import queries as register
from functions.register.queries import PersonName
from skolkit.audit import Trace, record_read
from skolkit.clock import today
from skolkit.events import Fact
from skolkit.identity import Caller
from skolkit.table import AlreadyDone, Once, chunks, commit, fetch
from skolkit.types import PersonId, UnitId

UNTOUCHED = timedelta(days=7)
"""How long what waits for the principal may lie without a reminder."""


def read_chain(caller: Caller, pupil: PersonId, entry: str) -> ChainView:
    """A decision with what replaced it, the cases and the orders to sign. Six round trips for the home, nine
    for staff, and one for each sheet.
    """
    matter = require_matter(caller, "grades:read_chain", pupil, entry)
    family = chains.family(matter.entry, matter.known)
    ids = {one.id for one in family}
    found = [case for case in store.cases_of(matter.record.records) if case.entry in ids]
    stands = {one.id for one in chains.standing(matter.known).values()}
    record_read(Trace(caller.person_id, "read_chain", matter.record.id, changes=entry))
    return ChainView(
        data=[entry_view(one, standing=one.id in stands) for one in family],
        cases=[case_view(case, caller, matter) for case in sorted(found, key=lambda c: c.opened)],
        signatures=_signatures(family),
    )


def _signatures(family: Sequence[Entry]) -> list[SignatureView]:
    """The orders that the entries are signed by. One round trip for each sheet, one for those of none."""
    found: list[Order] = []
    for period, activity in dict.fromkeys((e.period, e.activity) for e in family):
        if period and activity:
            found += orders.orders_of(period, activity)
        else:
            found += orders.orders_of_pupil(family[0].pupil)
    places = {(entry.pupil, entry.number): entry.id for entry in family}
    return [
        SignatureView(
            order=order.id, entry=places[place], signed_by=one.signer.person, role=one.signer.role,
            timestamp=one.signer.at,
        )
        for order in found for one in order.signings for place in one.entries if place in places
    ]  # fmt: skip


def list_grade_cases(caller: Caller, unit: UnitId, query: PageQuery) -> CasePage:
    """What waits for a unit's principal; no names of protected pupils but to their own. Four round trips, and
    one per protected pupil.
    """
    duties = organisation.duties_of(caller.person_id)
    guard.require(caller, "grades:list_cases", guard.Unit(unit), duties)
    found, cursor = store.waiting_at(unit, query.limit, query.cursor, caller.seal)
    names: dict[PersonId, PersonName]
    (names,) = fetch(register.wanted_names([row.pupil for row in found]))
    nobody = frozenset[PersonId]()
    shown = register.shown_names(caller, names, teachers=nobody, mentors=nobody, duties=duties)
    record_read(Trace(caller.person_id, "list_grade_cases", unit))
    return CasePage(data=[_waiting(row, shown.get(row.pupil)) for row in found], cursor=cursor)


def _waiting(row: Waiting, name: PersonName | None) -> WaitingCase:
    return WaitingCase(
        id=row.case, student=row.pupil, entry=row.entry, kind=row.kind, opened_timestamp=row.opened,
        given_name=name.given_name if name else None, family_name=name.family_name if name else None,
        hear_until=row.hear_until,
    )  # fmt: skip


def remind_of_grade_cases() -> None:
    """Remind the home once before its time to comment is over, and principals once a week of what waits for
    them since. Two round trips per unit, and those of a case whose time ends.
    """
    for unit in organisation.units():
        waiting = store.all_waiting_at(unit.id)
        for row in waiting:
            if row.hear_until and row.hear_until - rules.REMINDED <= today() <= row.hear_until:
                _once(_home_due(row))
        due = [row for row in waiting if _lies(row)]
        if due:
            week = today().isocalendar()
            id = f"{unit.id} {week.year}-{week.week}"
            heads = organisation.principals_at(unit.id)
            for some in chunks(heads, 100):
                _once(message("waiting", id, None, some, "grade_cases_waiting", count=str(len(due))))


def _lies(row: Waiting) -> bool:
    since = row.hear_until or today(row.opened) + UNTOUCHED
    return since < today()


def _home_due(row: Waiting) -> list[Fact]:
    record = register.present(row.pupil) or register.anyone(row.pupil)
    case = _case_of(row, record.records) if record else None
    if record is None or case is None or row.hear_until is None:
        return []
    home = rules.Home(record.id, record.guardians)
    silent = home.all - {comment.by for comment in case.comments} - {case.noticed_by}
    day = row.hear_until.isoformat()
    return message("ending", case.id, record.id, silent, "grade_case_hearing", day=day)


def _case_of(row: Waiting, records: Iterable[PersonId]) -> Case | None:
    return next((c for r in records if (c := store.find_case(r, row.entry, row.case))), None)


def _once(facts: Sequence[Fact]) -> None:
    """Tell, unless it has been told."""
    for fact in facts:
        try:
            commit(facts=[fact], once=Once(f"MESSAGE#{fact.model_dump()['id']}"))
        except AlreadyDone:
            continue
