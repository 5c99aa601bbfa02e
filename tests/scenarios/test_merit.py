"""A pupil of year 9 asks what the autumn's grades are enough for (process 33): nothing before they are
published, then the merit value, what is missing for a programme, and what it would take.
"""

from __future__ import annotations

from typing import Any

import pytest

from skolkit.clock import now, stamp
from skolkit.types import PersonId, new_id
from tests.support.areas import Answer
from tests.support.deployed import Deployed, eventually
from tests.support.grading import period_body
from tests.support.scenes import graded_school, refused

PROCESSES = (33,)
GRADES = {"GRGRMAT01": "F", "GRGRENG01": "C", "GRGRSVE01": "B"}


@pytest.fixture
def own(school: Deployed) -> Deployed:
    return graded_school(school, "99990355", year=9)


def ask(own: Deployed, name: str, person: PersonId, body: Any = None, **path: str) -> Answer:
    headers = {"idempotency-key": new_id()}
    return own.call("grades", name, person, path=path, body=body, headers=headers)


def grade(own: Deployed, principal: PersonId, pupil: PersonId) -> str:
    """Let the pupil get grades, an F in mathematics among them; the period."""
    opened = ask(own, "open_period", principal, period_body(), unit=own.world.unit)
    assert opened.status == 201, opened.body
    period = opened.body["id"]
    groups = eventually(lambda: ask(own, "list_progress", principal, period=period).body["data"])
    chosen = {group["subjectCode"]: group for group in groups if group["subjectCode"] in GRADES}
    assert set(chosen) == set(GRADES)
    for subject, group in chosen.items():
        where, teacher = {"period": period, "activity": group["activity"]}, group["teachers"][0]
        line = {"student": pupil, "version": 0, "value": GRADES[subject]}
        assert ask(own, "save_proposals", teacher, {"lines": [line]}, **where).status == 200
        made = ask(own, "decide_grades", teacher, {"students": [pupil]}, **where)
        assert made.status == 201, made.body
    return str(period)


def test_what_the_autumns_grades_are_enough_for(own: Deployed) -> None:
    principal, pupil = own.world.staff("principal"), own.world.classmates()[0]
    home = pupil.guardians[0].guardian_id
    period = grade(own, principal, pupil.id)

    assert ask(own, "read_merit", home, pupil=pupil.id).body["value"] == 0.0
    merit = ask(own, "read_merit", principal, pupil=pupil.id).body
    assert (merit["value"], merit["basis"]) == (32.5, "preliminary")
    said = own.call(
        "grades", "publish_grades", principal, path={"period": period}, body={"at": stamp(now())},
        headers={"if-match": '"1"'},
    )  # fmt: skip
    assert said.status == 200, said.body
    for person in (home, pupil.id):
        assert ask(own, "read_merit", person, pupil=pupil.id).body == merit

    answer = own.call(
        "grades", "read_eligibility", pupil.id, path={"pupil": pupil.id}, query={"programme": "VO"}
    )
    (care,) = answer.body["data"]
    assert care["eligible"] is False
    assert [row["subjects"] for row in care["missing"] if row["kind"] == "core"] == [["MA"]]
    question = {"programme": "VO", "meritValue": merit["value"] + 12.5}
    found = ask(own, "ask_prognosis", pupil.id, question, pupil=pupil.id).body
    assert found["reached"] is True
    assert "MA" in {row["subjectCode"] for row in found["raises"]}
    supposed = {"programme": "VO", "supposed": [{"subjectCode": "MA", "gradeValue": "E"}]}
    assert ask(own, "ask_prognosis", pupil.id, supposed, pupil=pupil.id).body["value"] == merit["value"] + 10
    refused(ask(own, "read_exam", pupil.id, pupil=pupil.id), 422, "unknown-programme")

    stranger = next(p for p in own.world.classmates() if home not in {g.guardian_id for g in p.guardians})
    for name in ("read_merit", "read_eligibility", "read_exam"):
        refused(ask(own, name, stranger.guardians[0].guardian_id, pupil=pupil.id), 404, "not-found")
    reads = own.call("access", "list_reads", home, path={"person": pupil.id}).body["data"]
    assert "read_merit" in {row["operation"] for row in reads}
