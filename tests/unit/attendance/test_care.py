"""Care schedules: weeks of homes, changes of days, what a place gives (skollagen 8:4–7, 14:5, 14:7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.attendance.domain import care
from functions.attendance.domain import care_refusals as refusals
from functions.attendance.domain.care import (
    Allowance,
    AllowedKind,
    Basis,
    Change,
    Entry,
    Hours,
    Placement,
    Plan,
    Said,
    Schedule,
    Settings,
)
from skolkit.sweden.codes import SchoolForm
from skolkit.types import PersonId, UnitId

TODAY = date(2026, 11, 23)  # the Monday of week 48
UNIT, ANNA, BO = UnitId("unit"), PersonId("anna"), PersonId("bo")
GUARDIANS = frozenset({ANNA, BO})
PLACE = Placement("place", UNIT, SchoolForm.PRESCHOOL, date(2026, 8, 1), None)
BORN = date(2022, 5, 4)


def hours(start: int, end: int) -> Hours:
    return Hours(time(start), time(end))


def schedule(
    owner: PersonId = ANNA, *entries: Entry, start: date = TODAY, days: int = 200, weeks: int = 1,
    **more: bool | str,
) -> Schedule:  # fmt: skip
    return Schedule(
        id=f"{owner}-{start}", owner=owner, placement="place", unit=UNIT, start=start,
        end=start + timedelta(days=days), weeks=weeks, entries=entries, **more,  # type: ignore[arg-type]
    )  # fmt: skip


def plan(*schedules: Schedule) -> Plan:
    return Plan(PersonId("child"), schedules)


MONDAY = Entry(1, 1, hours(8, 16))
ODD, EVEN = Entry(1, 1, hours(8, 16)), Entry(2, 1, hours(8, 16))


def mondays(first: date, count: int) -> list[date]:
    return [first + timedelta(weeks=n) for n in range(count)]


def test_odd_and_even_weeks_by_their_numbers_go_on_over_a_year_with_53_weeks() -> None:
    """2026 has a week 53: it and the next week 1 are both odd."""
    odd = schedule(ANNA, ODD, weeks=2, by_week_number=True)
    weeks = {day.isocalendar().week: bool(odd.hours(day)) for day in mondays(date(2026, 12, 14), 6)}
    assert weeks == {51: True, 52: False, 53: True, 1: True, 2: False, 3: True}


def test_weeks_counted_from_the_start_alternate_over_new_year() -> None:
    every_other = schedule(ANNA, ODD, weeks=2)
    there = [bool(every_other.hours(day)) for day in mondays(TODAY, 9)]
    assert there == [True, False, True, False, True, False, True, False, True]


def test_the_week_is_counted_from_the_monday_of_a_schedule_that_starts_midweek() -> None:
    midweek = schedule(ANNA, Entry(1, 1, hours(8, 16)), Entry(1, 4, hours(9, 12)), start=date(2026, 11, 25))
    assert midweek.hours(TODAY) == ()
    assert midweek.hours(date(2026, 11, 26)) == (hours(9, 12),)
    two = replace(midweek, weeks=2)
    assert [two.week_of(date(2026, 11, n)) for n in (25, 29, 30)] == [1, 1, 2]


def test_a_leap_day_has_its_weekday() -> None:
    leap = schedule(ANNA, Entry(1, 2, hours(8, 12)), start=date(2028, 2, 1), days=60)
    assert leap.hours(date(2028, 2, 29)) == (hours(8, 12),)
    assert leap.hours(date(2028, 3, 1)) == ()


def test_a_later_schedule_takes_over_in_the_middle_of_a_week_and_gives_back() -> None:
    first = schedule(ANNA, *(Entry(1, n, hours(8, 16)) for n in range(1, 6)))
    later = schedule(ANNA, *(Entry(1, n, hours(9, 12)) for n in range(1, 6)), start=date(2026, 12, 2), days=6)
    mine = plan(first, later)
    days = [date(2026, 12, n) for n in (1, 2, 8, 9)]
    found = [care.expected_hours(mine, care.NOTHING, UNIT, day) for day in days]
    assert found == [[hours(8, 16)], [hours(9, 12)], [hours(9, 12)], [hours(8, 16)]]


def test_what_waits_or_is_denied_is_not_expected() -> None:
    for state in ("Begärt", "Nekat"):
        assert care.expected_hours(plan(schedule(ANNA, MONDAY, state=state)), care.NOTHING, UNIT, TODAY) == []


def test_a_change_goes_before_an_answer_and_that_before_the_schedule() -> None:
    mine = plan(schedule(ANNA, MONDAY))
    other = Change("hours", (hours(10, 11),), "Godkänt", UNIT)
    for said, expected in [
        (Said(), [hours(8, 16)]),
        (Said(answers={}), [hours(8, 16)]),
        (Said(answers={}, silent_means_none=True), []),
        (Said(answers={ANNA: (hours(9, 10),)}, silent_means_none=True), [hours(9, 10)]),
        (Said({ANNA: other}, {ANNA: ()}), [hours(10, 11)]),
        (Said({ANNA: replace(other, state="Begärt")}), [hours(8, 16)]),
        (Said({ANNA: Change("away", (), "Godkänt", UNIT)}), []),
        (Said({BO: Change("hours", (hours(16, 17),), "Godkänt", UNIT)}), [hours(8, 16), hours(16, 17)]),
    ]:
        assert care.expected_hours(mine, said, UNIT, TODAY) == expected, said


def test_two_homes_share_the_weeks_but_not_a_day_at_the_same_time() -> None:
    days = mondays(TODAY, 20)
    anna, bo = schedule(ANNA, ODD, weeks=2), schedule(BO, EVEN, weeks=2)
    care.require_apart(plan(anna, bo), {}, days)
    before = schedule(BO, Entry(1, 1, hours(6, 8)), Entry(2, 1, hours(8, 16)), weeks=2)
    care.require_apart(plan(anna, before), {}, days)
    care.require_apart(plan(before, anna), {}, days)
    with pytest.raises(refusals.HomesOverlap) as refused:
        care.require_apart(plan(anna, schedule(BO, Entry(2, 1, hours(8, 9)), MONDAY, weeks=2)), {}, days)
    assert refused.value.faults[0].value == "2026-11-23"


def test_homes_that_count_weeks_differently_meet_after_week_53() -> None:
    """Strictly alternating against odd and even: apart in the autumn, the same weeks after New Year."""
    by_number = schedule(ANNA, EVEN, weeks=2, by_week_number=True)
    counted = schedule(BO, EVEN, weeks=2)
    care.require_apart(plan(by_number, counted), {}, mondays(TODAY, 6))
    with pytest.raises(refusals.HomesOverlap) as refused:
        care.require_apart(plan(by_number, counted), {}, mondays(TODAY, 12))
    assert refused.value.faults[0].value == "2027-01-11"


def test_a_change_may_not_meet_the_other_home_nor_what_waits() -> None:
    mine = plan(schedule(ANNA, MONDAY), schedule(BO, Entry(1, 2, hours(8, 16))))
    meeting = Change("hours", (hours(15, 17),), "Begärt", UNIT)
    with pytest.raises(refusals.HomesOverlap):
        care.require_apart(mine, {TODAY: Said({BO: meeting})}, [TODAY])
    away = Change("away", (), "Godkänt", UNIT)
    care.require_apart(mine, {TODAY: Said({BO: meeting, ANNA: away})}, [TODAY])


def test_a_denied_schedule_gives_back_the_one_before_so_that_must_fit_too() -> None:
    before, asked = schedule(ANNA, MONDAY), schedule(ANNA, start=TODAY + timedelta(days=7), state="Begärt")
    with pytest.raises(refusals.HomesOverlap):
        care.require_apart(plan(before, asked, schedule(BO, MONDAY, start=TODAY + timedelta(days=7))), {},
                           mondays(TODAY, 3))  # fmt: skip


@pytest.mark.parametrize(
    ("drawn", "refusal"),
    [
        (schedule(ANNA, MONDAY, start=TODAY - timedelta(days=1)), refusals.OutsidePlacement),
        (schedule(ANNA, MONDAY, days=-1), refusals.OutsidePlacement),
        (schedule(ANNA, MONDAY, days=care.RULES.longest_days + 1), refusals.OutsidePlacement),
        (schedule(ANNA, Entry(2, 1, hours(8, 9))), refusals.UnfitHours),
        (schedule(ANNA, Entry(1, 1, hours(9, 9))), refusals.UnfitHours),
        (schedule(ANNA, MONDAY, Entry(1, 1, hours(15, 17))), refusals.UnfitHours),
    ],
)
def test_a_schedule_that_cannot_be(drawn: Schedule, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        care.check_schedule(drawn, PLACE, BORN, TODAY)


def test_a_schedule_within_its_placement() -> None:
    drawn = schedule(ANNA, MONDAY, Entry(1, 1, hours(16, 17)))
    assert care.check_schedule(drawn, PLACE, BORN, TODAY) == drawn
    with pytest.raises(refusals.OutsidePlacement):
        care.check_schedule(drawn, replace(PLACE, end=drawn.end - timedelta(days=1)), BORN, TODAY)


def test_fritidshem_until_the_spring_term_of_the_year_of_13() -> None:
    fritids, born = replace(PLACE, form=SchoolForm.AFTER_SCHOOL_CENTRE), date(2014, 1, 2)
    last = date(2027, 6, 30)
    drawn = schedule(ANNA, MONDAY, days=(last - TODAY).days)
    care.check_schedule(drawn, fritids, born, TODAY)
    with pytest.raises(refusals.TooOldForCare):
        care.check_schedule(replace(drawn, end=last + timedelta(days=1)), fritids, born, TODAY)
    care.check_schedule(replace(drawn, end=last + timedelta(days=1)), PLACE, born, TODAY)


def test_a_schedule_that_has_begun_is_only_ended() -> None:
    old = schedule(ANNA, MONDAY, start=TODAY - timedelta(days=10))
    ended = care.changed_schedule(old, replace(old, end=TODAY), PLACE, BORN, TODAY)
    assert (ended.end, ended.version) == (TODAY, 2)
    with pytest.raises(refusals.DayPassed):
        care.changed_schedule(old, replace(old, end=TODAY - timedelta(days=1)), PLACE, BORN, TODAY)
    with pytest.raises(refusals.ScheduleBegun):
        care.changed_schedule(old, replace(old, entries=(ODD, EVEN), weeks=2), PLACE, BORN, TODAY)
    coming = replace(old, start=TODAY + timedelta(days=1))
    whole = replace(coming, entries=(Entry(1, 3, hours(8, 9)),))
    assert care.changed_schedule(coming, whole, PLACE, BORN, TODAY).entries == whole.entries


def test_each_guardian_changes_the_own_home() -> None:
    mine = plan(schedule(ANNA, ODD, weeks=2), schedule(BO, EVEN, weeks=2))
    assert care.home_of(mine, BO, None, GUARDIANS, staff=False) == BO
    with pytest.raises(refusals.NotYourHome):
        care.home_of(mine, BO, ANNA, GUARDIANS, staff=False)
    office = PersonId("office")
    assert care.home_of(mine, office, ANNA, GUARDIANS, staff=True) == ANNA
    for owner in (None, office):
        with pytest.raises(refusals.OwnerMissing):
            care.home_of(mine, office, owner, GUARDIANS, staff=True)


def test_a_shared_home_is_open_to_the_other_guardian() -> None:
    shared = plan(schedule(ANNA, MONDAY, shared=True))
    assert care.home_of(shared, BO, None, GUARDIANS, staff=False) == ANNA
    assert care.home_of(shared, BO, BO, GUARDIANS, staff=False) == BO
    with pytest.raises(refusals.NotYourHome):  # who shared it has custody no more
        care.home_of(shared, BO, ANNA, frozenset({BO}), staff=False)


@pytest.mark.parametrize(
    ("settings", "ahead", "wanted", "state"),
    [
        (Settings(), 2, (7, 17), "Godkänt"),
        (Settings(), 1, (7, 17), "Begärt"),
        (Settings(), 0, (9, 12), "Godkänt"),
        (Settings(approval="never"), 0, (7, 17), "Godkänt"),
        (Settings(approval="always"), 30, (7, 17), "Begärt"),
        (Settings(approval="always"), 0, (9, 12), "Godkänt"),
    ],
)
def test_more_time_waits_when_it_comes_late(
    settings: Settings, ahead: int, wanted: tuple[int, int], state: str
) -> None:
    day = TODAY + timedelta(days=ahead)
    asked = [hours(*wanted)]
    assert care.state_of_change(settings, "hours", asked, [hours(8, 16)], day, TODAY) == state
    assert care.state_of_change(settings, "away", [], [hours(8, 16)], day, TODAY) == "Godkänt"


@pytest.mark.parametrize(
    ("kind", "basis", "start", "form", "fits"),
    [
        ("full", "work", TODAY, SchoolForm.PRESCHOOL, True),
        ("full", "parentalLeave", TODAY, SchoolForm.PRESCHOOL, False),
        ("hours15", "unemployment", TODAY, SchoolForm.PRESCHOOL, True),
        ("hours15", "specialSupport", TODAY, SchoolForm.PRESCHOOL, True),
        ("hours15", "work", TODAY, SchoolForm.PRESCHOOL, False),
        ("hours15", "unemployment", TODAY, SchoolForm.AFTER_SCHOOL_CENTRE, False),
        ("hours525", "generalPreschool", date(2027, 7, 1), SchoolForm.PRESCHOOL, True),
        ("hours525", "generalPreschool", date(2027, 6, 30), SchoolForm.PRESCHOOL, False),
    ],
)
def test_the_time_goes_with_its_ground(
    kind: AllowedKind, basis: Basis, start: date, form: SchoolForm, *, fits: bool
) -> None:
    """General preschool from the autumn term of the year the child turns three (8:4)."""
    new = Allowance(UNIT, kind, basis, start, PersonId("office"))
    place, born = replace(PLACE, form=form), date(2024, 12, 31)
    if fits:
        assert care.check_allowance(new, place, born) == new
    else:
        with pytest.raises(refusals.UnfitAllowance):
            care.check_allowance(new, place, born)


def test_what_a_place_gives() -> None:
    def given_from(start: date, kind: AllowedKind) -> Allowance:
        return Allowance(UNIT, kind, "work", start, PersonId("office"))

    week = TODAY, TODAY + timedelta(days=6)
    year = date(2026, 7, 1), date(2027, 6, 30)
    limited = replace(plan(), allowances=(given_from(date(2026, 7, 1), "hours15"),))
    general = replace(plan(), allowances=(given_from(date(2026, 7, 1), "hours525"),))
    changed = replace(
        limited, allowances=(*limited.allowances, given_from(TODAY + timedelta(days=2), "full"))
    )
    assert care.allowed_minutes(limited, UNIT, *week) == 15 * 60
    assert care.allowed_minutes(general, UNIT, *week) == 15 * 60
    assert care.allowed_minutes(general, UNIT, *year) == 525 * 60
    assert care.allowed_minutes(changed, UNIT, *week) is None
    assert care.allowed_minutes(changed, UNIT, TODAY, TODAY + timedelta(days=1)) == 6 * 60
    assert care.allowed_minutes(plan(), UNIT, *week) is None


def _half_hours(start: int, count: int) -> Hours:
    first, last = start, min(47, start + count)
    return Hours(time(first // 2, first % 2 * 30), time(last // 2, last % 2 * 30))


_HOURS = st.builds(_half_hours, st.integers(0, 46), st.integers(1, 47))
_ENTRIES = st.lists(st.builds(Entry, st.integers(1, 4), st.integers(1, 7), _HOURS), max_size=12)


@given(
    _ENTRIES, st.integers(1, 4), st.booleans(), st.integers(0, 400), st.integers(0, 500), st.integers(0, 900)
)
def test_a_schedule_is_what_a_list_of_its_days_says(
    entries: list[Entry], weeks: int, by_number: bool, first: int, length: int, asked: int
) -> None:
    """Against a calendar walked day by day, counting a week every Monday."""
    start = date(2026, 7, 1) + timedelta(days=first)
    drawn = schedule(ANNA, *entries, start=start, days=length, weeks=weeks, by_week_number=by_number)
    listed: dict[date, list[Hours]] = {}
    week, day = 1, start
    while day <= drawn.end:
        if by_number:
            week = (day.isocalendar().week - 1) % weeks + 1
        elif day > start and day.weekday() == 0:
            week = week % weeks + 1
        listed[day] = sorted(e.hours for e in entries if e.week == week and e.weekday == day.isoweekday())
        day += timedelta(days=1)
    probe = date(2026, 7, 1) + timedelta(days=asked)
    assert list(drawn.hours(probe)) == listed.get(probe, [])


@given(st.lists(_ENTRIES, min_size=2, max_size=3), st.lists(st.integers(1, 4), min_size=3, max_size=3))
def test_homes_are_apart_exactly_when_no_minute_is_said_twice(
    homes: list[list[Entry]], weeks: list[int]
) -> None:
    days = [TODAY + timedelta(days=n) for n in range(84)]
    drawn = [schedule(PersonId(f"home{n}"), *entries, weeks=weeks[n]) for n, entries in enumerate(homes)]

    def minutes(one: Schedule, day: date) -> set[int]:
        return {m for h in one.hours(day) for m in range(_of(h.start), _of(h.end))}

    meet = [day for day in days if _twice([minutes(one, day) for one in drawn])]
    if meet:
        with pytest.raises(refusals.HomesOverlap) as refused:
            care.require_apart(plan(*drawn), {}, days)
        assert refused.value.faults[0].value == meet[0].isoformat()
    else:
        care.require_apart(plan(*drawn), {}, days)


def _of(at: time) -> int:
    return at.hour * 60 + at.minute


def _twice(homes: list[set[int]]) -> bool:
    counted: Mapping[int, int] = {m: sum(m in home for home in homes) for home in homes for m in home}
    return any(times > 1 for times in counted.values())
