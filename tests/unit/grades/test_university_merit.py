"""Comparison figure and merit points (högskoleförordningen bilaga 3, 3–8, as by SFS 2024:914; UHR's handbook
and table of merit points for gymnasieexamen).
"""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.grades.domain.levels import standing
from functions.grades.domain.marks import Mark
from functions.grades.domain.university_merit import merit_points, university_merit
from tests.support.marks import LETTERS, course, valued

LANGUAGES = ("MODSPA03", "MODSPA04", "MODSPA05", "MODFRA02")


def points(*codes: str, required: tuple[str, ...] = ()) -> float:
    return float(merit_points(standing([course(code, "E") for code in codes]).grades, required))


def average(*marks: Mark, outside: tuple[str, ...] = (), required: tuple[str, ...] = ()) -> float | None:
    return university_merit(marks, required, outside).average


def test_the_figure_is_the_mean_by_points() -> None:
    assert average(course("FILFIL01", "B")) == 17.5
    assert average(course("FILFIL01", "B", 50), course("RELREL01", "F", 50), course("BIOBIO01", "A")) == 14.38
    assert average() is None
    assert university_merit([]).value is None
    assert average(course("FILFIL01", "C", size=None)) is None
    assert average(course("FILFIL01", "C"), course("RELREL01", "-", 50)) == 15.0


def test_two_decimals_a_half_upwards() -> None:
    third = [course("FILFIL01", "A"), course("RELREL01", "E"), course("BIOBIO01", "E")]
    assert average(*third) == 13.33
    assert average(course("FILFIL01", "A", 150), course("RELREL01", "F", 650)) == 3.75
    assert average(course("FILFIL01", "B", 55), course("RELREL01", "F", 345)) == 2.41  # 2.40625
    assert average(course("FILFIL01", "D", 50), course("RELREL01", "F", 350)) == 1.56  # 1.5625
    assert average(course("FILFIL01", "E", 50), course("RELREL01", "F", 350)) == 1.25
    assert average(course("FILFIL01", "E", 13), course("RELREL01", "F", 987)) == 0.13
    assert average(course("FILFIL01", "D", 25), course("RELREL01", "F", 475)) == 0.63  # 0.625


def test_the_diploma_project_does_not_count() -> None:
    assert average(course("FILFIL01", "B"), course("GYARNA", "E", work=True)) == 17.5


def test_a_level_counts_with_the_points_it_comprises() -> None:
    english = course("ENGE1000X", "A"), course("ENGE2000X", "E")
    found = university_merit([*english, course("BIOG1000X", "A")])
    assert (found.average, found.size, found.counted) == (13.33, 300, ("BIOG1000X", "ENGE2000X"))


@pytest.mark.parametrize(
    ("codes", "required", "expected"),
    [
        (("MODSPA03",), (), 0.5), (("MODSPA04",), (), 1.0), (("MODSPA05",), (), 0.5),
        (("MODSPA03", "MODSPA04"), (), 1.5), (("MODSPA02",), (), 0.0), (("MODSPA03", "MODFRA03"), (), 0.5),
        (("MODSPA04", "MODFRA02"), (), 1.5), (("MODSPA03", "MODFRA02"), (), 0.5),
        (("MODSPA04", "MODFRA01"), (), 1.0), (("MODSPA03", "MODSPA04", "MODSPA05"), (), 1.5),
        (("MODSPA03", "MODSPA04"), ("MODSPA03",), 1.0),
        (("MODSPA03", "MODSPA04", "MODSPA05"), ("MODXXX03",), 1.5),
        (("MODSPA03", "MODSPA04", "MODFRA02"), ("MODXXX04",), 0.0),
        (("ENGENG05", "ENGENG06"), (), 0.0), (("ENGENG07",), (), 1.0), (("ENGENG07",), ("ENGENG07",), 0.0),
        (("ENGENG07",), ("ENGENG06",), 1.0),
        (("MATMAT01b",), (), 0.0), (("MATMAT02b",), (), 0.5), (("MATMAT02b", "MATMAT03b"), (), 1.0),
        (("MATMAT02c", "MATMAT03c", "MATMAT04"), (), 1.5), (("MATMAT05",), (), 1.0),
        (("MATMAT02c", "MATMAT03c", "MATMAT04", "MATMAT05"), (), 1.5),
        (("MATMAT02c", "MATMAT03c", "MATMAT04", "MATMAT05"), ("MATMAT04",), 1.0),
        (("MATMAT03c", "MATMAT04"), ("MATMAT03c",), 0.5), (("MATMAT02c", "MATMAT03c"), ("MATMAT03b",), 0.0),
        (("MATMAT05", "MATMAT00S"), ("MATMAT04",), 1.5), (("MATMAT00S",), (), 0.5),
        (("MODSPA04", "MODFRA02", "ENGENG07", "MATMAT05"), (), 2.5),
    ],
)  # fmt: skip
def test_merit_points_of_courses(codes: tuple[str, ...], required: tuple[str, ...], expected: float) -> None:
    """UHR's table for gymnasieexamen; studerasmart.nu's two examples of mathematics."""
    assert points(*codes, required=required) == expected


