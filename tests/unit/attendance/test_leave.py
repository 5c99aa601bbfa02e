"""Leave: how its days are counted, who decides on how many, and what is refused (skollagen 7:18)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.attendance.domain import leave as rules
from functions.attendance.domain import leave_refusals as refusals
from functions.attendance.domain.absence import NoSchoolDay, Span, UnknownSpan
from functions.attendance.domain.leave import (
    Decider,
    Leave,
    LeaveId,
    LeaveSettings,
    Purpose,
    Taken,
    Verdict,
)
from skolkit.sweden.calendar import SchoolYear, default_calendar
from skolkit.types import PersonId, UnitId

YEAR = SchoolYear(2026)
CALENDARS = {y: default_calendar(SchoolYear(y)) for y in (2025, 2026, 2027)}
SCHOOL = CALENDARS[2026].school_days()
TODAY = date(2026, 8, 1)
NOW = datetime(2026, 8, 1, 9, tzinfo=UTC)
BOTH = (PersonId("one"), PersonId("other"))
HEAD, MENTOR = Decider(PersonId("head"), "principal"), Decider(PersonId("mentor"), "delegate", "d1")
GRANT = Verdict("granted", "personalMatter")
USUAL = LeaveSettings()
days = st.dates(YEAR.start, YEAR.end)


def is_school_day(day: date) -> bool:
    return CALENDARS[SchoolYear.of(day).start_year].is_school_day(day)


def leave(first: date, last: date | None = None, id: str = "new", **other: Any) -> Leave:
    fields: dict[str, Any] = {
        "id": LeaveId(id), "pupil": PersonId("pupil"), "unit": UnitId("unit"),
        "asked": Span(first, last or first), "purpose": Purpose.TRAVEL, "words": "", "applicant": BOTH[0],
        "applied": NOW, "touched": TODAY, "days": 0,
    }  # fmt: skip
    return Leave(**fields | other)


def decide(
    one: Leave, verdict: Verdict = GRANT, by: Decider = HEAD, others: Mapping[LeaveId, Taken] | None = None,
    today: date = TODAY, settings: LeaveSettings = USUAL,
) -> tuple[Leave, rules.Decision]:  # fmt: skip
    return rules.decide(one, verdict, by, others or {}, NOW, today, is_school_day, settings)


@given(days, days)
def test_the_days_of_a_leave_are_the_calendars_school_days_in_it(one: date, other: date) -> None:
    first, last = sorted((one, other))
    plain = sum(1 for day in SCHOOL if first <= day <= last)
    assert rules.school_days(Span(first, last), is_school_day) == plain
    if plain:
        applied = rules.apply(leave(first, last), {}, YEAR.start, is_school_day)
        assert (applied.days, applied.state) == (plain, "waiting")
    assert {d for d in SCHOOL if first <= d <= last} <= set(rules.marked_days(Span(first, last)))


@given(st.lists(st.tuples(days, st.integers(0, 20)), min_size=1, max_size=6))
def test_the_days_in_a_row_are_the_run_of_school_days_away(starts: list[tuple[date, int]]) -> None:
    """Against a plain model: the school days of the year as a row of flags."""
    spans = [Span(first, min(first + timedelta(days=more), YEAR.end)) for first, more in starts]
    away = [any(s.first <= day <= s.last for s in spans) for day in SCHOOL]
    asked = spans[0]
    mine = [n for n, day in enumerate(SCHOOL) if asked.first <= day <= asked.last]
    if not mine:
        return
    low, high = mine[0], mine[-1]
    while low > 0 and away[low - 1]:
        low -= 1
    while high + 1 < len(SCHOOL) and away[high + 1]:
        high += 1
    assert rules.in_a_row(asked, spans[1:], is_school_day) == high - low + 1


class Cases:
    """A pupil's leave while homes apply and a delegate decides."""

    def __init__(self, limit: int) -> None:
        self.all: dict[LeaveId, Leave] = {}
        self.settings = LeaveSettings(delegable=limit)

    def known(self) -> dict[LeaveId, Taken]:
        waiting = {id: Taken(c.asked, granted=False) for id, c in self.all.items() if c.state in rules.OPEN}
        return waiting | {id: Taken(c.granted, granted=True) for id, c in self.all.items() if c.granted}

    def apply(self, one: Leave) -> Leave | None:
        try:
            self.all[one.id] = rules.apply(one, self.known(), TODAY, is_school_day)
        except refusals.OverlappingLeave:
            return None
        return self.all[one.id]

    def decide(self, id: LeaveId, verdict: Verdict) -> None:
        try:
            self.all[id], _ = decide(self.all[id], verdict, MENTOR, self.known(), settings=self.settings)
        except (refusals.PrincipalDecides, refusals.OverlappingLeave, refusals.NotPartOfIt):
            return

    def longest(self) -> int:
        granted = {day for c in self.all.values() if c.granted for day in c.granted.days()}
        longest = run = 0
        for day in SCHOOL:
            run = run + 1 if day in granted else 0
            longest = max(longest, run)
        return longest


