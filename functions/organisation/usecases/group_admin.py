"""Groups administered by their unit's office: made, changed, ended, listed, filled (process 13)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import cast

from functions.access import guard
from functions.organisation import queries
from functions.organisation.domain.composition import Mark
from functions.organisation.domain.groups import MOST_AT_ONCE, DatedGroup, Post, Stay, TooManyAtOnce
from functions.organisation.events import GroupArchived, GroupFormed, GroupMembersChanged
from functions.organisation.schemas.groups import (
    GroupChange,
    GroupDetails,
    GroupEnd,
    GroupLine,
    GroupPage,
    GroupsQuery,
    MembersChange,
    MembersChanged,
    NewGroup,
    PostShape,
)
from functions.organisation.store import groups as groups_store
from functions.organisation.usecases.group_rights import editable, require_belonging, require_staff, unchanged
from skolkit.audit import Trace
from skolkit.clock import today
from skolkit.errors import NotFound
from skolkit.events import Fact
from skolkit.idempotency import RequestKey
from skolkit.identity import Caller
from skolkit.sweden.calendar import SchoolYear
from skolkit.table import Once, Write, commit
from skolkit.types import GroupId, PersonId, UnitId, new_id


def create_group(caller: Caller, unit: UnitId, new: NewGroup, key: RequestKey) -> GroupDetails:
    """A group without members. Four round trips: duties, unit, the staff's parts, commit."""
    duties = queries.duties_of(caller.person_id)
    guard.require(caller, "organisation:edit_group", guard.Unit(unit), duties)
    if queries.unit(unit) is None:
        raise NotFound
    made = _as_said(DatedGroup(id=GroupId(new_id()), unit=unit, name=new.name, kind=new.kind), new)
    require_staff(made, ())
    view = _details(made, 1)
    save(caller, "create_group", None, None, made, [GroupFormed(group=made.id, unit=unit)],
         key.once(view.model_dump_json(by_alias=True)))  # fmt: skip
    return view


def change_group(caller: Caller, id: GroupId, new: GroupChange, version: int) -> GroupDetails:
    """Name, time, year and staff of a group. Four round trips, one more per 90 people whose parts change."""
    item, group, _ = editable(caller, id)
    unchanged(item, version)
    made = _as_said(group, new)
    require_staff(made, {post.person for post in (*group.mentors, *group.teachers)})
    save(caller, "change_group", item, group, made, [GroupMembersChanged(group=id, unit=group.unit)])
    return _details(made, item.version)


def end_group(caller: Caller, id: GroupId, end: GroupEnd, version: int) -> GroupDetails:
    """End a group, and everybody's part in it, with a day. Four round trips, one more per 90 people."""
    item, group, _ = editable(caller, id)
    unchanged(item, version)
    made = group.timed(group.start, end.end_date)
    archived = GroupArchived(group=id, unit=group.unit, end=end.end_date)
    save(caller, "end_group", item, group, made, [GroupMembersChanged(group=id, unit=group.unit), archived])
    return _details(made, item.version)


def list_groups(caller: Caller, unit: UnitId, query: GroupsQuery) -> GroupPage:
    """A unit's groups. Two round trips: duties, list."""
    duties = queries.duties_of(caller.person_id)
    guard.require(caller, "organisation:list_groups", guard.Unit(unit), duties)
    bound = (caller.seal, "groups", unit, query.state, query.school_year or "", query.kind or "")
    condition = (
        groups_store.ending_on_or_after(today())
        if query.state == "active"
        else groups_store.ended_before(today())
    )
    begun = None
    if query.school_year:
        year = SchoolYear.parse(query.school_year)
        condition, begun = groups_store.ending_on_or_after(year.start), year.end
    keep = groups_store.keeping(query.kind, begun)
    rows, cursor = groups_store.page_of_groups(unit, condition, keep, query.cursor, query.limit, *bound)
    return GroupPage(
        data=[
            GroupLine(
                id=r.id, name=r.name, kind=r.kind, start_date=r.start, end_date=r.end,
                school_form=r.school_form, year=r.year, automatic=r.automatic,
            )
            for r in rows
        ],
        cursor=cursor,
    )  # fmt: skip


