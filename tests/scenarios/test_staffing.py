"""Staff assignment (process 15): a principal employs a teacher, plans the class's mathematics, is warned
until the teacher's certification is recorded, and sees the workload; the teacher sees it too.
"""

from __future__ import annotations

from typing import Any

from skolkit.clock import today
from skolkit.sweden.calendar import SchoolYear
from skolkit.types import PersonId, new_id
from tests.support.areas import Answer
from tests.support.deployed import Deployed
from tests.support.scenes import refused

PROCESSES = (15,)
YEAR = SchoolYear.of(today())


def ask(
    school: Deployed, name: str, person: PersonId, body: Any = None, version: int | None = None, **path: str
) -> Answer:
    """Ask about the school's own unit; a change says which version, what is new has a key."""
    headers = {"idempotency-key": new_id()} if version is None else {"if-match": f'"{version}"'}
    path = {"unit": school.world.unit} | path
    query = {"limit": "100"} if name.startswith("list_") else {}
    return school.call("organisation", name, person, path=path, body=body, headers=headers, query=query)


def test_a_teacher_is_assigned_and_qualified(school: Deployed) -> None:
    principal, teacher = school.world.staff("principal"), school.world.staff("teacher")
    duties = ask(school, "list_duties", principal).body["data"]
    assert {duty["dutyRole"] for duty in duties if duty["person"] == teacher} == {"Lärare"}
    new = {"person": teacher, "dutyRole": "Lärare", "startDate": str(YEAR.start), "dutyPercent": 50}
    made = ask(school, "create_duty", principal, new)
    assert made.status == 201, made.body
    duty = made.body["id"]
    refused(ask(school, "create_duty", principal, new | {"dutyRole": "Rektor"}), 404, "not-found")

    planned = {
        "displayName": "Matematik", "activityType": "Undervisning", "startDate": str(YEAR.start),
        "endDate": str(YEAR.end), "groups": [school.world.klass.id], "subject": "MA", "schoolForm": "GR",
        "teachers": [{"duty": duty, "minutesPlanned": 6000, "grader": True}],
    }  # fmt: skip
    activity = ask(school, "create_activity", principal, planned)
    assert activity.status == 201, activity.body

    def warned() -> set[str]:
        found = ask(school, "list_staffing_warnings", principal).body["data"]
        return {warning["kind"] for warning in found if warning["activity"] == activity.body["id"]}

    assert warned() == {"notCertified", "noQualifiedTeacher"}
    held = {
        "certified": True, "since": "2015-06-01", "qualifications": [{"subject": "MA", "schoolForm": "GR"}],
    }  # fmt: skip
    assert ask(school, "change_certification", principal, held, 0, employee=teacher).status == 200
    assert warned() == set()

    loads = {row["duty"]: row for row in ask(school, "list_workload", principal).body["data"]}
    assert (loads[duty]["minutesHeld"], loads[duty]["minutesPlanned"]) == (680 * 60, 6000)
    mine = school.call("organisation", "read_my_staffing", teacher).body
    assert (mine["certification"]["certified"], [part["displayName"] for part in mine["activities"]]) == (
        True,
        ["Matematik"],
    )
    refused(ask(school, "list_workload", teacher), 404, "not-found")

    ended = ask(school, "change_duty", principal, {"endDate": str(YEAR.start)}, 1, duty=duty)
    assert ended.status == 200, ended.body
    assert warned() == {"dutyEnded"}
