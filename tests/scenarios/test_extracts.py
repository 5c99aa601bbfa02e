"""A register extract over HTTP (process 36): asked for, answered by every area, fetched by link."""

from __future__ import annotations

import httpx

from skolkit.types import new_id
from tests.support.deployed import Deployed, eventually

PROCESSES = (36,)


def test_a_guardian_fetches_the_extract_of_a_child(school: Deployed) -> None:
    pupil = school.world.classmates()[2]
    guardian, other = (g.guardian_id for g in pupil.guardians)
    path = {"person": pupil.id}
    asked = school.call(
        "access", "request_extract", guardian, path=path, headers={"idempotency-key": new_id()}
    )
    assert (asked.status, asked.body["state"]) == (202, "running"), asked.body
    path = path | {"extract": asked.body["id"]}
    done = eventually(
        lambda: (
            (view := school.call("access", "read_extract", guardian, path=path)).body["state"] == "done"
            and view
        )
    )
    assert done.body["done"] == done.body["total"] == 9
    assert school.call("access", "read_extract", other, path=path).status == 404
    link = school.call("access", "link_extract", guardian, path=path, body={"format": "json"})
    found = httpx.get(link.body["url"], verify=False)
    assert found.status_code == 200
    areas = {section["document"].split(".")[0] for section in found.json()["sections"]}
    assert {"access", "organisation", "register", "timetable"} <= areas
    assert found.json()["sections"][0]["rows"]
    pdf = school.call("access", "link_extract", guardian, path=path, body={"format": "pdf"})
    assert httpx.get(pdf.body["url"], verify=False).content.startswith(b"%PDF")
