"""Groups, with each member the same membership the other way round, and with the unit a row of its list.

A group is one item with its dated members (a class of thirty is 3 KB), so that no question needs an index.
The unit's rows sort by the last day, so that a group is archived by its end alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition

from functions.organisation.domain.composition import Rule, Term
from functions.organisation.domain.groups import Around, DatedGroup, GroupRow, PartIn, Post, Stay
from functions.organisation.store.base import OPEN, OrganisationItem, Stored, day_of, stored, text_of
from skolkit.cursor import seal, unseal
from skolkit.ss12000 import collated
from skolkit.sweden.codes import SchoolForm
from skolkit.table import Overwrite, Remove, Wanted, Write
from skolkit.types import GroupId, PersonId, UnitId

SHAPE = 2  # 1: without a row in the unit's list; those are written again when their file comes


class GroupItem(OrganisationItem, discriminator="group"):
    """A group; `stays` are `[person, start, end]`, staff likewise, or the id alone for as long as it exists.

    `listed` is the sort key of its row in the unit's list.
    """

    fed, orders = True, 3
    unit = UnicodeAttribute()
    name = UnicodeAttribute()
    group_kind = UnicodeAttribute()
    stays = JSONAttribute()
    mentors = JSONAttribute()
    teachers = JSONAttribute()
    shape = NumberAttribute(null=True)
    start = UnicodeAttribute(null=True)
    end = UnicodeAttribute(null=True)
    school_form = UnicodeAttribute(null=True)
    year = NumberAttribute(null=True)
    carried = BooleanAttribute(null=True)
    rule = JSONAttribute(null=True)
    marks = JSONAttribute(null=True)
    listed = UnicodeAttribute(null=True)

    def order_texts(self) -> Sequence[str]:
        """By name, first day and last day."""
        begun = self.start or min((start for _, start, _ in self.stays), default=str(self.created)[:10])
        return collated(self.name), begun, self.end or OPEN


class ListedGroupItem(OrganisationItem, discriminator="listed_group"):
    """A group in its unit's list; written with the group and guarded by its version."""

    name = UnicodeAttribute()
    group_kind = UnicodeAttribute()
    start = UnicodeAttribute(null=True)
    end = UnicodeAttribute(null=True)
    school_form = UnicodeAttribute(null=True)
    year = NumberAttribute(null=True)
    automatic = BooleanAttribute(default=False)


class PartsItem(OrganisationItem, discriminator="parts"):
    """A person's parts in groups, `[group, part, start, end]`."""

    parts = JSONAttribute()


class MergedPartsItem(OrganisationItem, discriminator="merged_parts"):
    """The parts a closed record had when it was merged, and those of the kept one, for undoing it."""

    parts = JSONAttribute()
    kept = JSONAttribute()


def group_key(group: str) -> tuple[str, str]:
    """Where a group is."""
    return f"GROUP#{group}", "GROUP"


def _parts_key(person: PersonId) -> tuple[str, str]:
    return f"PERSON#{person}", "GROUPS"


def find_group(group: GroupId) -> tuple[GroupItem, DatedGroup] | None:
    """A group and its item. One consistent get."""
    item = GroupItem.find(*group_key(group))
    return (item, _group(item)) if item else None


def merged_parts(
    merged: PersonId, kept: PersonId
) -> tuple[MergedPartsItem, tuple[PartIn, ...], tuple[PartIn, ...]] | None:
    """The parts that the closed record had when it was merged, and the kept one. One consistent get."""
    item = MergedPartsItem.find(f"PERSON#{merged}", f"MERGED#{kept}")
    return (item, _parts(item.parts), _parts(item.kept)) if item else None


def merging_parts(item: PartsItem, kept: PartsItem, into: PersonId) -> MergedPartsItem:
    """The parts of a record that is to be closed, to be remembered with those remembered before: a file may
    have put the closed record in a group again. One consistent get.
    """
    found = MergedPartsItem.find(item.pk, f"MERGED#{into}")
    before = found or MergedPartsItem(item.pk, f"MERGED#{into}", parts=[], kept=list(kept.parts))
    before.parts = [*before.parts, *(row for row in item.parts if row not in before.parts)]
    return before


def wanted_groups(ids: Sequence[GroupId]) -> Wanted[dict[GroupId, DatedGroup]]:
    """Groups by id; unknown ones are left out."""

    def answer(found: dict[tuple[str, str], GroupItem]) -> dict[GroupId, DatedGroup]:
        return {g: _group(found[key]) for g in ids if (key := group_key(g)) in found}

    return Wanted(GroupItem, [group_key(group) for group in ids], answer)


def wanted_parts(people: Sequence[PersonId]) -> Wanted[dict[PersonId, tuple[PartIn, ...]]]:
    """Everybody's parts in groups, of all times."""

    def answer(found: dict[tuple[str, str], PartsItem]) -> dict[PersonId, tuple[PartIn, ...]]:
        return {p: _parts(found[key].parts) if (key := _parts_key(p)) in found else () for p in people}

    return Wanted(PartsItem, [_parts_key(person) for person in people], answer)


