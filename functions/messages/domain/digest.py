"""The weekly digest (process 28): on Sunday one message to each guardian, and pupil of age, with how much
waits for them and what comes for their children. It counts and names nobody; where there is nothing to tell
nothing is sent, and nothing to a home with protected identity (rules §4.6, §5.3).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from typing import Literal, get_args

from skolkit.clock import local
from skolkit.types import PersonId

Weekday = Literal["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"]
_WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)


@dataclass(frozen=True, slots=True)
class DigestRules:
    """What is decided, not derived [PROPOSED], as data of one version: when the digest goes out by the
    Swedish clock, summer and winter (vendors send theirs on Sundays, rules §5.3); `unread`: how old news and
    messages still count; `late`: how long after its time it is still sent.
    """

    id: str = "digest-2026"
    weekday: Weekday = "SUN"
    at: time = time(17)
    unread: timedelta = timedelta(days=28)
    late: timedelta = timedelta(days=1)

    @property
    def schedule(self) -> str:
        """As the scheduler has it.

        >>> DigestRules().schedule
        'cron(0 17 ? * SUN *)'
        """
        return f"cron({self.at.minute} {self.at.hour} ? * {self.weekday} *)"


RULES = DigestRules()


@dataclass(frozen=True, slots=True)
class Week:
    """The week that a digest closes: `day` is when it is sent."""

    day: date

    @classmethod
    def closed_on(cls, day: date, rules: DigestRules = RULES) -> Week:
        """The week whose digest is the last up to a day, also when it is asked for the day after.

        >>> Week.closed_on(date(2026, 11, 30)), Week.closed_on(date(2026, 11, 29)).id
        (Week(day=datetime.date(2026, 11, 29)), '2026-W48')
        """
        return cls(day - timedelta(days=(day.weekday() - _WEEKDAYS.index(rules.weekday)) % 7))

    @property
    def id(self) -> str:
        """The week's name, ISO 8601: one digest for a person in each.

        >>> Week(date(2027, 1, 3)).id
        '2026-W53'
        """
        year, week, _ = self.day.isocalendar()
        return f"{year}-W{week:02}"

    @property
    def first(self) -> date:
        return self.day - timedelta(days=self.day.weekday())

    @property
    def coming(self) -> tuple[date, date]:
        """The first and last day of the week after."""
        monday = self.first + timedelta(days=7)
        return monday, monday + timedelta(days=6)


def is_late(week: Week, now: datetime, rules: DigestRules = RULES) -> bool:
    """Whether a digest would come when its week is over, as when facts are told again from the archive.

    >>> from datetime import UTC
    >>> is_late(Week(date(2026, 3, 29)), datetime(2026, 3, 30, 14, 59, tzinfo=UTC))
    False
    >>> is_late(Week(date(2026, 3, 29)), datetime(2026, 3, 30, 15, 1, tzinfo=UTC))
    True
    """
    return now > local(week.day, rules.at) + rules.late


@dataclass(frozen=True, slots=True)
class Digest:
    """How much there is of everything: unread `news`, conversations with unread `messages`, `consents` and
    `forms` to be answered, minutes of `absence` this week and granted `leave` of the coming, of all children
    together.
    """

    news: int = 0
    messages: int = 0
    consents: int = 0
    forms: int = 0
    absence: int = 0
    leave: int = 0

    def values(self) -> dict[str, str]:
        """What is told: what there is nothing of is left out; {} when there is nothing at all.

        >>> Digest(news=2, absence=40).values()
        {'news': '2', 'absence': '40'}
        """
        counts = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: str(count) for name, count in counts.items() if count}


def may_be_told(person: PersonId, children: Collection[PersonId], protected: Collection[PersonId]) -> bool:
    """Nothing is sent to somebody with protected identity, or with a child who has."""
    return not {person, *children} & set(protected)


def alike(digests: Mapping[PersonId, Digest]) -> Iterable[tuple[dict[str, str], Sequence[PersonId]]]:
    """Those who are told the same, together; nobody for whom there is nothing."""
    found: dict[Digest, list[PersonId]] = {}
    for person, digest in sorted(digests.items()):
        if digest.values():
            found.setdefault(digest, []).append(person)
    return [(digest.values(), people) for digest, people in found.items()]
