"""Reports of some pupils of a lesson, merged (process 20): two teachers in one room, a phone that was offline
for hours. Every report leads to the same sheet in whatever order and however often it comes (decision 0024).

Lines of different pupils never meet. Of two lines of one pupil the one made last stands; made at the same
moment, the stricter; equally strict, that of the greater id.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from functions.attendance.domain.lesson import (
    Entry,
    Mark,
    Sheet,
    after_version,
    require_lines,
    whole_milliseconds,
)
from skolkit.errors import DomainError, Fault, Text
from skolkit.types import PersonId

SKEW = timedelta(minutes=5)  # how far ahead of ours a phone's clock may be


class Outcome(StrEnum):
    """What became of a line: it stands, it stands over one its sender had not seen, the other one stands, or
    the sheet said so already.
    """

    TAKEN = "taken"
    REPLACED = "replaced"
    LOST = "lost"
    KNOWN = "known"


@dataclass(frozen=True, slots=True)
class Line:
    """What a report says of one pupil: when the line was made, by the phone's clock, and which version of the
    pupil's line was seen then (0: none).
    """

    pupil: PersonId
    entry: Entry
    made_at: datetime
    based_on: int = 0

    @property
    def made(self) -> datetime:
        """When it counts as made: later than the line it was made over, whatever the phone's clock says."""
        made = whole_milliseconds(self.made_at)
        return max(made, after_version(self.based_on)) if self.based_on else made


@dataclass(frozen=True, slots=True)
class Merged:
    """The sheet after a report, and what became of each of its lines."""

    sheet: Sheet
    outcomes: dict[PersonId, Outcome]


class MadeAtOutOfRange(DomainError):
    """A line is made between the lesson's start and now."""

    status = 422
    reason = Text(
        "Tiden då raden skrevs ligger före lektionen eller i framtiden.",
        "The time the line was made is before the lesson or in the future.",
    )
    advice = Text("Ställ telefonens klocka och spara igen.", "Set the phone's clock and save again.")


def merge(sheet: Sheet, lines: Sequence[Line], by: PersonId, now: datetime) -> Merged:
    """The sheet with the lines of a report in it. The version is the same when nothing changed.

    Raises what `require_lines` does, and `MadeAtOutOfRange`.
    """
    require_lines(sheet, [(line.pupil, line.entry) for line in lines], now)
    _require_times(sheet, lines, now)
    entries, marks = dict(sheet.entries), dict(sheet.marks)
    outcomes: dict[PersonId, Outcome] = {}
    for line in lines:
        mark, standing = Mark(by, line.made), sheet.entries.get(line.pupil)
        before = sheet.marks.get(line.pupil)
        wins = standing is None or before is None or _rank(line.entry, mark) > _rank(standing, before)
        if wins:
            entries[line.pupil], marks[line.pupil] = line.entry, mark
        outcomes[line.pupil] = _outcome(line, standing, before, wins=wins)
    return Merged(_reported(replace(sheet, entries=entries, marks=marks), sheet), outcomes)


def _outcome(line: Line, standing: Entry | None, before: Mark | None, *, wins: bool) -> Outcome:
    if standing == line.entry:
        return Outcome.KNOWN
    if not wins:
        return Outcome.LOST
    return Outcome.TAKEN if before is None or before.version == line.based_on else Outcome.REPLACED


def _rank(entry: Entry, mark: Mark) -> tuple[Any, ...]:
    """Who stands: a total order of all lines there can be of a pupil."""
    m = entry.minutes
    strict = (m.invalid, m.valid, m.other, entry.late, entry.left)
    return (mark.at, *strict, entry.reason or "", entry.activity or "", mark.by)


def _reported(merged: Sheet, before: Sheet) -> Sheet:
    """With who reported it, once everybody has a line: whoever made the last one."""
    if merged == before:
        return before
    if merged.is_complete:
        last = max(merged.marks.values(), key=lambda mark: (mark.at, mark.by))
        merged = replace(merged, reported_by=last.by, reported_at=last.at)
    return replace(merged, version=before.version + 1)


def _require_times(sheet: Sheet, lines: Sequence[Line], now: datetime) -> None:
    faults = [
        Fault(f"rows.{n}.madeAt", MadeAtOutOfRange.reason, MadeAtOutOfRange.advice)
        for n, line in enumerate(lines)
        if line.made_at < sheet.start or line.made > now + SKEW
    ]
    if faults:
        raise MadeAtOutOfRange(faults=tuple(faults))
