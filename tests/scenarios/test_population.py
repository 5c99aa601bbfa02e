"""A file from the population register is dropped (process 1): a family moves in, and what cannot be
read waits for an administrator.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from skolkit.clock import today
from tests.support import faults
from tests.support.deployed import Deployed, eventually
from tests.support.population import number, record
from tests.support.scenes import refused, take

PROCESSES = (1,)


def told(school: Deployed, kind: str) -> list[dict[str, Any]]:
    return [f["data"] for f in faults.facts(school.cloud) if f["type"] == f"register.{kind}.v1"]


def test_a_family_moves_in_and_a_bad_record_waits(school: Deployed) -> None:
    office, guardian = (
        school.world.staff("administrator"),
        school.world.classmates()[0].guardians[0].guardian_id,
    )
    child, mother = number(date(2015, 2, 3), 13), number(date(1984, 5, 6), 13)
    before = len(told(school, "PersonMoved"))
    home = {"municipality": "9999", "since": today().isoformat()}
    rows: list[object] = [record(child, mother, registered=home), record(mother, registered=home), "{"]
    report = take(school.cloud, "register/population", rows)
    assert (report["rows"], report["failed"]) == (3, 1)
    moved = eventually(lambda: told(school, "PersonMoved")[before + 1 :])
    assert moved[0]["direction"] == "in"

    def names() -> list[str]:
        people = [fact["person"] for fact in told(school, "PersonMoved")[before:]]
        reads = [school.call("register", "read_person", office, path={"person": p}) for p in people]
        return [read.body["birthDate"] for read in reads if read.status == 200]

    assert set(names()) == {"2015-02-03", "1984-05-06"}  # the municipality's administrator keeps both
    parked = school.call("register", "list_parked", office).body["data"]
    (waiting,) = [row for row in parked if row["file"] == report["file"]]
    assert (waiting["line"], waiting["state"]) == (3, "waiting")
    path = {"file": waiting["fileId"], "line": "3"}
    body, key = {"reason": "correctedAtSource"}, {"idempotency-key": "scenario-population"}
    refused(
        school.call("register", "dismiss_parked", guardian, path=path, body=body, headers=key),
        404, "not-found",
    )  # fmt: skip
    assert school.call("register", "dismiss_parked", office, path=path, body=body, headers=key).status == 200
    left = school.call("register", "list_parked", office).body["data"]
    assert report["file"] not in {row["file"] for row in left}
