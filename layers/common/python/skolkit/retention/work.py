"""An area's night: it walks its table, finds what is over, and erases it, each document in a transaction of
its own with its proof, the audit row and the place of the work.

A worker that dies is followed by one that goes on; what is counted and proved was committed with what was
erased. Whatever somebody has changed since it was read is left for the next night.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict

from skolkit import jobs
from skolkit.audit import Trace
from skolkit.clock import now, stamp
from skolkit.errors import ChangedMeanwhile
from skolkit.events import Envelope
from skolkit.extracts import Section
from skolkit.feed import scan
from skolkit.kept import Kept
from skolkit.retention import packages
from skolkit.retention.facts import Answered, Count, Turn
from skolkit.retention.items import ErasureItem, RetentionJob
from skolkit.retention.packages import Origin
from skolkit.retention.rules import Hold, Line, counted_from, holding, is_over, last_day
from skolkit.table import Erase, Item, Write, chunks, commit
from skolkit.telemetry import count, logger
from skolkit.types import PersonId

SECONDS = jobs.SECONDS
PAGE = 500  # rows of a table at a time
TOGETHER = 40  # rows erased by one transaction: with tombstones and what goes with them under 100
PART = 5_000  # digests in one file of proofs
NEAR, PUT_OFF = 7 * 86_400, 30 * 86_400  # seconds before a held row would expire, and how long it is put off
ACTOR = "system:answer_retention"
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Asked(BaseModel):
    """Of `access.RetentionAsked.v1`: which run, of which day, by which version of the plan; `dry` only
    counts.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)
    run: str
    day: str
    plan: str
    dry: bool


@dataclass(frozen=True, slots=True)
class Document:
    """What goes together: `rows` are erased in one transaction with `also` (lists that go on without them,
    keys that are shredded). `before` are rows of a document too large for that, erased first, some at a time.
    `about` is the person for the audit trail; `shown` is how an archive reads it.
    """

    rows: tuple[Item, ...]
    also: tuple[Write, ...] = ()
    before: tuple[Item, ...] = ()
    about: str = ""
    shown: tuple[Section, ...] = ()

    @property
    def everything(self) -> tuple[Item, ...]:
        return (*self.before, *self.rows)

    @property
    def is_plain(self) -> bool:
        return len(self.rows) == 1 and not (self.also or self.before or self.about)


def _no_tie(_event: str, _person: PersonId, _changed: date) -> date | None:
    return None


@dataclass(frozen=True, slots=True)
class Shelf:
    """What an area brings: its kinds; how the ties of people end (`tie`: of event, person and the day the
    item was changed last; None while they have not); and how documents of more than one row are put together
    (`whole`, by their first kind; None when one is not whole just now).
    """

    area: str
    kept: Mapping[str, Kept]
    item: type[Item]
    job: type[RetentionJob]
    proof: type[ErasureItem]
    continued: type[Turn]
    answered: type[Answered]
    lines: Callable[[str], Mapping[str, Line]]
    holds: Callable[[], Sequence[Hold]]
    tie: Callable[[str, PersonId, date], date | None] = _no_tie
    whole: Mapping[str, Callable[[Any], Document | None]] = field(default_factory=dict)


def answer(envelope: Envelope, shelf: Shelf) -> None:
    """Begin the area's part of a run, or go on with it."""
    if envelope.type == shelf.continued.type:
        turn = shelf.continued.model_validate(envelope.data)
    else:
        turn = _begin(shelf, Asked.model_validate(envelope.data))
    jobs.run(shelf.job, turn, lambda item: _step(shelf, item), again=shelf.continued, seconds=SECONDS)


def _begin(shelf: Shelf, asked: Asked) -> Turn:
    at = now()
    item = shelf.job(
        f"JOB#{asked.run}", "JOB", job="answer_retention", asked_by=ACTOR, asked=stamp(at),
        request=asked.model_dump(), expires=int(at.timestamp()) + jobs.KEPT_DAYS * 86_400,
    )  # fmt: skip
    with suppress(ChangedMeanwhile):  # the fact came before
        commit(item)
    return shelf.continued(job=asked.run)


def _step(shelf: Shelf, item: RetentionJob) -> bool:
    phase = item.place.get("phase") or _first_walk(shelf)
    if phase in ("ties", "dates"):
        _page(shelf, item, phase)
    elif phase == "prove":
        _conclude(shelf, item)
    return bool(item.place["phase"] != "answered")


def _first_walk(shelf: Shelf) -> str:
    """What depends on people's ties is judged in a walk of its own, before the ties are erased themselves:
    when a guardian's contact goes must not hang on whether custody went an instant before.
    """
    return "ties" if any(kind.tied for kind in shelf.kept.values()) else "dates"


