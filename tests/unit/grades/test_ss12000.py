"""Grades in the shape of SS 12000: the words, and the standard's own description where it is at hand."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import jsonschema
import pytest
import yaml

from functions.grades import ss12000
from functions.grades.domain.catalogue import Decider, Entry, Subject
from functions.grades.ss12000 import UNKNOWN
from infra.local import paths
from skolkit.sweden.codes import SchoolForm
from skolkit.types import GroupId, PersonId, UnitId, new_id

SPEC = paths.ROOT.parent / "shared" / "specs" / "ss12000.yaml"
AT = datetime(2026, 12, 17, 23, 30, tzinfo=UTC)  # past midnight in Sweden
PUPIL, FIRST, SECOND = (PersonId(new_id()) for _ in range(3))
SYLLABUS = new_id()
MATHS = Subject(code="GRGRMAT01", name="Matematik", form=SchoolForm.COMPULSORY)


def entry(**more: Any) -> Entry:
    plain = Entry(
        id=new_id(), pupil=PUPIL, kind="decision", subject=MATHS, value="B", scale="gr-2011", at=AT,
        unit=UnitId(new_id()), school_year="2026/27", term="HT", year=9, finished=True,
        deciders=(Decider(person=FIRST, certified=True), Decider(person=SECOND, qualified=True)),
        registered_by=FIRST, group=GroupId(new_id()),
    )  # fmt: skip
    return replace(plain, **more)


def dumped(one: Entry, markings: dict[PersonId, Any] | None = None) -> dict[str, Any]:
    shape = ss12000.grade(one, SYLLABUS, (AT, AT), markings or {})
    found: dict[str, Any] = json.loads(shape.model_dump_json(by_alias=True, exclude_none=True))
    return found


def test_a_grade_has_the_standards_names() -> None:
    shown = dumped(entry(remark="Anm.", adapted="Timplan"), {PUPIL: "Sekretessmarkering"})
    assert shown["student"] == {"id": PUPIL, "securityMarking": "Sekretessmarkering"}
    assert (shown["gradeValue"], shown["finalGrade"], shown["registeredDate"]) == ("B", True, "2026-12-18")
    assert (shown["remark"], shown["adaptedStudyPlan"]) == ("Anm.", "Timplan")
    assert (shown["registeredBy"], shown["gradingTeacher"]) == ({"id": FIRST}, {"id": SECOND})
    assert (shown["trial"], shown["converted"]) == (False, False)
    assert not {"correctionType", "diplomaProject"} & set(shown)


@pytest.mark.parametrize(("term", "year"), [("HT", 2026), ("VT", 2027)])
def test_the_year_is_the_calendars(term: Any, year: int) -> None:
    shown = dumped(entry(term=term))
    assert (shown["semester"], shown["year"]) == (term, year)


@pytest.mark.parametrize(
    ("kind", "word"), [("change", "Ändring"), ("correction", "Rättelse"), ("trial", None), ("decision", None)]
)
def test_corrections_and_changes_say_so(kind: Any, word: str | None) -> None:
    assert dumped(entry(kind=kind)).get("correctionType") == word


def test_a_syllabus_is_the_edition_that_was_graded_by_or_the_official_one() -> None:
    own = new_id()
    assert dumped(entry(syllabus=own))["syllabus"] == {"id": own}
    assert dumped(entry())["syllabus"] == {"id": SYLLABUS}


def test_a_principal_is_no_grading_teacher_and_an_imported_grade_may_have_nobody() -> None:
    head = Decider(person=FIRST, role="principal", certified=True)
    assert "gradingTeacher" not in dumped(entry(deciders=(head,)))
    of_nobody = dumped(entry(deciders=(), registered_by=None))
    assert ("gradingTeacher" in of_nobody, of_nobody["registeredBy"]) == (False, {"id": UNKNOWN})
    assert dumped(entry(registered_by=None))["registeredBy"] == {"id": FIRST}


def test_a_diploma_project_has_its_title() -> None:
    shown = dumped(entry(title="Broar av trä", value="E", scale="gy-arbete-2011"))
    assert shown["diplomaProject"] == {"title": "Broar av trä", "description": "Broar av trä"}


@pytest.mark.skipif(not SPEC.exists(), reason="the standard's description is not here")
def test_the_standard_takes_them() -> None:
    spec = yaml.load(SPEC.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    described: Any = spec["components"]["schemas"]["Grade"]
    for one in (entry(), entry(kind="change", trial=True, converted=True, title="Broar", remark="Anm.")):
        shown = dumped(one)
        # `Grade` requires `schoolUnit`, which is no property of it: a slip of the description.
        required = set(described["required"]) & set(described["properties"])
        assert required <= set(shown) <= set(described["properties"])
        for field, value in shown.items():
            known = described["properties"][field]
            if "type" in known:
                jsonschema.validate(value, {"type": known["type"]})
            if "enum" in known:
                assert value in known["enum"]
    project = spec["components"]["schemas"]["Grade_diplomaProject"]
    assert set(project["required"]) <= set(dumped(entry(title="Broar"))["diplomaProject"])
