"""A unit's months, open or locked."""

from __future__ import annotations

from datetime import date, datetime

from functions.attendance.domain.correction import Unlocking
from functions.attendance.schemas.common import Id
from skolkit.http import Shape


class LockMonth(Shape):
    """Lock a month, or unlock it with a reason."""

    locked: bool
    reason: Unlocking | None = None


class MonthView(Shape):
    """Whether a unit's month is locked today; it locks itself on `locksItself`, and unlocked it is open to
    and with `openUntil`. The last decision, if there is one, is `decider`'s.
    """

    unit: Id
    month: str
    locked: bool
    locks_itself: date
    open_until: date | None
    decider: Id | None
    decided_timestamp: datetime | None
    reason: Unlocking | None
    version: int
