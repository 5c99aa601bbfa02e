"""Documents: `PUPIL#<id>` / `DOCUMENT#<id>`, the record; `CHECK#<hash of the code>` / `CHECK`, what everybody
may know of it, in the same transactions; `PERSON#<id>` / `ISSUED#<id>` of who issued it; `UNIT#<id>` /
`DUE-DOCUMENT#<id>` while it is to be replaced. The files are in the bucket of documents,
`grades/documents/<id>.pdf`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, cast

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from functions.grades.domain.check_page import Checked, Tries
from functions.grades.domain.documents import Document, DocumentKind, State
from functions.grades.store import GradesItem
from skolkit.aws import client
from skolkit.clock import LOCAL, stamp
from skolkit.config import documents_bucket, table_name
from skolkit.cursor import seal, unseal
from skolkit.jobs import JobItem
from skolkit.sweden.codes import SchoolForm
from skolkit.table import Overwrite, Remove, Wanted, Write
from skolkit.types import PersonId, UnitId

LINK_SECONDS = 300
Outcome = Literal["issued", "unchanged", "refused"]


class DocumentItem(GradesItem, discriminator="grade_document"):
    """A document; `said` is what never changes."""

    said = UnicodeAttribute()
    issued_by = UnicodeAttribute()
    state = UnicodeAttribute()
    ended = UnicodeAttribute(null=True)
    ended_by = UnicodeAttribute(null=True)
    stale = UnicodeAttribute(null=True)


class DocumentsHeadItem(GradesItem, discriminator="grade_document_head"):
    """Moves with every document of a pupil, so that two at the same time do not both take the place of the
    one before.
    """

    latest = UnicodeAttribute()


class IssuedItem(GradesItem, discriminator="grade_document_issued"):
    """That somebody has issued a document, for whoever asks what is kept of them."""

    number = UnicodeAttribute()
    at = UnicodeAttribute()


class CheckItem(GradesItem, discriminator="grade_document_check"):
    """What the public page tells of a document: nothing of whose it is."""

    document_kind = UnicodeAttribute()
    number = UnicodeAttribute()
    unit_name = UnicodeAttribute()
    day = UnicodeAttribute()
    sha256 = UnicodeAttribute()
    fingerprint = UnicodeAttribute()
    state = UnicodeAttribute()
    ended = UnicodeAttribute(null=True)


class DueDocumentItem(GradesItem, discriminator="grade_document_due"):
    """A document to be replaced, in its unit's list."""

    pupil = UnicodeAttribute()
    document_kind = UnicodeAttribute()
    since = UnicodeAttribute()


class DocumentJobItem(JobItem, discriminator="grade_document_job"):
    """Documents that are issued together."""

    class Meta:
        table_name = table_name("grades")


class DocumentRowItem(GradesItem, discriminator="grade_document_row"):
    """What became of one pupil in a job; ends with it."""

    pupil = UnicodeAttribute()
    outcome = UnicodeAttribute()
    document = UnicodeAttribute(null=True)
    reason = UnicodeAttribute(null=True)


class CheckTriesItem(GradesItem, discriminator="grade_check_tries"):
    """How many codes that are none an address has tried; forgotten after an hour."""

    tries = NumberAttribute()
    until = UnicodeAttribute()


# Records


def document_item(d: Document) -> DocumentItem:
    """The record over the version it was read with."""
    said = {
        "kind": d.kind, "language": d.language, "form": d.form.value, "unit": d.unit,
        "unitName": d.unit_name, "at": stamp(d.at),
        "role": d.role, "number": d.number, "entries": d.entries, "code": d.code, "sha256": d.sha256,
        "fingerprint": d.fingerprint, "period": d.period,
    }  # fmt: skip
    return DocumentItem(
        f"PUPIL#{d.pupil}", f"DOCUMENT#{d.id}", issued_by=d.by, state=d.state, stale=d.stale,
        said=json.dumps(said, ensure_ascii=False, separators=(",", ":")),
        ended=stamp(d.ended) if d.ended else None, ended_by=d.ended_by or None,
    ).over(d.version)  # fmt: skip


