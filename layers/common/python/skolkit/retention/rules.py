"""When the time of a document is over, and what is held back. Pure."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from skolkit.clock import today
from skolkit.sweden.calendar import SchoolYear

_DAY = re.compile(r"(?<![\d-])\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?(?![\d-])")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the retention plan: `months` after `event` the `action` is due, for `basis`."""

    document: str
    event: str
    months: int | None
    action: str
    basis: str


@dataclass(frozen=True, slots=True)
class Hold:
    """A legal hold (gallringsstopp): over a person, or over a document type, in one unit or in all. `also`
    are other records of the same person.
    """

    id: str
    person: str | None = None
    document: str | None = None
    unit: str | None = None
    also: tuple[str, ...] = ()

    def holds(self, document: str, people: Collection[str], units: Collection[str]) -> bool:
        """Whether something of this type, about these people, must stay. What does not say its unit is held
        by a hold over any unit: too much is kept rather than too little.

        >>> Hold("1", document="attendance.lesson", unit="a").holds("attendance.lesson", (), ())
        True
        """
        if self.person is not None:
            return not {self.person, *self.also}.isdisjoint(people)
        return self.document == document and (self.unit is None or not units or self.unit in units)


def days_in(text: str) -> list[date]:
    """Every day in a text; an instant is the Swedish day it falls on.

    >>> [d.isoformat() for d in days_in("D#2026-11-23#2026-11-23T23:30:00.000Z#5b0d0a36-3a0c-5d57-9c7b")]
    ['2026-11-23', '2026-11-24']
    """
    found = _DAY.findall(text)
    return [today(datetime.fromisoformat(one)) if "T" in one else date.fromisoformat(one) for one in found]


def last_day(text: str) -> date | None:
    """The latest day in a text; None without one: what has no end yet is not over."""
    return max(days_in(text), default=None)


def counted_from(event: str, day: date) -> date:
    """The day a period counts from, of something that happened on `day`.

    >>> counted_from("school year end", date(2026, 8, 20)).isoformat()
    '2027-06-30'
    """
    return SchoolYear.of(day).end if event == "school year end" else day


def months_after(day: date, months: int) -> date:
    """The same day of the month so many months later, or the last of that month: lag (1930:173) om beräkning
    av lagstadgad tid 1 §.

    >>> [str(months_after(date(2026, 8, 31), n)) for n in (0, 1, 6, 18)]
    ['2026-08-31', '2026-09-30', '2027-02-28', '2028-02-29']
    """
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def is_over(line: Line, since: date, day: date) -> bool:
    """Whether the period has passed on `day`: its last day is still part of it.

    >>> line = Line("timetable.lesson", "school year end", 12, "delete", "")
    >>> [is_over(line, date(2026, 6, 30), on) for on in (date(2027, 6, 30), date(2027, 7, 1))]
    [False, True]
    """
    return line.months is not None and day > months_after(since, line.months)


def holding(
    holds: Iterable[Hold], document: str, people: Collection[str], units: Collection[str]
) -> list[Hold]:
    """The holds that something must stay for."""
    return [hold for hold in holds if hold.holds(document, people, units)]
