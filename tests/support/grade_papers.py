"""Grade documents in tests: asked for, made by the worker, listed, fetched and read."""

from __future__ import annotations

import re
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

from pypdf import PdfReader

from functions.organisation.domain.staffing import DutyRecord
from functions.organisation.store import duties
from functions.register.store import people
from functions.register.store.enrolments import enrolment_writes
from infra import layers
from skolkit.clock import now, stamp, today
from skolkit.sweden.calendar import SchoolYear
from skolkit.table import commit
from skolkit.types import PersonId, new_id
from tests.support.areas import Answer, acting_as, call, deliver, outbox
from tests.support.asks import new_key
from tests.support.grading import Graded


@contextmanager
def documents_layer() -> Iterator[None]:
    """The layer that the writing function has."""
    packages = str(layers.build_heavy(layers.LOCAL, "documents"))
    sys.path.insert(0, packages)
    yield
    sys.path.remove(packages)


def office(school: Graded) -> PersonId:
    """One of the school's staff, now also its administrator."""
    person = school.teachers[-1]
    duty = DutyRecord(
        id=new_id(), person=person, unit=school.world.unit, duty_role="Skoladministratör",
        start=SchoolYear.of(today()).start, role="administrator",
    )  # fmt: skip
    with acting_as("organisation"):
        commit(*duties.duty_writes(None, duty))
    return person


def refused(answer: Answer, status: int, code: str) -> None:
    assert (answer.status, answer.body["type"].rpartition(":")[2]) == (status, code), answer.body


def facts(type: str) -> list[dict[str, Any]]:
    return [f for f in outbox("grades") if f["type"] == f"grades.{type}.v1"]


def decided(school: Graded) -> list[PersonId]:
    """Everybody of the class has grades in two subjects."""
    teacher, pupils = school.teachers[0], list(school.klass.pupil_ids)
    for subject in ("MA", "EN"):
        done = school.set(teacher, {p: "ABCDE"[n % 5] for n, p in enumerate(pupils)}, subject)
        assert done.status == 201, done.body
    return pupils


def ask_all(school: Graded, by: str, kind: str = "termGrades", **more: Any) -> Answer:
    path, body = {"period": school.period}, {"kind": kind, **more}
    return call("grades", "issue_documents", by, path=path, body=body, headers=new_key())


def ask_one(school: Graded, by: str, pupil: str, kind: str, **more: Any) -> Answer:
    body = {"student": pupil, "kind": kind, "schoolForm": "GR", **more}
    return call(
        "grades", "issue_document", by, path={"unit": school.world.unit}, body=body, headers=new_key()
    )


def work(answer: Answer) -> dict[str, Any]:
    """Let the worker do an asked job, twice as queues may; the job as it ended."""
    assert answer.status == 202, answer.body
    for _ in range(2):
        mine = [f for f in facts("DocumentsAsked") if f["data"]["job"] == answer.body["id"]]
        assert deliver("grades", "write_documents", *mine) == []
    found: dict[str, Any] = answer.body
    return found


def job(school: Graded, id: str) -> dict[str, Any]:
    found: dict[str, Any] = call("grades", "read_document_job", school.principal, path={"job": id}).body
    return found


def documents(pupil: str, by: str) -> list[dict[str, Any]]:
    answer = call("grades", "list_documents", by, path={"pupil": pupil})
    assert answer.status == 200, answer.body
    found: list[dict[str, Any]] = answer.body["data"]
    return found


def link(pupil: str, document: str, by: str) -> Answer:
    return call("grades", "link_document", by, path={"pupil": pupil, "document": document})


def fetched(url: str) -> bytes:
    with urllib.request.urlopen(url) as reply:
        content: bytes = reply.read()
    return content


def text_of(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)


def code_in(text: str) -> str:
    found = re.search(r"([2-9A-Z]{5}-){3}[2-9A-Z]{5}", text)
    assert found, text
    return found[0]


def publish(school: Graded) -> None:
    done = call(
        "grades", "publish_grades", school.principal, path={"period": school.period},
        body={"at": stamp(now())}, headers={"if-match": '"1"'},
    )  # fmt: skip
    assert done.status == 200, done.body


def home_of(school: Graded, pupil: str) -> str:
    return next(str(p.guardians[0].guardian_id) for p in school.pupils if p.id == pupil)


def issued(school: Graded, pupil: str, kind: str = "termGrades") -> tuple[dict[str, Any], str]:
    """A pupil's document and its text."""
    work(ask_one(school, school.principal, pupil, kind, period=school.period))
    document = documents(pupil, school.principal)[0]
    got = link(pupil, document["id"], school.principal)
    assert got.status == 200, got.body
    return document, text_of(fetched(got.body["url"]))


def ended(school: Graded, pupil: str) -> None:
    """The pupil went out of year 9 last summer."""
    with acting_as("register"):
        card = people.find_card(PersonId(pupil))
        assert card
        year = SchoolYear.of(today()).start_year
        start, end = date(year - 1, 8, 15), date(year, 6, 10)
        changed = [replace(e, start=start, end=end) for e in card.enrolments if e.covers(today())]
        commit(*enrolment_writes(PersonId(pupil), changed, card.enrolments))
