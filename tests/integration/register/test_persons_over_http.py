"""The register over HTTP: each sees what is theirs, others a 404, every look and change leaves a trace."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from functions.register import queries
from functions.register.queries import Contact, Withheld
from infra.local.cloud import Cloud
from infra.local.population import NewPupil
from skolkit.clock import today
from skolkit.types import PersonId, stable_id
from tests.support.areas import Answer, audit_rows, call, outbox
from tests.support.world import UNITS_TABLE, World, drop, make_world, person_row

NOBODY = PersonId(stable_id("nobody"))


@pytest.fixture
def world(tables: Cloud) -> World:
    return make_world(tables)


@pytest.fixture
def pupil(world: World) -> NewPupil:
    return world.classmates()[0]


def read(person: str, caller: PersonId, what: str = "read_person") -> Answer:
    return call("register", what, caller, path={"person": person})


def test_a_guardian_sees_exactly_the_children_in_custody(world: World, pupil: NewPupil) -> None:
    guardian = pupil.guardians[0].guardian_id
    answer = call("register", "list_my_children", guardian)
    mine = {p.id for p in world.population.pupils if guardian in {g.guardian_id for g in p.guardians}}
    assert answer.status == 200
    assert {child["id"] for child in answer.body["data"]} == mine
    child = next(child for child in answer.body["data"] if child["id"] == pupil.id)
    assert child["givenName"] == pupil.given_name
    assert child["unit"] == {"id": world.unit, "name": "Provskolan"}
    assert child["year"] == pupil.year
    assert child["classes"] == [{"id": world.klass.id, "name": world.klass.name}]


def test_someone_without_children_sees_none(world: World, pupil: NewPupil) -> None:
    assert call("register", "list_my_children", pupil.id).body == {"data": []}


def test_a_person_is_read_by_those_with_a_relation_alone(world: World, pupil: NewPupil) -> None:
    (mentor, *_), guardian = world.klass.mentor_ids, pupil.guardians[0].guardian_id
    stranger = next(
        g.guardian_id
        for p in world.population.pupils
        for g in p.guardians
        if g.guardian_id not in {x.guardian_id for x in pupil.guardians}
    )
    reading = (guardian, pupil.id, mentor, world.staff("principal"), world.staff("administrator"))
    for caller in reading:
        assert read(pupil.id, caller).status == 200, caller
    for caller in (stranger, NOBODY):
        assert read(pupil.id, caller).status == 404
    actors = [row["actor"] for row in audit_rows(pupil.id) if row["action"] == "read_person"]
    assert actors == list(reading)


def test_the_answer_holds_neither_number_nor_address(world: World, pupil: NewPupil) -> None:
    text = str(read(pupil.id, pupil.id).body)
    assert pupil.civic_no.value not in text
    assert pupil.email not in text


def test_what_does_not_exist_looks_like_what_is_not_yours(world: World, pupil: NewPupil) -> None:
    unknown, foreign, malformed = read(NOBODY, NOBODY), read(pupil.id, NOBODY), read("1 or 1=1", NOBODY)
    assert unknown.status == foreign.status == malformed.status == 404
    assert unknown.body == foreign.body == malformed.body


def test_a_guardian_does_not_see_the_childs_contacts(world: World, pupil: NewPupil) -> None:
    assert read(pupil.id, pupil.guardians[0].guardian_id, "read_contacts").status == 404
    assert read(pupil.id, pupil.id, "read_contacts").status == 200
    assert read(pupil.id, world.klass.mentor_ids[0], "read_contacts").body["email"] == pupil.email


def change(person: str, caller: PersonId, version: str | None, **new: Any) -> Answer:
    headers = {} if version is None else {"if-match": version}
    return call("register", "change_contacts", caller, path={"person": person}, body=new, headers=headers)


def test_contact_details_are_set_by_oneself_and_survive_the_next_file(
    tables: Cloud, world: World, pupil: NewPupil
) -> None:
    me = pupil.guardians[0].guardian_id
    version = read(me, me, "read_contacts").headers["etag"]
    new = {"email": "ny@example.org", "phone": "070-174 06 99", "language": "en"}
    answer = change(me, me, version, **new)
    assert answer.status == 200
    assert answer.body["phone"] == "+46701740699"
    assert change(me, me, version, **new).status == 412
    assert change(me, me, answer.headers["etag"], **new).status == 200
    person = next(g for g in world.population.guardians if g.id == me)
    drop(tables, "register/persons/again.jsonl", [person_row(person) | {"email": "gammal@example.org"}])
    assert queries.contacts([me]) == {me: Contact(me, "ny@example.org", "+46701740699", "en")}
    assert [row["actor"] for row in audit_rows(me) if row["action"] == "change_contacts"] == [me, me]


def test_nobody_sets_somebody_elses_contact_details(world: World, pupil: NewPupil) -> None:
    for caller in (pupil.guardians[0].guardian_id, world.staff("administrator"), world.klass.mentor_ids[0]):
        assert change(pupil.id, caller, '"1"', email="x@example.org").status == 404


def test_a_change_says_its_version_and_is_well_formed(world: World, pupil: NewPupil) -> None:
    me = pupil.guardians[0].guardian_id
    assert change(me, me, None, email="x@example.org").status == 428
    refused = change(me, me, '"1"', email="not mail", phone="12")
    assert refused.status == 422
    assert {fault["field"] for fault in refused.body["errors"]} == {"email", "phone"}


def test_a_protected_person_sets_contacts_that_nobody_reads(tables: Cloud, world: World) -> None:
    person = world.population.guardians[0]
    row = person_row(person) | {"securityMarking": "Sekretessmarkering"}
    drop(tables, "register/persons/again.jsonl", [row])
    before = read(person.id, person.id, "read_contacts")
    assert before.body == {
        "person": person.id, "email": None, "phone": None, "language": None, "withheld": True, "version": 2,
    }  # fmt: skip
    after = change(person.id, person.id, '"2"', email="gomd@example.org")
    assert (after.status, after.body["withheld"], after.body["email"]) == (200, True, None)
    assert queries.contacts([person.id]) == {person.id: Withheld(person.id)}
    drop(tables, "register/persons/once more.jsonl", [row | {"email": "annan@example.org"}])
    assert queries.contacts([person.id]) == {person.id: Withheld(person.id)}


def enrol(person: str, caller: PersonId, key: str, **new: Any) -> Answer:
    return call(
        "register", "enrol_pupil", caller, path={"person": person}, body=new, headers={"idempotency-key": key}
    )


def test_an_administrator_enrols_somebody_new_once(tables: Cloud, world: World) -> None:
    newcomer = world.population.guardians[0].id  # an adult without a place
    office = world.staff("administrator")
    new = {"unit": world.unit, "schoolForm": "GR", "year": 5, "startDate": today().isoformat()}
    first = enrol(newcomer, office, "key-000001", **new)
    again = enrol(newcomer, office, "key-000001", **new)
    assert (first.status, again.status) == (201, 201)
    assert first.body == again.body
    facts = [fact["data"] for fact in outbox("register") if fact["type"] == "register.PupilEnrolled.v1"]
    assert facts == [
        {
            "pupil": newcomer,
            "unit": world.unit,
            "school_form": "GR",
            "year": 5,
            "start": today().isoformat(),
        }
    ]
    record = queries.pupil(newcomer)
    assert record is not None
    assert (record.unit, record.year) == (world.unit, 5)
    overlapping = new | {"startDate": (today() + timedelta(days=1)).isoformat()}
    refused = enrol(newcomer, office, "key-000002", **overlapping)
    assert (refused.status, refused.body["type"]) == (409, "urn:skolkit:problem:already-enrolled")
    assert [row["actor"] for row in audit_rows(newcomer) if row["action"] == "enrol_pupil"] == [office]


def test_bad_enrolments_are_refused_with_the_field(world: World) -> None:
    newcomer, office = world.population.guardians[0].id, world.staff("administrator")
    new: dict[str, Any] = {"unit": world.unit, "schoolForm": "GR", "year": 5, "startDate": "2026-08-18"}
    bad = {"unit": NOBODY, "endDate": "2026-08-17", "schoolForm": "X"}
    for number, (field, value) in enumerate(bad.items()):
        answer = enrol(newcomer, office, f"key-10000{number}", **new | {field: value})
        assert answer.status == 422
        assert [fault["field"] for fault in answer.body["errors"]] == [field]
    assert enrol(NOBODY, office, "key-200000", **new).status == 404


def test_only_administrators_enrol(world: World, pupil: NewPupil) -> None:
    new = {"unit": world.unit, "schoolForm": "GR", "year": 3, "startDate": today().isoformat()}
    for caller in (
        world.staff("principal"),
        world.klass.mentor_ids[0],
        pupil.guardians[0].guardian_id,
        pupil.id,
    ):
        assert enrol(pupil.id, caller, "key-000009", **new).status == 404


def test_whoever_belongs_elsewhere_or_is_protected_takes_a_right_to_them_too(
    tables: Cloud, world: World, pupil: NewPupil
) -> None:
    table = UNITS_TABLE.format(code="99990025", name="Andra skolan", address="G", pupils=1)
    drop(tables, "organisation/units/other.csv", table)
    other, clerk = stable_id("unit", "99990025"), world.population.guardians[1].id
    duty = {"person": clerk, "unit": other, "role": "administrator", "startDate": "2026-08-18"}
    drop(tables, "organisation/duties/other.jsonl", [duty])
    hidden, newcomer = world.population.guardians[2], world.population.guardians[3]
    row = person_row(hidden) | {"securityMarking": "Skyddad folkbokföring"}
    drop(tables, "register/persons/hidden.jsonl", [row])
    new = {"unit": other, "schoolForm": "GR", "year": 3, "startDate": "2027-08-18"}
    for number, (person, status) in enumerate(((pupil.id, 404), (hidden.id, 404), (newcomer.id, 201))):
        assert enrol(person, clerk, f"key-30000{number}", **new).status == status
    assert enrol(hidden.id, world.staff("administrator"), "key-400000", **new).status == 201
