"""School units and their school year (process 12): taken from both of Skolverket's forms, listed page by
page, put in their organisation, with years that are proposed and decided.
"""

from __future__ import annotations

import json
from typing import Any

from skolkit.sweden.calendar import SchoolYear, default_calendar
from skolkit.types import PersonId, new_id, stable_id
from tests.support.areas import Answer
from tests.support.deployed import Deployed
from tests.support.scenes import faults, refused, stored, take

PROCESSES = (12,)
FOLDER = "organisation/units"
HEAD = "skolenhetskod,name,huvudmannatyp,kommunkod,kommun,address,lat,lon,pupils"


def registered(code: str, name: str, **attributes: Any) -> dict[str, Any]:
    """A unit as Skolenhetsregistret v2 describes one."""
    return {
        "data": {
            "type": "schoolunit",
            "schoolUnitCode": code,
            "attributes": {
                "displayName": name, "status": "AKTIV", "url": "https://skola.example.org",
                "schoolTypes": ["GR", "FKLASS"],
                "municipalityCode": "9999", "email": "skola@example.org", "phoneNumber": "0700000000",
                "addresses": [
                    {"type": "POSTADRESS", "streetAddress": "Box 1", "locality": "Ekhamra"},
                    {
                        "type": "BESOKSADRESS", "streetAddress": "Vägen 2", "locality": "Ekhamra",
                        "geoCoordinates": {"latitude": 59.2, "longitude": 15.8},
                    },
                ],
                **attributes,
            },
        },
        "included": {"type": "organizer", "attributes": {"organizerType": "KOMMUN"}},
    }  # fmt: skip


def every_unit(school: Deployed) -> list[dict[str, Any]]:
    """All pages of the list, one unit at a time."""
    guardian = school.world.population.guardians[0].id
    units: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = school.call("organisation", "list_units", guardian, query={"limit": "1", **cursor})
        assert page.status == 200, page.body
        assert len(page.body["data"]) <= 1
        units += page.body["data"]
        if page.body["cursor"] is None:
            return units
        cursor = {"cursor": page.body["cursor"]}


def test_units_come_from_the_table_and_the_register(school: Deployed) -> None:
    table = [
        HEAD,
        '99990041,Tabellskolan,kommunal,9999,Ekhamra,"Vägen 1, Ekhamra",59.1,15.7,120.0',
        "99990058,Friskolan,privat,9999,Ekhamra,,,,80",
        "9999,Felkodsskolan,kommunal,9999,Ekhamra,,,,80",
        "99990066,Nordpolsskolan,kommunal,9999,Ekhamra,,159.1,15.7,80",
    ]
    report = take(school.cloud, FOLDER, "\n".join(table) + "\n", "csv")
    assert (report["rows"], report["failed"]) == (4, 2)
    assert faults(report) == [(4, "skolenhetskod"), (5, "lat")]
    assert [fault["value"] for fault in report["faults"]] == ["9999", "159.1"]

    document = [
        registered("99990074", "Registerskolan"),
        registered("99990082", "Nedlagda skolan", status="UPPHORT"),
        registered("99990108", "Felaktiga skolan", status="BORTA"),
    ]
    report = take(school.cloud, FOLDER, json.dumps(document), "json")
    assert (report["rows"], faults(report)) == (3, [(3, "data.attributes.status")])

    listed = every_unit(school)
    names = [unit["name"] for unit in listed]
    assert {"Registerskolan", "Tabellskolan", "Provskolan"} <= set(names)
    assert not {"Friskolan", "Nedlagda skolan", "Felkodsskolan", "Nordpolsskolan"} & set(names)
    assert names == sorted(names)
    assert len({unit["id"] for unit in listed}) == len(listed)
    found = next(unit for unit in listed if unit["name"] == "Registerskolan")
    assert (found["address"], found["lat"], found["schoolForms"]) == (
        "Vägen 2, Ekhamra",
        59.2,
        ["GR", "FKLASS"],
    )
    one = school.call(
        "organisation", "read_unit", school.world.population.guardians[0].id, path={"unit": found["id"]}
    )
    assert one.body == found

    before = stored(school.cloud, "organisation")
    take(school.cloud, FOLDER, json.dumps(document), "json")
    take(school.cloud, FOLDER, "\n".join(table) + "\n", "csv")
    assert stored(school.cloud, "organisation") == before


def test_one_municipality_of_a_file_of_all(school: Deployed) -> None:
    table = [
        HEAD,
        "99990116,Hemmaskolan,kommunal,9999,Ekhamra,,,,1",
        "99990124,Bortaskolan,kommunal,9998,Borta,,,,1",
    ]
    assert take(school.cloud, f"{FOLDER}/9999", "\n".join(table) + "\n", "csv")["failed"] == 0
    guardian = school.world.population.guardians[0].id
    for code, status in (("99990116", 200), ("99990124", 404)):
        path = {"unit": stable_id("unit", code)}
        assert school.call("organisation", "read_unit", guardian, path=path).status == status


