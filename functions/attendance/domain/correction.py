"""How long a reported lesson can be corrected, by whom, and when a month is closed (process 20).

No law gives the times; what CSN and the term's grade documents are told (SkolF 6:12) must stand still once it
is told. The lengths are those usual in school systems, and the municipality's to change.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from skolkit.clock import today
from skolkit.errors import DomainError, Text
from skolkit.types import PersonId, UnitId


class Standing(StrEnum):
    """What somebody is to a lesson: its teacher (or substitute), its class's mentor, or of the office."""

    TEACHER = "teacher"
    MENTOR = "mentor"
    OFFICE = "office"


class Unlocking(StrEnum):
    """Why a closed month is opened again."""

    WRONG_REPORT = "wrongReport"
    LATE_CERTIFICATE = "lateCertificate"
    REVIEW = "review"
    RECTIFICATION = "rectification"


@dataclass(frozen=True, slots=True)
class CorrectionRules:
    """Hours after the lesson for teachers, days after its day for mentors; the office has until the month is
    locked. A month locks by itself on the day `locks_on` of the next; unlocked it is open for `open_days`.
    """

    id: str
    valid_from: date
    teacher_hours: int
    mentor_days: int
    locks_on: int
    open_days: int


RULES = CorrectionRules(
    id="2026-1", valid_from=date(2026, 7, 1), teacher_hours=72, mentor_days=14, locks_on=15, open_days=7
)


class TooLateToCorrect(DomainError):
    """After a time only the mentor, and then only the office, corrects a reported lesson."""

    reason = Text("Tiden för att rätta lektionen har gått ut.", "The time to correct the lesson has passed.")
    advice = Text(
        "Be mentor, rektor eller administratör att rätta.",
        "Ask the mentor, the principal or an administrator to correct it.",
    )


class MonthLocked(DomainError):
    """Nobody changes the attendance of a locked month."""

    reason = Text("Månaden är låst.", "The month is locked.")
    advice = Text("Be rektor låsa upp månaden.", "Ask the principal to unlock the month.")


class MonthNotOver(DomainError):
    """A month that goes on cannot be closed."""

    reason = Text("Månaden är inte slut.", "The month is not over.")
    advice = Text("Lås månaden när den är slut.", "Lock the month when it is over.")


class UnlockingNeedsReason(DomainError):
    """Opening a closed month is told with a reason; closing it needs none."""

    status = 422
    reason = Text("Skäl anges när en månad låses upp.", "A reason goes with unlocking a month.")
    advice = Text("Välj ett skäl.", "Choose a reason.")


@dataclass(frozen=True, slots=True)
class Month:
    """A unit's month, `first` its first day. `locked` is what has been decided last, None for nothing;
    unlocked it is open to and with `until`. `version` 0 when nothing is stored, else `modified` is when.
    """

    unit: UnitId
    first: date
    locked: bool | None = None
    until: date | None = None
    by: PersonId | None = None
    at: datetime | None = None
    reason: Unlocking | None = None
    version: int = 0
    modified: str | None = None

    @property
    def locks_itself(self) -> date:
        """The day from which it is locked without anybody's doing."""
        return next_month(self.first).replace(day=RULES.locks_on)

    def is_locked(self, on: date) -> bool:
        """Whether nobody corrects on a day."""
        if self.locked is not None and self.locked:
            return True
        if self.until is not None and on <= self.until:
            return False
        return on >= self.locks_itself


def month_of(at: datetime) -> date:
    """The first day of the Swedish month of an instant."""
    return today(at).replace(day=1)


def next_month(first: date) -> date:
    """The first day of the month after.

    >>> next_month(date(2026, 12, 1))
    datetime.date(2027, 1, 1)
    """
    return (first + timedelta(days=31)).replace(day=1)


def lock(month: Month, by: PersonId, now: datetime) -> Month:
    """The month, closed. Raises `MonthNotOver`."""
    if today(now) < next_month(month.first):
        raise MonthNotOver(field="month", value=f"{month.first:%Y-%m}")
    return replace(month, locked=True, until=None, by=by, at=now, reason=None)


def unlock(month: Month, by: PersonId, now: datetime, reason: Unlocking) -> Month:
    """The month, open for some days."""
    until = today(now) + timedelta(days=RULES.open_days)
    return replace(month, locked=False, until=until, by=by, at=now, reason=reason)


def in_teachers_time(end: datetime, now: datetime) -> bool:
    """Whether the lesson's teachers may still correct it: hours that have passed, whatever the clocks were
    turned meanwhile.
    """
    return now - end <= timedelta(hours=RULES.teacher_hours)


def require_time(end: datetime, standings: Collection[Standing], now: datetime) -> None:
    """Raises `TooLateToCorrect` unless one of what somebody is to a reported lesson gives them time."""
    allowed = {
        Standing.TEACHER: in_teachers_time(end, now),
        Standing.MENTOR: today(now) - today(end) <= timedelta(days=RULES.mentor_days),
        Standing.OFFICE: True,
    }
    if not any(allowed[standing] for standing in standings):
        raise TooLateToCorrect(field="lesson")
