"""Programmes, syllabuses and what units offer, through SS 12000."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest

from functions.organisation.store.offerings import OfferingItem, offering_key
from functions.organisation.store.programmes import ProgrammeItem, programme_key
from infra.local.cloud import Cloud
from skolkit.clock import now
from skolkit.sweden.codes import SchoolForm
from skolkit.table import Remove, commit
from skolkit.types import new_id
from tests.support.areas import acting_as, call
from tests.support.organised import (
    HERE,
    SAM,
    THERE,
    created,
    gone,
    latest,
    moved,
    organised,
    take,
)
from tests.support.standard import ask, connect, every

SUBJECTS: list[dict[str, Any]] = [
    {
        "code": "MATE", "name": "Matematik", "typeOfSyllabus": "GRADE_SUBJECT_SYLLABUS", "version": 1,
        "startDate": "2025-07-01", "schoolTypes": ["GY"], "designation": "MAT",
        "courses": [{"code": "MATE1A00X", "name": "Nivå 1a", "points": "100"}],
    },
    {
        "code": "MAT", "name": "Matematik", "typeOfSyllabus": "SUBJECT_SYLLABUS", "version": 1,
        "startDate": "2011-07-01", "schoolTypes": ["GY"],
        "courses": [{"code": "MATMAT01a", "name": "Älgmatematik 1a", "points": "150"}],
    },
    {
        "code": "GRGRBIL01", "name": "Bild", "typeOfSyllabus": "SUBJECT_SYLLABUS", "version": 1,
        "startDate": "2011-07-01", "schoolTypes": ["GR", "GRAN"], "designation": "BL",
    },
]  # fmt: skip


@pytest.fixture
def school(tables: Cloud) -> Cloud:
    organised(tables)
    take(tables, "syllabuses", [{"subjects": SUBJECTS}])
    time.sleep(0.06)
    return tables


def programme(code: str, name: str, **more: Any) -> dict[str, Any]:
    plain = {
        "code": code, "name": name, "type": "Högskoleförberedande program", "schoolForm": "GY",
        "validFrom": "2025-07-01", "content": [],
    }  # fmt: skip
    return plain | more


def by_code(client: str) -> dict[str, dict[str, Any]]:
    return {e.get("courseCode", e["subjectCode"] + e["schoolType"]): e for e in every(client, "syllabuses")}


def test_syllabuses_in_the_words_of_the_standard(school: Cloud) -> None:
    found = by_code(connect())
    assert found["MATMAT01a"].pop("meta")["created"]
    assert found["MATMAT01a"] == {
        "id": found["MATMAT01a"]["id"], "schoolType": "GY", "subjectCode": "MAT",
        "subjectName": "Matematik", "courseCode": "MATMAT01a", "courseName": "Älgmatematik 1a",
        "points": 150, "curriculum": "GY2011", "official": True,
    }  # fmt: skip
    said = {code: (e["schoolType"], e.get("curriculum")) for code, e in found.items()}
    assert said == {
        "MATE1A00X": ("GY", None), "MATMAT01a": ("GY", "GY2011"), "GRGRBIL01GR": ("GR", "GR2011"),
        "GRGRBIL01GRS": ("GRS", "GRSÄR2011"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("key", "field", "up"),
    [
        ("SubjectName", "subjectName", ["Bild", "Bild", "Matematik", "Matematik"]),
        ("SubjectCode", "subjectCode", ["GRGRBIL01", "GRGRBIL01", "MAT", "MATE"]),
        ("CourseName", "courseName", [None, None, "Nivå 1a", "Älgmatematik 1a"]),
        ("CourseCode", "courseCode", [None, None, "MATE1A00X", "MATMAT01a"]),
        ("SubjectDesignation", "subjectDesignation", [None, "BL", "BL", "MAT"]),
    ],
)
def test_every_order_of_syllabuses_both_ways(
    school: Cloud, key: str, field: str, up: list[str | None]
) -> None:
    client = connect()
    found = [e.get(field) for e in every(client, "syllabuses", sortkey=f"{key}Asc", limit=1)]
    assert found == up
    down = [e.get(field) for e in every(client, "syllabuses", sortkey=f"{key}Desc", limit=3)]
    assert down == up[::-1]


def test_syllabuses_that_change_move_and_others_do_not(school: Cloud) -> None:
    client = connect()
    since, bild = latest(client, "syllabuses"), by_code(client)["GRGRBIL01GR"]
    take(school, "syllabuses", [{"subjects": SUBJECTS}])
    assert moved(client, "syllabuses", since) == []
    take(school, "syllabuses", [{"subjects": [SUBJECTS[2] | {"name": "Bild och form"}, *SUBJECTS[:2]]}])
    assert bild["id"] in moved(client, "syllabuses", since)
    assert len(moved(client, "syllabuses", since)) == 2  # in two school forms
    assert created(client, "syllabuses", bild["id"]) == bild["meta"]["created"]
    assert ask(client, "read_syllabuses", path={"id": bild["id"]}).body["subjectName"] == "Bild och form"
    assert len(ask(client, "lookup_syllabuses", body={"ids": [bild["id"], new_id()]}).body) == 1
    assert {e["schoolType"] for e in every(connect(forms={SchoolForm.UPPER_SECONDARY}), "syllabuses")} == {
        "GY"
    }


def test_programmes(school: Cloud) -> None:
    client = connect()
    maths = [by_code(client)[code]["id"] for code in ("MATE1A00X", "MATMAT01a")]
    content = [{"type": "Gymnasiegemensamma", "points": 100, "content": [maths]}]
    rows = [
        programme("TE25", "Teknik", content=content),
        programme("EK25", "Ånglok och ekonomi"),
        programme("IMX", "Ämnesval", type="Intruduktionsprogram", schoolForm="GYAN"),
    ]
    take(school, "programmes", rows)
    time.sleep(0.06)
    found = {e["code"]: e for e in every(client, "programmes")}
    line = programme("TE25INR", "Design", type="Programinriktning", parentProgramme=found["TE25"]["id"])
    take(school, "programmes", [line])
    time.sleep(0.06)
    found = {e["code"]: e for e in every(client, "programmes")}
    assert found["TE25"].pop("meta")["created"]
    assert found["TE25"] == {
        "id": found["TE25"]["id"], "name": "Teknik", "type": "Högskoleförberedande program",
        "schoolType": "GY", "code": "TE25",
        "content": [
            {"type": "Gymnasiegemensamma", "points": 100, "content": [{"id": id} for id in maths]}
        ],
    }  # fmt: skip

    def codes(who: str = client, **query: Any) -> list[str]:
        return [e["code"] for e in every(who, "programmes", **query)]

    assert codes(sortkey="NameAsc", limit=1) == ["TE25INR", "TE25", "EK25", "IMX"]
    assert codes(sortkey="CodeAsc", limit=3) == ["EK25", "IMX", "TE25", "TE25INR"]
    assert set(codes(sortkey="ModifiedDesc")) == set(found)
    assert codes(schoolType=["GYS"]) == ["IMX"]
    assert len(codes(schoolType=["GYS", "GY"])) == 4
    assert codes(code="EK25") == ["EK25"]
    parent = found["TE25"]["id"]
    assert codes(parentProgramme=parent) == codes(parentProgramme=parent.upper()) == ["TE25INR"]
    assert codes(connect(forms={SchoolForm.ADAPTED_UPPER_SECONDARY})) == ["IMX"]
    assert len(ask(client, "lookup_programmes", body={"ids": [parent, new_id()]}).body) == 1
    since, made = latest(client, "programmes"), created(client, "programmes", parent)
    take(school, "programmes", [*rows, line])
    assert moved(client, "programmes", since) == []
    take(school, "programmes", [rows[0] | {"name": "Teknikprogrammet"}, *rows[1:], line])
    assert moved(client, "programmes", since) == [parent]
    assert created(client, "programmes", parent) == made
    begun = now() - timedelta(seconds=0.01)
    with acting_as("organisation"):
        item = ProgrammeItem.find(*programme_key(parent))
        assert item is not None
        commit(Remove(item))
    assert gone("programmes", begun) == [parent]


def offer(unit: str, year: str, syllabuses: list[str], version: int = 0) -> None:
    body = {"schoolYear": year, "offeredSyllabuses": syllabuses}
    headers = {"if-match": f'"{version}"'}
    answer = call("organisation", "put_offering", SAM, path={"unit": unit}, body=body, headers=headers)
    assert answer.status == 200, answer.body


def test_what_units_offer(school: Cloud) -> None:
    head = {"person": SAM, "unit": HERE, "dutyRole": "Rektor", "startDate": "2025-07-01"}
    take(school, "duties", [head])
    client = connect()
    maths, drawing = (by_code(client)[code]["id"] for code in ("MATE1A00X", "GRGRBIL01GR"))
    for unit, year in ((THERE, "2026/27"), (THERE, "2025/26"), (HERE, "2027/28")):
        offer(unit, year, [maths])
    time.sleep(0.06)

    def years(who: str = client, **query: Any) -> list[str]:
        return [e["startDate"][:4] for e in every(who, "schoolUnitOfferings", **query)]

    found = {e["startDate"][:4]: e for e in every(client, "schoolUnitOfferings")}
    one = found["2026"]
    made = one.pop("meta")["created"]
    assert one == {
        "id": one["id"], "offeredAt": {"id": THERE}, "startDate": "2026-07-01", "endDate": "2027-06-30",
        "offeredSyllabuses": [{"id": maths}], "offeredProgrammes": [],
    }  # fmt: skip
    for key in ("StartDate", "EndDate"):
        assert years(sortkey=f"{key}Asc", limit=1) == ["2025", "2026", "2027"]
        assert years(sortkey=f"{key}Desc", limit=2) == ["2027", "2026", "2025"]
        assert years(sortkey=f"{key}Desc", limit=1, organisation=THERE) == ["2026", "2025"]
    assert years(organisation=HERE) == years(connect(units=frozenset({HERE}))) == ["2027"]
    assert years(organisation=new_id()) == []
    ids = [e["id"] for e in found.values()]
    assert len(ask(client, "lookup_schoolUnitOfferings", body={"ids": [*ids, new_id()]}).body) == 3
    since = latest(client, "schoolUnitOfferings")
    offer(THERE, "2026/27", [maths, drawing], version=1)
    assert moved(client, "schoolUnitOfferings", since) == [one["id"]]
    after = ask(client, "read_schoolUnitOfferings", path={"id": one["id"]}).body
    assert (after["meta"]["created"], len(after["offeredSyllabuses"])) == (made, 2)
    begun = now() - timedelta(seconds=0.01)
    with acting_as("organisation"):
        item = OfferingItem.find(*offering_key(one["id"]))
        assert item is not None
        commit(Remove(item))
    assert gone("schoolUnitOfferings", begun) == [one["id"]]
