"""Swedish public holidays and the municipality's school year: on which days pupils go to school.

The administrative school year runs 1 July–30 June. A school calendar (läsårsdata) is two terms, days off
inside them (lovdagar) and study days of the staff, and is checked against skolförordningen 3:2–6. It is
versioned data: the municipality decides it each year, `default_calendar` is only a sensible start.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from types import MappingProxyType
from typing import Self

MIN_SCHOOL_DAYS = 178
MIN_DAYS_OFF = 12
MAX_STUDY_DAYS = 5

_DAY = timedelta(days=1)
_TUESDAY, _FRIDAY, _SATURDAY = 1, 4, 5


def easter_sunday(year: int) -> date:
    """Easter Sunday in the Gregorian calendar (the anonymous algorithm of Meeus, *Astronomical Algorithms*
    ch. 8).

    >>> easter_sunday(2027).isoformat()
    '2027-03-28'
    """
    century, of_century = divmod(year, 100)
    lunar = year % 19
    epact = (19 * lunar + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (of_century // 4) - epact - of_century % 4) % 7
    late = (lunar + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


@cache
def public_holidays(year: int) -> Mapping[date, str]:
    """Public holidays (allmänna helgdagar) but ordinary Sundays, lag (1989:253): date → Swedish name.

    Thirteen rules here instead of the library `holidays`, whose import costs 200 ms of CPU and 10 MB against
    a cold-start budget of 400 ms; the rules were compared with it for 2006–2060.

    >>> public_holidays(2027)[date(2027, 6, 26)]
    'Midsommardagen'
    """
    easter = easter_sunday(year)
    holidays = {
        date(year, 1, 1): "Nyårsdagen",
        date(year, 1, 6): "Trettondedag jul",
        easter - 2 * _DAY: "Långfredagen",
        easter: "Påskdagen",
        easter + _DAY: "Annandag påsk",
        date(year, 5, 1): "Första maj",
        easter + 39 * _DAY: "Kristi himmelsfärdsdag",
        easter + 49 * _DAY: "Pingstdagen",
        date(year, 6, 6): "Sveriges nationaldag",
        _on_or_after(date(year, 6, 20), _SATURDAY): "Midsommardagen",
        _on_or_after(date(year, 10, 31), _SATURDAY): "Alla helgons dag",
        date(year, 12, 25): "Juldagen",
        date(year, 12, 26): "Annandag jul",
    }
    return MappingProxyType(holidays)  # cached: callers share it


def is_workday(day: date) -> bool:
    """Monday–Friday and no public holiday. Eves (midsommarafton, julafton) are workdays in that law."""
    return day.weekday() <= _FRIDAY and day not in public_holidays(day.year)


@dataclass(frozen=True, order=True, slots=True)
class SchoolYear:
    """A school year (läsår) by the calendar year in which it starts, administratively on 1 July.

    >>> str(SchoolYear.parse("2026/27")), SchoolYear.of(date(2027, 6, 30)).start.isoformat()
    ('2026/27', '2026-07-01')
    """

    start_year: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """`2026/27` (or `2026/2027`). Raises ValueError."""
        found = re.fullmatch(r"([0-9]{4})/([0-9]{2}|[0-9]{4})", text)
        if not found or not str(int(found[1]) + 1).endswith(found[2]):
            raise ValueError(f"{text!r}: a school year is written as two years in a row, e.g. 2026/27")
        return cls(int(found[1]))

    @classmethod
    def of(cls, day: date) -> Self:
        """The school year a day belongs to."""
        return cls(day.year if day.month >= 7 else day.year - 1)

    @property
    def start(self) -> date:
        """1 July."""
        return date(self.start_year, 7, 1)

    @property
    def end(self) -> date:
        """30 June, inclusive."""
        return date(self.start_year + 1, 6, 30)

    def __str__(self) -> str:
        return f"{self.start_year}/{(self.start_year + 1) % 100:02}"


@dataclass(frozen=True, order=True, slots=True)
class Term:
    """A term (termin); both days inclusive."""

    first: date
    last: date

    def days(self) -> Iterator[date]:
        """Every calendar day of the term."""
        return (self.first + number * _DAY for number in range((self.last - self.first).days + 1))


@dataclass(frozen=True, slots=True)
class CalendarProblem:
    """A rule that a school calendar breaks: `rule` for programs, `sv` and `en` for people."""

    rule: str
    sv: str
    en: str


@dataclass(frozen=True, slots=True)
class SchoolCalendar:
    """Which days of a school year are school days: `autumn` and `spring` terms, days off and study days
    inside them.
    """

    school_year: SchoolYear
    autumn: Term
    spring: Term
    days_off: frozenset[date]
    study_days: frozenset[date]

    def is_school_day(self, day: date) -> bool:
        """Whether pupils go to school that day."""
        return self._in_term(day) and is_workday(day) and day not in self.days_off | self.study_days

    def school_days(self) -> list[date]:
        """All school days (skoldagar) of the year in order."""
        return [day for term in (self.autumn, self.spring) for day in term.days() if self.is_school_day(day)]

    def problems(self) -> tuple[CalendarProblem, ...]:
        """Every rule of skolförordningen 3:2–6 the calendar breaks; empty when it may be decided.

        Only Monday–Friday days inside a term that are no public holiday count as days off and as study days.
        """
        days_off = sum(map(self._countable, self.days_off - self.study_days))
        school_days = len(self.school_days())
        stray = sorted(day for day in self.days_off | self.study_days if not self._countable(day))
        year, autumn, spring = self.school_year, self.autumn, self.spring
        in_order = year.start <= autumn.first <= autumn.last < spring.first <= spring.last <= year.end
        in_order = in_order and (autumn.first.month, spring.last.month) == (8, 6)
        texts = {
            "terms": (
                not in_order,
                f"terminerna ska ligga i ordning inom läsåret {year}, från augusti till juni",
                f"the terms must follow each other inside the school year {year}, from August to June",
            ),
            "school_days": (
                school_days < MIN_SCHOOL_DAYS,
                f"{school_days} skoldagar, minst {MIN_SCHOOL_DAYS} krävs",
                f"{school_days} school days, at least {MIN_SCHOOL_DAYS} are required",
            ),
            "days_off": (
                days_off < MIN_DAYS_OFF,
                f"{days_off} lovdagar, minst {MIN_DAYS_OFF} krävs",
                f"{days_off} days off, at least {MIN_DAYS_OFF} are required",
            ),
            "study_days": (
                len(self.study_days) > MAX_STUDY_DAYS,
                f"{len(self.study_days)} studiedagar, högst {MAX_STUDY_DAYS} är tillåtna",
                f"{len(self.study_days)} study days, at most {MAX_STUDY_DAYS} are allowed",
            ),
            "stray_days": (
                bool(stray),
                f"lov- eller studiedagar som inte är vardagar i en termin: {', '.join(map(str, stray))}",
                f"days off or study days that are no weekdays of a term: {', '.join(map(str, stray))}",
            ),
        }
        return tuple(CalendarProblem(rule, sv, en) for rule, (broken, sv, en) in texts.items() if broken)

    def closing_problems(self) -> tuple[CalendarProblem, ...]:
        """The same for a unit whose forms have no terms (preschool, fritidshem): its days must be in the
        year.
        """
        return tuple(problem for problem in self.problems() if problem.rule == "stray_days")

    def _in_term(self, day: date) -> bool:
        return self.autumn.first <= day <= self.autumn.last or self.spring.first <= day <= self.spring.last

    def _countable(self, day: date) -> bool:
        return self._in_term(day) and is_workday(day)


def open_year(school_year: SchoolYear) -> SchoolCalendar:
    """The calendar of a unit without terms: every weekday from 1 July to 30 June that is no public holiday.

    Preschool and fritidshem have no terms and no least number of days; what they close is for each to say
    (skollagen 8:3, 14:4–6).
    """
    turn = date(school_year.start_year, 12, 31)
    halves = Term(school_year.start, turn), Term(turn + _DAY, school_year.end)
    return SchoolCalendar(school_year, *halves, frozenset(), frozenset())


def default_calendar(school_year: SchoolYear, *, winter_break_week: int = 8) -> SchoolCalendar:
    """A calendar like most municipalities': it satisfies the rules and ends on the 178th school day.

    Autumn runs from the first Tuesday after 14 August to the last Friday before 23 December; spring begins
    with a study day on the first weekday after Epiphany. Days off: week 44 (höstlov), `winter_break_week`
    (sportlov, 7–10 by region), Monday–Thursday before Good Friday (påsklov) and the Friday after Ascension
    Day. Study days: four.
    """
    first_year, year = school_year.start_year, school_year.start_year + 1
    easter = easter_sunday(year)
    autumn = Term(
        _on_or_after(date(first_year, 8, 15), _TUESDAY), _on_or_after(date(first_year, 12, 16), _FRIDAY)
    )
    spring_first = date(year, 1, 7)
    while not is_workday(spring_first):
        spring_first += _DAY
    days_off = {
        *_week(first_year, 44),
        *_week(year, winter_break_week),
        *(easter - days * _DAY for days in range(3, 7)),
        easter + 40 * _DAY,
    }
    study_days = {date.fromisocalendar(first_year, 38, 5), date.fromisocalendar(first_year, 47, 1)}
    study_days |= {spring_first, date.fromisocalendar(year, 11, 5)}
    calendar = SchoolCalendar(
        school_year,
        autumn,
        Term(spring_first, school_year.end),
        frozenset(days_off),
        frozenset(study_days - days_off),
    )
    return replace(calendar, spring=Term(spring_first, calendar.school_days()[MIN_SCHOOL_DAYS - 1]))


def _on_or_after(day: date, weekday: int) -> date:
    return day + (weekday - day.weekday()) % 7 * _DAY


def _week(year: int, week: int) -> list[date]:
    return [date.fromisocalendar(year, week, weekday) for weekday in range(1, 6)]
