"""Days without school as spans: holidays, days off and study days of one or several units' school years."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Literal, NamedTuple

from skolkit.sweden.calendar import (
    SchoolCalendar,
    SchoolYear,
    easter_sunday,
    is_workday,
    public_holidays,
)

_DAY = timedelta(days=1)
_SATURDAY = 5
_Is = Literal["school", "study", "off", "holiday", "weekend"]


class Span(NamedTuple):
    """Days without school, both inclusive, by what they are called."""

    name: str
    first: date
    last: date


def spans(years: Mapping[SchoolYear, Sequence[SchoolCalendar]]) -> list[Span]:
    """The days on which none of the units has school: holidays by their name, study days, and whole breaks
    with the holidays and weekends inside them. Years follow each other; one without units has no days.
    """
    days = [
        (day, _what(day, calendars))
        for year, calendars in sorted(years.items())
        if calendars
        for day in _days(year)
    ]
    found: list[Span] = []
    for at_school, run in groupby(days, key=lambda one: one[1] in ("school", "study")):
        some = list(run)
        if at_school:
            found += [Span("Studiedag", day, day) for day, what in some if what == "study"]
        else:
            found += _break(some)
    return found


def _break(run: Sequence[tuple[date, _Is]]) -> list[Span]:
    """A run of days without school as one span, if any of them would else be a school day; else its holidays
    that are no weekend.
    """
    week = [(day, what) for day, what in run if what != "weekend"]
    if not any(what == "off" for _, what in week):
        return [Span(public_holidays(day.year)[day], day, day) for day, _ in week]
    first, last = week[0][0], week[-1][0]
    return [Span(_name(first, last), first, last)]


def _name(first: date, last: date) -> str:
    """What a break is called, by what is in it."""
    known = {
        date(first.year, 12, 25): "Jullov",
        date(first.year, 6, 30): "Sommarlov",
        date(first.year, 7, 1): "Sommarlov",  # of a school year by itself
        easter_sunday(first.year): "Påsklov",
    }
    if first == last:
        return "Lovdag"
    return next((name for day, name in known.items() if first <= day <= last), "Lov")


def _what(day: date, calendars: Sequence[SchoolCalendar]) -> _Is:
    if any(calendar.is_school_day(day) for calendar in calendars):
        return "school"
    if not is_workday(day):
        return "weekend" if day.weekday() >= _SATURDAY else "holiday"
    return "study" if all(day in calendar.study_days for calendar in calendars) else "off"


def _days(year: SchoolYear) -> Iterator[date]:
    day = year.start
    while day <= year.end:
        yield day
        day += _DAY
