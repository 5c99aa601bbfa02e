"""A retention run from its beginning to its proof: what starts by itself (process 36)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from functions.access.domain.plan import plan_named, plan_on
from functions.access.domain.retention import PATIENCE, lines_of
from functions.access.events import RetentionAsked, RetentionPart
from functions.access.schemas import DocumentCount, HeldCount, RunView
from functions.access.store import retention as store
from skolkit.audit import Trace
from skolkit.aws import client
from skolkit.clock import LOCAL, now, stamp, today
from skolkit.config import bucket
from skolkit.errors import ChangedMeanwhile
from skolkit.table import AlreadyDone, Once, commit
from skolkit.telemetry import count

AREAS = (
    "assessment", "attendance", "grades", "messages", "organisation", "register", "timetable",
)  # fmt: skip
ACTOR = "system:start_retention"
ATTEMPTS = 6  # of the areas' answers that come at the same moment
_TYPES = {"json": "application/json", "pdf": "application/pdf"}


class RetentionStuck(RuntimeError):
    """Areas have not gone through their tables; raised so that the alarm goes."""


def start_retention() -> None:
    """The night's run, real when the municipality has turned that on; runs of nights before that have not
    ended fail. Raises `RetentionStuck`.
    """
    real = store.find_settings().mode == "real"
    stuck = [_fail(run) for run in store.running_since(now() - PATIENCE)]
    with suppress(AlreadyDone):  # the schedule came twice
        begin(ACTOR, dry=not real, once=lambda answer: Once(f"RETENTION#{today()}", answer=answer))
    if stuck:
        raise RetentionStuck(f"{len(stuck)} retention runs did not end")


def begin(by: str, *, dry: bool, once: Callable[[str], Once]) -> RunView:
    """Ask every area. One transaction."""
    day = today()
    item = store.new_run(by, day, plan_on(day).id, AREAS, dry=dry)
    view = run_view(item, version=1)
    nightly = by == ACTOR
    fact = RetentionAsked(run=item.id, day=str(day), plan=item.request["plan"], dry=dry, nightly=nightly)
    trace = Trace(by, "ask_retention_run", "retention", changes=f"{item.id} {'dry' if dry else 'real'}")
    commit(item, facts=[fact], trace=trace, once=once(view.model_dump_json(by_alias=True)))
    return view


def take_answer(area: str, part: RetentionPart) -> None:
    """Note what an area has done; the last one makes the report. A get and a transaction, and a few when
    areas answer at the same moment.
    """
    for _ in range(ATTEMPTS):
        item = store.find_run(part.run)
        if item is None or item.state == "done" or area in item.outcome.get("areas", {}):
            return
        answer = part.model_dump(mode="json", exclude={"run"})
        item.outcome = {**item.outcome, "areas": {**item.outcome.get("areas", {}), area: answer}}
        waiting = [name for name in item.place["waiting"] if name != area]
        item.place, item.done = {"waiting": waiting}, int(item.total) - len(waiting)
        if not waiting:
            item.outcome = {**item.outcome, "report": _report(item)}
            item.state, item.ended = "done", stamp(now())
        try:
            commit(item, trace=None if waiting else _ended(item))
        except ChangedMeanwhile:
            continue
        return
    raise ChangedMeanwhile


def file_of(item: store.RunItem, format: str) -> tuple[str, str]:
    """Bucket and key of a run's report: of a real run it is the certificate, under lock."""
    key: str = item.outcome["report"][format]
    return bucket("extracts" if item.request["dry"] else "archive"), key


def run_view(item: store.RunItem, version: int | None = None) -> RunView:
    """What is known of a run."""
    areas = item.outcome.get("areas", {})
    held = _added(answer["holds"] for answer in areas.values())
    return RunView(
        id=item.id, state=item.state, dry=item.request["dry"], day=item.request["day"],
        plan=item.request["plan"], asked=item.asked, ended=item.ended, waiting=item.place["waiting"],
        counts=[
            DocumentCount(area=area, **row)
            for area, answer in sorted(areas.items()) for row in answer["counts"]
        ],
        holds=[HeldCount(hold=hold, rows=rows) for hold, rows in sorted(held.items())],
        version=version or item.version,
    )  # fmt: skip


def _fail(item: store.RunItem) -> str:
    item.state, item.ended = "failed", stamp(now())
    item.outcome = {**item.outcome, "missing": item.place["waiting"]}
    commit(item)
    return item.id


def _ended(item: store.RunItem) -> Trace:
    rows = sum(line["done"] for area in item.outcome["areas"].values() for line in area["counts"])
    count("RetentionRowsErased", rows)
    return Trace("system:collect_retention", "collect_retention", "retention", changes=f"{item.id} {rows}")


def _report(item: store.RunItem) -> dict[str, str]:
    """Write the report as JSON and PDF; their keys. The name says the content, so that nothing under lock is
    ever written over.
    """
    from functions.access.documents import render

    whole = _document(item)
    text = json.dumps(whole, ensure_ascii=False, indent=1).encode()
    folder = "reports/retention" if item.request["dry"] else "proofs/access"
    name = f"{folder}/{item.id}-{hashlib.sha256(text).hexdigest()[:8]}"
    told = whole | {"asked": _wall_clock(item.asked)}
    for format, body in (("json", text), ("pdf", render.pdf("retention", told))):
        _put(item, f"{name}.{format}", body, format)
    return {format: f"{name}.{format}" for format in _TYPES}


def _wall_clock(instant: str) -> str:
    return datetime.fromisoformat(instant).astimezone(LOCAL).strftime("%Y-%m-%d %H:%M")


def _document(item: store.RunItem) -> dict[str, Any]:
    """What a run says for good: no personal data, only types, numbers, periods and digests."""
    request, areas = item.request, item.outcome["areas"]
    counts = {area: answer["counts"] for area, answer in areas.items()}
    return {
        "run": item.id, "day": request["day"], "plan": request["plan"], "dry": request["dry"],
        "asked": item.asked, "askedBy": item.asked_by,
        "lines": lines_of(plan_named(request["plan"]), counts),
        "holds": _added(answer["holds"] for answer in areas.values()),
        "proofs": [
            _proofs(area, answer["index"], answer["digest"])
            for area, answer in sorted(areas.items()) if answer["index"]
        ],
    }  # fmt: skip


def _proofs(area: str, key: str, digest: str) -> dict[str, Any]:
    """An area's list of proofs, checked against what it said of it."""
    body = client("s3").get_object(Bucket=bucket("archive"), Key=key)["Body"].read()
    if hashlib.sha256(body).hexdigest() != digest:
        raise ValueError(f"the proofs of {area} are not what it said")
    index = json.loads(body)
    return {
        "area": area, "index": key, "sha256": digest, "parts": index["parts"], "packages": index["packages"]
    }  # fmt: skip


def _added(holds: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for mine in holds:
        for id, number in mine.items():
            total[id] = total.get(id, 0) + number
    return total


def _put(item: store.RunItem, key: str, body: bytes, format: str) -> None:
    where = bucket("extracts" if item.request["dry"] else "archive")
    client("s3").put_object(
        Bucket=where, Key=key, Body=body, ContentType=_TYPES[format], ChecksumAlgorithm="SHA256"
    )
