"""Administrators find people; nobody finds a protected one, and none leaves a gap."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import pytest

from infra.local.cloud import Cloud
from skolkit.sweden.codes import check_digit
from skolkit.types import PersonId, UnitId, new_id, stable_id
from tests.support.areas import Answer, audit_rows, call
from tests.support.changes import Changes, changes
from tests.support.fixtures import lay_tables
from tests.support.meter import metered
from tests.support.stored import Undo, stored
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


@pytest.fixture(scope="module")
def town(cloud: Cloud) -> Iterator[Undo]:
    """The people, found as they are."""
    lay_tables(cloud)
    with changes("register", "keep_search") as noted:
        lines = [
            UNITS_TABLE.format(code=code, name=f"Skola {code}", address=UNIT.address, pupils=60)
            for code in (HERE, THERE)
        ]
        drop(cloud, "organisation/units/units.csv", lines[0] + lines[1].split("\n", 1)[1])
        take(cloud, *PEOPLE)
        duty: dict[str, Any] = {"role": "administrator", "startDate": "2020-08-01"}
        duties = [
            duty | {"person": id_of("Unitadmin"), "unit": HERE},
            duty | {"person": id_of("Cityadmin"), "unit": None},
        ]
        assert drop(cloud, "organisation/duties/d.jsonl", duties)["failed"] == 0
        members = [{"person": id_of(n), "startDate": "2026-08-18"} for n in ("Åsa", "Asa", "Hemlig")]
        group = {"id": GROUP, "unit": HERE, "name": "3A", "groupType": "Klass", "members": members}
        assert drop(cloud, "organisation/groups/g.jsonl", [group])["failed"] == 0
        assert noted.deliver() == []
    made = Undo(stored())
    yield made
    made.close()


@pytest.fixture
def stream(town: Undo) -> Iterator[Changes]:
    """What a test changes waits until it is delivered, and is put back afterwards."""
    with changes("register", "keep_search") as noted:
        yield noted
    town.undo()


def take(cloud: Cloud, *rows: dict[str, Any]) -> None:
    report = drop(cloud, "register/persons/p.jsonl", list(rows))
    assert report["failed"] == 0, report


def ask(who: str, **body: Any) -> Answer:
    return call("register", "search_people", id_of(who), body=body)


def pages(who: str, **body: Any) -> list[list[str]]:
    found = []
    while True:
        answer = ask(who, **body)
        assert answer.status == 200, answer.body
        found.append([person["givenName"] for person in answer.body["data"]])
        if not answer.body["cursor"]:
            return found
        body["cursor"] = answer.body["cursor"]
        key = base64.urlsafe_b64decode(body["cursor"] + "==")[16:].decode()
        assert id_of("Hemlig") not in key
        assert id_of("Gömd") not in key


def found(who: str, **body: Any) -> list[str]:
    """Who is found; page by page, each full but the last."""
    whole = [name for page in pages(who, **body) for name in page]
    one_by_one = pages(who, **body, limit=1)
    assert [name for page in one_by_one for name in page] == whole, one_by_one
    assert [len(page) for page in one_by_one] == [1] * len(whole) or one_by_one == [[]]
    return whole


@pytest.mark.usefixtures("stream")
def test_by_the_beginning_of_names_with_and_without_accents() -> None:
    assert found("Cityadmin", name="asa") == ["Asa", "Åsa", "Asal"]
    assert found("Cityadmin", name="åsa") == ["Åsa", "Asa", "Asal"]
    assert found("Cityadmin", name="asa lindq") == ["Åsa"]
    assert found("Cityadmin", name="lin") == ["Asa", "Åsa"]
    assert found("Cityadmin", name="von essen") == ["Margareta"]
    assert found("Cityadmin", name="sa") == []
    assert found("Cityadmin", name="as", unit=unit_of(HERE)) == ["Asa", "Åsa"]


@pytest.mark.usefixtures("stream")
def test_a_units_administrator_finds_the_units_people() -> None:
    assert found("Unitadmin", name="asa") == ["Asa", "Åsa"]
    assert found("Unitadmin", name="as") == ["Asa", "Åsa"]
    assert found("Unitadmin", unit=unit_of(HERE)) == ["Asa", "Åsa"]
    assert found("Unitadmin", guardian={"name": "ess"}) == ["Åsa"]
    assert found("Unitadmin", name="marga") == []
    assert found("Unitadmin", name="marga", among="guardians") == ["Margareta"]
    assert found("Cityadmin", name="marga", among="guardians") == ["Margareta"]
    assert found("Unitadmin", civicNo="811218-9876") == ["Margareta"]
    assert ask("Unitadmin", unit=unit_of(THERE)).status == 404
    assert ask("Margareta", name="asa").status == 404
    person = ask("Unitadmin", name="åsa").body["data"][0]
    assert person["unit"] == {"id": unit_of(HERE), "name": f"Skola {HERE}"}
    assert (person["year"], person["birthDate"]) == (3, "2016-05-04")


@pytest.mark.usefixtures("stream")
def test_by_birth_date_group_and_guardian() -> None:
    by_id = {name: sorted(name, key=id_of) for name in (("Asa", "Asal", "Åsa"), ("Asa", "Åsa"))}
    assert found("Cityadmin", birthDate="2016-05-04") == by_id["Asa", "Asal", "Åsa"]
    assert found("Unitadmin", birthDate="2016-05-04") == by_id["Asa", "Åsa"]
    assert found("Unitadmin", group=GROUP) == by_id["Asa", "Åsa"]
    assert found("Unitadmin", group=GROUP, name="Lindq") == ["Åsa"]
    assert sorted(found("Cityadmin", guardian={"civicNo": "198112189876"})) == ["Asal", "Åsa"]
    assert found("Unitadmin", guardian={"civicNo": "19811218-9876"}) == ["Åsa"]
    assert sorted(found("Cityadmin", guardian={"name": "margar"})) == ["Asal", "Åsa"]
    assert found("Cityadmin", guardian={"name": "margar"}, name="asal") == ["Asal"]
    assert found("Cityadmin", guardian={"name": "margar"}, birthDate="2015-05-04") == []
    assert found("Cityadmin", guardian={"civicNo": "198112189876"}, name="asal") == ["Asal"]


WAYS: tuple[dict[str, Any], ...] = (
    {"name": "hemlig"}, {"name": "lindqvist"}, {"birthDate": "2016-05-04"}, {"group": GROUP},
    {"unit": unit_of(HERE)}, {"guardian": {"name": "marg"}}, {"guardian": {"civicNo": "198112189876"}},
    {"guardian": {"name": "gömd"}}, {"civicNo": HIDDEN_NO}, {"name": "gömd"},
    {"name": "gömd", "among": "guardians"},
)  # fmt: skip


@pytest.mark.usefixtures("stream")
def test_nobody_finds_a_protected_person_in_any_way() -> None:
    for body in WAYS:
        for who in ("Unitadmin", "Cityadmin"):
            assert not {"Hemlig", "Gömd"} & set(found(who, **body)), (who, body)
    assert found("Unitadmin", guardian={"name": "gömd"}) == []
    unknown = ask("Unitadmin", civicNo=f"20160504-239{check_digit('160504239')}")
    assert ask("Unitadmin", civicNo=HIDDEN_NO).body == unknown.body
    assert not [key for key in stored() if id_of("Hemlig") in str(key) and key[1][0] == "F"]


def protect(person: str) -> None:
    """As an administrator does, at ten."""
    record = call("register", "read_record", id_of("Cityadmin"), path={"person": id_of(person)})
    done = call(
        "register", "protect_person", id_of("Cityadmin"), path={"person": id_of(person)},
        body={"securityMarking": "Sekretessmarkering", "basis": "populationRegister"},
        headers={"if-match": record.headers["etag"]},
    )  # fmt: skip
    assert done.status == 200, done.body


def test_whoever_becomes_protected_is_gone_before_the_index_knows(stream: Changes) -> None:
    ways: list[dict[str, Any]] = [
        {"name": "asa"}, {"name": "åsa"}, {"unit": unit_of(HERE)}, {"birthDate": "2016-05-04"},
        {"guardian": {"name": "marg"}}, {"group": GROUP},
    ]  # fmt: skip
    before = [found("Cityadmin", **body) for body in ways]
    assert all("Åsa" in names for names in before)
    protect("Åsa")
    assert [found("Cityadmin", **body) for body in ways] == [[n for n in b if n != "Åsa"] for b in before]
    assert found("Unitadmin", name="lind") == ["Asa"]
    assert any(key[1].startswith("FIND#") for key in stored() if id_of("Åsa") in key[2])
    assert stream.deliver() == []
    assert not [key for key in stored() if key[1].startswith("FIND#") and id_of("Åsa") in key[2]]
    protect("Margareta")
    assert found("Cityadmin", guardian={"name": "marg"}) == []
    assert found("Unitadmin", name="marg", among="guardians") == []
    assert stream.deliver() == []
    assert not [key for key in stored() if key[1].startswith("FIND#") and "margareta" in key[2]]


def test_names_and_schools_are_found_when_the_index_has_followed(stream: Changes, cloud: Cloud) -> None:
    take(cloud, pupil("Åsa", "Nyman", THERE, "Margareta"))
    assert found("Unitadmin", name="åsa") == ["Asa"]
    assert found("Cityadmin", name="åsa lindq") == []
    assert stream.deliver() == []
    assert found("Cityadmin", name="nym") == ["Åsa"]
    assert found("Unitadmin", name="åsa") == ["Asa"]
    take(cloud, row("Margareta", "Nyströmer", civicNo="19811218-9876"))
    assert stream.deliver() == []
    assert sorted(found("Cityadmin", guardian={"name": "nystr"})) == ["Asal", "Åsa"]
    assert found("Cityadmin", guardian={"name": "essen"}) == []


def test_a_guardian_who_arrives_after_the_children(stream: Changes, cloud: Cloud) -> None:
    take(cloud, pupil("Ett", "Syskon", HERE, "Senare"), pupil("Två", "Syskon", HERE, "Senare"))
    assert stream.deliver() == []
    assert found("Unitadmin", guardian={"name": "senare"}) == []
    take(cloud, row("Senare", "Kommen"))
    assert stream.deliver() == []
    assert sorted(found("Unitadmin", guardian={"name": "senare kom"})) == ["Ett", "Två"]
    assert found("Unitadmin", name="senare", among="guardians") == ["Senare"]


def test_a_merged_record_is_found_no_more_and_its_children_by_the_other(
    stream: Changes, cloud: Cloud
) -> None:
    take(cloud, row("Greta", "Vonessen"), pupil("Max", "Vonessen", HERE, "Greta"))
    assert stream.deliver() == []
    assert found("Unitadmin", guardian={"name": "greta"}) == ["Max"]
    merged = call(
        "register", "merge_persons", id_of("Cityadmin"), path={"person": id_of("Margareta")},
        body={"duplicate": id_of("Greta")}, headers={"idempotency-key": new_id()},
    )  # fmt: skip
    assert merged.status == 201, merged.body
    assert found("Cityadmin", name="greta") == []
    assert stream.deliver() == []
    assert found("Unitadmin", guardian={"name": "greta"}) == []
    assert sorted(found("Unitadmin", guardian={"name": "marg"})) == ["Max", "Åsa"]
    assert not [key for key in stored() if key[1].startswith("FIND#") and id_of("Greta") in key[2]]


@pytest.mark.usefixtures("stream")
def test_what_a_search_leaves_behind_and_costs() -> None:
    with metered() as use:
        assert ask("Unitadmin", name="åsa lindq").status == 200
    assert use.operations[:2] == ["Query", "Query"]
    with metered() as use:
        assert ask("Unitadmin", name="as").status == 200
    assert use.operations == ["Query", "Query", "BatchGetItem", "BatchGetItem", "PutItem"]
    *_, trace = audit_rows(unit_of(HERE))
    assert trace["action"] == "search_people"
    assert (trace["reason"], trace["changes"]) == ("name", "2 shown")
    for body in ({}, {"name": ""}, {"civicNo": "19811218-0000"}, {"limit": 3}, {"name": "12"}):
        refused = ask("Cityadmin", **body)
        assert refused.status == 422
        assert "1981" not in str(refused.body)
    cursor = ask("Unitadmin", name="as", limit=1).body["cursor"]
    assert ask("Cityadmin", name="a", limit=1, cursor=cursor).status == 400
    assert ask("Unitadmin", name="asa", limit=1, cursor=cursor).status == 400
