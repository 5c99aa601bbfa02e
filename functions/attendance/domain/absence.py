"""Absence notices (frånvaroanmälan, process 19): what a guardian may report, change and withdraw, and which
lessons it covers.

A pupil's hindrance is notified to the school at once (skolförordningen 4:8). The reason is a category; free
text is not taken, because it easily becomes sensitive (rules §5.3).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from skolkit.clock import LOCAL, local
from skolkit.errors import DomainError, Text
from skolkit.types import NoticeId, PersonId, UnitId


class Reason(StrEnum):
    """Why a pupil is away, as a category. `LEAVE` has been granted ("Beviljad ledighet" in SS 12000); the
    others are notified ("Anmäld frånvaro").
    """

    ILLNESS = "illness"
    MEDICAL_VISIT = "medicalVisit"
    DENTAL_VISIT = "dentalVisit"
    OTHER = "other"
    LEAVE = "leave"


class Reporter(StrEnum):
    """As what somebody reports: the home, or the school on its behalf."""

    GUARDIAN = "guardian"
    PUPIL = "pupil"
    MENTOR = "mentor"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class NoticeRules:
    """How far ahead, how long and how far back a notice may reach, in days, and how many children one request
    may be about; each municipality's choice (rules §5.3). Mentors reach 72 hours back, homes not at all [P:
    support.vklass.se]; that administrators reach a month back is ours [PROPOSED].
    """

    id: str
    valid_from: date
    days_ahead: int
    longest_days: int
    mentor_days_back: int
    office_days_back: int
    ask_within: int

    def days_back(self, reporter: Reporter) -> int:
        """How many days ago a notice may begin. A home reports what comes."""
        return {
            Reporter.MENTOR: self.mentor_days_back, Reporter.ADMINISTRATOR: self.office_days_back
        }.get(reporter, 0)  # fmt: skip


RULES = NoticeRules(
    id="absence-notice-2", valid_from=date(2026, 7, 1), days_ahead=60, longest_days=14,
    mentor_days_back=3, office_days_back=30, ask_within=7,
)  # fmt: skip
MOST_PUPILS = 10  # in one request
MOST_ROWS = 99  # of one request, with its key the 100 items of a transaction


class UnknownSpan(DomainError):
    """Part of a day is reported one day at a time, and ends after it starts."""

    status = 422
    reason = Text("Tiderna hänger inte ihop.", "The times do not fit together.")
    advice = Text(
        "Ange sluttid efter starttid. Del av dag anmäls en dag i taget; flera dagar anmäls som hela dagar.",
        "Give an end after the start. Part of a day is reported one day at a time; more days as whole days.",
    )


class AbsencePassed(DomainError):
    """Days that have passed are the school's to correct."""

    reason = Text("Dagen har redan varit.", "The day has passed.")
    advice = Text(
        "Kontakta mentorn, som kan rätta i efterhand.", "Contact the mentor, who can correct it afterwards."
    )


class TooFarBack(DomainError):
    """The school corrects so many days back, and no more."""

    reason = Text(
        "Frånvaron börjar för länge sedan: högst {days} dagar bakåt.",
        "The absence begins too long ago: at most {days} days back.",
    )
    advice = Text(
        "Be skolans administratör, som når längre tillbaka, eller rätta lektionen.",
        "Ask the school's administrator, who reaches further back, or correct the lesson.",
    )


class TooFarAhead(DomainError):
    """The notice reaches further than the municipality takes notices."""

    status = 422
    reason = Text(
        "Anmälan sträcker sig för långt: högst {days} dagar.",
        "The notice reaches too far: at most {days} days.",
    )
    advice = Text(
        "Anmäl en kortare tid eller ansök om ledighet.", "Report a shorter time or apply for leave."
    )


class TooManyDays(DomainError):
    """All the children of a request are reported in one transaction, which has room for so much."""

    status = 422
    reason = Text(
        "Anmälan gäller för många barn och dagar på en gång.",
        "The notice is about too many children and days at once.",
    )
    advice = Text(
        "Anmäl kortare tid, eller några av barnen i taget.",
        "Report a shorter time, or some of the children at a time.",
    )


class SamePupilTwice(DomainError):
    """A request names each child once."""

    status = 422
    reason = Text("Samma barn är med två gånger.", "The same child is there twice.")
    advice = Text("Anmäl varje barn en gång.", "Report each child once.")


class NoSchoolDay(DomainError):
    """There is no school on any of the days."""

    status = 422
    reason = Text("Det är ingen skoldag under den tiden.", "There is no school day in that time.")
    advice = Text(
        "Kontrollera datumen mot skolans kalendarium.", "Check the dates against the school's calendar."
    )


class OverlappingAbsence(DomainError):
    """The pupil is already reported absent then."""

    reason = Text("Det finns redan en anmälan för samma tid.", "There is already a notice for the same time.")
    advice = Text("Ändra den anmälan i stället.", "Change that notice instead.")


class AlreadyStarted(DomainError):
    """A notice that has begun is shortened, not withdrawn: what was true yesterday stays."""

    reason = Text("Frånvaron har redan börjat.", "The absence has already begun.")
    advice = Text(
        "Ändra sista dagen i stället för att ta bort.", "Change the last day instead of withdrawing."
    )


