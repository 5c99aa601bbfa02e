"""What time it is, in one place: instants are aware UTC, school days are Swedish local dates."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Europe/Stockholm")


def now() -> datetime:
    """The current instant, aware, UTC."""
    return datetime.now(UTC)


def today(at: datetime | None = None) -> date:
    """The Swedish date at an instant (default: now).

    >>> today(datetime(2026, 11, 23, 23, 30, tzinfo=UTC))
    datetime.date(2026, 11, 24)
    """
    return (at or now()).astimezone(LOCAL).date()


def local(day: date, at: time) -> datetime:
    """The instant of a Swedish wall-clock time, aware, UTC; the first of the two in the repeated autumn hour.

    >>> local(date(2026, 11, 23), time(8, 10)).isoformat()
    '2026-11-23T07:10:00+00:00'
    """
    return datetime.combine(day, at, LOCAL).astimezone(UTC)


def stamp(at: datetime) -> str:
    """RFC 3339 in UTC with milliseconds: sorts as text.

    >>> stamp(datetime(2026, 11, 23, 7, 10, tzinfo=UTC))
    '2026-11-23T07:10:00.000Z'
    """
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
