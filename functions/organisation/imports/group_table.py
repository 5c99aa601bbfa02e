"""The table of groups (process 13): a row is a group, or somebody's part in it.

A group is known by id, or by unit and name among those of today; one that there is not is made. The rows of a
group are judged in their order and written together, each as the same change over HTTP would be. A row ends
nobody's part unless it says a last day.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from functions.access import guard
from functions.organisation import queries
from functions.organisation.domain.groups import (
    MOST_AT_ONCE,
    DatedGroup,
    NotEmployedHere,
    NotEnrolledHere,
    Part,
    Post,
    TooManyAtOnce,
)
from functions.organisation.domain.tables import PARTS, group_cells, part_cells
from functions.organisation.events import GroupFormed, GroupMembersChanged
from functions.organisation.imports.common import Id, Name, Unit
from functions.organisation.imports.table_people import People, name_cells, names_of, who_of
from functions.organisation.store import groups as store
from functions.organisation.usecases.group_admin import by_hand, differing, parts_writes
from functions.organisation.usecases.group_rights import require_belonging, require_staff
from skolkit.clock import today
from skolkit.errors import DomainError, NotFound, Text
from skolkit.events import Fact
from skolkit.imports import FileRow, RowFault, validated
from skolkit.sweden.codes import SchoolForm
from skolkit.table import Write, fetch
from skolkit.tables.items import Image
from skolkit.tables.plans import Asker, Back, Line, Page, Plan, Planned, Shown, changes, refused
from skolkit.types import GroupId, PersonId, UnitId

PAGE = 20
_SHOWN = ("unit", "groupType", "schoolType", "year", "part", "startDate", "endDate")


class NoSuchGroup(DomainError):
    """A row names a group that there is not, that several are, or that is not the caller's."""

    status = 422
    reason = Text("Gruppen finns inte, eller flera heter så.", "No such group, or several have that name.")
    advice = Text(
        "Ange grupp-id, eller skolenhet, grupp och grupptyp för en ny.",
        "Give the group id, or unit, name and type of a new one.",
    )


class GroupLine(FileRow):
    """A row, in the words of SS 12000."""

    group: Id | None = None
    unit: Unit | None = None
    name: Name | None = None
    group_type: (
        Literal[
            "undervisning", "klass", "mentor", "provgrupp", "schema", "avdelning", "personalgrupp", "övrigt"
        ]
        | None
    ) = None
    school_type: SchoolForm | None = None
    year: Annotated[int, Field(ge=0, le=13)] | None = None
    part: Literal["member", "mentor", "teacher"] = "member"
    start_date: date | None = None
    end_date: date | None = None


def key_of(values: Mapping[str, str]) -> Hashable:
    """Which group a row is about."""
    return values.get("group") or (values.get("unit", ""), values.get("name", "").casefold())


def same_as(values: Mapping[str, str]) -> Hashable:
    """Which part in which group."""
    words = (values.get("part", "").casefold(), values.get("startDate", ""))
    return (key_of(values), who_of(values), *words)


def begin(asker: Asker, lines: Sequence[Line]) -> Callable[[Sequence[Line]], Plan]:
    """Plans of rows of groups. Three round trips for a piece; two per group, one per person who comes."""
    return _Groups(asker, People.of(asker.caller, lines)).plan


@dataclass
class _State:
    """A group while its rows are judged."""

    item: store.GroupItem | None
    before: DatedGroup | None
    group: DatedGroup

    @property
    def writes(self) -> list[Write]:
        if self.group == self.before:
            return []
        people = differing(self.before, self.group)
        return [*store.group_writes(self.group, self.item), *parts_writes(people, self.group)]

    @property
    def facts(self) -> list[Fact]:
        told = GroupMembersChanged(group=self.group.id, unit=self.group.unit)
        return [told] if self.before else [GroupFormed(group=self.group.id, unit=self.group.unit), told]


