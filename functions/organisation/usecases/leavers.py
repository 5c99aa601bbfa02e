"""Memberships end when a pupil leaves the unit (processes 3 and 8): dated, so that who was in the class stays
known.
"""

from __future__ import annotations

from datetime import timedelta

from functions.organisation.events import EnrolmentEnded, GroupMembersChanged
from functions.organisation.store import groups as store
from skolkit.audit import Trace
from skolkit.errors import ChangedMeanwhile
from skolkit.table import Once, Write, commit
from skolkit.types import GroupId

ATTEMPTS = 5  # when a whole class leaves at once, its group changes meanwhile


def end_memberships(fact: EnrolmentEnded, fact_id: str) -> None:
    """End the pupil's memberships of the unit's groups with the last day; later ones are taken out. Three
    round trips: parts, groups, commit; one for somebody who stays at the unit.
    """
    if not fact.left_unit:
        return
    for _ in range(ATTEMPTS - 1):
        try:
            _end(fact, fact_id)
        except ChangedMeanwhile:
            continue
        return
    _end(fact, fact_id)


def _end(fact: EnrolmentEnded, fact_id: str) -> None:
    parts = store.parts_items([fact.pupil])[fact.pupil]
    mine = list(dict.fromkeys(GroupId(row[0]) for row in parts.parts if row[1] == "member"))
    outside = fact.last_day + timedelta(days=1)
    writes: list[Write] = []
    facts = []
    for item in store.group_items(mine).values() if mine else ():
        group = store.stored_group(item)
        left = group.without_member(fact.pupil, outside)
        if group.unit != fact.unit or left == group:
            continue
        store.set_parts(parts, group.id, left.parts().get(fact.pupil, ()))
        writes += store.group_writes(left, item)
        facts.append(GroupMembersChanged(group=group.id, unit=group.unit))
    what = f"{len(facts)} groups {fact.last_day}"
    trace = Trace("system:end_memberships", "end_memberships", fact.pupil, "leftUnit", what)
    once = Once(f"FACT#{fact_id}")  # also when nothing changes: a replay must not end what begins later
    if writes:
        commit(*writes, parts, facts=facts, trace=trace, once=once)
    else:
        commit(once=once)
