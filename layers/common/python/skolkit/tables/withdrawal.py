"""Files of tables that show somebody who has become protected are withdrawn: exports are deleted, of trials
and imports the rows about the person lose their values and the reports are written anew without them.

A job that is not done yet is disturbed on purpose: what it commits next is refused, and it goes on from what
is stored then.
"""

from __future__ import annotations

from typing import Any

from skolkit.audit import Trace
from skolkit.jobs import JobItem
from skolkit.table import commit
from skolkit.tables import bucket
from skolkit.tables.exports import file_of, pages_of
from skolkit.tables.intake import head_key, people_key, results_of, upload_key, work_key, write_reports
from skolkit.tables.items import Kinds
from skolkit.tables.plans import Table
from skolkit.types import PersonId

_BEING_DONE = {"waiting", "running"}


def withdraw(kinds: Kinds, tables: dict[str, Table], person: PersonId) -> int:
    """Let no file show the person; how many jobs that concerned. Two round trips per job of the last month,
    and those that change what shows the person.
    """
    concerned = 0
    for job in kinds.open_jobs():
        if job.job == "export_table":
            concerned += _export(job, person)
        elif job.job in {"try_table", "import_table"}:
            concerned += _intake(job, kinds, tables[job.request["table"]], person)
    return concerned


def _export(job: JobItem, person: PersonId) -> bool:
    if job.state in _BEING_DONE:
        if not job.place:
            return False  # it has read nobody
        bucket.remove(pages_of(job))
        job.place, job.done = {}, 0
        commit(job)
        return True
    if not job.outcome.get("files") or person not in _people(job):
        return False
    bucket.remove([file_of(job), people_key(job)])
    _told(job, person, {**job.outcome, "files": [], "withdrawn": True})
    return True


def _intake(job: JobItem, kinds: Kinds, table: Table, person: PersonId) -> bool:
    if "pieces" not in job.place:
        return False
    done = job.state not in _BEING_DONE
    if done and person not in _people(job):
        return False
    found = False
    for piece in range(int(job.place["pieces"])):
        lines = _scrubbed(job, piece, person)
        found = found or bool(lines)
        for before in kinds.befores(job, 0, max(lines)) if lines else ():
            if any(row["line"] in lines for row in before.rows):
                # Pictures of a class that the person is in hold ids and dates, and are of others too.
                before.images = None if before.about == person else before.images
                before.rows = _without_values(before.rows, person)
                commit(before)
    if found:
        bucket.remove([upload_key(job.request["upload"], job.request["format"])])
    if not done:
        commit(job)
        return found
    write_reports(job, table)
    bucket.put_json(people_key(job), sorted(_people(job) - {person}))
    _told(job, person, job.outcome)
    return True


def _people(job: JobItem) -> set[str]:
    return set(bucket.get_json(people_key(job)) or ())


def _scrubbed(job: JobItem, piece: int, person: PersonId) -> list[int]:
    """Take the person's values out of a piece; its lines about the person."""
    results = results_of(job, piece)
    lines = [row["line"] for row in results if row["who"] == person]
    if lines:
        bucket.put_json(work_key(job, "results", piece), _without_values(results, person))
        raws = bucket.get_json(work_key(job, "rows", piece)) or {"lines": []}
        for raw in raws["lines"]:
            if raw["line"] in lines:
                raw |= {"values": {}, "cells": [], "formulas": [], "withdrawn": True}
        bucket.put_json(work_key(job, "rows", piece), raws)
        head = bucket.get_json(head_key(job))
        names = {name: line for name, line in head["names"].items() if line not in lines}
        bucket.put_json(head_key(job), head | {"names": names})
    return lines


def _without_values(rows: list[dict[str, Any]], person: PersonId) -> list[dict[str, Any]]:
    return [
        row | {"changes": [c | {"old": "", "new": ""} for c in row["changes"]], "cells": []}
        if row["who"] == person
        else row
        for row in rows
    ]


def _told(job: JobItem, person: PersonId, outcome: dict[str, Any]) -> None:
    job.outcome = outcome
    trace = Trace("system:withdraw_tables", "withdraw_tables", person, changes=job.id)
    commit(job, trace=trace)
