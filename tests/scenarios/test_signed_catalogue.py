"""A class's decisions become signed pages that anybody can check without us (process 32): the teachers' as
they decide, the principal's of every subject when the period is closed.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import httpx
import pytest

from infra.local import pages
from skolkit.clock import today
from skolkit.sweden.calendar import SchoolYear
from skolkit.types import PersonId
from tests.scenarios.test_grading import ask
from tests.support.deployed import Deployed, eventually
from tests.support.grading import period_body
from tests.support.scenes import graded_school, refused

PROCESSES = (32,)


@pytest.fixture
def own(school: Deployed) -> Deployed:
    return graded_school(school, "99990332")


def signed(own: Deployed, person: PersonId, count: int, **where: str) -> list[dict[str, Any]]:
    """A sheet's pages when there are so many."""

    def found() -> list[dict[str, Any]]:
        data: list[dict[str, Any]] = own.call("grades", "list_catalogue_pages", person, path=where).body[
            "data"
        ]
        return data if len(data) == count else []

    return eventually(found)


def fetched(own: Deployed, person: PersonId, number: int, into: Path, **where: str) -> Path:
    """A page as a file."""
    answer = ask(own, "link_catalogue_page", person, **where, page=str(number))
    assert answer.status == 200, answer.body
    content = httpx.get(answer.body["url"], timeout=60).raise_for_status().content
    assert hashlib.sha256(content).hexdigest() == answer.body["sha256"]
    file = into / f"{where['activity']}-{number}.pdf"
    file.write_bytes(content)
    return file


def test_a_class_from_decisions_to_pages_that_anybody_can_check(own: Deployed, tmp_path: Path) -> None:
    principal, unit = own.world.staff("principal"), own.world.unit
    early = f"{SchoolYear.of(today()).start_year}-04-15"
    body = period_body(years=[4], decidedEarlyGrades=early)
    opened = ask(own, "open_period", principal, body, unit=unit)
    assert opened.status == 201, opened.body
    period = opened.body["id"]
    groups = eventually(lambda: ask(own, "list_progress", principal, period=period).body["data"])
    for group in groups:
        where, teacher = {"period": period, "activity": group["activity"]}, group["teachers"][0]
        sheet = ask(own, "open_sheet", teacher, **where).body
        more = {"language": "spa", "choice": "languageChoice"} if sheet["subjectCode"] == "GRGRMSP01" else {}
        students = [row["student"] for row in sheet["students"]]
        lines = [{"student": one, "version": 0, "value": "C", **more} for one in students]
        assert ask(own, "save_proposals", teacher, {"lines": lines}, **where).status == 200
        own.tokens.pop(teacher)  # signs in anew to sign
        assert ask(own, "decide_grades", teacher, {"students": students}, **where).status == 201
    own.tokens.pop(principal)
    assert ask(own, "close_period", principal, period=period).status == 200

    pem = "".join(
        one["pem"]
        for one in eventually(lambda: own.call("grades", "list_certificates", principal).body["certificates"])
        if one["kind"] == "root"
    )
    files, where = list[Path](), dict[str, str]()
    for group in groups:
        where, teacher = {"period": period, "activity": group["activity"]}, group["teachers"][0]
        made = signed(own, teacher, 2, **where)
        assert [page["kind"] for page in made] == ["decisions", "closing"]
        assert [page["signers"][0]["person"] for page in made] == [teacher, principal]
        files = [fetched(own, teacher, number, tmp_path, **where) for number in (1, 2)]
        assert pages.verify(files, pem)
    altered = bytearray(files[0].read_bytes())
    altered[len(altered) // 2] ^= 1
    files[0].write_bytes(altered)
    assert not pages.verify(files, pem)
    home = own.world.classmates()[0].guardians[0].guardian_id
    refused(ask(own, "link_catalogue_page", home, **where, page="1"), 404, "not-found")
