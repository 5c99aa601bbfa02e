"""What the links in "still ill?" are about: `ANSWER#<hash of the secret>`: the table alone cannot answer."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from pynamodb.attributes import UnicodeAttribute

from functions.attendance.store import AttendanceItem
from skolkit.table import Overwrite
from skolkit.types import NoticeId, PersonId


class AnswerItem(AttendanceItem, discriminator="answer_link"):
    """One recipient's link; forgotten when it has ended."""

    pupil = UnicodeAttribute()
    notice = UnicodeAttribute()
    person = UnicodeAttribute()
    day = UnicodeAttribute()


@dataclass(frozen=True, slots=True)
class Asked:
    """Who is asked by a link, about which notice and day."""

    pupil: PersonId
    notice: NoticeId
    person: PersonId
    day: date


def name_of(token: str) -> str:
    """What a link is known by."""
    return hashlib.sha256(token.encode()).hexdigest()


def answer_item(token: str, asked: Asked, ends: datetime) -> Overwrite:
    """A link, always the same for the same message."""
    item = AnswerItem(
        f"ANSWER#{name_of(token)}", "ANSWER", pupil=asked.pupil, notice=asked.notice, person=asked.person,
        day=asked.day.isoformat(),
    )  # fmt: skip
    item.expires = int(ends.timestamp())
    return Overwrite(item)


def find_answer(token: str) -> Asked | None:
    """What a link is about. One consistent get."""
    item = AnswerItem.find(f"ANSWER#{name_of(token)}", "ANSWER")
    if item is None:
        return None
    return Asked(
        PersonId(item.pupil), NoticeId(item.notice), PersonId(item.person), date.fromisoformat(item.day)
    )