def stored_groups(
    keys: Sequence[tuple[str, str]], *, consistent: bool
) -> dict[tuple[str, str], Stored[DatedGroup]]:
    """Groups by key. One `BatchGetItem` per 100."""
    return stored(GroupItem, keys, _group, consistent=consistent)


def keys_at(unit: UnitId) -> list[tuple[str, str]]:
    """A unit's groups of all times. One query per megabyte (some 3,000 groups)."""
    found = ListedGroupItem.query(f"UNIT#{unit}", ListedGroupItem.sk.startswith("GROUP#"))
    return [group_key(item.sk.rpartition("#")[2]) for item in found]


def around(person: PersonId, day: date) -> Around:
    """The groups someone is a member of on a day. A consistent get, and a consistent `BatchGetItem` of the
    groups.
    """
    item = PartsItem.find(*_parts_key(person))
    mine = [p.group for p in _parts(item.parts) if p.part == "member" and p.covers(day)] if item else []
    if not mine:
        return Around(())
    keys = [group_key(group) for group in dict.fromkeys(mine)]
    groups = [_group(found).on(day) for found in GroupItem.batch_get(keys, consistent_read=True)]
    return Around(tuple(group for group in groups if person in group.members))


def parts_items(people: Iterable[PersonId]) -> dict[PersonId, PartsItem]:
    """The items of people's parts, new ones for those without. Consistent, one `BatchGetItem` per 100."""
    keys = {_parts_key(person): person for person in people}
    found = {(item.pk, item.sk): item for item in PartsItem.batch_get(list(keys), consistent_read=True)}
    return {person: found.get(key) or PartsItem(*key, parts=[]) for key, person in keys.items()}


def set_parts(item: PartsItem, group: GroupId, parts: Iterable[PartIn]) -> bool:
    """Make `parts` the person's parts in one group; whether that changed anything."""
    others = [row for row in item.parts if row[0] != group]
    place = next((n for n, row in enumerate(item.parts) if row[0] == group), len(others))
    mine = [[p.group, p.part, text_of(p.start), text_of(p.end)] for p in parts]
    rows = [*others[:place], *mine, *others[place:]]
    changed: bool = rows != item.parts
    item.parts = rows
    return changed


def group_writes(group: DatedGroup, item: GroupItem | None = None) -> list[Write]:
    """What stores a group, over the stored `item` if there is one: the group, and its row in the unit's
    list. Two writes, three when the row moves.
    """
    item = item or GroupItem(*group_key(group.id))
    before = ListedGroupItem(f"UNIT#{item.unit}", item.listed) if item.listed else None
    item.unit, item.name, item.group_kind = group.unit, group.name, group.kind
    item.stays = [[stay.person, stay.start.isoformat(), text_of(stay.end)] for stay in group.stays]
    item.mentors, item.teachers = _posts(group.mentors), _posts(group.teachers)
    item.start, item.end, item.year = text_of(group.start), text_of(group.end), group.year
    item.school_form = group.school_form.value if group.school_form else None
    item.carried, item.shape = group.carried or None, SHAPE
    item.rule, item.marks = _rule_row(group.rule), dict(group.marks) or None
    item.listed = f"GROUP#{item.end or OPEN}#{group.kind}#{group.name}#{group.id}"
    now = _listed(group, item.listed)
    moved = before is not None and (before.pk, before.sk) != (now.pk, now.sk)
    return [item, Overwrite(now), *([Remove(before)] if before and moved else [])]


def removing(item: GroupItem) -> list[Write]:
    """What makes a stored group as if it had never been."""
    rows: list[Write] = [Remove(ListedGroupItem(f"UNIT#{item.unit}", item.listed))] if item.listed else []
    return [Remove(item), *rows]


def page_of_groups(
    unit: UnitId, condition: Condition, keep: Condition | None, cursor: str | None, limit: int, *bound_to: str
) -> tuple[list[GroupRow], str | None]:
    """A page of a unit's groups by last day, kind and name, and the cursor of the next. One query, or a few
    when `keep` leaves out many.
    """
    found = ListedGroupItem.query(
        f"UNIT#{unit}", condition, keep, limit=limit, page_size=max(limit, 100),
        last_evaluated_key=unseal(cursor, *bound_to), consistent_read=True,
    )  # fmt: skip
    rows = [_row(item) for item in found]
    return rows, seal(found.last_evaluated_key, *bound_to)


def ending_on_or_after(day: date) -> Condition:
    """The rows of groups whose last day is `day` or later."""
    return ListedGroupItem.sk.between(f"GROUP#{day}", "GROUP#~")


def ended_before(day: date) -> Condition:
    """The rows of groups whose last day is before `day`."""
    return ListedGroupItem.sk.between("GROUP#", f"GROUP#{day}")


