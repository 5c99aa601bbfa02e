"""Finding people over HTTP (process 2): the index follows what is entered, renamed and protected by the
table's own stream.
"""

from __future__ import annotations

from typing import Any

import pytest

from skolkit.types import PersonId, new_id
from tests.support.areas import Answer
from tests.support.deployed import Deployed, eventually
from tests.support.scenes import client, little_school, refused

PROCESSES = (2,)
CARD = {"givenName": "Örjana", "familyName": "Provåkerström", "birthDate": "2016-05-04"}


@pytest.fixture(scope="module")
def own(school: Deployed) -> Deployed:
    return little_school(school, "99990066")


def search(own: Deployed, by: PersonId, **wanted: Any) -> Answer:
    return own.call("register", "search_people", by, body=wanted)


def found(own: Deployed, **wanted: Any) -> list[str]:
    """Ids of the municipality's administrator's first page."""
    answer = search(own, own.world.staff("administrator"), **wanted)
    assert answer.status == 200, answer.body
    return [person["person"] for person in answer.body["data"]]


def put(own: Deployed, name: str, person: str, body: Any) -> Answer:
    """Change something over the version that is there now."""
    by = own.world.staff("administrator")
    etag = own.call("register", "read_record", by, path={"person": person}).headers["etag"]
    return own.call("register", name, by, path={"person": person}, body=body, headers={"if-match": etag})


def test_entered_found_renamed_and_protected(own: Deployed) -> None:
    by = own.world.staff("administrator")
    made = own.call("register", "add_person", by, body=CARD, headers={"idempotency-key": new_id()})
    assert made.status == 201, made.body
    person = made.body["id"]
    assert eventually(lambda: found(own, name="orjana provaker")) == [person]
    assert found(own, name="ÖRJ Provåker") == [person]

    enrolment = {"unit": own.world.unit, "schoolForm": "GR", "year": 4, "startDate": "2026-08-18"}
    enrolled = own.call(
        "register", "enrol_pupil", by, path={"person": person}, body=enrolment,
        headers={"idempotency-key": new_id()},
    )  # fmt: skip
    assert enrolled.status == 201, enrolled.body
    assert eventually(lambda: found(own, unit=own.world.unit, name="Örjana")) == [person]

    renamed = put(own, "change_person", person, CARD | {"familyName": "Nyprovsson"})
    assert renamed.status == 200, renamed.body
    assert eventually(lambda: found(own, name="nyprovsson")) == [person]
    assert found(own, name="Provåkerström") == []

    marking = {"securityMarking": "Sekretessmarkering", "basis": "populationRegister"}
    assert put(own, "protect_person", person, marking).status == 200
    for wanted in (
        {"name": "nyprovsson"},
        {"unit": own.world.unit, "name": "Ö"},
        {"birthDate": "2016-05-04"},
    ):
        assert person not in found(own, **wanted), wanted
    eventually(lambda: person not in index(own))


def index(own: Deployed) -> str:
    """Every word there is, and whom it leads to."""
    pages = client(own.cloud, "dynamodb").get_paginator("scan").paginate(TableName="skolkit-register")
    return str([i["sk"]["S"] for page in pages for i in page["Items"] if i["pk"]["S"].startswith("FIND#")])


def test_a_class_by_its_guardians_page_by_page(own: Deployed) -> None:
    pupils = {pupil.id: pupil for pupil in own.world.population.pupils if pupil.protection is None}
    by = own.world.staff("administrator")
    shown: list[str] = []
    eventually(lambda: all(pupil in index(own) for pupil in pupils))
    page = search(own, by, unit=own.world.unit, limit=5).body
    while True:
        shown += [person["person"] for person in page["data"]]
        if page["cursor"] is None:
            break
        page = search(own, by, unit=own.world.unit, limit=5, cursor=page["cursor"]).body
    assert len(shown) == len(set(shown))
    assert set(pupils) <= set(shown)
    adult = next(a for a in own.world.population.guardians if a.protection is None)
    children = {
        p.id for p in pupils.values() if any(guardian.guardian_id == adult.id for guardian in p.guardians)
    }
    wanted = {"unit": own.world.unit, "guardian": {"name": f"{adult.given_name} {adult.family_name}"}}
    assert children <= eventually(lambda: set(found(own, **wanted)))


def test_others_are_refused(own: Deployed) -> None:
    for by in (own.world.classmates()[0].guardians[0].guardian_id, own.world.klass.mentor_ids[0]):
        refused(search(own, by, name="prov"), 404, "not-found")
    refused(search(own, own.world.staff("administrator")), 422, "invalid")
