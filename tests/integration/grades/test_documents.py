"""Grade documents (process 33): a whole class's in a job, one pupil's, who fetches them, how one replaces
another, and the public check.
"""

from __future__ import annotations

import hashlib
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from functions.grades.domain import check_page
from functions.grades.store import documents as store
from infra.local.cloud import Cloud
from skolkit.clock import now, stamp
from skolkit.types import PersonId, new_id
from tests.support.areas import Answer, acting_as, audit_rows, call, deliver
from tests.support.asks import new_key
from tests.support.grade_book import course, put
from tests.support.grade_papers import (
    ask_all,
    ask_one,
    code_in,
    decided,
    documents,
    documents_layer,
    ended,
    facts,
    fetched,
    home_of,
    issued,
    job,
    link,
    office,
    publish,
    refused,
    text_of,
    work,
)
from tests.support.grading import Graded
from tests.support.gymnasium import imagine_gymnasium
from tests.support.world import drop


@pytest.fixture(scope="module", autouse=True)
def _typst() -> Iterator[None]:
    with documents_layer():
        yield


def test_a_class_gets_its_term_grades_in_a_job_and_the_home_fetches_them(school: Graded) -> None:
    pupils, by = decided(school), office(school)
    asked = work(ask_all(school, by))
    done = job(school, asked["id"])
    graded = len([p for p in school.world.population.pupils if p.year == 9])
    assert (done["state"], done["total"], done["done"]) == ("done", graded, graded)
    assert (done["outcome"]["issued"], done["outcome"].get("refused", 0)) == (
        len(pupils),
        graded - len(pupils),
    )
    page = call("grades", "list_job_documents", by, path={"job": asked["id"]}, query={"limit": 3})
    assert len(page.body["data"]) == 3
    assert page.body["cursor"]

    pupil = pupils[0]
    home = home_of(school, pupil)
    assert documents(pupil, home) == []  # not before everybody sees the grades
    publish(school)
    (document,) = documents(pupil, home)
    assert (document["kind"], document["state"], document["role"]) == ("termGrades", "issued", "delegate")
    got = link(pupil, document["id"], home)
    content = fetched(got.body["url"])
    assert hashlib.sha256(content).hexdigest() == got.body["sha256"] == document["sha256"]
    assert content.startswith(b"%PDF-1.7")
    assert b"pdfuaid" in content
    assert b"pdfaid" in content
    said = text_of(content)
    for words in ("Terminsbetyg", "Matematik", "Engelska", "Ogiltig frånvaro", "ingen", document["number"]):
        assert words in said
    assert [r["action"] for r in audit_rows(pupil)][-2:] == ["list_documents", "link_document"]

    again = job(school, work(ask_all(school, by))["id"])
    assert again["outcome"]["unchanged"] == len(pupils)
    assert len(documents(pupil, by)) == 1


def issued_once(school: Graded, asked: dict[str, Any], pupils: list[PersonId]) -> None:
    done = job(school, asked["id"])
    assert (done["state"], done["outcome"]["issued"]) == ("done", len(pupils)), done
    for pupil in pupils:
        (document,) = documents(pupil, school.principal)
        content = fetched(link(pupil, document["id"], school.principal).body["url"])
        assert hashlib.sha256(content).hexdigest() == document["sha256"]


def test_a_worker_that_dies_is_followed_by_one_that_goes_on(
    school: Graded, monkeypatch: pytest.MonkeyPatch
) -> None:
    pupils = decided(school)
    answer, real, left = ask_all(school, school.principal), store.put, iter(range(4))

    def dies(*arguments: Any) -> None:
        if next(left, None) is None:
            raise ConnectionError
        real(*arguments)

    monkeypatch.setattr(store, "put", dies)
    assert len(deliver("grades", "write_documents", *facts("DocumentsAsked"))) == 1
    assert job(school, answer.body["id"])["state"] == "waiting"
    monkeypatch.undo()
    issued_once(school, work(answer), pupils)


def test_two_workers_at_once_make_no_document_twice(school: Graded) -> None:
    pupils, answer = decided(school), ask_all(school, school.principal)
    told = facts("DocumentsAsked")
    with acting_as("grades"), ThreadPoolExecutor(2) as both:
        list(both.map(lambda _: deliver("grades", "write_documents", *told), range(2)))
    issued_once(school, work(answer), pupils)


def test_documents_are_for_those_they_concern(school: Graded) -> None:
    one, other = decided(school)[:2]
    document, _ = issued(school, one)
    publish(school)
    for stranger in (home_of(school, other), school.teachers[0], new_id()):
        if stranger in {home_of(school, one), *school.klass.mentor_ids}:
            continue
        refused(call("grades", "list_documents", stranger, path={"pupil": one}), 404, "not-found")
        refused(link(one, document["id"], stranger), 404, "not-found")
        refused(ask_one(school, stranger, one, "termGrades", period=school.period), 404, "not-found")
        refused(ask_all(school, stranger), 404, "not-found")
    assert link(one, document["id"], school.klass.mentor_ids[0]).status == 200
    refused(link(other, document["id"], school.principal), 404, "not-found")


