"""Nights of retention: begun, worked through, collected, and what they leave."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from functions.access.store import retention as runs
from functions.access.store.base import AccessItem
from functions.access.store.retention import SettingsItem
from functions.register.store import items
from functions.register.store.items import PersonItem
from infra.local.cloud import Cloud
from skolkit.clock import today
from skolkit.table import Remove, commit, dynamodb
from skolkit.types import PersonId, new_id
from tests.support.areas import ARCHIVE_BUCKET, acting_as, deliver, outbox, run_schedule

AREAS = (
    "assessment", "attendance", "grades", "messages", "organisation", "register", "timetable",
)  # fmt: skip


def kept() -> dict[tuple[str, str, str], dict[str, Any]]:
    """Every row of the areas' tables that a run is not itself: by area and key."""
    return {
        (area, row["pk"]["S"], row["sk"]["S"]): row
        for area in AREAS for row in rows_of(area)
        if not row["kind"]["S"].endswith(("_retention", "_erasure"))
        and row["kind"]["S"] not in ("outbox", "once", "tombstone")
    }  # fmt: skip


def rows_of(area: str) -> Iterator[dict[str, Any]]:
    """Every row of an area's table."""
    for page in dynamodb().get_paginator("scan").paginate(TableName=f"skolkit-{area}"):
        yield from page["Items"]


def turn_on() -> None:
    """Let the municipality have decided that the run deletes."""
    with acting_as("access"):
        commit(SettingsItem("RETENTION", "SETTINGS", mode="real"))


def asked() -> dict[str, Any]:
    """The fact of the run begun last."""
    return [fact for fact in outbox("access") if fact["type"] == "access.RetentionAsked.v1"][-1]


def work(area: str) -> None:
    """Let an area go through its table, and hand it what it asks itself to go on with."""
    assert deliver(area, "answer_retention", asked()) == []
    done: set[str] = set()
    while more := [
        f for f in outbox(area) if f["type"].endswith("RetentionContinued.v1") and f["id"] not in done
    ]:
        done |= {fact["id"] for fact in more}
        assert deliver(area, "answer_retention", *more) == []


def night(*areas: str) -> None:
    """A night's run from the clock to the report."""
    run_schedule("access", "start_retention")
    for area in areas or AREAS:
        work(area)
        collect(area)


def collect(area: str) -> None:
    """Hand access what an area has answered."""
    run = asked()["data"]["run"]
    facts = [
        f for f in outbox(area) if f["type"].endswith("RetentionAnswered.v1") and f["data"]["run"] == run
    ]
    assert deliver("access", "collect_retention", *facts) == []


def run() -> runs.RunItem:
    with acting_as("access"):
        found = runs.find_run(asked()["data"]["run"])
    assert found
    return found


def hold(**what: str) -> None:
    fields = {"person": None, "document": None, "unit": None, "reason": "Prövning", "ground": "art. 17.3 e"}
    with acting_as("access"):
        commit(runs.new_hold(PersonId(new_id()), **(fields | what)))  # type: ignore[arg-type]


def archived(cloud: Cloud, key: str) -> bytes:
    body: bytes = cloud.client("s3").get_object(Bucket=ARCHIVE_BUCKET, Key=key)["Body"].read()
    return body


def counted(area: str, document: str) -> dict[str, Any]:
    """What an area has answered of a document type."""
    lines = run().outcome["areas"][area]["counts"]
    return next(line for line in lines if line["document"] == document)


def start_again() -> None:
    """Let another night begin on the same day."""
    with acting_as("access"):
        commit(Remove(AccessItem(f"ONCE#RETENTION#{today()}", "ONCE")))


def close(closed: PersonId, into: PersonId) -> None:
    """Let a record have proved to be another's."""
    with acting_as("register"):
        profile = PersonItem.get(f"PERSON#{closed}", "PROFILE")
        profile.merged_into = into
        commit(profile, items.MergedItem(*items.merged_key(into, closed), merge=new_id(), at="x"))


def certificate(cloud: Cloud) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(archived(cloud, run().outcome["report"]["json"]))
    return found
