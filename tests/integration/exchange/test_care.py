"""Coming and going and homes' weeks at preschool through SS 12000."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest

from functions.attendance.usecases import care_day
from infra.local.cloud import Cloud
from skolkit.clock import local, now
from skolkit.types import new_id
from tests.support import preschool
from tests.support.exchanging import at_school, gone, published
from tests.support.preschool import (
    ANNA,
    BO,
    CLERK,
    HEAD,
    HIDDEN,
    KIM,
    MONDAY,
    MOON,
    SAM,
    STAFF,
    SUN,
    change,
    check_in,
    event,
    lay_preschool,
    placement,
    say,
    weeks,
)
from tests.support.standard import ask, connect
from tests.support.town import HERE, unit_of

EIGHT = local(MONDAY, time(8))


@pytest.fixture
def client(tables: Cloud, monkeypatch: pytest.MonkeyPatch) -> str:
    lay_preschool(tables, monkeypatch)
    at_school(monkeypatch, local(MONDAY, time(17)))
    return connect()


def came(child: str, at: datetime = EIGHT, **more: object) -> str:
    made = event(child, "In", at, **more)  # type: ignore[arg-type]
    assert check_in(made) == ["recorded"]
    return str(made["id"])


def test_who_came_is_there_one_by_one_and_a_mistake_is_told_as_gone(client: str) -> None:
    one, other, secret = came(KIM), came(SAM), came(HIDDEN)
    found = {e["id"]: e for e in published(client, "attendanceEvents")}
    assert found.keys() == {one, other}
    assert found[one] | {"meta": 0} == {
        "id": one, "meta": 0, "eventType": "In", "person": {"id": KIM}, "registeredBy": {"id": STAFF},
        "group": {"id": SUN}, "time": "2026-11-23T08:00:00+01:00",
    }  # fmt: skip
    assert ask(client, "read_attendanceEvents", path={"id": secret}).status == 404
    latest, before = max(e["meta"]["modified"] for e in found.values()), now()
    right = came(KIM, EIGHT + timedelta(minutes=5), corrects=one)
    assert [e["id"] for e in published(client, "attendanceEvents", meta_modified_after=latest)] == [right]
    assert gone("attendanceEvents", before) == {one}
    came(SAM, corrects=other, void=True)
    assert [e["id"] for e in published(client, "attendanceEvents")] == [right]
    assert gone("attendanceEvents", before) == {one, other}


def test_events_by_child_and_group(client: str) -> None:
    one, other = came(KIM), came(SAM)

    def ids(**query: object) -> list[str]:
        return [e["id"] for e in published(client, "attendanceEvents", **query)]

    assert (ids(person=KIM), ids(group=[MOON]), set(ids(group=[SUN, MOON]))) == ([one], [], {one, other})
    assert ids(person=KIM, group=[MOON]) == ids(person=new_id()) == []

    def looked(**body: list[str]) -> set[str]:
        return {e["id"] for e in ask(client, "lookup_attendanceEvents", body=body).body}

    assert looked(person=[KIM], group=[]) == {one}
    assert looked(group=[SUN]) == {one, other}
    assert looked(group=[MOON], ids=[one]) == {one}


def test_more_than_a_transaction_holds_is_taken(client: str) -> None:
    events = [event(KIM, "In", EIGHT + timedelta(minutes=n)) for n in range(30)]
    events += [event(SAM, "In", EIGHT + timedelta(minutes=n)) for n in range(30)]
    assert check_in(*events) == ["recorded"] * 60
    assert len(published(client, "attendanceEvents")) == 60
    assert care_day.TOGETHER < 60
    assert check_in(*events) == ["known"] * 60


def test_homes_weeks_are_there_and_gone_when_they_are_taken_back(client: str) -> None:
    mine = say(KIM, ANNA)
    (shown,) = published(client, "attendanceSchedule")
    assert (shown["id"], shown["placement"], shown["numberOfWeeks"]) == (
        mine["id"], {"id": placement()}, 2
    )  # fmt: skip
    assert (shown["startDate"], [s["state"] for s in shown["state"]]) == (str(MONDAY), ["Godkänt"])
    assert shown["scheduleEntries"][0] == {
        "weekOffset": 1, "dayOfWeek": "Måndag", "startTime": "08:00", "endTime": "16:00"
    }  # fmt: skip
    latest, before = shown["meta"]["modified"], now()
    away = preschool.ask(
        "change_care_days", ANNA, change(KIM, "away", day=MONDAY + timedelta(days=1)), pupil=KIM
    )
    assert away.status in (200, 201), away.body
    assert published(client, "attendanceSchedule", meta_modified_after=latest) == []
    theirs = preschool.ask("add_care_schedule", BO, weeks(1), pupil=KIM).body
    assert [e["id"] for e in published(client, "attendanceSchedule", meta_modified_after=latest)] == [
        theirs["id"]
    ]
    path = {"pupil": KIM, "schedule": theirs["id"]}
    later = weeks(1, endDate="2027-01-29")
    assert preschool.ask("change_care_schedule", BO, later, version=1, **path).status == 200
    found = {e["id"]: e for e in published(client, "attendanceSchedule")}
    assert found[theirs["id"]]["endDate"] == "2027-01-29"
    assert found[theirs["id"]]["meta"]["created"] < found[theirs["id"]]["meta"]["modified"]
    assert preschool.ask("withdraw_care_schedule", BO, version=2, **path).status == 204
    assert [e["id"] for e in published(client, "attendanceSchedule")] == [mine["id"]]
    assert gone("attendanceSchedule", before) == {theirs["id"]}


def test_a_schedule_that_waits_moves_when_it_is_decided(client: str) -> None:
    first = MONDAY + timedelta(days=3)
    asked = preschool.ask("add_care_schedule", ANNA, weeks(1, first=first), pupil=KIM).body
    (shown,) = published(client, "attendanceSchedule")
    assert [s["state"] for s in shown["state"]] == ["Begärt"] == [asked["state"]]
    decision = {"schedule": asked["id"], "approved": False}
    assert preschool.ask("decide_care", HEAD, decision, pupil=KIM).status in (200, 201)
    (shown,) = published(client, "attendanceSchedule")
    assert [s["state"] for s in shown["state"]] == ["Nekat"]


def test_schedules_by_placement_group_and_days(client: str) -> None:
    one, other = say(KIM, ANNA)["id"], say(SAM, BO)["id"]

    def ids(**query: str) -> set[str]:
        return {e["id"] for e in published(client, "attendanceSchedule", **query)}

    assert ids(placement=placement()) == {one}
    assert ids(group=SUN) == {one, other}
    assert ids(group=MOON) == ids(group=MOON, placement=placement()) == set()
    assert ids(group=SUN, placement=placement(SAM)) == {other}
    assert ids(startDate_onOrAfter=str(MONDAY + timedelta(days=1))) == set()
    assert ids(endDate_onOrAfter=str(MONDAY)) == {one, other}
    looked = ask(client, "lookup_attendanceSchedule", body={"placement": [placement(SAM)]}).body
    assert [e["id"] for e in looked] == [other]
    assert published(connect(units=frozenset({new_id()})), "attendanceSchedule") == []
    assert len(published(connect(units=frozenset({unit_of(HERE)})), "attendanceSchedule")) == 2


def test_nothing_is_known_of_placements_themselves(client: str) -> None:
    assert published(client, "placements", sortkey="StartDateAsc", child=KIM) == []
    assert ask(client, "read_placements", path={"id": placement()}).status == 404
    assert ask(client, "lookup_placements", body={"personIds": [KIM]}).body == []
    assert CLERK
