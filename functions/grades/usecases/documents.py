"""Grade documents (process 33): asked for, listed, fetched, revoked, and marked when a grade in them has been
corrected or changed. They are made in a job (`document_work`), for one pupil as for a whole unit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from functions.access import guard
from functions.grades.domain import adult_exams
from functions.grades.domain import documents as rules
from functions.grades.domain.documents import KINDS, Document, DocumentKind, Issuer
from functions.grades.domain.periods import Period
from functions.grades.events import DocumentEnded, DocumentsAsked, GradeCorrected
from functions.grades.schemas import documents as schemas
from functions.grades.schemas.common import PageQuery
from functions.grades.store import documents as store
from functions.grades.store import periods as periods_store
from functions.grades.store.documents import DocumentJobItem
from functions.grades.usecases import document_work
from functions.grades.usecases.document_work import Task
from functions.grades.usecases.periods import find_period
from functions.grades.usecases.rights import require_unit
from functions.organisation import queries as organisation
from functions.register import queries as register
from skolkit import jobs
from skolkit.audit import Trace, record_read
from skolkit.clock import now, today
from skolkit.cursor import seal, unseal
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.idempotency import RequestKey
from skolkit.identity import Caller
from skolkit.jobs import JobView
from skolkit.retry import persist
from skolkit.step_up import require_fresh
from skolkit.table import commit, fetch
from skolkit.types import PersonId, UnitId


def issue_document(caller: Caller, unit: UnitId, new: schemas.NewDocument, key: RequestKey) -> JobView:
    """Have a pupil's document issued. What stands in its way is said at once. Some ten round trips."""
    role = _require_issuer(caller, unit, new.kind)
    period = periods_store.find_period(new.period) if new.period else None
    if new.period and period is None:
        raise NotFound
    rules.check_kind(new.kind, new.school_form, period, unit)
    adult_exams.check_direction(new.kind, new.school_form, new.direction)
    task = Task(
        unit=unit, kind=new.kind, form=new.school_form, language=new.language, period=new.period,
        by=caller.person_id, role=role, hours=new.offered_hours,
        direction=new.direction,
    )  # fmt: skip
    pupil = document_work.check(task, PersonId(new.student))
    return _ask("issue_document", task, [pupil], key)


def issue_documents(caller: Caller, id: str, new: schemas.NewDocuments, key: RequestKey) -> JobView:
    """Have a document of each of a period's pupils issued. Five round trips, one per 3,000 enrolments."""
    period = find_period(caller, "grades:issue_documents", id)
    role = _require_issuer(caller, period.unit, new.kind)
    rules.check_kind(new.kind, period.form, period, period.unit)
    adult_exams.check_direction(new.kind, period.form, None)
    task = Task(
        unit=period.unit, kind=new.kind, form=period.form, language=new.language, period=period.id,
        by=caller.person_id, role=role,
    )  # fmt: skip
    return _ask("issue_documents", task, _pupils(period), key)


def _require_issuer(caller: Caller, unit: UnitId, kind: DocumentKind) -> Issuer:
    """As what the caller issues at the unit; `NotFound` for who may not. What cannot be delegated takes a
    fresh sign-in, too.
    """
    duties = organisation.duties_of(caller.person_id)
    guard.require(caller, "grades:issue_documents", guard.Unit(unit), duties)
    in_person = guard.allowed(caller, "grades:issue_in_person", guard.Unit(unit), duties)
    role = rules.required_role(kind, in_person=in_person)
    if KINDS[kind].in_person:
        require_fresh(caller, now())
    return role


def _pupils(period: Period) -> list[PersonId]:
    day = min(today(), period.due)
    found = register.enrolments_at(period.unit)
    return sorted({pupil for pupil, e in found if e.covers(day) and period.covers(e.school_form, e.year)})


def _ask(name: str, task: Task, pupils: Sequence[PersonId], key: RequestKey) -> JobView:
    request = task.request() | {"pupils": list(pupils)}
    return jobs.view(jobs.ask(DocumentJobItem, DocumentsAsked, name, task.by, request, key))


def read_document_job(caller: Caller, id: str) -> JobView:
    """How far a job has come. Two round trips."""
    return jobs.view(_job(caller, id))


def list_job_documents(caller: Caller, id: str, query: PageQuery) -> schemas.RowPage:
    """What has become of a job's pupils. Four round trips."""
    job = _job(caller, id)
    found, cursor = store.page_of_rows(job.id, query.limit, query.cursor, caller.seal)
    record_read(Trace(caller.person_id, "list_job_documents", job.request["unit"], changes=id))
    rows = [
        schemas.RowView(student=row.pupil, outcome=row.outcome, document=row.document, reason=row.reason)
        for row in found
    ]
    return schemas.RowPage(data=rows, cursor=cursor)


def _job(caller: Caller, id: str) -> DocumentJobItem:
    job = jobs.find(DocumentJobItem, id)
    if job is None:
        raise NotFound
    require_unit(caller, "grades:issue_documents", UnitId(job.request["unit"]))
    return job


