"""Development talks (utvecklingssamtal, process 30): a mentor offers times, homes book, change and cancel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

from functions.access import guard
from functions.assessment.domain import talks as rules
from functions.assessment.domain.talks import Booking, Slot, TalkRound
from functions.assessment.events import MessageDue, TalkBooked, TalkCancelled
from functions.assessment.schemas import talks as schemas
from functions.assessment.schemas.common import PageQuery
from functions.assessment.store import talks as store
from functions.assessment.usecases.rights import names_of, require_group, require_reader
from functions.organisation import queries as organisation
from functions.register import queries as register
from functions.register.queries import PersonName, PupilRecord, require_pupil
from skolkit.audit import Trace, record_read
from skolkit.clock import LOCAL, now, today
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.idempotency import RequestKey
from skolkit.identity import Caller
from skolkit.retry import persist
from skolkit.table import Erase, Overwrite, Remove, Write, commit, fetch
from skolkit.types import GroupId, PersonId, new_id, stable_id

OPEN = 3  # of a group's newest rounds, those in which a home may have something to book


# What the mentor offers


def offer_talks(
    caller: Caller, group: GroupId, new: schemas.NewTalks, key: RequestKey
) -> schemas.TalkRoundView:
    """Open a round of talks with its first times. Three round trips: group, days, commit."""
    led = require_group(caller, "assessment:offer_talks", group)
    round = TalkRound(
        id=new_id(), group=group, unit=led.group.unit, title=new.title, deadline=new.deadline,
        by=caller.person_id, separate=new.separate_homes,
    )  # fmt: skip
    slots = _slots(caller, round, new.slots)
    rules.check_round(round, slots, today())
    trace = Trace(caller.person_id, "offer_talks", group, changes=f"{round.id} {len(slots)}")
    return persist(partial(_offer, caller, round, slots, trace, key))


def add_talk_slots(
    caller: Caller, group: GroupId, id: str, new: schemas.NewSlots, key: RequestKey
) -> schemas.TalkRoundView:
    """Offer more times in a round. Four round trips: group, round, days, commit."""
    require_group(caller, "assessment:offer_talks", group)
    return persist(partial(_add, caller, group, id, new, key))


def _add(
    caller: Caller, group: GroupId, id: str, new: schemas.NewSlots, key: RequestKey
) -> schemas.TalkRoundView:
    round = find_round(group, id)
    slots = _slots(caller, round, new.slots)
    trace = Trace(caller.person_id, "add_talk_slots", group, changes=f"{id} {len(slots)}")
    return _offer(caller, round, slots, trace, key)


def _offer(
    caller: Caller, round: TalkRound, slots: list[Slot], trace: Trace, key: RequestKey
) -> schemas.TalkRoundView:
    days = store.mentor_days(caller.person_id, [slot.day for slot in slots])
    fresh = rules.offer(round, slots, [store.busy(day) for day in days.values()], now())
    for slot in slots:
        store.with_slot(days[slot.day], slot)
    view = round_view(replace(fresh, version=(round.version or 0) + 1))
    writes: list[Write] = [*store.round_writes(fresh), *days.values(), *map(store.slot_item, slots)]
    commit(*writes, trace=trace, once=key.once(view.model_dump_json(by_alias=True)))
    return view


def remove_talk_slot(caller: Caller, group: GroupId, id: str, slot_id: str, version: int) -> None:
    """Take a free time away. Five round trips: group, round, time, day, commit."""
    require_group(caller, "assessment:offer_talks", group)
    round, slot = find_round(group, id), store.find_slot(id, slot_id)
    if slot is None:
        raise NotFound
    if slot.version != version:
        raise ChangedMeanwhile(field="If-Match", value=version)
    rules.check_free(slot)
    day = store.mentor_days(slot.mentor, [slot.day])[slot.day]
    store.without_slot(day, slot)
    commit(
        *store.round_writes(replace(round, slots=round.slots - 1)), day, Erase(store.slot_item(slot)),
        trace=Trace(caller.person_id, "remove_talk_slot", group, changes=slot_id),
    )  # fmt: skip


def list_talk_rounds(caller: Caller, group: GroupId, query: PageQuery) -> schemas.TalkRoundPage:
    """A group's rounds of talks, the newest first. Four round trips."""
    require_group(caller, "assessment:follow_talks", group)
    found, cursor = store.page_of_group(group, query.cursor, query.limit, caller.seal)
    record_read(Trace(caller.person_id, "list_talk_rounds", group))
    return schemas.TalkRoundPage(data=[round_view(round) for round in found], cursor=cursor)


def read_talk_round(caller: Caller, group: GroupId, id: str) -> schemas.RoundTalksView:
    """A round with who has booked what, and who has not, whole groups being one answer. Six round trips."""
    led = require_group(caller, "assessment:follow_talks", group)
    round = find_round(group, id)
    slots, names = store.slots_of(id), names_of(caller, led)
    kin: dict[PersonId, tuple[PersonId, ...]] = fetch(register.wanted_guardians(list(names)))[0]
    missing = rules.unbooked(round, names, slots, kin)
    record_read(Trace(caller.person_id, "read_talk_round", group, changes=id))
    return schemas.RoundTalksView(
        round=round_view(round),
        slots=[_shown(slot, names) for slot in slots],
        unbooked=[
            schemas.UnbookedView(
                pupil=pupil, given_name=names[pupil].given_name, family_name=names[pupil].family_name,
                people=list(people),
            )
            for pupil, people in missing.items()
        ],
        withheld=len(led.group.members) - len(names),
    )  # fmt: skip


