"""Groups, and with each member the same membership the other way round.

A group is one item with its dated members (a class of thirty is 3 KB), so that neither question needs an
index.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from pynamodb.attributes import JSONAttribute, UnicodeAttribute

from functions.organisation.domain.groups import Around, DatedGroup, PartIn, Stay
from functions.organisation.store.base import OrganisationItem, day_of, text_of
from skolkit.table import Wanted
from skolkit.types import GroupId, PersonId, UnitId


class GroupItem(OrganisationItem, discriminator="group"):
    """A group; `stays` are `[person, start, end]`."""

    fed = True
    unit = UnicodeAttribute()
    name = UnicodeAttribute()
    group_kind = UnicodeAttribute()
    stays = JSONAttribute()
    mentors = JSONAttribute()
    teachers = JSONAttribute()


class PartsItem(OrganisationItem, discriminator="parts"):
    """A person's parts in groups, `[group, part, start, end]`."""

    parts = JSONAttribute()


def _group_key(group: GroupId) -> tuple[str, str]:
    return f"GROUP#{group}", "GROUP"


def _parts_key(person: PersonId) -> tuple[str, str]:
    return f"PERSON#{person}", "GROUPS"


def find_group(group: GroupId) -> tuple[GroupItem, DatedGroup] | None:
    """A group and its item. One consistent get."""
    item = GroupItem.find(*_group_key(group))
    return (item, _group(item)) if item else None


def wanted_groups(ids: Sequence[GroupId]) -> Wanted[dict[GroupId, DatedGroup]]:
    """Groups by id; unknown ones are left out."""

    def answer(found: dict[tuple[str, str], GroupItem]) -> dict[GroupId, DatedGroup]:
        return {g: _group(found[key]) for g in ids if (key := _group_key(g)) in found}

    return Wanted(GroupItem, [_group_key(group) for group in ids], answer)


def wanted_parts(people: Sequence[PersonId]) -> Wanted[dict[PersonId, tuple[PartIn, ...]]]:
    """Everybody's parts in groups, of all times."""

    def answer(found: dict[tuple[str, str], PartsItem]) -> dict[PersonId, tuple[PartIn, ...]]:
        return {p: _parts(found[key]) if (key := _parts_key(p)) in found else () for p in people}

    return Wanted(PartsItem, [_parts_key(person) for person in people], answer)


def around(person: PersonId, day: date) -> Around:
    """The groups someone is a member of on a day. A consistent get, and a consistent `BatchGetItem` of the
    groups.
    """
    item = PartsItem.find(*_parts_key(person))
    mine = [p.group for p in _parts(item) if p.part == "member" and p.covers(day)] if item else []
    if not mine:
        return Around(())
    keys = [_group_key(group) for group in dict.fromkeys(mine)]
    groups = [_group(found).on(day) for found in GroupItem.batch_get(keys, consistent_read=True)]
    return Around(tuple(group for group in groups if person in group.members))


def parts_items(people: Iterable[PersonId]) -> dict[PersonId, PartsItem]:
    """The items of people's parts, new ones for those without. Consistent, one `BatchGetItem` per 100."""
    keys = {_parts_key(person): person for person in people}
    found = {(item.pk, item.sk): item for item in PartsItem.batch_get(list(keys), consistent_read=True)}
    return {person: found.get(key) or PartsItem(*key, parts=[]) for key, person in keys.items()}


def set_parts(item: PartsItem, group: GroupId, parts: Iterable[PartIn]) -> bool:
    """Make `parts` the person's parts in one group; whether that changed anything."""
    rows = [row for row in item.parts if row[0] != group]
    rows += [[p.group, p.part, text_of(p.start), text_of(p.end)] for p in parts]
    changed: bool = rows != item.parts
    item.parts = rows
    return changed


def group_item(group: DatedGroup, item: GroupItem | None = None) -> GroupItem:
    """The item of a group, or the stored `item` changed to it."""
    item = item or GroupItem(*_group_key(group.id))
    item.unit, item.name, item.group_kind = group.unit, group.name, group.kind
    item.stays = [[stay.person, stay.start.isoformat(), text_of(stay.end)] for stay in group.stays]
    item.mentors, item.teachers = sorted(group.mentors), sorted(group.teachers)
    return item


def group_items(ids: Sequence[GroupId]) -> dict[GroupId, GroupItem]:
    """The stored items of groups. Consistent, one `BatchGetItem` per 100."""
    found = GroupItem.batch_get([_group_key(group) for group in ids], consistent_read=True)
    return {GroupId(item.pk.removeprefix("GROUP#")): item for item in found}


def stored_group(item: GroupItem) -> DatedGroup:
    """What an item says."""
    return _group(item)


def _group(item: GroupItem) -> DatedGroup:
    pk: str = item.pk
    return DatedGroup(
        id=GroupId(pk.removeprefix("GROUP#")),
        unit=UnitId(item.unit),
        name=item.name,
        kind=item.group_kind,  # type: ignore[arg-type]
        stays=tuple(
            Stay(PersonId(p), date.fromisoformat(start), day_of(end)) for p, start, end in item.stays
        ),
        mentors=frozenset(map(PersonId, item.mentors)),
        teachers=frozenset(map(PersonId, item.teachers)),
    )


def _parts(item: PartsItem) -> tuple[PartIn, ...]:
    return tuple(PartIn(GroupId(g), part, day_of(start), day_of(end)) for g, part, start, end in item.parts)
