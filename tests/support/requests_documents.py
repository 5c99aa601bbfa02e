"""The right requests about grade documents, and the documents that there are at the schools."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from functions.grades.domain import check_codes
from functions.grades.domain import documents as rules
from functions.grades.domain.catalogue import Entry, Subject
from functions.grades.domain.documents import Document
from functions.grades.events import DocumentsAsked
from functions.grades.store import catalogue
from functions.grades.store import documents as store
from functions.grades.store.documents import DocumentJobItem
from skolkit import jobs
from skolkit.clock import now, today
from skolkit.sweden.calendar import SchoolYear
from skolkit.sweden.codes import SchoolForm
from skolkit.table import commit
from skolkit.types import PersonId, new_id
from tests.support.areas import acting_as
from tests.support.asks import Ask, new_key, over

if TYPE_CHECKING:
    from tests.support.schools import Schools

CODE = "23456789ABCDEFGHJKLM"


def documented(s: Schools) -> dict[str, str]:
    """Two pupils with a grade and an extract, under the same id, and a job of documents; their ids."""
    document = new_id()
    with acting_as("grades"):
        for pupil, code in ((s.pupil.id, CODE), (s.hidden, CODE[::-1])):
            head = catalogue.find_heads([pupil])[pupil]
            rows, made = catalogue.append(head, [_entry(s, pupil)], catalogue.entries([pupil]))
            one = _document(s, pupil, document, code, made[0])
            commit(*rows, *store.document_writes(one, one.at))
        request = {"unit": s.home.unit, "pupils": []}
        job = jobs.ask(
            DocumentJobItem, DocumentsAsked, "issue_document", s.people["principal"], request, None
        )
    return {"document": document, "document job": job.id}


def _entry(s: Schools, pupil: PersonId) -> Entry:
    return Entry(
        id=new_id(), pupil=pupil, kind="imported", value="B", scale="gr-2011", at=now(), unit=s.home.unit,
        subject=Subject(code="GRGRBIL01", name="Bild", form=SchoolForm.COMPULSORY), source="prov",
        school_year=str(SchoolYear(SchoolYear.of(today()).start_year - 1)), term="VT",
    )  # fmt: skip


def _document(s: Schools, pupil: PersonId, id: str, code: str, entry: Entry) -> Document:
    document = Document(
        id=id, pupil=pupil, kind="catalogueExtract", language="sv", form=SchoolForm.COMPULSORY,
        unit=s.home.unit, unit_name="Provskolan", at=now(), by=s.people["principal"], role="principal",
        number=rules.number_of("catalogueExtract", id, today()), entries=rules.basis([entry]),
        code=check_codes.hashed(code), sha256="0" * 64, fingerprint="",
    )  # fmt: skip
    return replace(document, fingerprint=check_codes.fingerprint(code, today(), [entry.value]))


def _of(s: Schools) -> dict[str, str]:
    return {"pupil": s.pupil.id, "document": s.made["document"]}


def _job(s: Schools) -> Ask:
    return Ask({"job": s.made["document job"]})


REQUESTS: dict[str, Callable[[Schools], Ask]] = {
    "grades.compare_document": lambda _: Ask(
        body=urlencode({"code": CODE, "born": f"{today():%Y%m%d}", "grades": "B"})
    ),
    "grades.issue_document": lambda s: Ask(
        {"unit": s.home.unit}, headers=new_key(),
        body={"student": s.pupil.id, "kind": "catalogueExtract", "schoolForm": "GR"},
    ),
    "grades.issue_documents": lambda s: Ask(
        {"period": s.made["grading period"]}, body={"kind": "termGrades"}, headers=new_key()
    ),
    "grades.link_document": lambda s: Ask(_of(s)),
    "grades.list_documents": lambda s: Ask({"pupil": s.pupil.id}),
    "grades.list_due_documents": lambda s: Ask({"unit": s.home.unit}),
    "grades.list_job_documents": _job,
    "grades.open_check": lambda _: Ask(query={"code": CODE}),
    "grades.read_check": lambda _: Ask(query={"code": CODE}),
    "grades.read_document_job": _job,
    "grades.revoke_document": lambda s: Ask(_of(s), body={"reason": "lostControl"}, headers=over(1)),
}  # fmt: skip
