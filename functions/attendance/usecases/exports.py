"""Tables of attendance as files (processes 20 and 24): a job writes one into S3, a link fetches it.

Nobody with protected identity is in a file. A link is given only while nobody in the file has become
protected and whoever asked still has the right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from functions.access import guard
from functions.attendance.domain import csn as csn_rules
from functions.attendance.domain import statistics as rules
from functions.attendance.domain.csn import Case
from functions.attendance.domain.totals import Sums, month_of
from functions.attendance.events import ExportAsked
from functions.attendance.schemas.csn import NewCsnFile
from functions.attendance.schemas.statistics import NewExport
from functions.attendance.store import csn as csn_store
from functions.attendance.store import totals as store
from functions.attendance.store.totals import StatisticsJobItem
from functions.attendance.usecases import statistics
from functions.attendance.usecases.totals import span_of
from functions.organisation import queries as organisation
from functions.register import queries as register
from functions.register.queries import ListedPerson, PersonName
from skolkit import jobs
from skolkit.audit import Trace, record_read
from skolkit.clock import now, today
from skolkit.errors import DomainError, NotFound, Text
from skolkit.idempotency import RequestKey
from skolkit.identity import SCHOOL_SCOPE, Caller
from skolkit.jobs import JobView
from skolkit.table import LIMIT, chunks, commit, fetch
from skolkit.tables import bucket
from skolkit.tables.formats import CONTENT_TYPES, write_table
from skolkit.tables.shapes import FileLink
from skolkit.types import PersonId, UnitId

CASES = 20  # marked in one transaction: each with its decision to report
Rows = list[list[object]]
SUMS = (
    "Närvaro, min", "Giltig frånvaro, min", "Ogiltig frånvaro, min", "Annan närvaro, min", "Rapporterat, min",
    "Erbjudet, min", "Lektioner", "Orapporterade", "Sena", "Ledighetsdagar", "Giltig, %", "Ogiltig, %",
)  # fmt: skip
CSN = (
    "Personnummer", "Skolenhetskod", "Uppgift", "Månad", "Första skolkdag", "Ogiltig frånvaro, timmar",
    "Ogiltig frånvaro, min", "Heltid från", "Beslutsdag",
)  # fmt: skip


class FileGone(DomainError):
    """A file has come to its end, or shows somebody who has become protected."""

    status = 410
    reason = Text("Filen finns inte längre.", "The file is there no longer.")
    advice = Text("Gör en ny fil.", "Make a new file.")


class NoFileYet(DomainError):
    """The file is being written."""

    reason = Text("Filen är inte klar.", "The file is not ready.")
    advice = Text("Vänta tills jobbet är klart.", "Wait until the job is done.")


# Asking


def export_attendance(caller: Caller, unit: UnitId, new: NewExport, key: RequestKey) -> JobView:
    """Ask for a table of a unit's attendance. Two round trips."""
    _may(caller, "export_attendance", unit)
    first, last = span_of(new)
    request = new.model_dump(mode="json") | {
        "unit": unit, "first": first.isoformat(), "last": last.isoformat()
    }  # fmt: skip
    return _ask(caller, "export_attendance", request, key)


def export_csn(caller: Caller, unit: UnitId, new: NewCsnFile, key: RequestKey) -> JobView:
    """Ask for the file of a unit's approved reports of a month. Two round trips."""
    _may(caller, "export_csn", unit)
    return _ask(caller, "export_csn", new.model_dump(mode="json") | {"unit": unit}, key)


def _ask(caller: Caller, name: str, request: dict[str, Any], key: RequestKey) -> JobView:
    return jobs.view(jobs.ask(StatisticsJobItem, ExportAsked, name, caller.person_id, request, key))


def _may(caller: Caller, job: str, unit: UnitId) -> None:
    action: guard.Action = "attendance:handle_csn" if job == "export_csn" else "attendance:read_statistics"
    guard.require(caller, action, guard.Unit(unit), organisation.duties_of(caller.person_id))


