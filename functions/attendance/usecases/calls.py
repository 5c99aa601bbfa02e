"""The call list: whom no message about unexcused absence has reached, and what came of calling them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date

from functions.access import guard
from functions.attendance import store as attendance
from functions.attendance.domain import gaps as rules
from functions.attendance.domain.gaps import Call, Gap, Missed
from functions.attendance.domain.lesson import Sheet
from functions.attendance.schemas.common import PageQuery
from functions.attendance.schemas.notices import CallOutcome, CallPage, CallView
from functions.attendance.store import PupilDay
from functions.attendance.store import calls as store
from functions.organisation import queries as organisation
from functions.register import queries as register
from functions.register.queries import PersonName
from skolkit.audit import Trace, record_read
from skolkit.clock import now, today
from skolkit.errors import NotFound
from skolkit.identity import Caller
from skolkit.table import commit, fetch
from skolkit.types import LessonId, PersonId, UnitId

EVERYBODY = None  # of the unit


def list_calls(caller: Caller, unit: UnitId, day: date, query: PageQuery) -> CallPage:
    """Whom to call at a unit about a day: all of them for its office, their own pupils' for mentors, whose
    pages may be shorter. Of protected pupils nothing is said to who has no task for them. Two round trips
    tell which of them nobody needs to call any more.
    """
    duties = organisation.duties_of(caller.person_id)
    mine = _pupils(caller, unit, duties)
    found, cursor = store.page(unit, day, query.limit, query.cursor, caller.seal)
    calls = _now([call for call in found if mine is EVERYBODY or call.pupil in mine], day)
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
    (now_,) = _now([replace(noted, version=version + 1)], day)
    return _view(now_, shown)


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


def _now(calls: Sequence[Call], day: date) -> list[Call]:
    """The calls, closed where the absence is explained: by a notice of absence, or because the lessons have
    been corrected. Seen from what stands now, so that it does not matter in which order things came. Two
    round trips.
    """
    if not calls:
        return []
    wanted = {call.notice: call.pupil for call in calls}
    days = fetch(attendance.wanted_days(dict.fromkeys(wanted.values()), [day]))[0].values()
    gaps = [(one, gap) for one in days for gap in one.gaps if wanted.get(gap.notice) == one.pupil]
    sheets = fetch(attendance.wanted_sheets({lesson for _, gap in gaps for lesson in gap.lessons}))[0]
    settled = {gap.notice for one, gap in gaps if _is_settled(one, gap, sheets)}
    return [rules.seen_call(call, settled) for call in calls]


def _is_settled(day: PupilDay, gap: Gap, sheets: Mapping[LessonId, Sheet]) -> bool:
    known: dict[LessonId, Missed | None] = {}
    for lesson in gap.lessons:
        if sheet := sheets.get(lesson):
            entry = sheet.entries.get(day.pupil)
            away = entry is not None and entry.minutes.invalid
            known[lesson] = Missed(lesson, sheet.start, sheet.end) if away else None
    return rules.is_settled(gap, known, [span for span, _ in day.notices.values()])


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