def change_members(caller: Caller, id: GroupId, new: MembersChange, key: RequestKey) -> MembersChanged:
    """Let many come and go in one transaction. Round trips: group, duties, one per newcomer, parts, commit.

    Whoever is moved by hand stays so whatever a rule says.
    """
    item, group, duties = editable(caller, id)
    come, leave = _people(new.add), _people(new.remove)
    if len({*come, *leave}) > MOST_AT_ONCE:
        raise TooManyAtOnce(field="add", value=len({*come, *leave}))
    require_belonging(caller, group, come, new.start_date, new.end_date, duties)
    made = by_hand(group, come, leave, new.start_date, new.end_date)
    there, then = group.on(new.start_date).members, made.on(new.start_date).members
    added, removed = len({*then} - {*there}), len({*there} - {*then})
    view = MembersChanged(group=id, added=added, removed=removed)
    facts = [GroupMembersChanged(group=id, unit=group.unit)]
    once = key.once(view.model_dump_json(by_alias=True))
    save(caller, "change_members", item, group, made, facts, once, always=True)
    return view


def by_hand(
    group: DatedGroup, come: Sequence[PersonId], leave: Sequence[PersonId], start: date, end: date | None
) -> DatedGroup:
    """The group after these came and went; with a rule, marked so that it lets them be."""
    marks: dict[PersonId, Mark] = {**group.marks}
    for mark, people in (("in", come), ("out", leave)) if group.rule else ():
        marks |= dict.fromkeys(people, cast(Mark, mark))
    made = group
    for person in leave:
        made = made.without_member(person, start)
    return replace(made.with_members([Stay(p, start, end) for p in come]), marks=marks)


def save(
    caller: Caller,
    action: str,
    item: groups_store.GroupItem | None,
    old: DatedGroup | None,
    new: DatedGroup,
    facts: Sequence[Fact],
    once: Once | None = None,
    *,
    always: bool = False,
) -> None:
    """Store a changed group with everybody whose part changed; nothing when nothing did, unless `always`.

    More than 90 people are stored first and the group with the last of them, so that a repeat after a crash
    between two transactions finds the group unchanged and does all of it.
    """
    if new == old and not always:
        return
    changed = differing(old, new)
    slices = [changed[n : n + MOST_AT_ONCE] for n in range(0, len(changed), MOST_AT_ONCE)] or [[]]
    for people, _ in pairwise(slices):
        commit(*parts_writes(people, new), trace=Trace(caller.person_id, action, new.id, changes="parts"))
    changes = f"{len(changed)} parts" if len(changed) != 1 else f"person {changed[0]}"
    commit(
        *groups_store.group_writes(new, item), *parts_writes(slices[-1], new), facts=facts, once=once,
        trace=Trace(caller.person_id, action, new.id, changes=changes),
    )  # fmt: skip


def differing(old: DatedGroup | None, new: DatedGroup) -> list[PersonId]:
    """Those whose parts are other than before."""
    before, after = old.parts() if old else {}, new.parts()
    return sorted(p for p in {*before, *after} if before.get(p) != after.get(p))


def parts_writes(people: Sequence[PersonId], group: DatedGroup) -> list[Write]:
    """What stores people's parts in a group with them. One consistent `BatchGetItem` per 100."""
    parts, items = group.parts(), groups_store.parts_items(people)
    return [item for p, item in items.items() if groups_store.set_parts(item, group.id, parts.get(p, ()))]


def _people(ids: Iterable[str]) -> list[PersonId]:
    return [PersonId(id) for id in dict.fromkeys(ids)]


def _as_said(group: DatedGroup, said: GroupChange) -> DatedGroup:
    made = replace(
        group,
        name=said.name,
        school_form=said.school_form,
        year=said.year,
        carried=said.carried,
        mentors=frozenset(map(_post, said.mentors)),
        teachers=frozenset(map(_post, said.teachers)),
    )
    return made.timed(said.start_date, said.end_date)


def _post(said: PostShape) -> Post:
    return Post(PersonId(said.person), said.start_date, said.end_date)


def _details(group: DatedGroup, version: int) -> GroupDetails:
    return GroupDetails(
        id=group.id, unit=group.unit, kind=group.kind, name=group.name, start_date=group.start,
        end_date=group.end, school_form=group.school_form, year=group.year, carried=group.carried,
        mentors=_shown(group.mentors), teachers=_shown(group.teachers), version=version,
    )  # fmt: skip


def _shown(posts: Iterable[Post]) -> list[PostShape]:
    found = sorted(posts, key=lambda p: (p.person, str(p.start)))
    return [PostShape(person=p.person, start_date=p.start, end_date=p.end) for p in found]
