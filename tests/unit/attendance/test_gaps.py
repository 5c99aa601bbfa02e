"""One notice per gap, none when explained (process 21; skollagen 7:17, 15:16)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from functions.attendance.domain.absence import Span
from functions.attendance.domain.gaps import (
    AlreadyReached,
    Call,
    Called,
    Missed,
    Outcome,
    answered,
    extend,
    is_explained,
    is_settled,
    late_minutes,
    neighbours,
    note_call,
    open_gap,
    seen_call,
    state,
    without,
)
from skolkit.types import LessonId, NoticeId, PersonId, UnitId

NINE = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)  # 09:00 in Sweden


def missed(name: str, after: int) -> Missed:
    start = NINE + timedelta(minutes=after)
    return Missed(LessonId(name), start, start + timedelta(minutes=40))


def test_a_notice_that_covers_any_part_of_the_lesson_explains_it() -> None:
    day = date(2026, 11, 23)
    assert is_explained(missed("a", 0), [Span(day, day)])
    assert is_explained(missed("a", 0), [Span(day, day, time(9, 30), time(12))])
    assert not is_explained(missed("a", 0), [Span(day, day, time(10), None)])
    assert not is_explained(missed("a", 0), [])


def test_a_gap_grows_in_both_directions_and_keeps_its_notice() -> None:
    gap = open_gap(NoticeId("n"), missed("b", 50))
    grown = extend(extend(gap, missed("c", 100)), missed("a", 0))
    assert grown.notice == "n"
    assert (grown.start, grown.end) == (NINE, NINE + timedelta(minutes=140))
    assert set(grown.lessons) == {"a", "b", "c"}


def test_a_failure_is_final_in_whatever_order_answers_come() -> None:
    gap, anna = open_gap(NoticeId("n"), missed("b", 50)), PersonId("anna")
    for first, second in [(Outcome.DELIVERED, Outcome.FAILED), (Outcome.FAILED, Outcome.DELIVERED)]:
        assert answered(answered(gap, anna, first), anna, second).outcomes == {anna: Outcome.FAILED}


def test_what_lies_between_a_gap_and_a_lesson() -> None:
    gap = open_gap(NoticeId("n"), missed("b", 50))
    assert neighbours([gap], missed("c", 150)) == [
        (gap, NINE + timedelta(minutes=90), NINE + timedelta(minutes=150))
    ]
    assert neighbours([gap], missed("a", 0)) == [
        (gap, NINE + timedelta(minutes=40), NINE + timedelta(minutes=50))
    ]
    assert neighbours([gap], missed("b", 50)) == []


def test_a_gap_is_told_by_message_or_telephone_to_be_called_or_without_attempt() -> None:
    gap, anna, erik = open_gap(NoticeId("n"), missed("b", 50)), PersonId("anna"), PersonId("erik")
    failed = answered(gap, anna, Outcome.FAILED)
    assert state(gap, ()) == "withoutAttempt"
    assert state(failed, ()) == "toCall"
    assert state(failed, {NoticeId("other")}) == "toCall"
    assert state(failed, {gap.notice}) == "told"
    assert state(answered(failed, erik, Outcome.DELIVERED), ()) == "told"


def test_a_call_is_noted_until_they_are_reached() -> None:
    call = Call(
        "c", UnitId("u"), date(2026, 11, 23), PersonId("p"), PersonId("anna"), NoticeId("n"), "bounced"
    )
    tried = note_call(call, Called.NOT_REACHED, PersonId("office"), NINE)
    done = note_call(tried, Called.REACHED, PersonId("mentor"), NINE)
    assert (done.called, done.by, done.attempts) == (Called.REACHED, "mentor", 2)
    with pytest.raises(AlreadyReached):
        note_call(done, Called.NOT_REACHED, PersonId("office"), NINE)


def test_a_gap_is_settled_when_nothing_of_it_is_unexcused_any_more() -> None:
    day, first, second = date(2026, 11, 23), missed("a", 0), missed("b", 50)
    gap = extend(open_gap(NoticeId("n"), first), second)
    known = {first.lesson: first, second.lesson: second}
    part = [Span(day, day, None, time(9, 45))]
    assert not is_settled(gap, known, [])
    assert not is_settled(gap, known, part)
    assert is_settled(gap, known, [Span(day, day)])
    assert is_settled(gap, known | {second.lesson: None}, part)
    assert is_settled(gap, {first.lesson: None, second.lesson: None}, [])
    assert not is_settled(gap, {first.lesson: None}, [Span(day, day)])  # the other lesson is not known


def test_a_call_is_closed_only_while_its_gap_is_settled_and_never_when_they_were_reached() -> None:
    call = Call(
        "c", UnitId("u"), date(2026, 11, 23), PersonId("p"), PersonId("anna"), NoticeId("n"), "bounced"
    )
    assert seen_call(call, {NoticeId("n")}).called is Called.EXPLAINED
    assert seen_call(call, {NoticeId("other")}).called is Called.OPEN
    reached = note_call(call, Called.REACHED, PersonId("p"), NINE)
    assert seen_call(reached, {NoticeId("n")}).called is Called.REACHED


def test_whoever_comes_late_was_there_afterwards() -> None:
    """Lateness is a gap of its own, before and after an absence."""
    late = replace(missed("a", 0), late=5)
    gap = open_gap(NoticeId("n"), late)
    assert gap.late == 5
    assert neighbours([gap], missed("b", 50)) == []
    assert neighbours([open_gap(NoticeId("n"), missed("b", 50))], late) == []
    left = without(gap, late.lesson)
    assert (left.lessons, neighbours([left], missed("b", 50)), is_settled(left, {}, [])) == ((), [], True)


def test_what_is_lateness() -> None:
    assert late_minutes(invalid=5, late=5, attended=35) == 5
    assert late_minutes(invalid=1, late=1, attended=39) == 1  # the law knows no least number
    assert late_minutes(invalid=15, late=5, attended=25) == 0  # left early, too
    assert late_minutes(invalid=5, late=0, attended=35) == 0  # nobody has said that it was at the beginning
    assert late_minutes(invalid=40, late=40, attended=0) == 0
