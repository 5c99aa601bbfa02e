"""The terms of a school year."""

from __future__ import annotations

from datetime import date

from skolkit.sweden.calendar import SchoolYear


def term_of(day: date) -> str:
    """The term of a day: "2026/27 HT" to the end of the calendar year, then VT."""
    return f"{SchoolYear.of(day)} {'HT' if day.month >= 7 else 'VT'}"


def terms_of(day: date) -> tuple[str, str]:
    """Both terms of a day's school year, that of the day first."""
    year, now = SchoolYear.of(day), term_of(day)
    return now, f"{year} {'VT' if now.endswith('HT') else 'HT'}"
