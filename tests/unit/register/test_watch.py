"""Who has a duty to be at school, whom the activity responsibility is about, and who is at no school."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.register.domain import watch
from functions.register.domain.enrolment import Enrolment
from functions.register.domain.people import PersonCard, of_age
from functions.register.domain.watch import WatchException, compulsory, missing, why_closed
from skolkit.sweden.codes import SchoolForm
from skolkit.types import PersonId, UnitId

HOME, DAY = "9999", date(2026, 11, 23)
NEVER = ("schoolAttendance", "neverEnrolled")
YEARS = st.dates(date(1990, 1, 1), date(2030, 12, 31))


def card(born: date, *enrolments: Enrolment, **more: Any) -> PersonCard:
    made = PersonCard(PersonId("p"), "A", "B", born, "Ingen", enrolments=enrolments, municipality=HOME)
    return replace(made, **more)


def at(form: SchoolForm, start: date, end: date | None = None, **more: Any) -> Enrolment:
    return Enrolment(UnitId("u"), form, None, start, end, **more)


def test_the_duty_begins_in_the_autumn_of_six_and_lasts_ten_years() -> None:
    assert compulsory(date(2020, 1, 1)) == (date(2026, 8, 1), date(2036, 6, 30))
    assert compulsory(date(2020, 12, 31)) == (date(2026, 8, 1), date(2036, 6, 30))


def test_exceptions_move_the_duty() -> None:
    born = date(2012, 5, 4)
    late, more = WatchException("lateStart", DAY), WatchException("extended", DAY)
    assert compulsory(born, [late]) == (date(2019, 8, 1), date(2029, 6, 30))
    assert compulsory(born, [more]) == (date(2018, 8, 1), date(2029, 6, 30))
    assert compulsory(born, [late, more])[1] == date(2030, 5, 3)  # never after 18 (7:12, 7:13)
    assert compulsory(born, [WatchException("dutyCompleted", date(2027, 1, 10))])[1] == date(2027, 1, 9)


@given(YEARS, st.sets(st.sampled_from(["lateStart", "extended"])))
def test_the_duty_is_at_most_until_18(born: date, kinds: set[str]) -> None:
    first, last = compulsory(born, [WatchException(k, DAY) for k in kinds])  # type: ignore[arg-type]
    assert first.year - born.year in (6, 7)
    assert last < of_age(born)


@pytest.mark.parametrize(
    ("born", "enrolments", "found"),
    [
        (date(2016, 5, 4), (), ("schoolAttendance", "neverEnrolled")),
        (date(2016, 5, 4), (at(SchoolForm.COMPULSORY, date(2023, 8, 15)),), None),
        (
            date(2016, 5, 4),
            (at(SchoolForm.COMPULSORY, date(2023, 8, 15), date(2026, 10, 1)),),
            ("schoolAttendance", "leftSchool"),
        ),
        (date(2016, 5, 4), (at(SchoolForm.AFTER_SCHOOL_CENTRE, date(2023, 8, 15)),), NEVER),
        (date(2016, 5, 4), (at(SchoolForm.COMPULSORY, DAY, cancelled=True),), NEVER),
        (date(2016, 5, 4), (at(SchoolForm.COMPULSORY, DAY + timedelta(days=20)),), None),
        (date(2021, 5, 4), (), None),  # five years old
        (date(2020, 12, 31), (), ("schoolAttendance", "neverEnrolled")),
        (date(2009, 5, 4), (), ("activity", "noUpperSecondary")),
        (date(2009, 5, 4), (at(SchoolForm.COMPULSORY, date(2015, 8, 15)),), ("activity", "noUpperSecondary")),
        (date(2009, 5, 4), (at(SchoolForm.UPPER_SECONDARY, date(2025, 8, 15)),), None),
        (
            date(2008, 5, 4),
            (at(SchoolForm.UPPER_SECONDARY, date(2024, 8, 15), date(2026, 9, 1), leaving="leftEarly"),),
            ("activity", "leftUpperSecondary"),
        ),
        (
            date(2007, 5, 4),
            (at(SchoolForm.UPPER_SECONDARY, date(2023, 8, 15), date(2026, 6, 9), leaving="finished"),),
            None,
        ),
        (date(2006, 11, 24), (), ("activity", "noUpperSecondary")),  # twenty tomorrow
        (date(2006, 11, 23), (), None),
    ],
)  # fmt: skip
def test_who_is_at_no_school(born: date, enrolments: tuple[Enrolment, ...], found: object) -> None:
    assert missing(card(born, *enrolments), DAY, HOME) == found


def test_those_who_have_just_ended_compulsory_school_are_looked_for_in_september() -> None:
    young = card(date(2010, 5, 4))
    assert missing(young, date(2026, 6, 30), HOME) == ("schoolAttendance", "neverEnrolled")
    assert missing(young, date(2026, 7, 1), HOME) is None
    assert missing(young, date(2026, 8, 31), HOME) is None
    assert missing(young, date(2026, 9, 1), HOME) == ("activity", "noUpperSecondary")
    assert missing(young, date(2027, 2, 1), HOME) == ("activity", "noUpperSecondary")


@pytest.mark.parametrize(
    "more", [{"municipality": "0180"}, {"municipality": None}, {"status": "Avliden"}, {"status": "Utvandrad"}]
)
def test_only_residents_are_watched(more: dict[str, Any]) -> None:
    assert missing(card(date(2016, 5, 4), **more), DAY, HOME) is None
    assert missing(card(date(2016, 5, 4)), DAY, None) is None


def test_an_exception_holds_as_long_as_it_says() -> None:
    child = card(date(2016, 5, 4))
    abroad = WatchException("permanentlyAbroad", date(2026, 8, 1), date(2026, 11, 22))
    assert missing(child, date(2026, 11, 22), HOME, [abroad]) is None
    assert missing(child, DAY, HOME, [abroad]) == ("schoolAttendance", "neverEnrolled")
    grown = card(date(2008, 5, 4))
    assert missing(grown, DAY, HOME, [WatchException("upperSecondaryCompleted", DAY)]) is None


@given(YEARS, st.dates(date(2020, 1, 1), date(2040, 12, 31)))
def test_a_case_that_is_opened_has_no_cause_to_be_closed(born: date, day: date) -> None:
    someone = card(born)
    found = missing(someone, day, HOME)
    first, last = watch.birth_dates(day)
    assert found is None or first <= born <= last
    if found:
        assert why_closed(someone, found[0], day, HOME) is None


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"enrolments": (at(SchoolForm.COMPULSORY, DAY),)}, "enrolled"),
        ({"municipality": "0180"}, "movedOut"),
        ({"merged_into": PersonId("q")}, "merged"),
        ({"status": "Avliden"}, "deceased"),
        ({"status": "Utvandrad", "municipality": None}, "emigrated"),
        ({"birth_date": date(2009, 5, 4)}, "dutyEnded"),
    ],
)
def test_why_a_case_is_closed(changed: dict[str, Any], reason: str) -> None:
    child = replace(card(date(2016, 5, 4)), **changed)
    assert why_closed(child, "schoolAttendance", DAY, HOME) == reason


def test_closing_leaves_an_exception_and_codes_are_of_their_kind() -> None:
    left = watch.exception_of("activity", "completed", DAY, None, None)
    assert left == WatchException("upperSecondaryCompleted", DAY)
    assert watch.exception_of("schoolAttendance", "openedByMistake", DAY, None, None) is None
    with pytest.raises(watch.EndBeforeStart):
        watch.exception_of("schoolAttendance", "otherWay", DAY, DAY - timedelta(days=1), None)
    with pytest.raises(watch.UnknownCode):
        watch.check_event("contact", "guidance", DAY, None)
    watch.check_event("measure", "guidance", DAY, None)
