"""What clients write of preschool over SS 12000: coming and going, homes' weeks."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

import pytest

from infra.local.cloud import Cloud
from skolkit.clock import local
from skolkit.types import PersonId, new_id
from tests.integration.exchange.test_writing import code
from tests.support import preschool
from tests.support.areas import audit_rows, outbox
from tests.support.exchanging import at_school, published
from tests.support.preschool import (
    ANNA,
    BO,
    HIDDEN,
    KIM,
    MONDAY,
    MOON,
    SAM,
    STAFF,
    SUN,
    lay_preschool,
    placement,
)
from tests.support.standard import ask, connect

AT = "2026-11-23T08:00:00Z"


@pytest.fixture
def client(tables: Cloud, monkeypatch: pytest.MonkeyPatch) -> str:
    lay_preschool(tables, monkeypatch)
    at_school(monkeypatch, local(MONDAY, time(17)))
    return connect("write")


def came(child: str, kind: str = "In", **more: Any) -> dict[str, Any]:
    return {
        "id": new_id(), "time": local(MONDAY, time(8)).isoformat(), "eventType": kind,
        "person": {"id": child}, "group": {"id": SUN}, **more,
    }  # fmt: skip


def weeks(child: str = KIM, first: date = MONDAY + timedelta(days=28), **more: Any) -> dict[str, Any]:
    entry = {"weekOffset": 0, "dayOfWeek": "Tisdag", "startTime": "08:00", "endTime": "15:30"}
    return {
        "id": new_id(), "placement": {"id": placement(PersonId(child))}, "numberOfWeeks": 1,
        "startDate": str(first), "endDate": "2027-06-11", "scheduleEntries": [entry],
        "state": [{"state": "Begärt", "registeredAt": AT, "registeredBy": {"id": ANNA}}],
        **more,
    }  # fmt: skip


def test_a_child_that_came_is_there_at_the_department(client: str) -> None:
    body = came(KIM, registeredBy={"id": STAFF})
    made = ask(client, "write_attendanceEvents", body=body)
    assert made.status == 200, made.body
    assert ask(client, "write_attendanceEvents", body=body).body == made.body
    assert published(client, "attendanceEvents") == [made.body]
    assert code(ask(client, "write_attendanceEvents", body=body | {"eventType": "Ut"})) == (409, "id-taken")
    assert ask(client, "write_attendanceEvents", body=came(SAM)).body.get("registeredBy") is None
    path: Any = {"group": SUN, "day": str(MONDAY)}
    day = preschool.ask("read_care_department", STAFF, **path).body["children"]
    events = {child["child"]: child["events"] for child in day}
    assert [(e["id"], e["registeredBy"]) for e in events[KIM]] == [(body["id"], STAFF)]
    assert [e["registeredBy"] for e in events[SAM]] == [None]
    row = next(r for r in audit_rows(KIM) if r["action"] == "write_attendance_event")
    assert (row["actor"], row["changes"]) == (f"client:{client}", body["id"])
    gone = {"id": body["id"]}
    assert ask(client, "delete_attendanceEvents", path=gone).status == 204
    assert code(ask(client, "delete_attendanceEvents", path=gone)) == (404, "not-found")
    assert code(ask(client, "write_attendanceEvents", body=body)) == (409, "id-taken")
    assert [e["person"]["id"] for e in published(client, "attendanceEvents")] == [SAM]


def test_comings_that_may_not_be_written(client: str) -> None:
    for body in (
        came(new_id()), came(HIDDEN), came(KIM, group={"id": MOON}), came(KIM, group={"id": new_id()}),
        came(KIM, registeredBy={"id": new_id()}),
    ):  # fmt: skip
        assert code(ask(client, "write_attendanceEvents", body=body)) == (404, "not-found")
    for days in (1, -40):
        when = local(MONDAY + timedelta(days=days), time(8)).isoformat()
        refused = code(ask(client, "write_attendanceEvents", body=came(KIM, time=when)))
        assert refused in ((409, "out-of-time"), (404, "not-found"))
    made = came(KIM)
    assert ask(client, "write_attendanceEvents", body=made).status == 200
    elsewhere = connect("write", units=frozenset({new_id()}))
    gone = {"id": made["id"]}
    assert code(ask(elsewhere, "delete_attendanceEvents", path=gone)) == (404, "not-found")
    assert code(ask(connect(), "delete_attendanceEvents", path=gone)) == (403, "client-refused")


def test_a_home_says_its_weeks_through_a_client(client: str) -> None:
    body = weeks()
    made = ask(client, "write_attendanceSchedule", body=body)
    assert made.status == 200, made.body
    assert (made.body["id"], made.body["scheduleEntries"]) == (body["id"], body["scheduleEntries"])
    assert [s["state"] for s in made.body["state"]] == ["Godkänt"]  # far enough ahead
    assert ask(client, "write_attendanceSchedule", body=body).body == made.body
    changed = code(ask(client, "write_attendanceSchedule", body=body | {"endDate": "2027-01-29"}))
    assert changed == (409, "id-taken")
    theirs = preschool.ask("read_care", ANNA, pupil=KIM).body["schedules"]
    assert [(s["id"], s["owner"]) for s in theirs] == [(body["id"], ANNA)]
    other = weeks(
        state=[{"state": "Begärt", "registeredAt": "2026-11-23T08:00:00Z", "registeredBy": {"id": BO}}]
    )
    assert code(ask(client, "write_attendanceSchedule", body=other)) == (409, "homes-overlap")
    soon = weeks(SAM, MONDAY + timedelta(days=1))
    waits = ask(client, "write_attendanceSchedule", body=soon)
    assert [s["state"] for s in waits.body["state"]] == ["Begärt"], waits.body
    gone = {"id": body["id"]}
    assert ask(client, "delete_attendanceSchedule", path=gone).status == 204
    assert code(ask(client, "delete_attendanceSchedule", path=gone)) == (404, "not-found")
    assert preschool.ask("read_care", ANNA, pupil=KIM).body["schedules"] == []
    assert [e["id"] for e in published(client, "attendanceSchedule")] == [soon["id"]]
    actions = [r["action"] for r in audit_rows(KIM) if r["actor"] == f"client:{client}"]
    assert {"write_attendance_schedule", "delete_attendance_schedule"} <= set(actions)
    assert outbox("exchange") == []


def test_weeks_that_may_not_be_said(client: str) -> None:
    for body in (
        weeks() | {"placement": {"id": new_id()}},
        weeks() | {"placement": {"id": placement(HIDDEN)}},
    ):
        assert code(ask(client, "write_attendanceSchedule", body=body)) == (404, "not-found")
    assert code(ask(client, "write_attendanceSchedule", body=weeks(state=[]))) == (400, "owner-missing")
    assert code(ask(client, "write_attendanceSchedule", body=weeks(temporary=True))) == (400, "invalid")
    early = weeks(first=MONDAY - timedelta(days=7))
    assert code(ask(client, "write_attendanceSchedule", body=early))[1] == "outside-placement"
    begun = preschool.say(KIM, ANNA)
    refused = code(ask(client, "delete_attendanceSchedule", path={"id": begun["id"]}))
    assert refused == (409, "schedule-begun")
