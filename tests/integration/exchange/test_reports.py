"""What connected systems report through SS 12000, what an administrator sees of them, and resumes."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from functions.exchange.extract import gather
from functions.exchange.store.reports import LogItem
from functions.exchange.store.subscriptions import PK, SubscriptionItem
from infra.local.cloud import Cloud
from skolkit.clock import now
from skolkit.extracts import Requested
from skolkit.types import PersonId, new_id
from tests.integration.test_attendance_day import at
from tests.support.areas import Answer, acting_as, audit_rows, call
from tests.support.fixtures import lay_tables
from tests.support.requests_subscriptions import connected
from tests.support.standard import ask, connect
from tests.support.world import World, make_world

ENTRY = {
    "message": "courseCode <b>MAT101</b> kan inte mappas", "messageType": "ValueMapping",
    "resourceType": "Syllabus", "resourceId": new_id(), "severityLevel": "Warning",
    "resourceUrl": "https://skola.example.se/v2.0/activities?expand=syllabus",
    "timeOfOccurance": "2026-11-27T01:02:03.456+01:00",
}  # fmt: skip
COUNTS = {"resourceType": "Person", "newCount": 1, "updatedCount": 22, "deletedCount": 333}


@pytest.fixture(scope="module")
def world(cloud: Cloud) -> World:
    lay_tables(cloud)
    return make_world(cloud)


def office(world: World, name: str, **asked: Any) -> Answer:
    return call("exchange", name, world.staff("administrator"), **asked)


def log_of(world: World, client: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = office(world, "list_client_log", path={"client": client}).body["data"]
    return rows


def test_a_log_is_kept_as_it_was_said_newest_first_page_by_page(world: World) -> None:
    client = connect()
    for n in range(5):
        answer = ask(client, "log_event", body=ENTRY | {"message": f"Nr {n}", "messageType": "Räknad"})
        assert (answer.status, answer.body) == (201, "")
    assert ask(client, "log_event", body=ENTRY).status == 201
    found, cursor = [], None
    while True:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = office(world, "list_client_log", path={"client": client}, query=query).body
        found += page["data"]
        cursor = page["cursor"]
        if cursor is None:
            break
    assert [row["message"] for row in found] == [ENTRY["message"], *(f"Nr {n}" for n in range(4, -1, -1))]
    row = found[0]
    assert (row["severity"], row["messageType"], row["resource"]) == (
        "Warning", "ValueMapping", ENTRY["resourceId"]
    )  # fmt: skip
    assert row["occurred"] == "2026-11-27T00:02:03.456Z"
    assert log_of(world, connect()) == []
    other = office(world, "list_client_log", path={"client": connect()}, query={"cursor": "x"})
    assert other.status == 400
    assert audit_rows(f"client:{client}")[-1]["action"] == "list_client_log"
    with acting_as("exchange"):
        (item, *_) = LogItem.query(f"LOG#{client}")
    assert (
        timedelta(days=399) < timedelta(seconds=int(item.expires) - now().timestamp()) <= timedelta(days=400)
    )


def test_what_is_sent_again_is_not_said_again(world: World) -> None:
    client = connect()
    for _ in range(2):
        assert ask(client, "log_event", body=ENTRY).status == 201
        counts = COUNTS | {"timeOfOccurance": "2026-11-27T00:00:00Z"}
        assert ask(client, "count_transferred", body=counts).status == 201
    assert len(log_of(world, client)) == 1
    assert len(office(world, "list_client_statistics", path={"client": client}).body["data"]) == 1
    assert ask(connect(), "log_event", body=ENTRY).status == 201  # another's


def test_statistics_are_kept(world: World) -> None:
    client = connect()
    assert ask(client, "count_transferred", body=COUNTS).status == 201
    (row,) = office(world, "list_client_statistics", path={"client": client}).body["data"]
    assert (row["resourceType"], row["created"], row["updated"], row["deleted"]) == ("Person", 1, 22, 333)


def test_an_error_alarms_and_what_is_said_is_never_logged(
    world: World, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    client = connect()
    for severity in ("Info", "Warning", "Error"):
        body = ENTRY | {"severityLevel": severity, "message": "Hemlig text om Kim", "timeOfOccurance": None}
        ask(client, "log_event", body={k: v for k, v in body.items() if v})
    said = capsys.readouterr().out
    metrics = [json.loads(line) for line in said.splitlines() if '"_aws"' in line]
    assert [metric["ClientReportedError"] for metric in metrics] == [[1.0]]
    assert "Hemlig" not in said + caplog.text


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("log_event", {}), ("log_event", {"message": "x"}), ("log_event", ENTRY | {"severityLevel": "Fatal"}),
        ("log_event", ENTRY | {"message": "x" * 5_000}), ("log_event", ENTRY | {"resourceUrl": "inte"}),
        ("log_event", ENTRY | {"timeOfOccurance": "igår"}), ("log_event", ENTRY | {"resourceId": "1"}),
        ("log_event", ENTRY | {"resourceType": "Syllabi"}), ("log_event", "x"),
        ("count_transferred", {}), ("count_transferred", COUNTS | {"newCount": -1}),
        ("count_transferred", COUNTS | {"updatedCount": 10**12}),
        ("count_transferred", COUNTS | {"deletedCount": 1.5}),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(world: World, name: str, body: Any) -> None:
    answer = ask(connect(), name, body=body)
    assert (answer.status, set(answer.body)) == (400, {"code", "message"})


def test_only_a_client_with_the_right_reports(world: World) -> None:
    for rights in ({}, {"log": "read", "statistics": "read"}, {"organisations": "write"}):
        client = connect(resources=rights)
        assert ask(client, "log_event", body=ENTRY).status == 403
        assert ask(client, "count_transferred", body=COUNTS).status == 403


def test_what_is_said_about_somebody_is_in_their_extract(world: World) -> None:
    person, client = PersonId(new_id()), connect()
    ask(client, "log_event", body=ENTRY | {"resourceType": "Person", "resourceId": person})
    ask(client, "log_event", body=ENTRY | {"resourceType": "Group", "resourceId": person})
    with acting_as("exchange"):
        told, _ = gather(Requested(request="r", person=person, contacts=True))
        none, _ = gather(Requested(request="r", person=PersonId(new_id()), contacts=True))
    assert [row[1:] for row in told.rows] == [[client, "Warning", ENTRY["message"]]]
    assert none.rows == []


def test_an_administrator_sees_who_has_been_given_up_and_lets_it_go_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = connect()
    made = {"client": client} | connected(client)
    found, cursor = [], None
    while True:
        query = {"limit": 1} | ({"cursor": cursor} if cursor else {})
        page = office(world, "list_all_subscriptions", query=query).body
        found += page["data"]
        if (cursor := page["cursor"]) is None:
            break
    (row,) = [one for one in found if one["client"] == made["client"]]
    assert (row["host"], row["fault"], bool(row["paused"])) == ("system.example.se", "refused", True)
    assert "hook" not in json.dumps(found)
    path = {"client": made["client"], "subscription": made["webhook"]}

    def resume(**more: Any) -> Answer:
        headers = {"if-match": f'"{row["version"]}"'}
        return office(world, "resume_subscription", **{"path": path, "headers": headers} | more)

    assert resume(headers={}).status == 428
    assert resume(headers={"if-match": '"7"'}).status == 412
    assert resume(path=path | {"client": connect()}).status == 404
    answer = resume()
    assert (answer.status, answer.body["paused"], answer.body["fault"]) == (200, None, None)
    assert answer.headers["etag"] == '"2"'
    assert resume().status == 412
    rows = audit_rows(f"client:{made['client']}")
    assert (rows[-1]["action"], rows[-1]["actor"]) == ("resume_subscription", world.staff("administrator"))
    at(monkeypatch, now() + timedelta(days=8))
    assert office(world, "list_all_subscriptions").body["data"] == []
    with acting_as("exchange"):
        assert list(SubscriptionItem.query(PK))  # until the database takes it away


def test_nobody_else_sees_any_of_it(world: World) -> None:
    client = connect()
    for name in ("list_client_log", "list_client_statistics"):
        assert call("exchange", name, world.staff("principal"), path={"client": client}).status == 404
        assert office(world, name, path={"client": "x/../y"}).status == 404
    assert call("exchange", "list_all_subscriptions", world.staff("teacher")).status == 404
