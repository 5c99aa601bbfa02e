"""A pupil changes school and then leaves the municipality (process 8): transfer, case after a move, notices,
the papers, and the class that the pupil leaves.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import httpx
import pytest

from skolkit.clock import today
from skolkit.types import PersonId, new_id, stable_id
from tests.support.areas import Answer
from tests.support.deployed import Deployed, eventually
from tests.support.scenes import client, little_school, refused, take
from tests.support.world import UNITS_TABLE

PROCESSES = (8,)
OTHER = stable_id("unit", "99990058")


@pytest.fixture
def own(school: Deployed) -> Deployed:
    own = little_school(school, "99990041")
    table = UNITS_TABLE.format(code="99990058", name="Nya skolan", address="G", pupils=1)
    assert take(own.cloud, "organisation/units", table, "csv")["failed"] == 0
    return own


def do(own: Deployed, name: str, by: PersonId, pupil: str, body: Any = None, **more: Any) -> Answer:
    headers = {"idempotency-key": new_id()}
    if "version" in more:
        headers["if-match"] = f'"{more.pop("version")}"'
    query = {"kind": more.pop("kind")} if "kind" in more else {}
    path = {"person": pupil} | more
    return own.call("register", name, by, path=path, query=query, body=body, headers=headers)


def in_class(own: Deployed, pupil: str) -> bool:
    group, mentor = own.world.klass.id, own.world.klass.mentor_ids[0]
    seen = own.call("organisation", "read_group", mentor, path={"group": group})
    return pupil in {member["person"] for member in seen.body["members"]}


def moved(own: Deployed, pupil: str) -> None:
    """The population register says so."""
    data = {
        "person": pupil, "direction": "out", "from_municipality": "9999", "to_municipality": "0180",
        "date": str(today()),
    }  # fmt: skip
    fact = {
        "id": new_id(),
        "type": "register.PersonMoved.v1",
        "time": "2026-11-23T07:00:00.000Z",
        "data": data,
    }
    entry = {
        "EventBusName": "skolkit", "Source": "skolkit.register", "DetailType": fact["type"],
        "Detail": json.dumps(fact),
    }  # fmt: skip
    assert client(own.cloud, "events").put_events(Entries=[entry])["FailedEntryCount"] == 0


def test_a_pupil_changes_school_and_moves_away(own: Deployed) -> None:
    pupil, office = own.world.classmates()[0], own.world.staff("administrator")
    guardian = pupil.guardians[0].guardian_id
    assert in_class(own, pupil.id)
    (old,) = do(own, "list_enrolments", guardian, pupil.id).body["data"]
    transfer = {"enrolment": old["id"], "toUnit": OTHER, "firstDay": today().isoformat()}
    refused(
        do(own, "ask_transfer", office, pupil.id, transfer | {"toUnit": old["unit"]}),
        422,
        "same-unit",
        "toUnit",
    )
    late = transfer | {"firstDay": (today() + timedelta(days=3)).isoformat(), "lastDay": today().isoformat()}
    refused(do(own, "ask_transfer", office, pupil.id, late), 422, "transfer-gap", "firstDay")
    done = do(own, "ask_transfer", office, pupil.id, transfer)
    assert (done.status, done.body["state"]) == (201, "done"), done.body
    eventually(lambda: not in_class(own, pupil.id))
    rows = do(own, "list_enrolments", guardian, pupil.id).body["data"]
    assert [row["unit"] for row in rows] == [old["unit"], OTHER]

    moved(own, pupil.id)
    (case,) = eventually(lambda: do(own, "list_leavings", guardian, pupil.id).body["leavings"])
    waits = own.call("register", "list_matters", office, query={"unit": OTHER}).body["data"]
    assert case["id"] in {w["id"] for w in waits}
    decision = {
        "outcome": "leaves", "lastDay": today().isoformat(), "reason": "otherMunicipality",
        "destination": {"municipality": "0180"},
    }  # fmt: skip
    at = {"leaving": case["id"], "version": case["version"]}
    refused(do(own, "decide_leaving", guardian, pupil.id, decision, **at), 404, "not-found")
    left = do(own, "decide_leaving", office, pupil.id, decision, **at)
    assert (left.status, left.body["state"]) == (200, "left"), left.body
    again = {"lastDay": today().isoformat(), "reason": "other"}
    refused(do(own, "leave_school", office, pupil.id, again), 409, "already-left", "lastDay")

    def written() -> dict[str, Any] | None:
        notices = do(own, "list_leavings", office, pupil.id).body["notices"]
        return {n["recipient"]: n for n in notices} if all(n["documents"] for n in notices) else None

    notices = eventually(written)
    assert notices
    assert set(notices) == {"homeMunicipality", "nextOrganiser", "home"}
    link = do(own, "link_notice", office, pupil.id, notice=notices["homeMunicipality"]["id"], kind="text")
    assert pupil.family_name in httpx.get(link.body["url"]).content.decode()
    mark = {"state": "sent", "channel": "secureMessage"}
    notice = notices["homeMunicipality"]
    sent = do(own, "mark_notice", office, pupil.id, mark, notice=notice["id"], version=notice["version"])
    assert sent.status == 200, sent.body
    handed_over(own, office, pupil.id, case["id"])


def handed_over(own: Deployed, office: PersonId, pupil: str, case: str) -> None:
    job = do(own, "ask_handover", office, pupil, {"leaving": case})
    assert job.status == 202, job.body

    def done() -> bool:
        return bool(do(own, "read_handover", office, pupil, job=job.body["id"]).body["state"] == "done")

    eventually(done)
    link = do(own, "link_handover", office, pupil, job=job.body["id"], kind="data").body
    package = httpx.get(link["url"]).json()
    assert [e["enroledAt"]["id"] for e in package["person"]["enrolments"]] == [own.world.unit, OTHER]
    assert package["parts"]["grades"] == "notHandedIn"
