"""Offering, timplan, study plans and electives (process 14): a language choice becomes groups and study plans
by the bus.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from skolkit.clock import now, stamp
from skolkit.types import PersonId, new_id, stable_id
from tests.support.areas import Answer
from tests.support.asks import elective_round
from tests.support.deployed import Deployed, eventually
from tests.support.scenes import faults, little_school, refused, take

PROCESSES = (14,)


@pytest.fixture
def own(school: Deployed) -> Deployed:
    return little_school(school, "99990041")


def send(own: Deployed, name: str, by: PersonId, body: Any = None, version: int = 0, **path: str) -> Answer:
    headers = {"idempotency-key": new_id(), "if-match": f'"{version}"'}
    return own.call(
        "organisation", name, by, path={"unit": own.world.unit, **path}, body=body, headers=headers
    )


def finished(own: Deployed, by: PersonId, asked: Answer, round: str) -> dict[str, Any]:
    """The job when it has ended."""
    assert asked.status == 202, asked.body

    def ended() -> dict[str, Any] | None:
        job = send(own, "read_round_job", by, round=round, job=asked.body["id"])
        return job.body if job.body["ended"] else None

    found = eventually(ended)
    assert found
    return found


def test_a_language_choice(own: Deployed) -> None:
    head, pupils = own.world.staff("principal"), own.world.classmates()[:3]
    subject = {
        "code": "GRGRMSP01", "name": "Moderna språk", "typeOfSyllabus": "SUBJECT_SYLLABUS", "version": 1,
        "startDate": "2022-07-01", "schoolTypes": ["GR"], "courses": [],
    }  # fmt: skip
    broken = subject | {"startDate": "i fjol"}
    report = take(own.cloud, "organisation/syllabuses", [{"subject": subject}, {"subject": broken}])
    assert faults(report) == [(2, "subject.startDate")]
    listed = own.call(
        "organisation", "list_syllabuses", pupils[0].id, query={"schoolForm": "GR", "subject": "GRGRMSP01"}
    )
    syllabus = listed.body["data"][0]["id"]
    offered = {"schoolYear": "2027/28", "offeredSyllabuses": [syllabus]}
    assert send(own, "put_offering", head, offered).status == 200

    options = [
        {"id": "deu", "name": "Tyska", "capacity": 1, "syllabus": syllabus},
        {"id": "fra", "name": "Franska", "capacity": 9, "syllabus": syllabus},
    ]
    body = elective_round(options=options)
    round = send(own, "open_round", head, body).body["id"]
    for pupil in pupils:
        wish = {"options": ["deu", "fra"]}
        by = pupil.guardians[0].guardian_id
        assert send(own, "put_wishes", by, wish, round=round, pupil=pupil.id).status == 200
        refused(send(own, "put_wishes", PersonId(head), wish, round=round, pupil=pupil.id), 404, "not-found")
    refused(send(own, "preview_round", head, round=round), 409, "round-still-open")
    closed = body | {"closes": stamp(now() - timedelta(seconds=1))}
    assert send(own, "change_round", head, closed, version=1, round=round).status == 200
    preview = finished(own, head, send(own, "preview_round", head, round=round), round)
    assert preview["outcome"] == {"pupils": 3, "without": 0, "ranks": {"1": 1, "2": 2}, "closed": []}
    office = own.world.staff("administrator")
    refused(send(own, "decide_round", office, round=round), 404, "not-found")
    assert finished(own, head, send(own, "decide_round", head, round=round), round)["state"] == "done"

    german = stable_id("elective", round, "deu")
    group = own.call("organisation", "read_group", head, path={"group": german})
    assert (group.status, group.body["name"]) == (200, "Tyska")
    for pupil in pupils:
        found = send(own, "read_wishes", pupil.id, round=round, pupil=pupil.id).body["result"]
        assert len(found["granted"]) == 1
        plan = own.call("organisation", "read_study_plan", pupil.id, path={"pupil": pupil.id})
        assert [row["syllabus"] for row in plan.body["content"]] == [syllabus]


def test_hours_of_a_unit(own: Deployed) -> None:
    head, reader = own.world.staff("principal"), own.world.classmates()[0].id
    plan = own.call("organisation", "read_timplan", reader).body
    assert (plan["total"], sum(s["lag"] + s["mellan"] + s["hog"] for s in plan["subjects"])) == (6890, 6890)
    rows = [
        {"subject": s["subject"], "year": y, "hours": s["mellan"] // 3 + (y == 6) * (s["mellan"] % 3)}
        for s in plan["subjects"]
        for y in (4, 5, 6)
    ]
    body = {"schoolYear": "2026/27", "timplan": plan["id"], "rows": rows}
    decided = send(own, "decide_distribution", head, body)
    assert (decided.status, decided.body["warnings"]) == (200, [])
    maths = [r | {"hours": 100} if r["subject"] == "GRGRMAT01" else r for r in rows]
    warned = send(own, "decide_distribution", head, body | {"rows": maths}, version=1).body["warnings"]
    assert {w["rule"] for w in warned} == {"stage-total", "fixed-subject"}
    refused(send(own, "decide_distribution", head, body, version=1), 412, "changed-meanwhile")
