"""A table taken in: tried, which tells what it would change, or imported (`apply`).

The upload is read once into pieces of fifty rows in S3; rows of one key stay together. Each piece is planned
and in an import written, key by key, each key one transaction with what was there before. What became of a
piece is `work/<area>/<job>/results/`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from skolkit.audit import Trace
from skolkit.errors import Busy, ChangedMeanwhile, DomainError, Text
from skolkit.imports import RowFault, UnfitFile
from skolkit.jobs import JobItem
from skolkit.table import Overwrite, commit
from skolkit.tables import bucket
from skolkit.tables.columns import fields_of
from skolkit.tables.formats import CONTENT_TYPES, MOST_BYTES, read_table, unfit, write_table
from skolkit.tables.items import Kinds
from skolkit.tables.plans import Line, Plan, Planned, Table, asker_of, fault, unhid
from skolkit.tables.undoing import images_of

PIECE = 50
MOST_MET = 20


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


class MeetsTooMany(DomainError):
    """A file whose rows tell, over and over, that a number is somebody's whom the sender may not see."""

    status = 422
    reason = Text(
        "För många rader har nummer som redan tillhör andra personer.",
        "Too many rows have numbers that belong to other people already.",
    )
    advice = Text(
        "Ta bort dem som redan finns i registret ur filen.",
        "Leave out of the file those who are in the register already.",
    )


def upload_key(upload: str, format: str) -> str:
    """Where an upload is."""
    return bucket.key("uploads", upload, f"upload.{format}")


def take(job: JobItem, kinds: Kinds, table: Table, *, apply: bool) -> bool:
    """One step of a trial or an import; whether there is more. A step that is repeated does no more."""
    if not job.place:
        _read(job, kinds, table)
        return True
    piece = int(job.place["piece"])
    if piece < int(job.place["pieces"]):
        raws = bucket.get_json(work_key(job, "rows", piece))["lines"]
        results = _tried(job, kinds, table, raws, apply=apply)
        _count(job, results)
        bucket.put_json(work_key(job, "results", piece), results)
        job.done += len(raws)
        job.place = {**job.place, "piece": piece + 1}
        commit(job)
        return True
    write_reports(job, table)
    return False


def work_key(job: JobItem, kind: str, piece: int) -> str:
    """Where a piece of a job's work is."""
    return bucket.key("work", job.id, kind, f"{piece:05}.json")


def results_of(job: JobItem, piece: int) -> list[dict[str, Any]]:
    """What became of a piece's rows. One get from S3."""
    found: list[dict[str, Any]] = bucket.get_json(work_key(job, "results", piece)) or []
    return found


def _read(job: JobItem, kinds: Kinds, table: Table) -> None:
    """The upload, whole, into pieces; refused as a whole before anything is written."""
    request = job.request
    key = upload_key(request["upload"], request["format"])
    try:
        if (size := bucket.size_of(key)) is None:
            raise NothingUploaded
        if size > MOST_BYTES:
            raise unfit("Filen är större än 20 MB.", "The file is larger than 20 MB.")
        pieces, count = _pieces(job, table, bucket.get(key) or b"")
    except UnfitFile as error:
        job.outcome = {"fault": error.fault.record()}
        commit(job)
        raise UnfitTable from None
    job.place, job.total = {"piece": 0, "pieces": pieces}, count
    job.outcome = {"created": 0, "changed": 0, "unchanged": 0, "refused": 0}
    commit(job, Overwrite(kinds.opened(job)))


def _pieces(job: JobItem, table: Table, content: bytes) -> tuple[int, int]:
    rows = read_table(content, job.request["format"])
    headings = next(rows, None)
    if headings is None:
        raise unfit("Filen är tom.", "The file is empty.")
    fields = fields_of(headings, table.columns, job.request.get("mapping") or {})
    for group in table.needed:
        if not set(group) & set(fields):
            titles = [c.sv for c in table.columns if c.field in group]
            raise unfit(f"Kolumnen {' eller '.join(titles)} saknas.", f"No column {' or '.join(group)}.")
    seen: dict[Hashable, int] = {}
    names: dict[str, int] = {}
    together: dict[Hashable, list[dict[str, Any]]] = {}
    for row in rows:
        values = {f: text for f, text in zip(fields, row.texts, strict=False) if f and text}
        same, key, name = table.same(values), table.key(values), table.named(values)
        twin = seen.setdefault(same, row.line) if same is not None else row.line
        if name is not None:
            names.setdefault(name, row.line)
        formulas = [f for n, f in enumerate(fields) if f and n in row.formulas]
        raw = {"line": row.line, "values": values, "formulas": formulas, "cells": row.texts, "twin": twin}
        mine = together.setdefault(("", row.line) if key is None else key, [])
        if len(mine) >= table.most:
            most = table.most
            raise unfit(f"Över {most} rader om samma.", f"Over {most} rows about the same.", row.line)
        mine.append(raw)
    bucket.put_json(head_key(job), {"headings": headings.texts, "names": names})
    count = 0
    for number, piece in enumerate(_parted(together.values())):
        bucket.put_json(work_key(job, "rows", number), {"lines": piece})
        count = number + 1
    return count, sum(map(len, together.values()))


