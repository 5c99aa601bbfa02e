"""Absence that comes again: on which days it falls, how it is changed, taken back, and follows the calendar
(process 19).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.attendance.domain import series as rules
from functions.attendance.domain.absence import (
    AbsencePassed,
    NoSchoolDay,
    OverlappingAbsence,
    Reason,
    Span,
    TooFarAhead,
    UnknownSpan,
)
from functions.attendance.domain.series import BeyondTheSchoolYear, NoOccasion, Rule, Series
from functions.attendance.domain.shown import shown_of
from skolkit.clock import local
from skolkit.errors import DomainError
from skolkit.sweden.calendar import SchoolYear, default_calendar
from skolkit.types import NoticeId, PersonId, UnitId, new_id

TODAY = date(2026, 11, 23)  # a Monday
TUESDAY = date(2026, 11, 24)
PHYSIO = Rule(TUESDAY, date(2026, 12, 22), 1, time(13), time(14), Reason.MEDICAL_VISIT)


def school(day: date) -> bool:
    return default_calendar(SchoolYear.of(day)).is_school_day(day)


def draft(rule: Rule = PHYSIO) -> Series:
    return Series(NoticeId("s1"), PersonId("p"), UnitId("u"), rule, (), PersonId("g"))


def begun(rule: Rule = PHYSIO) -> Series:
    return rules.start(draft(rule), TODAY, school, {})


def days(series: Series) -> list[str]:
    return [one.day.isoformat()[5:] for one in series.coming(date.min)]


def test_every_tuesday_until_the_holidays() -> None:
    assert days(begun()) == ["11-24", "12-01", "12-08", "12-15"]
    assert days(begun(replace(PHYSIO, weeks=2))) == ["11-24", "12-08"]
    one = begun().occasions[0]
    assert (one.span, one.reason) == (Span(TUESDAY, TUESDAY, time(13), time(14)), Reason.MEDICAL_VISIT)


def test_the_clock_hour_is_the_same_after_the_clocks_change() -> None:
    rule = replace(PHYSIO, first=date(2026, 10, 20), last=date(2026, 11, 10))
    series = rules.start(draft(rule), date(2026, 10, 19), school, {})
    assert {(one.start, one.end) for one in series.occasions} == {(time(13), time(14))}
    assert days(series) == ["10-20", "11-03", "11-10"]  # the autumn holiday is between


@pytest.mark.parametrize(
    ("rule", "refusal"),
    [
        (replace(PHYSIO, first=TODAY - timedelta(days=1)), AbsencePassed),
        (replace(PHYSIO, last=TUESDAY - timedelta(days=1)), UnknownSpan),
        (replace(PHYSIO, start=time(14), end=time(13)), UnknownSpan),
        (replace(PHYSIO, last=date(2027, 7, 1)), BeyondTheSchoolYear),
        (replace(PHYSIO, first=date(9998, 1, 1), last=date(9998, 2, 1)), TooFarAhead),
        (replace(PHYSIO, first=date(2026, 11, 28), last=date(2026, 12, 19)), NoSchoolDay),  # Saturdays
    ],
)
def test_what_cannot_be_is_refused(rule: Rule, refusal: type[DomainError]) -> None:
    with pytest.raises(refusal) as refused:
        begun(rule)
    assert refused.value.faults[0].field in ("startDate", "endDate", "endTime")


def test_an_overlap_on_any_day_is_refused_and_told() -> None:
    day = date(2026, 12, 8)
    others = {day: {NoticeId("n"): Span(day, day, time(13, 30), time(15))}}
    with pytest.raises(OverlappingAbsence) as refused:
        rules.start(draft(), TODAY, school, others)
    assert refused.value.faults[0].value == "2026-12-08"
    beside = {day: {NoticeId("n"): Span(day, day, time(14), time(15))}}
    assert len(rules.start(draft(), TODAY, school, beside).occasions) == 4


def test_a_change_holds_from_its_day_on() -> None:
    later = replace(PHYSIO, first=date(2026, 12, 9), start=time(8), end=time(9))  # Wednesdays
    changed = rules.change(begun(), later, TODAY, school, {})
    assert days(changed) == ["11-24", "12-01", "12-08", "12-09", "12-16"]
    assert [one.start for one in changed.occasions] == [time(13)] * 3 + [time(8)] * 2
    with pytest.raises(AbsencePassed):
        rules.change(begun(), replace(later, first=date(2026, 11, 20)), TODAY, school, {})


def test_withdrawn_from_a_day_on_it_cannot_be_changed_after() -> None:
    left = rules.withdraw(begun(), date(2026, 12, 8), TODAY)
    assert days(left) == ["11-24", "12-01"]
    gone = rules.withdraw(begun(), TODAY, TODAY)
    assert days(gone) == []
    with pytest.raises(NoOccasion):
        rules.withdraw(gone, TODAY, TODAY)
    with pytest.raises(NoOccasion):
        rules.change(gone, PHYSIO, TODAY, school, {})
    with pytest.raises(AbsencePassed):
        rules.withdraw(begun(), TODAY - timedelta(days=1), TODAY)


def test_one_occasion_is_cancelled_and_stays_so() -> None:
    series, day = begun(), date(2026, 12, 1)
    left, cancelled = rules.cancel(series, series.id_of(day), TODAY)
    assert (cancelled, days(left)) == (day, ["11-24", "12-08", "12-15"])
    assert rules.recount(left, TODAY, school, {}) == left
    with pytest.raises(NoOccasion):
        rules.cancel(left, series.id_of(day), TODAY)
    with pytest.raises(AbsencePassed):
        rules.cancel(series, series.id_of(TUESDAY), date(2026, 11, 25))


def test_days_that_school_is_moved_to_or_away_from_are_followed() -> None:
    moved = {date(2026, 12, 8): False, date(2026, 12, 22): True}

    def now(day: date) -> bool:
        return moved.get(day, school(day))

    followed = rules.recount(begun(), date(2026, 11, 25), now, {})
    assert days(followed) == ["11-24", "12-01", "12-15", "12-22"]
    taken = {date(2026, 12, 22): {NoticeId("n"): Span(date(2026, 12, 22), date(2026, 12, 22))}}
    assert days(rules.recount(begun(), TODAY, now, taken)) == ["11-24", "12-01", "12-15"]
    withdrawn = rules.withdraw(begun(), date(2026, 12, 15), TODAY)
    assert days(rules.recount(withdrawn, TODAY, now, {})) == ["11-24", "12-01"]


@given(
    first=st.dates(TODAY, date(2027, 6, 1)), length=st.integers(0, 300), weeks=st.sampled_from([1, 2]),
    since=st.dates(TODAY, date(2027, 6, 1)),
)  # fmt: skip
def test_a_series_has_school_days_of_one_weekday_and_fits_a_transaction(
    first: date, length: int, weeks: int, since: date
) -> None:
    last = min(first + timedelta(days=length), date(2027, 6, 30))
    try:
        series = begun(replace(PHYSIO, first=first, last=last, weeks=weeks))
    except NoSchoolDay:
        return
    for one in series.occasions:
        assert school(one.day)
        assert first <= one.day <= last
        assert (one.day - first).days % (7 * weeks) == 0
    assert len({series.id_of(one.day) for one in series.occasions}) == len(series.occasions)
    # Changed to another weekday both old and new days are written, with series, list, fact and trace.
    assert 2 * len(series.occasions) + 4 <= 100
    assert rules.recount(series, TODAY, school, {}) == series
    if series.coming(since):
        left = rules.withdraw(series, since, TODAY)
        assert not left.coming(since)
        assert [o for o in left.occasions if o.day < since] == [o for o in series.occasions if o.day < since]
        assert rules.recount(left, TODAY, school, {}) == left


def test_an_occasion_is_notified_absence_to_other_systems() -> None:
    """SS 12000 knows no series: each day would be an Absence of its own."""
    unit, pupil, by = (new_id() for _ in range(3))
    series = replace(
        begun(), id=NoticeId(new_id()), pupil=PersonId(pupil), unit=UnitId(unit), reported_by=PersonId(by)
    )
    found = [shown_of(notice) for notice in series.notices(date(2026, 12, 1))]
    shown = [one for one in found if one]
    assert not any(one.granted for one in shown)
    times = [(one.start, one.end) for one in shown]
    days = [date(2026, 12, day) for day in (1, 8, 15)]
    assert times == [(local(day, time(13)), local(day, time(14))) for day in days]
    assert len({one.id for one in shown}) == 3
