"""What sums of attendance are made of: a group's counted days, where a pupil has been counted, a unit's days
(in cells and by pupil), and days that must be counted again. Every row can be made anew from the sheets.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from functions.attendance.domain.absence import Reason
from functions.attendance.domain.lesson import Entry, Minutes
from functions.attendance.domain.statistics import Cell
from functions.attendance.domain.totals import CountedLesson, GroupDay, Sums
from functions.attendance.store import AttendanceItem, SweepItem, compact
from skolkit.clock import now, stamp
from skolkit.config import table_name
from skolkit.jobs import JobItem
from skolkit.sweden.calendar import SchoolYear
from skolkit.table import Overwrite, Remove, Wanted, Write, chunks
from skolkit.types import GroupId, LessonId, PersonId, UnitId

DUE_DAYS = 30  # a mark that nobody has taken away; the weekly count has been there four times by then
PUPILS = 2_000  # of a unit's day in one item: 65 bytes each


class GroupDayItem(AttendanceItem, discriminator="counted_day"):
    """A group's counted lessons of a day; a day has few different rosters, so that lessons name theirs by
    number. A class's day of six lessons is 2 KB.
    """

    unit = UnicodeAttribute()
    rosters = UnicodeAttribute()
    lessons = UnicodeAttribute()


class SeenItem(AttendanceItem, discriminator="counted_pupils"):
    """Whom a group's counted days of a school year name: for those there is a `PupilGroupItem`."""

    pupils = UnicodeAttribute()


class PupilGroupItem(AttendanceItem, discriminator="counted_group"):
    """That a group's counted days of a school year name a pupil."""


class DueItem(AttendanceItem, discriminator="counted_due"):
    """A group's day that is to be counted again in the coming night."""


class CellsItem(AttendanceItem, discriminator="unit_cells"):
    """A unit's day in cells, without people."""

    cells = UnicodeAttribute()
    groups = UnicodeAttribute()
    parts = NumberAttribute()


class UnitPupilsItem(AttendanceItem, discriminator="unit_pupils"):
    """A unit's day by pupil."""

    pupils = UnicodeAttribute()


class TotalsJobItem(JobItem, discriminator="totals_job"):
    """A night's counting."""

    class Meta:
        table_name = table_name("attendance")


class StatisticsJobItem(JobItem, discriminator="attendance_export"):
    """A table of attendance that is written into a file."""

    class Meta:
        table_name = table_name("attendance")


def _day_key(group: GroupId, day: date) -> tuple[str, str]:
    return f"GROUP#{group}", f"R#{day}"


def _seen_key(group: GroupId, day: date) -> tuple[str, str]:
    return f"GROUP#{group}", f"SEEN#{SchoolYear.of(day).start}"


# A group's days


def wanted_counted(groups: Sequence[GroupId], day: date) -> Wanted[dict[GroupId, GroupDay]]:
    """The counted days of groups, for `fetch`; those not counted yet are left out."""
    keys = [_day_key(group, day) for group in groups]
    return Wanted(GroupDayItem, keys, lambda found: {d.group: d for d in map(_group_day, found.values())})


def wanted_seen(groups: Sequence[GroupId], day: date) -> Wanted[dict[GroupId, SeenItem]]:
    """Whom groups' counted days of a day's school year name, for `fetch`."""
    keys = {_seen_key(group, day): group for group in groups}
    return Wanted(SeenItem, list(keys), lambda found: {keys[key]: item for key, item in found.items()})


def counted_days(group: GroupId, first: date, last: date) -> Iterator[GroupDay]:
    """A group's counted days of a span. A consistent query per megabyte: some three school years."""
    between = GroupDayItem.sk.between(f"R#{first}", f"R#{last}")
    return map(_group_day, GroupDayItem.query(f"GROUP#{group}", between, consistent_read=True))


