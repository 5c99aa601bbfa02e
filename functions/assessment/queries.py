"""What other areas may read of assessment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from functions.assessment.domain import talk_calendars
from functions.assessment.domain.sittings import Sitting
from functions.assessment.domain.talk_calendars import Event
from functions.assessment.store import sittings as store
from functions.assessment.store import talks as talks_store
from skolkit.clock import today
from skolkit.sweden.calendar import SchoolYear
from skolkit.table import Wanted
from skolkit.types import PersonId

__all__ = [
    "Event", "TestTime", "talks_of_home", "talks_of_mentor", "test_times", "test_times_held",
    "wanted_test_grades",
]  # fmt: skip
ROUNDS = 10  # of talks, the newest: five school years of them


def wanted_test_grades(
    pupils: Iterable[PersonId],
    subject: str,
    year: SchoolYear | None = None,
    also: Mapping[PersonId, Sequence[PersonId]] | None = None,
) -> Wanted[dict[PersonId, str]]:
    """Pupils' test grades (provbetyg) in a subject, course or level by its code, for `skolkit.table.fetch`;
    those without are left out. `year`: the school year, this one when not given. `also`: their other
    records (`register.queries.wanted_also`), looked at when their own has no grade. To be taken into special
    account when the grade is set (skollagen 10:20 a, 15:25 a).
    """
    records = {pupil: (pupil, *(also or {}).get(pupil, ())) for pupil in pupils}
    return store.wanted_grades(records, subject, year or SchoolYear.of(today()))


@dataclass(frozen=True, slots=True, kw_only=True)
class TestTime:
    """When and where a part of a national test is held; `end` None where it has no writing time. `version`
    grows with every change of the sitting.
    """

    sitting: str
    part: str
    test: str
    start: datetime
    end: datetime | None
    room: str
    version: int


def test_times(records: Sequence[PersonId]) -> list[TestTime]:
    """The parts of national tests that a pupil writes, those that have a time. A query per record, and a
    batch.
    """
    return _times(store.written_by(records))


def test_times_held(person: PersonId) -> list[TestTime]:
    """The same of those that somebody is responsible for. A query and a batch."""
    return _times(store.held_by(person))


def _times(sittings: Iterable[Sitting]) -> list[TestTime]:
    return [
        TestTime(
            sitting=one.id, part=part.code, test=f"{one.paper.name}, {part.name}", start=slot.start,
            end=slot.start + timedelta(minutes=part.minutes) if part.minutes else None, room=slot.room,
            version=one.version or 0,
        )
        for one in sittings
        for part in one.paper.parts
        if (slot := one.slots.get(part.code))
    ]  # fmt: skip


def talks_of_home(
    records: Sequence[PersonId], person: PersonId, first: date, *, pupil: bool, protected: bool
) -> list[Event]:
    """The booked talks from a day on of somebody in a pupil's home, or of the pupil, as events with the UIDs
    they have in the files of talks (decision 0047). A query per record, and a batch.
    """
    booked = [
        one
        for one in talks_store.page_of_pupil(records, None, ROUNDS, person)[0]
        if any(today(start) >= first for start, _ in one.talks.values())
    ]
    found = talks_store.slots([(one.round, id) for one in booked for id in one.talks]) if booked else []
    slots = {slot.id: slot for slot in found}
    events = (talk_calendars.of_home(one, slots, person, pupil=pupil, protected=protected) for one in booked)
    return [event for mine in events for event in mine if not event.cancelled]


def talks_of_mentor(mentor: PersonId, first: date) -> list[Event]:
    """A mentor's booked talks of a hundred days from a day on, likewise. A query and a batch."""
    which, _ = talks_store.page_of_days(mentor, first, None, 100, mentor)
    events = talk_calendars.of_mentor(talks_store.slots(which), mentor) if which else []
    return [event for event in events if not event.cancelled]
