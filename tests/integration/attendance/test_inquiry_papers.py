"""Papers of an investigation in-process (process 23): written as PDF, fetched by who may, gone when the pupil
becomes protected.
"""

from __future__ import annotations

import hashlib
import os
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest

from functions.attendance.store import inquiry as store
from functions.attendance.store import papers
from functions.attendance.usecases import inquiry_papers
from infra import layers
from infra.local.cloud import Cloud
from skolkit.pdf import pdf
from skolkit.types import PersonId, new_id
from tests.support.areas import Answer, acting_as, audit_rows, call, deliver, outbox
from tests.support.inquiries import NURSE, miss, night, note, opened, post, read, school_with_officers
from tests.support.world import World
from tests.unit.attendance.test_inquiry_papers import said


@pytest.fixture(scope="module", autouse=True)
def _typst() -> Iterator[None]:
    """The layer that the writing function has."""
    packages = str(layers.build_heavy(layers.LOCAL, "documents"))
    sys.path.insert(0, packages)
    yield
    sys.path.remove(packages)


@pytest.fixture
def world(tables: Cloud, monkeypatch: pytest.MonkeyPatch) -> World:
    return school_with_officers(tables, monkeypatch)


def asked(case: str, by: str, edition: str = "whole") -> str:
    made = post("make_inquiry_paper", by, {"edition": edition}, inquiry=case)
    assert (made.status, made.body["state"]) == (202, "waiting"), made.body
    return str(made.body["id"])


def facts(case: str) -> list[dict[str, Any]]:
    return [
        f for f in outbox("attendance")
        if f["type"] == "attendance.InquiryPaperAsked.v1" and f["data"]["inquiry"] == case
    ]  # fmt: skip


def written(case: str, by: str, edition: str = "whole") -> str:
    paper = asked(case, by, edition)
    for _ in range(2):
        assert deliver("attendance", "write_inquiry_paper", *facts(case)) == []
    return paper


def link(case: str, paper: str, by: str) -> Answer:
    return call("attendance", "link_inquiry_paper", by, path={"inquiry": case, "paper": paper})


def fetched(url: str) -> bytes:
    with urllib.request.urlopen(url) as reply:
        content: bytes = reply.read()
    return content


def protect(world: World, person: str, version: int = 1) -> dict[str, Any]:
    body = {"securityMarking": "Sekretessmarkering", "basis": "populationRegister"}
    answer = call(
        "register", "protect_person", world.staff("administrator"), path={"person": person}, body=body,
        headers={"if-match": f'"{version}"'},
    )  # fmt: skip
    assert answer.status == 200, answer.body
    return [f for f in outbox("register") if f["type"] == "register.PersonProtected.v1"][-1]


def test_the_whole_and_the_homes_part_are_pdfs_for_whom_they_are_for(world: World) -> None:
    pupil, head = world.classmates()[0], world.staff("principal")
    miss(world, pupil.id, world.days[:3])
    night()
    case = opened(world, pupil.id, team=[NURSE])["id"]
    note(case, NURSE, "meeting", "survey", participants=["pupil"], text="Trivs inte 😀 på \uf0b7 rasterna")
    note(case, head, "measure", "contactPerson", text="Varje måndag", shared=True)
    whole, part = written(case, NURSE), written(case, head, "home")

    sums = {}
    for paper in (whole, part):
        got = link(case, paper, head)
        assert got.status == 200, got.body
        content = fetched(got.body["url"])
        assert hashlib.sha256(content).hexdigest() == got.body["sha256"]
        assert content.startswith(b"%PDF-1.7")
        assert b"pdfuaid" in content
        assert b"pdfaid" in content
        sums[paper] = content
    if folder := os.environ.get("SHOW"):
        for name, content in zip(("whole", "home"), sums.values(), strict=True):
            Path(folder, f"{name}.pdf").write_bytes(content)

    guardian = pupil.guardians[0].guardian_id
    seen = call("attendance", "read_shared_inquiries", guardian, path={"pupil": pupil.id}).body["data"]
    assert [paper["id"] for paper in seen[0]["papers"]] == [part]
    assert link(case, part, guardian).status == 200
    for paper, who in ((whole, guardian), (part, world.classmates()[3].guardians[0].guardian_id)):
        assert link(case, paper, who).status == 404
    assert link(case, whole, world.staff("administrator")).status == 404
    assert link(case, new_id(), head).status == 404
    assert [paper["state"] for paper in read(case, head).body["papers"]] == ["ready", "ready"]
    actions = [row["action"] for row in audit_rows(pupil.id)]
    assert (actions.count("make_inquiry_paper"), actions.count("write_inquiry_paper")) == (2, 2)
    assert actions.count("link_inquiry_paper") == 3


