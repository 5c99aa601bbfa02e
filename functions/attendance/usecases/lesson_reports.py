"""Reports of some pupils, merged into the sheet (decision 0024), and lessons not held (process 20)."""

from __future__ import annotations

from collections.abc import Sequence

from functions.attendance import store
from functions.attendance.domain import lesson as lesson_rules
from functions.attendance.domain import merge as rules
from functions.attendance.domain.lesson import NotHeld, Sheet
from functions.attendance.domain.merge import Line, Merged, Outcome
from functions.attendance.schemas.lessons import HeldLesson, MergedLesson, MergedRow, ReportedRow
from functions.attendance.usecases.corrections import require_open
from functions.attendance.usecases.relations import Access, require_lesson
from functions.attendance.usecases.sheets import (
    changes,
    entry_of,
    minutes,
    row_of,
    text_of,
    unexcused,
    write_sheet,
)
from skolkit.audit import Trace
from skolkit.clock import now, stamp
from skolkit.errors import NotFound
from skolkit.idempotency import RequestKey
from skolkit.identity import Caller
from skolkit.retry import persist
from skolkit.table import commit
from skolkit.types import LessonId, PersonId


def report_pupils(caller: Caller, id: LessonId, rows: Sequence[ReportedRow], key: RequestKey) -> MergedLesson:
    """Merge a report of some pupils into the sheet, whoever else is writing it. Two round trips."""
    lines = [Line(PersonId(row.pupil), entry_of(row), row.made_at, row.based_on) for row in rows]
    return persist(lambda: _merge(caller, id, lines, key))


def _merge(caller: Caller, id: LessonId, lines: Sequence[Line], key: RequestKey) -> MergedLesson:
    access = _require(caller, store.sheet(id))
    still = require_open(caller, access)
    sheet = access.sheet
    merged = rules.merge(sheet, lines, caller.person_id, now())
    view = _merged_view(merged)
    trace = Trace(caller.person_id, "report_pupils", id, changes=_history(sheet, merged, lines))
    once = key.once(view.model_dump_json(by_alias=True))
    if merged.sheet is sheet:
        commit(trace=trace, once=once)
    else:
        write_sheet(sheet, merged.sheet, trace, once, still=still)
    return view


def _require(caller: Caller, sheet: Sheet | None) -> Access:
    """A report is part of saving, also when another teacher was first; later it is a correction."""
    try:
        return require_lesson(caller, "attendance:save_lesson", sheet)
    except NotFound:
        if sheet is None or not sheet.is_reported:
            raise
    return require_lesson(caller, "attendance:correct_lesson", sheet)


def _history(old: Sheet, merged: Merged, lines: Sequence[Line]) -> str:
    """What changed, and the lines that lost with when they were made: nothing anybody sent is gone."""
    lost = {
        line.pupil: [minutes(line.entry), stamp(line.made)]
        for line in lines
        if merged.outcomes[line.pupil] is Outcome.LOST
    }
    return text_of(changes(old, merged.sheet) | ({"lost": lost} if lost else {}))


def _merged_view(merged: Merged) -> MergedLesson:
    sheet = merged.sheet
    return MergedLesson(
        id=sheet.lesson,
        is_reported=sheet.is_reported,
        unexcused=len(unexcused(sheet)),
        version=sheet.version,
        rows=[
            MergedRow(
                outcome=outcome,
                version=sheet.marks[pupil].version,
                line=row_of(pupil, sheet.entries[pupil]),
            )
            for pupil, outcome in merged.outcomes.items()
        ],
    )


def cancel_lesson(caller: Caller, id: LessonId, reason: NotHeld, version: int) -> HeldLesson:
    """Say that a lesson is not held: nobody has been offered it, nobody is absent. Two round trips."""
    return _hold(caller, id, reason, version, "cancel_lesson")


def restore_lesson(caller: Caller, id: LessonId, version: int) -> HeldLesson:
    """Say that a lesson is held after all; it is to be reported. Two round trips."""
    return _hold(caller, id, None, version, "restore_lesson")


def _hold(caller: Caller, id: LessonId, why: NotHeld | None, version: int, action: str) -> HeldLesson:
    return persist(lambda: _held(caller, id, why, version, action))


def _held(caller: Caller, id: LessonId, why: NotHeld | None, version: int, action: str) -> HeldLesson:
    access = require_lesson(caller, "attendance:cancel_lesson", store.sheet(id))
    still = require_open(caller, access)
    sheet = access.sheet
    held = lesson_rules.cancel(sheet, why, version)
    if held is not sheet:
        history = text_of(changes(sheet, held))
        trace = Trace(caller.person_id, action, id, reason=why or "", changes=history)
        write_sheet(sheet, held, trace, still=still)
    return HeldLesson(id=id, not_held=held.not_held, version=held.version)