@dataclass
class _Groups:
    asker: Asker
    people: People
    listed: dict[UnitId, list[Any]] = field(default_factory=dict)

    def plan(self, lines: Sequence[Line]) -> Plan:
        state: _State | None = None
        rows = []
        for line in lines:
            row, faults = validated(line.line, lambda of=line: _read(of), _SHOWN)  # type: ignore[misc]
            if row is None:
                rows.append(self._unread(line, state, faults))
                continue
            try:
                state = state or self._found(line, row)
                rows.append(self._judged(state, line, row))
            except (DomainError, NotFound) as refusal:
                told = NoSuchGroup(field="group") if isinstance(refusal, NotFound) else refusal
                rows.append(self._unread(line, state, [refused(line.line, told)]))
        if state is None or (state.before is None and all(row.faults for row in rows)):
            return Plan(rows)
        return Plan(rows, state.group.id, state.writes, state.facts)

    def _unread(self, line: Line, state: _State | None, faults: Sequence[RowFault]) -> Planned:
        """A refused row; who is protected is hidden from those who may see them, as nobody else is."""
        seen = self.people.named(line) if state else None
        who = self.people.whom(line)
        return Planned(line.line, "", who, faults=tuple(faults), hidden=self.people.hidden(seen))

    def _found(self, line: Line, row: GroupLine) -> _State:
        """The rows' group, if the caller may change it, or a new one. Raises `NoSuchGroup`."""
        id = GroupId(row.group) if row.group else self._called(row)
        if id is not None:
            found = store.find_group(id)
            if found is None or not self._may(guard.Group(id, found[1].unit)):
                raise NoSuchGroup(field="group")
            return _State(*found, found[1])
        unit = UnitId(row.unit or "")
        if not row.name or not row.group_type or not self._may(guard.Unit(unit)) or not queries.unit(unit):
            raise NoSuchGroup(field="name")
        new = DatedGroup(
            id=GroupId(self.asker.id_of(line.line)), unit=unit, name=row.name,
            kind=row.group_type, school_form=row.school_type, year=row.year,
        )  # fmt: skip
        return _State(None, None, new)

    def _called(self, row: GroupLine) -> GroupId | None:
        if not row.unit or not row.name or not self._may(guard.Unit(UnitId(row.unit))):
            raise NoSuchGroup(field="name")
        unit = UnitId(row.unit)
        if unit not in self.listed:
            self.listed[unit] = list(store.listed_groups(unit, today(), today()))
        same = [
            listed.id
            for listed in self.listed[unit]
            if listed.name.casefold() == row.name.casefold() and row.group_type in (None, listed.kind)
        ]
        if len(same) > 1:
            raise NoSuchGroup(field="name")
        return same[0] if same else None

    def _judged(self, state: _State, line: Line, row: GroupLine) -> Planned:
        old = state.group
        made = replace(
            old, name=row.name or old.name, school_form=row.school_type or old.school_form,
            year=old.year if row.year is None else row.year,
        )  # fmt: skip
        before, after = group_cells(old) if state.before else {}, group_cells(made)
        person, created = None, state.before is None and line.get("part") == "" and not who_of(line.values)
        if who_of(line.values):
            person = self.people.named(line)
            try:
                if person is None:
                    raise NotEnrolledHere if row.part == "member" else NotEmployedHere
                made, was, now = self._placed(made, person, row)
            except (NotEnrolledHere, NotEmployedHere) as wrong:
                # The same for who is not there: which number is somebody's is nobody's business.
                raise type(wrong)(field="civicNo" if line.get("civicNo") else "person") from None
            before, after, created = before | was, after | now, not was
        if len(differing(state.before, made)) > MOST_AT_ONCE:
            raise TooManyAtOnce(field="person")
        state.group = made
        differ = changes(before, after)
        hidden = self.people.hidden(person)
        return Planned(line.line, person or made.id, created=created, changes=differ, hidden=hidden)

    def _placed(
        self, group: DatedGroup, person: PersonId, row: GroupLine
    ) -> tuple[DatedGroup, dict[str, object], dict[str, object]]:
        """The group with the person, and what the row said before and says now."""
        if row.part == "member":
            return self._member(group, person, row)
        posts = {p for p in _posts(group, row.part) if p.person == person}
        old = next((p for p in posts if row.start_date in (None, p.start)), None)
        start = row.start_date or (old.start if old else None)
        post = Post(person, start, row.end_date or (old.end if old else None))
        kept = _posts(group, row.part) - ({old} if old else set())
        made = _with_posts(group, row.part, kept | {post})
        known = {p.person for p in (*group.mentors, *group.teachers)}
        require_staff(made, known)
        was = part_cells(row.part, old.start, old.end) if old else {}
        return made, was, part_cells(row.part, post.start, post.end)

    def _member(
        self, group: DatedGroup, person: PersonId, row: GroupLine
    ) -> tuple[DatedGroup, dict[str, object], dict[str, object]]:
        mine = [stay for stay in group.stays if stay.person == person]
        if row.start_date:
            old = next((stay for stay in mine if stay.start == row.start_date), None)
        else:
            old = next((stay for stay in mine if stay.covers(today())), None)
        start = row.start_date or (old.start if old else today())
        end = row.end_date or (old.end if old else None)
        made = group
        if not old or old.end != end:
            caller, duties = self.people.caller, self.people.duties
            # First of all, and with days in their order: other refusals are for those who do belong.
            last = max(start, end) if end else None
            require_belonging(caller, group, [person], start, last, duties)
            made = by_hand(group, [person], [], start, end)
        stay = next(s for s in made.stays if s.person == person and s.start == start)
        was = part_cells("member", old.start, old.end) if old else {}
        return made, was, part_cells("member", stay.start, stay.end)

    def _may(self, resource: guard.Resource) -> bool:
        return guard.allowed(self.people.caller, "organisation:edit_group", resource, self.people.duties)


