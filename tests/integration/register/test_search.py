"""Administrators find people; nobody finds a protected one but by number at the person's own unit."""

from __future__ import annotations

from typing import Any

import pytest

from infra.local.cloud import Cloud
from skolkit.sweden.codes import check_digit
from skolkit.types import PersonId, UnitId, stable_id
from tests.support.areas import Answer, audit_rows, call
from tests.support.meter import metered
from tests.support.schools import stored
from tests.support.world import UNIT, UNITS_TABLE, drop

HERE, THERE = "99990017", "99990025"
HIDDEN_NO = f"20160504-238{check_digit('160504238')}"
HIDDEN = {"securityMarking": "Sekretessmarkering"}


def id_of(name: str) -> PersonId:
    return PersonId(stable_id("person", name))


def unit_of(code: str) -> UnitId:
    return UnitId(stable_id("unit", code))


def row(given: str, family: str, **more: Any) -> dict[str, Any]:
    return {
        "id": id_of(given), "givenName": given, "familyName": family, "birthDate": "1985-01-31"
    } | more  # fmt: skip


def pupil(given: str, family: str, unit: str, *guardians: str, **more: Any) -> dict[str, Any]:
    enrolment = {"enroledAt": unit, "schoolType": "GR", "schoolYear": 3, "startDate": "2026-08-18"}
    adults = [{"person": id_of(g)} for g in guardians]
    born = {"birthDate": "2016-05-04", "enrolments": [enrolment], "responsibles": adults}
    return row(given, family, **born) | more


PEOPLE = [
    pupil("Åsa", "Lindqvist", HERE, "Margareta", "Gömd"),
    pupil("Asa", "Lindgren", HERE),
    pupil("Asal", "Ahmadi", THERE, "Margareta"),
    pupil("Hemlig", "Lindqvist", HERE, "Margareta", civicNo=HIDDEN_NO, **HIDDEN),
    row("Margareta", "von Essen", civicNo="19811218-9876"),
    row("Gömd", "Lindqvist", **HIDDEN),
    row("Unitadmin", "Enhet"),
    row("Cityadmin", "Kommun"),
]
GROUP = stable_id("group", "3A")


@pytest.fixture
def town(tables: Cloud) -> Cloud:
    lines = [
        UNITS_TABLE.format(code=code, name=f"Skola {code}", address=UNIT.address, pupils=60)
        for code in (HERE, THERE)
    ]
    drop(tables, "organisation/units/units.csv", lines[0] + lines[1].split("\n", 1)[1])
    take(tables, *PEOPLE)
    duty: dict[str, Any] = {"role": "administrator", "startDate": "2020-08-01"}
    duties = [
        duty | {"person": id_of("Unitadmin"), "unit": HERE},
        duty | {"person": id_of("Cityadmin"), "unit": None},
    ]
    assert drop(tables, "organisation/duties/d.jsonl", duties)["failed"] == 0
    members = [{"person": id_of(n), "startDate": "2026-08-18"} for n in ("Åsa", "Asa", "Hemlig")]
    group = {"id": GROUP, "unit": HERE, "name": "3A", "groupType": "Klass", "members": members}
    assert drop(tables, "organisation/groups/g.jsonl", [group])["failed"] == 0
    return tables


def take(cloud: Cloud, *rows: dict[str, Any]) -> None:
    report = drop(cloud, "register/persons/p.jsonl", list(rows))
    assert report["failed"] == 0, report


def ask(who: str, **body: Any) -> Answer:
    return call("register", "search_people", id_of(who), body=body)


def found(who: str, **body: Any) -> list[str]:
    names = []
    while True:
        answer = ask(who, **body)
        assert answer.status == 200, answer.body
        names += [person["givenName"] for person in answer.body["data"]]
        if not answer.body["cursor"]:
            return names
        body["cursor"] = answer.body["cursor"]


@pytest.mark.usefixtures("town")
def test_by_the_beginning_of_names_with_and_without_accents() -> None:
    assert found("Cityadmin", name="asa") == ["Asa", "Åsa", "Asal"]
    assert found("Cityadmin", name="åsa") == ["Åsa", "Asa", "Asal"]
    assert found("Cityadmin", name="asa lindq") == ["Åsa"]
    assert found("Cityadmin", name="lin", limit=1) == ["Asa", "Åsa"]
    assert found("Cityadmin", name="von essen") == ["Margareta"]
    assert found("Cityadmin", name="sa") == []


