"""A class is graded (process 32): teachers propose and decide in every subject, the principal closes the
period, and at the moment that is decided the homes see the grades.
"""

from __future__ import annotations

from typing import Any

import pytest

from skolkit.clock import now, stamp, today
from skolkit.sweden.calendar import SchoolYear
from skolkit.types import PersonId, new_id
from tests.support.areas import Answer
from tests.support.deployed import Deployed, eventually
from tests.support.grading import period_body
from tests.support.scenes import graded_school, refused

PROCESSES = (32,)
YEAR = SchoolYear.of(today())


@pytest.fixture
def own(school: Deployed) -> Deployed:
    return graded_school(school, "99990314")


def ask(own: Deployed, name: str, person: PersonId, body: Any = None, **path: str) -> Answer:
    headers = {"idempotency-key": new_id()}
    return own.call("grades", name, person, path=path, body=body, headers=headers)


def test_a_class_from_proposals_to_grades_at_home(own: Deployed) -> None:
    principal, unit = own.world.staff("principal"), own.world.unit
    early = f"{YEAR.start_year}-04-15"
    opened = ask(own, "open_period", principal, period_body(years=[4], decidedEarlyGrades=early), unit=unit)
    assert opened.status == 201, opened.body
    period = opened.body["id"]

    pupil = own.world.classmates()[0]
    home = pupil.guardians[0].guardian_id
    groups = eventually(lambda: ask(own, "list_progress", principal, period=period).body["data"])
    assert groups
    for group in groups:
        where = {"period": period, "activity": group["activity"]}
        teacher = group["teachers"][0]
        mine = own.call("grades", "list_my_sheets", teacher).body["data"]
        assert group["activity"] in {row["activity"] for row in mine}
        sheet = ask(own, "open_sheet", teacher, **where).body
        assert sheet["decidedBy"] == [teacher]
        more = {"language": "spa", "choice": "languageChoice"} if sheet["subjectCode"] == "GRGRMSP01" else {}
        lines = [
            {"student": row["student"], "version": 0, "value": "ABCDE"[n % 5], **more}
            for n, row in enumerate(sheet["students"])
        ]
        assert ask(own, "save_proposals", teacher, {"lines": lines}, **where).status == 200
        refused(ask(own, "close_period", principal, period=period), 409, "unfinished-sheets")
        students = [row["student"] for row in sheet["students"]]
        made = ask(own, "decide_grades", teacher, {"students": students}, **where)
        assert (made.status, len(made.body["decided"])) == (201, len(students)), made.body

    shut = ask(own, "close_period", principal, period=period)
    assert (shut.status, shut.body["state"]) == (200, "closed"), shut.body
    assert ask(own, "list_grades", home, pupil=pupil.id).body["data"] == []
    said = own.call(
        "grades", "publish_grades", principal, path={"period": period}, body={"at": stamp(now())},
        headers={"if-match": f'"{shut.body["version"]}"'},
    )  # fmt: skip
    assert said.status == 200, said.body
    grades = ask(own, "list_grades", home, pupil=pupil.id).body["data"]
    assert len(grades) == len(groups)
    chain = ask(own, "list_catalogue", home, pupil=pupil.id).body
    assert chain["intact"] is True
    stranger = next(p for p in own.world.classmates() if home not in {g.guardian_id for g in p.guardians})
    refused(ask(own, "list_grades", stranger.guardians[0].guardian_id, pupil=pupil.id), 404, "not-found")
