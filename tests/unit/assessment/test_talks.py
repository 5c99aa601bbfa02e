"""Development talks: whatever is offered and booked in whatever order, nobody is in two talks at once, and a
signature is of one version.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.assessment.domain import minutes as minutes_rules
from functions.assessment.domain import talks as rules
from functions.assessment.domain.minutes import Agreement, Minutes, Signature
from functions.assessment.domain.talks import Booked, Booking, Slot, TalkRound
from skolkit.errors import DomainError, NotFound
from skolkit.types import GroupId, PersonId, UnitId

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
TODAY = NOW.date()
ONE, OTHER, PUPIL, MATE, MENTOR = map(PersonId, ("one", "other", "pupil", "mate", "mentor"))
CUSTODY = {PUPIL: {ONE, OTHER}, MATE: {OTHER}}
ROUND = TalkRound(
    id="round", group=GroupId("class"), unit=UnitId("unit"), title="Höst", deadline=date(2026, 12, 1),
    by=MENTOR,
)  # fmt: skip


def slot(id: str, start: int, minutes: int = 20) -> Slot:
    at = NOW + timedelta(days=8, minutes=start)
    return Slot(id=id, round="round", mentor=MENTOR, start=at, end=at + timedelta(minutes=minutes))


@given(st.lists(st.lists(st.tuples(st.integers(0, 300), st.integers(5, 60)), min_size=1, max_size=5)))
def test_a_mentor_is_never_offered_twice_at_a_time(offers: list[list[tuple[int, int]]]) -> None:
    round, busy = ROUND, dict[str, tuple[datetime, datetime]]()
    for number, offer in enumerate(offers):
        slots = [slot(f"{number}-{n}", *one) for n, one in enumerate(offer)]
        try:
            round = rules.offer(round, slots, [busy], NOW)
        except (rules.SlotOverlaps, rules.TooManySlots):
            continue
        busy |= {one.id: (one.start, one.end) for one in slots}
    spans = sorted(busy.values())
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    assert round.slots == len(busy) <= rules.MOST_SLOTS


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["book", "cancel", "change"]), st.sampled_from([PUPIL, MATE]),
        st.sampled_from([ONE, OTHER, MENTOR]), st.integers(0, 3), st.integers(0, 3),
    ),
    max_size=25,
)  # fmt: skip


@given(STEPS, st.booleans())
def test_whatever_homes_do_a_time_is_one_homes_and_a_home_has_one_time(
    steps: list[tuple[str, PersonId, PersonId, int, int]], separate: bool
) -> None:
    round = replace(ROUND, separate=separate)
    slots = [slot(str(n), n * 30) for n in range(4)]
    booked = {pupil: Booked(pupil, "round") for pupil in (PUPIL, MATE)}
    for deed, pupil, by, which, instead in steps:
        staff = by == MENTOR
        if not staff and by not in CUSTODY[pupil]:
            continue
        now_slots, mine = list(slots), booked[pupil]
        try:
            if deed == "cancel":
                freed, mine = rules.cancel(round, now_slots[which], mine, by, NOW, TODAY, staff=staff)
                now_slots[which] = freed
            else:
                coming = rules.who_comes(round, [], by, CUSTODY[pupil])
                booking, one = Booking(pupil, coming, True, by, NOW), now_slots[which]
                left: Slot | None = None
                if deed == "change":
                    old = now_slots[instead]
                    one, left, mine = rules.change(round, old, one, mine, booking, NOW, TODAY, staff=staff)
                else:
                    one, mine = rules.book(round, one, mine, booking, NOW, TODAY, staff=staff)
                now_slots[which] = one
                if left:
                    now_slots[instead] = left
        except DomainError:
            continue
        slots, booked[pupil] = now_slots, mine
    for pupil, known in booked.items():
        held = {s.id: s.booking for s in slots if s.booking and s.booking.pupil == pupil}
        assert set(held) == set(known.talks)
        people = [guardian for booking in held.values() for guardian in booking.guardians]
        assert len(people) == len(set(people))
        assert separate or len(held) <= 1


def test_the_other_home_neither_sees_nor_cancels_a_talk_that_is_not_its_own() -> None:
    round = replace(ROUND, separate=True)
    booking = Booking(PUPIL, (ONE,), True, ONE, NOW)
    taken, booked = rules.book(round, slot("a", 0), Booked(PUPIL, "round"), booking, NOW, TODAY, staff=False)
    assert not rules.is_part(booking, OTHER)
    with pytest.raises(NotFound):
        rules.cancel(round, taken, booked, OTHER, NOW, TODAY, staff=False)
    assert rules.unbooked(round, [PUPIL, MATE], [taken], CUSTODY) == {PUPIL: (OTHER,), MATE: (OTHER,)}
    assert rules.unbooked(ROUND, [PUPIL, MATE], [taken], CUSTODY) == {MATE: (OTHER,)}
    assert rules.unbooked(ROUND, [PUPIL], [], {}) == {PUPIL: (PUPIL,)}


def test_without_a_talk_for_each_home_there_is_one_whoever_comes() -> None:
    alone = Booking(PUPIL, (ONE,), True, ONE, NOW)
    _, booked = rules.book(ROUND, slot("a", 0), Booked(PUPIL, "round"), alone, NOW, TODAY, staff=False)
    other = Booking(PUPIL, (OTHER,), True, OTHER, NOW)
    with pytest.raises(rules.BookedAlready):
        rules.book(ROUND, slot("b", 30), booked, other, NOW, TODAY, staff=False)
    each = replace(ROUND, separate=True)
    assert len(rules.book(each, slot("b", 30), booked, other, NOW, TODAY, staff=False)[1].talks) == 2


def test_who_comes_has_custody() -> None:
    assert rules.who_comes(ROUND, [], ONE, CUSTODY[PUPIL]) == (ONE, OTHER)
    assert rules.who_comes(replace(ROUND, separate=True), [], ONE, CUSTODY[PUPIL]) == (ONE,)
    assert rules.who_comes(ROUND, [], PUPIL, ()) == ()
    with pytest.raises(rules.WhoComes):
        rules.who_comes(ROUND, [MENTOR], MENTOR, CUSTODY[PUPIL])


# Minutes

MINUTES = Minutes(
    pupil=PUPIL, round="round", slot="a", held=TODAY, text="Vi talade", agreements=(), guardians=(ONE, OTHER),
    takes_part=True, by=MENTOR, at=NOW, ready=True,
)  # fmt: skip


def signed(minutes: Minutes, person: PersonId, age: int = 12) -> Minutes:
    part = minutes_rules.part_of(minutes, person, age, CUSTODY[PUPIL], {MENTOR})
    return minutes_rules.sign(minutes, minutes.digest, Signature(person, part, NOW, 3, "app"))


@given(
    st.sampled_from(
        [
            {"text": "Vi talade."}, {"held": date(2026, 11, 22)}, {"number": 2}, {"by": ONE},
            {"agreements": (Agreement("Läsa", "home"),)}, {"guardians": (ONE,)}, {"takes_part": False},
        ]
    )
)  # fmt: skip
def test_whatever_is_changed_has_another_digest(change: dict[str, object]) -> None:
    other = replace(MINUTES, **change)  # type: ignore[arg-type]
    assert other.digest != MINUTES.digest
    with pytest.raises(minutes_rules.OldMinutes):
        minutes_rules.sign(other, MINUTES.digest, Signature(ONE, "guardian", NOW, 0, "app"))


def test_a_change_is_a_version_that_nobody_has_signed_and_is_never_a_draft_again() -> None:
    whole = signed(signed(MINUTES, ONE), MENTOR)
    assert minutes_rules.awaits(whole, 12, CUSTODY[PUPIL]) == (OTHER,)
    anew = minutes_rules.write(whole, replace(MINUTES, text="Nytt", ready=False), None, TODAY)
    assert (anew.number, anew.signatures, anew.ready, anew.guardians) == (2, (), True, (ONE, OTHER))
    draft = replace(MINUTES, ready=False)
    assert minutes_rules.write(draft, MINUTES, None, TODAY).number == 1


def test_a_pupil_signs_from_sixteen_and_guardians_while_they_have_custody() -> None:
    with pytest.raises(minutes_rules.NotAParty):
        signed(MINUTES, PUPIL, age=15)
    assert signed(MINUTES, PUPIL, age=16).signatures[0].part == "pupil"
    assert PUPIL in minutes_rules.awaits(MINUTES, 16, CUSTODY[PUPIL])
    assert PUPIL not in minutes_rules.awaits(MINUTES, 15, CUSTODY[PUPIL])
    with pytest.raises(minutes_rules.NotAParty):
        minutes_rules.part_of(MINUTES, OTHER, 12, {ONE}, {MENTOR})
    assert minutes_rules.awaits(MINUTES, 12, {ONE}) == ("mentor", ONE)
    with pytest.raises(minutes_rules.SignedAlready):
        signed(signed(MINUTES, ONE), ONE)
