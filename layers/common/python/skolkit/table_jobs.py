"""Tables taken in and given out as jobs: a trial that tells what an upload would change, the import itself,
its undoing, and exports.

An area declares a `Table`: its columns, and `plan`, which says of rows what they would write. This module
reads the uploaded file once into pieces of fifty rows in S3, plans and (in an import) commits piece by piece,
keeps what was there before each write, and puts the reports together. What a piece did is in S3 under
`tables/<area>/<job>/`: `rows/`, `results/`, `before/` and the files people fetch; all gone in 30 days.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pynamodb.attributes import JSONAttribute, UnicodeAttribute

from skolkit import files
from skolkit.before_images import image_of, put_back, stored_items
from skolkit.errors import Busy, ChangedMeanwhile, DomainError, Text
from skolkit.imports import RowFault, Source, UnfitFile, save
from skolkit.jobs import JobItem
from skolkit.table import Item, Write, commit
from skolkit.table_files import (
    CONTENT_TYPES,
    MOST_BYTES,
    Column,
    Format,
    fields_of,
    read_table,
    write_table,
)

PIECE = 50


class UnfitTable(DomainError):
    """The file cannot be read as the table it should be; the job's outcome says why."""

    status = 422
    reason = Text("Filen går inte att läsa.", "The file cannot be read.")
    advice = Text("Se outcome.fault.", "See outcome.fault.")


class NothingUploaded(DomainError):
    """The form was never sent, or has not arrived."""

    status = 409
    reason = Text("Filen har inte kommit fram.", "The file has not arrived.")
    advice = Text("Ladda upp filen först.", "Upload the file first.")


class NothingToUndo(DomainError):
    """Only an import that has ended, and has not been undone, is undone."""

    status = 409
    reason = Text("Det finns ingen import att ångra.", "There is no import to undo.")
    advice = Text("Vänta tills importen är klar.", "Wait until the import has ended.")


class UploadItem(Item):
    """A place for one file. `by` may use it."""

    table = UnicodeAttribute()
    format = UnicodeAttribute()
    by = UnicodeAttribute()


