"""A pupil and a guardian become protected at ten (process 2): at one minute past nothing shows them to
anybody without a task for them, not even what was stored and shown before.
"""

from __future__ import annotations

from typing import Any

import pytest

from skolkit.types import PersonId, new_id
from tests.support.areas import Answer
from tests.support.deployed import Deployed, eventually
from tests.support.scenes import little_school, refused, stored
from tests.support.world import Lesson

PROCESSES = (2,)
HOME = {"streetAddress": "Utropsgatan 10", "postalCode": "100 00", "locality": "Ekhamra"}
REACH = {
    "emails": [{"value": "utropet@example.org"}], "phoneNumbers": [{"value": "+4684650044"}],
    "addresses": [HOME],
}  # fmt: skip
SECRETS = ("Utropsgatan", "utropet@", "84650044")


@pytest.fixture(scope="module")
def own(school: Deployed) -> Deployed:
    return little_school(school, "99990058")


def put(own: Deployed, name: str, by: PersonId, person: str, body: Any) -> Answer:
    """Change something over the version that is there now."""
    record = own.call("register", "read_record", by, path={"person": person})
    etag = record.headers["etag"]
    return own.call("register", name, by, path={"person": person}, body=body, headers={"if-match": etag})


def shown(own: Deployed, lesson: Lesson, person: str) -> dict[str, bool]:
    """Where the municipality's administrator, and the mentor, can read something about the person."""
    registrar, mentor = own.world.staff("administrator"), own.world.klass.mentor_ids[0]
    named = {"group": own.world.klass.id}
    rows = {
        "class list": own.call("organisation", "read_group", registrar, path=named).body["members"],
        "lesson": own.call("attendance", "open_lesson", registrar, path={"lesson": lesson.id}).body["rows"],
    }
    views = {
        place: any(person in (row.get("person"), row.get("pupil")) and row["givenName"] for row in found)
        for place, found in rows.items()
    }
    for place, by, area, name in (
        ("card", registrar, "register", "read_person"),
        ("record", registrar, "register", "read_record"),
        ("contacts", mentor, "register", "read_contacts"),
        ("absences", registrar, "attendance", "list_absences"),
    ):
        key = "pupil" if area == "attendance" else "person"
        views[place] = own.call(area, name, by, path={key: person}).status == 200
    searched = own.call(
        "register", "search_people", registrar, body={"group": own.world.klass.id, "limit": 50}
    )
    views["search"] = any(row["person"] == person for row in searched.body["data"])
    return views


def test_protected_at_ten_and_gone_at_one_minute_past(own: Deployed) -> None:
    registrar = own.world.staff("administrator")
    pupil, lesson = own.world.classmates()[4], own.lessons_now(1)[0]
    assert put(own, "change_reach", registrar, pupil.id, REACH).status == 200
    before = shown(own, lesson, pupil.id)
    assert all(before.values()), before

    body = {"securityMarking": "Sekretessmarkering", "basis": "populationRegister"}
    protected = put(own, "protect_person", registrar, pupil.id, body)
    assert protected.status == 200, protected.body

    after = shown(own, lesson, pupil.id)
    assert not any(after.values()), after
    everything = str([stored(own.cloud, area) for area in ("register", "attendance", "messages", "audit")])
    assert not [secret for secret in SECRETS if secret in everything]
    principal, headers = own.world.staff("principal"), {"idempotency-key": new_id()}
    glass = own.call(
        "register", "break_glass", principal, path={"person": pupil.id}, body={"reason": "injury"},
        headers=headers,
    )  # fmt: skip
    assert glass.status == 201, glass.body
    opened = own.call("register", "open_contacts", principal, path={"person": pupil.id})
    assert opened.body["addresses"][0]["streetAddress"] == "Utropsgatan 10"
    refused(
        own.call("register", "open_contacts", registrar, path={"person": pupil.id}), 403, "glass-is-whole"
    )


def test_a_guardian_who_becomes_protected_gets_no_notice_to_a_known_address(own: Deployed) -> None:
    registrar, pupil = own.world.staff("administrator"), own.world.classmates()[5]
    guardian = pupil.guardians[0].guardian_id
    assert put(own, "change_reach", registrar, guardian, REACH).status == 200
    body = {"securityMarking": "Skyddad folkbokföring", "basis": "taxAgencyDecision"}
    assert put(own, "protect_person", registrar, guardian, body).status == 200
    lesson = own.lessons_now(1)[0]
    teacher, path = lesson.teachers[0], {"lesson": lesson.id}
    opened = own.call("attendance", "open_lesson", teacher, path=path)
    minutes = opened.body["minutes"]
    rows = [
        {"pupil": r["pupil"], "attendanceMinutes": 0, "invalidAbsenceMinutes": minutes}
        if r["pupil"] == pupil.id
        else {"pupil": r["pupil"], "attendanceMinutes": minutes}
        for r in opened.body["rows"]
    ]
    saved = own.call(
        "attendance", "save_lesson", teacher, path=path, body={"rows": rows},
        headers={"if-match": opened.headers["etag"]},
    )  # fmt: skip
    assert saved.status == 200, saved.body
    mentor = own.world.klass.mentor_ids[0]

    def log() -> Any:
        return own.call("messages", "list_deliveries", mentor, path={"pupil": pupil.id}).body["data"]

    deliveries = eventually(lambda: [d for d in log() if d["recipient"] == guardian])
    assert not any(secret in str(deliveries) for secret in SECRETS)