def list_my_talks(caller: Caller, query: schemas.FromQuery) -> schemas.MyTalksPage:
    """One's own days with talks, booked or free. Three round trips, and four for each protected pupil."""
    guard.require(caller, "assessment:read_own", guard.Person(caller.person_id))
    first = query.from_day or today()
    found, cursor = store.page_of_days(caller.person_id, first, query.cursor, query.limit, caller.seal)
    slots = store.slots(found)
    pupils = [slot.booking.pupil for slot in slots if slot.booking]
    names: dict[PersonId, PersonName] = fetch(register.wanted_names(pupils))[0]
    shown = {id: name for id, name in names.items() if not name.protected or register.sees(caller, id)}
    record_read(Trace(caller.person_id, "list_my_talks", caller.person_id))
    return schemas.MyTalksPage(data=[_shown(slot, shown) for slot in slots], cursor=cursor)


# What the home books


def list_talk_slots(caller: Caller, id: PersonId, round_id: str) -> schemas.SlotsView:
    """The times of a round that a pupil's home may choose from, and its own: at most a hundred. Five round
    trips.
    """
    pupil, home = require_reader(caller, id)
    round = round_of(pupil, round_id)
    slots = [slot for slot in store.slots_of(round_id) if _visible(slot, pupil, caller, home=home)]
    record_read(Trace(caller.person_id, "list_talk_slots", id, changes=round_id))
    return schemas.SlotsView(round=round_view(round), slots=[slot_view(slot) for slot in slots])


def list_pupil_talks(caller: Caller, id: PersonId, query: PageQuery) -> schemas.PupilTalksPage:
    """A pupil's talks, and the rounds in which there is something to book. Six round trips, three more for
    staff.
    """
    pupil, home = require_reader(caller, id)
    found, cursor = store.page_of_pupil(pupil.records, query.cursor, query.limit, caller.seal)
    slots = store.slots((booked.round, slot) for booked in found for slot in booked.talks)
    open = _open_rounds(pupil) if query.cursor is None else []
    record_read(Trace(caller.person_id, "list_pupil_talks", id))
    mine = [slot for slot in slots if slot.booking and _visible(slot, pupil, caller, home=home)]
    return schemas.PupilTalksPage(
        open=[round_view(round) for round in open],
        data=[slot_view(slot) for slot in reversed(mine)],
        cursor=cursor,
    )


def book_talk(
    caller: Caller, id: PersonId, round_id: str, new: schemas.NewBooking, key: RequestKey
) -> schemas.SlotView:
    """Book a time, or change to another. Six round trips, three more for staff: pupil, round, group, time,
    what is booked, commit; one more for a change.
    """
    pupil = require_pupil(caller, "assessment:book_talk", id)
    return persist(partial(_book, caller, pupil, round_id, new, key))


def _book(
    caller: Caller, pupil: PupilRecord, round_id: str, new: schemas.NewBooking, key: RequestKey
) -> schemas.SlotView:
    round, staff = round_of(pupil, round_id), caller.person not in {pupil.id, *pupil.guardians}
    slot, booked = store.find_slot(round_id, new.slot), store.booked(pupil.records, round_id)
    old = store.find_slot(round_id, new.instead) if new.instead else None
    if slot is None or (new.instead and old is None):
        raise NotFound
    asked = [PersonId(one) for one in new.guardians]
    coming = rules.who_comes(round, asked, caller.person_id, pupil.guardians)
    booking = Booking(booked.pupil, coming, new.pupil_takes_part or not coming, caller.person_id, now())
    when, freed = (now(), today()), None
    if old:
        slot, freed, booked = rules.change(round, old, slot, booked, booking, *when, staff=staff)
    else:
        slot, booked = rules.book(round, slot, booked, booking, *when, staff=staff)
    view = slot_view(replace(slot, version=(slot.version or 0) + 1))
    free: list[Write] = []
    if freed and old:
        free = [store.slot_item(freed), *map(Remove, store.places(round, old))]
    commit(
        store.slot_item(slot), *map(Overwrite, store.places(round, slot)), store.booked_item(booked), *free,
        facts=[_booked_fact(round, slot), due("talk_booked", slot, coming or (pupil.id,), pupil.id)],
        trace=Trace(caller.person_id, "book_talk", pupil.id, changes=f"{round_id} {slot.id}"),
        once=key.once(view.model_dump_json(by_alias=True)),
    )  # fmt: skip
    return view


