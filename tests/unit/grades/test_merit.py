"""The merit value: the 16 best, the language choice as a 17th, and what counts neither way
(gymnasieförordningen 7:4).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.grades.domain.held import Held
from functions.grades.domain.marks import Mark, mark_of, selected
from functions.grades.domain.merit import RULES, merit, merit_value, value_of
from functions.grades.domain.rulebook import in_force
from functions.grades.domain.subjects import graded
from skolkit.sweden.codes import SchoolForm
from tests.support.marks import mark, pupils, raised, spanish, valued, year_nine

OLD, NOW = RULES
NOON = datetime(2026, 6, 1, 10, tzinfo=UTC)


def how(marks: list[Mark], code: str) -> set[str]:
    return {str(one.how) for one in merit(marks).subjects if one.mark.code == code}


@pytest.mark.parametrize(
    ("values", "language", "expected"),
    [
        ("E" * 16, None, 160.0), ("E" * 16, "E", 170.0), ("C" * 16, None, 240.0), ("C" * 16, "C", 255.0),
        ("A" * 16, None, 320.0), ("A" * 16, "A", 340.0), ("A" * 10 + "-" * 6, None, 200.0),
    ],
)  # fmt: skip
def test_published_examples(values: str, language: str | None, expected: float) -> None:
    """From Skolverket's guide, antagning.fyrbodal.se and Marina läroverket; ten grades and six dashes are the
    rule for who has fewer than 16.
    """
    assert merit(year_nine(values, language)).value == expected


def test_a_mother_tongue_is_among_the_sixteen_and_never_the_seventeenth() -> None:
    assert merit([*year_nine("A" * 16), mark("ML", "A", language="ara")]).value == 320.0
    better = merit([*year_nine("A" * 15 + "E"), mark("ML", "B", language="ara")])
    assert better.value == 15 * 20 + 17.5
    assert [c.mark.value for c in better.subjects if c.how == "belowBest"] == ["E"]


@pytest.mark.parametrize("choice", ["pupilsChoice", None])
def test_a_language_that_is_not_the_language_choice_is_only_among_the_sixteen(choice: str | None) -> None:
    assert merit([*year_nine("A" * 16), mark("M", "A", language="fra", choice=choice)]).value == 320.0


def test_only_a_modern_language_is_a_seventeenth() -> None:
    assert merit([*year_nine("A" * 16), mark("TN", "A", choice="languageChoice")]).value == 320.0


def test_the_language_choice_is_beside_the_sixteen_best_others_however_low() -> None:
    low = merit(year_nine("A" * 16, "E"))
    assert (low.value, {c.how for c in low.subjects if c.mark.code == "M"}) == (330.0, {"languageChoice"})
    assert merit(year_nine("E" * 16, "F")).value == 160.0
    assert merit([mark("MA", "B"), spanish("C")]).value == 32.5


def test_of_two_language_choices_the_better_is_the_seventeenth_and_the_other_among_the_sixteen() -> None:
    german = mark("M", "B", language="deu", choice="languageChoice")
    both = [*year_nine("E" * 16, "D"), german]
    assert merit(both).value == 12.5 + 15 * 10.0 + 17.5
    assert how(both, "M") == {"languageChoice", "amongBest"}


def test_before_2014_there_was_no_seventeenth() -> None:
    assert in_force(RULES, date(2013, 6, 1)) is OLD
    assert in_force(RULES, date(2026, 6, 1)) is NOW
    assert in_force(RULES, date(2013, 12, 31)) is OLD
    assert in_force(RULES, date(2014, 1, 1)) is NOW
    assert in_force(RULES, date(2000, 1, 1)) is OLD
    before = merit(year_nine("E" * 16, "C"), OLD)
    assert (before.value, before.rules) == (165.0, "merit-2013")
    assert merit(year_nine()).rules == "merit-2014"


def test_a_dancers_few_grades_are_scaled_to_sixteen_and_the_language_is_added() -> None:
    """GyF 7:4, second paragraph."""
    dancer = [*year_nine("C" * 16)[:12], mark("DA", "A")]
    assert merit(dancer).value == 246.15  # (12 × 15 + 20) × 16 / 13
    assert merit(dancer).of == 13
    assert merit([*dancer, spanish("B")]).value == 246.15 + 17.5
    whole = merit([*year_nine("C" * 16)[:15], mark("DA", "A")])
    assert (whole.value, whole.of) == (245.0, None)
    assert merit(year_nine("C" * 16)[:12]).of is None
    assert merit([mark("DA", "-")]).value == 0.0
    assert value_of([], 10.0, scaled=True) == 10.0


def test_points_of_an_aptitude_test_are_added() -> None:
    found = merit(year_nine(), test=20.0)
    assert (found.value, found.test, merit(year_nine()).test) == (180.0, 20.0, 0.0)


def test_one_of_swedish_and_swedish_as_a_second_language_counts() -> None:
    both = [*year_nine(), mark("SVA", "A")]
    assert merit(both).value == 15 * 10 + 20
    assert how(both, "SV") == {"otherSwedish"}
    changed = [*year_nine("E" * 16), mark("SVA", "A", finished=False, place=99)]
    assert how(changed, "SVA") == {"unfinished"}
    before = [mark("SVA", "A", finished=False, place=1), mark("SV", "E", finished=False, place=2)]
    assert merit(before).value == 10.0
    assert how([*before, mark("SV", "-", finished=False, place=3)], "SVA") == {"otherSwedish"}


def test_of_two_grades_in_a_subject_one_counts() -> None:
    """GyF 7:4: who gets a grade by trial or in an introductory programme may count it."""
    again = mark("MA", "C", key="GY:MA", place=99)
    both = [*year_nine("E" * 16), again]
    assert merit(both).value == 165.0
    assert {(c.mark.value, c.how) for c in merit(both).subjects if c.mark.code == "MA"} == {
        ("C", "amongBest"), ("E", "otherGrade"),
    }  # fmt: skip
    assert merit([*year_nine("A" * 16), again]).value == 320.0
    autumn = [mark("MA", "A", key="SP", finished=False, place=1), mark("MA", "E", finished=False, place=2)]
    assert merit(autumn).value == 10.0
    assert merit([mark("MA", "A", key="SP", finished=False), mark("MA", "E")]).value == 10.0


def test_a_subject_of_compulsory_school_counts_in_whichever_form_it_is_read() -> None:
    read = graded(SchoolForm.UPPER_SECONDARY, "MA", "Matematik")
    held = Held(
        id="1", number=7, kind="decision", subject=read, value="B", scale="gy-2011", at=NOON, finished=True
    )
    found = mark_of(held)
    assert (found.code, found.form, found.points, found.place) == ("MA", SchoolForm.COMPULSORY, 17.5, 7)
    assert merit([found]).value == 17.5
    course = graded(SchoolForm.UPPER_SECONDARY, "MATMAT01a", "Matematik 1a", points=100)
    assert mark_of(replace(held, subject=course)).form is SchoolForm.UPPER_SECONDARY
    special = replace(read, form=SchoolForm.SPECIAL)
    assert mark_of(replace(held, subject=special, scale="gr-2011")).form is SchoolForm.SPECIAL
    adult = replace(read, form=SchoolForm.ADULT_BASIC)
    assert merit([mark_of(replace(held, subject=adult, scale="vuxgr-2012"))]).value == 0.0


def test_blocks_never_count() -> None:
    """Summaries end with year 6 (skollagen 10:15), long before a leaving certificate."""
    assert merit([mark("NO", "A", finished=False), mark("SO", "A", finished=False)]).value == 0.0
    assert how([mark("NO", "A")], "NO") == {"block"}


def test_only_finished_subjects_count_when_the_core_is_finished() -> None:
    """SkolF 6:14: a leaving certificate has finished subjects; autumn grades are preliminary (GyF 7:7)."""
    dropped = spanish("A", finished=False)
    final = merit([*year_nine(), dropped])
    assert (final.value, final.basis) == (160.0, "final")
    autumn = [*(mark(m.code, m.value, finished=m.code == "HKK") for m in year_nine()), dropped]
    assert (merit(autumn).value, merit(autumn).basis) == (180.0, "preliminary")
    assert selected([mark("SV", "E"), mark("MA", "E", finished=False)]).basis == "preliminary"
    assert selected([mark("SVA", "C", finished=False), mark("SV", "E")]).basis == "final"
    assert selected([mark("BL", "E")]).basis == "preliminary"
    assert selected([]).basis == "preliminary"


@given(raised())
def test_raising_a_grade_never_lowers_the_merit_value(pair: tuple[list[Mark], list[Mark]]) -> None:
    before, after = pair
    assert merit(after).value >= merit(before).value
    assert merit(after, OLD).value >= merit(before, OLD).value


@given(pupils(), st.randoms())
def test_the_order_of_grades_does_not_matter(marks: list[Mark], random: Random) -> None:
    other = list(marks)
    random.shuffle(other)
    assert Counter((c.mark, c.how) for c in merit(other).subjects) == Counter(
        (c.mark, c.how) for c in merit(marks).subjects
    )
    assert merit(other).value == merit(marks).value


@given(pupils())
def test_bounds_and_every_grade_is_told_of_once(marks: list[Mark]) -> None:
    found = merit(marks)
    assert 0.0 <= found.value <= 340.0
    assert 0.0 <= merit(marks, OLD).value <= 320.0
    assert Counter(c.mark for c in found.subjects) == Counter(marks)
    counted = [c for c in found.subjects if c.how in ("amongBest", "languageChoice")]
    assert len([c for c in counted if c.how == "amongBest"]) <= 16
    if found.of is None:
        assert found.value == sum(c.mark.points or 0 for c in counted)


@given(pupils())
def test_the_value_alone_is_the_same(marks: list[Mark]) -> None:
    assert merit_value(marks) == merit(marks).value
    assert merit_value(marks, OLD, test=5.0) == merit(marks, OLD, test=5.0).value


@given(pupils("ABCDE"))
def test_the_sum_is_the_best_there_is(marks: list[Mark]) -> None:
    """No grade that was left below is better than one that counted."""
    found = merit(marks).subjects
    among = [c.mark.points or 0 for c in found if c.how == "amongBest"]
    below = [c.mark.points or 0 for c in found if c.how == "belowBest"]
    assert not below or max(below) <= min(among)


@given(st.lists(st.sampled_from([20.0, 17.5, 15.0, 12.5, 10.0, 0.0]), max_size=30))
def test_the_arithmetic_is_the_plain_definition(points: list[float]) -> None:
    assert value_of(points, 0.0) == sum(sorted(points, reverse=True)[:16])


def test_a_value_of_another_scale_has_its_own_worth() -> None:
    assert merit([valued(mark("MA", "E"), "A")]).value == 20.0
