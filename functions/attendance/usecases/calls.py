"""The call list: whom no message about unexcused absence has reached, and what came of calling them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date

from functions.access import guard
from functions.attendance.domain import gaps as rules
from functions.attendance.domain.gaps import Call
from functions.attendance.schemas.common import PageQuery
from functions.attendance.schemas.notices import CallOutcome, CallPage, CallView
from functions.attendance.store import calls as store
from functions.organisation import queries as organisation
from functions.register import queries as register
from functions.register.queries import PersonName
from skolkit.audit import Trace, record_read
from skolkit.clock import now, today
from skolkit.errors import NotFound
from skolkit.identity import Caller
from skolkit.table import commit, fetch
from skolkit.types import PersonId, UnitId

EVERYBODY = None  # of the unit


def list_calls(caller: Caller, unit: UnitId, day: date, query: PageQuery) -> CallPage:
    """Whom to call at a unit about a day: all of them for its office, their own pupils' for mentors, whose
    pages may be shorter. Of protected pupils nothing is said to who has no task for them.
    """
    duties = organisation.duties_of(caller.person_id)
    mine = _pupils(caller, unit, duties)
    found, cursor = store.page(unit, day, query.limit, query.cursor, caller.seal)
    calls = [call for call in found if mine is EVERYBODY or call.pupil in mine]
    shown = _shown(caller, calls, mine or frozenset(), duties)
    record_read(Trace(caller.person_id, "list_calls", unit))
    return CallPage(data=[_view(call, shown) for call in calls], cursor=cursor)


def record_call(
    caller: Caller, unit: UnitId, day: date, id: str, outcome: CallOutcome, version: int
) -> CallView:
    """Note that somebody was called, and whether they were reached."""
    duties = organisation.duties_of(caller.person_id)
    mine = _pupils(caller, unit, duties)
    call = store.call(unit, day, id)
    if call is None or (mine is not EVERYBODY and call.pupil not in mine):
        raise NotFound
    shown = _shown(caller, [call], mine or frozenset(), duties)
    if call.pupil not in shown:
        raise NotFound
    noted = rules.note_call(replace(call, version=version), outcome.called, caller.person_id, now())
    trace = Trace(caller.person_id, "record_call", call.pupil, changes=outcome.called)
    commit(store.call_item(noted), trace=trace)
    return _view(replace(noted, version=version + 1), shown)


def _pupils(caller: Caller, unit: UnitId, duties: Collection[guard.Duty]) -> frozenset[PersonId] | None:
    """Whose calls the caller may work: everybody's, or those of the groups they are mentor of. Raises
    `NotFound` for whoever is neither.
    """
    if guard.allowed(caller, "attendance:work_call_list", guard.Unit(unit), duties):
        return EVERYBODY
    groups = [group for group in organisation.mentor_groups(caller.person_id, today()) if group.unit == unit]
    facts = [guard.Group(group.id, group.unit, mentors=frozenset(group.mentors)) for group in groups]
    may = {group.id for group in guard.permitted(caller, "attendance:work_call_list", facts, duties)}
    if not may:
        raise NotFound
    return frozenset(member for group in groups if group.id in may for member in group.members)


def _shown(
    caller: Caller, calls: Collection[Call], mine: frozenset[PersonId], duties: Collection[guard.Duty]
) -> Mapping[PersonId, PersonName]:
    """The names of pupils and recipients that may be shown; of a protected pupil not the recipient's."""
    pupils = list(dict.fromkeys(call.pupil for call in calls))
    others = list(dict.fromkeys(call.recipient for call in calls))
    of_pupils, of_others = fetch(register.wanted_names(pupils), register.wanted_names(others))
    mentors = frozenset({caller.person_id} if mine else ())
    shown = register.shown_names(caller, of_pupils, teachers=frozenset(), mentors=mentors, duties=duties)
    return shown | {id: name for id, name in of_others.items() if not name.protected and id not in of_pupils}


def _view(call: Call, shown: Mapping[PersonId, PersonName]) -> CallView:
    pupil = shown.get(call.pupil)
    recipient = shown.get(call.recipient) if pupil and not pupil.protected else None
    return CallView(
        id=call.id, date=call.day, reason=call.why, called=call.called, at=call.at, by=call.by,
        attempts=call.attempts, version=call.version or 0,
        pupil=pupil.id if pupil else None,
        pupil_given_name=pupil.given_name if pupil else None,
        pupil_family_name=pupil.family_name if pupil else None,
        recipient=recipient.id if recipient else None,
        recipient_given_name=recipient.given_name if recipient else None,
        recipient_family_name=recipient.family_name if recipient else None,
    )  # fmt: skip
