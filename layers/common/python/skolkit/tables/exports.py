"""A table given out: page by page into S3, then one file, without whoever has become protected meanwhile."""

from __future__ import annotations

from skolkit.audit import Trace
from skolkit.jobs import JobItem
from skolkit.table import Overwrite, commit
from skolkit.tables import bucket
from skolkit.tables.formats import CONTENT_TYPES, Format, write_table
from skolkit.tables.intake import people_key, work_key
from skolkit.tables.items import Kinds
from skolkit.tables.plans import Table, asker_of
from skolkit.types import UnitId


def export(job: JobItem, kinds: Kinds, table: Table) -> bool:
    """One step of an export; whether there is more. The job says that it has files before it reads anybody,
    so that a withdrawal finds it.
    """
    if not job.place:
        job.place, job.done = {"pages": 0, "next": {}}, 0
        commit(job, Overwrite(kinds.opened(job)))
        return True
    if job.place["next"] is None:
        _give(job, table)
        return False
    unit = job.request["unit"]
    page = table.page(asker_of(job), UnitId(unit) if unit else None, job.place["next"])
    rows = [{"people": list(row.people), "cells": dict(row.cells)} for row in page.rows]
    bucket.put_json(work_key(job, "rows", int(job.place["pages"])), rows)
    job.place = {"pages": int(job.place["pages"]) + 1, "next": page.place}
    job.done += len(rows)
    commit(job)
    return True


def file_of(job: JobItem) -> str:
    """Where an export's file is."""
    return bucket.key("exports", job.id, f"export.{job.request['format']}")


def pages_of(job: JobItem) -> list[str]:
    """Where the pages of an export lie until it is whole."""
    return [work_key(job, "rows", n) for n in range(int(job.place.get("pages", 0)))]


def _give(job: JobItem, table: Table) -> None:
    rows = [row for key in pages_of(job) for row in bucket.get_json(key) or ()]
    people = sorted({person for row in rows for person in row["people"]})
    hidden = table.hidden(people)
    shown = [row for row in rows if not hidden.intersection(row["people"])]
    format: Format = job.request["format"]
    cells = [[row["cells"].get(c.field, "") for c in table.columns] for row in shown]
    content = write_table([[c.sv for c in table.columns], *cells], format, title=table.name)
    bucket.put_json(people_key(job), sorted(set(people) - hidden))
    bucket.put(file_of(job), content, CONTENT_TYPES[format])
    job.done = job.total = len(shown)
    job.outcome = {"rows": len(shown), "files": [f"export.{format}"]}
    about = job.request["unit"] or job.id
    trace = Trace(job.asked_by, "export_table", about, table.name, f"{len(shown)} rows")
    commit(job, trace=trace)
    bucket.remove(pages_of(job))
