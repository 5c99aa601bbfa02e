"""Who may do what, and who has done it (process 36): a principal lets somebody act for a while, a home sees
who has read about its child, and the trail lies sealed in its archive.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from infra.local import audit
from skolkit.clock import now, today
from skolkit.types import PersonId, new_id
from tests.support.deployed import Deployed
from tests.support.scenes import little_school, refused, take

PROCESSES = (36,)


@pytest.fixture
def own(school: Deployed) -> Deployed:
    return little_school(school, "99990041")


def deputy(own: Deployed) -> PersonId:
    """Somebody new at the unit, who has nothing to do with the class."""
    who = PersonId(new_id())
    card = {"id": who, "givenName": "Test", "familyName": "Pedagog", "birthDate": "1980-01-31"}
    duty = {"person": who, "unit": own.world.unit, "role": "special_educator", "startDate": "2026-08-01"}
    assert take(own.cloud, "register/persons", [card])["failed"] == 0
    assert take(own.cloud, "organisation/duties", [duty])["failed"] == 0
    return who


def test_a_principal_delegates_and_takes_back(own: Deployed) -> None:
    principal, who, pupil = own.world.staff("principal"), deputy(own), own.world.classmates()[0]
    path = {"unit": own.world.unit, "employee": who}
    new = {
        "actions": ["messages:read_delivery_log"], "basis": "skollagen 2:10",
        "startDate": today().isoformat(), "endDate": (today() + timedelta(days=14)).isoformat(),
    }  # fmt: skip
    key = {"idempotency-key": new_id()}

    def log() -> int:
        return own.call("messages", "list_deliveries", who, path={"pupil": pupil.id}).status

    assert log() == 404
    given = own.call("organisation", "delegate", principal, path=path, body=new, headers=key)
    assert given.status == 201, given.body
    assert log() == 200
    held = own.call("access", "list_rights_of_people", principal, query={"unit": own.world.unit}).body["data"]
    assert {(one["person"], one["steadOf"]) for one in held if one["kind"] == "delegation"} == {
        (who, principal)
    }
    asked = {"person": who, "action": "messages:read_delivery_log", "kind": "Pupil", "id": pupil.id}
    office = own.world.staff("administrator")
    why = own.call("access", "explain", office, body=asked)
    assert why.status == 200, why.body
    assert why.body["allowed"] is True
    assert "principal of the unit, delegated" in why.body["facts"]
    gone = path | {"delegation": given.body["id"]}
    back = own.call("organisation", "revoke_delegation", principal, path=gone, headers={"if-match": '"1"'})
    assert back.status == 204
    assert log() == 404
    reserved = own.call(
        "organisation", "delegate", principal, path=path, body=new | {"actions": ["organisation:delegate"]},
        headers={"idempotency-key": new_id()},
    )  # fmt: skip
    refused(reserved, 409, "decided-in-person", "actions")
    matrix = own.call("access", "read_rights", principal, query={"unit": own.world.unit})
    assert {"principal at the unit", "guardian"} <= {cell["role"] for cell in matrix.body["cells"]}


def test_a_home_sees_who_has_read(own: Deployed) -> None:
    pupil, mentor = own.world.classmates()[1], own.world.klass.mentor_ids[0]
    guardian = pupil.guardians[0].guardian_id
    own.call("register", "read_person", mentor, path={"person": pupil.id})
    own.call("organisation", "read_group", mentor, path={"group": own.world.klass.id})
    answer = own.call("access", "list_reads", guardian, path={"person": pupil.id})
    assert answer.status == 200, answer.body
    group, person = answer.body["data"][:2]
    assert (group["operation"], group["listOf"]) == ("read_group", "group")
    assert (person["operation"], person["whatSv"]) == ("read_person", "läste personuppgifter")
    staff = {s.id: s for s in own.world.population.staff}[mentor]
    assert person["name"] == f"{staff.given_name} {staff.family_name}"
    refused(own.call("access", "list_reads", mentor, path={"person": pupil.id}), 404, "not-found")


def test_the_trail_is_archived_locked_and_whole(own: Deployed) -> None:
    own.invoke("access", "append_segments")
    s3 = own.cloud.client("s3")
    (bucket,) = (b["Name"] for b in s3.list_buckets()["Buckets"] if b["Name"].startswith("skolkit-audit-"))
    listed = s3.list_object_versions(Bucket=bucket, Prefix="audit/segments/")["Versions"]
    retention = s3.get_object_retention(
        Bucket=bucket, Key=listed[0]["Key"], VersionId=listed[0]["VersionId"]
    )["Retention"]
    assert retention["Mode"] == "GOVERNANCE"
    assert audit.verify(own.cloud, now().date() - timedelta(days=1), now().date())
