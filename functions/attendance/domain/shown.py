"""What other systems are shown of attendance (SS 12000), as values: absence as a stretch of time, and ids of
pupils' attendance that lead back to the lesson.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from hashlib import sha256

from functions.attendance.domain.absence import Notice, Reason
from skolkit.clock import local
from skolkit.types import LessonId, PersonId, UnitId

LESSON, PUPIL = 18, 12  # digits, of the 30 that a UUID of version 8 leaves free


@dataclass(frozen=True, slots=True)
class ShownAbsence:
    """Absence from one instant to another; `granted`: it is leave."""

    id: str
    pupil: PersonId
    unit: UnitId
    start: datetime
    end: datetime
    granted: bool
    by: PersonId


def shown_of(notice: Notice | None) -> ShownAbsence | None:
    """A notice, or granted leave as one, from the first moment of its first day, or its time of day, to the
    last. Nothing of one that has been taken back.
    """
    if notice is None or notice.withdrawn:
        return None
    span = notice.span
    end = local(span.last, span.end) if span.end else local(span.last + timedelta(days=1), time.min)
    return ShownAbsence(
        notice.id, notice.pupil, notice.unit, local(span.first, span.start or time.min), end,
        notice.reason is Reason.LEAVE, notice.reported_by,
    )  # fmt: skip


def attendance_id(lesson: LessonId, pupil: PersonId) -> str:
    """The id of a pupil's attendance at a lesson: a UUID of version 8 that begins with the lesson's token.

    >>> id = attendance_id(LessonId("l"), PersonId("p"))
    >>> id, token_of(id) == lesson_token(LessonId("l"))
    ('acac86c0-e609-8ca9-806f-4ee0cc4e6123', True)
    """
    free = lesson_token(lesson) + _digits(PUPIL, lesson, pupil)
    text = f"{free[:12]}8{free[12:15]}8{free[15:]}"
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def token_of(id: str) -> str | None:
    """The token of the lesson that an id of attendance is of; None for an id that is none."""
    text = id.replace("-", "")
    return text[:12] + text[13:16] + text[17:20] if (text[12], text[16]) == ("8", "8") else None


def lesson_token(lesson: LessonId) -> str:
    """What the ids of a lesson's attendance begin with; two of ten million lessons share one once in 10⁸."""
    return _digits(LESSON, lesson)


def _digits(count: int, *parts: str) -> str:
    return sha256("\x1f".join(parts).encode()).hexdigest()[:count]
