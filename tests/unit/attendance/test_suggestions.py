"""When absence should be looked into: thresholds by example, and against a plain model."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.attendance.domain import suggestions as rules
from functions.attendance.domain.suggestions import DEFAULT, Attended, Raised, Reason, Standing, Suggestion
from skolkit.types import PersonId, UnitId

MONDAY = date(2026, 10, 5)
DAYS = [MONDAY + timedelta(weeks=week, days=day) for week in range(4) for day in range(5)]
PUPIL, UNIT = PersonId("pupil"), UnitId("unit")


def weeks(subject: str = "MA", minutes: int = 60, each: int = 1) -> list[Attended]:
    """Four weeks with so many lessons a day, all attended."""
    return [Attended(day, subject, minutes) for day in DAYS for _ in range(each)]


def causes(lessons: list[Attended]) -> set[str]:
    return {reason.cause for reason in rules.reasons(lessons, DEFAULT)}


def away(lessons: list[Attended], days: list[date], **how: int) -> list[Attended]:
    return [replace(one, **how) if one.day in days else one for one in lessons]  # type: ignore[arg-type]


def test_who_is_always_there_is_left_alone() -> None:
    assert rules.reasons(weeks(each=4), DEFAULT) == ()
    assert rules.reasons([], DEFAULT) == ()


def test_more_than_fifteen_per_cent_not_fifteen() -> None:
    lessons = weeks(each=1)  # 1,200 minutes; 15 % is 180
    at = away(lessons, [DAYS[0], DAYS[6], DAYS[12]], valid=60)
    assert "share" not in causes(at)
    over = [replace(one, valid=61 if one.day == DAYS[0] else one.valid) for one in at]
    (share,) = (reason for reason in rules.reasons(over, DEFAULT) if reason.cause == "share")
    assert share.figures == {"percent": 15, "missed": 181, "offered": 1200}


def test_three_separate_days_without_a_reason() -> None:
    lessons = weeks(each=6)
    assert "unexcusedDays" not in causes(away(lessons, DAYS[:2], invalid=60))
    three = away(lessons, [DAYS[0], DAYS[6], DAYS[12]], invalid=5)
    (reason,) = rules.reasons(three, DEFAULT)
    assert (reason.cause, reason.figures) == ("unexcusedDays", {"days": 3, "minutes": 3 * 6 * 5})


def test_the_same_weekday_thrice() -> None:
    fridays = [DAYS[4], DAYS[9], DAYS[14]]
    reasons = rules.reasons(away(weeks(each=6), fridays, valid=10), DEFAULT)
    assert [(r.cause, r.of, r.figures["times"]) for r in reasons] == [("pattern", "5", 3)]
    assert rules.reasons(away(weeks(each=6), fridays[:2], valid=10), DEFAULT) == ()


def test_a_subject_that_is_avoided() -> None:
    sport = [Attended(day, "IDH", 50) for day in (DAYS[0], DAYS[6], DAYS[12], DAYS[18])]
    missed = [replace(one, valid=40) if n < 2 else one for n, one in enumerate(sport)]
    (reason,) = rules.reasons([*weeks(each=4), *missed], DEFAULT)
    assert (reason.cause, reason.of, reason.figures["percent"]) == ("pattern", "IDH", 40)
    assert rules.reasons([*weeks(each=4), *missed[:3]], DEFAULT) == ()  # three lessons are too few


def test_ten_days_in_a_row_with_a_weekend_between() -> None:
    lessons = weeks(each=2)
    assert "longValid" in causes(away(lessons, DAYS[2:12], valid=60))
    broken = away(lessons, [*DAYS[0:5], *DAYS[6:11]], valid=60)
    (long,) = (r for r in rules.reasons(broken, replace(DEFAULT, valid_share=20)) if r.cause == "longValid")
    assert long.figures["days"] == 5


def test_granted_leave_is_neither_offered_nor_missed() -> None:
    """Two weeks of leave are no absence, and illness around them is one run."""
    lessons = weeks(each=2)
    on_leave = away(lessons, DAYS[5:15], leave=60)
    assert rules.reasons(on_leave, DEFAULT) == ()
    ill = away(on_leave, [*DAYS[:5], *DAYS[15:]], valid=60)
    (long,) = (r for r in rules.reasons(ill, DEFAULT) if r.cause == "longValid")
    assert long.figures == {"days": 10, "percent": 100, "minutes": 1200}


lesson_lists = st.lists(
    st.builds(
        lambda day, subject, minutes, parts: Attended(
            day, subject, minutes, *(minutes * part // 12 for part in parts)
        ),
        st.sampled_from(DAYS), st.sampled_from(["MA", "SV", "IDH"]), st.integers(20, 90),
        st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(0, 4)),
    ),
    max_size=60,
)  # fmt: skip


def plain(lessons: list[Attended]) -> set[tuple[str, str]]:
    """The same said as slowly and as plainly as possible."""
    found = set()
    offered = sum(one.minutes - one.leave for one in lessons)
    if not offered:
        return set()
    missed, valid = 0, 0
    for one in lessons:
        missed += one.valid + one.invalid
        valid += one.valid
    if missed / offered > 0.15:
        found.add(("share", ""))
    if len({one.day for one in lessons if one.invalid}) >= 3:
        found.add(("unexcusedDays", ""))
    for weekday in range(1, 8):
        if len({o.day for o in lessons if o.day.isoweekday() == weekday and o.valid + o.invalid}) >= 3:
            found.add(("pattern", str(weekday)))
    for subject in {one.subject for one in lessons}:
        mine = [one for one in lessons if one.subject == subject and one.minutes > one.leave]
        there = sum(one.minutes - one.leave for one in mine)
        if len(mine) >= 4 and sum(one.valid + one.invalid for one in mine) / there >= 0.4:
            found.add(("pattern", subject))
    if _longest(lessons) >= 10 or valid / offered > 0.3:
        found.add(("longValid", ""))
    return found


def _longest(lessons: list[Attended]) -> int:
    run = longest = 0
    for day in sorted({one.day for one in lessons if one.minutes > one.leave}):
        whole = all(one.valid == one.minutes - one.leave for one in lessons if one.day == day)
        run = run + 1 if whole else 0
        longest = max(longest, run)
    return longest


@given(lesson_lists)
def test_the_reasons_are_those_of_the_plain_model(lessons: list[Attended]) -> None:
    assert {(reason.cause, reason.of) for reason in rules.reasons(lessons, DEFAULT)} == plain(lessons)


@given(lesson_lists, st.randoms())
def test_the_order_of_lessons_does_not_matter(lessons: list[Attended], chance: object) -> None:
    mixed = list(lessons)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert rules.reasons(mixed, DEFAULT) == rules.reasons(lessons, DEFAULT)


@given(lesson_lists, st.integers(0, 59))
def test_more_absence_never_takes_a_reason_away(lessons: list[Attended], which: int) -> None:
    """But for long valid absence, which what has no reason may break."""
    if which >= len(lessons):
        return
    one = lessons[which]
    worse = [*lessons[:which], replace(one, invalid=one.offered - one.valid), *lessons[which + 1 :]]
    before, after = plain(lessons), plain(worse)
    assert before - {("longValid", "")} <= after


# What has been suggested before

SHARE = Reason("share", 20, {"percent": 20})


def standing(state: str, *, until: date | None = None, case: str | None = None) -> Standing:
    return Standing(PUPIL, case, {"share": Raised("s", DAYS[0], state, 20, until)})  # type: ignore[arg-type]


def due(known: Standing, reason: Reason = SHARE, day: date = DAYS[10]) -> set[str]:
    return set(rules.due(known, [reason], day, DEFAULT))


def test_what_is_new_is_suggested_once() -> None:
    assert due(Standing(PUPIL)) == {"share"}
    assert due(Standing(PUPIL).suggested("share", "s", DAYS[0], 20)) == set()
    assert due(standing("open"), Reason("share", 90, {})) == set()  # it waits, however bad it gets
    assert due(standing("open"), Reason("longValid", 40, {})) == {"longValid"}


def test_nothing_is_suggested_while_a_case_is_open() -> None:
    assert due(standing("opened", case="case"), Reason("share", 90, {})) == set()
    assert due(standing("opened", case="case"), Reason("longValid", 90, {})) == set()


def test_what_was_dismissed_rests_until_its_day_or_until_it_is_much_worse() -> None:
    resting = standing("open").dismissed("share", DAYS[15])
    assert due(resting) == set()
    assert due(resting, replace(SHARE, weight=29)) == set()
    assert due(resting, replace(SHARE, weight=30)) == {"share"}
    assert due(resting, day=DAYS[15]) == {"share"}
    assert rules.rest_until(DAYS[0], DEFAULT) == DAYS[0] + timedelta(days=30)


def test_a_closed_case_rests_too_and_settles() -> None:
    opened = standing("open").opened("case")
    assert (opened.open_case, opened.waiting, opened.settled) == ("case", {}, None)
    closed = opened.closed(DAYS[15])
    assert (closed.open_case, closed.settled) == (None, DAYS[15])
    assert due(closed) == set()
    assert due(closed, day=DAYS[15]) == {"share"}


def test_a_suggestion_is_decided_once() -> None:
    one = Suggestion("s", PUPIL, UNIT, "share", DAYS[0], (SHARE,), DEFAULT.id)
    decided = rules.dismiss(one, "known", "principal", DAYS[1])
    assert (decided.state, decided.dismissal, decided.decided) == ("dismissed", "known", DAYS[1])
    for state in (decided, rules.lead_to_case(one, "principal", DAYS[1])):
        with pytest.raises(rules.SuggestionDecided):
            rules.dismiss(state, "known", "principal", DAYS[2])


def test_thresholds_are_versions_for_days_to_come() -> None:
    new = replace(DEFAULT, share=20, valid_from=DAYS[5])
    versions = rules.changed((), new, DAYS[5])
    later = rules.changed(versions, replace(new, share=25, valid_from=DAYS[10]), DAYS[5])
    again = rules.changed(later, replace(new, share=30), DAYS[5])
    assert [v.id for v in again] == ["inquiry-unit-1", "inquiry-unit-2", "inquiry-unit-3"]
    assert rules.in_force(again, DAYS[4]) == DEFAULT
    assert [rules.in_force(again, DAYS[n]).share for n in (5, 9, 10, 19)] == [30, 30, 25, 25]
    with pytest.raises(rules.RulesPassed):
        rules.changed(versions, new, DAYS[6])