WISHES = st.tuples(st.integers(0, 40), st.integers(0, 11), st.sampled_from(["wait", "all", "part", "anew"]))


@given(st.lists(WISHES, max_size=14), st.integers(0, 10))
def test_nobody_gets_more_than_ten_days_in_a_row_from_a_delegate(
    wishes: list[tuple[int, int, str]], limit: int
) -> None:
    """However leave is split, and in whatever order it is applied for and decided, in part or anew."""
    cases = Cases(limit)
    for number, (start, more, what) in enumerate(wishes):
        one = cases.apply(leave(SCHOOL[start], SCHOOL[start + more], str(number)))
        if one and what == "part":
            part = Span(one.asked.first, SCHOOL[start])
            cases.decide(one.id, Verdict("partlyGranted", "personalMatter", "Prov", part))
        if what == "all":
            for id in [id for id, case in cases.all.items() if case.state == "waiting"]:
                cases.decide(id, GRANT)
        if what == "anew":
            for id in [id for id, case in cases.all.items() if case.decisions]:
                cases.decide(id, Verdict("refused", "importantSchoolwork", "Prov"))
                cases.decide(id, GRANT)
        assert cases.longest() <= limit


def test_ten_days_in_a_row_may_be_delegated_and_eleven_not_even_over_a_holiday() -> None:
    assert decide(leave(SCHOOL[0], SCHOOL[9]), by=MENTOR)[1].in_a_row == 10
    eleven = leave(SCHOOL[0], SCHOOL[10])
    with pytest.raises(refusals.PrincipalDecides) as refused:
        decide(eleven, by=MENTOR)
    assert refused.value.law == "skollagen 7:18"
    last = max(day for day in SCHOOL if day <= CALENDARS[2026].autumn.last)
    before, after = SCHOOL.index(last), SCHOOL.index(last) + 1
    first_half, second_half = Span(SCHOOL[before - 5], last), Span(SCHOOL[after], SCHOOL[after + 4])
    others = {LeaveId("x"): Taken(first_half, granted=False)}
    with pytest.raises(refusals.PrincipalDecides):
        decide(leave(second_half.first, second_half.last), by=MENTOR, others=others)
    assert decide(leave(SCHOOL[after + 1], SCHOOL[after + 5]), by=MENTOR, others=others)[1].in_a_row == 5


def test_leave_over_the_summer_is_one() -> None:
    june, august = SCHOOL[-6:], CALENDARS[2027].school_days()[:5]
    before = Taken(Span(june[0], june[-1]), granted=True)
    assert rules.in_a_row(Span(august[0], august[-1]), [before.span], is_school_day) == 11
    assert rules.used_days(Span(august[0], august[-1]), [before], is_school_day) == 0