def document_writes(d: Document, at: datetime) -> list[Write]:
    """What stores a document, what everybody may know of it, and its line among those to be replaced."""
    check = CheckItem(
        f"CHECK#{d.code}", "CHECK", document_kind=d.kind, number=d.number, unit_name=d.unit_name,
        day=d.at.astimezone(LOCAL).date().isoformat(), sha256=d.sha256, fingerprint=d.fingerprint,
        state=d.state, ended=stamp(d.ended) if d.ended else None,
    )  # fmt: skip
    check.version = d.version or 0
    due = DueDocumentItem(
        f"UNIT#{d.unit}", f"DUE-DOCUMENT#{d.id}", pupil=d.pupil, document_kind=d.kind, since=stamp(at)
    )
    listed: list[Write] = [Overwrite(due) if d.stale else Remove(due)]
    by = IssuedItem(f"PERSON#{d.by}", f"ISSUED#{d.id}", number=d.number, at=stamp(d.at))
    return [document_item(d), Overwrite(check), *(listed if d.version else [Overwrite(by)])]


def issued_by(person: PersonId) -> list[tuple[str, str]]:
    """Number and moment of every document that somebody has issued. One consistent query per megabyte."""
    begins = IssuedItem.sk.startswith("ISSUED#")
    return [(i.number, i.at) for i in IssuedItem.query(f"PERSON#{person}", begins, consistent_read=True)]


def _document(item: DocumentItem) -> Document:
    said = json.loads(item.said)
    return Document(
        id=str(item.sk).removeprefix("DOCUMENT#"), pupil=PersonId(str(item.pk).removeprefix("PUPIL#")),
        kind=said["kind"], language=said["language"], form=SchoolForm(said["form"]),
        unit=UnitId(said["unit"]), unit_name=said["unitName"],
        at=_instant(said["at"]), by=PersonId(item.issued_by), role=said["role"],
        number=said["number"], entries=tuple((id, digest) for id, digest in said["entries"]),
        code=said["code"], sha256=said["sha256"], fingerprint=said["fingerprint"], period=said["period"],
        state=cast("State", item.state), ended=_instant(item.ended) if item.ended else None,
        ended_by=item.ended_by or "", stale=item.stale, version=int(item.version or 0),
    )  # fmt: skip


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def documents_of(pupils: Sequence[PersonId]) -> list[Document]:
    """All documents of a pupil's records, oldest first. One consistent query per record."""
    begins = DocumentItem.sk.startswith("DOCUMENT#")
    found = [
        _document(item)
        for pupil in pupils
        for item in DocumentItem.query(f"PUPIL#{pupil}", begins, consistent_read=True)
    ]
    return sorted(found, key=lambda d: (d.at, d.id))


def find_documents_head(pupil: PersonId) -> DocumentsHeadItem:
    """What moves with a pupil's documents, to be read before them. One consistent get."""
    key = f"PUPIL#{pupil}", "DOCUMENTS"
    return DocumentsHeadItem.find(*key) or DocumentsHeadItem(*key, latest="")


def find_document(pupils: Sequence[PersonId], id: str) -> Document | None:
    """A document of one of a pupil's records. One consistent get per record."""
    found = (DocumentItem.find(f"PUPIL#{pupil}", f"DOCUMENT#{id}") for pupil in pupils)
    return next((_document(item) for item in found if item), None)


@dataclass(frozen=True, slots=True)
class DueDocument:
    """A line among a unit's documents to be replaced."""

    document: str
    pupil: PersonId
    kind: DocumentKind
    since: datetime


def page_of_due(
    unit: UnitId, limit: int, cursor: str | None, *bound_to: str
) -> tuple[list[DueDocument], str | None]:
    """A page of a unit's documents to be replaced, oldest first. One consistent query."""
    page = DueDocumentItem.query(
        f"UNIT#{unit}", DueDocumentItem.sk.startswith("DUE-DOCUMENT#"), limit=limit, consistent_read=True,
        last_evaluated_key=unseal(cursor, "documents to replace", unit, *bound_to),
    )  # fmt: skip
    found = [
        DueDocument(
            str(item.sk).removeprefix("DUE-DOCUMENT#"), PersonId(item.pupil),
            cast("DocumentKind", item.document_kind), _instant(item.since),
        )
        for item in page
    ]  # fmt: skip
    return found, seal(page.last_evaluated_key, "documents to replace", unit, *bound_to)