def test_a_paper_with_everything_in_it_can_be_set() -> None:
    for edition in ("whole", "home"):
        content = pdf(inquiry_papers.TEMPLATE, said(edition))
        assert b"pdfuaid" in content


def test_a_paper_that_is_not_written_yet_has_no_link(world: World) -> None:
    head = world.staff("principal")
    case = opened(world, world.classmates()[0].id)["id"]
    answer = link(case, asked(case, head), head)
    assert (answer.status, answer.body["type"]) == (409, "urn:skolkit:problem:paper-not-ready")


def test_papers_go_when_the_pupil_becomes_protected_and_new_ones_name_nobody(world: World) -> None:
    pupil, head = world.classmates()[0], world.staff("principal")
    case = opened(world, pupil.id)["id"]
    old, waiting = written(case, head), asked(case, head)
    url = link(case, old, head).body["url"]
    told = protect(world, pupil.id)
    assert link(case, old, head).body["type"] == "urn:skolkit:problem:paper-gone"  # before the fact has come
    for _ in range(2):
        assert deliver("attendance", "hide_inquiry_papers", told) == []
    with pytest.raises(HTTPError):
        fetched(url)
    assert deliver("attendance", "write_inquiry_paper", *facts(case)) == []
    assert deliver("attendance", "hide_inquiry_papers", told) == []
    states = {paper["id"]: paper["state"] for paper in read(case, head).body["papers"]}
    assert states == {old: "withdrawn", waiting: "ready"}
    with acting_as("attendance"):
        found = store.find_paper(case, waiting)
    assert found
    assert (found[1].named, pupil.id in found[1].people) == (False, False)
    assert link(case, waiting, head).status == 200


def test_a_paper_under_another_record_goes_when_the_kept_one_becomes_protected(world: World) -> None:
    kept, closed = world.classmates()[:2]
    head = world.staff("principal")
    case = opened(world, closed.id)["id"]
    paper = written(case, head)
    merged = call(
        "register", "merge_persons", world.staff("administrator"), path={"person": kept.id},
        body={"duplicate": closed.id}, headers={"idempotency-key": new_id()},
    )  # fmt: skip
    assert merged.status == 201, merged.body
    assert link(case, paper, head).status == 200
    told = protect(world, kept.id, version=2)
    assert link(case, paper, head).status == 410
    assert deliver("attendance", "hide_inquiry_papers", told) == []
    assert [one["state"] for one in read(case, head).body["papers"]] == ["withdrawn"]


def test_a_paper_that_is_being_written_when_the_pupil_becomes_protected_names_nobody(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    pupil, head = world.classmates()[0], world.staff("principal")
    case = opened(world, pupil.id)["id"]
    paper = asked(case, head)
    put, told = papers.put, list[dict[str, Any]]()

    def slow(*args: Any) -> str:
        if not told:
            told.append(protect(world, pupil.id))
            assert deliver("attendance", "hide_inquiry_papers", told[0]) == []
        return put(*args)

    monkeypatch.setattr(papers, "put", slow)
    assert deliver("attendance", "write_inquiry_paper", *facts(case)) == []
    with acting_as("attendance"):
        found = store.find_paper(case, paper)
    assert found
    assert (found[1].state, found[1].named) == ("ready", False)


def test_who_worked_on_it_becomes_protected_and_the_paper_is_given_no_more(world: World) -> None:
    head = world.staff("principal")
    case = opened(world, world.classmates()[0].id, team=[NURSE])["id"]
    paper = written(case, head)
    assert link(case, paper, head).status == 200
    protect(world, NURSE)
    assert link(case, paper, head).status == 410


def test_with_nobody_for_the_organiser_the_principal_has_to_tell_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from functions.attendance.usecases import inquiry

    monkeypatch.setattr(inquiry, "_organiser", list[PersonId])
    case = opened(world, world.classmates()[0].id)["id"]
    dues = [f["data"] for f in outbox("attendance") if f["type"] == "attendance.MessageDue.v1"]
    assert [(due["template"], due["recipients"]) for due in dues] == [
        ("inquiry_untold", [world.staff("principal")])
    ]
    assert read(case, world.staff("principal")).body["organiserTold"] is None