def test_a_longer_leave_needs_exceptional_reasons_and_a_refusal_reasons() -> None:
    long = leave(SCHOOL[0], SCHOOL[11])
    with pytest.raises(refusals.WrongGround):
        decide(long)
    granted, decision = decide(long, Verdict("granted", "exceptionalReasons"))
    assert (granted.state, decision.days, decision.ground) == ("granted", 12, "exceptionalReasons")
    for ground in ("personalMatter", "exceptionalReasons"):
        with pytest.raises(refusals.WrongGround):
            decide(long, Verdict("refused", ground, "Nej"))
    with pytest.raises(refusals.ReasonsMissing):
        decide(long, Verdict("refused", "noExceptionalReasons", "  "))
    refused, decision = decide(long, Verdict("refused", "noExceptionalReasons", "Se 7:18."))
    assert (refused.state, refused.granted, decision.days) == ("refused", None, 0)
    assert decision.appeal == rules.APPEAL
    part = Verdict("partlyGranted", "personalMatter", "Prov", Span(SCHOOL[0], SCHOOL[2]))
    assert decide(long, part)[0].granted == Span(SCHOOL[0], SCHOOL[2])
    for outside in (None, Span(SCHOOL[0], SCHOOL[12]), long.asked):
        with pytest.raises(refusals.NotPartOfIt):
            decide(long, replace(part, span=outside))


def test_what_was_granted_before_is_summed_for_the_school_year() -> None:
    others = {
        LeaveId("a"): Taken(Span(SCHOOL[0], SCHOOL[2]), granted=True),
        LeaveId("b"): Taken(Span(SCHOOL[10], SCHOOL[11]), granted=False),
        LeaveId("c"): Taken(Span(date(2026, 6, 1), date(2026, 6, 2)), granted=True),
    }
    assert decide(leave(SCHOOL[30]), others=others)[1].used == 3


def test_a_decision_is_changed_only_by_a_new_one_before_the_leave() -> None:
    first, one = decide(leave(SCHOOL[5], SCHOOL[6]))
    second, two = decide(first, Verdict("refused", "pupilsSituation", "Ny frånvaro"), today=SCHOOL[4])
    assert (one.number, two.number, second.state, second.granted) == (1, 2, "refused", None)
    with pytest.raises(refusals.LeaveBegun):
        decide(first, Verdict("refused", "pupilsSituation", "Nej"), today=SCHOOL[5])
    for state in ("consent", "declined", "withdrawn", "takingEffect"):
        with pytest.raises(refusals.NotToDecide):
            decide(replace(first, state=state))
    taken = {LeaveId("x"): Taken(Span(SCHOOL[6], SCHOOL[7]), granted=True)}
    with pytest.raises(refusals.OverlappingLeave):
        decide(second, others=taken)


def test_what_cannot_be_applied_for_is_refused() -> None:
    def apply(one: Leave, others: Mapping[LeaveId, Taken] | None = None, today: date = TODAY) -> Leave:
        return rules.apply(one, others or {}, today, is_school_day)

    saturday = next(d for d in Span(SCHOOL[0], SCHOOL[9]).days() if d.weekday() == 5)
    wrong: list[tuple[type[Exception], Leave]] = [
        (refusals.LeaveBegun, leave(TODAY - timedelta(days=1), SCHOOL[0])),
        (refusals.BeyondSchoolYear, leave(SCHOOL[-1], YEAR.end + timedelta(days=1))),
        (refusals.BeyondSchoolYear, leave(date(2028, 9, 1))),
        (NoSchoolDay, leave(saturday, saturday + timedelta(days=1))),
        (UnknownSpan, leave(SCHOOL[1], SCHOOL[0])),
        (UnknownSpan, leave(SCHOOL[0], asked=Span(SCHOOL[0], SCHOOL[1], time(8)))),
        (UnknownSpan, leave(SCHOOL[0], asked=Span(SCHOOL[0], SCHOOL[0], time(9), time(9)))),
    ]
    for kind, one in wrong:
        with pytest.raises(kind):
            apply(one)
    morning = Taken(Span(SCHOOL[0], SCHOOL[0], time(8), time(10)), granted=False)
    with pytest.raises(refusals.OverlappingLeave):
        apply(leave(SCHOOL[0]), {LeaveId("x"): morning})
    later = leave(SCHOOL[0], asked=Span(SCHOOL[0], SCHOOL[0], time(10), time(11)))
    assert apply(later, {LeaveId("x"): morning}).days == 1
    assert apply(leave(CALENDARS[2027].school_days()[0])).days == 1


