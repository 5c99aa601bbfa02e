"""Lesson attendance (närvarorapportering, process 20): one sheet per lesson with every pupil's minutes.

The minutes are those of SS 12000 `Attendance`: present, valid absence, invalid absence, other attendance
(e.g. pupil council); they add up to the lesson's length. Pupils must take part unless they have a valid
reason (skollagen 7:17). Of a lesson that was not held nothing is said of anybody.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from functions.attendance.domain.absence import Reason
from skolkit.clock import today
from skolkit.errors import ChangedMeanwhile, DomainError, Fault, Text
from skolkit.types import GroupId, LessonId, PersonId, UnitId

MOST_PUPILS = 90  # a whole sheet with everybody deviating must fit one transaction of 100 items
_START = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(milliseconds=1)


class Activity(StrEnum):
    """What the school has arranged for a pupil instead of the lesson."""

    EXCURSION = "excursion"
    PUPIL_COUNCIL = "pupilCouncil"
    SPORTS_DAY = "sportsDay"
    TEST = "test"
    WORK_EXPERIENCE = "workExperience"
    OTHER = "other"


class NotHeld(StrEnum):
    """Why a lesson was not held."""

    TEACHER_AWAY = "teacherAway"
    PREMISES = "premises"
    SCHOOL_EVENT = "schoolEvent"
    CIRCUMSTANCES = "circumstances"
    WRONG_TIMETABLE = "wrongTimetable"


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
    """One pupil's line on the sheet. `late` and `left` are how many of the minutes of absence are from the
    beginning and from the end; `activity` is what the other attendance was.
    """

    minutes: Minutes
    reason: Reason | None = None
    late: int = 0
    left: int = 0
    activity: Activity | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """Who set a pupil's line, and when it was made, in whole milliseconds."""

    by: PersonId
    at: datetime

    @property
    def version(self) -> int:
        """The line's version: its moment in milliseconds since 1970. The same whatever came in between, so
        that reports may arrive in any order.
        """
        return (self.at - _START) // _TICK


@dataclass(frozen=True, slots=True)
class Sheet:
    """A lesson with its roster. `entries` are the lines there are, each with its mark; it is reported when
    everybody has one. Times are aware; `version` counts writes. Of a lesson with `not_held` there are none.
    `left` were on the roster before anything was said; `created` is when the sheet came to be.
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
    marks: Mapping[PersonId, Mark] = field(default_factory=dict)
    not_held: NotHeld | None = None
    left: tuple[PersonId, ...] = field(default=(), compare=False)
    created: str | None = field(default=None, compare=False)

    @property
    def minutes(self) -> int:
        return int((self.end - self.start).total_seconds()) // 60

    @property
    def is_reported(self) -> bool:
        return self.reported_at is not None

    @property
    def is_complete(self) -> bool:
        """Whether everybody has a line."""
        return bool(self.entries) and all(pupil in self.entries for pupil in self.roster)

    @property
    def is_begun(self) -> bool:
        """Whether something has been said, so that the roster stays as it is."""
        return self.is_reported or bool(self.entries) or self.not_held is not None


class LessonNotStarted(DomainError):
    """Attendance is what happened, so it cannot be saved before the lesson."""

    reason = Text("Lektionen har inte börjat.", "The lesson has not started.")
    advice = Text(
        "Spara närvaron när lektionen har börjat.", "Save the attendance once the lesson has started."
    )


class LessonNotHeld(DomainError):
    """Nobody can attend a lesson that was not held."""

    reason = Text("Lektionen är markerad som inställd.", "The lesson is marked as not held.")
    advice = Text(
        "Ta bort markeringen om lektionen blev av.", "Take the mark away if the lesson was held after all."
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
_PARTLY = Text(
    "sen ankomst och tidig hemgång är en del av frånvaron för den som varit med",
    "late arrival and early leaving are part of the absence of somebody who was there",
)
_ACTIVITY = Text("aktivitet anges bara vid annan närvaro", "an activity goes only with other attendance")


def save(
    sheet: Sheet, rows: Sequence[tuple[PersonId, Entry]], by: PersonId, now: datetime, version: int
) -> tuple[Sheet, dict[PersonId, Entry | None]]:
    """The sheet as reported or corrected, and what changed among deviations: pupil → new entry, None when it
    is gone.

    Raises `ChangedMeanwhile` when `version` is not the sheet's, `LessonNotStarted`, `LessonNotHeld`,
    `RosterMismatch`, `MinutesDoNotAddUp`; each lists every faulty row. Saving the same again changes nothing
    but the version and the marks. Whoever saves has seen every line, so theirs are later than all of them.
    """
    if version != sheet.version:
        raise ChangedMeanwhile(field="If-Match", value=version)
    require_lines(sheet, rows, now, whole=True)
    mark = Mark(by, later_than(sheet.marks.values(), now))
    entries = dict(rows)
    saved = replace(
        sheet,
        entries=entries,
        marks=dict.fromkeys(entries, mark),
        reported_by=by,
        reported_at=mark.at,
        version=sheet.version + 1,
    )
    return saved, deviations_changed(sheet, saved)


def cancel(sheet: Sheet, why: NotHeld | None, version: int) -> Sheet:
    """The sheet of a lesson that is not held (inställd), or with None of one that is after all: nobody has
    been offered it and nobody has missed it. What was reported is gone from the sheet.

    Raises `ChangedMeanwhile`. What is known beforehand may be said beforehand.
    """
    if version != sheet.version:
        raise ChangedMeanwhile(field="If-Match", value=version)
    if why is None and sheet.not_held is None:
        return sheet
    return replace(
        sheet, entries={}, marks={}, reported_by=None, reported_at=None, not_held=why, version=version + 1
    )


def without(sheet: Sheet, pupil: PersonId) -> Sheet:
    """The sheet without a pupil's line, which it is not reported any more then."""
    entries = {p: entry for p, entry in sheet.entries.items() if p != pupil}
    marks = {p: mark for p, mark in sheet.marks.items() if p != pupil}
    return replace(
        sheet, entries=entries, marks=marks, reported_by=None, reported_at=None, version=sheet.version + 1
    )


