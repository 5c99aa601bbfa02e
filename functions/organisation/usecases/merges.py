"""Two records proved to be one person (process 2): groups have the one that is kept, in earlier years too."""

from __future__ import annotations

from dataclasses import replace

from functions.organisation.domain.groups import DatedGroup
from functions.organisation.events import GroupMembersChanged, PersonsMerged
from functions.organisation.store import groups as store
from skolkit.audit import Trace
from skolkit.errors import ChangedMeanwhile
from skolkit.table import Once, Write, commit
from skolkit.types import GroupId, PersonId

ATTEMPTS = 5  # a class may be changed by somebody meanwhile


def follow_merge(fact: PersonsMerged, fact_id: str) -> None:
    """Put the kept record in every group of the other one. Three round trips: parts, groups, commit.

    A merge that is undone is not followed back: which memberships were whose is for the unit to say.
    """
    for _ in range(ATTEMPTS - 1):
        try:
            _follow(fact, fact_id)
        except ChangedMeanwhile:
            continue
        return
    _follow(fact, fact_id)


def _follow(fact: PersonsMerged, fact_id: str) -> None:
    parts = store.parts_items([fact.merged, fact.kept])
    groups = list(dict.fromkeys(GroupId(row[0]) for row in parts[fact.merged].parts))
    writes: list[Write] = []
    facts = []
    for item in store.group_items(groups).values() if groups else ():
        group = exchanged(store.stored_group(item), fact.merged, fact.kept)
        for person in (fact.merged, fact.kept):
            store.set_parts(parts[person], group.id, group.parts().get(person, ()))
        writes += store.group_writes(group, item)
        facts.append(GroupMembersChanged(group=group.id, unit=group.unit))
    trace = Trace("system:follow_merge", "follow_merge", fact.kept, changes=f"{len(facts)} groups")
    once = Once(f"FACT#{fact_id}")
    if writes:
        commit(*writes, *parts.values(), facts=facts, trace=trace, once=once)
    else:
        commit(once=once)


def exchanged(group: DatedGroup, old: PersonId, new: PersonId) -> DatedGroup:
    """The group with `new` wherever `old` was; somebody who was there as both is there once."""
    return replace(
        group,
        stays=tuple(dict.fromkeys(replace(s, person=new) if s.person == old else s for s in group.stays)),
        mentors=frozenset(replace(p, person=new) if p.person == old else p for p in group.mentors),
        teachers=frozenset(replace(p, person=new) if p.person == old else p for p in group.teachers),
    )
