"""How a sheet keeps its pupils' lines: aligned with the roster, and as short as they can be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from functions.attendance.domain.absence import Reason
from functions.attendance.domain.lesson import Activity, Entry, Mark, Minutes, Sheet
from skolkit.clock import stamp
from skolkit.types import PersonId


def entry_of(row: Sequence[Any]) -> Entry:
    """The line that a row keeps."""
    more: list[Any] = [*row[4:], None, None, None, None]
    reason, late, left, activity = more[:4]
    return Entry(
        Minutes(*row[:4]),
        Reason(reason) if reason else None,
        late or 0,
        left or 0,
        Activity(activity) if activity else None,
    )


def entry_row(entry: Entry | None) -> list[Any] | None:
    """Minutes, and what else there is: most lines are four numbers."""
    if entry is None:
        return None
    m = entry.minutes
    more = [entry.reason, entry.late or None, entry.left or None, entry.activity]
    while more and more[-1] is None:
        more.pop()
    return [m.attendance, m.valid, m.invalid, m.other, *more]


def marks_row(sheet: Sheet) -> list[Any] | None:
    """The different marks, and which of them each pupil's line has; None when there is but that of who
    reported the lesson.
    """
    if all((mark.by, mark.at) == (sheet.reported_by, sheet.reported_at) for mark in sheet.marks.values()):
        return None
    different = list(dict.fromkeys(sheet.marks.values()))
    place = {mark: n for n, mark in enumerate(different)}
    of = [place[mark] if (mark := sheet.marks.get(pupil)) else None for pupil in sheet.roster]
    return [[[mark.by, stamp(mark.at)] for mark in different], of]


def marks_of(row: Sequence[Any], roster: Sequence[PersonId]) -> dict[PersonId, Mark]:
    """The marks that a row keeps."""
    made, of = row
    different = [Mark(PersonId(by), datetime.fromisoformat(at).astimezone(UTC)) for by, at in made]
    return {pupil: different[n] for pupil, n in zip(roster, of, strict=True) if n is not None}


def same(pupils: Iterable[PersonId], reporter: PersonId | None, at: datetime | None) -> dict[PersonId, Mark]:
    """Everybody's line is of who reported the lesson, and when."""
    return dict.fromkeys(pupils, Mark(reporter, at)) if reporter and at else {}
