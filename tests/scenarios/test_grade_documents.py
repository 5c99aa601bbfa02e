"""Grade documents (process 33): a class is decided and published, the office has the term grades of everybody
issued in a job, a home fetches theirs, and whoever sees the paper checks it on the public page.
"""

from __future__ import annotations

import hashlib
import re
from io import BytesIO
from typing import Any

import httpx
import pytest
from pypdf import PdfReader

from skolkit.clock import now, stamp, today
from skolkit.sweden.calendar import SchoolYear
from skolkit.types import PersonId, new_id
from tests.support.areas import Answer
from tests.support.deployed import Deployed, eventually
from tests.support.grading import period_body
from tests.support.scenes import graded_school, refused

PROCESSES = (33,)
YEAR = SchoolYear.of(today())


@pytest.fixture
def own(school: Deployed) -> Deployed:
    return graded_school(school, "99990330")


def ask(own: Deployed, name: str, person: PersonId, body: Any = None, **path: str) -> Answer:
    headers = {"idempotency-key": new_id()}
    return own.call("grades", name, person, path=path, body=body, headers=headers)


def graded(own: Deployed) -> str:
    """The class has grades in every subject; the period's id."""
    principal, early = own.world.staff("principal"), f"{YEAR.start_year}-04-15"
    body = period_body(years=[4], decidedEarlyGrades=early)
    period = str(ask(own, "open_period", principal, body, unit=own.world.unit).body["id"])
    for group in eventually(lambda: ask(own, "list_progress", principal, period=period).body["data"]):
        where, teacher = {"period": period, "activity": group["activity"]}, group["teachers"][0]
        sheet = ask(own, "open_sheet", teacher, **where).body
        more = {"language": "spa", "choice": "languageChoice"} if sheet["subjectCode"] == "GRGRMSP01" else {}
        students = [row["student"] for row in sheet["students"]]
        lines = [
            {"student": pupil, "version": 0, "value": "ABCDE"[n % 5], **more}
            for n, pupil in enumerate(students)
        ]
        assert ask(own, "save_proposals", teacher, {"lines": lines}, **where).status == 200
        assert ask(own, "decide_grades", teacher, {"students": students}, **where).status == 201
    return period


def check(own: Deployed, code: str) -> str:
    page = own.call("grades", "open_check", None, query={"code": code})
    assert page.status == 200
    return str(page.body)


def test_a_class_from_decisions_to_papers_that_anybody_can_check(own: Deployed) -> None:
    principal, period = own.world.staff("principal"), graded(own)
    pupil = own.world.classmates()[0]
    home = pupil.guardians[0].guardian_id

    asked = ask(own, "issue_documents", principal, {"kind": "termGrades"}, period=period)
    assert asked.status == 202, asked.body
    job = {"job": asked.body["id"]}
    done = eventually(
        lambda: (found := ask(own, "read_document_job", principal, **job).body)["state"] == "done" and found
    )
    assert done["outcome"] == {"issued": done["total"]}, done
    assert done["total"] >= len(own.world.classmates())
    rows = ask(own, "list_job_documents", principal, **job).body["data"]
    assert {row["outcome"] for row in rows} == {"issued"}

    assert ask(own, "list_documents", home, pupil=pupil.id).body["data"] == []
    said = own.call(
        "grades", "publish_grades", principal, path={"period": period}, body={"at": stamp(now())},
        headers={"if-match": '"1"'},
    )  # fmt: skip
    assert said.status == 200, said.body
    (document,) = ask(own, "list_documents", home, pupil=pupil.id).body["data"]
    where = {"pupil": pupil.id, "document": document["id"]}
    link = ask(own, "link_document", home, **where)
    assert link.status == 200, link.body
    content = httpx.get(link.body["url"]).content
    assert hashlib.sha256(content).hexdigest() == document["sha256"]
    text = "\n".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
    assert "Terminsbetyg" in text
    assert pupil.family_name in text
    stranger = next(p for p in own.world.classmates() if home not in {g.guardian_id for g in p.guardians})
    refused(ask(own, "link_document", stranger.guardians[0].guardian_id, **where), 404, "not-found")

    found = re.search(r"([2-9A-Z]{5}-){3}[2-9A-Z]{5}", text)
    assert found
    code = found[0]
    page = check(own, code)
    assert "Dokumentet är äkta och gäller" in page
    assert document["sha256"] in page
    assert pupil.family_name not in page
    assert "Koden finns inte" in check(own, "2" * 20)

    headers = {"if-match": f'"{document["version"]}"'}
    gone = own.call(
        "grades", "revoke_document", principal, path=where, body={"reason": "issuedInError"}, headers=headers
    )
    assert (gone.status, gone.body["state"]) == (200, "revoked"), gone.body
    assert "Dokumentet är återkallat" in check(own, code)
    refused(ask(own, "link_document", home, **where), 410, "not-issued")
    eventually(lambda: httpx.get(link.body["url"]).status_code == 404)

    extract = {"student": pupil.id, "kind": "catalogueExtract", "schoolForm": "GR", "language": "en"}
    assert ask(own, "issue_document", principal, extract, unit=own.world.unit).status == 202
    addresses = {
        g.email for g in own.world.population.guardians if g.id in {x.guardian_id for x in pupil.guardians}
    }
    told = eventually(
        lambda: [m for m in own.cloud.messages() if m["Subject"] == "Ett betygsdokument finns att hämta"]
    )
    assert {to for mail in told for to in mail["To"]} <= addresses
    assert len(ask(own, "list_documents", home, pupil=pupil.id).body["data"]) == 2
