"""The worker of an area's tables: which job is done how."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from skolkit import jobs
from skolkit.errors import ChangedMeanwhile, DomainError, NotFound, Text
from skolkit.jobs import Asked, JobItem
from skolkit.tables.exports import export
from skolkit.tables.intake import take
from skolkit.tables.items import Kinds
from skolkit.tables.plans import Table
from skolkit.tables.undoing import undo

ATTEMPTS = 3


class NoLongerYours(DomainError):
    """Whoever asked for a job has lost the right to it before it was done."""

    status = 404
    reason = Text("Det finns inget att visa här.", "There is nothing to show here.")
    advice = Text("Fråga den som administrerar enheten.", "Ask whoever administers the unit.")


def work(
    asked: Asked,
    kinds: Kinds,
    tables: Mapping[str, Table],
    allowed: Callable[[JobItem], None],
    again: type[Asked],
) -> None:
    """Do a job, or go on with it. `allowed` raises `NotFound` for a job whose asker may not have it any more.

    A withdrawal disturbs a job (`ChangedMeanwhile`); then what is stored is read again at once.
    """

    def step(job: JobItem) -> bool:
        try:
            allowed(job)
        except NotFound:
            raise NoLongerYours from None
        return _step(job, kinds, tables[job.request["table"]])

    for _ in range(ATTEMPTS - 1):
        try:
            jobs.run(kinds.job, asked, step, again=again)
        except ChangedMeanwhile:
            continue
        return
    jobs.run(kinds.job, asked, step, again=again)


def _step(job: JobItem, kinds: Kinds, table: Table) -> bool:
    match job.job:
        case "try_table":
            return take(job, kinds, table, apply=False)
        case "import_table":
            return take(job, kinds, table, apply=True)
        case "undo_import":
            done = jobs.find(kinds.job, job.request["undoes"])
            if done is None:
                raise NotFound
            return undo(job, kinds, table, done)
    return export(job, kinds, table)
