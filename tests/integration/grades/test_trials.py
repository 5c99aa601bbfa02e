"""Trials (process 33): who may apply, what it costs, who examines, and a grade that never lowers what
stands.
"""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from functions.grades.store import orders
from functions.organisation.domain.staffing import Certification, Qualification
from functions.organisation.domain.syllabuses import Syllabus, SyllabusId
from functions.organisation.store import duties, syllabuses, units
from infra.local.cloud import Cloud
from infra.local.population import NewPupil
from skolkit.clock import today
from skolkit.sweden.codes import SchoolForm
from skolkit.table import commit
from skolkit.types import PersonId, new_id
from tests.integration.grades.test_grading import refused
from tests.support.areas import Answer, acting_as, audit_rows, call, outbox
from tests.support.asks import new_key, over
from tests.support.grade_cases import publish
from tests.support.grading import Graded, certify
from tests.support.world import drop

SUPPORT = "Når ännu inte kraven i algebra; stöd har getts två timmar i veckan."


@pytest.fixture
def pupil(school: Graded) -> NewPupil:
    return next(p for p in school.pupils if len(p.guardians) == 2 and p.protection is None)


def apply(school: Graded, person: str, by: str, **more: Any) -> Answer:
    body = {"organisation": school.world.unit, "schoolForm": "GR", "subjectCode": "MA", **more}
    return call("grades", "apply_for_trial", by, path={"pupil": person}, body=body, headers=new_key())


def about(name: str, trial: dict[str, Any], by: str, body: Any = None, **more: Any) -> Answer:
    path = {"pupil": trial["student"], "trial": trial["id"]}
    return call("grades", name, by, path=path, body=body, headers=more.pop("headers", new_key()), **more)


def admit(school: Graded, trial: dict[str, Any], by: str = "", **more: Any) -> Answer:
    body = {"outcome": "admitted", "examiner": school.teachers[0], "day": today().isoformat(), **more}
    return about("handle_trial", trial, by or school.principal, body)


def stands(school: Graded, person: str) -> list[str]:
    found = call("grades", "list_grades", school.principal, path={"pupil": person}).body["data"]
    return [row["gradeValue"] for row in found]


def test_a_trial_from_application_to_grade(school: Graded, pupil: NewPupil) -> None:
    home, examiner = pupil.guardians[0].guardian_id, school.teachers[0]
    asked = apply(school, pupil.id, home)
    assert (asked.status, asked.body["state"], asked.body["subjectName"]) == (201, "applied", "Matematik")
    refused(apply(school, pupil.id, pupil.id), 409, "trial-open")
    unit = {"unit": school.world.unit}
    (row,) = call("grades", "list_unit_trials", school.principal, path=unit).body["data"]
    assert (row["id"], row["givenName"]) == (asked.body["id"], pupil.given_name)
    done = admit(school, asked.body)
    assert (done.status, done.body["state"], done.body["fee"]) == (201, "admitted", 0), done.body
    (task,) = call("grades", "list_grade_tasks", examiner).body["data"]
    assert (task["kind"], task["id"], task["student"]) == ("trial", asked.body["id"], pupil.id)
    stale = {"auth_time": str(int(time.time()) - 3600)}
    refused(about("grade_trial", asked.body, examiner, {"value": "C"}, claimed=stale), 401, "stale-sign-in")
    key = new_key()
    graded, again = (
        about("grade_trial", asked.body, examiner, {"value": "C"}, headers=key) for _ in range(2)
    )
    assert (graded.status, graded.body["state"], again.body) == (201, "graded", graded.body), graded.body
    assert call("grades", "list_grade_tasks", examiner).body["data"] == []
    assert call("grades", "list_unit_trials", school.principal, path=unit).body["data"] == []
    (entry,) = call("grades", "list_catalogue", home, path={"pupil": pupil.id}).body["data"]
    assert (entry["id"], entry["kind"], entry["trial"], entry["finalGrade"]) == (
        graded.body["entry"], "trial", True, True,
    )  # fmt: skip
    assert (entry["decidedBy"], entry["gradeValue"]) == ([examiner], "C")
    with acting_as("grades"):
        (order,) = orders.orders_of_pupil(PersonId(pupil.id))
    assert (order.entries, order.period) == (((pupil.id, 1),), "")
    assert [(s.signer.person, s.entries) for s in order.signings] == [(examiner, order.entries)]
    facts = [f for f in outbox("grades") if f["type"] == "grades.PupilGradeDecided.v1"]
    assert [f["data"]["order"] for f in facts] == [order.id]
    chain = call("grades", "read_chain", home, path={"pupil": pupil.id, "entry": entry["id"]}).body
    assert [s["order"] for s in chain["signatures"]] == [order.id]
    (listed,) = call("grades", "list_trials", home, path={"pupil": pupil.id}).body["data"]
    assert listed["entry"] == entry["id"]
    assert [r["action"] for r in audit_rows(pupil.id) if "trial" in r["action"]] == [
        "apply_for_trial", "handle_trial", "grade_trial", "list_trials",
    ]  # fmt: skip