def test_final_grades_are_the_principals_and_name_the_level(school: Graded) -> None:
    pupil = next(p for p in school.pupils if p.id in school.klass.pupil_ids)
    put(pupil.id, school.world.unit, ("MA", "B"), ("EN", "A"))
    ended(school, pupil.id)
    work(ask_one(school, school.principal, pupil.id, "finalGrades"))
    (document,) = documents(pupil.id, school.principal)
    assert (document["kind"], document["role"]) == ("finalGrades", "principal")
    said = text_of(fetched(link(pupil.id, document["id"], school.principal).body["url"]))
    for words in ("Slutbetyg", "SeQF-nivå", "Årskurs", "Rektor"):
        assert words in said
    work(ask_one(school, school.principal, pupil.id, "leavingCertificate", offeredHours=6800))
    said = text_of(fetched(link(pupil.id, documents(pupil.id, school.principal)[0]["id"],
                                school.principal).body["url"]))  # fmt: skip
    for words in ("Avgångsintyg", "Tid i skolan", "6\xa0800 timmar"):
        assert words in said


def test_who_has_reached_a_diploma_gets_it(cloud: Cloud, school: Graded) -> None:
    made = imagine_gymnasium(school.world, serial=43, count=1)
    for key, content in made.files.items():
        if "lessons" not in key:
            drop(cloud, key, content)
    (gymnasist,), unit = made.pupils, school.world.unit
    levels = [("SVEN3000X", 100), ("ENGE2000X", 100), ("MATE1C00X", 100), ("FILO1000X", 1900)]
    put(gymnasist, unit, *(course(gymnasist, unit, code, "C", size) for code, size in levels))
    answer = ask_one(school, school.principal, gymnasist, "diploma", schoolForm="GY")
    refused(answer, 409, "diploma-not-reached")
    assert "gymnasiearbete 0/1" in answer.body["title"]
    put(gymnasist, unit, course(gymnasist, unit, "GYARNA", "E", name="Gymnasiearbete"))
    refused(
        ask_one(school, school.principal, gymnasist, "studyCertificate", schoolForm="GY"), 409,
        "diploma-reached",
    )  # fmt: skip
    work(ask_one(school, school.principal, gymnasist, "diploma", schoolForm="GY"))
    (document,) = documents(gymnasist, gymnasist)
    said = text_of(fetched(link(gymnasist, document["id"], gymnasist).body["url"]))
    for words in ("Examensbevis", "Naturvetenskapsprogrammet", "Högskoleförberedande examen"):
        assert words in said


def test_what_cannot_be_issued_is_refused_with_its_reason(school: Graded) -> None:
    clerk, head = office(school), school.principal
    pupil = school.klass.pupil_ids[0]
    refused(ask_one(school, head, pupil, "termGrades", period=school.period), 409, "no-grades")
    decided(school)
    refused(ask_one(school, head, pupil, "termGrades"), 422, "period-needed")
    refused(ask_one(school, head, pupil, "collectedGrades"), 422, "wrong-form")
    refused(ask_one(school, head, pupil, "catalogueExtract", period=school.period), 422, "period-unfit")
    refused(ask_one(school, head, pupil, "termGrades", period=new_id()), 404, "not-found")
    refused(ask_one(school, head, new_id(), "catalogueExtract"), 404, "not-found")
    refused(ask_one(school, clerk, pupil, "finalGrades"), 403, "in-person-only")
    refused(ask_one(school, head, pupil, "finalGrades"), 409, "schooling-goes-on")
    refused(ask_one(school, head, pupil, "leavingCertificate"), 409, "still-at-school")
    body = {"kind": "finalGrades"}
    stale = call(
        "grades", "issue_documents", head, path={"period": school.period}, body=body, headers=new_key(),
        claimed={"auth_time": "1700000000"},
    )  # fmt: skip
    refused(stale, 401, "stale-sign-in")


def test_an_extract_holds_every_decision_that_is_published(school: Graded) -> None:
    pupil = decided(school)[0]
    refused(ask_one(school, school.principal, pupil, "catalogueExtract"), 409, "no-grades")
    publish(school)
    work(ask_one(school, school.principal, pupil, "catalogueExtract", language="en"))
    (document,) = documents(pupil, home_of(school, pupil))
    said = text_of(fetched(link(pupil, document["id"], home_of(school, pupil)).body["url"]))
    assert "Extract from the catalogue of grades" in said
    teacher = next(s for s in school.world.population.staff if s.id == school.teachers[0])
    assert f"{teacher.given_name} {teacher.family_name}" in re.sub(r"\s+", " ", said)
    assert len(document["entries"]) == 2


