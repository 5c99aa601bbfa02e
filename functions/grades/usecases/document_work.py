"""Making grade documents (process 33): a job takes pupils some at a time; each is one transaction with its
row in the job, so that a worker that dies is followed by one that goes on, and two at once make no document
twice.
"""

from __future__ import annotations

import io
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from functions.attendance import queries as attendance
from functions.grades.domain import adult_exams, check_codes, exam_documents
from functions.grades.domain import document_words as words
from functions.grades.domain import documents as rules
from functions.grades.domain.catalogue import Entry
from functions.grades.domain.document_words import Said, Stay
from functions.grades.domain.documents import Document, DocumentKind, Issuer, Language
from functions.grades.domain.exam_documents import Finished
from functions.grades.domain.exams import Plan
from functions.grades.domain.periods import Period
from functions.grades.events import DocumentEnded, DocumentIssued, DocumentsAsked
from functions.grades.store import catalogue
from functions.grades.store import documents as store
from functions.grades.store import periods as periods_store
from functions.grades.store.documents import DocumentJobItem, Row
from functions.grades.usecases.catalogue import published
from functions.grades.usecases.matters import message
from functions.grades.usecases.publications import told_homes
from functions.organisation import queries as organisation
from functions.register import queries as register
from functions.register.queries import Enrolment, ListedPerson, PersonName, PupilRecord
from skolkit import jobs
from skolkit.audit import Trace
from skolkit.clock import now, today
from skolkit.config import origin
from skolkit.errors import Busy, ChangedMeanwhile, DomainError, NotFound
from skolkit.retry import persist
from skolkit.sweden.calendar import SchoolYear
from skolkit.sweden.codes import SchoolForm
from skolkit.table import Unchanged, Write, commit, fetch
from skolkit.types import PersonId, UnitId, new_id

AT_ONCE = 15
"""Pupils a step: some two seconds, so that little is done again when a worker dies."""

