"""The population register: changed records become people, moves, births, deaths, custody and protection."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from functions.register import queries
from functions.register.store.items import ContactItem, contact_key
from functions.register.store.people import find_card
from functions.register.usecases import population
from infra.local.cloud import Cloud
from skolkit.table import Erase, commit, dynamodb
from skolkit.types import new_id
from tests.support.areas import acting_as, audit_rows, call, deliver, outbox
from tests.support.meter import metered
from tests.support.population import (
    ARRIVED,
    HOME,
    KEY,
    distinct,
    drop_records,
    lay_unit,
    number,
    owner,
    record,
    told,
)
from tests.support.world import drop

CHILD, MOTHER, FATHER = number(date(2016, 5, 4)), number(date(1981, 2, 3)), number(date(1979, 8, 9), 1)
LATER = {"time": "2026-11-23T03:00:00+01:00"}
SECRET = {"street": "Gömda stigen 7", "postalCode": "777 77", "locality": "Undangömda"}


@pytest.fixture
def unit(tables: Cloud) -> Cloud:
    return lay_unit(tables)


@pytest.fixture
def registrar(unit: Cloud) -> str:
    person = new_id()
    row = {"person": person, "unit": None, "role": "administrator", "startDate": "2020-08-01"}
    drop(unit, "organisation/duties/duties.jsonl", [row])
    return person


def everything() -> dict[tuple[str, str], Any]:
    pages = dynamodb().get_paginator("scan").paginate(TableName="skolkit-register")
    kinds = {"outbox", "register_import", "once"}
    return {
        (i["pk"]["S"], i["sk"]["S"]): i
        for page in pages
        for i in page["Items"]
        if i["kind"]["S"] not in kinds
    }


def card(civic_no: str) -> Any:
    person = owner(civic_no)
    assert person
    return find_card(person)


def test_a_family_in_any_order_and_a_guardian_who_comes_later(unit: Cloud) -> None:
    stranger = number(date(1970, 1, 1))
    report = drop_records(unit, [record(CHILD, MOTHER, FATHER), record(MOTHER), record(stranger)])
    assert (report["rows"], report["failed"]) == (3, 0)
    child = card(CHILD)
    assert child.guardians(date(2026, 11, 23)) == {owner(MOTHER), owner(FATHER)}
    assert (child.municipality, child.sex, child.birth_date) == (HOME, "Kvinna", date(2016, 5, 4))
    assert card(MOTHER).family_name == "Provsson"
    assert card(FATHER) is None  # named, but has no record of his own yet
    assert owner(stranger) is None  # an adult who is nobody's guardian here
    drop_records(unit, [record(FATHER, familyName="Senare")], key=f"{KEY}.2.jsonl")
    assert card(FATHER).family_name == "Senare"
    assert queries.children_of(owner(FATHER)) == (owner(CHILD),)  # type: ignore[arg-type]
    assert told() == []  # nobody has moved: they are only new to us


def test_a_file_again_changes_nothing(unit: Cloud) -> None:
    rows = [record(CHILD, MOTHER), record(MOTHER)]
    drop_records(unit, rows)
    before, facts = everything(), told()
    drop_records(unit, rows)
    drop_records(unit, rows[::-1], key=f"{KEY}.again.jsonl")
    for fact in outbox("register"):
        if fact["type"] == ARRIVED:
            assert deliver("register", "take_population", fact) == []
    assert (everything(), told()) == (before, facts)


def test_a_guardian_who_comes_back_can_be_reached_again(unit: Cloud) -> None:
    """The contact was erased when the last child had left; the same record comes with another child."""
    drop_records(unit, [record(CHILD, MOTHER), record(MOTHER), record(FATHER)])
    key = contact_key(card(MOTHER).id)
    commit(Erase(ContactItem.get(*key)))
    drop_records(unit, [record(MOTHER)], key=f"{KEY}.2.jsonl")
    assert ContactItem.find(*key) is None
    drop_records(unit, [record(MOTHER), record(number(date(2017, 5, 4)), MOTHER)], key=f"{KEY}.3.jsonl")
    contact = ContactItem.find(*key)
    assert contact
    assert contact.addresses[0]["street"] == "Provgatan 1"


def test_changes_are_found_by_comparing(unit: Cloud) -> None:
    newborn = number(date(2026, 11, 1), 3)
    drop_records(
        unit, [record(CHILD, MOTHER, FATHER), record(MOTHER), record(FATHER), record(newborn, MOTHER)]
    )
    changed = [
        record(CHILD, MOTHER, **LATER, registered={"municipality": "0180", "since": "2026-11-20"}),
        record(
            MOTHER,
            **LATER,
            familyName="Ny",
            address={**SECRET, "street": "Andra gatan 2"},
            registered={"municipality": HOME, "since": "2026-11-20"},
        ),
        record(FATHER, **LATER, deregistered={"reason": "Avliden", "on": "2026-11-20"}, registered=None),
    ]
    drop_records(unit, changed, key=f"{KEY}.2.jsonl")
    ids = {"child": owner(CHILD), "mother": owner(MOTHER), "father": owner(FATHER), "newborn": owner(newborn)}
    moved = {"kind": "PersonMoved", "from_municipality": HOME, "date": "2026-11-20"}
    assert sorted(told(), key=lambda f: (f["kind"], f.get("person") == ids["mother"])) == [
        {"kind": "CustodyChanged", "child": ids["child"]},
        {"kind": "PersonBorn", "person": ids["newborn"]},
        {"kind": "PersonDied", "person": ids["father"]},
        moved | {"person": ids["child"], "direction": "out", "to_municipality": "0180"},
        moved | {"person": ids["mother"], "direction": "within", "to_municipality": HOME},
        {"kind": "PersonRenamed", "person": ids["mother"]},
    ]
    assert card(FATHER).status == "Avliden"
    assert queries.children_of(owner(FATHER)) == ()  # type: ignore[arg-type]
    (first, last) = audit_rows(ids["child"])  # type: ignore[arg-type]
    assert (first["changes"], last["changes"]) == ("added", "moved, custody")


def test_emigrated_and_back(unit: Cloud) -> None:
    drop_records(unit, [record(CHILD)])
    gone = record(CHILD, **LATER, deregistered={"reason": "Utvandrad", "on": "2026-11-20"})
    drop_records(unit, [gone], key=f"{KEY}.2.jsonl")
    assert (card(CHILD).status, card(CHILD).municipality) == ("Utvandrad", None)
    drop_records(unit, [record(CHILD, time="2026-11-24T03:00:00+01:00")], key=f"{KEY}.3.jsonl")
    assert [f["kind"] for f in told()] == ["PersonEmigrated", "PersonMoved"]
    assert told()[1]["direction"] == "in"


def test_an_older_notice_never_overwrites(unit: Cloud) -> None:
    drop_records(unit, [record(CHILD, **LATER, familyName="Nyast")])
    drop_records(unit, [record(CHILD, familyName="Gammal")], key=f"{KEY}.2.jsonl")
    assert card(CHILD).family_name == "Nyast"


def test_two_records_of_one_person_in_one_file(unit: Cloud) -> None:
    other = number(date(2015, 1, 1))
    rows = [
        record(CHILD, **LATER, familyName="Nyast"), record(CHILD, familyName="Gammal"),
        record(other, familyName="Ena"), record(other, familyName="Andra"),
    ]  # fmt: skip
    report = drop_records(unit, rows)
    assert (report["rows"], report["failed"], report["superseded"]) == (4, 2, 2)
    assert sorted(f["line"] for f in report["faults"]) == [3, 4]
    assert card(CHILD).family_name == "Nyast"
    assert owner(other) is None


def test_somebody_known_without_a_number_is_not_registered_twice(unit: Cloud) -> None:
    same = {"id": new_id(), "givenName": "Prov Oskar", "familyName": "Annan", "birthDate": "2016-05-04"}
    drop(unit, "register/persons/p.jsonl", [same])
    twin = number(date(2016, 5, 4), 9)
    drop_records(unit, [record(CHILD), record(twin, givenName="Tvilling")])
    lines = [sk.split("#")[1] for pk, sk in everything() if pk == "PARKED"]
    assert lines == ["000000001"]
    assert (owner(CHILD), card(twin).given_name) == (None, "Tvilling")


def test_a_number_that_changes_keeps_the_person(unit: Cloud) -> None:
    new = number(date(2016, 5, 4), 7)
    drop_records(unit, [record(CHILD, MOTHER)])
    person = owner(CHILD)
    drop_records(unit, [record(new, MOTHER, **LATER, earlierNumber=CHILD)], key=f"{KEY}.2.jsonl")
    assert owner(new) == owner(CHILD) == person
    assert card(new).civic_no == new
    assert told() == [{"kind": "IdentityNumberChanged", "person": person}]


def test_protection_is_sealed_told_and_lifted_only_by_who_set_it(unit: Cloud) -> None:
    drop_records(unit, [record(CHILD, MOTHER), record(MOTHER)])
    marked = {"securityMarking": "Sekretessmarkering", "address": SECRET}
    drop_records(unit, [record(CHILD, MOTHER, **LATER, **marked)], key=f"{KEY}.2.jsonl")
    person = owner(CHILD)
    assert person
    assert isinstance(queries.contacts([person])[person], queries.Withheld)
    for text in SECRET.values():
        assert text not in str(everything())
    assert "Provgatan 1" not in str(everything()[f"PERSON#{person}", "CONTACT"])
    drop_records(unit, [record(CHILD, MOTHER, time="2026-11-24T03:00:00+01:00")], key=f"{KEY}.3.jsonl")
    contact = queries.contacts([person])[person]
    assert isinstance(contact, queries.Contact)
    assert [f["kind"] for f in told()] == ["PersonProtected", "ProtectionRemoved"]


def test_what_the_school_has_protected_a_record_does_not_open(unit: Cloud) -> None:
    row = {"civicNo": CHILD, "givenName": "A", "familyName": "B", "securityMarking": "Sekretessmarkering"}
    drop(unit, "register/persons/p.jsonl", [row])
    drop_records(unit, [record(CHILD)])
    drop_records(unit, [record(CHILD, **LATER)], key=f"{KEY}.2.jsonl")
    assert card(CHILD).marking == "Sekretessmarkering"
    assert "Provgatan" not in str(everything())


def test_a_protected_persons_move_names_no_municipality(unit: Cloud) -> None:
    hidden = {"securityMarking": "Skyddad folkbokföring"}
    drop_records(unit, [record(CHILD, **hidden)])
    away = record(CHILD, **LATER, **hidden, registered={"municipality": "0180"})
    drop_records(unit, [away], key=f"{KEY}.2.jsonl")
    (moved,) = told("PersonMoved")
    assert (moved["direction"], moved["from_municipality"], moved["to_municipality"]) == ("out", None, None)


def test_a_guardian_loop_is_parked_and_the_rest_taken(unit: Cloud) -> None:
    drop_records(
        unit, [record(CHILD, CHILD), record(MOTHER, CHILD), record(number(date(2014, 2, 3)), MOTHER)]
    )
    lines = [
        (int(sk.split("#")[1]), i["field"]["S"]) for (pk, sk), i in everything().items() if pk == "PARKED"
    ]
    assert lines == [(1, "responsibles"), (2, "responsibles")]
    assert owner(CHILD) is None
    assert owner(MOTHER) is not None  # as a guardian


def test_a_file_in_another_encoding_is_refused_whole(unit: Cloud) -> None:
    rows = [record(CHILD), record(MOTHER, familyName="Åkesson")]
    text = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    report = drop_records(unit, b"\xef\xbb\xbf" + text.encode("latin-1"))
    assert (report["failed"], [f["line"] for f in report["faults"]]) == (1, [2])
    assert "UTF-8" in report["faults"][0]["reason"]
    assert [pk for pk, _ in everything()] == ["PARKED"]
    good = drop_records(unit, b"\xef\xbb\xbf" + text.encode(), key=f"{KEY}.2.jsonl")
    assert good["failed"] == 0
    assert card(CHILD).given_name == "Prov"


def test_bad_rows_are_parked_listed_retried_and_dismissed(unit: Cloud, registrar: str) -> None:
    bad = ["{not json", json.dumps(record("198112189875")), json.dumps(record(CHILD, securitymarking="x"))]
    report = drop_records(unit, [*bad, record(CHILD), record(CHILD, CHILD, **LATER)])
    assert (report["rows"], report["failed"]) == (5, 3)
    first = call("register", "list_parked", registrar, query={"limit": 3})
    rest = call("register", "list_parked", registrar, query={"limit": 3, "cursor": first.body["cursor"]})
    rows = [*first.body["data"], *rest.body["data"]]
    assert [row["line"] for row in rows] == [1, 2, 3, 5]
    assert "9875" not in json.dumps(rows)
    assert "Provsson" not in json.dumps(rows)

    def settle(name: str, line: int, body: Any = None, person: str = registrar) -> Any:
        path = {"file": rows[0]["fileId"], "line": str(line)}
        return call("register", name, person, path=path, body=body, headers={"idempotency-key": new_id()})

    dismissed = settle("dismiss_parked", 2, {"reason": "notOurs"})
    assert dismissed.status == 200, dismissed.body
    assert settle("dismiss_parked", 2, {"reason": "notOurs"}).status == 404
    assert settle("retry_parked", 5).body["state"] == "retried"
    fact = next(f for f in outbox("register") if f["type"] == ARRIVED and f["data"]["retried"])
    assert deliver("register", "take_population", fact) == []
    waiting = call("register", "list_parked", registrar).body["data"]
    assert [(row["line"], row["state"]) for row in waiting] == [
        (1, "waiting"),
        (3, "waiting"),
        (5, "waiting"),
    ]
    drop_records(unit, [*bad, record(CHILD), record(CHILD, CHILD, **LATER)])
    assert len(call("register", "list_parked", registrar).body["data"]) == 3  # the dismissed one stays away
    for line in (2, 99, 10**12):
        assert settle("retry_parked", line).status == 404
    path = {"file": rows[0]["fileId"], "line": "x"}
    assert (
        call("register", "retry_parked", registrar, path=path, headers={"idempotency-key": new_id()}).status
        == 404
    )


def test_a_retried_record_that_can_be_taken_now_leaves_the_list(unit: Cloud, registrar: str) -> None:
    old = number(date(2016, 5, 4), 7)
    drop_records(unit, [record(CHILD), record(old)])
    drop_records(unit, [record(CHILD, **LATER, earlierNumber=old)], key=f"{KEY}.2.jsonl")
    (parked,) = call("register", "list_parked", registrar).body["data"]
    assert parked["field"] == "earlierNumber"
    person = owner(old)
    dynamodb().delete_item(
        TableName="skolkit-register", Key={"pk": {"S": f"CIVIC#{old}"}, "sk": {"S": "CIVIC"}}
    )
    assert person
    call("register", "retry_parked", registrar, path={"file": parked["fileId"], "line": "1"},
         headers={"idempotency-key": new_id()})  # fmt: skip
    fact = next(f for f in outbox("register") if f["type"] == ARRIVED and f["data"]["retried"])
    assert deliver("register", "take_population", fact) == []
    assert call("register", "list_parked", registrar).body["data"] == []


def test_a_failing_record_goes_on_alone(unit: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = [distinct(n, date(2012, 1, 1)) for n in range(3)]
    take = population._take

    def failing(notice: Any, *args: Any, **more: Any) -> str:
        if notice.number == numbers[1]:
            raise RuntimeError("away")
        return take(notice, *args, **more)

    monkeypatch.setattr(population, "_take", failing)
    drop_records(unit, [record(n) for n in numbers])
    assert [owner(n) is not None for n in numbers] == [True, False, True]
    alone = [f for f in outbox("register") if f["type"] == ARRIVED and len(f["data"]["records"]) == 1]
    assert len(alone) == 1
    assert deliver("register", "take_population", *alone) == ["0"]  # to the dead letters in the end
    monkeypatch.undo()
    assert deliver("register", "take_population", *alone) == []
    assert owner(numbers[1]) is not None


def test_a_file_that_was_replaced_is_parked_not_misread(unit: Cloud) -> None:
    drop_records(unit, [record(CHILD)])
    fact = next(f for f in outbox("register") if f["type"] == ARRIVED)
    drop_records(unit, [record(MOTHER, CHILD)])
    deliver("register", "take_population", fact)
    texts = [i["reason"]["S"] for (pk, _), i in everything().items() if pk == "PARKED"]
    assert any("ersatts" in text for text in texts)


@pytest.mark.slow
def test_ten_thousand_bad_rows_do_not_stop_the_good_one(unit: Cloud) -> None:
    report = drop_records(unit, [*(["{"] * 10_000), record(CHILD)])
    assert (report["rows"], report["failed"], len(report["faults"])) == (10_001, 10_000, 1000)
    assert card(CHILD).given_name == "Prov"
    assert sum(pk == "PARKED" for pk, _ in everything()) == 10_000


def test_no_fact_says_anything_personal(unit: Cloud) -> None:
    drop_records(unit, [record(CHILD, MOTHER), record(MOTHER)])
    text = json.dumps(outbox("register"))
    for word in (CHILD, MOTHER, "Provsson", "Provgatan", "2016"):
        assert word not in text


@pytest.mark.slow
def test_the_cost_grows_with_the_number_of_people_not_faster(unit: Cloud) -> None:
    costs = []
    for size, first in ((100, date(2008, 1, 1)), (200, date(2012, 1, 1))):
        rows = [record(distinct(n, first), distinct(n, date(1975, 1, 1))) for n in range(size)]
        with metered() as use:
            drop_records(unit, rows, key=f"register/population/{size}.jsonl")
        costs.append((use.trips / size, use.reads / size, use.writes / size))
    for small, large in zip(*costs, strict=True):
        assert large < small * 1.25, costs


def test_own_municipality_is_that_of_most_units(unit: Cloud) -> None:
    with acting_as("register"):
        assert population.own_municipality() == HOME