def groups_counted(pupil: PersonId, first: date, last: date) -> list[GroupId]:
    """The groups that may have counted a pupil in a span. One consistent query."""
    starts = [SchoolYear.of(day).start for day in (first, last)]
    between = PupilGroupItem.sk.between(f"G#{starts[0]}", f"G#{starts[1]}#~")
    found = PupilGroupItem.query(f"PUPIL#{pupil}", between, consistent_read=True)
    return list(dict.fromkeys(GroupId(item.sk.rpartition("#")[2]) for item in found))


def counting(new: GroupDay, seen: SeenItem | None, *, due: bool) -> list[list[Write]]:
    """What writes a counted day over the version in `new`, in transactions: pupils whom the group has not
    named before come first, so that a day is never there without them.
    """
    pk, sk = _day_key(new.group, new.day)
    known = set(json.loads(seen.pupils)) if seen else set()
    fresh = sorted(new.pupils - known)
    year = SchoolYear.of(new.day).start
    writes: list[Write] = [
        Overwrite(PupilGroupItem(f"PUPIL#{pupil}", f"G#{year}#{new.group}")) for pupil in fresh
    ]
    before: list[list[Write]] = list(chunks(writes, 90))
    last: list[Write] = []
    if fresh:
        item = seen or SeenItem(*_seen_key(new.group, new.day))
        item.pupils = compact(sorted({*known, *fresh}))
        last.append(item)
    if due:
        last.append(Overwrite(due_item(new.group, new.day)))
    rosters = list(dict.fromkeys(lesson.roster for lesson in new.lessons))
    row = GroupDayItem(pk, sk, unit=new.unit, rosters=compact(rosters))
    row.lessons = compact([_lesson_row(lesson, rosters.index(lesson.roster)) for lesson in new.lessons])
    return [*before, [*last, row.over(new.version)]]


def _lesson_row(lesson: CountedLesson, roster: int) -> list[Any]:
    away = {
        lesson.roster.index(p): [*_minutes(e.minutes), *([e.reason] if e.reason else [])]
        for p, e in lesson.away.items() if p in lesson.roster
    }  # fmt: skip
    return [
        lesson.lesson, lesson.subject, stamp(lesson.start), lesson.minutes, lesson.teachers, lesson.state,
        roster, away,
    ]  # fmt: skip


def _minutes(m: Minutes) -> list[int]:
    return [m.attendance, m.valid, m.invalid, m.other]


def _group_day(item: GroupDayItem) -> GroupDay:
    rosters = [tuple(map(PersonId, roster)) for roster in json.loads(item.rosters)]
    lessons = tuple(_lesson(row, rosters) for row in json.loads(item.lessons))
    group, day = GroupId(item.pk.partition("#")[2]), date.fromisoformat(item.sk.partition("#")[2])
    return GroupDay(group, day, UnitId(item.unit), lessons, item.version)


def _lesson(row: Sequence[Any], rosters: Sequence[tuple[PersonId, ...]]) -> CountedLesson:
    lesson, subject, start, minutes, teachers, state, number, away = row
    roster = rosters[number]
    entries = {
        roster[int(n)]: Entry(Minutes(*e[:4]), Reason(e[4]) if len(e) > 4 else None) for n, e in away.items()
    }
    return CountedLesson(
        LessonId(lesson), subject, datetime.fromisoformat(start), minutes, tuple(map(PersonId, teachers)),
        state, roster, entries,
    )  # fmt: skip


def groups_counted_at(unit: UnitId, first: date, last: date) -> set[GroupId]:
    """The groups that were counted at a unit in a span. A query per megabyte: a large school's year."""
    between = CellsItem.sk.between(f"C#{first}", f"C#{last}")
    found = CellsItem.query(f"STAT#{unit}", between, attributes_to_get=["groups", "kind"])
    return {GroupId(group) for item in found for group in json.loads(item.groups)}


# Days to count again


def due_item(group: GroupId, day: date) -> DueItem:
    """That a group's day is to be counted again."""
    return DueItem("DUE", f"{day}#{group}", expires=int((now() + timedelta(days=DUE_DAYS)).timestamp()))