@dataclass(frozen=True, slots=True)
class Span:
    """Days, first to last, whole or (one day only) between two local times."""

    first: date
    last: date
    start: time | None = None
    end: time | None = None

    def days(self) -> list[date]:
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]

    def minutes_of(self, start: datetime, end: datetime) -> int:
        """How many minutes of a lesson (aware times) fall inside the span."""
        day = start.astimezone(LOCAL).date()
        if not self.first <= day <= self.last:
            return 0
        # Instants, not clock times: the night when the clock is turned has other minutes than it shows.
        opens = local(day, self.start or time.min)
        closes = local(day, self.end) if self.end else local(day + timedelta(days=1), time.min)
        shared = min(end, closes) - max(start, opens)
        return max(0, -(-int(shared.total_seconds()) // 60))

    def overlaps(self, other: Span) -> bool:
        if self.last < other.first or other.last < self.first:
            return False
        return (self.start or time.min) < (other.end or time.max) and (other.start or time.min) < (
            self.end or time.max
        )


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice of absence; `by_phone`: told to the municipality's telephone service.

    `asked` is the day on which the home was asked whether the pupil is still ill, `answer` what it said:
    "prolonged" or "back". `version` is None until it is stored.
    """

    id: NoticeId
    pupil: PersonId
    unit: UnitId
    span: Span
    reason: Reason
    reported_by: PersonId
    reported_as: Reporter = Reporter.GUARDIAN
    by_phone: bool = False
    withdrawn: bool = False
    asked: date | None = None
    answer: str = ""
    version: int | None = None


def report(
    notice: Notice, others: Mapping[NoticeId, Span], today: date, is_school_day: Callable[[date], bool]
) -> Notice:
    """Accept a new notice beside the pupil's `others` on the same days, or refuse it."""
    back = RULES.days_back(notice.reported_as)
    if back and notice.span.first < today - timedelta(days=back):
        raise TooFarBack(field="startDate", value=notice.span.first.isoformat(), days=back)
    if not back and notice.span.first < today:
        raise AbsencePassed(field="startDate", value=notice.span.first.isoformat())
    _check(notice.span, today, is_school_day)
    _refuse_overlap(notice, others)
    return notice


def change(
    old: Notice,
    span: Span,
    reason: Reason,
    others: Mapping[NoticeId, Span],
    today: date,
    is_school_day: Callable[[date], bool],
) -> Notice:
    """The notice with another span or reason. What has passed stays: a begun notice keeps its first day."""
    if old.withdrawn or old.span.last < today:
        raise AbsencePassed(field="endDate", value=old.span.last.isoformat())
    begun = old.span.first < today
    if begun and span.first != old.span.first:
        raise AbsencePassed(field="startDate", value=span.first.isoformat())
    if span.last < today - timedelta(days=1 if begun else 0):
        raise AbsencePassed(field="endDate", value=span.last.isoformat())
    _check(span, today, is_school_day)
    changed = replace(old, span=span, reason=reason)
    _refuse_overlap(changed, others)
    return changed


def withdraw(old: Notice, today: date) -> Notice:
    """The notice taken back. Raises `AlreadyStarted` when one of its days has passed."""
    if old.span.first < today:
        raise AlreadyStarted(field="startDate", value=old.span.first.isoformat())
    return replace(old, withdrawn=True)


def require_room(notices: Sequence[Notice]) -> None:
    """Refuse what one transaction has no room for: of each child the notice, what is shown of it, its
    days, a fact and a trace.
    """
    if len({notice.pupil for notice in notices}) < len(notices):
        raise SamePupilTwice(field="notices")
    if sum(4 + len(notice.span.days()) for notice in notices) > MOST_ROWS:
        raise TooManyDays(field="notices")


def _check(span: Span, today: date, is_school_day: Callable[[date], bool]) -> None:
    check_times(span)
    if (span.last - span.first).days >= RULES.longest_days:
        raise TooFarAhead(field="endDate", value=span.last.isoformat(), days=RULES.longest_days)
    if (span.last - today).days > RULES.days_ahead:
        raise TooFarAhead(field="endDate", value=span.last.isoformat(), days=RULES.days_ahead)
    if not any(is_school_day(day) for day in span.days()):
        raise NoSchoolDay(field="startDate", value=span.first.isoformat())


def check_times(span: Span) -> None:
    """Raises `UnknownSpan` for a span that ends before it starts, or part of more than one day."""
    if span.last < span.first:
        raise UnknownSpan(field="endDate", value=span.last.isoformat())
    partial = span.start is not None or span.end is not None
    if partial and (span.first != span.last or (span.start or time.min) >= (span.end or time.max)):
        raise UnknownSpan(field="endTime", value=span.end.isoformat("minutes") if span.end else None)


def _refuse_overlap(notice: Notice, others: Mapping[NoticeId, Span]) -> None:
    for id, span in others.items():
        if id != notice.id and span.overlaps(notice.span):
            raise OverlappingAbsence(field="startDate", value=notice.span.first.isoformat())
