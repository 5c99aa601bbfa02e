"""A child is registered in the municipality and at no school (process 9): the night finds it, an officer
works on it, an enrolment ends it.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from skolkit.clock import today
from skolkit.types import PersonId, new_id
from tests.support.deployed import Deployed, eventually
from tests.support.population import number, record
from tests.support.scenes import refused, take

PROCESSES = (9,)


def officer(school: Deployed, role: str) -> PersonId:
    person = PersonId(new_id())
    card = {"id": person, "givenName": "Prov", "familyName": "Handläggare", "birthDate": "1980-01-31"}
    assert take(school.cloud, "register/persons", [card])["failed"] == 0
    duty = {"person": person, "role": role, "unit": None, "startDate": "2020-08-01"}
    assert take(school.cloud, "organisation/duties", [duty])["failed"] == 0
    return person


def test_a_child_at_no_school_is_found_followed_and_enrolled(school: Deployed) -> None:
    watcher, other = officer(school, "attendance_officer"), officer(school, "activity_officer")
    office, query = school.world.staff("administrator"), {"watch": "schoolAttendance"}
    born = date(today().year - 9, 3, 4)
    assert take(school.cloud, "register/population", [record(number(born, 14))])["failed"] == 0

    def found() -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = school.call("register", "list_watch_cases", watcher, query=query).body[
            "data"
        ]
        return [row for row in rows if row["reason"] == "neverEnrolled"]

    def night() -> list[dict[str, Any]]:
        school.invoke("register", "watch_residents")
        return found()

    (case, *_) = eventually(night)
    refused(school.call("register", "list_watch_cases", other, query=query), 404, "not-found")
    refused(school.call("register", "list_watch_cases", office, query=query), 404, "not-found")
    path = {"case": case["id"]}
    given = school.call(
        "register", "assign_watch_case", watcher, path=path, body={"handler": watcher},
        headers={"if-match": '"1"'},
    )  # fmt: skip
    assert given.status == 200, given.body
    note = {"kind": "contact", "code": "letter", "startDate": today().isoformat()}
    sent = school.call(
        "register", "add_watch_event", watcher, path=path, body=note, headers={"idempotency-key": new_id()}
    )
    assert sent.status == 201, sent.body
    read = school.call("register", "read_watch_case", watcher, path=path).body
    assert [event["code"] for event in read["events"]] == ["letter"]
    body = {"unit": school.world.unit, "schoolForm": "GR", "year": 3, "startDate": today().isoformat()}
    enrolled = school.call(
        "register", "enrol_pupil", office, path={"person": case["person"]}, body=body,
        headers={"idempotency-key": new_id()},
    )  # fmt: skip
    assert enrolled.status == 201, enrolled.body
    eventually(lambda: case["id"] not in {row["id"] for row in found()})
    closed = school.call("register", "read_watch_case", watcher, path=path).body
    assert closed["closeReason"] == "enrolled"
