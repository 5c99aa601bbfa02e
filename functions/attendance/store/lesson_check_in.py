"""Check-in windows and arrivals, in the lesson's partition beside its sheet: many pupils come at once, and
the sheet is the teacher's to write.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from functions.attendance.domain.lesson import Sheet
from functions.attendance.domain.lesson_check_in import Arrival, Window
from functions.attendance.store import AttendanceItem, SheetItem, instant, sheet_of
from skolkit.clock import stamp
from skolkit.table import Wanted
from skolkit.types import LessonId, PersonId

DAYS = 30  # that they are kept; what the teacher has saved is on the sheet


class WindowItem(AttendanceItem, discriminator="lesson_check_in_window"):
    """The last window of a lesson."""

    code = UnicodeAttribute()
    opened_by = UnicodeAttribute()
    since = UnicodeAttribute()
    until = UnicodeAttribute()


class ArrivalItem(AttendanceItem, discriminator="lesson_check_in"):
    """A pupil's tries at a lesson, and when they came."""

    pupil = UnicodeAttribute()
    starts = UnicodeAttribute()
    guesses = NumberAttribute(default=0)
    at = UnicodeAttribute(null=True)


@dataclass(frozen=True, slots=True)
class Opened:
    """A lesson with who has checked in."""

    sheet: Sheet
    window: Window | None
    arrivals: Mapping[PersonId, Arrival]


def _pk(lesson: LessonId) -> str:
    return f"LESSON#{lesson}"


def opened(lesson: LessonId) -> Opened | None:
    """A lesson's sheet, window and arrivals; one consistent Query."""
    rows = list(AttendanceItem.query(_pk(lesson), consistent_read=True))
    sheet = next((row for row in rows if isinstance(row, SheetItem)), None)
    if sheet is None:
        return None
    window = next((_window(row) for row in rows if isinstance(row, WindowItem)), None)
    arrivals = {PersonId(row.pupil): _arrival(row) for row in rows if isinstance(row, ArrivalItem)}
    return Opened(sheet_of(sheet), window, arrivals)


def wanted_window(lesson: LessonId) -> Wanted[Window | None]:
    """A lesson's window, for `fetch`."""
    key = (_pk(lesson), "CHECK-IN")
    return Wanted(WindowItem, [key], lambda found: _window(found[key]) if key in found else None)


def wanted_arrivals(lessons: Iterable[LessonId], pupil: PersonId) -> Wanted[dict[LessonId, Arrival]]:
    """A pupil's arrivals at lessons, for `fetch`."""
    keys = {(_pk(lesson), f"CHECK-IN#{pupil}"): lesson for lesson in lessons}
    return Wanted(
        ArrivalItem, list(keys), lambda found: {keys[key]: _arrival(row) for key, row in found.items()}
    )


def window_item(lesson: LessonId, window: Window) -> WindowItem:
    """The window to write over the version read."""
    item = WindowItem(
        _pk(lesson),
        "CHECK-IN",
        code=window.code,
        opened_by=window.by,
        since=stamp(window.since),
        until=stamp(window.until),
        expires=_expires(window.until),
    )
    return item.over(window.version)


def arrival_item(sheet: Sheet, arrival: Arrival) -> ArrivalItem:
    """The arrival to write over the version read."""
    item = ArrivalItem(
        _pk(sheet.lesson),
        f"CHECK-IN#{arrival.pupil}",
        pupil=arrival.pupil,
        starts=stamp(sheet.start),
        guesses=arrival.guesses,
        at=stamp(arrival.at) if arrival.at else None,
        expires=_expires(sheet.end),
    )
    return item.over(arrival.version)


def _expires(at: datetime) -> int:
    return int((at + timedelta(days=DAYS)).timestamp())


def _window(item: WindowItem) -> Window:
    by = PersonId(item.opened_by)
    return Window(item.code, by, instant(item.since), instant(item.until), item.version)


def _arrival(item: ArrivalItem) -> Arrival:
    at = instant(item.at) if item.at else None
    return Arrival(PersonId(item.pupil), int(item.guesses), at, item.version)
