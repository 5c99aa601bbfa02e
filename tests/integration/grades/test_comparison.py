"""Test grades beside subject grades, per teacher and unit."""

from __future__ import annotations

from typing import Any

from skolkit.clock import today
from skolkit.types import PersonId
from tests.support import national_tests as tests
from tests.support.areas import call
from tests.support.grading import Graded
from tests.support.national_tests import YEAR, done, result, save


def compare(school: Graded, who: PersonId, **more: str) -> Any:
    query = {
        "subject": "GRGRENG01", "schoolYear": str(YEAR), "semester": "HT" if today().month >= 7 else "VT",
    } | more  # fmt: skip
    return call("grades", "compare_with_tests", who, path={"unit": school.world.unit}, query=query)


def test_a_principal_sees_how_grades_and_tests_compare(school: Graded) -> None:
    teacher, pupils = school.teachers[0], school.klass.pupil_ids
    office, unit = school.world.staff("administrator"), school.world.unit
    test = tests.enter(office, year=9, combine="given", limits=None, parts=[tests.part("A")])
    sitting = tests.plan(school.principal, unit, test["id"], school.klass.id, teacher)["id"]
    seen = done(tests.ask("read_sitting", teacher, sitting=sitting))["rows"]
    rows = [result(row["student"], given="C", A="C") for row in seen]
    done(save(teacher, sitting, *rows))
    third = len(pupils) // 3
    values: dict[str, Any] = {pupil: "BCD"[min(n // third, 2)] for n, pupil in enumerate(pupils)}
    assert school.set(teacher, values, "EN").status == 201

    found = compare(school, school.principal)
    assert found.status == 200, found.body
    compared = [values[row["student"]] for row in seen]
    count = len(compared)
    assert count >= 10
    expected = {
        "students": count, "lower": round(100 * compared.count("D") / count, 1),
        "equal": round(100 * compared.count("C") / count, 1),
        "higher": round(100 * compared.count("B") / count, 1),
    }  # fmt: skip
    assert (found.body["unit"], found.body["rules"]) == (expected, "comparison-2026")
    assert found.body["teachers"] == [{"teachers": [teacher], "counts": expected}]
    assert compare(school, teacher).status == 404
    other = compare(school, school.principal, subject="GRGRMAT01").body
    assert (other["unit"], other["teachers"]) == (None, [])


def test_few_pupils_are_not_shown(school: Graded) -> None:
    teacher, pupils = school.teachers[0], school.klass.pupil_ids[:9]
    office, unit = school.world.staff("administrator"), school.world.unit
    test = tests.enter(office, year=9, combine="given", limits=None, parts=[tests.part("A")])
    more: Any = {"students": list(pupils)}
    sitting = tests.plan(school.principal, unit, test["id"], school.klass.id, teacher, **more)["id"]
    seen = done(tests.ask("read_sitting", teacher, sitting=sitting))["rows"]
    done(save(teacher, sitting, *(result(row["student"], given="C", A="C") for row in seen)))
    values: dict[str, Any] = {pupil: "BCD"[n % 3] for n, pupil in enumerate(pupils)}
    assert school.set(teacher, values, "EN").status == 201
    found = compare(school, school.principal).body
    assert found["unit"] is None
    assert [row["counts"] for row in found["teachers"]] == [None]
