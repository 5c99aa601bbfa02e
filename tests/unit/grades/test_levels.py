"""Which grades of upper secondary school stand: levels, courses, alternatives, the two kinds of Swedish
(skollagen 15:22; gymnasieförordningen 8:8, 8:14–18).
"""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.grades.domain.level_pairs import LEVEL_OF, PAIRS
from functions.grades.domain.levels import Level, level_of, standing
from functions.grades.domain.marks import Mark
from tests.support.marks import course, mark


def stands(*marks: Mark) -> dict[str, str]:
    return {grade.mark.code: grade.mark.value for grade in standing(marks).grades}


def sizes(*marks: Mark) -> dict[str, int | None]:
    return {grade.mark.code: grade.size for grade in standing(marks).grades}


def test_a_pass_on_a_higher_level_replaces_the_lower_one() -> None:
    assert stands(course("ENGE1000X", "E"), course("ENGE2000X", "C")) == {"ENGE2000X": "C"}
    (only,) = standing([course("ENGE2000X", "E"), course("ENGE1000X", "A")]).grades
    assert [one.code for one in only.includes] == ["ENGE1000X"]


def test_an_f_on_a_higher_level_does_not_replace() -> None:
    both = course("ENGE1000X", "D"), course("ENGE2000X", "F")
    assert stands(*both) == {"ENGE1000X": "D", "ENGE2000X": "F"}
    assert sizes(*both) == {"ENGE1000X": 100, "ENGE2000X": 100}


def test_a_pass_replaces_an_f_and_a_dash_below_it() -> None:
    assert stands(course("ENGE1000X", "F"), course("ENGE2000X", "E")) == {"ENGE2000X": "E"}
    record = standing([course("BIOG1000X", "-"), course("BIOG2000X", "E"), course("KEMI1000X", "-")])
    assert [one.code for one in record.dashes] == ["KEMI1000X"]
    assert [one.mark.code for one in record.grades] == ["BIOG2000X"]


def test_a_grade_comprises_the_levels_below_it() -> None:
    """Högskoleförordningen bilaga 3, 5: the points that the grade comprises."""
    assert sizes(course("KEMI1000X", "A"), course("KEMI2000X", "E", 50)) == {"KEMI2000X": 150}
    assert sizes(course("ENGE3000X", "B")) == {"ENGE3000X": 300}, "levels never graded, of a known size"
    assert sizes(course("KEMI2000X", "B")) == {"KEMI2000X": 100}, "of an unknown size"
    parts = course("HIST1A10X", "C", 50), course("HIST1A20X", "D", 50)
    assert sizes(*parts) == {"HIST1A20X": 100}
    assert sizes(*parts, course("HIST1B00X", "F"), course("HIST2A00X", "E")) == {"HIST2A00X": 200}
    assert sizes(course("MATE1A00X", "A"), course("MATE1B00X", "C"), course("MATE2B00X", "E")) == {
        "MATE2B00X": 200
    }
    unknown = course("KEMI2000X", "C", size=None)
    assert sizes(course("KEMI1000X", "C"), unknown) == {"KEMI2000X": None}


def test_a_level_replaces_in_its_own_subject_and_language_only() -> None:
    french, german = course("MODO1000XFRA", "C"), course("MODO2000XDEU", "C")
    assert len(stands(french, german)) == 2
    spanish = course("MODO1000X", "C", language="spa"), course("MODO2000X", "E", language="spa")
    assert stands(*spanish) == {"MODO2000X": "E"}
    assert len(stands(course("MATE2C00X", "A"), course("MATO1C00X", "E"))) == 2


def test_courses_replace_nothing() -> None:
    assert len(stands(course("ENGENG05", "E"), course("ENGENG06", "A"))) == 2
    assert len(stands(course("ENGENG05", "E"), course("ENGE3000X", "F"))) == 2


