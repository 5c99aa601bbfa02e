"""Elements of the organisation through SS 12000: lists, filters, orders, pages, lookups, refusals."""

from __future__ import annotations

import time
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from infra.local.cloud import Cloud
from skolkit.clock import now
from skolkit.types import new_id
from tests.support.areas import audit_rows
from tests.support.standard import ask, connect, every, pages
from tests.support.world import UNITS_TABLE, drop

NAMES = ("Östra skolan", "Ängskolan", "Åskolan", "Backskolan", "Zeta", "Ek", "Almskolan")


def imported(cloud: Cloud, *names: str, start: int = 0) -> None:
    head, row = UNITS_TABLE.splitlines()
    rows = [
        row.format(code=99990000 + start + n, name=name, address="G", pupils=n)
        for n, name in enumerate(names)
    ]
    drop(cloud, "organisation/units/units.csv", "\n".join([head, *rows]))


@pytest.fixture
def client(tables: Cloud) -> str:
    imported(tables, *NAMES)
    time.sleep(0.06)  # until it is published
    return connect()


def test_all_come_once_page_by_page_and_the_token_is_the_lists_own(client: str) -> None:
    whole = every(client, "organisations")
    found = list(pages(client, "organisations", limit=3))
    assert [len(page) <= 3 for page in found] == [True] * len(found)
    assert sorted(e["id"] for page in found for e in page) == sorted(e["id"] for e in whole)
    assert {e["displayName"] for e in whole} >= set(NAMES)
    token = ask(client, "list_organisations", query={"limit": 3}).body["pageToken"]
    again = {"pageToken": token, "limit": 3}
    assert ask(client, "list_organisations", query=again).status == 200
    assert ask(connect(), "list_organisations", query=again).status == 400
    assert ask(client, "list_organisations", query=again | {"pageToken": token[:-2] + "zz"}).status == 400
    assert ask(client, "list_organisations", query=again | {"type": "Skola"}).status == 400


def test_orders_and_filters(client: str) -> None:
    sorted_names = ["Almskolan", "Backskolan", "Ek", "Zeta", "Åskolan", "Ängskolan", "Östra skolan"]
    found = [e["displayName"] for e in every(client, "organisations", sortkey="DisplayNameAsc", limit=2)]
    assert [name for name in found if name in NAMES] == sorted_names
    newest = [e["meta"]["modified"] for e in every(client, "organisations", sortkey="ModifiedDesc")]
    assert newest == sorted(newest, reverse=True)
    one = every(client, "organisations", schoolUnitCode=["99990002"])
    assert [e["displayName"] for e in one] == ["Åskolan"]
    two = every(client, "organisations", schoolUnitCode=["99990002", "99990003"], sortkey="DisplayNameAsc")
    assert [e["displayName"] for e in two] == ["Backskolan", "Åskolan"]
    assert every(client, "organisations", type=["Bolag"]) == []
    assert {e["displayName"] for e in every(client, "organisations", schoolTypes=["GR"])} == set(NAMES)
    late = {"startDate.onOrAfter": date(2026, 1, 1).isoformat()}
    answer = ask(client, "list_organisations", query=late)  # without a start date they are always there
    assert len(answer.body["data"]) >= len(NAMES)


def test_what_was_changed_is_exact_and_nothing_new_is_nothing(client: str, tables: Cloud) -> None:
    first = every(client, "organisations")
    latest = max(e["meta"]["modified"] for e in first)
    assert every(client, "organisations", meta_modified_after=latest) == []
    upto = every(client, "organisations", meta_modified_before=latest)
    assert len(upto) == len(first)
    begun = now()
    imported(tables, "Nya namnet", start=2)
    time.sleep(0.06)
    changed = every(client, "organisations", meta_modified_after=latest)
    assert [(e["displayName"], e["meta"]["created"] <= latest) for e in changed] == [("Nya namnet", True)]
    assert every(client, "organisations", meta_created_after=begun.isoformat()) == []
    stamp = datetime.fromisoformat(changed[0]["meta"]["modified"])
    other_zone = (stamp - timedelta(milliseconds=1)).isoformat().replace("+00:00", "Z")
    assert len(every(client, "organisations", meta_modified_after=other_zone)) == 1


def test_one_and_many(client: str) -> None:
    ids = [e["id"] for e in every(client, "organisations")]
    assert ask(client, "read_organisations", path={"id": ids[0]}).body["id"] == ids[0]
    assert ask(client, "read_organisations", path={"id": new_id()}).status == 404
    found = ask(client, "lookup_organisations", body={"ids": [*ids[:2], new_id()]}).body
    assert sorted(e["id"] for e in found) == sorted(ids[:2])
    by_code = ask(client, "lookup_organisations", body={"schoolUnitCodes": ["99990001"]}).body
    assert [e["displayName"] for e in by_code] == ["Ängskolan"]
    assert ask(client, "lookup_organisations", body={"ids": [new_id() for _ in range(10_000)]}).status == 503
    assert ask(client, "lookup_organisations", body={"ids": ["x"]}).status == 400


@pytest.mark.parametrize(
    "query",
    [
        {"limit": 0}, {"limit": -1}, {"limit": "ten"}, {"sortkey": "Name"}, {"type": "Skolor"},
        {"meta.modified.after": "2026-11-26"}, {"meta.modified.after": "2026-11-26T10:00:00"},
        {"startDate.onOrAfter": "1"}, {"nameContains": "x"}, {"pageToken": "x"}, {"parent": "x"},
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(client: str, query: dict[str, object]) -> None:
    answer = ask(client, "list_organisations", query=query)
    assert (answer.status, set(answer.body)) == (400, {"code", "message"})


def test_a_huge_limit_gives_what_a_page_holds(client: str) -> None:
    assert ask(client, "list_organisations", query={"limit": 10**9}).status == 200


def test_only_a_client_with_the_right_gets_anything(client: str) -> None:
    refused: list[dict[str, Any]] = [{"resources": {}}, {"stopped": True}, {"expires": date(2020, 1, 1)}]
    for more in refused:
        assert ask(connect(**more), "list_organisations").status == 403
    assert ask("nobody", "list_organisations").status == 403
    assert ask(client, "list_organisations", scopes="skolkit/school").status == 401
    narrow = connect(withheld=frozenset({"organisations.municipalityCode"}))
    assert not any("municipalityCode" in e for e in every(narrow, "organisations"))
    rows = audit_rows(f"client:{narrow}")
    assert rows[-1]["action"] == "list_organisations"
