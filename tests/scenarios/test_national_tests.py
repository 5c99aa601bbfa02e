"""A class's national test from Skolverket's calendar to the home and the report (process 31)."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from skolkit.types import PersonId
from tests.support import faults
from tests.support import national_tests as tests
from tests.support.areas import Answer
from tests.support.deployed import Deployed, eventually
from tests.support.national_tests import done, exemption, key, over, result
from tests.support.scenes import little_school, refused, take

PROCESSES = (31,)


@pytest.fixture
def own(school: Deployed) -> Deployed:
    return little_school(school, "99990232", year=6)


def ask(
    own: Deployed, name: str, who: PersonId, body: Any = None, *, version: int | None = None,
    query: Any = None, **path: str,
) -> Answer:  # fmt: skip
    headers = key() if version is None else over(version)
    return own.call("assessment", name, who, path=path, body=body, headers=headers, query=query)


def test_a_class_writes_is_marked_without_names_and_the_home_sees_what_came_of_it(own: Deployed) -> None:
    world, asking = own.world, partial(ask, own)
    head, office = world.staff("principal"), world.staff("administrator")
    teachers = [s.id for s in world.population.staff if s.role == "teacher"]
    responsible, *markers = teachers[:3]
    row = tests.test_body(parts=[tests.part("A"), tests.part("B"), tests.part("C", "points", most=15)])
    report = take(own.cloud, "assessment/tests", [row, row | {"year": 5}])
    assert [(f["line"], f["field"]) for f in report["faults"]] == [(2, "year")]
    given = f"unit,schoolYear,no,so\n{world.population.unit.code},{tests.YEAR},GRGRBIO01,GRGRHIS01\n"
    assert take(own.cloud, "assessment/given", given, "csv")["failed"] == 0
    found = done(asking("list_unit_tests", head, unit=world.unit))
    assert (found["no"], found["so"]) == ("GRGRBIO01", "GRGRHIS01")
    test = next(t["id"] for t in found["tests"] if t["subject"] == "GRGRENG01")

    ahead = [{"student": world.classmates()[0].id, "why": "newlyArrived"}]
    elsewhere = {"test": test, "group": world.klass.id, "responsible": responsible, "outsideTheYear": ahead}
    refused(asking("plan_sitting", office, elsewhere, unit=world.unit), 409, "principal-decides")
    refused(asking("plan_sitting", head, elsewhere, unit=world.unit), 422, "wrong-why")  # of year 6
    group = world.klass.id
    planned = tests.plan(head, world.unit, test, group, responsible, asking)
    body = {"test": test, "group": group, "responsible": responsible}
    refused(asking("plan_sitting", head, body, unit=world.unit), 409, "already-sitting", "students")
    sitting = planned["id"]
    pupil = world.classmates()[0]
    home = pupil.guardians[0].guardian_id
    decided = done(asking("decide_exemption", head, exemption(test, "B"), pupil=pupil.id))
    assert (decided["number"], decided["role"]) == (1, "principal")
    refused(asking("decide_exemption", responsible, exemption(test, "A"), pupil=pupil.id), 404, "not-found")

    marking = tests.marking(responsible, sitting, "A", markers, begun=False, asking=asking)
    labels = done(asking("read_labels", responsible, marking=marking))["rows"]
    codes = {row["student"]: row["code"] for row in labels}
    done(asking("begin_marking", responsible, version=1, marking=marking))
    refused(asking("read_labels", responsible, marking=marking), 409, "not-now")
    refused(asking("read_labels", markers[0], marking=marking), 404, "not-found")
    papers = tests.codes(markers[0], marking, asking)
    done(tests.mark(markers[0], marking, dict.fromkeys(papers, "C"), asking))
    mine, other = codes[pupil.id], next(code for code in papers if code != codes[pupil.id])
    sealed = done(asking("read_marking", markers[1], marking=marking))["rows"]
    assert not any(row["marks"] for row in sealed)
    done(tests.mark(markers[1], marking, dict.fromkeys(papers, "C") | {mine: "A", other: "B"}, asking))
    refused(asking("open_key", responsible, marking=marking), 409, "not-all-marked")
    done(tests.mark(markers[0], marking, {mine: "A"}, asking))
    third = {"markers": markers, "third": teachers[3]}
    done(asking("change_markers", responsible, third, version=2, marking=marking))
    done(tests.mark(teachers[3], marking, {other: "B"}, asking))
    rows = [result(p, B="B", C=12) for p in codes if p != pupil.id]
    early = result(pupil.id, 1, A="A")
    refused(tests.save(responsible, sitting, early, asking=asking), 409, "sealed-part", "rows.0.parts")
    done(tests.save(responsible, sitting, *rows, asking=asking))
    done(asking("open_key", responsible, marking=marking))

    shown = done(asking("read_sitting", responsible, sitting=sitting))["rows"]
    by_pupil = {row["student"]: row for row in shown}
    assert [(p["part"], p["state"], p["grade"]) for p in by_pupil[pupil.id]["parts"]] == [
        ("A", "done", "A"), ("B", "exempt", None)
    ]  # fmt: skip
    assert by_pupil[pupil.id]["testGrade"] is None
    grades = {row["testGrade"] for id, row in by_pupil.items() if id != pupil.id and id in codes}
    assert grades == {"B"}  # C, B and 12 points are 19
    (seen,) = done(asking("list_test_results", home, pupil=pupil.id))["data"]
    assert seen["parts"] == by_pupil[pupil.id]["parts"]
    assert len(done(asking("list_exemptions", home, pupil=pupil.id))["data"]) == 1
    stranger = next(
        g.guardian_id for p in world.classmates()[1:] for g in p.guardians
        if g.guardian_id not in {g.guardian_id for g in pupil.guardians}
    )  # fmt: skip
    refused(asking("list_test_results", stranger, pupil=pupil.id), 404, "not-found")

    job = done(asking("export_test_results", office, {}, unit=world.unit))["id"]
    eventually(lambda: done(asking("read_test_export", office, job=job))["state"] == "done")
    link = done(asking("link_test_export", office, job=job))
    assert link["url"].startswith("http")
    faults.quiet(own.cloud)
