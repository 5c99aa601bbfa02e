"""Systems that are let in: registered, changed, stopped, with their secrets, limits and what they fetched."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from typing import Any

import httpx
import pytest

from functions.exchange.domain.clients import Client
from functions.exchange.store import clients as store
from functions.exchange.store import pool
from functions.exchange.usecases import clients as usecases
from functions.exchange.usecases import readers
from infra.local.cloud import Cloud
from skolkit.clock import now, today
from skolkit.config import user_pool
from skolkit.errors import Busy
from skolkit.table import commit
from skolkit.types import PersonId, new_id
from tests.support.areas import Answer, acting_as, audit_rows, call, outbox
from tests.support.asks import new_key, over
from tests.support.requests_exchange import client_body, registered
from tests.support.standard import ask, connect, every
from tests.support.stored import stored
from tests.support.world import UNITS_TABLE, drop

KEEPER, TEACHER = PersonId(new_id()), PersonId(new_id())


@pytest.fixture(autouse=True)
def municipality(tables: Cloud) -> Cloud:
    duties = [{"person": KEEPER, "unit": None, "role": "administrator", "startDate": "2020-08-01"}]
    assert drop(tables, "organisation/duties/d.jsonl", duties)["failed"] == 0
    return tables


def do(name: str, client: str = "", by: PersonId = KEEPER, **more: Any) -> Answer:
    path = {"client": client} if client else {}
    return call("exchange", name, by, path=path, **more)


def token(cloud: Cloud, id: str, secret: str, scope: str = "skolkit/ss12000.read") -> httpx.Response:
    return httpx.post(
        f"{cloud.endpoint}/oauth2/token", auth=(id, secret),
        data={"grant_type": "client_credentials", "scope": scope},
    )  # fmt: skip


def test_a_secret_is_told_once_and_written_nowhere(municipality: Cloud) -> None:
    key = new_key()
    made = do("register_client", body=client_body(), headers=key)
    again = do("register_client", body=client_body(), headers=key)
    secret = made.body["clientSecret"]
    assert (made.status, again.status) == (201, 201)
    assert again.body == made.body | {"clientSecret": None}
    assert secret not in json.dumps([*stored().values()])
    assert token(municipality, made.body["clientId"], secret).status_code == 200
    write = token(municipality, made.body["clientId"], secret, "skolkit/ss12000.write")
    assert write.status_code == 400
    one = made.body["client"]["id"]
    (row,) = audit_rows(f"client:{one}")
    assert (row["action"], row["actor"]) == ("register_client", KEEPER)
    assert "name: - > Schemasystemet; resources: - > organisations=read persons=read" in row["changes"]
    assert len(municipality.client("cognito-idp").list_user_pool_clients(
        UserPoolId=user_pool(), MaxResults=60)["UserPoolClients"]) == 1  # fmt: skip
    assert do("read_client", one).body == made.body["client"]


def test_what_cannot_be_granted_is_refused_with_every_fault() -> None:
    body = client_body(
        resources={"persons": "write", "pupils": "read"}, withheld=["persons.civicNo", "persons.givenName"],
        expires=(today() + timedelta(days=800)).isoformat(),
    )  # fmt: skip
    refused = do("register_client", body=body, headers=new_key())
    assert (refused.status, {fault["field"] for fault in refused.body["errors"]}) == (
        422, {"resources", "resources.persons", "withheld", "expires"},
    )  # fmt: skip
    nowhere = do("register_client", body=client_body(units=[new_id()]), headers=new_key())
    assert (nowhere.status, nowhere.body["errors"][0]["field"]) == (422, "units")
    for wrong in ({"perMinute": 0}, {"name": ""}, {"forms": ["X"]}, {"protected": "all"}, {"secret": "x"}):
        assert do("register_client", body=client_body(**wrong), headers=new_key()).status == 422
    assert do("list_clients").body == {"data": [], "cursor": None}


def test_nobody_else_gets_near(municipality: Cloud) -> None:
    made = registered(KEEPER)["client"]["id"]
    assert do("register_client", by=TEACHER, body=client_body(), headers=new_key()).status == 404
    for name in ("read_client", "list_client_uses"):
        assert do(name, made, by=TEACHER).status == 404
    assert do("stop_client", made, by=TEACHER, headers=new_key()).status == 404


def test_a_change_is_of_a_version_and_traced_with_before_and_after() -> None:
    made = registered(KEEPER)["client"]
    body = client_body(resources={"absences": "write"}, withheld=["absences.registeredBy"])
    changed = do("change_client", made["id"], body=body, headers=over(1))
    assert (changed.status, changed.body["version"], changed.body["resources"]) == (
        200, 2, {"absences": "write"},
    )  # fmt: skip
    assert do("change_client", made["id"], body=body, headers=over(1)).status == 412
    said = audit_rows(f"client:{made['id']}")[-1]["changes"]
    assert "resources: organisations=read persons=read > absences=write" in said
    assert "withheld: - > absences.registeredBy" in said


def test_lists_page_newest_first() -> None:
    ids = [registered(KEEPER, name=f"System {n}")["client"]["id"] for n in range(3)]
    first = do("list_clients", query={"limit": 2}).body
    second = do("list_clients", query={"limit": 2, "cursor": first["cursor"]}).body
    assert [one["id"] for one in first["data"] + second["data"]] == ids[::-1]


def test_another_secret_takes_over_and_the_old_one_ends_when_said(municipality: Cloud) -> None:
    made = registered(KEEPER)
    one, old = made["client"]["id"], made["clientId"]
    rotated = do("rotate_secret", one, body={"oldHoldsHours": 2}, headers=new_key()).body
    new = rotated["clientId"]
    assert new != old
    for id, secret in ((old, made["clientSecret"]), (new, rotated["clientSecret"])):
        assert token(municipality, id, secret).status_code == 200
        assert ask(id, "list_organisations").status == 200
    third = do("rotate_secret", one, body={"oldHoldsHours": 0}, headers=new_key()).body
    assert [c["clientId"] for c in third["client"]["credentials"]] == [third["clientId"]]
    for id in (old, new):
        assert ask(id, "list_organisations").status == 403
    assert ask(third["clientId"], "list_organisations").status == 200
    assert token(municipality, old, made["clientSecret"]).status_code == 400


def test_an_old_secret_goes_at_night(municipality: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    made = registered(KEEPER)
    one, old = made["client"]["id"], made["clientId"]
    rotated = do("rotate_secret", one, body={"oldHoldsHours": 1}, headers=new_key()).body
    later = now() + timedelta(hours=1, seconds=1)
    monkeypatch.setattr(readers, "now", lambda: later)
    assert ask(old, "list_organisations").status == 403
    monkeypatch.setattr(usecases, "now", lambda: later)
    with acting_as("exchange"):
        usecases.keep_clients()
    shown = do("read_client", one).body
    assert shown["credentials"] == [{"clientId": rotated["clientId"], "holdsUntil": None}]
    assert token(municipality, old, made["clientSecret"]).status_code == 400
    assert token(municipality, rotated["clientId"], rotated["clientSecret"]).status_code == 200


def test_the_kill_switch_works_at_the_next_request_and_no_tokens_follow(municipality: Cloud) -> None:
    made = registered(KEEPER)
    one, id, secret = made["client"]["id"], made["clientId"], made["clientSecret"]
    assert ask(id, "list_organisations").status == 200
    stopped = do("stop_client", one, headers=new_key())
    assert (stopped.status, stopped.body["stopped"], stopped.body["version"]) == (200, True, 2)
    refused = ask(id, "list_organisations")
    assert (refused.status, refused.body["code"]) == (403, "client-refused")
    assert token(municipality, id, secret).status_code == 400
    assert do("rotate_secret", one, body={}, headers=new_key()).body["type"].endswith("client-expired")
    assert do("start_client", one, headers=new_key()).body["stopped"] is False
    assert token(municipality, id, secret).status_code == 200
    assert ask(id, "list_organisations").status == 200


def test_it_is_stopped_though_the_user_pool_is_away(
    municipality: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = registered(KEEPER)
    one, id, secret = made["client"]["id"], made["clientId"], made["clientSecret"]

    def away(*_: object) -> None:
        raise Busy

    with monkeypatch.context() as broken:
        broken.setattr(pool, "settle", away)
        assert do("stop_client", one, headers=new_key()).status == 200
    assert ask(id, "list_organisations").status == 403
    assert token(municipality, id, secret).status_code == 200  # worth nothing
    with acting_as("exchange"):
        usecases.keep_clients()
    assert token(municipality, id, secret).status_code == 400
    with monkeypatch.context() as broken:
        broken.setattr(pool, "settle", away)
        assert do("start_client", one, headers=new_key()).status == 503
    assert do("read_client", one).body["stopped"] is True


def test_nothing_is_left_in_the_user_pool_when_a_registration_fails(
    municipality: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise Busy

    with monkeypatch.context() as broken:
        broken.setattr(usecases, "commit", away)
        assert do("register_client", body=client_body(), headers=new_key()).status == 503
    listed = municipality.client("cognito-idp").list_user_pool_clients(UserPoolId=user_pool(), MaxResults=60)
    assert listed["UserPoolClients"] == []


def test_what_is_deleted_is_gone(municipality: Cloud) -> None:
    made = registered(KEEPER)
    one, id = made["client"]["id"], made["clientId"]
    assert ask(id, "list_organisations").status == 200
    assert do("delete_client", one, headers=over(2)).status == 412
    assert do("delete_client", one, headers=over(1)).status == 204
    assert ask(id, "list_organisations").status == 403
    assert do("read_client", one).status == 404
    assert token(municipality, id, made["clientSecret"]).status_code == 400
    assert "resources: organisations=read persons=read > -" in audit_rows(f"client:{one}")[-1]["changes"]


def test_whoever_asks_too_often_waits_and_the_limit_is_the_clients_own() -> None:
    quick, other = connect(per_minute=3), connect(per_minute=3)
    answers = [ask(quick, "list_organisations") for _ in range(8)]
    refused = [answer for answer in answers if answer.status == 429]
    assert len(refused) >= 2  # at most two minutes begin meanwhile
    assert {answer.status for answer in answers} == {200, 429}
    assert set(refused[0].body) == {"code", "message"}
    assert 0 < int(refused[0].headers["retry-after"]) <= 60
    assert ask(other, "list_organisations").status == 200


def test_what_a_client_has_fetched_is_counted_by_day_and_resource(municipality: Cloud) -> None:
    unit = UNITS_TABLE.format(code=99990001, name="Ekskolan", address="G", pupils=1)
    drop(municipality, "organisation/units/u.csv", unit)
    time.sleep(0.06)  # until it is published
    made = registered(KEEPER)
    one, id = made["client"]["id"], made["clientId"]
    whole = len(every(id, "organisations"))
    assert whole >= 1
    assert ask(id, "read_organisations", path={"id": new_id()}).status == 404
    assert ask(id, "list_groups").status == 403
    page = do("list_client_uses", one).body
    found = {row["resource"]: row for row in page["data"]}
    told = ("requests", "entities", "refusals")
    assert [found["organisations"][name] for name in told] == [2, whole, 1]
    assert [found["groups"][name] for name in told] == [1, 0, 1]
    assert {row["day"] for row in page["data"]} == {today().isoformat()}
    first = do("list_client_uses", one, query={"limit": 1}).body
    assert len(first["data"]) == 1
    assert do("list_client_uses", one, query={"limit": 1, "cursor": first["cursor"]}).body["data"] != []


def test_who_answers_for_a_client_is_told_once_that_it_ends(municipality: Cloud) -> None:
    soon = (today() + timedelta(days=30)).isoformat()
    made = registered(KEEPER, expires=soon)["client"]
    registered(KEEPER, expires=(today() + timedelta(days=31)).isoformat())
    for _ in range(2):
        with acting_as("exchange"):
            usecases.keep_clients()
    (told,) = [fact["data"] for fact in outbox("exchange") if fact["type"] == "exchange.MessageDue.v1"]
    assert (told["recipients"], told["values"]) == ([KEEPER], {"last": soon})
    body = client_body(expires=(today() + timedelta(days=20)).isoformat())
    assert do("change_client", made["id"], body=body, headers=over(2)).status == 200
    with acting_as("exchange"):
        usecases.keep_clients()
    assert len([f for f in outbox("exchange") if f["type"] == "exchange.MessageDue.v1"]) == 2


def test_one_clients_failure_keeps_no_other_waiting(
    municipality: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    over_today = Client(id=new_id(), name="Gammalt", expires=today() - timedelta(days=1))
    made = [registered(KEEPER) for _ in range(2)]
    with acting_as("exchange"):
        commit(*store.client_writes(None, over_today))
    settled: list[str] = []

    def settle(credential: str, client: str, scopes: object) -> None:
        if client == made[1]["client"]["id"]:
            raise Busy
        settled.append(client)

    monkeypatch.setattr(pool, "settle", settle)
    with acting_as("exchange"):
        usecases.keep_clients()
    assert settled == [made[0]["client"]["id"]]
