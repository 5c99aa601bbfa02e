"""What was there before a write, kept so that the write can be undone: exactly, and only while nobody has
changed it since. Sealed fields stay sealed.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from skolkit.audit import Trace
from skolkit.errors import Busy, DomainError
from skolkit.jobs import JobItem
from skolkit.protected import shredded_with
from skolkit.table import Erase, Item, Remove, Wanted, Write, commit, fetch
from skolkit.tables import bucket
from skolkit.tables.formats import CONTENT_TYPES, write_table
from skolkit.tables.items import BeforeItem, Image, Kinds
from skolkit.tables.plans import Asker, Table, asker_of

STEP = 50
_UNDONE = {"created", "changed"}
_KEPT = "ändrad sedan dess, eller inte din att ändra"


def images_of(kind: type[Item], writes: Sequence[Write]) -> list[Image]:
    """Items before writes and after them, as JSON; `before` is None for a new item, `after` for one that
    goes. One consistent `BatchGetItem` per 100.
    """
    stored = _stored(kind, [(item.pk, item.sk) for item in map(_item, writes)])
    found = []
    for write in writes:
        item = _item(write)
        old = stored.get((item.pk, item.sk))
        after = None if isinstance(write, Remove | Erase) else _packed(_content(item))
        before = _packed(_content(old)) if old else None
        found.append({"pk": item.pk, "sk": item.sk, "before": before, "after": after})
    return found


def undo(job: JobItem, kinds: Kinds, table: Table, done: JobItem) -> bool:
    """One step back of an import, its last rows first; whether there is more. Rows whose items have not been
    changed since become what they were, where whoever asks may make that change today and no rule forbids it;
    the others keep their picture, and are named in the report.
    """
    counts = done.outcome
    job.total = counts["created"] + counts["changed"]
    some = kinds.befores_back(done, job.place.get("from", "BEFORE#~"), STEP)
    if not some:
        _report(job, kinds, done)
        return False
    asker = asker_of(job)
    for before in some:
        _put_back(job, asker, kinds.item, table, before)
        job.done += sum(row["outcome"] in _UNDONE for row in before.rows)
    job.place = {"from": some[-1].sk}
    commit(job)
    return True


def _report(job: JobItem, kinds: Kinds, done: JobItem) -> None:
    kept = [row for before in kinds.befores(done, 0, 999_999) for row in before.rows]
    kept = [row for row in kept if row["outcome"] in _UNDONE]
    told = [["rad", "id", "utfall"], *([r["line"], r["about"], _KEPT] for r in kept)]
    bucket.put(bucket.key("reports", job.id, "report.csv"), write_table(told, "csv"), CONTENT_TYPES["csv"])
    restored = max(int(job.total), int(job.done)) - len(kept)
    job.outcome = {"restored": restored, "kept": len(kept), "files": ["report.csv"]}


def _put_back(job: JobItem, asker: Asker, kind: type[Item], table: Table, before: BeforeItem) -> None:
    """All the items of a picture in one transaction, with the picture itself, or none. Two round trips, those
    of the table's `may_undo`, and one per thing that is removed.
    """
    if before.images is None:
        return
    images = before.images
    now = _stored(kind, [(image["pk"], image["sk"]) for image in images])
    as_left = all(_as_left(now.get((i["pk"], i["sk"])), i, table.guarded) for i in images)
    if not as_left or _shared(kind, table.heads, images) or not table.may_undo(asker, images):
        return
    writes: list[Write] = []
    for image in images:
        current = now.get((image["pk"], image["sk"]))
        if image["before"] == image["after"]:
            writes += [current] if current else []  # it only guarded the others
        elif image["before"] is not None:
            item = kind.from_raw_data(_unpacked(image["before"]))
            writes.append(item.over(current.version, current.created) if current else item)
        elif current is not None:
            writes += [Erase(current), *shredded_with(current)]
    trace = Trace(job.asked_by, job.job, before.about, changes=f"{job.id} {int(before.line)}")
    try:
        back = table.back(images, writes)
        commit(*back.writes, Remove(before), facts=back.facts, trace=trace)
    except Busy:
        raise
    except DomainError:
        return


def _item(write: Write) -> Item:
    return write if isinstance(write, Item) else write.item


def _stored(kind: type[Item], keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Item]:
    found: dict[tuple[str, str], Item] = fetch(
        Wanted(kind, list(dict.fromkeys(keys)), dict), consistent=True
    )[0]
    return found


def _as_left(current: Item | None, image: Mapping[str, Any], guarded: Sequence[str]) -> bool:
    now = None if current is None else _packed(_content(current))
    then = image["after"]
    if image["before"] == then and now is not None and then is not None:
        return all(now.get(name) == then.get(name) for name in guarded)
    return bool(now == then)


def _shared(kind: type[Item], heads: Callable[[str, str], bool], images: Sequence[Image]) -> bool:
    """Whether something else has come into a partition that would be removed."""
    mine = {(image["pk"], image["sk"]) for image in images}
    made = [i for i in images if i["before"] is None and i["after"] is not None]
    return any(
        (row.pk, row.sk) not in mine
        for image in made
        if heads(image["pk"], image["sk"])
        for row in kind.query(image["pk"], consistent_read=True)
    )


def _content(item: Item) -> dict[str, Any]:
    return {name: value for name, value in item.serialize().items() if name not in item.bookkeeping}


def _packed(value: Any) -> Any:
    """DynamoDB's notation as JSON."""
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode()}
    if isinstance(value, dict):
        return {name: _packed(inner) for name, inner in value.items()}
    return [_packed(inner) for inner in value] if isinstance(value, list) else value


def _unpacked(value: Any) -> Any:
    if isinstance(value, dict):
        if set(value) == {"base64"}:
            return base64.b64decode(value["base64"])
        return {name: _unpacked(inner) for name, inner in value.items()}
    return [_unpacked(inner) for inner in value] if isinstance(value, list) else value
