"""The answers to a form as a file: a job writes it into S3, a link fetches it.

Nobody whose identity is protected is in a file. A link is given only while nobody in the file has become
protected and whoever asked may still read the answers.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from functions.messages.domain.questions import said, told
from functions.messages.events import FormExportAsked
from functions.messages.schemas.forms import NewFormExport
from functions.messages.store.forms import FormExportItem, FormItem
from functions.messages.usecases.form_results import Row, rows_of, traces_of
from functions.messages.usecases.forms import readable
from functions.register import queries as register
from skolkit import jobs
from skolkit.audit import Trace, record_read
from skolkit.clock import LOCAL, now
from skolkit.errors import NotFound
from skolkit.idempotency import RequestKey
from skolkit.identity import SCHOOL_SCOPE, Caller
from skolkit.jobs import JobView
from skolkit.table import chunks, commit, fetch
from skolkit.tables import bucket
from skolkit.tables.desk import FileGone
from skolkit.tables.formats import CONTENT_TYPES, write_table
from skolkit.tables.shapes import FileLink
from skolkit.types import PersonId

TRACES = 90  # in one transaction
HEADINGS = ("Person-id", "Förnamn", "Efternamn", "Svarat av", "Svarat")


def export_form(caller: Caller, id: str, new: NewFormExport, key: RequestKey) -> JobView:
    """Ask for the answers as a file. Four round trips."""
    readable(caller, id)
    request = {"form": id, "format": new.format}
    return jobs.view(jobs.ask(FormExportItem, FormExportAsked, "export_form", caller.person_id, request, key))


def read_form_export(caller: Caller, id: str) -> JobView:
    """How far a file has come. Four round trips."""
    return jobs.view(_seen(caller, id))


def link_form_export(caller: Caller, id: str) -> FileLink:
    """A link to a file. Six round trips, one of them to S3, and one per 100 people in it. Raises `FileGone`;
    `NotFound` until it is written.
    """
    job = _seen(caller, id)
    if job.state != "done":
        raise NotFound
    until = datetime.fromisoformat(str(job.ended)) + timedelta(days=bucket.DAYS["exports"])
    people: list[PersonId] | None = bucket.get_json(_key(job, "people.json"))
    if people is None or until < now() or not _are_shown(people):
        raise FileGone(field="job", value=id)
    record_read(Trace(caller.person_id, "link_form_export", id, changes=job.request["form"]))
    name = f"form.{job.request['format']}"
    return FileLink(url=bucket.link(_key(job, name), name), seconds=bucket.LINK_SECONDS)


def write_form_export(asked: FormExportAsked) -> None:
    """Write the answers into a file, all at once: a unit's are some thousand."""
    jobs.run(FormExportItem, asked, _step, again=FormExportAsked)


def _step(job: FormExportItem) -> bool:
    caller = Caller(PersonId(job.asked_by), "exports", frozenset({SCHOOL_SCOPE}))
    form = readable(caller, job.request["form"])
    rows = [row for row in rows_of(caller, form) if not row.name.protected]
    format = job.request["format"]
    people = sorted({row.person for row in rows} | {PersonId(row.answer.by) for row in rows if row.by_name})
    for some in chunks(traces_of(caller.person_id, "write_form_export", form, people), TRACES):
        commit(trace=some)
    bucket.put_json(_key(job, "people.json"), people)
    content = write_table(_table(form, rows), format, title="Svar")
    bucket.put(_key(job, f"form.{format}"), content, CONTENT_TYPES[format])
    job.total = job.done = len(rows)
    job.outcome = {"rows": len(rows)}
    commit(job)
    return False


def _table(form: FormItem, rows: list[Row]) -> list[list[str]]:
    questions = form.asks
    table = [[*HEADINGS, *(said(question.texts) for question in questions)]]
    for row in rows:
        at = datetime.fromisoformat(row.answer.at).astimezone(LOCAL).strftime("%Y-%m-%d %H:%M")
        head = [row.person, row.name.given_name, row.name.family_name, row.by_name, at]
        table.append([*head, *(answer for _, answer in told(questions, row.answer.given))])
    return table


def _key(job: FormExportItem, name: str) -> str:
    return bucket.key("exports", job.id, name)


def _seen(caller: Caller, id: str) -> FormExportItem:
    job = jobs.find(FormExportItem, id)
    if job is None or job.asked_by != caller.person:
        raise NotFound
    readable(caller, job.request["form"])
    return job


def _are_shown(people: list[PersonId]) -> bool:
    (names,) = fetch(register.wanted_names(people))
    return all(person in names and not names[person].protected for person in people)
