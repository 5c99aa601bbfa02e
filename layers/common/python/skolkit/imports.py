"""Files that arrive in the imports bucket: taken row by row in chunks that continue after a crash, bad rows
reported.

An area says how a row looks (a pydantic model) and what to do with a chunk of good rows; this module reads
the file (JSON Lines, a JSON document, or CSV; UTF-8), goes on past bad rows, remembers how far it came in a
cursor item, and at the end writes `reports/<key>.json` beside the file and the fact
`<area>.ImportFinished.v1`. Reports name line, field, reason and what to do, never a personal value.
"""

from __future__ import annotations

import csv
import io
import json
import re
import tempfile
import time
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import IO, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel
from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute

from skolkit.audit import Trace
from skolkit.aws import client
from skolkit.clock import now, stamp
from skolkit.errors import Busy, ChangedMeanwhile, Text
from skolkit.events import Fact
from skolkit.http import invalid
from skolkit.table import LIMIT, Erase, Item, Remove, Wanted, Write, commit, fetch
from skolkit.triggers import DroppedFile
from skolkit.types import is_id, stable_id

CHUNK = 100
KEPT_DAYS = 30
MOST_FAULTS = 1000  # in a report; more are only counted
LONGEST_LINE = 1_000_000  # characters
_NAME = re.compile("[A-ZÅÄÖ][a-zåäöéü]")

M = TypeVar("M")
I = TypeVar("I", bound=Item)  # noqa: E741


class FileRow(BaseModel):
    """Base of rows in files: SS 12000's camelCase names; unknown fields are refused, since a misspelled
    `securityMarking` would otherwise go unnoticed."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=to_camel,
        populate_by_name=True,
        str_strip_whitespace=True,
        defer_build=True,
    )


@dataclass(frozen=True, slots=True)
class Row(Generic[M]):
    """One good row and its line in the file, from 1 (in a JSON document: its place in the list)."""

    line: int
    data: M


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong with one row. `value` only when it is no personal datum."""

    line: int
    field: str
    reason: Text
    advice: Text
    value: str | None = None

    def record(self) -> dict[str, Any]:
        """As it is stored and reported, in both languages."""
        texts = {"reason": self.reason.sv, "reasonEn": self.reason.en}
        texts |= {"advice": self.advice.sv, "adviceEn": self.advice.en}
        shown = {"value": self.value} if self.value else {}
        return {"line": self.line, "field": self.field, **texts, **shown}


class UnfitFile(Exception):
    """The file as a whole cannot be read."""

    def __init__(self, line: int, reason: Text, advice: Text) -> None:
        super().__init__("unfit file")
        self.fault = RowFault(line, "", reason, advice)


class Finished(Fact):
    """Base of `<area>.ImportFinished.v1`: an import has come to the end of its file."""

    import_id: str
    rows: int
    failed: int


class ImportItem(Item):
    """How far an import has come (sk `CURSOR`), and the faults of one chunk (sk `FAULTS#<line>`); kept for a
    month.
    """

    key = UnicodeAttribute(null=True)
    next_line = NumberAttribute(default=1)
    rows = NumberAttribute(default=0)
    failed = NumberAttribute(default=0)
    finished = BooleanAttribute(default=False)
    faults = JSONAttribute(null=True)


@dataclass(frozen=True, slots=True)
class Source:
    """The import that writes, for the audit trail."""

    id: str
    name: str

    def trace(self, writes: int) -> Trace:
        """The audit row of one transaction of this import."""
        return Trace(f"system:{self.name}", self.name, self.id, "file", f"{writes} items")


@dataclass(frozen=True, slots=True)
class Importer(Generic[M]):
    """How an area takes one kind of file.

    `read` validates a raw row (bytes of JSON, or what the document or CSV reader gives), raising
    ValidationError; `take` writes a chunk and returns what it refused; it must be repeatable. Rows with an
    equal `key` never share a chunk; neighbouring rows with an equal `together` are never parted. `shown` are
    fields whose values may be reported.
    """

    name: str
    item: type[ImportItem]
    finished: type[Finished]
    read: Callable[[Any], M | None]
    take: Callable[[Sequence[Row[M]], Source], Sequence[RowFault]]
    key: Callable[[M], Hashable]
    together: Callable[[M], Hashable] | None = None
    shown: Collection[str] = ()


