"""The attendance table: lesson sheets, the pupils' days, notices (`notices`) and series (`series`), codes for
the telephone (`phone`), the evening's reports. Keys are built only here.

Rosters and minutes are kept as compact JSON texts aligned with each other: a class of thirty is 1.6 KB, two
write units.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection

from functions.attendance.domain.absence import Reason, Span
from functions.attendance.domain.gaps import Gap, Outcome
from functions.attendance.domain.lesson import Activity, Entry, Minutes, NotHeld, Sheet
from functions.attendance.domain.shown import attendance_id
from functions.attendance.store import lines
from skolkit.clock import stamp, today
from skolkit.config import table_name
from skolkit.retention.items import ErasureItem, RetentionJob
from skolkit.table import Item, Wanted, fetch
from skolkit.types import GroupId, LessonId, NoticeId, PersonId, UnitId


class AttendanceItem(Item):
    """Anything in the attendance table."""

    class Meta:
        table_name = table_name("attendance")


class Unreported(GlobalSecondaryIndex["SheetItem"]):
    """Lessons not yet reported, by unit and day."""

    class Meta:
        index_name = "unreported"
        projection = IncludeProjection(["lesson_group", "subject", "ends", "teachers"])

    unreported_pk = UnicodeAttribute(hash_key=True)
    unreported_sk = UnicodeAttribute(range_key=True)


class SheetItem(AttendanceItem, discriminator="sheet"):
    """One lesson's sheet. `unreported_*` are there until it is reported or not held; `marks` only when not
    everybody's line is of who reported it, and when; `left` are those who were on the roster once.
    """

    fed = True
    lesson_group = UnicodeAttribute()
    unit = UnicodeAttribute(null=True)
    subject = UnicodeAttribute()
    starts = UnicodeAttribute(null=True)
    ends = UnicodeAttribute()
    teachers = UnicodeAttribute()
    roster = UnicodeAttribute(null=True)
    entries = UnicodeAttribute(null=True)
    reported_by = UnicodeAttribute(null=True)
    reported_at = UnicodeAttribute(null=True)
    marks = UnicodeAttribute(null=True)
    not_held = UnicodeAttribute(null=True)
    left = UnicodeAttribute(null=True)
    unreported_pk = UnicodeAttribute(null=True)
    unreported_sk = UnicodeAttribute(null=True)
    unreported = Unreported()

    def shown_ids(self) -> Sequence[str]:
        """Everybody who is, or was, on the roster has one."""
        lesson = LessonId(self.pk.partition("#")[2])
        pupils = (*json.loads(self.roster or "[]"), *json.loads(self.left or "[]"))
        return [attendance_id(lesson, pupil) for pupil in pupils]


class DayItem(AttendanceItem, discriminator="day"):
    """A pupil's day when there is something to say: notices that touch it, gaps that guardians are told
    about.
    """

    unit = UnicodeAttribute()
    notices = UnicodeAttribute(default="{}")
    gaps = UnicodeAttribute(default="[]")


class Unexcused(GlobalSecondaryIndex["DeviationItem"]):
    """Lessons with unexcused minutes, by unit and day."""

    class Meta:
        index_name = "unexcused"
        projection = IncludeProjection(["lesson", "subject", "starts", "ends", "invalid"])

    unexcused_pk = UnicodeAttribute(hash_key=True)
    unexcused_sk = UnicodeAttribute(range_key=True)


class DeviationItem(AttendanceItem, discriminator="deviation"):
    """A pupil's lesson that was not plain attendance. `unexcused_*` only with invalid minutes."""

    lesson = UnicodeAttribute()
    subject = UnicodeAttribute()
    starts = UnicodeAttribute()
    ends = UnicodeAttribute()
    attendance = NumberAttribute(null=True)
    valid = NumberAttribute(null=True)
    invalid = NumberAttribute()
    other = NumberAttribute(null=True)
    reason = UnicodeAttribute(null=True)
    late = NumberAttribute(null=True)
    left_early = NumberAttribute(null=True)
    activity = UnicodeAttribute(null=True)
    unexcused_pk = UnicodeAttribute(null=True)
    unexcused_sk = UnicodeAttribute(null=True)
    unexcused = Unexcused()


