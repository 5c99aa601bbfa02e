"""Pupils check themselves in to a lesson with a code that its teacher shows in the room (process 20).

It helps the teacher, who still saves the lesson: nobody is present by a code alone. A code is for one lesson
and some minutes, and nobody can try many.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from skolkit.errors import DomainError, Text
from skolkit.types import PersonId

GUESSES = 5  # of a pupil and lesson; a code has five digits
MINUTES = 10  # that a window is open when nothing else is asked for
EARLY = timedelta(minutes=15)  # before the lesson


class CheckInClosed(DomainError):
    """Outside the window the teacher takes who comes."""

    reason = Text("Incheckningen är inte öppen.", "The check-in is not open.")
    advice = Text("Säg till läraren att du är här.", "Tell the teacher that you are here.")


class WrongCode(DomainError):
    """A few wrong codes are mistakes."""

    status = 422
    reason = Text("Koden stämmer inte.", "The code is not right.")
    advice = Text("Läs koden på tavlan och försök igen.", "Read the code on the board and try again.")


class TooManyGuesses(DomainError):
    """Many wrong codes are guesses."""

    reason = Text("För många fel koder.", "Too many wrong codes.")
    advice = Text("Säg till läraren att du är här.", "Tell the teacher that you are here.")


class NotLessonTime(DomainError):
    """Pupils come when the lesson is."""

    reason = Text("Lektionen pågår inte.", "It is not lesson time.")
    advice = Text("Öppna incheckningen när lektionen börjar.", "Open the check-in when the lesson begins.")


@dataclass(frozen=True, slots=True)
class Window:
    """A time to check in. `since` is when the lesson's first one was opened: nobody could come earlier."""

    code: str
    by: PersonId
    since: datetime
    until: datetime
    version: int = 0


@dataclass(frozen=True, slots=True)
class Arrival:
    """A pupil's tries and, when a code was right, the moment."""

    pupil: PersonId
    guesses: int = 0
    at: datetime | None = None
    version: int = 0


def opened(
    known: Window | None, start: datetime, end: datetime, code: str, by: PersonId, now: datetime, minutes: int
) -> Window:
    """A new window of a lesson, in place of an earlier one. Raises `NotLessonTime`."""
    if not start - EARLY <= now < end:
        raise NotLessonTime(field="lesson")
    since = known.since if known else now
    return Window(code, by, since, min(now + timedelta(minutes=minutes), end), known.version if known else 0)


def tried(arrival: Arrival, window: Window | None, code: str, now: datetime) -> Arrival:
    """A pupil's arrival after a code: the moment if it is right, a guess more if not. Whoever has come has
    come. Raises `CheckInClosed`, `TooManyGuesses`.
    """
    if arrival.at:
        return arrival
    if window is None or now > window.until:
        raise CheckInClosed(field="code")
    if arrival.guesses >= GUESSES:
        raise TooManyGuesses(field="code")
    if code != window.code:
        return replace(arrival, guesses=arrival.guesses + 1)
    return replace(arrival, at=now)


def minutes_late(start: datetime, window: Window, at: datetime) -> int:
    """Whole minutes after the start, or after the check-in first opened if that was later."""
    return max(0, int((at - max(start, window.since)).total_seconds()) // 60)
