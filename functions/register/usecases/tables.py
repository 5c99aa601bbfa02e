"""Tables of people and enrolments, in and out (processes 2 and 3). A file is tried, taken and undone by the
municipality's administrators; a unit's people are exported by those who administer the unit. Only whoever
asked for a job sees what came of it, and only as long as the right to ask for it lasts.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

from functions.access import guard
from functions.organisation import queries as organisation
from functions.register.domain.contacts import Contact
from functions.register.domain.people import PersonCard
from functions.register.events import TableAsked
from functions.register.imports.tables import TABLES
from functions.register.schemas import tables as schemas
from functions.register.store import tables as store
from functions.register.store.items import TableJobItem
from skolkit import files, jobs, table_jobs
from skolkit.audit import Trace, record_read
from skolkit.clock import today
from skolkit.cursor import seal, unseal
from skolkit.errors import NotFound
from skolkit.idempotency import RequestKey
from skolkit.identity import Caller
from skolkit.jobs import JobView
from skolkit.table import commit
from skolkit.table_files import CONTENT_TYPES, MOST_BYTES, template
from skolkit.types import PersonId, UnitId, new_id


def read_template(caller: Caller, table: str, query: schemas.FormatQuery) -> schemas.TemplateView:
    """An empty table. One round trip: duties."""
    _require_import(caller)
    if table not in TABLES:
        raise NotFound
    columns = TABLES[table].columns
    return schemas.TemplateView(
        name=f"{table}.{query.format}",
        content_type=CONTENT_TYPES[query.format],
        content=base64.b64encode(template(columns, query.format, query.language)).decode(),
        columns=[schemas.ColumnView(field=c.field, sv=c.sv, en=c.en) for c in columns],
    )


def start_upload(caller: Caller, new: schemas.NewUpload) -> schemas.UploadView:
    """A place for a file, and the form that S3 checks. Two round trips."""
    _require_import(caller)
    id = new_id()
    trace = Trace(caller.person_id, "start_upload", id, changes=new.table)
    commit(store.upload_item(id, new.table, new.format, caller.person_id), trace=trace)
    form = files.upload_form(table_jobs.upload_key(id, new.format), CONTENT_TYPES[new.format], MOST_BYTES)
    return schemas.UploadView(id=id, url=form["url"], fields=form["fields"], most_bytes=MOST_BYTES)


def try_table(caller: Caller, upload: str, body: schemas.Mapping, key: RequestKey) -> JobView:
    """Ask what a file would change. Five round trips."""
    return _asked(caller, "try_table", upload, body, key)


def import_table(caller: Caller, upload: str, body: schemas.Mapping, key: RequestKey) -> JobView:
    """Ask for a file to be taken in. Five round trips."""
    return _asked(caller, "import_table", upload, body, key)


def _asked(caller: Caller, name: str, id: str, body: schemas.Mapping, key: RequestKey) -> JobView:
    _require_import(caller)
    upload = store.find_upload(id)
    if upload is None or upload.by != caller.person:
        raise NotFound
    if files.size_of(table_jobs.upload_key(id, upload.format)) is None:
        raise table_jobs.NothingUploaded
    kept = store.mapping_of(upload.table)
    if body.mapping is not None and body.mapping != kept.headings:
        kept.headings = dict(body.mapping)
        commit(kept, trace=Trace(caller.person_id, "change_mapping", upload.table))
    request = {
        "upload": id, "table": upload.table, "format": upload.format, "mapping": kept.headings,
    }  # fmt: skip
    return jobs.view(jobs.ask(TableJobItem, TableAsked, name, caller.person_id, request, key))


def undo_import(caller: Caller, id: str, key: RequestKey) -> JobView:
    """Ask for an import to be taken back. Three round trips."""
    _require_import(caller)
    done = _own(caller, id)
    if done.job != "import_table" or done.state not in {"done", "failed"} or "pieces" not in done.place:
        raise table_jobs.NothingToUndo
    request = {"undoes": id, "table": done.request["table"]}
    return jobs.view(jobs.ask(TableJobItem, TableAsked, "undo_import", caller.person_id, request, key))


def export_table(caller: Caller, new: schemas.NewExport, key: RequestKey) -> JobView:
    """Ask for a table of a unit's pupils. Two round trips."""
    _require_export(caller, UnitId(new.unit))
    request = new.model_dump()
    return jobs.view(jobs.ask(TableJobItem, TableAsked, "export_table", caller.person_id, request, key))


def read_table_job(caller: Caller, id: str) -> JobView:
    """How far a job has come. Two round trips."""
    return jobs.view(_seen(caller, id))