def run(file: DroppedFile, importer: Importer[M]) -> None:
    """Take the whole file, from where an interrupted run of the same drop stopped; a finished drop is left
    alone.

    Per chunk of 100 rows: what `take` costs and one transaction for the cursor.
    """
    head = client("s3").head_object(Bucket=file.bucket, Key=file.key)
    source = Source(stable_id("import", file.key, head["ETag"], stamp(head["LastModified"])), importer.name)
    cursor = importer.item.find(f"IMPORT#{source.id}", "CURSOR") or _cursor(
        importer.item, source.id, file.key
    )
    if cursor.finished:
        return
    with tempfile.SpooledTemporaryFile(max_size=32 << 20) as content:
        # All of it first: a connection to S3 is not held open while a chunk waits for the database.
        for part in client("s3").get_object(Bucket=file.bucket, Key=file.key)["Body"].iter_chunks(1 << 20):
            content.write(part)
        try:
            for chunk in _chunks(_rows(file.key, content, int(cursor.next_line)), importer):
                faults = [*chunk.faults, *_take(importer, chunk.good, source)]
                _advance(cursor, importer.item, faults, chunk.count, chunk.last_line)
        except UnfitFile as unfit:
            _advance(cursor, importer.item, [unfit.fault], 1, int(cursor.next_line))
    _report(file, cursor, importer, source)


def save(bundles: Iterable[Sequence[Write | Fact]], source: Source) -> int:
    """Commit bundles, each whole in one transaction, as many as fit together; returns how many items were
    written.

    A hundred writes cost one round trip. Items are put if their version is the one read (new ones if absent),
    so that whatever a person changed meanwhile makes the chunk start over (`ChangedMeanwhile`).
    """
    batch: list[Write | Fact] = []
    written = 0
    for bundle in bundles:
        if batch and _size(batch) + _size(bundle) >= LIMIT:
            written += _save(batch, source)
            batch = []
        batch += bundle
    return written + (_save(batch, source) if batch else 0)


def _size(bundle: Sequence[Write | Fact]) -> int:
    """Operations: what is deleted of a fed kind leaves a tombstone."""
    return len(bundle) + sum(isinstance(w, Remove | Erase) and w.item.fed for w in bundle)


def differing(items: Sequence[I]) -> list[I]:
    """Those of `items` (of one class) that are not stored like this already, with the version to replace.

    One `BatchGetItem` per 100 items.
    """
    if not items:
        return []
    kind = type(items[0])
    keys = [(item.pk, item.sk) for item in items]
    stored: dict[tuple[str, str], I] = fetch(Wanted(kind, keys, dict), consistent=True)[0]
    changed = []
    for item in items:
        old = stored.get((item.pk, item.sk))
        if old is None or _content(old) != _content(item):
            if old is not None:
                item.over(old.version, old.created)
            changed.append(item)
    return changed


def _content(item: Item) -> dict[str, Any]:
    return {k: v for k, v in item.serialize().items() if k not in item.bookkeeping}


def _save(batch: Sequence[Write | Fact], source: Source) -> int:
    writes = [write for write in batch if not isinstance(write, Fact)]
    facts = [fact for fact in batch if isinstance(fact, Fact)]
    commit(*writes, facts=facts, trace=source.trace(len(writes)))
    return len(writes)


def _cursor(kind: type[ImportItem], import_id: str, key: str, sk: str = "CURSOR") -> ImportItem:
    expires = int(now().timestamp()) + KEPT_DAYS * 86_400
    return kind(f"IMPORT#{import_id}", sk, key=key, expires=expires)


@dataclass
class _Chunk(Generic[M]):
    good: list[Row[M]] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)
    keys: set[Hashable] = field(default_factory=set)
    count: int = 0
    last_line: int = 0

    def ends_before(self, data: M, importer: Importer[M]) -> bool:
        if importer.key(data) in self.keys or self.count >= 10 * CHUNK:
            return True
        full = len(self.good) >= CHUNK
        same = importer.together
        return full and not (same and same(data) == same(self.good[-1].data))


def _chunks(rows: Iterable[tuple[int, Any]], importer: Importer[M]) -> Iterator[_Chunk[M]]:
    chunk: _Chunk[M] = _Chunk()
    for line, raw in rows:
        good, faults = read_row(line, raw, importer)
        if good and chunk.ends_before(good.data, importer):
            yield chunk
            chunk = _Chunk()
        if good:
            chunk.good.append(good)
            chunk.keys.add(importer.key(good.data))
        chunk.faults += faults
        chunk.count, chunk.last_line = chunk.count + 1, line
    if chunk.count:
        yield chunk


_ADVICE = Text("Rätta raden och lägg in filen igen.", "Correct the row and drop the file again.")


def read_row(line: int, raw: Any, importer: Importer[M]) -> tuple[Row[M] | None, list[RowFault]]:
    """One raw row as the importer reads it, or what is wrong with it, without personal values."""
    data, faults = validated(line, lambda: importer.read(raw), importer.shown)
    return (None if data is None else Row(line, data)), faults


def validated(line: int, read: Callable[[], M], shown: Collection[str]) -> tuple[M | None, list[RowFault]]:
    """What `read` makes of a row, or what pydantic found wrong with it, without personal values; `shown` are
    fields whose values may be told.
    """
    try:
        return read(), []
    except ValidationError as error:
        faults = []
        details = error.errors(include_url=False)
        for fault, detail in zip(invalid(error).faults, details, strict=False):
            cause: Any = detail.get("ctx", {}).get("error")
            said = Text(cause.sv, cause.en) if hasattr(cause, "sv") else fault.reason
            name = "" if fault.field == "body" else fault.field
            told = name.rpartition(".")[2] in shown or is_id(str(detail["input"]))
            # A file whose columns have shifted has names where codes belong; their capitals give them away.
            value = None if not told or _NAME.search(str(detail["input"])) else str(detail["input"])[:64]
            faults.append(RowFault(line, name, said, _ADVICE, value))
        return None, faults


