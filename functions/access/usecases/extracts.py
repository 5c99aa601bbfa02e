"""Register extracts (registerutdrag, GDPR art. 15): asked for, gathered from every area, fetched by link."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

from functions.access.documents import render
from functions.access.domain.extracts import ASKS, ExtractNotReady, is_late, legal_information
from functions.access.domain.plan import plan_on
from functions.access.events import ExtractRequested
from functions.access.schemas import ExtractLink
from functions.access.store import extracts as store
from functions.register import queries as register
from functions.register.queries import PupilRecord
from skolkit import jobs
from skolkit.audit import Trace, record_read
from skolkit.aws import client
from skolkit.clock import LOCAL, now, stamp, today
from skolkit.config import bucket
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.extracts import Part, Section, part_key
from skolkit.idempotency import RequestKey
from skolkit.identity import Caller
from skolkit.table import Remove, commit
from skolkit.telemetry import logger
from skolkit.types import PersonId

# Those that keep something about people; a test holds it against what the areas declare.
AREAS = (
    "access", "assessment", "attendance", "exchange", "grades", "messages", "organisation", "register",
    "timetable",
)  # fmt: skip
LINK_SECONDS = 300
WITHDRAWN = "person-protected"
ATTEMPTS = 20  # of areas that answer at the same moment
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT[0-9:.]+(Z|\+00:00)")
_TYPES = {"pdf": "application/pdf", "json": "application/json"}


class ExtractsStuck(RuntimeError):
    """Areas do not answer; raised so that the alarm goes."""


def request_extract(caller: Caller, person: PersonId, key: RequestKey) -> jobs.JobView:
    """Ask every area what it keeps about someone. Two round trips for oneself and guardians, five for
    administrators.
    """
    record = _require(caller, person)
    contacts = caller.person == person or not record.guardians
    item, *marks = store.new_extract(person, caller.person_id, AREAS, contacts=contacts)
    view = jobs.view(item, version=1)
    commit(
        item, *marks,
        facts=[_asked(item)],
        trace=Trace(caller.person_id, "request_extract", person),
        once=key.once(view.model_dump_json(by_alias=True)),
    )  # fmt: skip
    return view


def read_extract(caller: Caller, person: PersonId, id: str) -> jobs.JobView:
    """How far an extract has come. Three round trips, six for administrators."""
    view = jobs.view(_own(caller, person, id))
    record_read(Trace(caller.person_id, "read_extract", person))
    return view


def link_extract(caller: Caller, person: PersonId, id: str, format: str) -> ExtractLink:
    """A link for five minutes, to whoever asked and still may. Three round trips, six for administrators."""
    item = _own(caller, person, id)
    if item.state != "done":
        raise ExtractNotReady
    record_read(Trace(caller.person_id, "link_extract", person, changes=format))
    url = client("s3").generate_presigned_url(
        "get_object",
        Params={
            "Bucket": bucket("extracts"), "Key": file_key(id, format),
            "ResponseContentDisposition": f'attachment; filename="registerutdrag.{format}"',
            "ResponseCacheControl": "no-store",
        },
        ExpiresIn=LINK_SECONDS,
    )  # fmt: skip
    return ExtractLink(url=url, seconds=LINK_SECONDS)


def take_part(area: str, request: str) -> None:
    """Note that an area has answered; the last one makes the extract whole. A get and a transaction, and a
    few when areas answer at the same moment.
    """
    for _ in range(ATTEMPTS):
        item = store.find_extract(request)
        if item is None or item.state != "running":
            return
        waiting = [name for name in item.place["waiting"] if name != area]
        if waiting == item.place["waiting"] and waiting:
            return
        if not waiting:
            _finish(item)
            return
        item.place, item.done = {**item.place, "waiting": waiting}, int(item.total) - len(waiting)
        try:
            commit(item)
        except ChangedMeanwhile:
            continue
        return
    raise ChangedMeanwhile


def withdraw_extracts(person: PersonId) -> None:
    """Somebody has become protected: what others have had gathered about them is taken away, also what is on
    its way. Whoever still may, asks again.
    """
    for item in store.extracts_about(person):
        if item.asked_by == person:
            continue
        if item.outcome.get("reason") != WITHDRAWN:
            item.state, item.ended, item.outcome = "failed", stamp(now()), {"reason": WITHDRAWN}
            trace = Trace("system:withdraw_extracts", "withdraw_extracts", person, changes=item.id)
            commit(item, Remove(store.open_extract(item.id)), trace=trace)
        for format in _TYPES:
            client("s3").delete_object(Bucket=bucket("extracts"), Key=file_key(item.id, format))


def chase_extracts() -> None:
    """Ask again, of every extract that waits too long; after the last time it fails and names who is
    missing.
    """
    stuck = 0
    for id in store.open_extracts():
        item = store.find_extract(id)
        if item and item.state == "running" and is_late(datetime.fromisoformat(item.place["since"]), now()):
            stuck += _chase(item)
    if stuck:
        raise ExtractsStuck(f"{stuck} extracts could not be made")


def file_key(id: str, format: str) -> str:
    """Where a whole extract lies in its bucket."""
    return f"documents/whole/{id}.{format}"


def _chase(item: store.ExtractItem) -> bool:
    missing, asks = item.place["waiting"], int(item.place["asks"])
    logger().warning("extract waits", extract=item.id, missing=missing, asks=asks)
    item.outcome = {"missing": missing}
    if asks >= ASKS:
        item.state, item.ended = "failed", stamp(now())
        commit(item, Remove(store.open_extract(item.id)))
        return True
    item.place = {**item.place, "asks": asks + 1, "since": stamp(now())}
    commit(item, facts=[_asked(item)])
    return False


def _finish(item: store.ExtractItem) -> None:
    """Put the parts together, as JSON and PDF, and say that it is done."""
    sections = [section for area in AREAS for section in _part(item, area).sections]
    whole = _document(item, sections)
    _put(file_key(item.id, "json"), json.dumps(whole, ensure_ascii=False, indent=1).encode(), "json")
    _put(file_key(item.id, "pdf"), render.pdf("extract", _readable(whole)), "pdf")
    item.place = {**item.place, "waiting": []}
    item.state, item.ended, item.done = "done", stamp(now()), item.total
    item.outcome = {"rows": sum(len(section.rows) for section in sections)}
    trace = Trace("system:collect_extract", "collect_extract", item.person)
    commit(item, Remove(store.open_extract(item.id)), trace=trace)


def _document(item: store.ExtractItem, sections: list[Section]) -> dict[str, object]:
    documents = {section.document for section in sections}
    return {
        "request": item.id,
        "person": item.person,
        "made": stamp(now()),
        "sections": [section.model_dump(mode="json", by_alias=True) for section in sections],
        "legal": legal_information(plan_on(today()), documents),
    }


def _part(item: store.ExtractItem, area: str) -> Part:
    found = client("s3").get_object(Bucket=bucket("extracts"), Key=part_key(area, item.id))
    return Part.model_validate_json(found["Body"].read())


def _readable(value: Any) -> Any:
    """The same with every instant as a Swedish wall-clock time, `2026-11-23 08:10`."""
    if isinstance(value, dict):
        return {name: _readable(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_readable(inner) for inner in value]
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        return datetime.fromisoformat(value).astimezone(LOCAL).strftime("%Y-%m-%d %H:%M")
    return value


def _put(key: str, content: bytes, format: str) -> None:
    client("s3").put_object(Bucket=bucket("extracts"), Key=key, Body=content, ContentType=_TYPES[format])


def _asked(item: store.ExtractItem) -> ExtractRequested:
    return ExtractRequested(request=item.id, person=PersonId(item.person), contacts=item.contacts)


def _require(caller: Caller, person: PersonId) -> PupilRecord:
    """Anybody, asked about as a pupil: themselves, those with custody, the office of their unit."""
    record = register.anyone(person)
    if record is None:
        raise NotFound
    register.require_relation(caller, "access:request_extract", record)
    return record


def _own(caller: Caller, person: PersonId, id: str) -> store.ExtractItem:
    """One that the caller has asked for: what a guardian gets is not what the pupil gets."""
    _require(caller, person)
    item = store.find_extract(id)
    if item is None or (item.person, item.asked_by) != (person, caller.person_id):
        raise NotFound
    if store.has_expired(item, now()):
        raise NotFound
    return item
