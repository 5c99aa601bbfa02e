"""Two records proved to be one person (process 2): groups of all years have the one that is kept, and the
other one again when the merge is undone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Protocol, TypeVar

from functions.organisation.domain.groups import DatedGroup, Part, PartIn, Post, Stay
from functions.organisation.events import GroupMembersChanged, MergeTold
from functions.organisation.store import groups as store
from functions.register import queries as register
from skolkit.audit import Trace
from skolkit.errors import ChangedMeanwhile
from skolkit.table import Remove, Write, chunks, commit
from skolkit.types import GroupId, PersonId

Row = TypeVar("Row", Stay, Post)


class Over(Protocol):
    """What becomes of the people in a part of a group."""

    def __call__(self, part: Part, rows: Iterable[Row], /) -> list[Row]: ...


Change = Callable[[DatedGroup], DatedGroup]
ATTEMPTS = 5  # a class may be changed by somebody meanwhile
GROUPS = 20  # in one transaction: each is up to four writes, and there are a few more


def follow_merge(told: MergeTold) -> None:
    """Put the kept record in the groups of the other one, or take it out again: which of the two is asked of
    the register, since facts may come late. A step that was cut short goes on from where it was.
    """
    for attempt in range(ATTEMPTS):
        try:
            _follow(told.kept, told.merged)
            return
        except ChangedMeanwhile:
            if attempt == ATTEMPTS - 1:
                raise


def _follow(kept: PersonId, merged: PersonId) -> None:
    if register.merged_into(merged) != kept:
        _part(kept, merged)
        return
    _join(kept, merged)
    if last := register.merged_into(kept):  # and on, if that one has been closed meanwhile
        _follow(last, kept)


def _join(kept: PersonId, merged: PersonId) -> None:
    """Three round trips, and two for each twenty groups."""
    parts = store.parts_items([merged, kept])
    if parts[merged].parts:
        before = store.merging_parts(parts[merged], parts[kept], kept)
        _change(kept, merged, parts, lambda group: exchanged(group, merged, kept), [before], [])


def _part(kept: PersonId, merged: PersonId) -> None:
    """Give the other record its parts back, as they are in the groups now: an end may have been set since."""
    found = store.merged_parts(merged, kept)
    if found:
        before, theirs, own = found
        parts = store.parts_items([merged, kept])
        parts[merged].parts = [*parts[merged].parts, *before.parts]  # names the groups
        _change(kept, merged, parts, lambda g: _returned(g, kept, merged, theirs, own), [], [Remove(before)])


def _change(
    kept: PersonId,
    merged: PersonId,
    parts: dict[PersonId, store.PartsItem],
    change: Change,
    first: Sequence[Write],
    last: Sequence[Write],
) -> None:
    pages = list(chunks(dict.fromkeys(GroupId(row[0]) for row in parts[merged].parts), GROUPS))
    for number, groups in enumerate(pages, 1):
        writes: list[Write] = [*(first if number == 1 else ()), *(last if number == len(pages) else ())]
        facts = []
        for item in store.group_items(groups).values():
            group = change(store.stored_group(item))
            for person in (merged, kept):
                store.set_parts(parts[person], group.id, group.parts().get(person, ()))
            writes += store.group_writes(group, item)
            facts.append(GroupMembersChanged(group=group.id, unit=group.unit))
        trace = Trace("system:follow_merge", "follow_merge", kept, changes=f"{len(facts)} groups")
        commit(*writes, *parts.values(), facts=facts, trace=trace)


def exchanged(group: DatedGroup, old: PersonId, new: PersonId) -> DatedGroup:
    """The group with `new` wherever `old` was; somebody who was there as both is there once."""

    def over(_part: Part, rows: Iterable[Row]) -> list[Row]:
        return [replace(row, person=new) if row.person == old else row for row in rows]

    marks = {new if person == old else person: mark for person, mark in group.marks.items()} | (
        {new: group.marks[new]} if new in group.marks else {}
    )
    return replace(_with(group, over), marks=marks)


def _returned(
    group: DatedGroup, kept: PersonId, merged: PersonId, theirs: Sequence[PartIn], own: Sequence[PartIn]
) -> DatedGroup:
    """The group with `merged` where it was. A part is known by when it begins; of two that begin on the same
    day by when it was to end, and one that both had is both's.
    """

    def over(part: Part, rows: Iterable[Row]) -> list[Row]:
        found = []
        for row in (known := list(rows)):
            begun = row.start if row.start is not None else group.start
            same = [r for r in known if (r.person, r.start) == (row.person, row.start)]
            had, has = (
                [p for p in some if (p.group, p.part, p.start) == (group.id, part, begun)]
                for some in (theirs, own)
            )
            gone = row.person == kept and had and (not has or len(same) == 1 or row.end == had[0].end)
            if not gone or (has and len(same) == 1):
                found.append(row)
            if gone:
                found.append(replace(row, person=merged))
        return found

    return _with(group, over)


def _with(group: DatedGroup, over: Over) -> DatedGroup:
    return replace(
        group,
        stays=tuple(dict.fromkeys(over("member", group.stays))),
        mentors=frozenset(over("mentor", group.mentors)),
        teachers=frozenset(over("teacher", group.teachers)),
    )
