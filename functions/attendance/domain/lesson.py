"""Lesson attendance (närvarorapportering, process 20): one sheet per lesson with every pupil's minutes.

The minutes are those of SS 12000 `Attendance`: present, valid absence, invalid absence, other attendance
(e.g. pupil council); they add up to the lesson's length. Pupils must take part unless they have a valid
reason (skollagen 7:17).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from functions.attendance.domain.absence import Reason
from skolkit.errors import ChangedMeanwhile, DomainError, Fault, Text
from skolkit.types import GroupId, LessonId, PersonId, UnitId

MOST_PUPILS = 90  # a whole sheet with everybody deviating must fit one transaction of 100 items


@dataclass(frozen=True, slots=True)
class Minutes:
    """How a pupil spent a lesson, in whole minutes."""

    attendance: int
    valid: int = 0
    invalid: int = 0
    other: int = 0

    @property
    def total(self) -> int:
        return self.attendance + self.valid + self.invalid + self.other

    @property
    def deviates(self) -> bool:
        return self.total != self.attendance


@dataclass(frozen=True, slots=True)
class Entry:
    """One pupil's line on the sheet."""

    minutes: Minutes
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A lesson with its roster; `entries` is empty until it is reported. Times are aware; `version` counts
    saves.
    """

    lesson: LessonId
    group: GroupId
    unit: UnitId
    subject: str
    start: datetime
    end: datetime
    teachers: tuple[PersonId, ...]
    roster: tuple[PersonId, ...]
    entries: Mapping[PersonId, Entry]
    reported_by: PersonId | None = None
    reported_at: datetime | None = None
    version: int = 1

    @property
    def minutes(self) -> int:
        return int((self.end - self.start).total_seconds()) // 60

    @property
    def is_reported(self) -> bool:
        return self.reported_at is not None


class LessonNotStarted(DomainError):
    """Attendance is what happened, so it cannot be saved before the lesson."""

    reason = Text("Lektionen har inte börjat.", "The lesson has not started.")
    advice = Text(
        "Spara närvaron när lektionen har börjat.", "Save the attendance once the lesson has started."
    )


class RosterMismatch(DomainError):
    """Every pupil of the lesson is on the list exactly once, and nobody else."""

    status = 422
    reason = Text(
        "Listan stämmer inte med lektionens elever.", "The list does not match the lesson's pupils."
    )
    advice = Text(
        "Hämta lektionen på nytt och fyll i alla elever.", "Open the lesson again and fill in every pupil."
    )


class MinutesDoNotAddUp(DomainError):
    """Minutes of every pupil sum to the lesson's length (rules §5.3)."""

    status = 422
    reason = Text(
        "Minuterna blir inte lektionens {length} minuter.",
        "The minutes do not add up to the lesson's {length}.",
    )
    advice = Text(
        "Fördela lektionens minuter på närvaro, giltig, ogiltig och annan närvaro.",
        "Divide the lesson's minutes between attendance, valid, invalid and other attendance.",
    )


_UNKNOWN = Text("eleven hör inte till lektionen", "the pupil does not belong to the lesson")
_TWICE = Text("eleven finns två gånger", "the pupil is listed twice")
_MISSING = Text("{count} elever saknas", "{count} pupils are missing")
_REASON = Text("orsak anges bara vid giltig frånvaro", "a reason goes only with valid absence")


def save(
    sheet: Sheet, rows: Sequence[tuple[PersonId, Entry]], by: PersonId, now: datetime, version: int
) -> tuple[Sheet, dict[PersonId, Entry | None]]:
    """The sheet as reported or corrected, and what changed among deviations: pupil → new entry, None when it
    is gone.

    Raises `ChangedMeanwhile` when `version` is not the sheet's, `LessonNotStarted`, `RosterMismatch`,
    `MinutesDoNotAddUp`; each lists every faulty row. Saving the same again changes nothing but the version.
    """
    if version != sheet.version:
        raise ChangedMeanwhile(field="If-Match", value=version)
    if now < sheet.start:
        raise LessonNotStarted(field="lesson")
    _check_roster(sheet, [pupil for pupil, _ in rows])
    _check_minutes(sheet, rows)
    entries = dict(rows)
    changed = {
        pupil: entry if entry.minutes.deviates else None
        for pupil, entry in rows
        if entry != sheet.entries.get(pupil) and (entry.minutes.deviates or pupil in sheet.entries)
    }
    saved = replace(sheet, entries=entries, reported_by=by, reported_at=now, version=sheet.version + 1)
    return saved, changed


def _check_roster(sheet: Sheet, pupils: Sequence[PersonId]) -> None:
    roster, seen = set(sheet.roster), set[PersonId]()
    faults: list[Fault] = []
    for n, pupil in enumerate(pupils):
        if pupil not in roster or pupil in seen:
            text = _TWICE if pupil in seen else _UNKNOWN
            faults.append(Fault(f"rows.{n}.pupil", text, RosterMismatch.advice, pupil))
        seen.add(pupil)
    if missing := len(roster - seen):
        faults.append(Fault("rows", _MISSING.format(count=missing), RosterMismatch.advice, len(pupils)))
    if faults:
        raise RosterMismatch(faults=tuple(faults))


def _check_minutes(sheet: Sheet, rows: Sequence[tuple[PersonId, Entry]]) -> None:
    said = MinutesDoNotAddUp.reason.format(length=sheet.minutes)
    faults = [
        Fault(f"rows.{n}", said, MinutesDoNotAddUp.advice, entry.minutes.total)
        for n, (_, entry) in enumerate(rows)
        if entry.minutes.total != sheet.minutes
    ] + [
        Fault(f"rows.{n}.absenceReason", _REASON, MinutesDoNotAddUp.advice, entry.reason)
        for n, (_, entry) in enumerate(rows)
        if entry.reason and not entry.minutes.valid
    ]
    if faults:
        raise MinutesDoNotAddUp(length=sheet.minutes, faults=tuple(faults))


def expected(sheet: Sheet, notified: int, reason: Reason | None) -> Entry:
    """The line to show before the lesson is reported: present, except the `notified` minutes, which are valid
    absence.
    """
    absent = min(notified, sheet.minutes)
    return Entry(Minutes(attendance=sheet.minutes - absent, valid=absent), reason if absent else None)
