"""Retention over HTTP (process 36): a dry run counts, a hold keeps, a real run erases and proves it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import httpx

from skolkit.clock import today
from skolkit.types import PersonId, new_id
from tests.support.areas import Answer
from tests.support.deployed import Deployed, eventually
from tests.support.scenes import client, refused

PROCESSES = (36,)


def keyed() -> dict[str, str]:
    return {"idempotency-key": new_id()}


def ended(school: Deployed, keeper: PersonId, run: str) -> Answer:
    """The run when every area has answered."""

    def done() -> Answer | None:
        view = school.call("access", "read_retention_run", keeper, path={"run": run})
        return view if view.body["state"] == "done" else None

    found = eventually(done)
    assert found
    return found


def lesson_days(school: Deployed, group: str) -> list[str]:
    """The days of which lessons of a group are kept."""
    rows = client(school.cloud, "dynamodb").query(
        TableName="skolkit-timetable", KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": f"GROUP#{group}"}},
    )  # fmt: skip
    return [row["sk"]["S"].removeprefix("DAY#") for row in rows["Items"]]


def report(school: Deployed, keeper: PersonId, run: str, format: str) -> httpx.Response:
    link = school.call("access", "link_retention_report", keeper, path={"run": run}, body={"format": format})
    assert link.status == 200, link.body
    return httpx.get(link.body["url"], verify=False)


def old_lessons(school: Deployed, day: date) -> str:
    """A group that had a lesson long ago."""
    group = new_id()
    client(school.cloud, "dynamodb").put_item(
        TableName="skolkit-timetable",
        Item={
            "pk": {"S": f"GROUP#{group}"}, "sk": {"S": f"DAY#{day}"}, "kind": {"S": "group_day"},
            "version": {"N": "1"}, "modified": {"S": f"{day}T08:00:00.000Z"}, "lessons": {"S": "[]"},
            "unit": {"S": school.world.unit},
        },
    )  # fmt: skip
    return group


def counted(view: Answer, document: str) -> dict[str, Any]:
    found = [line for line in view.body["counts"] if line["document"] == document]
    return found[0] if found else {}


def test_what_is_over_is_counted_held_and_erased_with_a_proof(school: Deployed) -> None:
    keeper, teacher = school.world.staff("administrator"), school.world.klass.mentor_ids[0]
    long_ago = today() - timedelta(days=1100)
    group = old_lessons(school, long_ago)

    assert school.call("access", "read_retention_settings", teacher).status == 404
    settings = school.call("access", "read_retention_settings", keeper)
    assert (settings.body["mode"], settings.body["version"]) == ("dry", 0)

    asked = school.call("access", "ask_retention_run", keeper, headers=keyed())
    assert (asked.status, asked.body["dry"]) == (202, True), asked.body
    dry = ended(school, keeper, asked.body["id"])
    assert counted(dry, "timetable.lesson")["due"] >= 1
    assert counted(dry, "timetable.lesson")["done"] == 0
    assert lesson_days(school, group) == [str(long_ago)]
    told = report(school, keeper, asked.body["id"], "json").json()
    assert told["dry"] is True
    assert report(school, keeper, asked.body["id"], "pdf").content.startswith(b"%PDF")

    held = {"document": "timetable.lesson", "reason": "Pågående prövning", "ground": "art. 17.3 e"}
    wrong = school.call("access", "set_hold", keeper, body=held | {"person": new_id()}, headers=keyed())
    refused(wrong, 422, "hold-needs-one-thing")
    hold = school.call("access", "set_hold", keeper, body=held, headers=keyed())
    assert hold.status == 201, hold.body
    settings = school.call(
        "access", "change_retention_settings", keeper, body={"mode": "real"}, headers={"if-match": '"0"'}
    )
    assert settings.status == 200, settings.body
    school.invoke("access", "start_retention")
    first = newest(school, keeper, asked.body["id"])
    kept = ended(school, keeper, first)
    assert counted(kept, "timetable.lesson")["held"] >= 1
    assert {h["hold"] for h in kept.body["holds"]} == {hold.body["id"]}
    assert lesson_days(school, group) == [str(long_ago)]

    path, version = {"hold": hold.body["id"]}, {"if-match": f'"{hold.body["version"]}"'}
    assert school.call("access", "lift_hold", keeper, path=path, headers=version).status == 204
    listed = school.call("access", "list_holds", keeper)
    assert listed.body["data"][0]["liftedBy"] == keeper
    forget_tonight(school)
    school.invoke("access", "start_retention")
    second = newest(school, keeper, first)
    erased = ended(school, keeper, second)
    assert counted(erased, "timetable.lesson")["done"] >= 1
    assert lesson_days(school, group) == []
    proof = report(school, keeper, second, "json").json()
    assert {line["area"] for line in proof["lines"]} >= {"timetable"}
    assert any(part["rows"] for area in proof["proofs"] for part in area["parts"])
    assert report(school, keeper, second, "pdf").content.startswith(b"%PDF")

    school.call(
        "access", "change_retention_settings", keeper, body={"mode": "dry"}, headers={"if-match": '"1"'}
    )


def newest(school: Deployed, keeper: PersonId, before: str) -> str:
    """The run that has begun after another one."""
    listed = school.call("access", "list_retention_runs", keeper, query={"limit": "1"})
    id: str = listed.body["data"][0]["id"]
    assert id > before
    return id


def forget_tonight(school: Deployed) -> None:
    """A night begins one run; let it be the next night."""
    client(school.cloud, "dynamodb").delete_item(
        TableName="skolkit-access", Key={"pk": {"S": f"ONCE#RETENTION#{today()}"}, "sk": {"S": "ONCE"}}
    )
