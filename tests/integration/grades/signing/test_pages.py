"""From a decision to a signed page in the locked bucket: who signs, who may fetch it, what is done twice."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import Any

import httpx
import pytest

from functions.grades.domain import pages as rules
from functions.grades.signing.certificates import roots
from functions.grades.signing.check import Checked, check
from functions.grades.store import catalogue
from functions.grades.usecases import certificates
from infra.local.cloud import Cloud
from skolkit import clock
from skolkit.clock import now
from skolkit.table import Overwrite, commit
from tests.support.areas import CATALOGUE_BUCKET, Answer, acting_as, audit_rows, call, deliver, outbox
from tests.support.asks import new_key
from tests.support.grading import Graded


def told(kind: str) -> list[dict[str, Any]]:
    return [fact for fact in outbox("grades") if fact["type"] == f"grades.{kind}.v1"]


def decided(school: Graded, count: int | None = None) -> list[str]:
    """Let the teacher decide on the class, or on some of it, and the page be written; the pupils."""
    pupils: list[str] = [*sorted(school.klass.pupil_ids)[:count]]
    assert school.set(school.teachers[0], dict.fromkeys(pupils, "C")).status == 201
    assert deliver("grades", "write_page", *told("GradesDecided")) == []
    return pupils


def listed(school: Graded, person: str | None = None) -> list[dict[str, Any]]:
    answer = school.ask("list_catalogue_pages", person or school.teachers[0])
    assert answer.status == 200, answer.body
    found: list[dict[str, Any]] = answer.body["data"]
    return found


def linked(school: Graded, person: str, number: int = 1) -> Answer:
    return call("grades", "link_catalogue_page", person, path=school.path(page=str(number)))


def fetched(school: Graded, number: int = 1) -> bytes:
    answer = linked(school, school.teachers[0], number)
    assert answer.status == 200, answer.body
    content = httpx.get(answer.body["url"]).raise_for_status().content
    assert hashlib.sha256(content).hexdigest() == answer.body["sha256"]
    return content


def held(cloud: Cloud, order: str) -> list[dict[str, Any]]:
    """The versions in the bucket of an order's file."""
    found = cloud.client("s3").list_object_versions(Bucket=CATALOGUE_BUCKET, Prefix="pages/")["Versions"]
    return [version for version in found if order in version["Key"]]


def checked(content: bytes) -> Checked:
    """The file against what everybody can fetch."""
    answer = call("grades", "list_certificates", None)
    pem = "".join(one["pem"] for one in answer.body["certificates"] if one["kind"] == "root")
    return check(content, roots(pem))


def protect(school: Graded, person: str) -> None:
    body = {"securityMarking": "Sekretessmarkering", "basis": "populationRegister"}
    answer = call(
        "register", "protect_person", school.world.staff("administrator"), path={"person": person}, body=body,
        headers={"if-match": '"1"'},
    )  # fmt: skip
    assert answer.status == 200, answer.body


def test_what_a_teacher_decides_becomes_a_page_that_anybody_can_check(school: Graded) -> None:
    pupils, teacher = decided(school), school.teachers[0]
    (page,) = listed(school)
    assert (page["number"], page["kind"], page["entries"]) == (1, "decisions", len(pupils))
    assert [(one["person"], one["role"]) for one in page["signers"]] == [(teacher, "teacher")]
    found = checked(fetched(school))
    assert found.faults == ()
    assert [one.person for one in found.signatures] == [teacher, None]
    said = json.loads(found.attached["beslut.json"])
    assert sorted(entry["pupil"] for entry in said["entries"]) == pupils
    assert rules.broken(said) == []
    (fact,) = told("PageSigned")
    assert (fact["data"]["sha256"], fact["data"]["page"]) == (page["sha256"], 1)
    assert {"write_page"} <= {row["action"] for row in audit_rows(school.activities["MA"])}
    assert "link_catalogue_page" in {row["action"] for row in audit_rows(school.klass.id)}


def test_the_same_fact_twice_is_one_page(school: Graded, cloud: Cloud) -> None:
    decided(school, 3)
    before = listed(school)
    assert deliver("grades", "write_page", *told("GradesDecided"), *told("GradesDecided")) == []
    assert listed(school) == before
    assert len(held(cloud, before[0]["order"])) == 1


def test_a_page_names_the_one_before_and_only_its_own_decisions(school: Graded) -> None:
    first = decided(school, 2)
    last = sorted(school.klass.pupil_ids)[2]
    assert school.set(school.teachers[0], {last: "B"}).status == 201
    assert deliver("grades", "write_page", *told("GradesDecided")) == []
    one, two = (json.loads(checked(fetched(school, n)).attached["beslut.json"]) for n in (1, 2))
    assert sorted(entry["pupil"] for entry in one["entries"]) == first
    assert [entry["pupil"] for entry in two["entries"]] == [last]
    assert (one["page"]["previous"], two["page"]["previous"]) == ("", listed(school)[0]["sha256"])


def test_the_principal_closes_and_signs_every_sheet(school: Graded) -> None:
    decided(school)
    everybody: dict[str, Any] = dict.fromkeys(school.klass.pupil_ids, "B")
    assert school.set(school.teachers[0], everybody, "EN").status == 201
    closing = call(
        "grades", "close_period", school.principal, path={"period": school.period}, headers=new_key()
    )
    assert closing.status == 200, closing.body
    assert deliver("grades", "write_page", *told("GradesDecided")) == []
    for _ in range(2):
        assert deliver("grades", "ask_closing_pages", *told("PeriodClosed")) == []
    assert len(told("ClosingPageDue")) == 2
    for _ in range(2):
        assert deliver("grades", "write_page", *told("ClosingPageDue")) == []
    assert [(page["number"], page["kind"]) for page in listed(school)] == [(1, "decisions"), (2, "closing")]
    found = checked(fetched(school, 2))
    assert found.faults == ()
    assert [(one.person, one.role) for one in found.signatures] == [
        (school.principal, "Rektor"), (None, None)
    ]  # fmt: skip
    said = json.loads(found.attached["beslut.json"])
    assert len(said["entries"]) == len(school.klass.pupil_ids)
    earlier = json.loads(checked(fetched(school, 1)).attached["beslut.json"])
    assert rules.broken(earlier, said) == []


