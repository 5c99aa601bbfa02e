"""The end of an area's night: the proofs go to the archive, and access is told what was done."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from skolkit.retention import packages
from skolkit.retention.facts import Count
from skolkit.retention.items import ErasureItem, RetentionJob
from skolkit.retention.shelf import TOGETHER, Shelf
from skolkit.table import chunks, commit
from skolkit.telemetry import count, logger

PART = 5_000  # digests in one file of proofs


def conclude(shelf: Shelf, item: RetentionJob) -> None:
    """Put the proofs in the archive and tell what was done. Two queries per megabyte, a file per 5,000 rows,
    a transaction per 40 proofs.
    """
    done = item.outcome.get("done", {})
    known = item.outcome.get("counts", {})
    counts = tuple(
        Count(document=name, **_numbers(known.get(name, {}), int(done.get(name, 0))))
        for name in sorted({*known, *done})
    )
    holds = {id: int(number) for id, number in item.outcome.get("holds", {}).items()}
    index, digest = ("", "") if item.request["dry"] else _prove(shelf, item, counts)
    if index:
        _let_go(shelf, item)
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
    for row in _proofs(shelf, item):
        if row.package:
            key, sha256 = row.package
            before = packed.get(key, {}).get("rows", 0)
            packed[key] = {
                "key": key, "sha256": sha256, "document": row.document, "rows": before + len(row.digests)
            }  # fmt: skip
        for digest in row.digests:
            yield {"document": row.document, "sha256": digest}


def _let_go(shelf: Shelf, item: RetentionJob) -> None:
    """Proofs that are in the archive need not stay; those of a run that never got so far do."""
    for some in chunks(_proofs(shelf, item), TOGETHER):
        for row in some:
            row.expires = item.expires
        commit(*some)


def _proofs(shelf: Shelf, item: RetentionJob) -> Iterator[ErasureItem]:
    return iter(shelf.proof.query(f"RETENTION#{item.id}", consistent_read=True))