def deviations_changed(old: Sheet, new: Sheet) -> dict[PersonId, Entry | None]:
    """What differs among deviations: pupil → new entry, None when it is gone."""
    changed: dict[PersonId, Entry | None] = {}
    for pupil in new.roster:
        before, after = (_deviating(sheet.entries.get(pupil)) for sheet in (old, new))
        if before != after:
            changed[pupil] = after
    return changed


def _deviating(entry: Entry | None) -> Entry | None:
    return entry if entry and entry.minutes.deviates else None


def gone_from(sheet: Sheet, roster: Collection[PersonId]) -> tuple[PersonId, ...]:
    """Who was on the sheet's roster now or before, and is not on a new one."""
    return tuple(sorted({*sheet.left, *sheet.roster} - set(roster)))


def whole_milliseconds(at: datetime) -> datetime:
    """An instant as marks keep it."""
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def later_than(marks: Collection[Mark], now: datetime) -> datetime:
    """Now, or right after the latest of the marks if that is ahead of this clock."""
    return max([whole_milliseconds(now), *(mark.at + _TICK for mark in marks)])


def after_version(version: int) -> datetime:
    """The first moment after a line's version."""
    return _START + (version + 1) * _TICK


def is_on_one_day(start: datetime, end: datetime) -> bool:
    """Lessons over midnight do not exist: a day's absence is told the same day (skollagen 7:17)."""
    return start < end and today(start) == today(end)


def require_lines(
    sheet: Sheet, rows: Sequence[tuple[PersonId, Entry]], now: datetime, *, whole: bool = False
) -> None:
    """Lines that can be written on the sheet now; of everybody when it is the `whole` of it. Raises
    `LessonNotHeld`, `LessonNotStarted`, `RosterMismatch`, `MinutesDoNotAddUp`.
    """
    if sheet.not_held:
        raise LessonNotHeld(field="lesson")
    if now < sheet.start:
        raise LessonNotStarted(field="lesson")
    _check_roster(sheet, [pupil for pupil, _ in rows], whole=whole)
    _check_minutes(sheet, rows)


def _check_roster(sheet: Sheet, pupils: Sequence[PersonId], *, whole: bool) -> None:
    roster, seen = set(sheet.roster), set[PersonId]()
    faults: list[Fault] = []
    for n, pupil in enumerate(pupils):
        if pupil not in roster or pupil in seen:
            text = _TWICE if pupil in seen else _UNKNOWN
            faults.append(Fault(f"rows.{n}.pupil", text, RosterMismatch.advice, pupil))
        seen.add(pupil)
    if whole and (missing := len(roster - seen)):
        faults.append(Fault("rows", _MISSING.format(count=missing), RosterMismatch.advice, len(pupils)))
    if faults:
        raise RosterMismatch(faults=tuple(faults))


def _check_minutes(sheet: Sheet, rows: Sequence[tuple[PersonId, Entry]]) -> None:
    said, advice = MinutesDoNotAddUp.reason.format(length=sheet.minutes), MinutesDoNotAddUp.advice
    faults: list[Fault] = []
    for n, (_, entry) in enumerate(rows):
        minutes, partly = entry.minutes, entry.late + entry.left
        if minutes.total != sheet.minutes:
            faults.append(Fault(f"rows.{n}", said, advice, minutes.total))
        if entry.reason and not minutes.valid:
            faults.append(Fault(f"rows.{n}.absenceReason", _REASON, advice, entry.reason))
        if partly and (partly > minutes.valid + minutes.invalid or not minutes.attendance + minutes.other):
            faults.append(Fault(f"rows.{n}.lateMinutes", _PARTLY, advice, partly))
        if entry.activity and not minutes.other:
            faults.append(Fault(f"rows.{n}.otherAttendanceKind", _ACTIVITY, advice, entry.activity))
    if faults:
        raise MinutesDoNotAddUp(length=sheet.minutes, faults=tuple(faults))


def expected(sheet: Sheet, notified: int, reason: Reason | None, late: int = 0) -> Entry:
    """The line to show before the lesson is reported: present, except the `notified` minutes, which are valid
    absence, and the minutes that somebody who checked in came `late`.
    """
    absent = min(notified, sheet.minutes)
    if not late or absent:
        return Entry(Minutes(attendance=sheet.minutes - absent, valid=absent), reason if absent else None)
    late = min(late, sheet.minutes - 1)
    return Entry(Minutes(attendance=sheet.minutes - late, invalid=late), late=late)