class SweepItem(AttendanceItem, discriminator="sweep"):
    """What one evening's sweep found at one unit."""

    counts = UnicodeAttribute()


def sheet_key(lesson: LessonId) -> tuple[str, str]:
    """Where a lesson's sheet is."""
    return f"LESSON#{lesson}", "SHEET"


def _day_key(pupil: PersonId, day: date) -> tuple[str, str]:
    return f"PUPIL#{pupil}", f"D#{day}"


def instant(text: str) -> datetime:
    """A stored instant."""
    return datetime.fromisoformat(text).astimezone(UTC)


def span_row(span: Span) -> list[str | None]:
    """A span as rows keep it: days and times."""
    times = [at.isoformat("minutes") if at else None for at in (span.start, span.end)]
    return [span.first.isoformat(), span.last.isoformat(), *times]


def span_of(row: Sequence[str | None]) -> Span:
    """The span that a row keeps."""
    first, last, start, end = row
    return Span(
        date.fromisoformat(first or ""),
        date.fromisoformat(last or ""),
        time.fromisoformat(start) if start else None,
        time.fromisoformat(end) if end else None,
    )


# Lesson sheets


def sheet(lesson: LessonId) -> Sheet | None:
    """A lesson's sheet; one consistent GetItem."""
    item = SheetItem.find(*sheet_key(lesson))
    return sheet_of(item) if item else None


def wanted_sheets(lessons: Iterable[LessonId]) -> Wanted[dict[LessonId, Sheet]]:
    """Several sheets, for `fetch`."""
    keys = [sheet_key(lesson) for lesson in lessons]
    return Wanted(SheetItem, keys, lambda found: {s.lesson: s for s in map(sheet_of, found.values())})


def sheet_of(item: SheetItem) -> Sheet:
    """The sheet that an item keeps."""
    roster = [PersonId(p) for p in json.loads(item.roster or "[]")]
    rows = json.loads(item.entries or "null") or [None] * len(roster)
    entries = {pupil: lines.entry_of(row) for pupil, row in zip(roster, rows, strict=True) if row}
    by = PersonId(item.reported_by) if item.reported_by else None
    at = instant(item.reported_at) if item.reported_at else None
    return Sheet(
        lesson=LessonId(item.pk.partition("#")[2]),
        group=GroupId(item.lesson_group),
        unit=UnitId(item.unit or ""),
        subject=item.subject,
        start=instant(item.starts or ""),
        end=instant(item.ends),
        teachers=tuple(json.loads(item.teachers)),
        roster=tuple(roster),
        entries=entries,
        reported_by=by,
        reported_at=at,
        version=item.version or 0,
        marks=lines.marks_of(json.loads(item.marks), roster) if item.marks else lines.same(entries, by, at),
        not_held=NotHeld(item.not_held) if item.not_held else None,
        left=tuple(json.loads(item.left or "[]")),
        created=item.created,
    )


def sheet_item(sheet: Sheet, *, stored: int | None) -> SheetItem:
    """The sheet to write over the version `stored` (None for a new one)."""
    pk, sk = sheet_key(sheet.lesson)
    item = SheetItem(
        pk=pk,
        sk=sk,
        lesson_group=sheet.group,
        unit=sheet.unit,
        subject=sheet.subject,
        starts=stamp(sheet.start),
        ends=stamp(sheet.end),
        teachers=compact(sheet.teachers),
        roster=compact(sheet.roster),
        not_held=sheet.not_held,
        left=compact(sheet.left) if sheet.left else None,
    )
    if sheet.entries:
        item.entries = compact([lines.entry_row(sheet.entries.get(pupil)) for pupil in sheet.roster])
        marks = lines.marks_row(sheet)
        item.marks = compact(marks) if marks else None
    if sheet.reported_at:
        item.reported_by, item.reported_at = sheet.reported_by, stamp(sheet.reported_at)
    elif not sheet.not_held:
        item.unreported_pk = f"{sheet.unit}#{today(sheet.start)}"
        item.unreported_sk = f"{stamp(sheet.start)}#{sheet.lesson}"
    return item.over(stored, sheet.created)


