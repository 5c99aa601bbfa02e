"""Test grades beside subject grades, per teacher and unit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from functions.organisation.domain.syllabuses import Syllabus, SyllabusId
from functions.organisation.store import activities, syllabuses
from skolkit.clock import today
from skolkit.sweden.codes import SchoolForm
from skolkit.table import commit
from skolkit.types import PersonId, new_id
from tests.support import national_tests as tests
from tests.support.areas import acting_as, call, deliver, outbox
from tests.support.asks import new_key
from tests.support.grading import Graded
from tests.support.meter import metered
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


def written(school: Graded, grade: str, absent: int = 0) -> list[str]:
    """Everybody who may be named, the class's test in English reported for all but the first `absent`."""
    teacher, office = school.teachers[0], school.world.staff("administrator")
    test = tests.enter(office, year=9, combine="given", limits=None, parts=[tests.part("A")])
    sitting = tests.plan(school.principal, school.world.unit, test["id"], school.klass.id, teacher)["id"]
    pupils = [row["student"] for row in done(tests.ask("read_sitting", teacher, sitting=sitting))["rows"]]
    done(save(teacher, sitting, *(result(pupil, given=grade, A=grade) for pupil in pupils[absent:])))
    return pupils


def test_the_sheet_shows_the_test_grade_beside_the_proposal_in_the_same_round_trips(school: Graded) -> None:
    teacher = school.teachers[0]
    pupils = written(school, "C")
    with metered() as use:
        sheet = school.open(teacher, "EN")
    protected = sum(p.protection is not None for p in school.pupils)
    assert use.operations.count("BatchGetItem") == 3
    assert use.trips <= 4 + protected  # the fourth is the audit row, beside the last reading
    shown = {row["student"]: row["testGrade"] for row in sheet["students"]}
    assert shown == {pupil: "C" if pupil in pupils else None for pupil in school.klass.pupil_ids}
    assert {row["testGrade"] for row in school.open(teacher)["students"]} == {None}  # mathematics
    assert school.ask("open_sheet", school.teachers[1], "EN").status == 404


def test_a_course_has_the_test_grade_of_its_own_code(school: Graded) -> None:
    teacher, office = school.teachers[0], school.world.staff("administrator")
    course = Syllabus(
        id=SyllabusId(new_id()), school_form=SchoolForm.COMPULSORY, subject_name="Engelska",
        valid_from=YEAR.start, course_code="ENGE1000X", course_name="Engelska nivå 1",
    )  # fmt: skip
    with acting_as("organisation"):
        taught = activities.find_activity(school.activities["EN"])
        assert taught
        new = replace(taught, syllabus=course.id)
        commit(syllabuses.syllabus_item(course), *activities.activity_writes(taught, new))
    pupil = school.klass.pupil_ids[0]
    test = tests.enter(
        office, year=9, subject=course.course_code, combine="given", limits=None, parts=[tests.part("A")]
    )
    sitting = tests.plan(school.principal, school.world.unit, test["id"], school.klass.id, teacher)["id"]
    (row, *_) = done(tests.ask("read_sitting", teacher, sitting=sitting))["rows"]
    done(save(teacher, sitting, result(row["student"], given="D", A="D")))
    sheet = school.open(teacher, "EN")
    assert (sheet["subjectCode"], sheet["subjectName"]) == ("ENGE1000X", "Engelska nivå 1")
    shown = {line["student"]: line["testGrade"] for line in sheet["students"]}
    assert (shown[row["student"]], pupil in shown) == ("D", True)


def test_a_test_written_under_a_closed_record_counts(school: Graded) -> None:
    teacher, office = school.teachers[0], school.world.staff("administrator")
    kept, closed, *rest = written(school, "C", absent=1)
    path, body = {"person": kept}, {"duplicate": closed}
    merged = call("register", "merge_persons", office, path=path, body=body, headers=new_key())
    assert merged.status == 201, merged.body
    facts = [fact for fact in outbox("register") if fact["type"] == "register.PersonsMerged.v1"]
    assert deliver("organisation", "follow_merge", *facts) == []
    shown = {row["student"]: row["testGrade"] for row in school.open(teacher, "EN")["students"]}
    assert (shown[kept], shown[rest[0]]) == ("C", "C")
    assert closed not in shown
    values: dict[str, Any] = {pupil: "BCD"[n % 3] for n, pupil in enumerate([kept, *rest])}
    assert school.set(teacher, values, "EN").status == 201
    assert compare(school, school.principal).body["unit"]["students"] == len(values)
    undone = call("register", "undo_merge", office, path={"merge": merged.body["id"]}, headers=new_key())
    assert undone.status == 204, undone.body
    assert compare(school, school.principal).body["unit"]["students"] == len(rest)
