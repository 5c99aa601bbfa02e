"""Rounds of development talks with their times, a mentor's days, what a pupil has booked, and minutes.

A round is `TALKS#<id>` / `ROUND` with its times beside it (`SLOT#<id>`), in the list of its group
(`GROUP#<group>` / `TALKS#<id>`) and of the days homes are reminded (`DEADLINES#<day>`). A mentor's day
(`MENTOR#<id>` / `DAY#<day>`) is written over the version read by whoever offers times on it, so that two
never overlap; what a pupil has booked (`PUPIL#<id>` / `TALKS#<round>`) by whoever books. The talks of a day
are in `TALKDAY#<day>`, those of a unit's term in `TALKED#<unit>#<term>` by pupil.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from pydantic import TypeAdapter
from pynamodb.attributes import JSONAttribute, UnicodeAttribute

from functions.assessment.domain.minutes import Minutes
from functions.assessment.domain.talks import Booked, Busy, Slot, TalkRound
from functions.assessment.domain.terms import term_of
from functions.assessment.store import AssessmentItem
from skolkit.clock import stamp
from skolkit.cursor import page_through, seal, unseal
from skolkit.table import Overwrite, Remove, Wanted, Write, fetch
from skolkit.types import GroupId, PersonId, UnitId


class TalkRoundItem(AssessmentItem, discriminator="devtalk_round"):
    """A round of talks; `deadline` the last day to book."""

    by = UnicodeAttribute()
    deadline = UnicodeAttribute()
    data = JSONAttribute()


class TalkListedItem(AssessmentItem, discriminator="devtalk_listed"):
    """That a group has a round, that homes are to be reminded, or that there is a talk, on a day."""

    day = UnicodeAttribute()


class TalkOfUnitItem(AssessmentItem, discriminator="devtalk_of_unit"):
    """That a pupil has a talk at a unit in a term."""

    pupil = UnicodeAttribute()
    day = UnicodeAttribute()


class SlotItem(AssessmentItem, discriminator="devtalk_slot"):
    """A time, and who has booked it."""

    mentor = UnicodeAttribute()
    day = UnicodeAttribute()
    pupil = UnicodeAttribute(null=True)
    guardians = UnicodeAttribute(default="")
    data = JSONAttribute()


class MentorDayItem(AssessmentItem, discriminator="devtalk_day"):
    """When a mentor's talks of a day are: `{slot: [start, end, round]}`."""

    talks = JSONAttribute(default=dict)


class BookedItem(AssessmentItem, discriminator="devtalk_booked"):
    """What a pupil has booked in a round."""

    data = JSONAttribute()


class MinutesItem(AssessmentItem, discriminator="devtalk_minutes"):
    """The minutes of a talk as they are now, and who has signed them."""

    data = JSONAttribute()


class MinutesVersionItem(AssessmentItem, discriminator="devtalk_minutes_version"):
    """What minutes said before, and who had signed that; never changed."""

    data = JSONAttribute()


@cache
def _rounds() -> TypeAdapter[TalkRound]:
    return TypeAdapter(TalkRound)


@cache
def _slots() -> TypeAdapter[Slot]:
    return TypeAdapter(Slot)


@cache
def _booked() -> TypeAdapter[Booked]:
    return TypeAdapter(Booked)


@cache
def _minutes() -> TypeAdapter[Minutes]:
    return TypeAdapter(Minutes)


# Rounds and times


def find_round(id: str) -> TalkRound | None:
    """A round. One consistent get."""
    item = TalkRoundItem.find(f"TALKS#{id}", "ROUND")
    return _round(item) if item else None


def rounds(ids: Iterable[str]) -> dict[str, TalkRound]:
    """Rounds by id; unknown ones are left out. One consistent batch."""
    keys = [(f"TALKS#{id}", "ROUND") for id in dict.fromkeys(ids)]
    wanted = Wanted(TalkRoundItem, keys, lambda found: {r.id: r for r in map(_round, found.values())})
    found: dict[str, TalkRound] = fetch(wanted, consistent=True)[0]
    return found


def page_of_group(
    group: GroupId, cursor: str | None, limit: int, caller: str
) -> tuple[list[TalkRound], str | None]:
    """A page of a group's rounds, the newest first. A query and a batch."""
    bound = ("talk-rounds", group, caller)
    rows = TalkListedItem.query(
        f"GROUP#{group}", TalkListedItem.sk.startswith("TALKS#"), limit=limit, page_size=limit,
        scan_index_forward=False, last_evaluated_key=unseal(cursor, *bound),
    )  # fmt: skip
    ids = [row.sk.partition("#")[2] for row in rows]
    known = rounds(ids)
    return [known[id] for id in ids if id in known], seal(rows.last_evaluated_key, *bound)