def _parted(groups: Any) -> Iterator[list[dict[str, Any]]]:
    """Pieces of at least fifty rows that never part a group."""
    piece: list[dict[str, Any]] = []
    for group in groups:
        piece += group
        if len(piece) >= PIECE:
            yield piece
            piece = []
    if piece:
        yield piece


def _tried(
    job: JobItem, kinds: Kinds, table: Table, raws: Sequence[dict[str, Any]], *, apply: bool
) -> list[dict[str, Any]]:
    """Plan a piece and, in an import, write it; what was written before is not done again."""
    plain = {raw["line"]: _plain(raw) for raw in raws}
    results = _unplanned(table, raws, plain)
    groups: dict[Hashable, list[Line]] = {}
    for raw in raws:
        if raw["line"] not in results:
            key = table.key(raw["values"])
            line = Line(raw["line"], raw["values"])
            groups.setdefault(("", line.line) if key is None else key, []).append(line)
    if apply:
        results |= _written(job, kinds, list(plain))
    due = [group for group in groups.values() if group[0].line not in results]
    if due:
        names = bucket.get_json(head_key(job))["names"]
        asker = asker_of(job, names)
        plan = table.begin(asker, [line for group in due for line in group])
        by_line = {raw["line"]: raw for raw in raws}
        for group in due:
            made = _done(job, kinds, partial(plan, group), by_line, apply=apply)
            results |= {row["line"]: row for row in made}
            if len(asker.met) > MOST_MET:
                raise MeetsTooMany
        job.place = {**job.place, "met": sorted(asker.met)}
    for raw in raws:
        results[raw["line"]]["who"] = results[raw["line"]]["who"] or results[raw["twin"]]["who"]
    return [results[raw["line"]] for raw in raws]


def _unplanned(
    table: Table, raws: Sequence[dict[str, Any]], plain: Mapping[int, Planned]
) -> dict[int, dict[str, Any]]:
    """The results of rows that are refused whatever the table is; whom they name is told to nobody."""
    faulty = [raw for raw in raws if plain[raw["line"]].faults]
    whom = table.whom([Line(raw["line"], raw["values"]) for raw in faulty]) if faulty else {}
    return {
        line: _result(raw, replace(plain[line], who=whom.get(line, "")))
        for raw in faulty
        for line in [raw["line"]]
    }


def _written(job: JobItem, kinds: Kinds, lines: Collection[int]) -> dict[int, dict[str, Any]]:
    """The results of rows that an earlier try of the piece has written, also of those withdrawn since."""
    befores = kinds.befores(job, min(lines), max(lines))
    return {row["line"]: row for before in befores for row in before.rows if row["line"] in lines}


def _done(
    job: JobItem, kinds: Kinds, plan: Callable[[], Plan], raws: Mapping[int, Any], *, apply: bool
) -> list[dict[str, Any]]:
    """Plan the rows of a key and write them; four times when somebody else writes meanwhile."""
    for pause in (0.1, 0.5, 2.0):
        try:
            return _once(job, kinds, plan(), raws, apply=apply)
        except (ChangedMeanwhile, Busy):
            time.sleep(pause)
    return _once(job, kinds, plan(), raws, apply=apply)


def _once(
    job: JobItem, kinds: Kinds, plan: Plan, raws: Mapping[int, Any], *, apply: bool
) -> list[dict[str, Any]]:
    told = [_result(raws[row.line], row) for row in plan.rows]
    if apply and plan.writes:
        _write(job, kinds, plan, told)
    return told


def _write(job: JobItem, kinds: Kinds, plan: Plan, rows: list[dict[str, Any]]) -> None:
    """The rows of a key, with what was there before and who did it, in one transaction."""
    before = kinds.new_before(job, rows[0]["line"])
    before.about, before.rows = plan.about, rows
    before.images = images_of(kinds.item, plan.writes)
    trace = Trace(job.asked_by, job.job, plan.about, changes=f"{job.id} {rows[0]['line']}")
    commit(*plan.writes, before, facts=plan.facts, trace=trace)