# Jobs


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one pupil: the document, or why there is none."""

    pupil: PersonId
    outcome: Outcome
    document: str | None = None
    reason: str | None = None


def row_item(job: DocumentJobItem, row: Row) -> DocumentRowItem:
    """A row, put once."""
    return DocumentRowItem(
        f"JOB#{job.id}", f"PUPIL#{row.pupil}", pupil=row.pupil, outcome=row.outcome, document=row.document,
        reason=row.reason, expires=job.expires,
    )  # fmt: skip


def wanted_rows(job: str, pupils: Iterable[PersonId]) -> Wanted[dict[PersonId, Row]]:
    """The rows of pupils that there are, for `skolkit.table.fetch`."""
    keys = [(f"JOB#{job}", f"PUPIL#{pupil}") for pupil in pupils]
    return Wanted(DocumentRowItem, keys, lambda found: {r.pupil: r for r in map(_row, found.values())})


def page_of_rows(job: str, limit: int, cursor: str | None, *bound_to: str) -> tuple[list[Row], str | None]:
    """A page of a job's rows. One consistent query."""
    page = DocumentRowItem.query(
        f"JOB#{job}", DocumentRowItem.sk.startswith("PUPIL#"), limit=limit, consistent_read=True,
        last_evaluated_key=unseal(cursor, "documents of job", job, *bound_to),
    )  # fmt: skip
    found = [_row(item) for item in page]
    return found, seal(page.last_evaluated_key, "documents of job", job, *bound_to)


def _row(item: DocumentRowItem) -> Row:
    return Row(PersonId(item.pupil), cast("Outcome", item.outcome), item.document, item.reason)


# The public page


def find_check(code: str) -> Checked | None:
    """What everybody may know of the document whose code has this hash. One consistent get."""
    item = CheckItem.find(f"CHECK#{code}", "CHECK")
    if item is None:
        return None
    return Checked(
        kind=cast("DocumentKind", item.document_kind), number=item.number, unit=item.unit_name,
        day=item.day, sha256=item.sha256, fingerprint=item.fingerprint, state=cast("State", item.state),
        ended=_instant(item.ended).astimezone(LOCAL).date().isoformat() if item.ended else None,
    )  # fmt: skip


def tries_of(address: str) -> Tries:
    """How many wrong codes an address (its hash) has tried. One consistent get."""
    item = CheckTriesItem.find(f"TRIES#{address}", "TRIES")
    return Tries(int(item.tries), _instant(item.until), item.version) if item else Tries()


def tries_item(address: str, tries: Tries) -> CheckTriesItem:
    """The count over the version read."""
    assert tries.until
    item = CheckTriesItem(f"TRIES#{address}", "TRIES", tries=tries.count, until=stamp(tries.until))
    item.expires = int(tries.until.timestamp())
    return item.over(tries.version)


# Files


def _key(document: str) -> str:
    return f"grades/documents/{document}.pdf"


def put(document: str, number: str, content: bytes) -> None:
    """Store a document's file. One round trip to S3."""
    arguments: dict[str, Any] = {"Bucket": documents_bucket(), "Key": _key(document), "Body": content}
    client("s3").put_object(
        **arguments, ContentType="application/pdf", ContentDisposition=f'attachment; filename="{number}.pdf"'
    )


def link(document: str) -> str:
    """Where to fetch a file for five minutes. No round trip."""
    url: str = client("s3").generate_presigned_url(
        "get_object", Params={"Bucket": documents_bucket(), "Key": _key(document)}, ExpiresIn=LINK_SECONDS
    )
    return url


def destroy(document: str) -> None:
    """Take a file away: no link leads to it, and what is left of it is gone within a day. One round trip to
    S3.
    """
    client("s3").delete_object(Bucket=documents_bucket(), Key=_key(document))