def list_documents(caller: Caller, pupil: PersonId, query: PageQuery) -> schemas.DocumentPage:
    """A pupil's documents, newest first; the home sees those of published periods. Four round trips for the
    home, six for staff.
    """
    after = unseal(query.cursor, "documents", pupil, caller.seal)
    found = _seen(caller, pupil)
    start = after["after"] if after else 0
    page = found[start : start + query.limit]
    record_read(Trace(caller.person_id, "list_documents", pupil))
    more = start + query.limit < len(found)
    cursor = seal({"after": start + query.limit}, "documents", pupil, caller.seal) if more else None
    return schemas.DocumentPage(data=[document_view(d) for d in page], cursor=cursor)


def _seen(caller: Caller, id: PersonId) -> list[Document]:
    """The documents that the caller may see, newest first, also of somebody who has only been tried: the
    home, the mentor and those who answer for the pupil's unit see all, those who issue at another unit that
    unit's, also when the pupil has left. `NotFound` for who may see none.
    """
    record = register.anyone(id)
    if record is None:
        raise NotFound
    known = store.documents_of(record.records)[::-1]
    try:
        register.require_relation(caller, "grades:read_documents", record)
    except NotFound:
        duties = organisation.duties_of(caller.person_id)
        units = {d.unit for d in known}
        may = {u for u in units if guard.allowed(caller, "grades:issue_documents", guard.Unit(u), duties)}
        if not may:
            raise
        return [d for d in known if d.unit in may]
    return _shown(known) if caller.person in {record.id, *record.guardians} else known


def _shown(known: Sequence[Document]) -> list[Document]:
    """What the home sees: documents of no period, and of published ones. One round trip."""
    ids = sorted({d.period for d in known if d.period})
    periods: dict[str, Period] = fetch(periods_store.wanted_periods(ids))[0] if ids else {}
    at = now()
    return [d for d in known if d.period is None or (d.period in periods and periods[d.period].shown(at))]


def link_document(caller: Caller, pupil: PersonId, id: str) -> schemas.DocumentLink:
    """Where to fetch a document that holds, for five minutes. As many round trips as `list_documents`."""
    document = next((d for d in _seen(caller, pupil) if d.id == id), None)
    if document is None:
        raise NotFound
    if document.state != "issued":
        raise rules.NotIssued(field="document", value=id)
    record_read(Trace(caller.person_id, "link_document", pupil, changes=id))
    return schemas.DocumentLink(url=store.link(id), seconds=store.LINK_SECONDS, sha256=document.sha256)


def revoke_document(
    caller: Caller, pupil: PersonId, id: str, new: schemas.NewRevocation, version: int
) -> schemas.DocumentView:
    """Revoke a document; its file is destroyed. Four round trips."""
    record = register.anyone(pupil)
    document = store.find_document(record.records, id) if record else None
    if document is None:
        raise NotFound
    _require_issuer(caller, document.unit, document.kind)
    if document.version != version:
        raise ChangedMeanwhile(field="If-Match", value=version)
    ended = rules.revoked(document, new.reason, now())
    commit(
        *store.document_writes(ended, now()),
        facts=[DocumentEnded(document=id, pupil=ended.pupil, state=ended.state)],
        trace=Trace(caller.person_id, "revoke_document", pupil, new.reason, id),
    )
    return document_view(replace(ended, version=version + 1))


def list_due_documents(caller: Caller, unit: UnitId, query: PageQuery) -> schemas.DueDocumentPage:
    """A unit's documents to be replaced. Three round trips."""
    require_unit(caller, "grades:issue_documents", unit)
    found, cursor = store.page_of_due(unit, query.limit, query.cursor, caller.seal)
    record_read(Trace(caller.person_id, "list_due_documents", unit))
    rows = [
        schemas.DueDocumentView(document=d.document, student=d.pupil, kind=d.kind, since=d.since)
        for d in found
    ]
    return schemas.DueDocumentPage(data=rows, cursor=cursor)


def mark_documents(fact: GradeCorrected) -> None:
    """Mark the documents that rest on an entry that has been replaced. A query for each of the pupil's
    records, and a round trip for each document.
    """
    persist(partial(_mark, fact))


def _mark(fact: GradeCorrected) -> None:
    records = register.same_person(fact.pupil)
    for document in rules.outdated(store.documents_of(records), fact.replaces):
        trace = Trace("system:mark_documents", "mark_documents", document.pupil, changes=document.id)
        commit(*store.document_writes(document, now()), trace=trace)


def destroy_document(fact: DocumentEnded) -> None:
    """Take away the file of a document that holds no longer. One round trip to S3."""
    store.destroy(fact.document)


def document_view(d: Document) -> schemas.DocumentView:
    """A document as it is shown."""
    return schemas.DocumentView(
        id=d.id, kind=d.kind, title=KINDS[d.kind].title.in_language(d.language), language=d.language,
        school_form=d.form, organisation=d.unit, number=d.number, issued=d.at, issued_by=d.by, role=d.role,
        period=d.period, state=d.state, ended=d.ended, ended_by=d.ended_by, stale=d.stale is not None,
        sha256=d.sha256, entries=[id for id, _ in d.entries], version=d.version or 0,
    )  # fmt: skip
