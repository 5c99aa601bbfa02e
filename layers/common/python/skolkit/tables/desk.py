"""Tables over HTTP, for the areas that have some: templates, uploads, jobs and their files.

Only whoever asked for a job sees what came of it, and only as long as the right to ask for it lasts.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from skolkit import jobs
from skolkit.audit import Trace, record_read
from skolkit.clock import now
from skolkit.cursor import seal, unseal
from skolkit.errors import DomainError, NotFound, Text
from skolkit.idempotency import RequestKey
from skolkit.identity import Caller
from skolkit.jobs import Asked, JobItem, JobView
from skolkit.table import commit
from skolkit.tables import bucket, shapes
from skolkit.tables.columns import Column, template
from skolkit.tables.formats import CONTENT_TYPES, MOST_BYTES
from skolkit.tables.intake import NothingUploaded, results_of, upload_key
from skolkit.tables.items import Kinds
from skolkit.tables.plans import asker_of
from skolkit.types import UnitId, new_id


class NothingToUndo(DomainError):
    """Only an import that has ended is undone, within a month."""

    status = 409
    reason = Text("Det finns ingen import att ångra.", "There is no import to undo.")
    advice = Text("Vänta tills importen är klar.", "Wait until the import has ended.")


class FileGone(DomainError):
    """A file has come to its end, or has been withdrawn."""

    status = 410
    reason = Text("Filen finns inte längre.", "The file is there no longer.")
    advice = Text("Gör en ny export eller provkörning.", "Make a new export or trial.")


@dataclass(frozen=True, slots=True)
class Desk:
    """An area's tables: their columns by name, its kinds of items, the fact that sets its worker going, and
    who may: both raise `NotFound`. Without a unit `may_export` is about the whole municipality. `held` names
    the duties by which a caller sends tables: what came of a job is theirs who still hold all of them.
    """

    columns: Mapping[str, Sequence[Column]]
    kinds: Kinds
    asked: type[Asked]
    may_import: Callable[[Caller], None]
    may_export: Callable[[Caller, UnitId | None], None]
    held: Callable[[Caller], frozenset[str]]

    def read_template(self, caller: Caller, table: str, query: shapes.FormatQuery) -> shapes.TemplateView:
        """An empty table. Two round trips: duties, headings."""
        self._require_import(caller, table)
        columns = self.columns[table]
        return shapes.TemplateView(
            name=f"{table}.{query.format}",
            content_type=CONTENT_TYPES[query.format],
            content=base64.b64encode(template(columns, query.format, query.language)).decode(),
            columns=[shapes.ColumnView(field=c.field, sv=c.sv, en=c.en, shown=c.shown) for c in columns],
            mapping=self.kinds.find_mapping(caller.person_id, table).headings,
        )

    def start_upload(
        self, caller: Caller, table: str, new: shapes.NewUpload, key: RequestKey
    ) -> shapes.UploadView:
        """A place for a file, and the form that S3 checks. Two round trips."""
        self._require_import(caller, table)
        id = new_id()
        form = bucket.upload_form(upload_key(id, new.format), CONTENT_TYPES[new.format], MOST_BYTES)
        view = shapes.UploadView(id=id, url=form["url"], fields=form["fields"], most_bytes=MOST_BYTES)
        item = self.kinds.new_upload(id, table, new.format, caller.person_id)
        trace = Trace(caller.person_id, "start_upload", id, changes=table)
        commit(item, trace=trace, once=key.once(view.model_dump_json(by_alias=True)))
        return view

    def take(self, caller: Caller, name: str, id: str, body: shapes.Mapping, key: RequestKey) -> JobView:
        """Ask what a file would change (`try_table`), or for it to be taken in (`import_table`). Five round
        trips.
        """
        upload = self.kinds.find_upload(id)
        if upload is None or upload.by != caller.person:
            raise NotFound
        self._require_import(caller, upload.table)
        if bucket.size_of(upload_key(id, upload.format)) is None:
            raise NothingUploaded(field="upload", value=id)
        kept = self.kinds.find_mapping(caller.person_id, upload.table)
        if body.mapping is not None and body.mapping != kept.headings:
            kept.headings = dict(body.mapping)
            commit(kept, trace=Trace(caller.person_id, "change_mapping", upload.table))
        request = {
            "upload": id, "table": upload.table, "format": upload.format, "mapping": kept.headings,
        }  # fmt: skip
        return self._ask(name, caller, request, key)

    def undo_import(self, caller: Caller, id: str, key: RequestKey) -> JobView:
        """Ask for an import to be taken back. Three round trips."""
        done = self._seen(caller, id)
        if done.job != "import_table" or done.state not in {"done", "failed"} or "pieces" not in done.place:
            raise NothingToUndo(field="job", value=id)
        if _over(done, bucket.DAYS["work"] - 1):
            raise NothingToUndo(field="job", value=id)
        request = {"undoes": id, "table": done.request["table"]}
        return self._ask("undo_import", caller, request, key)

    def export_table(self, caller: Caller, table: str, new: shapes.NewExport, key: RequestKey) -> JobView:
        """Ask for a table of a unit, or of the whole municipality. Two round trips."""
        if table not in self.columns:
            raise NotFound
        self.may_export(caller, UnitId(new.unit) if new.unit else None)
        request = {"table": table, "unit": new.unit, "format": new.format}
        return self._ask("export_table", caller, request, key)

    def read_job(self, caller: Caller, id: str) -> JobView:
        """How far a job has come. Two round trips."""
        return jobs.view(self._seen(caller, id))

    def list_rows(self, caller: Caller, id: str, query: shapes.RowQuery) -> shapes.TableRowPage:
        """A page of what a job's rows do: some fifty. Three round trips, one of them to S3."""
        job = self._seen(caller, id)
        bound = (caller.seal, "list_table_rows", id)
        start = unseal(query.cursor, *bound)
        piece = int(start["piece"]) if start else 0
        if job.job == "export_table":
            return shapes.TableRowPage(data=[], cursor=None)
        data = [_row(row) for row in results_of(job, piece)]
        more = piece + 1 < int(job.place.get("pieces", 0))
        return shapes.TableRowPage(data=data, cursor=seal({"piece": piece + 1}, *bound) if more else None)

    def link_file(self, caller: Caller, id: str, name: str) -> shapes.FileLink:
        """A link to one of a job's files, and a row in the audit trail. Three round trips. Raises
        `FileGone`.
        """
        job = self._seen(caller, id)
        kind: bucket.Kind = "exports" if name.startswith("export.") else "reports"
        if job.outcome.get("withdrawn") or _over(job, bucket.DAYS[kind]):
            raise FileGone(field="name", value=name)
        if name not in job.outcome.get("files", []):
            raise NotFound
        record_read(Trace(caller.person_id, "link_table_file", id, changes=name))
        url = bucket.link(bucket.key(kind, id, name), f"{job.job}-{name}")
        return shapes.FileLink(url=url, seconds=bucket.LINK_SECONDS)

    def allowed(self, job: JobItem) -> None:
        """Whether whoever asked for a job may still have it: raises `NotFound`."""
        self._may(asker_of(job).caller, job)

    def _ask(self, name: str, caller: Caller, request: dict[str, Any], key: RequestKey) -> JobView:
        if name != "export_table":
            request = request | {"held": sorted(self.held(caller))}
        return jobs.view(jobs.ask(self.kinds.job, self.asked, name, caller.person_id, request, key))

    def _require_import(self, caller: Caller, table: str) -> None:
        if table not in self.columns:
            raise NotFound
        self.may_import(caller)

    def _may(self, caller: Caller, job: JobItem) -> None:
        if job.job == "export_table":
            self.may_export(caller, UnitId(job.request["unit"]) if job.request["unit"] else None)
            return
        self.may_import(caller)
        # Its rows may be of any of the units that the caller had then.
        if not holds(self.held(caller), job.request.get("held", ())):
            raise NotFound

    def _seen(self, caller: Caller, id: str) -> JobItem:
        job = jobs.find(self.kinds.job, id)
        if job is None or job.asked_by != caller.person:
            raise NotFound
        self._may(caller, job)
        return job


def named(role: str, unit: str | None) -> str:
    """A duty in `Desk.held`."""
    return f"{role} {unit or '*'}"


def holds(now: Collection[str], then: Iterable[str]) -> bool:
    """Whether duties still are what they were, or more: one for the municipality is one for every unit."""
    return all(duty in now or f"{duty.partition(' ')[0]} *" in now for duty in then)


def _over(job: JobItem, days: int) -> bool:
    """Whether a job ended more than so many days ago."""
    return bool(job.ended) and datetime.fromisoformat(str(job.ended)) + timedelta(days=days) < now()


def _row(row: Mapping[str, Any]) -> shapes.TableRow:
    return shapes.TableRow(
        line=row["line"],
        outcome=row["outcome"],
        about=row["about"] or None,
        fields=[change["field"] for change in row["changes"]],
        formulas=list(row["formulas"]),
        faults=[
            shapes.RowFaultView(
                field=f["field"], reason=f["reason"], advice=f["advice"], value=f.get("value")
            )
            for f in row["faults"]
        ],
    )
