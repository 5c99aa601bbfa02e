"""What a comparison figure takes: the answer reaches it, nothing smaller does, and asking for more takes no
less.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.grades.domain.marks import Mark
from functions.grades.domain.scales import BY_ID, IllegalValue
from functions.grades.domain.university_merit import figure_alone, university_merit
from functions.grades.domain.university_prognosis import (
    PointsMissing,
    Reading,
    TooMuchOpen,
    UniversityPrognosis,
    UniversityWish,
    university_prognosis,
)
from tests.support.marks import LETTERS, course, valued

SCALE = BY_ID["gy-2011"]


def reading(*codes: str, size: int | None = 100) -> list[Reading]:
    return [Reading(code, code, size) for code in codes]


def figure(value: float) -> UniversityWish:
    return UniversityWish(Fraction(str(value)), in_all=False)


def in_all(value: float) -> UniversityWish:
    return UniversityWish(Fraction(str(value)), in_all=True)


def steps(found: UniversityPrognosis) -> int:
    return sum(one.steps for one in found.needed)


def needed(found: UniversityPrognosis) -> dict[str, tuple[str | None, str]]:
    return {one.mark.code: (one.before, one.mark.value) for one in found.needed if one.steps}


def test_what_is_left_to_read_counts_as_an_f_until_it_is_graded() -> None:
    marks = [course("FILFIL01", "A"), course("RELREL01", "B")]
    found = university_prognosis(marks, figure(15.0), reading("BIOBIO01"))
    assert (found.now.average, found.then.average, found.reached) == (18.75, 15.83, True)
    assert needed(found) == {"BIOBIO01": (None, "E")}
    assert needed(university_prognosis(marks, figure(12.5), reading("BIOBIO01"))) == {}


def test_a_fail_or_a_dash_may_be_tried_and_a_pass_may_not() -> None:
    marks = [course("FILFIL01", "E"), course("RELREL01", "F"), course("BIOBIO01", "-")]
    found = university_prognosis(marks, figure(10.0))
    assert needed(found) == {"RELREL01": ("F", "E")}
    high = university_prognosis(marks, figure(20.0))
    assert (high.reached, high.then.average) == (False, 16.67)
    assert needed(high) == {"RELREL01": ("F", "A"), "BIOBIO01": ("-", "A")}
    assert needed(university_prognosis([course("FILFIL01", "E")], figure(15.0))) == {}


def test_a_supposed_grade_is_where_it_starts() -> None:
    marks = [course("FILFIL01", "E")]
    supposed = [Reading("FILFIL01", "", None, value="C"), Reading("BIOBIO01", "Biologi", 100, value="D")]
    found = university_prognosis(marks, figure(13.75), supposed=supposed)
    assert (found.now.average, needed(found), found.reached) == (13.75, {}, True)
    more = university_prognosis(marks, figure(15.0), supposed=supposed)
    assert steps(more) == 1
    with pytest.raises(IllegalValue):
        university_prognosis([], figure(15.0), supposed=[Reading("X", "X", 100, value="G")])
    with pytest.raises(PointsMissing):
        university_prognosis([], figure(15.0), supposed=[Reading("X", "X", None, value="A")])


def test_merit_points_are_taken_where_they_are_nearest() -> None:
    """English 7 passed gives a whole point: five times what five steps on 100 points of 2,000 do."""
    marks = [course("FILFIL01", "C", 1900), course("ENGENG06", "C")]
    found = university_prognosis(marks, in_all(15.5), reading("ENGENG07", "BIOBIO01"))
    assert needed(found)["ENGENG07"] == (None, "E")
    assert (found.then.points, found.reached) == (1.0, True)
    asked = university_prognosis(marks, in_all(15.5), reading("ENGENG07", "BIOBIO01"), required=["ENGENG07"])
    assert not asked.reached


def test_a_pass_on_a_higher_level_takes_the_lower_ones_along() -> None:
    """Skollagen 15:22: 200 points of English with one grade, and a low one is worse than none."""
    marks = [course("ENGE1000X", "E"), course("FILFIL01", "C", 800)]
    found = university_prognosis(marks, figure(15.0), reading("ENGE2000X"))
    assert needed(found) == {"ENGE2000X": (None, "C")}
    best = [course("ENGE1000X", "A"), course("FILFIL01", "C", 800)]
    assert needed(university_prognosis(best, figure(14.0), reading("ENGE2000X"))) == {}


def test_of_levels_that_follow_each_other_the_last_is_enough() -> None:
    found = university_prognosis([], figure(20.0), reading("SVEN1000X", "SVEN2000X", "SVEN3000X"))
    assert needed(found) == {"SVEN3000X": (None, "A")}
    assert (found.then.size, found.reached) == (300, True)


def test_what_is_outside_the_programme_is_taken_for_its_merit_points_alone() -> None:
    marks = [course("FILFIL01", "C", 1000)]
    outside = ["ENGENG07", "BIOBIO01"]
    found = university_prognosis(marks, in_all(15.9), reading(*outside), outside=outside)
    assert set(needed(found)) == {"ENGENG07"}
    alone = university_prognosis(marks, figure(15.1), reading(*outside), outside=outside)
    assert (alone.reached, needed(alone)) == (False, {})


def test_the_diploma_project_is_not_asked_about() -> None:
    work = course("GYARNA", "F", work=True)
    assert (
        university_prognosis([work, course("FILFIL01", "F")], figure(10.0)).needed[0].mark.code == "FILFIL01"
    )


def test_too_many_levels_of_a_subject_are_refused() -> None:
    with pytest.raises(TooMuchOpen):
        university_prognosis([], figure(10.0), reading(*(f"SVEN{n}000X" for n in range(1, 7))))
    with pytest.raises(TooMuchOpen):
        university_prognosis([], figure(10.0), reading(*(f"FILFIL{n}" for n in range(61))))


CODES = (
    "SVEN1000X", "SVEN2000X", "ENGE2000X", "ENGE3000X", "ENGENG06", "ENGENG07", "MATMAT02b", "MATMAT03b",
    "MATE2B00X", "MATE2C00X", "MATO1B00X", "MATMAT00S", "MODSPA03", "MODSPA04", "MODFRA02", "MODO1000XSPA",
    "FILFIL01", "RELREL01", "HISHIS01b", "HIST1B00X",
)  # fmt: skip
SIZES = st.sampled_from([50, 100, 100, 150])
WISHES = st.integers(1, 2250).map(lambda n: Fraction(n, 100))


def keyed(code: str, value: str, size: int | None) -> Mark:
    """With the key that an entry has: of equals the one with the later key stands."""
    return course(code, value, size, key=f"GY:{code}")


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[Mark], list[Reading], list[str], list[str]]:
    """Grades of a few courses and levels, what is left to read, what is outside, what is required."""
    codes = draw(st.lists(st.sampled_from(CODES), unique=True, min_size=2, max_size=6))
    left = draw(st.integers(0, 2))
    read = [Reading(code, code, draw(SIZES)) for code in codes[:left]]
    marks = [keyed(code, draw(st.sampled_from("ACDE")), draw(SIZES)) for code in codes[left + 1 :]]
    marks += [keyed(code, draw(st.sampled_from("F-BE")), draw(SIZES)) for code in codes[left : left + 1]]
    outside = draw(st.lists(st.sampled_from(codes), unique=True, max_size=2))
    return marks, read, outside, draw(st.lists(st.sampled_from(codes), unique=True, max_size=1))


def worth(marks: list[Mark], wish: UniversityWish, required: list[str], outside: list[str]) -> Fraction:
    found = (university_merit if wish.in_all else figure_alone)(marks, required, outside)
    return Fraction(str((found.value if wish.in_all else found.average) or 0.0))


@given(cases(), WISHES, st.booleans())
@settings(max_examples=150, deadline=None)
def test_the_answer_reaches_the_wish_and_nothing_smaller_does(
    case: tuple[list[Mark], list[Reading], list[str], list[str]], value: Fraction, whole: bool
) -> None:
    """Against every way to grade what is open."""
    marks, read, outside, required = case
    wish = UniversityWish(value, whole)
    found = university_prognosis(marks, wish, read, required=required, outside=outside)
    fixed = [m for m in marks if m.passed]
    open = [m for m in marks if not m.passed] + [keyed(one.code, "F", one.size) for one in read]
    ways = []
    for values in product("ABCDEF-", repeat=len(open)):
        taken = [SCALE.rank(v) - SCALE.rank(m.value) for v, m in zip(values, open, strict=True)]
        if min(taken, default=0) >= 0:
            after = [valued(m, v) for v, m in zip(values, open, strict=True)]
            ways.append((sum(taken), worth([*fixed, *after], wish, required, outside)))
    enough = [taken for taken, reached in ways if reached >= value]
    most = max(reached for _, reached in ways)
    assert found.reached is bool(enough)
    assert steps(found) == (min(enough) if enough else min(t for t, reached in ways if reached == most))


@given(cases(), WISHES, WISHES, st.booleans())
@settings(max_examples=60, deadline=None)
def test_a_higher_wish_never_takes_less(
    case: tuple[list[Mark], list[Reading], list[str], list[str]], one: Fraction, other: Fraction, whole: bool
) -> None:
    marks, read, outside, required = case
    low, high = (
        university_prognosis(marks, UniversityWish(wish, whole), read, required=required, outside=outside)
        for wish in sorted((one, other))
    )
    assert low.reached or not high.reached
    assert steps(low) <= steps(high)


@given(st.lists(st.sampled_from("ABCDEF"), min_size=3, max_size=6), st.integers(0, 5), WISHES)
@settings(max_examples=60, deadline=None)
def test_a_better_grade_in_a_course_never_takes_more(values: list[str], place: int, value: Fraction) -> None:
    codes = ["FILFIL01", "RELREL01", "BIOBIO01", "MATMAT02b", "ENGENG07", "MODSPA03"]
    marks = [course(code, value) for code, value in zip(codes, values, strict=False)]
    place %= len(marks)
    better = [
        valued(m, LETTERS[max(LETTERS.index(m.value) - 1, 0)]) if n == place else m
        for n, m in enumerate(marks)
    ]
    wish = UniversityWish(value, in_all=True)
    before, after = (university_prognosis(some, wish, reading("KEMKEM01")) for some in (marks, better))
    passed = marks[place].passed
    if before.reached and (passed or not better[place].passed):
        assert after.reached
        assert steps(after) <= steps(before)


def test_a_whole_education_ahead_takes_a_moment() -> None:
    """All of a first year's levels open, those with merit points among them."""
    codes = [
        "SVEN1000X", "SVEN2000X", "SVEN3000X", "ENGE1000X", "ENGE2000X", "ENGE3000X", "MATE1C00X",
        "MATE2C00X", "MATO1C00X", "MATO2000X", "MATF1000X", "MODO1000XSPA", "MODO2000XSPA", "MODG1000XFRA",
        "BIOG1000X", "BIOG2000X", "KEMI1000X", "KEMI2000X", "FYSK1000X", "FYSK2000X", "HIST1B00X",
        "RELI1000X", "SAMH1B00X", "IDRO1000X",
    ]  # fmt: skip
    start = process_time()
    found = university_prognosis([], in_all(21.3), reading(*codes))
    assert found.reached
    assert process_time() - start < 3.0
