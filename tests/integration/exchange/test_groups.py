"""Groups through SS 12000: who is in them and when, filters, orders, what moves and what is gone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from functions.organisation.ss12000 import memberships_of
from functions.organisation.store import groups as store
from infra.local.cloud import Cloud
from skolkit.clock import now
from skolkit.sweden.codes import SchoolForm
from skolkit.table import commit
from skolkit.types import GroupId, PersonId
from tests.support.areas import acting_as
from tests.support.organised import (
    ANNA,
    BO,
    CHOIR,
    CLASS,
    FAR,
    GROUPS,
    HERE,
    HID,
    STAFF,
    THERE,
    created,
    gone,
    latest,
    moved,
    organised,
    take,
)
from tests.support.standard import ask, connect, every

ALL = {CLASS, CHOIR, FAR, STAFF}


@pytest.fixture
def school(tables: Cloud) -> Cloud:
    return organised(tables)


def ids(client: str, **query: Any) -> list[str]:
    return [e["id"] for e in every(client, "groups", **query)]


def test_a_group_in_the_words_of_the_standard(school: Cloud) -> None:
    client = connect(protected="pseudonym")
    found = {e["id"]: e for e in every(client, "groups")}
    assert set(found) == ALL
    one = found[CLASS]
    times = one.pop("meta")
    assert times["created"] == times["modified"]
    assert one == {
        "id": CLASS, "displayName": "7B", "startDate": "2026-08-17", "endDate": "2027-06-11",
        "groupType": "Klass", "schoolType": "GR", "organisation": {"id": HERE},
        "groupMemberships": [
            {"person": {"id": ANNA}, "startDate": "2026-08-17", "endDate": "2026-10-30"},
            {"person": {"id": ANNA}, "startDate": "2026-11-09"},
            {"person": {"id": HID}, "startDate": "2026-08-17"},
        ],
    }  # fmt: skip
    assert (found[CHOIR]["startDate"], found[CHOIR]["groupType"]) == ("2025-01-07", "Övrigt")
    assert found[STAFF]["startDate"] == found[STAFF]["meta"]["created"][:10]
    assert found[FAR]["schoolType"] == "GRS"  # the standard's name of before 2023


def test_filters(school: Cloud) -> None:
    client = connect()
    assert set(ids(client, organisation=[HERE])) == {CLASS, CHOIR}
    assert set(ids(client, organisation=[HERE, THERE])) == ALL
    assert set(ids(client, groupType=["Klass", "Personalgrupp"])) == {CLASS, STAFF}
    assert ids(client, groupType=["Klass"], organisation=[THERE]) == []
    assert set(ids(client, schoolTypes=["GR", "GRS"])) == {CLASS, FAR}
    assert set(ids(client, startDate_onOrBefore="2026-01-07")) == {CHOIR, FAR}
    assert set(ids(client, startDate_onOrAfter="2026-01-07")) == {CLASS, FAR, STAFF}
    assert set(ids(client, endDate_onOrBefore="2026-12-31")) == {CHOIR, FAR, STAFF}
    assert set(ids(client, endDate_onOrAfter="2027-06-12", organisation=[HERE])) == {CHOIR}


def test_orders_of_all_and_of_a_unit(school: Cloud) -> None:
    client = connect()
    assert ids(client, sortkey="DisplayNameAsc", limit=1) == [CLASS, STAFF, FAR, CHOIR]
    assert ids(client, sortkey="StartDateAsc", limit=3) == [CHOIR, FAR, CLASS, STAFF]
    assert ids(client, sortkey="StartDateDesc", limit=3) == [STAFF, CLASS, FAR, CHOIR]
    assert ids(client, sortkey="EndDateAsc")[0] == ids(client, sortkey="EndDateDesc")[-1] == CLASS
    for key in ("DisplayNameAsc", "StartDateAsc", "StartDateDesc", "EndDateAsc", "EndDateDesc"):
        whole = [id for id in ids(client, sortkey=key) if id in (CLASS, CHOIR)]
        assert ids(client, sortkey=key, organisation=[HERE], limit=1) == whole
    newest = [e["meta"]["modified"] for e in every(client, "groups", sortkey="ModifiedDesc")]
    assert newest == sorted(newest, reverse=True)


def test_one_and_many(school: Cloud) -> None:
    client = connect()
    assert ask(client, "read_groups", path={"id": FAR}).body["displayName"] == "Åttan"
    assert ask(client, "read_groups", path={"id": ANNA}).status == 404
    assert {e["id"] for e in ask(client, "lookup_groups", body={"ids": [CLASS, FAR, ANNA]}).body} == {
        CLASS, FAR,
    }  # fmt: skip


def test_a_change_moves_the_group_alone_and_the_same_again_nothing(school: Cloud) -> None:
    client = connect()
    since, made = latest(client, "groups"), created(client, "groups", CHOIR)
    take(school, "groups", GROUPS)
    assert moved(client, "groups", since) == []
    members = [*GROUPS[1]["members"], {"person": ANNA, "startDate": "2026-11-01"}]
    take(school, "groups", [GROUPS[0], GROUPS[1] | {"members": members}])
    assert moved(client, "groups", since) == [CHOIR]
    assert created(client, "groups", CHOIR) == made < latest(client, "groups")


def test_a_group_that_is_removed_is_gone(school: Cloud) -> None:
    client, since = connect(), now() - timedelta(seconds=0.01)
    with acting_as("organisation"):
        commit(*store.removing(store.group_items([GroupId(FAR)])[GroupId(FAR)]))
    assert gone("groups", since) == [FAR]
    assert set(ids(client)) == ALL - {FAR}
    assert ids(client, organisation=[THERE]) == [STAFF]
    assert ask(client, "read_groups", path={"id": FAR}).status == 404


def test_a_client_of_one_unit_or_form_and_protected_members(school: Cloud) -> None:
    there = connect(units=frozenset({THERE}))
    assert set(ids(there)) == {FAR, STAFF}
    assert ids(there, organisation=[HERE]) == []
    assert ask(there, "read_groups", path={"id": CLASS}).status == 404
    of_form = connect(forms=frozenset({SchoolForm.COMPULSORY}))
    assert set(ids(of_form)) == {CLASS, CHOIR, STAFF}  # two by their units' form
    assert ids(connect(forms=frozenset({SchoolForm.UPPER_SECONDARY}))) == []
    client = connect()
    found = ask(client, "read_groups", path={"id": CLASS}).body["groupMemberships"]
    assert [row["person"]["id"] for row in found] == [ANNA, ANNA]
    assert PersonId(BO) in {
        row["person"]["id"]
        for e in ask(client, "lookup_groups", body={"ids": [CHOIR]}).body
        for row in e["groupMemberships"]
    }


def test_what_people_show_of_their_groups(school: Cloud) -> None:
    with acting_as("organisation"):
        mine = memberships_of([ANNA, BO, STAFF])
    said = [one.model_dump(mode="json", by_alias=True, exclude_none=True) for one in mine[ANNA]]
    assert [(row["group"]["id"], row["startDate"], row.get("endDate")) for row in said] == [
        (CLASS, "2026-08-17", "2026-10-30"), (CLASS, "2026-11-09", None),
    ]  # fmt: skip
    assert "groupMemberships" not in said[0]["group"]
    assert {str(one.group.id) for one in mine[BO]} == {CHOIR, FAR}