class MappingItem(Item):
    """The municipality's own headings of a table: heading to field, "" for columns to leave out."""

    headings = JSONAttribute(default=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """One row: its values by field (empty cells are left out), and the fields that were calculated."""

    line: int
    values: Mapping[str, str]
    formulas: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One field that differs."""

    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Planned:
    """What a row would do: nothing when there are faults or no changes. `about` is the id of what it is
    about; `hidden` when its values are nobody's business in a report (protected identity).
    """

    line: int
    about: str = ""
    writes: tuple[Write, ...] = ()
    created: bool = False
    changes: tuple[Change, ...] = ()
    faults: tuple[RowFault, ...] = ()
    hidden: bool = False

    @property
    def outcome(self) -> str:
        if self.faults:
            return "refused"
        return "created" if self.created else "changed" if self.changes else "unchanged"


@dataclass(frozen=True, slots=True)
class Table:
    """A kind of table. `same` names a row: two that name the same are refused; rows with an equal `key` never
    share a piece; None is nobody. `needed`: of each group one column. `heads`: whether a key is of the item
    that a partition is about, which an undo may only remove when nothing else has come into the partition.
    """

    name: str
    columns: tuple[Column, ...]
    needed: tuple[tuple[str, ...], ...]
    plan: Callable[[Sequence[Line]], Sequence[Planned]]
    same: Callable[[Mapping[str, str]], Hashable]
    key: Callable[[Mapping[str, str]], Hashable]
    item: type[Item]
    heads: Callable[[str, str], bool]


def upload_key(upload: str, format: str) -> str:
    """Where an upload is."""
    return files.key_of(upload, f"upload.{format}")


def take(job: JobItem, table: Table, *, apply: bool) -> bool:
    """One step of a trial or an import; whether there is more. A step that is repeated does no more."""
    if not job.place:
        _read(job, table)
        return True
    piece = int(job.place["piece"])
    if piece < int(job.place["pieces"]):
        lines = [_line(raw) for raw in files.get_json(_key(job, "rows", piece))["lines"]]
        results = _tried(job, table, lines, piece, apply=apply)
        _count(job, results)
        files.put_json(_key(job, "results", piece), results)
        job.done += len(lines)
        job.place = {**job.place, "piece": piece + 1}
        commit(job)
        return True
    _reports(job, table)
    return False


def undo(job: JobItem, table: Table, done: JobItem) -> bool:
    """One step back of an import: the last piece first. A row whose items have not been changed since becomes
    what it was; any other is counted as kept and told in the report.
    """
    pieces = int(done.place["pieces"])
    back = int(job.place.get("piece", pieces)) - 1
    job.total = pieces
    if back < 0:
        rows = [
            row for n in range(pieces) for row in files.get_json(_key(job, "results", n)) or () if row["kept"]
        ]
        told = [["rad", "id", "utfall"], *([r["line"], r["about"], "ändrad sedan dess"] for r in rows)]
        files.put(_file(job, "report.csv"), write_table(told, "csv"), CONTENT_TYPES["csv"])
        job.outcome = {**job.outcome, "files": ["report.csv"]}
        return False
    entries = (files.get_json(_key(done, "before", back)) or {"rows": []})["rows"]
    source = Source(job.id, job.job)
    results = [put_back(table.item, table.heads, entry, source) for entry in reversed(entries)]
    earlier = {row["line"]: row for row in files.get_json(_key(job, "results", back)) or ()}
    # A step that is done again finds what it undid the first time changed: the first answer counts.
    results = [earlier.get(row["line"], row) if row["kept"] else row for row in results]
    files.put_json(_key(job, "results", back), results)
    restored = sum(not row["kept"] for row in results)
    counts = job.outcome or {"restored": 0, "kept": 0}
    job.outcome = {
        "restored": counts["restored"] + restored, "kept": counts["kept"] + len(results) - restored
    }  # fmt: skip
    job.done, job.place = pieces - back, {"piece": back}
    commit(job)
    return True


def give(job: JobItem, headings: Sequence[str], rows: Iterator[Sequence[object]], format: Format) -> int:
    """Write an export's file; how many rows."""
    listed = list(rows)
    content = write_table([headings, *listed], format)
    files.put(_file(job, f"export.{format}"), content, CONTENT_TYPES[format])
    job.done = job.total = len(listed)
    job.outcome = {"rows": len(listed), "files": [f"export.{format}"]}
    return len(listed)


def rows_of(job: JobItem, piece: int) -> list[dict[str, Any]]:
    """What became of a piece's rows, without values: `[{line, outcome, about, fields, faults}]`."""
    found: list[dict[str, Any]] = files.get_json(_key(job, "results", piece)) or []
    return [
        {
            "line": row["line"],
            "outcome": row["outcome"],
            "about": row["about"] or None,
            "fields": [change["field"] for change in row["changes"]],
            "faults": row["faults"],
        }
        for row in found
    ]


def link_to(job: JobItem, name: str) -> str | None:
    """A link to one of the job's files, or None when it has no such file."""
    if name not in job.outcome.get("files", []):
        return None
    return files.link(_file(job, name), f"{job.job}-{name}")


def _read(job: JobItem, table: Table) -> None:
    """The upload, whole, into pieces; refused as a whole before anything is written."""
    request = job.request
    key = upload_key(request["upload"], request["format"])
    try:
        if (size := files.size_of(key)) is None:
            raise NothingUploaded
        if size > MOST_BYTES:
            raise _unfit("Filen är större än 20 MB.", "The file is larger than 20 MB.")
        pieces, count = _pieces(job, table, files.get(key) or b"")
    except UnfitFile as unfit:
        job.outcome = {"fault": unfit.fault.record()}
        commit(job)
        raise UnfitTable from None
    job.place, job.total = {"piece": 0, "pieces": pieces}, count
    job.outcome = {"created": 0, "changed": 0, "unchanged": 0, "refused": 0}
    commit(job)


def _pieces(job: JobItem, table: Table, content: bytes) -> tuple[int, int]:
    rows = read_table(content, job.request["format"])
    headings = next(rows, None)
    if headings is None:
        raise _unfit("Filen är tom.", "The file is empty.")
    fields = fields_of(headings, table.columns, job.request.get("mapping") or {})
    for group in table.needed:
        if not set(group) & set(fields):
            titles = [c.sv for c in table.columns if c.field in group]
            raise _unfit(f"Kolumnen {' eller '.join(titles)} saknas.", f"No column {' or '.join(group)}.")
    files.put_json(_key(job, "rows", -1), {"headings": headings.texts, "fields": fields})
    seen: dict[Hashable, int] = {}
    piece: list[dict[str, Any]] = []
    keys: set[Hashable] = set()
    pieces = count = 0
    for row in rows:
        values = {f: text for f, text in zip(fields, row.texts, strict=False) if f and text}
        same, key = table.same(values), table.key(values)
        if len(piece) >= PIECE or (key is not None and key in keys):
            files.put_json(_key(job, "rows", pieces), {"lines": piece})
            piece, keys, pieces = [], set(), pieces + 1
        keys.add(key)
        count += 1
        formulas = [f for n, f in enumerate(fields) if f and n in row.formulas]
        twin = seen.setdefault(same, row.line) if same is not None else row.line
        piece.append(
            {"line": row.line, "values": values, "formulas": formulas, "cells": row.texts, "twin": twin}
        )
    if piece:
        files.put_json(_key(job, "rows", pieces), {"lines": piece})
        pieces += 1
    return pieces, count


@dataclass(frozen=True, slots=True)
class _Raw:
    line: Line
    cells: Sequence[str]
    twin: int


def _line(raw: Mapping[str, Any]) -> _Raw:
    return _Raw(Line(raw["line"], raw["values"], tuple(raw["formulas"])), raw["cells"], raw["twin"])


def _tried(
    job: JobItem, table: Table, lines: Sequence[_Raw], piece: int, *, apply: bool
) -> list[dict[str, Any]]:
    """Plan a piece, and in an import write it; four times when somebody else writes meanwhile."""
    singles = [raw.line for raw in lines if raw.twin == raw.line.line]
    planned: dict[int, Planned] = {}
    for pause in (0.1, 0.5, 2.0, None):
        planned = {plan.line: plan for plan in table.plan(singles)}
        try:
            if apply:
                _apply(job, table, list(planned.values()), piece)
            break
        except (ChangedMeanwhile, Busy):
            if pause is None:
                raise
            time.sleep(pause)
    earlier = {row["line"]: row for row in files.get_json(_key(job, "results", piece)) or ()}
    done = {row["line"]: row for row in (files.get_json(_key(job, "before", piece)) or {"rows": []})["rows"]}
    results = []
    for raw in lines:
        plan = planned.get(raw.line.line) or Planned(raw.line.line, faults=(_twin(raw),))
        result = _result(raw, plan)
        if not apply and plan.created:
            result["about"] = ""  # the id that an import gives is another
        if apply and result["outcome"] == "unchanged" and plan.line in done:
            # The piece is done again after a crash: what the first time wrote was done by this import.
            result |= done[plan.line]["result"]
        results.append(earlier.get(plan.line, result))
    return results


def _apply(job: JobItem, table: Table, planned: Sequence[Planned], piece: int) -> None:
    """What is there is put away before anything is written, so that nothing is done that cannot be undone."""
    due = [plan for plan in planned if plan.writes and not plan.faults]
    if not due:
        return
    stored = stored_items(table.item, [write for plan in due for write in plan.writes])
    key = _key(job, "before", piece)
    rows = {row["line"]: row for row in (files.get_json(key) or {"rows": []})["rows"]}
    for plan in due:
        # Of a row planned again (after a crash between transactions) the first picture is the one before.
        first = {(i["pk"], i["sk"]): i["before"] for i in rows.get(plan.line, {"items": []})["items"]}
        images = [image_of(write, stored) for write in plan.writes]
        for image in images:
            image["before"] = first.get((image["pk"], image["sk"]), image["before"])
        rows[plan.line] = {
            "line": plan.line, "about": plan.about, "items": images,
            "result": {"outcome": plan.outcome, "changes": _changes(plan)},
        }  # fmt: skip
    files.put_json(key, {"rows": list(rows.values())})
    save([list(plan.writes) for plan in due], Source(job.id, job.job))


def _twin(raw: _Raw) -> RowFault:
    return RowFault(
        raw.line.line,
        "",
        Text(f"Samma som rad {raw.twin}.", f"The same as line {raw.twin}."),
        Text("Behåll en av raderna.", "Keep one of the rows."),
    )


def _changes(plan: Planned) -> list[dict[str, str]]:
    hide = plan.hidden
    return [
        {"field": c.field, "old": "" if hide else c.old, "new": "" if hide else c.new} for c in plan.changes
    ]


def _result(raw: _Raw, plan: Planned) -> dict[str, Any]:
    faults = [fault.record() for fault in plan.faults]
    for fault in faults:
        if fault["field"] in raw.line.formulas:
            fault["formula"] = True
    return {
        "line": plan.line, "outcome": plan.outcome, "about": plan.about, "changes": _changes(plan),
        "faults": faults, "cells": list(raw.cells) if plan.faults else [],
    }  # fmt: skip


def _count(job: JobItem, results: Sequence[Mapping[str, Any]]) -> None:
    counts = dict(job.outcome)
    for row in results:
        counts[row["outcome"]] += 1
    job.outcome = counts


def _reports(job: JobItem, table: Table) -> None:
    """`report.csv`: what every row did, with old and new values; `refused.csv`: the refused rows as they
    came, with why, to be corrected and sent again.
    """
    titles = {c.field: c.sv for c in table.columns}
    headings = list(files.get_json(_key(job, "rows", -1))["headings"])
    told: list[Sequence[object]] = [
        ["rad", "utfall", "id", "fält", "gammalt värde", "nytt värde", "orsak", "råd"]
    ]
    refused: list[Sequence[object]] = [[*headings, "rad", "orsak", "råd"]]
    for piece in range(int(job.place["pieces"])):
        for row in files.get_json(_key(job, "results", piece)) or ():
            head = [row["line"], _SWEDISH[row["outcome"]], row["about"]]
            told += [
                [*head, titles.get(c["field"], c["field"]), c["old"], c["new"], "", ""]
                for c in row["changes"]
            ]
            told += [
                [*head, titles.get(f["field"], f["field"]), "", "", _why(f), f["advice"]]
                for f in row["faults"]
            ]
            if not row["changes"] and not row["faults"]:
                told.append([*head, "", "", "", "", ""])
            if row["faults"]:
                cells = [*row["cells"], *[""] * (len(headings) - len(row["cells"]))]
                why = "; ".join(f"{titles.get(f['field'], f['field'])}: {_why(f)}" for f in row["faults"])
                refused.append([*cells, row["line"], why, "; ".join({f["advice"] for f in row["faults"]})])
    names = ["report.csv", *(["refused.csv"] if len(refused) > 1 else [])]
    for name, rows in zip(names, (told, refused), strict=False):
        files.put(_file(job, name), write_table(rows, "csv"), CONTENT_TYPES["csv"])
    job.outcome = {**job.outcome, "files": names}


_SWEDISH = {"created": "ny", "changed": "ändrad", "unchanged": "oförändrad", "refused": "avvisad"}


def _why(fault: Mapping[str, Any]) -> str:
    return f"{fault['reason']} (cellen är en formel)" if fault.get("formula") else str(fault["reason"])


def _key(job: JobItem, kind: str, piece: int) -> str:
    return files.key_of(job.id, kind, f"{piece:05}.json" if piece >= 0 else "head.json")


def _file(job: JobItem, name: str) -> str:
    return files.key_of(job.id, name)


def _unfit(sv: str, en: str) -> UnfitFile:
    return UnfitFile(
        1, Text(sv, en), Text("Rätta filen och ladda upp den igen.", "Correct the file and upload it.")
    )
