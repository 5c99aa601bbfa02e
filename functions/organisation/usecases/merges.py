"""Two records proved to be one person (process 2): groups of all years, study plan and certification go with
the one that is kept, and back when the merge is undone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from typing import TypeVar

from functions.organisation.domain.groups import DatedGroup, Part, Post, Stay
from functions.organisation.events import GroupMembersChanged
from functions.organisation.store import groups as store
from functions.organisation.store.duties import CertificationItem
from functions.organisation.store.study_plans import PlanItem
from functions.register import queries as register
from skolkit.audit import Trace
from skolkit.errors import ChangedMeanwhile
from skolkit.merges import SYSTEM, MergeTold, move
from skolkit.table import Remove, Write, commit
from skolkit.types import GroupId, PersonId

Row = TypeVar("Row", Stay, Post)
People = Callable[[DatedGroup, Part, PersonId, date | None], list[PersonId]]
ATTEMPTS = 5  # a class may be changed by somebody meanwhile


def follow_merge(told: MergeTold) -> None:
    """Groups first, in one transaction; the plan and certification, where only one record has any, after."""
    merged = register.merged_into(told.merged) == told.kept
    for attempt in range(ATTEMPTS):
        try:
            (_join if merged else _part)(told)
            break
        except ChangedMeanwhile:
            if attempt == ATTEMPTS - 1:
                raise
    ids = (told.merged, told.kept) if merged else (told.kept, told.merged)
    old, new = (f"PERSON#{id}" for id in ids)
    for kind in (PlanItem, CertificationItem):
        move(kind, old, new, told.kept, back=not merged)


def _join(told: MergeTold) -> None:
    """Put the kept record in every group of the other one. Three round trips: parts, groups, commit."""
    parts = store.parts_items([told.merged, told.kept])
    own = parts[told.merged]
    if own.parts:
        before = store.merging_parts(own, parts[told.kept], told.kept)
        _change(told, parts, lambda group: exchanged(group, told.merged, told.kept), [before])


def _part(told: MergeTold) -> None:
    """Give the other record its parts back, as they are in the groups now: an end may have been set since.
    Four round trips.
    """
    found = store.merged_parts(told.merged, told.kept)
    if found:
        before, theirs, own = found
        mine, both = ({(p.group, p.part, p.start) for p in some} for some in (theirs, own))
        parts = store.parts_items([told.merged, told.kept])
        parts[told.merged].parts = [*parts[told.merged].parts, *before.parts]

        def people(group: DatedGroup, part: Part, person: PersonId, start: date | None) -> list[PersonId]:
            there = (group.id, part, start or group.start)
            if person != told.kept or there not in mine:
                return [person]
            return [told.kept, told.merged] if there in both else [told.merged]

        _change(told, parts, lambda group: _with(group, people), [Remove(before)])


def _change(
    told: MergeTold,
    parts: dict[PersonId, store.PartsItem],
    change: Callable[[DatedGroup], DatedGroup],
    more: list[Write],
) -> None:
    groups = list(dict.fromkeys(GroupId(row[0]) for row in parts[told.merged].parts))
    writes: list[Write] = []
    facts = []
    for item in store.group_items(groups).values():
        group = change(store.stored_group(item))
        for person in (told.merged, told.kept):
            store.set_parts(parts[person], group.id, group.parts().get(person, ()))
        writes += store.group_writes(group, item)
        facts.append(GroupMembersChanged(group=group.id, unit=group.unit))
    trace = Trace(SYSTEM, "follow_merge", told.kept, changes=f"{len(facts)} groups")
    commit(*writes, *parts.values(), *more, facts=facts, trace=trace)


def exchanged(group: DatedGroup, old: PersonId, new: PersonId) -> DatedGroup:
    """The group with `new` wherever `old` was; somebody who was there as both is there once."""
    return _with(group, lambda _group, _part, person, _start: [new if person == old else person])


def _with(group: DatedGroup, people: People) -> DatedGroup:
    """The group with whom `people` names in place of each."""

    def over(part: Part, rows: Iterable[Row]) -> list[Row]:
        return [
            replace(row, person=who) for row in rows for who in people(group, part, row.person, row.start)
        ]

    return replace(
        group,
        stays=tuple(dict.fromkeys(over("member", group.stays))),
        mentors=frozenset(over("mentor", group.mentors)),
        teachers=frozenset(over("teacher", group.teachers)),
    )
