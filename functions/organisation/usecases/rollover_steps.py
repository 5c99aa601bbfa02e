"""One unit's rollover, or its undoing, step by step (process 13)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from functions.organisation.domain.groups import DatedGroup, PartIn
from functions.organisation.domain.ladder import ladder
from functions.organisation.domain.rollover import (
    GroupPlan,
    Move,
    Undone,
    UnitPlan,
    after,
    changed_since,
    formed,
    undo,
)
from functions.organisation.events import (
    GroupArchived,
    GroupFormed,
    GroupMembersChanged,
    GroupReopened,
    UnitRolloverEnded,
    YearRolledBack,
    YearRolledOver,
)
from functions.organisation.store import groups as groups_store
from functions.organisation.store import rollover as rollover_store
from functions.organisation.store.rollover import RolloverJob
from functions.register import queries as register
from skolkit.audit import Trace
from skolkit.events import Fact
from skolkit.table import Overwrite, Write, commit, put_many
from skolkit.types import GroupId, PersonId, UnitId, new_id

PEOPLE, GROUPS, PUPILS, FACTS = (
    80,
    8,
    15,
    80,
)  # in one transaction; pupils in a fact: six writes each

Parts = dict[PersonId, dict[GroupId, list[PartIn]]]


class Steps:
    """The phases of one unit's job: plan (or check, when undoing), people, groups, facts, ended."""

    def __init__(self, item: RolloverJob, plan: Callable[[RolloverJob], UnitPlan]) -> None:
        self.item, self._plan_unit = item, plan
        request = item.request
        self.unit, self.first_day = UnitId(request["unit"]), date.fromisoformat(request["firstDay"])
        self.last_day = self.first_day - timedelta(days=1)
        self.ladder = ladder(self.first_day, request["ladder"])
        self.undoes: str | None = request.get("of")
        self._rows: tuple[list[GroupPlan], list[Move]] | None = None
        self._parts: Parts | None = None

    def step(self) -> bool:
        """One transaction further; whether there is more to do."""
        match self.item.place.get("phase"):
            case None:
                self._check() if self.undoes else self._plan()
            case "people":
                self._people()
            case "groups":
                self._groups()
            case "facts":
                self._facts()
        return bool(self.item.place.get("phase") != "ended")

    def _plan(self) -> None:
        plan = self._plan_unit(self.item)
        outcome = rollover_store.outcome_item(self.item, self._outcome(plan))
        if self.item.job == "preview_rollover":
            self._commit({"phase": "ended"}, Overwrite(outcome), facts=[self._ended()])
            return
        token = new_id()
        put_many(rollover_store.plan_items(self.item, token, plan.groups, plan.moves))
        self._commit({"phase": "people", "at": 0, "plan": token}, Overwrite(outcome))

    def _check(self) -> None:
        """Whom somebody has changed since the rollover: they stay as they are."""
        done = rollover_store.find_jobs([self.undoes or ""]).get(self.undoes or "")
        token = done.place.get("plan", "") if done else ""
        self._rows = rollover_store.find_plan(self.undoes or "", token)
        kept = sorted(self._changed_members() | self._changed_pupils())
        groups, moves = self._rows
        restored = {person for move in moves for person, _ in move.pupils} - set(kept)
        outcome = {"kept": kept, "restored": len(restored), "archived": 0}
        item = rollover_store.outcome_item(self.item, outcome)
        place = {"phase": "people", "at": 0, "plan": token, "kept": kept}
        self._commit(place, Overwrite(item), changes=f"{len(groups)} groups, {len(kept)} kept")

    def _changed_members(self) -> set[PersonId]:
        groups, _ = self._planned()
        stored = self._stored(groups)
        kept: set[PersonId] = set()
        for plan in groups:
            left, made = after(plan, self.first_day), formed(plan, self.ladder, self.first_day)
            if now := stored.get(plan.before.id):
                kept |= changed_since(left, groups_store.stored_group(now))
            if made and (now := stored.get(made.id)):
                kept |= changed_since(made, groups_store.stored_group(now))
        return kept

    def _changed_pupils(self) -> set[PersonId]:
        _, moves = self._planned()
        known = register.pupils([person for move in moves for person, _ in move.pupils])
        return {
            person
            for move in moves
            for person, end in move.pupils
            if person not in known or not self._as_left(known[person].enrolments, move, end)
        }

    def _as_left(self, enrolments: Iterable[register.Enrolment], move: Move, end: date | None) -> bool:
        """Whether a pupil's enrolments are as the rollover left them, or as before while it is on its way."""
        valid = [e for e in enrolments if not e.cancelled]
        old = [
            e for e in valid if e.unit == self.unit and e.school_form == move.form and e.covers(self.last_day)
        ]
        if not old:
            return False
        if move.to is None:
            return old[0].end in (self.last_day, end)
        later = [e for e in valid if e.start >= self.first_day]
        if not later:
            return old[0].end == end
        new = (self.unit, *move.to, self.first_day, end)
        return [(e.unit, e.school_form, e.year, e.start, e.end) for e in later] == [new]

    def _people(self) -> None:
        """Make people's own items as the plan has them; 80 in a transaction."""
        if self._parts is None:
            self._parts = self._undone_parts() if self.undoes else self._planned_parts()
        at, people = int(self.item.place["at"]), sorted(self._parts)
        some = people[at : at + PEOPLE]
        items = groups_store.parts_items(some)
        writes: list[Write] = []
        for person, item in items.items():
            changed = [groups_store.set_parts(item, g, rows) for g, rows in self._parts[person].items()]
            writes += [item] if any(changed) else []
        last = at + PEOPLE >= len(people)
        self._commit(self._next("groups" if last else "people", 0 if last else at + PEOPLE), *writes)

    def _planned_parts(self) -> Parts:
        found: Parts = {}
        for plan in self._planned()[0]:
            _tell(found, plan.before, after(plan, self.first_day))
            made = formed(plan, self.ladder, self.first_day)
            if made:
                _tell(found, None, made)
        return found

    def _undone_parts(self) -> Parts:
        found: Parts = {}
        groups, _ = self._planned()
        stored = self._stored(groups)
        for plan in groups:
            now, now_made, undone = self._undone(plan, stored)
            _tell(found, now, undone.group)
            if now_made:
                _tell(found, now_made, undone.followed, now_made.id)
        return found

    def _groups(self) -> None:
        """Write groups, 8 in a transaction: at most 3 writes for the old, 3 for the new, and 4 facts."""
        groups, _ = self._planned()
        at = int(self.item.place["at"])
        some = groups[at : at + GROUPS]
        stored = self._stored(some)
        writes: list[Write] = []
        facts: list[Fact] = []
        for plan in some:
            more, told = self._undo_group(plan, stored) if self.undoes else self._roll_group(plan, stored)
            writes += more
            facts += told
        last = at + GROUPS >= len(groups)
        place = self._next("facts" if last else "groups", 0 if last else at + GROUPS)
        self._commit(place, *writes, facts=facts, changes=f"{len(some)} groups")

    def _roll_group(
        self, plan: GroupPlan, stored: dict[GroupId, groups_store.GroupItem]
    ) -> tuple[list[Write], list[Fact]]:
        item = stored[plan.before.id]
        now = groups_store.stored_group(item)
        writes: list[Write] = []
        if now != plan.before:  # changed since it was planned: that is what ends, and what undoing goes by
            plan, was = replace(plan, before=now), after(plan, self.first_day)
            row = rollover_store.plan_items(self.item, self.item.place["plan"], [plan], ())
            writes += [*map(Overwrite, row), *_parts_writes(was, after(plan, self.first_day))]
        left = after(plan, self.first_day)
        writes += groups_store.group_writes(left, item)
        facts: list[Fact] = [GroupMembersChanged(group=now.id, unit=now.unit)]
        if plan.ends:
            facts.append(GroupArchived(group=now.id, unit=now.unit, end=self.last_day))
        made = formed(plan, self.ladder, self.first_day)
        if made:
            writes += groups_store.group_writes(made, stored.get(made.id))
            facts.append(GroupFormed(group=made.id, unit=made.unit, before=now.id))
        return writes, facts

    def _undo_group(
        self, plan: GroupPlan, stored: dict[GroupId, groups_store.GroupItem]
    ) -> tuple[list[Write], list[Fact]]:
        now, now_made, undone = self._undone(plan, stored)
        writes = groups_store.group_writes(undone.group, stored[now.id])
        facts: list[Fact] = [GroupMembersChanged(group=now.id, unit=now.unit)]
        if now.end is not None and undone.group.end is None:
            facts.append(GroupReopened(group=now.id, unit=now.unit))
        if now_made:
            item = stored[now_made.id]
            writes += (
                groups_store.group_writes(undone.followed, item)
                if undone.followed
                else groups_store.removing(item)
            )
            facts.append(GroupMembersChanged(group=now_made.id, unit=now_made.unit))
        return writes, facts

    def _undone(
        self, plan: GroupPlan, stored: dict[GroupId, groups_store.GroupItem]
    ) -> tuple[DatedGroup, DatedGroup | None, Undone]:
        made = formed(plan, self.ladder, self.first_day)
        item = stored.get(made.id) if made else None
        now, now_made = (
            groups_store.stored_group(stored[plan.before.id]),
            groups_store.stored_group(item) if item else None,
        )
        kept = set(map(PersonId, self.item.place.get("kept", ())))
        return now, now_made, undo(plan, after(plan, self.first_day), made, now, now_made, kept)

    def _facts(self) -> None:
        """Tell the register who goes on, 15 pupils in a fact."""
        told, at = self._told(), int(self.item.place["at"])
        some, last = told[at : at + FACTS], at + FACTS >= len(told)
        place = self._next("ended" if last else "facts", at + FACTS)
        self._commit(place, facts=[*some, *([self._ended()] if last else [])])

    def _told(self) -> list[Fact]:
        kept = set(self.item.place.get("kept", ()))
        kind = YearRolledBack if self.undoes else YearRolledOver
        found: list[Fact] = []
        for number, move in enumerate(self._planned()[1]):
            for start in range(0, len(move.pupils), PUPILS):
                some = [p for p in move.pupils[start : start + PUPILS] if p[0] not in kept]
                fact = kind(
                    rollover=self.undoes or self.item.id, chunk=f"{number}.{start}", unit=self.unit,
                    school_form=move.form.value, from_year=move.year,
                    to_form=move.to[0].value if move.to else None, to_year=move.to[1] if move.to else None,
                    first_day=self.first_day, pupils=dict(some),
                )  # fmt: skip
                found += [fact] if some else []
        return found

    def _planned(self) -> tuple[list[GroupPlan], list[Move]]:
        if self._rows is None:
            self._rows = rollover_store.find_plan(self.undoes or self.item.id, self.item.place["plan"])
        return self._rows

    def _stored(self, groups: Sequence[GroupPlan]) -> dict[GroupId, groups_store.GroupItem]:
        formed_ids = [plan.formed.id for plan in groups if plan.formed]
        return groups_store.group_items([*(plan.before.id for plan in groups), *formed_ids])

    def _next(self, phase: str, at: int) -> dict[str, Any]:
        return {**self.item.place, "phase": phase, "at": at}

    def _ended(self) -> UnitRolloverEnded:
        return UnitRolloverEnded(job=self.item.request["parent"], unit=self.unit)

    def _commit(
        self, place: dict[str, Any], *writes: Write, facts: Sequence[Fact] = (), changes: str = ""
    ) -> None:
        """Write the step with the job's item, which is as before when that fails."""
        before, self.item.place = self.item.place, place
        trace = Trace(self.item.asked_by, self.item.job, self.unit, changes=changes or f"{len(writes)} items")
        try:
            commit(self.item, *writes, facts=facts, trace=trace)
        except BaseException:
            self.item.place = before
            raise

    def _outcome(self, plan: UnitPlan) -> dict[str, Any]:
        made = [(p.before.id, p.formed) for p in plan.groups if p.formed]
        return {
            "moving_up": plan.movers,
            "leavers": list(plan.leavers),
            "placed": list(plan.placed),
            "unplaced": list(plan.unplaced),
            "formed": [
                {"before": before, "group": one.id, "name": one.name, "members": len(one.members)}
                for before, one in made
            ],
            "archived": sum(1 for p in plan.groups if p.ends),
            "problems": [{"code": p.code, "ids": list(p.ids)} for p in plan.problems],
        }


def _tell(found: Parts, old: DatedGroup | None, new: DatedGroup | None, id: GroupId | None = None) -> None:
    """Note whose parts in a group become others, and what they become."""
    before, then = old.parts() if old else {}, new.parts() if new else {}
    group = new.id if new else id
    assert group
    for person in {*before, *then}:
        if before.get(person) != then.get(person):
            found.setdefault(person, {})[group] = then.get(person, [])


def _parts_writes(old: DatedGroup, new: DatedGroup) -> list[Write]:
    found: Parts = {}
    _tell(found, old, new)
    items = groups_store.parts_items(found)
    return [item for p, item in items.items() if groups_store.set_parts(item, new.id, found[p][new.id])]
