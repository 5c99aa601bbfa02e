"""The catalogue of facts as it is served, and replays: who may, what is refused, what AWS is asked for, and
what becomes of one that was interrupted. That a replay repeats nothing is in `tests/contract/test_replay.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from functions.exchange.usecases.events import catalogue
from infra.local.cloud import Cloud
from skolkit.aws import client
from skolkit.clock import now
from skolkit.types import PersonId, UnitId, new_id
from tests.support.areas import Answer, audit_rows, call
from tests.support.asks import new_key
from tests.support.replays import PLACE, administrator, asked_for, lay_bus, lay_rules, taken, tell
from tests.support.requests_bus import FACT, replay_ask

LISTENING = {"attendance.decide_guardian_notices", "attendance.review_csn", "attendance.count_attendance"}


@pytest.fixture
def office(tables: Cloud) -> PersonId:
    """An administrator of the municipality, and the bus."""
    lay_bus(tables)
    return administrator()


@pytest.fixture
def begun() -> Iterator[list[dict[str, Any]]]:
    """What EventBridge is asked to begin."""
    asked: list[dict[str, Any]] = []

    def note(params: dict[str, Any], **_: Any) -> None:
        asked.append(params)

    name = "provide-client-params.eventbridge.StartReplay"
    client("events").meta.events.register(name, note)
    yield asked
    client("events").meta.events.unregister(name, note)


def start(office: PersonId, **changes: Any) -> Answer:
    request = replay_ask()
    body = {name: value for name, value in (request.body | changes).items() if value is not None}
    return call("exchange", "start_replay", office, body=body, headers=new_key())


def read(office: PersonId, id: str) -> Answer:
    return call("exchange", "read_replay", office, path={"replay": id})


def test_the_catalogue_goes_by_pages_and_area(office: PersonId) -> None:
    found: list[str] = []
    query: dict[str, Any] = {"limit": 40}
    while True:
        answer = call("exchange", "list_events", office, query=query)
        found += [entry["type"] for entry in answer.body["data"]]
        if answer.body["cursor"] is None:
            break
        query["cursor"] = answer.body["cursor"]
    assert found == sorted(catalogue())
    some = call("exchange", "list_events", office, query={"area": "timetable"}).body["data"]
    assert {entry["area"] for entry in some} == {"timetable"}
    other = call("exchange", "list_events", office, query={"area": "register", "cursor": query["cursor"]})
    assert other.status == 400


def test_a_fact_is_told_with_schema_sample_and_listeners(office: PersonId) -> None:
    answer = call("exchange", "read_event", office, path={"type": FACT})
    assert answer.status == 200
    assert answer.body["jsonSchema"]["properties"]["type"] == {"const": FACT}
    assert answer.body["sample"]["type"] == FACT
    assert answer.body["people"] == ["unexcused.pupil"]
    heard = {f"{one['area']}.{one['function']}" for one in answer.body["listeners"]}
    assert heard == LISTENING
    assert call("exchange", "read_event", office, path={"type": "register.Nothing.v1"}).status == 404


def test_an_administrator_of_a_unit_reads_and_replays_nothing(office: PersonId) -> None:
    somebody = administrator(UnitId(new_id()))
    assert call("exchange", "list_events", somebody).status == 200
    assert start(somebody).status == 404
    assert call("exchange", "list_replays", somebody).status == 404


def test_a_replay_is_for_the_rules_of_whoever_listens(office: PersonId, begun: list[Any]) -> None:
    answer = start(office)
    assert (answer.status, answer.body["state"]) == (202, "starting")
    assert set(answer.body["targets"]) == LISTENING
    assert FACT in answer.body["facts"]
    (asked,) = begun
    assert asked["ReplayName"] == f"skolkit-{answer.body['id']}"
    assert asked["EventSourceArn"] == f"{PLACE}:archive/skolkit"
    assert set(asked["Destination"]["FilterArns"]) == {
        f"{PLACE}:rule/skolkit/skolkit-{target.replace('.', '-')}" for target in LISTENING
    }
    (row,) = audit_rows(answer.body["id"])
    assert (row["actor"], row["action"], row["reason"]) == (
        office, "start_replay", "En kö tappade händelser",
    )  # fmt: skip


def test_targets_narrow_a_replay(office: PersonId, begun: list[Any]) -> None:
    answer = start(office, targets=["attendance.review_csn"])
    assert answer.body["targets"] == ["attendance.review_csn"]
    assert len(begun[0]["Destination"]["FilterArns"]) == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"from": timedelta(days=-91)}, "beyond-archive"),
        ({"to": timedelta(minutes=-9)}, "not-archived-yet"),
        ({"to": timedelta(days=1)}, "not-archived-yet"),
        ({"to": timedelta(hours=-3)}, "span-backwards"),
        ({"types": ["register.Nothing.v1"]}, "unknown-fact"),
        ({"types": ["register.PupilLeft.v1"]}, "nobody-listens"),
        ({"targets": ["attendance.watch_absence"]}, "nobody-listens"),
        ({"targets": ["attendance.review_csn", "register.follow_merge"]}, "nobody-listens"),
        ({"types": []}, "invalid"),
        ({"types": ["'; drop table"]}, "invalid"),
        ({"reason": ""}, "invalid"),
        ({"from": "2026-11-20T08:00:00"}, "invalid"),
        ({"from": None}, "invalid"),
    ],
)  # fmt: skip
def test_what_cannot_be_replayed_is_refused_and_begins_nothing(
    office: PersonId, begun: list[Any], changes: dict[str, Any], code: str
) -> None:
    made = {k: (now() + v).isoformat() if isinstance(v, timedelta) else v for k, v in changes.items()}
    answer = start(office, **made)
    assert (answer.status, answer.body["type"]) == (422, f"urn:skolkit:problem:{code}")
    assert begun == []
    assert call("exchange", "list_replays", office).body["data"] == []


def test_one_at_a_time(office: PersonId, monkeypatch: pytest.MonkeyPatch) -> None:
    first = start(office)
    going = {"State": "RUNNING", "EventLastReplayedTime": now()}
    monkeypatch.setattr(client("events"), "describe_replay", lambda **_: going)
    answer = start(office)
    assert (answer.status, answer.body["type"]) == (409, "urn:skolkit:problem:replay-goes-on")
    shown = read(office, first.body["id"]).body
    assert (shown["state"], bool(shown["replayedTo"])) == ("running", True)
    going["State"] = "COMPLETED"
    assert start(office).status == 202


def test_a_repeat_answers_the_same_and_begins_nothing_twice(office: PersonId, tables: Cloud) -> None:
    key, body = new_key(), replay_ask().body
    answers = [call("exchange", "start_replay", office, body=body, headers=key) for _ in range(2)]
    assert [answer.status for answer in answers] == [202, 202]
    assert answers[0].body == answers[1].body
    assert len(tables.client("events").list_replays()["Replays"]) == 1


def test_what_was_written_down_and_not_begun_is_begun_by_the_repeat(
    office: PersonId, tables: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(**_: Any) -> None:
        raise ClientError({"Error": {"Code": "ThrottlingException", "Message": ""}}, "StartReplay")

    key, body = new_key(), replay_ask().body
    with monkeypatch.context() as broken:
        broken.setattr(client("events"), "start_replay", away)
        assert call("exchange", "start_replay", office, body=body, headers=key).status == 500
    (line,) = call("exchange", "list_replays", office).body["data"]
    assert read(office, line["id"]).body["state"] == "unknown"
    assert start(office).status == 409  # whoever asked for it may be about to begin it
    assert call("exchange", "start_replay", office, body=body, headers=key).status == 202
    assert [r["ReplayName"] for r in tables.client("events").list_replays()["Replays"]] == [
        f"skolkit-{line['id']}"
    ]


def test_what_has_not_begun_is_cancelled_for_good_and_what_has_ended_is_not(office: PersonId) -> None:
    waiting = asked_for(office)
    cancel: dict[str, Any] = {"path": {"replay": waiting}, "headers": {"if-match": '"1"'}}
    assert call("exchange", "cancel_replay", office, path={"replay": waiting}).status == 428
    assert call("exchange", "cancel_replay", office, **cancel).status == 204
    assert call("exchange", "cancel_replay", office, **cancel).status == 412
    shown = read(office, waiting).body
    assert (shown["state"], shown["cancelledBy"]) == ("cancelled", office)
    done = start(office).body["id"]
    until = now() + timedelta(seconds=10)
    while read(office, done).body["state"] != "completed":
        assert now() < until
    ended = call("exchange", "cancel_replay", office, path={"replay": done}, headers={"if-match": '"1"'})
    assert (ended.status, ended.body["type"]) == (409, "urn:skolkit:problem:replay-ended")


def test_the_list_goes_by_pages_newest_first(office: PersonId) -> None:
    ids = [asked_for(office) for _ in range(3)]
    page = call("exchange", "list_replays", office, query={"limit": 2}).body
    rest = call("exchange", "list_replays", office, query={"limit": 2, "cursor": page["cursor"]}).body
    assert [r["id"] for r in page["data"] + rest["data"]] == ids[::-1]
    assert rest["cursor"] is None


def test_difference_a_replay_goes_to_every_rule_whatever_it_names(office: PersonId, tables: Cloud) -> None:
    """The embedded EventBridge leaves out the choice of rules; that we name them is asserted above."""
    urls = lay_rules(tables)
    fact = catalogue()[FACT]["sample"]
    begin = now() - timedelta(minutes=1)
    tell(tables, [fact])
    for url in urls.values():
        list(taken(tables, url))
    tables.client("events").start_replay(
        ReplayName="one", EventSourceArn=f"{PLACE}:archive/skolkit", EventStartTime=begin,
        EventEndTime=now() + timedelta(minutes=1),
        Destination={
            "Arn": f"{PLACE}:event-bus/skolkit",
            "FilterArns": [f"{PLACE}:rule/skolkit/skolkit-attendance-review_csn"],
        },
    )  # fmt: skip
    until = now() + timedelta(seconds=10)
    while tables.client("events").describe_replay(ReplayName="one")["State"] != "COMPLETED":
        assert now() < until
    told = {f"{area}.{name}" for (area, name), url in urls.items() if list(taken(tables, url))}
    assert told == LISTENING