@dataclass(frozen=True, slots=True)
class UnreportedLesson:
    """A lesson nobody has reported yet."""

    lesson: LessonId
    group: GroupId
    subject: str
    start: datetime
    end: datetime
    teachers: tuple[PersonId, ...]


def unreported(unit: UnitId, day: date) -> list[UnreportedLesson]:
    """A unit's unreported lessons of a day by start time; a few queries at most (a page holds over 2,000)."""
    found = SheetItem.unreported.query(f"{unit}#{day}")
    return [
        UnreportedLesson(
            LessonId(i.pk.partition("#")[2]),
            GroupId(i.lesson_group),
            i.subject,
            instant((i.unreported_sk or "").partition("#")[0]),
            instant(i.ends),
            tuple(json.loads(i.teachers)),
        )
        for i in found
    ]


# The pupil's day


@dataclass(frozen=True, slots=True)
class Deviation:
    """A pupil's lesson that was not plain attendance."""

    lesson: LessonId
    subject: str
    start: datetime
    end: datetime
    minutes: Minutes
    reason: Reason | None
    late: int = 0
    left: int = 0
    activity: Activity | None = None


@dataclass(frozen=True, slots=True)
class PupilDay:
    """What is known of a pupil's day; `version` None when nothing but deviations is stored yet."""

    pupil: PersonId
    day: date
    unit: UnitId | None
    notices: Mapping[NoticeId, tuple[Span, Reason]]
    gaps: tuple[Gap, ...]
    deviations: tuple[Deviation, ...] = ()
    version: int | None = None


def pupil_day(pupil: PersonId, day: date) -> PupilDay:
    """A pupil's notices, gaps and deviating lessons of one day; one consistent Query."""
    pk, sk = _day_key(pupil, day)
    found = list(AttendanceItem.query(pk, AttendanceItem.sk.startswith(sk), consistent_read=True))
    head = next((item for item in found if isinstance(item, DayItem)), None)
    deviations = tuple(_deviation(item) for item in found if isinstance(item, DeviationItem))
    return pupil_day_of(pupil, day, head, deviations)


def wanted_days(
    pupils: Iterable[PersonId], days: Iterable[date]
) -> Wanted[dict[tuple[PersonId, date], PupilDay]]:
    """The notices and gaps (not the deviations) of several pupils' days, for `fetch`; every asked day is
    answered.
    """
    asked = [(pupil, day) for day in days for pupil in pupils]

    def answer(found: dict[tuple[str, str], DayItem]) -> dict[tuple[PersonId, date], PupilDay]:
        return {(p, d): pupil_day_of(p, d, found.get(_day_key(p, d)), ()) for p, d in asked}

    return Wanted(DayItem, [_day_key(p, d) for p, d in asked], answer)


def days_of(pupil: PersonId, days: Sequence[date]) -> list[PupilDay]:
    """A pupil's days as they are now, to decide on; one consistent BatchGetItem."""
    (found,) = fetch(wanted_days([pupil], days), consistent=True)
    return list(found.values())


def pupil_day_of(
    pupil: PersonId, day: date, item: DayItem | None, deviations: tuple[Deviation, ...]
) -> PupilDay:
    """The day that an item keeps, or one of which nothing but deviations is known."""
    if item is None:
        return PupilDay(pupil, day, None, {}, (), deviations)
    notices = {
        NoticeId(id): (span_of(row[:4]), Reason(row[4])) for id, row in json.loads(item.notices).items()
    }
    gaps = tuple(_gap(row) for row in json.loads(item.gaps))
    return PupilDay(pupil, day, UnitId(item.unit), notices, gaps, deviations, item.version)