def begun_by(day: date) -> Condition:
    """Rows of groups that have begun on a day."""
    begun: Condition = ~ListedGroupItem.start.exists() | (ListedGroupItem.start <= day.isoformat())
    return begun


def keeping(kind: str | None, begun: date | None) -> Condition | None:
    """Rows of one kind, and of groups that have begun on a day, where asked for."""
    if kind is None:
        return begun_by(begun) if begun else None
    of_kind: Condition = ListedGroupItem.group_kind == kind
    return of_kind & begun_by(begun) if begun else of_kind


def listed_groups(unit: UnitId, first: date, last: date) -> Iterator[GroupRow]:
    """A unit's groups that exist between two days, consistent; one query per megabyte (some 3,000 groups)."""
    found = ListedGroupItem.query(
        f"UNIT#{unit}", ending_on_or_after(first), begun_by(last), consistent_read=True
    )
    return (_row(item) for item in found)


def group_items(ids: Sequence[GroupId]) -> dict[GroupId, GroupItem]:
    """The stored items of groups. Consistent, one `BatchGetItem` per 100."""
    found = GroupItem.batch_get([group_key(group) for group in ids], consistent_read=True)
    return {GroupId(item.pk.removeprefix("GROUP#")): item for item in found}


def stored_group(item: GroupItem) -> DatedGroup:
    """What an item says."""
    return _group(item)


def as_row(group: DatedGroup) -> dict[str, Any]:
    """All of a group as JSON, as `of_row` reads it."""
    (item, *_) = group_writes(group)
    assert isinstance(item, GroupItem)
    names = (
        "unit", "name", "group_kind", "stays", "mentors", "teachers", "start", "end", "school_form", "year",
        "carried", "rule", "marks",
    )  # fmt: skip
    return {"id": group.id} | {name: value for name in names if (value := getattr(item, name)) is not None}


def of_row(row: dict[str, Any]) -> DatedGroup:
    """The group of a row."""
    fields = {name: value for name, value in row.items() if name != "id"}
    return _group(GroupItem(*group_key(row["id"]), **fields))


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
        mentors=frozenset(map(_post, item.mentors)),
        teachers=frozenset(map(_post, item.teachers)),
        start=day_of(item.start),
        end=day_of(item.end),
        school_form=SchoolForm(item.school_form) if item.school_form else None,
        year=None if item.year is None else int(item.year),
        carried=bool(item.carried),
        rule=_rule(item.rule),
        marks=item.marks or {},
    )


def _post(row: str | list[str]) -> Post:
    if isinstance(row, str):
        return Post(PersonId(row))
    person, start, end = row
    return Post(PersonId(person), day_of(start), day_of(end))


def _posts(posts: Iterable[Post]) -> list[Any]:
    found = sorted(posts, key=lambda post: (post.person, str(post.start)))
    return [
        [p.person, text_of(p.start), text_of(p.end)] if p.start or p.end else str(p.person) for p in found
    ]


def _rule_row(rule: Rule | None) -> dict[str, Any] | None:
    if rule is None:
        return None
    terms = [
        {
            "schoolForm": term.school_form.value if term.school_form else None,
            "year": term.year,
            "educationCode": term.education_code,
            "group": term.group,
        }
        for term in rule.terms
    ]
    return {"terms": terms, "automatic": rule.automatic}


def _rule(row: dict[str, Any] | None) -> Rule | None:
    if row is None:
        return None
    terms = (
        Term(
            SchoolForm(term["schoolForm"]) if term["schoolForm"] else None,
            term["year"],
            term["educationCode"],
            term["group"],
        )
        for term in row["terms"]
    )
    return Rule(tuple(terms), row["automatic"])


def _listed(group: DatedGroup, sk: str) -> ListedGroupItem:
    return ListedGroupItem(
        f"UNIT#{group.unit}",
        sk,
        name=group.name,
        group_kind=group.kind,
        start=text_of(group.start),
        end=text_of(group.end),
        school_form=group.school_form.value if group.school_form else None,
        year=group.year,
        automatic=bool(group.rule and group.rule.automatic),
    )


def _row(item: ListedGroupItem) -> GroupRow:
    pk: str = item.pk
    return GroupRow(
        id=GroupId(item.sk.rpartition("#")[2]),
        unit=UnitId(pk.removeprefix("UNIT#")),
        name=item.name,
        kind=item.group_kind,  # type: ignore[arg-type]
        start=day_of(item.start),
        end=day_of(item.end),
        school_form=SchoolForm(item.school_form) if item.school_form else None,
        year=None if item.year is None else int(item.year),
        automatic=bool(item.automatic),
    )


def _parts(rows: Sequence[Sequence[Any]]) -> tuple[PartIn, ...]:
    return tuple(PartIn(GroupId(g), part, day_of(start), day_of(end)) for g, part, start, end in rows)