def _take(importer: Importer[M], rows: Sequence[Row[M]], source: Source) -> Sequence[RowFault]:
    for pause in (0.1, 0.5, 2.0):
        try:
            return importer.take(rows, source) if rows else ()
        except (ChangedMeanwhile, Busy):
            time.sleep(pause)
    return importer.take(rows, source)


def _advance(
    cursor: ImportItem, kind: type[ImportItem], faults: Sequence[RowFault], count: int, last_line: int
) -> None:
    notes = []
    if faults and cursor.failed < MOST_FAULTS:
        note = _cursor(kind, cursor.pk.removeprefix("IMPORT#"), cursor.key or "", f"FAULTS#{last_line:09}")
        note.faults = [fault.record() for fault in faults[:MOST_FAULTS]]
        notes.append(note)
    cursor.rows += count
    cursor.failed += len({fault.line for fault in faults})
    cursor.next_line = last_line + 1
    commit(cursor, *notes)


def _report(file: DroppedFile, cursor: ImportItem, importer: Importer[M], source: Source) -> None:
    notes = importer.item.query(cursor.pk, importer.item.sk.startswith("FAULTS#"), consistent_read=True)
    faults = [fault for note in notes for fault in note.faults or ()]
    rows, failed = int(cursor.rows), int(cursor.failed)
    body = {
        "import": source.id,
        "file": file.key,
        "finished": stamp(now()),
        "rows": rows,
        "failed": failed,
        "faults": faults[:MOST_FAULTS],
    }
    client("s3").put_object(
        Bucket=file.bucket,
        Key=f"reports/{file.key}.json",
        Body=json.dumps(body, ensure_ascii=False, indent=1).encode(),
        ContentType="application/json; charset=utf-8",
    )
    cursor.finished = True
    fact = importer.finished(import_id=source.id, rows=rows, failed=failed)
    commit(cursor, facts=[fact], trace=source.trace(rows))


def _rows(key: str, content: IO[bytes], first: int) -> Iterator[tuple[int, Any]]:
    """The raw rows from line `first` on."""
    check_encoding(content)
    text = io.TextIOWrapper(content, encoding="utf-8-sig", newline="")
    try:
        if key.endswith(".json"):
            found: Iterable[tuple[int, Any]] = _document(text)
        elif key.endswith(".csv"):
            found = _table(text)
        else:
            found = _lines(text)
        for line, raw in found:
            if line >= first:
                yield line, raw
    finally:
        text.detach()


def check_encoding(content: IO[bytes]) -> None:
    """All of it before the first row is taken, so that nothing of an unreadable file is saved."""
    content.seek(0)
    line = 0
    try:
        for raw in content:
            line += 1
            raw.decode("utf-8")
    except UnicodeDecodeError:
        raise UnfitFile(
            line,
            Text(
                "Filen är inte UTF-8 (troligen Latin-1 eller Windows-1252). Ingenting har lästs in.",
                "The file is not UTF-8 (probably Latin-1 or Windows-1252). Nothing was imported.",
            ),
            Text("Spara filen som UTF-8 och lägg in den igen.", "Save the file as UTF-8 and drop it again."),
        ) from None
    content.seek(0)


def _lines(text: IO[str]) -> Iterator[tuple[int, Any]]:
    line = 0
    while raw := text.readline(LONGEST_LINE):
        line += 1
        if len(raw) == LONGEST_LINE:
            raise UnfitFile(
                line,
                Text("Raden är längre än en miljon tecken.", "The line is longer than a million characters."),
                Text("Skriv en rad per post (JSON Lines).", "Write one line per record (JSON Lines)."),
            )
        if raw.strip():
            yield line, raw


def _document(text: IO[str]) -> Iterator[tuple[int, Any]]:
    try:
        found = json.load(text)
    except ValueError as error:
        raise UnfitFile(
            getattr(error, "lineno", 1),
            Text("Filen är inte giltig JSON.", "The file is not valid JSON."),
            Text("Rätta filen och lägg in den igen.", "Correct the file and drop it again."),
        ) from None
    yield from enumerate(found if isinstance(found, list) else [found], 1)


def _table(text: IO[str]) -> Iterator[tuple[int, Any]]:
    reader = csv.DictReader(text)
    try:
        for row in reader:
            yield reader.line_num, {name: value for name, value in row.items() if value != ""}
    except csv.Error:
        raise UnfitFile(
            reader.line_num,
            Text("Raden går inte att läsa som CSV.", "The line cannot be read as CSV."),
            Text("Kontrollera citattecken och kommatecken.", "Check quotes and commas."),
        ) from None