@pytest.mark.parametrize(("value", "after"), [("D", "B"), ("F", "B"), ("B", "B"), ("A", "A")])
def test_a_trial_never_lowers_what_stands(school: Graded, pupil: NewPupil, value: str, after: str) -> None:
    assert school.set(school.teachers[0], {pupil.id: "B"}).status == 201
    publish(school)
    trial = apply(school, pupil.id, pupil.guardians[0].guardian_id).body
    assert admit(school, trial).status == 201
    done = about("grade_trial", trial, school.teachers[0], {"value": value, "support": SUPPORT})
    assert done.status == 201, done.body
    assert stands(school, pupil.id) == [after]
    path = {"pupil": pupil.id}
    assert len(call("grades", "list_catalogue", school.principal, path=path).body["data"]) == 2


def test_who_may_what_with_a_trial(school: Graded, pupil: NewPupil) -> None:
    mate = next(
        p for p in school.pupils
        if p.guardians and not {g.guardian_id for g in p.guardians} & {g.guardian_id for g in pupil.guardians}
    )  # fmt: skip
    teacher, other = school.teachers[0], school.teachers[-1]
    for by in (mate.id, mate.guardians[0].guardian_id, teacher):
        refused(apply(school, pupil.id, by), 404, "not-found")
    trial = apply(school, pupil.id, school.principal).body  # the office enters what came on paper
    for by in (pupil.id, pupil.guardians[0].guardian_id, teacher, mate.id):
        refused(admit(school, trial, by), 404, "not-found")
    assert admit(school, trial).status == 201
    for by in (other, school.principal, pupil.id):
        refused(about("grade_trial", trial, by, {"value": "A"}), 404, "not-found")
    for by in (other, mate.id):
        refused(call("grades", "list_trials", by, path={"pupil": pupil.id}), 404, "not-found")
    refused(
        about("grade_trial", {**trial, "student": mate.id}, teacher, {"value": "A"}), 404, "not-found"
    )  # fmt: skip
    unit = {"unit": school.world.unit}
    assert call("grades", "list_unit_trials", teacher, path=unit).status == 404
    assert call("grades", "list_trials", teacher, path={"pupil": pupil.id}).status == 200


def test_what_is_no_trial_is_refused(school: Graded, pupil: NewPupil) -> None:
    home = pupil.guardians[0].guardian_id
    refused(apply(school, pupil.id, home, subjectCode="XX"), 422, "unknown-subject")
    refused(apply(school, pupil.id, home, subjectCode=None, syllabus=new_id()), 422, "unknown-subject")
    refused(apply(school, pupil.id, home, subjectCode="M"), 422, "language-missing")
    refused(apply(school, pupil.id, home, schoolForm="GY"), 422, "no-trial")
    refused(apply(school, pupil.id, home, schoolForm="GRAN"), 422, "no-trial")
    trial = apply(school, pupil.id, home).body
    examiner = school.teachers[1]  # certified, not qualified
    refused(admit(school, trial, examiner=examiner), 422, "not-to-examine")
    certify(examiner, "MA", certified=False)
    refused(admit(school, trial, examiner=examiner), 422, "not-to-examine")
    refused(admit(school, trial, examiner=home), 422, "not-to-examine")
    refused(admit(school, trial, examiner=None), 422, "admission-incomplete")
    refused(admit(school, trial, day=None), 422, "admission-incomplete")
    refused(admit(school, trial, outcome="refused"), 422, "admission-incomplete")
    refused(admit(school, trial, day=str(today() - timedelta(days=1))), 422, "day-has-been")
    refused(admit(school, trial, fee=1), 422, "fee-too-high")
    coming = str(today() + timedelta(days=3))
    assert admit(school, trial, day=coming).status == 201
    refused(about("grade_trial", trial, school.teachers[0], {"value": "A"}), 409, "not-now")
    assert admit(school, trial).status == 201  # another day
    for value in ("-", "G", "1"):
        refused(about("grade_trial", trial, school.teachers[0], {"value": value}), 422, "illegal-value")
    refused(about("grade_trial", trial, school.teachers[0], {"value": "F"}), 422, "support-missing")
    gone = about("grade_trial", trial, school.teachers[0], {"value": None})
    assert (gone.status, gone.body["state"]) == (201, "notTaken")
    refused(admit(school, trial), 409, "not-now")
    assert stands(school, pupil.id) == []


