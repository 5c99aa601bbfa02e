"""The calendar of national tests and how parts make a test grade (process 31)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.assessment.domain import national_tests as rules
from functions.assessment.domain.national_tests import Kind, NationalTest, Outcome, Part
from skolkit.sweden.calendar import SchoolYear
from skolkit.sweden.codes import SchoolForm

YEAR = SchoolYear(2026)
FIRST, LAST = date(2027, 3, 1), date(2027, 3, 12)
LIMITS = {"A": 23, "B": 19, "C": 15, "D": 11, "E": 7}


def part(
    code: str, kind: Kind = "grade", *, first: date = FIRST, last: date = LAST, most: int | None = None
) -> Part:
    return Part(code=code, name=code, kind=kind, first=first, last=last, most=most)


TEST = NationalTest(
    id=rules.national_test_id(YEAR, SchoolForm.COMPULSORY, "GRGRENG01", 6), school_year=YEAR,
    form=SchoolForm.COMPULSORY, subject="GRGRENG01", name="Engelska", year=6, combine="sum", limits=LIMITS,
    parts=(part("A"), part("B"), part("C", kind="points", most=15)),
)  # fmt: skip


def done(value: Any) -> Outcome:
    return Outcome("done", points=value) if isinstance(value, int) else Outcome("done", grade=value)


def fault(test: NationalTest) -> str:
    with pytest.raises(rules.FaultyTest) as refused:
        rules.check(test)
    return refused.value.field


def test_a_test_that_fits_is_taken() -> None:
    assert rules.check(TEST) == TEST


@pytest.mark.parametrize("year", [None, 5, 7])
def test_grundskola_has_tests_in_years_three_six_and_nine(year: int | None) -> None:
    assert fault(replace(TEST, year=year)) == "year"


def test_courses_have_no_year() -> None:
    rules.check(replace(TEST, form=SchoolForm.UPPER_SECONDARY, subject="ENGENG05", year=None))


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ((part("A"), part("A")), "parts"),
        ((part("A", first=date(2027, 3, 13)),), "parts.0.firstDay"),
        ((part("A", last=date(2027, 7, 1)),), "parts.0.firstDay"),
        ((part("A"), part("B", kind="points")), "parts.1.most"),
        ((part("A", most=10),), "parts.0.most"),
    ],
)
def test_parts_have_their_own_code_days_of_the_year_and_points(parts: tuple[Part, ...], field: str) -> None:
    assert fault(replace(TEST, parts=parts)) == field


@pytest.mark.parametrize(
    "limits",
    [None, {}, LIMITS | {"F": 0}, LIMITS | {"A": 26}, LIMITS | {"D": 15}, LIMITS | {"E": 0},
     {g: n for g, n in LIMITS.items() if g != "C"}],
)  # fmt: skip
def test_limits_rise_with_the_grade_and_can_be_reached(limits: dict[str, int] | None) -> None:
    assert fault(replace(TEST, limits=limits)) == "limits"


@pytest.mark.parametrize(
    ("parts", "grade"),
    [
        (("A", "A", 13), "A"),
        (("A", "A", 12), "B"),
        (("E", "E", 5), "E"),
        (("E", "E", 4), "F"),
        (("F", "F", 0), "F"),
    ],
)
def test_the_sum_makes_the_grade(parts: tuple[str, str, int], grade: str) -> None:
    outcomes = {code: done(value) for code, value in zip("ABC", parts, strict=True)}
    assert rules.whole_grade(TEST, outcomes, None) == grade


@pytest.mark.parametrize("state", ["didNotTakePart", "lost", "exempt"])
def test_without_all_parts_there_is_no_grade(state: Any) -> None:
    outcomes = {"A": done("A"), "B": done("A"), "C": Outcome(state)}
    assert rules.whole_grade(TEST, outcomes, None) is None
    assert rules.whole_grade(replace(TEST, combine="given"), outcomes, "A") is None
    assert rules.whole_grade(TEST, {"A": done("A"), "B": done("A")}, None) is None


def test_year_three_has_steps_and_no_grade() -> None:
    test = replace(TEST, year=3, combine="none", limits=None, parts=(part("A", kind="steps"),))
    assert rules.whole_grade(rules.check(test), {"A": done(2)}, None) is None
    rules.check_outcome(test.parts[0], done(2), test.grades, "x")
    with pytest.raises(rules.WrongResult):
        rules.check_outcome(test.parts[0], done(3), test.grades, "x")


@pytest.mark.parametrize(
    ("one", "outcome"),
    [
        (part("A"), done("G")),
        (part("A"), done(3)),
        (part("A"), Outcome("done")),
        (part("A"), Outcome("lost", grade="A")),
        (part("C", kind="points", most=15), done(16)),
        (part("C", kind="points", most=15), done(-1)),
        (part("C", kind="points", most=15), done("A")),
        (part("C", kind="points", most=15), Outcome("done", "A", 3)),
    ],
)
def test_a_part_has_results_of_its_kind_alone(one: Part, outcome: Outcome) -> None:
    with pytest.raises(rules.WrongResult) as refused:
        rules.check_outcome(one, outcome, TEST.grades, "rows.0.parts")
    assert refused.value.faults[0].advice.sv.startswith("Ange ")


def test_a_grade_is_given_only_where_it_is_given() -> None:
    given_test = replace(TEST, combine="given")
    assert rules.check_given_grade(given_test, "B", "x") == "B"
    for test, grade in ((TEST, "B"), (given_test, "G"), (replace(TEST, combine="none"), "A")):
        with pytest.raises(rules.WrongResult):
            rules.check_given_grade(test, grade, "x")


grades = st.sampled_from(rules.GRADES)
results = st.tuples(grades, grades, st.integers(0, 15))


@given(results, st.integers(0, 2), st.data())
def test_a_better_part_never_makes_a_worse_test(
    parts: tuple[str, str, int], which: int, data: st.DataObject
) -> None:
    better: list[Any] = list(parts)
    if which == 2:
        better[2] = data.draw(st.integers(parts[2], 15))
    else:
        order = rules.GRADES
        better[which] = data.draw(st.sampled_from(order[: order.index(str(parts[which])) + 1]))
    before, after = (
        rules.whole_grade(TEST, dict(zip("ABC", map(done, row), strict=True)), None)
        for row in (parts, better)
    )
    assert before in TEST.grades
    assert after in TEST.grades
    assert TEST.grades.index(after) <= TEST.grades.index(before)


def test_a_unit_has_the_tests_of_its_forms_and_of_the_subjects_it_was_given() -> None:
    science = replace(TEST, subject="GRGRBIO01", year=9, block="NO")
    other, upper = replace(science, subject="GRGRFYS01"), replace(TEST, form=SchoolForm.UPPER_SECONDARY)
    known = [TEST, science, other, upper]
    assert rules.due_at(known, {SchoolForm.COMPULSORY}, {"NO": "GRGRBIO01"}) == [TEST, science]
    assert rules.due_at(known, {SchoolForm.COMPULSORY}, {}) == [TEST]
    rules.check_given(science, {"NO": "GRGRBIO01"})
    rules.check_given(TEST, {})
    for subjects in ({}, {"NO": "GRGRFYS01"}):
        with pytest.raises(rules.NotGiven):
            rules.check_given(science, subjects)  # type: ignore[arg-type]