@pytest.mark.parametrize(
    ("codes", "required", "expected"),
    [
        (("MODO1000XSPA",), (), 0.5), (("MODO2000XSPA",), (), 1.5),
        (("MODO2000XSPA",), ("MODO1000X",), 1.0), (("MODF1000XSPA",), (), 0.5),
        (("MODO2000XSPA", "MODF1000XSPA"), ("MODO1000X",), 1.5), (("MODG1000XFRA",), (), 0.0),
        (("MODO2000XSPA", "MODG1000XFRA"), ("MODO1000X",), 1.5),
        (("MODO2000XSPA", "MODY1000XFRA"), ("MODO1000X",), 1.0),
        (("MODO2000XSPA", "SVEG1000X"), ("MODO1000X",), 1.5),
        (("MODO2000XSPA", "SVEY1000X"), ("MODO1000X",), 1.0),
        (("MODO1000XSPA", "MODG1000XFRA"), (), 0.5), (("SVEO2000X",), (), 1.5), (("SVEO1000X",), (), 0.5),
        (("SVEO2000X", "MODG1000XFRA"), ("MODO1000X",), 1.5), (("ENGE3000X",), (), 1.0),
        (("ENGE2000X",), (), 0.0), (("ENGE3000X",), ("ENGE3000X",), 0.0), (("MATE2B00X",), (), 0.5),
        (("MATE1B00X",), (), 0.0), (("MATE2B00X",), ("MATE2B00X",), 0.0), (("MATO1C00X",), (), 0.5),
        (("MATO2000X",), (), 1.0), (("MATO2000X",), ("MATO1C00X",), 0.5), (("MATF1000X",), (), 1.0),
        (("MASB1000X",), (), 0.5), (("MASB1000X",), ("MATO1C00X",), 0.5),
        (("MASB1000X",), ("MATE2C00X",), 0.5),
        (("MASB1000X",), ("MATO2000X",), 0.0), (("MASC1000X",), ("MATO2000X",), 0.5),
        (("MATE2C00X", "MATO2000X", "MATF1000X"), (), 1.5),
        (("MODO2000XSPA", "ENGE3000X", "MATF1000X"), (), 2.5),
    ],
)  # fmt: skip
def test_merit_points_of_levels(codes: tuple[str, ...], required: tuple[str, ...], expected: float) -> None:
    """Högskoleförordningen bilaga 3, 8 a–l."""
    assert points(*codes, required=required) == expected


def test_a_code_without_a_language_is_of_the_one_the_grade_names() -> None:
    both = course("MODXXX04", "E", language="spa"), course("MODXXX02", "E", language="fra")
    assert university_merit(both).points == 1.5
    same = course("MODXXX04", "E", language="spa"), course("MODXXX02", "E", language="spa")
    assert university_merit(same).points == 1.0


def test_a_fail_gives_no_merit_points() -> None:
    assert university_merit([course("ENGENG07", "F")]).points == 0.0
    assert university_merit([course("ENGE3000X", "F"), course("ENGE2000X", "A")]).points == 0.0


def test_what_is_outside_the_programme_counts_when_it_does_good() -> None:
    """Högskoleförordningen bilaga 3, 7; antagning.se: those that give the best merit value."""
    good, extra = course("BIOBIO01", "A", 1000), course("FILFIL01", "E")
    assert average(good, extra, outside=("FILFIL01",)) == 20.0
    assert average(good, extra, outside=("FILFIL01",), required=("FILFIL01",)) == 19.09
    english = course("ENGENG07", "E")
    found = university_merit([good, english], (), ("ENGENG07",))
    assert (found.average, found.points, found.value) == (19.09, 1.0, 20.09)
    full = [good, *(course(code, "A") for code in ("MODSPA04", "MODFRA02", "MATMAT05"))]
    assert university_merit([*full, english], (), ("ENGENG07",)).average == 20.0
    low = university_merit([course("BIOBIO01", "A", 100), course("MATMAT02b", "E")], (), ("MATMAT02b",))
    assert (low.value, low.counted) == (20.0, ("BIOBIO01",))
    inside = university_merit([course("ENGE2000X", "C"), course("ENGE3000X", "E")], (), ("ENGE3000X",))
    assert (inside.average, inside.size) == (10.0, 300)


COURSES = [
    "ENGENG05",
    "ENGENG07",
    "MODSPA03",
    "MODSPA04",
    "MODFRA02",
    "MATMAT02b",
    "MATMAT05",
    "FILFIL01",
    "BIOBIO01",
]
GRADES = st.dictionaries(st.sampled_from(COURSES), st.sampled_from("ABCDEF"), min_size=1).map(
    lambda found: [
        course(code, value, 50 if code.startswith("FIL") else 100) for code, value in found.items()
    ]
)


@given(GRADES, st.data(), st.sets(st.sampled_from(COURSES)), st.sets(st.sampled_from(COURSES)))
def test_raising_a_grade_in_a_course_never_lowers_the_sum(
    marks: list[Mark], data: st.DataObject, required: set[str], outside: set[str]
) -> None:
    place = data.draw(st.integers(0, len(marks) - 1))
    better = data.draw(st.sampled_from([v for v in LETTERS if v <= marks[place].value]))
    after = [valued(one, better) if n == place else one for n, one in enumerate(marks)]
    old, new = university_merit(marks, required, outside), university_merit(after, required, outside)
    assert (new.value or 0) >= (old.value or 0)
    if not outside:
        assert (new.average or 0) >= (old.average or 0)


def test_a_low_pass_on_a_higher_level_lowers_the_figure_as_the_law_has_it() -> None:
    """Skollagen 15:22: the pass takes the place of the better grades below it."""
    below = [course("ENGE2000X", "A"), course("BIOG1000X", "A")]
    assert average(*below, course("ENGE3000X", "F")) == 15.0
    assert average(*below, course("ENGE3000X", "E")) == 12.5


@given(GRADES, st.sets(st.sampled_from(COURSES)), st.randoms())
def test_bounds_and_order(marks: list[Mark], outside: set[str], random: Random) -> None:
    found = university_merit(marks, (), outside)
    assert 0 <= (found.average or 0) <= 20.0
    assert 0 <= found.points <= 2.5
    assert (found.value or 0) <= 22.5
    other = list(marks)
    random.shuffle(other)
    assert university_merit(other, (), outside).value == found.value
