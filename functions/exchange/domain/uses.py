"""What clients have fetched: numbers by day and resource, never whose."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DayUse:
    """What a client has fetched of a resource in a day: how often it asked, how many entities it got, how
    often it was refused, and when it asked last.
    """

    day: date
    resource: str
    requests: int
    entities: int
    refusals: int
    last_at: datetime
