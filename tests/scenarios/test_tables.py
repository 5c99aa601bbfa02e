"""People found and tables taken over HTTP (process 2): the form is sent to S3 as a browser sends it, the job
is followed, the report fetched by its link, and the import undone.
"""

from __future__ import annotations

from typing import Any

import httpx

from skolkit.table_files import read_table, write_table
from skolkit.types import PersonId, new_id
from tests.support.deployed import Deployed, eventually

PROCESSES = (2,)


def test_a_table_is_sent_tried_taken_and_undone(school: Deployed) -> None:
    clerk = school.world.staff("administrator")
    pupil = school.world.classmates()[0]
    made = school.call("register", "start_upload", clerk, body={"table": "persons", "format": "csv"})
    assert made.status == 201, made.body
    content = write_table([["Id", "Förnamn"], [pupil.id, "Tabellina"]], "csv")
    sent = httpx.post(made.body["url"], data=made.body["fields"], files={"file": ("p.csv", content)})
    assert sent.status_code in {200, 201, 204}, sent.text

    tried = done(school, clerk, "try_table", {"upload": made.body["id"]})
    assert tried["outcome"]["changed"] == 1, tried
    assert found(school, clerk, "Tabellina") == []

    taken = done(school, clerk, "import_table", {"upload": made.body["id"]})
    assert found(school, clerk, "Tabell") == [pupil.id]
    query = {"name": "report.csv"}
    link = school.call("register", "link_table_file", clerk, path={"job": taken["id"]}, query=query)
    report = [row.texts for row in read_table(httpx.get(link.body["url"]).content, "csv")]
    assert report[1][:4] == ("2", "ändrad", pupil.id, "Förnamn")

    undone = done(school, clerk, "undo_import", {"job": taken["id"]})
    assert undone["outcome"]["restored"] == 1, undone
    assert found(school, clerk, "Tabell") == []


def done(school: Deployed, who: PersonId, name: str, path: dict[str, str]) -> dict[str, Any]:
    """Ask for a job and wait for its end."""
    body: dict[str, Any] | None = None if name == "undo_import" else {}
    headers = {"idempotency-key": new_id()}
    asked = school.call("register", name, who, path=path, body=body, headers=headers)
    assert asked.status == 202, asked.body
    job: dict[str, Any] = {}

    def ended() -> bool:
        job.update(school.call("register", "read_table_job", who, path={"job": asked.body["id"]}).body)
        return job["state"] in {"done", "failed"}

    eventually(ended)
    assert job["state"] == "done", job
    return job


def found(school: Deployed, who: PersonId, name: str) -> list[str]:
    answer = school.call("register", "search_people", who, body={"name": name})
    assert answer.status == 200, answer.body
    return [person["person"] for person in answer.body["data"]]