def due(limit: int) -> list[DueItem]:
    """Group days to count again, the earliest first. One consistent query."""
    return list(DueItem.query("DUE", limit=limit, consistent_read=True))


def due_of(item: DueItem) -> tuple[GroupId, date]:
    """Which group and day."""
    day, _, group = item.sk.partition("#")
    return GroupId(group), date.fromisoformat(day)


# A unit's days


@dataclass(frozen=True, slots=True)
class UnitDay:
    """A unit's counted day: cells without people, and what each pupil's sums are."""

    unit: UnitId
    day: date
    groups: tuple[GroupId, ...]
    cells: tuple[Cell, ...]
    pupils: Mapping[PersonId, Sums]


def _cells_key(unit: UnitId, day: date) -> tuple[str, str]:
    return f"STAT#{unit}", f"C#{day}"


def _pupils_key(unit: UnitId, day: date, number: int) -> tuple[str, str]:
    return f"STAT#{unit}", f"P#{day}#{number:02}"


def find_unit_day(unit: UnitId, day: date) -> tuple[CellsItem | None, tuple[GroupId, ...]]:
    """The item of a unit's day, and the groups that were counted in it. One consistent get."""
    item = CellsItem.find(*_cells_key(unit, day))
    return item, tuple(map(GroupId, json.loads(item.groups))) if item else ()


def unit_day_writes(new: UnitDay, stored: CellsItem | None) -> list[Write]:
    """The unit's day over the version read: its items are one transaction."""
    item = CellsItem(*_cells_key(new.unit, new.day), groups=compact(new.groups))
    item.cells = compact([cell.as_row() for cell in new.cells])
    rows = [[pupil, *sums.row()] for pupil, sums in sorted(new.pupils.items())]
    parts = list(chunks(rows, PUPILS)) or [[]]
    item.parts = len(parts)
    pupils: list[Write] = [
        Overwrite(UnitPupilsItem(*_pupils_key(new.unit, new.day, n), pupils=compact(part)))
        for n, part in enumerate(parts)
    ]
    more = range(len(parts), int(stored.parts) if stored else 0)
    gone = [Remove(UnitPupilsItem(*_pupils_key(new.unit, new.day, n))) for n in more]
    return [item.over(stored.version if stored else None), *pupils, *gone]


def unit_cells(unit: UnitId, first: date, last: date) -> Iterator[tuple[date, list[Cell]]]:
    """A unit's days in cells. A query per megabyte: a large school's year."""
    between = CellsItem.sk.between(f"C#{first}", f"C#{last}")
    for item in CellsItem.query(f"STAT#{unit}", between):
        cells = [Cell.of_row(row) for row in json.loads(item.cells)]
        yield date.fromisoformat(item.sk.partition("#")[2]), cells


def unit_pupils(unit: UnitId, first: date, last: date) -> Iterator[tuple[date, dict[PersonId, Sums]]]:
    """A unit's days by pupil. A query per megabyte: a month of a school of 700."""
    between = UnitPupilsItem.sk.between(f"P#{first}", f"P#{last}#~")
    for item in UnitPupilsItem.query(f"STAT#{unit}", between):
        yield date.fromisoformat(item.sk.split("#")[1]), pupil_rows(json.loads(item.pupils))


def pupil_rows(rows: Iterable[Sequence[Any]]) -> dict[PersonId, Sums]:
    """Sums by pupil, of rows."""
    return {PersonId(pupil): Sums(*numbers) for pupil, *numbers in rows}


# Evenings


def sweeps(unit: UnitId, first: date, last: date) -> Iterator[tuple[date, dict[str, int]]]:
    """What the evenings of a span found at a unit. One query."""
    between = SweepItem.sk.between(str(first), str(last))
    for item in SweepItem.query(f"SWEEP#{unit}", between):
        yield date.fromisoformat(item.sk), json.loads(item.counts)
