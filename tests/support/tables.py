"""Tables sent, taken and fetched as a person at a computer does it, in-process."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from functions.register.store.tables import TableJobItem
from skolkit import jobs
from skolkit.aws import client
from skolkit.tables.formats import read_table, write_table
from skolkit.types import PersonId, new_id
from tests.support.areas import TABLES_BUCKET, Answer, call, deliver, outbox
from tests.support.stored import stored
from tests.support.town import id_of

KEPT = "ändrad sedan dess, eller inte din att ändra"
Rows = Iterable[Iterable[object]]


class Clerk:
    """Somebody who sends tables to an area."""

    def __init__(self, area: str, person: PersonId) -> None:
        self.area, self.person = area, person

    def call(self, name: str, path: dict[str, str], **more: Any) -> Answer:
        """An operation, with a key of its own."""
        headers = {"idempotency-key": new_id()}
        return call(self.area, name, self.person, path=path, headers=headers, **more)

    def send(self, table: str, content: bytes | Rows, format: str = "csv") -> str:
        """Upload a file as the form would; the upload's id."""
        made = self.call("start_upload", {"table": table}, body={"format": format})
        assert made.status == 201, made.body
        if not isinstance(content, bytes):
            content = write_table([list(line) for line in content], format)  # type: ignore[arg-type]
        key = made.body["fields"]["key"]
        client("s3").put_object(Bucket=TABLES_BUCKET, Key=key, Body=content)
        return str(made.body["id"])

    def ask(self, name: str, path: dict[str, str], body: Any = None) -> dict[str, Any]:
        """Ask for a job, let it be done, and what came of it."""
        asked = self.call(name, path, body=body)
        assert asked.status == 202, asked.body
        self.work(asked.body["id"])
        return self.job(asked.body["id"])

    def work(self, job: str) -> None:
        """Let a job be done, twice as the queue may."""
        (fact,) = self.facts(job)
        assert deliver(self.area, "work_on_tables", fact) == []
        assert deliver(self.area, "work_on_tables", fact) == []

    def facts(self, job: str) -> list[dict[str, Any]]:
        """The facts that set a job going."""
        return [e for e in outbox(self.area) if e["data"].get("job") == job]

    def job(self, id: str) -> dict[str, Any]:
        """How far a job has come."""
        found = self.call("read_table_job", {"job": id})
        assert found.status == 200, found.body
        body: dict[str, Any] = found.body
        return body

    def trial(self, table: str, content: bytes | Rows, format: str = "csv") -> dict[str, Any]:
        """What a file would do."""
        return self.ask("try_table", {"upload": self.send(table, content, format)}, {})

    def take(self, table: str, content: bytes | Rows, format: str = "csv") -> dict[str, Any]:
        """A file taken in."""
        return self.ask("import_table", {"upload": self.send(table, content, format)}, {})

    def undo(self, job: dict[str, Any]) -> dict[str, Any]:
        """An import taken back."""
        return self.ask("undo_import", {"job": job["id"]})

    def export(self, table: str, unit: str | None, format: str = "csv") -> dict[str, Any]:
        """A table given out."""
        return self.ask("export_table", {"table": table}, {"unit": unit, "format": format})

    def rows(self, job: dict[str, Any]) -> list[dict[str, Any]]:
        """All rows of a job, page by page, by line."""
        found: list[dict[str, Any]] = []
        query: dict[str, Any] = {}
        while True:
            page = call(self.area, "list_table_rows", self.person, path={"job": job["id"]}, query=query)
            assert page.status == 200, page.body
            found += page.body["data"]
            if not page.body["cursor"]:
                return sorted(found, key=lambda row: int(row["line"]))
            query = {"cursor": page.body["cursor"]}

    def outcomes(self, job: dict[str, Any]) -> list[str]:
        """What became of the rows, in their order."""
        return [row["outcome"] for row in self.rows(job)]

    def reasons(self, job: dict[str, Any]) -> list[str]:
        """Why the refused rows were, in their order."""
        return [row["faults"][0]["reason"] for row in self.rows(job) if row["faults"]]

    def link(self, job: dict[str, Any], name: str) -> Answer:
        """Where a file of a job is fetched."""
        return self.call("link_table_file", {"job": job["id"]}, body={"name": name})

    def file(self, job: dict[str, Any], name: str) -> list[tuple[str, ...]]:
        """A file of a job, fetched from where its link leads."""
        answer = self.link(job, name)
        assert answer.status == 200, answer.body
        url = urlsplit(answer.body["url"])
        assert parse_qs(url.query)["X-Amz-Expires"] == ["300"]
        key = url.path.partition(f"{TABLES_BUCKET}/")[2] or url.path.lstrip("/")
        return [line.texts for line in read_table(_content(key), name.rpartition(".")[2])]  # type: ignore[arg-type]


def files() -> dict[str, str]:
    """Every file there is among the tables, by key, as text where it is some."""
    s3 = client("s3")
    listed = s3.get_paginator("list_objects_v2").paginate(Bucket=TABLES_BUCKET)
    keys = [entry["Key"] for page in listed for entry in page.get("Contents", [])]
    return {key: _content(key).decode("utf-8", "replace") for key in keys}


def _content(key: str) -> bytes:
    return bytes(client("s3").get_object(Bucket=TABLES_BUCKET, Key=key)["Body"].read())


@dataclass(frozen=True)
class Town:
    """Two units, a few people, a clerk of the municipality and one of each unit."""

    clerk: Clerk
    here: Clerk
    there: Clerk


def job_of(job: dict[str, Any]) -> TableJobItem:
    found = jobs.find(TableJobItem, job["id"])
    assert found
    return found


def protect(town: Town, name: str, *, heard: bool = True) -> None:
    """Set the marking over HTTP, and let the register hear of it twice, or not yet."""
    record = call("register", "read_record", town.clerk.person, path={"person": id_of(name)})
    answer = call(
        "register", "protect_person", town.clerk.person, path={"person": id_of(name)},
        body={"securityMarking": "Sekretessmarkering", "basis": BASIS},
        headers={"if-match": f'"{record.body["version"]}"'},
    )  # fmt: skip
    assert answer.status == 200, answer.body
    told = [e for e in outbox("register") if e["type"] == "register.PersonProtected.v1"]
    if not heard:
        return
    assert deliver("register", "withdraw_tables", told[-1]) == []
    rows = _undated()
    assert deliver("register", "withdraw_tables", told[-1]) == []
    assert _undated() == rows


def _undated() -> dict[tuple[str, str, str], Any]:
    """What is stored, but for versions: a job that is being done is disturbed every time."""
    times = {"version", "modified"}
    return {key: {n: v for n, v in row.items() if n not in times} for key, row in stored().items()}


BASIS = "taxAgencyDecision"
