"""Talks as events in somebody's own calendar (RFC 5545): what a file that is synchronised to a telephone, and
perhaps shared, may say. No name, no school; of a pupil with protected identity neither place nor link.

An event is known by its UID and the number of its change (SEQUENCE). A guardian has one event in a round, so
that it moves when another time is booked; others have one for each time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from functions.assessment.domain.talks import Booked, Slot
from skolkit.types import PersonId, stable_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An event: from when to when, where; `end` None of a time that is not offered any more."""

    uid: str
    sequence: int
    start: datetime
    end: datetime | None
    room: str = ""
    link: str = ""
    cancelled: bool = False


def of_home(
    booked: Booked, slots: Mapping[str, Slot], person: PersonId, *, pupil: bool, protected: bool
) -> list[Event]:
    """The events of somebody in a home: the `pupil`'s of all talks, a guardian's own one, or the one that was
    given up last.
    """
    gone = {id: talk for id, talk in booked.gone.items() if id not in booked.talks}
    if pupil:
        return [
            _event(stable_id("talk", booked.round, id), booked, slots.get(id), start, gone, protected, id)
            for id, (start, _) in {**gone, **booked.talks}.items()
        ]
    mine = [(id, start) for id, (start, guardians) in booked.talks.items() if person in guardians]
    mine = mine or [(id, start) for id, (start, guardians) in gone.items() if person in guardians][-1:]
    uid = stable_id("talk", booked.round, booked.pupil, person)
    return [_event(uid, booked, slots.get(id), start, gone, protected, id) for id, start in mine]


def _event(
    uid: str,
    booked: Booked,
    slot: Slot | None,
    start: datetime,
    gone: Mapping[str, object],
    protected: bool,
    id: str,
) -> Event:
    shown = slot if slot and not protected else None
    return Event(
        uid=uid, sequence=booked.version or 0, start=start, end=slot.end if slot else None,
        room=shown.room if shown else "", link=shown.link if shown else "", cancelled=id in gone,
    )  # fmt: skip


def of_mentor(slots: Iterable[Slot], mentor: PersonId) -> list[Event]:
    """A mentor's booked times, and as cancelled those that are free again."""
    return [
        Event(
            uid=stable_id("talk", slot.round, slot.id), sequence=slot.version or 0, start=slot.start,
            end=slot.end, room=slot.room, link=slot.link, cancelled=slot.booking is None,
        )
        for slot in slots
        if slot.mentor == mentor and (slot.booking or (slot.version or 0) > 1)
    ]  # fmt: skip