def _plain(raw: Mapping[str, Any]) -> Planned:
    """What is wrong with a row whatever the table is."""
    line, faults = raw["line"], list[RowFault]()
    if raw.get("withdrawn"):
        again = Text("Gör om filen.", "Make the file anew.")
        faults.append(fault(line, "", "Raden visas inte längre.", "The row is not shown any more.", again))
    elif raw["twin"] != line:
        one = Text("Behåll en av raderna.", "Keep one of the rows.")
        faults.append(
            fault(line, "", f"Samma som rad {raw['twin']}.", f"The same as line {raw['twin']}.", one)
        )
    for name in raw["formulas"]:
        if raw["values"].get(name, "=").startswith("="):
            value = Text("Skriv värdet i cellen.", "Write the value in the cell.")
            faults.append(fault(line, name, "Formeln har inget värde.", "The formula has no value.", value))
    return Planned(line, faults=tuple(faults))


def _result(raw: Mapping[str, Any], plan: Planned) -> dict[str, Any]:
    told = unhid(plan)
    cells = list(raw["cells"]) if plan.faults and not plan.hidden else []
    return {
        "line": plan.line, "outcome": plan.outcome, "about": plan.about, "who": plan.who or plan.about,
        "changes": [{"field": c.field, "old": c.old, "new": c.new} for c in told.changes],
        "faults": [one.record() for one in plan.faults], "cells": cells, "formulas": raw["formulas"],
    }  # fmt: skip


def _count(job: JobItem, results: Sequence[Mapping[str, Any]]) -> None:
    counts = dict(job.outcome)
    for row in results:
        counts[row["outcome"]] += 1
    job.outcome = counts


def write_reports(job: JobItem, table: Table) -> None:
    """`report.csv`: what every row did, with old and new values; `refused.csv`: the refused rows as they
    came, with why, to be corrected and sent again. And, for a withdrawal, whom they are about.

    Who has become protected since their row was planned is left out. Rows that tell nobody whom they are
    about stay as they came: blank cells would say that there is such a person.
    """
    titles = {c.field: c.sv for c in table.columns}
    headings = list(bucket.get_json(head_key(job))["headings"])
    told: list[Sequence[object]] = [
        ["rad", "utfall", "id", "fält", "gammalt värde", "nytt värde", "orsak", "råd"]
    ]
    bad: list[Sequence[object]] = [[*headings, "rad", "orsak", "råd"]]
    rows = [row for n in range(int(job.place["pieces"])) for row in results_of(job, n)]
    people = {row["who"] for row in rows if row["who"]}
    protected = table.protected(sorted(people))
    rows = [without_values(row) if row["about"] and row["who"] in protected else row for row in rows]
    for row in sorted(rows, key=lambda row: int(row["line"])):
        told += _told(row, titles)
        if row["faults"]:
            cells = [*row["cells"], *[""] * (len(headings) - len(row["cells"]))]
            why = "; ".join(_named(f, titles) + f["reason"] for f in row["faults"])
            bad.append([*cells, row["line"], why, "; ".join({f["advice"] for f in row["faults"]})])
    names = ["report.csv", *(["refused.csv"] if len(bad) > 1 else [])]
    for name, content in zip(names, (told, bad), strict=False):
        bucket.put(bucket.key("reports", job.id, name), write_table(content, "csv"), CONTENT_TYPES["csv"])
    bucket.put_json(people_key(job), sorted(people))
    job.outcome = {**job.outcome, "files": names}


def without_values(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row's result without anything that it says of anybody."""
    return {**row, "changes": [c | {"old": "", "new": ""} for c in row["changes"]], "cells": []}


def head_key(job: JobItem) -> str:
    """Where the headings of a file are, and the names by which its rows may speak of each other."""
    return bucket.key("work", job.id, "head.json")


def people_key(job: JobItem) -> str:
    """Where it is said whom a job that has ended is about."""
    return bucket.key("work", job.id, "people.json")


def _told(row: Mapping[str, Any], titles: Mapping[str, str]) -> Iterator[Sequence[object]]:
    head = [row["line"], _SWEDISH[row["outcome"]], row["about"]]
    for c in row["changes"]:
        yield [*head, titles.get(c["field"], c["field"]), c["old"], c["new"], "", ""]
    for f in row["faults"]:
        yield [*head, titles.get(f["field"], f["field"]), "", "", f["reason"], f["advice"]]
    for name in row["formulas"]:
        yield [*head, titles.get(name, name), "", "", "Cellen är en formel; värdet lästes.", ""]
    if not row["changes"] and not row["faults"]:
        yield [*head, "", "", "", "", ""]


_SWEDISH = {"created": "ny", "changed": "ändrad", "unchanged": "oförändrad", "refused": "avvisad"}


def _named(fault: Mapping[str, Any], titles: Mapping[str, str]) -> str:
    return f"{titles.get(fault['field'], fault['field'])}: " if fault["field"] else ""
