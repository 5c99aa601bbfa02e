"""What a guardian may report, change and withdraw (process 19; skolförordningen 4:8)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.attendance.domain.absence import (
    MOST_PUPILS,
    RULES,
    AbsencePassed,
    AlreadyStarted,
    NoSchoolDay,
    Notice,
    OverlappingAbsence,
    Reason,
    Reporter,
    SamePupilTwice,
    Span,
    TooFarAhead,
    TooFarBack,
    TooManyDays,
    UnknownSpan,
    change,
    report,
    require_room,
    withdraw,
)
from skolkit.clock import local
from skolkit.types import NoticeId, PersonId, UnitId

TODAY = date(2026, 11, 23)  # a Monday


def weekday(day: date) -> bool:
    return day.weekday() < 5


def notice(
    first: date = TODAY, last: date | None = None, start: time | None = None, end: time | None = None
) -> Notice:
    span = Span(first, last or first, start, end)
    return Notice(NoticeId("n1"), PersonId("p"), UnitId("u"), span, Reason.ILLNESS, PersonId("g"))


def test_today_and_coming_days_are_accepted() -> None:
    for first, last in [
        (TODAY, TODAY),
        (TODAY, TODAY + timedelta(days=4)),
        (date(2026, 12, 7), date(2026, 12, 11)),
    ]:
        assert report(notice(first, last), {}, TODAY, weekday).span.last == last


def test_yesterday_is_the_schools_to_correct() -> None:
    with pytest.raises(AbsencePassed) as refused:
        report(notice(TODAY - timedelta(days=1), TODAY), {}, TODAY, weekday)
    assert refused.value.faults[0].field == "startDate"


@pytest.mark.parametrize(
    ("first", "last", "start", "end"),
    [
        (TODAY + timedelta(days=1), TODAY, None, None),
        (TODAY, TODAY, time(12), time(10)),
        (TODAY, TODAY, time(12), time(12)),
        (TODAY, TODAY + timedelta(days=1), time(12), None),
    ],
)
def test_times_that_do_not_fit_together(
    first: date, last: date, start: time | None, end: time | None
) -> None:
    with pytest.raises(UnknownSpan):
        report(notice(first, last, start, end), {}, TODAY, weekday)


def test_the_longest_and_the_furthest_notice() -> None:
    longest = timedelta(days=RULES.longest_days - 1)
    furthest = TODAY + timedelta(days=RULES.days_ahead)
    report(notice(TODAY, TODAY + longest), {}, TODAY, weekday)
    report(notice(furthest - timedelta(days=1), furthest), {}, TODAY, weekday)
    for first, last in [
        (TODAY, TODAY + longest + timedelta(days=1)),
        (furthest, furthest + timedelta(days=1)),
    ]:
        with pytest.raises(TooFarAhead):
            report(notice(first, last), {}, TODAY, weekday)


def test_a_weekend_has_no_school_day() -> None:
    saturday = TODAY + timedelta(days=5)
    with pytest.raises(NoSchoolDay):
        report(notice(saturday, saturday + timedelta(days=1)), {}, TODAY, weekday)


def test_overlap_is_refused_but_two_parts_of_a_day_are_not() -> None:
    others = {NoticeId("n0"): Span(TODAY, TODAY, time(8), time(10))}
    report(notice(TODAY, TODAY, time(10), time(12)), others, TODAY, weekday)
    for new in (notice(), notice(TODAY, TODAY, time(9), time(11))):
        with pytest.raises(OverlappingAbsence):
            report(new, others, TODAY, weekday)


def test_a_notice_does_not_overlap_itself() -> None:
    old = replace(notice(TODAY, TODAY + timedelta(days=1)), version=1)
    shorter = change(old, Span(TODAY, TODAY), Reason.OTHER, {old.id: old.span}, TODAY, weekday)
    assert shorter.span == Span(TODAY, TODAY)
    assert shorter.reason is Reason.OTHER


def test_a_begun_notice_keeps_its_first_day_and_can_end_yesterday() -> None:
    begun = notice(TODAY - timedelta(days=3), TODAY + timedelta(days=2))
    first = begun.span.first
    change(begun, Span(first, TODAY - timedelta(days=1)), begun.reason, {}, TODAY, weekday)
    with pytest.raises(AbsencePassed):
        change(begun, Span(TODAY, TODAY), begun.reason, {}, TODAY, weekday)
    with pytest.raises(AbsencePassed):
        change(begun, Span(first, TODAY - timedelta(days=2)), begun.reason, {}, TODAY, weekday)
    with pytest.raises(AlreadyStarted):
        withdraw(begun, TODAY)


def test_what_has_ended_or_is_withdrawn_cannot_change() -> None:
    for old in (notice(TODAY - timedelta(days=2), TODAY - timedelta(days=1)), withdraw(notice(), TODAY)):
        with pytest.raises(AbsencePassed):
            change(old, Span(TODAY, TODAY), Reason.ILLNESS, {}, TODAY, weekday)


def test_minutes_of_a_lesson_that_a_notice_covers() -> None:
    start = local(TODAY, time(9, 30))
    lesson = (start, start + timedelta(minutes=50))
    assert Span(TODAY, TODAY).minutes_of(*lesson) == 50
    assert Span(TODAY, TODAY, time(9), time(10)).minutes_of(*lesson) == 30
    assert Span(TODAY, TODAY, time(10), None).minutes_of(*lesson) == 20
    assert Span(TODAY, TODAY, None, time(9, 30)).minutes_of(*lesson) == 0
    assert Span(TODAY + timedelta(days=1), TODAY + timedelta(days=1)).minutes_of(*lesson) == 0


def test_days_are_swedish_also_when_utc_says_yesterday() -> None:
    late = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)  # 00:30 on the 23rd in Sweden
    assert Span(TODAY, TODAY).minutes_of(late, late + timedelta(minutes=10)) == 10


@given(
    st.integers(0, 20), st.integers(0, 13), st.integers(0, 20), st.integers(0, 13),
)  # fmt: skip
def test_overlap_is_mutual_and_means_a_shared_day(a: int, b: int, c: int, d: int) -> None:
    one = Span(TODAY + timedelta(days=a), TODAY + timedelta(days=a + b))
    two = Span(TODAY + timedelta(days=c), TODAY + timedelta(days=c + d))
    assert one.overlaps(two) == two.overlaps(one) == bool(set(one.days()) & set(two.days()))


@pytest.mark.parametrize(
    ("reporter", "back", "refusal"),
    [
        (Reporter.GUARDIAN, 0, None), (Reporter.GUARDIAN, 1, AbsencePassed),
        (Reporter.PUPIL, 1, AbsencePassed),
        (Reporter.MENTOR, RULES.mentor_days_back, None),
        (Reporter.MENTOR, RULES.mentor_days_back + 1, TooFarBack),
        (Reporter.ADMINISTRATOR, RULES.office_days_back, None),
        (Reporter.ADMINISTRATOR, RULES.office_days_back + 1, TooFarBack),
    ],
)  # fmt: skip
def test_the_home_reports_what_comes_and_the_school_what_has_been(
    reporter: Reporter, back: int, refusal: type[Exception] | None
) -> None:
    draft = replace(notice(TODAY - timedelta(days=back)), reported_as=reporter)
    if refusal is None:
        assert report(draft, {}, TODAY, lambda _: True) == draft
        return
    with pytest.raises(refusal) as refused:
        report(draft, {}, TODAY, lambda _: True)
    assert refused.value.faults[0].field == "startDate"  # type: ignore[attr-defined]


def test_mentors_reach_72_hours_back_and_the_office_further() -> None:
    assert RULES.mentor_days_back * 24 == 72
    assert RULES.office_days_back > RULES.mentor_days_back


def test_one_request_holds_what_one_transaction_does() -> None:
    def of(count: int, days: int) -> list[Notice]:
        span = Span(TODAY, TODAY + timedelta(days=days - 1))
        return [replace(notice(), pupil=PersonId(str(n)), span=span) for n in range(count)]

    require_room(of(MOST_PUPILS, 5))
    require_room(of(5, RULES.longest_days))
    with pytest.raises(TooManyDays):
        require_room(of(MOST_PUPILS, 6))
    with pytest.raises(SamePupilTwice):
        require_room([notice(), notice()])


@pytest.mark.parametrize(
    ("friday", "monday"),
    [(date(2026, 3, 27), date(2026, 3, 30)), (date(2026, 10, 23), date(2026, 10, 26))],
)
def test_a_lesson_is_as_long_when_the_clocks_have_changed(friday: date, monday: date) -> None:
    """The night to Sunday is an hour shorter or longer (directive 2000/84/EC); the school day is not."""
    whole, part = Span(friday, monday), Span(monday, monday, time(8), time(9))
    for day in (friday, monday):
        lesson = local(day, time(8, 30)), local(day, time(9, 20))
        assert whole.minutes_of(*lesson) == 50
        assert part.minutes_of(*lesson) == (30 if day == monday else 0)
    night = local(monday - timedelta(days=1), time(0)), local(monday - timedelta(days=1), time(23, 59))
    assert whole.minutes_of(*night) > 0
    assert [d for d in whole.days() if weekday(d)] == [friday, monday]


def test_a_notice_over_a_holiday_needs_one_school_day() -> None:
    """2026-12-23 to 2027-01-05 is a fortnight without school."""

    def school(day: date) -> bool:
        return weekday(day) and not date(2026, 12, 19) <= day <= date(2027, 1, 6)

    start = date(2026, 12, 23)
    with pytest.raises(NoSchoolDay):
        report(notice(start, date(2027, 1, 5)), {}, start, school)
    over = notice(date(2026, 12, 18), date(2026, 12, 31))
    assert report(over, {}, date(2026, 12, 17), school) == over
