"""A small made-up school, taken in by the areas' own imports, for what other systems read of it: two units,
one of them below an area, pupils and staff, some of them protected.
"""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import datetime
from typing import Any

from functions.exchange.usecases.resources import resource_of
from functions.organisation.domain.units import MUNICIPALITY, UnitRecord
from functions.organisation.store import units
from infra.local.cloud import Cloud
from skolkit.ss12000 import Asked
from skolkit.table import commit
from skolkit.types import UnitId, stable_id
from tests.support.areas import acting_as
from tests.support.standard import every
from tests.support.world import UNITS_TABLE, drop

HERE, THERE = (UnitId(stable_id("unit", code)) for code in ("99990017", "99990025"))
AREA = UnitId(stable_id("norr"))
ANNA, BO, HID, EVA, KIM, SAM = (
    stable_id("person", name) for name in ("anna", "bo", "hid", "eva", "kim", "sam")
)
CLASS, CHOIR, FAR, STAFF = (stable_id("group", name) for name in ("7B", "choir", "far", "staff"))
TEACHER, SECRET, NURSE, HEAD = (stable_id("duty", name) for name in ("eva", "kim", "sam", "head"))
MATHS, MUSIC, AWAY, TALK = (stable_id("activity", name) for name in ("ma", "mu", "away", "talk"))
PUPILS, TEACHERS = (ANNA, BO, HID), (EVA, KIM, SAM)
PROTECTED = (HID, KIM)
"""A pupil and a teacher."""

GROUPS: list[dict[str, Any]] = [
    {
        "id": CLASS, "unit": HERE, "name": "7B", "groupType": "Klass", "schoolType": "GR", "year": 7,
        "startDate": "2026-08-17", "endDate": "2027-06-11",
        "members": [
            {"person": ANNA, "startDate": "2026-08-17", "endDate": "2026-10-30"},
            {"person": ANNA, "startDate": "2026-11-09"},
            {"person": HID, "startDate": "2026-08-17"},
        ],
    },
    {
        "id": CHOIR, "unit": HERE, "name": "Ängskören", "groupType": "Övrigt",
        "members": [{"person": BO, "startDate": "2025-01-07"}],
    },
    {
        "id": FAR, "unit": THERE, "name": "Åttan", "groupType": "Undervisning", "schoolType": "GRAN",
        "startDate": "2026-01-07",
        "members": [{"person": BO, "startDate": "2026-01-07", "endDate": "2026-06-12"}],
    },
    {"id": STAFF, "unit": THERE, "name": "Arbetslag 1", "groupType": "Personalgrupp"},
]  # fmt: skip
DUTIES: list[dict[str, Any]] = [
    {
        "id": TEACHER, "person": EVA, "unit": HERE, "dutyRole": "Lärare", "startDate": "2020-08-01",
        "signature": "EVA", "dutyPercent": 80, "hoursPerYear": 1360, "description": "Matematik",
        "assignmentRole": [
            {"assignmentRoleType": "Mentor", "group": CLASS, "startDate": "2026-08-17"},
        ],
    },
    {"id": SECRET, "person": KIM, "unit": HERE, "dutyRole": "Lärare", "startDate": "2022-08-01"},
    {"id": NURSE, "person": SAM, "unit": None, "dutyRole": "Skolsköterska", "startDate": "2021-08-01",
     "endDate": "2025-06-30"},
    {"id": HEAD, "person": SAM, "unit": THERE, "dutyRole": "Rektor", "startDate": "2025-07-01"},
]  # fmt: skip
ACTIVITIES: list[dict[str, Any]] = [
    {
        "id": MATHS, "unit": HERE, "displayName": "Matematik 7B", "startDate": "2026-08-17",
        "endDate": "2027-06-11", "groups": [CLASS], "minutesPlanned": 7200, "schoolForm": "GR",
        "syllabus": stable_id("syllabus", "ma"),
        "teachers": [
            {"duty": TEACHER, "minutesPlanned": 7000, "grader": True, "startDate": "2026-09-01"},
            {"duty": SECRET, "minutesPlanned": 200},
        ],
    },
    {
        "id": MUSIC, "unit": HERE, "displayName": "Ensemble", "activityType": "Elevaktivitet",
        "startDate": "2025-01-07", "groups": [CLASS, CHOIR], "teachers": [{"duty": SECRET}],
    },
    {
        "id": AWAY, "unit": THERE, "displayName": "Öppet hus", "activityType": "Övrigt",
        "startDate": "2026-01-07", "groups": [FAR], "teachers": [{"duty": HEAD}],
    },
    {
        "id": TALK, "unit": THERE, "displayName": "Konferens", "activityType": "Läraraktivitet",
        "startDate": "2026-01-07", "teachers": [{"duty": HEAD}],
    },
]  # fmt: skip


def organised(tables: Cloud) -> Cloud:
    """The school in the tables."""
    row = UNITS_TABLE.splitlines()[1]
    rows = [row.format(code=code, name=code, address="G", pupils=1) for code in (99990017, 99990025)]
    take(tables, "units", "\n".join([UNITS_TABLE.splitlines()[0], *rows]), "csv")
    with acting_as("organisation"):
        area = UnitRecord(
            id=AREA, code=None, name="Norr", municipality_code=None, municipal=True, type="Rektorsområde",
            parent=MUNICIPALITY, school_forms=(),
        )  # fmt: skip
        unit = units.find_unit(HERE)
        assert unit is not None
        commit(*units.unit_writes(None, area), *units.unit_writes(unit, replace(unit, parent=AREA)))
    people: list[dict[str, Any]] = [
        {
            "id": id, "givenName": name, "familyName": "Test",
            "birthDate": "2013-05-05" if id in PUPILS else "1980-05-05",
            "securityMarking": "Sekretessmarkering" if id in PROTECTED else "Ingen",
        }
        for name, id in zip(("Anna", "Bo", "Hid", "Eva", "Kim", "Sam"), (*PUPILS, *TEACHERS), strict=True)
    ]  # fmt: skip
    for person, unit_code in zip(people, ("99990017", "99990025", "99990017"), strict=False):
        enrolled = {"schoolType": "GR", "schoolYear": 7, "startDate": "2026-07-01"}
        person["enrolments"] = [{"enroledAt": unit_code, **enrolled}]
    report = drop(tables, "register/persons/p.jsonl", people)
    assert report["failed"] == 0, report
    take(tables, "groups", GROUPS)
    take(tables, "duties", DUTIES)
    take(tables, "activities", ACTIVITIES)
    time.sleep(0.06)  # until it is published
    return tables


def take(tables: Cloud, what: str, rows: str | list[dict[str, Any]], kind: str = "jsonl") -> None:
    """A file of the organisation's."""
    report = drop(tables, f"organisation/{what}/{time.monotonic_ns()}.{kind}", rows)
    assert report["failed"] == 0, report


def moved(client: str, resource: str, since: str) -> list[str]:
    """The ids of what has changed since a modification that was seen, and is published by now."""
    time.sleep(0.06)
    return [entity["id"] for entity in every(client, resource, meta_modified_after=since)]


def latest(client: str, resource: str) -> str:
    """When something was modified last."""
    return max(str(entity["meta"]["modified"]) for entity in every(client, resource))


def created(client: str, resource: str, id: str) -> str:
    """When something came to be, as it is said now."""
    return next(str(e["meta"]["created"]) for e in every(client, resource) if e["id"] == id)


def gone(resource: str, since: datetime) -> list[str]:
    """The ids of what has been deleted."""
    walk = resource_of(resource).walk(Asked(changed_after=since), None, 100)
    return [id for step in walk for id in step.gone]
