"""A day at a department: coming and going, the curve, deviations."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from functions.attendance.domain import care_day
from functions.attendance.domain.absence import Span
from functions.attendance.domain.care import Hours
from functions.attendance.domain.care_day import ChildDay, Event, EventType
from skolkit.clock import local
from skolkit.types import PersonId

DAY = date(2026, 11, 23)
SPRING, AUTUMN = date(2027, 3, 28), date(2026, 10, 25)  # the days the clock is changed
STAFF, CHILD = PersonId("staff"), PersonId("child")


def at(hour: int, minute: int = 0, day: date = DAY) -> datetime:
    return local(day, time(hour, minute))


def event(id: str, kind: EventType, when: datetime, **more: object) -> Event:
    return replace(Event(id, kind, when, STAFF, when), **more)  # type: ignore[arg-type]


def hours(*pairs: tuple[int, int]) -> list[Hours]:
    return [Hours(time(a), time(b)) for a, b in pairs]


IN, OUT = event("1", "In", at(8)), event("2", "Ut", at(16))


def test_events_in_any_order_and_twice_are_one_day() -> None:
    for some in ([IN, OUT], [OUT, IN], [IN, OUT, event("3", "In", at(9)), event("4", "Ut", at(17))]):
        assert care_day.presence(some) == [(at(8), at(16))]
    known, outcome = care_day.take((IN,), IN)
    assert (known, outcome) == ((IN,), "known")
    assert care_day.presence([IN]) == [(at(8), None)]
    assert care_day.presence([OUT]) == []


def test_a_mistake_is_corrected_and_kept() -> None:
    right = event("3", "In", at(9), corrects="1", registered_at=at(10))
    events, outcome = care_day.take((IN, OUT), right)
    assert (outcome, len(events)) == ("recorded", 3)
    assert care_day.presence(events) == [(at(9), at(16))]
    never = event("4", "Ut", at(16), corrects="2", void=True, registered_at=at(17))
    events, _ = care_day.take(events, never)
    assert care_day.presence(events) == [(at(9), None)]
    again = event("5", "Ut", at(15), corrects="4", registered_at=at(17))
    events, _ = care_day.take(events, again)
    assert care_day.presence(events) == [(at(9), at(15))]


def test_an_event_out_of_time_or_about_nothing_is_not_taken() -> None:
    for wrong, outcome in [
        (event("9", "In", at(9), registered_at=at(8, 50)), "outOfTime"),
        (event("9", "In", at(9), registered_at=at(9) + timedelta(days=15)), "outOfTime"),
        (event("9", "In", at(9), corrects="0"), "unknownEvent"),
    ]:
        assert care_day.take((IN,), wrong) == ((IN,), outcome)
    assert care_day.take((IN,), event("9", "Ut", at(9, 4), registered_at=at(9)))[1] == "recorded"


def test_notified_absence_takes_the_expected_time_away() -> None:
    whole, part = Span(DAY, DAY), Span(DAY, DAY, time(10), time(12))
    assert care_day.stretches(DAY, hours((8, 16)), [whole]) == []
    assert care_day.stretches(DAY, hours((8, 16)), [part]) == [(at(8), at(10)), (at(12), at(16))]
    assert care_day.stretches(DAY, hours((8, 16)), [Span(DAY, DAY, time(12), None)]) == [(at(8), at(12))]
    other = Span(DAY + timedelta(days=1), DAY + timedelta(days=2))
    assert care_day.stretches(DAY, hours((8, 16)), [other]) == [(at(8), at(16))]


def test_the_days_the_clock_is_changed_have_92_and_100_quarters() -> None:
    assert [len(care_day.quarters(day)) for day in (DAY, SPRING, AUTUMN)] == [96, 92, 100]
    for day, length in ((SPRING, 5), (AUTUMN, 7), (DAY, 6)):
        ((start, end),) = care_day.stretches(day, hours((0, 6)))
        assert (end - start) == timedelta(hours=length)
        assert sum(care_day.counts(day, [[(start, end)]])) == 4 * length
        late = care_day.stretches(day, hours((8, 9)))
        first = care_day.counts(day, [late]).index(1)
        assert care_day.quarters(day)[first] == at(8, 0, day)


def test_a_child_there_for_part_of_a_quarter_counts() -> None:
    counted = care_day.counts(DAY, [[(at(8, 14), at(8, 16))], [(at(8, 15), at(8, 30))]])
    assert counted[31:36] == [0, 1, 2, 0, 0]


@pytest.mark.parametrize(
    ("events", "planned", "expected", "now", "state", "found"),
    [
        ([], [(8, 16)], None, at(7), "expected", []),
        ([], [(8, 16)], None, at(8, 10), "expected", []),
        ([], [(8, 16)], None, at(8, 20), "late", ["notArrived"]),
        ([], [(8, 16)], [], at(9), "absent", []),
        ([], [], None, at(9), "notExpected", []),
        ([IN], [(8, 16)], None, at(12), "in", []),
        ([IN], [(8, 16)], None, at(16, 10), "in", []),
        ([IN], [(8, 16)], None, at(16, 20), "in", ["notPickedUp", "longerThanSchedule"]),
        ([IN, OUT], [(8, 16)], None, at(17), "gone", []),
        ([IN, OUT], [(8, 12)], None, at(17), "gone", ["longerThanSchedule"]),
        ([IN, OUT], [], None, at(17), "gone", ["withoutSchedule"]),
        ([IN, OUT], [(8, 16), (17, 18)], None, at(16, 30), "expected", []),
        ([IN], [(8, 16)], [], at(12), "in", ["notPickedUp"]),
    ],
)
def test_how_it_is_with_a_child(
    events: list[Event], planned: list[tuple[int, int]], expected: list[tuple[int, int]] | None,
    now: datetime, state: str, found: list[str],
) -> None:  # fmt: skip
    child = ChildDay(
        CHILD, DAY, tuple(care_day.stretches(DAY, hours(*planned))),
        tuple(care_day.stretches(DAY, hours(*(planned if expected is None else expected)))), tuple(events),
    )  # fmt: skip
    assert care_day.status(child, now, 15) == state
    if state != "in" or expected != []:
        assert care_day.deviations(child, now, 15) == found


def test_a_day_that_nobody_ended_ends_at_midnight() -> None:
    child = ChildDay(CHILD, DAY, events=(IN,))
    assert care_day.minutes(child.there(at(9))) == 60
    assert care_day.minutes(child.there(at(12) + timedelta(days=3))) == 16 * 60


def test_staff_is_rounded_up() -> None:
    assert [care_day.staff_needed(n, 5.5) for n in (0, 1, 11, 12)] == [0, 1, 2, 3]


_SPAN = st.builds(
    lambda start, count: (start, min(1439, start + count)), st.integers(0, 1438), st.integers(1, 1439)
)
_SPANS = st.lists(_SPAN, max_size=4)
_DAYS = st.sampled_from([DAY, SPRING, AUTUMN, date(2028, 2, 29)])


def _clock(minute: int) -> time:
    return time(minute // 60, minute % 60)


@given(_DAYS, st.lists(st.tuples(_SPANS, _SPANS), max_size=5))
@example(SPRING, [([(0, 121)], [(121, 180)])])
def test_the_curve_is_what_a_model_by_minutes_says(
    day: date, children: list[tuple[list[tuple[int, int]], list[tuple[int, int]]]]
) -> None:
    """Every minute of the day is asked whether the child is expected and not away."""
    start, end = care_day.midnight(day), care_day.midnight(day + timedelta(days=1))
    minutes = [start + timedelta(minutes=n) for n in range((end - start) // timedelta(minutes=1))]

    def inside(instant: datetime, spans: list[tuple[int, int]]) -> bool:
        return any(local(day, _clock(a)) <= instant < local(day, _clock(b)) for a, b in spans)

    parts, model = [], [0] * (len(minutes) // 15)
    for said, away in children:
        absences = [Span(day, day, _clock(a), _clock(b)) for a, b in away]
        expected = care_day.stretches(day, [Hours(_clock(a), _clock(b)) for a, b in said], absences)
        there = [n for n, m in enumerate(minutes) if inside(m, said) and not inside(m, away)]
        assert care_day.minutes(expected) == len(there)
        for quarter in {n // 15 for n in there}:
            model[quarter] += 1
        parts.append(expected)
    assert care_day.counts(day, parts) == model


@given(
    st.lists(st.tuples(st.sampled_from(["In", "Ut"]), st.integers(0, 1000)), max_size=8), st.integers(0, 9)
)
def test_the_order_in_which_events_arrive_does_not_matter(
    some: list[tuple[EventType, int]], seed: int
) -> None:
    events = [event(str(n), kind, at(6) + timedelta(minutes=m)) for n, (kind, m) in enumerate(some)]
    shuffled = [*events, *events[:2]]
    Random(seed).shuffle(shuffled)
    known: tuple[Event, ...] = ()
    for one in shuffled:
        known, _ = care_day.take(known, replace(one, registered_at=at(23)))
    assert care_day.presence(known) == care_day.presence(events)
    parts = care_day.presence(known)
    assert all(b is None or a <= b for a, b in parts)
    assert all(b is not None and b <= c for (_, b), (c, _) in pairwise(parts))
