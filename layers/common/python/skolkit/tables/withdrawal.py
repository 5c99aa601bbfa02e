"""Files of tables that show somebody who has become protected are withdrawn: exports are deleted, of trials
and imports the rows about the person lose their values and the reports are written anew without them.

A job that is not done yet is disturbed on purpose: what it commits next is refused, and it goes on from what
is stored then.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from skolkit.audit import Trace
from skolkit.jobs import JobItem
from skolkit.table import commit
from skolkit.tables import bucket
from skolkit.tables.exports import file_of, pages_of
from skolkit.tables.intake import (
    head_key,
    people_key,
    results_of,
    upload_key,
    without_values,
    work_key,
    write_reports,
)
from skolkit.tables.items import BeforeItem, Kinds
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
    # One that failed never said whom it is about.
    if job.state == "done" and person not in _people(job):
        return False
    # What is written of a piece is there before its results are.
    befores = kinds.befores(job, 0, 999_999)
    lines = {row["line"] for before in befores for row in before.rows if row["who"] == person}
    pieces = [_scrubbed(job, piece, person, lines) for piece in range(int(job.place["pieces"]))]
    found = any([*pieces, _unpictured(befores, person)])
    if found:
        bucket.remove([upload_key(job.request["upload"], job.request["format"])])
    if job.state in _BEING_DONE:
        commit(job)
        return found
    if not found and job.state != "done":
        return False
    if job.state != "done":
        _told(job, person, job.outcome)
        return True
    write_reports(job, table)
    bucket.put_json(people_key(job), sorted(_people(job) - {person}))
    _told(job, person, job.outcome)
    return True


def _people(job: JobItem) -> set[str]:
    return set(bucket.get_json(people_key(job)) or ())


def _unpictured(befores: Sequence[BeforeItem], person: PersonId) -> bool:
    """Take the person out of the pictures of before; whether there were any."""
    found = False
    for before in befores:
        rows = _without_values(before.rows, person)
        # Pictures of a class that the person is in hold ids and dates, and are of others too.
        images = None if before.about == person else before.images
        if (rows, images) != (before.rows, before.images):
            before.rows, before.images, found = rows, images, True
            commit(before)
    return found


def _scrubbed(job: JobItem, piece: int, person: PersonId, written: set[int]) -> bool:
    """Take the person's values out of a piece, of which some lines were `written`; whether there were any."""
    results = results_of(job, piece)
    lines = written | {row["line"] for row in results if row["who"] == person}
    raws = bucket.get_json(work_key(job, "rows", piece)) or {"lines": []}
    left = any(raw["line"] in lines and not raw.get("withdrawn") for raw in raws["lines"])
    scrubbed = _without_values(results, person)
    if left or results != scrubbed:
        if results:
            bucket.put_json(work_key(job, "results", piece), scrubbed)
        for raw in raws["lines"]:
            if raw["line"] in lines:
                raw |= {"values": {}, "cells": [], "formulas": [], "withdrawn": True}
        bucket.put_json(work_key(job, "rows", piece), raws)
        head = bucket.get_json(head_key(job))
        names = {name: line for name, line in head["names"].items() if line not in lines}
        bucket.put_json(head_key(job), head | {"names": names})
        return True
    return False


def _without_values(rows: list[dict[str, Any]], person: PersonId) -> list[dict[str, Any]]:
    return [without_values(row) if row["who"] == person else row for row in rows]


def _told(job: JobItem, person: PersonId, outcome: dict[str, Any]) -> None:
    job.outcome = outcome
    trace = Trace("system:withdraw_tables", "withdraw_tables", person, changes=job.id)
    commit(job, trace=trace)
