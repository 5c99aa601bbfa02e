"""What a client learns of people with protected identity, and of what is withheld from it."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.exchange.domain import pseudonyms
from functions.exchange.domain.clients import AttributeWithheld, Client
from functions.exchange.usecases.readers import Reader, asked_by
from skolkit.config import settings
from skolkit.http import Shape
from skolkit.ss12000 import Entity
from skolkit.types import PersonId, new_id

AT = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
HIDDEN, KNOWN = PersonId(new_id()), PersonId(new_id())
PERSON: dict[str, Any] = {
    "id": HIDDEN, "meta": {"created": "x", "modified": "x"}, "givenName": "Eva", "middleName": "Maria",
    "familyName": "Ek", "civicNo": {"value": "201301019999"}, "birthDate": "2013-01-01", "sex": "Kvinna",
    "securityMarking": "Skyddad folkbokföring", "personStatus": "Aktiv", "emails": [{"value": "eva@ek.se"}],
    "phoneNumbers": [{"value": "070"}], "addresses": [{"streetAddress": "Ekvägen"}], "photo": "https://x",
    "eduPersonPrincipalNames": ["eva@skola"], "externalIdentifiers": [{"value": "E1"}],
    "responsibles": [{"person": {"id": KNOWN, "displayName": "Bo Ek"}}],
    "enrolments": [
        {
            "enroledAt": {"id": "unit"}, "schoolType": "GR", "startDate": "2026-08-18", "schoolYear": 6,
            "educationCode": "NA", "programme": {"id": "x"}, "specification": "Evas",
        }
    ],
}  # fmt: skip


class Body(Shape):
    """A body as it is."""

    said: dict[str, Any]

    def model_dump(self, **_: Any) -> dict[str, Any]:
        copy: dict[str, Any] = json.loads(json.dumps(self.said))
        return copy


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> Any:
    for name in ("AREA", "BUS", "CURSOR_KEY"):
        monkeypatch.setenv(f"SKOLKIT_{name}", "x")
    settings.cache_clear()
    yield
    settings.cache_clear()


def reader(**more: Any) -> Reader:
    client = Client(id="c", name="x", expires=date(2027, 1, 1), **{"protected": "pseudonym"} | more)
    return Reader(client, frozenset({HIDDEN}), AT, timedelta(0))


def entity(body: dict[str, Any], about: PersonId | None = None, *people: PersonId) -> Entity:
    return Entity(body["id"], Body(said=body), AT, AT, about=about, people=frozenset(people))


def test_a_protected_person_is_there_without_a_word_of_who_they_are() -> None:
    who = reader()
    shown = who.shown("persons", entity(PERSON, HIDDEN, HIDDEN, KNOWN))
    assert shown is not None
    assert set(shown) == {
        "id", "meta", "givenName", "familyName", "securityMarking", "personStatus", "enrolments",
    }  # fmt: skip
    assert shown["enrolments"] == [
        {"enroledAt": {"id": "unit"}, "schoolType": "GR", "startDate": "2026-08-18"}
    ]
    assert who.called(HIDDEN, "Eva Ek") == f"Skyddad {shown['familyName']}"
    assert who.called(KNOWN, "Bo Ek") == "Bo Ek"
    for secret in ("Eva", "Ek", "2013", "Kvinna", "070"):
        assert secret not in json.dumps(shown, ensure_ascii=False)


def test_who_is_referred_to_keeps_the_made_up_name_and_nobody_else_does() -> None:
    group = {
        "id": "g",
        "groupMemberships": [
            {"person": {"id": id, "displayName": name}} for id, name in ((HIDDEN, "Eva Ek"), (KNOWN, "Bo Ek"))
        ],
    }
    who = reader()
    shown = who.shown("groups", entity(group, None, HIDDEN, KNOWN))
    assert shown is not None
    names = [row["person"]["displayName"] for row in shown["groupMemberships"]]
    assert names == [who.called(HIDDEN, ""), "Bo Ek"]
    left_out = reader(protected="out").shown("groups", entity(group, None, HIDDEN, KNOWN))
    assert left_out is not None
    assert [row["person"]["id"] for row in left_out["groupMemberships"]] == [KNOWN]


def test_a_protected_teachers_signature_is_as_good_as_a_name() -> None:
    duty = {"id": "d", "signature": "EEK", "description": "Evas", "person": {"id": HIDDEN}, "dutyRole": "x"}
    shown = reader().shown("duties", entity(duty, HIDDEN, HIDDEN))
    assert shown == {"id": "d", "person": {"id": HIDDEN}, "dutyRole": "x"}


@given(st.uuids(), st.uuids(), st.binary(min_size=1))
def test_made_up_names_are_stable_and_the_clients_own(client: object, person: object, key: bytes) -> None:
    made = pseudonyms.letters(str(client), PersonId(str(person)), key)
    assert made == pseudonyms.letters(str(client), PersonId(str(person)), key)
    assert len(made) == 4
    assert made.istitle()


def test_two_clients_cannot_compare_names() -> None:
    people = [PersonId(new_id()) for _ in range(50)]
    one, other = ([pseudonyms.letters(c, p, b"k") for p in people] for c in ("one", "other"))
    assert one != other
    assert len(set(one)) > 45


def test_who_somebody_is_cannot_be_asked_for_under_made_up_names() -> None:
    who, person = reader(), entity(PERSON, HIDDEN)
    assert who.sees("persons", person)
    asked = dict.fromkeys(("civicNo", "nameContains", "identifier.value", "civicNos"), "x")
    for one in (*({name: value} for name, value in asked.items()), {"sortkey": "FamilyNameAsc"}):
        assert not asked_by(who, "persons", one).sees("persons", person), one
    assert asked_by(who, "persons", {"relationship.organisation": "x"}).sees("persons", person)
    assert asked_by(who, "groups", {"nameContains": "x"}).sees("persons", person)


def test_what_is_withheld_cannot_be_asked_for_either() -> None:
    who = reader(withheld=frozenset({"persons.civicNo"}))
    for asked in ({"civicNo": "x"}, {"civicNos": ["x"]}, {"sortkey": "CivicNoDesc"}):
        with pytest.raises(AttributeWithheld):
            asked_by(who, "persons", asked)
    asked_by(who, "persons", {"nameContains": "x"})
    shown = who.shown("persons", entity(PERSON | {"id": KNOWN}, KNOWN, KNOWN))
    assert shown is not None
    assert "civicNo" not in shown
    assert shown["givenName"] == "Eva"
