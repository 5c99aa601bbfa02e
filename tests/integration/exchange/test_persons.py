"""People through SS 12000: bodies, orders, filters, lookups, and who is not there for whom."""

from __future__ import annotations

import time
from datetime import date, timedelta
from typing import Any

import pytest

from functions.organisation.queries import MUNICIPALITY
from infra.local.cloud import Cloud
from skolkit.clock import today
from skolkit.sweden.codes import SchoolForm
from skolkit.table import chunks
from skolkit.types import new_id
from tests.support.areas import call
from tests.support.meter import metered
from tests.support.population import distinct
from tests.support.standard import ask, connect, every, pages
from tests.support.town import HERE, MARGARETA, THERE, adult, id_of, lay_town, number, pupil, unit_of
from tests.support.world import drop

STAFF = {"Stad", "Här", "Där", "Lärare"}
PUPILS = {"Asa", "Ella", "Fjärran", "Gömd"}
OLD = {"enroledAt": HERE, "schoolType": "FTH", "startDate": "2020-08-18", "endDate": "2021-06-10"}
SCHOOL = {"enroledAt": THERE, "schoolType": "GY", "startDate": "2026-08-18", "schoolYear": 1,
          "educationCode": "NA"}  # fmt: skip
PALLE = adult(
    "Palle", middleName="Örn", familyName="Girgensohn", email="palle@example.org", phone="+46701740605",
    civicNo=number(981, "19800131"), eduPersonPrincipalNames=["Palle@skolan.example"],
    externalIdentifiers=[{"value": "4711", "context": "urn:old", "globallyUnique": False}],
    address={"street": "Provgatan 1", "postalCode": "123 45", "locality": "Ekhamra", "careOf": "Ek",
             "municipalityCode": "0180"},
)  # fmt: skip
ZOE = adult("Zoë", familyName="A\u030angström", civicNo=number(982, "19800131"))
KIM = pupil(
    "Kim", HERE, enrolments=[OLD, SCHOOL],
    responsibles=[
        {"person": id_of("Palle"), "relationType": "Annan ansvarig"},
        {"person": id_of("Margareta"), "endDate": "2026-08-01"},
    ],
)  # fmt: skip


@pytest.fixture
def town(tables: Cloud) -> Cloud:
    lay_town(tables)
    report = drop(tables, "register/persons/more.jsonl", [PALLE, ZOE, KIM])
    assert report["failed"] == 0, report
    time.sleep(0.06)
    return tables


@pytest.fixture
def client(town: Cloud) -> str:
    return connect()


def names(client: str, **query: Any) -> list[str]:
    """Whom a list has, by given name in its order."""
    return [e["givenName"] for e in every(client, "persons", **query)]


def test_a_person_is_shown_with_everything_the_standard_has(client: str) -> None:
    body = ask(client, "read_persons", path={"id": id_of("Palle")}).body
    meta = body.pop("meta")
    assert meta["created"] <= meta["modified"]
    assert body == {
        "id": id_of("Palle"), "givenName": "Palle", "middleName": "Örn", "familyName": "Girgensohn",
        "eduPersonPrincipalNames": ["Palle@skolan.example"],
        "externalIdentifiers": [{"value": "4711", "context": "urn:old", "globallyUnique": False}],
        "civicNo": {"value": PALLE["civicNo"]}, "birthDate": "1980-01-31", "sex": "Man",
        "securityMarking": "Ingen", "personStatus": "Aktiv",
        "emails": [{"value": "palle@example.org", "type": "Privat"}],
        "phoneNumbers": [{"value": "+46701740605", "type": "Hem", "mobile": True}],
        "addresses": [{
            "type": "Folkbokföring", "streetAddress": "c/o Ek, Provgatan 1", "postalCode": "123 45",
            "locality": "Ekhamra", "country": "Sverige", "municipalityCode": 180,
        }],
    }  # fmt: skip
    kim = ask(client, "read_persons", path={"id": id_of("Kim")}).body
    assert [(e["enroledAt"]["id"], e["schoolType"], e.get("endDate")) for e in kim["enrolments"]] == [
        (unit_of(HERE), "FTH", "2021-06-10"), (unit_of(THERE), "GY", None),
    ]  # fmt: skip
    assert kim["responsibles"] == [{"person": {"id": id_of("Palle")}, "relationType": "Annan ansvarig"}]