def _page(shelf: Shelf, item: RetentionJob, phase: str) -> None:
    rows, after = scan(shelf.item.Meta.table_name, item.place.get("after"), PAGE)
    night = Night(shelf, item, shelf.lines(item.request["plan"]), shelf.holds())
    for row in rows:
        kept = shelf.kept.get(row["kind"]["S"])
        if kept and not kept.follows and bool(kept.tied) == (phase == "ties"):
            night.take(row, kept)
    night.flush()
    night.note()
    item.done += len(rows)
    then = {"phase": "dates"} if phase == "ties" else {"phase": "prove"}
    item.place = {"phase": phase, "after": after} if after else then
    commit(item)


@dataclass
class Night:
    """One page of the walk: what is counted in it, and plain documents that wait to be erased together."""

    shelf: Shelf
    item: RetentionJob
    lines: Mapping[str, Line]
    holds: Sequence[Hold]
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    held: dict[str, int] = field(default_factory=dict)
    waiting: dict[str, list[Document]] = field(default_factory=dict)

    @property
    def dry(self) -> bool:
        return bool(self.item.request["dry"])

    @property
    def day(self) -> date:
        return date.fromisoformat(self.item.request["day"])

    def take(self, raw: dict[str, Any], kept: Kept) -> None:
        """Look at one row of the table, and erase the document it begins if that is over."""
        line = self.lines[kept.document]
        if line.action == "expire":
            self._put_off(raw, kept, line)
        if line.action not in ("archive", "delete") or not self._is_over(raw, kept, line):
            return
        first = self.shelf.item.from_raw_data(raw)
        whole = self.shelf.whole.get(first.kind_name())
        document = whole(first) if whole else Document((first,))
        if document is None:
            self._count(line, due=1, changed=1)
        elif not self._is_held(line, document.everything) and not self.dry:
            self._erase(line, document)

    def flush(self) -> None:
        """Erase the plain documents that wait."""
        for name, documents in self.waiting.items():
            for some in chunks(documents, TOGETHER):
                self._commit(self.lines[name], some)
        self.waiting = {}

    def note(self) -> None:
        """Add what was counted to the job, which is committed with the next place."""
        outcome = self.item.outcome
        counts = outcome.get("counts", {})
        for name, numbers in self.counts.items():
            known = counts.get(name, {})
            counts = {**counts, name: {k: known.get(k, 0) + n for k, n in numbers.items()} | {
                k: n for k, n in known.items() if k not in numbers
            }}  # fmt: skip
        holds = outcome.get("holds", {})
        holds = holds | {id: holds.get(id, 0) + number for id, number in self.held.items()}
        self.item.outcome = {**outcome, "counts": counts, "holds": holds}

    def _is_over(self, raw: dict[str, Any], kept: Kept, line: Line) -> bool:
        if kept.dated:
            since = last_day(_text(raw.get(kept.dated)))
        else:
            (person, *_) = _ID.findall(_text(raw[kept.tied]))
            changed = last_day(_text(raw.get("modified"))) or self.day
            since = self.shelf.tie(line.event, PersonId(person), changed)
        return since is not None and is_over(line, counted_from(line.event, since), self.day)

    def _is_held(self, line: Line, rows: Sequence[Item]) -> bool:
        """Count what is over, and whether it stays for a hold."""
        self._count(line, due=len(rows))
        return self._held_back(line, rows)

    def _held_back(self, line: Line, rows: Sequence[Item]) -> bool:
        found = holding(self.holds, line.document, self._people(rows), _units(rows))
        if found:
            self._count(line, held=len(rows))
        for hold in found:
            self.held[hold.id] = self.held.get(hold.id, 0) + len(rows)
        return bool(found)

    def _not_held_by_now(self, line: Line, documents: Sequence[Document]) -> list[Document]:
        """Those that no hold set since the page was read keeps: a hold works from the next transaction on."""
        holds = self.shelf.holds()
        if holds == self.holds:
            return list(documents)
        self.holds = holds
        return [one for one in documents if not self._held_back(line, one.everything)]

    def _people(self, rows: Sequence[Item]) -> set[str]:
        people: set[str] = set()
        for row in rows:
            values = row.serialize()
            for name in self.shelf.kept[row.kind_name()].whose:
                people.update(_ID.findall(_text(values.get(name))))
        return people

    def _put_off(self, raw: dict[str, Any], kept: Kept, line: Line) -> None:
        """What the database would remove by itself within a week stays a month longer while it is held."""
        ends = int(raw.get("expires", {}).get("N", 0))
        if not self.holds or not kept.whose or not ends or ends - now().timestamp() > NEAR:
            return
        row = self.shelf.item.from_raw_data(raw)
        if not self._is_held(line, [row]) or self.dry:
            return
        row.expires = ends + PUT_OFF
        try:
            commit(row, trace=Trace(ACTOR, "hold", self.item.id, reason=line.document))
        except ChangedMeanwhile:
            self._count(line, changed=1)

    def _erase(self, line: Line, document: Document) -> None:
        package = None
        if line.action == "archive":
            asked = self.item.request
            origin = Origin(self.shelf.area, asked["run"], asked["day"], asked["plan"])
            package = packages.store(origin, line, document.everything, document.shown)
        elif document.is_plain:
            self.waiting.setdefault(line.document, []).append(document)
            return
        before = (Document(tuple(some)) for some in chunks(document.before, TOGETHER))
        if all(self._commit(line, [some], package) for some in before):
            self._commit(line, [document], package)

    def _commit(
        self, line: Line, documents: Sequence[Document], package: tuple[str, str] | None = None
    ) -> bool:
        """Erase documents with their proof; whether that was done."""
        documents = self._not_held_by_now(line, documents)
        if not documents:
            return False
        rows = [row for document in documents for row in document.rows]
        before = self.item.outcome
        number = int(before.get("erasures", 0)) + 1
        proof = self.shelf.proof(
            f"RETENTION#{self.item.id}", f"{number:09}", document=line.document, package=package,
            digests=[packages.row_digest(row) for row in rows], expires=self.item.expires,
        )  # fmt: skip
        done = before.get("done", {})
        done = done | {line.document: done.get(line.document, 0) + len(rows)}
        self.item.outcome = {**before, "erasures": number, "done": done}
        also = [write for document in documents for write in document.also]
        about = documents[0].about or self.item.id
        trace = Trace(ACTOR, "erase", about, reason=line.document, changes=f"{len(rows)} {self.item.id}")
        try:
            commit(*map(Erase, rows), *also, proof, self.item, trace=trace)
        except ChangedMeanwhile:
            self.item.outcome = before
            self._still_mine()
            if len(documents) > 1:
                each = [self._commit(line, [document]) for document in documents]
                return all(each)
            self._count(line, changed=len(rows))
            return False
        return True

    def _still_mine(self) -> None:
        """Raises `ChangedMeanwhile` when it was not a row that had changed: another worker does this."""
        stored = jobs.find(self.shelf.job, self.item.id)
        if stored is None or stored.version != self.item.version:
            raise ChangedMeanwhile

    def _count(self, line: Line, **numbers: int) -> None:
        mine = self.counts.setdefault(line.document, {})
        for name, number in numbers.items():
            mine[name] = mine.get(name, 0) + number


