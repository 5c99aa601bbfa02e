"""Keeping the register: entering people, numbers over time, responsibility, and two records that are one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from functions.register import queries
from infra.local.cloud import Cloud
from infra.local.population import NewPupil
from skolkit.clock import today
from skolkit.types import PersonId, new_id
from tests.support.areas import Answer, audit_rows, call, deliver, outbox
from tests.support.world import World, make_world

TF, LATER = "20150102TF10", "20150102TF11"


@pytest.fixture
def world(tables: Cloud) -> World:
    return make_world(tables)


@pytest.fixture
def pupil(world: World) -> NewPupil:
    return world.classmates()[0]


@pytest.fixture
def keeper(world: World) -> PersonId:
    return world.staff("administrator")


def add(keeper: PersonId, key: str = "", **fields: Any) -> Answer:
    card = {"givenName": "Nyanländ", "familyName": "Provsson", "birthDate": "2015-01-02"} | fields
    return call("register", "add_person", keeper, body=card, headers={"idempotency-key": key or new_id()})


def change(name: str, keeper: PersonId, person: str, version: int, body: Any = None, **path: str) -> Answer:
    over = {"if-match": f'"{version}"'}
    return call("register", name, keeper, path={"person": person, **path}, body=body, headers=over)


def record(keeper: PersonId, person: str) -> dict[str, Any]:
    answer = call("register", "read_record", keeper, path={"person": person})
    assert answer.status == 200, answer.body
    body: dict[str, Any] = answer.body
    return body


def test_a_person_is_entered_once(keeper: PersonId) -> None:
    """By key, by number, and by name and birth date unless somebody has looked."""
    key = new_id()
    first = add(keeper, key, civicNo=TF)
    assert first.status == 201
    assert add(keeper, key, civicNo=TF).body == first.body
    assert add(keeper, civicNo=TF).body["type"].endswith("number-taken")
    twin = add(keeper, familyName="PROVSSON", givenName="Någon")
    assert twin.body["type"].endswith("perhaps-the-same")
    assert twin.body["errors"][0]["value"] == first.body["id"]
    assert add(keeper, familyName="PROVSSON", confirmedDistinct=[first.body["id"]]).status == 201
    assert add(keeper, familyName="Annan", givenName="Annan").status == 201


def test_a_protected_person_is_no_hint_at_entry(keeper: PersonId, world: World) -> None:
    hidden = world.classmates()[1]
    body = {"securityMarking": "Sekretessmarkering", "basis": "populationRegister"}
    assert change("protect_person", keeper, hidden.id, 1, body).status == 200
    born = hidden.birth_date.isoformat()
    again = add(keeper, givenName=hidden.given_name, familyName=hidden.family_name, birthDate=born)
    assert again.status == 201


def test_numbers_follow_each_other_and_all_stay_the_persons(keeper: PersonId) -> None:
    person = add(keeper, civicNo=TF).body["id"]
    new = {"civicNo": LATER, "since": today().isoformat()}
    assert change("change_number", keeper, person, 1, new).status == 200
    found = record(keeper, person)
    assert found["civicNo"] == LATER
    assert [n["civicNo"] for n in found["numbers"]] == [TF, LATER]
    assert change("change_number", keeper, person, 2, new).body["type"].endswith("number-too-early")
    assert change("change_number", keeper, person, 1, new).status == 412
    other = add(keeper, givenName="Annan", familyName="Helt").body["id"]
    taken = change("change_number", keeper, other, 1, {"civicNo": TF, "since": "2026-01-01"})
    assert taken.body["type"].endswith("number-taken")
    assert TF not in str(taken.body)


def test_a_record_is_complete_and_each_look_leaves_a_trace(keeper: PersonId, pupil: NewPupil) -> None:
    homes = [
        {"type": kind, "streetAddress": "Provgatan 1", "postalCode": "100 00", "locality": "Ekhamra"}
        for kind in ("Folkbokföring", "Tillfällig adress")
    ]
    reach = {
        "addresses": homes,
        "emails": [{"value": "a@example.org"}, {"value": "b@example.org", "type": "Skola elev"}],
        "phoneNumbers": [{"value": "070-174 06 05", "mobile": True}],
    }
    assert change("change_reach", keeper, pupil.id, 1, reach).status == 200
    card = {
        "givenName": "Ändrad", "middleName": "Mitt", "familyName": "Namnsson", "sex": "Kvinna",
        "birthDate": pupil.birth_date.isoformat(), "municipalityCode": "0180",
        "eduPersonPrincipalNames": ["andrad@skolan.example"],
        "externalIdentifiers": [{"value": "4711", "context": "gamla systemet", "globallyUnique": False}],
    }  # fmt: skip
    assert change("change_person", keeper, pupil.id, 2, card).status == 200
    found = record(keeper, pupil.id)
    assert found | card == found
    assert [home["type"] for home in found["addresses"]] == ["Folkbokföring", "Tillfällig adress"]
    assert [mail["type"] for mail in found["emails"]] == ["Privat", "Skola elev"]
    assert found["phoneNumbers"][0]["value"] == "+46701740605"
    assert len(found["responsibles"]) == 2
    assert found["enrolments"][0]["year"] == pupil.year
    actions = [(r["action"], r.get("changes", "")) for r in audit_rows(pupil.id)]
    assert ("read_record", "") in actions
    changed = next(changes for action, changes in actions if action == "change_person")
    assert "given_name" in changed
    assert "Ändrad" not in changed


def test_nobody_is_born_after_going_to_school(keeper: PersonId, pupil: NewPupil) -> None:
    card = {"givenName": "A", "familyName": "B", "birthDate": today().isoformat()}
    assert change("change_person", keeper, pupil.id, 1, card).body["type"].endswith("before-birth")


def test_responsibility_has_dates_and_a_home_and_no_loops(keeper: PersonId, pupil: NewPupil) -> None:
    adult = pupil.guardians[1].guardian_id
    assert change("put_responsible", keeper, pupil.id, 1, {"home": True}, adult=adult).status == 200
    mine = next(r for r in record(keeper, pupil.id)["responsibles"] if r["person"] == adult)
    assert (mine["home"], mine["relationType"]) == (True, "Vårdnadshavare")
    assert adult in queries.pupil(pupil.id).guardians  # type: ignore[union-attr]
    assert change("end_responsible", keeper, pupil.id, 2, adult=adult).status == 204
    assert adult not in queries.pupil(pupil.id).guardians  # type: ignore[union-attr]
    assert pupil.id not in queries.children_of(adult)
    last = next(r for r in record(keeper, pupil.id)["responsibles"] if r["person"] == adult)
    assert last["endDate"] == (today() - timedelta(days=1)).isoformat()
    loop = change("put_responsible", keeper, adult, 1, {}, adult=pupil.id)
    assert loop.body["type"].endswith("guardian-loop")
    kinds = [envelope["type"] for envelope in outbox("register")]
    assert kinds.count("register.CustodyChanged.v1") == 2


def test_two_records_become_one_and_two_again(keeper: PersonId, world: World) -> None:
    one, *_ = world.classmates()
    other = add(keeper, civicNo=TF, givenName="Dubbel", familyName="Post").body["id"]
    adult = add(keeper, birthDate="1980-05-05", givenName="Ny", familyName="Förälder").body["id"]
    assert change("put_responsible", keeper, other, 1, {}, adult=adult).status == 200
    body = {"duplicate": other}
    headers = {"idempotency-key": new_id()}
    before = record(keeper, one.id), record(keeper, other)
    merged = call("register", "merge_persons", keeper, path={"person": one.id}, body=body, headers=headers)
    assert merged.status == 201, merged.body
    kept = record(keeper, one.id)
    assert TF in {n["civicNo"] for n in kept["numbers"]}
    assert adult in {r["person"] for r in kept["responsibles"]}
    assert queries.children_of(PersonId(adult)) == (one.id,)
    assert record(keeper, other)["mergedInto"] == one.id
    assert call("register", "read_person", keeper, path={"person": other}).status == 404
    assert add(keeper, civicNo=TF).body["type"].endswith("number-taken")
    again = call("register", "merge_persons", keeper, path={"person": other}, body={"duplicate": one.id},
                 headers={"idempotency-key": new_id()})  # fmt: skip
    assert again.body["type"].endswith("not-mergeable")

    undone = call("register", "undo_merge", keeper, path={"merge": merged.body["id"]})
    assert undone.status == 204, undone.body
    after = record(keeper, one.id), record(keeper, other)
    assert [r | {"version": 0} for r in after] == [r | {"version": 0} for r in before]
    assert queries.children_of(PersonId(adult)) == (other,)
    assert call("register", "undo_merge", keeper, path={"merge": merged.body["id"]}).status == 404


def test_groups_follow_a_merge(keeper: PersonId, world: World) -> None:
    """The class has the kept record where it had the other one, and once where it had both."""
    one, two = world.classmates()[:2]
    merged = call("register", "merge_persons", keeper, path={"person": add(keeper).body["id"]},
                  body={"duplicate": one.id}, headers={"idempotency-key": new_id()})  # fmt: skip
    assert merged.status == 201, merged.body
    fact = next(e for e in outbox("register") if e["type"] == "register.PersonsMerged.v1")
    assert deliver("organisation", "follow_merge", fact) == []
    assert deliver("organisation", "follow_merge", fact) == []
    named = {"group": world.klass.id}
    members = [m["person"] for m in call("organisation", "read_group", keeper, path=named).body["members"]]
    assert members.count(merged.body["kept"]) == 1
    assert one.id not in members
    assert two.id in members


def test_a_merge_that_was_worked_on_is_not_taken_apart(keeper: PersonId, world: World) -> None:
    one, other = world.classmates()[0].id, add(keeper, givenName="Dubbel", familyName="Post").body["id"]
    merged = call("register", "merge_persons", keeper, path={"person": one}, body={"duplicate": other},
                  headers={"idempotency-key": new_id()})  # fmt: skip
    version = record(keeper, one)["version"]
    card = {"givenName": "A", "familyName": "B", "birthDate": "2010-01-01"}
    assert change("change_person", keeper, one, version, card).status == 200
    undo = call("register", "undo_merge", keeper, path={"merge": merged.body["id"]})
    assert undo.body["type"].endswith("changed-since-merge")


def test_giving_a_child_is_no_way_to_another_units_adult(keeper: PersonId, world: World) -> None:
    """An administrator of one unit gets no right to an adult by making them responsible for a child there."""
    far = world.classmates()[0].guardians[0].guardian_id
    own = add(keeper, birthDate="1981-01-01", givenName="Enhetens", familyName="Administratör").body["id"]
    child = add(keeper, givenName="Eget", familyName="Barn").body["id"]
    answer = change("put_responsible", PersonId(own), child, 1, {}, adult=far)
    assert answer.status == 404