def read_attendance_export(caller: Caller, id: str) -> JobView:
    """How far a file has come. Two round trips."""
    return jobs.view(_seen(caller, id))


def link_attendance_export(caller: Caller, id: str) -> FileLink:
    """A link to a file. Four round trips, one of them to S3, and one per 100 people in it."""
    job = _seen(caller, id)
    if job.state != "done":
        raise NoFileYet(field="job", value=id)
    until = datetime.fromisoformat(str(job.ended)) + timedelta(days=bucket.DAYS["exports"])
    people: list[PersonId] | None = bucket.get_json(_key(job, "people.json"))
    if people is None or until < now() or _protected(people):
        raise FileGone(field="job", value=id)
    record_read(Trace(caller.person_id, "link_attendance_export", id))
    name = f"{job.job}.{job.request['format']}"
    return FileLink(url=bucket.link(_key(job, name), name), seconds=bucket.LINK_SECONDS)


def _seen(caller: Caller, id: str) -> StatisticsJobItem:
    job = jobs.find(StatisticsJobItem, id)
    if job is None or job.asked_by != caller.person:
        raise NotFound
    _may(caller, job.job, UnitId(job.request["unit"]))
    return job


# Writing


def write_export(asked: ExportAsked) -> None:
    """Write a file: the whole table at once, since it has to be put in order. Reports to CSN are marked
    first, twenty a step, so that each is in one file.
    """
    jobs.run(StatisticsJobItem, asked, _step, again=ExportAsked)


def _step(job: StatisticsJobItem) -> bool:
    caller = Caller(PersonId(job.asked_by), "exports", frozenset({SCHOOL_SCOPE}))
    _may(caller, job.job, UnitId(job.request["unit"]))
    if job.job == "export_csn" and _mark(job):
        return True
    headings, rows, people = _csn(job) if job.job == "export_csn" else _table(job)
    content = write_table([headings, *rows], job.request["format"], title="Närvaro")
    bucket.put_json(_key(job, "people.json"), people)
    bucket.put(_key(job, f"{job.job}.{job.request['format']}"), content, CONTENT_TYPES[job.request["format"]])
    job.total = job.done = len(rows)
    job.outcome = {**job.outcome, "rows": len(rows)}
    commit(job, trace=Trace(job.asked_by, job.job, job.request["unit"], changes=f"{len(rows)} rows"))
    return False


def _key(job: StatisticsJobItem, name: str) -> str:
    return bucket.key("exports", job.id, name)


def _table(job: StatisticsJobItem) -> tuple[Sequence[str], Rows, list[PersonId]]:
    asked, unit = job.request, UnitId(job.request["unit"])
    first, last = (date.fromisoformat(asked[name]) for name in ("first", "last"))
    if asked["table"] == "pupils":
        return _pupils(statistics.absent_pupils(unit, first, last, asked["measure"], asked["share"], 0))
    if asked["table"] == "reporting":
        found = statistics.reporting(unit, first, last)
        names = statistics.teacher_names([teacher for teacher, _ in found])
        rows: Rows = [[*names[t], s.lessons, s.unreported] for t, s in found]
        return ("Förnamn", "Efternamn", "Lektioner", "Orapporterade"), rows, []
    parts = rules.table(store.unit_cells(unit, first, last), asked["by"], split=asked["split"])
    values = _labels(unit, asked["by"], [part.value for part in parts])
    rows = []
    for part in parts:
        label = values.get(part.value, part.value)
        rows.append([label, "", *(_cells(part.sums) if part.sums else ["–"])])
        rows += [[label, sex, *_cells(sums)] for sex, sums in sorted((part.sexes or {}).items())]
    return ("Rad", "Kön", *SUMS), rows, []


