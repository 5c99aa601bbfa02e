"""Tables from template to undoing over HTTP (processes 2 and 13): the template is fetched and filled in, the
form sent to S3 as a browser sends it, the job followed, the report fetched by its link, the import undone.
"""

from __future__ import annotations

import base64
from typing import Any

import httpx

from skolkit.tables.formats import read_table, write_table
from skolkit.types import PersonId, new_id
from tests.support.deployed import Deployed, eventually
from tests.support.scenes import little_school

PROCESSES = (2, 13)


class Desk:
    """Somebody at a computer, in one area."""

    def __init__(self, school: Deployed, area: str, person: PersonId) -> None:
        self.school, self.area, self.person = school, area, person

    def call(self, name: str, path: dict[str, str], status: int, **more: Any) -> Any:
        headers = {"idempotency-key": new_id()}
        answer = self.school.call(self.area, name, self.person, path=path, headers=headers, **more)
        assert answer.status == status, answer.body
        return answer.body

    def headings(self, table: str) -> list[str]:
        """The headings of the template in Excel."""
        made = self.call("read_template", {"table": table}, 200, query={"format": "xlsx"})
        return list(next(read_table(base64.b64decode(made["content"]), "xlsx")).texts)

    def send(self, table: str, rows: list[dict[str, str]]) -> dict[str, str]:
        """Fill in the template, and send it by the form; the upload."""
        headings = self.headings(table)
        content = write_table([headings, *([row.get(h, "") for h in headings] for row in rows)], "xlsx")
        form = self.call("start_upload", {"table": table}, 201, body={"format": "xlsx"})
        sent = httpx.post(form["url"], data=form["fields"], files={"file": ("t.xlsx", content)})
        assert sent.status_code in {200, 201, 204}, sent.text
        return {"upload": form["id"]}

    def job(self, name: str, path: dict[str, str], body: Any = None) -> dict[str, Any]:
        """Ask for a job and wait for its end."""
        asked = self.call(name, path, 202, body=body)

        def ended() -> dict[str, Any]:
            job: dict[str, Any] = self.call("read_table_job", {"job": asked["id"]}, 200)
            return job if job["state"] in {"done", "failed"} else {}

        return eventually(ended)

    def file(self, job: dict[str, Any], name: str) -> list[tuple[str, ...]]:
        """A file of a job, by its link."""
        link = self.call("link_table_file", {"job": job["id"]}, 200, body={"name": name})
        return [row.texts for row in read_table(httpx.get(link["url"]).content, "csv")]


def test_a_table_goes_from_template_to_undoing(school: Deployed) -> None:
    own = little_school(school, "99990173")
    pupil, clerk = own.world.classmates()[0], own.world.staff("administrator")
    desk = Desk(own, "register", clerk)
    upload = desk.send("persons", [{"Id": pupil.id, "Förnamn": "Tabellina"}])

    tried = desk.job("try_table", upload, {})
    assert tried["outcome"]["changed"] == 1, tried
    assert given_name(own, clerk, pupil.id) == pupil.given_name

    taken = desk.job("import_table", upload, {})
    assert given_name(own, clerk, pupil.id) == "Tabellina"
    report = desk.file(taken, "report.csv")
    assert report[1] == ("2", "ändrad", pupil.id, "Förnamn", pupil.given_name, "Tabellina", "", "")
    (row,) = desk.call("list_table_rows", {"job": taken["id"]}, 200)["data"]
    assert (row["about"], row["fields"]) == (pupil.id, ["givenName"])

    exported = desk.job("export_table", {"table": "persons"}, {"unit": own.world.unit})
    assert any(row[2] == "Tabellina" for row in desk.file(exported, "export.csv"))

    undone = desk.job("undo_import", {"job": taken["id"]})
    assert (undone["outcome"]["restored"], undone["outcome"]["kept"]) == (1, 0), undone
    assert given_name(own, clerk, pupil.id) == pupil.given_name

    version = desk.call("read_record", {"person": pupil.id}, 200)["version"]
    protected = own.call(
        "register", "protect_person", clerk, path={"person": pupil.id},
        body={"securityMarking": "Sekretessmarkering", "basis": "taxAgencyDecision"},
        headers={"if-match": f'"{version}"'},
    )  # fmt: skip
    assert protected.status == 200, protected.body
    eventually(lambda: link_status(desk, exported) == 410)
    again = desk.job("export_table", {"table": "persons"}, {"unit": own.world.unit})
    assert not any(row[0] == pupil.id for row in desk.file(again, "export.csv"))


def test_a_class_is_filled_from_a_table(school: Deployed) -> None:
    own = little_school(school, "99990173")
    clerk, pupil = own.world.staff("administrator"), own.world.classmates()[1]
    desk = Desk(own, "organisation", clerk)
    new = {"Skolenhet": "99990173", "Grupp": "Kören", "Grupptyp": "Schema", "Roll": "elev"}
    upload = desk.send("groups", [new | {"Person-id": pupil.id}])
    taken = desk.job("import_table", upload, {})
    assert taken["outcome"]["created"] == 1, taken
    listed = desk.file(desk.job("export_table", {"table": "groups"}, {"unit": own.world.unit}), "export.csv")
    assert [row[6] for row in listed if row[2] == "Kören"] == [pupil.id]
    assert desk.job("undo_import", {"job": taken["id"]})["outcome"]["restored"] == 1


def link_status(desk: Desk, job: dict[str, Any]) -> int:
    path, body = {"job": job["id"]}, {"name": "export.csv"}
    return desk.school.call(desk.area, "link_table_file", desk.person, path=path, body=body).status


def given_name(own: Deployed, clerk: PersonId, person: str) -> str:
    answer = own.call("register", "read_record", clerk, path={"person": person})
    assert answer.status == 200, answer.body
    return str(answer.body["givenName"])
