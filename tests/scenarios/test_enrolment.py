"""A pupil is enrolled at a unit by an administrator (process 3)."""

from __future__ import annotations

from typing import Any

from skolkit.types import PersonId, new_id
from tests.support import faults
from tests.support.areas import Answer
from tests.support.deployed import Deployed
from tests.support.scenes import refused, take

PROCESSES = (3,)


def enrol(school: Deployed, by: PersonId, pupil: str, *, key: str | None = None, **more: Any) -> Answer:
    body = {"unit": school.world.unit, "schoolForm": "GR", "year": 5, "startDate": "2026-08-18", **more}
    return school.call(
        "register", "enrol_pupil", by, path={"person": pupil}, body=body,
        headers={"idempotency-key": key or new_id()},
    )  # fmt: skip


def newcomer(school: Deployed) -> str:
    row = {"id": new_id(), "givenName": "Ny", "familyName": "Elev", "birthDate": "2015-05-04"}
    assert take(school.cloud, "register/persons", [row])["failed"] == 0
    return str(row["id"])


def test_an_administrator_enrols_a_pupil_once(school: Deployed) -> None:
    office, pupil, key = school.world.staff("administrator"), newcomer(school), new_id()
    first = enrol(school, office, pupil, key=key)
    assert (first.status, first.body["person"]) == (201, pupil), first.body
    again = enrol(school, office, pupil, key=key)
    assert (again.status, again.body) == (201, first.body)
    refused(enrol(school, office, pupil, key=key, year=6), 409, "key-reused", "Idempotency-Key")
    seen = school.call("register", "read_person", office, path={"person": pupil})
    assert (seen.body["unit"]["id"], seen.body["year"]) == (school.world.unit, 5)
    told = [f["data"] for f in faults.facts(school.cloud) if f["type"] == "register.PupilEnrolled.v1"]
    assert [fact["unit"] for fact in told if fact["pupil"] == pupil] == [school.world.unit]


def test_a_pupils_history_and_the_units_list(school: Deployed) -> None:
    """A new year keeps the old one, a planned enrolment can be cancelled, and the list follows."""
    office, pupil = school.world.staff("administrator"), newcomer(school)
    made = enrol(school, office, pupil).body
    path = {"person": pupil, "enrolment": made["id"]}
    change = {"year": 6, "endDate": None, "since": "2027-07-01"}

    def changed(name: str, version: int, body: Any = None, **other: str) -> Answer:
        headers = {"if-match": f'"{version}"'}
        return school.call("register", name, office, path=path | other, body=body, headers=headers)

    refused(changed("change_enrolment", made["version"] + 7, change), 412, "changed-meanwhile", "If-Match")
    split = changed("change_enrolment", made["version"], change)
    assert split.status == 200, split.body
    listed = school.call("register", "list_enrolments", office, path={"person": pupil}).body
    assert [(e["year"], e["endDate"]) for e in listed["data"]] == [(5, "2027-06-30"), (6, None)]

    def on(day: str) -> list[int]:
        query = {"date": day, "limit": "100"}
        page = school.call(
            "register", "list_unit_pupils", office, path={"unit": school.world.unit}, query=query
        )
        return [row["year"] for row in page.body["data"] if row["person"] == pupil]

    assert (on("2026-11-23"), on("2027-08-18"), on("2026-08-17")) == ([5], [6], [])
    planned = listed["data"][1]["id"]
    assert changed("cancel_enrolment", listed["version"], enrolment=planned).status == 200
    assert on("2027-08-18") == []
    refused(
        changed("cancel_enrolment", listed["version"] + 1, enrolment=planned),
        409,
        "already-cancelled",
        "enrolment",
    )
    stranger = school.world.classmates()[0].guardians[0].guardian_id
    refused(school.call("register", "list_enrolments", stranger, path={"person": pupil}), 404, "not-found")


def test_what_cannot_be_is_refused(school: Deployed) -> None:
    office, pupil = school.world.staff("administrator"), newcomer(school)
    refused(enrol(school, office, pupil, unit=new_id()), 422, "unknown-unit", "unit")
    refused(enrol(school, office, pupil, endDate="2026-08-01"), 422, "ends-before-start", "endDate")
    refused(enrol(school, office, pupil, schoolForm="XX"), 422, "invalid", "schoolForm")
    refused(enrol(school, office, pupil, year=11), 422, "invalid", "year")
    refused(enrol(school, office, pupil, schoolForm="GY", year=1), 422, "study-path-missing", "educationCode")
    refused(enrol(school, office, pupil, schoolForm="VUX"), 422, "year-not-of-form", "year")
    refused(enrol(school, office, pupil, startDate="2015-05-03"), 422, "before-birth", "startDate")
    refused(enrol(school, office, pupil, key="short"), 400, "key-missing", "Idempotency-Key")
    refused(enrol(school, office, new_id()), 404, "not-found")
    assert enrol(school, office, pupil, endDate="2026-12-31").status == 201
    refused(enrol(school, office, pupil, startDate="2026-12-31"), 409, "already-enrolled", "startDate")
    assert enrol(school, office, pupil, startDate="2027-01-01").status == 201
    after_school = enrol(school, office, pupil, schoolForm="FTH", year=None)  # beside it
    assert after_school.status == 201


def test_nobody_else_enrols(school: Deployed) -> None:
    pupil = newcomer(school)
    guardian = school.world.classmates()[0].guardians[0].guardian_id
    for person in (guardian, school.world.klass.mentor_ids[0], school.world.staff("principal")):
        refused(enrol(school, person, pupil), 404, "not-found")
