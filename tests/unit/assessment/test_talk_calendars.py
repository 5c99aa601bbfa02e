"""Talks as events in somebody's own calendar (process 30; RFC 5545)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from functions.assessment.domain import talk_calendars as rules
from functions.assessment.domain import talks
from functions.assessment.domain.talks import Booked, Booking, Slot, TalkRound
from skolkit.types import GroupId, PersonId, UnitId

PUPIL, ONE, OTHER, MENTOR = (PersonId(name) for name in ("pupil", "one", "other", "mentor"))
NOW = datetime(2026, 10, 1, 8, tzinfo=UTC)
# Either side of the night in which the clock goes back.
STARTS = [datetime(2026, 10, 23, 13, tzinfo=UTC) + timedelta(days=days) for days in range(4)]
SLOTS = [
    Slot(
        id=str(n), round="r", mentor=MENTOR, start=start, end=start + timedelta(minutes=20), room="A",
        version=1,
    )
    for n, start in enumerate(STARTS)
]  # fmt: skip


def round_(*, separate: bool) -> TalkRound:
    return TalkRound(
        id="r", group=GroupId("g"), unit=UnitId("u"), title="Samtal", deadline=date(2026, 10, 20), by=MENTOR,
        separate=separate,
    )  # fmt: skip


@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from([ONE, OTHER])), max_size=12), st.booleans())
def test_a_guardians_event_is_one_and_its_number_only_grows(
    moves: list[tuple[int, PersonId]], separate: bool
) -> None:
    """Whatever is booked, changed and cancelled: one UID, and a greater number whenever something differs."""
    round, booked, slots = round_(separate=separate), Booked(PUPIL, "r", version=1), {s.id: s for s in SLOTS}
    seen: dict[PersonId, rules.Event] = {}
    for number, who in moves:
        coming = (who,) if separate else (ONE, OTHER)
        booking = Booking(PUPIL, coming, True, who, NOW)
        mine = next((id for id, (_, guardians) in booked.talks.items() if who in guardians), None)
        target = slots[str(number)]
        if mine == target.id:
            free, booked = talks.cancel(round, target, booked, who, NOW, NOW.date(), staff=False)
            slots[target.id] = replace(free, version=(free.version or 0) + 1)
        elif target.booking is None and mine:
            taken, freed, booked = talks.change(
                round, slots[mine], target, booked, booking, NOW, NOW.date(), staff=False
            )
            assert freed
            slots |= {taken.id: taken, freed.id: freed}
        elif target.booking is None:
            taken, booked = talks.book(round, target, booked, booking, NOW, NOW.date(), staff=False)
            slots[taken.id] = taken
        else:
            continue
        booked = replace(booked, version=(booked.version or 0) + 1)
        for person in (ONE, OTHER):
            found = rules.of_home(booked, slots, person, pupil=False, protected=False)
            assert len(found) <= 1
            for event in found:
                has = any(person in guardians for _, guardians in booked.talks.values())
                assert event.cancelled is not has
                assert event.start in {start for start, _ in (*booked.talks.values(), *booked.gone.values())}
                if before := seen.get(person):
                    assert (event.uid, event.sequence > before.sequence) == (before.uid, True)
                seen[person] = event
        everything = rules.of_home(booked, slots, PUPIL, pupil=True, protected=False)
        assert len({event.uid for event in everything}) == len(everything)
        assert {event.start for event in everything if not event.cancelled} == {
            start for start, _ in booked.talks.values()
        }


def test_a_time_that_is_offered_no_more_is_cancelled_without_an_end() -> None:
    booked = Booked(PUPIL, "r", gone={"x": (STARTS[0], (ONE,))}, version=3)
    (event,) = rules.of_home(booked, {}, ONE, pupil=False, protected=False)
    assert (event.cancelled, event.start, event.end, event.sequence) == (True, STARTS[0], None, 3)
    assert rules.of_home(booked, {}, OTHER, pupil=False, protected=False) == []


def test_protection_hides_where() -> None:
    booked = Booked(PUPIL, "r", talks={"0": (STARTS[0], (ONE,))}, version=2)
    (event,) = rules.of_home(booked, {"0": SLOTS[0]}, ONE, pupil=False, protected=True)
    assert (event.room, event.link, event.end) == ("", "", SLOTS[0].end)


def test_a_mentor_sees_what_is_or_was_booked_with_them() -> None:
    booking = Booking(PUPIL, (ONE,), True, ONE, NOW)
    booked, freed = replace(SLOTS[0], booking=booking, version=2), replace(SLOTS[1], version=3)
    elsewhere = replace(SLOTS[3], mentor=OTHER, booking=booking, version=2)
    found = rules.of_mentor([booked, freed, SLOTS[2], elsewhere], MENTOR)
    assert [(event.start, event.cancelled, event.sequence) for event in found] == [
        (STARTS[0], False, 2), (STARTS[1], True, 3),
    ]  # fmt: skip
