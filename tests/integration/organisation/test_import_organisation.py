"""Files of units, groups and duties."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest

from functions.access.guard import Duty
from functions.organisation import queries
from infra.local import paths
from infra.local.cloud import Cloud
from skolkit.clock import today
from skolkit.sweden.calendar import SchoolCalendar, SchoolYear, default_calendar
from skolkit.sweden.codes import SchoolUnitCode
from skolkit.table import fetch
from skolkit.types import GroupId, PersonId, UnitId, stable_id
from tests.support.areas import outbox
from tests.support.world import UNITS_TABLE, drop

TABLE = paths.ROOT.parent / "shared" / "data" / "schools" / "skolenheter.csv"
UNIT = queries.unit_id(SchoolUnitCode("99990017"))
GROUP = GroupId(stable_id("7B"))
ANNA, BO, EVA = (PersonId(stable_id("person", name)) for name in ("anna", "bo", "eva"))


@pytest.fixture
def unit(tables: Cloud) -> Cloud:
    table = UNITS_TABLE.format(code="99990017", name="Provskolan", address="Provgatan 1", pupils=60)
    drop(tables, "organisation/units/units.csv", table)
    return tables


def group(**more: Any) -> dict[str, Any]:
    members = [{"person": ANNA, "startDate": "2026-08-18"}, {"person": BO, "startDate": "2026-08-18"}]
    return {"id": GROUP, "unit": "99990017", "name": "7B", "groupType": "Klass", "members": members} | more


def groups_of(person: PersonId, on: date) -> tuple[GroupId, ...]:
    found: dict[PersonId, tuple[GroupId, ...]] = fetch(queries.wanted_groups_of([person], on))[0]
    return found[person]


@pytest.mark.skipif(not TABLE.exists(), reason="the public table is not here")
@pytest.mark.parametrize(("code", "municipal", "pupils"), [("1281", 31, 8001), ("0180", 126, 61740)])
def test_a_real_municipality(tables: Cloud, code: str, municipal: int, pupils: int) -> None:
    table = TABLE.read_text(encoding="utf-8")
    report = drop(tables, f"organisation/units/{code}/skolenheter.csv", table)
    assert (report["rows"], report["failed"]) == (3151, 0)
    units = list(queries.units())
    assert (len(units), sum(unit.pupils or 0 for unit in units)) == (municipal, pupils)
    assert [unit.name for unit in units] == sorted(unit.name for unit in units)
    assert {unit.municipality_code for unit in units} == {code}


def test_a_unit_that_closes_leaves_the_list_and_stays_in_the_register(unit: Cloud) -> None:
    document = {
        "data": {
            "schoolUnitCode": "99990017",
            "attributes": {
                "displayName": "Provskolan",
                "status": "UPPHORT",
                "municipalityCode": "9999",
                "schoolTypes": ["GR"],
            },
        },
        "included": {"attributes": {"organizerType": "KOMMUN"}},
    }
    assert [found.name for found in queries.units()] == ["Provskolan"]
    report = drop(unit, "organisation/units/register.json", json.dumps([document]))
    assert (report["rows"], report["failed"]) == (1, 0)
    assert list(queries.units()) == []
    found = queries.unit(UNIT)
    assert found is not None
    assert found.status == "UPPHORT"


def test_bad_units_are_reported_by_line_and_value(tables: Cloud) -> None:
    head = "skolenhetskod,name,huvudmannatyp,kommunkod\n"
    rows = "99990017,A,kommunal,9999\n123,B,kommunal,9999\n99990025,C,kommunal,99\n99990033,D,privat,9999\n"
    report = drop(tables, "organisation/units/units.csv", head + rows)
    assert (report["rows"], report["failed"]) == (4, 2)
    faults = [(fault["line"], fault["field"], fault["value"]) for fault in report["faults"]]
    assert faults == [(3, "skolenhetskod", "123"), (4, "kommunkod", "99")]
    assert "åtta siffror" in report["faults"][0]["reason"]
    assert [unit.name for unit in queries.units()] == ["A"]


@pytest.mark.parametrize("body", ["{", '{"data": {}}'])
def test_what_is_no_document_of_the_register_is_refused(tables: Cloud, body: str) -> None:
    report = drop(tables, "organisation/units/units.json", body)
    assert report["failed"] == 1
    assert report["faults"][0]["reason"]


def test_a_group_is_known_from_both_sides(unit: Cloud) -> None:
    drop(unit, "organisation/groups/groups.jsonl", [group(mentors=[EVA])])
    found = queries.group(GROUP, date(2026, 11, 23))
    assert found is not None
    assert (found.unit, found.kind, found.members) == (UNIT, "klass", (ANNA, BO))
    assert found.mentors == {EVA}
    assert groups_of(ANNA, date(2026, 11, 23)) == (GROUP,)
    assert groups_of(ANNA, date(2026, 8, 17)) == ()
    assert groups_of(EVA, date(2026, 11, 23)) == ()
    around = queries.staff_around(ANNA, date(2026, 11, 23))
    assert around.mentors == {EVA}
    assert not around.teachers
    assert [part.part for part in fetch(queries.wanted_parts([EVA]))[0][EVA]] == ["mentor"]


def test_groups_that_change_are_told_of_and_others_are_not(unit: Cloud) -> None:
    other = group(id=stable_id("7C"), name="7C", members=[])
    drop(unit, "organisation/groups/groups.jsonl", [group(), other])
    drop(unit, "organisation/groups/again.jsonl", [group(), other])
    changed = group(members=[{"person": ANNA, "startDate": "2026-08-18", "endDate": "2026-10-30"}])
    drop(unit, "organisation/groups/later.jsonl", [changed, other])
    facts = [f["data"]["group"] for f in outbox("organisation") if f["type"].startswith("organisation.Group")]
    assert sorted(facts[:2]) == sorted([GROUP, other["id"]])
    assert facts[2:] == [GROUP]
    assert groups_of(ANNA, date(2026, 10, 30)) == (GROUP,)
    assert groups_of(ANNA, date(2026, 10, 31)) == groups_of(BO, date(2026, 10, 1)) == ()


def test_a_group_of_an_unknown_unit_is_refused(unit: Cloud) -> None:
    report = drop(
        unit, "organisation/groups/groups.jsonl", [group(), group(id=stable_id("8A"), unit="99990025")]
    )
    assert [(fault["line"], fault["field"]) for fault in report["faults"]] == [(2, "unit")]
    assert queries.group(GROUP, today()) is not None
    assert queries.group(GroupId(stable_id("8A")), today()) is None


def test_duties_hold_on_their_days(unit: Cloud) -> None:
    yesterday = today() - timedelta(days=1)
    rows: list[dict[str, Any]] = [
        {"person": ANNA, "unit": "99990017", "role": "principal", "startDate": "2026-08-18"},
        {
            "person": ANNA,
            "unit": UNIT,
            "role": "teacher",
            "startDate": "2026-01-01",
            "endDate": str(yesterday),
        },
        {
            "person": BO,
            "unit": None,
            "role": "administrator",
            "startDate": "2026-08-18",
            "endDate": str(today()),
        },
        {"person": EVA, "unit": "99990025", "role": "teacher", "startDate": "2026-08-18"},
        {"person": EVA, "unit": "99990017", "role": "janitor", "startDate": "2026-08-18"},
    ]
    report = drop(unit, "organisation/duties/duties.jsonl", rows)
    assert sorted((f["line"], f["field"]) for f in report["faults"]) == [(4, "unit"), (5, "role")]
    assert queries.duties_of(ANNA) == (Duty("principal", UNIT),)
    assert queries.duties_of(BO) == (Duty("administrator", None),)
    assert queries.duties_of(EVA) == ()


def year_row(calendar: SchoolCalendar, **more: Any) -> dict[str, Any]:
    terms = {
        name: {"first": str(term.first), "last": str(term.last)}
        for name, term in (("autumn", calendar.autumn), ("spring", calendar.spring))
    }
    days = {"daysOff": [*map(str, calendar.days_off)], "studyDays": [*map(str, calendar.study_days)]}
    return {"unit": "99990017", "schoolYear": str(calendar.school_year), **terms, **days} | more


def test_the_usual_calendar_holds_until_another_is_decided(unit: Cloud) -> None:
    year = SchoolYear(2026)
    usual, own = default_calendar(year), default_calendar(year, winter_break_week=9)
    assert queries.calendar(UNIT, year) == usual
    report = drop(unit, "organisation/calendars/years.jsonl", [year_row(own)])
    assert report["faults"] == []
    assert queries.calendar(UNIT, year) == own
    assert queries.calendar(UnitId(stable_id("other")), year) == usual


def test_an_unlawful_school_year_is_refused_by_rule(unit: Cloud) -> None:
    usual = default_calendar(SchoolYear(2026))
    short = year_row(usual, spring={"first": "2027-01-07", "last": "2027-05-01"})
    elsewhere = year_row(usual, unit="99990025")
    report = drop(unit, "organisation/calendars/years.jsonl", [short, elsewhere])
    assert [fault["field"] for fault in report["faults"]] == ["", "unit"]
    assert "minst 178" in report["faults"][0]["reason"]
    assert queries.calendar(UNIT, SchoolYear(2026)) == usual
