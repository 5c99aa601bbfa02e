"""Grades are published and counted (process 32): at the moment that is decided the homes of a class are told
once, and after the period is closed its principal reads the exact numbers, everybody those in which nobody is
found.
"""

from __future__ import annotations

from collections import Counter
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
UNIT = "99990329"
YEAR = SchoolYear.of(today())
SUBJECTS = {"Betyg finns att läsa", "Grades can be read"}


@pytest.fixture
def own(school: Deployed) -> Deployed:
    return graded_school(school, UNIT)


def ask(own: Deployed, name: str, person: PersonId, body: Any = None, **path: str) -> Answer:
    headers = {"idempotency-key": new_id()}
    return own.call("grades", name, person, path=path, body=body, headers=headers)


def read(own: Deployed, name: str, person: PersonId) -> list[dict[str, Any]]:
    query = {"schoolForm": "GR", "year": "4", "semester": period_body()["semester"]}
    answer = own.call("grades", name, person, path={"unit": own.world.unit}, query=query)
    assert answer.status == 200, answer.body
    found: list[dict[str, Any]] = answer.body["data"]
    return found


def graded(own: Deployed) -> tuple[PersonId, str, int, Counter[str]]:
    """A period in which every pupil has a grade in every subject, closed; its version, and the grades set in
    mathematics.
    """
    principal, unit, maths = own.world.staff("principal"), own.world.unit, Counter[str]()
    early = f"{YEAR.start_year}-04-15"
    opened = ask(own, "open_period", principal, period_body(years=[4], decidedEarlyGrades=early), unit=unit)
    period = opened.body["id"]
    for group in eventually(lambda: ask(own, "list_progress", principal, period=period).body["data"]):
        where, teacher = {"period": period, "activity": group["activity"]}, group["teachers"][0]
        sheet = ask(own, "open_sheet", teacher, **where).body
        more = {"language": "spa", "choice": "languageChoice"} if sheet["subjectCode"] == "GRGRMSP01" else {}
        students = [row["student"] for row in sheet["students"]]
        values = ["ABCDE"[n % 5] for n in range(len(students))]
        lines = [
            {"student": one, "version": 0, "value": value, **more}
            for one, value in zip(students, values, strict=True)
        ]
        assert ask(own, "save_proposals", teacher, {"lines": lines}, **where).status == 200
        assert ask(own, "decide_grades", teacher, {"students": students}, **where).status == 201
        maths.update(values if sheet["subjectCode"] == "GRGRMAT01" else ())
    shut = ask(own, "close_period", principal, period=period)
    assert shut.status == 200, shut.body
    return principal, period, shut.body["version"], maths


def told(own: Deployed) -> Counter[str]:
    """How often each address of this school has been told; others' scenarios publish grades, too."""
    mails = [mail for mail in own.cloud.messages() if mail["Subject"] in SUBJECTS]
    return Counter(to for mail in mails for to in mail["To"] if UNIT in to)


def test_grades_are_published_told_of_and_counted(own: Deployed) -> None:
    principal, period, version, maths = graded(own)
    pupil = own.world.classmates()[0]
    home = pupil.guardians[0].guardian_id

    (exact,) = eventually(lambda: read(own, "read_grade_statistics", principal))
    (row,) = [one for one in exact["rows"] if one["subjectCode"] == "GRGRMAT01"]
    assert {"".join(b["gradeValues"]): b["count"] for b in row["values"] if b["count"]} == dict(maths)
    assert row["meanPoints"] is not None
    (open_,) = read(own, "read_open_grade_statistics", home)
    counts = [band["count"] for one in open_["rows"] for band in one["values"]]
    assert all(count == 0 or count >= 5 for count in counts)
    query = {"schoolForm": "GR", "year": "4", "semester": period_body()["semester"]}
    municipal = own.call("grades", "read_municipal_grade_statistics", home, query=query)
    assert (municipal.status, municipal.body) == (200, {"data": []}), "the term has not settled"
    other = own.call("grades", "read_grade_statistics", home, path={"unit": own.world.unit}, query=query)
    refused(other, 404, "not-found")

    own.invoke("grades", "ask_publications")
    assert told(own) == Counter()
    said = own.call(
        "grades", "publish_grades", principal, path={"period": period}, body={"at": stamp(now())},
        headers={"if-match": f'"{version}"'},
    )  # fmt: skip
    assert said.status == 200, said.body
    assert ask(own, "list_grades", home, pupil=pupil.id).body["data"] != []
    own.invoke("grades", "ask_publications")
    mates = own.world.classmates()
    guardians = {g.guardian_id for p in mates if not p.protection for g in p.guardians}
    addresses = {g.email for g in own.world.population.guardians if g.id in guardians and g.email}
    eventually(lambda: addresses <= set(told(own)))
    own.invoke("grades", "ask_publications")
    assert {times for to, times in told(own).items() if to in addresses} == {1}