def newest(groups: Iterable[GroupId], count: int) -> list[str]:
    """The ids of groups' newest rounds. A query for each group."""
    return [
        row.sk.partition("#")[2]
        for group in groups
        for row in TalkListedItem.query(
            f"GROUP#{group}", TalkListedItem.sk.startswith("TALKS#"), limit=count, page_size=count,
            scan_index_forward=False,
        )
    ]  # fmt: skip


def round_writes(round: TalkRound, before: TalkRound | None = None) -> list[Write]:
    """What stores a round over the version read, with its places in the lists: a new one's, and those of one
    whose last day was another `before`.
    """
    data = _rounds().dump_python(round, mode="json", exclude={"version"})
    day = round.deadline.isoformat()
    item = TalkRoundItem(f"TALKS#{round.id}", "ROUND", by=round.by, deadline=day, data=data).over(
        round.version
    )
    moved = before is not None and before.deadline != round.deadline
    if round.version and not moved:
        return [item]
    gone = [Remove(TalkListedItem(f"DEADLINES#{before.deadline}", round.id))] if before and moved else []
    places = (f"GROUP#{round.group}", f"TALKS#{round.id}"), (f"DEADLINES#{day}", round.id)
    return [item, *gone, *(Overwrite(TalkListedItem(*place, day=day)) for place in places)]


def rounds_closing(day: date) -> list[str]:
    """The rounds whose last day to book is a day. One query."""
    return [row.sk for row in TalkListedItem.query(f"DEADLINES#{day}")]


def find_slot(round: str, id: str) -> Slot | None:
    """A time. One consistent get."""
    item = SlotItem.find(f"TALKS#{round}", f"SLOT#{id}")
    return _slot(item) if item else None


def slots_of(round: str) -> list[Slot]:
    """A round's times, the first first; at most a hundred. One consistent query."""
    rows = SlotItem.query(f"TALKS#{round}", SlotItem.sk.startswith("SLOT#"), consistent_read=True)
    return sorted((_slot(row) for row in rows), key=lambda slot: (slot.start, slot.id))


def slots(which: Iterable[tuple[str, str]]) -> list[Slot]:
    """Times by round and id, the first first; unknown ones are left out. One consistent batch per hundred."""
    keys = [(f"TALKS#{round}", f"SLOT#{id}") for round, id in which]
    found: dict[tuple[str, str], SlotItem] = fetch(Wanted(SlotItem, keys, dict), consistent=True)[0]
    return sorted(map(_slot, found.values()), key=lambda slot: (slot.start, slot.id))


def slot_item(slot: Slot) -> SlotItem:
    """A time to write over the version read."""
    booking = slot.booking
    item = SlotItem(
        f"TALKS#{slot.round}", f"SLOT#{slot.id}", mentor=slot.mentor, day=slot.day.isoformat(),
        pupil=booking.pupil if booking else None, guardians=" ".join(booking.guardians) if booking else "",
        data=_slots().dump_python(slot, mode="json", exclude={"version"}),
    )  # fmt: skip
    return item.over(slot.version)


def places(round: TalkRound, slot: Slot) -> list[TalkListedItem | TalkOfUnitItem]:
    """The lists that a booked time is in: of its day, and of the unit's talks of a term."""
    assert slot.booking
    day, pupil = slot.day.isoformat(), slot.booking.pupil
    return [
        TalkListedItem(f"TALKDAY#{day}", f"{slot.round}#{slot.id}", day=day),
        TalkOfUnitItem(_talked(round.unit, term_of(slot.day)), f"{pupil}#{slot.id}", pupil=pupil, day=day),
    ]


def talked(unit: UnitId, term: str) -> set[PersonId]:
    """Who has a talk at a unit in a term. A consistent query per megabyte (about 4,000 talks)."""
    rows = TalkOfUnitItem.query(_talked(unit, term), consistent_read=True)
    return {PersonId(row.pupil) for row in rows}


def _talked(unit: UnitId, term: str) -> str:
    return f"TALKED#{unit}#{term}"


def talks_on(day: date) -> list[tuple[str, str]]:
    """The round and time of each booked talk of a day. One query."""
    return [
        (round, id)
        for row in TalkListedItem.query(f"TALKDAY#{day}")
        for round, _, id in [row.sk.partition("#")]
    ]


# A mentor's days


def mentor_days(mentor: PersonId, days: Iterable[date]) -> dict[date, MentorDayItem]:
    """A mentor's days, new ones where there is nothing. One consistent batch."""
    wanted = sorted(set(days))
    keys = [(f"MENTOR#{mentor}", f"DAY#{day}") for day in wanted]
    found: dict[tuple[str, str], MentorDayItem] = fetch(Wanted(MentorDayItem, keys, dict), consistent=True)[0]
    return {
        day: found.get(key) or MentorDayItem(*key, talks={}) for day, key in zip(wanted, keys, strict=True)
    }


