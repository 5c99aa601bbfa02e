"""Absence that comes again (process 19): every Tuesday 13–14 with the physiotherapist, every second week,
until a day in the same school year.

A series keeps its occasions, one for each school day it falls on. What has been stays; a change holds from a
day on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, time, timedelta

from functions.attendance.domain.absence import (
    AbsencePassed,
    NoSchoolDay,
    Notice,
    OverlappingAbsence,
    Reason,
    Reporter,
    Span,
    TooFarAhead,
    check_times,
)
from skolkit.errors import DomainError, Text
from skolkit.sweden.calendar import SchoolYear
from skolkit.types import NoticeId, PersonId, UnitId, stable_id


class BeyondTheSchoolYear(DomainError):
    """A series ends with the school year: the next one has another timetable."""

    status = 422
    reason = Text("Serien fortsätter efter läsåret.", "The series goes on after the school year.")
    advice = Text("Ange en sista dag före juli.", "Give a last day before July.")


class NoOccasion(DomainError):
    """The series has nothing on that day, or it has been cancelled."""

    reason = Text(
        "Serien har inget kvar att ändra den dagen.", "The series has nothing left to change on that day."
    )
    advice = Text("Välj en kommande dag som serien visar.", "Choose a coming day that the series shows.")


@dataclass(frozen=True, slots=True)
class Rule:
    """The weekday of `first`, every week or every second, to `last`; whole days or between two times."""

    first: date
    last: date
    weeks: int
    start: time | None
    end: time | None
    reason: Reason

    def days(self) -> list[date]:
        count = (self.last - self.first).days // (7 * self.weeks) + 1
        return [self.first + timedelta(weeks=n * self.weeks) for n in range(count)]


@dataclass(frozen=True, slots=True)
class Occasion:
    """One day of a series. A cancelled one stays as such, so that nothing brings it back."""

    day: date
    start: time | None
    end: time | None
    reason: Reason
    cancelled: bool = False

    @property
    def span(self) -> Span:
        return Span(self.day, self.day, self.start, self.end)


@dataclass(frozen=True, slots=True)
class Series:
    """A series with its occasions by day. `rule` is the one that holds now; `version` None until stored."""

    id: NoticeId
    pupil: PersonId
    unit: UnitId
    rule: Rule
    occasions: tuple[Occasion, ...]
    reported_by: PersonId
    reported_as: Reporter = Reporter.GUARDIAN
    version: int | None = None

    def id_of(self, day: date) -> NoticeId:
        """The id that the occasion of a day has among the pupil's notices."""
        return NoticeId(stable_id("occasion", self.id, day.isoformat()))

    def coming(self, day: date) -> list[Occasion]:
        """What the series says of a day and those after it."""
        return [one for one in self.occasions if one.day >= day and not one.cancelled]

    def notices(self, day: date) -> list[Notice]:
        """The same as notices of a day each, which is what other systems know."""
        return [
            Notice(
                self.id_of(one.day), self.pupil, self.unit, one.span, one.reason, self.reported_by,
                self.reported_as,
            )
            for one in self.coming(day)
        ]  # fmt: skip


Others = Mapping[date, Mapping[NoticeId, Span]]


def start(series: Series, today: date, is_school_day: Callable[[date], bool], others: Others) -> Series:
    """The new series with its occasions, beside what the pupil is reported for already."""
    return _follow(series, series.rule, today, is_school_day, others)


def change(
    old: Series, rule: Rule, today: date, is_school_day: Callable[[date], bool], others: Others
) -> Series:
    """The series by another rule from the rule's first day on; what is before stays."""
    if not old.coming(today):
        raise NoOccasion(field="startDate", value=rule.first.isoformat())
    return _follow(old, rule, today, is_school_day, others)


def withdraw(old: Series, since: date, today: date) -> Series:
    """The series without what would have come from a day on."""
    if since < today:
        raise AbsencePassed(field="from", value=since.isoformat())
    if not old.coming(since):
        raise NoOccasion(field="from", value=since.isoformat())
    left = tuple(replace(o, cancelled=True) if o.day >= since else o for o in old.occasions)
    rule = replace(old.rule, last=min(old.rule.last, since - timedelta(days=1)))
    return replace(old, occasions=left, rule=rule)


def cancel(old: Series, occasion: NoticeId, today: date) -> tuple[Series, date]:
    """The series without one occasion, and its day."""
    day = next((o.day for o in old.coming(date.min) if old.id_of(o.day) == occasion), None)
    if day is None:
        raise NoOccasion(field="occasion")
    if day < today:
        raise AbsencePassed(field="occasion", value=day.isoformat())
    left = tuple(replace(o, cancelled=True) if o.day == day else o for o in old.occasions)
    return replace(old, occasions=left), day


def recount(old: Series, today: date, is_school_day: Callable[[date], bool], others: Others) -> Series:
    """The coming occasions by the calendar as it is now: days that school has moved to or away from. A day on
    which the pupil is reported for something else has none.
    """
    rule = old.rule
    stays = {o.day: o for o in old.occasions if o.day < max(today, rule.first) or o.cancelled}
    wanted = {day: _occasion(rule, day) for day in rule.days() if day >= today and is_school_day(day)}
    free = {day: o for day, o in wanted.items() if not _taken(old, o, others.get(day, {}))}
    found = free | stays
    return replace(old, occasions=tuple(found[day] for day in sorted(found)))


def _follow(
    old: Series, rule: Rule, today: date, is_school_day: Callable[[date], bool], others: Others
) -> Series:
    check(rule, today)
    before = [o for o in old.occasions if o.day < rule.first]
    new = [_occasion(rule, day) for day in rule.days() if is_school_day(day)]
    if not new:
        raise NoSchoolDay(field="startDate", value=rule.first.isoformat())
    taken = next((o.day for o in new if _taken(old, o, others.get(o.day, {}))), None)
    if taken:
        raise OverlappingAbsence(field="startDate", value=taken.isoformat())
    return replace(old, rule=rule, occasions=(*before, *new))


def check(rule: Rule, today: date) -> None:
    """Refuse a rule that begins in the past, has no sense or reaches beyond its school year."""
    if rule.first < today:
        raise AbsencePassed(field="startDate", value=rule.first.isoformat())
    if rule.last < rule.first:
        check_times(Span(rule.first, rule.last))
    check_times(Span(rule.first, rule.first, rule.start, rule.end))
    if rule.last > SchoolYear.of(rule.first).end:
        raise BeyondTheSchoolYear(field="endDate", value=rule.last.isoformat())
    ahead = SchoolYear(SchoolYear.of(today).start_year + 1).end
    if rule.first > ahead:
        raise TooFarAhead(field="startDate", value=rule.first.isoformat(), days=(ahead - today).days)


def _occasion(rule: Rule, day: date) -> Occasion:
    return Occasion(day, rule.start, rule.end, rule.reason)


def _taken(series: Series, occasion: Occasion, others: Mapping[NoticeId, Span]) -> bool:
    own = series.id_of(occasion.day)
    return any(id != own and span.overlaps(occasion.span) for id, span in others.items())
