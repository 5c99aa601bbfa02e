"""Protected identity over HTTP: setting it seals at once, breaking the glass is short, reasoned and told,
removing it opens what was sealed.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from functions.register import queries
from functions.register.queries import Contact, Withheld
from functions.register.usecases import protection
from infra.local.cloud import Cloud
from infra.local.population import NewPupil
from skolkit.clock import now
from skolkit.table import dynamodb
from skolkit.types import PersonId, new_id
from tests.support.areas import Answer, audit_rows, call, deliver, outbox
from tests.support.world import World, drop, make_world

HOME = {"streetAddress": "Hemligstigen 7", "postalCode": "100 00", "locality": "Ekhamra"}
REACH = {
    "addresses": [HOME],
    "emails": [{"value": "gomd@example.org"}, {"value": "skola@example.org", "type": "Skola elev"}],
    "phoneNumbers": [{"value": "+46701740605"}],
}
SET = {"securityMarking": "Skyddad folkbokföring", "basis": "taxAgencyDecision", "caseNumber": "BUN 2026/123"}
REMOVED = {"securityMarking": "Ingen", "basis": "markingRemoved"}


@pytest.fixture
def world(tables: Cloud) -> World:
    return make_world(tables)


@pytest.fixture
def pupil(world: World) -> NewPupil:
    return world.classmates()[0]


@pytest.fixture
def keeper(world: World) -> PersonId:
    return world.staff("administrator")


def put(name: str, caller: PersonId, person: str, version: int, body: Any) -> Answer:
    over = {"if-match": f'"{version}"'}
    return call("register", name, caller, path={"person": person}, body=body, headers=over)


def break_glass(caller: PersonId, person: str, why: str = "injury") -> Answer:
    key = {"idempotency-key": new_id()}
    return call("register", "break_glass", caller, path={"person": person}, body={"reason": why}, headers=key)


def stored(person: str) -> str:
    rows = dynamodb().query(
        TableName="skolkit-register",
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": f"PERSON#{person}"}},
    )
    return str(rows["Items"])


def own_administrator(world: World, tables: Cloud) -> PersonId:
    """Somebody at the unit who keeps its register, too."""
    person = world.staff("principal")
    id = {"id": new_id(), "person": person, "unit": world.unit}
    drop(tables, "organisation/duties/own.jsonl", [id | {"role": "administrator", "startDate": "2026-01-01"}])
    return person


@pytest.fixture
def hidden(pupil: NewPupil, keeper: PersonId) -> PersonId:
    assert put("change_reach", keeper, pupil.id, 1, REACH).status == 200
    assert "Hemligstigen" in stored(pupil.id)
    assert put("protect_person", keeper, pupil.id, 2, SET).status == 200
    return pupil.id


def test_setting_seals_and_tells_and_leaves_a_trace(hidden: PersonId) -> None:
    row = stored(hidden)
    for secret in ("Hemligstigen", "gomd@", "skola@", "701740605"):
        assert secret not in row
    assert queries.contacts([hidden]) == {hidden: Withheld(hidden)}
    assert "register.PersonProtected.v1" in [envelope["type"] for envelope in outbox("register")]
    trace = next(r for r in audit_rows(hidden) if r["action"] == "protect_person")
    assert (trace["reason"], trace["changes"]) == (
        "taxAgencyDecision", "Ingen > Skyddad folkbokföring BUN 2026/123",
    )  # fmt: skip


def test_removing_shows_what_was_sealed_and_is_for_those_with_a_task_for_the_pupil(
    hidden: PersonId, keeper: PersonId, world: World, tables: Cloud
) -> None:
    record_version = 3
    registrar_has_no_task = put("change_reach", keeper, hidden, record_version, REACH)
    assert registrar_has_no_task.status == 404
    assert put("protect_person", keeper, hidden, record_version, REMOVED).status == 404
    assert (
        put("protect_person", keeper, hidden, record_version, SET | {"basis": "markingRemoved"}).status == 422
    )
    keeper = own_administrator(world, tables)
    assert put("protect_person", keeper, hidden, record_version, REMOVED).status == 200
    contact = queries.contacts([hidden])[hidden]
    assert isinstance(contact, Contact)
    assert (contact.email, contact.phone) == ("gomd@example.org", "+46701740605")
    found = call("register", "read_record", keeper, path={"person": hidden}).body
    assert found["addresses"][0]["streetAddress"] == "Hemligstigen 7"
    assert [mail["type"] for mail in found["emails"]] == ["Privat", "Skola elev"]


def test_the_glass_is_broken_for_a_reason_for_a_while_and_told(
    hidden: PersonId, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    principal, where = world.staff("principal"), {"person": hidden}
    whole = call("register", "open_contacts", principal, path=where)
    assert (whole.status, whole.body["type"]) == (403, "urn:skolkit:problem:glass-is-whole")
    assert break_glass(principal, hidden).status == 201
    seen = call("register", "open_contacts", principal, path=where)
    assert seen.body["addresses"][0]["streetAddress"] == "Hemligstigen 7"
    assert seen.body["emails"][0]["value"] == "gomd@example.org"
    fact = next(e for e in outbox("register") if e["type"] == "register.GlassBroken.v1")
    assert (fact["data"]["by"], fact["data"]["why"], fact["data"]["units"]) == (
        principal, "injury", [world.unit],
    )  # fmt: skip
    assert {"break_glass", "open_contacts"} <= {r["action"] for r in audit_rows(hidden)}
    teacher = world.of_class()[0].teachers[0]
    assert break_glass(teacher, hidden).status == 404
    later = now() + timedelta(minutes=31)
    monkeypatch.setattr(protection, "now", lambda: later)
    assert call("register", "open_contacts", principal, path=where).status == 403


def test_one_persons_glass_opens_nobody_elses(hidden: PersonId, world: World) -> None:
    keeper, principal = world.staff("administrator"), world.staff("principal")
    assert break_glass(principal, hidden).status == 201
    assert call("register", "open_contacts", keeper, path={"person": hidden}).status == 403
    mate = world.classmates()[1].id
    assert break_glass(principal, mate).body["type"].endswith("nothing-withheld")
    assert call("register", "open_contacts", principal, path={"person": mate}).status == 403


def test_the_units_administrators_are_told_once_of_a_broken_glass(
    hidden: PersonId, world: World, keeper: PersonId, tables: Cloud
) -> None:
    """The municipality's own where the unit has none; neither who broke it nor about whom."""
    assert break_glass(world.staff("principal"), hidden).status == 201
    fact = next(e for e in outbox("register") if e["type"] == "register.GlassBroken.v1")
    assert deliver("messages", "warn_of_broken_glass", fact) == []
    assert deliver("messages", "warn_of_broken_glass", fact) == []
    (mail,) = [m for m in tables.messages() if "kontaktuppgifter" in str(m)]
    reach = queries.contacts([keeper])[keeper]
    assert isinstance(reach, Contact)
    assert str(reach.email) in str(mail)
    pupil = next(p for p in world.population.pupils if p.id == hidden)
    assert pupil.given_name not in str(mail)