def page_of_days(
    mentor: PersonId, first: date, cursor: str | None, limit: int, caller: str
) -> tuple[list[tuple[str, str]], str | None]:
    """The round and time of each of a mentor's talks from a day on, a page of days at a time. One query."""
    bound = ("talk-days", mentor, first.isoformat(), caller)
    rows = MentorDayItem.query(
        f"MENTOR#{mentor}", MentorDayItem.sk >= f"DAY#{first}", limit=limit, page_size=limit,
        last_evaluated_key=unseal(cursor, *bound),
    )  # fmt: skip
    return [(talk[2], id) for row in rows for id, talk in row.talks.items()], seal(
        rows.last_evaluated_key, *bound
    )


def busy(item: MentorDayItem) -> Busy:
    """When a mentor's talks of a day are."""
    return {
        id: (datetime.fromisoformat(start), datetime.fromisoformat(end))
        for id, (start, end, _) in item.talks.items()
    }


def with_slot(item: MentorDayItem, slot: Slot) -> None:
    """Let a mentor's day have a time more."""
    item.talks = {**item.talks, slot.id: [stamp(slot.start), stamp(slot.end), slot.round]}


def without_slot(item: MentorDayItem, slot: Slot) -> None:
    """Let a mentor's day have a time less."""
    item.talks = {id: talk for id, talk in item.talks.items() if id != slot.id}


# A pupil's


def booked(records: Sequence[PersonId], round: str) -> Booked:
    """What a pupil has booked in a round; nothing is booked yet where there is nothing. One consistent
    batch.
    """
    keys = [(f"PUPIL#{record}", f"TALKS#{round}") for record in records]
    found: dict[tuple[str, str], BookedItem] = fetch(Wanted(BookedItem, keys, dict), consistent=True)[0]
    return next(map(_of_booked, found.values()), Booked(records[0], round))


def page_of_pupil(
    records: Sequence[PersonId], cursor: str | None, limit: int, caller: str
) -> tuple[list[Booked], str | None]:
    """A page of what a pupil has booked, the newest round first. A query per page and record."""

    def read(pk: str, after: Any, size: int) -> tuple[list[Booked], Any]:
        rows = BookedItem.query(
            pk, BookedItem.sk.startswith("TALKS#"), limit=size, page_size=size, scan_index_forward=False,
            last_evaluated_key=after,
        )  # fmt: skip
        return [_of_booked(row) for row in rows], rows.last_evaluated_key

    bound = ("pupil-talks", records[0], caller)
    partitions = [f"PUPIL#{record}" for record in records]
    found, place = page_through(partitions, unseal(cursor, *bound), limit, read)
    return found, seal(place, *bound)


def booked_item(one: Booked) -> BookedItem:
    """What a pupil has booked, to write over the version read."""
    data = _booked().dump_python(one, mode="json", exclude={"version"})
    return BookedItem(f"PUPIL#{one.pupil}", f"TALKS#{one.round}", data=data).over(one.version)


# Minutes


def find_minutes(records: Sequence[PersonId], round: str, slot: str) -> Minutes | None:
    """The minutes of a talk. One consistent batch."""
    keys = [(f"PUPIL#{record}", f"MIN#{round}#{slot}") for record in records]
    found: dict[tuple[str, str], MinutesItem] = fetch(Wanted(MinutesItem, keys, dict), consistent=True)[0]
    return next(map(_of_minutes, found.values()), None)


def minutes_versions(minutes: Minutes) -> list[Minutes]:
    """What the minutes said before, first to last. One query."""
    begins = f"MINV#{minutes.round}#{minutes.slot}#"
    rows = MinutesVersionItem.query(f"PUPIL#{minutes.pupil}", MinutesVersionItem.sk.startswith(begins))
    return [_minutes().validate_python(row.data) for row in rows]


def minutes_writes(minutes: Minutes, before: Minutes | None = None) -> list[Write]:
    """What stores the minutes over the version read, and what they said before as a version."""
    place = f"{minutes.round}#{minutes.slot}"
    item = MinutesItem(f"PUPIL#{minutes.pupil}", f"MIN#{place}", data=_said(minutes)).over(minutes.version)
    if before is None:
        return [item]
    sk = f"MINV#{place}#{before.number:03}"
    return [item, MinutesVersionItem(f"PUPIL#{minutes.pupil}", sk, data=_said(before))]


def _said(minutes: Minutes) -> dict[str, Any]:
    data: dict[str, Any] = _minutes().dump_python(minutes, mode="json", exclude={"version"})
    return data


def _round(item: TalkRoundItem) -> TalkRound:
    return _rounds().validate_python({**item.data, "version": item.version})


def _slot(item: SlotItem) -> Slot:
    return _slots().validate_python({**item.data, "version": item.version})


def _of_booked(item: BookedItem) -> Booked:
    return _booked().validate_python({**item.data, "version": item.version})


def _of_minutes(item: MinutesItem) -> Minutes:
    return _minutes().validate_python({**item.data, "version": item.version})
