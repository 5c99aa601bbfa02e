"""Grades of earlier systems (process 33): taken from files, once, in the order they were decided, and never
in place of what has been decided here.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from functions.grades import ss12000
from functions.grades.domain import catalogue as rules
from functions.grades.queries import entries_of, wanted_heads
from functions.grades.store import catalogue
from functions.organisation.domain.syllabuses import Syllabus, SyllabusId
from functions.organisation.store import syllabuses
from infra.local.cloud import Cloud
from skolkit.clock import today
from skolkit.sweden.codes import SchoolForm
from skolkit.table import commit, fetch
from skolkit.types import PersonId, new_id
from tests.integration.grades.test_grading import refused
from tests.support import nights
from tests.support.areas import acting_as, audit_rows, call, outbox
from tests.support.grade_cases import SLIP, Wronged
from tests.support.grading import Graded
from tests.support.world import drop


def row(
    pupil: str, subject: str = "EN", value: str = "C", day: str = "2025-06-10", **more: Any
) -> dict[str, Any]:
    return {
        "sourceSystem": "Skolsystemet", "sourceId": f"{pupil}-{subject}-{day}", "student": pupil,
        "unit": "99990017", "schoolForm": "GR", "subjectCode": subject, "gradeValue": value,
        "registeredDate": day, "year": 8, **more,
    }  # fmt: skip


def known(pupil: str) -> list[rules.Entry]:
    with acting_as("grades"):
        found = entries_of(PersonId(pupil))
        (heads,) = fetch(wanted_heads([PersonId(pupil)]))
    stands = {e.id for e in rules.standing(e for e in found if e.pupil == pupil).values()}
    assert {one.id for one in heads[PersonId(pupil)].held.values()} == stands
    return found


@pytest.fixture
def taken(school: Graded, cloud: Cloud) -> Any:
    """Drop a file of rows; the report."""

    def take(rows: list[dict[str, Any]], name: str = "a.jsonl") -> dict[str, Any]:
        return drop(cloud, f"grades/history/{name}", rows)

    return take


def test_a_file_is_taken_once_in_the_order_of_the_decisions(school: Graded, taken: Any) -> None:
    one, other = school.klass.pupil_ids[:2]
    rows = [
        row(one, "EN", "D", "2025-12-19"), row(one, "EN", "E", "2025-06-10", document="Betygskatalog 8A"),
        row(one, "HKK", "B", "2026-06-10", finalGrade=True), row(other, "EN", "-", "2025-06-10"),
    ]  # fmt: skip
    report = taken(rows)
    assert (report["rows"], report["failed"]) == (4, 0), report
    first, *rest = known(one)
    assert [e.value for e in (first, *rest)] == ["E", "D", "B"]
    assert (first.kind, first.source) == ("imported", "Skolsystemet: Betygskatalog 8A")
    assert (first.term, first.school_year, rest[0].term, rest[0].school_year) == (
        "VT", "2024/25", "HT", "2025/26",
    )  # fmt: skip
    assert rules.broken(known(one)) is None
    assert {s.subject.code: (s.value, s.finished) for s in rules.standing(known(one)).values()} == {
        "GRGRENG01": ("D", False), "GRGRHKK01": ("B", True),
    }  # fmt: skip
    before = known(one)
    assert taken(rows, "again.jsonl")["failed"] == 0
    assert known(one) == before
    report = taken([row(one, "EN", "A", "2025-12-19")], "otherwise.jsonl")
    assert [f["field"] for f in report["faults"]] == ["sourceId"]
    assert known(one) == before
    assert [f["type"] for f in outbox("grades")].count("grades.ImportFinished.v1") == 3
    assert {r["actor"] for r in audit_rows(report["import"])} == {"system:import_grades"}


def test_what_is_decided_here_stays_whatever_a_file_says(school: Graded, taken: Any) -> None:
    one = school.klass.pupil_ids[0]
    assert school.set(school.teachers[0], {one: "B"}).status == 201
    assert taken([row(one, "MA", "F", "2026-06-10")])["failed"] == 0
    assert [e.value for e in known(one)] == ["B", "F"]
    assert [s.value for s in rules.standing(known(one)).values()] == ["B"]


def test_old_scales_are_kept_as_they_were_and_count_for_nothing(school: Graded, taken: Any) -> None:
    one = school.klass.pupil_ids[0]
    rows = [
        row(one, "EN", "MVG", "2011-06-10"), row(one, "MA", "***", "2012-06-10"),
        row(one, "SV", "3", "1998-06-10"),
        row(one, "ENGENG06", "IG", "2012-06-10", schoolForm="GY", subjectName="Engelska 6", points=100),
    ]  # fmt: skip
    assert taken(rows)["failed"] == 0
    found = {e.subject.code: (e.scale, e.points, e.passed) for e in known(one)}
    assert found == {
        "GRGRENG01": ("gr-1994", None, True), "GRGRMAT01": ("gr-1994", None, False),
        "GRGRSVE01": ("relativ-1962", None, True), "ENGENG06": ("gy-1994", None, False),
    }  # fmt: skip
    report = taken([row(one, "BI", "MVG", "2020-06-10"), row(one, "BI", "A", "2010-06-10")], "wrong.jsonl")
    assert [f["field"] for f in report["faults"]] == ["gradeValue", "gradeValue"]


def test_a_table_names_pupils_by_number_and_refused_rows_say_why(school: Graded, cloud: Cloud) -> None:
    pupil = next(p for p in school.pupils if p.protection is None)
    number, head = (
        pupil.civic_no.value,
        "sourceSystem,sourceId,civicNo,student,unit,schoolForm,subjectCode,gradeValue,registeredDate,finalGrade",
    )
    good = f"Gamla,1,{number},,99990017,GR,MA,C,2026-06-10,true"
    lines = [
        head, good,
        "Gamla,2,,,99990017,GR,MA,C,2026-06-10,true",  # nobody
        f"Gamla,3,{number},,99990017,GR,MA,Q,2026-06-10,true",
        f"Gamla,4,{number},,9,GR,MA,C,2026-06-10,true",
        f"Gamla,5,{number},,99990017,GR,MA,C,2999-06-10,true",
        f"Gamla,6,{number},,99990017,GR,M,C,2026-06-10,true",  # which language?
        f"Gamla,7,,{new_id()},99990017,GR,MA,C,2026-06-10,true",
        f"Gamla,8,{number},,99990017,GR,XYZ,C,2026-06-10,true",
    ]  # fmt: skip
    report = drop(cloud, "grades/history/tabell.csv", "\n".join(lines) + "\n")
    assert (report["rows"], report["failed"]) == (8, 7), report["faults"]
    assert {f["line"]: f["field"] for f in report["faults"]} == {
        3: "", 4: "gradeValue", 5: "unit", 6: "registeredDate", 7: "language", 8: "student", 9: "subjectName",
    }  # fmt: skip
    assert number not in json.dumps(report)
    (entry,) = known(pupil.id)
    assert (entry.subject.code, entry.finished) == ("GRGRMAT01", True)


def test_ss12000_grades_are_taken_as_they_are(school: Graded, cloud: Cloud) -> None:
    one, syllabus = school.klass.pupil_ids[0], SyllabusId(new_id())
    with acting_as("organisation"):
        commit(
            syllabuses.syllabus_item(
                Syllabus(
                    id=syllabus, school_form=SchoolForm.UPPER_SECONDARY, subject_name="Matematik",
                    subject_code="MAT", course_code="MATMAT01a", course_name="Matematik 1a", points=100,
                    valid_from=today().replace(year=2020),
                )
            )
        )  # fmt: skip
    grade = {
        "id": new_id(), "meta": {"created": "2026-06-10T10:00:00Z"}, "student": {"id": one},
        "organisation": {"id": school.world.unit, "displayName": "Provskolan"}, "syllabus": {"id": syllabus},
        "registeredBy": {"id": new_id()}, "registeredDate": "2026-06-10", "gradeValue": "B",
        "finalGrade": True, "adaptedStudyPlan": "", "semester": "VT", "year": 2026,
        "correctionType": "Rättelse", "converted": True,
    }  # fmt: skip
    late = {**grade, "id": new_id(), "registeredDate": "2026-08-20", "gradeValue": "C"}
    unknown = {**grade, "id": new_id(), "syllabus": {"id": new_id()}}
    misspelt = {**grade, "id": new_id(), "gradevalue": "A"}
    report = drop(cloud, "grades/history/ss12000.json", json.dumps([grade, unknown, misspelt, late]))
    assert [(f["line"], f["field"]) for f in report["faults"]] == [(3, "gradevalue"), (2, "syllabus")], report
    entry, after = known(one)
    assert (after.school_year, after.term) == ("2025/26", "VT"), "the term's, whenever it was registered"
    assert (entry.subject.code, entry.subject.points, entry.value) == ("MATMAT01a", 100, "B")
    assert (entry.source, entry.reason) == (f"SS 12000: {grade['id']}", "Rättelse")
    shown = ss12000.grade(entry, new_id(), (entry.at, entry.at), {}).model_dump(mode="json", by_alias=True)
    same = ("gradeValue", "finalGrade", "registeredDate", "semester", "year", "correctionType", "converted")
    assert {field: shown[field] for field in same} == {field: grade[field] for field in same}
    assert (shown["syllabus"]["id"], shown["student"]["id"]) == (syllabus, one)
    assert drop(cloud, "grades/history/again.json", json.dumps([grade, late]))["failed"] == 0
    assert len(known(one)) == 2


def test_more_grades_than_a_transaction_takes(school: Graded, taken: Any) -> None:
    one = school.klass.pupil_ids[0]
    many = [
        row(one, f"KURS{n:03}", "C", "2026-06-10", schoolForm="GY", subjectName=f"Kurs {n}")
        for n in range(130)
    ]
    assert taken(many)["failed"] == 0
    assert len(known(one)) == 130
    assert rules.broken(known(one)) is None


def test_a_grade_of_a_closed_record_is_taken_with_the_kept_one_and_not_twice(
    school: Graded, taken: Any
) -> None:
    closed, kept = [p.id for p in school.pupils if p.protection is None][:2]
    assert taken([row(closed, "EN", "C")])["failed"] == 0
    nights.close(closed, kept)
    assert taken([row(closed, "EN", "C"), row(closed, "HKK", "B")], "later.jsonl")["failed"] == 0
    assert [(e.pupil, e.value) for e in known(kept)] == [(kept, "B"), (closed, "C")]


def test_an_imported_mistake_is_withdrawn_and_what_was_before_holds_again(school: Graded, taken: Any) -> None:
    pupil = next(p for p in school.pupils if len(p.guardians) == 2 and p.protection is None)
    rows = [row(pupil.id, "EN", "C", "2025-06-10"), row(pupil.id, "EN", "F", "2026-06-10")]
    assert taken(rows)["failed"] == 0
    wrong = Wronged(school, pupil, known(pupil.id)[-1].id)
    assert wrong.stands() == {"GRGRENG01": "F"}
    reason = "Raden hör till en annan elev i det gamla systemet."
    body = {"kind": "withdrawal", "flaw": "wrongImport", "reason": reason}
    refused(wrong.ask("open_grade_case", school.teachers[-1], body), 404, "not-found")
    case = wrong.open(school.principal, body)
    assert wrong.decide(case, unheard="Filen var uppenbart fel.").status == 201
    assert wrong.stands() == {"GRGRENG01": "C"}
    assert [e.kind for e in known(pupil.id)] == ["imported", "imported", "withdrawal"]
    shown = wrong.chain(wrong.home[0])["data"]
    assert [(e["kind"], e["standing"]) for e in shown] == [("imported", False), ("withdrawal", False)]
    refused(wrong.ask("open_grade_case", school.principal, SLIP), 409, "already-replaced")
    assert taken(rows, "again.jsonl")["failed"] == 0
    assert wrong.stands() == {"GRGRENG01": "C"}
    fact = [f["data"] for f in outbox("grades") if f["type"] == "grades.PupilGradeDecided.v1"]
    with acting_as("grades"):
        entry = catalogue.entries([PersonId(pupil.id)])[-1]
    assert [(one["pupil"], one["entry"]) for one in fact] == [(pupil.id, entry.id)]


def test_an_imported_grade_is_corrected_like_any_other(school: Graded, taken: Any) -> None:
    pupil = next(p for p in school.pupils if len(p.guardians) == 2 and p.protection is None)
    assert taken([row(pupil.id, "EN", "MVG", "2010-06-10", unit="12345678")])["failed"] == 0
    wrong = Wronged(school, pupil, known(pupil.id)[0].id)  # of a school somewhere else
    refused(
        wrong.ask("open_grade_case", school.principal, SLIP | {"proposal": {"value": "A"}}),
        422,
        "illegal-value",
    )
    case = wrong.open(school.principal, SLIP | {"proposal": {"value": "VG"}})
    assert wrong.decide(case, unheard="Hemmet har visat betyget.").status == 201
    assert wrong.stands() == {"GRGRENG01": "VG"}
    path = {"pupil": pupil.id}
    listed = call("grades", "list_catalogue", wrong.home[0], path=path).body
    assert [row["gradeValue"] for row in listed["data"]] == ["VG", "MVG"]