TEMPLATE = Path(__file__).parent.with_name("documents") / "document.typ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What a job makes, and as what: ids and codes alone."""

    unit: UnitId
    kind: DocumentKind
    form: SchoolForm
    language: Language
    period: str | None
    by: PersonId
    role: Issuer
    hours: int | None = None
    direction: str | None = None

    def request(self) -> dict[str, Any]:
        """As a job keeps it."""
        return {
            "unit": self.unit, "kind": self.kind, "form": self.form.value, "language": self.language,
            "period": self.period, "by": self.by, "role": self.role, "hours": self.hours,
            "direction": self.direction,
        }  # fmt: skip

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Task:
        """The task that a job keeps."""
        return cls(
            unit=UnitId(kept["unit"]), kind=kept["kind"], form=SchoolForm(kept["form"]),
            language=kept["language"], period=kept["period"], by=PersonId(kept["by"]), role=kept["role"],
            hours=int(kept["hours"]) if kept["hours"] is not None else None,
            direction=kept.get("direction"),  # jobs asked for before there was one have none
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Around:
    """What a task's documents have in common; `invalid`, `listed` and who is told (`homes`) of the pupils at
    hand.
    """

    task: Task
    unit: str
    unit_code: str
    organiser: str
    issuer: str
    period: Period | None
    invalid: Mapping[PersonId, int] = field(default_factory=dict)
    listed: Mapping[PersonId, ListedPerson] = field(default_factory=dict)
    homes: Mapping[PersonId, Sequence[PersonId]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Of:
    """A pupil with what the document shows and rests on."""

    record: PupilRecord
    entries: list[Entry]
    unchanged: list[Unchanged]
    finished: Finished | None = None
    enrolments: Sequence[Enrolment] = ()


def check(task: Task, pupil: PersonId) -> PersonId:
    """The pupil's record, when a document can be issued now; raises what stands in its way. Eight round
    trips.
    """
    record = register.present(pupil) or register.anyone(pupil)
    if record is None:
        raise NotFound
    return _gathered(_around(task), record.id).record.id


def write_documents(asked: DocumentsAsked) -> None:
    """Make the documents that were asked for."""
    jobs.run(DocumentJobItem, asked, _step, again=DocumentsAsked)


def _step(job: DocumentJobItem) -> bool:
    pupils = [PersonId(pupil) for pupil in job.request["pupils"]]
    start = int(job.place.get("next", 0))
    some = pupils[start : start + AT_ONCE]
    (rows,) = fetch(store.wanted_rows(job.id, some), consistent=True)
    left = [pupil for pupil in some if pupil not in rows]
    around = _with_pupils(_around(Task.of(job.request)), left)
    made = [*rows.values(), *(persist(partial(_issue, job, around, pupil)) for pupil in left)]
    counts: dict[str, int] = {name: int(number) for name, number in job.outcome.items()}
    for row in made:
        counts[row.outcome] = counts.get(row.outcome, 0) + 1
    job.total, job.done, job.outcome = len(pupils), start + len(some), counts
    job.place = {"next": start + len(some)}
    commit(job)
    return start + len(some) < len(pupils)


def _around(task: Task) -> _Around:
    """Two round trips, one more for a task of a period."""
    units, names = fetch(
        organisation.wanted_elements([task.unit, organisation.MUNICIPALITY]), register.wanted_names([task.by])
    )
    unit, organiser = units.get(task.unit), units.get(organisation.MUNICIPALITY)
    name: PersonName | None = names.get(task.by)
    return _Around(
        task=task, unit=unit.name if unit else "", unit_code=str(unit.code or "") if unit else "",
        organiser=organiser.name if organiser else "", issuer=_name(name),
        period=periods_store.find_period(task.period) if task.period else None,
    )  # fmt: skip


def _name(name: PersonName | None) -> str:
    """A name to print; "" for who is protected."""
    return f"{name.given_name} {name.family_name}" if name and not name.protected else ""


def _with_pupils(around: _Around, pupils: Sequence[PersonId]) -> _Around:
    """One round trip, three more when homes are told, and for a terminsbetyg those of the pupils'
    attendance. Homes are told of what they see: the documents of a period that is not published they are told
    of together with its grades.
    """
    (listed,) = fetch(register.wanted_listed(pupils))
    shown = around.period is None or around.period.shown(now())
    homes = told_homes(pupils) if shown and pupils else {}
    invalid: dict[PersonId, int] = {}
    if around.task.kind == "termGrades" and around.period:
        records = {pupil: register.records_of(pupil) for pupil in pupils}
        invalid = attendance.invalid_minutes(records, *_term(around.period), now())
    return replace(around, invalid=invalid, listed=listed, homes=homes)


def _term(period: Period) -> tuple[date, date]:
    """The days of a period's term."""
    year = words.term_year(period)
    return (
        (date(year, 1, 1), date(year, 6, 30))
        if period.term == "VT"
        else (date(year, 7, 1), date(year, 12, 31))
    )


def _gathered(around: _Around, pupil: PersonId) -> _Of:
    """A pupil whose document can be issued; raises what stands in its way. Three round trips, four without a
    period or with enrolments.
    """
    task, period, record = around.task, around.period, register.anyone(pupil)
    if record is None:
        raise NotFound
    unchanged, known = catalogue.as_read(record.records), catalogue.entries(record.records)
    enrolments = _enrolments(task, record)
    if task.unit not in {record.unit, *(e.unit for e in known), *(e.unit for e in enrolments)}:
        raise NotFound
    _check_time(around, record, enrolments)
    seen = rules.until(known, period.school_year, period.term) if period else published(known)
    done = _finished(task, record, seen, enrolments) if task.kind in exam_documents.KINDS else None
    entries = done.entries if done else rules.content_of(task.kind, task.form, seen, period)
    return _Of(record=record, entries=entries, unchanged=unchanged, finished=done, enrolments=enrolments)


def _enrolments(task: Task, record: PupilRecord) -> list[Enrolment]:
    """The pupil's enrolments of all times, where they are asked about. One round trip."""
    if task.kind not in _OF_ENROLMENTS and record.unit == task.unit:
        return []
    found = register.pupils([record.id]).get(record.id)
    return [e for e in found.enrolments if not e.cancelled] if found else []


def _check_time(around: _Around, record: PupilRecord, enrolments: Sequence[Enrolment]) -> None:
    """Whether it is time for a slutbetyg or an avgångsintyg; raises why not."""
    task = around.task
    if task.kind == "finalGrades":
        year, over = _schooling(task, enrolments)
        rules.check_final(task.form, year, record.birth_date, around.period, today(), ended=over)
    if task.kind == "leavingCertificate":
        stays = any(e.unit == task.unit and e.end is None for e in enrolments)
        rules.check_leaving(task.hours, open_there=stays)


_OF_ENROLMENTS = {"finalGrades", "leavingCertificate", *exam_documents.KINDS}


def _finished(
    task: Task, record: PupilRecord, known: Sequence[Entry], enrolments: Sequence[Enrolment]
) -> Finished:
    """What is finished of upper secondary school, in the programme read last, or of adult education in the
    direction asked for. Two round trips.
    """
    if task.form is SchoolForm.ADULT_UPPER_SECONDARY:
        parts = organisation.plan_parts(record.id, task.form)
        return adult_exams.finished(known, task.direction, parts)
    read = [e for e in enrolments if e.school_form == task.form and e.education_code and e.start <= today()]
    path = max(read, key=lambda e: e.start).education_code if read else None
    codes = organisation.plan_codes(record.id)
    plan = Plan(codes.common, codes.reduced) if codes else None
    return exam_documents.finished(task.kind, known, path or "", plan, today())


def _schooling(task: Task, enrolments: Sequence[Enrolment]) -> tuple[int | None, bool]:
    """The highest year a pupil has come to in the form, and whether it was read to the end of its spring."""
    mine = [e for e in enrolments if e.school_form == task.form and e.start <= today()]
    highest = max((e.year for e in mine if e.year is not None), default=None)
    ends = [e.end for e in mine if e.year == highest]
    return highest, any(end and end <= today() and _in_summer(end) for end in ends)


def _in_summer(end: date) -> bool:
    return end >= date(SchoolYear.of(end).start_year + 1, 6, 1)


def _issue(job: DocumentJobItem, around: _Around, pupil: PersonId) -> Row:
    """One pupil's document. Six round trips, one to S3, and 60 ms of setting the page."""
    try:
        of = _gathered(around, pupil)
    except (Busy, ChangedMeanwhile):
        raise
    except DomainError as refusal:
        row = Row(pupil, "refused", reason=refusal.code)
        commit(store.row_item(job, row))
        return row
    head, known = store.find_documents_head(of.record.id), store.documents_of(of.record.records)
    code = check_codes.code_from(os.urandom(13))
    new = _document(around, of, code)
    same = rules.standing_one(known, new)
    if same:
        row = Row(pupil, "unchanged", same.id)
        commit(store.row_item(job, row))
        return row
    file = _file(around, of, new, code)
    new = replace(new, sha256=sha256(file).hexdigest())
    store.put(new.id, new.number, file)
    head.latest, row = new.id, Row(pupil, "issued", new.id)
    home = around.homes.get(pupil, ())
    try:
        _commit(new, rules.replaced_by(known, new), home, [head, store.row_item(job, row), *of.unchanged])
    except ChangedMeanwhile:  # after anything else it may have been stored all the same
        store.destroy(new.id)
        raise
    return row


def _commit(new: Document, old: Sequence[Document], home: Sequence[PersonId], more: Sequence[Write]) -> None:
    template = "grade_document_replaced" if old else "grade_document_issued"
    commit(
        *store.document_writes(new, new.at),
        *(write for one in old for write in store.document_writes(one, new.at)),
        *more,
        facts=[
            DocumentIssued(document=new.id, pupil=new.pupil, kind=new.kind, unit=new.unit),
            *(DocumentEnded(document=one.id, pupil=one.pupil, state=one.state) for one in old),
            *message("document", new.id, new.pupil, home, template),
        ],
        trace=Trace(new.by, "issue_document", new.pupil, changes=f"{new.kind} {new.id}"),
    )


def _document(around: _Around, of: _Of, code: str) -> Document:
    """The record, as far as it is known before the page is set."""
    task, id, at = around.task, new_id(), now()
    return Document(
        id=id, pupil=of.record.id, kind=task.kind, language=task.language, form=task.form, unit=task.unit,
        unit_name=around.unit, at=at, by=task.by, role=task.role,
        number=rules.number_of(task.kind, id, today(at)), entries=rules.basis(of.entries),
        code=check_codes.hashed(code), sha256="", period=task.period,
        fingerprint=check_codes.fingerprint(code, of.record.birth_date, [e.value for e in of.entries]),
    )  # fmt: skip


def _file(around: _Around, of: _Of, new: Document, code: str) -> bytes:
    from skolkit import pdf  # the layer `documents`, which only the worker carries

    return pdf.pdf(TEMPLATE, words.content(_said(around, of, new, code), of.entries))


def _said(around: _Around, of: _Of, new: Document, code: str) -> Said:
    task, record = around.task, of.record
    listed = around.listed.get(record.id)
    url = f"{origin()}/grades/v1/documents/check?code={code}"
    leaving = task.kind == "leavingCertificate"
    return Said(
        kind=task.kind, language=task.language, form=task.form,
        holder=f"{record.given_name} {record.family_name}", born=record.birth_date,
        civic_no=listed.civic_no if listed and not record.protected else None, organiser=around.organiser,
        unit=around.unit, unit_code=around.unit_code, issuer=around.issuer, role=task.role,
        day=today(new.at), number=new.number, code=code, url=url, qr=qr(url), period=around.period,
        year=_year(around, of),
        invalid=around.invalid.get(record.id, 0) if task.kind == "termGrades" else None,
        names=_deciders(of.entries) if task.kind == "catalogueExtract" else {},
        stays=_stays(of.enrolments, task.form) if leaving else (),
        repeated=_repeated(of.enrolments, task.form) if leaving else (),
        programme=of.finished.programme if of.finished else None,
        sizes=of.finished.sizes if of.finished else {},
        offered=task.hours * 60 if leaving and task.hours is not None else None,
    )  # fmt: skip


def _year(around: _Around, of: _Of) -> int | None:
    """The year that the document names: the one graded in the term, or the highest."""
    task, period = around.task, around.period
    if task.kind == "termGrades" and period:
        term = (e.year for e in of.entries if (e.school_year, e.term) == (period.school_year, period.term))
        return next((year for year in term if year is not None), None)
    named = task.kind in ("finalGrades", "leavingCertificate")
    return _schooling(task, of.enrolments)[0] if named else None


def _deciders(entries: Sequence[Entry]) -> dict[PersonId, str]:
    """Who decided, by name. One round trip per 100."""
    people = sorted({d.person for entry in entries for d in entry.deciders})
    names: dict[PersonId, PersonName] = fetch(register.wanted_names(people))[0]
    return {id: _name(name) for id, name in names.items()}


def _stays(enrolments: Sequence[Enrolment], form: SchoolForm) -> list[Stay]:
    mine = sorted((e for e in enrolments if e.school_form == form), key=lambda e: e.start)
    (units,) = fetch(organisation.wanted_units(sorted({e.unit for e in mine})))
    return [
        Stay(unit=units[e.unit].name if e.unit in units else "–", year=e.year, start=e.start, end=e.end)
        for e in mine
    ]


def _repeated(enrolments: Sequence[Enrolment], form: SchoolForm) -> list[tuple[int, str]]:
    """Years that were read in two school years, with the later of them."""
    seen: dict[int, set[SchoolYear]] = {}
    for e in enrolments:
        if e.school_form == form and e.year is not None:
            seen.setdefault(e.year, set()).add(SchoolYear.of(e.start))
    return [
        (year, str(max(when, key=lambda y: y.start_year)))
        for year, when in sorted(seen.items())
        if len(when) > 1
    ]


def qr(url: str) -> str:
    """A QR code as SVG."""
    import segno  # of the same layer

    made = io.BytesIO()
    segno.make(url, error="m", micro=False).save(made, kind="svg", border=0, xmldecl=False, nl=False)
    return made.getvalue().decode()