def test_orders(client: str) -> None:
    everybody = {e["id"] for e in every(client, "persons")}
    for key in ("DisplayName", "GivenName", "FamilyName", "CivicNo"):
        up = every(client, "persons", sortkey=f"{key}Asc", limit=3)
        assert {e["id"] for e in up} == everybody
        assert len(up) == len(everybody)
        if key != "DisplayName":
            down = every(client, "persons", sortkey=f"{key}Desc", limit=4)
            assert [e["id"] for e in down] == [e["id"] for e in reversed(up)]
    given = names(client, sortkey="GivenNameAsc")
    assert given == sorted(given, key=lambda n: n.lower().replace("ä", "|").replace("ö", "}"))
    family = [e["familyName"] for e in every(client, "persons", sortkey="FamilyNameAsc")]
    assert family[-1] == ZOE["familyName"]  # å sorts last, however it is typed
    assert next(e["givenName"] for e in every(client, "persons", sortkey="FamilyNameDesc")) == "Zoë"
    numbers = [e.get("civicNo", {}).get("value", "") for e in every(client, "persons", sortkey="CivicNoAsc")]
    assert numbers == sorted(numbers)
    newest = [e["meta"]["modified"] for e in every(client, "persons", sortkey="ModifiedDesc", limit=5)]
    assert newest == sorted(newest, reverse=True)


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        (["Pa", "gens"], ["Palle"]), (["PALLE"], ["Palle"]), (["örn"], ["Palle"]), (["o\u0308rn"], ["Palle"]),
        (["orn"], []), (["le g"], []), (["zoe"], ["Zoë"]), (["Ångstr"], ["Zoë"]), (["ＺＯＥ"], ["Zoë"]),
        (["x%*_"], []), (["#"], None), (["\u200b"], None), (["vuxen", "ä"], ["Där", "Här", "Lärare"]),
    ],
)  # fmt: skip
def test_by_parts_of_names(client: str, parts: list[str], found: list[str] | None) -> None:
    """In any of the names, however they are typed; what is no letter at all is in every name."""
    for more in ({}, {"sortkey": "FamilyNameAsc"}, {"sortkey": "CivicNoAsc"}, {"limit": 2}):
        some = sorted(names(client, nameContains=parts, **more))
        assert some == (sorted(names(client)) if found is None else found)
    changed = names(client, nameContains=parts, meta_modified_after="2020-01-01T00:00:00Z")
    assert sorted(changed) == (sorted(names(client)) if found is None else found)


def test_by_numbers_and_identifiers(client: str) -> None:
    assert names(client, civicNo=PALLE["civicNo"]) == ["Palle"]
    assert names(client, civicNo="199001012384") == []
    assert names(client, eduPersonPrincipalName="palle@SKOLAN.example") == ["Palle"]
    assert names(client, eduPersonPrincipalName="alle@skolan.example") == []
    assert names(client, identifier_value="4711") == ["Palle"]
    assert names(client, identifier_value="4711", identifier_context="urn:old") == ["Palle"]
    assert names(client, identifier_value="4711", identifier_context="urn:new") == []
    assert names(client, identifier_context="urn:old") == ["Palle"]
    assert names(client, civicNo=PALLE["civicNo"], eduPersonPrincipalName="zoe@skolan.example") == []
    assert names(client, civicNo=PALLE["civicNo"], nameContains=["zoë"]) == []


def test_an_identifier_that_is_taken_away_finds_nobody(town: Cloud, client: str) -> None:
    renamed = PALLE | {"eduPersonPrincipalNames": ["p@skolan.example"], "externalIdentifiers": []}
    drop(town, "register/persons/renamed.jsonl", [renamed])
    time.sleep(0.06)
    assert names(client, eduPersonPrincipalName="palle@skolan.example") == []
    assert names(client, eduPersonPrincipalName="p@skolan.example") == ["Palle"]
    assert names(client, identifier_value="4711") == []


def related(client: str, kind: str | None = None, unit: str | None = None, **days: str) -> set[str]:
    said = {f"relationship.{name.replace('_', '.')}": day for name, day in days.items()}
    said |= {"relationship.entity.type": kind} if kind else {}
    said |= {"relationship.organisation": unit} if unit else {}
    answer = ask(client, "list_persons", query=said)
    assert answer.status == 200, answer.body
    return {e["givenName"] for e in answer.body["data"]}


