"""People and their guardians over HTTP (process 2): contact details changed by oneself, and files of people
with every fault a real file has.
"""

from __future__ import annotations

from typing import Any

import pytest

from skolkit.types import new_id
from tests.support.deployed import Deployed
from tests.support.scenes import faults, little_school, refused, stored, take

PROCESSES = (2,)
FOLDER = "register/persons"


@pytest.fixture
def own(school: Deployed) -> Deployed:
    return little_school(school, "99990025")


def contacts(own: Deployed, person: str, by: str | None = None, **change: Any) -> Any:
    """Read someone's contact details, or change one's own over the version in `etag`."""
    etag = change.pop("etag", None)
    return own.call(
        "register", "change_contacts" if change else "read_contacts", by or person, path={"person": person},  # type: ignore[arg-type]
        body=change or None, headers={"if-match": etag} if etag else None,
    )  # fmt: skip


def pupil_row(unit: str, *guardians: str) -> dict[str, Any]:
    return {
        "id": new_id(), "givenName": "Prov", "familyName": "Elev", "birthDate": "2016-05-04",
        "enrolments": [{"enroledAt": unit, "schoolType": "GR", "schoolYear": 4, "startDate": "2026-08-18"}],
        "responsibles": [{"person": guardian, "relationType": "Vårdnadshavare"} for guardian in guardians],
    }  # fmt: skip


def test_a_guardian_keeps_contact_details(own: Deployed) -> None:
    pupil = own.world.classmates()[0]
    guardian, other = (g.guardian_id for g in pupil.guardians)
    read = contacts(own, guardian)
    assert (read.status, read.body["withheld"]) == (200, False)
    etag = read.headers["etag"]

    changed = contacts(own, guardian, email="ny.adress@example.org", phone="070-174 06 05", etag=etag)
    assert (changed.status, changed.body["phone"]) == (200, "+46701740605"), changed.body
    assert contacts(own, guardian).body == changed.body

    refused(contacts(own, guardian, email="x@example.org", etag=etag), 412, "changed-meanwhile")
    refused(contacts(own, guardian, email="x@example.org"), 428, "version-required", "If-Match")
    etag = changed.headers["etag"]
    refused(contacts(own, guardian, email="not a mail address", etag=etag), 422, "invalid", "email")
    refused(contacts(own, guardian, phone="ring mig", etag=etag), 422, "invalid", "phone")
    refused(contacts(own, guardian, address="Storgatan 1", etag=etag), 422, "invalid", "address")
    assert contacts(own, guardian).body == changed.body

    refused(contacts(own, guardian, by=other), 404, "not-found")
    refused(contacts(own, guardian, by=other, email="x@example.org", etag=etag), 404, "not-found")
    refused(contacts(own, pupil.id, by=guardian), 404, "not-found")


def test_a_file_with_broken_rows_is_taken_past_them(own: Deployed) -> None:
    """Lines 2–7 are faulty in a way each; lines 1 and 8 are a guardian and a child, who are there
    afterwards.
    """
    unit, guardian = str(own.world.population.unit.code), new_id()
    adult = {"id": guardian, "givenName": "Prov", "familyName": "Förälder", "birthDate": "1985-02-03"}
    good, wrong = pupil_row(unit, guardian), "199001019999"
    rows: list[object] = [
        adult,
        '{"id": "',
        pupil_row(unit) | {"civicNo": wrong},
        pupil_row("99990090"),
        pupil_row(unit) | {"securityMarkning": "Sekretessmarkering"},
        pupil_row(unit) | {"birthDate": "2016-02-30"},
        adult | {"id": new_id(), "birthDate": None},
        good,
    ]
    report = take(own.cloud, FOLDER, rows)
    assert (report["rows"], report["failed"]) == (8, 6)
    assert faults(report) == [
        (2, ""), (3, "civicNo"), (4, "enrolments.0.enroledAt"), (5, "securityMarkning"), (6, "birthDate"),
        (7, ""),
    ]  # fmt: skip
    assert wrong not in str(report)

    children = own.call("register", "list_my_children", guardian)  # type: ignore[arg-type]
    assert [child["id"] for child in children.body["data"]] == [good["id"]]
    office = own.world.staff("administrator")
    seen = own.call("register", "read_person", office, path={"person": good["id"]})
    assert (seen.status, seen.body["unit"]["id"], seen.body["year"]) == (200, own.world.unit, 4), seen.body


def test_the_same_file_again_changes_nothing(own: Deployed) -> None:
    unit, guardian = str(own.world.population.unit.code), own.world.classmates()[1].guardians[0].guardian_id
    rows = [pupil_row(unit, guardian), pupil_row(unit, guardian)]
    assert take(own.cloud, FOLDER, rows)["failed"] == 0
    before = stored(own.cloud, "register")
    assert take(own.cloud, FOLDER, rows)["failed"] == 0
    assert stored(own.cloud, "register") == before


def test_a_file_in_latin_1_is_refused_whole(own: Deployed) -> None:
    before = stored(own.cloud, "register")
    text = '{"id": "%s", "givenName": "%s", "familyName": "Prov", "birthDate": "1985-02-03"}\n'
    content = text % (new_id(), "Bo") + text % (new_id(), "Åsa")
    report = take(own.cloud, FOLDER, content.encode("latin-1"))
    assert (report["failed"], faults(report)) == (1, [(2, "")])
    assert "UTF-8" in report["faults"][0]["advice"]
    assert stored(own.cloud, "register") == before


def test_protected_contact_details_are_withheld(own: Deployed) -> None:
    """Whoever's identity is protected is shown to nobody, not even to themselves, by this way."""
    unit = str(own.world.population.unit.code)
    adult = {
        "id": new_id(), "givenName": "Prov", "familyName": "Skyddad", "birthDate": "1985-02-03",
        "email": "hemlig@example.org", "securityMarking": "Sekretessmarkering",
    }  # fmt: skip
    assert take(own.cloud, FOLDER, [adult, pupil_row(unit, adult["id"])])["failed"] == 0
    read = contacts(own, adult["id"])
    assert (read.body["withheld"], read.body["email"]) == (True, None)
    assert "hemlig@example.org" not in str(stored(own.cloud, "register"))
