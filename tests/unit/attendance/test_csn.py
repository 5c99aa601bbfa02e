"""Repeated invalid absence for CSN: which month, who has study aid, what follows a correction."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.attendance.domain import csn
from functions.attendance.domain.csn import Case, CsnRules, Missed
from functions.register.domain.enrolment import Enrolment
from skolkit.clock import LOCAL
from skolkit.sweden.codes import SchoolForm
from skolkit.types import LessonId, PersonId, UnitId

OCTOBER = date(2026, 10, 1)
UNIT, OTHER = UnitId("unit"), UnitId("other")


def missed(at: str, minutes: int, lesson: str = "") -> Missed:
    return Missed(LessonId(lesson or at), datetime.fromisoformat(at).replace(tzinfo=LOCAL), "MA", minutes)


def enrolled(unit: UnitId = UNIT, form: SchoolForm = SchoolForm.UPPER_SECONDARY, **dates: date) -> Enrolment:
    return Enrolment(unit, form, 1, dates.get("start", date(2025, 8, 1)), dates.get("end"))


def case(*lessons: Missed) -> Case:
    return Case(PersonId("anna"), OCTOBER, UNIT, "proposed", csn.assess(lessons, OCTOBER))


FOUR_HOURS = (missed("2026-10-05T08:00", 200), missed("2026-10-12T08:00", 40))


def test_four_hours_on_two_days_are_repeated() -> None:
    found = csn.assess(FOUR_HOURS, OCTOBER)
    assert found
    assert (found.first_day, found.minutes, found.days) == (date(2026, 10, 5), 240, 2)
    assert csn.assess((FOUR_HOURS[0], missed("2026-10-12T08:00", 39)), OCTOBER) is None
    assert csn.assess([missed("2026-10-05T08:00", 200), missed("2026-10-05T12:00", 200)], OCTOBER) is None
    once = CsnRules(days=1)
    assert csn.assess([missed("2026-10-05T08:00", 240)], OCTOBER, once)


def test_late_arrivals_count_and_a_lesson_counts_once() -> None:
    late = [missed(f"2026-10-{day:02}T08:00", 12) for day in range(1, 21)]
    found = csn.assess([*late, *late], OCTOBER)
    assert found
    assert found.minutes == 240


def test_a_month_is_swedish_and_ends_at_midnight() -> None:
    at_the_edges = [
        missed("2026-09-30T23:59", 100), missed("2026-10-01T00:00", 120), missed("2026-10-31T23:59", 120),
        missed("2026-11-01T00:00", 100),
    ]  # fmt: skip
    found = csn.assess(at_the_edges, OCTOBER)
    assert found
    assert found.minutes == 240


@pytest.mark.parametrize(
    ("born", "month", "has"),
    [
        (date(2006, 1, 1), date(2026, 6, 1), True),  # the spring term of the year of 20
        (date(2006, 12, 31), date(2026, 7, 1), False),
        (date(2007, 1, 1), date(2026, 10, 1), True),
        (date(2010, 9, 30), date(2026, 10, 1), True),  # from the quarter after the 16th birthday
        (date(2010, 10, 1), date(2026, 12, 1), False),
        (date(2010, 10, 1), date(2027, 1, 1), True),
        (date(2010, 12, 31), date(2027, 1, 1), True),
    ],
)
def test_study_aid_is_for_those_of_sixteen_to_twenty(born: date, month: date, has: bool) -> None:
    assert (csn.unit_of(born, [enrolled(start=date(2020, 8, 1))], month) == UNIT) is has


def test_only_upper_secondary_pupils_and_at_the_last_unit_of_the_month() -> None:
    born = date(2009, 1, 1)
    assert csn.unit_of(born, [enrolled(form=SchoolForm.COMPULSORY)], OCTOBER) is None
    assert csn.unit_of(born, [replace(enrolled(), cancelled=True)], OCTOBER) is None
    left, came = enrolled(end=date(2026, 10, 14)), enrolled(OTHER, start=date(2026, 10, 15))
    assert csn.unit_of(born, [came, left], OCTOBER) == OTHER
    assert csn.unit_of(born, [left], OCTOBER) == UNIT
    assert csn.unit_of(born, [left], date(2026, 11, 1)) is None


def test_a_proposal_follows_attendance_and_a_decision_says_that_it_was_corrected() -> None:
    new = csn.assess((*FOUR_HOURS, missed("2026-10-20T08:00", 60)), OCTOBER)
    assert csn.updated(case(*FOUR_HOURS), new).finding == new
    lapsed = csn.updated(case(*FOUR_HOURS), None)
    assert lapsed.state == "lapsed"
    assert csn.updated(lapsed, new).state == "proposed"
    decided = csn.decide(case(*FOUR_HOURS), "approved", None, date(2026, 11, 3))
    assert not csn.updated(decided, decided.finding).corrected
    for finding in (new, None):
        flagged = csn.updated(decided, finding)
        assert (flagged.state, flagged.corrected, flagged.decided) == ("approved", True, decided.decided)
        assert not csn.updated(flagged, decided.finding).corrected


def test_who_decides_says_why_only_when_refraining_and_once() -> None:
    open_ = case(*FOUR_HOURS)
    for decision, reason in (("approved", "illness"), ("refrained", None)):
        with pytest.raises(csn.ReasonMissing):
            csn.decide(open_, decision, reason, OCTOBER)  # type: ignore[arg-type]
    decided = csn.decide(open_, "refrained", "bullying", OCTOBER)
    with pytest.raises(csn.NothingToDecide):
        csn.decide(decided, "approved", None, OCTOBER)
    gone = csn.updated(csn.decide(open_, "approved", None, OCTOBER), None)
    with pytest.raises(csn.NothingToReport):
        csn.decide(gone, "approved", None, OCTOBER)
    assert csn.decide(replace(gone, file="sent"), "refrained", "corrected", OCTOBER).file == "sent"


def test_a_corrected_report_is_sent_anew() -> None:
    sent = replace(csn.decide(case(*FOUR_HOURS), "approved", None, OCTOBER), file="sent")
    new = csn.assess((*FOUR_HOURS, missed("2026-10-20T08:00", 60)), OCTOBER)
    assert csn.decide(csn.updated(sent, new), "approved", None, OCTOBER).file is None


def test_full_time_comes_after_a_report_and_its_first_day() -> None:
    today = date(2026, 11, 20)
    with pytest.raises(csn.NotReported):
        csn.back(case(*FOUR_HOURS), date(2026, 11, 1), today)
    decided = csn.decide(case(*FOUR_HOURS), "approved", None, date(2026, 11, 3))
    for day in (date(2026, 10, 5), today + timedelta(days=1)):
        with pytest.raises(csn.NotAfterTheAbsence):
            csn.back(decided, day, today)
    assert csn.back(decided, today, today).full_time == today


@given(
    st.lists(st.tuples(st.integers(1, 31), st.integers(8, 15), st.integers(1, 60)), max_size=30), st.randoms()
)
def test_order_and_repeats_change_nothing(rows: list[tuple[int, int, int]], random: object) -> None:
    lessons = {(d, h): missed(f"2026-10-{d:02}T{h:02}:00", m) for d, h, m in rows}
    mine = list(lessons.values())
    other = [*mine, *mine[:3]]
    random.shuffle(other)  # type: ignore[attr-defined]
    found = csn.assess(mine, OCTOBER)
    assert csn.assess(other, OCTOBER) == found
    whole = sum(one.minutes for one in mine)
    assert (found is not None) == (whole >= 240 and len({one.day for one in mine}) >= 2)