def test_by_relations(client: str) -> None:
    """With an organisation by its lists, without one person by person: the same people."""
    here, there = unit_of(HERE), unit_of(THERE)
    both = {
        ("enrolment", here): {"Asa", "Ella", "Kim"}, ("enrolment", there): {"Fjärran", "Kim"},
        ("duty", here): {"Här", "Lärare"}, ("duty", there): {"Där"}, ("duty", MUNICIPALITY): {"Stad"},
        ("placement.child", here): {"Kim"}, ("placement.child", there): set(),
        ("placement.owner", here): set(), ("responsibleFor.placement", here): {"Palle"},
        ("responsibleFor.enrolment", here): {"Margareta", "Palle"},
        ("responsibleFor.enrolment", there): {"Palle"},
        ("groupMembership", here): {"Ella", "Lärare"}, ("groupMembership", there): set(),
    }  # fmt: skip
    kinds: dict[str, set[str]] = {}
    for (kind, unit), found in both.items():
        assert related(client, kind, unit) == found, (kind, unit)
        kinds.setdefault(kind, set()).update(found)
    for kind, found in kinds.items():
        assert related(client, kind) == found, kind
    anything = {"Asa", "Ella", "Kim", "Här", "Lärare", "Palle", "Margareta"}
    assert related(client, None, here) == anything
    assert related(client, "enrolment", new_id()) == set()


def test_days_and_organisation_are_of_one_and_the_same_relation(client: str) -> None:
    """Kim has left one school and goes to another: today's are not the first one's."""
    day, here, there = today().isoformat(), unit_of(HERE), unit_of(THERE)
    active = {"startDate_onOrBefore": day, "endDate_onOrAfter": day}
    assert related(client, "enrolment", here, **active) == {"Asa", "Ella"}
    assert related(client, "enrolment", there, **active) == {"Fjärran", "Kim"}
    assert related(client, "enrolment", here, endDate_onOrBefore="2021-06-10") == {"Asa", "Ella", "Kim"}
    assert related(client, "enrolment", startDate_onOrBefore="2020-12-31") == {"Kim"}
    assert related(client, "duty", startDate_onOrAfter="2020-08-02") == set()
    assert related(client, startDate_onOrBefore="2020-08-01") == STAFF


def test_one_and_many(client: str) -> None:
    assert ask(client, "read_persons", path={"id": new_id()}).status == 404
    asked = {"ids": [id_of("Asa"), new_id()], "civicNos": [MARGARETA, PALLE["civicNo"], "0"]}
    found = ask(client, "lookup_persons", body=asked).body
    assert {e["givenName"] for e in found} == {"Asa", "Margareta", "Palle"}
    many = {"civicNos": [f"{n:012}" for n in range(10_000)]}
    assert ask(client, "lookup_persons", body=many).status == 503
    most = {"civicNos": [*(f"{n:012}" for n in range(999)), MARGARETA]}
    assert [e["givenName"] for e in ask(client, "lookup_persons", body=most).body] == ["Margareta"]


def test_protected_people_are_not_there_and_not_named(town: Cloud, client: str) -> None:
    hidden = pupil("Barn", HERE, responsibles=[{"person": id_of(n)} for n in ("Palle", "Zoë")])
    drop(town, "register/persons/hidden.jsonl", [hidden, PALLE | {"securityMarking": "Sekretessmarkering"}])
    time.sleep(0.06)
    assert set(names(client)).isdisjoint({"Palle", "Gömd"})
    for query in ({"civicNo": PALLE["civicNo"]}, {"nameContains": ["Pall"]}, {"identifier_value": "4711"}):
        assert names(client, **query) == []
    assert ask(client, "read_persons", path={"id": id_of("Palle")}).status == 404
    assert ask(client, "lookup_persons", body={"civicNos": [PALLE["civicNo"]]}).body == []
    child = ask(client, "read_persons", path={"id": id_of("Barn")}).body
    assert [r["person"]["id"] for r in child["responsibles"]] == [id_of("Zoë")]
    whole = connect(protected="pseudonym")
    palle = ask(whole, "read_persons", path={"id": id_of("Palle")}).body
    assert palle["securityMarking"] == "Sekretessmarkering"
    assert not {"emails", "phoneNumbers", "addresses"} & set(palle)