def list_table_rows(caller: Caller, id: str, query: schemas.RowQuery) -> schemas.TableRowPage:
    """A page of what a job's rows do: fifty or fewer. Three round trips, one of them to S3."""
    job = _seen(caller, id)
    bound = (caller.seal, "list_table_rows", id)
    start = unseal(query.cursor, *bound)
    piece = int(start["piece"]) if start else 0
    data = [
        schemas.TableRow(
            line=row["line"],
            outcome=row["outcome"],
            person=row["about"],
            fields=row["fields"],
            faults=[_fault(fault) for fault in row["faults"]],
        )
        for row in table_jobs.rows_of(job, piece)
        if "outcome" in row
    ]
    more = piece + 1 < int(job.place.get("pieces", 0))
    return schemas.TableRowPage(data=data, cursor=seal({"piece": piece + 1}, *bound) if more else None)


def link_table_file(caller: Caller, id: str, name: str) -> schemas.FileLink:
    """A link to one of a job's files, and a row in the audit trail. Three round trips."""
    job = _seen(caller, id)
    url = table_jobs.link_to(job, name)
    if url is None:
        raise NotFound
    record_read(Trace(caller.person_id, "link_table_file", id, changes=name))
    return schemas.FileLink(url=url)


def work(asked: TableAsked) -> None:
    """Do a job, or go on with it."""
    jobs.run(TableJobItem, asked, _step, again=TableAsked)


def _step(job: TableJobItem) -> bool:
    table = TABLES[job.request["table"]]
    match job.job:
        case "try_table":
            return table_jobs.take(job, table, apply=False)
        case "import_table":
            return table_jobs.take(job, table, apply=True)
        case "undo_import":
            done = jobs.find(TableJobItem, job.request["undoes"])
            if done is None:
                raise table_jobs.NothingToUndo
            return table_jobs.undo(job, table, done)
    _export(job)
    return False


def _export(job: TableJobItem) -> None:
    request, unit = job.request, UnitId(job.request["unit"])
    columns = TABLES[request["table"]].columns
    people = store.pupils_at(unit)
    cells = _people(people) if request["table"] == "persons" else _enrolments(people, unit)
    rows = ([row.get(column.field, "") for column in columns] for row in cells)
    count = table_jobs.give(job, [column.sv for column in columns], rows, request["format"])
    record_read(Trace(job.asked_by, "export_table", unit, request["table"], f"{count} rows"))


def _people(people: Iterator[tuple[PersonCard, Contact]]) -> Iterator[dict[str, Any]]:
    for card, contact in people:
        home = contact.addresses[0] if contact.addresses else None
        adults = sorted(card.guardians(today()))
        yield {
            **_who(card),
            "givenName": card.given_name,
            "middleName": card.middle_name or "",
            "familyName": card.family_name,
            "birthDate": card.birth_date,
            "sex": card.sex,
            "personStatus": card.status,
            "securityMarking": card.marking,
            "municipalityCode": card.municipality or "",
            "careOf": (home and home.care_of) or "",
            "street": home.street if home else "",
            "postalCode": home.postal_code if home else "",
            "locality": home.locality if home else "",
            "email": contact.email or "",
            "phone": contact.phone or "",
            "language": contact.language,
            **{f"guardian{n}": adult for n, adult in enumerate(adults[:2], 1)},
        }


def _enrolments(people: Iterator[tuple[PersonCard, Contact]], unit: UnitId) -> Iterator[dict[str, Any]]:
    for card, _ in people:
        for e in card.enrolments:
            if e.unit == unit:
                yield {
                    **_who(card),
                    "enroledAt": e.unit,
                    "schoolType": e.school_form.value,
                    "schoolYear": e.year,
                    "startDate": e.start,
                    "endDate": e.end,
                    "cancelled": "ja" if e.cancelled else "nej",
                    "educationCode": e.education_code,
                    "specification": e.specification,
                }


def _who(card: PersonCard) -> dict[str, Any]:
    return {"id": card.id, "civicNo": card.civic_no}


def _fault(fault: dict[str, Any]) -> schemas.RowFaultView:
    return schemas.RowFaultView(
        field=fault["field"], reason=fault["reason"], advice=fault["advice"], value=fault.get("value"),
        formula=fault.get("formula", False),
    )  # fmt: skip


def _require_import(caller: Caller) -> None:
    guard.require(caller, "register:import", guard.SYSTEM, organisation.duties_of(caller.person_id))


def _require_export(caller: Caller, unit: UnitId) -> None:
    duties = organisation.duties_of(caller.person_id)
    guard.require(caller, "register:export", guard.Unit(unit), duties)


def _own(caller: Caller, id: str) -> TableJobItem:
    job = jobs.find(TableJobItem, id)
    if job is None or PersonId(job.asked_by) != caller.person:
        raise NotFound
    return job


def _seen(caller: Caller, id: str) -> TableJobItem:
    job = _own(caller, id)
    if job.job == "export_table":
        _require_export(caller, UnitId(job.request["unit"]))
    else:
        _require_import(caller)
    return job