def _conclude(shelf: Shelf, item: RetentionJob) -> None:
    """Put the proofs in the archive and tell what was done. One query per megabyte, a file per 5,000 rows."""
    done = item.outcome.get("done", {})
    known = item.outcome.get("counts", {})
    counts = tuple(
        Count(document=name, **_numbers(known.get(name, {}), int(done.get(name, 0))))
        for name in sorted({*known, *done})
    )
    holds = {id: int(number) for id, number in item.outcome.get("holds", {}).items()}
    index, digest = ("", "") if item.request["dry"] else _prove(shelf, item, counts)
    fact = shelf.answered(run=item.id, counts=counts, holds=holds, index=index, digest=digest)
    item.place = {"phase": "answered"}
    commit(item, facts=[fact])
    count("RowsErased", sum(one.done for one in counts))
    logger().info("retention", run=item.id, rows=int(item.done), erased=sum(one.done for one in counts))


def _numbers(known: Mapping[str, int], done: int) -> dict[str, int]:
    held, changed = int(known.get("held", 0)), int(known.get("changed", 0))
    # A page that was walked twice, because a worker died in it, has counted again only what was left.
    return {"due": max(int(known.get("due", 0)), done + held + changed), "done": done, "held": held,
            "changed": changed}  # fmt: skip


def _prove(shelf: Shelf, item: RetentionJob, counts: Sequence[Count]) -> tuple[str, str]:
    home, asked = f"proofs/{shelf.area}/{item.id}", item.request
    parts: list[dict[str, Any]] = []
    packed: dict[str, dict[str, Any]] = {}
    for lines in chunks(_proved(shelf, item, packed), PART):
        body = "".join(f"{json.dumps(line)}\n" for line in lines).encode()
        key = f"{home}/{len(parts) + 1:06}-{packages.digest(body)[:8]}.jsonl"
        parts.append({"key": key, "sha256": packages.put(key, body), "rows": len(lines)})
    whole = {
        "run": item.id, "area": shelf.area, "day": asked["day"], "plan": asked["plan"],
        "counts": [one.model_dump() for one in counts], "parts": parts, "packages": list(packed.values()),
    }  # fmt: skip
    body = json.dumps(whole, indent=1).encode()
    key = f"{home}/index-{packages.digest(body)[:8]}.json"
    return key, packages.put(key, body)


def _proved(shelf: Shelf, item: RetentionJob, packed: dict[str, dict[str, Any]]) -> Iterator[dict[str, str]]:
    for row in shelf.proof.query(f"RETENTION#{item.id}", consistent_read=True):
        if row.package:
            key, sha256 = row.package
            packed[key] = {
                "key": key, "sha256": sha256, "document": row.document, "rows": len(row.digests)
            }  # fmt: skip
        for digest in row.digests:
            yield {"document": row.document, "sha256": digest}


def _units(rows: Sequence[Item]) -> set[str]:
    return {unit for row in rows if (unit := getattr(row, "unit", None))}


def _text(value: Any) -> str:
    if value is None:
        return ""
    return str(value["S"]) if "S" in value else json.dumps(value, default=str)
