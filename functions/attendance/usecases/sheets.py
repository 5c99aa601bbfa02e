"""Writing a lesson's sheet: the lines as they are sent, what changes with them, the fact and the trace."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TypeVar

from functions.attendance import store
from functions.attendance.domain import lesson as rules
from functions.attendance.domain.lesson import Entry, Minutes, Sheet
from functions.attendance.events import LessonReported, UnexcusedPupil
from functions.attendance.schemas.lessons import AttendanceRow
from skolkit.audit import Trace
from skolkit.table import Once, Overwrite, Remove, Unchanged, Write, commit
from skolkit.types import PersonId

T = TypeVar("T")


def entry_of(row: AttendanceRow) -> Entry:
    """A pupil's line as it was sent."""
    minutes = Minutes(
        row.attendance_minutes,
        row.valid_absence_minutes,
        row.invalid_absence_minutes,
        row.other_attendance_minutes,
    )
    return Entry(
        minutes,
        row.absence_reason,
        row.late_minutes,
        row.left_early_minutes,
        row.other_attendance_kind,
    )


def row_of(pupil: PersonId, entry: Entry) -> AttendanceRow:
    """A pupil's line as it is shown."""
    return AttendanceRow(
        pupil=pupil,
        attendance_minutes=entry.minutes.attendance,
        valid_absence_minutes=entry.minutes.valid,
        invalid_absence_minutes=entry.minutes.invalid,
        other_attendance_minutes=entry.minutes.other,
        absence_reason=entry.reason,
        late_minutes=entry.late,
        left_early_minutes=entry.left,
        other_attendance_kind=entry.activity,
    )


def write_sheet(
    old: Sheet, new: Sheet, trace: Trace, once: Once | None = None, *, still: Sequence[Unchanged] = ()
) -> None:
    """One transaction: the sheet over the one read, its deviations, the fact when there is something to tell,
    the trace; only while `still` holds.
    """
    changed = rules.deviations_changed(old, new)
    told = new.is_reported or old.is_reported or new.not_held or unexcused(new) or unexcused(old)
    commit(
        store.sheet_item(new, stored=old.version),
        *(_deviation(pupil, old, new, entry) for pupil, entry in changed.items()),
        *still,
        facts=[_reported(old, new)] if told else [],
        trace=trace,
        once=once,
    )


def _deviation(pupil: PersonId, old: Sheet, new: Sheet, entry: Entry | None) -> Write:
    if entry is None:
        return Remove(store.deviation_item(pupil, new, old.entries[pupil]))
    return Overwrite(store.deviation_item(pupil, new, entry))


def _reported(old: Sheet, new: Sheet) -> LessonReported:
    return LessonReported(
        lesson=new.lesson,
        group=new.group,
        unit=new.unit,
        start=new.start,
        end=new.end,
        corrected=old.is_reported,
        held=new.not_held is None,
        unexcused=unexcused(new),
    )


def unexcused(sheet: Sheet) -> list[UnexcusedPupil]:
    """The pupils with invalid minutes."""
    return [
        UnexcusedPupil(pupil=pupil, minutes=entry.minutes.invalid)
        for pupil, entry in sheet.entries.items()
        if entry.minutes.invalid
    ]


def changes(old: Sheet, new: Sheet) -> dict[str, object]:
    """For the trace: pupil → minutes before and after, with those late and left early where there are any."""
    pupils = {*old.entries, *new.entries}
    return {
        pupil: [minutes(old.entries.get(pupil)), minutes(new.entries.get(pupil))]
        for pupil in sorted(pupils)
        if old.entries.get(pupil) != new.entries.get(pupil)
    }


def minutes(entry: Entry | None) -> list[int]:
    """A line as traces keep it: no reasons, which may be of health."""
    if entry is None:
        return [0, 0, 0, 0]
    m = entry.minutes
    partly = [entry.late, entry.left] if entry.late or entry.left else []
    return [m.attendance, m.valid, m.invalid, m.other, *partly]


def text_of(changed: Mapping[str, object]) -> str:
    """Changes as a trace keeps them."""
    return json.dumps(changed, separators=(",", ":")) if changed else ""