def test_of_alternatives_the_better_stands() -> None:
    """Gymnasieförordningen 8:14."""
    assert stands(course("MATMAT01a", "C"), course("MATMAT01b", "E")) == {"MATMAT01a": "C"}
    assert stands(course("MATMAT02a", "E"), course("MATMAT02c", "D")) == {"MATMAT02c": "D"}
    assert stands(course("MATE1A00X", "F"), course("MATE1B00X", "E")) == {"MATE1B00X": "E"}
    halves = course("HISHIS01a1", "A", 50), course("HISHIS01a2", "F", 50)
    assert stands(*halves, course("HISHIS01b", "E")) == {"HISHIS01b": "E"}
    assert stands(*halves) == {"HISHIS01a1": "A", "HISHIS01a2": "F"}
    both = course("HISHIS02a", "C"), course("HISHIS02b", "E")
    assert len(stands(*both)) == 2, "later courses have contents of their own"


def test_a_course_and_its_level_count_once() -> None:
    assert stands(course("BIOBIO01", "C"), course("BIOG1000X", "D")) == {"BIOBIO01": "C"}
    assert stands(course("BIOBIO01", "E"), course("BIOG1000X", "D")) == {"BIOG1000X": "D"}
    assert stands(course("BIOBIO01", "A"), course("BIOG2000X", "E")) == {"BIOG2000X": "E"}
    assert len(stands(course("BIOBIO01", "A"), course("BIOG2000X", "F"))) == 2
    assert len(stands(course("BIOBIO01", "A"), course("KEMI1000X", "A"))) == 2


def test_one_swedish_stands() -> None:
    """Gymnasieförordningen 8:14: the one with the higher level, of equals the pupil's choice."""
    second = [course("SVASVA01", "A"), course("SVASVA02", "A")]
    first = [course("SVESVE01", "E"), course("SVESVE02", "E"), course("SVESVE03", "E")]
    assert set(stands(*first, *second)) == {"SVESVE01", "SVESVE02", "SVESVE03"}
    assert set(stands(*first[:2], *second)) == {"SVASVA01", "SVASVA02"}
    assert stands(course("SVEN2000X", "E"), course("SVEA1000X", "A")) == {"SVEN2000X": "E"}
    failed = course("SVESVE03", "F")
    assert set(stands(*first[:2], failed, *second)) == {"SVASVA01", "SVASVA02"}


def test_what_is_no_course_stands_alone_and_other_forms_are_left_out() -> None:
    marks = course("SVERET0", "C"), course("GYARNA", "E", work=True), mark("MA", "A")
    assert stands(*marks) == {"SVERET0": "C", "GYARNA": "E"}


CODES = ["ENGE1000X", "ENGE2000X", "ENGE3000X", "MATE1B00X", "MATE1C00X", "MATE2C00X", "ENGENG05",
         "MATMAT01c", "HIST1A10X", "HIST1A20X", "SVEN1000X", "SVEA2000X", "MODO2000XFRA",
         "SVERET0"]  # fmt: skip
GRADES = st.dictionaries(st.sampled_from(CODES), st.sampled_from("ABCDEF-")).map(
    lambda found: [course(code, value) for code, value in found.items()]
)


@given(GRADES)
def test_replacing_again_changes_nothing(marks: list[Mark]) -> None:
    once = [grade.mark for grade in standing(marks).grades]
    assert [grade.mark for grade in standing(once).grades] == once


@given(GRADES, st.randoms())
def test_the_order_does_not_matter(marks: list[Mark], random: Random) -> None:
    other = list(marks)
    random.shuffle(other)
    assert stands(*other) == stands(*marks)
    assert sizes(*other) == sizes(*marks)


def test_the_pairs_are_36_and_one_to_one() -> None:
    assert len(PAIRS) == len(LEVEL_OF) == len({new for _, new in PAIRS}) == 36
    assert LEVEL_OF["MATMAT03b"] == "MATO1B00X"
    for old, new in PAIRS:
        course_, level = level_of(old), level_of(new)
        assert course_
        assert course_.course
        assert level
        assert not level.course


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("ENGE2000X", Level("ENGE", 2)), ("MATE1A00X", Level("MATE", 1, "a")),
        ("HIST1A10X", Level("HIST", 1, "a", 1)), ("MODO1000XSPA", Level("MODOSPA", 1)),
        ("MATMAT04", Level("MATMAT", 4, course=True)),
        ("HISHIS01a2", Level("HISHIS", 1, "a", 2, course=True)),
        ("MATMAT00S", None), ("GYARNA", None), ("ENGE0000X", None), ("ENGE2000", None),
    ],
)  # fmt: skip
def test_what_codes_say(code: str, expected: Level | None) -> None:
    assert level_of(code) == expected
