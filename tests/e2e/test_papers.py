"""Papers about a pupil who leaves are written, and fetched by their link, with the functions' roles as they
are.
"""

from __future__ import annotations

import httpx

from skolkit.clock import today
from skolkit.types import new_id
from tests.e2e.conftest import Behind
from tests.support.deployed import eventually


def test_a_notice_is_written_and_fetched(guarded: Behind) -> None:
    pupil, office = guarded.world.classmates()[-1], guarded.world.staff("administrator")
    left = guarded.call(
        "register", "leave_school", office, path={"person": pupil.id},
        body={"lastDay": today().isoformat(), "reason": "abroad"}, headers={"idempotency-key": new_id()},
    )  # fmt: skip
    assert left.status == 201, left.body

    def written() -> str | None:
        seen = guarded.call("register", "list_leavings", office, path={"person": pupil.id})
        (notice,) = seen.body["notices"]
        return str(notice["id"]) if notice["documents"] else None

    path = {"person": pupil.id, "notice": eventually(written) or ""}
    link = guarded.call("register", "link_notice", office, path=path, query={"kind": "text"})
    assert link.status == 200, link.body
    verify = str(guarded.cloud.certificate) if guarded.cloud.certificate else True
    reply = httpx.get(link.body["url"], verify=verify)
    assert (reply.status_code, "Avgångsintyg" in reply.content.decode()) == (200, True), reply.text[:300]
