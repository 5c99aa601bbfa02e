"""What a diploma takes (skollagen 16:26–28; gymnasieförordningen 8:4–8, 8:12)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.grades.domain.exams import NO_PLAN, Exam, NoDiploma, Plan, Requirement, exam
from functions.grades.domain.marks import Mark
from functions.grades.domain.programmes import programme
from tests.support.marks import course

WORK = course("GYARXX", "E", work=True)
PLAN = Plan(frozenset({"FIL"}))
LEVELS = [course("SVEN3000X", "E"), course("ENGE2000X", "E"), course("MATE1C00X", "E")]  # 600 points
COURSES = [
    course(code, "E")
    for code in ("SVESVE01", "SVESVE02", "SVESVE03", "ENGENG05", "ENGENG06", "MATMAT01b")
]  # fmt: skip
REST = course("FIL", "E", 1800)


def ask(*marks: Mark, code: str = "NA", plan: Plan = PLAN) -> Exam:
    return exam(marks, programme(code), plan)


def unmet(found: Exam) -> dict[str, tuple[int, int | None]]:
    return {one.name: (one.need, one.have) for one in found.requirements if not one.met}


@pytest.mark.parametrize("core", [LEVELS, COURSES])
@pytest.mark.parametrize("code", ["NA", "VO"])
def test_who_has_everything_gets_a_diploma(core: list[Mark], code: str) -> None:
    found = ask(*core, REST, WORK, code=code)
    assert (found.outcome, unmet(found), found.rules) == ("diploma", {}, "exam-2011")


def test_every_requirement_names_its_law() -> None:
    laws = {code: {r.name: r.law for r in ask(code=code).requirements} for code in ("NA", "VO")}
    assert laws["NA"]["swedish"] == "skollagen 16:28, gymnasieförordningen 8:7"
    assert laws["VO"]["swedish"] == "skollagen 16:27, gymnasieförordningen 8:6"
    assert (laws["NA"]["passed"], laws["VO"]["passed"]) == ("skollagen 16:28", "skollagen 16:27")
    assert (laws["VO"]["graded"], laws["VO"]["common"]) == ("skollagen 16:26", "gymnasieförordningen 8:5")


def test_2500_points_with_grades_of_which_2250_passed() -> None:
    less = ask(*LEVELS, course("FIL", "E", 1750), WORK)
    assert (less.outcome, unmet(less)) == ("studies", {"graded": (2500, 2450)})
    enough = ask(*LEVELS, course("FIL", "E", 1550), course("BIO", "F", 250), WORK)
    assert enough.outcome == "diploma"
    failed = ask(*LEVELS, course("FIL", "E", 1500), course("BIO", "F", 300), WORK)
    assert unmet(failed) == {"passed": (2250, 2200)}


def test_core_of_a_preparatory_diploma() -> None:
    """300 points Swedish, 200 English, 100 mathematics b or c (GyF 8:7)."""
    found = ask(course("SVEN2000X", "E"), course("ENGE1000X", "E"), course("MATE1A00X", "E"), REST, WORK)
    lacks = {name: have for name, (_, have) in unmet(found).items()}
    assert lacks == {"graded": 2300, "swedish": 200, "english": 100, "mathematics": 0}
    assert {"swedish", "english"} <= set(unmet(ask(course("SVEN3000X", "F"), course("ENGE2000X", "F"))))
    without_first = ask(
        *(one for one in COURSES if one.code != "ENGENG05"), course("ENGENG07", "E"), REST, WORK
    )
    assert unmet(without_first) == {"english": (200, 100)}, "a course includes no other"
    second = [course("SVASVA01", "E"), course("SVASVA02", "E"), course("SVASVA03", "E")]
    assert ask(*COURSES[3:], *second, REST, WORK).outcome == "diploma"
    assert ask(course("SVEA3000X", "E"), *LEVELS[1:], REST, WORK).outcome == "diploma"
    assert unmet(ask(course("SVEA2000X", "E"), *LEVELS[1:], REST, WORK))["swedish"] == (300, 200)


def test_core_of_a_vocational_diploma() -> None:
    """100 points each (GyF 8:6)."""
    core = [course("SVESVE01", "E"), course("ENGENG05", "E"), course("MATMAT01a", "E")]
    assert ask(*core, course("FIL", "E", 2100), WORK, code="VO").outcome == "diploma"
    for without in range(3):
        left = [one for n, one in enumerate(core) if n != without]
        found = unmet(ask(*left, course("FIL", "E", 2200), WORK, code="VO"))
        assert list(found) == [["swedish", "english", "mathematics"][without]]


@pytest.mark.parametrize(
    ("marks", "enough"),
    [
        ([course("MATE2B00X", "E")], True), ([course("MATE2A00X", "E")], False),
        ([course("MATE1B00X", "E"), course("MATE2A00X", "E")], True), ([course("MATE1B00X", "F")], False),
        ([course("MATMAT02b", "E")], False), ([course("MATMAT01c", "E")], True),
        ([course("MATO1C00X", "E")], False),
    ],
)  # fmt: skip
def test_mathematics_that_a_preparatory_diploma_takes(marks: list[Mark], enough: bool) -> None:
    assert ("mathematics" not in unmet(ask(*marks))) is enough


def test_the_diploma_project_is_passed_and_counts() -> None:
    failed = ask(*LEVELS, REST, course("GYARXX", "F", work=True))
    assert unmet(failed) == {"work": (1, 0)}
    assert {one.name: one.have for one in failed.requirements}["graded"] == 2500
    unsized = ask(*LEVELS, REST, course("GYARXX", "E", None, work=True))
    assert unsized.outcome == "diploma"


def test_400_points_of_the_programmes_own_subjects() -> None:
    """GyF 8:5, of a vocational diploma."""
    own = Plan(frozenset({"VARD", "PSKPSY01"}))
    base = [*LEVELS, course("FIL", "E", 1500), WORK]
    marks = [*base, course("VARD2000X", "E", 300)]
    assert unmet(ask(*marks, code="VO", plan=own)) == {"common": (400, 300)}
    assert "common" not in unmet(ask(*marks, course("PSKPSY01", "E"), code="VO", plan=own))
    assert "common" in unmet(ask(*marks, course("PSKPSY01", "F"), code="VO", plan=own))
    part = ask(*base, course("HALS1000X", "A", 400), course("HALS2000X", "E"), code="VO",
               plan=Plan(frozenset({"HALS1000X"})))  # fmt: skip
    assert "common" not in unmet(part), "also inside a level above it"
    assert "common" not in {one.name for one in ask(*marks).requirements}
    unknown = ask(*marks, course("X", "E"), code="VO", plan=Plan())
    assert (unknown.outcome, unmet(unknown)) == (None, {"common": (400, None)})
    assert ask(*LEVELS, code="VO", plan=Plan()).outcome == "studies"


def test_a_dash_that_nothing_covers_leaves_a_certificate_of_studies() -> None:
    """GyF 8:12."""
    found = ask(*LEVELS, REST, WORK, course("KEMI1000X", "-"))
    assert (found.outcome, unmet(found)) == ("studies", {"dashes": (0, 1)})
    assert ask(*LEVELS, REST, WORK, course("ENGE1000X", "-")).outcome == "diploma"


def test_a_reduced_programme_gives_no_diploma() -> None:
    """GyF 8:4."""
    found = ask(*LEVELS, REST, WORK, plan=Plan(reduced=True))
    assert (found.outcome, unmet(found)) == ("studies", {"programme": (1, 0)})


def test_an_introductory_programme_leads_to_none() -> None:
    with pytest.raises(NoDiploma):
        ask(code="IMS")


def requirement(found: Exam, name: str) -> Requirement:
    return next(one for one in found.requirements if one.name == name)


def test_without_a_plan_both_documents_are_possible_and_why_is_said() -> None:
    """Never a promise: whether the programme is reduced stands in the plan alone (GyF 8:4–5)."""
    for code, names in (("NA", {"programme"}), ("VO", {"programme", "common"})):
        found = ask(*LEVELS, REST, WORK, code=code, plan=NO_PLAN)
        assert (found.outcome, found.possible) == (None, ("diploma", "studies"))
        assert {one.name for one in found.requirements if one.unknown} == names
        assert {one.name for one in found.requirements if one.met is None} == names
    told = requirement(ask(*LEVELS, REST, WORK, code="VO", plan=NO_PLAN), "common")
    assert (told.have, told.least, told.most) == (None, 0, 2100)  # two more levels of Swedish


def test_what_is_lacking_whatever_the_plan_says() -> None:
    just = ask(*LEVELS, course("RELREL01", "E", 1700), course("FIL", "E", 100), WORK, code="VO", plan=NO_PLAN)
    told = requirement(just, "common")
    assert (just.outcome, told.most, told.met) == (None, 400, None)
    short = ask(*LEVELS, course("RELREL01", "E", 1800), WORK, code="VO", plan=NO_PLAN)
    assert (short.possible, unmet(short)["common"]) == (("studies",), (400, None))
    assert requirement(short, "common").met is False


def test_a_grade_without_points_is_no_lack_for_certain() -> None:
    unsized = course("BIO", "E", None)
    found = ask(*LEVELS, course("FIL", "E", 1700), unsized, WORK)
    told = requirement(found, "graded")
    assert (found.outcome, told.have, told.least, told.most, told.met) == (None, None, 2400, None, None)
    assert ask(*LEVELS, REST, unsized, WORK).outcome == "diploma", "it takes no more"
    own = Plan(frozenset({"BIO"}))
    assert requirement(ask(*LEVELS, REST, unsized, WORK, code="VO", plan=own), "common").met is None


def test_a_first_level_that_all_read_is_not_of_the_programmes_own() -> None:
    own = Plan(frozenset({"SVEN2000X"}))
    found = ask(course("SVEN2000X", "E"), code="VO", plan=own)
    assert requirement(found, "common").have == 100


def test_a_pass_in_an_earlier_scale_is_a_pass() -> None:
    old = course("FIL", "E", 1800)
    passed = [*LEVELS, replace(old, value="VG", scale="gy-1994", points=None), WORK]
    assert ask(*passed).outcome == "diploma"


CODES = (
    "SVEN1000X", "SVEN2000X", "ENGE1000X", "ENGE2000X", "MATE1A00X", "MATE2A00X", "VARD1000X", "VARD2000X",
    "PSKPSY01", "RELREL01", "NATU1A10X", "SVESVE02",
)  # fmt: skip
PLANNED = ("SVEN2000X", "ENGE2000X", "MATE2A00X", "VARD1000X", "VARD2000X", "PSKPSY01", "SVESVE02")


@given(
    st.dictionaries(
        st.sampled_from(CODES), st.tuples(st.sampled_from("AEF-"), st.sampled_from([50, 100, 200, None]))
    ),
    st.frozensets(st.sampled_from([*PLANNED, "VARD"])), st.booleans(), st.sampled_from(["NA", "VO"]),
)  # fmt: skip
def test_no_plan_contradicts_what_is_said_without_one(
    read: dict[str, tuple[str, int | None]], common: frozenset[str], reduced: bool, code: str
) -> None:
    marks = [course(one, value, size) for one, (value, size) in read.items()]
    marks += [REST, WORK]
    before, after = ask(*marks, code=code, plan=NO_PLAN), ask(*marks, code=code, plan=Plan(common, reduced))
    assert {*after.possible} <= {*before.possible}
    for one, other in zip(before.requirements, after.requirements, strict=True):
        assert one.met in (None, other.met)
        assert one.least <= other.least
        assert one.most is None or (other.most is not None and other.most <= one.most)