def test_a_client_of_one_unit_sees_those_around_it(town: Cloud) -> None:
    here = connect(units=frozenset({unit_of(HERE)}))
    assert set(names(here)) == {"Asa", "Ella", "Här", "Lärare", "Margareta"}
    assert ask(here, "read_persons", path={"id": id_of("Fjärran")}).status == 404
    moved = today() - timedelta(days=20)
    stays = [
        {"enroledAt": HERE, "schoolType": "GR", "schoolYear": 3, "startDate": "2026-08-18",
         "endDate": moved.isoformat()},
        {"enroledAt": THERE, "schoolType": "GR", "schoolYear": 3,
         "startDate": (moved + timedelta(days=1)).isoformat()},
    ]  # fmt: skip
    drop(town, "register/persons/moved.jsonl", [pupil("Ella", HERE, enrolments=stays)])
    there = connect(units=frozenset({unit_of(THERE)}))
    # The school that is left learns of it, and forgets in a year; the other one knows at once.
    assert "Ella" in names(here)
    assert set(names(there)) == {"Fjärran", "Kim", "Palle", "Där", "Ella"}
    forms = connect(forms=frozenset({SchoolForm.UPPER_SECONDARY}))
    assert set(names(forms)) == {"Kim", "Palle"}


@pytest.mark.parametrize(
    ("withheld", "query"),
    [
        ("civicNo", {"civicNo": MARGARETA}), ("civicNo", {"sortkey": "CivicNoDesc"}),
        ("givenName", {"nameContains": ["a"]}), ("familyName", {"sortkey": "FamilyNameAsc"}),
        ("eduPersonPrincipalNames", {"eduPersonPrincipalName": "a@b"}),
        ("externalIdentifiers", {"identifier.value": "1"}),
        ("externalIdentifiers", {"identifier.context": "1"}),
        ("responsibles", {"relationship.entity.type": "responsibleFor.enrolment"}),
        ("enrolments", {"relationship.organisation": MUNICIPALITY}),
    ],
)  # fmt: skip
def test_what_is_withheld_is_not_told_by_asking(town: Cloud, withheld: str, query: dict[str, Any]) -> None:
    narrow = connect(withheld=frozenset({f"persons.{withheld}"}))
    assert ask(narrow, "list_persons", query=query).status == 403
    assert not any(withheld in e for e in ask_all(narrow))
    assert ask(connect(), "list_persons", query=query).status == 200


def ask_all(client: str) -> list[dict[str, Any]]:
    """Without holding it against the description: a required attribute may be withheld."""
    answer = call(
        "exchange", "list_persons", None, scopes="skolkit/ss12000.read", claimed={"client_id": client}
    )
    assert answer.status == 200
    found: list[dict[str, Any]] = answer.body["data"]
    return found


def test_a_lookup_by_number_is_refused_where_the_number_is_withheld(town: Cloud) -> None:
    narrow = connect(withheld=frozenset({"persons.civicNo"}))
    assert ask(narrow, "lookup_persons", body={"civicNos": [MARGARETA]}).status == 403
    by_id = ask(narrow, "lookup_persons", body={"ids": [id_of("Margareta")]}).body
    assert "civicNo" not in by_id[0]


def test_what_a_full_pull_costs(tables: Cloud) -> None:
    """At most 0.6 read units a person, page by page, and no longer for the last page than for the first."""
    lay_town(tables)
    for number_, some in enumerate(chunks(range(600), 200)):
        rows = [pupil(f"Elev {n}", HERE, civicNo=distinct(n, date(2017, 1, 1)), birthDate=None) for n in some]
        assert drop(tables, f"register/persons/{number_}.jsonl", rows)["failed"] == 0
    time.sleep(0.06)
    client = connect()
    every(client, "persons", limit=300)
    with metered() as use:
        started = time.perf_counter()
        found = [len(page) for page in pages(client, "persons", limit=300)]
        took = time.perf_counter() - started
    people = sum(found)
    print(f"{people} persons: {use.reads / people:.3f} read units and {took / people * 1e5:.0f} ms per 100")
    assert people > 600
    assert use.reads / people <= 0.6
    with metered() as use:
        assert names(client, nameContains=["elev 59", "ele"]) == [
            *sorted(["Elev 59", *(f"Elev {n}" for n in range(590, 600))])
        ]
    assert use.reads < 25
