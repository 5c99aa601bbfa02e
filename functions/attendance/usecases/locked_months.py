"""A unit's months, locked when their attendance is settled (process 20)."""

from __future__ import annotations

import re
from datetime import date

from functions.access import guard
from functions.attendance.domain import correction as rules
from functions.attendance.domain.correction import Month
from functions.attendance.schemas.locked_months import LockMonth, MonthView
from functions.attendance.store import locked_months as store
from functions.organisation import queries as organisation
from skolkit.audit import Trace
from skolkit.clock import now, today
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.identity import Caller
from skolkit.table import commit
from skolkit.types import UnitId

_MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])")


def read_month(caller: Caller, unit: UnitId, month: str) -> MonthView:
    """Whether a unit's month is locked. Two round trips."""
    return _view(_require(caller, unit, month))


def lock_month(caller: Caller, unit: UnitId, month: str, asked: LockMonth, version: int) -> MonthView:
    """Lock a month, or unlock it with a reason. Four round trips."""
    known = _require(caller, unit, month)
    if version != known.version:
        raise ChangedMeanwhile(field="If-Match", value=version)
    if organisation.unit(unit) is None:
        raise NotFound
    decided = _decided(caller, known, asked)
    trace = Trace(
        caller.person_id, "lock_month", unit, reason=asked.reason or "",
        changes=f"{month} {'locked' if asked.locked else 'unlocked'}",
    )  # fmt: skip
    item = store.month_item(decided)
    commit(item, trace=trace)
    return _view(store.month_of(item))


def _decided(caller: Caller, known: Month, asked: LockMonth) -> Month:
    if asked.locked:
        return rules.lock(known, caller.person_id, now())
    if asked.reason is None:
        raise rules.UnlockingNeedsReason(field="reason")
    return rules.unlock(known, caller.person_id, now(), asked.reason)


def _require(caller: Caller, unit: UnitId, month: str) -> Month:
    guard.require(caller, "attendance:lock_month", guard.Unit(unit), organisation.duties_of(caller.person_id))
    if not _MONTH.fullmatch(month):
        raise NotFound
    return store.month(unit, date.fromisoformat(f"{month}-01"))


def _view(month: Month) -> MonthView:
    return MonthView(
        unit=month.unit,
        month=f"{month.first:%Y-%m}",
        locked=month.is_locked(today()),
        locks_itself=month.locks_itself,
        open_until=month.until,
        decider=month.by,
        decided_timestamp=month.at,
        reason=month.reason,
        version=month.version,
    )
