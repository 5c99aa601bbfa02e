"""Same-day notice (underrättelse samma dag, process 21): when guardians are told that a pupil was away
without a reason.

The principal sees to it that the guardian is informed the same day (skollagen 7:17, 15:16). One notice goes
out per gap: a run of unexcused lessons without a lesson in between where the pupil was present. A notice of
absence that has arrived explains the lessons it covers, and nothing is sent for them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from functions.attendance.domain.absence import Span
from skolkit.types import LessonId, NoticeId, PersonId


class Outcome(StrEnum):
    """What became of the notice to one guardian. `CALL`: the office tells them by telephone, as agreed (rules
    §4.6).
    """

    DELIVERED = "delivered"
    FAILED = "failed"
    CALL = "call"


@dataclass(frozen=True, slots=True)
class Gap:
    """A run of unexcused lessons that one notice is about. `outcomes` by recipient, empty until messages has
    answered.
    """

    notice: NoticeId
    lessons: tuple[LessonId, ...]
    start: datetime
    end: datetime
    outcomes: Mapping[PersonId, Outcome]

    @property
    def attempted(self) -> bool:
        return bool(self.outcomes)


@dataclass(frozen=True, slots=True)
class Missed:
    """A lesson a pupil missed without a known reason; aware times."""

    lesson: LessonId
    start: datetime
    end: datetime


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
        if missed.lesson not in gap.lessons
    ]


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


def open_gap(notice: NoticeId, missed: Missed) -> Gap:
    """A new gap that begins with this lesson, about which a notice is due."""
    return Gap(notice=notice, lessons=(missed.lesson,), start=missed.start, end=missed.end, outcomes={})