@pytest.mark.usefixtures("town")
def test_a_units_administrator_finds_the_units_people() -> None:
    assert found("Unitadmin", name="asa") == ["Asa", "Åsa"]
    assert found("Unitadmin", name="as", limit=1) == ["Asa", "Åsa"]
    assert found("Unitadmin", unit=unit_of(HERE), limit=1) == ["Asa", "Åsa"]
    assert found("Unitadmin", unit=unit_of(HERE)) == ["Asa", "Åsa"]
    assert found("Unitadmin", guardian={"name": "ess"}) == ["Åsa"]
    assert found("Unitadmin", name="marga") == []
    assert found("Unitadmin", name="marga", among="guardians") == ["Margareta"]
    assert found("Unitadmin", civicNo="811218-9876") == ["Margareta"]
    assert ask("Unitadmin", unit=unit_of(THERE)).status == 404
    assert ask("Margareta", name="asa").status == 404
    person = ask("Unitadmin", name="åsa").body["data"][0]
    assert person["unit"] == {"id": unit_of(HERE), "name": f"Skola {HERE}"}
    assert (person["year"], person["birthDate"], person["protected"]) == (3, "2016-05-04", False)


@pytest.mark.usefixtures("town")
def test_by_birth_date_group_and_guardian() -> None:
    assert sorted(found("Cityadmin", birthDate="2016-05-04")) == ["Asa", "Asal", "Åsa"]
    assert found("Unitadmin", birthDate="2016-05-04", limit=1) == sorted(["Asa", "Åsa"], key=id_of)
    assert sorted(found("Unitadmin", group=GROUP, limit=1)) == ["Asa", "Åsa"]
    assert found("Unitadmin", group=GROUP, name="Lindq") == ["Åsa"]
    assert sorted(found("Cityadmin", guardian={"civicNo": "198112189876"})) == ["Asal", "Åsa"]
    assert found("Unitadmin", guardian={"civicNo": "19811218-9876"}) == ["Åsa"]
    assert sorted(found("Cityadmin", guardian={"name": "margar"})) == ["Asal", "Åsa"]


@pytest.mark.usefixtures("town")
def test_a_protected_person_is_found_by_number_alone_and_only_at_the_own_unit() -> None:
    for body in (
        {"name": "hemlig"}, {"name": "lindqvist"}, {"birthDate": "2016-05-04"}, {"group": GROUP},
        {"unit": unit_of(HERE)}, {"guardian": {"name": "marg"}}, {"guardian": {"civicNo": "198112189876"}},
        {"guardian": {"name": "gömd"}},
    ):  # fmt: skip
        for who in ("Unitadmin", "Cityadmin"):
            assert "Hemlig" not in found(who, **body), (who, body)
            assert found(who, **body, limit=1) == found(who, **body)
    assert found("Unitadmin", civicNo=HIDDEN_NO[2:]) == ["Hemlig"]
    assert found("Cityadmin", civicNo=HIDDEN_NO[2:]) == []
    assert found("Unitadmin", guardian={"name": "gömd"}) == []


def test_protection_removal_names_and_schools_are_found_at_once(town: Cloud) -> None:
    take(town, pupil("Åsa", "Lindqvist", HERE, "Margareta", "Gömd", **HIDDEN))
    assert found("Cityadmin", name="åsa") == ["Asa", "Asal"]
    assert not [k for k in stored() if k[1].startswith("FIND#") and id_of("Åsa") in k[2]]
    take(town, pupil("Åsa", "Nyman", THERE, "Margareta"))
    assert found("Cityadmin", name="nym") == ["Åsa"]
    assert found("Unitadmin", name="åsa") == ["Asa"]
    take(town, row("Margareta", "Nyströmer", civicNo="19811218-9876"))
    assert sorted(found("Cityadmin", guardian={"name": "nystr"})) == ["Asal", "Åsa"]
    assert found("Cityadmin", guardian={"name": "essen"}) == []


def test_a_guardian_who_arrives_after_the_children(town: Cloud) -> None:
    take(town, pupil("Ett", "Syskon", HERE, "Senare"), pupil("Två", "Syskon", HERE, "Senare"))
    assert found("Unitadmin", guardian={"name": "senare"}) == []
    take(town, row("Senare", "Kommen"))
    assert sorted(found("Unitadmin", guardian={"name": "senare kom"})) == ["Ett", "Två"]
    assert not [k for k in stored() if k[2] == "AWAITED"]


@pytest.mark.usefixtures("town")
def test_what_a_search_leaves_behind_and_costs() -> None:
    with metered() as use:
        assert ask("Unitadmin", name="åsa lindq").status == 200
    assert use.operations == ["Query", "Query", "BatchGetItem", "BatchGetItem", "PutItem"]
    (trace,) = audit_rows(unit_of(HERE))
    assert trace["action"] == "search_people"
    assert (trace["reason"], trace["changes"]) == ("name", "1 shown")
    for body in ({}, {"name": ""}, {"civicNo": "19811218-0000"}, {"limit": 3}, {"name": "12"}):
        refused = ask("Cityadmin", **body)
        assert refused.status == 422
        assert "1981" not in str(refused.body)
    cursor = ask("Unitadmin", name="as", limit=1).body["cursor"]
    assert ask("Cityadmin", name="a", limit=1, cursor=cursor).status == 400
    assert ask("Unitadmin", name="asa", limit=1, cursor=cursor).status == 400
