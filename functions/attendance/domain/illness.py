"""Is the pupil still ill? The home is asked the morning after a notice of illness ended, and answers with one
tap: ill today too, or back at school (process 19).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from functions.attendance.domain.absence import (
    RULES,
    AbsencePassed,
    Notice,
    OverlappingAbsence,
    Reason,
    Reporter,
    Span,
)
from skolkit.errors import DomainError, Text
from skolkit.types import NoticeId, PersonId


class NotAnIllness(DomainError):
    """Only illness goes on by a tap: a visit has its time."""

    reason = Text("Anmälan gäller inte sjukdom.", "The notice is not about illness.")
    advice = Text("Gör en ny anmälan i stället.", "Make a new notice instead.")


class NothingToProlong(DomainError):
    """There has been school since the notice ended; then it is another absence."""

    reason = Text(
        "Anmälan har slutat gälla och går inte att förlänga.", "The notice has ended and cannot be prolonged."
    )
    advice = Text("Gör en ny anmälan.", "Make a new notice.")


class NotEnded(DomainError):
    """That somebody is back is told when the notice has ended; before that it is shortened."""

    reason = Text("Anmälan gäller fortfarande.", "The notice is still in force.")
    advice = Text("Ändra sista dagen i anmälan.", "Change the last day of the notice.")


def days_to_ask(today: date, is_school_day: Callable[[date], bool]) -> list[date]:
    """The last days of notices that are asked about today: the last school day before it and the days off
    since. None on a day off, or after a holiday of more than `RULES.ask_within` days.
    """
    before = last_school_day(today, is_school_day)
    if before is None or not is_school_day(today):
        return []
    return Span(before, today - timedelta(days=1)).days()


def last_school_day(today: date, is_school_day: Callable[[date], bool]) -> date | None:
    """The school day before today; None when it is longer ago than is asked about."""
    before = (today - timedelta(days=n) for n in range(1, RULES.ask_within + 1))
    return next((day for day in before if is_school_day(day)), None)


def is_asked(notice: Notice, today: date) -> bool:
    """Whether the home is to be asked today: an illness that stands, and nobody has asked or answered yet."""
    ill = notice.reason is Reason.ILLNESS and not notice.withdrawn
    return ill and notice.span.last < today and notice.asked is None and not notice.answer


def prolong(
    old: Notice, id: NoticeId, until: date, by: tuple[PersonId, Reporter], before: date | None, today: date
) -> tuple[Notice, Notice]:
    """The old notice, answered, and a new one from today (or the day after the old one's last) to `until`;
    what was true yesterday stays as it is. `before` is the school day before today.
    """
    if old.reason is not Reason.ILLNESS:
        raise NotAnIllness(field="notice")
    if old.span.last < (before or today):
        raise NothingToProlong(field="notice")
    first = max(today, old.span.last + timedelta(days=1))
    if until < first:
        raise (AbsencePassed if until < today else OverlappingAbsence)(field="until", value=until.isoformat())
    person, role = by
    new = replace(
        old, id=id, span=Span(first, until), reported_by=person, reported_as=role, by_phone=False,
        asked=None, answer="", version=None,
    )  # fmt: skip
    return replace(old, answer="prolonged"), new


def back(old: Notice, today: date) -> Notice:
    """The notice with the answer that the pupil is back: nobody is asked about it any more."""
    if old.reason is not Reason.ILLNESS:
        raise NotAnIllness(field="notice")
    if old.span.last >= today or old.answer == "prolonged":
        raise NotEnded(field="notice")
    return replace(old, answer="back")
