"""What an area keeps about a person follows when two records prove to be one, and goes back when the merge is
undone (`register.PersonsMerged`, `register.PersonsParted`).

The rows of a partition named for a person move, and each remembers where it was. Which way they go is asked
of the register, not of the fact: facts may come late, twice, or in the wrong order.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from pydantic import BaseModel, ConfigDict

from skolkit.audit import Trace
from skolkit.table import Item, Remove, Write, chunks, commit
from skolkit.types import PersonId

I = TypeVar("I", bound=Item)  # noqa: E741
ROWS = 45  # of one transaction: each is written there and removed here
SYSTEM = PersonId("system:follow_merge")


class MergeTold(BaseModel):
    """What is needed of `register.PersonsMerged.v1` and `register.PersonsParted.v1`."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)
    kept: PersonId
    merged: PersonId


def move(
    kind: type[I],
    old: str,
    new: str,
    about: PersonId,
    *,
    back: bool = False,
    adapt: Callable[[I], None] | None = None,
    meet: Callable[[I, I], bool] | None = None,
) -> list[I]:
    """Move the rows of kind `kind` from the partition `old` to `new`, or with `back` those alone that once
    came from `new`; the rows as they were. `adapt` changes what else in a row names the partition. Where
    there is a row of the key already, `meet` puts the first into the second; otherwise it stays where it is.

    Two queries, and a transaction per 45 rows. Raises `ChangedMeanwhile`; what has moved stays moved, and the
    same call goes on with the rest.
    """
    rows = [row for row in kind.query(old, consistent_read=True) if not back or row.moved_from == new]
    there = {row.sk: row for row in kind.query(new, consistent_read=True)} if rows else {}
    moved = []
    for some in chunks(rows, ROWS):
        writes: list[Write] = []
        for row in some:
            same = there.get(row.sk)
            if same is None:
                copy = _copy(row, new, None if back else old)
                if adapt:
                    adapt(copy)
                writes.append(copy)
            elif meet and meet(row, same):
                writes.append(same)
            else:
                continue
            writes.append(Remove(row, row.version))
            moved.append(row)
        if writes:
            commit(*writes, trace=Trace(SYSTEM, "follow_merge", about, changes=f"{len(writes) // 2} rows"))
    return moved


def _copy(row: I, pk: str, moved_from: str | None) -> I:
    raw = row.serialize()
    raw.pop("version", None)
    copy: I = type(row).from_raw_data(raw | {"pk": {"S": pk}})
    copy.moved_from = moved_from
    return copy
