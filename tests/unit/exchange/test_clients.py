"""What clients may, until when, and by which credentials."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.exchange.domain import clients as rules
from functions.exchange.domain.attributes import GRANTABLE, OPTIONAL, WRITABLE
from functions.exchange.domain.clients import BadGrant, Client
from functions.exchange.schemas.standard import FILTERS
from functions.exchange.usecases.resources import RESOURCES
from tests.support.standard import SPEC, spec

DAY = date(2026, 11, 23)
NOON = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)


def client(**more: Any) -> Client:
    granted = {"persons": "read", "absences": "write"}
    fields: dict[str, Any] = {"id": "c", "name": "x", "resources": granted, "expires": DAY}
    return Client(**fields | more)


def test_only_what_is_granted_and_only_until_the_last_day() -> None:
    one = client()
    assert one.may("read", "persons", DAY)
    assert one.may("read", "absences", DAY)
    assert one.may("write", "absences", DAY)
    assert not one.may("write", "persons", DAY)
    assert not one.may("read", "groups", DAY)
    assert not one.may("read", "persons", DAY + timedelta(days=1))
    assert not client(stopped=True).may("read", "persons", DAY)


def test_tokens_are_for_what_is_granted() -> None:
    assert client().scopes(DAY) == ("skolkit/ss12000.read", "skolkit/ss12000.write")
    assert client(resources={"persons": "read"}).scopes(DAY) == ("skolkit/ss12000.read",)
    for nothing in (client(resources={}), client(stopped=True), client(expires=DAY - timedelta(days=1))):
        assert nothing.scopes(DAY) == ()


@given(st.lists(st.integers(0, 720), max_size=6))
def test_however_often_secrets_are_replaced_one_is_in_use_and_at_most_one_on_its_way_out(
    hours: list[int],
) -> None:
    one = client().rotated("0", NOON)
    for number, hour in enumerate(hours, 1):
        one = one.rotated(str(number), NOON + timedelta(hours=hour)).without_old(NOON)
        assert [id for id, end in one.credentials.items() if end is None] == [str(number)]
        assert len(one.credentials) == (2 if hour else 1)
        assert one.holds(str(number - 1), NOON) == bool(hour)
        assert not one.holds(str(number - 1), NOON + timedelta(hours=hour))
    assert not one.holds("another's", NOON)


@pytest.mark.parametrize(
    ("more", "fields"),
    [
        ({"expires": DAY}, set()),
        ({"expires": DAY + timedelta(days=730)}, set()),
        ({"expires": DAY + timedelta(days=731)}, {"expires"}),
        ({"expires": DAY - timedelta(days=1)}, {"expires"}),
        ({"resources": {"person": "read"}}, {"resources"}),
        ({"resources": {"grades": "write"}}, {"resources.grades"}),
        ({"withheld": frozenset({"persons.civicNo"})}, set()),
        ({"withheld": frozenset({"civicNo", "persons.id", "groups.civicNo"})}, {"withheld"}),
    ],
)
def test_what_makes_no_sense_is_not_granted(more: dict[str, Any], fields: set[str]) -> None:
    with pytest.raises(BadGrant) if fields else nullcontext() as refused:
        rules.check(client(**more), DAY)
    assert {fault.field for fault in refused.value.faults} == fields if refused else not fields


def test_somebody_is_told_once_in_the_last_thirty_days() -> None:
    one = client(expires=DAY + timedelta(days=30))
    assert one.warns(DAY)
    assert not one.warns(DAY - timedelta(days=1))
    assert not client(expires=DAY + timedelta(days=30), warned=True).warns(DAY)
    assert not client(expires=DAY + timedelta(days=30), stopped=True).warns(DAY)
    assert not one.warns(DAY + timedelta(days=31))


def test_everything_that_is_served_can_be_granted() -> None:
    assert set(OPTIONAL) == set(RESOURCES) == set(FILTERS)
    assert {*RESOURCES, *WRITABLE} == GRANTABLE


@pytest.mark.skipif(not SPEC.exists(), reason="the standard's description is not at hand")
def test_what_can_be_withheld_is_what_the_standard_lets_an_answer_be_without() -> None:
    schemas = spec()["components"]["schemas"]
    for resource, (_, name) in RESOURCES.items():
        parts = _parts(schemas[name], schemas)
        optional = {p for part in parts for p in part.get("properties", ())} - {
            p for part in parts for p in part.get("required", ())
        }
        assert OPTIONAL[resource] == optional - {"id", "meta", "_embedded"}, resource


def _parts(schema: dict[str, Any], schemas: dict[str, Any]) -> list[dict[str, Any]]:
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    return [schema, *(part for inner in schema.get("allOf", ()) for part in _parts(inner, schemas))]