def test_every_page_of_a_long_document_says_whose_it_is(school: Graded) -> None:
    pupil = next(p for p in school.pupils if p.protection is None)
    put(pupil.id, school.world.unit, *[("MA", "ABCDE"[n % 5]) for n in range(70)])
    work(ask_one(school, school.principal, pupil.id, "catalogueExtract"))
    (document,) = documents(pupil.id, school.principal)
    content = fetched(link(pupil.id, document["id"], school.principal).body["url"])
    pages = [re.sub(r"\s+", " ", page.extract_text()) for page in PdfReader(BytesIO(content)).pages]
    assert len(pages) > 1
    for number, page in enumerate(pages, start=1):
        assert f"{pupil.given_name} {pupil.family_name}" in page
        assert document["number"] in page
        assert f"Sida {number} ({len(pages)})" in page


def test_a_corrected_grade_lets_a_new_document_take_the_place_of_the_old(school: Graded) -> None:
    pupil = decided(school)[0]
    old, said = issued(school, pupil)
    url = link(pupil, old["id"], school.principal).body["url"]
    fact = {
        "id": new_id(), "type": "grades.GradeCorrected.v1", "time": stamp(now()),
        "data": {
            "pupil": pupil, "entry": new_id(), "replaces": old["entries"][0], "unit": school.world.unit,
        },
    }  # fmt: skip
    for _ in range(2):
        assert deliver("grades", "mark_documents", fact) == []
    unit = {"unit": school.world.unit}
    (due,) = call("grades", "list_due_documents", school.principal, path=unit).body["data"]
    assert (due["document"], due["student"]) == (old["id"], pupil)
    new, _ = issued(school, pupil)
    assert new["id"] != old["id"]
    assert call("grades", "list_due_documents", school.principal, path=unit).body["data"] == []
    before = documents(pupil, school.principal)[1]
    assert (before["state"], before["endedBy"], before["stale"]) == ("replaced", new["id"], False)
    refused(link(pupil, old["id"], school.principal), 410, "not-issued")
    assert deliver("grades", "destroy_document", *facts("DocumentEnded")) == []
    with pytest.raises(urllib.error.HTTPError):
        fetched(url)
    result = call("grades", "read_check", None, query={"code": code_in(said)}).body
    assert (result["state"], result["number"]) == ("replaced", old["number"])
    assert result["ended"]


def test_a_revoked_document_is_void(school: Graded) -> None:
    pupil = decided(school)[0]
    document, said = issued(school, pupil)
    path, body = {"pupil": pupil, "document": document["id"]}, {"reason": "issuedInError"}

    def revoke(version: int) -> Answer:
        headers = {"if-match": f'"{version}"'}
        return call("grades", "revoke_document", school.principal, path=path, body=body, headers=headers)

    refused(revoke(7), 412, "changed-meanwhile")
    assert (revoke(1).status, revoke(2).status) == (200, 410)
    assert call("grades", "read_check", None, query={"code": code_in(said)}).body["state"] == "revoked"
    refused(link(pupil, document["id"], school.principal), 410, "not-issued")


def test_anybody_checks_a_document_by_its_code_and_learns_nothing_of_whose_it_is(school: Graded) -> None:
    pupil = decided(school)[0]
    document, said = issued(school, pupil)
    code = code_in(said)
    child = next(p for p in school.pupils if p.id == pupil)
    for typed in (code, code.lower(), code.replace("-", " "), code.replace("-", "")):
        page = call("grades", "open_check", None, query={"code": typed})
        assert page.status == 200
        assert "Dokumentet är äkta och gäller" in page.body
        assert document["sha256"] in page.body
        assert "default-src 'none'" in page.headers["content-security-policy"]
        for secret in (child.family_name, child.given_name, pupil, str(child.birth_date)):
            assert secret not in page.body
    assert "genuine and valid" in call("grades", "open_check", None, query={"code": code, "l": "en"}).body
    form = {"code": code, "born": f"{child.birth_date:%Y%m%d}", "grades": "A A"}
    right = call("grades", "compare_document", None, body="&".join(f"{k}={v}" for k, v in form.items()))
    assert "Födelsedatum och betyg stämmer" in right.body
    wrong = call("grades", "compare_document", None, body=f"code={code}&born=20110101&grades=AA")
    assert "Det stämmer inte" in wrong.body


def test_codes_that_are_none_look_alike_and_soon_cannot_be_tried(school: Graded) -> None:
    pages = {
        call("grades", "open_check", None, query={"code": code}).body
        for code in ("22222-22222-22222-22222", "<script>", "0O1I", "x" * 60)
    }
    assert len(pages) == 1
    assert "Koden finns inte" in pages.pop()
    for _ in range(check_page.MOST_TRIES - 4):
        assert call("grades", "read_check", None, query={"code": "2"}).body["state"] == "unknown"
    refused(call("grades", "read_check", None, query={"code": "2"}), 429, "too-many-checks")
    assert "För många försök" in call("grades", "open_check", None, query={"code": "2"}).body
    assert "Kontrollera ett betygsdokument" in call("grades", "open_check", None).body
