"""An area's night: it walks its table, finds what is over, and erases it, each document in a transaction of
its own with its proof, the audit row and the place of the work.

A worker that dies is followed by one that goes on; what is counted and proved was committed with what was
erased. Whatever somebody has changed since it was read is left for the next night.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict

from skolkit import jobs
from skolkit.audit import Trace
from skolkit.clock import now, stamp
from skolkit.errors import Busy, ChangedMeanwhile
from skolkit.events import Envelope
from skolkit.feed import scan
from skolkit.kept import Kept
from skolkit.retention import packages
from skolkit.retention.facts import Turn
from skolkit.retention.items import RetentionJob
from skolkit.retention.packages import Origin
from skolkit.retention.proofs import conclude
from skolkit.retention.rules import Hold, Line, counted_from, holding, is_over, last_day
from skolkit.retention.shelf import TOGETHER, Document, Shelf
from skolkit.table import Erase, Item, chunks, commit
from skolkit.telemetry import count, failure, logger
from skolkit.types import PersonId

SECONDS = jobs.SECONDS
PAGE = 500  # rows of a table at a time
NEAR, PUT_OFF = 7 * 86_400, 30 * 86_400  # seconds before a held row would expire, and how long it is put off
ACTOR = "system:answer_retention"
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Asked(BaseModel):
    """Of `access.RetentionAsked.v1`: which run, of which day, by which version of the plan; `dry` only
    counts, and of the night puts off what is held.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)
    run: str
    day: str
    plan: str
    dry: bool
    nightly: bool = False


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
        conclude(shelf, item)
    return bool(item.place["phase"] != "answered")


def _first_walk(shelf: Shelf) -> str:
    """What depends on people's ties is judged in a walk of its own, before the ties are erased themselves:
    when a guardian's contact goes must not hang on whether custody went an instant before.
    """
    return "ties" if any(kind.tied for kind in shelf.kept.values()) else "dates"


def _page(shelf: Shelf, item: RetentionJob, phase: str) -> None:
    rows, after = _rows(shelf, item.place.get("after"))
    night = Night(shelf, item, shelf.lines(item.request["plan"]), shelf.holds(()))
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


def _rows(shelf: Shelf, after: dict[str, Any] | None) -> tuple[list[dict[str, Any]], dict[str, Any] | None]:
    """A page of the table, and its last key if there is more. It ends where the key tells nothing of anybody:
    the job keeps it.
    """
    found: list[dict[str, Any]] = []
    while True:
        rows, after = scan(shelf.item.Meta.table_name, after, PAGE)
        found += rows
        if after is None:
            return found, None
        ends = (n for n, row in enumerate(reversed(found)) if row["kind"]["S"] not in shelf.secret)
        if (too_many := next(ends, None)) is not None:
            found = found[: len(found) - too_many]
            return found, {"pk": found[-1]["pk"], "sk": found[-1]["sk"]}


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
        """Look at one row of the table, and erase the document it begins if that is over. One that cannot be
        judged, packed or erased stays, and does not stand in the way of the others.
        """
        line = self.lines[kept.document]
        try:
            self._take(raw, kept, line)
        except (Busy, ChangedMeanwhile):
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it is logged, counted and left
            self._left(line, 1, error)

    def _take(self, raw: dict[str, Any], kept: Kept, line: Line) -> None:
        if line.action == "expire":
            self._put_off(raw, line)
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

    def _still_to_go(self, line: Line, documents: Sequence[Document]) -> list[Document]:
        """Those that may go now: a hold, or the setting turned back, works from the next transaction on."""
        if not self.shelf.real():
            self._count(line, changed=sum(len(one.everything) for one in documents))
            return []
        # Always judged again: they may have been read under an older list than the one read last.
        self.holds = self.shelf.holds(self.holds)
        return [one for one in documents if not self._held_back(line, one.everything)]

    def _people(self, rows: Sequence[Item]) -> set[str]:
        people: set[str] = set()
        for row in rows:
            values = row.serialize()
            for name in self.shelf.kept[row.kind_name()].whose:
                people.update(_ID.findall(_text(values.get(name))))
        return people

    def _put_off(self, raw: dict[str, Any], line: Line) -> None:
        """What the database would remove by itself within a week stays a month longer while it is held: every
        night, whether or not the run deletes.
        """
        ends = int(raw.get("expires", {}).get("N", 0))
        if not self.holds or not ends or ends - now().timestamp() > NEAR:
            return
        row = Item.from_raw_data(raw)  # jobs and imports are no items of the area's own base
        if not self._held_back(line, [row]):
            return
        self._count(line, due=1)
        if self.dry and not self.item.request.get("nightly"):
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
        for writes in chunks(document.surplus, TOGETHER):
            if not self._still_to_go(line, [document]):
                return
            commit(*writes, trace=Trace(ACTOR, "erase", document.about, reason=line.document))
        rest = document.everything
        for some in chunks(document.before, TOGETHER):
            rest = rest[len(some) :]
            part = Document(tuple(some), about=document.about, after=rest)
            if not self._commit(line, [part], package):
                return
        self._commit(line, [replace(document, before=())], package)

    def _commit(
        self, line: Line, documents: Sequence[Document], package: tuple[str, str] | None = None
    ) -> bool:
        """Erase documents with their proof; whether that was done."""
        documents = self._still_to_go(line, documents)
        if not documents:
            return False
        rows = [row for document in documents for row in document.rows]
        before = self.item.outcome
        number = int(before.get("erasures", 0)) + 1
        proof = self.shelf.proof(
            f"RETENTION#{self.item.id}", f"{number:09}", document=line.document, package=package,
            digests=[packages.row_digest(row) for row in rows],
        )  # fmt: skip
        done = before.get("done", {})
        done = done | {line.document: done.get(line.document, 0) + len(rows)}
        self.item.outcome = {**before, "erasures": number, "done": done}
        also = [write for document in documents for write in document.also]
        about = documents[0].about or self.item.id
        trace = Trace(ACTOR, "erase", about, reason=line.document, changes=f"{len(rows)} {self.item.id}")
        try:
            commit(*map(Erase, rows), *also, proof, self.item, trace=trace)
        except Exception as error:
            self.item.outcome = before
            if isinstance(error, Busy):
                raise
            self._still_mine()
            if len(documents) > 1:
                each = [self._commit(line, [document]) for document in documents]
                return all(each)
            self._left(line, len(documents[0].everything), error)
            return False
        return True

    def _left(self, line: Line, rows: int, error: Exception) -> None:
        """Rows that stay until the next night: somebody has changed them, or something is wrong with them."""
        self._count(line, changed=rows)
        if not isinstance(error, ChangedMeanwhile):
            count("RetentionFailed", rows)
            logger().error("retention failed", document=line.document, **failure(error))

    def _still_mine(self) -> None:
        """Raises `ChangedMeanwhile` when it was not a row that had changed: another worker does this."""
        stored = jobs.find(self.shelf.job, self.item.id)
        if stored is None or stored.version != self.item.version:
            raise ChangedMeanwhile

    def _count(self, line: Line, **numbers: int) -> None:
        mine = self.counts.setdefault(line.document, {})
        for name, number in numbers.items():
            mine[name] = mine.get(name, 0) + number


def _units(rows: Sequence[Item]) -> set[str]:
    return {unit for row in rows if (unit := getattr(row, "unit", None))}


def _text(value: Any) -> str:
    if value is None:
        return ""
    return str(value["S"]) if "S" in value else json.dumps(value, default=str)
