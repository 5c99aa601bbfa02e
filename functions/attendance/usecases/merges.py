"""Two records that proved to be one person: what is notified for the other is known when a lesson opens.

Everything else stays under the id it was written for, and is read with that of the kept record.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from functions.attendance import store
from functions.attendance.domain.absence import Notice
from functions.attendance.events import MergeTold
from functions.attendance.store import PupilDay
from functions.attendance.store import leave as leave_store
from functions.attendance.store import notices as notices_store
from functions.attendance.store import series as series_store
from functions.attendance.usecases.care_decisions import follow_merge as follow_care
from functions.attendance.usecases.leave_lists import readdress
from functions.register import queries as register
from skolkit.audit import Trace
from skolkit.clock import today
from skolkit.table import Erase, Write, chunks, commit
from skolkit.types import PersonId

DAYS = 90  # in one transaction


def follow_merge(told: MergeTold) -> None:
    """Let the coming days of both records say what is notified for all the records they have now: the same
    whatever order the facts come in, and how often.
    """
    for pupil in (told.kept, told.merged):
        records = register.records_of(pupil)
        series = series_store.coming_series(records, today())
        coming = [
            *notices_store.coming_notices(records, today()),
            *(notice for one in series for notice in one.notices(today())),
            *leave_store.coming_leaves(records, today()),
        ]
        _mark(pupil, coming, notices_store.coming_days(pupil, today()))
    follow_care(told)
    readdress(told)


def _mark(pupil: PersonId, notices: list[Notice], stored: Iterable[PupilDay]) -> None:
    days = {day.day: day for day in stored}
    covered: dict[date, list[Notice]] = {}
    for notice in notices:
        for day in notice.span.days():
            if day >= today():
                covered.setdefault(day, []).append(notice)
    changed: list[Write] = []
    for day in sorted(covered.keys() | days.keys()):
        known = days.get(day) or PupilDay(pupil, day, None, {}, ())
        wanted = {n.id: (n.span, n.reason) for n in covered.get(day, [])}
        if dict(known.notices) != wanted:
            unit = known.unit or covered[day][0].unit
            item = store.day_item(replace(known, notices=wanted), unit)
            changed.append(item if wanted or known.gaps else Erase(item))
    for some in chunks(changed, DAYS):
        commit(*some, trace=Trace("system:follow_merge", "follow_merge", pupil, changes=f"{len(some)} days"))
