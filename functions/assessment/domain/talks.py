"""Development talks (utvecklingssamtal, process 30; skollagen 10:12: at least once a term, in preschool and
preschool class once a year, 8:11, 9:11): a mentor offers times, each home books one, or both homes one each
where that is allowed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from skolkit.clock import today as day_of
from skolkit.errors import DomainError, NotFound, Text
from skolkit.types import GroupId, PersonId, UnitId

MOST_OFFERED = 40
"""Times offered at once: an item each and one for each day, in one transaction of a hundred."""
MOST_SLOTS = 100
AHEAD = timedelta(days=365)
EARLY = timedelta(days=3)
"""Before the last day to book, and on it, homes without a talk are reminded [PROPOSED]."""
SHORTEST, LONGEST = timedelta(minutes=5), timedelta(hours=3)


class SlotPast(DomainError):
    """A time to come."""

    status = 422
    reason = Text("Tiden har varit eller ligger för långt fram.", "The time has been or is too far ahead.")
    advice = Text("Välj en tid inom ett år.", "Choose a time within a year.")


class WrongLength(DomainError):
    """A talk takes five minutes to three hours."""

    status = 422
    reason = Text("Samtalet är för kort eller för långt.", "The talk is too short or too long.")
    advice = Text("Välj 5–180 minuter.", "Choose 5–180 minutes.")


class SlotOverlaps(DomainError):
    """A mentor is in one talk at a time."""

    reason = Text("Tiden krockar med ett annat samtal.", "The time overlaps another talk.")
    advice = Text("Välj en tid som är ledig.", "Choose a time that is free.")


class TooManySlots(DomainError):
    """A round has a number of times."""

    reason = Text("Omgången har redan många tider.", "The round has many times already.")
    advice = Text("Ta bort tider, eller öppna en ny omgång.", "Remove times, or open a new round.")


class WrongDeadline(DomainError):
    """Homes have until a day to come, before the talks."""

    status = 422
    reason = Text(
        "Sista bokningsdag har varit eller ligger efter tiderna.", "The deadline has been or is too late."
    )
    advice = Text(
        "Välj en dag från i dag till första samtalet.", "Choose a day from today to the first talk."
    )


class DeadlinePassed(DomainError):
    """After the last day the mentor books."""

    reason = Text("Sista bokningsdagen har varit.", "The last day to book has passed.")
    advice = Text("Kontakta mentorn.", "Contact the mentor.")


class SlotTaken(DomainError):
    """Somebody else was first."""

    reason = Text("Tiden är inte ledig.", "The time is not free.")
    advice = Text("Välj en annan tid.", "Choose another time.")


class BookedAlready(DomainError):
    """A home has one talk in a round."""

    reason = Text("Det finns redan ett bokat samtal.", "There is a talk booked already.")
    advice = Text("Byt tid på det samtalet.", "Change the time of that talk.")


class WhoComes(DomainError):
    """Those who come are guardians of the pupil."""

    status = 422
    reason = Text(
        "De som kommer måste vara elevens vårdnadshavare.", "Who comes must be guardians of the pupil."
    )
    advice = Text("Välj bland elevens vårdnadshavare.", "Choose among the pupil's guardians.")


class SlotBooked(DomainError):
    """A booked time is not taken away under the home."""

    reason = Text("Tiden är bokad.", "The time is booked.")
    advice = Text(
        "Avboka samtalet först, så att hemmet får veta.", "Cancel the talk first, so that the home knows."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkRound:
    """A round of talks with the homes of a group. `separate`: two homes may have a talk each; `deadline` is
    the last day homes book, change and cancel.
    """

    id: str
    group: GroupId
    unit: UnitId
    title: str
    deadline: date
    by: PersonId
    separate: bool = False
    slots: int = 0
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Booking:
    """Who comes to a talk: `guardians`, none for a pupil of age, and whether the pupil takes part."""

    pupil: PersonId
    guardians: tuple[PersonId, ...]
    takes_part: bool
    by: PersonId
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A time for a talk with a mentor, in a room or by a video link."""

    id: str
    round: str
    mentor: PersonId
    start: datetime
    end: datetime
    room: str = ""
    link: str = ""
    booking: Booking | None = None
    version: int | None = None

    @property
    def day(self) -> date:
        return day_of(self.start)

    def overlaps(self, start: datetime, end: datetime) -> bool:
        return self.start < end and start < self.end


Busy = Mapping[str, tuple[datetime, datetime]]
"""A mentor's talks of a day by slot: from when to when."""


@dataclass(frozen=True, slots=True)
class Booked:
    """A pupil's talks in a round: when each is, and which guardians come; `gone` those that were given up,
    the last one last.
    """

    pupil: PersonId
    round: str
    talks: Mapping[str, tuple[datetime, tuple[PersonId, ...]]] = field(default_factory=dict)
    gone: Mapping[str, tuple[datetime, tuple[PersonId, ...]]] = field(default_factory=dict)
    version: int | None = None


def check_round(round: TalkRound, slots: Sequence[Slot], today: date) -> None:
    """Raises `WrongDeadline`."""
    first = min(slot.day for slot in slots)
    if not today <= round.deadline <= first:
        raise WrongDeadline(field="deadline", value=round.deadline.isoformat())


def change_round(
    round: TalkRound, title: str, deadline: date, slots: Iterable[Slot], today: date
) -> TalkRound:
    """The round with another title and last day. A day that is moved lies from today to the first talk that
    is left. Raises `WrongDeadline`.
    """
    left = [slot.day for slot in slots if slot.day >= today]
    if deadline != round.deadline and not today <= deadline <= min(left, default=today):
        raise WrongDeadline(field="deadline", value=deadline.isoformat())
    return replace(round, title=title, deadline=deadline)


