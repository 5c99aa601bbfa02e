"""Teachers are reminded of lessons nobody has reported, and their principal is told (process 20): what is not
reported cannot be told to a home the same day (skollagen 7:17).
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from skolkit.clock import local, today


@dataclass(frozen=True, slots=True)
class ReminderRules:
    """After how many minutes a lesson should have been reported; when the principal is told of the day's, and
    of what is left of the school day before.
    """

    id: str
    valid_from: date
    grace: int
    afternoon: time
    morning: time


RULES = ReminderRules(id="2026-1", valid_from=date(2026, 7, 1), grace=60, afternoon=time(16), morning=time(8))
LOOK_BACK = 60  # days; longer than any holiday but the summer, over which nothing is reminded of


def is_due(end: datetime, now: datetime) -> bool:
    """Whether a lesson should have been reported."""
    return now - end > timedelta(minutes=RULES.grace)


def is_to_escalate(end: datetime, now: datetime) -> bool:
    """Whether the principal is to be told of an unreported lesson now: the same afternoon if it was due by
    then, else the next school day (on which this is asked).
    """
    day = today(end)
    if day == today(now):
        afternoon = local(day, RULES.afternoon)
        return now >= afternoon and is_due(end, afternoon)
    return now >= local(today(now), RULES.morning)


def school_day_before(day: date, is_school_day: Callable[[date], bool]) -> date | None:
    """The last school day before a day, if there is one within reach."""
    before = (day - timedelta(days=n) for n in range(1, LOOK_BACK))
    return next((d for d in before if is_school_day(d)), None)


@dataclass(frozen=True, slots=True)
class Reminded:
    """Lessons of a unit's day that teachers have been reminded of, and that principals have been told of."""

    teachers: frozenset[str] = frozenset()
    principals: frozenset[str] = frozenset()
    version: int = 0

    def with_(self, teachers: Collection[str], principals: Collection[str]) -> Reminded:
        """With more of them."""
        return Reminded(self.teachers | {*teachers}, self.principals | {*principals}, self.version)