def day_item(day: PupilDay, unit: UnitId) -> DayItem:
    """The day's notices and gaps, to write over the version read."""
    pk, sk = _day_key(day.pupil, day.day)
    notices = {id: [*span_row(span), reason] for id, (span, reason) in day.notices.items()}
    item = DayItem(
        pk=pk, sk=sk, unit=unit, notices=compact(notices), gaps=compact([_gap_row(g) for g in day.gaps])
    )
    return item.over(day.version)


def _gap(row: Sequence[Any]) -> Gap:
    notice, lessons, start, end, outcomes, *more = row
    told = {PersonId(person): Outcome(outcome) for person, outcome in outcomes.items()}
    return Gap(NoticeId(notice), tuple(lessons), instant(start), instant(end), told, *more)


def _gap_row(gap: Gap) -> list[Any]:
    row = [gap.notice, list(gap.lessons), stamp(gap.start), stamp(gap.end), dict(gap.outcomes)]
    return [*row, gap.late] if gap.late else row


def deviation_item(pupil: PersonId, sheet: Sheet, entry: Entry) -> DeviationItem:
    """A pupil's deviating line of a saved sheet."""
    pk, sk = _day_key(pupil, today(sheet.start))
    m = entry.minutes
    item = DeviationItem(
        pk=pk,
        sk=f"{sk}#{stamp(sheet.start)}#{sheet.lesson}",
        lesson=sheet.lesson,
        subject=sheet.subject,
        starts=stamp(sheet.start),
        ends=stamp(sheet.end),
        attendance=m.attendance,
        valid=m.valid,
        invalid=m.invalid,
        other=m.other,
        reason=entry.reason,
        late=entry.late or None,
        left_early=entry.left or None,
        activity=entry.activity,
    )
    if m.invalid:
        item.unexcused_pk = f"{sheet.unit}#{today(sheet.start)}"
        item.unexcused_sk = f"{pupil}#{stamp(sheet.start)}"
    return item


def _deviation(item: DeviationItem) -> Deviation:
    minutes = Minutes(
        int(item.attendance or 0), int(item.valid or 0), int(item.invalid), int(item.other or 0)
    )
    return Deviation(
        LessonId(item.lesson),
        item.subject,
        instant(item.starts),
        instant(item.ends),
        minutes,
        Reason(item.reason) if item.reason else None,
        int(item.late or 0),
        int(item.left_early or 0),
        Activity(item.activity) if item.activity else None,
    )


def unexcused(unit: UnitId, day: date) -> list[tuple[PersonId, Deviation]]:
    """A unit's lessons with unexcused minutes of a day, by pupil and time (only `invalid` is read)."""
    found = DeviationItem.unexcused.query(f"{unit}#{day}")
    return [(PersonId(i.pk.partition("#")[2]), _deviation(i)) for i in found]


# The evening's reports


def sweep_item(unit: UnitId, day: date, counts: Mapping[str, int]) -> SweepItem:
    """The report of one unit and evening; a new sweep of the same evening replaces it."""
    return SweepItem(pk=f"SWEEP#{unit}", sk=str(day), counts=compact(counts))


def sweep(unit: UnitId, day: date) -> dict[str, int] | None:
    """What the sweep of an evening found, or None if it has not run."""
    item = SweepItem.find(f"SWEEP#{unit}", str(day))
    return dict(json.loads(item.counts)) if item else None


def compact(value: object) -> str:
    """JSON as rows of this table keep it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class AttendanceRetentionItem(RetentionJob, discriminator="attendance_retention"):
    """The area's part of a retention run."""

    class Meta:
        table_name = table_name("attendance")


class AttendanceErasureItem(ErasureItem, discriminator="attendance_erasure"):
    """The proof of what one transaction erased."""

    class Meta:
        table_name = table_name("attendance")