def offer(round: TalkRound, slots: Sequence[Slot], busy: Iterable[Busy], now: datetime) -> TalkRound:
    """The round with times more. Raises `TooManySlots`, `SlotPast`, `WrongLength`, `SlotOverlaps`."""
    if round.slots + len(slots) > MOST_SLOTS:
        raise TooManySlots(field="slots", value=round.slots + len(slots))
    taken = [span for one in busy for span in one.values()]
    for number, slot in enumerate(slots):
        if not now < slot.start <= now + AHEAD:
            raise SlotPast(field=f"slots.{number}.start", value=slot.start.isoformat())
        if not SHORTEST <= slot.end - slot.start <= LONGEST:
            raise WrongLength(field=f"slots.{number}.minutes")
        if any(slot.overlaps(*span) for span in taken):
            raise SlotOverlaps(field=f"slots.{number}.start", value=slot.start.isoformat())
        taken.append((slot.start, slot.end))
    return replace(round, slots=round.slots + len(slots))


def who_comes(
    round: TalkRound, asked: Sequence[PersonId], by: PersonId, custody: Collection[PersonId]
) -> tuple[PersonId, ...]:
    """The guardians of a booking: those asked for; else all of them together, or, with a talk for each home,
    the one who books. Raises `WhoComes`.
    """
    if not set(asked) <= set(custody):
        raise WhoComes(field="guardians")
    alone = {by} if round.separate and by in custody else set(custody)
    return tuple(sorted(set(asked) or alone))


def book(
    round: TalkRound,
    slot: Slot,
    booked: Booked,
    booking: Booking,
    now: datetime,
    today: date,
    *,
    staff: bool,
) -> tuple[Slot, Booked]:
    """The time booked, and what the pupil has booked then. Raises `DeadlinePassed`, `SlotPast`, `SlotTaken`,
    `BookedAlready`.
    """
    check_open(round, today, staff=staff)
    if slot.start <= now:
        raise SlotPast(field="slot", value=slot.start.isoformat())
    if slot.booking is not None:
        raise SlotTaken(field="slot", value=slot.id)
    for _, guardians in booked.talks.values():
        if not round.separate or not guardians or set(guardians) & set(booking.guardians):
            raise BookedAlready(field="round")
    talks = {**booked.talks, slot.id: (slot.start, booking.guardians)}
    gone = {id: talk for id, talk in booked.gone.items() if id != slot.id}
    return replace(slot, booking=booking), replace(booked, talks=talks, gone=gone)


def change(
    round: TalkRound,
    old: Slot,
    slot: Slot,
    booked: Booked,
    booking: Booking,
    now: datetime,
    today: date,
    *,
    staff: bool,
) -> tuple[Slot, Slot | None, Booked]:
    """A time booked in the place of another, the one that is free again (None when it is the same time and
    only who comes is changed), and what the pupil has booked then. Raises what `book` and `cancel` do.
    """
    freed, left = cancel(round, old, booked, booking.by, now, today, staff=staff)
    same = freed.id == slot.id
    taken, mine = book(round, freed if same else slot, left, booking, now, today, staff=staff)
    return taken, None if same else freed, mine


def cancel(
    round: TalkRound, slot: Slot, booked: Booked, by: PersonId, now: datetime, today: date, *, staff: bool
) -> tuple[Slot, Booked]:
    """The time free again. Raises `NotFound` for a talk that is not the caller's, `DeadlinePassed`,
    `SlotPast`.
    """
    booking = slot.booking
    if booking is None or booking.pupil != booked.pupil or not (staff or is_part(booking, by)):
        raise NotFound
    check_open(round, today, staff=staff)
    if slot.start <= now:
        raise SlotPast(field="slot", value=slot.start.isoformat())
    talks = {id: talk for id, talk in booked.talks.items() if id != slot.id}
    gone = {**booked.gone, slot.id: (slot.start, booking.guardians)}
    return replace(slot, booking=None), replace(booked, talks=talks, gone=gone)


def check_open(round: TalkRound, today: date, *, staff: bool) -> None:
    """Raises `DeadlinePassed` for homes."""
    if today > round.deadline and not staff:
        raise DeadlinePassed(field="round", value=round.deadline.isoformat())


def is_part(booking: Booking, person: PersonId) -> bool:
    """Whether a booking is somebody's own: two homes do not see each other's."""
    return person in {booking.pupil, *booking.guardians}


def check_free(slot: Slot) -> None:
    """Raises `SlotBooked`."""
    if slot.booking is not None:
        raise SlotBooked(field="slot", value=slot.id)


def unbooked(
    round: TalkRound,
    members: Iterable[PersonId],
    slots: Iterable[Slot],
    custody: Mapping[PersonId, Collection[PersonId]],
) -> dict[PersonId, tuple[PersonId, ...]]:
    """The pupils with somebody who has no talk yet, and whom: the guardians, or a pupil who has none."""
    coming: dict[PersonId, set[PersonId]] = {}
    for slot in slots:
        if slot.booking:
            coming.setdefault(slot.booking.pupil, set()).update(slot.booking.guardians)
    found: dict[PersonId, tuple[PersonId, ...]] = {}
    for pupil in members:
        home = tuple(sorted(custody.get(pupil, ()))) or (pupil,)
        if pupil not in coming:
            found[pupil] = home
        elif round.separate and (left := tuple(g for g in home if g != pupil and g not in coming[pupil])):
            found[pupil] = left
    return found