def test_an_application_is_taken_back_or_refused(school: Graded, pupil: NewPupil) -> None:
    home = pupil.guardians[0].guardian_id
    trial = apply(school, pupil.id, home).body
    refused(about("withdraw_trial", trial, home, headers=over(2)), 412, "changed-meanwhile")
    assert about("withdraw_trial", trial, home, headers=over(1)).status == 204
    refused(about("withdraw_trial", trial, home, headers=over(2)), 409, "not-now")
    again = apply(school, pupil.id, home).body
    done = admit(school, again, outcome="refused", motivation="Ämnet läses inte vid skolan.")
    assert (done.status, done.body["state"]) == (201, "refused")
    states = [t["state"] for t in call("grades", "list_trials", home, path={"pupil": pupil.id}).body["data"]]
    assert states == ["refused", "withdrawn"]


def test_in_upper_secondary_school_outsiders_pay_and_pupils_have_no_pass(
    school: Graded, pupil: NewPupil, cloud: Cloud
) -> None:
    course, adult, examiner = SyllabusId(new_id()), pupil.guardians[0].guardian_id, school.teachers[0]
    held = Certification(certified=True, qualifications=(Qualification("MAT", SchoolForm.UPPER_SECONDARY),))
    with acting_as("organisation"):
        commit(
            syllabuses.syllabus_item(
                Syllabus(
                    id=course, school_form=SchoolForm.UPPER_SECONDARY, subject_name="Matematik",
                    subject_code="MAT", course_code="MATMAT01a", course_name="Matematik 1a", points=100,
                    valid_from=today() - timedelta(days=400),
                )
            ),
            duties.certification_item(examiner, held).over(duties.find_certification(examiner).version),
        )  # fmt: skip
    _with_upper_secondary(school)
    level: dict[str, Any] = {"schoolForm": "GY", "subjectCode": None, "syllabus": course}
    asked = apply(school, adult, adult, **level)  # no pupil at all
    assert asked.status == 201, asked.body
    refused(admit(school, asked.body, fee=501), 422, "fee-too-high")
    assert admit(school, asked.body, fee=500).body["fee"] == 500
    done = about("grade_trial", asked.body, examiner, {"value": "F", "support": SUPPORT})
    assert done.status == 201, done.body
    again = apply(school, adult, adult, **level)
    refused(admit(school, again.body, fee=1), 422, "fee-too-high")  # free for who has an F
    rows = [
        {
            "sourceSystem": "Gamla", "sourceId": "1", "student": pupil.id, "unit": "99990017",
            "schoolForm": "GY", "subjectCode": "MATMAT01a", "subjectName": "Matematik 1a", "points": 100,
            "gradeValue": "E", "registeredDate": str(today() - timedelta(days=100)), "finalGrade": True,
        }
    ]  # fmt: skip
    assert drop(cloud, "grades/history/gy.jsonl", rows)["failed"] == 0
    other = apply(school, pupil.id, adult, **level)
    assert other.status == 201, other.body  # a pupil of another form may be tried for more


def _with_upper_secondary(school: Graded) -> None:
    """Let the school have upper secondary education, too."""
    with acting_as("organisation"):
        known = units.find_unit(school.world.unit)
        assert known
        forms = (*known.school_forms, SchoolForm.UPPER_SECONDARY)
        commit(*units.unit_writes(known, replace(known, school_forms=forms)))
