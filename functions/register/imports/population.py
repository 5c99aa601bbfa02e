"""Files from the population register (process 1): one changed person a line, JSON Lines in UTF-8.

The file is read once, whole: what cannot be read is parked, of several records of one person the latest is
taken, and for the rest facts say where in the file they are, nothing of what they say. `take_records` reads
them there.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import IO, Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, Field

from functions.register.domain.contacts import Address, AddressType
from functions.register.domain.people import Marking
from functions.register.domain.population import Contradiction, Custody, Notice
from functions.register.events import PopulationFileRead, PopulationRecordsArrived, RecordPlace
from functions.register.store.items import RegisterImportItem
from functions.register.store.population import Place, park
from skolkit.audit import Trace
from skolkit.aws import client
from skolkit.clock import now, stamp, today
from skolkit.errors import Text
from skolkit.imports import (
    KEPT_DAYS,
    LONGEST_LINE,
    MOST_FAULTS,
    FileRow,
    Importer,
    RowFault,
    UnfitFile,
    check_encoding,
    read_row,
)
from skolkit.sweden.codes import MunicipalityCode
from skolkit.sweden.identity_numbers import parse_identity_number
from skolkit.table import chunks, commit
from skolkit.triggers import DroppedFile
from skolkit.types import stable_id

RECORDS = 50  # in a message; a failing one goes on alone
SPAN = 1_000_000  # bytes that a message's records may lie apart
FACTS = 90  # of them in a transaction
_BOM = b"\xef\xbb\xbf"


def _civic_no(text: str) -> str:
    return parse_identity_number(text).value


CivicNo = Annotated[str, AfterValidator(_civic_no)]
Name = Annotated[str, Field(min_length=1, max_length=100)]
Municipality = Annotated[str, AfterValidator(MunicipalityCode)]
DeregistrationReason = Literal["Avliden", "Utvandrad", "Annan"]


class HomeRow(FileRow):
    """A postal address."""

    street: Name
    postal_code: Annotated[str, Field(max_length=10)]
    locality: Name
    care_of: Name | None = None
    country: Name = "Sverige"

    def address(self, kind: AddressType, municipality: str | None = None) -> Address:
        return Address(
            self.street, self.postal_code, self.locality, kind, self.country, municipality, self.care_of
        )


class RelationRow(FileRow):
    """Somebody by number, and from when until when."""

    identity_number: CivicNo
    from_date: date | None = None
    to_date: date | None = None

    def custody(self) -> Custody:
        born = parse_identity_number(self.identity_number).birth_date
        return Custody(self.identity_number, self.from_date, self.to_date, born)


class RegisteredRow(FileRow):
    """Where the person is registered (folkbokförd)."""

    municipality: Municipality
    parish: Annotated[str, Field(pattern=r"^[0-9]{2,6}$")] | None = None
    since: date | None = None


class DeregistrationRow(FileRow):
    """Why and when the person was removed from the population register (avregistrerad)."""

    reason: DeregistrationReason
    on: date


class NoticeRow(FileRow):
    """One person as of `time`. `guardians` and `children` are complete lists; left out, the record does not
    speak of them.
    """

    identity_number: CivicNo
    time: AwareDatetime
    earlier_number: CivicNo | None = None
    given_name: Name
    middle_name: Name | None = None
    family_name: Name
    birth_date: date | None = None
    security_marking: Marking = "Ingen"
    deregistered: DeregistrationRow | None = None
    registered: RegisteredRow | None = None
    address: HomeRow | None = None
    postal_address: HomeRow | None = None
    guardians: Annotated[list[RelationRow], Field(max_length=10)] | None = None
    children: Annotated[list[RelationRow], Field(max_length=40)] | None = None

    def notice(self) -> Notice:
        """The record as the rules know it."""
        number = parse_identity_number(self.identity_number)
        gone, where = self.deregistered, self.registered
        code = where.municipality if where else None
        return Notice(
            number=number.value,
            time=stamp(self.time),
            day=today(self.time),
            digest=self.digest,
            given_name=self.given_name,
            middle_name=self.middle_name,
            family_name=self.family_name,
            born=self.birth_date or number.birth_date,
            sex=number.sex,
            marking=self.security_marking,
            status="Aktiv" if gone is None or gone.reason == "Annan" else gone.reason,
            deregistered=gone.on if gone else None,
            earlier=self.earlier_number,
            municipality=code,
            parish=where.parish if where else None,
            since=where.since if where else None,
            addresses=(
                *([self.address.address("Folkbokföring", code)] if self.address else ()),
                *([self.postal_address.address("Särskild postadress")] if self.postal_address else ()),
            ),
            guardians=None if self.guardians is None else tuple(r.custody() for r in self.guardians),
            children=tuple(r.custody() for r in self.children or ()),
        )

    @property
    def digest(self) -> str:
        """Recognises the same record when it comes again."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()


def _taken_elsewhere(*_: object) -> list[RowFault]:
    return []


NOTICES: Importer[NoticeRow] = Importer(
    name="import_population",
    item=RegisterImportItem,
    finished=PopulationFileRead,
    read=NoticeRow.model_validate_json,
    take=_taken_elsewhere,
    key=lambda row: row.identity_number,
    shown=("securityMarking", "time", "fromDate", "toDate", "municipality", "parish", "reason", "since"),
)


@dataclass
class _Survey:
    """What the file holds: `latest` record by number as (time, digest, place), who is named as a guardian,
    what is wrong.
    """

    latest: dict[str, tuple[str, str, Place]] = field(default_factory=dict)
    guardians: set[str] = field(default_factory=set)
    faults: list[tuple[Place, RowFault]] = field(default_factory=list)
    rows: int = 0
    superseded: int = 0