def test_pages_of_decisions_that_are_still_on_their_way_come_before_the_closing_one(school: Graded) -> None:
    everybody: dict[str, Any] = dict.fromkeys(school.klass.pupil_ids, "B")
    for subject in ("MA", "EN"):
        assert school.set(school.teachers[0], everybody, subject).status == 201
    path = {"period": school.period}
    assert call("grades", "close_period", school.principal, path=path, headers=new_key()).status == 200
    assert deliver("grades", "ask_closing_pages", *told("PeriodClosed")) == []
    assert deliver("grades", "write_page", *told("ClosingPageDue")) == []
    assert deliver("grades", "write_page", *told("GradesDecided")) == []
    assert [(page["number"], page["kind"]) for page in listed(school)] == [(1, "decisions"), (2, "closing")]


def test_what_was_altered_after_the_decision_is_not_signed(school: Graded) -> None:
    pupil = school.klass.pupil_ids[0]
    assert school.set(school.teachers[0], {pupil: "C"}).status == 201
    with acting_as("grades"):
        (item,) = catalogue.EntryItem.query(f"PUPIL#{pupil}", catalogue.EntryItem.sk.startswith("ENTRY#"))
        item.said = item.said.replace('"value":"C"', '"value":"A"')
        commit(Overwrite(item))
    assert deliver("grades", "write_page", *told("GradesDecided")) == ["0"]
    assert listed(school) == []


def test_a_stale_or_weak_sign_in_signs_nothing(school: Graded) -> None:
    pupil = school.klass.pupil_ids[0]
    saved = school.propose(school.teachers[0], {pupil: "C"})
    assert saved.status == 200
    old = str(int((now() - timedelta(minutes=6)).timestamp()))
    for claimed, code in (({"auth_time": old}, "stale-sign-in"), ({"aal": "2"}, "weak-sign-in")):
        refused = school.decide(school.teachers[0], [pupil], claimed=claimed)
        assert (refused.status, refused.body["type"].rpartition(":")[2]) == (401, code)
    closing = call(
        "grades", "close_period", school.principal, path={"period": school.period}, headers=new_key(),
        claimed={"auth_time": old},
    )  # fmt: skip
    assert closing.status == 401
    assert told("GradesDecided") == []


def test_only_who_reads_the_sheet_fetches_its_pages(school: Graded) -> None:
    pupils = decided(school, 2)
    others = [school.teachers[1], school.world.staff("administrator"), pupils[0]]
    for person in others:
        assert school.ask("list_catalogue_pages", person).status == 404
        assert linked(school, person).status == 404
    assert linked(school, school.principal).status == 200
    for number in (2, 0):
        assert linked(school, school.teachers[0], number).status == 404
    for text in ("x", "1 ", "-1", "²", "123456"):
        path = school.path(page=text)
        assert call("grades", "link_catalogue_page", school.teachers[0], path=path).status == 404


def test_a_protected_pupil_is_on_the_page_by_reference_alone(school: Graded) -> None:
    pupils = sorted(school.klass.pupil_ids)
    protect(school, pupils[0])
    decided(school, 2)
    content = fetched(school)
    said = json.loads(checked(content).attached["beslut.json"])
    assert said["people"][pupils[0]] == {"protected": True}
    assert said["people"][pupils[1]]["name"]


def test_a_page_that_names_who_is_protected_by_now_is_for_who_may_read_that_pupil(school: Graded) -> None:
    pupils = decided(school, 2)
    protect(school, pupils[0])
    refused = linked(school, school.teachers[0])
    assert (refused.status, refused.body["type"].rpartition(":")[2]) == (409, "page-withheld")
    assert linked(school, school.principal).status == 200


def test_nobody_can_delete_a_page_before_its_time(school: Graded, cloud: Cloud) -> None:
    s3 = cloud.client("s3")
    s3.put_object_lock_configuration(
        Bucket=CATALOGUE_BUCKET,
        ObjectLockConfiguration={
            "ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 1}}
        },
    )  # fmt: skip
    decided(school, 1)
    (page,) = held(cloud, listed(school)[0]["order"])
    with pytest.raises(s3.exceptions.ClientError, match="AccessDenied"):
        s3.delete_object(Bucket=CATALOGUE_BUCKET, Key=page["Key"], VersionId=page["VersionId"])


def test_certificates_are_made_once_and_renewed_before_they_end(
    school: Graded, monkeypatch: pytest.MonkeyPatch
) -> None:
    with acting_as("grades"):
        first = certificates.authority("Vallmo kommun")
        assert certificates.authority("Vallmo kommun") == first
        monkeypatch.setattr(certificates, "now", lambda: clock.now() + timedelta(days=5 * 365))
        later = certificates.authority("Vallmo kommun")
    assert (later.root, later.seal == first.seal) == (first.root, False)
    answer = call("grades", "list_certificates", None)
    assert [one["kind"] for one in answer.body["certificates"]] == ["root", "seal", "seal"]
    assert answer.body["certificates"][0]["sha256"] == first.root.sha256
