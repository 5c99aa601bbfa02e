"""Is the pupil still ill (process 19): ask the home in the morning, take in the answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial

from functions.attendance import store
from functions.attendance.domain import illness as rules
from functions.attendance.domain.absence import Notice, Reason
from functions.attendance.domain.answer_page import ends
from functions.attendance.events import MessageDue
from functions.attendance.schemas.absence import AbsenceView
from functions.attendance.store import answers
from functions.attendance.store import notices as notices_store
from functions.attendance.store.answers import Asked
from functions.attendance.usecases.absence import (
    accept,
    notified,
    reporter_of,
    school_days,
    standing,
    trace_of,
    view_of,
)
from functions.organisation import queries as organisation
from functions.register import queries as register
from functions.register.queries import PupilRecord, require_pupil
from skolkit.audit import Trace
from skolkit.clock import today
from skolkit.errors import NotFound
from skolkit.idempotency import RequestKey
from skolkit.identity import Caller
from skolkit.links import answer_token
from skolkit.retry import persist
from skolkit.table import AlreadyDone, commit
from skolkit.types import NoticeId, PersonId, new_id, stable_id


def ask_homes(day: date) -> None:
    """Ask about every pupil whose illness was notified until the last school day, once. A few queries a unit,
    and four round trips for each who is asked about.
    """
    for unit in organisation.units():
        asked = rules.days_to_ask(day, school_days(unit.id))
        for notice in notices_store.ended(unit.id, asked):
            persist(partial(_ask, notice.pupil, notice.id, day))


def _ask(pupil: PersonId, id: NoticeId, day: date) -> None:
    """Nobody protected, nobody who has left or is away today for another reason."""
    notice, record = notices_store.notice(pupil, id), register.present(pupil)
    if notice is None or record is None or not rules.is_asked(notice, day):
        return
    recipients = _home(record)
    if record.protected or record.unit is None or not recipients or _is_away(record.id, day):
        return
    due = MessageDue(
        id=stable_id("still-ill", notice.id, day.isoformat()), recipients=recipients, template="still_ill",
        about=record.id, values={"day": notice.span.last.isoformat()},
    )  # fmt: skip
    links = [
        answers.answer_item(
            answer_token(due.id, record.id, one), Asked(pupil, notice.id, one, day), ends(day)
        )
        for one in recipients
    ]
    commit(
        notices_store.notice_item(replace(notice, asked=day)),
        *links,
        facts=[due],
        trace=Trace("system:ask_homes", "ask_homes", record.id, changes=str(id)),
    )


def _home(pupil: PupilRecord) -> list[PersonId]:
    """Who answers for the pupil: the guardians, or whoever is 18 alone (föräldrabalken 9:1)."""
    age = register.facts_of(pupil, organisation.Around(())).age
    return [pupil.id] if age is not None and age >= 18 else sorted(pupil.guardians)


def _is_away(pupil: PersonId, day: date) -> bool:
    """Whether the whole day, or illness, is notified already. One consistent round trip."""
    (found,) = store.days_of(pupil, [day])
    told = found.notices.values()
    return any(reason is Reason.ILLNESS or (span.start or span.end) is None for span, reason in told)


def prolong_absence(
    caller: Caller, pupil: PersonId, id: NoticeId, until: date | None, key: RequestKey,
    action: str = "prolong_absence",
) -> AbsenceView:  # fmt: skip
    """Still ill: report the pupil until a day, today for a tap. Five round trips."""
    record = require_pupil(caller, "attendance:report_absence", pupil)
    return persist(partial(_prolong, caller, record, id, until or today(), key, action))


def _standing(pupil: PupilRecord, id: NoticeId, action: str) -> Notice:
    """The notice, which a link answers only when nobody has."""
    notice = standing(pupil, id)
    if notice.answer and action.endswith("_by_link"):
        raise AlreadyDone
    return notice


def _prolong(
    caller: Caller, pupil: PupilRecord, id: NoticeId, until: date, key: RequestKey, action: str
) -> AbsenceView:
    old = _standing(pupil, id, action)
    if pupil.unit is None:
        raise NotFound
    before = rules.last_school_day(today(), school_days(pupil.unit))
    by = caller.person_id, reporter_of(caller, pupil)
    answered, new = rules.prolong(old, NoticeId(new_id()), until, by, before, today())
    (made,) = accept([replace(new, pupil=pupil.id, unit=pupil.unit)])
    view = view_of(replace(made.notice, version=1))
    commit(
        notices_store.notice_item(answered),
        *made.writes,
        facts=[notified(made.notice)],
        trace=trace_of(made.notice, action),
        once=key.once(view.model_dump_json(by_alias=True)),
    )
    return view


def tell_back(
    caller: Caller, pupil: PersonId, id: NoticeId, key: RequestKey, action: str = "tell_back"
) -> AbsenceView:
    """Back at school: nobody is asked about the notice any more. Three round trips."""
    record = require_pupil(caller, "attendance:report_absence", pupil)

    def tell() -> AbsenceView:
        notice = rules.back(_standing(record, id, action), today())
        view = view_of(replace(notice, version=(notice.version or 0) + 1))
        commit(
            notices_store.notice_item(notice),
            trace=Trace(caller.person_id, action, pupil, changes=str(id)),
            once=key.once(view.model_dump_json(by_alias=True)),
        )
        return view

    return persist(tell)
