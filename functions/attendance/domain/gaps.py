"""Same-day notice (underrättelse samma dag, process 21): when guardians are told that a pupil was away
without a reason.

The principal sees to it that the guardian is informed the same day (skollagen 7:17, 15:16). One notice goes
out per gap: a run of unexcused lessons without a lesson in between where the pupil was present. A notice of
absence that has arrived explains the lessons it covers, and nothing is sent for them.

Whoever comes late was present afterwards: lateness is a gap of its own, told as such, and no absence before
or after it is part of it. The law knows no least number of minutes, so a single one is told.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from enum import StrEnum

from functions.attendance.domain.absence import Span
from skolkit.errors import DomainError, Text
from skolkit.types import LessonId, NoticeId, PersonId, UnitId

PROVEN = time(18, 0)  # [PROPOSED] when every home with an unexcused absence must have been tried


class Outcome(StrEnum):
    """What became of the notice to one guardian. `CALL`: the office tells them by telephone, as agreed (rules
    §4.6).
    """

    DELIVERED = "delivered"
    FAILED = "failed"
    CALL = "call"


class AlreadyReached(DomainError):
    """Somebody has already been reached by telephone."""

    reason = Text("Hemmet är redan nått per telefon.", "They have already been reached by telephone.")
    advice = Text("Läs in listan på nytt.", "Load the list again.")


@dataclass(frozen=True, slots=True)
class Gap:
    """A run of unexcused lessons that one notice is about; with `late` minutes, of one that the pupil came
    late to. `outcomes` by recipient, empty until messages has answered.
    """

    notice: NoticeId
    lessons: tuple[LessonId, ...]
    start: datetime
    end: datetime
    outcomes: Mapping[PersonId, Outcome]
    late: int = 0

    @property
    def attempted(self) -> bool:
        return bool(self.outcomes)


@dataclass(frozen=True, slots=True)
class Missed:
    """A lesson a pupil missed without a known reason, or came so many minutes `late` to; aware times."""

    lesson: LessonId
    start: datetime
    end: datetime
    late: int = 0


def is_explained(missed: Missed, notices: Sequence[Span]) -> bool:
    """Whether a notice of absence covers the lesson, wholly or in part."""
    return any(span.minutes_of(missed.start, missed.end) > 0 for span in notices)


def neighbours(gaps: Sequence[Gap], missed: Missed) -> list[tuple[Gap, datetime, datetime]]:
    """The gaps `missed` could belong to, each with the time between, in which the pupil must not have been
    present.
    """
    return [
        (gap, gap.end, missed.start) if gap.end <= missed.start else (gap, missed.end, gap.start)
        for gap in gaps
        if missed.lesson not in gap.lessons and not gap.late and not missed.late and gap.lessons
    ]


def late_minutes(invalid: int, late: int, attended: int) -> int:
    """How late a pupil came who was away for nothing else; 0 for another absence."""
    return late if late and attended and invalid <= late else 0


def without(gap: Gap, lesson: LessonId) -> Gap:
    """The gap of a lateness that proved to be another absence: that is told anew."""
    return replace(gap, lessons=tuple(one for one in gap.lessons if one != lesson))


def extend(gap: Gap, missed: Missed) -> Gap:
    """The gap with one more lesson; its notice has been decided already."""
    return replace(
        gap,
        lessons=(*gap.lessons, missed.lesson),
        start=min(gap.start, missed.start),
        end=max(gap.end, missed.end),
    )


def answered(gap: Gap, recipient: PersonId, outcome: Outcome) -> Gap:
    """The gap with what became of the notice to one recipient. A failure is final, in whatever order answers
    come: a mail is first taken by its provider and may then come back.
    """
    if gap.outcomes.get(recipient, Outcome.DELIVERED) is not Outcome.DELIVERED:
        return gap
    return replace(gap, outcomes={**gap.outcomes, recipient: outcome})


class Called(StrEnum):
    """What is known of a call: nobody has made it, they were reached, or not; or nobody needs to be called,
    because the absence is explained now (which is seen, never stored).
    """

    OPEN = "open"
    REACHED = "reached"
    NOT_REACHED = "notReached"
    EXPLAINED = "explained"


@dataclass(frozen=True, slots=True)
class Call:
    """Somebody to be called about a gap of a pupil's day because no message reached them, and what came of
    it. `recipient` is the pupil when of age, or when nobody has custody; `why` as messages says it.
    """

    id: str
    unit: UnitId
    day: date
    pupil: PersonId
    recipient: PersonId
    notice: NoticeId
    why: str
    called: Called = Called.OPEN
    by: PersonId | None = None
    at: datetime | None = None
    attempts: int = 0
    version: int | None = None


def note_call(call: Call, called: Called, by: PersonId, at: datetime) -> Call:
    """The call with what came of it: who called and when. Raises `AlreadyReached`."""
    if call.called is Called.REACHED:
        raise AlreadyReached
    return replace(call, called=called, by=by, at=at, attempts=call.attempts + 1)


def is_settled(gap: Gap, known: Mapping[LessonId, Missed | None], notices: Sequence[Span]) -> bool:
    """Whether nothing of a gap is unexcused any more: every lesson of it has been corrected (None of what is
    `known`) or is covered by a notice of absence that stands now.
    """
    return all(
        lesson in known and ((missed := known[lesson]) is None or is_explained(missed, notices))
        for lesson in gap.lessons
    )


def seen_call(call: Call, settled: Collection[NoticeId]) -> Call:
    """The call as it is now: closed while its gap is settled, unless they have been reached already; open as
    before when the explanation is taken back.
    """
    if call.called is Called.REACHED or call.notice not in settled:
        return call
    return replace(call, called=Called.EXPLAINED)


def state(gap: Gap, reached: Collection[NoticeId]) -> str:
    """What the evening says of a gap: somebody was told by message or telephone, somebody is to be called,
    or nothing is known of any attempt.
    """
    if gap.notice in reached or Outcome.DELIVERED in gap.outcomes.values():
        return "told"
    return "toCall" if gap.attempted else "withoutAttempt"


def open_gap(notice: NoticeId, missed: Missed) -> Gap:
    """A new gap that begins with this lesson, about which a notice is due."""
    return Gap(notice, (missed.lesson,), missed.start, missed.end, {}, missed.late)
