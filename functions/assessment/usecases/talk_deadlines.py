"""The last day to book a development talk (process 30): moved by the mentor, and reminded of; and whoever is
to come is reminded the day before.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, timedelta

from functions.assessment.domain import talks as rules
from functions.assessment.domain.talks import Slot, TalkRound
from functions.assessment.events import MessageDue
from functions.assessment.schemas import talks as schemas
from functions.assessment.store import talks as store
from functions.assessment.usecases.rights import require_group
from functions.assessment.usecases.talks import due, find_round, round_view
from functions.organisation import queries as organisation
from functions.organisation.queries import GroupRecord
from functions.register import queries as register
from skolkit.audit import Trace
from skolkit.clock import today
from skolkit.errors import ChangedMeanwhile
from skolkit.identity import Caller
from skolkit.table import AlreadyDone, Once, chunks, commit, fetch
from skolkit.types import GroupId, PersonId, stable_id

TOLD = 40  # homes reminded in one transaction
RECIPIENTS = 100  # of one message


def change_talk_round(
    caller: Caller, group: GroupId, id: str, new: schemas.TalkRoundBody, version: int
) -> schemas.TalkRoundView:
    """Change a round's title and last day; homes are told of an earlier one. Four round trips: group, round,
    times, commit; one more to tell.
    """
    led = require_group(caller, "assessment:offer_talks", group)
    old = find_round(group, id)
    if old.version != version:
        raise ChangedMeanwhile(field="If-Match", value=version)
    fresh = rules.change_round(old, new.title, new.deadline, store.slots_of(id), today())
    earlier = _told_of(fresh, led.group, version) if fresh.deadline < old.deadline else []
    changes = f"{id} {old.deadline} {fresh.deadline}"
    trace = Trace(caller.person_id, "change_talk_round", group, changes=changes)
    commit(*store.round_writes(fresh, old), facts=earlier, trace=trace)
    return round_view(fresh, version + 1)


def _told_of(round: TalkRound, group: GroupRecord, version: int) -> list[MessageDue]:
    """That every home has until an earlier day, to book, to change and to cancel: nobody is named."""
    kin: dict[PersonId, tuple[PersonId, ...]]
    (kin,) = fetch(register.wanted_guardians(list(group.members)), consistent=True)
    people = sorted({person for pupil in group.members for person in kin.get(pupil) or (pupil,)})
    return [
        MessageDue(
            id=stable_id("talk_deadline", round.id, str(version), some[0]), recipients=list(some),
            template="talk_deadline", values={"day": round.deadline.isoformat()},
        )
        for some in chunks(people, RECIPIENTS)
    ]  # fmt: skip


def remind_of_talks(day: date) -> None:
    """Remind homes without a talk three days before the last day to book and on it, and those who are to come
    tomorrow. A query for each of three days; for each round five round trips, for each 40 talks three.
    """
    for closing in (day, day + rules.EARLY):
        for id in store.rounds_closing(closing):
            if round := store.find_round(id):
                _remind_unbooked(round, day)
    for some in chunks(store.talks_on(day + timedelta(days=1)), TOLD):
        _remind_of_tomorrow(store.slots(some), day)


def _remind_unbooked(round: TalkRound, day: date) -> None:
    group = organisation.group(round.group, day)
    members = group.members if group else ()
    kin: dict[PersonId, tuple[PersonId, ...]]
    (kin,) = fetch(register.wanted_guardians(list(members)), consistent=True)
    missing = rules.unbooked(round, members, store.slots_of(round.id), kin)
    for some in chunks(missing.items(), TOLD):
        facts = [
            MessageDue(
                id=stable_id("talk_unbooked", round.id, pupil, day.isoformat()), recipients=list(people),
                template="talk_unbooked", about=pupil, values={"day": round.deadline.isoformat()},
            )
            for pupil, people in some
        ]  # fmt: skip
        with suppress(AlreadyDone):
            commit(facts=facts, once=Once(f"TALK-UNBOOKED#{round.id}#{day}#{some[0][0]}"))


def _remind_of_tomorrow(slots: Sequence[Slot], day: date) -> None:
    booked = [(slot, slot.booking) for slot in slots if slot.booking]
    kin: dict[PersonId, tuple[PersonId, ...]]
    (kin,) = fetch(register.wanted_guardians([one.pupil for _, one in booked]), consistent=True)
    for slot, one in booked:
        custody = kin.get(one.pupil, ())
        coming = [person for person in one.guardians if person in custody] or [one.pupil] * (not custody)
        if coming:
            with suppress(AlreadyDone):
                reminder = due("talk_tomorrow", slot, coming, one.pupil)
                commit(facts=[reminder], once=Once(f"TALK-TOMORROW#{slot.id}#{one.pupil}#{day}"))