def _read(line: Line) -> GroupLine:
    raw: dict[str, Any] = {n: v for n, v in line.values.items() if n not in {"person", "civicNo"}}
    if "part" in raw:
        raw["part"] = PARTS.get(raw["part"].casefold(), raw["part"])
    if "groupType" in raw:
        raw["groupType"] = raw["groupType"].casefold()
    return GroupLine.model_validate(raw)


def _posts(group: DatedGroup, part: Part) -> frozenset[Post]:
    return group.mentors if part == "mentor" else group.teachers


def _with_posts(group: DatedGroup, part: Part, posts: frozenset[Post]) -> DatedGroup:
    if part == "mentor":
        return replace(group, mentors=frozenset(posts))
    return replace(group, teachers=frozenset(posts))


def may_undo(asker: Asker, images: Sequence[Image]) -> bool:
    """Whether whoever asks may still change the group that an import made or changed. One round trip."""
    duties = queries.duties_of(asker.caller.person_id)
    group = next(image for image in images if image["sk"] == "GROUP")
    id = GroupId(str(group["pk"]).removeprefix("GROUP#"))
    units = {UnitId(said["unit"]["S"]) for said in (group["before"], group["after"]) if said}
    return all(
        guard.allowed(asker.caller, "organisation:edit_group", guard.Group(id, unit), duties)
        for unit in units
    )


def back(images: Sequence[Image], writes: Sequence[Write]) -> Back:
    """A group that an import made goes, as when a rollover is undone."""
    for image in images:
        if image["sk"] == "GROUP":
            unit = (image["before"] or image["after"])["unit"]["S"]
            group = GroupId(str(image["pk"]).removeprefix("GROUP#"))
            return Back(writes, [GroupMembersChanged(group=group, unit=UnitId(unit))])
    return Back(writes)


def heads(pk: str, sk: str) -> bool:
    """The item that a group's partition is about."""
    return pk.startswith("GROUP#") and sk == "GROUP"


def page(_: Asker, unit: UnitId | None, place: dict[str, Any]) -> Page:
    """Some of today's groups of a unit, or of every unit in turn, with their members and staff of today and
    later. Three round trips.
    """
    units = place.get("units") or ([unit] if unit else [u.id for u in queries.units()])
    number, after = int(place.get("number", 0)), place.get("after", "")
    if number >= len(units):
        return Page([], None)
    ids = sorted(row.id for row in store.listed_groups(UnitId(units[number]), today(), today()))
    mine = [id for id in ids if id > after][:PAGE]
    done = not mine or mine[-1] == ids[-1]
    then = {"units": units, "number": number + done, "after": "" if done else mine[-1]}
    groups, found = fetch(
        store.wanted_groups(mine), queries.wanted_units([UnitId(units[number])]), consistent=True
    )
    code = next((str(record.code) for record in found.values() if record.code), units[number])
    rows = _rows(list(groups.values()), code)
    return Page(rows, None if number + done >= len(units) else then)


def _rows(groups: Sequence[DatedGroup], code: str) -> list[Shown]:
    names = names_of([person for group in groups for person, _ in _parts(group)])
    rows = []
    for group in groups:
        own = group_cells(group) | {"unit": code}
        there = _parts(group)
        rows += [
            Shown([person], own | name_cells(names[person]) | cells)
            for person, cells in there
            if person in names
        ]
        rows += [] if there else [Shown([], own)]
    return rows


def _parts(group: DatedGroup) -> list[tuple[PersonId, dict[str, object]]]:
    """Everybody's part that is not over."""
    found: list[tuple[PersonId, Part, date | None, date | None]] = [
        *((s.person, "member", s.start, s.end) for s in group.stays),
        *((p.person, "mentor", p.start, p.end) for p in group.mentors),
        *((p.person, "teacher", p.start, p.end) for p in group.teachers),
    ]
    there = sorted((row for row in found if row[3] is None or row[3] >= today()), key=str)
    return [(person, part_cells(part, start, end)) for person, part, start, end in there]