def read_population(file: DroppedFile) -> None:
    """Read a file and send its records on their way; a drop that was read before is left alone.

    Besides S3: per 4,500 records a transaction, per 50 bad ones a read and two writes.
    """
    head = client("s3").head_object(Bucket=file.bucket, Key=file.key)
    run = stable_id("import", file.key, head["ETag"], stamp(head["LastModified"]))
    key = (f"IMPORT#{run}", "CURSOR")
    expires = int(now().timestamp()) + KEPT_DAYS * 86_400
    cursor = RegisterImportItem.find(*key) or RegisterImportItem(*key, key=file.key, expires=expires)
    if cursor.finished:
        return
    survey = _Survey()
    whole = Place(file_id(file.key, head["ETag"]), file.bucket, file.key, head["ETag"], 0, 0, 0)
    with tempfile.SpooledTemporaryFile(max_size=64 << 20) as content:
        for part in client("s3").get_object(Bucket=file.bucket, Key=file.key)["Body"].iter_chunks(1 << 20):
            content.write(part)
        try:
            check_encoding(content)
            _survey(content, whole, survey)
        except UnfitFile as unfit:
            survey = _Survey(rows=1, faults=[(replace(whole, line=unfit.fault.line), unfit.fault)])
    by_line = {place.line: (place, fault) for place, fault in survey.faults}
    park((place, fault.field, fault.reason) for place, fault in by_line.values())
    _send(survey, cursor)
    _report(file, run, cursor, survey, len(by_line))


def file_id(key: str, etag: str) -> str:
    """The id of a file's content under its key: the same however often it is dropped."""
    return stable_id("population", key, etag)


def _survey(content: IO[bytes], whole: Place, survey: _Survey) -> None:
    for line, offset, raw in _lines(content):
        survey.rows += 1
        place = replace(whole, line=line, offset=offset, length=len(raw))
        row, faults = read_row(line, raw, NOTICES)
        survey.faults += [(place, fault) for fault in faults]
        if row:
            _note(survey, row.data, place)


def _note(survey: _Survey, row: NoticeRow, place: Place) -> None:
    time, digest = stamp(row.time), row.digest
    survey.guardians |= {relation.identity_number for relation in row.guardians or ()}
    known = survey.latest.get(row.identity_number)
    if known and known[:2] != (time, digest) and known[0] == time:
        survey.faults += [
            (at, RowFault(at.line, "time", Contradiction.reason, Contradiction.advice))
            for at in (known[2], place)
        ]
    survey.superseded += known is not None
    if known is None or time > known[0]:
        survey.latest[row.identity_number] = (time, digest, place)


def _lines(content: IO[bytes]) -> Iterator[tuple[int, int, bytes]]:
    """Line number, offset and bytes of every line with something on it, without a byte order mark."""
    offset = len(_BOM) if content.read(3) == _BOM else 0
    content.seek(offset)
    line = 0
    while raw := content.readline(LONGEST_LINE):
        line += 1
        if len(raw) == LONGEST_LINE:
            raise UnfitFile(
                line,
                Text("Raden är längre än en miljon byte.", "The line is longer than a million bytes."),
                Text("Skriv en rad per person (JSON Lines).", "Write one line per person (JSON Lines)."),
            )
        if raw.strip():
            yield line, offset, raw
        offset += len(raw)


def _send(survey: _Survey, cursor: RegisterImportItem) -> None:
    bad = {place.line for place, _ in survey.faults}
    known = survey.latest.items()
    left = ((place, number in survey.guardians) for number, (_, _, place) in known if place.line not in bad)
    ordered = sorted(left, key=lambda found: found[0].line)
    after = (found for found in ordered if found[0].line >= cursor.next_line)
    for facts in chunks(_facts(after), FACTS):
        cursor.next_line = facts[-1].records[-1].line + 1
        commit(cursor, facts=facts)


def _facts(found: Iterator[tuple[Place, bool]]) -> Iterator[PopulationRecordsArrived]:
    some: list[tuple[Place, bool]] = []
    for place, guardian in found:
        if some and (len(some) == RECORDS or place.offset + place.length - some[0][0].offset > SPAN):
            yield arrived(some)
            some = []
        some.append((place, guardian))
    if some:
        yield arrived(some)


def arrived(places: list[tuple[Place, bool]], *, retried: bool = False) -> PopulationRecordsArrived:
    """The fact about records of one file; with each, whether somebody in the file names them as guardian."""
    first = places[0][0]
    records = [
        RecordPlace(line=p.line, offset=p.offset, length=p.length, guardian=guardian)
        for p, guardian in places
    ]
    return PopulationRecordsArrived(
        bucket=first.bucket, file=first.file, etag=first.etag, records=records, retried=retried
    )


def _report(file: DroppedFile, run: str, cursor: RegisterImportItem, survey: _Survey, failed: int) -> None:
    body = {
        "import": run,
        "file": file.key,
        "finished": stamp(now()),
        "rows": survey.rows,
        "failed": failed,
        "superseded": survey.superseded,
        "faults": [fault.record() for _, fault in survey.faults[:MOST_FAULTS]],
    }
    client("s3").put_object(
        Bucket=file.bucket,
        Key=f"reports/{file.key}.json",
        Body=json.dumps(body, ensure_ascii=False, indent=1).encode(),
        ContentType="application/json; charset=utf-8",
    )
    cursor.finished, cursor.rows, cursor.failed = True, survey.rows, failed
    fact = PopulationFileRead(import_id=run, rows=survey.rows, failed=failed)
    name = NOTICES.name
    commit(cursor, facts=[fact], trace=Trace(f"system:{name}", name, run, "file", f"{survey.rows} rows"))