def test_an_application_waits_for_every_other_guardian_who_still_has_custody() -> None:
    asked = rules.apply(leave(SCHOOL[0], awaits=(BOTH[1], PersonId("third"))), {}, TODAY, is_school_day)
    assert asked.state == "consent"
    for wrong in (BOTH[0], PersonId("stranger")):
        with pytest.raises(refusals.NotToAnswer):
            rules.answer(asked, wrong, BOTH, TODAY, agrees=True)
    agreed = rules.answer(asked, BOTH[1], BOTH, TODAY, agrees=True)  # the third has no custody any more
    assert (agreed.state, agreed.awaits, agreed.agreed) == ("waiting", (), (BOTH[1],))
    assert rules.answer(asked, BOTH[1], (*BOTH, PersonId("third")), TODAY, agrees=True).state == "consent"
    declined = rules.answer(asked, BOTH[1], BOTH, TODAY, agrees=False)
    assert declined.state == "declined"
    with pytest.raises(refusals.NotToAnswer):
        rules.answer(declined, PersonId("third"), BOTH, TODAY, agrees=True)


def test_when_nobody_with_custody_stands_behind_it_those_who_have_are_asked() -> None:
    asked = leave(SCHOOL[0], state="consent", awaits=(BOTH[1],))
    assert rules.without_custody(asked, BOTH[:1], TODAY).state == "waiting"
    assert rules.without_custody(asked, BOTH, TODAY) == asked
    left = rules.without_custody(asked, [PersonId("third")], TODAY)
    assert (left.state, left.awaits) == ("consent", ("third",))


def test_leave_is_taken_back_before_and_shortened_while_it_lasts() -> None:
    waiting = leave(SCHOOL[5], SCHOOL[9])
    assert rules.withdraw(waiting, TODAY).state == "withdrawn"
    granted, _ = decide(waiting)
    whole = rules.withdraw(granted, SCHOOL[5])
    assert (whole.state, whole.granted) == ("withdrawn", None)
    short = rules.withdraw(granted, SCHOOL[7])
    assert (short.state, short.granted) == ("granted", Span(SCHOOL[5], SCHOOL[7] - timedelta(days=1)))
    for over in (short, whole, replace(waiting, state="refused"), replace(waiting, state="takingEffect")):
        with pytest.raises(refusals.NotToWithdraw):
            rules.withdraw(over, SCHOOL[7])


def test_the_decider_is_reminded_every_fifth_school_day() -> None:
    due = [day for day in SCHOOL[:21] if rules.is_due(SCHOOL[0], day, 5, is_school_day)]
    assert due == [SCHOOL[5], SCHOOL[10], SCHOOL[15], SCHOOL[20]]
    assert not rules.is_due(SCHOOL[0], SCHOOL[4] + timedelta(days=2), 4, lambda d: d in SCHOOL)


def test_nobody_decides_in_a_case_of_their_own() -> None:
    for own in (*BOTH, PersonId("pupil")):
        with pytest.raises(refusals.OwnCase):
            rules.check_impartial(own, PersonId("pupil"), BOTH)
    rules.check_impartial(HEAD.person, PersonId("pupil"), BOTH)
