"""Files of groups with dated members (process 13)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Annotated, Literal, cast

from pydantic import Field

from functions.organisation.domain.groups import DatedGroup, GroupKind, Post, Stay
from functions.organisation.events import GroupMembersChanged, ImportFinished
from functions.organisation.imports.common import Id, Name, Unit, unknown_unit
from functions.organisation.store import base as base_store
from functions.organisation.store import groups as groups_store
from functions.organisation.store import units as units_store
from skolkit.events import Fact
from skolkit.imports import FileRow, Importer, Row, RowFault, Source, save
from skolkit.sweden.codes import SchoolForm
from skolkit.table import Write, fetch
from skolkit.types import GroupId, PersonId, UnitId


class MemberRow(FileRow):
    """A dated membership."""

    person: Id
    start_date: date
    end_date: date | None = None


class PostRow(FileRow):
    """A mentor or teacher for a time."""

    person: Id
    start_date: date | None = None
    end_date: date | None = None


class GroupRow(FileRow):
    """A group with its members of all times, in the words of SS 12000. What comes after `teachers` is left as
    it is when the file does not say it.
    """

    id: Id
    unit: Unit
    name: Name
    group_type: Literal[
        "Undervisning", "Klass", "Mentor", "Provgrupp", "Schema", "Avdelning", "Personalgrupp", "Övrigt"
    ]
    members: Annotated[tuple[MemberRow, ...], Field(max_length=1000)] = ()
    mentors: Annotated[tuple[Id | PostRow, ...], Field(max_length=20)] = ()
    teachers: Annotated[tuple[Id | PostRow, ...], Field(max_length=50)] = ()
    start_date: date | None = None
    end_date: date | None = None
    school_type: SchoolForm | None = None
    year: Annotated[int, Field(ge=0, le=13)] | None = None

    def group(self, old: DatedGroup | None) -> DatedGroup:
        made = DatedGroup(
            id=GroupId(self.id),
            unit=UnitId(self.unit),
            name=self.name,
            kind=cast(GroupKind, self.group_type.lower()),
            stays=tuple(Stay(PersonId(m.person), m.start_date, m.end_date) for m in self.members),
            mentors=frozenset(map(_post, self.mentors)),
            teachers=frozenset(map(_post, self.teachers)),
            start=self.start_date,
            end=self.end_date,
            school_form=self.school_type,
            year=self.year,
        )
        if old is None:
            return made
        silent = {
            ours: getattr(old, ours) for ours, theirs in _SAID.items() if theirs not in self.model_fields_set
        }
        return replace(made, carried=old.carried, rule=old.rule, marks=old.marks, **silent)


_SAID = {"start": "start_date", "end": "end_date", "school_form": "school_type", "year": "year"}


def _post(row: str | PostRow) -> Post:
    if isinstance(row, str):
        return Post(PersonId(row))
    return Post(PersonId(row.person), row.start_date, row.end_date)


def take_groups(rows: Sequence[Row[GroupRow]], source: Source) -> list[RowFault]:
    """Write groups that differ, with each member the same parts, and tell that they changed.

    Per 100 groups of 25 pupils of their own: 27 reads and 27 transactions; unchanged groups cost 2 reads.
    """
    known = fetch(units_store.wanted_units([UnitId(row.data.unit) for row in rows]), consistent=True)[0]
    faults = [unknown_unit(row.line, row.data.unit) for row in rows if row.data.unit not in known]
    stored = groups_store.group_items([GroupId(row.data.id) for row in rows if row.data.unit in known])
    old = {id: groups_store.stored_group(item) for id, item in stored.items()}
    groups = [row.data.group(old.get(GroupId(row.data.id))) for row in rows if row.data.unit in known]
    changed = [g for g in groups if old.get(g.id) != g or stored[g.id].shape != groups_store.SHAPE]
    # People first: after a crash between two transactions the group still differs and is done again.
    save([*_parts_bundles(changed, old), *_group_bundles(changed, stored)], source)
    return faults


def _parts_bundles(
    changed: Sequence[DatedGroup], old: Mapping[GroupId, DatedGroup]
) -> Iterator[list[Write | Fact]]:
    """The items of everybody who is, or was, in a changed group, where they differ."""
    parts = {group.id: group.parts() for group in changed}
    left = {group.id: old[group.id].parts() if group.id in old else {} for group in changed}
    items = groups_store.parts_items(sorted({person for id in parts for person in {*parts[id], *left[id]}}))
    for person, item in items.items():
        mine = [id for id in parts if person in parts[id] or person in left[id]]
        differ = [groups_store.set_parts(item, id, parts[id].get(person, ())) for id in mine]
        if any(differ):
            yield [item]


def _group_bundles(
    changed: Sequence[DatedGroup], stored: Mapping[GroupId, groups_store.GroupItem]
) -> Iterator[list[Write | Fact]]:
    for group in changed:
        fact = GroupMembersChanged(group=group.id, unit=group.unit)
        yield [*groups_store.group_writes(group, stored.get(group.id)), fact]


GROUPS: Importer[GroupRow] = Importer(
    name="import_groups",
    item=base_store.OrganisationImportItem,
    finished=ImportFinished,
    read=GroupRow.model_validate_json,
    take=take_groups,
    key=lambda row: row.id,
    shown=("unit", "groupType", "startDate", "endDate"),
)