def _labels(unit: UnitId, by: str, values: Sequence[str]) -> dict[str, str]:
    """The names of classes."""
    if by != "class":
        return {}
    names = {row.id: row.name for row in organisation.groups_at(unit, today())}
    return {value: names.get(value, value) for value in values}  # type: ignore[call-overload]


def _pupils(found: Sequence[statistics.Row]) -> tuple[Sequence[str], Rows, list[PersonId]]:
    rows: Rows = []
    people: list[PersonId] = []
    for some in chunks(found, LIMIT):
        names: dict[PersonId, PersonName] = fetch(register.wanted_names([p for p, _ in some]))[0]
        for pupil, sums in some:
            name = names.get(pupil)
            if name and not name.protected:
                people.append(pupil)
                rows.append([pupil, name.given_name, name.family_name, *_cells(sums)])
    return ("Elev-id", "Förnamn", "Efternamn", *SUMS), rows, people


def _cells(sums: Sums) -> list[object]:
    shares = (sums.share(minutes) for minutes in (sums.valid, sums.invalid))
    return [*sums.row(), *(str(share).replace(".", ",") for share in shares)]


def _protected(people: Sequence[PersonId]) -> bool:
    names: dict[PersonId, PersonName] = fetch(register.wanted_names(people))[0] if people else {}
    return any(person not in names or names[person].protected for person in people)


# Reports to CSN


def _mark(job: StatisticsJobItem) -> bool:
    """Mark some reports as in this file; whether there were any. Those of protected pupils are left to the
    office, which sends them by hand.
    """
    unit, month = UnitId(job.request["unit"]), month_of(job.request["month"])[0]
    left = [c for c in csn_store.cases_of(unit, month) if _is_due(c, job.id, again=job.request["again"])]
    names: dict[PersonId, PersonName] = (
        fetch(register.wanted_names([c.pupil for c in left]))[0] if left else {}
    )
    open_ = [c for c in left if c.pupil in names and not names[c.pupil].protected]
    job.outcome = {"withheld": len(left) - len(open_)}
    some = [_marked(case, job.id, again=job.request["again"]) for case in open_[:CASES]]
    if some:
        job.done += len(some)
        commit(job, *(write for case in some for write in csn_store.case_writes(case)))
    return bool(some)


def _is_due(case: Case, file: str, *, again: bool) -> bool:
    new = case.file is None or (again and case.file != file)
    back = case.full_time is not None and (case.back_file is None or (again and case.back_file != file))
    return case.state == "approved" and (new or back)


def _marked(case: Case, file: str, *, again: bool) -> Case:
    new = case.file is None or again
    back = case.full_time is not None and (case.back_file is None or again)
    return replace(case, file=file if new else case.file, back_file=file if back else case.back_file)


def _csn(job: StatisticsJobItem) -> tuple[Sequence[str], Rows, list[PersonId]]:
    unit, month = UnitId(job.request["unit"]), month_of(job.request["month"])[0]
    cases = [c for c in csn_store.cases_of(unit, month) if job.id in (c.file, c.back_file)]
    listed: dict[PersonId, ListedPerson] = {}
    for some in chunks((case.pupil for case in cases), LIMIT):
        listed |= fetch(register.wanted_listed(some))[0]
    record = organisation.unit(unit)
    code = str(record.code) if record and record.code else ""
    rows: Rows = []
    for case in cases:
        person, about = listed.get(case.pupil), case.decided
        if person is None or person.protected or about is None:
            continue
        head = [person.civic_no or "", code]
        if case.file == job.id:
            numbers = [csn_rules.hours(about.minutes), about.minutes]
            rows.append(
                [*head, "frånvaro", f"{month:%Y-%m}", str(about.first_day), *numbers, "", str(about.day)]
            )
        if case.back_file == job.id:
            rows.append([*head, "åter", f"{month:%Y-%m}", "", "", "", str(case.full_time), ""])
    return CSN, rows, [case.pupil for case in cases]