def cancel_talk(caller: Caller, id: PersonId, round_id: str, slot_id: str, version: int) -> None:
    """Give a booked time up, also when the pupil is in the group no more; the other party is told. Five round
    trips, three more for staff.
    """
    pupil = require_pupil(caller, "assessment:book_talk", id)
    round, slot = store.find_round(round_id), store.find_slot(round_id, slot_id)
    if round is None or slot is None or slot.booking is None:
        raise NotFound
    booked = store.booked(pupil.records, round_id)
    staff = caller.person not in {pupil.id, *pupil.guardians}
    free, left = rules.cancel(round, slot, booked, caller.person_id, now(), today(), staff=staff)
    if slot.version != version:
        raise ChangedMeanwhile(field="If-Match", value=version)
    others = {slot.mentor, *(slot.booking.guardians or (pupil.id,))} - {caller.person_id}
    told = [
        due("talk_cancelled", slot, sorted(others - {slot.mentor}), pupil.id),
        due("talk_cancelled_by_home", slot, sorted(others & {slot.mentor}), None),
    ]
    fact = TalkCancelled(round=round_id, slot=slot_id, pupil=pupil.id, unit=round.unit)
    commit(
        store.slot_item(free), *map(Remove, store.places(round, slot)), store.booked_item(left),
        facts=[fact, *(one for one in told if one.recipients)],
        trace=Trace(caller.person_id, "cancel_talk", pupil.id, changes=f"{round_id} {slot_id}"),
    )  # fmt: skip


# What they have in common


def find_round(group: GroupId, id: str) -> TalkRound:
    """A round of a group. One consistent get."""
    round = store.find_round(id)
    if round is None or round.group != group:
        raise NotFound
    return round


def round_of(pupil: PupilRecord, id: str) -> TalkRound:
    """A round of a group that the pupil is in today."""
    round = store.find_round(id)
    group = organisation.group(round.group, today()) if round else None
    if round is None or group is None or not {*pupil.records} & {*group.members}:
        raise NotFound
    return round


def _open_rounds(pupil: PupilRecord) -> list[TalkRound]:
    groups: dict[PersonId, tuple[GroupId, ...]]
    (groups,) = fetch(organisation.wanted_groups_of([pupil.id], today()))
    found = store.rounds(store.newest(groups.get(pupil.id, ()), OPEN)).values()
    return [round for round in found if round.deadline >= today()]


def _visible(slot: Slot, pupil: PupilRecord, caller: Caller, *, home: bool) -> bool:
    """Whether a time is shown: a free one, and one that is booked for the pupil; of two homes' talks each
    home sees its own.
    """
    if slot.booking is None:
        return True
    mine = slot.booking.pupil in pupil.records
    return mine and (not home or rules.is_part(slot.booking, caller.person_id) or caller.person == pupil.id)


def _slots(caller: Caller, round: TalkRound, new: Sequence[schemas.NewSlot]) -> list[Slot]:
    return [
        Slot(
            id=new_id(), round=round.id, mentor=caller.person_id, start=one.start,
            end=one.start + timedelta(minutes=one.minutes), room=one.room, link=one.link or "",
        )
        for one in sorted(new, key=lambda one: one.start)
    ]  # fmt: skip


def _booked_fact(round: TalkRound, slot: Slot) -> TalkBooked:
    assert slot.booking
    return TalkBooked(
        round=round.id, slot=slot.id, pupil=slot.booking.pupil, unit=round.unit, start=slot.start
    )


def due(template: str, slot: Slot, to: Sequence[PersonId], about: PersonId | None) -> MessageDue:
    """What people are told of a time, once for each version of it."""
    at = slot.start.astimezone(LOCAL)
    which = (slot.id, str(slot.version), str(about), slot.start.isoformat())
    return MessageDue(
        id=stable_id(template, *which), recipients=list(to), template=template, about=about,
        values={"day": at.date().isoformat(), "time": f"{at:%H:%M}"},
    )  # fmt: skip


def round_view(round: TalkRound, version: int | None = None) -> schemas.TalkRoundView:
    """A round as it is shown, with the version it gets."""
    return schemas.TalkRoundView(
        id=round.id, group=round.group, title=round.title, deadline=round.deadline,
        separate_homes=round.separate, slots=round.slots, version=version or round.version or 0,
    )  # fmt: skip


def slot_view(slot: Slot) -> schemas.SlotView:
    """A time as those see it who may know who has booked it."""
    booking = slot.booking
    return schemas.SlotView(
        id=slot.id, round=slot.round, mentor=slot.mentor, start=slot.start, end=slot.end, room=slot.room,
        link=slot.link, free=booking is None, pupil=booking.pupil if booking else None,
        guardians=booking.guardians if booking else (),
        pupil_takes_part=bool(booking and booking.takes_part), version=slot.version or 0,
    )  # fmt: skip


def _shown(slot: Slot, names: Mapping[PersonId, PersonName]) -> schemas.SlotView:
    """The same with the pupil's name; of a pupil who is not shown to the caller only that it is booked."""
    view, name = slot_view(slot), names.get(slot.booking.pupil) if slot.booking else None
    if name is None:
        return view.model_copy(update={"pupil": None, "guardians": (), "pupil_takes_part": False})
    return view.model_copy(update={"given_name": name.given_name, "family_name": name.family_name})
