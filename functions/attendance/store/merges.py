"""A pupil's rows when two records prove to be one person."""

from __future__ import annotations

import json

from functions.attendance.store import AttendanceItem, DayItem, DeviationItem, NoticeItem, compact
from skolkit.audit import Trace
from skolkit.merges import SYSTEM, move
from skolkit.table import commit
from skolkit.types import PersonId


def move_pupil(old: PersonId, new: PersonId, kept: PersonId, *, back: bool) -> None:
    """Days, deviations and notices of `old` are those of `new`; with `back` those that came from `new` are
    its own again. Days of both records are put together, and taken apart by the notices and lessons that go.
    """

    def adapt(row: AttendanceItem) -> None:
        if isinstance(row, DeviationItem) and row.unexcused_sk:
            row.unexcused_sk = f"{new}#{row.starts}"

    moved = move(
        AttendanceItem, f"PUPIL#{old}", f"PUPIL#{new}", kept, back=back, adapt=adapt, meet=_meet_days
    )
    if back and moved:
        notices = {row.sk.partition("#")[2] for row in moved if isinstance(row, NoticeItem)}
        lessons = {row.lesson for row in moved if isinstance(row, DeviationItem)}
        _part_days(old, new, notices, lessons)


def _meet_days(row: AttendanceItem, there: AttendanceItem) -> bool:
    if not (isinstance(row, DayItem) and isinstance(there, DayItem)):
        return False
    there.notices = compact(json.loads(there.notices) | json.loads(row.notices))
    there.gaps = compact([*json.loads(there.gaps), *json.loads(row.gaps)])
    return True


def _part_days(old: PersonId, new: PersonId, notices: set[str], lessons: set[str]) -> None:
    """Take out of `old`'s days what is of the given notices and lessons, into days of `new`."""
    for day in DayItem.query(f"PUPIL#{old}", DayItem.sk.startswith("D#"), consistent_read=True):
        known, gaps = json.loads(day.notices), json.loads(day.gaps)
        gone = {id: row for id, row in known.items() if id in notices}
        lost = [gap for gap in gaps if set(gap[1]) <= lessons]
        if not gone and not lost:
            continue
        day.notices = compact({id: row for id, row in known.items() if id not in notices})
        day.gaps = compact([gap for gap in gaps if gap not in lost])
        own = DayItem(f"PUPIL#{new}", day.sk, unit=day.unit, notices=compact(gone), gaps=compact(lost))
        there = DayItem.find(own.pk, own.sk)
        if there:
            _meet_days(own, there)
        commit(day, there or own, trace=Trace(SYSTEM, "follow_merge", new, changes=f"day {day.sk}"))
