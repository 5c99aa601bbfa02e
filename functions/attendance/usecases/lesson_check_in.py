"""Pupils check themselves in to a lesson with the code its teacher shows (process 20)."""

from __future__ import annotations

import secrets

from functions.access import guard
from functions.attendance import store as sheets
from functions.attendance.domain import lesson_check_in as rules
from functions.attendance.domain.lesson import LessonNotHeld, Sheet
from functions.attendance.domain.lesson_check_in import Arrival, Window
from functions.attendance.schemas.lesson_check_in import CheckedIn, CheckInWindow
from functions.attendance.store import lesson_check_in as store
from functions.attendance.usecases.relations import require_lesson
from skolkit.audit import Trace
from skolkit.clock import now
from skolkit.errors import NotFound
from skolkit.idempotency import RequestKey
from skolkit.identity import Caller
from skolkit.retry import persist
from skolkit.table import commit, fetch
from skolkit.types import LessonId


def open_lesson_check_in(caller: Caller, id: LessonId, minutes: int, key: RequestKey) -> CheckInWindow:
    """Open a lesson's check-in for some minutes; an earlier code no longer holds. Two round trips."""
    known, window = fetch(sheets.wanted_sheets([id]), store.wanted_window(id), consistent=True)
    sheet = require_lesson(caller, "attendance:save_lesson", known.get(id)).sheet
    if sheet.not_held:
        raise LessonNotHeld(field="lesson")
    code = f"{secrets.randbelow(100_000):05}"
    opened = rules.opened(window, sheet.start, sheet.end, code, caller.person_id, now(), minutes)
    view = CheckInWindow(lesson=id, code=code, open_until=opened.until)
    commit(
        store.window_item(id, opened),
        trace=Trace(caller.person_id, "open_lesson_check_in", id),
        once=key.once(view.model_dump_json(by_alias=True)),
    )
    return view


def check_in_to_lesson(caller: Caller, id: LessonId, code: str, key: RequestKey) -> CheckedIn:
    """A pupil of the roster says the code: they came, at this moment. Two round trips."""
    return persist(lambda: _check_in(caller, id, code, key))


def _check_in(caller: Caller, id: LessonId, code: str, key: RequestKey) -> CheckedIn:
    pupil = caller.person_id
    guard.require(caller, "attendance:check_in_oneself", guard.Pupil(pupil))
    wanted = sheets.wanted_sheets([id]), store.wanted_window(id), store.wanted_arrivals([id], pupil)
    known, window, arrivals = fetch(*wanted, consistent=True)
    sheet, before = known.get(id), arrivals.get(id, Arrival(pupil))
    if sheet is None or pupil not in sheet.roster or sheet.not_held:
        raise NotFound
    arrival = rules.tried(before, window, code, now())
    if arrival.at is None:
        commit(
            store.arrival_item(sheet, arrival),
            trace=Trace(pupil, "check_in_to_lesson", id, reason="wrongCode"),
        )
        raise rules.WrongCode(field="code")
    view = _view(sheet, window, arrival)
    if arrival != before:
        commit(
            store.arrival_item(sheet, arrival),
            trace=Trace(pupil, "check_in_to_lesson", id),
            once=key.once(view.model_dump_json(by_alias=True)),
        )
    return view


def _view(sheet: Sheet, window: Window | None, arrival: Arrival) -> CheckedIn:
    assert window is not None  # nobody arrives without one
    assert arrival.at is not None
    late = rules.minutes_late(sheet.start, window, arrival.at)
    return CheckedIn(lesson=sheet.lesson, check_in_timestamp=arrival.at, late_minutes=late)
