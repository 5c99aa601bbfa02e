"""Files of people: taken once, continued after a crash, bad rows reported without a personal value."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from functions.register import queries
from functions.register.domain.people import of_age
from functions.register.imports import people
from functions.register.imports.people import PersonRow
from functions.register.queries import Contact, Withheld
from functions.register.store.items import ContactItem, contact_key
from infra.local.cloud import Cloud
from skolkit import imports
from skolkit.clock import today
from skolkit.imports import Row, RowFault, Source
from skolkit.protected import unseal
from skolkit.sweden.codes import check_digit
from skolkit.table import Erase, commit, dynamodb, fetch
from skolkit.triggers import DroppedFile
from skolkit.types import PersonId, stable_id
from tests.support.areas import IMPORTS_BUCKET, acting_as, drop_file, outbox
from tests.support.world import UNIT, UNITS_TABLE, drop

KEY = "register/persons/people.jsonl"
ENROLMENT = {"enroledAt": "99990017", "schoolType": "GR", "schoolYear": 3, "startDate": "2026-08-18"}


@pytest.fixture
def unit(tables: Cloud) -> Cloud:
    table = UNITS_TABLE.format(code=UNIT.code, name=UNIT.name, address=UNIT.address, pupils=60)
    drop(tables, "organisation/units/units.csv", table)
    return tables


def number(born: date, serial: int) -> str:
    """A made-up identity number of the series that belongs to nobody."""
    nine = f"{born:%y%m%d}{980 + serial}"
    return f"{born:%Y%m%d}{980 + serial}{check_digit(nine)}"


def person(name: str, **more: Any) -> dict[str, Any]:
    serial = sum(name.encode()) % 20
    born = date(1980, 1, 1) + timedelta(days=sum(map(ord, name)) * 7 % 9000)
    return {
        "id": stable_id("person", name),
        "civicNo": number(born, serial),
        "givenName": name.title(),
        "familyName": "Provsson",
    } | more


def pupil(name: str, *guardians: str, **more: Any) -> dict[str, Any]:
    adults = [{"person": stable_id("person", guardian)} for guardian in guardians]
    born = {"birthDate": "2016-05-04", "enrolments": [ENROLMENT], "responsibles": adults}
    return person(name, **born) | more


def id_of(name: str) -> PersonId:
    return PersonId(stable_id("person", name))


def snapshot() -> dict[tuple[str, str], Any]:
    """Everything about people in the table."""
    rows = dynamodb().get_paginator("scan").paginate(TableName="skolkit-register")
    items = [item for page in rows for item in page["Items"]]
    return {(i["pk"]["S"], i["sk"]["S"]): i for i in items if i["pk"]["S"].startswith(("PERSON", "CIVIC"))}


def test_a_family_is_there_in_both_directions(unit: Cloud) -> None:
    report = drop(unit, KEY, [person("anna"), person("bo"), pupil("liv", "anna", "bo")])
    assert (report["rows"], report["failed"], report["faults"]) == (3, 0, [])
    record = queries.pupil(id_of("liv"))
    assert record is not None
    assert record.guardians == {id_of("anna"), id_of("bo")}
    assert (record.unit, record.school_form, record.year) == (stable_id("unit", "99990017"), "GR", 3)
    assert queries.children_of(id_of("anna")) == queries.children_of(id_of("bo")) == (id_of("liv"),)
    assert queries.pupil(id_of("anna")) is None
    (fact,) = outbox("register")
    assert fact["type"] == "register.ImportFinished.v1"
    assert fact["data"] == {"import_id": report["import"], "rows": 3, "failed": 0}


def test_the_same_file_again_changes_nothing(unit: Cloud) -> None:
    rows = [person("anna", email="anna@example.org"), pupil("liv", "anna")]
    drop(unit, KEY, rows)
    before = snapshot()
    drop(unit, f"{KEY}.jsonl", rows)
    assert snapshot() == before


def test_somebody_who_comes_back_can_be_reached_again(unit: Cloud) -> None:
    """Their contact was erased when the last tie had ended; the file has said the same all the time."""
    rows = [person(name, email=f"{name}@example.org") for name in ("anna", "bo")]
    drop(unit, KEY, rows)
    for name in ("anna", "bo"):
        row = ContactItem.find(*contact_key(id_of(name)))
        assert row
        commit(Erase(row))
    drop(unit, f"{KEY}.2.jsonl", rows)
    assert queries.contacts([id_of("anna"), id_of("bo")]) == {}
    drop(unit, f"{KEY}.3.jsonl", [*rows, pupil("liv", "anna")])
    assert queries.contacts([id_of("anna"), id_of("bo")]).keys() == {id_of("anna")}
    commit(Erase(ContactItem.get(*contact_key(id_of("anna")))))
    drop(unit, f"{KEY}.4.jsonl", rows)  # the tie is in the register, not in this file
    assert queries.contacts([id_of("anna"), id_of("bo")]).keys() == {id_of("anna")}


def test_a_repeated_delivery_of_the_event_is_left_alone(unit: Cloud) -> None:
    drop(unit, KEY, [person("anna")])
    drop_file("register", "import_people", KEY)
    assert len(outbox("register")) == 1


def test_custody_that_ended_is_gone_in_both_directions(unit: Cloud) -> None:
    drop(unit, KEY, [person("anna"), person("bo"), pupil("liv", "anna", "bo")])
    drop(unit, KEY, [pupil("liv", "bo")])
    record = queries.pupil(id_of("liv"))
    assert record is not None
    assert record.guardians == {id_of("bo")}
    assert queries.children_of(id_of("anna")) == ()
    assert queries.children_of(id_of("bo")) == (id_of("liv"),)


def test_what_a_row_leaves_out_is_left_as_it_is(unit: Cloud) -> None:
    drop(unit, KEY, [person("anna"), pupil("liv", "anna")])
    drop(unit, KEY, [person("liv", familyName="Nysson", birthDate="2016-05-04")])
    record = queries.pupil(id_of("liv"))
    assert record is not None
    assert (record.family_name, record.year) == ("Nysson", 3)
    assert record.guardians == {id_of("anna")}


def test_an_enrolment_left_out_of_the_list_is_cancelled_not_forgotten(unit: Cloud) -> None:
    drop(unit, KEY, [pupil("liv")])
    drop(unit, KEY, [pupil("liv", enrolments=[])])
    record = queries.pupil(id_of("liv"))
    assert record is not None
    assert record.unit is None
    enrolments = [row for (_, sk), row in snapshot().items() if sk.startswith("ENROLMENT#")]
    assert [row["cancelled"] for row in enrolments] == [{"BOOL": True}]


def test_nobody_has_custody_of_an_adult(unit: Cloud) -> None:
    grown = (today() - timedelta(days=1)).replace(year=today().year - 18)
    drop(unit, KEY, [person("anna"), pupil("liv", "anna", birthDate=grown.isoformat())])
    assert of_age(grown) <= today()
    record = queries.pupil(id_of("liv"))
    assert record is not None
    assert record.guardians == frozenset()
    assert queries.children_of(id_of("anna")) == ()


def test_custody_follows_a_birth_date_that_is_corrected_alone(unit: Cloud) -> None:
    grown = (today() - timedelta(days=1)).replace(year=today().year - 18)
    drop(unit, KEY, [person("anna"), pupil("liv", "anna")])
    for born, is_child in ((grown, False), (date(2016, 5, 4), True)):
        drop(unit, KEY, [person("liv", birthDate=born.isoformat())])
        assert queries.children_of(id_of("anna")) == (id_of("liv"),) * is_child
        (custody,) = fetch(queries.wanted_guardians([id_of("liv")]))
        assert custody.get(id_of("liv"), ()) == (id_of("anna"),) * is_child


def test_protected_contacts_are_stored_sealed_and_never_handed_out(unit: Cloud) -> None:
    secret = {
        "email": "hemlig@example.org",
        "phone": "070-174 06 05",
        "address": {"street": "Gömda vägen 1", "postalCode": "100 00", "locality": "Ekhamra"},
    }
    drop(unit, KEY, [person("anna", securityMarking="Sekretessmarkering", **secret), person("bo", **secret)])
    found = queries.contacts([id_of("anna"), id_of("bo"), id_of("nobody")])
    assert found == {
        id_of("anna"): Withheld(id_of("anna")),
        id_of("bo"): Contact(id_of("bo"), "hemlig@example.org", "+46701740605", "sv"),
    }
    mine = {key: item for key, item in snapshot().items() if key[0] == f"PERSON#{id_of('anna')}"}
    for text in ("hemlig", "0701740605", "+4670", "Gömda"):
        assert text not in str(mine)
    item = mine[f"PERSON#{id_of('anna')}", "CONTACT"]
    opened = unseal(id_of("anna"), item["sealed_reach"]["B"])
    assert opened == {"email": "hemlig@example.org", "phone": "+46701740605"}


def test_protection_that_comes_later_seals_what_was_open(unit: Cloud) -> None:
    open_ = person(
        "anna", email="anna@example.org", address={"street": "G 1", "postalCode": "1", "locality": "E"}
    )
    drop(unit, KEY, [open_])
    drop(unit, KEY, [open_ | {"securityMarking": "Skyddad folkbokföring"}])
    assert queries.contacts([id_of("anna")]) == {id_of("anna"): Withheld(id_of("anna"))}
    assert "anna@example.org" not in str(snapshot())
    assert fetch(queries.wanted_names([id_of("anna")]))[0][id_of("anna")].protected
    assert "register.PersonProtected.v1" in [envelope["type"] for envelope in outbox("register")]


def test_every_bad_row_is_reported_and_the_others_are_taken(unit: Cloud) -> None:
    good, other = person("anna"), person("bo")
    rows = [
        json.dumps(good),
        "",
        "{not json",
        json.dumps(person("eva", civicNo="19811218-9875")),
        json.dumps(pupil("liv", enrolments=[ENROLMENT | {"enroledAt": "19733028"}])),
        json.dumps(person("kim", civicNo=good["civicNo"])),
        json.dumps(pupil("max", enrolments=[ENROLMENT, ENROLMENT | {"startDate": "2026-10-01"}])),
        json.dumps(person("ida", securitymarking="Sekretessmarkering")),
        json.dumps(other),
    ]
    report = drop(unit, KEY, "\n".join(rows))
    assert (report["rows"], report["failed"]) == (8, 6)
    assert [(f["line"], f["field"]) for f in report["faults"]] == [
        (3, ""),
        (4, "civicNo"),
        (8, "securitymarking"),
        (5, "enrolments.0.enroledAt"),
        (6, "civicNo"),
        (7, "enrolments.startDate"),
    ]
    for fault in report["faults"]:
        assert fault["reason"]
        assert fault["reasonEn"]
        assert fault["advice"]
        assert fault["adviceEn"]
    text = json.dumps(report)
    for row in (good, other):
        assert row["civicNo"] not in text
    assert "9875" not in text
    assert "Eva" not in text
    names = fetch(
        queries.wanted_names([id_of(n) for n in ("anna", "eva", "liv", "kim", "max", "ida", "bo")])
    )[0]
    assert {name.given_name for name in names.values()} == {"Anna", "Bo"}


def test_without_an_id_a_person_is_known_by_number(unit: Cloud) -> None:
    row = person("anna")
    del row["id"]
    drop(unit, KEY, [row])
    drop(unit, KEY, [row | {"givenName": "Annika"}])
    profiles = [item for (_, sk), item in snapshot().items() if sk == "PROFILE"]
    assert [item["given_name"]["S"] for item in profiles] == ["Annika"]
    assert row["civicNo"] not in profiles[0]["pk"]["S"]


def test_two_rows_with_one_number_are_not_two_people(unit: Cloud) -> None:
    number = person("anna")["civicNo"]
    report = drop(unit, KEY, [person("anna"), person("bo", civicNo=number)])
    assert [(f["line"], f["field"]) for f in report["faults"]] == [(2, "civicNo")]


def test_a_byte_order_mark_does_no_harm(unit: Cloud) -> None:
    report = drop(unit, KEY, "\ufeff" + json.dumps(person("anna")))
    assert (report["rows"], report["failed"]) == (1, 0)


def test_a_file_in_another_encoding_is_refused_whole(unit: Cloud) -> None:
    rows = [json.dumps(person(name, familyName="Åkesson"), ensure_ascii=False) for name in ("anna", "bo")]
    body = json.dumps(person("eva")).encode() + b"\n" + "\n".join(rows).encode("latin-1")
    unit.client("s3").put_object(Bucket=IMPORTS_BUCKET, Key=KEY, Body=body)
    drop_file("register", "import_people", KEY)
    reply = unit.client("s3").get_object(Bucket=IMPORTS_BUCKET, Key=f"reports/{KEY}.json")
    report = json.loads(reply["Body"].read())
    assert [fault["line"] for fault in report["faults"]] == [2]
    assert "UTF-8" in report["faults"][0]["reason"]
    assert snapshot() == {}


class Crash(Exception):
    pass


def test_a_crashed_import_goes_on_where_it_was(unit: Cloud) -> None:
    rows = [person(f"p{n}", civicNo=number(date(1970, 1, 1) + timedelta(days=n), 0)) for n in range(250)]
    body = "\n".join(json.dumps(row) for row in [*rows[:149], {"givenName": "No One"}, *rows[149:]])
    unit.client("s3").put_object(Bucket=IMPORTS_BUCKET, Key=KEY, Body=body.encode())
    seen: list[int] = []

    def take(chunk: Sequence[Row[PersonRow]], source: Source) -> Sequence[RowFault]:
        if len(seen) == 2:
            seen.append(chunk[0].line)
            people.take_people(chunk, source)  # written, but the cursor is not
            raise Crash
        seen.append(chunk[0].line)
        return people.take_people(chunk, source)

    file, importer = DroppedFile(IMPORTS_BUCKET, KEY), replace(people.PEOPLE, take=take)
    with acting_as("register"):
        with pytest.raises(Crash):
            imports.run(file, importer)
        assert outbox("register") == []
        imports.run(file, importer)
    assert seen == [1, 101, 202, 202]
    reply = unit.client("s3").get_object(Bucket=IMPORTS_BUCKET, Key=f"reports/{KEY}.json")
    report = json.loads(reply["Body"].read())
    assert (report["rows"], report["failed"]) == (251, 1)
    assert {fault["line"] for fault in report["faults"]} == {150}
    assert sum(sk == "PROFILE" for _, sk in snapshot()) == 250


def test_a_hundred_pupils_cost_few_round_trips(unit: Cloud) -> None:
    calls: list[str] = []
    rows = [
        pupil(f"p{n}", f"a{n}", f"b{n}", civicNo=number(date(2015, 1, 1) + timedelta(days=n), 1))
        for n in range(100)
    ]
    emitter = dynamodb().meta.events
    emitter.register("before-call.dynamodb", lambda model, **_: calls.append(model.name), unique_id="count")
    try:
        drop(unit, KEY, rows)
        first, calls[:] = list(calls), []
        drop(unit, KEY, [*rows, person("anna")])
    finally:
        emitter.unregister("before-call.dynamodb", unique_id="count")
    assert first.count("BatchGetItem") <= 5
    assert first.count("TransactWriteItems") <= 15
    assert calls.count("BatchGetItem") <= 5
    assert calls.count("TransactWriteItems") <= 4