def test_the_school_year(school: Deployed) -> None:
    guardian, unit = school.world.population.guardians[0].id, {"unit": school.world.unit}
    now = school.call("organisation", "read_calendar", guardian, path=unit)
    assert (now.status, 178 <= now.body["schoolDays"] <= 190) == (200, True), now.body  # skolförordningen 3:3
    asked = school.call("organisation", "read_calendar", guardian, path=unit, query={"schoolYear": "2027/28"})
    assert (asked.body["schoolYear"], asked.body["autumn"]["first"][:4]) == ("2027/28", "2027")
    for wrong in ("2027", "2027/29"):
        answer = school.call(
            "organisation", "read_calendar", guardian, path=unit, query={"schoolYear": wrong}
        )
        refused(answer, 422, "invalid", "schoolYear")
    refused(school.call("organisation", "read_calendar", guardian, path={"unit": new_id()}), 404, "not-found")


def test_a_cursor_is_its_callers_own(school: Deployed) -> None:
    mine, other = (guardian.id for guardian in school.world.population.guardians[:2])
    page = school.call("organisation", "list_units", mine, query={"limit": "1"})
    if cursor := page.body["cursor"]:
        stolen = school.call("organisation", "list_units", other, query={"limit": "1", "cursor": cursor})
        refused(stolen, 400, "bad-cursor", "cursor")
    refused(
        school.call("organisation", "list_units", mine, query={"cursor": "åäö"}), 400, "bad-cursor", "cursor"
    )
    refused(school.call("organisation", "list_units", mine, query={"limit": "0"}), 422, "invalid", "limit")


def test_a_re_import_tells_what_changed_and_a_dry_run_changes_nothing(school: Deployed) -> None:
    office = school.world.staff("administrator")

    def changes(name: str, status: str, folder: str = FOLDER) -> list[list[str]]:
        report = take(school.cloud, folder, json.dumps([registered("99990157", name, status=status)]), "json")
        path = {"import": report["import"]}
        found = school.call("organisation", "list_unit_changes", office, path=path)
        assert found.status == 200, found.body
        return [unit["changes"] for unit in found.body["data"]]

    assert changes("Ekskolan", "AKTIV", f"{FOLDER}/preview") == [["new"]]
    unit = {"unit": stable_id("unit", "99990157")}
    refused(school.call("organisation", "read_unit", office, path=unit), 404, "not-found")
    assert changes("Ekskolan", "AKTIV") == [["new"]]
    assert changes("Ekenskolan", "VILANDE") == [["renamed", "dormant"]]
    assert changes("Ekenskolan", "VILANDE") == []


def test_the_organiser_builds_the_tree_and_decides_the_year(school: Deployed) -> None:
    """From the organiser down to a school with its own year; a principal proposes, the organiser decides."""
    office, principal = school.world.staff("administrator"), school.world.staff("principal")
    organiser = stable_id("huvudman")

    def create(**body: Any) -> str:
        headers = {"idempotency-key": new_id()}
        made = school.call("organisation", "create_unit", office, body=body, headers=headers)
        assert made.status == 201, made.body
        return str(made.body["id"])

    assert create(organisationType="Huvudman", name="Ekhamra kommun") == organiser
    area = create(organisationType="Rektorsområde", name="Norra", parent=organiser)
    branch = create(organisationType="Skolenhet", name="Ekens förskola", parent=area, schoolForms=["FS"])
    above = school.call("organisation", "list_ancestors", principal, path={"unit": branch}).body["data"]
    assert [element["name"] for element in above] == ["Norra", "Ekhamra kommun"]
    below = school.call("organisation", "list_children", principal, path={"unit": area}).body["data"]
    assert [element["name"] for element in below] == ["Ekens förskola"]

    year = default_calendar(SchoolYear(2030), winter_break_week=9)
    terms = {
        name: {"first": str(term.first), "last": str(term.last)}
        for name, term in (("autumn", year.autumn), ("spring", year.spring))
    }
    body = {"schoolYear": "2030/31", **terms, "daysOff": sorted(map(str, year.days_off))}
    unit = {"unit": school.world.unit}

    def put(days: list[str], version: int) -> Answer:
        return school.call(
            "organisation", "propose_calendar", principal, path=unit, body=body | {"studyDays": days},
            headers={"if-match": f'"{version}"'},
        )  # fmt: skip

    def decide(person: PersonId, version: int) -> Answer:
        return school.call(
            "organisation", "decide_calendar", person, path=unit, body={"schoolYear": "2030/31"},
            headers={"if-match": f'"{version}"'},
        )  # fmt: skip

    drafted = put(["2030-09-02", "2030-09-03", *map(str, year.study_days)], 0)
    assert [problem["rule"] for problem in drafted.body["problems"]] == ["school_days", "study_days"]
    refused(decide(office, 1), 422, "unlawful-year", "school_days")
    assert put(sorted(map(str, year.study_days)), 1).body["problems"] == []
    refused(decide(principal, 2), 404, "not-found")
    assert decide(office, 2).status == 201
    query = {"schoolYear": "2030/31"}
    holds = school.call("organisation", "read_calendar", principal, path=unit, query=query).body
    assert (holds["origin"], holds["schoolDays"]) == ("unit", 178)
    preschool = school.call(
        "organisation", "read_calendar", principal, path={"unit": branch}, query=query
    ).body
    assert (preschool["autumn"], preschool["schoolDays"]) == (None, None)

    closed = school.call(
        "organisation", "close_unit", office, path={"unit": area}, body={"endDate": "2030-06-30"},
        headers={"if-match": '"1"'},
    )  # fmt: skip
    refused(closed, 409, "still-has-children", "endDate")
